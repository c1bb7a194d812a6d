package autogen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Proof is the outcome of running a plan in scratch space, up and down.
type Proof struct {
	Server schema.Server
	// Skipped says why nothing could be proved; the rest is empty then.
	Skipped string
	// Upgrade and Downgrade list what does not hold, in words: the differences to the target after the upgrade, and to the
	// start after the downgrade. Both are empty if all is well.
	Upgrade, Downgrade []string
	// NoDowngrade says that the plan cannot be undone, and why.
	NoDowngrade string
	// Elapsed is how long proving took.
	Elapsed time.Duration
}

// Holds reports whether the plan reached what it should, both ways where it has two.
func (p *Proof) Holds() bool {
	return p.Skipped == "" && len(p.Upgrade) == 0 && len(p.Downgrade) == 0
}

// String says in a sentence what was proved.
func (p *Proof) String() string {
	switch {
	case p.Skipped != "":
		return "not proved: " + p.Skipped
	case !p.Holds():
		return fmt.Sprintf("not as planned on %s: %d differences after the upgrade, %d after the downgrade", p.Server, len(p.Upgrade), len(p.Downgrade))
	case p.NoDowngrade != "":
		return fmt.Sprintf("proved on %s: upgrade reaches the models", p.Server)
	}
	return fmt.Sprintf("proved on %s: upgrade reaches the models, downgrade restores the database", p.Server)
}

