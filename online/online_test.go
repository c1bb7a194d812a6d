package online_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/online"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var (
	postgres = schema.Server{Dialect: schema.Postgres, Version: schema.Version{Major: 15}}
	mysql    = schema.Server{Dialect: schema.MySQL, Version: schema.Version{Major: 9, Minor: 7}}
	mariadb  = schema.Server{Dialect: schema.MySQL, Flavor: schema.MariaDB, Version: schema.Version{Major: 10, Minor: 11}}
	sqlite   = schema.Server{Dialect: schema.SQLite}
)

func record(t *testing.T, server schema.Server, steps func(*op.Migration)) []op.Operation {
	t.Helper()
	operations, err := op.Record(server.Dialect, steps)
	if err != nil {
		t.Fatal(err)
	}
	return operations
}

// shop is the schema that the cases start from.
func shop(t *testing.T, server schema.Server) *schema.Schema {
	t.Helper()
	s, err := op.Replay(schema.New(server), record(t, server, func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "bigint").NotNull(), op.Column("email", "varchar(100)"), op.PrimaryKey("id"))
		m.CreateTable("orders", op.Column("id", "bigint").NotNull(), op.Column("user_id", "bigint"), op.Column("total", "bigint"),
			op.Column("note", "varchar(40)"), op.PrimaryKey("id"), op.Unique("note").Named("uq_orders_note"))
		m.CreateIndex("ix_orders_total", "orders", "total")
	}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lines describes operations, with the marks that their descriptions leave out.
func lines(operations []op.Operation) []string {
	var out []string
	for _, operation := range operations {
		line := operation.String()
		switch o := operation.(type) {
		case *op.Batch:
			for _, inner := range lines(o.Operations) {
				line += " | " + inner
			}
		case *op.CreateIndex:
			if o.Concurrently {
				line += " concurrently"
			}
		case *op.DropIndex:
			if o.Concurrently {
				line += " concurrently"
			}
		case *op.AddColumn:
			if o.Online {
				line += " online"
			}
		case *op.DropColumn:
			if o.Online {
				line += " online"
			}
		case *op.AlterColumn:
			if o.Online {
				line += " online"
			}
		case *op.AddConstraint:
			if o.UsingIndex != "" {
				line += " using index " + o.UsingIndex
			}
			if o.Online {
				line += " online"
			}
			if o.Check != nil && o.Check.NotValid || o.ForeignKey != nil && o.ForeignKey.NotValid {
				line += " not valid"
			}
		}
		out = append(out, line)
	}
	return out
}

