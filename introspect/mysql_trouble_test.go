package introspect_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// mysqlKiller ends the connection of the reading from another one, before a query of its choice.
type mysqlKiller struct {
	*sql.Conn
	other *introspect.Database
	id    int64
	left  int
	total int
}

func (k *mysqlKiller) count(ctx context.Context) {
	k.total++
	if k.left--; k.left == 0 {
		_, _ = k.other.ExecContext(ctx, fmt.Sprintf("KILL %d", k.id))
	}
}

func (k *mysqlKiller) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	k.count(ctx)
	return k.Conn.QueryContext(ctx, query, args...)
}

func (k *mysqlKiller) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	k.count(ctx)
	return k.Conn.QueryRowContext(ctx, query, args...)
}

// TestMySQLConnectionKilled kills the connection before each query of a reading, the definitions that SHOW CREATE gives
// among them: it must fail each time, and never pass for a database with less in it.
func TestMySQLConnectionKilled(t *testing.T) {
	db := openMySQL(t)
	for _, statement := range []string{
		"CREATE TABLE t (a int PRIMARY KEY, b varchar(9) DEFAULT '?') PARTITION BY HASH (a) PARTITIONS 2",
		"CREATE TABLE u (a int PRIMARY KEY) PARTITION BY HASH (a) PARTITIONS 2",
		"CREATE VIEW v AS SELECT a FROM t",
		"CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 'it''s'",
		"CREATE FUNCTION f() RETURNS varchar(9) DETERMINISTIC RETURN 'it''s'",
	} {
		execMySQL(t, db, statement)
	}
	if flavor, _ := servertest.MySQLFlavor(t, db.DB); flavor == "mariadb" {
		execMySQL(t, db, "CREATE SEQUENCE s")
	}
	for at := 1; ; at++ {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		killer := &mysqlKiller{Conn: conn, other: db, left: at}
		if err := conn.QueryRowContext(t.Context(), "SELECT CONNECTION_ID()").Scan(&killer.id); err != nil {
			t.Fatal(err)
		}
		read, err := introspect.Read(t.Context(), killer, schema.MySQL, introspect.Options{})
		conn.Close()
		if killer.left > 0 {
			if err != nil || at < 12 {
				t.Errorf("after %d queries: %v", at, err)
			}
			return
		}
		if err == nil {
			t.Fatalf("killed before query %d: no error, %d tables, problems %v", at, read.Tables.Len(), read.Problems)
		}
	}
}

