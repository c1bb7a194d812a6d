package sqliteddl

import (
	"fmt"
	"strings"
	"sync"

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
	// words are what the tokens stand for in the grammar: a keyword in capitals, or punctuation; "" for the others.
	words []string
	at    int
	// grownColumns and grownConstraints are where the columns of a table and their constraints are gathered.
	grownColumns     []Column
	grownConstraints []Constraint
}

// scanners keeps the memory of scanners that are done, since a schema has thousands of statements.
var scanners = sync.Pool{New: func() any { return new(scanner) }}

// newScanner returns a scanner for a text. Whoever calls release must not use it any more; nobody has to.
func newScanner(text string) *scanner {
	s := scanners.Get().(*scanner)
	s.text, s.at = text, 0
	s.tokens = sqltext.AppendSignificant(s.tokens[:0], schema.SQLite, text)
	s.words = s.words[:0]
	for _, token := range s.tokens {
		s.words = append(s.words, wordOf(token))
	}
	return s
}

// mostKept is how many tokens a scanner in the pool may have room for.
const mostKept = 1 << 14

func (s *scanner) release() {
	if cap(s.tokens) <= mostKept {
		scanners.Put(s)
	}
}

// parse hands a CREATE statement to do, behind its first word.
func parse[T any](text string, do func(*scanner) (*T, error)) (*T, error) {
	s := newScanner(text)
	defer s.release()
	if err := s.checkTokens(); err != nil {
		return nil, err
	}
	if err := s.expect("CREATE"); err != nil {
		return nil, err
	}
	return do(s)
}

// peek returns the token that is ahead places from here; the zero token (a Space) behind the end.
func (s *scanner) peek(ahead int) sqltext.Token {
	if s.at+ahead >= len(s.tokens) {
		return sqltext.Token{Pos: len(s.text)}
	}
	return s.tokens[s.at+ahead]
}

func (s *scanner) done() bool { return s.at >= len(s.tokens) }

// is reports whether the next tokens are these keywords or punctuation.
func (s *scanner) is(words ...string) bool {
	if len(s.words)-s.at < len(words) {
		return false
	}
	for i, word := range words {
		if s.words[s.at+i] != word {
			return false
		}
	}
	return true
}

// word returns what the next token stands for in the grammar; "" behind the end and for what is neither keyword nor
// punctuation.
func (s *scanner) word() string {
	if s.done() {
		return ""
	}
	return s.words[s.at]
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

// parenthesised consumes a group in parentheses and returns the text inside, without superfluous parentheses.
func (s *scanner) parenthesised(what string) (string, error) {
	if !s.is("(") {
		return "", s.unexpected("( before " + what)
	}
	open := s.at
	if err := s.skipGroup(); err != nil {
		return "", err
	}
	return s.trimmed(open+1, s.at-1), nil
}

// skipGroup consumes from an opening parenthesis to its closing one.
func (s *scanner) skipGroup() error {
	depth := 0
	for ; !s.done(); s.at++ {
		switch s.words[s.at] {
		case "(":
			depth++
		case ")":
			depth--
			if depth == 0 {
				s.at++
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

// trimmed is textOf without the superfluous pairs of parentheses around it.
func (s *scanner) trimmed(from, to int) string {
	if to-from > 2 && s.words[from] == "(" && s.words[to-1] == ")" {
		closes := s.closing(from, to)
		for to-from > 2 && s.words[from] == "(" && closes[from] == to-1 {
			from++
			to--
		}
	}
	return s.textOf(from, to)
}

// closing maps each opening parenthesis among some tokens to its closing one.
func (s *scanner) closing(from, to int) map[int]int {
	var open []int
	closes := map[int]int{}
	for i, word := range s.words[from:to] {
		switch {
		case word == "(":
			open = append(open, from+i)
		case word == ")" && len(open) > 0:
			closes[open[len(open)-1]] = from + i
			open = open[:len(open)-1]
		}
	}
	return closes
}

// TrimParens takes off the spaces, comments and superfluous pairs of parentheses around an expression.
func TrimParens(expr string) string {
	s := newScanner(expr)
	defer s.release()
	return s.trimmed(0, len(s.tokens))
}

// rest returns the source text from the next token on, without a closing semicolon.
func (s *scanner) rest() string { return s.textOf(s.at, s.end()) }

// end is where the statement ends, without closing semicolons.
func (s *scanner) end() int {
	end := len(s.tokens)
	for end > s.at && s.words[end-1] == ";" {
		end--
	}
	return end
}
