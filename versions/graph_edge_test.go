package versions_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/versions"
)

// TestCurrentInABranch is about databases that came through a branch without having a row in it.
func TestCurrentInABranch(t *testing.T) {
	cases := []struct{ name, graph, rows, identifier, want string }{
		{"a row of the branch", fork, "d1 c2", "c1branch@current", "d1"},
		{"what a row depends on", depends, "d1", "second@current", "b2"},
		{"under a merge", diamond, "d", "b1@current", "d"},
		{"the fork below it", fork, "b", "c1branch@current", "b"},
		{"not in the branch", forest, "b1", "second@current", ""},
		{"a step on from what a row depends on", depends, "d1", "second@current+1", "c2"},
		{"a step back from what a row depends on", depends, "d1", "second@current-1", "a2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found, err := graph(t, c.graph).Resolve(c.identifier, strings.Fields(c.rows))
			if err != nil || strings.Join(found, " ") != c.want {
				t.Errorf("got %v, %v, want %s", found, err, c.want)
			}
		})
	}
}

func TestDowngradeToCurrentRevertsNothing(t *testing.T) {
	for _, c := range []struct{ graph, rows, target string }{
		{fork, "d1 d2", "current"}, {fork, "d1 d2", "c1branch@current"}, {depends, "d1", "second@current"},
		{depends, "d1 c2", "first@current"}, {implied, "d1", "a2@current"}, {linear, "", "current"}, {fork, "b", "c2branch@current"},
	} {
		t.Run(c.rows+" "+c.target, func(t *testing.T) {
			steps, err := graph(t, c.graph).DowngradePath(strings.Fields(c.rows), c.target)
			if err != nil || len(steps) > 0 {
				t.Errorf("got %q, %v", sketch(steps), err)
			}
		})
	}
}

// TestStepsFromCurrent writes the database's revision out, which is the same as leaving it away.
func TestStepsFromCurrent(t *testing.T) {
	for _, c := range []struct{ graph, rows, steps, want string }{
		{diamond, "d", "-2", "-d -c"}, {diamond, "c", "-1", "-c"}, {linear, "e", "-5", "-e -d -c -b -a"}, {linear, "c", "-0", ""},
		{triple, "e", "-1", "-e"}, {depends, "d1", "-1", "-d1"},
	} {
		t.Run(c.rows+c.steps, func(t *testing.T) {
			for _, target := range []string{c.steps, "current" + c.steps} {
				steps, err := graph(t, c.graph).DowngradePath(strings.Fields(c.rows), target)
				if got := sketch(steps); err != nil || got != c.want {
					t.Errorf("%s: got %q, %v", target, got, err)
				}
			}
		})
	}
}

// TestStampKeepsWhatARowImplied: a revision of another branch that is applied only because a row depends on it is still
// applied when that row goes.
func TestStampKeepsWhatARowImplied(t *testing.T) {
	for _, c := range []struct{ name, graph, rows, target, want string }{
		{"back", depends, "d1", "c1", "c1 b2"},
		{"further back", depends, "d1", "a1", "a1 b2"},
		{"forth again", depends, "c1 b2", "d1", "d1"},
		{"to the base of the branch", depends, "d1", "first@base", "b2"},
		{"to base", depends, "d1", "base", ""},
		{"in the other branch", depends, "d1", "c2", "d1 c2"},
		{"beside it", depends + "; z", "d1", "z", "d1 z"},
		{"back over a merge", diamond, "d", "b1", "b1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, err := graph(t, c.graph).StampRows(strings.Fields(c.rows), c.target)
			slices.Sort(rows)
			want := strings.Fields(c.want)
			slices.Sort(want)
			if err != nil || !slices.Equal(rows, want) {
				t.Errorf("got %v, %v", rows, err)
			}
		})
	}
}

