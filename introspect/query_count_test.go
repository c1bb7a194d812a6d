package introspect_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestQueriesAreConstant counts the queries of a reading: there are as many for 200 tables as for ten.
func TestQueriesAreConstant(t *testing.T) {
	engines := map[string]struct {
		dialect schema.Dialect
		create  func(testing.TB, *sql.DB, int)
	}{
		servertest.EnginePostgres: {schema.Postgres, createWideTables},
		servertest.EngineMySQL:    {schema.MySQL, createWideMySQLTables},
		servertest.EngineSQLite: {schema.SQLite, func(tb testing.TB, db *sql.DB, count int) {
			if _, err := db.ExecContext(tb.Context(), wideSQLiteTables(count)); err != nil {
				tb.Fatal(err)
			}
		}},
	}
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			few := queriesOfReading(t, engine, engines[engine].dialect, engines[engine].create, 10)
			many := queriesOfReading(t, engine, engines[engine].dialect, engines[engine].create, 200)
			if len(few) == 0 || len(few) != len(many) {
				t.Errorf("%d queries for 10 tables, %d for 200:\n%s", len(few), len(many), strings.Join(many, "\n"))
			}
		})
	}
}

// queriesOfReading creates tables and returns the text of every query that reading them takes.
func queriesOfReading(t *testing.T, engine string, dialect schema.Dialect, create func(testing.TB, *sql.DB, int), count int) []string {
	t.Helper()
	db := openMySQLAt(t, servertest.URL(t, engine))
	create(t, db.DB, count)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	notes := &recorder{Querier: tx}
	s, err := introspect.Read(t.Context(), notes, dialect, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Tables.Len() != count || len(s.Problems) > 0 {
		t.Fatalf("%d of %d tables are read, with problems %v", s.Tables.Len(), count, s.Problems)
	}
	var out []string
	for _, query := range notes.queries {
		out = append(out, query.text)
	}
	return out
}

// createWideMySQLTables creates tables of 15 columns, each with a key, two indexes, a check and a foreign key to the one
// before it.
func createWideMySQLTables(tb testing.TB, db *sql.DB, count int) {
	tb.Helper()
	for n := range count {
		text := fmt.Sprintf("CREATE TABLE t%d (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, parent_id bigint", n)
		for c := range 13 {
			text += fmt.Sprintf(", column_%d varchar(%d) NOT NULL DEFAULT 'x'", c, c+10)
		}
		text += fmt.Sprintf(", KEY ix_%[1]d (column_0, column_1), UNIQUE KEY ux_%[1]d (column_2), CONSTRAINT ck_%[1]d CHECK (column_1 <> column_2), "+
			"CONSTRAINT fk_%[1]d FOREIGN KEY (parent_id) REFERENCES t%[2]d (id) ON DELETE CASCADE) COMMENT 'x'", n, max(0, n-1))
		if _, err := db.ExecContext(tb.Context(), text); err != nil {
			tb.Fatalf("%v\n%s", err, text)
		}
	}
}
