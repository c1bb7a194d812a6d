package reflect

import "strings"

// suggest returns the known word that a misspelt one is closest to, or "" if none is close.
func suggest(word string, known []string) string {
	best, bestDistance := "", len(word)/3+2
	word = normal(word)
	for _, candidate := range known {
		if d := distance(word, normal(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

func didYouMean(word string, known []string) string {
	if best := suggest(word, known); best != "" {
		return "did you mean " + best + "?"
	}
	return "known are " + strings.Join(known, ", ")
}

func normal(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "_", "")
}

// distance is the edit distance, with a swap of neighbours as one edit.
func distance(a, b string) int {
	previous2 := []int(nil)
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current := make([]int, len(b)+1)
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], previous2[j-2]+1)
			}
		}
		previous2, previous = previous, current
	}
	return previous[len(b)]
}
