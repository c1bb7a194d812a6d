package versions_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/versions"
)

// The questions that a graph answers, for tables of cases.
func upgradeTo(rows, target string) func(*versions.Graph) error {
	return func(g *versions.Graph) error { _, err := g.UpgradePath(strings.Fields(rows), target); return err }
}

func downgradeTo(rows, target string) func(*versions.Graph) error {
	return func(g *versions.Graph) error { _, err := g.DowngradePath(strings.Fields(rows), target); return err }
}

func stampTo(rows string, targets ...string) func(*versions.Graph) error {
	return func(g *versions.Graph) error { _, err := g.StampRows(strings.Fields(rows), targets...); return err }
}

func historyOf(rows, span string) func(*versions.Graph) error {
	return func(g *versions.Graph) error { _, err := g.Range(span, strings.Fields(rows)); return err }
}

func following(identifiers ...string) func(*versions.Graph) error {
	return func(g *versions.Graph) error {
		_, err := g.ParentsOf(identifiers, versions.NewOptions{})
		return err
	}
}

// TestErrorsOfAGraph has every error that a question to a graph may have, with what it carries and what it says.
func TestErrorsOfAGraph(t *testing.T) {
	const (
		narrow = "; narrow it with LABEL@ or REVISION@ before the number"
		heads  = `; name one of them, write LABEL@head or REVISION@head for one branch, "heads" for all, join them with "retort merge heads", or put yours after the others with "retort rebase"`
	)
	cases := []struct {
		name, graph string
		ask         func(*versions.Graph) error
		want        error
		says        string
	}{
		{"[BUG] nothing", linear, upgradeTo("a", ""), &versions.IdentifierError{Identifier: "", Reason: "it is empty; write a revision, a label, head, heads, base or a number of steps such as +1"},
			`"" is not a revision identifier here: it is empty; write a revision, a label, head, heads, base or a number of steps such as +1`},
		{"a range where none can be", linear, upgradeTo("a", "a:b"), &versions.IdentifierError{Identifier: "a:b", Reason: "a range from:to has no meaning here"},
			`"a:b" is not a revision identifier here: a range from:to has no meaning here`},
		{"no range where one has to be", linear, historyOf("", "b"), &versions.IdentifierError{Identifier: "b", Reason: "a range is from:to, from: or :to"},
			`"b" is not a revision identifier here: a range is from:to, from: or :to`},
		{"half a branch", fork, upgradeTo("a", "c1branch@"), &versions.IdentifierError{Identifier: "c1branch@", Reason: "write BRANCH@REVISION, such as billing@head"},
			`"c1branch@" is not a revision identifier here: write BRANCH@REVISION, such as billing@head`},
		{"no number", linear, downgradeTo("c", "b-x"), &versions.IdentifierError{Identifier: "b-x", Reason: "after + or - comes a number of steps"},
			`"b-x" is not a revision identifier here: after + or - comes a number of steps`},
		{"a number that no machine counts to", linear, downgradeTo("c", "-9223372036854775808"),
			&versions.IdentifierError{Identifier: "-9223372036854775808", Reason: "after + or - comes a number of steps"},
			`"-9223372036854775808" is not a revision identifier here: after + or - comes a number of steps`},
		{"a new revision after where a database is", linear, following("current"),
			&versions.IdentifierError{Identifier: "current", Reason: "a new revision does not depend on where a database is; write head-1 or REVISION+1"},
			`"current" is not a revision identifier here: a new revision does not depend on where a database is; write head-1 or REVISION+1`},
		{"a new revision a step after it", linear, following("+1"),
			&versions.IdentifierError{Identifier: "+1", Reason: "a new revision does not depend on where a database is; write head-1 or REVISION+1"},
			`"+1" is not a revision identifier here: a new revision does not depend on where a database is; write head-1 or REVISION+1`},
		{"a root that follows something", fork, following("base", "d1"),
			&versions.IdentifierError{Identifier: "base", Reason: "a revision that follows others is no root; leave it out"},
			`"base" is not a revision identifier here: a revision that follows others is no root; leave it out`},

		{"unknown", linear, upgradeTo("a", "xyz"), &versions.UnknownRevisionError{Identifier: "xyz"}, `there is no revision or label "xyz"`},
		{"unknown, and close to one", hexes, upgradeTo("", "f0d"), &versions.UnknownRevisionError{Identifier: "f0d", Similar: []string{"f00d"}},
			`there is no revision or label "f0d"; did you mean f00d?`},
		{"unknown, and close to several", hexes, upgradeTo("", "abc9"), &versions.UnknownRevisionError{Identifier: "abc9", Similar: []string{"abc1", "abc2"}},
			`there is no revision or label "abc9"; did you mean abc1 or abc2?`},
		{"unknown branch", fork, upgradeTo("a", "c3branch@head"), &versions.UnknownRevisionError{Identifier: "c3branch", Similar: []string{"c1branch", "c2branch"}},
			`there is no revision or label "c3branch"; did you mean c1branch or c2branch?`},
		{"unknown in the database", linear, upgradeTo("zzzz", "head"), &versions.UnknownRevisionError{Identifier: "zzzz", Table: "retort_version"},
			`the database is at revision "zzzz" (table retort_version), which no revision file has: restore the file, or set the database's revision with "retort stamp --purge REVISION"`},
		{"a row is never the beginning of an ID", hexes, upgradeTo("f00", "head"), &versions.UnknownRevisionError{Identifier: "f00", Table: "retort_version"},
			`the database is at revision "f00" (table retort_version), which no revision file has: restore the file, or set the database's revision with "retort stamp --purge REVISION"`},

		{"[BUG] an ambiguous beginning", hexes, upgradeTo("", "ab"), &versions.AmbiguousError{Identifier: "ab", Candidates: []string{"ab3d", "abc1", "abc2"}},
			`"ab" is the beginning of several revisions: ab3d, abc1, abc2; write more of it`},
		{"an ambiguous beginning of many", "x0; x1; x2; x3; x4; x5; x6; x7; x8; x9", upgradeTo("", "x"),
			&versions.AmbiguousError{Identifier: "x", Candidates: strings.Fields("x0 x1 x2 x3 x4 x5 x6 x7 x8 x9")},
			`"x" is the beginning of several revisions: x0, x1, x2, x3, x4, x5, x6, x7 and 2 more; write more of it`},
		{"what has become part of another", squashed, upgradeTo("", "b"), &versions.SquashedError{Revision: "b", Into: "c"}, `revision b has become part of c: name c`},
		{"a database inside of what was squashed", squashed, upgradeTo("b", "head"), &versions.SquashedError{Revision: "b", Into: "c", Table: "retort_version"},
			`the database is at revision "b" (table retort_version), which has become part of c: first upgrade it to c with the files from before they were squashed; ` +
				`if it has all that is in c already, "retort stamp --purge c" says so`},
		{"several heads", fork, upgradeTo("a", "head"), &versions.MultipleHeadsError{Identifier: "head", Heads: []string{"d1", "d2"}},
			`"head" means one head, and there are 2: d1, d2` + heads},
		{"several heads of a branch", fork, upgradeTo("a", "b@head"), &versions.MultipleHeadsError{Identifier: "b@head", Heads: []string{"d1", "d2"}},
			`"b@head" means one head, and there are 2: d1, d2` + heads},
		{"several heads to follow", fork, following(), &versions.MultipleHeadsError{Identifier: "head", Heads: []string{"d1", "d2"}},
			`"head" means one head, and there are 2: d1, d2` + heads},
		{"not in the branch", fork, downgradeTo("d1 d2", "c1branch@d2"), &versions.NotInBranchError{Revision: "d2", Branch: "c1branch"}, `revision "d2" is not in branch "c1branch"`},

		{"too far forth", linear, upgradeTo("b", "+5"), &versions.RelativeError{Identifier: "+5", Wanted: 5, Possible: 3}, `"+5" asks for 5 steps, and there are only 3`},
		{"[BUG] too far from a revision", linear, upgradeTo("a", "b+9"), &versions.RelativeError{Identifier: "b+9", Wanted: 9, Possible: 3}, `"b+9" asks for 9 steps, and there are only 3`},
		{"[BUG] after the head", linear, upgradeTo("a", "head+1"), &versions.RelativeError{Identifier: "head+1", Wanted: 1}, `"head+1" asks for 1 step, and there are only 0`},
		{"too far back", linear, downgradeTo("b", "-5"), &versions.RelativeError{Identifier: "-5", Wanted: 5, Possible: 2}, `"-5" asks for 5 steps, and there are only 2`},
		{"one too far back", linear, downgradeTo("b", "-3"), &versions.RelativeError{Identifier: "-3", Wanted: 3, Possible: 2}, `"-3" asks for 3 steps, and there are only 2`},
		{"back from nothing", linear, downgradeTo("", "-1"), &versions.RelativeError{Identifier: "-1", Wanted: 1}, `"-1" asks for 1 step, and there are only 0`},
		{"back in a branch that is not applied", forest, downgradeTo("b1", "second@-1"), &versions.RelativeError{Identifier: "second@-1", Wanted: 1}, `"second@-1" asks for 1 step, and there are only 0`},
		{"steps back to upgrade", linear, upgradeTo("c", "-2"), &versions.DirectionError{Identifier: "-2", Direction: versions.Up}, `"-2" leads the other way: use "retort downgrade -2"`},
		{"steps back from current to upgrade", linear, upgradeTo("c", "current-2"), &versions.DirectionError{Identifier: "current-2", Direction: versions.Up},
			`"current-2" leads the other way: use "retort downgrade current-2"`},
		{"steps forth to downgrade", linear, downgradeTo("c", "+1"), &versions.DirectionError{Identifier: "+1", Direction: versions.Down}, `"+1" leads the other way: use "retort upgrade +1"`},
		{"steps forth from current to downgrade", linear, downgradeTo("c", "current+1"), &versions.DirectionError{Identifier: "current+1", Direction: versions.Down},
			`"current+1" leads the other way: use "retort upgrade current+1"`},

		{"a fork", fork, upgradeTo("b", "+1"), &versions.AmbiguousWalkError{Identifier: "+1", At: "b", Candidates: []string{"c1", "c2"}},
			`"+1" is ambiguous: from b it can go to c1, c2; name the revision, or narrow it with LABEL@ or REVISION@ before the number`},
		{"roots", forest, upgradeTo("", "+1"), &versions.AmbiguousWalkError{Identifier: "+1", Candidates: []string{"a1", "a2"}},
			`"+1" is ambiguous: from base it can go to a1, a2; name the revision, or narrow it with LABEL@ or REVISION@ before the number`},
		{"a merge", diamond, downgradeTo("d", "-3"), &versions.AmbiguousWalkError{Identifier: "-3", At: "c", Candidates: []string{"b1", "b2"}},
			`"-3" is ambiguous: from c it can go to b1, b2; name the revision, or narrow it with LABEL@ or REVISION@ before the number`},
		{"several current revisions, forth", fork, upgradeTo("c1 c2", "+1"), &versions.AmbiguousCurrentError{Identifier: "+1", Current: []string{"c1", "c2"}},
			`"+1" is relative to the database's revision, and it is at 2: c1, c2` + narrow},
		{"[BUG] several current revisions, back", fork, downgradeTo("d2 d1", "-1"), &versions.AmbiguousCurrentError{Identifier: "-1", Current: []string{"d1", "d2"}},
			`"-1" is relative to the database's revision, and it is at 2: d1, d2` + narrow},
		{"several current revisions, back by name", fork, downgradeTo("d2 d1", "current-1"), &versions.AmbiguousCurrentError{Identifier: "current-1", Current: []string{"d1", "d2"}},
			`"current-1" is relative to the database's revision, and it is at 2: d1, d2` + narrow},

		{"a downgrade that would be an upgrade", linear, downgradeTo("b", "d"), &versions.DowngradeTargetError{Target: "d", Current: []string{"b"}},
			"cannot downgrade to d: it is not before the database's revision (b)"},
		{"a downgrade from nothing", linear, downgradeTo("", "a"), &versions.DowngradeTargetError{Target: "a", Current: []string{}},
			"cannot downgrade to a: it is not before the database's revision (base)"},
		{"a downgrade into another branch", fork, downgradeTo("d1", "c2"), &versions.DowngradeTargetError{Target: "c2", Current: []string{"d1"}},
			"cannot downgrade to c2: it is not before the database's revision (d1)"},
		{"a range the wrong way round", linear, historyOf("", "d:a"), &versions.NotAncestorError{From: "d", To: "a"}, "revision d is not an ancestor of a"},
		{"a range over two branches", fork, historyOf("", "c1branch:d2"), &versions.NotAncestorError{From: "c1branch", To: "d2"}, "revision c1branch is not an ancestor of d2"},
		{"[BUG] stamp an ancestor and its descendant", linear, stampTo("", "b", "d"), &versions.OverlapError{Revision: "d", Implied: "b"},
			"revision b comes before d and is implied by it: name only d"},
		{"[BUG] merge an ancestor and its descendant", linear, following("e", "b"), &versions.OverlapError{Revision: "e", Implied: "b"},
			"revision b comes before e and is implied by it: name only e"},
		{"follow what is followed", fork, following("b"), &versions.NotHeadError{Revision: "b", Children: []string{"c1", "c2"}},
			"revision b is not a head (followed by c1, c2): give --splice to begin a new branch there"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { wantError(t, c.ask(graph(t, c.graph)), c.want, c.says) })
	}
}

