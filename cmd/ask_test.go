package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/schema"
)

func TestChosen(t *testing.T) {
	yes, no := choice{rename: true}, choice{}
	for answer, want := range map[string][]choice{
		"none\n": {no, no, no}, "no": {no, no, no}, "1\n": {yes, no, no}, "1, 3\n": {yes, no, yes}, "ALL\n": {yes, yes, yes},
		"2=Kind 3": {no, {rename: true, from: "Kind"}, yes},
	} {
		got, err := chosen(answer, 3)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("chosen(%q) = %v, %v, want %v", answer, got, err, want)
		}
	}
	for _, answer := range []string{"4", "0", "-1", "x", "1 x", "1=", "=a"} {
		if got, err := chosen(answer, 3); err == nil {
			t.Errorf("chosen(%q) = %v, want an error", answer, got)
		}
	}
}

func TestAsk(t *testing.T) {
	pairs := []diff.Rename{
		{Kind: "table", From: "accounts", To: "users", Certainty: diff.Likely},
		{Kind: "column", Table: schema.Name{Name: "users"}, From: "fullname", To: "full_name", Score: 0.93, Reasons: []string{"same type"}},
	}
	for answer, want := range map[string][]choice{"2\n": {{}, {rename: true}}, "\n": {{rename: true}, {}}} {
		var shown strings.Builder
		i := &invocation{program: &program{Environment: Environment{Stdin: strings.NewReader(answer), Stderr: &shown}}}
		got, err := i.ask(pairs)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("got %v, %v", got, err)
		}
		for _, want := range []string{"1 [x] table accounts -> users\n", "2 [ ] column users.fullname -> full_name (0.93: same type)\n", "all or none [1]: "} {
			if !strings.Contains(shown.String(), want) {
				t.Errorf("%q is not in %q", want, shown.String())
			}
		}
	}
}

func TestAskWithoutAnswer(t *testing.T) {
	i := &invocation{program: &program{Environment: Environment{Stdin: strings.NewReader(""), Stderr: new(strings.Builder)}}}
	if got, err := i.ask([]diff.Rename{{Kind: "table", From: "a", To: "b"}}); err == nil {
		t.Fatalf("got %v, want an error", got)
	}
}
