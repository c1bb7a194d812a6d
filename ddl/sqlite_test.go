package ddl_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// sqliteDB is a database file with foreign keys enforced, which is what a rebuild must survive.
type sqliteDB struct {
	testing.TB
	*sql.DB
}

func newSQLite(tb testing.TB, statements ...string) *sqliteDB {
	tb.Helper()
	db, err := sqlite.Open(servertest.SQLite(tb) + "?_synchronous=off&_pragma=journal_mode(memory)")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	out := &sqliteDB{TB: tb, DB: db}
	out.exec(statements...)
	return out
}

func (db *sqliteDB) exec(statements ...string) {
	db.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			db.Fatalf("%s\n%v", statement, err)
		}
	}
}

func (db *sqliteDB) read() *schema.Schema {
	db.Helper()
	s, err := introspect.Read(context.Background(), db.DB, schema.SQLite, introspect.Options{})
	if err != nil {
		db.Fatal(err)
	}
	if len(s.Problems) > 0 {
		db.Fatalf("problems: %+v", s.Problems)
	}
	return s
}

// query returns a query's rows, values joined by | and rows by a space.
func (db *sqliteDB) query(query string) string {
	db.Helper()
	rows, err := db.Query(query)
	if err != nil {
		db.Fatalf("%s\n%v", query, err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	var out []string
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			db.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, value := range values {
			if raw, ok := value.([]byte); ok {
				value = fmt.Sprintf("%x", raw)
			}
			texts[i] = fmt.Sprint(value)
		}
		out = append(out, strings.Join(texts, "|"))
	}
	if err := rows.Err(); err != nil {
		db.Fatal(err)
	}
	return strings.Join(out, " ")
}

// compile compiles operations against what the database holds.
func (db *sqliteDB) compile(operations ...op.Operation) ([]ddl.Statement, error) {
	db.Helper()
	before := db.read()
	return ddl.Compile(before.Server, before, operations)
}

// migrate runs operations as a runner does: in one transaction, foreign keys off around it and checked at its end.
func (db *sqliteDB) migrate(operations ...op.Operation) error {
	db.Helper()
	statements, err := db.compile(operations...)
	if err != nil {
		return err
	}
	return runSQLite(db.DB, statements)
}

func (db *sqliteDB) mustMigrate(operations ...op.Operation) {
	db.Helper()
	if err := db.migrate(operations...); err != nil {
		db.Fatal(err)
	}
}

func runSQLite(db *sql.DB, statements []ddl.Statement) (err error) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	off := false
	for _, statement := range statements {
		off = off || statement.ForeignKeysOff
	}
	if off {
		var enforced int
		if err := conn.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&enforced); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
			return err
		}
		defer func() {
			_, restore := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA foreign_keys = %d", enforced))
			err = errors.Join(err, restore)
		}()
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, statement := range statements {
		if statement.Guard == "" {
			if _, err := tx.Exec(statement.SQL, statement.Args...); err != nil {
				return fmt.Errorf("%s\n%w", statement.SQL, err)
			}
			continue
		}
		var found any
		switch err := tx.QueryRow(statement.SQL).Scan(&found); {
		case err == nil:
			return fmt.Errorf(statement.Guard, found)
		case !errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("%s\n%w", statement.SQL, err)
		}
	}
	if off {
		var table string
		switch err := tx.QueryRow(`SELECT "table" || ' -> ' || parent FROM pragma_foreign_key_check`).Scan(&table); {
		case err == nil:
			return fmt.Errorf("foreign key violated: %s", table)
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
	}
	return tx.Commit()
}

// describe returns a schema as text for comparison.
func describe(tb testing.TB, s *schema.Schema) string {
	tb.Helper()
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func firstDifference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := 0; i < len(left) && i < len(right); i++ {
		if left[i] != right[i] {
			from := max(0, i-12)
			return fmt.Sprintf("line %d\n%s\n--- but\n%s", i, strings.Join(left[from:min(i+4, len(left))], "\n"), strings.Join(right[from:min(i+4, len(right))], "\n"))
		}
	}
	return "one is longer"
}

