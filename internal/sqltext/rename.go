package sqltext

import (
	"strings"

	"github.com/retort-db/retort/schema"
)

// RenameIdent replaces the identifier from by to wherever it stands as a column in an expression. It leaves strings,
// comments, function names and the qualifiers before a dot alone. On PostgreSQL a bare word matches as the server folds
// it, to lower case; elsewhere in any case. The new name is quoted where it has to be.
func RenameIdent(dialect schema.Dialect, expr, from, to string) string {
	tokens := Tokens(dialect, expr)
	var out strings.Builder
	for i, token := range tokens {
		if !sameIdent(dialect, token, from) || isCallOrQualifier(tokens[i+1:]) {
			out.WriteString(token.Text)
			continue
		}
		out.WriteString(requote(dialect, token, to))
	}
	return out.String()
}

// Mentions reports whether the identifier stands as a column in an expression, by the rules of [RenameIdent].
func Mentions(dialect schema.Dialect, expr, name string) bool {
	tokens := Tokens(dialect, expr)
	for i, token := range tokens {
		if sameIdent(dialect, token, name) && !isCallOrQualifier(tokens[i+1:]) {
			return true
		}
	}
	return false
}

func sameIdent(dialect schema.Dialect, token Token, name string) bool {
	ident, ok := token.Ident()
	if !ok {
		return false
	}
	if dialect == schema.Postgres {
		if token.Kind == Word {
			ident = strings.ToLower(ident)
		}
		return ident == name
	}
	return strings.EqualFold(ident, name)
}

func isCallOrQualifier(rest []Token) bool {
	for _, token := range rest {
		if token.Blank() {
			continue
		}
		return token.Text == "(" || token.Text == "."
	}
	return false
}

func requote(dialect schema.Dialect, old Token, name string) string {
	if old.Kind == Word && isPlain(name) {
		return name
	}
	if dialect == schema.MySQL {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func isPlain(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