// prove creates the touched tables as they are in scratch space, runs the plan, and compares; runs its reverse, and
// compares again. The canonical forms of options serve, if all touched tables are among those that are settled.
func (in *Input) prove(ctx context.Context, plan *diff.Plan, options diff.Options, settled []schema.Name) (*Proof, error) {
	began := time.Now()
	touched := touchedTables(plan)
	canonical, err := options.Canonical, error(nil)
	if canonical == nil || len(missing(touched, settled)) > 0 {
		canonical, err = in.canonical(ctx, touched)
	}
	var none *introspect.NoScratchError
	if errors.As(err, &none) {
		return &Proof{Server: in.Current.Server, Skipped: none.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	start := in.neighbourhood(touched)
	if namespace := elsewhere(start, plan); namespace != "" {
		return &Proof{Server: in.Current.Server, Skipped: "the plan reaches into " + namespace + ", and scratch space stands for one namespace alone"}, nil
	}
	proof := &Proof{}
	err = introspect.WithScratch(ctx, in.Database.DB, in.Database.Dialect, in.Scratch, func(scratch *introspect.Scratch) error {
		proof.Server = scratch.Server
		start.Server = scratch.Server
		return in.rehearse(ctx, scratch, rehearsal{start: start, plan: plan, canonical: canonical, touched: touched, options: options}, proof)
	})
	proof.Elapsed = time.Since(began)
	return proof, err
}

// rehearsal is what a proof runs.
type rehearsal struct {
	start     *schema.Schema
	plan      *diff.Plan
	canonical *schema.Schema
	touched   []schema.Name
	options   diff.Options
}

func (in *Input) rehearse(ctx context.Context, scratch *introspect.Scratch, r rehearsal, proof *Proof) error {
	create, err := ddl.Create(scratch.Server, r.start)
	if err != nil {
		return err
	}
	if err := execute(ctx, scratch, create); err != nil {
		if !refused(err) {
			return err
		}
		proof.Skipped = "the tables as they are cannot be rebuilt in scratch space: " + err.Error()
		return nil
	}
	before, err := scratch.ReadModelled(ctx)
	if err != nil {
		return err
	}
	after, failure, err := in.perform(ctx, scratch, before, r.plan.Operations)
	if err != nil {
		return err
	}
	if failure != "" {
		proof.Upgrade = []string{failure}
		return nil
	}
	target := in.Target.Clone()
	target.Tables.Filter(func(t *schema.Table) bool { return slices.Contains(r.touched, t.Name) })
	concerns := func(name schema.Name) bool { return slices.Contains(r.touched, name) }
	target.Views.Filter(func(v *schema.View) bool { return concerns(v.Name) || r.start.Views.Has(v.Name) })
	target.Functions.Filter(func(f *schema.Function) bool { return concerns(f.Name) || r.start.Functions.Has(f.Name) })
	target.Triggers.Filter(func(t *schema.Trigger) bool { return concerns(t.Name) || r.start.Triggers.Has(t.Name) })
	target.Statistics.Filter(func(s *schema.Statistic) bool { return concerns(s.Name) || r.start.Statistics.Has(s.Name) })
	options := r.options
	options.Canonical, options.Renames, options.Intents = r.canonical, diff.NeverRename, nil
	if proof.Upgrade, err = differences(only(after, r.touched), target, options); err != nil {
		return err
	}
	if r.plan.Reverse == nil {
		proof.NoDowngrade = r.plan.Irreversible
		return nil
	}
	restored, failure, err := in.perform(ctx, scratch, after, r.plan.Reverse)
	if err != nil {
		return err
	}
	if failure != "" {
		proof.Downgrade = []string{failure}
		return nil
	}
	proof.Downgrade, err = differences(restored, before, diff.Options{Equality: options.Equality, Renames: diff.NeverRename})
	return err
}

// perform runs operations in scratch space and reads the outcome. A step that the server refuses is a failure in words.
func (in *Input) perform(ctx context.Context, scratch *introspect.Scratch, before *schema.Schema, operations []op.Operation) (*schema.Schema, string, error) {
	statements, err := ddl.Compile(scratch.Server, before, inTransaction(scratch.Server, operations))
	if err != nil {
		return nil, err.Error(), nil
	}
	if err := execute(ctx, scratch, statements); err != nil {
		if !refused(err) {
			return nil, "", err
		}
		return nil, err.Error(), nil
	}
	after, err := scratch.ReadModelled(ctx)
	return after, "", err
}

func refused(err error) bool {
	_, is := errors.AsType[*TableError](err)
	return is
}

// inTransaction replaces what cannot run inside a transaction by what can: scratch space is one on PostgreSQL.
func inTransaction(server schema.Server, operations []op.Operation) []op.Operation {
	var out []op.Operation
	for i, operation := range operations {
		switch operation := operation.(type) {
		case *op.CreateIndex:
			plain := *operation
			plain.Concurrently = false
			out = append(out, &plain)
			continue
		case *op.DropIndex:
			plain := *operation
			plain.Concurrently = false
			out = append(out, &plain)
			continue
		case *op.AlterEnum:
			if operation.Add != "" && !server.Version.AtLeast(17, 0, 0) && mentioned(operations[i+1:], operation.Add) {
				// Before 17 a new value cannot be used before it is committed, unless the type is as new: removing another value
				// makes the type anew.
				out = append(out, operation, &op.AlterEnum{Name: operation.Name, Add: passing},
					&op.AlterEnum{Name: operation.Name, Remove: []string{passing}})
				continue
			}
		}
		out = append(out, operation)
	}
	return out
}

// passing is an enum value that comes and goes within a proof.
const passing = "retort passing"

// mentioned reports whether an operation's definition holds a text.
func mentioned(operations []op.Operation, text string) bool {
	data, err := json.Marshal(op.List(operations))
	quoted, _ := json.Marshal(text)
	return err != nil || bytes.Contains(data, bytes.Trim(quoted, `"`))
}

func differences(current, target *schema.Schema, options diff.Options) ([]string, error) {
	plan, err := diff.Diff(current, target, options)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, operation := range plan.Operations {
		out = append(out, "still to do: "+operation.String())
	}
	return out, nil
}

// touchedTables returns the tables that a plan changes, under their old and new names, in the order of the plan.
func touchedTables(plan *diff.Plan) []schema.Name {
	var out []schema.Name
	seen := map[schema.Name]bool{{}: true}
	add := func(name schema.Name) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, operation := range plan.Operations {
		add(operation.Subject())
		switch operation := operation.(type) {
		case *op.RenameTable:
			add(operation.To)
		case *op.CreateTrigger:
			add(operation.Trigger.Table)
		case *op.DropTrigger:
			add(operation.Table)
		}
	}
	return out
}

// neighbourhood returns the touched tables of the current schema with those that their foreign keys, or the plan's new
// ones, lead to or come from. Keys that lead further are left out.
func (in *Input) neighbourhood(touched []schema.Name) *schema.Schema {
	near := map[schema.Name]bool{}
	for _, name := range touched {
		near[name] = true
	}
	names := slices.Clone(touched)
	add := func(name schema.Name) {
		if !near[name] {
			near[name] = true
			names = append(names, name)
		}
	}
	for _, side := range []*schema.Schema{in.Current, in.Target} {
		for table := range side.Tables.All() {
			for _, key := range table.ForeignKeys {
				switch {
				case slices.Contains(touched, table.Name):
					add(key.RefTable)
				case slices.Contains(touched, key.RefTable):
					add(table.Name)
				}
			}
		}
	}
	near = closure(in, near, add)
	out := subset(in.Current, names)
	for table := range out.Tables.All() {
		table.ForeignKeys = slices.DeleteFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool { return !out.Tables.Has(key.RefTable) })
		for i := range table.Indexes {
			table.Indexes[i].Invalid = false
		}
	}
	addDependents(out, in.Current.Clone())
	return out
}

// closure adds what the touched views, functions and triggers of either side are made of.
func closure(in *Input, near map[schema.Name]bool, add func(schema.Name)) map[schema.Name]bool {
	for grown := true; grown; {
		before := len(near)
		follow := func(name schema.Name, dependencies []schema.Dependency) {
			if !near[name] {
				return
			}
			for _, dependency := range dependencies {
				add(dependency.Relation)
			}
		}
		for _, side := range []*schema.Schema{in.Current, in.Target} {
			for view := range side.Views.All() {
				follow(view.Name, view.DependsOn)
			}
			for function := range side.Functions.All() {
				follow(function.Name, function.DependsOn)
			}
			for trigger := range side.Triggers.All() {
				follow(trigger.Name, append(slices.Clone(trigger.DependsOn), schema.Dependency{Relation: trigger.Table}))
			}
		}
		grown = len(near) > before
	}
	return near
}

// addDependents adds the views, functions, triggers and statistics of s of which everything is there.
func addDependents(out, s *schema.Schema) {
	complete := func(dependencies []schema.Dependency) bool {
		return !slices.ContainsFunc(dependencies, func(d schema.Dependency) bool {
			return !out.Tables.Has(d.Relation) && !out.Views.Has(d.Relation) && !out.Functions.Has(d.Relation)
		})
	}
	for grown := true; grown; {
		before := out.Views.Len() + out.Functions.Len()
		for view := range s.Views.All() {
			if len(view.DependsOn) > 0 && !out.Views.Has(view.Name) && complete(view.DependsOn) {
				out.Views.Add(view)
			}
		}
		for function := range s.Functions.All() {
			if !out.Functions.Has(function.Name) && complete(function.DependsOn) {
				out.Functions.Add(function)
			}
		}
		grown = out.Views.Len()+out.Functions.Len() > before
	}
	for trigger := range s.Triggers.All() {
		if (out.Tables.Has(trigger.Table) || out.Views.Has(trigger.Table)) && complete(trigger.DependsOn) {
			out.Triggers.Add(trigger)
		}
	}
	for statistic := range s.Statistics.All() {
		if out.Tables.Has(statistic.Table) {
			out.Statistics.Add(statistic)
		}
	}
}

// only leaves the touched tables in.
func only(s *schema.Schema, touched []schema.Name) *schema.Schema {
	out := s.Clone()
	out.Tables.Filter(func(t *schema.Table) bool { return slices.Contains(touched, t.Name) })
	return out
}
