// Package mysqltext reads and writes the small pieces of SQL in which MySQL and MariaDB differ from each other and from
// session to session: string literals, charset introducers, parentheses. Texts follow the lexical rules of the default
// sql_mode: a backslash escapes, identifiers stand in backquotes.
package mysqltext

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// Quote writes a string literal, with quotes doubled and backslashes escaped.
func Quote(value string) string {
	return "'" + literalEscapes.Replace(value) + "'"
}

var literalEscapes = strings.NewReplacer(`'`, `''`, `\`, `\\`, "\x00", `\0`)

// Unquote returns the value of a string literal in single or double quotes without prefix, and whether text is one.
// Escapes are those of the reference manual, "String Literals".
func Unquote(text string) (string, bool) {
	if len(text) < 2 || text[0] != '\'' && text[0] != '"' || text[len(text)-1] != text[0] {
		return "", false
	}
	quote, inner := text[0], text[1:len(text)-1]
	var out strings.Builder
	for i := 0; i < len(inner); i++ {
		c := inner[i]
		if c == quote {
			if i+1 >= len(inner) || inner[i+1] != quote {
				return "", false
			}
			i++
		} else if c == '\\' {
			if i+1 >= len(inner) {
				return "", false
			}
			i++
			c = inner[i]
			switch c {
			case '0':
				c = 0
			case 'b':
				c = '\b'
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'Z':
				c = 26
			case '%', '_':
				out.WriteByte('\\')
			}
		}
		out.WriteByte(c)
	}
	return out.String(), true
}

// Canonical rewrites the literals of an expression by [Quote] and takes out what depends on where the expression was
// read: the introducer _utf8mb4 of a string literal, and the qualifier of the given database (if not empty). A negative
// number is -1: MySQL writes -(1) where it has read its own -1.
func Canonical(text, database string) string {
	tokens := sqltext.Tokens(schema.MySQL, text)
	var out strings.Builder
	for i := 0; i < len(tokens); i++ {
		token := tokens[i]
		switch token.Kind {
		case sqltext.Word:
			if strings.EqualFold(token.Text, "_utf8mb4") && beginsLiteral(tokens[i+1:]) {
				if tokens[i+1].Kind == sqltext.Space {
					i++
				}
				continue
			}
		case sqltext.Quoted:
			if name, _ := token.Ident(); database != "" && name == database && isQualifier(tokens, i) {
				i++
				continue
			}
		case sqltext.Punct:
			if isNegatedNumber(tokens[i:]) {
				out.WriteString("-" + tokens[i+2].Text)
				i += 3
				continue
			}
		case sqltext.String:
			if value, ok := Unquote(token.Text); ok {
				out.WriteString(Quote(value))
				continue
			}
		}
		out.WriteString(token.Text)
	}
	return out.String()
}

// isNegatedNumber reports whether tokens begin with -(1), without spaces. A subtraction has them.
func isNegatedNumber(tokens []sqltext.Token) bool {
	return len(tokens) > 3 && tokens[0].Is("-") && tokens[1].Is("(") && tokens[2].Kind == sqltext.Number && tokens[3].Is(")")
}

func beginsLiteral(tokens []sqltext.Token) bool {
	if len(tokens) > 1 && tokens[0].Kind == sqltext.Space {
		tokens = tokens[1:]
	}
	return len(tokens) > 0 && tokens[0].Kind == sqltext.String && (tokens[0].Text[0] == '\'' || tokens[0].Text[0] == '"')
}

// isQualifier reports whether the quoted identifier at i is the first part of a dotted name.
func isQualifier(tokens []sqltext.Token, i int) bool {
	return i+2 < len(tokens) && tokens[i+1].Is(".") && tokens[i+2].Kind == sqltext.Quoted && (i == 0 || !tokens[i-1].Is("."))
}

// Unparenthesize takes all pairs of parentheses off that enclose the whole expression.
func Unparenthesize(text string) string {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "(") {
		return text
	}
	tokens := sqltext.Significant(schema.MySQL, text)
	partner := make([]int, len(tokens))
	var open []int
	for i, token := range tokens {
		switch {
		case token.Is("("):
			open = append(open, i)
		case token.Is(")"):
			if len(open) == 0 {
				return text
			}
			partner[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	first, last := 0, len(tokens)-1
	for first < last && tokens[first].Is("(") && partner[first] == last {
		first++
		last--
	}
	if first == 0 || first > last {
		return text
	}
	return text[tokens[first].Pos : tokens[last].Pos+len(tokens[last].Text)]
}

// IsLiteral reports whether an expression is one literal: a string, a number with or without a sign, a bit or hex
// literal, TRUE, FALSE or NULL.
func IsLiteral(text string) bool {
	tokens := sqltext.Significant(schema.MySQL, text)
	if len(tokens) == 2 && (tokens[0].Is("-") || tokens[0].Is("+")) {
		return tokens[1].Kind == sqltext.Number
	}
	if len(tokens) != 1 {
		return false
	}
	token := tokens[0]
	return token.Kind == sqltext.String || token.Kind == sqltext.Number ||
		token.Is("null") || token.Is("true") || token.Is("false")
}
