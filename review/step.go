package review

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// steps lists the operations of a revision once for all engines that have them, in the order of the first.
func steps(engines []*engine, at int) []Step {
	out := []Step{}
	var groups [][]schema.Dialect
	for _, e := range engines {
		recorded := e.Revisions[at]
		operations, index := flat(recorded.Upgrade)
		next := 0 // a step of another engine goes behind the last one that both have
		for i, operation := range operations {
			text := operation.String()
			found := -1
			for n := next; n < len(out); n++ {
				if out[n].Text == text && !slices.Contains(groups[n], e.Server.Dialect) {
					found = n
					break
				}
			}
			if found >= 0 {
				groups[found] = append(groups[found], e.Server.Dialect)
				next = found + 1
				continue
			}
			step := Step{Text: text, Change: changeOf(operation), Place: placeAt(recorded, index[i]), Origin: originOf(operation, e.Models)}
			out = slices.Insert(out, next, step)
			groups = slices.Insert(groups, next, []schema.Dialect{e.Server.Dialect})
			next++
		}
	}
	for i := range out {
		out[i].Engines = only(groups[i], engines)
	}
	return out
}

func placeAt(recorded Recorded, index int) Place {
	if index < 0 || index >= len(recorded.Places) {
		return Place{}
	}
	return recorded.Places[index]
}

// changeOf says what an operation does to its object; data steps do nothing to it.
func changeOf(operation op.Operation) Change {
	verb, _, _ := strings.Cut(operation.Kind(), "_")
	switch verb {
	case "create", "add":
		return Added
	case "drop":
		return Dropped
	case "rename":
		return Renamed
	case "alter", "validate":
		return Changed
	}
	return Kept
}

func placeOf(origin schema.Origin) Place {
	return Place{File: origin.File, Line: origin.Line, Name: origin.String()}
}

// originOf tells where in the models the object of an operation is declared, as far as it is there.
func originOf(operation op.Operation, models *schema.Schema) Place {
	switch o := operation.(type) {
	case *op.CreateTable:
		return tableOrigin(models, o.Table.Name)
	case *op.AddColumn:
		return partOrigin(models, o.Table, "column", o.Column.Name)
	case *op.AlterColumn:
		return partOrigin(models, o.Table, "column", o.Name)
	case *op.RenameColumn:
		return partOrigin(models, o.Table, "column", o.To)
	case *op.RenameTable:
		return tableOrigin(models, o.To)
	case *op.CreateIndex:
		return partOrigin(models, o.Table, "index", o.Index.Name)
	case *op.AddConstraint:
		return partOrigin(models, o.Table, string(o.Type()), o.Name())
	case *op.CreateEnum:
		return enumOrigin(models, o.Enum.Name)
	case *op.AlterEnum:
		return enumOrigin(models, o.Name)
	}
	return tableOrigin(models, operation.Subject())
}

func tableOrigin(models *schema.Schema, name schema.Name) Place {
	if models == nil || models.Table(name) == nil {
		return Place{}
	}
	return placeOf(models.Table(name).Origin)
}

func enumOrigin(models *schema.Schema, name schema.Name) Place {
	if models == nil {
		return Place{}
	}
	enum, ok := models.Enums.Get(name)
	if !ok {
		return Place{}
	}
	return placeOf(enum.Origin)
}

// partOrigin tells where a column, constraint or index is declared, or else its table.
func partOrigin(models *schema.Schema, table schema.Name, kind, name string) Place {
	if models == nil || models.Table(table) == nil {
		return Place{}
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
	if origin == (schema.Origin{}) {
		origin = t.Origin
	}
	return placeOf(origin)
}
