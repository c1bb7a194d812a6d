package reflect

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"strings"
	"sync"

	"github.com/uptrace/bun"
)

// recordingDB is a database that runs nothing and remembers every statement: what hooks are called with.
type recordingDB struct {
	*bun.DB
	recorder *recorder
}

// recorder implements the driver interfaces. Statements that change nothing in a schema (BEGIN, queries) answer with
// success and no rows.
type recorder struct {
	version string

	mu         sync.Mutex
	statements []string
}

func (r *reader) recordingDB() *recordingDB {
	if r.db == nil {
		recorder := &recorder{version: r.engine.version(r.options)}
		r.db = &recordingDB{DB: bun.NewDB(sql.OpenDB(recorder), r.bun), recorder: recorder}
	}
	return r.db
}

// record calls do and returns the statements that it ran.
func (db *recordingDB) record(do func() error) ([]string, error) {
	db.recorder.take()
	err := do()
	return db.recorder.take(), err
}

func (c *recorder) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.statements
	c.statements = nil
	return taken
}

func (c *recorder) note(query string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statements = append(c.statements, query)
}

// Connect implements driver.Connector.
func (c *recorder) Connect(context.Context) (driver.Conn, error) { return recordingConn{c}, nil }

// Driver implements driver.Connector.
func (c *recorder) Driver() driver.Driver { return recordingDriver{c} }

type recordingDriver struct{ recorder *recorder }

func (d recordingDriver) Open(string) (driver.Conn, error) { return recordingConn(d), nil }

type recordingConn struct{ recorder *recorder }

func (c recordingConn) Prepare(query string) (driver.Stmt, error) {
	return recordingStmt{c.recorder, query}, nil
}
func (c recordingConn) Close() error              { return nil }
func (c recordingConn) Begin() (driver.Tx, error) { return recordingTx{}, nil }

func (c recordingConn) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	c.recorder.note(query)
	return driver.RowsAffected(0), nil
}

func (c recordingConn) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	return c.recorder.query(query), nil
}

// query answers SELECT version(), which bun's MySQL dialect asks, and nothing else.
func (c *recorder) query(query string) driver.Rows {
	if strings.Contains(strings.ToLower(query), "select version()") {
		return &recordedRows{columns: []string{"version"}, values: []driver.Value{c.version}}
	}
	c.note(query)
	return &recordedRows{}
}

type recordingTx struct{}

func (recordingTx) Commit() error   { return nil }
func (recordingTx) Rollback() error { return nil }

type recordingStmt struct {
	recorder *recorder
	text     string
}

func (s recordingStmt) Close() error  { return nil }
func (s recordingStmt) NumInput() int { return -1 }

func (s recordingStmt) Exec([]driver.Value) (driver.Result, error) {
	s.recorder.note(s.text)
	return driver.RowsAffected(0), nil
}

func (s recordingStmt) Query([]driver.Value) (driver.Rows, error) {
	return s.recorder.query(s.text), nil
}

// recordedRows is one row of texts, or none.
type recordedRows struct {
	columns []string
	values  []driver.Value
}

func (r *recordedRows) Columns() []string { return r.columns }
func (r *recordedRows) Close() error      { return nil }

func (r *recordedRows) Next(to []driver.Value) error {
	if r.values == nil {
		return io.EOF
	}
	copy(to, r.values)
	r.values = nil
	return nil
}
