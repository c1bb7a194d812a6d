package introspect

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// noteExpression looks for what the catalog may have lost of an expression.
func (n *mysqlNeeds) noteExpression(text string) {
	n.expressions = n.expressions || strings.Contains(text, "?")
}

// restoreExpressions takes the expressions with a question mark from an item of the table's definition.
func (n *mysqlNamespace) restoreExpressions(table *mysqlTable, kind, name, item string) {
	for _, check := range table.Checks {
		column, ofColumn := check.Options.Get(schema.OptionColumn)
		isHere := kind == "CONSTRAINT" && !ofColumn && check.Name == name || kind == "" && ofColumn && column == name
		if isHere && strings.Contains(check.Expr, "?") {
			n.restore(&check.Expr, item, "CHECK")
		}
	}
	column := table.Column(name)
	if kind != "" || column == nil {
		return
	}
	if column.Generated != nil && strings.Contains(column.Generated.Expr, "?") {
		n.restore(&column.Generated.Expr, item, "AS")
	}
	if strings.Contains(column.Default, "?") {
		n.restoreDefault(column, item)
	}
}

// restore sets expr to what stands in parentheses behind the keyword, outside of others. SHOW CREATE TABLE does not mangle
// it as the catalog does.
func (n *mysqlNamespace) restore(expr *string, item, keyword string) {
	depth, start := 0, -1
	tokens := sqltext.Significant(schema.MySQL, item)
	for i, token := range tokens {
		switch {
		case token.Is("("):
			if depth == 0 && i > 0 && tokens[i-1].Is(keyword) {
				start = token.Pos
			}
			depth++
		case token.Is(")"):
			depth--
			if depth == 0 && start >= 0 {
				*expr = mysqltext.Unparenthesize(mysqltext.Canonical(item[start:token.Pos+1], n.database))
				return
			}
		}
	}
}

// restoreDefault takes the column's default from its definition: a literal, a call or an expression in parentheses.
func (n *mysqlNamespace) restoreDefault(column *schema.Column, item string) {
	depth, start := 0, -1
	tokens := sqltext.Significant(schema.MySQL, item)
	for i, token := range tokens {
		switch {
		case token.Is("("):
			depth++
		case token.Is(")"):
			depth--
		case depth == 0 && token.Is("DEFAULT") && i+1 < len(tokens):
			start = tokens[i+1].Pos
			continue
		}
		// The default ends before a group that is not closed, or a string that its introducer comes before.
		if start < 0 || token.Pos < start || depth > 0 || i+1 < len(tokens) && (tokens[i+1].Is("(") || token.Kind == sqltext.Word && tokens[i+1].Kind == sqltext.String) {
			continue
		}
		text := item[start : token.Pos+len(token.Text)]
		if value, isLiteral := mysqltext.Unquote(text); isLiteral {
			column.Default = mysqltext.Quote(value)
			return
		}
		if value, isText := hexText(text); isText {
			column.Default = mysqltext.Quote(value)
			return
		}
		kind, _, _ := strings.Cut(column.Type, "(")
		column.Default = n.defaultExpression(kind, mysqltext.Canonical(text, n.database))
		return
	}
}

// hexText returns the text of a literal such as 0xF09F8E89, as which MySQL shows a default with characters that utf8mb3
// lacks. Their charset is utf8mb4 then, the one in use that has them.
func hexText(literal string) (string, bool) {
	digits, isHex := strings.CutPrefix(literal, "0x")
	if !isHex {
		return "", false
	}
	value, err := hex.DecodeString(digits)
	return string(value), err == nil && utf8.Valid(value)
}