// TestMySQLReadWhileDropped reads while tables, views and triggers come and go. Nothing of that may be an error, and no
// table may be there in part.
func TestMySQLReadWhileDropped(t *testing.T) {
	db := openMySQL(t)
	execMySQL(t, db, "CREATE TABLE stays (a int)")
	statements := []string{
		"CREATE TABLE w (a int PRIMARY KEY, b varchar(9) DEFAULT '?', CHECK (b <> '')) PARTITION BY HASH (a) PARTITIONS 2",
		"CREATE VIEW w_v AS SELECT * FROM w",
		"CREATE TRIGGER w_g BEFORE INSERT ON w FOR EACH ROW SET NEW.b = 'it''s'",
		"CREATE FUNCTION w_f() RETURNS varchar(9) DETERMINISTIC RETURN 'it''s'",
		"DROP FUNCTION w_f", "DROP VIEW w_v", "DROP TABLE w",
	}
	if flavor, _ := servertest.MySQLFlavor(t, db.DB); flavor == "mariadb" {
		statements = append(statements, "CREATE SEQUENCE w_s", "DROP SEQUENCE w_s")
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			for _, statement := range statements {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for range 40 {
		read, err := introspect.Read(t.Context(), db, schema.MySQL, introspect.Options{})
		if err != nil {
			t.Errorf("reading: %v", err)
			break
		}
		if read.Table(named("stays")) == nil {
			t.Error("the table that stays is missing")
		}
		if w := read.Table(named("w")); w != nil && len(w.Columns) != 2 {
			t.Errorf("the table that goes has %d columns", len(w.Columns))
		}
	}
	cancel()
	group.Wait()
}

// TestMySQLReaderOfSomeTables reads as a role with rights on a part of the database. The server hides the rest, down to its
// names: what is hidden must not pass for what is not there.
func TestMySQLReaderOfSomeTables(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	for _, statement := range []string{
		"CREATE TABLE seen (id int, CONSTRAINT positive CHECK (id > 0))",
		"CREATE TABLE hidden (id int PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM seen",
	} {
		execMySQL(t, db, statement)
	}
	flavor, _ := servertest.MySQLFlavor(t, db.DB)
	database := "database " + currentDatabase(t, db)
	for _, c := range []struct {
		name   string
		grants []string
		want   []string // objects with problems
	}{
		// MariaDB hides a table's constraints from those who have rights on nothing but the table.
		{"nothing but the database", []string{"EXECUTE ON DB.*"}, []string{database}},
		{"a table", []string{"SELECT, REFERENCES ON DB.seen"}, map[string][]string{
			"mysql": {database}, "mariadb": {database, "table seen"},
		}[flavor]},
		{"a view without its definition", []string{"SELECT ON DB.v"}, []string{database, "view v"}},
		{"all but the view's definition", []string{"SELECT, REFERENCES ON DB.*"}, []string{"view v"}},
		{"all", []string{"SELECT, REFERENCES, SHOW VIEW ON DB.*"}, nil},
		{"all of databases by a pattern", []string{"SELECT, REFERENCES, SHOW VIEW ON `rt\\_%`.*"}, nil},
		{"all of all databases", []string{"SELECT, REFERENCES, SHOW VIEW ON *.*"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			read := readMySQL(t, mysqlRole(t, url, db, c.grants...))
			var got []string
			for _, problem := range read.Problems {
				if strings.Contains(problem.Object, "events of ") { // see TestMySQLReaderWithoutTriggers
					continue
				}
				got = append(got, problem.Object)
				if !strings.Contains(problem.Reason, "grant it") {
					t.Errorf("%s: %q does not say what to do", problem.Object, problem.Reason)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s%v", diff, read.Problems)
			}
			if seen := read.Table(named("seen")); seen != nil && len(seen.Checks) != 1 {
				t.Error("the table is there without its check")
			}
			if len(c.want) == 0 && (read.Tables.Len() != 2 || read.Views.Len() != 1) {
				t.Errorf("%d tables and %d views are read, want 2 and 1", read.Tables.Len(), read.Views.Len())
			}
		})
	}
}

// TestMySQLReaderByRole has all its rights by a role: active it gives them, and if not nothing of the database may pass for all.
func TestMySQLReaderByRole(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	for _, statement := range []string{
		"CREATE TABLE seen (id int, CONSTRAINT positive CHECK (id > 0))", "CREATE VIEW v AS SELECT id FROM seen WHERE id <> '2'",
		"CREATE FUNCTION f(x int) RETURNS int DETERMINISTIC RETURN x", "CREATE TRIGGER tr BEFORE INSERT ON seen FOR EACH ROW SET NEW.id = '1'",
	} {
		execMySQL(t, db, statement)
	}
	want := readMySQL(t, db)
	home := currentDatabase(t, db)
	role := "r" + home[max(0, len(home)-28):]
	execMySQL(t, db, "CREATE ROLE "+role)
	t.Cleanup(func() { _, _ = db.ExecContext(context.WithoutCancel(t.Context()), "DROP ROLE "+role) })
	flavor, _ := servertest.MySQLFlavor(t, db.DB)
	execMySQL(t, db, "GRANT SELECT, REFERENCES, SHOW VIEW, TRIGGER, EXECUTE, EVENT ON "+home+".* TO "+role)
	if flavor == "mysql" {
		execMySQL(t, db, "GRANT SHOW_ROUTINE ON *.* TO "+role)
	} else {
		execMySQL(t, db, "GRANT SELECT ON mysql.proc TO "+role)
	}
	member := mysqlRole(t, url, db, "EXECUTE ON DB.*")
	execMySQL(t, db, "GRANT "+role+" TO u"+home[max(0, len(home)-28):])
	conn, err := member.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "SET ROLE "+role); err != nil {
		t.Fatal(err)
	}
	got := readMySQL(t, conn)
	got.Unmodelled, want.Unmodelled = nil, nil
	if diff := cmp.Diff(want, got, compareSchemas); diff != "" {
		t.Errorf("by its role it reads otherwise (-all +role):\n%s", diff)
	}
	if _, err := conn.ExecContext(t.Context(), "SET ROLE NONE"); err != nil {
		t.Fatal(err)
	}
	read, err := introspect.Read(t.Context(), conn, schema.MySQL, introspect.Options{})
	if err == nil && len(read.Problems) == 0 {
		t.Errorf("without its role it reads %d tables, and says of nothing that it is hidden", read.Tables.Len())
	}
}

// TestMySQLReaderWithoutRoutines sees routines and not what is in them.
func TestMySQLReaderWithoutRoutines(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	execMySQL(t, db, "CREATE FUNCTION f(x int) RETURNS int DETERMINISTIC RETURN x")
	read := readMySQL(t, mysqlRole(t, url, db, "SELECT, REFERENCES, SHOW VIEW, EXECUTE, TRIGGER, EVENT ON DB.*"))
	isShut := func(p schema.Problem) bool { return p.Object == "function f" && strings.Contains(p.Reason, "grant it") }
	if read.Functions.Len() > 0 || !slices.ContainsFunc(read.Problems, isShut) {
		t.Errorf("%d functions are read, problems %v, want one of function f", read.Functions.Len(), read.Problems)
	}
}

// TestMySQLReaderWithoutTriggers may not see the triggers of the tables that it reads, nor whether there are routines and events.
func TestMySQLReaderWithoutTriggers(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	execMySQL(t, db, "CREATE TABLE seen (id int)")
	execMySQL(t, db, "CREATE TRIGGER tr BEFORE INSERT ON seen FOR EACH ROW SET NEW.id = '1'")
	read := readMySQL(t, mysqlRole(t, url, db, "SELECT, REFERENCES, SHOW VIEW ON DB.*"))
	want := []schema.Problem{{
		Object: "triggers, routines, events of database " + currentDatabase(t, db),
		Reason: "the server hides them from the role, and whether there are any; grant it TRIGGER, EXECUTE, EVENT on the whole database",
	}}
	if diff := cmp.Diff(want, read.Problems); diff != "" || read.Triggers.Len() > 0 {
		t.Errorf("%d triggers are read; problems (-want +got):\n%s", read.Triggers.Len(), diff)
	}
}

// TestMySQLReaderWithoutSequences has a sequence that the role sees and may not read.
func TestMySQLReaderWithoutSequences(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	if flavor, _ := servertest.MySQLFlavor(t, db.DB); flavor != "mariadb" {
		return // MySQL has no sequences
	}
	for _, statement := range []string{"CREATE SEQUENCE open", "CREATE SEQUENCE shut"} {
		execMySQL(t, db, statement)
	}
	read := readMySQL(t, mysqlRole(t, url, db, "SELECT ON DB.open", "INSERT ON DB.shut"))
	isShut := func(p schema.Problem) bool {
		return p.Object == "sequence shut" && strings.Contains(p.Reason, "denied")
	}
	if !slices.ContainsFunc(read.Problems, isShut) {
		t.Errorf("problems: %v, want one of sequence shut", read.Problems)
	}
	if !read.Sequences.Has(named("open")) || read.Sequences.Has(named("shut")) {
		t.Errorf("%d sequences are read, want the one that the role may read", read.Sequences.Len())
	}
}

// TestMySQLUnreadableTable has a table that the server cannot open, and a view and a trigger that lead nowhere.
func TestMySQLUnreadableTable(t *testing.T) {
	db := openMySQL(t)
	for _, statement := range []string{
		"CREATE TABLE part (a int) ENGINE=MyISAM",
		"CREATE TABLE whole (a int) ENGINE=MERGE UNION=(part)",
		"CREATE TABLE good (a int PRIMARY KEY)",
		"CREATE VIEW broken AS SELECT a FROM part",
		"CREATE TRIGGER lost BEFORE INSERT ON good FOR EACH ROW INSERT INTO part VALUES (NEW.a)",
		"DROP TABLE part",
	} {
		execMySQL(t, db, statement)
	}
	read := readMySQL(t, db)
	if read.Table(named("good")) == nil || !read.Views.Has(named("broken")) || !read.Triggers.Has(named("lost")) {
		t.Errorf("the table without its parts hides something: problems %v", read.Problems)
	}
	if whole := read.Table(named("whole")); whole == nil || len(whole.Columns) != 1 {
		isWhole := func(p schema.Problem) bool { return p.Object == "table whole" && p.Reason != "" }
		if whole != nil || !slices.ContainsFunc(read.Problems, isWhole) {
			t.Errorf("table %+v is there in part, or nothing tells of it: %v", whole, read.Problems)
		}
	}
}

// mysqlHardNames are names that a reader who does not quote, or who folds case, gets wrong.
var mysqlHardNames = []string{
	"null", "NULL?", "select", "table", "a.b", "it's", `d"q`, "b`q", "with space", "percent%s", "semi;colon", "--dash", "/*c*/",
	"back\\slash", "snow☃man", "äöü", "?", "$1", ":name", strings.Repeat("n", 64),
}

// TestMySQLHardNames copies a database of such names, as tables, columns, keys and views.
func TestMySQLHardNames(t *testing.T) {
	db := openMySQL(t)
	var folds int
	if err := db.QueryRowContext(t.Context(), "SELECT @@lower_case_table_names").Scan(&folds); err != nil {
		t.Fatal(err)
	}
	names := slices.Clone(mysqlHardNames)
	if folds == 0 {
		names = append(names, "Cased", "cased", "CASED")
	}
	quote := func(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
	short := func(name string) string { return quote(name[:min(len(name), 40)]) }
	for i, name := range names {
		execMySQL(t, db, fmt.Sprintf("CREATE TABLE %[1]s (%[1]s int PRIMARY KEY, b int, KEY %[1]s (b), CONSTRAINT `fk_%[2]d` FOREIGN KEY (b) REFERENCES %[1]s (%[1]s), CONSTRAINT `ck_%[2]d` CHECK (%[1]s <> 7))", quote(name), i))
		execMySQL(t, db, fmt.Sprintf("CREATE VIEW `v_%d` AS SELECT %s AS %s FROM %s", i, quote(name), short(name), quote(name)))
	}
	first := readMySQL(t, db)
	if first.Tables.Len() != len(names) || first.Views.Len() != len(names) || len(first.Problems) > 0 {
		t.Errorf("%d tables and %d views of %d are read, problems %v", first.Tables.Len(), first.Views.Len(), len(names), first.Problems)
	}
	for _, name := range names {
		stored := name
		if folds == 1 {
			stored = strings.ToLower(name)
		}
		table := first.Table(named(stored))
		if table == nil || table.Column(name) == nil || table.Index(name) == nil || len(table.Checks) != 1 || len(table.ForeignKeys) != 1 {
			t.Errorf("table %q is not whole: %+v", name, table)
		}
	}
	target := openMySQL(t)
	createMySQL(t, target, first)
	second := readMySQL(t, target)
	second.DefaultNamespace = first.DefaultNamespace
	if diff := cmp.Diff(first, second, compareSchemas); diff != "" {
		t.Errorf("the copy is read otherwise (-source +copy):\n%s", diff)
	}
}

// TestMySQLHugeTexts has a default and comments as long as the server takes them.
func TestMySQLHugeTexts(t *testing.T) {
	db := openMySQL(t)
	huge := strings.Repeat(`it's "long" \ `, 1100) // 15,400 characters; a column of varchar(16000) fills a row
	quoted := "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(huge) + "'"
	comment := strings.Repeat("c'", 512)
	execMySQL(t, db, "CREATE TABLE t (a varchar(16000) DEFAULT "+quoted+" COMMENT '"+strings.ReplaceAll(comment, "'", "''")+"') COMMENT '"+strings.Repeat("ü", 2048)+"'")
	first := readMySQL(t, db)
	table := first.Table(named("t"))
	if got := table.Column("a"); got.Default != quoted || got.Comment != comment || table.Comment != strings.Repeat("ü", 2048) {
		t.Errorf("a default of %d bytes is read as %d bytes, comments of 1024 and 4096 as %d and %d", len(quoted), len(got.Default), len(got.Comment), len(table.Comment))
	}
	target := openMySQL(t)
	createMySQL(t, target, first)
	second := readMySQL(t, target)
	second.DefaultNamespace = first.DefaultNamespace
	if diff := cmp.Diff(first, second, compareSchemas); diff != "" {
		t.Errorf("the copy is read otherwise (-source +copy):\n%s", diff)
	}
}
