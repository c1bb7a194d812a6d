package lint_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func TestFindingsOfARevision(t *testing.T) {
	before := schema.New(schema.Server{Dialect: schema.SQLite})
	before.Tables.Add(&schema.Table{Name: schema.Name{Name: "users"}, Columns: []*schema.Column{
		{Name: "id", Type: "integer"}, {Name: "phone", Type: "text"}, {Name: "half", Type: "integer", Generated: &schema.Generated{Expr: "id / 2"}},
	}})
	encoded, _ := json.Marshal(before)
	upgrade, err := op.Record(op.SQLite, func(m *op.Migration) {
		m.CreateTable("temp", op.Column("id", "integer"), op.PrimaryKey("id"))
		m.DropTable("temp")
		m.BatchAlterTable("users", func(t *op.Table) {
			t.DropColumn("half")
			t.DropColumn("phone")
		})
		m.DropTable("users")
	})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := lint.Run(lint.Input{
		Server: before.Server, Before: before, Upgrade: upgrade, Sizes: lint.Sizes{"users": {Rows: 1_234_567}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := slices.DeleteFunc(findings, func(f lint.Finding) bool { return f.Category != lint.Destructive })
	want := []lint.Finding{{
		Rule: "drop-column", Category: lint.Destructive, Severity: lint.Danger, Operation: 2, Step: 1, Object: "users.phone",
		Text: "the values of users.phone are lost (about 1,234,567 rows)",
		Way:  "release the code that does without it first, and copy the values if anybody may want them",
	}, {
		Rule: "drop-table", Category: lint.Destructive, Severity: lint.Danger, Operation: 3, Object: "users",
		Text: "table users is dropped with all its rows (about 1,234,567 rows)",
		Way:  "release the code that does without it first, and keep a copy of the rows",
	}}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if after, _ := json.Marshal(before); string(after) != string(encoded) {
		t.Error("the schema before was changed")
	}
}

func TestMisfit(t *testing.T) {
	_, err := lint.Run(lint.Input{Server: schema.Server{Dialect: schema.MySQL}, Upgrade: []op.Operation{&op.DropTable{Name: schema.Name{Name: "gone"}}}})
	if err == nil {
		t.Error("no error for a table that is not there")
	}
}
