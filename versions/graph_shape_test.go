package versions_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-db/retort/versions"
)

func TestGraphProblems(t *testing.T) {
	cases := []struct {
		name, graph string
		wrong       func(error) bool
		message     string
	}{
		{"[BUG] a parent is missing", "a; b < nosuch", is[*versions.MissingRevisionError], `revision b (b.go) follows "nosuch"`},
		{"[BUG] a dependency is missing", "a; b < a + nosuch", is[*versions.MissingRevisionError], `depends on "nosuch"`},
		{"[BUG] two files with one ID", "a; a", is[*versions.DuplicateError], "a.go and a.go"},
		{"three files with one ID", "a; a; a", is[*versions.DuplicateError], "a.go and a.go and a.go"},
		{"a label twice", "a [x]; b < a [x]", is[*versions.DuplicateLabelError], `label "x" of revision b is already that of revision a`},
		{"[BUG] a label that is an ID", "a; b < a [a]", is[*versions.DuplicateLabelError], "another revision's ID"},
		{"a label that is the own ID", "a [a]", is[*versions.DuplicateLabelError], "a.go"},
		{"a label that is a later ID", "a [b]; b < a", is[*versions.DuplicateLabelError], `"b"`},
		{"follows itself", "a < a", is[*versions.CycleError], "revision a follows itself (a.go)"},
		{"depends on itself", "a + a", is[*versions.CycleError], "revision a depends on itself"},
		{"a cycle of two", "a < b; b < a", is[*versions.CycleError], "a -> b -> a (a.go, b.go)"},
		{"a cycle of three beside a chain", "r; s < r; a < c; b < a; c < b", is[*versions.CycleError], "a -> c -> b -> a"},
		{"a cycle of dependencies", "a + b; b + a", is[*versions.CycleError], "a -> b -> a"},
		{"a cycle of both kinds", "a; b < a; x + b; y < x; c < b", nil, ""},
		{"a cycle through a dependency", "a + c; b < a; c < b", is[*versions.CycleError], "a -> c -> b -> a"},
		{"a cycle through a label", "a + lab; b < a [lab]", is[*versions.CycleError], "a -> b -> a"},
		{"a cycle above a root", "a; b < a, d; c < b; d < c", is[*versions.CycleError], "b -> d -> c -> b"},
		{"a reserved word", "head", is[*versions.InvalidIDError], "meaning of its own"},
		{"a reserved label", "a [heads]", is[*versions.InvalidIDError], "meaning of its own"},
		{"an at sign", "a@1", is[*versions.InvalidIDError], `character '@' is not allowed`},
		{"a minus", "a-1", is[*versions.InvalidIDError], `character '-' is not allowed`},
		{"a plus", "a+1", is[*versions.InvalidIDError], `character '+' is not allowed`},
		{"a colon", "a:1", is[*versions.InvalidIDError], `character ':' is not allowed`},
		{"a quote", "a'1", is[*versions.InvalidIDError], `is not allowed`},
		{"too long", strings.Repeat("x", 256), is[*versions.InvalidIDError], "longer than 255"},
		{"a label with a sign", "a [b-c]", is[*versions.InvalidIDError], "'-'"},
		{"the longest ID", strings.Repeat("x", 255), nil, ""},
		{"an ID of other letters", "ÄÖ.1_x", nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := versions.NewGraph(metas(c.graph))
			if c.wrong == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !c.wrong(err) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("all are told at once", func(t *testing.T) {
		_, err := versions.NewGraph(metas("a; a; b < nosuch; base; c [x]; d [x]"))
		if !is[*versions.DuplicateError](err) || !is[*versions.MissingRevisionError](err) || !is[*versions.InvalidIDError](err) || !is[*versions.DuplicateLabelError](err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCheckNew(t *testing.T) {
	g := graph(t, fork)
	for name, c := range map[string]struct {
		meta  versions.Meta
		wrong func(error) bool
	}{
		"good":                            {versions.Meta{ID: "n", Revises: []string{"d1"}, Labels: []string{"fresh"}}, nil},
		"[BUG] an ID that is taken":       {versions.Meta{ID: "d1"}, is[*versions.DuplicateError]},
		"a label that is taken":           {versions.Meta{ID: "n", Labels: []string{"c1branch"}}, is[*versions.DuplicateLabelError]},
		"[BUG] a label that is an ID":     {versions.Meta{ID: "n", Labels: []string{"d2"}}, is[*versions.DuplicateLabelError]},
		"a dependency that is not there":  {versions.Meta{ID: "n", DependsOn: []string{"zz"}}, is[*versions.MissingRevisionError]},
		"a character that is not allowed": {versions.Meta{ID: "n@1"}, is[*versions.InvalidIDError]},
	} {
		t.Run(name, func(t *testing.T) {
			err := g.CheckNew(c.meta)
			if c.wrong == nil && err != nil || c.wrong != nil && (err == nil || !c.wrong(err)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOrderDoesNotDependOnInput(t *testing.T) {
	all := metas(triple)
	want := ""
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		g, err := versions.NewGraph(all)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(ids(g.All()), " ")
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("%s and %s", want, got)
		}
	}
	if want != "a b c1 d1 c2 d2 c3 d3 e f" {
		t.Errorf("order %s", want)
	}
}

// TestRandomGraphs compares the fast answers with slow, obvious ones on graphs that nobody thought of.
func TestRandomGraphs(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		all := randomMetas(random, 1+random.IntN(14))
		g, err := versions.NewGraph(all)
		if err != nil {
			t.Fatal(err)
		}
		before := map[string][]string{}
		for _, meta := range all {
			before[meta.ID] = append(slices.Clone(meta.Revises), meta.DependsOn...)
		}
		applied := map[string]bool{}
		var rows []string
		for range 12 {
			target := all[random.IntN(len(all))].ID
			move := g.UpgradePath
			if random.IntN(2) == 0 {
				if move = g.DowngradePath; !applied[target] {
					target = "base"
				}
			}
			steps, err := move(rows, target)
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range steps {
				checkStep(t, before, applied, step)
				applied[step.ID] = step.Direction == versions.Up
			}
			rows = rowsAfter(t, rows, steps)
			if want := tipsOf(before, applied); !slices.Equal(rows, want) {
				t.Fatalf("after %s %s: rows %v, want %v\n%+v", sketch(steps), target, rows, want, all)
			}
		}
	}
}

func randomMetas(random *rand.Rand, n int) []versions.Meta {
	var out []versions.Meta
	for i := range n {
		meta := versions.Meta{ID: fmt.Sprintf("r%02d", i), Created: time.Unix(int64(random.IntN(5)), 0).UTC().Format(time.RFC3339)}
		for j := range i {
			switch random.IntN(max(3, i)) {
			case 0:
				meta.Revises = append(meta.Revises, out[j].ID)
			case 1:
				if random.IntN(3) == 0 {
					meta.DependsOn = append(meta.DependsOn, out[j].ID)
				}
			}
		}
		out = append(out, meta)
	}
	return out
}

// checkStep checks that what comes before a revision is applied exactly when it has to be.
func checkStep(t *testing.T, before map[string][]string, applied map[string]bool, step versions.Step) {
	t.Helper()
	if applied[step.ID] == (step.Direction == versions.Up) {
		t.Fatalf("%s %s when it is so already", step.Direction, step.ID)
	}
	if step.Direction == versions.Up {
		for _, id := range before[step.ID] {
			if !applied[id] {
				t.Fatalf("%s is applied before %s", step.ID, id)
			}
		}
		return
	}
	for id, list := range before {
		if applied[id] && slices.Contains(list, step.ID) {
			t.Fatalf("%s is reverted before %s", step.ID, id)
		}
	}
}

// tipsOf returns the applied revisions that no applied revision comes after.
func tipsOf(before map[string][]string, applied map[string]bool) []string {
	var out []string
	for id := range applied {
		followed := false
		for other, list := range before {
			followed = followed || applied[other] && slices.Contains(list, id)
		}
		if applied[id] && !followed {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// TestLargeGraphs would not end in time if an algorithm were not linear, or overflow if it were recursive.
func TestLargeGraphs(t *testing.T) {
	const count = 100_000
	shapes := map[string]func(i int) versions.Meta{
		"chain": func(i int) versions.Meta {
			return versions.Meta{ID: fmt.Sprintf("r%06d", i), Revises: parents(i, i-1)}
		},
		"ladder of merges": func(i int) versions.Meta {
			return versions.Meta{ID: fmt.Sprintf("r%06d", i), Revises: parents(i, i-1, i-2)}
		},
		"roots with dependencies": func(i int) versions.Meta {
			return versions.Meta{ID: fmt.Sprintf("r%06d", i), DependsOn: parents(i, i-1, i-7)}
		},
		"a bush": func(i int) versions.Meta {
			return versions.Meta{ID: fmt.Sprintf("r%06d", i), Revises: parents(i, i/10-1)}
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			all := make([]versions.Meta, count)
			for i := range all {
				all[i] = shape(i)
			}
			g, err := versions.NewGraph(all)
			if err != nil {
				t.Fatal(err)
			}
			up, err := g.UpgradePath(nil, "heads")
			if err != nil || len(up) != count {
				t.Fatalf("%d steps, %v", len(up), err)
			}
			down, err := g.DowngradePath(g.EffectiveHeads(), "base")
			if err != nil || len(down) != count {
				t.Fatalf("%d steps, %v", len(down), err)
			}
			if history, err := g.Range("", nil); err != nil || len(history) != count {
				t.Fatalf("%d revisions, %v", len(history), err)
			}
		})
	}
}

func parents(i int, before ...int) []string {
	var out []string
	for _, j := range before {
		if j >= 0 && j < i {
			out = append(out, fmt.Sprintf("r%06d", j))
		}
	}
	return out
}

func TestForks(t *testing.T) {
	for graph, want := range map[string]string{
		"":                                     "[]",
		"a; b < a":                             "[]",
		"a; b < a; c < a":                      "[[b c]]",
		"a; b < a; c < a; d < b, c":            "[]",
		"a; b < a; c < a; d < a":               "[[b c d]]",
		"a; b < a [x]; c < a":                  "[]",
		"a; b < a [x]; c < a [y]":              "[]",
		"a [x]; b < a; c < a":                  "[[b c]]",
		"a; b < a; c < a; r [x]; s < r":        "[[b c]]",
		"a; b < a; c < a; r [x]; s < r; t < r": "[[b c] [s t]]",
		"a; b":                                 "[[a b]]",
	} {
		g, err := versions.NewGraph(metas(graph))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(g.Forks()); got != want {
			t.Errorf("%s: %s, want %s", graph, got, want)
		}
	}
}
