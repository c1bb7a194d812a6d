// Package reviewtest makes the branches that the tests of reviews are about.
package reviewtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// Revision is a revision of a branch.
type Revision struct {
	ID, Message string
	Up, Down    func(m *op.Migration)
}

// Input records revisions on engines. Each revision is in a file of its own and follows the one before it.
func Input(t testing.TB, before func(m *op.Migration), dialects []schema.Dialect, revisions ...Revision) review.Input {
	t.Helper()
	in := review.Input{Lint: lint.Project{Ignore: ignored()}, Base: review.Base{Name: "main", Commit: "9f1c2ab04d1e5b7a3c6f8e9d0a1b2c3d4e5f6a7b"}}
	last := []string{"aaaa00000000"}
	for _, r := range revisions {
		in.Revisions = append(in.Revisions, review.Source{Meta: versions.Meta{
			ID: r.ID, Message: r.Message, Revises: last, File: "db/migrations/" + r.ID + ".go", Line: 12,
		}})
		last = []string{r.ID}
	}
	for _, dialect := range dialects {
		empty := schema.New(schema.Server{Dialect: dialect})
		start, err := op.Replay(empty, record(t, dialect, before))
		if err != nil {
			t.Fatal(err)
		}
		engine := review.Engine{Server: schema.Server{Dialect: dialect}, Before: start}
		after := start
		for _, r := range revisions {
			recorded := review.Recorded{Upgrade: record(t, dialect, r.Up), Downgrade: record(t, dialect, r.Down)}
			if r.Down == nil {
				recorded.Irreversible = "it has no Downgrade"
			}
			for i := range recorded.Upgrade {
				recorded.Places = append(recorded.Places, &op.Place{File: "db/migrations/" + r.ID + ".go", Line: 20 + i})
			}
			if after, err = op.Replay(after, recorded.Upgrade); err != nil {
				t.Fatal(err)
			}
			engine.Revisions = append(engine.Revisions, recorded)
		}
		engine.Models = declare(after)
		in.Engines = append(in.Engines, engine)
	}
	return in
}

// looked are the rules that these branches are looked through for. There are more, and their words are their own tests' business.
var looked = []string{"drop-column", "drop-table"}

func ignored() []string {
	var out []string
	for _, rule := range lint.Rules() {
		if !slices.Contains(looked, rule.ID) {
			out = append(out, rule.ID)
		}
	}
	return out
}

func record(t testing.TB, dialect schema.Dialect, do func(m *op.Migration)) []op.Operation {
	t.Helper()
	operations, err := op.Record(dialect, do)
	if err != nil {
		t.Fatal(err)
	}
	return operations
}

// declare says of each object where in the models it stands.
func declare(s *schema.Schema) *schema.Schema {
	out := s.Clone()
	line := 10
	for table := range out.Tables.All() {
		table.Origin = schema.Origin{Type: "models." + table.Name.Name, File: "models/" + table.Name.Name + ".go", Line: line}
		for i, column := range table.Columns {
			column.Origin = schema.Origin{Type: "models." + table.Name.Name, Field: column.Name, File: "models/" + table.Name.Name + ".go", Line: line + i + 1}
		}
		line += 7
	}
	return out
}

// All are the engines, in their usual order.
var All = []schema.Dialect{schema.Postgres, schema.MySQL, schema.SQLite}

