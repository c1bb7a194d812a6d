package online_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/online"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name             string
		copies           []online.Copy
		steps            func(m *op.Migration)
		expand, contract []string
		notes            []string
	}{
		{"new things", nil, func(m *op.Migration) {
			m.CreateTable("items", op.Column("id", "bigint").NotNull(), op.Column("order_id", "bigint").NotNull())
			m.AddConstraint("items", op.ForeignKey("order_id").Named("fk_items").References("orders", "id"))
			m.AddColumn("orders", op.Column("state", "text").NotNull().Default("'new'"))
			m.AddColumn("orders", op.Column("item_id", "bigint"))
			m.AddConstraint("orders", op.ForeignKey("item_id").Named("fk_item").References("items", "id"))
			m.AddConstraint("orders", op.Unique("item_id").Named("uq_item"))
			m.CreateIndex("ix", "orders", "user_id")
		}, []string{
			"create table items", "add foreign key fk_items on items (order_id) references orders", "add column orders.state text",
			"add column orders.item_id bigint", "add foreign key fk_item on orders (item_id) references items", "add unique uq_item on orders (item_id)",
			"create index ix on orders (user_id)",
		}, nil, nil},
		{"a column without a value", nil, func(m *op.Migration) { m.AddColumn("orders", op.Column("state", "text").NotNull()) },
			[]string{"add column orders.state text"}, []string{"alter column orders.state: NOT NULL"}, nil},
		{"a column with a backfill", nil, func(m *op.Migration) {
			m.AddColumn("orders", op.Column("state", "text"))
			m.Backfill("orders", "state", "'old'")
			m.AlterColumn("orders", "state").NotNull()
		}, []string{"add column orders.state text", "backfill orders: state = 'old'"},
			[]string{"backfill orders: state = 'old'", "alter column orders.state: NOT NULL"}, nil},
		{"things that go", nil, func(m *op.Migration) {
			m.DropIndex("ix_orders_total", "orders")
			m.DropColumn("orders", "user_id")
			m.AlterColumn("orders", "total").NoDefault()
			m.DropTable("users")
		}, nil, []string{"drop index ix_orders_total on orders", "drop column orders.user_id", "alter column orders.total: no default", "drop table users"}, nil},
		{"a NOT NULL column that goes", nil, func(m *op.Migration) { m.DropColumn("users", "name") },
			[]string{"alter column users.name: NULL"}, []string{"drop column users.name"}, []string{"phases-relax users.name"}},
		{"rules that go and come", nil, func(m *op.Migration) {
			m.DropConstraint("orders", op.UniqueConstraint, "uq_orders_note")
			m.AddConstraint("orders", op.Check("ck", "total >= 0"))
			m.AddConstraint("orders", op.ForeignKey("user_id").Named("fk").References("users", "id"))
			m.CreateIndex("ux", "orders", "total").Unique()
			m.AlterColumn("users", "name").Null()
		}, []string{"drop unique uq_orders_note on orders", "alter column users.name: NULL"}, []string{
			"add check ck on orders (total >= 0)", "add foreign key fk on orders (user_id) references users", "create unique index ux on orders (total)",
		}, nil},
		{"an index that is made anew", nil, func(m *op.Migration) {
			m.DropIndex("ix_orders_total", "orders")
			m.CreateIndex("ix_orders_total", "orders", "total", "note")
		}, nil, []string{"drop index ix_orders_total on orders", "create index ix_orders_total on orders (total, note)"}, nil},
		{"types", nil, func(m *op.Migration) {
			m.AlterColumn("orders", "note").Type("varchar(80)")
			m.AlterColumn("orders", "total").Type("text").Default("'0'").NotNull()
			m.AlterColumn("users", "id").Type("numeric(12,2)").Null()
		}, []string{"alter column orders.note: type varchar(80)", "alter column users.id: NULL"},
			[]string{"alter column orders.total: type text, default '0', NOT NULL", "alter column users.id: type numeric(12,2)"},
			[]string{"phases-type orders.total", "phases-type users.id"}},
		{"a generated column that is made anew", nil, func(m *op.Migration) {
			m.AddColumn("orders", op.Column("double", "bigint").GeneratedStored("total * 2"))
			m.DropColumn("orders", "double")
			m.AddColumn("orders", op.Column("double", "bigint").GeneratedStored("total * 3"))
			m.CreateIndex("ix", "orders", "double")
		}, nil, []string{
			"add column orders.double bigint", "drop column orders.double", "add column orders.double bigint", "create index ix on orders (double)",
		}, nil},
		{"a rename", []online.Copy{{Table: schema.Name{Name: "users"}, From: "name", To: "full_name"}}, func(m *op.Migration) {
			m.DropColumn("users", "name").MaybeRenamedTo("full_name")
			m.AddColumn("users", op.Column("full_name", "varchar(80)").NotNull().Default("''"))
			m.CreateIndex("ix", "users", "full_name")
		}, []string{
			"alter column users.name: NULL", "add column users.full_name varchar(80)", `backfill users: full_name = "name"`, "create index ix on users (full_name)",
		}, []string{
			`backfill users: full_name = COALESCE("name", '')`, "alter column users.full_name: default ''", "alter column users.full_name: NOT NULL", "drop column users.name",
		}, []string{"phases-copy users.name -> users.full_name"}},
		{"a renamed table", nil, func(m *op.Migration) {
			m.RenameTable("users", "people")
			m.RenameColumn("people", "email", "mail")
			m.AddColumn("people", op.Column("city", "text"))
			m.DropColumn("people", "name")
		}, []string{
			"rename table users to people", "rename column people.email to mail", "add column people.city text", "alter column people.name: NULL", "create view users",
		}, []string{"drop view users", "drop column people.name"}, []string{"phases-rename people.email", "phases-relax people.name", "phases-view users"}},
		{"a renamed table whose name is taken", nil, func(m *op.Migration) {
			m.RenameTable("users", "people")
			m.CreateTable("users", op.Column("id", "bigint"))
		}, []string{"rename table users to people", "create table users"}, nil, []string{"phases-rename users"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, err := op.Replay(shop(t, postgres), record(t, postgres, func(m *op.Migration) {
				m.AddColumn("users", op.Column("name", "varchar(80)").NotNull())
				m.AlterColumn("orders", "total").Default("0")
			}))
			if err != nil {
				t.Fatal(err)
			}
			operations := record(t, postgres, c.steps)
			parts, err := online.Split(before, operations, c.copies)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.expand, lines(parts.Expand)); diff != "" {
				t.Errorf("expand (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.contract, lines(parts.Contract)); diff != "" {
				t.Errorf("contract (-want +got):\n%s", diff)
			}
			var notes []string
			for _, note := range parts.Notes {
				notes = append(notes, note.ID+" "+note.Object)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			sameSchema(t, before, operations, append(parts.Expand, parts.Contract...))
		})
	}
}

