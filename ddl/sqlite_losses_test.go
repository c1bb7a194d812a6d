package ddl_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// lossesSurroundings stand around table t (id, a, …) of every case: children of each kind with rows, views upon views, and
// triggers of the table, of a child that writes to it, and of a view.
const lossesSurroundings = `
CREATE TABLE log (what TEXT);
CREATE TABLE cascading (t_id INT NOT NULL REFERENCES t (id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE nulled (t_id INT CONSTRAINT fk_nulled REFERENCES t (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE restricting (t_id INT REFERENCES t (id));
INSERT INTO cascading VALUES (1), (1), (2);
INSERT INTO nulled VALUES (1), (2);
INSERT INTO restricting VALUES (2);
CREATE VIEW seen AS SELECT x.id, x.a FROM t AS x LEFT JOIN cascading ON t_id = x.id;
CREATE VIEW seen_again AS SELECT id FROM seen GROUP BY id;
CREATE TRIGGER t_added AFTER INSERT ON t WHEN new.id = 50 BEGIN INSERT INTO log VALUES ('added ' || new.a); END;
CREATE TRIGGER t_changed BEFORE UPDATE OF a ON t BEGIN INSERT INTO log VALUES (old.a || ' to ' || new.a); END;
CREATE TRIGGER child_added AFTER INSERT ON cascading BEGIN UPDATE t SET a = 'parent' WHERE id = new.t_id; END;
CREATE TRIGGER seen_deleted INSTEAD OF DELETE ON seen BEGIN DELETE FROM t WHERE id = old.id; END;
`

func TestSQLiteKnownLosses(t *testing.T) {
	for _, c := range sqliteLosses {
		for _, enforced := range []string{"ON", "OFF"} {
			t.Run(c.name+", foreign keys "+enforced, func(t *testing.T) {
				db := newSQLite(t, c.table, lossesSurroundings, "PRAGMA foreign_keys = "+enforced)
				if c.operations == nil {
					c.operations = []op.Operation{&op.AddConstraint{Table: table("t"), Check: &schema.Check{Name: "ck_new", Expr: "id <> 77"}}}
				}
				if c.fails != "" {
					before := lossesDump(db)
					if err := db.migrate(c.operations...); err == nil || !strings.Contains(err.Error(), c.fails) {
						t.Fatalf("error %v, want one with %q", err, c.fails)
					}
					if after := lossesDump(db); after != before {
						t.Errorf("the failed change left\n%s\nof\n%s", after, before)
					}
					keepsPragmas(db, enforced)
					db.exec(c.remedy)
				}
				c.run(t, db)
				keepsPragmas(db, enforced)
				c.holds(db)
				surroundingsWork(db)
			})
		}
	}
}

// lossesDump is all that a failed change must leave as it was.
func lossesDump(db *sqliteDB) string {
	return db.query("SELECT * FROM sqlite_schema ORDER BY type, name") + "\n" + db.query("SELECT * FROM t ORDER BY id") + "\n" + lossesChildren(db)
}

func lossesChildren(db *sqliteDB) string {
	return db.query("SELECT * FROM cascading ORDER BY 1") + "; " + db.query("SELECT * FROM nulled ORDER BY 1") + "; " + db.query("SELECT * FROM restricting ORDER BY 1") +
		"; log: " + db.query("SELECT * FROM log")
}

func keepsPragmas(db *sqliteDB, enforced string) {
	db.Helper()
	if state := db.query("PRAGMA foreign_keys") + db.query("PRAGMA legacy_alter_table"); state != map[string]string{"ON": "10", "OFF": "00"}[enforced] {
		db.Errorf("foreign_keys and legacy_alter_table are %s", state)
	}
}

// run makes the change and compares all around it with what it was.
func (c *sqliteLoss) run(t *testing.T, db *sqliteDB) {
	t.Helper()
	compared := map[string]string{
		"definition of something else": `SELECT type, name, tbl_name, replace(sql, '"t"', 't') FROM sqlite_schema WHERE NOT (type = 'table' AND tbl_name IN ('t', 'u')) AND type <> 'index' AND name <> 'sqlite_sequence' ORDER BY 1, 2`, // SQLite quotes what it renames.
		"foreign key":                  `SELECT m.name, f.id, f.seq, lower(f."table"), lower(f."from"), lower(f."to"), f.on_update, f.on_delete, f.match FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.name IN ('t', 'cascading', 'nulled', 'restricting') ORDER BY 1, 2, 3`,
	}
	if !c.changesIndexes {
		// SQLite numbers its own indexes by the order of the constraints.
		compared["index"] = `SELECT CASE origin WHEN 'c' THEN name END, "unique", origin, partial,
			(SELECT group_concat(coalesce(x.name, 'expression') || ' ' || x."desc" || ' ' || x.coll) FROM pragma_index_xinfo(i.name) x WHERE x.key)
			FROM pragma_index_list('t') i ORDER BY 1, 2, 3, 4, 5`
	}
	if c.changesOthers {
		delete(compared, "definition of something else")
	}
	if c.addsForeignKey() {
		delete(compared, "foreign key")
	}
	was := map[string]string{}
	for what, query := range compared {
		was[what] = db.query(query)
	}
	rows, children := db.query("SELECT * FROM t ORDER BY id"), lossesChildren(db)
	if c.rows != "" {
		rows = c.rows
	}

	before := db.read()
	statements, err := ddl.Compile(before.Server, before, c.operations)
	if err != nil {
		db.Fatal(err)
	}
	c.isOffline(db, before, statements)
	text := script(statements)
	if rebuilds := strings.Contains(text, "/* fk off */"); rebuilds == c.native {
		db.Errorf("rebuild: %t\n%s", rebuilds, text)
	}
	if !strings.Contains(text, c.described) {
		db.Errorf("nothing says %q:\n%s", c.described, text)
	}
	if err := runSQLite(db.DB, statements); err != nil {
		db.Fatal(err)
	}

	for what, query := range compared {
		if is := db.query(query); is != was[what] {
			db.Errorf("%s was\n%s\nand is\n%s", what, was[what], is)
		}
	}
	if is := db.query("SELECT * FROM t ORDER BY id"); is != rows {
		db.Errorf("rows are\n%s\nwant\n%s", is, rows)
	}
	if is := lossesChildren(db); is != children {
		db.Errorf("rows of children were\n%s\nand are\n%s", children, is)
	}
	if damage := db.query("PRAGMA integrity_check") + db.query("PRAGMA foreign_key_check"); damage != "ok" {
		db.Error(damage)
	}
	sameAsReplayed(t, before, db.read(), c.operations)
}