// Shop is the schema that the branches start from.
func Shop(m *op.Migration) {
	m.CreateTable("customers",
		op.Column("id", "bigint").NotNull().Identity(), op.Column("email", "varchar(200)").NotNull(),
		op.Column("fullname", "varchar(120)").NotNull(), op.Column("city", "varchar(80)"), op.Column("country", "char(2)").NotNull().Default("'DE'"),
		op.PrimaryKey("id"), op.Unique("email").Named("customers_email_key"))
	m.CreateTable("orders",
		op.Column("id", "bigint").NotNull().Identity(), op.Column("customer_id", "bigint").NotNull(), op.Column("total", "numeric(12,2)"),
		op.Column("note", "text"), op.Column("placed_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}).NotNull(),
		op.PrimaryKey("id"), op.ForeignKey("customer_id").References("customers", "id").Named("orders_customer_id_fkey"))
	m.CreateIndex("ix_orders_customer_id", "orders", "customer_id")
	m.CreateTable("payments",
		op.Column("id", "bigint").NotNull().Identity(), op.Column("order_id", "bigint").NotNull(), op.Column("amount", "numeric(12,2)").NotNull(),
		op.PrimaryKey("id"), op.ForeignKey("order_id").References("orders", "id").Named("payments_order_id_fkey"))
	m.CreateTable("legacy_carts", op.Column("id", "bigint").NotNull(), op.Column("customer_id", "bigint"), op.PrimaryKey("id"),
		op.ForeignKey("customer_id").References("customers", "id").Named("legacy_carts_customer_id_fkey"))
}

// Branch is a branch of three revisions: one that only adds, one with a flagged rename, and one with hazards.
func Branch(t testing.TB, dialects ...schema.Dialect) review.Input {
	t.Helper()
	if dialects == nil {
		dialects = All
	}
	in := Input(t, Shop, dialects,
		Revision{"bbbb00000001", "add vouchers", func(m *op.Migration) {
			m.CreateTable("vouchers",
				op.Column("id", "bigint").NotNull().Identity(), op.Column("code", "varchar(40)").NotNull(), op.Column("order_id", "bigint"),
				op.PrimaryKey("id"), op.Unique("code").Named("vouchers_code_key"),
				op.ForeignKey("order_id").References("orders", "id").OnDelete("CASCADE").Named("vouchers_order_id_fkey"))
			m.AddColumn("customers", op.Column("phone", "varchar(32)"))
		}, func(m *op.Migration) {
			m.DropColumn("customers", "phone")
			m.DropTable("vouchers")
		}},
		Revision{"bbbb00000002", "split the name", func(m *op.Migration) {
			m.DropColumn("customers", "fullname").MaybeRenamedTo("full_name")
			m.AddColumn("customers", op.Column("full_name", "varchar(120)").NotNull().Default("''"))
		}, func(m *op.Migration) {
			m.DropColumn("customers", "full_name")
			m.AddColumn("customers", op.Column("fullname", "varchar(120)").NotNull().Default("''"))
			m.AlterColumn("customers", "fullname").NoDefault()
		}},
		Revision{"bbbb00000003", "orders have a total", func(m *op.Migration) {
			m.AlterColumn("orders", "total").Type("numeric(14,2)").NotNull()
			m.DropTable("legacy_carts")
			m.CreateIndex("ix_orders_placed_at", "orders", "placed_at")
		}, nil},
	)
	in.Uncommitted = []string{"db/migrations/bbbb00000003.go"}
	in.Revisions[2].Uncommitted = true
	in.Sizes = lint.Sizes{"customers": {Rows: 48_210, Bytes: 9_437_184}, "orders": {Rows: 1_204_331, Bytes: 230_686_720}, "legacy_carts": {Rows: 12, Bytes: 16_384}}
	in.SizesOf = "PostgreSQL 15.18"
	return in
}

// Wide is a branch that changes so many tables, each of which refers to two others.
func Wide(t testing.TB, tables int) review.Input {
	t.Helper()
	name := func(i int) string { return fmt.Sprintf("table_%02d", i) }
	before := func(m *op.Migration) {
		for i := range tables {
			elements := []op.TableElement{op.Column("id", "bigint").NotNull().Identity(), op.Column("title", "varchar(200)"), op.Column("state", "varchar(20)").NotNull(), op.PrimaryKey("id")}
			parents := []int{i / 3}
			if i/7 != i/3 {
				parents = append(parents, i/7)
			}
			for _, parent := range parents {
				if parent == i {
					continue
				}
				column := fmt.Sprintf("parent_%02d_id", parent)
				elements = append(elements, op.Column(column, "bigint"), op.ForeignKey(column).References(name(parent), "id").Named(name(i)+"_"+column+"_fkey"))
			}
			m.CreateTable(name(i), elements...)
		}
	}
	return Input(t, before, []schema.Dialect{schema.Postgres}, Revision{"cccc00000001", "touch everything", func(m *op.Migration) {
		for i := range tables {
			switch i % 3 {
			case 0:
				m.AddColumn(name(i), op.Column("archived_at", "timestamptz"))
			case 1:
				m.AlterColumn(name(i), "title").Type("text")
			default:
				m.CreateIndex("ix_"+name(i)+"_state", name(i), "state")
			}
		}
	}, func(m *op.Migration) {
		for i := range tables {
			switch i % 3 {
			case 0:
				m.DropColumn(name(i), "archived_at")
			case 1:
				m.AlterColumn(name(i), "title").Type("varchar(200)")
			default:
				m.DropIndex("ix_"+name(i)+"_state", name(i))
			}
		}
	}})
}
