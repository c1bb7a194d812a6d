package online

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Copy is a column whose values another one takes over: what is a rename if no code runs meanwhile.
type Copy struct {
	Table    schema.Name // by the name that it has afterwards
	From, To string
}

// Phases is a plan in two parts, for code that is deployed in between.
type Phases struct {
	// Expand adds and relaxes. The code before and the code after work with what it leaves.
	Expand []op.Operation
	// Contract drops and restricts. The code before does not work with what it leaves.
	Contract []op.Operation
	Notes    []Note
	copies   []Copy
}

// The notes' identifiers of [Split].
const (
	PhasesCopy   = "phases-copy"   // a rename is a new column, a copy and a drop
	PhasesRename = "phases-rename" // renamed at once, which no phase makes safe
	PhasesView   = "phases-view"   // a table is renamed, and a view has its old name until the second part
	PhasesRelax  = "phases-relax"  // a column that goes may be NULL until then
	PhasesType   = "phases-type"   // a type that code has to cope with before and after
)

// Split takes a plan apart. New tables, columns and indexes come first, and whatever NOT NULL, default or constraint is
// in the way of the new code goes; what is not used any more goes last, after what the new code has to keep to has come.
// Columns of copies are filled in the first part, and once more in the second with what the old code has written
// meanwhile. The schema before the operations is not changed. A plan that cannot be taken apart is an error.
func Split(before *schema.Schema, operations []op.Operation, copies []Copy) (*Phases, error) {
	s := &splitter{
		before: before, expanded: before.Clone(), copies: copies, phases: &Phases{copies: copies},
		created: map[schema.Name]bool{}, added: map[string]bool{}, dropped: map[string]bool{}, gone: map[schema.Name]bool{},
		columnNames: map[string]string{},
		freed:       map[string]bool{}, strict: map[string]bool{}, again: map[string]bool{},
	}
	flat := flatten(operations)
	for _, operation := range flat {
		s.look(operation)
	}
	for _, operation := range flat {
		s.place(operation)
	}
	s.oldNames()
	s.phases.Contract = slices.Concat(s.first, s.last, s.phases.Contract)
	if _, err := op.Replay(s.expanded, s.phases.Contract); err != nil {
		return nil, fmt.Errorf("the plan cannot be taken apart: %w", err)
	}
	return s.phases, nil
}

// CopyBack adds to the reverse of the second part what gives the old columns the values that the new ones have.
func (p *Phases) CopyBack(dialect schema.Dialect, undo []op.Operation) []op.Operation {
	var out []op.Operation
	for _, operation := range undo {
		out = append(out, operation)
		add, ok := operation.(*op.AddColumn)
		if !ok {
			continue
		}
		for _, pair := range p.copies {
			if pair.Table == add.Table && pair.From == add.Column.Name {
				out = append(out, &op.Backfill{Table: add.Table, Set: []op.Assignment{{Column: pair.From, Expr: ddl.Quote(dialect, pair.To)}}})
			}
		}
	}
	return out
}

// flatten puts the operations of batches in their place.
func flatten(operations []op.Operation) []op.Operation {
	var out []op.Operation
	for _, operation := range operations {
		if batch, ok := operation.(*op.Batch); ok {
			out = append(out, flatten(batch.Operations)...)
			continue
		}
		out = append(out, operation)
	}
	return out
}

// splitter takes a plan apart.
type splitter struct {
	before   *schema.Schema
	expanded *schema.Schema // after the first part so far
	copies   []Copy
	phases   *Phases
	first    []op.Operation // what drops the views of old names, which others may be in the way of
	last     []op.Operation // the last copies, which come before anything is dropped
	renamed  []*op.RenameTable
	// columnNames holds the new names of columns that are renamed at once, by the old ones.
	columnNames map[string]string

	// What the plan does, as a whole: tables that it creates and drops, columns that it adds and drops, columns that it
	// makes NOT NULL, and names that are free only once the second part has dropped what has them.
	created, gone          map[schema.Name]bool
	added, dropped, strict map[string]bool
	freed                  map[string]bool
	again                  map[string]bool // views and so on that are dropped and made anew
}

