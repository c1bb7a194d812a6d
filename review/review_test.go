package review_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/reviewtest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func build(t *testing.T, in review.Input) *review.Report {
	t.Helper()
	report, err := review.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

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
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (rewrite with -update):\n%s", path, cmp.Diff(string(want), string(got)))
	}
}

func asJSON(t *testing.T, report *review.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(report); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBranch(t *testing.T) {
	report := build(t, reviewtest.Branch(t))
	golden(t, "branch.json", asJSON(t, report))
	again := build(t, reviewtest.Branch(t))
	if !bytes.Equal(asJSON(t, report), asJSON(t, again)) {
		t.Error("two reports of one branch differ")
	}
	var back review.Report
	if err := json.Unmarshal(asJSON(t, report), &back); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(asJSON(t, &back), asJSON(t, report)) {
		t.Error("the report does not come back from JSON")
	}
}

func TestNothing(t *testing.T) {
	report := build(t, review.Input{Base: review.Base{Name: "main"}, Engines: []review.Engine{{Server: schema.Server{Dialect: schema.SQLite}}}})
	if report.Verdict.Level != review.Nothing || report.Verdict.Text != "No schema changes." || len(report.Objects) != 0 {
		t.Errorf("%+v", report)
	}
}

// object returns an object of a report.
func object(t *testing.T, report *review.Report, kind, name string) review.Object {
	t.Helper()
	at := slices.IndexFunc(report.Objects, func(o review.Object) bool { return o.Kind == kind && o.Name == name })
	if at < 0 {
		t.Fatalf("no %s %s in %s", kind, name, asJSON(t, report))
	}
	return report.Objects[at]
}

// parts writes the parts of an object, one on a line.
func parts(o review.Object) string {
	var out strings.Builder
	for _, p := range o.Parts {
		line := string(p.Change) + " " + p.Kind + " " + p.Name
		if p.Was != "" {
			line += " was " + p.Was
		}
		for _, v := range p.Values {
			line += " [" + v.Before + " -> " + v.After + "]"
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

// What is renamed keeps its identity, and what only follows a rename is no change.
func TestRenames(t *testing.T) {
	before := func(m *op.Migration) {
		m.CreateTable("a", op.Column("id", "int").NotNull(), op.Column("x", "int"), op.Column("y", "int"), op.Column("gone", "int"),
			op.PrimaryKey("id"), op.Check("ck", "id > 0"))
		m.CreateIndex("ix", "a", "x", "y")
		m.CreateTable("b", op.Column("a_id", "int"), op.ForeignKey("a_id").References("a", "id").Named("fk"))
	}
	report := build(t, reviewtest.Input(t, before, []schema.Dialect{schema.Postgres}, reviewtest.Revision{ID: "r1", Up: func(m *op.Migration) {
		m.RenameTable("a", "c")
		m.RenameColumn("c", "id", "key")
		m.RenameColumn("c", "x", "tmp") // x and y swap
		m.RenameColumn("c", "y", "x")
		m.RenameColumn("c", "tmp", "y")
		m.RenameConstraint("c", op.CheckConstraint, "ck", "ck2")
		m.DropColumn("c", "gone")
		m.AddColumn("c", op.Column("gone", "text"))
		m.AlterColumn("c", "y").NotNull()
		m.CreateTable("a", op.Column("id", "int"))
	}}))
	o := object(t, report, "table", "c")
	want := "renamed column key was id [int NOT NULL -> int NOT NULL]\nrenamed column y was x [int NULL -> int NOT NULL]\nrenamed column x was y [int NULL -> int NULL]\n" +
		"replaced column gone [int NULL -> text NULL]\nrenamed check ck2 was ck [(key > 0) -> (key > 0)]\n"
	if o.Change != review.Renamed || o.Was != "a" || parts(o) != want {
		t.Errorf("%s was %s, %s:\n%swant\n%s", o.Name, o.Was, o.Change, parts(o), want)
	}
	if added := object(t, report, "table", "a"); added.Change != review.Added {
		t.Errorf("the new a is %s", added.Change)
	}
	if len(report.Objects) != 2 {
		t.Errorf("the foreign key of b only follows the rename, but there are %d objects", len(report.Objects))
	}
	if o.Unchanged != 2 { // the primary key and the index
		t.Errorf("%d unchanged", o.Unchanged)
	}
}

func TestReplacedTableAndOtherObjects(t *testing.T) {
	before := func(m *op.Migration) {
		m.CreateTable("a", op.Column("id", "int"))
		m.CreateEnum("mood", "good", "bad")
		m.CreateView("v", "SELECT 1")
	}
	report := build(t, reviewtest.Input(t, before, []schema.Dialect{schema.Postgres}, reviewtest.Revision{ID: "r1", Up: func(m *op.Migration) {
		m.DropTable("a")
		m.CreateTable("a", op.Column("name", "text"))
		m.RenameEnum("mood", "feeling")
		m.DropView("v")
		m.CreateExtension("pg_trgm")
		m.Exec("VACUUM")
	}}))
	if a := object(t, report, "table", "a"); a.Change != review.Replaced || parts(a) != "dropped column id [int NULL -> ]\nadded column name [ -> text NULL]\n" {
		t.Errorf("a is %s:\n%s", a.Change, parts(a))
	}
	if enum := object(t, report, "enum", "feeling"); enum.Change != review.Renamed || enum.Was != "mood" {
		t.Errorf("the enum is %+v", enum)
	}
	if view := object(t, report, "view", "v"); view.Change != review.Dropped || view.Values[0].Before != "SELECT 1" {
		t.Errorf("the view is %+v", view)
	}
	if object(t, report, "extension", "pg_trgm").Change != review.Added {
		t.Error("the extension is not added")
	}
}

func TestWayBack(t *testing.T) {
	table := func(m *op.Migration) {
		m.CreateTable("a", op.Column("id", "int").NotNull(), op.Column("x", "int"), op.PrimaryKey("id"))
	}
	for _, test := range []struct {
		name     string
		up, down func(m *op.Migration)
		level    review.BackLevel
		text     string
	}{
		{"whole", func(m *op.Migration) { m.AddColumn("a", op.Column("y", "int")) }, func(m *op.Migration) { m.DropColumn("a", "y") }, review.BackWhole, "restores the schema"},
		{"schema", func(m *op.Migration) { m.DropColumn("a", "x") }, func(m *op.Migration) { m.AddColumn("a", op.Column("x", "int")) }, review.BackSchema, "not the data of a.x"},
		{"broken", func(m *op.Migration) { m.AddColumn("a", op.Column("y", "int")); m.CreateIndex("ix", "a", "x") }, func(m *op.Migration) { m.DropColumn("a", "y") },
			review.BackBroken, "it would still take: drop index ix"},
		{"unfit", func(m *op.Migration) { m.AddColumn("a", op.Column("y", "int")) }, func(m *op.Migration) { m.DropColumn("a", "z") }, review.BackBroken, "does not fit"},
		{"none", func(m *op.Migration) { m.DropTable("a") }, nil, review.BackNone, "no way back: it has no Downgrade"},
		{"refused", func(m *op.Migration) { m.DropTable("a") }, func(m *op.Migration) { m.Irreversible("too late") }, review.BackNone, "too late"},
		{"opaque", func(m *op.Migration) { m.Exec("ALTER TABLE a ADD z int") }, func(m *op.Migration) { m.Exec("ALTER TABLE a DROP z") }, review.BackWhole, "as far as is known"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := build(t, reviewtest.Input(t, table, []schema.Dialect{schema.Postgres}, reviewtest.Revision{ID: "r1", Up: test.up, Down: test.down}))
			if back := report.Revisions[0].Back; back.Level != test.level || !strings.Contains(back.Text, test.text) {
				t.Errorf("got %s: %s", back.Level, back.Text)
			}
		})
	}
}

func TestDeploy(t *testing.T) {
	table := func(m *op.Migration) {
		m.CreateTable("a", op.Column("id", "int").NotNull(), op.Column("x", "int"), op.PrimaryKey("id"))
		m.CreateEnum("mood", "good", "bad")
	}
	for _, test := range []struct {
		name string
		up   func(m *op.Migration)
		want review.When
	}{
		{"index", func(m *op.Migration) { m.CreateIndex("ix", "a", "x") }, review.AnyTime},
		{"add column", func(m *op.Migration) { m.AddColumn("a", op.Column("y", "int")) }, review.BeforeCode},
		{"new table with all that belongs to it", func(m *op.Migration) {
			m.CreateTable("b", op.Column("id", "int"))
			m.AddConstraint("b", op.Unique("id").Named("u"))
			m.AddColumn("b", op.Column("y", "int").NotNull())
		}, review.BeforeCode},
		{"drop column", func(m *op.Migration) { m.DropColumn("a", "x") }, review.AfterCode},
		{"not null", func(m *op.Migration) { m.AlterColumn("a", "x").NotNull() }, review.AfterCode},
		{"null", func(m *op.Migration) { m.AlterColumn("a", "id").Null() }, review.BeforeCode},
		{"both", func(m *op.Migration) { m.DropColumn("a", "x"); m.AddColumn("a", op.Column("y", "int")) }, review.SplitUp},
		{"rename", func(m *op.Migration) { m.RenameColumn("a", "x", "y") }, review.WithStop},
		{"required column", func(m *op.Migration) { m.AddColumn("a", op.Column("y", "int").NotNull()) }, review.WithStop},
		{"enum value", func(m *op.Migration) { m.AddEnumValue("mood", "fair") }, review.BeforeCode},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := build(t, reviewtest.Input(t, table, []schema.Dialect{schema.Postgres}, reviewtest.Revision{ID: "r1", Up: test.up}))
			if got := report.Revisions[0].Deploy.When; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// A directive in a revision allows a finding, and one that allows nothing is one.
func TestDirectives(t *testing.T) {
	in := reviewtest.Branch(t, schema.Postgres)
	file := in.Revisions[2].File
	in.Revisions[2].Text = []byte("package migrations\n\nfunc init() {" + strings.Repeat("\n", 18) + "\tm.DropTable() //retort:allow drop-table nobody reads it\n\tm.X() //retort:allow drop-column why not\n}\n")
	report := build(t, in)
	if len(report.Allowed) != 1 || report.Allowed[0].Rule != "drop-table" {
		t.Errorf("allowed: %+v", report.Allowed)
	}
	var rules []string
	for _, f := range report.Findings {
		rules = append(rules, f.Rule)
	}
	if !slices.Equal(rules, []string{"allow-directive"}) || report.Findings[0].Place.File != file || report.Findings[0].Revision != in.Revisions[2].ID {
		t.Errorf("findings: %+v", report.Findings)
	}
}

func TestUnfitRevision(t *testing.T) {
	in := reviewtest.Branch(t, schema.SQLite)
	in.Engines[0].Before = schema.New(schema.Server{Dialect: schema.SQLite})
	var unfit *review.UnfitError
	var effect *op.EffectError
	if _, err := review.Build(in); !errors.As(err, &unfit) || !errors.As(err, &effect) || unfit.Revision != "bbbb00000001" {
		t.Errorf("got %v", err)
	}
}

func BenchmarkBuild(b *testing.B) {
	in := reviewtest.Wide(b, 60)
	for b.Loop() {
		if _, err := review.Build(in); err != nil {
			b.Fatal(err)
		}
	}
}
