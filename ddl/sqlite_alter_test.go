package ddl_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var updateSQLite = flag.Bool("update-sqlite", false, "rewrite the golden files of SQLite")

func table(name string) schema.Name { return schema.Name{Name: name} }

// alterations are compiled against the tables of sqliteAlterBase and run. Their SQL is in testdata/sqlite_alter.golden.
var alterations = []struct {
	name       string
	operations []op.Operation
	// want holds the rows of table t afterwards.
	want string
}{
	{"add nullable column", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "TEXT"}}},
		"1|a|10|<nil> 2|b|20|<nil>"},
	{"add column with constant default", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "INT", NotNull: true, Default: "-5"}}},
		"1|a|10|-5 2|b|20|-5"},
	{"add column with default CURRENT_DATE", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "TEXT", Default: "length(CURRENT_DATE)"}}},
		"1|a|10|10 2|b|20|10"},
	{"add NOT NULL column with a backfill", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "TEXT", NotNull: true, Backfill: "name || '!'"}}},
		"1|a|10|a! 2|b|20|b!"},
	{"add column with a default that goes again", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "TEXT", NotNull: true, Default: "'new'"}},
		&op.RenameColumn{Table: table("t"), From: "x", To: "y"},
		&op.AlterColumn{Table: table("t"), Name: "y", Attributes: []op.Attribute{op.DefaultAttribute}}},
		"1|a|10|new 2|b|20|new"},
	{"add column that gets a default later", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "TEXT"}},
		&op.AlterColumn{Table: table("t"), Name: "x", Attributes: []op.Attribute{op.DefaultAttribute}, To: schema.Column{Default: "'later'"}}},
		"1|a|10|<nil> 2|b|20|<nil>"},
	{"add column with its foreign key and index", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "INT"}},
		&op.CreateIndex{Table: table("t"), Index: &schema.Index{Name: "ix_x", Parts: schema.Columns("x")}},
		&op.AddConstraint{Table: table("t"), ForeignKey: &schema.ForeignKey{Name: "fk_x", Columns: []string{"x"}, RefTable: table("p"), RefColumns: []string{"id"}, OnDelete: schema.Cascade}}},
		"1|a|10|<nil> 2|b|20|<nil>"},
	{"add column with its check", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "INT", Default: "1"}},
		&op.AddConstraint{Table: table("t"), Check: &schema.Check{Name: "ck_x", Expr: "x > 0"}}},
		"1|a|10|1 2|b|20|1"},
	{"add column with default and foreign key", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "INT", Default: "1"}},
		&op.AddConstraint{Table: table("t"), ForeignKey: &schema.ForeignKey{Columns: []string{"x"}, RefTable: table("p")}}},
		"1|a|10|1 2|b|20|1"},
	{"add generated columns", []op.Operation{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x", Type: "INT", Generated: &schema.Generated{Expr: "qty + 1"}}},
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "y", Type: "INT", Generated: &schema.Generated{Expr: "qty + 2", Stored: true}}}},
		"1|a|10|11|12 2|b|20|21|22"},
	{"drop column", []op.Operation{&op.DropColumn{Table: table("t"), Name: "qty"}}, "1|a 2|b"},
	{"drop column that a check uses", []op.Operation{
		&op.AddConstraint{Table: table("t"), Check: &schema.Check{Expr: "qty > 0"}},
		&op.CreateIndex{Table: table("t"), Index: &schema.Index{Name: "ix_q", Parts: []schema.IndexPart{{Column: "name"}, {Expr: "qty + 1"}}}},
		&op.DropColumn{Table: table("t"), Name: "qty"}}, "1|a 2|b"},
	{"rename column", []op.Operation{&op.RenameColumn{Table: table("t"), From: "qty", To: "the \"quantity\""}}, "1|a|10 2|b|20"},
	{"rename column and change its type", []op.Operation{
		&op.RenameColumn{Table: table("t"), From: "qty", To: "amount"},
		&op.AlterColumn{Table: table("t"), Name: "amount", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "REAL"}},
		&op.AddConstraint{Table: table("t"), Check: &schema.Check{Name: "ck", Expr: "amount > 0 AND name <> 'amount'"}}},
		"1|a|10 2|b|20"},
	{"swap two columns in a rebuild", []op.Operation{
		&op.RenameColumn{Table: table("t"), From: "qty", To: "tmp"},
		&op.RenameColumn{Table: table("t"), From: "name", To: "qty"},
		&op.RenameColumn{Table: table("t"), From: "tmp", To: "name"},
		&op.AddConstraint{Table: table("t"), Check: &schema.Check{Expr: "name > 0 AND qty <> ''"}}},
		"1|a|10 2|b|20"},
	{"rename column and add another one of its old name", []op.Operation{
		&op.RenameColumn{Table: table("t"), From: "qty", To: "old_qty"},
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "qty", Type: "TEXT", NotNull: true, Backfill: "'q' || old_qty"}}},
		"1|a|10|q10 2|b|20|q20"},
	{"change type with an expression", []op.Operation{
		&op.AlterColumn{Table: table("t"), Name: "name", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "INTEGER"}, Using: "unicode(name)"}},
		"1|97|10 2|98|20"},
	{"change type from integer to text", []op.Operation{
		&op.AlterColumn{Table: table("t"), Name: "qty", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "TEXT"}},
		&op.Exec{SQL: "UPDATE t SET name = typeof(qty)", Known: true}},
		"1|text|10 2|text|20"},
	{"change type from text to blob", []op.Operation{
		&op.AlterColumn{Table: table("t"), Name: "name", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "BLOB"}}},
		"1|61|10 2|62|20"},
	{"make strict and drop the rowid", []op.Operation{
		&op.AlterTable{Name: table("t"), Set: schema.Options{{Key: schema.OptionStrict}, {Key: schema.OptionWithoutRowID}}}},
		"1|a|10 2|b|20"},
	{"autoincrement", []op.Operation{
		&op.AlterColumn{Table: table("t"), Name: "id", Attributes: []op.Attribute{op.IdentityAttribute}, To: schema.Column{Identity: &schema.Identity{Kind: schema.IdentityAutoIncrement}}}},
		"1|a|10 2|b|20"},
	{"other primary key", []op.Operation{
		&op.DropConstraint{Table: table("t"), Type: op.PrimaryKeyConstraint},
		&op.AddConstraint{Table: table("t"), PrimaryKey: &schema.PrimaryKey{Name: "pk", Columns: []string{"name", "qty"}}}},
		"1|a|10 2|b|20"},
	{"drop unnamed constraint", []op.Operation{
		&op.AddConstraint{Table: table("t"), Unique: &schema.Unique{Columns: []string{"name"}}},
		&op.Exec{SQL: "INSERT INTO t (name, qty) VALUES ('c', 30)", Known: true},
		&op.DropConstraint{Table: table("t"), Type: op.UniqueConstraint, Definition: &op.AddConstraint{Unique: &schema.Unique{Columns: []string{"name"}}}},
		&op.Exec{SQL: "INSERT INTO t (name, qty) VALUES ('c', 30)", Known: true}},
		"1|a|10 2|b|20 3|c|30 4|c|30"},
	{"rename index and constraint", []op.Operation{
		&op.CreateIndex{Table: table("t"), Index: &schema.Index{Name: "i1", Unique: true, Parts: []schema.IndexPart{{Column: "name", Desc: true, Collation: "NOCASE"}}, Where: "qty > 0"}},
		&op.RenameIndex{Table: table("t"), From: "i1", To: "i2"}},
		"1|a|10 2|b|20"},
	{"rename table, then rebuild it", []op.Operation{
		&op.RenameTable{From: table("t"), To: table("t2")},
		&op.AddConstraint{Table: table("t2"), Check: &schema.Check{Expr: "qty > 0"}},
		&op.RenameTable{From: table("t2"), To: table("t")}},
		"1|a|10 2|b|20"},
	{"batch of native changes", []op.Operation{&op.Batch{Table: table("t"), Operations: op.List{
		&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "x"}},
		&op.DropColumn{Table: table("t"), Name: "qty"}}}},
		"1|a|<nil> 2|b|<nil>"},
	{"replace a view that has a trigger", []op.Operation{
		&op.CreateView{Replace: true, View: &schema.View{Name: table("v"), Definition: "SELECT id, name, qty AS n FROM t"}},
		&op.Exec{SQL: "INSERT INTO v (id, name) VALUES (7, 'seven')", Known: true}},
		"1|a|10 2|b|20 7|seven|7"},
	{"drop a parent and its child", []op.Operation{
		&op.DropTable{Name: table("p")}, &op.DropTable{Name: table("child")}},
		"1|a|10 2|b|20"},
	{"create, insert, backfill", []op.Operation{
		&op.CreateTable{Table: &schema.Table{Name: table("n"), Columns: []*schema.Column{{Name: "id", Type: "bigint", NotNull: true, Identity: &schema.Identity{Kind: schema.IdentityAutoIncrement}}, {Name: "a"}},
			PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}}, Indexes: []*schema.Index{{Name: "n_a", Parts: schema.Columns("a")}}}},
		&op.Insert{Table: table("n"), Columns: []string{"id", "a"}, Rows: [][]any{{8, "x"}, {9, nil}}},
		&op.Backfill{Table: table("n"), Set: []op.Assignment{{Column: "a", Expr: "'filled ' || id"}}},
		&op.Exec{SQL: "INSERT INTO t (id, name, qty) SELECT id, a, 0 FROM n", Known: true}},
		"1|a|10 2|b|20 8|x|0 9|filled 9|0"},
}