// look gathers what the plan does.
func (s *splitter) look(operation op.Operation) {
	switch o := operation.(type) {
	case *op.CreateTable:
		s.created[o.Table.Name] = true
	case *op.DropTable:
		s.gone[o.Name] = true
	case *op.AddColumn:
		s.added[object(o.Table, o.Column.Name)] = true
	case *op.DropColumn:
		s.dropped[object(o.Table, o.Name)] = true
	case *op.AlterColumn:
		if o.Changes(op.NotNullAttribute) && o.To.NotNull {
			s.strict[object(o.Table, o.Name)] = true
		}
	case *op.DropView, *op.DropFunction, *op.DropTrigger:
		s.again[operation.Subject().String()] = false
	case *op.CreateView, *op.CreateFunction, *op.CreateTrigger:
		if _, dropped := s.again[operation.Subject().String()]; dropped {
			s.again[operation.Subject().String()] = true
		}
	}
}

// rebuilds reports whether the plan drops something and makes it anew, around a change that it is in the way of.
func (s *splitter) rebuilds() bool {
	for _, again := range s.again {
		if again {
			return true
		}
	}
	return false
}

// expand puts operations into the first part. What does not fit there, since it builds on the second, goes there.
func (s *splitter) expand(operations ...op.Operation) {
	for _, operation := range operations {
		if err := operation.Apply(s.expanded); err != nil {
			s.contract(operation)
			continue
		}
		s.phases.Expand = append(s.phases.Expand, operation)
	}
}

func (s *splitter) contract(operations ...op.Operation) {
	s.phases.Contract = append(s.phases.Contract, operations...)
}

func (s *splitter) note(id, object, text, way string) {
	s.phases.Notes = append(s.phases.Notes, Note{ID: id, Object: object, Text: text, Way: way})
}

// place decides about one operation.
func (s *splitter) place(operation op.Operation) {
	rename, renames := operation.(*op.RenameTable)
	if s.created[operation.Subject()] && !(renames && s.before.Table(rename.From) != nil) {
		s.expand(operation)
		return
	}
	switch o := operation.(type) {
	case *op.AddColumn:
		s.placeAddition(o)
	case *op.DropColumn:
		s.placeDrop(o)
	case *op.AlterColumn:
		s.placeAlteration(o)
	case *op.Backfill:
		s.expand(o)
		if slices.ContainsFunc(o.Set, func(set op.Assignment) bool { return s.strict[object(o.Table, set.Column)] }) {
			s.contract(o) // rows without a value have come in meanwhile
		}
	case *op.AddConstraint:
		s.placeConstraint(o)
	case *op.DropConstraint:
		s.placeConstraintDrop(o)
	case *op.CreateIndex:
		s.placeIndex(o)
	case *op.DropIndex:
		s.placeIndexDrop(o)
	case *op.AlterEnum:
		if o.Add != "" {
			s.expand(o)
			return
		}
		s.contract(o)
		if o.Rename != "" {
			s.note(PhasesRename, o.Name.String(), "the value "+o.Rename+" is renamed at once, and code knows one of the names", "add the new value, change the rows, and remove the old one later")
		}
	default:
		s.placeOther(operation)
	}
}

func (s *splitter) placeOther(operation op.Operation) {
	switch o := operation.(type) {
	case *op.DropTable, *op.DropEnum, *op.DropDomain, *op.DropComposite, *op.DropSequence, *op.DropNamespace, *op.DropExtension,
		*op.DropStatistic, *op.DropView, *op.DropFunction, *op.DropTrigger, *op.ValidateConstraint, *op.Irreversible:
		s.contract(operation)
	case *op.CreateView, *op.CreateFunction, *op.CreateTrigger:
		if s.again[operation.Subject().String()] {
			s.contract(operation)
			return
		}
		s.expand(operation)
	case *op.RenameColumn:
		s.expand(operation)
		s.columnNames[object(o.Table, o.From)] = o.To
		s.note(PhasesRename, object(o.Table, o.From), "the column is renamed at once, and code knows one of the names", "")
	case *op.RenameTable:
		s.expand(operation)
		s.renamed = append(s.renamed, o)
	default:
		s.expand(operation)
	}
}

