package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func TestFormerNames(t *testing.T) {
	text := func(name string) *op.ColumnElement { return op.Column(name, "text") }
	for name, test := range map[string]struct {
		from, to func(*op.Migration)
		was      map[string][]string // by column; "" is the table
		want     []string
	}{
		"about to serve": {
			from: users(text("code")), to: users(text("sku")), was: map[string][]string{"sku": {"code"}},
		},
		"the second of two": {
			from: users(text("code")), to: users(text("sku")), was: map[string][]string{"sku": {"number", "code"}},
		},
		"has served": {
			from: users(text("sku")), to: users(text("sku")), was: map[string][]string{"sku": {"code"}, "": {"accounts"}},
			want: []string{
				"info former-name-done users: was:accounts has served its time: the rename is done",
				"info former-name-done users.sku: was:code has served its time: the rename is done",
			},
		},
		"the old one is there, too": {
			from: users(text("sku"), text("code")), to: users(text("sku"), text("code")), was: map[string][]string{"sku": {"code"}},
		},
		"names nothing": {
			from: users(), to: users(text("sku")), was: map[string][]string{"sku": {"cod"}},
			want: []string{"warning former-name-unknown users.sku: the model says that it was cod, and there is no such column; it is taken for new"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			to := build(t, schema.SQLite, test.to)
			table := to.Table(schema.Name{Name: "users"})
			for column, names := range test.was {
				if column == "" {
					table.WasNamed = names
					continue
				}
				table.Column(column).WasNamed = names
			}
			plan, err := diff.Diff(build(t, schema.SQLite, test.from), to, diff.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range plan.Findings {
				got = append(got, string(f.Severity)+" "+f.ID+" "+f.Object+": "+f.Text)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
