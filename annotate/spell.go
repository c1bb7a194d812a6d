package annotate

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// spellType writes a type as people do where the catalog is wordy. Whether both mean the same is for the comparison that
// follows to tell.
func spellType(dialect schema.Dialect, sqlType string) string {
	if dialect != schema.Postgres {
		return sqlType
	}
	text, dimensions, _ := strings.Cut(sqlType, "[")
	if dimensions != "" {
		dimensions = "[" + dimensions
	}
	for _, word := range []struct{ long, short string }{{"character varying", "varchar"}, {"character", "char"}} {
		if rest, found := strings.CutPrefix(text, word.long); found && (rest == "" || rest[0] == '(') {
			return word.short + rest + dimensions
		}
	}
	for _, word := range []string{"timestamp", "time"} {
		rest, found := strings.CutPrefix(text, word)
		if !found {
			continue
		}
		if precision, plain := strings.CutSuffix(rest, " without time zone"); plain {
			return word + precision + dimensions
		}
		if precision, zoned := strings.CutSuffix(rest, " with time zone"); zoned {
			return word + "tz" + precision + dimensions
		}
	}
	return sqlType
}

// spellDefault leaves out the cast to the column's own type that PostgreSQL notes behind a literal.
func spellDefault(dialect schema.Dialect, columnType, expr string) string {
	if dialect != schema.Postgres {
		return expr
	}
	tokens := sqltext.Tokens(dialect, expr)
	if len(tokens) < 3 || tokens[0].Kind != sqltext.String || tokens[0].Text[0] != '\'' || !tokens[1].Is("::") {
		return expr
	}
	cast := expr[tokens[2].Pos:]
	base, _, _ := strings.Cut(columnType, "(")
	if cast == columnType || cast == base || spellType(dialect, cast) == base {
		return tokens[0].Text
	}
	return expr
}

// spellPart leaves out the parentheses around an expression of an index that is one call of a function.
func spellPart(dialect schema.Dialect, expr string) string {
	tokens := sqltext.Significant(dialect, expr)
	if len(tokens) < 3 || tokens[0].Kind != sqltext.Word || !tokens[1].Is("(") {
		return "(" + expr + ")"
	}
	depth := 0
	for i, token := range tokens {
		switch {
		case token.Is("("):
			depth++
		case token.Is(")"):
			if depth--; depth == 0 && i < len(tokens)-1 {
				return "(" + expr + ")"
			}
		}
	}
	return expr
}
