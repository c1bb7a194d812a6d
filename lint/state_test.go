package lint_test

import (
	"slices"
	"testing"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestStateInHand tries what depends on the schema before a step, on the steps before it, on the server's version or on
// the sizes of tables: the rules that report, without those that are only good to know.
func TestStateInHand(t *testing.T) {
	postgres := schema.Server{Dialect: schema.Postgres}
	mysql := schema.Server{Dialect: schema.MySQL}
	for _, c := range []struct {
		name   string
		server schema.Server
		sizes  lint.Sizes
		steps  func(m *op.Migration)
		want   []string
	}{
		{
			name: "everything about a new table", server: postgres,
			steps: func(m *op.Migration) {
				m.CreateTable("notes", op.Column("id", "bigint").NotNull().Identity(), op.Column("text", "text"), op.PrimaryKey("id"))
				m.CreateIndex("ix_notes_text", "notes", "text")
				m.AlterColumn("notes", "text").NotNull()
				m.AddConstraint("notes", op.Check("notes_text_check", "text <> ''"))
				m.AddColumn("notes", op.Column("token", "uuid").NotNull().Default("gen_random_uuid()"))
				m.RenameColumn("notes", "text", "body")
				m.DropColumn("notes", "token")
			},
		},
		{
			name: "a foreign key of a new table", server: postgres,
			steps: func(m *op.Migration) {
				m.CreateTable("notes", op.Column("user_id", "bigint").NotNull(), op.PrimaryKey("user_id"),
					op.ForeignKey("user_id").References("users", "id").Named("fk"))
			},
		},
		{
			name: "a new column", server: postgres,
			steps: func(m *op.Migration) {
				m.AddColumn("users", op.Column("plan", "text").NotNull().Default("'free'"))
				m.AddColumn("users", op.Column("seen_at", "timestamptz").Default("now()"))
				m.RenameColumn("users", "plan", "tier")
				m.DropColumn("users", "tier")
			},
		},
		{name: "wider types", server: postgres, steps: func(m *op.Migration) {
			m.AlterColumn("users", "name").Type("varchar(80)")
			m.AlterColumn("users", "phone").Type("text")
			m.AlterColumn("orders", "total").Type("numeric(20,2)")
		}},
		{name: "an index of text that is longer than before", server: mysql, steps: func(m *op.Migration) {
			m.AlterColumn("users", "phone").Type("varchar(100)")
		}, want: []string{"change-type-rewrites"}}, // latin1 or utf8mb4: nobody said
		{
			name: "not null behind a valid check", server: postgres,
			steps: func(m *op.Migration) {
				m.AddConstraint("users", op.Check("c", "phone IS NOT NULL").NotValid())
				m.ValidateConstraint("users", op.CheckConstraint, "c")
				m.AlterColumn("users", "phone").NotNull()
			},
		},
		{
			name: "not null behind a check that nobody validated", server: postgres,
			steps: func(m *op.Migration) {
				m.AddConstraint("users", op.Check("c", "phone IS NOT NULL").NotValid())
				m.AlterColumn("users", "phone").NotNull()
			},
			want: []string{"set-not-null-scans", "set-not-null"},
		},
		{
			name: "a column in the middle, before it was instant", server: schema.Server{Dialect: schema.MySQL, Version: schema.Version{Major: 8, Patch: 20}},
			steps: func(m *op.Migration) { m.AddColumn("users", op.Column("plan", "text")).After("name") },
			want:  []string{"add-column-rewrites"},
		},
		{
			name: "a column in the middle, afterwards", server: schema.Server{Dialect: schema.MySQL, Version: schema.Version{Major: 8, Patch: 36}},
			steps: func(m *op.Migration) { m.AddColumn("users", op.Column("plan", "text")).After("name") },
		},
		{
			name: "a foreign key on a MariaDB that copies online", server: schema.Server{Dialect: schema.MySQL, Flavor: schema.MariaDB, Version: schema.Version{Major: 11, Minor: 8}},
			steps: func(m *op.Migration) {
				m.AddColumn("orders", op.Column("gift_id", "bigint"))
				m.AddConstraint("orders", op.ForeignKey("gift_id").References("products", "id").Named("fk"))
			},
			want: []string{"constraint-copies-table (warning)"},
		},
		{
			name: "a small table", server: postgres, sizes: lint.Sizes{"users": {Rows: 200}},
			steps: func(m *op.Migration) { m.CreateIndex("ix", "users", "phone") },
		},
		{
			name: "a large table", server: postgres, sizes: lint.Sizes{"users": {Rows: 20_000_000}},
			steps: func(m *op.Migration) { m.CreateIndex("ix", "users", "phone") },
			want:  []string{"create-index-blocks"},
		},
		{
			name: "a lock, and work in a transaction of its own", server: postgres,
			steps: func(m *op.Migration) {
				m.AddColumn("users", op.Column("plan", "text"))
				m.Exec("UPDATE orders SET number = 1 WHERE number IS NULL").OutsideTransaction()
			},
		},
		{
			name: "texts that become numbers", server: postgres,
			steps: func(m *op.Migration) {
				m.AlterColumn("users", "phone").Type("bigint").Using(`"phone"::bigint`)
			},
			want: []string{"change-type-rewrites", "narrow-type"},
		},
		{
			name: "a unique key over columns that are unique", server: postgres,
			steps: func(m *op.Migration) { m.CreateIndex("ix", "products", "sku", "title").Unique().Concurrently() },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := replay(t, c.server, schema.New(c.server), exampleTables)
			findings, err := lint.Run(lint.Input{Server: c.server, Before: before, Upgrade: record(t, c.server, c.steps), Sizes: c.sizes})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				switch {
				case f.Severity == lint.Info:
				case f.Rule == "constraint-copies-table" && f.Severity == lint.Warning:
					got = append(got, f.Rule+" (warning)")
				default:
					got = append(got, f.Rule)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q: %+v", got, c.want, findings)
			}
		})
	}
}

// TestCopiesOfSQLite sees that changes which share a copy of their table are one finding, and that a second copy is told.
func TestCopiesOfSQLite(t *testing.T) {
	server := schema.Server{Dialect: schema.SQLite}
	before := replay(t, server, schema.New(server), exampleTables)
	upgrade := record(t, server, func(m *op.Migration) {
		m.AlterColumn("users", "name").Null()
		m.AddColumn("users", op.Column("plan", "text"))
		m.AlterColumn("users", "phone").NotNull()
		m.AddColumn("orders", op.Column("note", "text"))
		m.AlterColumn("users", "phone").Null()
	})
	findings, err := lint.Run(lint.Input{Server: server, Before: before, Upgrade: upgrade})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range findings {
		if f.Rule == "sqlite-rebuild" {
			got = append(got, f.Text)
		}
	}
	want := []string{
		"table users is made anew to alter column users.name: NULL",
		"table users is made anew once more to alter column users.phone: NULL",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
