package versions

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// session is what a run works on: a connection of its own, or the connection or transaction that the program gave it.
type session struct {
	introspect.Querier
	// idb is the same for steps in Go, which get it where they run outside of the run's own transactions.
	idb bun.IDB
	// pool is where another connection can be had; nil if the program gave only one.
	pool *bun.DB
	conn *sql.Conn // nil if the program gave a transaction
}

// HandleError says that a database handle is of a type that revisions cannot run on.
type HandleError struct{ Handle bun.IDB }

// Error names the type and those that serve.
func (e *HandleError) Error() string {
	return fmt.Sprintf("revisions run on a *bun.DB, a bun.Conn or a bun.Tx, not on a %T", e.Handle)
}

// openSession takes a connection from a pool, or what the program gave.
func openSession(ctx context.Context, db bun.IDB) (*session, error) {
	switch given := db.(type) {
	case *bun.DB:
		conn, err := given.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("connect: %w", err)
		}
		return &session{Querier: conn.Conn, idb: conn, conn: conn.Conn, pool: given}, nil
	case bun.Conn:
		return &session{Querier: given.Conn, idb: given, conn: given.Conn}, nil
	case bun.Tx:
		return &session{Querier: given.Tx, idb: given}, nil
	}
	return nil, &HandleError{Handle: db}
}

// querierOf returns a handle as it is without bun, which would take question marks for places of arguments.
func querierOf(db bun.IDB) (introspect.Querier, error) {
	switch given := db.(type) {
	case *bun.DB:
		return given.DB, nil
	case bun.Conn:
		return given.Conn, nil
	case bun.Tx:
		return given.Tx, nil
	}
	return nil, &HandleError{Handle: db}
}

// inTransaction reports whether everything happens in a transaction of the program's.
func (s *session) inTransaction() bool { return s.conn == nil }

// begin opens a transaction, or a savepoint in the program's.
func (s *session) begin(ctx context.Context) (bun.Tx, error) { return s.idb.BeginTx(ctx, nil) }

// another reports whether a second connection can be had.
func (s *session) another() bool {
	return s.pool != nil && s.pool.Stats().MaxOpenConnections != 1
}

// close gives a connection of the pool back.
func (s *session) close() error {
	if s.pool == nil {
		return nil
	}
	// A connection that was thrown away is closed already.
	if err := s.conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

// discard throws the connection away instead of giving it back to the pool: something of this run may cling to it.
func (s *session) discard() {
	if s.conn != nil {
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// TransactionError says that something cannot be done in the transaction that the program has open.
type TransactionError struct {
	Revision string // empty if it is not about one
	Place    string
	Reason   string
}

// Error names the revision, the reason and the way out.
func (e *TransactionError) Error() string {
	text := "a transaction is open on the connection: "
	if e.Revision != "" {
		text = fmt.Sprintf("revision %s (%s) cannot run in the transaction that it was given: ", e.Revision, e.Place)
	}
	return text + e.Reason
}

// PoolerError says that a connection pooler is in the way.
type PoolerError struct {
	Revision string // empty if it is not about one
	Place    string
	Reason   string
	Cause    error // may be nil
}

// Error names what is not possible and the way out.
func (e *PoolerError) Error() string {
	text := "the database is reached through a pooler that may run every transaction in another session (such as PgBouncer with pool_mode=transaction)"
	if e.Revision != "" {
		text += fmt.Sprintf(", where revision %s (%s) cannot run", e.Revision, e.Place)
	}
	text += ": " + e.Reason
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the database's error.
func (e *PoolerError) Unwrap() error { return e.Cause }

// checkSession finds out what a run can rely on: whether a transaction is open on a connection that the program gave, and
// whether a connection of the pool is a session of the server.
func (r *runner) checkSession(ctx context.Context) (err error) {
	if r.conn.pool == nil && !r.conn.inTransaction() {
		open, err := r.engine.openTransaction(ctx, r.conn.Querier)
		if err != nil {
			return fmt.Errorf("look for an open transaction: %w", err)
		}
		if open {
			return &TransactionError{Reason: "Retort would commit what it holds; end it first, or give the run the bun.Tx itself"}
		}
	}
	if r.engine.dialect() == schema.Postgres && r.conn.another() {
		r.pooled = throughPooler(ctx, r.conn.Querier, r.conn.pool.DB)
	}
	return nil
}

// probeTimeout bounds the time for a second connection: the program may be using all that the pool has.
const probeTimeout = 2 * time.Second

// throughPooler reports whether two connections share a session of the server, or one has several, as it is behind a pooler
// that gives sessions to transactions: a transaction on the second connection takes the session that the first one has
// just had, or the first finds itself in another.
func throughPooler(ctx context.Context, first introspect.Querier, pool *sql.DB) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var before, between, after int64
	const session = "SELECT pg_catalog.pg_backend_pid()"
	if err := first.QueryRowContext(ctx, session).Scan(&before); err != nil {
		return false
	}
	tx, err := pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return false
	}
	defer tx.Rollback()
	if err := tx.QueryRowContext(ctx, session).Scan(&between); err != nil {
		return false
	}
	if err := first.QueryRowContext(ctx, session).Scan(&after); err != nil {
		return false
	}
	return between == before || after != before
}

// explainPooler recognizes the errors that prepared statements cause behind a pooler that knows nothing of them.
func explainPooler(err error) error {
	if state := introspect.SQLState(err); state != "26000" && state != "42P05" { // invalid_sql_statement_name, duplicate_prepared_statement
		return err
	}
	return &PoolerError{Cause: err, Reason: "it loses prepared statements; connect to the server itself, or add default_query_exec_mode=exec to the URL (pgx)"}
}

// checkPieces refuses a revision that is more than one transaction where a run has only transactions.
func (s *stepRun) checkPieces() error {
	place := s.revision.Meta().place()
	switch {
	case s.conn.inTransaction() && s.inPieces():
		return &TransactionError{Revision: s.ID, Place: place, Reason: s.whyPieces() + "; run it on the *bun.DB or on a bun.Conn"}
	case s.pooled && s.inPieces():
		return &PoolerError{Revision: s.ID, Place: place, Reason: s.whyPieces() + "; connect to the server itself"}
	}
	return nil
}

// whyPieces names the statement that is not part of a transaction.
func (s *stepRun) whyPieces() string {
	for _, statement := range s.statements {
		if s.alone(statement) {
			return fmt.Sprintf("%q is carried out by itself, outside of transactions", describe(statement))
		}
	}
	return "it has been interrupted, and goes on in several transactions"
}

// checkTables refuses to create the version table where that would commit the program's transaction.
func (r *runner) checkTables(ctx context.Context) error {
	for _, name := range []schema.Name{r.tables.version, r.tables.history} {
		there, err := r.engine.tableExists(ctx, r.conn.Querier, name)
		if err != nil {
			return err
		}
		if !there {
			return &TransactionError{Reason: fmt.Sprintf("creating table %s would commit it; call versions.Ensure before the transaction begins", name)}
		}
	}
	return nil
}
