package introspect_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// cutter ends the connection of the reading from another one, before a query of its choice.
type cutter struct {
	*sql.Conn
	other *sql.DB
	pid   int
	left  int
}

func (c *cutter) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if c.left--; c.left == 0 {
		if _, err := c.other.ExecContext(ctx, "SELECT pg_terminate_backend($1)", c.pid); err != nil {
			return nil, err
		}
	}
	return c.Conn.QueryContext(ctx, query, args...)
}

func (c *cutter) BeginTx(ctx context.Context, _ *sql.TxOptions) (*sql.Tx, error) {
	return c.Conn.BeginTx(ctx, nil)
}

// TestPostgresConnectionCut cuts the connection before each query of a reading: it must fail each time, and never pass for
// a database with less in it.
func TestPostgresConnectionCut(t *testing.T) {
	address := servertest.Postgres(t)
	db := servertest.Open(t, address)
	execPostgres(t, db, "CREATE TABLE t (a serial PRIMARY KEY, b text UNIQUE); CREATE VIEW v AS SELECT * FROM t")
	for at := 1; ; at++ {
		conn, err := servertest.Open(t, address).Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// A transaction that is open already keeps the reading on this handle.
		if _, err := conn.ExecContext(t.Context(), "BEGIN"); err != nil {
			t.Fatal(err)
		}
		c := &cutter{Conn: conn, other: db, left: at}
		if err := conn.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&c.pid); err != nil {
			t.Fatal(err)
		}
		s, err := introspect.Read(t.Context(), c, schema.Postgres, introspect.Options{})
		conn.Close()
		if c.left > 0 {
			if err != nil || at < 5 {
				t.Errorf("after %d queries: %v", at, err)
			}
			return
		}
		if err == nil {
			t.Fatalf("cut before query %d: no error, %d tables", at, s.Tables.Len())
		}
	}
}

// TestPostgresHugeDefault reads a default of one megabyte.
func TestPostgresHugeDefault(t *testing.T) {
	db := servertest.OpenPostgres(t)
	huge := "'" + strings.Repeat(`it''s "long" \ `, 70_000) + "'"
	execPostgres(t, db, "CREATE TABLE t (a text DEFAULT "+huge+")")
	if got := readPostgres(t, db, introspect.Options{}).Table(named("t")).Column("a").Default; got != huge+"::text" {
		t.Errorf("a default of %d bytes is read as %d bytes", len(huge), len(got))
	}
}

// TestPostgresNamesWhatItReadsInPart has a foreign key that the model cannot hold.
func TestPostgresNamesWhatItReadsInPart(t *testing.T) {
	db := servertest.OpenPostgres(t)
	if servertest.PostgresVersion(t, db) < 180000 {
		return // PERIOD is new in 18
	}
	execPostgres(t, db, "CREATE EXTENSION btree_gist; CREATE TABLE p (id int, d daterange, PRIMARY KEY (id, d WITHOUT OVERLAPS));"+
		"CREATE TABLE c (id int, d daterange, CONSTRAINT within FOREIGN KEY (id, PERIOD d) REFERENCES p (id, PERIOD d))")
	problems := readPostgres(t, db, introspect.Options{}).Problems
	if len(problems) != 1 || problems[0].Object != "foreign key within of table c" || !strings.Contains(problems[0].Reason, "PERIOD") {
		t.Errorf("problems: %v, want the one of the foreign key", problems)
	}
}
