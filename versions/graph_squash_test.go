package versions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/versions"
)

func TestSquashRange(t *testing.T) {
	type refusal struct {
		err  error
		says string
	}
	woven := func(first, last, reason string) *refusal {
		return &refusal{&versions.SquashError{First: first, Last: last, Reason: reason}, fmt.Sprintf("the range from %s to %s cannot be squashed: %s", first, last, reason)}
	}
	type want struct{ members, revises, depends, labels, replaces string }
	cases := []struct {
		name, graph, span string
		want              want
		wrong             *refusal
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

		{"one revision", linear, "b:b", want{}, woven("b", "b", "it is one revision")},
		{"a branch that leaves", fork, "a:d1", want{}, woven("a", "d1", "c2 follows b, and is not in it")},
		{"a branch that joins", "a; b1 < a; x; c < b1, x; d < c", "a:d", want{}, woven("a", "d", "c also follows x, which is not in it")},
		{"half a diamond", diamond, "b1:d", want{}, woven("b1", "d", "c also follows b2, which is not in it")},
		{"a dependency that goes out and in again", "a; b < a; x + a; c < b + x", "a:c", want{}, woven("a", "c", "a revision would come before itself: x -> c -> x")},
		{"the wrong way round", linear, "d:b", want{}, &refusal{&versions.NotAncestorError{From: "d", To: "b"}, "revision d is not an ancestor of b"}},
		{"no range", linear, "b", want{}, &refusal{
			&versions.IdentifierError{Identifier: "b", Reason: "a range is from:to, both included; without from it begins at base"},
			`"b" is not a revision identifier here: a range is from:to, both included; without from it begins at base`}},
		{"several ends", fork, "a:heads", want{}, &refusal{
			&versions.IdentifierError{Identifier: "heads", Reason: "it names several revisions: d1, d2"},
			`"heads" is not a revision identifier here: it names several revisions: d1, d2`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, err := graph(t, c.graph).Squash(c.span)
			if c.wrong != nil {
				wantError(t, err, c.wrong.err, c.wrong.says)
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

// TestStranded is about revisions that follow a part of what was squashed.
func TestStranded(t *testing.T) {
	for _, c := range []struct{ name, graph, want, heads string }{
		{"nothing was squashed", linear, "", ""},
		{"nobody follows a part", squashed, "", ""},
		{"one follows a part", "c ~ a, b; l < b; m < l", "l: b -> c", "m"},
		{"two follow parts", "c ~ a, b; l < b; m < a", "l: b -> c; m: a -> c", "l m"},
		{"a merge of two parts", "c ~ a, b; l < a, b", "l: a b -> c", "l"},
		{"a merge of a part and the whole", "c ~ a, b; l < a, c", "l: a c -> c", "l"},
		{"something else is wrong too", "c ~ a, b; l < b; m < nosuch", "l: b -> c", "no graph"},
	} {
		t.Run(c.name, func(t *testing.T) {
			moves, g := versions.Stranded(metas(c.graph))
			var got []string
			for _, move := range moves {
				got = append(got, fmt.Sprintf("%s: %s -> %s", move.ID, strings.Join(move.From, " "), strings.Join(move.To, " ")))
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("moves %q, want %q", got, c.want)
			}
			heads := ""
			if g != nil {
				heads = strings.Join(g.Heads(), " ")
			} else if len(moves) > 0 {
				heads = "no graph"
			}
			if heads != c.heads {
				t.Errorf("heads %q, want %q", heads, c.heads)
			}
		})
	}
}
