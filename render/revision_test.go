package render_test

import (
	"flag"
	"go/format"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// checkGo checks that source is formatted as gofmt does it.
func checkGo(t *testing.T, source []byte) {
	t.Helper()
	formatted, err := format.Source(source)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	if diff := cmp.Diff(string(source), string(formatted)); diff != "" {
		t.Errorf("gofmt would change the file (-file +gofmt):\n%s", diff)
	}
}

// plan records both directions for one engine.
func plan(t *testing.T, dialect schema.Dialect, before *schema.Schema, up, down func(*op.Migration)) render.EnginePlan {
	t.Helper()
	upgrade, err := op.Record(dialect, up)
	if err != nil {
		t.Fatal(err)
	}
	downgrade, err := op.Record(dialect, down)
	if err != nil {
		t.Fatal(err)
	}
	return render.EnginePlan{Dialect: dialect, Before: before, Upgrade: upgrade, Downgrade: downgrade}
}

func users(dialect schema.Dialect) *schema.Schema {
	s := schema.New(schema.Server{Dialect: dialect})
	s.Tables.Add(&schema.Table{Name: schema.Name{Name: "users"}, Columns: []*schema.Column{
		{Name: "id", Type: "bigint", NotNull: true},
		{Name: "fullname", Type: "varchar(255)"},
		{Name: "age", Type: "integer"},
	}})
	return s
}

func TestRevision(t *testing.T) {
	projects := func(m *op.Migration) {
		m.CreateTable("projects",
			op.Column("id", op.Types{Postgres: "bigint", MySQL: "bigint", SQLite: "integer"}).Identity().
				On(op.MySQL, func(c *op.ColumnElement) { c.NotNull() }),
			op.Column("name", "varchar(100)").NotNull().Comment("as customers know it"),
			op.Column("owner_id", "bigint"),
			op.Column("created_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}).NotNull().
				Defaults(op.PerEngine{Postgres: "now()", MySQL: "CURRENT_TIMESTAMP(6)", SQLite: "CURRENT_TIMESTAMP"}).
				On(op.MySQL, func(c *op.ColumnElement) { c.Option("on_update", "CURRENT_TIMESTAMP(6)") }),
			op.On(op.Postgres, op.Column("search", "tsvector").GeneratedStored(`to_tsvector('english', "name")`)),
			op.PrimaryKey("id").Named("projects_pkey"),
			op.ForeignKey("owner_id").References("users", "id").Named("fk_projects_owner_id").OnDelete("CASCADE"),
			op.Check("ck_projects_name", op.PerEngine{Postgres: "length(name) > 0", MySQL: "char_length(name) > 0", SQLite: "length(name) > 0"}),
			op.Comment("What we sell"),
			op.Option(op.MySQL, "engine", "InnoDB"),
		)
		m.CreateIndex("ix_projects_owner_id", "projects", "owner_id").On(op.Postgres, func(s *op.CreateIndexStep) { s.Where("owner_id IS NOT NULL") })
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateIndex("ix_projects_search", "projects", "search").Using("gin").Concurrently()
		})
		m.AlterColumn("users", "age").Types(op.Types{Postgres: "bigint", MySQL: "bigint"}).NotNull()
		m.Except(op.SQLite, func(m *op.Migration) { m.CommentTable("users", "who may log in") })
	}
	back := func(m *op.Migration) {
		m.Except(op.SQLite, func(m *op.Migration) { m.CommentTable("users", "") })
		m.AlterColumn("users", "age").Types(op.Types{Postgres: "integer", MySQL: "integer"}).Null()
		m.On(op.Postgres, func(m *op.Migration) { m.DropIndex("ix_projects_search", "projects").Concurrently() })
		m.DropIndex("ix_projects_owner_id", "projects")
		m.DropTable("projects")
	}
	rename := func(m *op.Migration) {
		m.DropColumn("users", "fullname").MaybeRenamedTo("full_name")
		m.AddColumn("users", op.Column("full_name", "varchar(255)").NotNull())
	}
	renameBack := func(m *op.Migration) {
		m.DropColumn("users", "full_name")
		m.AddColumn("users", op.Column("fullname", "varchar(255)"))
	}
	three := func(up, down func(*op.Migration)) []render.EnginePlan {
		var out []render.EnginePlan
		for _, dialect := range schema.Dialects {
			out = append(out, plan(t, dialect, users(dialect), up, down))
		}
		return out
	}
	flagged := plan(t, schema.Postgres, users(schema.Postgres), rename, renameBack)
	flagged.Renames = []render.RenameNote{{Kind: "column", Table: schema.Name{Name: "users"}, From: "fullname", To: "full_name", Score: 0.93,
		Reasons: []string{"same type", "same place in models.User", "only candidate"}}}
	flagged.Notes = []render.Note{{ID: "not-null-without-value", Severity: "warning", Object: "users.full_name",
		Text: "fails while users holds rows, since the new column has no value for them", Way: "give it a default, or add it as NULL, backfill and then alter it"}}
	oneWay := plan(t, schema.SQLite, nil, func(m *op.Migration) { m.DropTable("legacy") }, nil)
	oneWay.Irreversible = "drops the table legacy"

	cases := []struct {
		name string
		file render.RevisionFile
	}{
		{"projects", render.RevisionFile{ID: "1975ea83b712", Revises: []string{"ae1027a6acf0"}, Created: "2026-11-22T10:00:00Z",
			Message: "add projects", Engines: three(projects, back)}},
		{"projects_postgres", render.RevisionFile{ID: "1975ea83b712", Message: "add projects", Engines: three(projects, back)[:1]}},
		{"rename", render.RevisionFile{ID: "2", Revises: []string{"1"}, Message: "users: full_name", Engines: []render.EnginePlan{flagged}}},
		{"empty", render.RevisionFile{ID: "3", Revises: []string{"1", "2"}, Labels: []string{"billing"}, DependsOn: []string{"0"},
			Message: "fill in plans\n\nCode generated by hand", Header: "Copyright the authors.\n//go:build !nomigrations"}},
		{"irreversible", render.RevisionFile{ID: "4", Message: "- drop legacy", Engines: []render.EnginePlan{oneWay}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			source, err := render.Revision(c.file)
			if err != nil {
				t.Fatal(err)
			}
			checkGo(t, source)
			golden(t, filepath.Join("revision", c.name+".go.golden"), source)
			again, err := render.Revision(c.file)
			if err != nil || string(again) != string(source) {
				t.Errorf("the second writing differs (%v)", err)
			}
		})
	}
}