// TestSpellings writes the same identifier in several ways.
func TestSpellings(t *testing.T) {
	g := graph(t, hexes)
	for _, spelling := range []string{"ab3d", "ab3", " ab3d ", "f00d-1", "head-1", "abc2+1", "abc1+2", "base+3", "f@ab3d", "abc1@ab3", "f00d@head-1", "f00d@base+3"} {
		steps, err := g.UpgradePath([]string{"abc1"}, spelling)
		if got := sketch(steps); err != nil || got != "abc2 ab3d" {
			t.Errorf("%q: got %q, %v", spelling, got, err)
		}
	}
}

// TestQuestionsLeaveTheGraphAlone asks the same twice, with arguments that a careless answer would write into.
func TestQuestionsLeaveTheGraphAlone(t *testing.T) {
	g := graph(t, triple)
	rows := []string{"d3", "d1", "d2"}
	before := g.All()
	for range 2 {
		up, err := g.UpgradePath(rows, "f")
		if err != nil || sketch(up) != "e f" {
			t.Fatalf("got %q, %v", sketch(up), err)
		}
		down, err := g.DowngradePath(rows, "c2")
		if err != nil || sketch(down) != "-d2" {
			t.Fatalf("got %q, %v", sketch(down), err)
		}
		history, err := g.Range("-1:", rows)
		if err != nil || strings.Join(ids(history), " ") != "f e" {
			t.Fatalf("got %v, %v", ids(history), err)
		}
		for _, list := range [][]string{g.Heads(), g.Children("b"), g.BranchLabels("f")} {
			for i := range list {
				list[i] = "spoilt"
			}
		}
	}
	if !slices.Equal(rows, []string{"d3", "d1", "d2"}) {
		t.Errorf("rows are %v now", rows)
	}
	if diff := cmp.Diff(before, g.All()); diff != "" {
		t.Error(diff)
	}
}

// TestCreationOrdersBranches: where nothing else orders revisions their time does, whatever their zone, and then the ID.
func TestCreationOrdersBranches(t *testing.T) {
	g, err := versions.NewGraph([]versions.Meta{
		{ID: "z", Created: "2026-01-01T12:00:00+02:00"}, {ID: "y", Created: "2026-01-01T11:00:00Z"}, {ID: "x", Created: "2026-01-01T10:00:00Z"},
		{ID: "b", Created: "yesterday"}, {ID: "a"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(g.Heads(), " "); got != "a b x z y" {
		t.Errorf("order %s", got)
	}
}

// TestNoIdentifierPanics asks everything that a graph answers with identifiers that nobody would write.
func TestNoIdentifierPanics(t *testing.T) {
	graphs := map[string]string{"": "", linear: "c", fork: "d1 c2", depends: "d1", twins: "c1 b3", squashed: "c"}
	parts := []string{"", "a", "b", "c1", "first", "head", "heads", "base", "current", "nosuch", "@", "a@", "@head", "second@", "+1", "-1", "+0", "-0", "+99", "-99",
		"+-1", "+x", ":", "a:", ":b", "..", "a..", "\x00", "ä", " ", ",", "a,b", "9", "-", "+", "+9223372036854775807"}
	for text, rows := range graphs {
		g := graph(t, text)
		for _, one := range parts {
			for _, two := range parts {
				identifier := one + two
				for _, current := range [][]string{nil, strings.Fields(rows)} {
					for name, err := range map[string]error{
						"resolve": second(g.Resolve(identifier, current)), "upgrade": second(g.UpgradePath(current, identifier)),
						"downgrade": second(g.DowngradePath(current, identifier)), "range": second(g.Range(identifier, current)),
						"stamp": second(g.StampRows(current, identifier)), "follow": second(g.ParentsOf([]string{identifier}, versions.NewOptions{})),
						"depend": second(g.DependenciesOf([]string{identifier})), "rebase": second(g.Rebase(identifier, one)), "squash": second(g.Squash(identifier)),
					} {
						if err != nil && err.Error() == "" {
							t.Errorf("%s %q: an error without words", name, identifier)
						}
					}
				}
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }
