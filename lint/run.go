package lint

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/sqlsteps"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Run applies the rules to a revision. Findings come in the order of the operations, those of one operation with the worst
// first. An error says that the operations do not fit the schema before them, as an [*op.EffectError]; the findings up to
// there are returned with it.
func Run(in Input) ([]Finding, error) {
	in.Server = ddl.Oldest(in.Server)
	r := &run{
		Input: in, state: in.Before.Clone(),
		created: map[schema.Name]bool{}, createdTypes: map[schema.Name]bool{}, addedColumns: map[string]bool{},
		droppedIndexes: map[schema.Name][]*schema.Index{}, briefLocks: map[schema.Name]bool{}, keyLocks: map[schema.Name]bool{}, copiedAfter: map[schema.Name]int{},
		sql: map[*op.Exec][]sqlsteps.Statement{},
	}
	if r.state == nil {
		r.state = schema.New(in.Server)
	}
	r.state.Server = r.Server
	err := r.operations()
	if err == nil {
		r.at, r.place, r.stepAt = nil, -1, 0
		r.undo()
		r.apply(func(rule *rule) { check(rule.revision, r) })
	}
	for n, finding := range r.findings {
		if severity, stated := r.Project.Severities[finding.Rule]; stated {
			r.findings[n].Severity = severity
		}
	}
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(uint(a.Operation), uint(b.Operation)), // -1 comes last
			cmp.Compare(a.Step, b.Step),
			cmp.Compare(a.Severity.rank(), b.Severity.rank()),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Object, b.Object),
		)
	})
	return r.findings, err
}

// rule is a rule with what finds it.
type rule struct {
	Rule
	// step looks at one operation, with the schema before it in r.state; steps of a batch come one by one.
	step func(r *run, operation op.Operation)
	// revision looks at the whole revision, with the schema after it.
	revision func(r *run)
}

func (rule *rule) covers(server schema.Server) bool {
	return slices.ContainsFunc(rule.Engines, func(engine Engine) bool {
		return engine.Dialect == server.Dialect && (engine.Flavor == "" || engine.Flavor == server.Flavor)
	})
}

// run is the state of one Run.
type run struct {
	Input
	// state is the schema before the operation at hand.
	state *schema.Schema
	// created holds the tables that the revision made: nobody waits for them, and they have no rows.
	created map[schema.Name]bool
	// createdTypes holds the enums and sequences that the revision made.
	createdTypes map[schema.Name]bool
	// addedColumns holds the columns that the revision added, as "table.column".
	addedColumns map[string]bool
	// droppedIndexes holds the indexes that the revision dropped, by table.
	droppedIndexes map[schema.Name][]*schema.Index
	// held holds the tables that the transaction has locked against readers.
	held []schema.Name
	// briefLocks and keyLocks hold the tables that are locked for a moment, and for foreign keys.
	briefLocks, keyLocks map[schema.Name]bool
	// copiedAfter says of tables of SQLite with how many steps done they were last copied.
	copiedAfter map[schema.Name]int
	// done holds the steps before the one at hand, batches in their parts, steps in SQL behind what they do.
	done []op.Operation
	// sql holds what was read of steps in SQL; inSQL is the statement that the step at hand was read from, if it was.
	sql   map[*op.Exec][]sqlsteps.Statement
	inSQL statement
	// undone is the schema after the upgrade and the downgrade, if that can be told; downgradeError says why not.
	undone         *schema.Schema
	downgradeError error
	// effect is that of the step at hand.
	effect   ddl.Effect
	at       *rule
	place    int // of the operation at hand
	stepAt   int // within its batch
	findings []Finding
}

func (r *run) operations() error {
	for i, operation := range r.Upgrade {
		r.place = i
		steps := []op.Operation{operation}
		if batch, ok := operation.(*op.Batch); ok {
			steps = batch.Operations
		}
		for at, step := range steps {
			r.stepAt = at
			if err := r.step(step); err != nil {
				return err
			}
		}
	}
	return nil
}

