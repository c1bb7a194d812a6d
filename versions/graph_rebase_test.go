package versions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/versions"
)

func TestRebase(t *testing.T) {
	const developers = "a; b < a; mine < b; theirs < b"
	cases := []struct {
		name, graph, branch, onto string
		local, other, moves       string
		wrong                     error
		says                      string
	}{
		{"one revision each", developers, "mine", "theirs", "mine", "theirs", "mine: b -> theirs", nil, ""},
		{"the other way round", developers, "theirs", "mine", "theirs", "mine", "theirs: b -> mine", nil, ""},
		{"several each", "a; m1 < a; t1 < a; t2 < t1; m2 < m1; m3 < m2", "m3", "t2", "m1 m2 m3", "t1 t2", "m1: a -> t2", nil, ""},
		{"a fork of one's own", "a; m1 < a; m2 < m1; m3 < m1; m4 < m2, m3; t < a", "m4", "t", "m1 m2 m3 m4", "t", "m1: a -> t", nil, ""},
		{"two branches that were merged", "a; m1 < a; m2 < a; m3 < m1, m2; t < a", "m3", "t", "m1 m2 m3", "t", "m1: a -> t; m2: a -> t", nil, ""},
		{"a merge with what is shared", "a; b < a; m1 < a; m2 < m1, b; t < b", "m2", "t", "m1 m2", "t", "m1: a -> t; m2: m1 b -> m1", nil, ""},
		{"a merge of what is shared", "a; b1 < a; b2 < a; m < b1, b2; t < b1, b2", "m", "t", "m", "t", "m: b1 b2 -> t", nil, ""},
		{"two first revisions", "mine; theirs", "mine", "theirs", "mine", "theirs", "mine:  -> theirs", nil, ""},
		{"by a label and a beginning", "a; m1 < a [mine]; m2 < m1; theirs1 < a", "mine@head", "their", "m1 m2", "theirs1", "m1: a -> theirs1", nil, ""},
		{"a revision in the middle takes the others along", "a; m1 < a; m2 < m1; t < a", "m1", "t", "m1", "t", "m1: a -> t", nil, ""},
		{"a dependency that is met then", "a; t < a; m < a + t", "m", "t", "m", "t", "m: a -> t", nil, ""},

		{"nothing is to do", linear, "e", "c", "", "", "", &versions.RebaseError{Branch: "e", Onto: "c", Reason: "it follows already"},
			"e cannot be put after c: it follows already"},
		{"the wrong way", linear, "c", "e", "", "", "", &versions.RebaseError{Branch: "c", Onto: "e", Reason: "that one follows it"},
			"c cannot be put after e: that one follows it"},
		{"itself", linear, "e", "e", "", "", "", &versions.RebaseError{Branch: "e", Onto: "e", Reason: "they are the same"},
			"e cannot be put after e: they are the same"},
		{"not onto a head", "a; m < a; t < a; u < t", "m", "t", "", "", "", &versions.RebaseError{Branch: "m", Onto: "t", Reason: "t is followed by u; name a head"},
			"m cannot be put after t: t is followed by u; name a head"},
		{"what depends on it", "a; m < a; t < a + m", "m", "t", "", "", "",
			&versions.RebaseError{Branch: "m", Onto: "t", Reason: "a revision would come before itself: m -> t -> m"},
			"m cannot be put after t: a revision would come before itself: m -> t -> m"},
		{"no revision", developers, "base", "theirs", "", "", "", &versions.IdentifierError{Identifier: "base", Reason: "it names no revision"},
			`"base" is not a revision identifier here: it names no revision`},
		{"several revisions", developers, "heads", "theirs", "", "", "", &versions.IdentifierError{Identifier: "heads", Reason: "it names several revisions: mine, theirs"},
			`"heads" is not a revision identifier here: it names several revisions: mine, theirs`},
		{"unknown", developers, "mine", "nobodys", "", "", "", &versions.UnknownRevisionError{Identifier: "nobodys"}, `there is no revision or label "nobodys"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, err := graph(t, c.graph).Rebase(c.branch, c.onto)
			if c.wrong != nil {
				wantError(t, err, c.wrong, c.says)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var moves []string
			for _, move := range plan.Moves {
				moves = append(moves, fmt.Sprintf("%s: %s -> %s", move.ID, strings.Join(move.From, " "), strings.Join(move.To, " ")))
			}
			if got := strings.Join(moves, "; "); got != c.moves {
				t.Errorf("moves %q, want %q", got, c.moves)
			}
			if got := strings.Join(plan.Local, " "); got != c.local {
				t.Errorf("local %q, want %q", got, c.local)
			}
			if got := strings.Join(plan.Other, " "); got != c.other {
				t.Errorf("other %q, want %q", got, c.other)
			}
		})
	}
}

func TestAppliedOf(t *testing.T) {
	for _, c := range []struct{ graph, ids, rows, want string }{
		{linear, "c d", "e", "c d e"}, {linear, "c d", "c", "c"}, {linear, "c d", "b", ""}, {linear, "c", "", ""}, {linear, "c", "zzzz", ""},
		{fork, "c1", "d2", ""}, {depends, "b2", "d1", "b2 d1"}, {linear, "nosuch", "e", ""},
	} {
		t.Run(c.ids+" of "+c.rows, func(t *testing.T) {
			if got := strings.Join(graph(t, c.graph).AppliedOf(strings.Fields(c.ids), strings.Fields(c.rows)), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestReparent edits the literals of files that people write in many ways.
func TestReparent(t *testing.T) {
	cases := []struct{ name, field, parents, want string }{
		{"another parent", `Revises: versions.After("b1"),`, "z9", `Revises: versions.After("z9"),`},
		{"a raw string", "Revises: versions.After(`b1`),", "z9", "Revises: versions.After(`z9`),"},
		{"a comment inside", `Revises: versions.After("b1" /* the invoices */),`, "z9", `Revises: versions.After("z9" /* the invoices */),`},
		{"a comment behind", "Revises: versions.After(\"b1\"), // the invoices", "z9", "Revises: versions.After(\"z9\"), // the invoices"},
		{"joined strings", `Revises: versions.After("b" + "1"),`, "z9", `Revises: versions.After("z9"),`},
		{"one of two goes", `Revises: versions.After("b1", "b2"),`, "b2", `Revises: versions.After("b2"),`},
		{"the other of two goes", `Revises: versions.After("b1", "b2"),`, "b1", `Revises: versions.After("b1"),`},
		{"the middle one goes", `Revises: versions.After("b1", "b2", "b3"),`, "b1 b3", `Revises: versions.After("b1", "b3"),`},
		{"two become one", `Revises: versions.After("b1", "b2"),`, "z9", `Revises: versions.After("z9"),`},
		{"three become one", `Revises: versions.After("b1", "b2", "b3"),`, "z9", `Revises: versions.After("z9"),`},
		{"one of two changes", `Revises: versions.After("b1", "b2"),`, "z9 b2", `Revises: versions.After("z9", "b2"),`},
		{"one becomes two", `Revises: versions.After("b1"),`, "b1 z9", `Revises: versions.After("b1", "z9"),`},
		{"nothing changes", `Revises: versions.After("b1", "b2"),`, "b1 b2", `Revises: versions.After("b1", "b2"),`},
		{"no parents yet", `Revises: versions.After(),`, "z9", `Revises: versions.After("z9"),`},
		{"no parents yet, otherwise", `Revises: versions.Parents{},`, "z9", `Revises: versions.After("z9"),`},
		{"no such field", ``, "z9 y8", `Revises: versions.After("z9", "y8"),`},
		{"on several lines", "Revises: versions.After(\n\t\t\t\"b1\",\n\t\t\t\"b2\",\n\t\t),", "b1 z9", "Revises: versions.After(\n\t\t\t\"b1\",\n\t\t\t\"z9\",\n\t\t),"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := func(field string) string {
				if field != "" {
					field = "\t\t" + field + "\n"
				}
				return header + "func init() {\n\tRevisions.Add(versions.Revision{\n\t\tID:      \"a1\",\n" + field + "\t\t// As it was.\n\t\tMessage:   \"m\",\n\t})\n}\n"
			}
			got, err := versions.Reparent("a1.go", []byte(file(c.field)), "a1", strings.Fields(c.parents))
			if err != nil {
				t.Fatal(err)
			}
			if want := file(c.want); string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	t.Run("all on one line", func(t *testing.T) {
		source := header + "func init() { Revisions.Add(versions.Revision{ID: \"a1\"}) }\n"
		got, err := versions.Reparent("a1.go", []byte(source), "a1", []string{"z9"})
		want := strings.Replace(source, `"a1"`, `"a1", Revises: versions.After("z9")`, 1)
		if err != nil || string(got) != want {
			t.Errorf("got\n%s\n%v", got, err)
		}
	})
	t.Run("a dot import, and another revision above", func(t *testing.T) {
		source := "package m\n\nimport . \"github.com/retort-db/retort/versions\"\n\nfunc init() {\n\tRevisions.Add(Revision{ID: \"z1\", Revises: After(\"b1\")})\n\tRevisions.Add(Revision{ID: \"a1\", Revises: Parents{}})\n}\n"
		got, err := versions.Reparent("a1.go", []byte(source), "a1", []string{"z1"})
		if err != nil || string(got) != strings.Replace(source, "Parents{}", `After("z1")`, 1) {
			t.Errorf("got\n%s\n%v", got, err)
		}
	})
	for name, c := range map[string]struct {
		source string
		wrong  func(error) bool
	}{
		"no such revision": {revisionFile(`ID: "b2",`), is[*versions.FileError]},
		"no Go":            {"package", is[*versions.FileError]},
		"a variable":       {revisionFile(`ID: "a1", Revises: versions.After(parent),`), is[*versions.LiteralError]},
		"a function":       {revisionFile(`ID: "a1", Revises: parents(),`), is[*versions.LiteralError]},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := versions.Reparent("a1.go", []byte(c.source), "a1", []string{"z9"}); !c.wrong(err) {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}
