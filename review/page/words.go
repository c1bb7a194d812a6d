package page

import (
	"unicode"
	"unicode/utf8"
)

// word is a part of a definition, and whether the other side lacks it.
type word struct {
	Text    string
	Changed bool
}

// mostWords is the number of words up to which definitions are compared word by word: the time grows with its square.
const mostWords = 400

// words cuts a definition into what it shares with the one on the other side and what it does not. Where there is no other
// side, or nothing is shared, nothing is marked: all of it is new, or gone.
func words(text, other string) []word {
	a, b := pieces(text), pieces(other)
	if len(a) > mostWords || len(b) > mostWords {
		return []word{{Text: text}}
	}
	kept := shared(a, b)
	var out []word
	marks := false
	for i, part := range a {
		changed := !kept[i]
		if n := len(out); n > 0 && out[n-1].Changed == changed {
			out[n-1].Text += part
			continue
		}
		out = append(out, word{Text: part, Changed: changed})
		marks = marks || !changed
	}
	if !marks {
		return []word{{Text: text}}
	}
	return out
}

// pieces cuts a text into words, runs of spaces, and single other characters.
func pieces(text string) []string {
	kind := func(r rune) int {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '_':
			return 1
		case unicode.IsSpace(r):
			return 2
		}
		return 0
	}
	var out []string
	last := 0
	for _, r := range text {
		now := kind(r)
		if now != 0 && now == last {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		last = now
	}
	return out
}

// shared tells which of the words of a belong to the longest list of words that a and b have in common, in order. A match of
// spaces or punctuation alone is worth less than one of a word.
func shared(a, b []string) []bool {
	weight := func(part string) int {
		if r, _ := utf8.DecodeRuneInString(part); unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' {
			return 4
		}
		return 1
	}
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if a[i] == b[j] {
				best[i][j] = max(best[i][j], best[i+1][j+1]+weight(a[i]))
			}
		}
	}
	kept := make([]bool, len(a))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j] && best[i][j] == best[i+1][j+1]+weight(a[i]):
			kept[i] = true
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	return kept
}
