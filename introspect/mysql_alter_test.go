package introspect_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// mysqlAlterCase is a change of the tables that mysqlAlterFixture makes.
type mysqlAlterCase struct {
	name       string
	operations []op.Operation
	// statements is how many statements it takes; 0 means any number.
	statements int
	only       schema.Flavor // "" for both
	onlyMySQL  bool
}

const mysqlAlterFixture = `
CREATE TABLE parent (id int NOT NULL, code varchar(10) NOT NULL, PRIMARY KEY (id), UNIQUE KEY uq_code (code));
CREATE TABLE child (
  id int NOT NULL AUTO_INCREMENT,
  parent_id int DEFAULT NULL,
  name varchar(20) NOT NULL DEFAULT 'it''s' COMMENT 'a \\ b',
  email varchar(40) COLLATE utf8mb4_bin DEFAULT NULL,
  amount decimal(10,2) DEFAULT 1.00,
  changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  maybe timestamp NULL DEFAULT NULL,
  data json DEFAULT NULL,
  twice decimal(11,2) GENERATED ALWAYS AS (amount + 2) STORED,
  virt int GENERATED ALWAYS AS (char_length(name)) VIRTUAL,
  PRIMARY KEY (id),
  UNIQUE KEY uq_two (name, amount),
  KEY ix_amount (amount),
  KEY ix_parent (parent_id, amount),
  CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE,
  CONSTRAINT ck_amount CHECK (amount > 0),
  CONSTRAINT ck_name CHECK (name <> 'x')
);
INSERT INTO parent VALUES (1, 'a');
INSERT INTO child (parent_id, name, email, amount) VALUES (1, 'one', 'o@x', 2), (1, 'two', NULL, 3);`

func child() schema.Name { return schema.Name{Name: "child"} }

func alterChild(column string, to schema.Column, attributes ...op.Attribute) *op.AlterColumn {
	return &op.AlterColumn{Table: child(), Name: column, Attributes: attributes, To: to}
}

