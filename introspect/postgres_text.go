package introspect

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// trimParens takes off the parentheses that enclose a whole expression, as the server writes them around checks,
// predicates and generated columns.
func trimParens(expr string) string {
	for {
		inner, ok := insideParens(expr)
		if !ok {
			return expr
		}
		expr = inner
	}
}

func insideParens(expr string) (string, bool) {
	expr = strings.TrimSpace(expr)
	if !strings.HasPrefix(expr, "(") || !strings.HasSuffix(expr, ")") {
		return "", false
	}
	depth := 0
	tokens := sqltext.Tokens(schema.Postgres, expr)
	for i, token := range tokens {
		switch token.Text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 && i < len(tokens)-1 {
			return "", false
		}
	}
	return strings.TrimSpace(expr[1 : len(expr)-1]), depth == 0
}

// identifier writes a name as quote_ident does where no reserved word is concerned: bare if it can be.
func identifier(name string) string {
	for i, c := range []byte(name) {
		isLetter := c == '_' || c >= 'a' && c <= 'z'
		if !isLetter && (i == 0 || c < '0' || c > '9') {
			return quotePostgres(name)
		}
	}
	if name == "" {
		return quotePostgres(name)
	}
	return name
}
