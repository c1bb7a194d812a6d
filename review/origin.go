package review

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// OriginOf tells where in the models the object of an operation is declared: where the operation says so itself, as one from
// a comparison with models does, or what the schema of the models has, which may be nil. What is declared on its own nowhere
// is part of its table.
func OriginOf(operation op.Operation, models *schema.Schema) schema.Origin {
	switch o := operation.(type) {
	case *op.CreateTable:
		return first(o.Table.Origin, tableOrigin(models, o.Table.Name))
	case *op.RenameTable:
		return tableOrigin(models, o.To)
	case *op.AddColumn:
		return first(o.Column.Origin, partOrigin(models, o.Table, "column", o.Column.Name))
	case *op.AlterColumn:
		return first(o.To.Origin, partOrigin(models, o.Table, "column", o.Name))
	case *op.RenameColumn:
		return partOrigin(models, o.Table, "column", o.To)
	case *op.CreateIndex:
		return first(o.Index.Origin, partOrigin(models, o.Table, "index", o.Index.Name))
	case *op.AddConstraint:
		return first(o.Origin(), partOrigin(models, o.Table, string(o.Type()), o.Name()))
	case *op.CreateEnum:
		return first(o.Enum.Origin, enumOrigin(models, o.Enum.Name))
	case *op.AlterEnum:
		return enumOrigin(models, o.Name)
	}
	return tableOrigin(models, operation.Subject())
}

// first returns the first origin that is known.
func first(origins ...schema.Origin) schema.Origin {
	for _, origin := range origins {
		if origin != (schema.Origin{}) {
			return origin
		}
	}
	return schema.Origin{}
}

func tableOrigin(models *schema.Schema, name schema.Name) schema.Origin {
	if models == nil || models.Table(name) == nil {
		return schema.Origin{}
	}
	return models.Table(name).Origin
}

func enumOrigin(models *schema.Schema, name schema.Name) schema.Origin {
	if models == nil {
		return schema.Origin{}
	}
	enum, ok := models.Enums.Get(name)
	if !ok {
		return schema.Origin{}
	}
	return enum.Origin
}

// partOrigin tells where a column, constraint or index is declared, or else its table.
func partOrigin(models *schema.Schema, table schema.Name, kind, name string) schema.Origin {
	if models == nil || models.Table(table) == nil {
		return schema.Origin{}
	}
	t := models.Table(table)
	var origin schema.Origin
	switch kind {
	case "column":
		if c := t.Column(name); c != nil {
			origin = c.Origin
		}
	case "primary key":
		if t.PrimaryKey != nil {
			origin = t.PrimaryKey.Origin
		}
	case "unique":
		if u := t.Unique(name); u != nil {
			origin = u.Origin
		}
	case "foreign key":
		if f := t.ForeignKey(name); f != nil {
			origin = f.Origin
		}
	case "check":
		if c := t.Check(name); c != nil {
			origin = c.Origin
		}
	case "exclusion":
		if e := t.Exclusion(name); e != nil {
			origin = e.Origin
		}
	case "index":
		if i := t.Index(name); i != nil {
			origin = i.Origin
		}
	}
	return first(origin, t.Origin)
}