// copyOf returns the pair in which a column is the new one.
func (s *splitter) copyOf(table schema.Name, column string) (Copy, bool) {
	at := slices.IndexFunc(s.copies, func(c Copy) bool { return c.Table == table && c.To == column })
	if at < 0 {
		return Copy{}, false
	}
	return s.copies[at], true
}

func (s *splitter) placeAddition(o *op.AddColumn) {
	column := o.Column
	if s.remade(o.Table, column.Name) {
		s.contract(o)
		return
	}
	if column.Generated != nil || column.Identity != nil {
		s.expand(o)
		return
	}
	nullable := *o
	nullable.Column = column.Clone()
	nullable.Column.NotNull = false
	pair, copies := s.copyOf(o.Table, column.Name)
	switch {
	case copies:
		s.placeCopy(o, &nullable, pair)
	case column.NotNull && column.Default == "":
		s.expand(&nullable)
		s.contract(forbidNull(o.Table, column.Name))
	default:
		s.expand(o)
	}
}

// placeCopy gives a column the values of another, and once more those that were written meanwhile. Its default waits until
// then: with it, those could not be told.
func (s *splitter) placeCopy(o, bare *op.AddColumn, pair Copy) {
	column := o.Column
	dialect := s.before.Server.Dialect
	bare.Column.Default = ""
	fill := func(expr string) *op.Backfill {
		return &op.Backfill{Table: o.Table, Set: []op.Assignment{{Column: column.Name, Expr: expr}}}
	}
	source := ddl.Quote(dialect, pair.From)
	s.expand(bare, fill(source))
	if column.Default != "" {
		s.last = append(s.last, fill("COALESCE("+source+", "+column.Default+")"), &op.AlterColumn{
			Table: o.Table, Name: column.Name, Attributes: []op.Attribute{op.DefaultAttribute}, To: schema.Column{Default: column.Default},
		})
	} else {
		s.last = append(s.last, fill(source))
	}
	if column.NotNull {
		s.last = append(s.last, forbidNull(o.Table, column.Name))
	}
	s.note(PhasesCopy, object(o.Table, pair.From)+" -> "+object(o.Table, pair.To),
		"the values are copied to the new column, now and once more after the deployment, to rows where it is still NULL; what the code before changes in a row after its copy stays in the old column and is lost with it",
		"where both change the same rows, let the new code write both columns for this deployment, or keep them in step by a trigger (Retort's docs/online.md has one); if the one is no rename of the other, take the copies out")
}

// placeDrop lets the new code leave out a column that is dropped later.
func (s *splitter) placeDrop(o *op.DropColumn) {
	drop := *o
	if s.copied(o) {
		drop.RenamedTo = "" // its values are kept
	}
	table := s.expanded.Table(o.Table)
	if table != nil {
		column := table.Column(o.Name)
		key := table.PrimaryKey != nil && slices.Contains(table.PrimaryKey.Columns, o.Name)
		if column != nil && column.NotNull && column.Default == "" && column.Generated == nil && column.Identity == nil && !key {
			s.expand(&op.AlterColumn{Table: o.Table, Name: o.Name, Attributes: []op.Attribute{op.NotNullAttribute}})
			if !s.copied(o) {
				s.note(PhasesRelax, object(o.Table, o.Name), "may be NULL until it is dropped, since the new code does not write it; the downgrade forbids NULL again and needs a value in every row", "")
			}
		}
	}
	s.contract(&drop)
}

// copied reports whether another column takes over the values of one that is dropped.
func (s *splitter) copied(o *op.DropColumn) bool {
	return slices.ContainsFunc(s.copies, func(c Copy) bool { return c.Table == o.Table && c.From == o.Name })
}
