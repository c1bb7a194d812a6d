package sqliteddl

import (
	"regexp"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
)

// number is what SQLite takes for one (https://www.sqlite.org/syntax/numeric-literal.html). Letters and digits right
// behind a number make it no token at all.
var number = regexp.MustCompile(`^(0[xX][0-9a-fA-F]+(_[0-9a-fA-F]+)*|([0-9]+(_[0-9]+)*(\.([0-9]+(_[0-9]+)*)?)?|\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?)$`)

var blob = regexp.MustCompile(`^[xX]'([0-9a-fA-F]{2})*'$`)

// checkTokens returns an error for what SQLite calls an unrecognized token.
func (s *scanner) checkTokens() error {
	for i, token := range s.tokens {
		if !isToken(token) || !s.goesTogether(token) {
			s.at = i
			return s.unexpected("a token")
		}
	}
	return nil
}

// goesTogether reports whether the text behind a token leaves it what it is.
func (s *scanner) goesTogether(token sqltext.Token) bool {
	rest := s.text[token.Pos+len(token.Text):]
	switch {
	case token.Text == "!":
		return strings.HasPrefix(rest, "=")
	case token.Kind == sqltext.Number && rest != "":
		return rest[0] < 0x80 && rest[0] != '$'
	}
	return true
}

func isToken(token sqltext.Token) bool {
	text := token.Text
	switch token.Kind {
	case sqltext.Number:
		return number.MatchString(text)
	case sqltext.String:
		if text[0] != '\'' {
			return blob.MatchString(text)
		}
		return isClosed(text, '\'')
	case sqltext.Quoted:
		if text[0] == '[' {
			return strings.HasSuffix(text, "]")
		}
		return isClosed(text, text[0])
	case sqltext.Punct:
		return text[0] >= 0x80 || strings.IndexByte("-();+*/%=<>!|&,.~", text[0]) >= 0
	}
	return true
}

// isClosed reports whether a quoted text ends in its quote: one that is not the second of a pair.
func isClosed(text string, quote byte) bool {
	quotes := len(text) - len(strings.TrimRight(text, string(quote)))
	if quotes == len(text) {
		return quotes%2 == 0
	}
	return quotes%2 == 1
}
