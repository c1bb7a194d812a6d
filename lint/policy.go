package lint

import (
	"fmt"
	"slices"
	"strings"
)

// Policy says which findings are too many: severities (that one and worse), categories (their warnings and dangers, since
// what is only good to know should stop nobody), and ids of rules.
type Policy []string

// ParsePolicy reads a list with commas, "destructive,lock", "warning", "drop-column". An unknown word is an error.
func ParsePolicy(texts ...string) (Policy, error) {
	var out Policy
	for _, text := range texts {
		for word := range strings.SplitSeq(text, ",") {
			word = strings.TrimSpace(word)
			if word == "" {
				continue
			}
			known := slices.Contains(Severities, Severity(word)) || slices.Contains(Categories, Category(word)) ||
				slices.ContainsFunc(rules, func(r rule) bool { return r.ID == word })
			if !known {
				return nil, fmt.Errorf("%q is no severity (%s), no category (%s) and no rule", word, joined(Severities), joined(Categories))
			}
			out = append(out, word)
		}
	}
	return out, nil
}

func joined[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	return strings.Join(texts, ", ")
}

// Forbids reports whether a finding is one of them.
func (p Policy) Forbids(f Finding) bool {
	return slices.ContainsFunc(p, func(word string) bool {
		severity := Severity(word)
		return word == f.Rule || Category(word) == f.Category && f.Severity != Info ||
			slices.Contains(Severities, severity) && (f.Severity == severity || f.Severity.Worse(severity))
	})
}
