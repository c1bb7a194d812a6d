package autogen

import (
	"context"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Baseline is the schema that the first revision of an existing database makes.
type Baseline struct {
	// Schema is the database as it is, with the agreement to disagree with the models: what they do not have is unmanaged,
	// and what they leave to bun's defaults accepts what the database has.
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
	}
}

func (b *Baseline) agreeConstraint(table, declared *schema.Table, drop *op.DropConstraint) {
	flag := (*bool)(nil)
	stated := declared != nil && drop.Name != ""
	switch drop.Type {
	case op.UniqueConstraint:
		if unique := table.Unique(drop.Name); unique != nil && !(stated && declared.Unique(drop.Name) != nil) {
			flag = &unique.Unmanaged
		}
	case op.ForeignKeyConstraint:
		if key := table.ForeignKey(drop.Name); key != nil && !(stated && declared.ForeignKey(drop.Name) != nil) {
			flag = &key.Unmanaged
		}
	case op.CheckConstraint:
		if check := table.Check(drop.Name); check != nil && !(stated && declared.Check(drop.Name) != nil) {
			flag = &check.Unmanaged
		}
	case op.ExclusionConstraint:
		if exclusion := table.Exclusion(drop.Name); exclusion != nil && !(stated && declared.Exclusion(drop.Name) != nil) {
			flag = &exclusion.Unmanaged
		}
	}
	if flag != nil {
		*flag = true
		b.Unmanaged++
	}
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
