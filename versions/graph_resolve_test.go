package versions_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/versions"
)

func TestRange(t *testing.T) {
	cases := []struct {
		name, graph, rows, span, want string
		wrong                         func(error) bool
	}{
		{"everything", linear, "", "", "e d c b a", nil},
		{"everything, with a colon", linear, "", ":", "e d c b a", nil},
		{"both ends are in it", linear, "", "b:d", "d c b", nil},
		{"from", linear, "", "c:", "e d c", nil},
		{"to", linear, "", ":c", "c b a", nil},
		{"one revision", linear, "", "c:c", "c", nil},
		{"from and steps", linear, "", "b:+2", "d c b", nil},
		{"steps and to", linear, "", "-2:c", "c b a", nil},
		{"steps and to, clamped", linear, "", "-5:c", "c b a", nil},
		{"steps and the head", linear, "", "-1:head", "e d", nil},
		{"too many steps on, clamped", linear, "", "d:+9", "e d", nil},
		{"the newest", linear, "", "-2:", "e d c", nil},
		{"the oldest", linear, "", ":+2", "b a", nil},
		{"relative parts of symbols", linear, "", "base+2:head-1", "d c b", nil},
		{"from current", linear, "b", "current:", "e d c b", nil},
		{"from current on nothing", linear, "", "current:", "e d c b a", nil},
		{"to current", linear, "c", ":current", "c b a", nil},
		{"steps to current", linear, "d", "-1:current", "d c", nil},
		{"current and steps", linear, "b", "current:+1", "c b", nil},
		{"around current", linear, "c", "-1:+1", "d c b", nil},
		{"base to a revision", linear, "", "base:b", "b a", nil},
		{"a branch", fork, "", ":c2branch@head", "d2 c2 b a", nil},
		{"since a branch's beginning", fork, "", "c1branch:d1", "d1 c1", nil},
		{"both branches", fork, "", "b:", "d2 c2 d1 c1 b", nil},
		{"the newest of both branches", fork, "", "-1:", "d2 c2 d1 c1", nil},
		{"over a merge", diamond, "", "b1:c", "c b2 b1", nil},
		{"the newest over a merge", diamond, "", "-2:", "d c b2 b1", nil},
		{"[BUG] since a branch that others depend on", depends, "", "second:", "c2 d1 b2 a2 c1 b1 a1", nil},
		{"[BUG] since a revision with a dependency", depends, "d1", "current:", "c2 d1", nil},
		{"[BUG] since current to all heads", depends, "c1", "current:heads", "c2 d1 b2 a2 c1", nil},
		{"what an end depends on is in it", depends, "", ":d1", "d1 b2 a2 c1 b1 a1", nil},
		{"the wrong way round", linear, "", "d:a", "", is[*versions.NotAncestorError]},
		{"two branches", fork, "", "c1:d2", "", is[*versions.NotAncestorError]},
		{"no range", linear, "", "b", "", is[*versions.IdentifierError]},
		{"unknown end", linear, "", "b:zz", "", is[*versions.UnknownRevisionError]},
		{"unknown beginning", linear, "", "zz:b", "", is[*versions.UnknownRevisionError]},
		{"ambiguous head", fork, "", "b:head", "", is[*versions.MultipleHeadsError]},
		{"empty graph", "", "", "", "", nil},
		{"empty graph, newest", "", "", "-3:", "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found, err := graph(t, c.graph).Range(c.span, strings.Fields(c.rows))
			if c.wrong != nil {
				if err == nil || !c.wrong(err) {
					t.Fatalf("got %v, %v", found, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(ids(found), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func ids(metas []versions.Meta) []string {
	out := make([]string, len(metas))
	for i, meta := range metas {
		out[i] = meta.ID
	}
	return out
}

func TestResolve(t *testing.T) {
	cases := []struct{ graph, rows, identifier, want string }{
		{linear, "", "base", ""}, {linear, "", "head", "e"}, {linear, "c", "current", "c"}, {linear, "c", "-1", "b"},
		{linear, "c", "+1", "d"}, {linear, "", "b+1", "c"}, {linear, "", "a-1", ""}, {fork, "", "heads", "d1 d2"},
		{fork, "", "c1branch", "c1"}, {fork, "", "c1branch@base", ""}, {fork, "d1 d2", "c1branch@current", "d1"},
		{fork, "d1 d2", "c1branch@current-1", "c1"}, {implied, "", "heads", "d1"}, {implied, "", "a2@heads", "b2"},
		{fork, "", " head-0 ", ""},
	}
	for _, c := range cases {
		t.Run(c.identifier, func(t *testing.T) {
			found, err := graph(t, c.graph).Resolve(c.identifier, strings.Fields(c.rows))
			if c.identifier == " head-0 " {
				if !is[*versions.MultipleHeadsError](err) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(found, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSuggestions(t *testing.T) {
	g := graph(t, "1975ea83b712 [billing]; ae1027a6acf0 < 1975ea83b712")
	for typed, want := range map[string]string{"biling": "billing", "bilingl": "", "blling": "billing", "1975ea83b721": "1975ea83b712", "zz": ""} {
		_, err := g.Resolve(typed, nil)
		var e *versions.UnknownRevisionError
		if !errors.As(err, &e) || strings.Join(e.Similar, ",") != want {
			t.Errorf("%s: got %v", typed, err)
		}
	}
}

func TestShape(t *testing.T) {
	type shape struct{ Heads, Effective, Bases, Branches, Merges string }
	cases := map[string]struct {
		graph string
		want  shape
	}{
		"empty":   {"", shape{}},
		"linear":  {linear, shape{"e", "e", "a", "", ""}},
		"fork":    {fork, shape{"d1 d2", "d1 d2", "a", "b", ""}},
		"diamond": {diamond, shape{"d", "d", "a", "a", "c"}},
		"forest":  {forest, shape{"b1 c2", "b1 c2", "a1 a2", "", ""}},
		"implied": {implied, shape{"b2 d1", "d1", "a1 a2", "", ""}},
		"depends": {depends, shape{"d1 c2", "d1 c2", "a1 a2", "", ""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := graph(t, c.graph)
			join := func(ids []string) string { return strings.Join(ids, " ") }
			got := shape{join(g.Heads()), join(g.EffectiveHeads()), join(g.Bases()), join(g.BranchPoints()), join(g.MergePoints())}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	g := graph(t, depends)
	if got := g.Children("b2"); !slices.Equal(got, []string{"c2"}) {
		t.Errorf("children %v", got)
	}
	if got := g.Dependents("b2"); !slices.Equal(got, []string{"d1"}) {
		t.Errorf("dependents %v", got)
	}
	if got := g.Dependencies("d1"); !slices.Equal(got, []string{"b2"}) {
		t.Errorf("dependencies %v", got)
	}
}

func TestCurrentHeadsAndComplete(t *testing.T) {
	cases := []struct {
		graph, rows, current string
		complete             bool
	}{
		{linear, "", "", false}, {linear, "c", "c", false}, {linear, "e", "e", true},
		{implied, "d1", "b2 d1", true}, // [BUG] all heads are reached though one of them is no row
		{implied, "c1", "b2 c1", false}, {implied, "b1 b2", "b1 b2", false},
		{depends, "d1", "b2 d1", false}, {depends, "d1 c2", "d1 c2", true}, {fork, "d1 c2", "d1 c2", false}, {"", "", "", true},
	}
	for _, c := range cases {
		t.Run(c.rows, func(t *testing.T) {
			g := graph(t, c.graph)
			current, err := g.CurrentHeads(strings.Fields(c.rows))
			if err != nil || strings.Join(current, " ") != c.current {
				t.Errorf("current %v, %v", current, err)
			}
			if complete, err := g.Complete(strings.Fields(c.rows)); err != nil || complete != c.complete {
				t.Errorf("complete %v, %v", complete, err)
			}
		})
	}
}

func TestBranchLabels(t *testing.T) {
	cases := []struct{ graph, id, want string }{
		{fork, "a", ""}, {fork, "b", ""}, {fork, "c1", "c1branch"}, {fork, "d1", "c1branch"}, {fork, "d2", "c2branch"},
		{forest, "c2", "second"}, {"a; b < a; c < b [lab]; d < c", "a", "lab"}, {"a; b < a; c < b [lab]; d < c", "d", "lab"},
		{"a [one]; b < a [two, three]", "b", "one three two"}, {"a [one]; b [two]; m < a, b; n < m", "n", "one two"},
		{"a; b < a; m < a, b [mm]; n < m", "b", ""}, {"a; x; b < a + x; c < b [lab]", "a", "lab"}, {"a; b < a [lab]; y + a", "a", ""},
		{linear, "nosuch", ""},
	}
	for _, c := range cases {
		t.Run(c.graph+" "+c.id, func(t *testing.T) {
			if got := strings.Join(graph(t, strings.ReplaceAll(c.graph, "y + a", "y < a")).BranchLabels(c.id), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestParentsOf(t *testing.T) {
	cases := []struct {
		name, graph, heads string
		splice             bool
		want               string
		wrong              func(error) bool
	}{
		{"the head", linear, "", false, "e", nil},
		{"the first revision", "", "", false, "", nil},
		{"a new root", linear, "base", false, "", nil},
		{"several heads", fork, "", false, "", is[*versions.MultipleHeadsError]},
		{"one branch", fork, "c1branch@head", false, "d1", nil},
		{"a merge", fork, "heads", false, "d1 d2", nil},
		{"a merge by name", fork, "d2 d1", false, "d2 d1", nil},
		{"a merge of versioned heads", implied, "heads", false, "b2 d1", nil},
		{"the same head twice", fork, "d1 d1", false, "d1", nil},
		{"no head", linear, "c", false, "", is[*versions.NotHeadError]},
		{"no head, spliced", linear, "c", true, "c", nil},
		{"before the head, spliced", linear, "head-1", true, "d", nil},
		{"[BUG] an ancestor and its descendant, spliced", linear, "b e", true, "", is[*versions.OverlapError]},
		{"relative to a database", linear, "-1", true, "", is[*versions.IdentifierError]},
		{"unknown", linear, "zz", false, "", is[*versions.UnknownRevisionError]},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found, err := graph(t, c.graph).ParentsOf(strings.Fields(c.heads), versions.NewOptions{Splice: c.splice})
			if c.wrong != nil {
				if err == nil || !c.wrong(err) {
					t.Fatalf("got %v, %v", found, err)
				}
				return
			}
			if err != nil || strings.Join(found, " ") != c.want {
				t.Errorf("got %v, %v", found, err)
			}
		})
	}
}
