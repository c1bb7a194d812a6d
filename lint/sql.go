package lint

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
)

// statement is one statement of a step in SQL, as tokens without spaces and comments.
type statement []sqltext.Token

// statements splits the SQL of a step at its semicolons.
func (r *run) statements(o *op.Exec) []statement {
	var out []statement
	var current statement
	for _, token := range sqltext.Significant(r.Server.Dialect, o.SQL) {
		if token.Text == ";" {
			out, current = append(out, current), nil
			continue
		}
		current = append(current, token)
	}
	out = append(out, current)
	return out
}

// is reports whether the statement begins with the words.
func (s statement) is(words string) bool {
	for i, word := range strings.Fields(words) {
		if i >= len(s) || !s[i].Is(word) {
			return false
		}
	}
	return true
}

// has reports whether the word stands anywhere in the statement.
func (s statement) has(word string) bool {
	for _, token := range s {
		if token.Is(word) {
			return true
		}
	}
	return false
}

// names reports whether an identifier stands anywhere in the statement.
func (s statement) names(identifier string) bool {
	for _, token := range s {
		if name, ok := token.Ident(); ok && strings.EqualFold(name, identifier) {
			return true
		}
	}
	return false
}

// short returns the beginning of the statement.
func (s statement) short() string {
	var out strings.Builder
	for i, token := range s {
		if i > 0 && token.Text != "." && token.Text != "," && token.Text != ")" && s[i-1].Text != "." && s[i-1].Text != "(" {
			out.WriteByte(' ')
		}
		out.WriteString(token.Text)
		if runes := []rune(out.String()); len(runes) > 60 {
			return string(runes[:60]) + "…"
		}
	}
	return out.String()
}

// changesRows reports whether the statement inserts, updates or deletes.
func (s statement) changesRows() bool {
	return s.is("INSERT") || s.is("UPDATE") || s.is("DELETE") || s.is("MERGE") || s.is("REPLACE") || s.is("WITH") && (s.has("INSERT") || s.has("UPDATE") || s.has("DELETE"))
}
