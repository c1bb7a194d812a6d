package diff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// build returns the schema that recorded steps make.
func build(t testing.TB, dialect schema.Dialect, steps func(*op.Migration)) *schema.Schema {
	t.Helper()
	operations, err := op.Record(dialect, steps)
	if err != nil {
		t.Fatal(err)
	}
	s, err := op.Replay(schema.New(schema.Server{Dialect: dialect}), operations)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func users(extra ...op.TableElement) func(*op.Migration) {
	return func(m *op.Migration) {
		m.CreateTable("users", append([]op.TableElement{op.Column("id", "bigint").NotNull().AutoIncrement(), op.PrimaryKey("id").Named("users_pkey")}, extra...)...)
	}
}

func TestPlans(t *testing.T) {
	cases := []struct {
		name     string
		dialect  schema.Dialect
		from, to func(*op.Migration)
		options  diff.Options
		want     string   // operations, one a line
		findings []string // "severity id object"
	}{
		{
			name: "nothing", dialect: schema.Postgres, from: users(), to: users(),
		},
		{
			name: "columns that go and come on either side of a change", dialect: schema.Postgres,
			from: users(op.Column("age", "integer"), op.Column("bio", "text")),
			to:   users(op.Column("age", "bigint").NotNull().Default("0"), op.Column("active", "boolean")),
			want: `add column users.active boolean
alter column users.age: type bigint, NOT NULL, default 0
drop column users.bio`,
		},
		{
			name: "a likely rename is kept as drop and add, side by side", dialect: schema.SQLite,
			from: users(op.Column("fullname", "varchar(255)").NotNull(), op.Column("zip", "text")),
			to:   users(op.Column("full_name", "varchar(255)").NotNull(), op.Column("zip", "text"), op.Column("age", "integer")),
			want: `add column users.age integer
drop column users.fullname
add column users.full_name varchar(255)`,
			findings: []string{"decision likely-rename users.fullname"},
		},
		{
			name: "a stated rename is a rename, with what else changes", dialect: schema.Postgres,
			from:    users(op.Column("fullname", "varchar(100)"), op.Check("ck", "length(fullname) > 0")),
			to:      users(op.Column("full_name", "text"), op.Check("ck", "length(full_name) > 0")),
			options: diff.Options{Intents: []diff.Intent{{Table: "users", From: "fullname", To: "full_name"}}},
			want: `rename column users.fullname to full_name
alter column users.full_name: type text`,
		},
		{
			name: "accepted renames", dialect: schema.Postgres,
			from:    users(op.Column("fullname", "text")),
			to:      users(op.Column("full_name", "text")),
			options: diff.Options{Renames: diff.AcceptRenames},
			want:    `rename column users.fullname to full_name`,
		},
		{
			name: "refused renames", dialect: schema.Postgres,
			from:    users(op.Column("fullname", "text")),
			to:      users(op.Column("full_name", "text")),
			options: diff.Options{Intents: []diff.Intent{{Table: "users", To: "full_name", Never: true}}},
			want:    "add column users.full_name text\ndrop column users.fullname",
		},
		{
			name: "two columns swap their names", dialect: schema.Postgres,
			from:    users(op.Column("a", "text"), op.Column("b", "text").NotNull()),
			to:      users(op.Column("b", "text"), op.Column("a", "text").NotNull()),
			options: diff.Options{Intents: []diff.Intent{{Table: "users", From: "a", To: "b"}, {Table: "users", From: "b", To: "a"}}},
			want: `rename column users.a to retort_swap_a
rename column users.b to a
rename column users.retort_swap_a to b`,
		},
		{
			name: "a renamed table keeps its rows and its references", dialect: schema.Postgres,
			from: func(m *op.Migration) {
				users(op.Column("name", "text"))(m)
				m.CreateTable("posts", op.Column("user_id", "bigint"), op.ForeignKey("user_id").Named("fk").References("users", "id"))
			},
			to: func(m *op.Migration) {
				m.CreateTable("accounts", op.Column("id", "bigint").NotNull().AutoIncrement(), op.PrimaryKey("id").Named("users_pkey"), op.Column("name", "text"))
				m.CreateTable("posts", op.Column("user_id", "bigint"), op.ForeignKey("user_id").Named("fk").References("accounts", "id"))
			},
			options: diff.Options{Intents: []diff.Intent{{From: "users", To: "accounts"}}},
			want:    `rename table users to accounts`,
		},
		{
			name: "an index of another name is renamed, a changed one made anew", dialect: schema.MySQL,
			from: func(m *op.Migration) {
				users(op.Column("a", "int"), op.Column("b", "int"))(m)
				m.CreateIndex("ix_old", "users", "a")
				m.CreateIndex("ix_b", "users", "b")
			},
			to: func(m *op.Migration) {
				users(op.Column("a", "int"), op.Column("b", "int"))(m)
				m.CreateIndex("ix_new", "users", "a")
				m.CreateIndex("ix_b", "users", "b").Unique()
			},
			want: `drop index ix_b on users
rename index ix_old on users to ix_new
create unique index ix_b on users (b)`,
		},
		{
			name: "tables that refer to each other", dialect: schema.MySQL,
			from: func(*op.Migration) {},
			to: func(m *op.Migration) {
				m.CreateTable("a", op.Column("id", "int").NotNull(), op.Column("b", "int"), op.PrimaryKey("id"), op.ForeignKey("b").Named("a_b").References("b", "id"))
				m.CreateTable("b", op.Column("id", "int").NotNull(), op.Column("a", "int"), op.PrimaryKey("id"), op.ForeignKey("a").Named("b_a").References("a", "id"))
				m.CreateTable("c", op.Column("b", "int"), op.ForeignKey("b").Named("c_b").References("b", "id"))
			},
			want: `create table b
create table a
create table c
add foreign key b_a on b (a) references a`,
		},
		{
			name: "a new column that must not be null gets its value first", dialect: schema.Postgres,
			from:    users(),
			to:      users(op.Column("phone", "text").NotNull()),
			options: diff.Options{Backfill: map[string]string{"users.phone": "''"}},
			want: `add column users.phone text
backfill users: phone = ''
alter column users.phone: NOT NULL`,
		},
		{
			name: "a unique key before the foreign key that needs it", dialect: schema.Postgres,
			from: func(m *op.Migration) {
				users(op.Column("code", "text"))(m)
				m.CreateTable("posts", op.Column("code", "text"))
			},
			to: func(m *op.Migration) {
				users(op.Column("code", "text"), op.Unique("code").Named("users_code_key"))(m)
				m.CreateTable("posts", op.Column("code", "text"), op.ForeignKey("code").Named("fk").References("users", "code"))
			},
			want: `add unique users_code_key on users (code)
add foreign key fk on posts (code) references users`,
		},
		{
			name: "an enum value before the column that needs the type", dialect: schema.Postgres,
			from: func(m *op.Migration) {
				m.CreateEnum("mood", "good", "bad")
				users()(m)
			},
			to: func(m *op.Migration) {
				m.CreateEnum("mood", "good", "fair", "bad")
				users(op.Column("mood", "mood"))(m)
			},
			want: `add value "fair" to enum mood
add column users.mood mood`,
		},
		{
			name: "an enum under a new name keeps its columns", dialect: schema.Postgres,
			from: func(m *op.Migration) {
				m.CreateEnum("mood", "good", "bad")
				users(op.Column("mood", "mood"))(m)
			},
			to: func(m *op.Migration) {
				m.Do(&op.CreateEnum{Enum: &schema.Enum{Name: schema.Name{Name: "feeling"}, Values: []string{"good", "bad", "odd"}, WasNamed: []string{"mood"}}})
				users(op.Column("mood", "feeling"))(m)
			},
			want: `rename enum mood to feeling
add value "odd" to enum feeling`,
		},
		{
			name: "a column in the middle of a table of MySQL", dialect: schema.MySQL,
			from:     users(op.Column("a", "int"), op.Column("b", "int")),
			to:       users(op.Column("x", "int"), op.Column("b", "int"), op.Column("a", "int")),
			want:     `add column users.x int`,
			findings: []string{"info column-order users"},
		},
		{
			name: "a generated column makes way for a change of type", dialect: schema.Postgres,
			from: users(op.Column("a", "integer"), op.Column("b", "integer").GeneratedStored("a + 1")),
			to:   users(op.Column("a", "bigint"), op.Column("b", "bigint").GeneratedStored("a + 1")),
			want: `drop column users.b
alter column users.a: type bigint
add column users.b bigint`,
		},
		{
			name: "a key that is made anew under a foreign key", dialect: schema.Postgres,
			from: func(m *op.Migration) {
				users(op.Column("n", "integer"))(m)
				m.CreateTable("posts", op.Column("user_id", "bigint"), op.ForeignKey("user_id").Named("fk").References("users", "id"))
			},
			to: func(m *op.Migration) {
				m.CreateTable("users", op.Column("id", "bigint").NotNull().AutoIncrement(), op.PrimaryKey("id").Named("users_pkey").Include("n"), op.Column("n", "integer"))
				m.CreateTable("posts", op.Column("user_id", "bigint"), op.ForeignKey("user_id").Named("fk").References("users", "id"))
			},
			want: `drop foreign key fk on posts
drop primary key users_pkey on users
add primary key users_pkey on users (id)
add foreign key fk on posts (user_id) references users`,
		},
		{
			name: "a view in the way of a change of type goes and comes back", dialect: schema.Postgres,
			from: func(m *op.Migration) {
				users(op.Column("n", "integer"))(m)
				m.Do(&op.CreateView{View: &schema.View{Name: schema.Name{Name: "v"}, Definition: "SELECT n FROM users", DependsOn: []schema.Dependency{{Relation: schema.Name{Name: "users"}, Column: "n"}}}})
				m.Do(&op.CreateView{View: &schema.View{Name: schema.Name{Name: "w"}, Definition: "SELECT n FROM v", DependsOn: []schema.Dependency{{Relation: schema.Name{Name: "v"}, Column: "n"}}}})
			},
			to:      users(op.Column("n", "bigint")),
			options: diff.Options{Owned: schema.New(schema.Server{Dialect: schema.Postgres})},
			want: `drop view w
drop view v
alter column users.n: type bigint
create view v
create view w`,
		},
		{
			name: "a conversion that PostgreSQL does not do by itself", dialect: schema.Postgres,
			from: users(op.Column("n", "text")), to: users(op.Column("n", "integer")),
			want: `alter column users.n: type integer`,
		},
		{
			name: "a conversion that nobody knows", dialect: schema.Postgres,
			from: users(op.Column("n", "uuid")), to: users(op.Column("n", "integer")),
			want:     `alter column users.n: type integer`,
			findings: []string{"decision unknown-cast users.n"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, err := diff.Diff(build(t, c.dialect, c.from), build(t, c.dialect, c.to), c.options)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, strings.TrimSpace(describe(plan.Operations))); d != "" {
				t.Errorf("operations (-want +got):\n%s", d)
			}
			var findings []string
			for _, f := range plan.Findings {
				findings = append(findings, fmt.Sprintf("%s %s %s", f.Severity, f.ID, f.Object))
			}
			if d := cmp.Diff(c.findings, findings); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

func TestForeignObjectsAreLeftAlone(t *testing.T) {
	current := build(t, schema.Postgres, func(m *op.Migration) {
		users(op.Column("name", "text"), op.Column("by_hand", "text"))(m)
		m.CreateIndex("ix_by_hand", "users", "name")
		m.CreateIndex("ix_ours", "users", "name")
		m.CreateTable("theirs", op.Column("x", "int"))
		m.CreateTable("ours", op.Column("x", "int"))
	})
	owned := build(t, schema.Postgres, func(m *op.Migration) {
		users(op.Column("name", "text"))(m)
		m.CreateIndex("ix_ours", "users", "name")
		m.CreateTable("ours", op.Column("x", "int"))
	})
	target := build(t, schema.Postgres, users())

	plan, err := diff.Diff(current, target, diff.Options{Owned: owned})
	if err != nil {
		t.Fatal(err)
	}
	want := "drop index ix_by_hand on users\ndrop index ix_ours on users\ndrop column users.name\ndrop table ours\n"
	if d := cmp.Diff(want, describe(plan.Operations)); d != "" {
		t.Errorf("a foreign index goes only with its column (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]diff.Object{{Kind: "column", Name: "users.by_hand"}, {Kind: "table", Name: "theirs"}}, plan.Foreign); d != "" {
		t.Errorf("foreign (-want +got):\n%s", d)
	}

	plan, err = diff.Diff(current, target, diff.Options{Owned: owned, IncludeForeign: true})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(describe(plan.Operations), "drop table theirs") {
		t.Errorf("foreign objects were asked for:\n%s", describe(plan.Operations))
	}
}

func TestImpliedNamesAreNoDifference(t *testing.T) {
	current := build(t, schema.MySQL, users(op.Column("email", "varchar(40)"), op.Unique("email").Named("email")))
	target := build(t, schema.MySQL, users(op.Column("email", "varchar(40)"), op.Unique("email").Named("users_email_key")))
	target.Table(schema.Name{Name: "users"}).Uniques[0].NameImplied = true
	plan, err := diff.Diff(current, target, diff.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !plan.Empty() {
		t.Errorf("got %s", describe(plan.Operations))
	}
}

func TestStatedRenamesThatDoNotFit(t *testing.T) {
	from := build(t, schema.Postgres, users(op.Column("a", "text"), op.Column("b", "text")))
	to := build(t, schema.Postgres, users(op.Column("a", "text"), op.Column("c", "text")))
	for _, intent := range []diff.Intent{
		{Table: "users", From: "x", To: "c"},
		{Table: "users", From: "a", To: "c"},
		{Table: "users", From: "b", To: "x"},
		{Table: "nobody", From: "b", To: "c"},
		{From: "users", To: "people"},
	} {
		_, err := diff.Diff(from, to, diff.Options{Intents: []diff.Intent{intent}})
		var wrong *diff.IntentError
		if !errors.As(err, &wrong) {
			t.Errorf("%+v: got %v", intent, err)
		}
	}
}

func TestUncertainTablesAreNamed(t *testing.T) {
	from := build(t, schema.Postgres, users(op.Column("a", "character varying(3)"), op.Column("b", "integer")))
	to := build(t, schema.Postgres, users(op.Column("a", "varchar(3)"), op.Column("b", "integer")))
	plan, err := diff.Diff(from, to, diff.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Uncertain) != 1 {
		t.Fatalf("uncertain: %v", plan.Uncertain)
	}
	canonical := build(t, schema.Postgres, users(op.Column("a", "character varying(3)"), op.Column("b", "integer")))
	plan, err = diff.Diff(from, to, diff.Options{Canonical: canonical})
	if err != nil {
		t.Fatal(err)
	}
	if !plan.Empty() || len(plan.Uncertain) != 0 {
		t.Errorf("the server said that they are equal: %s %v", describe(plan.Operations), plan.Uncertain)
	}
}

func BenchmarkDiff(b *testing.B) {
	for _, tables := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint(tables), func(b *testing.B) {
			large := func() *schema.Schema {
				return build(b, schema.Postgres, func(m *op.Migration) {
					for i := range tables {
						name := fmt.Sprintf("t%05d", i)
						elements := []op.TableElement{op.Column("id", "bigint").NotNull(), op.PrimaryKey("id").Named(name + "_pkey")}
						for j := range 14 {
							elements = append(elements, op.Column(fmt.Sprintf("c%d", j), "varchar(40)").NotNull())
						}
						if i > 0 {
							elements = append(elements, op.ForeignKey("c1").Named(name+"_fk").References(fmt.Sprintf("t%05d", i-1), "id"))
						}
						m.CreateTable(name, elements...)
						m.CreateIndex("ix_"+name, name, "c2")
						m.CreateIndex("iy_"+name, name, "c3")
					}
				})
			}
			from, to := large(), large()
			to.Table(schema.Name{Name: "t00050"}).Columns[3].NotNull = false
			b.ReportAllocs()
			for b.Loop() {
				plan, err := diff.Diff(from, to, diff.Options{})
				if err != nil || len(plan.Operations) != 1 {
					b.Fatal(err)
				}
			}
		})
	}
}