func TestSQLiteCreateMakesWhatWasRead(t *testing.T) {
	for _, file := range []string{"../introspect/testdata/sqlite_kitchen_sink.sql", "testdata/sqlite_torture.sql"} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first := newSQLite(t, string(text)).read()
			statements, err := ddl.Create(first.Server, first)
			if err != nil {
				t.Fatal(err)
			}
			db := newSQLite(t)
			if err := runSQLite(db.DB, statements); err != nil {
				t.Fatal(err)
			}
			second := db.read()
			for _, s := range []*schema.Schema{first, second} {
				s.Tables.Sort()
				s.Unmodelled = nil
			}
			if a, b := describe(t, first), describe(t, second); a != b {
				t.Errorf("the schema read back differs at %s", firstDifference(a, b))
			}
			// What SQLite lists, which no code of ours has read.
			objects := "SELECT type, name, tbl_name FROM sqlite_schema ORDER BY 1, 2, 3"
			if a, b := newSQLite(t, string(text)).query(objects), db.query(objects); a != b {
				t.Errorf("SQLite lists\n%s\ninstead of\n%s", b, a)
			}
			again, err := ddl.Create(second.Server, second)
			if err != nil {
				t.Fatal(err)
			}
			db = newSQLite(t)
			if err := runSQLite(db.DB, again); err != nil {
				t.Fatal(err)
			}
			third := db.read()
			third.Tables.Sort()
			if a, b := describe(t, second), describe(t, third); a != b {
				t.Errorf("creating it again makes something else at %s", firstDifference(a, b))
			}
		})
	}
}

// tortureRows fills testdata/sqlite_torture.sql.
const tortureRows = `
INSERT INTO region VALUES ('EU', 'Europe'), ('US', 'America');
INSERT INTO "order" (id, sku, qty, price, region, parent, blob_) VALUES
	(1, 'Abc', 2, 10.5, 'EU', NULL, x'00FF'), (5, 'def', 1, 3, 'US', 1, NULL), (9, 'gone', 1, 1, NULL, NULL, NULL);
DELETE FROM "order" WHERE id = 9;
INSERT INTO item (order_id, note) VALUES (1, 'first'), (1, 'second'), (5, 'third');
INSERT INTO soft (order_id) VALUES (1), (5);
DELETE FROM log;
`

// TestSQLiteRebuildLosesNothing rebuilds the table of all traps for each kind of change, and looks for what such rebuilds
// are known to lose: by other tools' experience, everything that is asked for here.
func TestSQLiteRebuildLosesNothing(t *testing.T) {
	text, err := os.ReadFile("testdata/sqlite_torture.sql")
	if err != nil {
		t.Fatal(err)
	}
	order := schema.Name{Name: "order"}
	for _, c := range []struct {
		name       string
		operations []op.Operation
	}{
		{"rebuild for its own sake", []op.Operation{&op.Batch{Table: order, Rebuild: true, Operations: op.List{
			&op.AlterColumn{Table: order, Name: "note", Attributes: []op.Attribute{op.CommentAttribute}, To: schema.Column{Comment: "x"}}}}}},
		{"type", []op.Operation{&op.AlterColumn{Table: order, Name: "qty", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "BIGINT"}}}},
		{"not null", []op.Operation{&op.AlterColumn{Table: order, Name: "price", Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}}}},
		{"default", []op.Operation{&op.AlterColumn{Table: order, Name: "note", Attributes: []op.Attribute{op.DefaultAttribute}, To: schema.Column{Default: "hex(randomblob(9)) || datetime('now')"}}}},
		{"check", []op.Operation{&op.AddConstraint{Table: order, Check: &schema.Check{Name: "added", Expr: "qty < 1000"}}}},
		{"unique", []op.Operation{&op.AddConstraint{Table: order, Unique: &schema.Unique{Name: "added", Columns: []string{"sku", "qty"}}}}},
	} {
		for _, enforced := range []string{"ON", "OFF"} {
			t.Run(c.name+", foreign keys "+enforced, func(t *testing.T) {
				db := newSQLite(t, string(text), tortureRows, "PRAGMA foreign_keys = "+enforced)
				wanted := db.read()
				rows := db.query(`SELECT rowid, * FROM "order" ORDER BY 1`)
				children := db.query(`SELECT * FROM item ORDER BY 1`) + db.query(`SELECT * FROM soft ORDER BY 1`)
				db.mustMigrate(c.operations...)

				for _, operation := range c.operations {
					if err := operation.Apply(wanted); err != nil {
						t.Fatal(err)
					}
				}
				wanted.Table(order).Column("note").Comment = ""
				got := db.read()
				wanted.Tables.Sort()
				got.Tables.Sort()
				if a, b := describe(t, wanted), describe(t, got); !equalButForOrder(a, b) {
					t.Errorf("the schema differs from its prediction at %s", firstDifference(a, b))
				}
				if after := db.query(`SELECT rowid, * FROM "order" ORDER BY 1`); after != rows {
					t.Errorf("rows were\n%s\nand are\n%s", rows, after)
				}
				if after := db.query(`SELECT * FROM item ORDER BY 1`) + db.query(`SELECT * FROM soft ORDER BY 1`); after != children {
					t.Errorf("rows of children were\n%s\nand are\n%s", children, after)
				}
				if seq := db.query(`SELECT seq FROM sqlite_sequence WHERE name = 'order'`); seq != "9" {
					t.Errorf("the position of AUTOINCREMENT is %s, want 9", seq)
				}
				if left := db.query(`SELECT name FROM sqlite_schema WHERE name LIKE 'retort%' UNION ALL SELECT name FROM sqlite_sequence WHERE name LIKE 'retort%'`); left != "" {
					t.Errorf("left behind: %s", left)
				}
				if state := db.query("PRAGMA foreign_keys") + db.query("PRAGMA legacy_alter_table"); state != map[string]string{"ON": "10", "OFF": "00"}[enforced] {
					t.Errorf("foreign_keys and legacy_alter_table are %s", state)
				}
				if damage := db.query("PRAGMA integrity_check") + db.query("PRAGMA foreign_key_check"); damage != "ok" {
					t.Error(damage)
				}
				db.exec("PRAGMA foreign_keys = ON")
				behaves(t, db)
			})
		}
	}
}