// TestCopyBack gives the old column its values again, on the way back.
func TestCopyBack(t *testing.T) {
	before := shop(t, postgres)
	users := schema.Name{Name: "users"}
	parts, err := online.Split(before, record(t, postgres, func(m *op.Migration) {
		m.AddColumn("users", op.Column("address", "varchar(100)"))
		m.DropColumn("users", "email")
	}), []online.Copy{{Table: users, From: "email", To: "address"}})
	if err != nil {
		t.Fatal(err)
	}
	middle, err := op.Replay(before, parts.Expand)
	if err != nil {
		t.Fatal(err)
	}
	undo, err := op.Reverse(middle, parts.Contract)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"add column users.email varchar(100)", `backfill users: email = "address"`}
	if diff := cmp.Diff(want, lines(parts.CopyBack(schema.Postgres, undo))); diff != "" {
		t.Errorf("undo (-want +got):\n%s", diff)
	}
}

// TestShared marks what MySQL carries out online in the plans of the other engines too, for one line to serve all.
func TestShared(t *testing.T) {
	steps := func(m *op.Migration) {
		m.AddColumn("orders", op.Column("state", "varchar(10)"))
		m.CreateIndex("ix", "orders", "note")
		m.DropColumn("users", "email")
	}
	want := []string{"add column orders.state varchar(10) online", "create index ix on orders (note) concurrently", "drop column users.email online"}
	for _, server := range []schema.Server{postgres, mysql, mariadb, sqlite} {
		got, _, err := online.Rewrite(server, shop(t, server), record(t, server, steps), online.Options{Shared: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, lines(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", server, diff)
		}
	}
}
