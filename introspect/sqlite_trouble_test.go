package introspect_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/schema"
)

// openSQLiteFile opens a pool for a URL of a SQLite database.
func openSQLiteFile(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sqlite.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestSQLiteHardNames copies a database of names that a reader who does not quote gets wrong.
func TestSQLiteHardNames(t *testing.T) {
	names := []string{
		"null", "select", "table", "a.b", "it's", `d"q`, "b`q", "[x]", "]", "with space", "percent%s", "semi;colon", "--dash",
		"/*c*/", `back\slash`, "snow☃man", "🧪", "äöü", "ÄÖÜ", "?", "$1", ":name", " ", "new\nline", strings.Repeat("n", 5000),
	}
	quote := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
	var statements []string
	for i, name := range names {
		statements = append(statements,
			fmt.Sprintf(`CREATE TABLE %[1]s (%[1]s INTEGER PRIMARY KEY, b INT REFERENCES %[1]s (%[1]s), CONSTRAINT %[1]s CHECK (%[1]s <> 7))`, quote(name)),
			fmt.Sprintf(`CREATE INDEX %s ON %s (b, %s)`, quote("i "+name), quote(name), quote(name)),
			fmt.Sprintf(`CREATE VIEW "v_%d" AS SELECT %[2]s FROM %[2]s`, i, quote(name)))
	}
	first := readSQLite(t, sqliteDatabase(t, statements...), introspect.Options{})
	if first.Tables.Len() != len(names) || first.Views.Len() != len(names) || len(first.Problems) > 0 {
		t.Errorf("%d tables and %d views of %d are read, problems %v", first.Tables.Len(), first.Views.Len(), len(names), first.Problems)
	}
	for _, name := range names {
		table := first.Table(named(name))
		if table == nil || table.Column(name) == nil || table.Index("i "+name) == nil || len(table.Checks) != 1 || len(table.ForeignKeys) != 1 {
			t.Errorf("table %q is not whole: %+v", name, table)
		}
	}
	second := readSQLite(t, copySQLite(t, first), introspect.Options{})
	if diff := cmp.Diff(first, second, compareSchemas); diff != "" {
		t.Errorf("the copy is read otherwise (-source +copy):\n%s", diff)
	}
}

// TestSQLiteEmptyNames copies a table and columns whose names are empty, which SQLite allows.
func TestSQLiteEmptyNames(t *testing.T) {
	source := sqliteDatabase(t,
		`CREATE TABLE t ("" INT NOT NULL DEFAULT 3 CHECK ("" > 2), b INT, UNIQUE ("", b))`,
		`CREATE TABLE "" ("" TEXT PRIMARY KEY REFERENCES t ("") ON DELETE CASCADE, b INT GENERATED ALWAYS AS ("" || 'x'))`,
		`CREATE INDEX i ON t ("" DESC, b)`,
		`CREATE UNIQUE INDEX u ON t (b, "" COLLATE nocase) WHERE "" > 7`,
		`CREATE VIEW v AS SELECT "" FROM t`,
	)
	want := readSQLite(t, source, introspect.Options{})
	if want.Tables.Len() != 2 || len(want.Table(named("t")).Indexes) != 2 {
		t.Errorf("%d tables are read, t is %+v", want.Tables.Len(), want.Table(named("t")))
	}
	compareSQLite(t, source, copySQLite(t, want), want)
}

// TestSQLiteHugeDefault reads a default of one megabyte.
func TestSQLiteHugeDefault(t *testing.T) {
	huge := "'" + strings.Repeat(`it''s "long" \ `, 70_000) + "'"
	s := readSQLite(t, sqliteDatabase(t, "CREATE TABLE t (a text DEFAULT "+huge+")"), introspect.Options{})
	if got := s.Table(named("t")).Column("a").Default; got != huge {
		t.Errorf("a default of %d bytes is read as %d bytes", len(huge), len(got))
	}
}

// TestSQLiteBrokenObjects has a view and a trigger that lead nowhere, and a virtual table without its module.
func TestSQLiteBrokenObjects(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	db := openSQLiteFile(t, file)
	db.SetMaxOpenConns(1)
	for _, statement := range []string{
		"CREATE TABLE gone (a INT)", "CREATE TABLE good (a INT)", "CREATE VIEW broken AS SELECT a FROM gone",
		"CREATE TRIGGER lost AFTER INSERT ON good BEGIN INSERT INTO gone VALUES (1); END", "DROP TABLE gone",
		"PRAGMA writable_schema = ON",
		"INSERT INTO sqlite_schema VALUES ('table', 'elsewhere', 'elsewhere', 0, 'CREATE VIRTUAL TABLE elsewhere USING no_such_module(a)')",
		"INSERT INTO sqlite_schema VALUES ('table', 'old_notes', 'old_notes', 0, 'CREATE VIRTUAL TABLE old_notes USING fts4(a)')",
		"PRAGMA writable_schema = OFF",
		"CREATE TABLE old_notes_content (docid INTEGER PRIMARY KEY, c0a)", "CREATE TABLE old_notes_mine (a INT)",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s\n%v", statement, err)
		}
	}
	s := readSQLite(t, openSQLiteFile(t, file), introspect.Options{})
	if content, mine := s.Table(named("old_notes_content")), s.Table(named("old_notes_mine")); content.Foreign == "" || mine.Foreign != "" {
		t.Errorf("the shadow table of a module that is not there is foreign: %q; a table with such a name: %q", content.Foreign, mine.Foreign)
	}
	if s.Table(named("good")) == nil || !s.Views.Has(named("broken")) || s.Triggers.Len() != 1 || s.Table(named("elsewhere")).Virtual == "" {
		t.Errorf("a broken object hides something: %d tables, %d views, %d triggers, problems %v", s.Tables.Len(), s.Views.Len(), s.Triggers.Len(), s.Problems)
	}
}

