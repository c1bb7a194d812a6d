package ddl_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestSQLiteRandomAlterations runs random alterations on a table with rows, children, a view and a trigger, and expects of
// all that succeed: the schema that the operations predict, every row, every child.
func TestSQLiteRandomAlterations(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		db := newSQLite(t,
			`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, "c 0" TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE, c1 INT CHECK (c1 < 1000), c2 REAL, c3)`,
			`CREATE TABLE child (t INT REFERENCES t ON DELETE CASCADE)`,
			`INSERT INTO t ("c 0", c1, c2, c3) VALUES ('a', 1, 1.5, x'00'), ('b', 2, NULL, 'z')`,
			`INSERT INTO child VALUES (1), (2)`,
			`CREATE VIEW v AS SELECT id FROM t`,
			`CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO child VALUES (new.id); END`)
		defer db.Close()
		before := db.read()
		g := &alterationGenerator{T: r, state: before.Clone()}
		var operations []op.Operation
		for range rapid.IntRange(1, 6).Draw(r, "number of operations") {
			operation := g.next()
			if err := operation.Apply(g.state); err != nil {
				r.Fatalf("%s: %v", operation, err)
			}
			operations = append(operations, operation)
		}
		ids := db.query("SELECT id FROM t ORDER BY id")
		statements, err := ddl.Compile(before.Server, before, operations)
		if err != nil {
			r.Fatal(err)
		}
		if err := runSQLite(db.DB, statements); err != nil {
			r.Fatalf("%v\n%s", err, script(statements))
		}
		if got := db.query("SELECT id FROM t ORDER BY id"); got != ids {
			r.Fatalf("rows are %s, were %s\n%s", got, ids, script(statements))
		}
		if got := db.query("SELECT t FROM child ORDER BY 1"); got != "1 2" {
			r.Fatalf("children are %s\n%s", got, script(statements))
		}
		if difference := differs(g.state, db.read()); difference != "" {
			r.Fatalf("%s\n%s", difference, script(statements))
		}
		db.exec("INSERT INTO t DEFAULT VALUES")
		if got := db.query("SELECT max(t) FROM child"); got != "3" {
			r.Fatalf("the trigger wrote %s, want 3\n%s", got, script(statements))
		}
	})
}

// alterationGenerator draws operations that succeed on the rows of the test.
type alterationGenerator struct {
	*rapid.T
	state *schema.Schema
	count int
}

func (g *alterationGenerator) table() *schema.Table { return g.state.Table(table("t")) }

func (g *alterationGenerator) fresh(prefix string) string {
	g.count++
	return fmt.Sprintf("%s %d", prefix, g.count)
}

// column draws a column that is not the key.
func (g *alterationGenerator) column() *schema.Column {
	return rapid.SampledFrom(g.table().Columns[1:]).Draw(g.T, "column")
}

