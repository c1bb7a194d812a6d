package online

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// fillDefault returns the steps that add a column without its default, set the default for new rows, and give it to those
// that are there, in batches. Whether the column allows NULL is left to what follows.
func fillDefault(add *op.AddColumn) []op.Operation {
	bare := *add
	bare.Column = add.Column.Clone()
	bare.Column.Default, bare.Column.NotNull = "", false
	name, value := add.Column.Name, add.Column.Default
	return []op.Operation{
		&bare,
		&op.AlterColumn{Table: add.Table, Name: name, Attributes: []op.Attribute{op.DefaultAttribute}, To: schema.Column{Default: value}},
		&op.Backfill{Table: add.Table, Set: []op.Assignment{{Column: name, Expr: value}}},
	}
}

// withoutDefault returns the addition of the column alone, which allows NULL.
func withoutDefault(add *op.AddColumn) *op.AddColumn { return fillDefault(add)[0].(*op.AddColumn) }

func forbidNull(table schema.Name, column string) *op.AlterColumn {
	return &op.AlterColumn{Table: table, Name: column, Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}}
}

func (r *rewriter) noteFilledDefault(add *op.AddColumn) {
	r.note(Note{
		ID: OnlineDefault, Object: object(add.Table, add.Column.Name),
		Text: "its default " + add.Column.Default + " is computed for each row: new rows have it from the first moment, those that are there get it in batches",
	})
}

// subject names what an operation is about.
func subject(operation op.Operation) string {
	switch o := operation.(type) {
	case *op.AddColumn:
		return object(o.Table, o.Column.Name)
	case *op.DropColumn:
		return object(o.Table, o.Name)
	case *op.AlterColumn:
		return object(o.Table, o.Name)
	case *op.CreateIndex:
		return o.Index.Name
	case *op.DropIndex:
		return o.Name
	case *op.AddConstraint:
		if o.Name() != "" {
			return o.Name()
		}
	}
	return operation.Subject().String()
}