func TestRewrite(t *testing.T) {
	for _, c := range []struct {
		name   string
		server schema.Server
		steps  func(m *op.Migration)
		want   []string
		notes  []string // "id object"
	}{
		{"an index", postgres, func(m *op.Migration) { m.CreateIndex("ix", "orders", "note") },
			[]string{"create index ix on orders (note) concurrently"}, []string{"online-index ix"}},
		{"an index that is dropped", postgres, func(m *op.Migration) { m.DropIndex("ix_orders_total", "orders") },
			[]string{"drop index ix_orders_total on orders concurrently"}, []string{"online-index ix_orders_total"}},
		{"an index that is made anew", postgres, func(m *op.Migration) {
			m.DropIndex("ix_orders_total", "orders")
			m.CreateIndex("ix_orders_total", "orders", "total", "note")
		}, []string{
			"rename index ix_orders_total on orders to ix_orders_total_old",
			"create index ix_orders_total on orders (total, note) concurrently",
			"drop index ix_orders_total_old on orders concurrently",
		}, []string{"online-replace ix_orders_total"}},
		{"an index that is made anew for another type", postgres, func(m *op.Migration) {
			m.DropIndex("ix_orders_total", "orders")
			m.AlterColumn("orders", "total").Type("numeric(12,2)")
			m.CreateIndex("ix_orders_total", "orders", "total", "note")
		}, []string{
			"drop index ix_orders_total on orders concurrently",
			"alter column orders.total: type numeric(12,2)",
			"create index ix_orders_total on orders (total, note) concurrently",
		}, []string{"online-index ix_orders_total", "not-online orders.total", "online-index ix_orders_total"}},
		{"a new table", postgres, func(m *op.Migration) {
			m.CreateTable("items", op.Column("id", "bigint").NotNull(), op.Column("order_id", "bigint"))
			m.CreateIndex("ix_items", "items", "order_id")
			m.AddConstraint("items", op.ForeignKey("order_id").Named("fk_items").References("orders", "id"))
		}, []string{
			"create table items", "create index ix_items on items (order_id)", "add foreign key fk_items on items (order_id) references orders",
		}, nil},
		{"a foreign key", postgres, func(m *op.Migration) {
			m.AddConstraint("orders", op.ForeignKey("user_id").Named("fk").References("users", "id"))
		}, []string{"add foreign key fk on orders (user_id) references users not valid", "validate foreign key fk on orders"}, []string{"online-check fk"}},
		{"a check", postgres, func(m *op.Migration) { m.AddConstraint("orders", op.Check("ck", "total >= 0")) },
			[]string{"add check ck on orders (total >= 0) not valid", "validate check ck on orders"}, []string{"online-check ck"}},
		{"a check without a name", postgres, func(m *op.Migration) { m.AddConstraint("orders", op.Check("", "total >= 0")) },
			[]string{"add check on orders (total >= 0)"}, []string{"not-online orders"}},
		{"a unique constraint", postgres, func(m *op.Migration) { m.AddConstraint("users", op.Unique("email").Named("uq")) },
			[]string{"create unique index uq on users (email) concurrently", "add unique uq on users (email) using index uq"}, []string{"online-key uq"}},
		{"a unique constraint that is made anew", postgres, func(m *op.Migration) {
			m.DropConstraint("orders", op.UniqueConstraint, "uq_orders_note")
			m.AddConstraint("orders", op.Unique("note", "user_id").Named("uq_orders_note"))
		}, []string{
			"rename unique uq_orders_note on orders to uq_orders_note_old",
			"create unique index uq_orders_note on orders (note, user_id) concurrently",
			"add unique uq_orders_note on orders (note, user_id) using index uq_orders_note",
			"drop unique uq_orders_note_old on orders",
		}, []string{"online-replace uq_orders_note"}},
		{"a primary key of a column that allows NULL", postgres, func(m *op.Migration) {
			m.DropConstraint("orders", op.PrimaryKeyConstraint, "")
			m.AddConstraint("orders", op.PrimaryKey("total").Named("pk"))
		}, []string{
			"drop primary key on orders",
			`add check orders_total_is_not_null on orders ("total" IS NOT NULL) not valid`, "validate check orders_total_is_not_null on orders",
			"alter column orders.total: NOT NULL", "drop check orders_total_is_not_null on orders",
			"create unique index pk on orders (total) concurrently", "add primary key pk on orders (total) using index pk",
		}, []string{"online-not-null orders.total", "online-key pk"}},
		{"NOT NULL with rows to fill", postgres, func(m *op.Migration) {
			m.Backfill("orders", "note", "'none'")
			m.AlterColumn("orders", "note").Default("''").NotNull()
		}, []string{
			"backfill orders: note = 'none'",
			"alter column orders.note: default ''",
			`add check orders_note_is_not_null on orders ("note" IS NOT NULL) not valid`,
			"backfill orders: note = 'none'",
			"validate check orders_note_is_not_null on orders", "alter column orders.note: NOT NULL", "drop check orders_note_is_not_null on orders",
		}, []string{"online-not-null orders.note"}},
		{"NOT NULL that a check has proved", postgres, func(m *op.Migration) {
			m.AddConstraint("orders", op.Check("here", "(note) IS NOT NULL"))
			m.AlterColumn("orders", "note").NotNull()
		}, []string{
			"add check here on orders ((note) IS NOT NULL) not valid", "validate check here on orders", "alter column orders.note: NOT NULL",
		}, []string{"online-check here"}},
		{"a default for each row", postgres, func(m *op.Migration) {
			m.AddColumn("orders", op.Column("token", "double precision").NotNull().Default("random()"))
		}, []string{
			"add column orders.token double precision", "alter column orders.token: default random()", "backfill orders: token = random()",
			`add check orders_token_is_not_null on orders ("token" IS NOT NULL) not valid`, "validate check orders_token_is_not_null on orders",
			"alter column orders.token: NOT NULL", "drop check orders_token_is_not_null on orders",
		}, []string{"online-default orders.token", "online-not-null orders.token"}},
		{"a constant default", postgres, func(m *op.Migration) {
			m.AddColumn("orders", op.Column("state", "text").NotNull().Default("'new'"))
		}, []string{"add column orders.state text"}, nil},
		{"a type that is stored in another way", postgres, func(m *op.Migration) { m.AlterColumn("orders", "total").Type("numeric") },
			[]string{"alter column orders.total: type numeric"}, []string{"not-online orders.total"}},
		{"a batch", postgres, func(m *op.Migration) {
			m.BatchAlterTable("orders", func(t *op.Table) {
				t.AddColumn(op.Column("a", "text"))
				t.DropColumn("note")
				t.AddConstraint(op.Check("ck", "total >= 0"))
				t.AddColumn(op.Column("b", "text"))
			})
		}, []string{
			"alter table orders in one go (2 changes) | add column orders.a text | drop column orders.note",
			"add check ck on orders (total >= 0) not valid", "validate check ck on orders",
			"alter table orders in one go (1 changes) | add column orders.b text",
		}, []string{"online-check ck"}},

		{"MySQL", mysql, func(m *op.Migration) {
			m.AddColumn("orders", op.Column("state", "varchar(10)").NotNull().Default("'new'"))
			m.AlterColumn("orders", "note").NotNull()
			m.CreateIndex("ix", "orders", "note")
			m.AddConstraint("orders", op.ForeignKey("user_id").Named("fk").References("users", "id"))
			m.DropColumn("orders", "total")
		}, []string{
			"add column orders.state varchar(10) online", "alter column orders.note: NOT NULL online",
			"create index ix on orders (note) concurrently", "add foreign key fk on orders (user_id) references users online", "drop column orders.total online",
		}, []string{"online-algorithm orders.state", "online-algorithm orders.note", "online-algorithm ix", "not-online fk", "online-algorithm orders.total"}},
		{"a default for each row on MariaDB", mariadb, func(m *op.Migration) {
			m.AddColumn("orders", op.Column("token", "char(36)").NotNull().Default("uuid()"))
		}, []string{
			"add column orders.token char(36) online", "alter column orders.token: default uuid() online",
			"backfill orders: token = uuid()", "alter column orders.token: NOT NULL online",
		}, []string{"online-default orders.token"}},
		{"another primary key on MariaDB", mariadb, func(m *op.Migration) {
			m.DropConstraint("orders", op.PrimaryKeyConstraint, "")
			m.AddConstraint("orders", op.PrimaryKey("id", "total"))
		}, []string{"drop primary key on orders", "add primary key on orders (id, total)"}, []string{"not-online orders"}},
		{"SQLite", sqlite, func(m *op.Migration) {
			m.AddColumn("orders", op.Column("state", "text"))
			m.CreateIndex("ix", "orders", "state")
		}, []string{"add column orders.state text", "create index ix on orders (state)"}, []string{"online-not-needed "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := shop(t, c.server)
			operations := record(t, c.server, c.steps)
			got, notes, err := online.Rewrite(c.server, before, operations, online.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(got)); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
			var ids []string
			for _, note := range notes {
				ids = append(ids, note.ID+" "+note.Object)
				if note.Text == "" || note.Blocks != (note.ID == online.NotOnline) || note.Blocks && note.Way == "" {
					t.Errorf("note %+v", note)
				}
			}
			if diff := cmp.Diff(c.notes, ids); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			sameSchema(t, before, operations, got)
			if diff := cmp.Diff(text(t, shop(t, c.server)), text(t, before)); diff != "" {
				t.Errorf("the schema before was changed:\n%s", diff)
			}
		})
	}
}

