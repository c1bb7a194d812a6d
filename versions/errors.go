package versions

import (
	"fmt"
	"strings"
	"time"

	"github.com/retort-db/retort/schema"
)

// StepError says that a revision failed, where, and what is left of it.
type StepError struct {
	Revision  string
	Message   string
	Place     string // file:line
	Direction Direction
	// Step is the statement that failed, from 1, of Steps. It is 0 if none was reached.
	Step, Steps int
	// Kept is how many statements before it were carried out and stay.
	Kept int
	// Operation describes what the statement is for; SQL is its text, empty for a step in Go.
	Operation string
	SQL       string
	Cause     error
}

// Error names the revision, the operation, the cause and what is left.
func (e *StepError) Error() string {
	text := fmt.Sprintf("%s of revision %s", e.Direction, e.Revision)
	if e.Message != "" {
		text += fmt.Sprintf(" (%s)", e.Message)
	}
	if e.Step > 0 {
		text += fmt.Sprintf(" failed at step %d of %d", e.Step, e.Steps)
	} else {
		text += " failed"
	}
	if e.Operation != "" {
		text += ", " + e.Operation
	}
	text += ": " + e.Cause.Error()
	if e.Kept > 0 {
		return text + fmt.Sprintf("; the %s before it stay: run again to go on from there", steps(e.Kept))
	}
	return text + "; nothing of the revision was kept"
}

// Unwrap returns the database's error.
func (e *StepError) Unwrap() error { return e.Cause }

func steps(n int) string {
	if n == 1 {
		return "step"
	}
	return fmt.Sprintf("%d steps", n)
}

// IrreversibleError says that a revision to run cannot be undone. Nothing was run.
type IrreversibleError struct {
	Revision string
	Place    string
	Reason   string
}

// Error names the revision and the reason.
func (e *IrreversibleError) Error() string {
	return fmt.Sprintf("revision %s (%s) cannot be undone: %s; nothing was run", e.Revision, e.Place, e.Reason)
}

// DecisionError says that a revision to run has a flagged rename that nobody has decided. Nothing was run.
type DecisionError struct {
	Revision  string
	Place     string
	Undecided []Undecided
}

// Undecided is one drop that was perhaps a rename.
type Undecided struct {
	Kind  string      // "column", "table", "enum value"
	Table schema.Name // the enum's name for a value
	From  string
	To    string
}

// String returns "column users.fullname (dropped, or renamed to full_name?)".
func (u Undecided) String() string {
	object := u.Table.String()
	if u.Kind != "table" {
		object += "." + u.From
	}
	return fmt.Sprintf("%s %s (dropped, or renamed to %s?)", u.Kind, object, u.To)
}

// Error lists what is to be decided and the way to do it.
func (e *DecisionError) Error() string {
	items := make([]string, len(e.Undecided))
	for i, u := range e.Undecided {
		items[i] = u.String()
	}
	return fmt.Sprintf("revision %s (%s) is not decided: %s; decide with \"retort resolve %s\"; nothing was run",
		e.Revision, e.Place, strings.Join(items, ", "), e.Revision)
}

// GuardError says that rows stand in the way of a step.
type GuardError struct {
	Text string
}

// Error returns the step's own message.
func (e *GuardError) Error() string { return e.Text }

// ForeignKeyError says that rows would refer to nothing after a change of SQLite's tables.
type ForeignKeyError struct {
	Violations []ForeignKeyViolation
}

// ForeignKeyViolation counts the rows of a table that refer to rows of another which are not there.
type ForeignKeyViolation struct {
	Table, Parent string
	Rows          int
}

// Error lists the tables.
func (e *ForeignKeyError) Error() string {
	items := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		items[i] = fmt.Sprintf("%d rows of %s refer to missing rows of %s", v.Rows, v.Table, v.Parent)
	}
	return "foreign keys would be violated: " + strings.Join(items, ", ")
}

// LockError says that another run held the database for too long.
type LockError struct {
	Holder string // may be empty
	Waited time.Duration
}

// Error names the holder and the way out.
func (e *LockError) Error() string {
	text := "another run holds the database"
	if e.Holder != "" {
		text += " (" + e.Holder + ")"
	}
	return text + fmt.Sprintf(", waited %s for it: try again when it has finished, or wait longer with --wait", e.Waited.Round(time.Millisecond))
}

// InterruptedError says that an earlier run stopped in the middle of a revision, and that this one cannot go on from there.
type InterruptedError struct {
	Revision    string
	Direction   Direction
	Step, Steps int
	Reason      string
}

// Error names the revision, how far it came, and the ways out.
func (e *InterruptedError) Error() string {
	return fmt.Sprintf("%s of revision %s was interrupted after %d of %d steps, and %s; run \"retort %s\" for that revision first, "+
		"or bring the database in order by hand and say where it is with \"retort stamp --purge REVISION\"",
		e.Direction, e.Revision, e.Step, e.Steps, e.Reason, e.Direction)
}

// ScriptError says that something cannot be written as SQL without a database.
type ScriptError struct {
	Revision  string
	Place     string
	Operation string
	Reason    string
}

// Error names the revision, the operation and the reason.
func (e *ScriptError) Error() string {
	return fmt.Sprintf("revision %s (%s) cannot be written as SQL: %s: %s", e.Revision, e.Place, e.Operation, e.Reason)
}
