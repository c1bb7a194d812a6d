package cmd

import (
	"maps"
	"strings"
	"testing"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/schema"
)

func TestChosen(t *testing.T) {
	for answer, want := range map[string]map[int]bool{
		"\n": {}, "none\n": {}, "no": {}, "1\n": {0: true}, "1, 3\n": {0: true, 2: true}, "ALL\n": {0: true, 1: true, 2: true},
	} {
		got, err := chosen(answer, 3)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("chosen(%q) = %v, %v, want %v", answer, got, err, want)
		}
	}
	for _, answer := range []string{"4", "0", "-1", "x", "1 x"} {
		if got, err := chosen(answer, 3); err == nil {
			t.Errorf("chosen(%q) = %v, want an error", answer, got)
		}
	}
}

func TestAsk(t *testing.T) {
	pairs := []diff.Rename{
		{Kind: "table", From: "accounts", To: "users"},
		{Kind: "column", Table: schema.Name{Name: "users"}, From: "fullname", To: "full_name", Score: 0.93, Reasons: []string{"same type"}},
	}
	var shown strings.Builder
	i := &invocation{program: &program{Environment: Environment{Stdin: strings.NewReader("2\n"), Stderr: &shown}}}
	got, err := i.ask(pairs)
	if err != nil || !maps.Equal(got, map[int]bool{1: true}) {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, want := range []string{"1  table accounts -> users\n", "2  column users.fullname -> full_name (0.93: same type)\n"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("%q is not in %q", want, shown.String())
		}
	}
}

func TestAskWithoutAnswer(t *testing.T) {
	i := &invocation{program: &program{Environment: Environment{Stdin: strings.NewReader(""), Stderr: new(strings.Builder)}}}
	if got, err := i.ask([]diff.Rename{{Kind: "table", From: "a", To: "b"}}); err == nil {
		t.Fatalf("got %v, want an error", got)
	}
}
