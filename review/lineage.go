package review

import (
	"maps"
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// lineage follows tables and what belongs to them through operations, so that a renamed column is told from one that went
// and one that came.
type lineage struct {
	tables map[schema.Name]*descent
	// gone holds the tables that were there before and were dropped.
	gone []*descent
	// others maps the present names of free-standing objects to former ones, by kind.
	others map[string]map[schema.Name]schema.Name
}

// descent is where a table comes from.
type descent struct {
	was     schema.Name // zero: the revisions made it
	columns map[string]string
	// parts maps the names of renamed constraints and indexes to former ones.
	parts map[string]string
	// dropped holds the columns of before that were dropped.
	dropped map[string]bool
}

func newLineage(before *schema.Schema) *lineage {
	l := &lineage{tables: map[schema.Name]*descent{}, others: map[string]map[schema.Name]schema.Name{}}
	for table := range before.Tables.All() {
		d := &descent{was: table.Name, columns: map[string]string{}, parts: map[string]string{}, dropped: map[string]bool{}}
		for _, column := range table.Columns {
			d.columns[column.Name] = column.Name
		}
		l.tables[table.Name] = d
	}
	return l
}

// follow takes an operation in that is about to be applied.
func (l *lineage) follow(operation op.Operation) {
	switch o := operation.(type) {
	case *op.Batch:
		for _, inner := range o.Operations {
			l.follow(inner)
		}
	case *op.CreateTable:
		if l.tables[o.Table.Name] == nil { // otherwise it is IF NOT EXISTS
			l.tables[o.Table.Name] = &descent{columns: map[string]string{}, parts: map[string]string{}, dropped: map[string]bool{}}
		}
	case *op.DropTable:
		if d := l.tables[o.Name]; d != nil && d.was != (schema.Name{}) {
			l.gone = append(l.gone, d)
		}
		delete(l.tables, o.Name)
	case *op.RenameTable:
		l.tables[o.To] = l.tables[o.From]
		delete(l.tables, o.From)
	case *op.DropColumn:
		if d := l.tables[o.Table]; d != nil {
			if was := d.columns[o.Name]; was != "" {
				d.dropped[was] = true
			}
			delete(d.columns, o.Name)
		}
	case *op.RenameColumn:
		if d := l.tables[o.Table]; d != nil {
			rename(d.columns, o.From, o.To)
		}
	case *op.RenameConstraint:
		l.renamePart(o.Table, o.From, o.To)
	case *op.RenameIndex:
		l.renamePart(o.Table, o.From, o.To)
	case *op.RenameEnum:
		l.renameOther("enum", o.From, o.To)
	case *op.RenameSequence:
		l.renameOther("sequence", o.From, o.To)
	}
}

func rename(names map[string]string, from, to string) {
	if was, known := names[from]; known {
		names[to] = was
	}
	delete(names, from)
}

func (l *lineage) renamePart(table schema.Name, from, to string) {
	d := l.tables[table]
	if d == nil {
		return
	}
	was, renamed := d.parts[from]
	if !renamed {
		was = from
	}
	delete(d.parts, from)
	d.parts[to] = was
}

func (l *lineage) renameOther(kind string, from, to schema.Name) {
	names := l.others[kind]
	if names == nil {
		names = map[schema.Name]schema.Name{}
		l.others[kind] = names
	}
	was, renamed := names[from]
	if !renamed {
		was = from
	}
	delete(names, from)
	names[to] = was
}

// today returns the schema before with everything that was renamed under its present name, so that what only follows a
// rename, a foreign key's target or an index' column, compares as the same. What is gone is left out of it: tables, and
// columns, which stand under names that begin with gonePrefix.
func (l *lineage) today(before *schema.Schema) *schema.Schema {
	s := before.Clone()
	gone := map[schema.Name]bool{}
	for _, d := range l.gone {
		gone[d.was] = true
	}
	s.Tables.Filter(func(t *schema.Table) bool { return !gone[t.Name] })
	// A name may be taken by another one that is renamed as well, so all go over a temporary one.
	var tables, settled []*op.RenameTable
	for _, name := range sortedNames(l.tables) {
		d := l.tables[name]
		if d == nil || d.was == (schema.Name{}) {
			continue
		}
		l.columnsToday(s, d)
		if d.was != name {
			between := schema.Name{Schema: d.was.Schema, Name: betweenPrefix + d.was.Name}
			tables = append(tables, &op.RenameTable{From: d.was, To: between})
			settled = append(settled, &op.RenameTable{From: between, To: name})
		}
	}
	for _, step := range append(tables, settled...) {
		_ = step.Apply(s) // what does not fit shows as a difference
	}
	return s
}

const (
	gonePrefix    = "\x00gone "
	betweenPrefix = "\x00between "
)

func (l *lineage) columnsToday(s *schema.Schema, d *descent) {
	for _, was := range sortedKeys(d.dropped) {
		_ = (&op.RenameColumn{Table: d.was, From: was, To: gonePrefix + was}).Apply(s)
	}
	var pending []*op.RenameColumn
	for _, name := range sortedKeys(d.columns) {
		if was := d.columns[name]; was != name {
			pending = append(pending, &op.RenameColumn{Table: d.was, From: was, To: name})
		}
	}
	// Directly where the name is free, since the quotes that an odd name needs would stay in expressions.
	for len(pending) > 0 {
		left := len(pending)
		pending = slices.DeleteFunc(pending, func(step *op.RenameColumn) bool { return step.Apply(s) == nil })
		if len(pending) == left { // they wait for each other
			step := pending[0]
			between := betweenPrefix + step.From
			_ = (&op.RenameColumn{Table: d.was, From: step.From, To: between}).Apply(s)
			step.From = between
			if slices.ContainsFunc(pending, func(other *op.RenameColumn) bool { return s.Table(d.was).Column(other.From) == nil }) {
				return
			}
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func sortedNames[V any](m map[schema.Name]V) []schema.Name {
	return slices.SortedFunc(maps.Keys(m), schema.Name.Compare)
}
