package autogen

import (
	"context"
	"slices"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Baseline is the schema that the first revision of an existing database makes.
type Baseline struct {
	// Schema is the database as it is, with the agreement to disagree with the models: what they do not have is unmanaged,
	// and what they leave open, or to bun's defaults, accepts what the database has.
	Schema *schema.Schema
	// Unmanaged and Accepted count what was agreed.
	Unmanaged, Accepted int
	// Left is what still leads from the database to the models afterwards: differences that the models state.
	Left *diff.Plan
}

// NewBaseline works out the baseline of a database for models. Models may be nil: then everything is managed.
func NewBaseline(ctx context.Context, current, models *schema.Schema, database *introspect.Database, scratch introspect.ScratchOptions) (*Baseline, error) {
	out := &Baseline{Schema: current.Clone(), Left: &diff.Plan{}}
	if models == nil {
		return out, nil
	}
	in := Input{Current: current, Target: models, Database: database, Scratch: scratch, Diff: diff.Options{Renames: diff.NeverRename}, NoProof: true}
	found, err := Run(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, operation := range found.Plan.Operations {
		out.agree(operation, models)
	}
	out.recordModels(models)
	in.Diff.Owned = out.Schema
	left, err := Run(ctx, in)
	if err != nil {
		return nil, err
	}
	out.Left = left.Plan
	return out, nil
}

// recordModels notes which types and fields tables and columns come from, where their names do not tell.
func (b *Baseline) recordModels(models *schema.Schema) {
	for table := range b.Schema.Tables.All() {
		declared := models.Table(table.Name)
		if declared == nil {
			continue
		}
		table.Model = declared.Model
		for _, column := range table.Columns {
			if field := declared.Column(column.Name); field != nil {
				column.Field = field.Field
			}
		}
	}
}

// agree takes one difference into the agreement, if it is one to agree about.
func (b *Baseline) agree(operation op.Operation, models *schema.Schema) {
	table := b.Schema.Table(operation.Subject())
	if table == nil {
		return
	}
	unmanage := func(flag *bool) {
		*flag = true
		b.Unmanaged++
	}
	declared := models.Table(table.Name)
	switch operation := operation.(type) {
	case *op.DropTable:
		unmanage(&table.Unmanaged)
	case *op.DropColumn:
		unmanage(&table.Column(operation.Name).Unmanaged)
	case *op.DropIndex:
		// An index that the models have in another form is a difference that they state.
		if index := table.Index(operation.Name); index != nil && (declared == nil || declared.Index(operation.Name) == nil) {
			unmanage(&index.Unmanaged)
		}
	case *op.DropConstraint:
		b.agreeConstraint(table, declared, operation)
	case *op.AlterColumn:
		b.agreeColumn(table, declared, operation)
	case *op.AlterTable:
		b.agreeTable(table, declared, operation)
	}
}

// agreeTable accepts the comment and the options that the model leaves open.
func (b *Baseline) agreeTable(table, declared *schema.Table, alter *op.AlterTable) {
	if declared == nil {
		return
	}
	attributes := make([]op.Attribute, 0, len(alter.Unset)+1)
	if alter.Comment != nil {
		attributes = append(attributes, op.CommentAttribute)
	}
	for _, key := range alter.Unset {
		attributes = append(attributes, op.OptionAttribute(key))
	}
	for _, attribute := range attributes {
		if diff.TableLeavesOpen(declared, attribute) {
			table.Accepts.Set(string(attribute), diff.TableAcceptedValue(table, attribute))
			b.Accepted++
		}
	}
}

// agreeConstraint leaves a constraint that the models do not have as it is. One that they have in another form is a
// difference that they state, unless it is a foreign key whose other form says nothing of what differs.
func (b *Baseline) agreeConstraint(table, declared *schema.Table, drop *op.DropConstraint) {
	isMeant := func(alone schema.Table) bool { return drop.Find(&alone) != nil }
	var flags []*bool
	for _, unique := range table.Uniques {
		if isMeant(schema.Table{Uniques: []*schema.Unique{unique}}) && !states(declared, unique.Name, (*schema.Table).Unique) {
			flags = append(flags, &unique.Unmanaged)
		}
	}
	for _, key := range table.ForeignKeys {
		if isMeant(schema.Table{ForeignKeys: []*schema.ForeignKey{key}}) && !b.statesKey(declared, key) {
			flags = append(flags, &key.Unmanaged)
		}
	}
	for _, check := range table.Checks {
		if isMeant(schema.Table{Checks: []*schema.Check{check}}) && !states(declared, check.Name, (*schema.Table).Check) {
			flags = append(flags, &check.Unmanaged)
		}
	}
	for _, exclusion := range table.Exclusions {
		if isMeant(schema.Table{Exclusions: []*schema.Exclusion{exclusion}}) && !states(declared, exclusion.Name, (*schema.Table).Exclusion) {
			flags = append(flags, &exclusion.Unmanaged)
		}
	}
	for _, flag := range flags[:min(1, len(flags))] { // of several that are the same, the operation drops the first
		*flag = true
		b.Unmanaged++
	}
}

// states reports whether the models have a part of that name.
func states[T any](declared *schema.Table, name string, find func(*schema.Table, string) *T) bool {
	return declared != nil && name != "" && find(declared, name) != nil
}

// statesKey reports whether the models have a foreign key in another form.
func (b *Baseline) statesKey(declared *schema.Table, key *schema.ForeignKey) bool {
	return declared != nil && slices.ContainsFunc(declared.ForeignKeys, func(other *schema.ForeignKey) bool {
		return diff.SameReference(b.Schema.Server.Dialect, other, key) && !diff.LeavesKeyOpen(other, key)
	})
}

// agreeColumn accepts the attributes that the model leaves to bun's defaults.
func (b *Baseline) agreeColumn(table, declared *schema.Table, alter *op.AlterColumn) {
	column := table.Column(alter.Name)
	if column == nil || declared == nil || declared.Column(alter.Name) == nil {
		return
	}
	for _, attribute := range alter.Attributes {
		if diff.LeavesOpen(declared.Column(alter.Name), attribute) {
			column.Accepts.Set(string(attribute), diff.AcceptedValue(column, attribute))
			b.Accepted++
		}
	}
}
