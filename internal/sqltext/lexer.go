// Package sqltext splits SQL text into tokens, with the quoting rules of each dialect. It knows no grammar: it serves
// whoever must find identifiers, statement ends or comments in SQL without being fooled by strings and quotes.
package sqltext

import (
	"strings"
	"unicode/utf8"

	"github.com/retort-db/retort/schema"
)

// Kind is the class of a token.
type Kind int

// The classes of tokens. Every byte of the input belongs to exactly one token, spaces and comments included.
const (
	Space   Kind = iota
	Comment      // -- to the end of the line, # on MySQL, /* … */
	Word         // bare identifier or keyword
	Quoted       // quoted identifier
	String       // string literal with its prefix, dollar-quoted text included
	Number
	Param // ?, $1, :name, @name
	Punct // operators and punctuation, one character each but for :: and ||
)

// Token is a piece of SQL text.
type Token struct {
	Kind Kind
	Text string // as written
	Pos  int    // byte offset in the input
}

// Ident returns the identifier that the token stands for, unquoted, and whether it is one at all.
func (t Token) Ident() (string, bool) {
	switch t.Kind {
	case Word:
		return t.Text, true
	case Quoted:
		if len(t.Text) < 2 {
			return "", false
		}
		open, inner := t.Text[0], t.Text[1:len(t.Text)-1]
		if open == '[' {
			return inner, true
		}
		return strings.ReplaceAll(inner, string([]byte{open, open}), string(open)), true
	}
	return "", false
}

// Is reports whether the token is the given keyword or punctuation, in any case.
func (t Token) Is(text string) bool {
	return (t.Kind == Word || t.Kind == Punct) && strings.EqualFold(t.Text, text)
}

// Blank reports whether the token is a space or a comment.
func (t Token) Blank() bool { return t.Kind == Space || t.Kind == Comment }

// Tokens splits text. It never fails: what is not closed (a string, a comment) reaches to the end of the text.
func Tokens(dialect schema.Dialect, text string) []Token {
	tokens := make([]Token, 0, len(text)/3+1)
	for pos := 0; pos < len(text); {
		token := tokenAt(dialect, text, pos)
		tokens = append(tokens, token)
		pos += len(token.Text)
	}
	return tokens
}

// Significant splits text and leaves out spaces and comments.
func Significant(dialect schema.Dialect, text string) []Token {
	return AppendSignificant(make([]Token, 0, len(text)/4+1), dialect, text)
}

// AppendSignificant appends to tokens what [Significant] returns, for those who split many texts.
func AppendSignificant(tokens []Token, dialect schema.Dialect, text string) []Token {
	for pos := 0; pos < len(text); {
		token := tokenAt(dialect, text, pos)
		if !token.Blank() {
			tokens = append(tokens, token)
		}
		pos += len(token.Text)
	}
	return tokens
}

func tokenAt(dialect schema.Dialect, text string, pos int) Token {
	kind, size := next(dialect, text[pos:])
	return Token{Kind: kind, Text: text[pos : pos+size], Pos: pos}
}

func next(dialect schema.Dialect, s string) (Kind, int) {
	c := s[0]
	switch {
	case isLetter(c):
		return wordOrPrefixed(dialect, s)
	case c == '(', c == ')', c == ',':
		return Punct, 1
	case isSpace(dialect, c):
		return Space, spaces(dialect, s)
	case strings.HasPrefix(s, "--"), c == '#' && dialect == schema.MySQL:
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return Comment, end
		}
		return Comment, len(s)
	case strings.HasPrefix(s, "/*"):
		return Comment, blockComment(dialect, s)
	case c == '\'':
		return String, quoted(s, '\'', dialect == schema.MySQL)
	case c == '"' && dialect == schema.MySQL:
		return String, quoted(s, '"', true)
	case c == '"', c == '`' && dialect != schema.Postgres:
		return Quoted, quoted(s, c, false)
	case c == '[' && dialect == schema.SQLite:
		if end := strings.IndexByte(s, ']'); end >= 0 {
			return Quoted, end + 1
		}
		return Quoted, len(s)
	case c == '$' && dialect == schema.Postgres:
		if size := dollarQuoted(s); size > 0 {
			return String, size
		}
		return Param, 1 + digits(s[1:])
	case c >= '0' && c <= '9', c == '.' && len(s) > 1 && s[1] >= '0' && s[1] <= '9':
		return Number, number(s)
	case strings.HasPrefix(s, "::"), strings.HasPrefix(s, "||"):
		return Punct, 2
	case c == '?' && dialect != schema.Postgres:
		return Param, 1 + digits(s[1:])
	case strings.IndexByte(parameterMarks(dialect), c) >= 0 && len(s) > 1 && isWordStart(s[1]):
		return Param, 1 + word(s[1:])
	}
	if size := word(s); size > 0 {
		return Word, size
	}
	return Punct, 1
}

