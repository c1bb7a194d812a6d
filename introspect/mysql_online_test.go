package introspect_test

import (
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// onlineTables are tables that make the server choose between its algorithms.
var onlineTables = map[string]string{
	"plain": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, x text, PRIMARY KEY (id), KEY ix_b (b), KEY ix_w (w))`,
	"generated": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, x text, g int GENERATED ALWAYS AS (a + 1) VIRTUAL, s int GENERATED ALWAYS AS (a * 2) STORED,
		PRIMARY KEY (id), KEY ix_b (b), KEY ix_w (w))`,
	"fulltext": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, x text, PRIMARY KEY (id), KEY ix_b (b), KEY ix_w (w), FULLTEXT KEY ft (x))`,
	"compressed": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, x text, PRIMARY KEY (id), KEY ix_b (b), KEY ix_w (w)) ROW_FORMAT=COMPRESSED`,
	"keyless": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, x text, KEY ix_b (b), KEY ix_w (w))`,
	"keyless generated": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, x text, g int GENERATED ALWAYS AS (a + 1) VIRTUAL, KEY ix_b (b), KEY ix_w (w))`,
	"keyless stored": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, x text, g int GENERATED ALWAYS AS (a + 1) VIRTUAL, s int GENERATED ALWAYS AS (b + 1) STORED,
		KEY ix_b (b), KEY ix_w (w), KEY ix_g (g))`,
	"cascading": `CREATE TABLE t (id bigint NOT NULL, a int, b int NOT NULL DEFAULT 0, v varchar(20), w varchar(60), l varchar(20) CHARACTER SET latin1,
		e enum('x','y'), c char(36), p_id bigint, q_id bigint, x text, PRIMARY KEY (id), KEY ix_b (b), KEY ix_w (w),
		CONSTRAINT fk_q FOREIGN KEY (q_id) REFERENCES p (id) ON DELETE CASCADE)`,
}

func onlineChanges() []op.Operation {
	t := schema.Name{Name: "t"}
	add := func(column schema.Column, position op.Position) op.Operation {
		return &op.AddColumn{Table: t, Column: &column, Position: position}
	}
	alter := func(name string, to schema.Column, attributes ...op.Attribute) op.Operation {
		return &op.AlterColumn{Table: t, Name: name, Attributes: attributes, To: to}
	}
	drop := func(name string) op.Operation { return &op.DropColumn{Table: t, Name: name} }
	index := func(index schema.Index) op.Operation { return &op.CreateIndex{Table: t, Index: &index} }
	out := []op.Operation{
		add(schema.Column{Name: "n", Type: "int"}, op.Position{}),
		add(schema.Column{Name: "n", Type: "int"}, op.Position{First: true}),
		add(schema.Column{Name: "n", Type: "int"}, op.Position{After: "a"}),
		add(schema.Column{Name: "n", Type: "varchar(40)", NotNull: true, Default: "'x'"}, op.Position{}),
		add(schema.Column{Name: "n", Type: "timestamp", NotNull: true, Default: "current_timestamp"}, op.Position{}),
		add(schema.Column{Name: "n", Type: "bigint", NotNull: true}, op.Position{}),
		add(schema.Column{Name: "n", Type: "int", Generated: &schema.Generated{Expr: "b + 1"}}, op.Position{}),
		add(schema.Column{Name: "n", Type: "int", Generated: &schema.Generated{Expr: "b + 1", Stored: true}}, op.Position{}),
		drop("a"), drop("v"), drop("b"), drop("x"), drop("g"), drop("s"),
		alter("a", schema.Column{NotNull: true}, op.NotNullAttribute),
		alter("b", schema.Column{}, op.NotNullAttribute),
		alter("a", schema.Column{Default: "7"}, op.DefaultAttribute),
		alter("b", schema.Column{}, op.DefaultAttribute),
		alter("c", schema.Column{Default: "uuid()"}, op.DefaultAttribute),
		alter("a", schema.Column{Comment: "a number"}, op.CommentAttribute),
		alter("a", schema.Column{Comment: "a number", NotNull: true, Default: "1"}, op.CommentAttribute, op.NotNullAttribute, op.DefaultAttribute),
		alter("a", schema.Column{Type: "bigint"}, op.TypeAttribute),
		alter("v", schema.Column{Type: "varchar(50)"}, op.TypeAttribute),
		alter("v", schema.Column{Type: "varchar(300)"}, op.TypeAttribute),
		alter("v", schema.Column{Type: "varchar(10)"}, op.TypeAttribute),
		alter("w", schema.Column{Type: "varchar(63)"}, op.TypeAttribute),
		alter("w", schema.Column{Type: "varchar(300)"}, op.TypeAttribute),
		alter("l", schema.Column{Type: "varchar(255)"}, op.TypeAttribute),
		alter("l", schema.Column{Type: "varchar(256)"}, op.TypeAttribute),
		alter("e", schema.Column{Type: "enum('x','y','z')"}, op.TypeAttribute),
		alter("e", schema.Column{Type: "enum('x','z','y')"}, op.TypeAttribute),
		alter("v", schema.Column{Type: "text"}, op.TypeAttribute),
		alter("v", schema.Column{Collation: "utf8mb4_bin"}, op.CollationAttribute),
		alter("w", schema.Column{Collation: "utf8mb4_bin"}, op.CollationAttribute),
		index(schema.Index{Name: "ix", Parts: schema.Columns("a", "v")}),
		index(schema.Index{Name: "ix", Parts: schema.Columns("a"), Unique: true}),
		index(schema.Index{Name: "ix", Parts: schema.Columns("x"), Method: "fulltext"}),
		index(schema.Index{Name: "ix", Parts: []schema.IndexPart{{Expr: "a + 1"}}}),
		&op.DropIndex{Table: t, Name: "ix_b"},
		&op.AddConstraint{Table: t, Unique: &schema.Unique{Name: "u", Columns: []string{"a"}}},
		&op.AddConstraint{Table: t, PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}}},
		&op.AddConstraint{Table: t, ForeignKey: &schema.ForeignKey{Name: "f", Columns: []string{"p_id"}, RefTable: schema.Name{Name: "p"}, RefColumns: []string{"id"}}},
		&op.AddConstraint{Table: t, Check: &schema.Check{Name: "k", Expr: "a > 0"}},
	}
	return append(out, &op.AlterColumn{
		Table: t, Name: "a", Attributes: []op.Attribute{op.CommentAttribute}, To: schema.Column{Comment: "moved"}, Position: op.Position{First: true},
	})
}

// TestMySQLOnlineClauses gives every clause to the server, which must accept it, and asks the server to refuse what is
// said to have none.
func TestMySQLOnlineClauses(t *testing.T) {
	db := servertest.Open(t, servertest.MySQL(t))
	server, err := introspect.ServerOf(t.Context(), db, schema.MySQL)
	if err != nil {
		t.Fatal(err)
	}
	execute := func(query string) error {
		_, err := db.ExecContext(t.Context(), query)
		return err
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(execute("CREATE TABLE p (id bigint NOT NULL PRIMARY KEY)"))
	must(execute("INSERT INTO p VALUES (1)"))
	for name, create := range onlineTables {
		anew := func() {
			must(execute("DROP TABLE IF EXISTS t"))
			must(execute(create))
			must(execute("INSERT INTO t (id, a, b, v, p_id) VALUES (1, 1, 1, 'x', 1), (2, 2, 2, 'y', NULL)"))
		}
		anew()
		before, err := introspect.Read(t.Context(), db, schema.MySQL, introspect.Options{})
		must(err)
		for _, operation := range onlineChanges() {
			compiled, err := ddl.Compile(server, before, []op.Operation{operation})
			if err != nil {
				continue // the product has no such thing, or the table no such column
			}
			statement := compiled[0].SQL
			clause, obstacle := ddl.MySQLOnline(server, before, operation)
			asked := clause
			if asked == "" {
				asked = "LOCK=NONE"
			}
			err = execute(statement + ", " + asked)
			if err == nil {
				anew()
			}
			switch {
			case clause == "" && err == nil:
				t.Errorf("%s table on %s: %s is online, but is said not to be: %s", name, server, statement, obstacle)
			case clause != "" && err != nil && execute(statement) == nil:
				t.Errorf("%s table on %s: %s, %s: %v", name, server, statement, clause, err)
				anew()
			case clause == "" && !strings.Contains(err.Error(), "LOCK=NONE") && execute(statement) == nil:
				t.Errorf("%s table on %s: %s: %v", name, server, statement, err)
				anew()
			}
		}
	}
}
