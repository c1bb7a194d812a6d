package introspect_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/schema"
)

func sqliteDatabase(tb testing.TB, statements ...string) *sql.DB {
	tb.Helper()
	db, err := sqlite.Open(servertest.SQLite(tb))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			tb.Fatalf("%s\n%v", statement, err)
		}
	}
	return db
}

func readSQLite(tb testing.TB, q introspect.Querier, options introspect.Options) *schema.Schema {
	tb.Helper()
	s, err := introspect.Read(context.Background(), q, schema.SQLite, options)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

var updateSQLite = flag.Bool("update-sqlite", false, "rewrite the golden files of SQLite")

func TestReadSQLiteKitchenSink(t *testing.T) {
	text, err := os.ReadFile("testdata/sqlite_kitchen_sink.sql")
	if err != nil {
		t.Fatal(err)
	}
	s := readSQLite(t, sqliteDatabase(t, string(text)), introspect.Options{})
	s.Server.Version = schema.Version{}
	got, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := "testdata/sqlite_kitchen_sink.json"
	if *updateSQLite {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("the reading differs from %s; run with -update-sqlite and look at the difference\n%s", golden, got)
	}
}

func TestReadSQLiteAttributes(t *testing.T) {
	s := readSQLite(t, sqliteDatabase(t,
		`CREATE TABLE p (id INTEGER PRIMARY KEY, Code TEXT UNIQUE)`,
		`CREATE TABLE "odd ""name" (
			"Id" INTEGER PRIMARY KEY AUTOINCREMENT,
			a text not null on conflict ignore default (1+1) collate nocase,
			b INT CONSTRAINT nn NOT NULL,
			p INT REFERENCES P(CODE) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
			g INT AS (b * 2) STORED,
			UNIQUE (B, "id"), CONSTRAINT u UNIQUE (a COLLATE BINARY DESC) ON CONFLICT REPLACE,
			CHECK (b > 0 /* x */), CONSTRAINT ck CHECK (b < 100)
		)`,
		`CREATE UNIQUE INDEX ux ON "odd ""name" (A, b DESC, lower(a)) WHERE B > 1`,
		`CREATE TABLE w (k TEXT, v ANY, PRIMARY KEY (k DESC)) WITHOUT ROWID, STRICT`,
		`CREATE TABLE nullable_key (k TEXT PRIMARY KEY)`,
		`CREATE TABLE descending (id INTEGER PRIMARY KEY DESC)`,
		`CREATE TABLE descending_alias (id INTEGER, PRIMARY KEY (id DESC))`,
	), introspect.Options{})
	if len(s.Problems) > 0 {
		t.Fatalf("problems: %v", s.Problems)
	}
	odd := s.Table(schema.Name{Name: `odd "name`})
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"identity", odd.Column("Id").Identity.Kind, schema.IdentityAutoIncrement},
		{"rowid is not null", odd.Column("Id").NotNull, true},
		{"default", odd.Column("a").Default, "1+1"},
		{"collation", odd.Column("a").Collation, "NOCASE"},
		{"conflict of not null", odd.Column("a").Options.Value(schema.OptionOnConflict), "IGNORE"},
		{"generated", *odd.Column("g").Generated, schema.Generated{Expr: "b * 2", Stored: true}},
		{"unnamed unique", *odd.Uniques[0], schema.Unique{Columns: []string{"b", "Id"}}},
		{"named unique", *odd.Unique("u"), schema.Unique{Name: "u", Columns: []string{"a"},
			Parts:   []schema.IndexPart{{Column: "a", Desc: true, Collation: "BINARY"}},
			Options: schema.Options{{Key: schema.OptionOnConflict, Value: "REPLACE"}}}},
		{"unnamed check", odd.Checks[0].Expr, "b > 0"},
		{"named check", odd.Check("ck").Expr, "b < 100"},
		{"foreign key", *odd.ForeignKeys[0], schema.ForeignKey{Columns: []string{"p"}, RefTable: schema.Name{Name: "p"}, RefColumns: []string{"Code"},
			OnDelete: schema.SetNull, Deferrable: schema.InitiallyDeferred}},
		{"index", *odd.Index("ux"), schema.Index{Name: "ux", Unique: true, Where: "B > 1",
			Parts: []schema.IndexPart{{Column: "a"}, {Column: "b", Desc: true}, {Expr: "lower(a)"}}}},
		{"no autoindex", len(odd.Indexes), 1},
		{"lost name", s.Unmodelled, []schema.Unmodelled{{Kind: "name of a NOT NULL constraint", Name: `odd "name.b nn`}}},
		{"key without rowid is not null", s.Table(schema.Name{Name: "w"}).Column("k").NotNull, true},
		{"order of key", s.Table(schema.Name{Name: "w"}).PrimaryKey.Parts, []schema.IndexPart{{Column: "k", Desc: true}}},
		{"options", s.Table(schema.Name{Name: "w"}).Options.String(), "strict, without_rowid"},
		{"other key may be null", s.Table(schema.Name{Name: "nullable_key"}).Column("k").NotNull, false},
		{"descending key is no rowid", s.Table(schema.Name{Name: "descending"}).Column("id").NotNull, false},
		{"descending key in the table is the rowid", s.Table(schema.Name{Name: "descending_alias"}).Column("id").NotNull, true},
	} {
		if fmt.Sprintf("%+v", c.got) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s: got %+v, want %+v", c.what, c.got, c.want)
		}
	}
}

