package versions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/versions"
)

func TestSquashRange(t *testing.T) {
	woven := func(first, last, reason string) (error, string) {
		return &versions.SquashError{First: first, Last: last, Reason: reason}, fmt.Sprintf("the range from %s to %s cannot be squashed: %s", first, last, reason)
	}
	type want struct{ members, revises, depends, labels, replaces string }
	cases := []struct {
		name, graph, span string
		want              want
		wrong             func() (error, string)
	}{
		{"the middle of a chain", linear, "b:d", want{"b c d", "a", "", "", "b c"}, nil},
		{"with dots", linear, "b..d", want{"b c d", "a", "", "", "b c"}, nil},
		{"from base", linear, "base..c", want{"a b c", "", "", "", "a b"}, nil},
		{"from the beginning", linear, ":c", want{"a b c", "", "", "", "a b"}, nil},
		{"to the head", linear, "d..", want{"d e", "c", "", "", "d"}, nil},
		{"everything", linear, "..", want{"a b c d e", "", "", "", "a b c d"}, nil},
		{"relative", linear, "head-2:head", want{"c d e", "b", "", "", "c d"}, nil},
		{"labels", forest, "a2:second@head", want{"a2 b2 c2", "", "", "second", "a2 b2"}, nil},
		{"a whole diamond", diamond, "a:d", want{"a b1 b2 c d", "", "", "", "a b1 b2 c"}, nil},
		{"a diamond without its base", diamond, ":c", want{"a b1 b2 c", "", "", "", "a b1 b2"}, nil},
		{"from a merge on", triple, "e:f", want{"e f", "d1 d2 d3", "", "", "e"}, nil},
		{"two roots that were merged", "a1; a2; m < a1, a2; n < m", ":n", want{"a1 a2 m n", "", "", "", "a1 a2 m"}, nil},
		{"a dependency inside", "a; b < a; c < b + a", ":c", want{"a b c", "", "", "", "a b"}, nil},
		{"a dependency outside", depends, "b1:d1", want{"b1 c1 d1", "a1", "b2", "", "b1 c1"}, nil},
		{"others depend on a part", depends, "a2:c2", want{"a2 b2 c2", "", "", "second", "a2 b2"}, nil},
		{"what was squashed before", squashed, "c:d", want{"c d", "", "", "", "a b c"}, nil},

		{"one revision", linear, "b:b", want{}, func() (error, string) { return woven("b", "b", "it is one revision") }},
		{"a branch that leaves", fork, "a:d1", want{}, func() (error, string) { return woven("a", "d1", "c2 follows b, and is not in it") }},
		{"a branch that joins", "a; b1 < a; x; c < b1, x; d < c", "a:d", want{}, func() (error, string) { return woven("a", "d", "c also follows x, which is not in it") }},
		{"half a diamond", diamond, "b1:d", want{}, func() (error, string) { return woven("b1", "d", "c also follows b2, which is not in it") }},
		{"a dependency that goes out and in again", "a; b < a; x + a; c < b + x", "a:c", want{}, func() (error, string) {
			return woven("a", "c", "a revision would come before itself: x -> c -> x")
		}},
		{"the wrong way round", linear, "d:b", want{}, func() (error, string) {
			return &versions.NotAncestorError{From: "d", To: "b"}, "revision d is not an ancestor of b"
		}},
		{"no range", linear, "b", want{}, func() (error, string) {
			return &versions.IdentifierError{Identifier: "b", Reason: "a range is from:to, both included; without from it begins at base"},
				`"b" is not a revision identifier here: a range is from:to, both included; without from it begins at base`
		}},
		{"several ends", fork, "a:heads", want{}, func() (error, string) {
			return &versions.IdentifierError{Identifier: "heads", Reason: "it names several revisions: d1, d2"},
				`"heads" is not a revision identifier here: it names several revisions: d1, d2`
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, err := graph(t, c.graph).Squash(c.span)
			if c.wrong != nil {
				wrong, says := c.wrong()
				wantError(t, err, wrong, says)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			join := func(ids []string) string { return strings.Join(ids, " ") }
			got := want{join(plan.Members), join(plan.Into.Revises), join(plan.Into.DependsOn), join(plan.Into.Labels), join(plan.Into.Replaces)}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if last := plan.Members[len(plan.Members)-1]; plan.Into.ID != last {
				t.Errorf("it has the ID %s, not that of %s", plan.Into.ID, last)
			}
		})
	}
}
