package sqliteddl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// SyntaxError says where a statement is not what the parser knows.
type SyntaxError struct {
	Want   string // what was expected
	Near   string // the token that stands there; "" at the end of the text
	Offset int    // in bytes, from the beginning of the statement
}

// Error names what was expected and what was found.
func (e *SyntaxError) Error() string {
	if e.Near == "" {
		return fmt.Sprintf("expected %s, found the end of the statement", e.Want)
	}
	return fmt.Sprintf("expected %s at offset %d, found %q", e.Want, e.Offset, e.Near)
}

// scanner walks over the significant tokens of one statement.
type scanner struct {
	text   string
	tokens []sqltext.Token
	at     int
}

func newScanner(text string) *scanner {
	return &scanner{text: text, tokens: sqltext.Significant(schema.SQLite, text)}
}

// peek returns the token that is ahead places from here; the zero token (a Space) behind the end.
func (s *scanner) peek(ahead int) sqltext.Token {
	if s.at+ahead >= len(s.tokens) {
		return sqltext.Token{Pos: len(s.text)}
	}
	return s.tokens[s.at+ahead]
}

func (s *scanner) done() bool { return s.at >= len(s.tokens) }

func (s *scanner) next() sqltext.Token {
	token := s.peek(0)
	if !s.done() {
		s.at++
	}
	return token
}

// is reports whether the next tokens are these keywords or punctuation.
func (s *scanner) is(words ...string) bool {
	for i, word := range words {
		if !s.peek(i).Is(word) {
			return false
		}
	}
	return true
}

func (s *scanner) isOne(words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return s.is(word) })
}

// accept consumes the words if they are next.
func (s *scanner) accept(words ...string) bool {
	if !s.is(words...) {
		return false
	}
	s.at += len(words)
	return true
}

func (s *scanner) expect(words ...string) error {
	for _, word := range words {
		if !s.accept(word) {
			return s.unexpected(word)
		}
	}
	return nil
}

func (s *scanner) unexpected(want string) error {
	token := s.peek(0)
	return &SyntaxError{Want: want, Near: token.Text, Offset: token.Pos}
}

// name consumes an identifier. SQLite takes a string literal for one, too.
func (s *scanner) name(what string) (string, error) {
	name, ok := nameOf(s.peek(0))
	if !ok {
		return "", s.unexpected(what)
	}
	s.at++
	return name, nil
}

// qualified consumes a name that may have the name of a database before it, and returns the name alone.
func (s *scanner) qualified(what string) (string, error) {
	name, err := s.name(what)
	if err != nil || !s.accept(".") {
		return name, err
	}
	return s.name(what)
}

func nameOf(token sqltext.Token) (string, bool) {
	if token.Kind == sqltext.String && strings.HasPrefix(token.Text, "'") {
		return unquote(token.Text, '\''), true
	}
	if token.Kind == sqltext.Quoted {
		if token.Text[0] == '[' {
			return strings.TrimSuffix(token.Text[1:], "]"), true
		}
		return unquote(token.Text, token.Text[0]), true
	}
	return token.Ident()
}

// unquote takes the quotes off, also where the closing one is missing.
func unquote(text string, quote byte) string {
	inner := text[1:]
	if n := len(inner); n > 0 && inner[n-1] == quote {
		inner = inner[:n-1]
	}
	q := string(quote)
	return strings.ReplaceAll(inner, q+q, q)
}

// parenthesised consumes a group in parentheses and returns the text inside.
func (s *scanner) parenthesised(what string) (string, error) {
	if !s.is("(") {
		return "", s.unexpected("( before " + what)
	}
	open := s.at
	if err := s.skipGroup(); err != nil {
		return "", err
	}
	return s.textOf(open+1, s.at-1), nil
}

// skipGroup consumes from an opening parenthesis to its closing one.
func (s *scanner) skipGroup() error {
	depth := 0
	for !s.done() {
		token := s.next()
		switch {
		case token.Is("("):
			depth++
		case token.Is(")"):
			depth--
			if depth == 0 {
				return nil
			}
		}
	}
	return s.unexpected(")")
}

// textOf returns the source text of the tokens from up to but not including to, without the spaces and comments around
// it. A comment inside stays: it ends in its own line.
func (s *scanner) textOf(from, to int) string {
	if from >= to {
		return ""
	}
	last := s.tokens[to-1]
	return s.text[s.tokens[from].Pos : last.Pos+len(last.Text)]
}

// rest returns the source text from the next token on, without a closing semicolon.
func (s *scanner) rest() string {
	end := len(s.tokens)
	for end > s.at && s.tokens[end-1].Is(";") {
		end--
	}
	return s.textOf(s.at, end)
}
