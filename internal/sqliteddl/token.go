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
		return isDigits(text) || number.MatchString(text)
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

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// keywords are the words that the grammar of CREATE statements knows, up to the bodies of views and triggers.
var keywords = func() map[string]string {
	out := map[string]string{}
	for word := range strings.FieldsSeq(`ACTION AFTER ALWAYS AS ASC AUTOINCREMENT BEFORE CASCADE CHECK COLLATE CONFLICT CONSTRAINT
		CREATE DEFAULT DEFERRABLE DEFERRED DELETE DESC EXISTS FOREIGN GENERATED IF IMMEDIATE INDEX INITIALLY INSERT INSTEAD KEY
		MATCH NO NOT NULL NULLS OF ON PRIMARY REFERENCES RESTRICT ROWID SET STORED STRICT TABLE TEMP TEMPORARY TRIGGER UNIQUE
		UPDATE USING VIEW VIRTUAL WHERE WITHOUT`) {
		out[word] = word
	}
	return out
}()

// wordOf returns what a token stands for in the grammar: a keyword in capitals, or punctuation. For what is neither it
// returns "", or the word itself if it happens to be in capitals: that is none that the grammar asks for.
func wordOf(token sqltext.Token) string {
	if token.Kind == sqltext.Punct {
		return token.Text
	}
	var upper [len("AUTOINCREMENT")]byte
	if token.Kind != sqltext.Word || len(token.Text) > len(upper) {
		return ""
	}
	inCapitals := true
	for i := range len(token.Text) {
		c := token.Text[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			return ""
		}
		inCapitals = inCapitals && c == token.Text[i]
		upper[i] = c
	}
	if inCapitals {
		return token.Text
	}
	return keywords[string(upper[:len(token.Text)])]
}

// isClosed reports whether a quoted text ends in its quote: one that is not the second of a pair.
func isClosed(text string, quote byte) bool {
	quotes := len(text) - len(strings.TrimRight(text, string(quote)))
	if quotes == len(text) {
		return quotes%2 == 0
	}
	return quotes%2 == 1
}