func (g *alterationGenerator) next() op.Operation {
	name := table("t")
	kind := rapid.IntRange(0, 10).Draw(g.T, "kind")
	if len(g.table().Columns) < 4 && kind == 1 {
		kind = 0
	}
	switch kind {
	case 0:
		column := &schema.Column{Name: g.fresh("n"), Type: rapid.SampledFrom([]string{"", "TEXT", "INT", "BLOB"}).Draw(g.T, "type")}
		column.Default = rapid.SampledFrom([]string{"", "1", "-1", "'x'", "1 + 1", "CURRENT_DATE", "NULL"}).Draw(g.T, "default")
		column.NotNull = column.Default != "" && column.Default != "NULL" && rapid.Bool().Draw(g.T, "not null")
		return &op.AddColumn{Table: name, Column: column}
	case 1:
		return &op.DropColumn{Table: name, Name: g.column().Name}
	case 2:
		to := g.fresh("r")
		for _, freed := range []string{"c 0", "c1", "c2"} {
			if g.table().Column(freed) == nil {
				to = freed
			}
		}
		return &op.RenameColumn{Table: name, From: g.column().Name, To: to}
	case 3:
		column := g.column()
		alter := &op.AlterColumn{Table: name, Name: column.Name, Attributes: []op.Attribute{op.DefaultAttribute}}
		if column.Generated == nil {
			alter.To.Default = rapid.SampledFrom([]string{"7", "abs(-7)"}).Draw(g.T, "default")
		}
		return alter
	case 4:
		return &op.AlterColumn{Table: name, Name: g.column().Name, Attributes: []op.Attribute{op.CollationAttribute},
			To: schema.Column{Collation: rapid.SampledFrom([]string{"", "NOCASE", "RTRIM"}).Draw(g.T, "collation")}}
	case 5:
		return &op.AddConstraint{Table: name, Check: &schema.Check{Name: g.fresh("ck"), Expr: g.quoted() + " IS NOT 'never'"}}
	case 6:
		return &op.AddConstraint{Table: name, Unique: &schema.Unique{Name: g.fresh("uq"), Columns: []string{g.column().Name, "id"}}}
	case 7:
		return &op.CreateIndex{Table: name, Index: &schema.Index{Name: g.fresh("ix"), Parts: []schema.IndexPart{
			{Column: g.column().Name, Desc: true}, {Expr: "coalesce(" + g.quoted() + ", 1)"}}, Where: g.quoted() + " IS NOT NULL"}}
	case 8:
		return &op.AddColumn{Table: name, Column: &schema.Column{Name: g.fresh("g"), Generated: &schema.Generated{Expr: "id * 2", Stored: rapid.Bool().Draw(g.T, "stored")}}}
	case 9:
		if indexes := g.table().Indexes; len(indexes) > 0 {
			return &op.DropIndex{Table: name, Name: rapid.SampledFrom(indexes).Draw(g.T, "index").Name}
		}
	case 10:
		if checks := g.table().Checks; len(checks) > 0 {
			check := rapid.SampledFrom(checks).Draw(g.T, "check")
			return &op.DropConstraint{Table: name, Type: op.CheckConstraint, Name: check.Name, Definition: &op.AddConstraint{Check: check}}
		}
	}
	return &op.AddColumn{Table: name, Column: &schema.Column{Name: g.fresh("n")}}
}

func (g *alterationGenerator) quoted() string { return ddl.Quote(schema.SQLite, g.column().Name) }

// differs compares table t of two schemas, expressions by their meaning.
func differs(want, got *schema.Schema) string {
	canon := func(s *schema.Schema) string {
		table := s.Table(table("t")).Clone()
		expression := func(text string) string {
			return strings.NewReplacer(`"`, "", "(", "", ")", "").Replace(strings.ToLower(text))
		}
		var out strings.Builder
		for _, c := range table.Columns {
			def := expression(c.Default)
			if def == "null" {
				def = ""
			}
			generated := ""
			if c.Generated != nil {
				generated = fmt.Sprint(expression(c.Generated.Expr), c.Generated.Stored)
			}
			fmt.Fprintln(&out, "column", c.Name, c.Type, c.NotNull, def, c.Collation, generated, c.Identity != nil)
		}
		fmt.Fprintln(&out, "key", table.PrimaryKey.Columns)
		for _, u := range table.Uniques {
			fmt.Fprintln(&out, "unique", u.Name, u.Columns)
		}
		for _, c := range table.Checks {
			fmt.Fprintln(&out, "check", c.Name, expression(c.Expr))
		}
		for _, i := range table.Indexes {
			fmt.Fprint(&out, "index ", i.Name, expression(i.Where))
			for _, part := range i.Parts {
				fmt.Fprint(&out, " ", part.Column, expression(part.Expr), part.Desc)
			}
			fmt.Fprintln(&out)
		}
		return out.String()
	}
	if a, b := canon(want), canon(got); a != b {
		return firstDifference(a, b)
	}
	return ""
}
