// Package suggest finds the known word that a misspelt one was meant to be.
package suggest

import "strings"

// Near returns the candidate that is closest to word, or "" if none is close enough to be meant. Case, dashes and
// underscores do not count.
func Near(word string, candidates []string) string {
	word = fold(word)
	best, limit := "", len(word)/3+2
	for _, candidate := range candidates {
		if d := distance(word, fold(candidate)); d < limit {
			best, limit = candidate, d
		}
	}
	return best
}

// Sentence returns "; did you mean "x"?", or a list of all candidates if none is near.
func Sentence(word string, candidates []string) string {
	if near := Near(word, candidates); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; use one of " + strings.Join(candidates, ", ")
}

func fold(word string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(word))
}

// distance counts the edits between two words: insertions, deletions, replacements and swaps of neighbours.
func distance(a, b string) int {
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