// wordOrPrefixed returns the token that begins with a letter: a word, or a string with a prefix.
func wordOrPrefixed(dialect schema.Dialect, s string) (Kind, int) {
	if prefix := stringPrefix(dialect, s); prefix > 0 {
		backslash := dialect == schema.MySQL || (dialect == schema.Postgres && (s[0] == 'E' || s[0] == 'e'))
		return String, prefix + quoted(s[prefix:], '\'', backslash)
	}
	return Word, word(s)
}

// parameterMarks returns the characters that begin a named parameter.
func parameterMarks(dialect schema.Dialect) string {
	switch dialect {
	case schema.MySQL:
		return ":@"
	case schema.SQLite:
		return ":@$"
	}
	return ""
}

// stringPrefix returns the length of a prefix such as E in E'…', or 0.
func stringPrefix(dialect schema.Dialect, s string) int {
	if len(s) > 1 && s[1] == '\'' && strings.IndexByte(stringLetters(dialect), s[0]) >= 0 {
		return 1
	}
	if dialect == schema.Postgres && len(s) > 2 && (s[0] == 'U' || s[0] == 'u') && s[1] == '&' && s[2] == '\'' {
		return 2
	}
	return 0
}

// stringLetters returns the letters that may stand right before a string literal as a part of it.
func stringLetters(dialect schema.Dialect) string {
	switch dialect {
	case schema.MySQL:
		return "bBxXnN"
	case schema.SQLite:
		return "xX"
	}
	return "eEbBxXnN"
}

func quoted(s string, quote byte, backslash bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case backslash && s[i] == '\\':
			i++
		case s[i] == quote:
			if i+1 < len(s) && s[i+1] == quote {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(s)
}

func blockComment(dialect schema.Dialect, s string) int {
	depth := 1
	for i := 2; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "*/"):
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		case dialect == schema.Postgres && strings.HasPrefix(s[i:], "/*"):
			depth++
			i++
		}
	}
	return len(s)
}

func dollarQuoted(s string) int {
	end := 1
	for end < len(s) && s[end] != '$' {
		c := s[end]
		if !isWordStart(c) && (end == 1 || c < '0' || c > '9') {
			return 0
		}
		end++
	}
	if end == len(s) {
		return 0
	}
	tag := s[:end+1]
	if close := strings.Index(s[end+1:], tag); close >= 0 {
		return end + 1 + close + len(tag)
	}
	return len(s)
}

func number(s string) int {
	i := 0
	for i < len(s) {
		c := s[i]
		isSign := (c == '+' || c == '-') && i > 0 && (s[i-1] == 'e' || s[i-1] == 'E') && !strings.HasPrefix(strings.ToLower(s), "0x")
		if c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || isSign {
			i++
			continue
		}
		break
	}
	return i
}

func spaces(dialect schema.Dialect, s string) int {
	i := 0
	for i < len(s) && isSpace(dialect, s[i]) {
		i++
	}
	return i
}

// isSpace reports whether a character stands between tokens. SQLite does not know the vertical tab.
func isSpace(dialect schema.Dialect, c byte) bool {
	return c == ' ' || c >= '\t' && c <= '\r' && (c != '\v' || dialect != schema.SQLite)
}

func digits(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}

// word returns the length of the word that s begins with, or 0. All bytes of characters beyond ASCII belong to words.
func word(s string) int {
	for i := range len(s) {
		if c := s[i]; !isWordStart(c) && (i == 0 || c != '$' && (c < '0' || c > '9')) {
			return i
		}
	}
	return len(s)
}

func isWordStart(c byte) bool { return isLetter(c) || c == '_' || c >= utf8.RuneSelf }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
