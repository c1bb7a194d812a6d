package lint_test

import (
	"strings"
	"testing"

	"github.com/retort-db/retort/lint"
)

func TestPolicy(t *testing.T) {
	drop := lint.Finding{Rule: "drop-column", Category: lint.Destructive, Severity: lint.Danger}
	note := lint.Finding{Rule: "reserved-word", Category: lint.Naming, Severity: lint.Info}
	for text, want := range map[string][2]bool{
		"":                  {false, false},
		"destructive, lock": {true, false},
		"drop-column":       {true, false},
		"warning":           {true, false},
		"info":              {true, true},
		"reserved-word":     {false, true},
		"rewrite,naming":    {false, false},
	} {
		policy, err := lint.ParsePolicy(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{policy.Forbids(drop), policy.Forbids(note)}; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if _, err := lint.ParsePolicy("locks"); err == nil || !strings.Contains(err.Error(), `"locks" is no severity (danger, warning, info), no category (destructive, lock`) {
		t.Errorf("got %v", err)
	}
}
