package review

import (
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// phase says when a step can run, seen from the code.
type phase int

const (
	neutral  phase = iota
	expand         // the new code needs it, the old one does not mind
	contract       // the old code still needs what goes, or breaks the new rule
	breaking       // the old code fails after it, the new one before it
)

// deployOf says when a revision can run. Engines rarely differ in it; each step counts once.
func deployOf(engines []*engine, at int) Deploy {
	found := map[phase][]string{}
	for _, e := range engines {
		state := e.states[at].Clone()
		created := map[schema.Name]bool{}
		operations, _ := flat(e.Revisions[at].Upgrade)
		for _, operation := range operations {
			p := phaseOf(operation, state, created)
			if !slices.Contains(found[p], operation.String()) {
				found[p] = append(found[p], operation.String())
			}
			if o, ok := operation.(*op.CreateTable); ok {
				created[o.Table.Name] = true
			}
			_ = operation.Apply(state) // walk has seen that it fits
		}
	}
	out := Deploy{Before: found[expand], After: found[contract], Breaks: found[breaking]}
	switch {
	case len(out.Breaks) > 0:
		out.When, out.Text = WithStop, "running code fails at once, whatever the order: stop it for the upgrade, or split the change into one that adds, code that uses both, and one that takes away"
	case len(out.Before) > 0 && len(out.After) > 0:
		out.When, out.Text = SplitUp, "part of it has to run before the new code starts, and part after the old code is gone: split the revision in two"
	case len(out.After) > 0:
		out.When, out.Text = AfterCode, "run it when no code from before is running any more"
	case len(out.Before) > 0:
		out.When, out.Text = BeforeCode, "run it before the new code starts; the old code does not mind"
	default:
		out.When, out.Text = AnyTime, "it can run before or after the code is deployed"
	}
	return out
}

func phaseOf(operation op.Operation, state *schema.Schema, created map[schema.Name]bool) phase {
	if created[operation.Subject()] {
		return expand
	}
	switch o := operation.(type) {
	case *op.CreateTable, *op.CreateEnum, *op.CreateView, *op.CreateFunction, *op.CreateSequence, *op.CreateDomain,
		*op.CreateComposite, *op.CreateExtension, *op.CreateNamespace:
		return expand
	case *op.AddColumn:
		c := o.Column
		if c.NotNull && c.Default == "" && c.Generated == nil && c.Identity == nil {
			return breaking // the old code inserts rows without it
		}
		return expand
	case *op.DropColumn:
		if o.RenamedTo != "" {
			return breaking
		}
		return contract
	case *op.DropTable:
		if o.RenamedTo != "" {
			return breaking
		}
		return contract
	case *op.DropEnum, *op.DropView, *op.DropFunction, *op.DropSequence, *op.DropDomain, *op.DropComposite, *op.DropNamespace:
		return contract
	case *op.RenameTable, *op.RenameColumn, *op.RenameEnum:
		return breaking
	case *op.AlterColumn:
		return phaseOfAlteration(o)
	case *op.AddConstraint:
		return contract // the old code may write what the rule forbids
	case *op.DropConstraint:
		return expand
	case *op.CreateIndex:
		if o.Index.Unique {
			return contract
		}
	case *op.AlterEnum:
		switch {
		case o.Add != "":
			return expand
		case o.Rename != "":
			return breaking
		}
		return contract
	}
	return neutral
}

func phaseOfAlteration(o *op.AlterColumn) phase {
	out := neutral
	for _, attribute := range o.Attributes {
		next := neutral
		switch attribute {
		case op.NotNullAttribute:
			next = expand
			if o.To.NotNull {
				next = contract
			}
		case op.DefaultAttribute:
			next = expand
			if o.To.Default == "" {
				next = contract
			}
		}
		if out != neutral && next != neutral && out != next {
			return breaking
		}
		out = max(out, next)
	}
	return out
}