// steps yields the operations of the upgrade from a place on, batches in their parts, steps in SQL behind what they do.
func (r *run) steps(from int) iter.Seq[op.Operation] {
	return func(yield func(op.Operation) bool) {
		for _, operation := range r.Upgrade[from:] {
			steps := []op.Operation{operation}
			switch o := operation.(type) {
			case *op.Batch:
				steps = o.Operations
			case *op.Exec:
				steps = nil
				for _, one := range r.read(o) {
					steps = append(steps, one.Operations...)
				}
				steps = append(steps, o)
			}
			for _, step := range steps {
				if !yield(step) {
					return
				}
			}
		}
	}
}

func (r *run) step(operation op.Operation) error {
	r.effect = ddl.EffectOf(r.Server, r.state, operation)
	r.apply(func(rule *rule) {
		if rule.step != nil {
			rule.step(r, operation)
		}
	})
	if exec, ok := operation.(*op.Exec); ok {
		r.stepsInSQL(exec)
		r.effect = ddl.EffectOf(r.Server, r.state, operation)
	}
	r.remember(operation)
	return operation.Apply(r.state)
}

// remember notes what rules need to know of a step when they look at later ones. The schema is the one before the step.
func (r *run) remember(operation op.Operation) {
	r.follow(operation)
	switch o := operation.(type) {
	case *op.CreateTable:
		r.created[o.Table.Name] = r.created[o.Table.Name] || !o.IfNotExists
	case *op.RenameTable:
		r.created[o.To] = r.created[o.From]
	case *op.AddColumn:
		r.addedColumns[columnOf(o.Table, o.Column.Name)] = !o.IfNotExists
	case *op.RenameColumn:
		r.addedColumns[columnOf(o.Table, o.To)] = r.addedColumns[columnOf(o.Table, o.From)]
	case *op.CreateEnum:
		r.createdTypes[o.Enum.Name] = true
	case *op.CreateSequence:
		r.createdTypes[o.Sequence.Name] = true
	}
	r.done = append(r.done, operation)
}

func (r *run) apply(look func(*rule)) {
	for i := range rules {
		rule := &rules[i]
		if rule.covers(r.Server) && r.Project.wants(rule.Rule, r.File) {
			r.at = rule
			look(rule)
		}
	}
}

func check(look func(*run), r *run) {
	if look != nil {
		look(r)
	}
}

// find reports a finding of the rule at hand.
func (r *run) find(object, text, way string) *Finding {
	r.findings = append(r.findings, Finding{
		Rule: r.at.ID, Category: r.at.Category, Severity: r.at.Severity, Operation: r.place, Step: r.stepAt, Object: object, Text: text, Way: way,
	})
	return &r.findings[len(r.findings)-1]
}

// findIn reports a finding about a lock, a copy or a scan of a table: of a table that is known to be small it is Info.
func (r *run) findIn(table schema.Name, object, text, way string) *Finding {
	f := r.find(object, text+r.size(table), way)
	for _, lock := range r.effect.Locks {
		if lock.Table == table {
			f.Lock = lock.Mode
		}
	}
	if size, known := r.Sizes[table.String()]; known && size.Rows <= SmallTable {
		f.Severity = Info
	}
	return f
}

// existing returns a table that was there before the revision, or nil.
func (r *run) existing(name schema.Name) *schema.Table {
	if r.created[name] {
		return nil
	}
	return r.state.Table(name)
}

// existingColumn returns a column that was there before the revision, or nil.
func (r *run) existingColumn(table schema.Name, name string) *schema.Column {
	found := r.existing(table)
	if found == nil || r.addedColumns[columnOf(table, name)] {
		return nil
	}
	return found.Column(name)
}

// on returns a step that looks at one type of operation.
func on[T op.Operation](look func(r *run, o T)) func(*run, op.Operation) {
	return func(r *run, operation op.Operation) {
		if o, ok := operation.(T); ok {
			look(r, o)
		}
	}
}

// size describes how large a table is, where that is known: " (about 1,200,000 rows)".
func (r *run) size(table schema.Name) string {
	size, known := r.Sizes[table.String()]
	if !known {
		return ""
	}
	return fmt.Sprintf(" (about %s rows)", thousands(size.Rows))
}

// thousands writes a number with a comma before each group of three digits.
func thousands(n int64) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func columnOf(table schema.Name, column string) string { return table.String() + "." + column }
