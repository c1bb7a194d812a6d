package cmd

import (
	"os"
	"strings"
	"testing"
)

// Every rule of check is in the manual, and nothing else is called one.
func TestRulesAreDocumented(t *testing.T) {
	manual, err := os.ReadFile("../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range checkRules {
		if !strings.Contains(string(manual), "\n| `"+rule.ID+"` |") {
			t.Errorf("docs/ci.md lacks the rule %s", rule.ID)
		}
		if rule.Title == "" || rule.Severity == "" {
			t.Errorf("%s has no title or no severity", rule.ID)
		}
	}
	if rows := strings.Count(string(manual), "\n| `") - strings.Count(string(manual), "\n| `-"); rows != len(checkRules) {
		t.Errorf("docs/ci.md describes %d rules, there are %d", rows, len(checkRules))
	}
}
