package versions_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/versions"
)

// metas reads revisions from a short form, one a line or semicolon: id < parents + dependencies [labels]. They were
// created one after the other in the order of the text.
func metas(text string) []versions.Meta {
	form := regexp.MustCompile(`^(\S+)(?: < ([^+\[]+))?(?: \+ ([^\[]+))?(?: \[(.+)\])?$`)
	words := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	}
	var out []versions.Meta
	for i, line := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		m := form.FindStringSubmatch(line)
		if m == nil {
			panic("cannot read " + line)
		}
		out = append(out, versions.Meta{
			ID: m[1], Revises: words(m[2]), DependsOn: words(m[3]), Labels: words(m[4]), File: m[1] + ".go",
			Created: time.Unix(int64(i)*60, 0).UTC().Format(time.RFC3339),
		})
	}
	return out
}

func graph(t testing.TB, text string) *versions.Graph {
	t.Helper()
	g, err := versions.NewGraph(metas(text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// The graphs of the scenarios.
const (
	linear   = "a; b < a; c < b; d < c; e < d"
	hexes    = "abc1; abc2 < abc1; ab3d < abc2; f00d < ab3d"
	fork     = "a; b < a; c1 < b [c1branch]; d1 < c1; c2 < b [c2branch]; d2 < c2"
	diamond  = "a; b1 < a; b2 < a; c < b1, b2; d < c"
	triple   = "a; b < a; c1 < b; d1 < c1; c2 < b; d2 < c2; c3 < b; d3 < c3; e < d1, d2, d3; f < e"
	forest   = "a1 [first]; b1 < a1; a2 [second]; b2 < a2; c2 < b2"
	depends  = "a1 [first]; b1 < a1; c1 < b1; a2 [second]; b2 < a2; d1 < c1 + b2; c2 < b2"
	implied  = "a1; b1 < a1; a2; b2 < a2; c1 < b1 + b2; d1 < c1"
	twins    = "a; b1 < a; b2 < a; b3 < a; c1 < b1, b2, b3; c2 < b1, b2, b3; d1 < c1; d2 < c2"
	crossed  = "a; b1 < a; b2 < a; m < b1, b2; n < b1, b2; c < m, n"
	nested   = "a; b < a; c < b; x1 < a + b, c; x2 < x1 + c"
	redo     = "a; b < a + a; c < b + a"
	bmerge   = "a1; b1 < a1; a2; bmerge < b1, a2; c1 < b1"
	labelled = "r; s < r [ebranch]; some1 < s; some2 < some1; t < r [fbranch]; some9 < t"
	dropfork = "a; b < a; c < b; x; y < x + b; z < y"
)

// sketch writes steps as "b c -d": what is reverted has a minus.
func sketch(steps []versions.Step) string {
	words := make([]string, len(steps))
	for i, step := range steps {
		words[i] = step.ID
		if step.Direction == versions.Down {
			words[i] = "-" + step.ID
		}
	}
	return strings.Join(words, " ")
}

// rowsAfter carries the row changes out as a table would, so that a change that does not fit is seen.
func rowsAfter(t *testing.T, rows []string, steps []versions.Step) []string {
	t.Helper()
	rows = slices.Clone(rows)
	remove := func(id string) {
		at := slices.Index(rows, id)
		if at < 0 {
			t.Fatalf("row %s to delete is not in %v", id, rows)
		}
		rows = slices.Delete(rows, at, at+1)
	}
	add := func(id string) {
		if slices.Contains(rows, id) {
			t.Fatalf("row %s is in %v already", id, rows)
		}
		rows = append(rows, id)
	}
	for _, step := range steps {
		for _, id := range step.Rows.Delete {
			remove(id)
		}
		if u := step.Rows.Update; u != nil {
			remove(u.From)
			add(u.To)
		}
		for _, id := range step.Rows.Insert {
			add(id)
		}
	}
	slices.Sort(rows)
	return rows
}

// is returns a check for an error of a type.
func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

type pathCase struct {
	name    string
	graph   string
	rows    string // the version table before
	target  string
	want    string // steps
	after   string // the version table afterwards
	wrong   func(error) bool
	message string // part of it
}

func TestUpgradePath(t *testing.T) {
	cases := []pathCase{
		// A chain.
		{"to the end", linear, "a", "e", "b c d e", "e", nil, ""},
		{"from nothing", linear, "", "head", "a b c d e", "e", nil, ""},
		{"heads of a chain", linear, "", "heads", "a b c d e", "e", nil, ""},
		{"to the middle", linear, "a", "c", "b c", "c", nil, ""},
		{"two steps on", linear, "a", "+2", "b c", "c", nil, ""},
		{"one step from nothing", linear, "", "+1", "a", "a", nil, ""},
		{"no step on", linear, "b", "+0", "", "b", nil, ""},
		{"two after a revision", linear, "a", "b+2", "b c d", "d", nil, ""},
		{"two before a revision", linear, "a", "d-2", "b", "b", nil, ""},
		{"one before the head", linear, "", "head-1", "a b c d", "d", nil, ""},
		{"two after base", linear, "", "base+2", "a b", "b", nil, ""},
		{"already there", linear, "e", "head", "", "e", nil, ""},
		{"heads, already there", linear, "e", "heads", "", "e", nil, ""},
		{"an older revision is no step", linear, "d", "b", "", "d", nil, ""},
		{"base is no step", linear, "d", "base", "", "d", nil, ""},
		{"before the head when beyond", linear, "e", "head-1", "", "e", nil, ""},
		{"current is no step", linear, "c", "current", "", "c", nil, ""},
		{"relative to current by name", linear, "b", "current+1", "c", "c", nil, ""},
		{"five steps where three are", linear, "b", "+5", "", "", is[*versions.RelativeError], "asks for 5 steps, and there are only 3"},
		{"steps after a revision past the end", linear, "a", "b+9", "", "", is[*versions.RelativeError], "only 3"},
		{"[BUG] after the head is an error with words", linear, "a", "head+1", "", "", is[*versions.RelativeError], "only 0"},
		{"[BUG] nothing is an error with words", linear, "a", "", "", "", is[*versions.IdentifierError], "it is empty"},
		{"spaces are nothing", linear, "a", "  ", "", "", is[*versions.IdentifierError], "it is empty"},
		{"back is the other command", linear, "c", "-1", "", "", is[*versions.DirectionError], "retort downgrade -1"},
		{"a range", linear, "a", "a:c", "", "", is[*versions.IdentifierError], "range"},
		{"a number is missing", linear, "a", "b+", "", "", is[*versions.IdentifierError], "number of steps"},
		{"two signs", linear, "a", "b+-1", "", "", is[*versions.IdentifierError], "number of steps"},
		{"an absurd number", linear, "a", "+99999999999999999999", "", "", is[*versions.IdentifierError], "number of steps"},
		{"half a branch", linear, "a", "b@", "", "", is[*versions.IdentifierError], "BRANCH@REVISION"},
		{"no branch", linear, "a", "@head", "", "", is[*versions.IdentifierError], "BRANCH@REVISION"},
		{"two branches", linear, "a", "a@b@c", "", "", is[*versions.IdentifierError], "BRANCH@REVISION"},
		{"unknown", linear, "a", "nosuch", "", "", is[*versions.UnknownRevisionError], `no revision or label "nosuch"`},
		{"unknown branch", linear, "a", "nosuch@head", "", "", is[*versions.UnknownRevisionError], `"nosuch"`},
		{"a row that nobody has", linear, "zzzz", "head", "", "", is[*versions.UnknownRevisionError], "stamp --purge"},
		{"an empty graph", "", "", "head", "", "", nil, ""},
		{"an empty graph, heads", "", "", "heads", "", "", nil, ""},
		{"an empty graph, a step", "", "", "+1", "", "", is[*versions.RelativeError], "only 0"},

		// Beginnings of IDs.
		{"a beginning", hexes, "", "f0", "abc1 abc2 ab3d f00d", "f00d", nil, ""},
		{"one letter", hexes, "", "f", "abc1 abc2 ab3d f00d", "f00d", nil, ""},
		{"a beginning with steps", hexes, "", "ab3-1", "abc1 abc2", "abc2", nil, ""},
		{"[BUG] an ambiguous beginning lists its revisions", hexes, "", "abc", "", "", is[*versions.AmbiguousError], "abc1, abc2"},

		// Branches.
		{"two ends", fork, "a", "d1,d2", "b c1 d1 c2 d2", "d1 d2", nil, ""},
		{"two ends in the other order", fork, "a", "d2,d1", "b c1 d1 c2 d2", "d1 d2", nil, ""},
		{"heads of a fork", fork, "", "heads", "a b c1 d1 c2 d2", "d1 d2", nil, ""},
		{"the other branch", fork, "d1", "heads", "c2 d2", "d1 d2", nil, ""},
		{"head of a fork", fork, "", "head", "", "", is[*versions.MultipleHeadsError], "d1, d2"},
		{"head of a branch", fork, "a", "c1branch@head", "b c1 d1", "d1", nil, ""},
		{"head by a revision's lineage", fork, "a", "c2@head", "b c2 d2", "d2", nil, ""},
		{"head by a common ancestor", fork, "a", "b@head", "", "", is[*versions.MultipleHeadsError], "d1, d2"},
		{"heads by a common ancestor", fork, "a", "b@heads", "b c1 d1 c2 d2", "d1 d2", nil, ""},
		{"heads of a branch", fork, "a", "c2branch@heads", "b c2 d2", "d2", nil, ""},
		{"a label is its revision, not the head", fork, "a", "c2branch", "b c2", "c2", nil, ""},
		{"a revision of a branch", fork, "a", "c2branch@d2", "b c2 d2", "d2", nil, ""},
		{"a revision of another branch", fork, "a", "c2branch@d1", "", "", is[*versions.NotInBranchError], `"d1" is not in branch "c2branch"`},
		{"a step at a fork", fork, "b", "+1", "", "", is[*versions.AmbiguousWalkError], "from b it can go to c1, c2"},
		{"a step at a fork, with a branch", fork, "b", "c2branch@+1", "c2", "c2", nil, ""},
		{"a step of a branch that another came to first", fork, "d1", "c2branch@+1", "c2", "d1 c2", nil, ""},
		{"two steps of one of two current branches", fork, "c1 c2", "c1branch@+1", "d1", "d1 c2", nil, ""},
		{"too many steps of a branch", fork, "c1 c2", "c1branch@+2", "", "", is[*versions.RelativeError], "only 1"},
		{"steps from two revisions", fork, "d1 c2", "+1", "", "", is[*versions.AmbiguousCurrentError], "it is at 2: d1, c2"},
		{"before a branch's head", fork, "", "c1branch@head-1", "a b c1", "c1", nil, ""},
		{"steps after base in a branch", fork, "", "c2branch@base+3", "a b c2", "c2", nil, ""},
		{"steps after base at a fork", fork, "", "base+3", "", "", is[*versions.AmbiguousWalkError], "from b"},
		{"back over a fork is one way", fork, "", "d1-2", "a b", "b", nil, ""},
		{"a step on from all heads", fork, "", "heads+1", "", "", is[*versions.MultipleHeadsError], "d1, d2"},
		{"a beginning inside a branch", labelled, "", "ebranch@some1", "r s some1", "some1", nil, ""},
		{"a beginning that is ambiguous elsewhere", labelled, "", "fbranch@some", "r t some9", "some9", nil, ""},
		{"a beginning that stays ambiguous", labelled, "", "ebranch@some", "", "", is[*versions.AmbiguousError], "some1, some2"},
		{"a beginning that is not in the branch", labelled, "", "ebranch@some9", "", "", is[*versions.NotInBranchError], "some9"},

		// Merges.
		{"over a diamond once each", diamond, "", "head", "a b1 b2 c d", "d", nil, ""},
		{"a merge from one side", diamond, "b1", "c", "b2 c", "c", nil, ""},
		{"a merge from both sides", diamond, "b1 b2", "+1", "", "", is[*versions.AmbiguousCurrentError], "b1, b2"},
		{"a step over a merge", diamond, "b1", "b1+1", "b2 c", "c", nil, ""},
		{"three branches into one", triple, "d1 d2 d3", "e", "e", "e", nil, ""},
		{"merges that cross", crossed, "", "heads", "a b1 b2 m n c", "c", nil, ""},
		{"twin merges", twins, "", "heads", "a b1 b2 b3 c1 d1 c2 d2", "d1 d2", nil, ""},
		{"the other twin", twins, "d2", "d1", "c1 d1", "d2 d1", nil, ""},

		// Several roots.
		{"all roots", forest, "", "heads", "a1 b1 a2 b2 c2", "b1 c2", nil, ""},
		{"one root by its label", forest, "", "second@head", "a2 b2 c2", "c2", nil, ""},
		{"a step from nothing with two roots", forest, "", "+1", "", "", is[*versions.AmbiguousWalkError], "from base it can go to a1, a2"},
		{"a step from nothing in a branch", forest, "", "second@+1", "a2", "a2", nil, ""},
		{"a branch begins beside another", forest, "b1", "second@+2", "a2 b2", "b1 b2", nil, ""},

		// Dependencies.
		{"what it depends on comes first", depends, "", "d1", "a1 b1 c1 a2 b2 d1", "d1", nil, ""},
		{"what it depends on is there", depends, "c1 b2", "d1", "d1", "d1", nil, ""},
		{"an implied revision gets a row when it goes on", depends, "d1", "c2", "c2", "d1 c2", nil, ""},
		{"heads are the effective ones", implied, "", "heads", "a1 b1 a2 b2 c1 d1", "d1", nil, ""},
		{"head is a branch's end, implied or not", implied, "", "head", "", "", is[*versions.MultipleHeadsError], "b2, d1"},
		{"an implied branch's head is there already", implied, "d1", "a2@head", "", "d1", nil, ""},
		{"a step in an implied branch", depends, "d1", "second@+1", "c2", "d1 c2", nil, ""},
		{"dependencies on a revision and on its ancestor", nested, "", "heads", "a b c x1 x2", "x2", nil, ""},
		{"the same, one after the other", nested, "c x1", "x2", "x2", "x2", nil, ""},
		{"a dependency on the own parent", redo, "", "head", "a b c", "c", nil, ""},

		// Rows that should not be there (an implied one beside the one that implies it).
		{"an implied row is removed", linear, "a c", "d", "d", "d", nil, ""},
		{"an implied row of a dependency is removed", implied, "b2 c1", "d1", "d1", "d1", nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := graph(t, c.graph)
			steps, err := g.UpgradePath(strings.Fields(c.rows), c.target)
			c.check(t, steps, err)
		})
	}
}

func (c pathCase) check(t *testing.T, steps []versions.Step, err error) {
	t.Helper()
	if c.wrong != nil {
		if err == nil || !c.wrong(err) || !strings.Contains(err.Error(), c.message) {
			t.Fatalf("got %v %v", sketch(steps), err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := sketch(steps); got != c.want {
		t.Errorf("steps %q, want %q", got, c.want)
	}
	want := strings.Fields(c.after)
	slices.Sort(want)
	if got := rowsAfter(t, strings.Fields(c.rows), steps); !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func TestDowngradePath(t *testing.T) {
	cases := []pathCase{
		// A chain.
		{"three back", linear, "e", "-3", "-e -d -c", "b", nil, ""},
		{"one back", linear, "e", "-1", "-e", "d", nil, ""},
		{"all back by number", linear, "c", "-3", "-c -b -a", "", nil, ""},
		{"to a revision", linear, "e", "c", "-e -d", "c", nil, ""},
		{"to base", linear, "c", "base", "-c -b -a", "", nil, ""},
		{"to two after a revision", linear, "e", "a+2", "-e -d", "c", nil, ""},
		{"to one before a revision", linear, "e", "c-1", "-e -d -c", "b", nil, ""},
		{"to before the head", linear, "e", "head-2", "-e -d", "c", nil, ""},
		{"to before base by number", linear, "e", "c-3", "-e -d -c -b -a", "", nil, ""},
		{"to the current revision", linear, "c", "c", "", "c", nil, ""},
		{"[BUG] current is a target", linear, "c", "current", "", "c", nil, ""},
		{"before current by name", linear, "c", "current-1", "-c", "b", nil, ""},
		{"no step back", linear, "c", "-0", "", "c", nil, ""},
		{"base from nothing", linear, "", "base", "", "", nil, ""},
		{"too far", linear, "b", "-5", "", "", is[*versions.RelativeError], "asks for 5 steps, and there are only 2"},
		{"one too far", linear, "b", "-3", "", "", is[*versions.RelativeError], "only 2"},
		{"a step from nothing", linear, "", "-1", "", "", is[*versions.RelativeError], "only 0"},
		{"further than base from a revision", linear, "e", "b-3", "", "", is[*versions.RelativeError], "only 2"},
		{"forth is the other command", linear, "b", "+2", "", "", is[*versions.DirectionError], "retort upgrade +2"},
		{"to a revision above", linear, "b", "d", "", "", is[*versions.DowngradeTargetError], "cannot downgrade to d: it is not before the database's revision (b)"},
		{"to the head above", linear, "b", "head", "", "", is[*versions.DowngradeTargetError], "cannot downgrade to head"},
		{"to a revision from nothing", linear, "", "b", "", "", is[*versions.DowngradeTargetError], "(base)"},
		{"unknown", linear, "c", "nosuch", "", "", is[*versions.UnknownRevisionError], "nosuch"},
		{"a range", linear, "c", "c:a", "", "", is[*versions.IdentifierError], "range"},

		// Branches.
		{"both branches", fork, "d1 d2", "a", "-d2 -c2 -d1 -c1 -b", "a", nil, ""},
		{"both branches to the fork", fork, "d1 d2", "base+2", "-d2 -c2 -d1 -c1", "b", nil, ""},
		{"one branch to the fork", fork, "d1 d2", "c2branch@base+2", "-d2 -c2", "d1", nil, ""},
		{"one branch, one less", fork, "d1 d2", "c2branch@base+3", "-d2", "d1 c2", nil, ""},
		{"one branch to a revision", fork, "d1 d2", "c2", "-d2", "d1 c2", nil, ""},
		{"one branch to the fork by name", fork, "d1 d2", "c2branch@b", "-d2 -c2", "d1", nil, ""},
		{"one step of a branch", fork, "d1 d2", "c1branch@-1", "-d1", "c1 d2", nil, ""},
		{"two steps of a branch", fork, "d1 d2", "c1branch@-2", "-d1 -c1", "d2", nil, ""},
		{"three steps of a branch take the other along", fork, "d1 d2", "c1branch@-3", "-d2 -c2 -d1 -c1 -b", "a", nil, ""},
		{"[BUG] a step with two revisions depends on no order", fork, "d1 d2", "-1", "", "", is[*versions.AmbiguousCurrentError], "d1, d2"},
		{"a step with one branch applied", fork, "d1", "-2", "-d1 -c1", "b", nil, ""},
		{"a branch's base is everything under it", fork, "d1 d2", "c2branch@base", "-d2 -c2 -d1 -c1 -b -a", "", nil, ""},
		{"all heads when there", fork, "d1 d2", "heads", "", "d1 d2", nil, ""},
		{"all heads when not", fork, "d1 c2", "heads", "", "", is[*versions.DowngradeTargetError], "heads"},
		{"a branch that is not applied", fork, "d1", "c2", "", "", is[*versions.DowngradeTargetError], "to c2"},
		{"a revision of another branch", fork, "d1 d2", "c1branch@c2", "", "", is[*versions.NotInBranchError], "c2"},

		// Merges.
		{"a merge", triple, "e", "-1", "-e", "d1 d2 d3", nil, ""},
		{"beyond a merge", triple, "f", "-3", "", "", is[*versions.AmbiguousWalkError], "from e it can go to d1, d2, d3"},
		{"a merge and what follows", triple, "f", "-2", "-f -e", "d1 d2 d3", nil, ""},
		{"beyond a merge in one branch", triple, "f", "d2", "-f -e", "d1 d2 d3", nil, ""},
		{"to the fork under a merge", triple, "e", "b", "-e -d3 -c3 -d2 -c2 -d1 -c1", "b", nil, ""},
		{"a diamond", diamond, "d", "a", "-d -c -b2 -b1", "a", nil, ""},
		{"half a diamond", diamond, "d", "b1", "-d -c", "b1 b2", nil, ""},
		{"one twin", twins, "d1 d2", "c1@b1", "-d1 -c1", "d2", nil, ""},
		{"both twins", twins, "d1 d2", "b1", "-d2 -c2 -d1 -c1", "b1 b2 b3", nil, ""},
		{"crossed merges", crossed, "c", "b1", "-c -n -m", "b1 b2", nil, ""},
		{"a merge of a root leaves the root's sibling", bmerge, "bmerge c1", "bmerge@-1", "-bmerge", "a2 c1", nil, ""},
		{"a merge is gone, both parents are rows", bmerge, "bmerge", "-1", "-bmerge", "b1 a2", nil, ""},

		// Several roots.
		{"everything", forest, "b1 c2", "base", "-c2 -b2 -a2 -b1 -a1", "", nil, ""},
		{"one root", forest, "b1 c2", "second@base", "-c2 -b2 -a2", "b1", nil, ""},
		{"one root by a revision", forest, "b1 c2", "b1@base", "-b1 -a1", "c2", nil, ""},
		{"one of two roots in steps", forest, "b1 c2", "second@-2", "-c2 -b2", "b1 a2", nil, ""},

		// Dependencies.
		{"what was implied gets its row back", depends, "d1", "first@base", "-d1 -c1 -b1 -a1", "b2", nil, ""},
		{"one step gives both rows", depends, "d1", "-1", "-d1", "c1 b2", nil, ""},
		{"no row for what another row implies", depends, "d1 c2", "first@-1", "-d1", "c1 c2", nil, ""},
		{"what depends on it goes first", depends, "d1 c2", "second@a2", "-c2 -d1 -b2", "c1 a2", nil, ""},
		{"what depends on it in another branch", dropfork, "z c", "a", "-z -y -c -b", "a x", nil, ""},
		{"a step of an implied branch reverts the dependent", implied, "d1", "b2@-1", "-d1 -c1 -b2", "b1 a2", nil, ""},
		{"dependencies on a revision and on its ancestor", nested, "x2", "x1@-1", "-x2", "x1", nil, ""},
		{"the same, all", nested, "x2", "base", "-x2 -x1 -c -b -a", "", nil, ""},
		{"a dependency on the own parent", redo, "c", "-2", "-c -b", "a", nil, ""},

		// Rows that should not be there.
		{"an implied row does no harm", linear, "a c", "b", "-c", "b", nil, ""},
		{"an implied row may be what stays", linear, "b c", "b", "-c", "b", nil, ""},
		{"an implied row to base", linear, "a c", "base", "-c -b -a", "", nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := graph(t, c.graph)
			steps, err := g.DowngradePath(strings.Fields(c.rows), c.target)
			c.check(t, steps, err)
		})
	}
}

func TestRowsStepByStep(t *testing.T) {
	g := graph(t, twins)
	position, err := g.At(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	move := func(id string, direction versions.Direction) {
		change := position.Apply(id, direction)
		text := fmt.Sprintf("%s:", id)
		for _, row := range change.Delete {
			text += " -" + row
		}
		if change.Update != nil {
			text += " " + change.Update.From + ">" + change.Update.To
		}
		for _, row := range change.Insert {
			text += " +" + row
		}
		got = append(got, text+" = "+strings.Join(position.Rows(), ","))
	}
	for _, id := range strings.Fields("a b3 b1 b2 c2 d2 c1 d1") {
		move(id, versions.Up)
	}
	for _, id := range strings.Fields("d1 c1 d2 c2 b2 b1 b3 a") {
		move(id, versions.Down)
	}
	want := []string{
		"a: +a = a", "b3: a>b3 = b3", "b1: +b1 = b1,b3", "b2: +b2 = b1,b2,b3", "c2: -b2 -b3 b1>c2 = c2", "d2: c2>d2 = d2",
		"c1: +c1 = c1,d2", "d1: c1>d1 = d1,d2",
		"d1: d1>c1 = c1,d2", "c1: -c1 = d2", "d2: d2>c2 = c2", "c2: c2>b1 +b2 +b3 = b1,b2,b3", "b2: -b2 = b1,b3", "b1: -b1 = b3",
		"b3: b3>a = a", "a: -a = ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestApplyTwiceChangesNothing(t *testing.T) {
	position, err := graph(t, linear).At([]string{"b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []versions.RowChange{position.Apply("b", versions.Up), position.Apply("c", versions.Down), position.Apply("nosuch", versions.Up)} {
		if diff := cmp.Diff(versions.RowChange{}, change); diff != "" {
			t.Error(diff)
		}
	}
	if !position.Applied("a") || position.Applied("c") || position.Applied("nosuch") {
		t.Error("applied is wrong")
	}
}

func TestStampRows(t *testing.T) {
	cases := []struct {
		name, graph, rows, targets, want string
		wrong                            func(error) bool
	}{
		{"from nothing", linear, "", "c", "c", nil},
		{"forth", linear, "a", "head", "e", nil},
		{"back", linear, "e", "b", "b", nil},
		{"the same", linear, "c", "c", "c", nil},
		{"base", linear, "c", "base", "", nil},
		{"relative", linear, "c", "+1", "d", nil},
		{"relative to a head", linear, "a", "head-1", "d", nil},
		{"heads", fork, "", "heads", "d1 d2", nil},
		{"head of a fork", fork, "", "head", "", is[*versions.MultipleHeadsError]},
		{"one branch leaves the other", fork, "d1 c2", "c2branch@head", "d1 d2", nil},
		{"two branches at once", fork, "", "c1 d2", "c1 d2", nil},
		{"to the fork takes both branches", fork, "d1 c2", "b", "b", nil},
		{"from the fork into one branch", fork, "b", "d1", "d1", nil},
		{"a branch's base", fork, "d1 d2", "c2branch@base", "d1", nil},
		{"a root beside another", forest, "b1", "second", "b1 a2", nil},
		{"a root's base", forest, "b1 c2", "first@base", "c2", nil},
		{"what depends replaces what it depends on", depends, "c1 b2", "d1", "d1", nil},
		{"what is depended on replaces what depends", depends, "d1", "b2", "b2", nil},
		{"implied rows go", linear, "a c", "d", "d", nil},
		{"[BUG] an ancestor and its descendant", linear, "", "a d", "", is[*versions.OverlapError]},
		{"[BUG] a dependency and its dependent", depends, "", "b2 d1", "", is[*versions.OverlapError]},
		{"unknown", linear, "", "nosuch", "", is[*versions.UnknownRevisionError]},
		{"unknown row", linear, "zzzz", "c", "", is[*versions.UnknownRevisionError]},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows, err := graph(t, c.graph).StampRows(strings.Fields(c.rows), strings.Fields(c.targets)...)
			if c.wrong != nil {
				if err == nil || !c.wrong(err) {
					t.Fatalf("got %v, %v", rows, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rows, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

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