func TestReadSQLiteVirtualTablesAndInternals(t *testing.T) {
	s := readSQLite(t, sqliteDatabase(t,
		`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)`,
		`CREATE INDEX i ON t (a)`,
		`INSERT INTO t (a) VALUES ('x')`,
		`ANALYZE`,
		`CREATE VIRTUAL TABLE notes USING fts5(title, body, tokenize = 'porter ascii')`,
		`CREATE VIRTUAL TABLE areas USING rtree(id, x0, x1)`,
		`CREATE TABLE notes_mine (a)`,
	), introspect.Options{})
	var got []string
	for table := range s.Tables.All() {
		line := table.Name.Name
		if table.Virtual != "" {
			line += " = " + table.Virtual
		}
		if table.Foreign != "" {
			line += ": " + table.Foreign
		}
		got = append(got, line)
	}
	slices.Sort(got)
	want := []string{
		"areas = rtree(id, x0, x1)",
		"areas_node: shadow table of areas", "areas_parent: shadow table of areas", "areas_rowid: shadow table of areas",
		"notes = fts5(title, body, tokenize = 'porter ascii')",
		"notes_config: shadow table of notes", "notes_content: shadow table of notes", "notes_data: shadow table of notes",
		"notes_docsize: shadow table of notes", "notes_idx: shadow table of notes",
		"notes_mine", "t",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(s.Unmodelled) != 1 || !strings.Contains(s.Unmodelled[0].Kind, "statistics") || s.Unmodelled[0].Count < 1 {
		t.Errorf("unmodelled: %+v, want the statistics of ANALYZE", s.Unmodelled)
	}
}

func TestReadSQLiteAttachedDatabases(t *testing.T) {
	db := sqliteDatabase(t, `CREATE TABLE t (a INT)`)
	db.SetMaxOpenConns(1)
	other := filepath.Join(t.TempDir(), "other.db")
	for _, statement := range []string{
		`ATTACH '` + other + `' AS "my archive"`,
		`CREATE TABLE "my archive".t (b INT REFERENCES u (c))`,
		`CREATE TABLE "my archive".u (c INT PRIMARY KEY)`,
		`CREATE INDEX "my archive".i ON t (b)`,
		`CREATE VIEW "my archive".v AS SELECT b FROM t`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	s := readSQLite(t, db, introspect.Options{Namespaces: []string{"my archive"}})
	if len(s.Table(schema.Name{Name: "t"}).ForeignKeys) != 0 {
		t.Error("the table of main has a foreign key")
	}
	there := s.Table(schema.Name{Schema: "my archive", Name: "t"})
	if there == nil || there.ForeignKeys[0].RefTable != (schema.Name{Schema: "my archive", Name: "u"}) || len(there.Indexes) != 1 {
		t.Errorf("attached table: %+v", there)
	}
	if !s.Views.Has(schema.Name{Schema: "my archive", Name: "v"}) {
		t.Error("the attached view is missing")
	}
	if only := readSQLite(t, db, introspect.Options{}); only.Tables.Len() != 1 || len(only.Namespaces) != 0 {
		t.Error("the attached database is read without being asked for")
	}
	swapped := readSQLite(t, db, introspect.Options{DefaultNamespace: "my archive"})
	if swapped.Table(schema.Name{Name: "u"}) == nil {
		t.Error("an attached database cannot be the default namespace")
	}
	_, err := introspect.Read(context.Background(), db, schema.SQLite, introspect.Options{Namespaces: []string{"nope"}})
	if err == nil || !strings.Contains(err.Error(), `"nope"`) || !strings.Contains(err.Error(), "my archive") {
		t.Errorf("error %v, want one that names the missing and the attached databases", err)
	}
}

func TestReadSQLiteNamesTemporaryObjects(t *testing.T) {
	db := sqliteDatabase(t, `CREATE TABLE t (a INT)`)
	db.SetMaxOpenConns(1)
	for _, statement := range []string{
		`CREATE TEMP TABLE t (b INT)`, `CREATE TEMP VIEW v AS SELECT * FROM t`, `CREATE TEMP TRIGGER tr AFTER INSERT ON main.t BEGIN SELECT 1; END`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	s := readSQLite(t, db, introspect.Options{})
	want := []schema.Unmodelled{{Kind: "temporary view", Name: "v"}, {Kind: "temporary trigger", Name: "tr"}}
	if !slices.Equal(s.Unmodelled, want) || s.Views.Len() != 0 || s.Triggers.Len() != 0 || s.Tables.Len() != 1 || s.Table(named("t")).Column("a") == nil {
		t.Errorf("unmodelled: %+v, %d views, %d triggers, %d tables", s.Unmodelled, s.Views.Len(), s.Triggers.Len(), s.Tables.Len())
	}
	if temp := readSQLite(t, db, introspect.Options{Namespaces: []string{"temp"}}); temp.Views.Len() != 1 || temp.Triggers.Len() != 1 || len(temp.Unmodelled) != 0 {
		t.Errorf("asked for temp: %d views, %d triggers, unmodelled %+v", temp.Views.Len(), temp.Triggers.Len(), temp.Unmodelled)
	}
}

func TestReadSQLiteDependencies(t *testing.T) {
	s := readSQLite(t, sqliteDatabase(t,
		`CREATE TABLE orders (id INTEGER PRIMARY KEY, total INT)`,
		`CREATE TABLE log (what TEXT)`,
		`CREATE TABLE apart (total INT)`,
		`CREATE VIEW base AS SELECT "ID" FROM Orders -- apart`+"\n",
		`CREATE VIEW top AS SELECT * FROM base`,
		`CREATE TRIGGER tr AFTER UPDATE OF total ON orders BEGIN INSERT INTO log VALUES (new.total || 'apart'); END`,
		`CREATE TRIGGER ins INSTEAD OF INSERT ON base BEGIN SELECT 1; END`,
	), introspect.Options{})
	dependencies := func(list []schema.Dependency) string {
		var out []string
		for _, d := range list {
			out = append(out, strings.TrimSuffix(d.Relation.Name+"."+d.Column, "."))
		}
		return strings.Join(out, " ")
	}
	base, _ := s.Views.Get(schema.Name{Name: "base"})
	top, _ := s.Views.Get(schema.Name{Name: "top"})
	tr, _ := s.Triggers.Get(schema.Name{Name: "tr"})
	ins, _ := s.Triggers.Get(schema.Name{Name: "ins"})
	for _, c := range []struct{ what, got, want string }{
		{"view", dependencies(base.DependsOn), "orders orders.id"},
		{"view of a view", dependencies(top.DependsOn), "base"},
		{"trigger", dependencies(tr.DependsOn), "log orders orders.total"},
		{"table of a trigger", tr.Table.Name + " " + ins.Table.Name, "orders base"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
}

func TestReadSQLiteLimitedToTables(t *testing.T) {
	s := readSQLite(t, sqliteDatabase(t,
		`CREATE TABLE a (x INT)`, `CREATE TABLE b (x INT)`, `CREATE INDEX ia ON a (x)`, `CREATE INDEX ib ON b (x)`, `CREATE VIEW v AS SELECT 1`,
		`CREATE TRIGGER ta AFTER INSERT ON a BEGIN SELECT 1; END`, `CREATE TRIGGER tb AFTER INSERT ON b BEGIN SELECT 1; END`,
	), introspect.Options{Tables: []schema.Name{{Name: "A"}}})
	if s.Tables.Len() != 1 || len(s.Table(schema.Name{Name: "a"}).Indexes) != 1 || s.Views.Len() != 0 || s.Triggers.Len() != 1 {
		t.Errorf("read %d tables, %d views, %d triggers", s.Tables.Len(), s.Views.Len(), s.Triggers.Len())
	}
}

func TestReadSQLiteNamesWhatItCannotRead(t *testing.T) {
	db := sqliteDatabase(t, `CREATE TABLE good (a INT)`, `CREATE TABLE bad (a INT)`)
	db.SetMaxOpenConns(1)
	// A statement that SQLite has stored but that means another table than the one it has in mind.
	for _, statement := range []string{
		`PRAGMA writable_schema = ON`,
		`UPDATE sqlite_schema SET sql = 'CREATE TABLE bad (a INT, b INT)' WHERE name = 'bad'`,
		`PRAGMA writable_schema = OFF`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	s := readSQLite(t, db, introspect.Options{})
	if s.Table(schema.Name{Name: "good"}) == nil || s.Table(schema.Name{Name: "bad"}) != nil {
		t.Error("want the good table and not the bad one")
	}
	if len(s.Problems) != 1 || s.Problems[0].Object != "table bad" || !strings.Contains(s.Problems[0].Reason, "2 columns") {
		t.Errorf("problems: %+v", s.Problems)
	}
}

func TestReadSQLiteRefusesWhatIsNoDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database, or it is encrypted. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = introspect.Read(context.Background(), db, schema.SQLite, introspect.Options{})
	var fileError *introspect.SQLiteFileError
	if !errors.As(err, &fileError) || !strings.Contains(err.Error(), "encrypted") {
		t.Errorf("error %v, want a SQLiteFileError", err)
	}
}

func TestReadSQLiteRefusesADamagedSchema(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.db")
	db, err := sqlite.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range []string{`CREATE TABLE t (a INT)`, `PRAGMA writable_schema = ON`, `UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a'`} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	again, err := sqlite.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	_, err = introspect.Read(context.Background(), again, schema.SQLite, introspect.Options{})
	var fileError *introspect.SQLiteFileError
	if !errors.As(err, &fileError) || !strings.Contains(err.Error(), "malformed database schema") {
		t.Errorf("error %v, want a SQLiteFileError", err)
	}
}

func TestReadSQLiteInsideATransaction(t *testing.T) {
	db := sqliteDatabase(t)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("CREATE TABLE fresh (a INT)"); err != nil {
		t.Fatal(err)
	}
	if s := readSQLite(t, tx, introspect.Options{}); s.Table(schema.Name{Name: "fresh"}) == nil {
		t.Error("a transaction does not see its own table")
	}
}

func TestSQLiteScratchIsEmptyAndApart(t *testing.T) {
	db := sqliteDatabase(t, `CREATE TABLE t (a INT)`)
	err := introspect.WithScratch(context.Background(), db, schema.SQLite, introspect.ScratchOptions{}, func(s *introspect.Scratch) error {
		empty, err := s.Read(context.Background())
		if err != nil {
			return err
		}
		if empty.Tables.Len() != 0 {
			t.Error("scratch space is not empty")
		}
		if _, err := s.Conn.ExecContext(context.Background(), "CREATE TABLE tried (a INT)"); err != nil {
			return err
		}
		read, err := s.Read(context.Background())
		if err == nil && read.Table(schema.Name{Name: "tried"}) == nil {
			t.Error("scratch space does not keep what was created")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := readSQLite(t, db, introspect.Options{}); s.Tables.Len() != 1 {
		t.Error("scratch space left something in the database")
	}
}
