package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/schema"
)

// TestUnread compares schemas of which one reader could not read a table, a function and an enum: whichever side it is,
// nothing is planned for them, and they are named.
func TestUnread(t *testing.T) {
	server := schema.Server{Dialect: schema.Postgres, Version: schema.Version{Major: 15}}
	full, part := schema.New(server), schema.New(server)
	for _, name := range []string{"users", "orders"} {
		full.Tables.Add(&schema.Table{Name: schema.Name{Name: name}, Columns: []*schema.Column{{Name: "a", Type: "integer"}}})
	}
	full.Functions.Add(&schema.Function{Name: schema.Name{Name: "f(integer)"}, Kind: "function", Definition: "CREATE FUNCTION f(integer) …"})
	full.Enums.Add(&schema.Enum{Name: schema.Name{Name: "mood"}, Values: []string{"ok"}})
	part.Tables.Add(full.Table(schema.Name{Name: "orders"}).Clone())
	part.Problems = []schema.Problem{{Object: "table users", Reason: "broken"}, {Object: "function f", Reason: "broken"}, {Object: "type mood", Reason: "broken"}}
	want := []string{"function f: broken", "table users: broken", "type mood: broken"}
	for _, c := range []struct{ from, to *schema.Schema }{{full, part}, {part, full}} {
		plan, err := diff.Diff(c.from, c.to, diff.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Operations) > 0 {
			t.Errorf("planned: %v", plan.Operations)
		}
		if diff := cmp.Diff(want, plan.NotCompared); diff != "" {
			t.Errorf("not compared (-want +got):\n%s", diff)
		}
	}
}
