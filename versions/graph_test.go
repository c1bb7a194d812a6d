package versions_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/versions"
)

// metas reads revisions from a short form, one a line or semicolon: id < parents + dependencies [labels] ~ replaced. They
// were created one after the other in the order of the text.
func metas(text string) []versions.Meta {
	form := regexp.MustCompile(`^(\S+)(?: < ([^+\[~]+))?(?: \+ ([^\[~]+))?(?: \[(.+)\])?(?: ~ (.+))?$`)
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
			ID: m[1], Revises: words(m[2]), DependsOn: words(m[3]), Labels: words(m[4]), Replaces: words(m[5]), File: m[1] + ".go",
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
	squashed = "c ~ a, b; d < c; x; y < x + b"
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

		// Squashed revisions.
		{"over what was squashed", squashed, "", "d", "c d", "d", nil, ""},
		{"from what was squashed", squashed, "c", "head-0", "", "", is[*versions.MultipleHeadsError], "d, y"},
		{"a dependency on a part is one on the whole", squashed, "x", "y", "c y", "y", nil, ""},

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