// TestSQLiteDamagedFiles reads files that hold no whole database: each is an error that says so, and never an empty schema.
func TestSQLiteDamagedFiles(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	db := openSQLiteFile(t, whole)
	for n := range 60 {
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf("CREATE TABLE t%d (a TEXT DEFAULT '%s')", n, strings.Repeat("x", 200))); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	garbled := bytes.Clone(data)
	for i := 4096; i < len(garbled); i++ {
		garbled[i] ^= 0x5a
	}
	encrypted := bytes.Clone(data)
	for i := range encrypted {
		encrypted[i] ^= byte(i*31 + 7)
	}
	newer := bytes.Clone(data)
	newer[47] = 9 // the number of the schema's format, https://www.sqlite.org/fileformat2.html
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut off":        {data[:8192], "damaged"},
		"pages garbled":  {garbled, "damaged"},
		"encrypted":      {encrypted, "encrypted"},
		"another format": {[]byte("PK\x03\x04" + strings.Repeat("zip", 4000)), "not a SQLite database"},
		"newer":          {newer, "newer SQLite"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.db")
			if err := os.WriteFile(file, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := introspect.Read(t.Context(), openSQLiteFile(t, file), schema.SQLite, introspect.Options{})
			var fileError *introspect.SQLiteFileError
			if !errors.As(err, &fileError) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want a SQLiteFileError with %q", err, c.want)
			}
			if s != nil {
				t.Errorf("%d tables are read of it", s.Tables.Len())
			}
			if _, err := introspect.Open(t.Context(), file); !errors.As(err, &fileError) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("opening: error %v, want a SQLiteFileError with %q", err, c.want)
			}
		})
	}
}

// TestSQLiteCannotOpen has a path that is too long for SQLite, which says of it what it says of a file without rights.
func TestSQLiteCannotOpen(t *testing.T) {
	folder := filepath.Join(t.TempDir(), strings.Repeat("a", 200), strings.Repeat("b", 200), strings.Repeat("c", 200))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := introspect.Open(t.Context(), filepath.Join(folder, "x.db"))
	var fileError *introspect.SQLiteFileError
	if !errors.As(err, &fileError) || !strings.Contains(err.Error(), "cannot be opened") {
		t.Errorf("error %v, want a SQLiteFileError", err)
	}
}

// TestOpenSchemeInAnyCase knocks at a port where nobody is: a scheme that is not understood would fail sooner.
func TestOpenSchemeInAnyCase(t *testing.T) {
	for _, url := range []string{"PostgreSQL://me:secret@127.0.0.1:1/shop", "MySQL://me:secret@127.0.0.1:1/shop", "MariaDB://me:secret@127.0.0.1:1/shop"} {
		_, err := introspect.Open(t.Context(), url)
		var refused *net.OpError
		if !errors.As(err, &refused) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want a refused connection", url, err)
		}
	}
}

// TestSQLiteReadWhileDropped reads while a table comes and goes: it is there whole, or not at all.
func TestSQLiteReadWhileDropped(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db?_pragma=journal_mode(wal)&_pragma=synchronous(off)")
	db := openSQLiteFile(t, file)
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE stays (a INT)"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			for _, statement := range []string{"CREATE TABLE w (a INTEGER PRIMARY KEY, b INT)", "CREATE INDEX w_b ON w (b)", "CREATE VIEW w_v AS SELECT a FROM w", "DROP VIEW w_v", "DROP TABLE w"} {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	reader := openSQLiteFile(t, file)
	for range 40 {
		s, err := introspect.Read(t.Context(), reader, schema.SQLite, introspect.Options{})
		if err != nil {
			t.Errorf("reading: %v", err)
			break
		}
		if w := s.Table(named("w")); s.Table(named("stays")) == nil || len(s.Problems) > 0 || w != nil && (len(w.Columns) != 2 || w.PrimaryKey == nil) {
			t.Errorf("the table that goes is %+v, problems %v", w, s.Problems)
		}
	}
	cancel()
	group.Wait()
}

// TestSQLiteLocked reads while another connection holds the file: it fails with what to do once the wait is over, and a
// writer that leaves readers in does not keep it from reading.
func TestSQLiteLocked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	holder, err := openSQLiteFile(t, file).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	for _, c := range []struct {
		begin  string
		locked bool
	}{{"BEGIN EXCLUSIVE", true}, {"BEGIN IMMEDIATE", false}} {
		if _, err := holder.ExecContext(t.Context(), "CREATE TABLE IF NOT EXISTS t (a INT)"); err != nil {
			t.Fatal(err)
		}
		if _, err := holder.ExecContext(t.Context(), c.begin); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		s, err := introspect.Read(ctx, openSQLiteFile(t, file+"?_pragma=busy_timeout(20)"), schema.SQLite, introspect.Options{})
		cancel()
		var busy *introspect.SQLiteBusyError
		switch {
		case c.locked && (!errors.As(err, &busy) || !strings.Contains(err.Error(), "another")):
			t.Errorf("%s: error %v, want a SQLiteBusyError", c.begin, err)
		case !c.locked && (err != nil || s.Tables.Len() != 1):
			t.Errorf("%s: error %v, want the table", c.begin, err)
		}
		if _, err := holder.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
}