var sqliteAlterBase = []string{
	`CREATE TABLE p (id INTEGER PRIMARY KEY)`,
	`INSERT INTO p VALUES (1), (2)`,
	`CREATE TABLE child (p INT REFERENCES p ON DELETE CASCADE)`,
	`INSERT INTO child VALUES (1)`,
	`CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, qty INT)`,
	`INSERT INTO t (name, qty) VALUES ('a', 10), ('b', 20)`,
	`CREATE TABLE audit (x)`,
	`CREATE VIEW v AS SELECT id, name FROM t`,
	`CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id, name, qty) VALUES (new.id, new.name, new.id); END`,
}

func TestSQLiteAlterations(t *testing.T) {
	if !slices.Contains(servertest.Engines(), servertest.EngineSQLite) {
		t.Skip("SQLite is left out, and the golden file needs all cases")
	}
	var golden strings.Builder
	for _, c := range alterations {
		t.Run(c.name, func(t *testing.T) {
			db := newSQLite(t, sqliteAlterBase...)
			if strings.Contains(c.name, "swap") || strings.Contains(c.name, "another one") || strings.Contains(c.name, "drop column") || strings.Contains(c.name, "batch") ||
				strings.Contains(c.name, "generated") {
				db.exec("DROP VIEW v")
			}
			before := db.read()
			statements, err := ddl.Compile(before.Server, before, c.operations)
			if err != nil {
				t.Fatal(err)
			}
			golden.WriteString("-- " + c.name + "\n" + script(statements) + "\n")
			if err := runSQLite(db.DB, statements); err != nil {
				t.Fatal(err)
			}
			if got := db.query("SELECT * FROM t ORDER BY 1"); got != c.want {
				t.Errorf("rows are %s\nwant     %s", got, c.want)
			}
			if c.name != "drop a parent and its child" && db.query("SELECT count(*) FROM child") != "1" {
				t.Error("the child of another table lost its row")
			}
			sameAsReplayed(t, before, db.read(), c.operations)
		})
	}
	if t.Failed() {
		return
	}
	file := "testdata/sqlite_alter.golden"
	if *updateSQLite {
		if err := os.WriteFile(file, []byte(golden.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if golden.String() != string(want) {
		t.Errorf("the SQL differs from %s; run with -update-sqlite and look at the difference: %s", file, firstDifference(string(want), golden.String()))
	}
}

// script writes statements as a file of SQL.
func script(statements []ddl.Statement) string {
	var out strings.Builder
	for _, s := range statements {
		if s.Describe != "" {
			out.WriteString("-- " + s.Describe + "\n")
		}
		if s.ForeignKeysOff {
			out.WriteString("/* fk off */ ")
		}
		out.WriteString(s.SQL + ";")
		if s.Guard != "" {
			out.WriteString(" -- no row, or: " + s.Guard)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// sameAsReplayed compares what was read with what the operations say they do, by the static comparison.
func sameAsReplayed(t *testing.T, before, got *schema.Schema, operations []op.Operation) {
	t.Helper()
	want, err := op.Replay(before, operations)
	if err != nil {
		t.Fatal(err)
	}
	server := got.Server
	for table := range want.Tables.All() {
		read := got.Table(table.Name)
		if read == nil {
			t.Errorf("table %s is missing", table.Name)
			continue
		}
		if len(read.Columns) != len(table.Columns) || len(read.Indexes) != len(table.Indexes) || len(read.Checks) != len(table.Checks) ||
			len(read.Uniques) != len(table.Uniques) || len(read.ForeignKeys) != len(table.ForeignKeys) || (read.PrimaryKey == nil) != (table.PrimaryKey == nil) {
			t.Errorf("table %s differs from what the operations say", table.Name)
			continue
		}
		for i, column := range table.Columns {
			is := read.Columns[i]
			sameType := ddl.EqualTypes(server, column.Type, is.Type) == ddl.Equal || column.Identity != nil && is.Type == "INTEGER"
			if is.Name != column.Name || !sameType || is.Collation != column.Collation ||
				ddl.EqualDefaults(server, column.Type, column.Default, is.Default) != ddl.Equal || (is.Identity == nil) != (column.Identity == nil) {
				t.Errorf("column %s.%s is %+v, the operations say %+v", table.Name, column.Name, is, column)
			}
		}
		for i, check := range table.Checks {
			if is := read.Checks[i]; is.Name != check.Name || ddl.EqualExpressions(server, is.Expr, check.Expr) != ddl.Equal {
				t.Errorf("check of %s is %+v, the operations say %+v", table.Name, is, check)
			}
		}
	}
}

func TestSQLiteFailsRatherThanLosesValues(t *testing.T) {
	change := func(to string) []op.Operation {
		return []op.Operation{&op.AlterColumn{Table: table("t"), Name: "c", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: to}}}
	}
	for _, c := range []struct{ from, to, value, want string }{
		{"TEXT", "INTEGER", "'12'", "integer|12"},
		{"TEXT", "INTEGER", "' 12 '", "integer|12"},
		{"TEXT", "INTEGER", "'-9223372036854775808'", "integer|-9223372036854775808"},
		{"TEXT", "INTEGER", "'12x'", ""},
		{"TEXT", "INTEGER", "'abc'", ""},
		{"TEXT", "INTEGER", "''", ""},
		{"TEXT", "INTEGER", "'8.5'", ""},
		{"TEXT", "INTEGER", "'9223372036854775808'", ""},
		{"TEXT", "INTEGER", "x'31'", ""},
		{"TEXT", "INTEGER", "NULL", "null|<nil>"},
		{"REAL", "INTEGER", "8.0", "integer|8"},
		{"REAL", "INTEGER", "8.5", ""},
		{"REAL", "INTEGER", "1e300", ""},
		{"INT", "REAL", "9007199254740992", "real|9.007199254740992e+15"},
		{"INT", "REAL", "9007199254740993", ""},
		{"TEXT", "REAL", "'0.1'", "real|0.1"},
		{"TEXT", "REAL", "'1,5'", ""},
		{"TEXT", "DECIMAL(10,2)", "'1.50'", "real|1.5"},
		{"TEXT", "DECIMAL(10,2)", "'1.50 EUR'", ""},
		{"TEXT", "BOOLEAN", "'true'", ""},
		{"TEXT", "TIMESTAMP", "'2024-01-01 00:00:00'", "text|2024-01-01 00:00:00 +0000 UTC"},
		{"INT", "TEXT", "42", "text|42"},
		{"BLOB", "TEXT", "x'00FF'", ""},
		{"REAL", "TEXT", "0.5", "text|0.5"},
		{"TEXT", "BLOB", "'ab'", "blob|6162"},
		{"INT", "BLOB", "42", ""},
		{"INT", "", "42", "integer|42"},
		{"VARCHAR(10)", "VARCHAR(2)", "'longer'", "text|longer"}, // SQLite does not look at lengths.
	} {
		t.Run(c.from+" "+c.value+" to "+c.to, func(t *testing.T) {
			db := newSQLite(t, `CREATE TABLE t (id INTEGER PRIMARY KEY, c `+c.from+`)`, `INSERT INTO t (c) VALUES (`+c.value+`)`)
			before := db.query("SELECT typeof(c), quote(c) FROM t") + db.query("SELECT sql FROM sqlite_schema")
			err := db.migrate(change(c.to)...)
			if c.want != "" {
				if err != nil {
					t.Fatal(err)
				}
				if got := db.query("SELECT typeof(c), c FROM t"); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
				return
			}
			if err == nil {
				t.Fatalf("the value became %s", db.query("SELECT typeof(c), c FROM t"))
			}
			if !strings.Contains(err.Error(), "t.c cannot become "+c.to) || !strings.Contains(err.Error(), "Using") {
				t.Errorf("error %q, want the column, the type and a way out", err)
			}
			if after := db.query("SELECT typeof(c), quote(c) FROM t") + db.query("SELECT sql FROM sqlite_schema"); after != before {
				t.Errorf("the failed change left %s", after)
			}
		})
	}
}

func TestSQLiteRebuildKeepsRowIDs(t *testing.T) {
	db := newSQLite(t,
		`CREATE TABLE notes (title TEXT, body TEXT)`,
		`INSERT INTO notes (rowid, title, body) VALUES (3, 'three', 'c'), (17, 'seventeen', 'q')`,
		`CREATE VIRTUAL TABLE found USING fts5(body, content = 'notes')`,
		`INSERT INTO found (found) VALUES ('rebuild')`,
		`CREATE TRIGGER notes_ai AFTER INSERT ON notes BEGIN INSERT INTO found (rowid, body) VALUES (new.rowid, new.body); END`)
	db.mustMigrate(&op.AlterColumn{Table: table("notes"), Name: "title", Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}})
	if got := db.query("SELECT rowid FROM notes"); got != "3 17" {
		t.Errorf("rowids are %s, want 3 17", got)
	}
	if got := db.query("SELECT rowid FROM found WHERE found MATCH 'q'"); got != "17" {
		t.Errorf("full-text search finds %q, want 17", got)
	}
}

// TestSQLiteRebuildUnderATemporaryView has a view that only the connection knows: it reads the new table afterwards.
func TestSQLiteRebuildUnderATemporaryView(t *testing.T) {
	db := newSQLite(t, `CREATE TABLE t (a INT, b INT)`, `INSERT INTO t VALUES (1, 2)`, `CREATE TEMP VIEW mine AS SELECT a FROM t`)
	db.mustMigrate(&op.AlterColumn{Table: table("t"), Name: "b", Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}})
	if got := db.query("SELECT a FROM mine"); got != "1" {
		t.Errorf("the view shows %s, want 1", got)
	}
}

func TestSQLiteRebuildIsNotFooledByConflictClauses(t *testing.T) {
	db := newSQLite(t, `CREATE TABLE t (a TEXT, b INT)`, `INSERT INTO t VALUES ('x', 1), ('x', 2), ('y', 3)`)
	err := db.migrate(&op.AddConstraint{Table: table("t"), Unique: &schema.Unique{Columns: []string{"a"}, Options: schema.Options{{Key: schema.OptionOnConflict, Value: "REPLACE"}}}})
	if err == nil || !strings.Contains(err.Error(), "UNIQUE") {
		t.Errorf("error %v, want the duplicate to be refused", err)
	}
	if got := db.query("SELECT * FROM t"); got != "x|1 x|2 y|3" {
		t.Errorf("rows are %s", got)
	}
}

func TestSQLiteRebuildFollowsRenamesIntoViewsAndTriggers(t *testing.T) {
	db := newSQLite(t,
		`CREATE TABLE other (amount INT, seen INT)`,
		`INSERT INTO other VALUES (1, 0)`,
		`CREATE TABLE t (id INTEGER PRIMARY KEY, amount INT CHECK (amount > 0), g INT AS (amount * 2))`,
		`CREATE INDEX i ON t (abs(amount)) WHERE t.amount > 5`,
		`INSERT INTO t (amount) VALUES (10)`,
		`CREATE VIEW v AS SELECT x.amount FROM t AS x JOIN other ON other.amount < x.amount`,
		`CREATE TRIGGER tr AFTER UPDATE OF amount ON t WHEN old.amount <> new.amount BEGIN UPDATE other SET seen = seen + new.amount WHERE amount = 1; END`)
	db.mustMigrate(
		&op.RenameColumn{Table: table("t"), From: "amount", To: "total"},
		&op.AlterColumn{Table: table("t"), Name: "total", Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}})
	db.exec("UPDATE t SET total = 7")
	if got := db.query("SELECT seen FROM other"); got != "7" {
		t.Errorf("the trigger saw %s, want 7", got)
	}
	if got := db.query("SELECT * FROM v") + " " + db.query("SELECT g FROM t"); got != "7 14" {
		t.Errorf("view and generated column give %s, want 7 14", got)
	}
	if _, err := db.Exec("UPDATE t SET total = 0"); err == nil {
		t.Error("the check was lost")
	}
}

func TestSQLiteRebuildRefusesToBreakViewsAndTriggers(t *testing.T) {
	for name, user := range map[string]string{
		"view":             `CREATE VIEW u AS SELECT gone FROM t`,
		"view of a view":   `CREATE VIEW u AS SELECT gone FROM middle`,
		"trigger":          `CREATE TRIGGER u AFTER INSERT ON t BEGIN SELECT new.gone; END`,
		"foreign trigger":  `CREATE TRIGGER u AFTER DELETE ON other BEGIN UPDATE t SET gone = 1; END`,
		"trigger on view":  `CREATE TRIGGER u INSTEAD OF DELETE ON middle BEGIN SELECT gone FROM t; END`,
		"trigger (update)": `CREATE TRIGGER u BEFORE UPDATE ON t BEGIN SELECT old.gone; END`,
	} {
		t.Run(name, func(t *testing.T) {
			db := newSQLite(t, `CREATE TABLE t (a INT, gone INT)`, `CREATE TABLE other (a INT)`, `CREATE VIEW middle AS SELECT * FROM t`, user)
			before := db.query("SELECT sql FROM sqlite_schema")
			err := db.migrate(
				&op.DropColumn{Table: table("t"), Name: "gone"},
				&op.AddConstraint{Table: table("t"), Check: &schema.Check{Expr: "a > 0"}})
			if err == nil || !strings.Contains(err.Error(), "gone") {
				t.Errorf("error %v, want one that names the column", err)
			}
			if after := db.query("SELECT sql FROM sqlite_schema"); after != before {
				t.Errorf("the schema is now %s", after)
			}
			if legacy := db.query("PRAGMA legacy_alter_table"); legacy != "0" {
				t.Error("legacy_alter_table stayed on")
			}
		})
	}
}

func TestSQLiteRefusesWhatItCannotDo(t *testing.T) {
	db := newSQLite(t, append(sqliteAlterBase, `CREATE VIRTUAL TABLE docs USING fts5(body)`, `CREATE TABLE refers (n TEXT REFERENCES t (name))`)...)
	for _, c := range []struct {
		operation op.Operation
		want      string
	}{
		{&op.CreateEnum{Enum: &schema.Enum{Name: table("e"), Values: []string{"a"}}}, "m.On"},
		{&op.CreateView{View: &schema.View{Name: table("m"), Materialized: true, Definition: "SELECT 1"}}, "materialized"},
		{&op.CreateIndex{Table: table("t"), Index: &schema.Index{Name: "i", Method: "gin", Parts: schema.Columns("name")}}, "gin"},
		{&op.CreateIndex{Table: table("t"), Index: &schema.Index{Name: "i", Parts: schema.Columns("name"), Include: []string{"qty"}}}, "INCLUDE"},
		{&op.AddConstraint{Table: table("t"), Exclusion: &schema.Exclusion{Name: "x"}}, "exclusion"},
		{&op.AddConstraint{Table: table("t"), ForeignKey: &schema.ForeignKey{Columns: []string{"qty"}, RefTable: schema.Name{Schema: "aux", Name: "p"}}}, "another file"},
		{&op.AlterColumn{Table: table("t"), Name: "name", Attributes: []op.Attribute{op.IdentityAttribute}, To: schema.Column{Identity: &schema.Identity{Kind: schema.IdentityAutoIncrement}}}, "only the primary key"},
		{&op.AddColumn{Table: table("docs"), Column: &schema.Column{Name: "x"}}, "virtual"},
		{&op.DropColumn{Table: table("t"), Name: "name"}, "foreign key of refers (n)"},
		{&op.RenameTable{From: table("t"), To: schema.Name{Schema: "aux", Name: "t"}}, "another file"},
	} {
		_, err := db.compile(c.operation)
		var unsupported *ddl.UnsupportedError
		if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want an UnsupportedError with %q", c.operation, err, c.want)
		}
	}
	for _, operation := range []op.Operation{
		&op.AddColumn{Table: table("nowhere"), Column: &schema.Column{Name: "x"}},
		&op.DropColumn{Table: table("t"), Name: "nothing"},
		&op.DropConstraint{Table: table("t"), Type: op.CheckConstraint, Name: "nothing"},
		&op.AddConstraint{Table: table("t"), PrimaryKey: &schema.PrimaryKey{Columns: []string{"nothing"}}},
	} {
		_, err := db.compile(operation)
		var effect *op.EffectError
		if !errors.As(err, &effect) {
			t.Errorf("%s: error %v, want an EffectError", operation, err)
		}
	}
}

func TestSQLiteDroppingAParentKeepsTheChildrensRows(t *testing.T) {
	db := newSQLite(t, sqliteAlterBase...)
	if err := db.migrate(&op.DropTable{Name: table("p")}); err == nil || !strings.Contains(err.Error(), "child -> p") {
		t.Errorf("error %v, want the child to be named", err)
	}
	if rows := db.query("SELECT * FROM child"); rows != "1" {
		t.Errorf("the child's rows are %q, want 1", rows)
	}
}

func TestSQLiteRebuildInAnAttachedDatabase(t *testing.T) {
	db := newSQLite(t, `CREATE TABLE t (a INT)`)
	db.exec(
		`ATTACH '`+t.TempDir()+`/other.db' AS "my archive"`,
		`CREATE TABLE "my archive".t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT)`,
		`CREATE INDEX "my archive".i ON t (a)`,
		`CREATE VIEW "my archive".v AS SELECT a FROM t`,
		`CREATE TRIGGER "my archive".tr AFTER INSERT ON t BEGIN SELECT new.a; END`,
		`INSERT INTO "my archive".t VALUES (41, 1)`, `DELETE FROM "my archive".t`)
	options := introspect.Options{Namespaces: []string{"my archive"}}
	before, err := introspect.Read(context.Background(), db.DB, schema.SQLite, options)
	if err != nil {
		t.Fatal(err)
	}
	there := schema.Name{Schema: "my archive", Name: "t"}
	operations := []op.Operation{&op.AddConstraint{Table: there, Check: &schema.Check{Expr: "a > 0"}}}
	statements, err := ddl.Compile(before.Server, before, operations)
	if err != nil {
		t.Fatal(err)
	}
	if err := runSQLite(db.DB, statements); err != nil {
		t.Fatal(err)
	}
	want, err := op.Replay(before, operations)
	if err != nil {
		t.Fatal(err)
	}
	got, err := introspect.Read(context.Background(), db.DB, schema.SQLite, options)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := describe(t, want), describe(t, got); !equalButForOrder(a, b) {
		t.Error(firstDifference(a, b))
	}
	db.exec(`INSERT INTO "my archive".t (a) VALUES (5)`)
	if id := db.query(`SELECT id FROM "my archive".t`); id != "42" {
		t.Errorf("the next id is %s, want 42", id)
	}

	empty := newSQLite(t)
	empty.exec(`ATTACH '` + t.TempDir() + `/fresh.db' AS "my archive"`)
	create, err := ddl.Create(got.Server, got)
	if err != nil {
		t.Fatal(err)
	}
	if err := runSQLite(empty.DB, create); err != nil {
		t.Fatal(err)
	}
	again, err := introspect.Read(context.Background(), empty.DB, schema.SQLite, options)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := describe(t, got), describe(t, again); !equalButForOrder(a, b) {
		t.Error(firstDifference(a, b))
	}
}

func TestSQLiteRenamesThatChangeCaseOnly(t *testing.T) {
	db := newSQLite(t, `CREATE TABLE t (Name TEXT, b INT)`)
	db.mustMigrate(&op.RenameColumn{Table: table("t"), From: "Name", To: "name"})
	db.mustMigrate(
		&op.RenameColumn{Table: table("t"), From: "name", To: "NAME"},
		&op.AddConstraint{Table: table("t"), Check: &schema.Check{Expr: "b > 0"}})
	db.mustMigrate(&op.RenameTable{From: table("t"), To: table("T")})
	if read := db.read().Table(table("T")); read == nil || read.Columns[0].Name != "NAME" {
		t.Errorf("the table is now %+v", read)
	}
}

func TestSQLiteRebuildOfATableAfterRenamesElsewhere(t *testing.T) {
	db := newSQLite(t,
		`CREATE TABLE customer (id INTEGER PRIMARY KEY, "full name" TEXT)`,
		`CREATE TABLE log (x)`,
		`CREATE TRIGGER tr AFTER UPDATE OF "full name" ON customer BEGIN INSERT INTO log (x) SELECT [full name] FROM customer WHERE customer.id = new.id; END`)
	db.mustMigrate(
		&op.RenameTable{From: table("customer"), To: table("client")},
		&op.RenameColumn{Table: table("client"), From: "full name", To: "name"},
		&op.RenameTable{From: table("log"), To: table("journal")},
		&op.AddConstraint{Table: table("client"), Check: &schema.Check{Expr: "name <> ''"}})
	db.exec(`INSERT INTO client VALUES (1, 'old')`, `UPDATE client SET name = 'new'`)
	if got := db.query("SELECT x FROM journal"); got != "new" {
		t.Errorf("the trigger wrote %q, want new", got)
	}
}
