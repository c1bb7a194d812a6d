package cmd

import (
	"strings"
	"testing"

	"github.com/retort-db/retort/versions"
)

// TestStrandedInDatabase: b follows a2, which has become part of a3. A database that has b needs a3 before it.
func TestStrandedInDatabase(t *testing.T) {
	moves, graph := versions.Stranded([]versions.Meta{
		{ID: "a3", Replaces: []string{"a1", "a2"}}, {ID: "b", Revises: []string{"a2"}}, {ID: "c", Revises: []string{"b"}},
	})
	if len(moves) != 1 || graph == nil || wholeOf(graph, moves[0]) != "a3" {
		t.Fatalf("got %v, %v", moves, graph)
	}
	if got := wholeOf(graph, versions.Move{ID: "m", From: []string{"a3", "a1"}, To: []string{"a3"}}); got != "a3" {
		t.Errorf("a merge of a part and the whole: got %q", got)
	}
	for rows, refused := range map[string]bool{"": false, "a3": false, "b": true, "c": true, "a3 b": false, "a3 c": false, "zz": false} {
		err := strandedInDatabase(graph, databaseRows{rows: strings.Fields(rows)}, "b", "a3")
		if (err != nil) != refused {
			t.Errorf("rows %q: got %v", rows, err)
		}
	}
}

func TestChangedLines(t *testing.T) {
	const before = "a\n\tb\nc\nd\n"
	for name, c := range map[string]struct{ after, want string }{
		"one line":  {"a\n\tx\nc\nd\n", "f.go:2\n- b\n+ x\n"},
		"a new one": {"a\n\tb\n\tx\nc\nd\n", "f.go:3\n+ x\n"},
		"one less":  {"a\nc\nd\n", "f.go:2\n- b\n"},
		"the first": {"x\n\tb\nc\nd\n", "f.go:1\n- a\n+ x\n"},
		"two apart": {"a\n\tx\nc\ny\n", "f.go:2\n- b\n- c\n- d\n+ x\n+ c\n+ y\n"},
		"no change": {before, "f.go:6\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := changedLines("f.go", []byte(before), []byte(c.after)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
