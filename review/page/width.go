package page

import (
	"unicode"

	"golang.org/x/text/width"
)

// columns returns how many columns of a monospaced font a text takes: wide characters take two, marks that combine none.
func columns(text string) int {
	count := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case isWide(r):
			count += 2
		default:
			count++
		}
	}
	return count
}

func isWide(r rune) bool {
	kind := width.LookupRune(r).Kind()
	return kind == width.EastAsianWide || kind == width.EastAsianFullwidth
}

// cut shortens a text to so many columns.
func cut(text string, most int) string {
	if columns(text) <= most {
		return text
	}
	out, used := []rune{}, 0
	for _, r := range text {
		used += columns(string(r))
		if used > most-1 {
			break
		}
		out = append(out, r)
	}
	return string(out) + "…"
}
