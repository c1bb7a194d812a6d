package diff

import (
	"strings"
	"unicode"
)

// nameSimilarity is between 0 and 1: 1 for names that differ in case and separators only, and otherwise the best of
// several measures over words and letters. Below a floor it is 0, so that chance resemblance does not count.
func nameSimilarity(a, b string) float64 {
	wordsA, wordsB := words(a), words(b)
	if strings.Join(wordsA, "") == strings.Join(wordsB, "") {
		return 1
	}
	best := 0.0
	if overlap := wordOverlap(wordsA, wordsB); overlap > best {
		best = overlap
	}
	if ratio := editRatio(strings.Join(wordsA, ""), strings.Join(wordsB, "")); ratio >= 0.70 && ratio > best {
		best = ratio
	}
	return best
}

// synonyms maps words that stand for each other in schemas to one of them.
var synonyms = map[string]string{
	"qty": "quantity", "tz": "timezone", "meta": "metadata", "kind": "type", "idx": "position", "index": "position",
	"order": "position", "label": "name", "title": "name", "desc": "description", "addr": "address", "num": "number",
	"no": "number", "cnt": "count", "amt": "amount", "img": "image", "pic": "image", "msg": "message", "pwd": "password",
	"tel": "phone", "telephone": "phone", "mail": "email", "url": "link", "uri": "link", "created": "create", "updated": "update",
	"deleted": "delete", "modified": "update", "owner": "user", "author": "user",
}

// weak lists words that say little about what a column holds.
var weak = map[string]bool{"is": true, "has": true, "new": true, "old": true, "legacy": true, "at": true, "on": true, "the": true, "of": true, "id": true}

// words splits a name at separators, digits and capitals, and normalizes each word.
func words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, normalWord(strings.ToLower(string(word))))
			word = word[:0]
		}
	}
	var last rune
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(last), unicode.IsDigit(r) != unicode.IsDigit(last) && last != 0:
			flush()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		last = r
	}
	flush()
	return out
}

func normalWord(word string) string {
	if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") {
		word = strings.TrimSuffix(word, "s")
	}
	if other, ok := synonyms[word]; ok {
		return other
	}
	return word
}

// wordOverlap is Dice's coefficient over words, weak words counting a quarter and abbreviated ones a part; one name inside
// the other counts at least 0.85 of the way.
func wordOverlap(a, b []string) float64 {
	left := make([]bool, len(b))
	sizeA, sizeB, common, whole := 0.0, 0.0, 0.0, 0.0
	for _, word := range b {
		sizeB += wordWeight(word)
	}
	for _, word := range a {
		sizeA += wordWeight(word)
		best, at := 0.0, -1
		for i, other := range b {
			if likeness := wordLikeness(word, other); !left[i] && likeness > best {
				best, at = likeness, i
			}
		}
		if at < 0 {
			continue
		}
		left[at] = true
		weight := min(wordWeight(word), wordWeight(b[at]))
		common += weight * best
		if best == 1 {
			whole += weight
		}
	}
	if sizeA+sizeB == 0 {
		return 0
	}
	dice := 2 * common / (sizeA + sizeB)
	if smaller := min(sizeA, sizeB); smaller >= 1 && whole >= smaller && dice < 0.85 {
		return 0.85
	}
	return min(dice, 0.97)
}

func wordWeight(word string) float64 {
	if weak[word] {
		return 0.25
	}
	return 1
}

// wordLikeness is 1 for the same word, and less where one abbreviates or ends the other: lat and latitude, site and
// website, w and width.
func wordLikeness(a, b string) float64 {
	if a == b {
		return 1
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	switch {
	case weak[a] || weak[b]:
		return 0
	case len(a) >= 3 && strings.HasPrefix(b, a):
		return 0.8
	case len(a) >= 4 && strings.HasSuffix(b, a):
		return 0.7
	case len(a) == 1 && strings.HasPrefix(b, a):
		return 0.5
	}
	return 0
}

// editRatio is 1 minus the edit distance over the longer length.
func editRatio(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if longest == 0 {
		return 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := diagonal
			if x[i-1] != y[j-1] {
				cost = min(diagonal, row[j], row[j-1]) + 1
			}
			diagonal, row[j] = row[j], cost
		}
	}
	return 1 - float64(row[len(y)])/float64(longest)
}
