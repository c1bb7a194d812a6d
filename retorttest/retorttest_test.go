package retorttest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	_ "github.com/retort-db/retort/introspect/sqlite" // tries raw SQL in memory
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/reflect"
	_ "github.com/retort-db/retort/reflect/mysql"    // bun's dialect
	_ "github.com/retort-db/retort/reflect/postgres" // bun's dialect
	_ "github.com/retort-db/retort/reflect/sqlite"   // bun's dialect
	"github.com/retort-db/retort/retorttest"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

type user struct {
	bun.BaseModel `bun:"table:users"`

	ID   int64  `bun:",pk,autoincrement"`
	Name string `bun:"type:varchar(80),notnull"`
}

// users makes the table of user.
func users(m *op.Migration) {
	m.CreateTable("users",
		op.Column("id", op.Types{Postgres: "bigint", MySQL: "bigint", SQLite: "integer"}).NotNull().AutoIncrement().
			On(op.Postgres, func(c *op.ColumnElement) { c.Numbering(schema.Identity{Kind: schema.IdentitySerial}) }),
		op.Column("name", "varchar(80)").NotNull(),
		op.PrimaryKey("id"))
}

func set(revisions ...versions.Revision) *versions.Set {
	out := &versions.Set{}
	for n, revision := range revisions {
		revision.Created = fmt.Sprintf("2026-11-22T%02d:00:00Z", n)
		if revision.Downgrade == nil {
			revision.Downgrade = func(*op.Migration) {}
		}
		out.Add(revision)
	}
	return out
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestNoDrift(t *testing.T) {
	models := []any{(*user)(nil)}
	first := versions.Revision{ID: "aaaa", Upgrade: users}
	following := func(id string, upgrade func(*op.Migration)) versions.Revision {
		return versions.Revision{ID: id, Revises: versions.After("aaaa"), Upgrade: upgrade}
	}
	cases := map[string]struct {
		check     retorttest.Check
		models    []any
		revisions *versions.Set
		want      []string // nothing: no failure
	}{
		"they agree":    {models: models, revisions: set(first)},
		"on one engine": {check: retorttest.Check{Dialects: []schema.Dialect{schema.MySQL}}, models: models, revisions: set(first)},
		"no revision":   {models: models, revisions: set(), want: []string{"no revision makes (mysql, postgres, sqlite):\n  users  + table, 2 columns", "retort revision --autogenerate"}},
		"a column more": {models: models, revisions: set(first, following("bbbb", func(m *op.Migration) { m.AddColumn("users", op.Column("x", "text")) })), want: []string{"users  - column x"}},
		"on some engines": {models: models, revisions: set(first, following("bbbb", func(m *op.Migration) {
			m.On(op.MySQL, func(m *op.Migration) { m.AddColumn("users", op.Column("x", "text")) })
		})), want: []string{"makes (mysql):"}},
		"no set":          {models: models, want: []string{"there is no set of revisions"}},
		"no models":       {revisions: set(first), want: []string{"postgres: "}},
		"no such dialect": {check: retorttest.Check{Dialects: []schema.Dialect{"oracle"}}, models: models, revisions: set(first), want: []string{"oracle"}},
		"several things": {models: models, revisions: set(first,
			following("bbbb", func(m *op.Migration) { m.DropColumn("users", "name").MaybeRenamedTo("full_name") }),
			following("cccc", func(*op.Migration) {})),
			want: []string{"2 heads, and no label tells them apart: bbbb, cccc", "revision bbbb is not decided: column users.name (dropped, or renamed to full_name?)", "users  + column name"}},
		"raw SQL": {check: retorttest.Check{Dialects: []schema.Dialect{schema.SQLite}}, models: models,
			revisions: set(versions.Revision{ID: "aaaa", Upgrade: func(m *op.Migration) {
				m.Exec("CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, name varchar(80) NOT NULL)")
			}})},
		"raw SQL with a difference": {check: retorttest.Check{Dialects: []schema.Dialect{schema.SQLite}}, models: models,
			revisions: set(versions.Revision{ID: "aaaa", Upgrade: func(m *op.Migration) {
				m.Exec("CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, name varchar(80) NOT NULL, more text)")
			}}), want: []string{"users  - column more"}},
		"raw SQL elsewhere": {check: retorttest.Check{Dialects: []schema.Dialect{schema.Postgres}}, models: models,
			revisions: set(versions.Revision{ID: "aaaa", Upgrade: func(m *op.Migration) { m.Exec("CREATE TABLE users (id bigserial)") }}),
			want:      []string{"its effect on the schema is not known"}},
		"excluded": {check: retorttest.Check{Exclude: []string{"old_*"}}, models: models,
			revisions: set(first, following("bbbb", func(m *op.Migration) { m.CreateTable("old_users", op.Column("id", "integer")) }))},
		"foreign keys": {check: retorttest.Check{Reflect: reflect.Options{ForeignKeys: reflect.ForeignKeysNone}}, models: models, revisions: set(first)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			record := &recorder{TB: t}
			c.check.NoDrift(record, c.models, c.revisions)
			if len(c.want) == 0 && len(record.failures) > 0 || len(c.want) > 0 && len(record.failures) != 1 {
				t.Fatalf("failures: %q", record.failures)
			}
			for _, want := range c.want {
				if !strings.Contains(record.failures[0], want) {
					t.Errorf("%q is not in\n%s", want, record.failures[0])
				}
			}
		})
	}
}