// sameSchema replays both lists, which have to lead to the same schema, whatever the order of its parts.
func sameSchema(t *testing.T, before *schema.Schema, want, got []op.Operation) {
	t.Helper()
	one, err := op.Replay(before, want)
	if err != nil {
		t.Fatal(err)
	}
	other, err := op.Replay(before, got)
	if err != nil {
		t.Fatalf("the rewritten operations do not fit: %v\n%s", err, strings.Join(lines(got), "\n"))
	}
	if diff := cmp.Diff(text(t, one), text(t, other)); diff != "" {
		t.Errorf("the schema afterwards (-plain +rewritten):\n%s", diff)
	}
}

// text returns a schema as JSON, with the parts of tables in the order of their names.
func text(t *testing.T, s *schema.Schema) string {
	t.Helper()
	s = s.Clone()
	for table := range s.Tables.All() {
		slices.SortFunc(table.Indexes, func(a, b *schema.Index) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(table.Uniques, func(a, b *schema.Unique) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(table.Checks, func(a, b *schema.Check) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(table.ForeignKeys, func(a, b *schema.ForeignKey) int { return strings.Compare(a.Name, b.Name) })
		slices.SortFunc(table.Columns, func(a, b *schema.Column) int { return strings.Compare(a.Name, b.Name) })
	}
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
