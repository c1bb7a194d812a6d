package op

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// Exec runs SQL as it is given.
type Exec struct {
	SQL  string `json:"sql"`
	Args []any  `json:"args,omitempty"`
	// Effect carries out what the SQL does to the schema. It is nil if the step says nothing or changes nothing.
	Effect func(*schema.Schema) error `json:"-"`
	// Known is set if the effect on the schema is known: by Effect, or because there is none.
	Known bool `json:"known,omitempty"`
	// OutsideTransaction runs the statement in a step of its own.
	OutsideTransaction bool `json:"outside_transaction,omitempty"`
}

// Kind returns "exec".
func (o *Exec) Kind() string { return "exec" }

// Subject returns the zero name.
func (o *Exec) Subject() schema.Name { return schema.Name{} }

// String returns "execute" and the beginning of the statement.
func (o *Exec) String() string { return "execute " + shorten(o.SQL) }

// Opaque reports whether the effect on the schema has to be assumed unknown: the step says nothing and is not plainly a
// data statement.
func (o *Exec) Opaque() bool {
	if o.Known {
		return false
	}
	tokens := sqltext.Significant(schema.Postgres, o.SQL)
	if len(tokens) == 0 {
		return false
	}
	for _, word := range []string{"insert", "update", "delete", "select", "values", "merge", "replace", "analyze", "vacuum", "set", "lock"} {
		if tokens[0].Is(word) {
			return false
		}
	}
	return true
}

// Apply carries out the declared effect. An opaque step changes nothing here; see [Exec.Opaque].
func (o *Exec) Apply(s *schema.Schema) error {
	if o.Effect == nil {
		return nil
	}
	if err := o.Effect(s); err != nil {
		return misfit(o, "its declared effect failed: %v", err)
	}
	return nil
}

// Reverse fails: SQL text has no reverse.
func (o *Exec) Reverse(*schema.Schema) ([]Operation, error) {
	return nil, &IrreversibleError{Operation: o.String(), Reason: "SQL text has no reverse; write the downgrade by hand"}
}

// Insert inserts rows. Values are bound.
type Insert struct {
	Table   schema.Name `json:"table"`
	Columns []string    `json:"columns"`
	Rows    [][]any     `json:"rows"`
}

// Kind returns "insert".
func (o *Insert) Kind() string { return "insert" }

// Subject returns the table's name.
func (o *Insert) Subject() schema.Name { return o.Table }

// String returns "insert N rows into TABLE".
func (o *Insert) String() string {
	if len(o.Rows) == 1 {
		return fmt.Sprintf("insert 1 row into %s", o.Table)
	}
	return fmt.Sprintf("insert %d rows into %s", len(o.Rows), o.Table)
}

// Apply checks that the table has the columns.
func (o *Insert) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	for _, name := range o.Columns {
		if table.Column(name) == nil {
			return misfit(o, "there is no column %s", name)
		}
	}
	return nil
}

// Reverse fails: which rows were there before is not known.
func (o *Insert) Reverse(*schema.Schema) ([]Operation, error) {
	return nil, &IrreversibleError{Operation: o.String(), Reason: "rows that were there before cannot be told apart"}
}

// Run is a step in Go.
type Run struct {
	Label  string                                      `json:"label"`
	Do     func(ctx context.Context, db bun.IDB) error `json:"-"`
	Effect func(*schema.Schema) error                  `json:"-"`
	Known  bool                                        `json:"known,omitempty"` // as in Exec; data steps are the rule, so Known or not, it is not opaque
	// OutsideTransaction gives the function the database instead of the revision's transaction.
	OutsideTransaction bool `json:"outside_transaction,omitempty"`
}

// Kind returns "run".
func (o *Run) Kind() string { return "run" }

// Subject returns the zero name.
func (o *Run) Subject() schema.Name { return schema.Name{} }

// String returns "run LABEL".
func (o *Run) String() string { return "run " + o.Label }

// Apply carries out the declared effect.
func (o *Run) Apply(s *schema.Schema) error {
	if o.Effect == nil {
		return nil
	}
	if err := o.Effect(s); err != nil {
		return misfit(o, "its declared effect failed: %v", err)
	}
	return nil
}

// Reverse fails: a Go function has no reverse.
func (o *Run) Reverse(*schema.Schema) ([]Operation, error) {
	return nil, &IrreversibleError{Operation: o.String(), Reason: "a Go function has no reverse; write the downgrade by hand"}
}

// Backfill sets columns of existing rows in batches, each in a transaction of its own, ordered by a key. It can be
// interrupted and run again: Where selects what is still to do.
type Backfill struct {
	Table schema.Name `json:"table"`
	// Set holds the assignments, column and SQL expression.
	Set []Assignment `json:"set"`
	// Where is the condition of the rows to change. Empty means: the rows in which one of the columns is NULL.
	Where string `json:"where,omitempty"`
	// Key orders the batches; empty means the primary key.
	Key []string `json:"key,omitempty"`
	// Batch is the number of rows of one batch; 0 means 1,000.
	Batch int `json:"batch,omitempty"`
	// Pause is the time to wait between batches.
	Pause time.Duration `json:"pause,omitempty"`
}

// Assignment gives a column the value of an expression.
type Assignment struct {
	Column string `json:"column"`
	Expr   string `json:"expr"`
}

// Kind returns "backfill".
func (o *Backfill) Kind() string { return "backfill" }

// Subject returns the table's name.
func (o *Backfill) Subject() schema.Name { return o.Table }

// String returns "backfill TABLE.COLUMN = EXPR".
func (o *Backfill) String() string {
	parts := make([]string, len(o.Set))
	for i, set := range o.Set {
		parts[i] = set.Column + " = " + set.Expr
	}
	return fmt.Sprintf("backfill %s: %s", o.Table, strings.Join(parts, ", "))
}

// Apply checks that the table has the columns.
func (o *Backfill) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	for _, set := range o.Set {
		if table.Column(set.Column) == nil {
			return misfit(o, "there is no column %s", set.Column)
		}
	}
	return nil
}

// Reverse does nothing: the column that was filled is dropped or made nullable by the steps around it.
func (o *Backfill) Reverse(*schema.Schema) ([]Operation, error) { return nil, nil }

// Irreversible marks a direction that cannot be run, and why.
type Irreversible struct {
	Reason string `json:"reason"`
}

// Kind returns "irreversible".
func (o *Irreversible) Kind() string { return "irreversible" }

// Subject returns the zero name.
func (o *Irreversible) Subject() schema.Name { return schema.Name{} }

// String returns "irreversible: REASON".
func (o *Irreversible) String() string { return "irreversible: " + o.Reason }

// Apply fails with an *IrreversibleError.
func (o *Irreversible) Apply(*schema.Schema) error {
	return &IrreversibleError{Operation: "the revision", Reason: o.Reason}
}

// Reverse fails with an *IrreversibleError.
func (o *Irreversible) Reverse(*schema.Schema) ([]Operation, error) {
	return nil, &IrreversibleError{Operation: "the revision", Reason: o.Reason}
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:57]) + "..."
	}
	return text
}