func mysqlAlterCases() []mysqlAlterCase {
	return []mysqlAlterCase{
		{name: "type keeps the rest", statements: 3, operations: []op.Operation{
			alterChild("name", schema.Column{Type: "varchar(60)"}, op.TypeAttribute)}},
		{name: "collation survives", operations: []op.Operation{
			alterChild("email", schema.Column{Type: "varchar(80)", NotNull: false}, op.TypeAttribute)}},
		{name: "on update survives a comment", statements: 1, operations: []op.Operation{
			alterChild("changed", schema.Column{Comment: "when"}, op.CommentAttribute)}},
		{name: "literal default", statements: 1, operations: []op.Operation{
			alterChild("amount", schema.Column{Default: "7.50"}, op.DefaultAttribute)}},
		{name: "no default", statements: 1, operations: []op.Operation{
			alterChild("amount", schema.Column{}, op.DefaultAttribute)}},
		{name: "default of a NOT NULL column", operations: []op.Operation{
			alterChild("name", schema.Column{}, op.DefaultAttribute)}},
		{name: "time as default", statements: 1, operations: []op.Operation{
			alterChild("maybe", schema.Column{Default: "CURRENT_TIMESTAMP"}, op.DefaultAttribute)}},
		{name: "comment with quotes and backslash", statements: 3, operations: []op.Operation{
			alterChild("amount", schema.Column{Comment: `it's a \ "b"`}, op.CommentAttribute)}},
		{name: "two rebuilds in one", statements: 1, operations: []op.Operation{
			alterChild("amount", schema.Column{Type: "decimal(14,2)", NotNull: true}, op.TypeAttribute, op.NotNullAttribute),
			alterChild("data", schema.Column{Type: "longtext"}, op.TypeAttribute),
		}, onlyMySQL: true},
		{name: "instant change apart from index build", statements: 2, operations: []op.Operation{
			&op.AddColumn{Table: child(), Column: &schema.Column{Name: "extra", Type: "int"}},
			&op.CreateIndex{Table: child(), Index: &schema.Index{Name: "ix_extra", Parts: schema.Columns("extra")}},
		}},
		{name: "two new columns in one", statements: 1, operations: []op.Operation{
			&op.AddColumn{Table: child(), Column: &schema.Column{Name: "e1", Type: "int"}},
			&op.AddColumn{Table: child(), Column: &schema.Column{Name: "e2", Type: "json"}},
		}},
		{name: "batch", statements: 1, operations: []op.Operation{&op.Batch{Table: child(), Operations: []op.Operation{
			&op.AddColumn{Table: child(), Column: &schema.Column{Name: "e1", Type: "int"}, Position: op.Position{First: true}},
			&op.CreateIndex{Table: child(), Index: &schema.Index{Name: "ix_e1", Parts: schema.Columns("e1")}},
			&op.AddConstraint{Table: child(), Check: &schema.Check{Name: "ck_e1", Expr: "`e1` > 0"}},
		}}}},
		{name: "positions", operations: []op.Operation{
			&op.AddColumn{Table: child(), Column: &schema.Column{Name: "e1", Type: "int"}, Position: op.Position{After: "id"}},
			&op.AlterColumn{Table: child(), Name: "data", Position: op.Position{First: true}},
		}},
		{name: "drop column in a check and a unique key", operations: []op.Operation{
			&op.DropIndex{Table: child(), Name: "ix_amount"},
			&op.DropColumn{Table: child(), Name: "virt"},
			&op.DropColumn{Table: child(), Name: "name"},
		}},
		{name: "rename column in a check", operations: []op.Operation{
			&op.DropColumn{Table: child(), Name: "virt"},
			&op.RenameColumn{Table: child(), From: "name", To: "na`me"},
		}},
		{name: "index made anew", statements: 1, operations: []op.Operation{
			&op.DropIndex{Table: child(), Name: "ix_amount"},
			&op.CreateIndex{Table: child(), Index: &schema.Index{Name: "ix_amount", Parts: []schema.IndexPart{{Column: "amount", Desc: true}}}},
		}},
		{name: "unique made anew", statements: 1, operations: []op.Operation{
			&op.DropConstraint{Table: child(), Type: op.UniqueConstraint, Name: "uq_two"},
			&op.AddConstraint{Table: child(), Unique: &schema.Unique{Name: "uq_two", Columns: []string{"name"}}},
		}},
		{name: "check made anew", statements: 1, operations: []op.Operation{
			&op.DropConstraint{Table: child(), Type: op.CheckConstraint, Name: "ck_amount"},
			&op.AddConstraint{Table: child(), Check: &schema.Check{Name: "ck_amount", Expr: "`amount` > 1"}},
		}},
		{name: "foreign key made anew", statements: 2, operations: []op.Operation{
			&op.DropConstraint{Table: child(), Type: op.ForeignKeyConstraint, Name: "fk_parent"},
			&op.AddConstraint{Table: child(), ForeignKey: &schema.ForeignKey{Name: "fk_parent", Columns: []string{"parent_id"},
				RefTable: schema.Name{Name: "parent"}, RefColumns: []string{"id"}, OnDelete: schema.SetNull}},
		}},
		{name: "foreign key and its own index come and go", operations: []op.Operation{
			&op.DropConstraint{Table: child(), Type: op.ForeignKeyConstraint, Name: "fk_parent"},
			&op.DropIndex{Table: child(), Name: "ix_parent"},
			&op.AddConstraint{Table: child(), ForeignKey: &schema.ForeignKey{Name: "fk_again", Columns: []string{"parent_id"},
				RefTable: schema.Name{Name: "parent"}, RefColumns: []string{"id"}}},
			&op.DropConstraint{Table: child(), Type: op.ForeignKeyConstraint, Name: "fk_again"},
		}},
		{name: "primary key", statements: 1, operations: []op.Operation{
			&op.DropConstraint{Table: child(), Type: op.PrimaryKeyConstraint},
			&op.AddConstraint{Table: child(), PrimaryKey: &schema.PrimaryKey{Columns: []string{"id", "name"}}},
		}},
		{name: "renames", operations: []op.Operation{
			&op.RenameConstraint{Table: child(), Type: op.UniqueConstraint, From: "uq_two", To: "uq_2"},
			&op.RenameConstraint{Table: child(), Type: op.CheckConstraint, From: "ck_amount", To: "ck_a"},
			&op.RenameConstraint{Table: child(), Type: op.ForeignKeyConstraint, From: "fk_parent", To: "fk_p"},
			&op.RenameIndex{Table: child(), From: "ix_amount", To: "ix_a"},
			&op.RenameTable{From: child(), To: schema.Name{Name: "kid"}},
		}},
		{name: "stored expression", operations: []op.Operation{
			alterChild("twice", schema.Column{Generated: &schema.Generated{Expr: "`amount` + 3", Stored: true}}, op.GeneratedAttribute)}},
		{name: "virtual to stored", operations: []op.Operation{
			alterChild("virt", schema.Column{Generated: &schema.Generated{Expr: "char_length(`name`)", Stored: true}}, op.GeneratedAttribute)}},
		{name: "table options", operations: []op.Operation{
			&op.AlterTable{Name: child(), Comment: new(`it's "x"`), Set: schema.Options{{Key: schema.OptionRowFormat, Value: "COMPACT"}}}}},
		{name: "charset of the table and its columns", operations: []op.Operation{
			&op.AlterTable{Name: schema.Name{Name: "parent"}, Set: schema.Options{
				{Key: schema.OptionCharset, Value: "latin1"}, {Key: schema.OptionCollation, Value: "latin1_general_ci"}}}}},
		{name: "not enforced", onlyMySQL: true, operations: []op.Operation{
			&op.AddConstraint{Table: child(), Check: &schema.Check{Name: "ck_off", Expr: "`amount` < 0", NoEnforce: true}}}},
		{name: "column check", only: schema.MariaDB, operations: []op.Operation{
			&op.AddConstraint{Table: child(), Check: &schema.Check{Name: "amount", Expr: "`amount` < 99", Options: schema.Options{{Key: schema.OptionColumn, Value: "amount"}}}},
			alterChild("amount", schema.Column{Comment: "c"}, op.CommentAttribute),
			&op.DropConstraint{Table: child(), Type: op.CheckConstraint, Name: "amount"},
		}},
	}
}

