package online

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Options steer [Rewrite].
type Options struct {
	// Shared marks what MySQL can carry out online on the other engines too, which ignore the mark: the operations of
	// several engines can share a line of a revision file then.
	Shared bool
	// Settled says that the code which wrote NULL is gone: a column that becomes NOT NULL needs filling only once.
	Settled bool
}

// Note says what was done about an operation, or what could not be.
type Note struct {
	// ID is stable: "online-index", "not-online".
	ID string
	// Object is what the operation is about, "orders.total" or "ix_orders_total".
	Object string
	// Blocks says that the operation still keeps others from reading or writing for as long as it runs.
	Blocks bool
	Text   string // what is the case
	Way    string // what to do about it; empty if nothing
}

// The notes' identifiers.
const (
	NotOnline       = "not-online"        // the operation blocks others, and has no other form
	OnlineIndex     = "online-index"      // built or dropped concurrently
	OnlineReplace   = "online-replace"    // the old index or constraint stays until the new one is there
	OnlineKey       = "online-key"        // a unique or primary key from an index
	OnlineCheck     = "online-check"      // a foreign key or check that is validated afterwards
	OnlineNotNull   = "online-not-null"   // NULL is forbidden by a check first
	OnlineDefault   = "online-default"    // a default that is computed for each row is filled in by batches
	OnlineAlgorithm = "online-algorithm"  // the statement names its ALGORITHM and LOCK
	NothingToDo     = "online-not-needed" // the engine has no other way
)

// Rewrite returns operations that do the same as the given ones while other sessions read and write the tables. Those on
// tables that the plan creates stay as they are: nobody uses these yet. The schema before the operations is not changed,
// nor are they. What does not fit the schema is an *[op.EffectError].
func Rewrite(server schema.Server, before *schema.Schema, operations []op.Operation, options Options) ([]op.Operation, []Note, error) {
	r := &rewriter{server: server, state: before.Clone(), options: options, created: map[schema.Name]bool{}, keyless: map[schema.Name]bool{}}
	var engine func(op.Operation)
	switch server.Dialect {
	case schema.Postgres:
		p := &postgres{rewriter: r, filled: map[string]*op.Backfill{}, aside: map[string]string{}}
		engine = p.operation
	case schema.MySQL:
		m := &mysql{rewriter: r}
		engine = m.operation
	case schema.SQLite:
		s := &sqlite{rewriter: r}
		engine = s.operation
	default:
		return nil, nil, fmt.Errorf("unknown dialect %q", server.Dialect)
	}
	for i, operation := range operations {
		r.rest = operations[i+1:]
		if err := r.step(operation, engine); err != nil {
			return nil, nil, err
		}
	}
	return r.out, r.notes, nil
}

// rewriter follows a plan and gathers what becomes of it.
type rewriter struct {
	server  schema.Server
	options Options
	state   *schema.Schema       // before the operation at hand
	created map[schema.Name]bool // by the plan
	keyless map[schema.Name]bool // since the plan dropped their primary key
	rest    []op.Operation       // after the operation at hand
	out     []op.Operation
	notes   []Note
}

// step rewrites one operation and follows its effect.
func (r *rewriter) step(operation op.Operation, engine func(op.Operation)) error {
	switch o := operation.(type) {
	case *op.Batch:
		return r.batch(o, engine)
	case *op.CreateTable:
		if r.state.Table(o.Table.Name) == nil {
			r.created[o.Table.Name] = true
		}
	case *op.RenameTable:
		r.created[o.To] = r.created[o.From]
		delete(r.created, o.From)
	case *op.DropConstraint:
		r.keyless[o.Table] = r.keyless[o.Table] || o.Type == op.PrimaryKeyConstraint
	}
	if r.created[operation.Subject()] {
		r.emit(operation)
	} else {
		engine(operation)
	}
	return operation.Apply(r.state)
}

// batch rewrites the operations of a batch. Those that stay as they are stay together.
func (r *rewriter) batch(batch *op.Batch, engine func(op.Operation)) error {
	before, rest := r.out, r.rest
	var out, together []op.Operation
	changed := false
	settle := func() {
		if len(together) > 0 {
			out = append(out, &op.Batch{Table: batch.Table, Operations: together, Rebuild: batch.Rebuild})
		}
		together = nil
	}
	for i, operation := range batch.Operations {
		r.out = nil
		r.rest = slices.Concat(batch.Operations[i+1:], rest)
		if err := r.step(operation, engine); err != nil {
			return err
		}
		if len(r.out) == 1 && staysInBatch(r.out[0], operation) {
			changed = changed || r.out[0] != operation
			together = append(together, r.out[0])
			continue
		}
		changed = true
		settle()
		out = append(out, r.out...)
	}
	r.out = before
	if !changed {
		r.emit(batch)
		return nil
	}
	settle()
	r.emit(out...)
	return nil
}

// staysInBatch reports whether what became of an operation can still share a statement with others.
func staysInBatch(now, was op.Operation) bool {
	switch o := now.(type) {
	case *op.CreateIndex:
		return !o.Concurrently || was == now
	case *op.DropIndex:
		return !o.Concurrently || was == now
	}
	return now.Kind() == was.Kind()
}

func (r *rewriter) emit(operations ...op.Operation) { r.out = append(r.out, operations...) }

func (r *rewriter) note(note Note) { r.notes = append(r.notes, note) }

func (r *rewriter) table(name schema.Name) *schema.Table { return r.state.Table(name) }

// column returns a column as it is before the operation at hand, or nil.
func (r *rewriter) column(table schema.Name, name string) *schema.Column {
	if found := r.table(table); found != nil {
		return found.Column(name)
	}
	return nil
}

func object(table schema.Name, part string) string { return table.String() + "." + part }

// Both rewrites an upgrade and its downgrade, each with the schema that it starts from. The notes are about the upgrade,
// and about what blocks in the downgrade.
func Both(server schema.Server, before *schema.Schema, upgrade, downgrade []op.Operation, options Options) (up, down []op.Operation, notes []Note, err error) {
	if up, notes, err = Rewrite(server, before, upgrade, options); err != nil || downgrade == nil {
		return up, nil, notes, err
	}
	after, err := op.Replay(before, upgrade)
	if err != nil {
		return nil, nil, nil, err
	}
	down, back, err := Rewrite(server, after, downgrade, options)
	for _, note := range back {
		if note.Blocks {
			note.Text = "in the downgrade: " + note.Text
			notes = append(notes, note)
		}
	}
	return up, down, notes, err
}
