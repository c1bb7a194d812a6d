package versions

import (
	"time"

	"github.com/retort-db/retort/schema"
)

// The names of the tables that Retort keeps in a database when [Options] gives no others.
const (
	DefaultVersionTable = "retort_version"
	DefaultHistoryTable = "retort_history"
)

// DefaultWait is how long a run waits for another one to finish when [Options] does not say.
const DefaultWait = time.Minute

// DefaultLockRetries is how often a statement is tried again that did not get its locks when [Options] does not say. With
// the pauses between the attempts that is about a minute and a half.
const DefaultLockRetries = 10

// Options says how to run. The zero value is right for most.
type Options struct {
	// VersionTable holds the applied heads, HistoryTable what was run. They are retort_version and retort_history unless
	// named; a history table without a namespace is in the version table's.
	VersionTable schema.Name
	HistoryTable schema.Name
	// Wait is how long to wait while another run holds the database; 0 means [DefaultWait], less than 0 not at all.
	Wait time.Duration
	// LockTimeout is how long a statement waits for locks that other sessions hold; 0 leaves that to the server. While it
	// waits, everybody else queues behind it, so it should be short: a statement that gives up is tried again after a pause,
	// with everything that its transaction held released. Building and dropping an index CONCURRENTLY is not limited, since
	// nobody queues behind it. SQLite has no such locks.
	LockTimeout time.Duration
	// LockRetries is how often that is tried again; 0 means [DefaultLockRetries], less than 0 not at all. Deadlocks count
	// too. What ran a step in Go is not tried again, since nobody knows what else the step did.
	LockRetries int
	// StatementTimeout is how long one statement may run; 0 is no limit of Retort's. Steps in Go are limited on PostgreSQL
	// only, statement by statement, and building an index CONCURRENTLY never is.
	StatementTimeout time.Duration
	// Transaction says what one transaction holds.
	Transaction TransactionMode
	// Events, if set, is called for everything that happens, from one goroutine.
	Events func(Event)
	// DryRun tells by events what would run, and leaves the database as it is. On PostgreSQL and SQLite the statements run
	// in one transaction that is rolled back, except steps in Go and what cannot run in a transaction; the locks are real.
	// On MySQL nothing runs.
	DryRun bool
	// ToolVersion is recorded in the history table.
	ToolVersion string
}

func (o Options) versionTable() schema.Name {
	if o.VersionTable.Name == "" {
		return schema.Name{Schema: o.VersionTable.Schema, Name: DefaultVersionTable}
	}
	return o.VersionTable
}

func (o Options) historyTable() schema.Name {
	name := o.HistoryTable
	if name.Name == "" {
		name.Name = DefaultHistoryTable
	}
	if name.Schema == "" {
		name.Schema = o.versionTable().Schema
	}
	return name
}

func (o Options) wait() time.Duration {
	if o.Wait == 0 {
		return DefaultWait
	}
	return max(o.Wait, 0)
}

func (o Options) lockRetries() int {
	if o.LockRetries == 0 {
		return DefaultLockRetries
	}
	return max(o.LockRetries, 0)
}

func (o Options) emit(event Event) {
	if o.Events != nil {
		o.Events(event)
	}
}

// EventKind says what an [Event] is about.
type EventKind string

// The kinds of events, in the order in which a run usually has them.
const (
	// EventWaiting says that another run holds the database; Text says who, if the engine tells.
	EventWaiting EventKind = "waiting"
	// EventWarning is something that does not stop the run but should be read.
	EventWarning EventKind = "warning"
	// EventPlan says how many revisions there are to run: Steps. It is sent once the lock is held.
	EventPlan EventKind = "plan"
	// EventStart says that a revision begins.
	EventStart EventKind = "start"
	// EventResume says that a revision was interrupted earlier and goes on after Step.
	EventResume EventKind = "resume"
	// EventStatement says that a statement is about to run: SQL, or Text for a step in Go.
	EventStatement EventKind = "statement"
	// EventRetry says that a statement did not get its locks and is tried again after a pause: Text says why, and who has
	// them, if the engine tells.
	EventRetry EventKind = "retry"
	// EventProgress says how far a step has come that takes long: Done of Total.
	EventProgress EventKind = "progress"
	// EventSkipped says that a dry run does not try a statement, and Text why.
	EventSkipped EventKind = "skipped"
	// EventStep says that the statements up to Step of Steps are carried out and committed or about to be.
	EventStep EventKind = "step"
	// EventDone says that a revision is finished, committed with its version row.
	EventDone EventKind = "done"
)

// Event is something that happened during a run.
type Event struct {
	Kind      EventKind     `json:"kind"`
	Revision  string        `json:"revision,omitempty"`
	Message   string        `json:"message,omitempty"` // the revision's
	Direction Direction     `json:"direction,omitempty"`
	From      []string      `json:"from,omitempty"`    // heads before the revision
	To        []string      `json:"to,omitempty"`      // heads after it
	Step      int           `json:"step,omitempty"`    // statements carried out
	Steps     int           `json:"steps,omitempty"`   // statements of the revision
	SQL       string        `json:"sql,omitempty"`     // of EventStatement
	Text      string        `json:"text,omitempty"`    // a sentence without a full stop
	Done      int64         `json:"done,omitempty"`    // of EventProgress: rows, or what the step counts
	Total     int64         `json:"total,omitempty"`   // of EventProgress, perhaps an estimate; 0 if it is not known
	Elapsed   time.Duration `json:"elapsed,omitempty"` // since the revision or the waiting began, in nanoseconds
}
