package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestKeptRenames keeps both columns of a rename, whoever states it, for code that has to change first.
func TestKeptRenames(t *testing.T) {
	from := build(t, schema.Postgres, users(op.Column("fullname", "varchar(80)").NotNull(), op.Column("b", "text"), op.Column("x", "integer"), op.Column("y", "date")))
	to := build(t, schema.Postgres, users(op.Column("full_name", "varchar(80)").NotNull(), op.Column("c", "text"), op.Column("y", "integer"), op.Column("x", "date")))
	plan, err := diff.Diff(from, to, diff.Options{KeepRenamed: true, Intents: []diff.Intent{
		{Table: "users", From: "b", To: "c"}, {Table: "users", From: "x", To: "y"}, {Table: "users", From: "y", To: "x"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := describe(plan.Operations)
	for _, want := range []string{"add column users.full_name", "drop column users.fullname", "add column users.c", "drop column users.b"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, operation := range plan.Operations {
		if drop, ok := operation.(*op.DropColumn); ok && drop.RenamedTo != "" {
			t.Errorf("%s is flagged", drop)
		}
	}
	var renames []string
	for _, rename := range plan.Renames {
		renames = append(renames, fmt.Sprint(rename.From, " ", rename.To, " ", rename.Certainty, " ", rename.Applied))
	}
	slices.Sort(renames)
	want := []string{"b c certain false", "fullname full_name likely false", "x y certain true", "y x certain true"}
	if !slices.Equal(renames, want) {
		t.Errorf("renames %q, want %q", renames, want)
	}
	if !strings.Contains(got, "rename column users.") {
		t.Errorf("a swap has to be a rename:\n%s", got)
	}
}