func (c *sqliteLoss) addsForeignKey() bool {
	add, ok := c.operations[0].(*op.AddConstraint)
	return ok && add.ForeignKey != nil
}

// isOffline checks that the SQL needs no database: it is the same from a schema that was written down.
func (c *sqliteLoss) isOffline(db *sqliteDB, before *schema.Schema, statements []ddl.Statement) {
	db.Helper()
	text, err := json.Marshal(before)
	if err != nil {
		db.Fatal(err)
	}
	var written schema.Schema
	if err := json.Unmarshal(text, &written); err != nil {
		db.Fatal(err)
	}
	offline, err := ddl.Compile(written.Server, &written, c.operations)
	if err != nil {
		db.Fatal(err)
	}
	if a, b := script(statements), script(offline); a != b {
		db.Errorf("without a database the SQL differs at %s", firstDifference(a, b))
	}
}

// holds checks what the case asks for, and undoes what it did for that.
func (c *sqliteLoss) holds(db *sqliteDB) {
	db.Helper()
	definition := db.query("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 't'")
	for _, part := range c.defined {
		if !strings.Contains(definition, part) {
			db.Errorf("%q is missing in\n%s", part, definition)
		}
	}
	for _, part := range c.undefined {
		if strings.Contains(definition, part) {
			db.Errorf("%q is still in\n%s", part, definition)
		}
	}
	db.exec("PRAGMA foreign_keys = ON")
	alone := func(do func()) {
		db.exec("SAVEPOINT asked")
		do()
		db.exec("ROLLBACK TO asked", "RELEASE asked")
	}
	for _, statement := range c.refused {
		alone(func() {
			if _, err := db.Exec(statement); err == nil {
				db.Errorf("not refused any more: %s", statement)
			}
		})
	}
	for query, want := range c.answers {
		alone(func() {
			if got := db.query(query); got != want {
				db.Errorf("%s gives %s, want %s", query, got, want)
			}
		})
	}
}

// surroundingsWork checks by doing that children, views and triggers still do what they did.
func surroundingsWork(db *sqliteDB) {
	db.Helper()
	db.exec("DELETE FROM log")
	if ids := db.query("SELECT id FROM seen_again ORDER BY id"); ids != "1 2" {
		db.Errorf("the view of a view shows %s, want 1 2", ids)
	}
	for _, statement := range []string{"INSERT INTO cascading VALUES (99)", "DELETE FROM t WHERE id = 2"} {
		if _, err := db.Exec(statement); err == nil {
			db.Errorf("not refused any more: %s", statement)
		}
	}
	db.exec("INSERT INTO cascading VALUES (1)")
	if log := db.query("SELECT what FROM log"); log != "x to parent" {
		db.Errorf("the triggers wrote %q, want %q", log, "x to parent")
	}
	db.exec("DELETE FROM seen WHERE id = 1")
	if left := lossesChildren(db); !strings.HasPrefix(left, "2; <nil> 2; 2;") {
		db.Errorf("after the parent was deleted through the view, the children are %s", left)
	}
}

// TestSQLiteRebuildCountsRows makes the copy lose a row, as a bug would.
func TestSQLiteRebuildCountsRows(t *testing.T) {
	db := newSQLite(t, `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')`, lossesSurroundings)
	before := lossesDump(db)
	statements, err := db.compile(&op.AddConstraint{Table: table("t"), Check: &schema.Check{Expr: "id > 0"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, statement := range statements {
		if strings.HasPrefix(statement.SQL, "INSERT") {
			statements[i].SQL += " WHERE id <> 2"
		}
	}
	if err := runSQLite(db.DB, statements); err == nil || !strings.Contains(err.Error(), "1 of 2 rows were copied") {
		t.Errorf("error %v, want the numbers of rows", err)
	}
	if after := lossesDump(db); after != before {
		t.Errorf("the failed change left\n%s\nof\n%s", after, before)
	}
}

// TestSQLiteLeavesOtherTablesAlone changes one of two tables that would both be a rebuild's trouble.
func TestSQLiteLeavesOtherTablesAlone(t *testing.T) {
	withoutRows, _, _ := strings.Cut(lossesSurroundings, "INSERT")
	db := newSQLite(t, `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT); CREATE INDEX ix ON t (b)`, withoutRows)
	statements, err := db.compile(&op.CreateIndex{Table: table("cascading"), Index: &schema.Index{Name: "ix_child", Parts: schema.Columns("t_id")}})
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) != 1 || !strings.HasPrefix(statements[0].SQL, "CREATE INDEX") {
		t.Errorf("an index on another table is\n%s", script(statements))
	}
}
