package ddl

import (
	"math/big"
	"strings"

	"github.com/retort-db/retort/schema"
)

// equalExpressions compares what the expressions mean to the parser, so that parentheses, case, blanks and the various
// ways to write the same operator do not matter, and takes back what the server adds when it stores an expression: casts
// of constants to text, of varchar columns to text beside such constants, of numbers beside numbers.
//
// It knows no types of columns. A varchar column beside a text constant and a citext column whose author wrote the cast to
// text are stored alike, so that this one change of an expression is not seen.
func (postgresEngine) equalExpressions(_ schema.Server, a, b string) Verdict {
	left, ok := parsePostgres(a)
	if !ok {
		return Unknown
	}
	right, ok := parsePostgres(b)
	if !ok {
		return Unknown
	}
	if left.String() == right.String() {
		return Equal
	}
	return Unknown
}

func (postgresEngine) equalDefaults(_ schema.Server, columnType, a, b string) Verdict {
	kind := postgresType(columnType)
	left, ok := parseDefault(kind, a)
	if !ok {
		return Unknown
	}
	right, ok := parseDefault(kind, b)
	if !ok {
		return Unknown
	}
	if left.String() == right.String() || sameNumber(kind, left, right) {
		return Equal
	}
	return Unknown
}

// parseDefault parses a default of a column of the given canonical type. The assignment to the column casts a constant
// anyway, so that a cast to that type says nothing. DEFAULT NULL is the same as none.
func parseDefault(kind, text string) (*pgNode, bool) {
	if strings.TrimSpace(text) == "" {
		return &pgNode{op: "none"}, true
	}
	node, ok := parsePostgres(text)
	if !ok {
		return nil, false
	}
	if node.op == "cast" && isConstant(node.args[0]) && castsLikeAssignment(node.text, kind) {
		node = node.args[0]
	}
	switch {
	case node.isKeyword("null"):
		return &pgNode{op: "none"}, true
	case kind == "boolean" && node.op == "string":
		if word, ok := booleanWords[strings.ToLower(node.text)]; ok {
			return &pgNode{op: "keyword", text: word}, true
		}
	case isNumberPostgres(kind) && node.op == "string" && isNumberText(node.text):
		return &pgNode{op: "number", text: node.text}, true
	}
	return node, true
}

func isConstant(node *pgNode) bool {
	return node.op == "string" || node.op == "number" || node.isKeyword("null") || node.isKeyword("true") || node.isKeyword("false")
}

// castsLikeAssignment reports whether a cast of a constant to type cast changes nothing in a default of type kind.
func castsLikeAssignment(cast, kind string) bool {
	if cast == kind || cast == bareType(kind) {
		return true
	}
	if cast == "bpchar" && bareType(kind) == "character" || cast == `"bit"` && bareType(kind) == "bit" {
		return true
	}
	return isCharacterPostgres(kind) && (cast == "text" || cast == "character varying" || cast == "bpchar")
}

var booleanWords = map[string]string{
	"t": "true", "true": "true", "y": "true", "yes": "true", "on": "true", "1": "true",
	"f": "false", "false": "false", "n": "false", "no": "false", "off": "false", "0": "false",
}

// isNumberText reports whether a text is a decimal number.
func isNumberText(text string) bool {
	digits := strings.TrimLeft(strings.TrimSpace(text), "+-")
	return digits != "" && strings.Trim(digits, "0123456789.") == "" && strings.Count(digits, ".") <= 1 && digits != "."
}

// sameNumber compares two numbers by value. Where the type keeps the digits as written (numeric without a scale), the
// number of digits after the point has to agree as well.
func sameNumber(kind string, a, b *pgNode) bool {
	if a.op != "number" || b.op != "number" || !isNumberPostgres(kind) || !isNumberText(a.text) || !isNumberText(b.text) {
		return false
	}
	left, okLeft := new(big.Rat).SetString(strings.TrimSpace(a.text))
	right, okRight := new(big.Rat).SetString(strings.TrimSpace(b.text))
	if !okLeft || !okRight || left.Cmp(right) != 0 {
		return false
	}
	return kind != "numeric" || scaleOf(a.text) == scaleOf(b.text)
}

func scaleOf(number string) int {
	_, fraction, _ := strings.Cut(strings.TrimSpace(number), ".")
	return len(fraction)
}
