package introspect_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestSQLiteProjects reads whole projects, creates what was read in an empty file and reads that: both must be equal, and
// so must what SQLite itself says of both.
func TestSQLiteProjects(t *testing.T) {
	files, err := filepath.Glob("testdata/sqlite/projects/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no projects: %v", err)
	}
	for _, file := range append(files, "testdata/sqlite_kitchen_sink.sql") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			source := sqliteDatabase(t, readFile(t, file))
			want := readSQLite(t, source, introspect.Options{})
			if want.Tables.Len() < 30 && strings.Contains(file, "projects") {
				t.Errorf("%d tables are read, want those of a real project", want.Tables.Len())
			}
			target := copySQLite(t, want)
			compareSQLite(t, source, target, want)
		})
	}
}

// copySQLite creates a schema in an empty file.
func copySQLite(tb testing.TB, s *schema.Schema) *sql.DB {
	tb.Helper()
	statements, err := ddl.Create(s.Server, s)
	if err != nil {
		tb.Fatal(err)
	}
	target := sqliteDatabase(tb)
	tx, err := target.BeginTx(tb.Context(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer tx.Rollback()
	for _, statement := range statements {
		if _, err := tx.ExecContext(tb.Context(), statement.SQL, statement.Args...); err != nil {
			tb.Fatalf("%v\n%s", err, statement.SQL)
		}
	}
	if err := tx.Commit(); err != nil {
		tb.Fatal(err)
	}
	return target
}

// compareSQLite compares two databases by what the reader makes of them and by what SQLite does.
func compareSQLite(tb testing.TB, source, target *sql.DB, want *schema.Schema) {
	tb.Helper()
	for _, problem := range want.Problems {
		tb.Errorf("problem with %s: %s", problem.Object, problem.Reason)
	}
	for _, lost := range want.Unmodelled {
		tb.Errorf("not modelled: %s %s", lost.Kind, lost.Name)
	}
	got := readSQLite(tb, target, introspect.Options{})
	if diff := cmp.Diff(tree(tb, want), tree(tb, got)); diff != "" {
		tb.Errorf("the copy differs (-source +copy):\n%s", diff)
	}
	if diff := cmp.Diff(sqliteFacts(tb, source), sqliteFacts(tb, target)); diff != "" {
		tb.Errorf("what SQLite says of the copy differs (-source +copy):\n%s", diff)
	}
}

// sqliteFacts returns what SQLite's own pragmas say of every object, and the stored statements of views and
// triggers word by word. It shares nothing with the reader but the list of words.
func sqliteFacts(tb testing.TB, db introspect.Querier) map[string][]string {
	tb.Helper()
	out := map[string][]string{}
	for what, query := range map[string]string{
		"objects": "SELECT type || ' ' || name || ' of ' || tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
		"tables":  "SELECT name || '|' || type || '|' || ncol || '|' || wr || '|' || strict FROM pragma_table_list WHERE schema = 'main'",
		// The rowid is never null, whether or not its column says so.
		"columns": `SELECT m.name || '|' || x.cid || '|' || x.name || '|' || x.type || '|' || (x."notnull" OR (x.pk = 1 AND upper(x.type) = 'INTEGER')) || '|' || coalesce(trim(x.dflt_value, '()'), 'none') || '|' || x.pk || '|' || x.hidden
			FROM sqlite_schema m, pragma_table_xinfo(m.name) x WHERE m.type = 'table'`,
		// The index that SQLite makes for a key is named by its place among the keys: the columns say which it is.
		"indexes": `SELECT m.name || '|' || CASE l.origin WHEN 'c' THEN l.name ELSE '' END || '|' || l."unique" || '|' || l.origin || '|' || l.partial || '|' ||
				(SELECT group_concat(coalesce(x.name, 'expression') || ' ' || x.desc || ' ' || upper(x.coll) || ' ' || x.key, ', ') FROM (SELECT * FROM pragma_index_xinfo(l.name) ORDER BY seqno) x)
			FROM sqlite_schema m, pragma_index_list(m.name) l WHERE m.type = 'table'`,
		"keys": `SELECT m.name || '|' || f."from" || '|' || lower(f."table") || '|' || coalesce(lower(f."to"), 'its key') || '|' || f.seq || '|' || f.on_update || '|' || f.on_delete || '|' || f.match
			FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
		"sequences": "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'",
	} {
		out[what] = sqliteLines(tb, db, query)
	}
	for _, statement := range sqliteLines(tb, db, "SELECT sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY name") {
		out["statements"] = append(out["statements"], sqliteWords(statement))
	}
	return out
}

// sqliteWords returns a statement with one space between its words, without comments.
func sqliteWords(statement string) string {
	var words []string
	for _, token := range sqltext.Significant(schema.SQLite, statement) {
		words = append(words, token.Text)
	}
	return strings.Join(words, " ")
}

func sqliteLines(tb testing.TB, db introspect.Querier, query string) []string {
	tb.Helper()
	rows, err := db.QueryContext(tb.Context(), "SELECT * FROM ("+query+") ORDER BY 1")
	if err != nil {
		tb.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			tb.Fatal(err)
		}
		out = append(out, line)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}