// equalButForOrder compares two schemas, in which the order of triggers may differ.
func equalButForOrder(a, b string) bool {
	var left, right schema.Schema
	if json.Unmarshal([]byte(a), &left) != nil || json.Unmarshal([]byte(b), &right) != nil {
		return false
	}
	for _, s := range []*schema.Schema{&left, &right} {
		s.Triggers.Sort()
		s.Views.Sort()
		s.Unmodelled = nil
	}
	textA, _ := json.Marshal(&left)
	textB, _ := json.Marshal(&right)
	return string(textA) == string(textB)
}

// behaves checks by doing that the table still does all it did.
func behaves(t *testing.T, db *sqliteDB) {
	t.Helper()
	refused := func(what, statement string) {
		t.Helper()
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s: not refused any more", what)
		}
	}
	refused("unnamed check", `INSERT INTO "order" (sku, qty) VALUES ('n1', 0)`)
	refused("named check", `INSERT INTO "order" (sku, qty, price) VALUES ('n2', 1, -1)`)
	refused("collation of the unique column", `INSERT INTO "order" (sku, qty, price, region) VALUES ('ABC', 1, 1, 'EU')`)
	refused("foreign key", `INSERT INTO "order" (sku, qty, price, region) VALUES ('n3', 1, 1, 'XX')`)
	refused("partial unique index", `INSERT INTO "order" (sku, qty, price, note) VALUES ('n4', 1, 1, 'one'), ('n5', 1, 1, 'ONE')`)
	refused("foreign key of a child", `INSERT INTO item (order_id) VALUES (77)`)
	db.exec(`INSERT INTO "order" (sku, qty, price) VALUES ('after', 3, 2)`)
	if id := db.query(`SELECT id, total FROM "order" WHERE sku = 'AFTER'`); id != "10|6" {
		t.Errorf("id and generated column of a new row are %s, want 10|6", id)
	}
	if log := db.query(`SELECT what FROM log`); log != "insert after" {
		t.Errorf("the table's trigger wrote %q", log)
	}
	db.exec(`INSERT INTO item (order_id, note) VALUES (10, 'x')`)
	if qty := db.query(`SELECT qty FROM "order" WHERE id = 10`); qty != "4" {
		t.Errorf("the other table's trigger made qty %s, want 4", qty)
	}
	db.exec(`INSERT INTO big (sku) VALUES ('by view')`)
	if got := db.query(`SELECT qty FROM "order" WHERE sku = 'by view'`); got != "100" {
		t.Errorf("the trigger of the view wrote qty %q", got)
	}
	db.query(`SELECT * FROM big`)
	db.query(`SELECT * FROM bigger`)
	db.exec(`DELETE FROM "order" WHERE id = 1`)
	if left := db.query(`SELECT count(*) FROM item WHERE order_id = 1`) + db.query(`SELECT count(*) FROM soft WHERE order_id IS NULL`); left != "02" {
		t.Errorf("ON DELETE CASCADE and SET NULL left %s, want 02", left)
	}
}
