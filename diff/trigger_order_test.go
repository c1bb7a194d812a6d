package diff_test

import (
	"slices"
	"testing"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestMySQLTriggerOrder turns the order of two triggers of one event around: a trigger is created after the one that it
// follows, and one made under another sql_mode is made anew.
func TestMySQLTriggerOrder(t *testing.T) {
	withTriggers := func(definitions ...[2]string) *schema.Schema {
		s := build(t, schema.MySQL, users(op.Column("n", "int")))
		for _, d := range definitions {
			s.Triggers.Add(&schema.Trigger{Name: schema.Name{Name: d[0]}, Trigger: d[0], Table: schema.Name{Name: "users"}, Definition: d[1]})
		}
		return s
	}
	const head = " BEFORE INSERT ON `users` FOR EACH ROW "
	from := withTriggers([2]string{"a", "CREATE TRIGGER `a`" + head + "SET @x = 1"}, [2]string{"b", "CREATE TRIGGER `b`" + head + "FOLLOWS `a` SET @x = 2"})
	to := withTriggers([2]string{"b", "CREATE TRIGGER `b`" + head + "SET @x = 2"}, [2]string{"a", "CREATE TRIGGER `a`" + head + "FOLLOWS `b` SET @x = 1"})
	check := func(from, to *schema.Schema, want ...string) {
		t.Helper()
		plan, err := diff.Diff(from, to, diff.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, operation := range plan.Operations {
			got = append(got, operation.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("operations %q, want %q", got, want)
		}
	}
	check(from, to, "drop trigger b", "drop trigger a", "create trigger b", "create trigger a")
	check(from, from)
	moded := from.Clone()
	trigger, _ := moded.Triggers.Get(schema.Name{Name: "b"})
	trigger.Options.Set(schema.OptionSQLMode, "ANSI_QUOTES")
	check(from, moded, "drop trigger b", "create trigger b")
}