// TestErrorsOfRevisions has everything that may be wrong with the revisions that a graph is made of.
func TestErrorsOfRevisions(t *testing.T) {
	cases := []struct {
		name, graph string
		want        error
		says        string
	}{
		{"[BUG] a parent is missing", "a; b < zz", &versions.MissingRevisionError{Revision: "b", Place: "b.go", Missing: "zz"},
			`revision b (b.go) follows "zz", and there is no such revision: restore its file, or change the reference`},
		{"[BUG] a dependency is missing", "a; b < a + zz", &versions.MissingRevisionError{Revision: "b", Place: "b.go", Missing: "zz", Dependency: true},
			`revision b (b.go) depends on "zz", and there is no such revision: restore its file, or change the reference`},
		{"a dependency is ambiguous", "ab1; ab2; c + ab", &versions.MissingRevisionError{Revision: "c", Place: "c.go", Missing: "ab", Dependency: true, Candidates: []string{"ab1", "ab2"}},
			`revision c (c.go) depends on "ab", which is the beginning of several revisions: ab1, ab2; write more of it`},
		{"a parent is written in full", "abc; b < ab", &versions.MissingRevisionError{Revision: "b", Place: "b.go", Missing: "ab"},
			`revision b (b.go) follows "ab", and there is no such revision: restore its file, or change the reference`},
		{"a parent that has become part of another", squashed + "; l < b", &versions.MissingRevisionError{Revision: "l", Place: "l.go", Missing: "b", Into: "c"},
			`revision l (l.go) follows "b", which has become part of c: let it follow c, which "retort rebase" does`},
		{"what was squashed is there still", squashed + "; b", &versions.ReplacedError{ID: "b", By: "c", Places: []string{"b.go", "c.go"}},
			`revision "b" has become part of c and is there besides, so that its steps would run twice: remove one of b.go and c.go`},
		{"what was squashed twice", squashed + "; z ~ a", &versions.ReplacedError{ID: "a", By: "z", Places: []string{"c.go", "z.go"}},
			`revision "a" has become part of z and is there besides, so that its steps would run twice: remove one of c.go and z.go`},
		{"[BUG] an ID in two files", "a; a", &versions.DuplicateError{ID: "a", Places: []string{"a.go", "a.go"}}, `revision "a" is there more than once: a.go and a.go`},
		{"a label at two revisions", "a [x]; b < a [x]", &versions.DuplicateLabelError{Label: "x", First: "a", Second: "b", Places: []string{"a.go", "b.go"}},
			`label "x" of revision b is already that of revision a (a.go, b.go)`},
		{"a label that is another's ID", "a; b < a [a]", &versions.DuplicateLabelError{Label: "a", First: "a", Second: "b", Places: []string{"a.go", "b.go"}},
			`label "a" of revision b is another revision's ID (a.go, b.go)`},
		{"a label that is the own ID", "a [a]", &versions.DuplicateLabelError{Label: "a", First: "a", Second: "a", Places: []string{"a.go", "a.go"}},
			`label "a" is the ID of the same revision, which names its branch already (a.go): leave the label out`},
		{"follows itself", "a < a", &versions.CycleError{Revisions: []string{"a"}, Places: []string{"a.go"}}, "revision a follows itself (a.go)"},
		{"depends on itself", "a + a", &versions.CycleError{Revisions: []string{"a"}, Places: []string{"a.go"}, Dependency: true}, "revision a depends on itself (a.go)"},
		{"a cycle", "a < c; b < a; c < b", &versions.CycleError{Revisions: []string{"a", "c", "b"}, Places: []string{"a.go", "c.go", "b.go"}},
			"revisions come before themselves: a -> c -> b -> a (a.go, c.go, b.go)"},
		{"a cycle through a dependency", "a + c; b < a; c < b", &versions.CycleError{Revisions: []string{"a", "c", "b"}, Places: []string{"a.go", "c.go", "b.go"}, Dependency: true},
			"revisions come before themselves: a -> c -> b -> a (a.go, c.go, b.go)"},
		{"a cycle through a dependency on a beginning", "abcd + xyz; xyzw < abcd", &versions.CycleError{Revisions: []string{"abcd", "xyzw"}, Places: []string{"abcd.go", "xyzw.go"}, Dependency: true},
			"revisions come before themselves: abcd -> xyzw -> abcd (abcd.go, xyzw.go)"},
		{"a reserved word", "current", &versions.InvalidIDError{ID: "current", Place: "current.go", Reason: "the word has a meaning of its own"},
			`"current" cannot be the ID or label of a revision: the word has a meaning of its own (current.go)`},
		{"a reserved label", "a [base]", &versions.InvalidIDError{ID: "base", Place: "a.go", Reason: "the word has a meaning of its own"},
			`"base" cannot be the ID or label of a revision: the word has a meaning of its own (a.go)`},
		{"a sign that identifiers use", "a@b", &versions.InvalidIDError{ID: "a@b", Place: "a@b.go", Reason: "the character '@' is not allowed"},
			`"a@b" cannot be the ID or label of a revision: the character '@' is not allowed (a@b.go)`},
		{"a character that nobody sees", "a\u200bb", &versions.InvalidIDError{ID: "a\u200bb", Place: "a\u200bb.go", Reason: `the character '\u200b' is not allowed`},
			`"a\u200bb" cannot be the ID or label of a revision: the character '\u200b' is not allowed (` + "a\u200bb.go)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := versions.NewGraph(metas(c.graph))
			wantError(t, err, c.want, c.says)
		})
	}
	t.Run("no ID", func(t *testing.T) {
		_, err := versions.NewGraph([]versions.Meta{{File: "x.go", Line: 7}})
		wantError(t, err, &versions.InvalidIDError{Place: "x.go:7", Reason: "it is empty"}, `"" cannot be the ID or label of a revision: it is empty (x.go:7)`)
	})
	t.Run("a revision without a file", func(t *testing.T) {
		_, err := versions.NewGraph([]versions.Meta{{ID: "a", Revises: []string{"b"}}})
		wantError(t, err, &versions.MissingRevisionError{Revision: "a", Place: "revision a", Missing: "b"},
			`revision a (revision a) follows "b", and there is no such revision: restore its file, or change the reference`)
	})
}

// wantError checks that an error is or wraps one of the wanted error's type, that this has the same fields, and the text.
func wantError(t *testing.T, err, want error, says string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	found := reflect.New(reflect.TypeOf(want))
	if !errors.As(err, found.Interface()) {
		t.Fatalf("got %T: %v", err, err)
	}
	if diff := cmp.Diff(want, found.Elem().Interface()); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if err.Error() != says {
		t.Errorf("says\n%s\nwant\n%s", err, says)
	}
}
