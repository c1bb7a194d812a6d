package versions

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// engine is what the runner needs to know of each database; every one has a file of its own.
type engine interface {
	dialect() schema.Dialect
	// transactional reports whether DDL takes part in transactions.
	transactional() bool
	// columns are the types that the tables of Retort have.
	types() columnTypes
	// tableExists looks a table up without writing and without an error if it is not there.
	tableExists(ctx context.Context, q introspect.Querier, name schema.Name) (bool, error)
	// mark writes the nth parameter of a statement, from 1.
	mark(n int) string
	// now is the SQL for the time in UTC, as a timestamp of the history table has it.
	now() string
	// tryLock takes the lock for a connection or for the transaction that is open on it, or tells who has it. It belongs to
	// the namespace of the version table, the default one if that is empty. Engines whose transactions are their lock always
	// get it.
	tryLock(ctx context.Context, q introspect.Querier, namespace string, scope lockScope) (taken bool, holder string, err error)
	unlock(ctx context.Context, q introspect.Querier, namespace string) error
	// seizeWrite makes a transaction that just began the only one that may write, where a transaction is the lock.
	seizeWrite(ctx context.Context, q introspect.Querier, versionTable schema.Name) error
	// openTransaction reports whether a transaction is open on a connection.
	openTransaction(ctx context.Context, q introspect.Querier) (bool, error)
	// patience sets how long a statement waits inside the engine for other connections, where it is the connection that
	// says so, and returns how long it waited so far.
	patience(ctx context.Context, q introspect.Querier, wait time.Duration) (before time.Duration, err error)
	// isBusy tells the error of seizeWrite, or of creating a table, that waiting may cure.
	isBusy(err error) bool
	// limit sets limits on a session, until the transaction's end if they are local, and returns those that were set before.
	limit(ctx context.Context, q introspect.Querier, l limits, local bool) (before []setting, err error)
	set(ctx context.Context, q introspect.Querier, s setting, local bool) error
	// limitsStatements reports whether the server itself watches over the time of a statement.
	limitsStatements() bool
	// blocked tells the error of a statement that did not get its locks, or lost them to another one, from others. The
	// server has taken back what the statement did.
	blocked(err error) bool
	// holders says who has locks on tables; empty if it cannot be told.
	holders(ctx context.Context, q introspect.Querier, tables []schema.Name) string
	// serverID returns what cancel knows a connection by; 0 where statements end with their context.
	serverID(ctx context.Context, q introspect.Querier) (int64, error)
	cancel(ctx context.Context, q introspect.Querier, serverID int64) error
}

// lockScope is what gives the database's lock back when it ends.
type lockScope int

const (
	lockOfSession lockScope = iota
	lockOfTransaction
)

// columnTypes are spelled for one engine.
type columnTypes struct {
	id       string // of the history table, generated
	name     string // as wide as a revision's ID, compared byte by byte
	text     string
	time     string
	integer  string
	document string // text of any length
	suffix   string // after the closing parenthesis of CREATE TABLE
}

var engines = map[schema.Dialect]engine{
	schema.Postgres: postgres{},
	schema.MySQL:    mysql{},
	schema.SQLite:   sqlite{},
}

// engineOf returns the engine of a bun database.
func engineOf(db bun.IDB) (engine, error) {
	switch name := db.Dialect().Name(); name {
	case dialect.PG:
		return engines[schema.Postgres], nil
	case dialect.MySQL:
		return engines[schema.MySQL], nil
	case dialect.SQLite:
		return engines[schema.SQLite], nil
	default:
		return nil, fmt.Errorf("revisions run on PostgreSQL, MySQL and SQLite, not on %s", name)
	}
}

// exists runs a query that returns one row if something is there.
func exists(ctx context.Context, q introspect.Querier, query string, args ...any) (bool, error) {
	var one int
	err := q.QueryRowContext(ctx, query, args...).Scan(&one)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}