// TestMySQLAlter runs changes on a server and compares what is read afterwards with what the operations promise.
func TestMySQLAlter(t *testing.T) {
	for _, c := range mysqlAlterCases() {
		t.Run(c.name, func(t *testing.T) {
			db := openMySQL(t)
			flavor, _ := servertest.MySQLFlavor(t, db.DB)
			if c.only != "" && string(c.only) != flavor || c.onlyMySQL && flavor != "mysql" {
				return
			}
			for _, statement := range splitMySQL(mysqlAlterFixture) {
				execMySQL(t, db, statement)
			}
			before := readMySQL(t, db)
			statements, err := ddl.Compile(before.Server, before, c.operations)
			if err != nil {
				t.Fatal(err)
			}
			if c.statements > 0 && len(statements) != c.statements {
				t.Errorf("%d statements, want %d", len(statements), c.statements)
			}
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for _, statement := range statements {
				t.Log(statement.SQL)
				if _, err := conn.ExecContext(t.Context(), statement.SQL, statement.Args...); err != nil {
					t.Fatal(err)
				}
			}
			want, err := op.Replay(before, c.operations)
			if err != nil {
				t.Fatal(err)
			}
			got := readMySQL(t, db)
			if diff := cmp.Diff(sorted(want), sorted(got), compareSchemas, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the database is not what the operations promise (-promised +read):\n%s", diff)
			}
		})
	}
}

func execMySQL(t testing.TB, db *introspect.Database, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// sorted brings the parts of tables in the reader's order and leaves implicit indexes out, which operations do not know.
func sorted(s *schema.Schema) *schema.Schema {
	s = s.Clone()
	s.Tables.Sort()
	for table := range s.Tables.All() {
		table.Indexes = slices.DeleteFunc(table.Indexes, func(index *schema.Index) bool { return index.Implicit })
		slices.SortFunc(table.Indexes, func(a, b *schema.Index) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(table.Uniques, func(a, b *schema.Unique) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(table.ForeignKeys, func(a, b *schema.ForeignKey) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(table.Checks, func(a, b *schema.Check) int { return strings.Compare(a.Name, b.Name) })
		if len(table.Options) == 0 {
			table.Options = nil
		}
	}
	return s
}
