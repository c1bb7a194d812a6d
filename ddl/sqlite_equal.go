package ddl

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// sqliteTypeAliases maps the words of a declared type to the usual one of their family. Members of a family have the same
// affinity and are the same type in the SQL standard; types of one affinity that are not, such as VARCHAR(10) and TEXT, or
// INT and BIGINT, say different things to a reader and to other engines, and are not equal.
//
// INT and INTEGER are one type, although an INTEGER primary key is the rowid and an INT one is not: what follows from that
// is part of other attributes, [schema.Column.Identity] and NotNull.
var sqliteTypeAliases = map[string]string{
	"INT": "INTEGER", "INT4": "INTEGER",
	"INT8": "BIGINT", "BIG INT": "BIGINT", "UNSIGNED BIG INT": "UNSIGNED BIGINT", "BIGINT UNSIGNED": "UNSIGNED BIGINT",
	"INT2": "SMALLINT",
	"BOOL": "BOOLEAN",
	"DEC":  "DECIMAL",
	"CHAR": "CHARACTER", "VARCHAR": "CHARACTER VARYING", "CHAR VARYING": "CHARACTER VARYING", "VARYING CHARACTER": "CHARACTER VARYING",
	"NCHAR": "NATIVE CHARACTER", "NATIONAL CHARACTER": "NATIVE CHARACTER",
	"DOUBLE": "DOUBLE PRECISION", "FLOAT8": "DOUBLE PRECISION",
}

var typeWithArguments = regexp.MustCompile(`^([^(]*)(\(.*\))?$`)

// equalTypes compares declared types by case, spaces and alias.
func (sqlite) equalTypes(_ schema.Server, a, b string) Verdict {
	if sqliteType(a) == sqliteType(b) {
		return Equal
	}
	return Unknown
}

func sqliteType(declared string) string {
	var words []string
	for _, token := range sqltext.Significant(schema.SQLite, declared) {
		words = append(words, strings.ToUpper(token.Text))
	}
	text := strings.Join(words, " ")
	for _, mark := range []string{"(", ")", ","} {
		text = strings.ReplaceAll(strings.ReplaceAll(text, " "+mark, mark), mark+" ", mark)
	}
	parts := typeWithArguments.FindStringSubmatch(text)
	if parts == nil {
		return text
	}
	if alias, ok := sqliteTypeAliases[parts[1]]; ok {
		return alias + parts[2]
	}
	return text
}

// equalDefaults compares the values that two defaults give a column of the type.
func (e sqlite) equalDefaults(server schema.Server, columnType, a, b string) Verdict {
	if sqliteDefault(columnType, a) == sqliteDefault(columnType, b) {
		return Equal
	}
	return e.equalExpressions(server, a, b)
}

// sqliteDefault returns a default in one spelling: NULL is none, a bare or double-quoted word is a string, TRUE is 1, and
// the quotes around a number say nothing where the column's affinity takes them off or puts them on.
func sqliteDefault(columnType, text string) string {
	text = sqliteddl.TrimParens(text)
	if text == "" || strings.EqualFold(text, "NULL") {
		return ""
	}
	if !isSQLiteTerm(text) {
		return "expression " + sqliteExpression(text)
	}
	tokens := sqltext.Significant(schema.SQLite, text)
	first := tokens[0]
	value := strings.TrimPrefix(sqliteSpelling(tokens), "+")
	switch {
	case first.Is("TRUE"):
		value = "1"
	case first.Is("FALSE"):
		value = "0"
	case first.Is("CURRENT_TIMESTAMP"), first.Is("CURRENT_DATE"), first.Is("CURRENT_TIME"):
		return strings.ToUpper(first.Text)
	case first.Kind == sqltext.Word, first.Kind == sqltext.Quoted:
		ident, _ := first.Ident()
		value = sqliteString(ident)
	}
	number, isNumber := sqlitePlainNumber(value)
	switch sqliteAffinity(columnType) {
	case integerAffinity, realAffinity, numericAffinity:
		if isNumber {
			return "number " + strconv.FormatFloat(number, 'g', -1, 64)
		}
	case textAffinity:
		if isNumber && !strings.HasPrefix(value, "'") && strings.Trim(value, "-0123456789") == "" {
			value = sqliteString(value)
		}
	}
	return value
}

// sqlitePlainNumber reads a decimal number with or without quotes, if a float64 holds it exactly enough to compare.
func sqlitePlainNumber(value string) (float64, bool) {
	inner := strings.TrimSuffix(strings.TrimPrefix(value, "'"), "'")
	if len(inner) > 15 || inner == "" || strings.Trim(inner, "+-.0123456789") != "" {
		return 0, false
	}
	number, err := strconv.ParseFloat(inner, 64)
	return number, err == nil
}

// equalExpressions compares expressions by their words: spaces, comments, outer parentheses, case outside of quotes, the
// way of quoting, the two spellings of = and <>, and the table's name before its column do not count.
func (sqlite) equalExpressions(_ schema.Server, a, b string) Verdict {
	if sqliteExpression(a) == sqliteExpression(b) {
		return Equal
	}
	return Unknown
}

func sqliteExpression(text string) string {
	return sqliteSpelling(sqliteBareColumns(sqltext.Significant(schema.SQLite, sqliteddl.TrimParens(text))))
}

// sqliteBareColumns takes the table's name from before columns, which a rebuild does too. An expression has one table only,
// unless it is a query or a trigger's.
func sqliteBareColumns(tokens []sqltext.Token) []sqltext.Token {
	var out []sqltext.Token
	for i := 0; i < len(tokens); i++ {
		token := tokens[i]
		if token.Is("SELECT") || token.Is("BEGIN") || token.Is("NEW") || token.Is("OLD") {
			return tokens
		}
		if _, ok := token.Ident(); ok && i+1 < len(tokens) && tokens[i+1].Is(".") {
			i++
			continue
		}
		out = append(out, token)
	}
	return out
}

func sqliteSpelling(tokens []sqltext.Token) string {
	var out []string
	for i := 0; i < len(tokens); i++ {
		token := tokens[i]
		joined := i+1 < len(tokens) && tokens[i+1].Pos == token.Pos+len(token.Text)
		switch {
		case token.Is("=") && joined && tokens[i+1].Is("="):
			out = append(out, "=")
			i++
		case token.Is("!") && joined && tokens[i+1].Is("="), token.Is("<") && joined && tokens[i+1].Is(">"):
			out = append(out, "<>")
			i++
		case token.Kind == sqltext.Word, token.Kind == sqltext.Number:
			out = append(out, strings.ToLower(token.Text))
		case token.Kind == sqltext.Quoted:
			ident, _ := token.Ident()
			out = append(out, sqliteQuotedSpelling(ident))
		default:
			out = append(out, token.Text)
		}
	}
	if len(out) == 2 && (out[0] == "-" || out[0] == "+") {
		return out[0] + out[1]
	}
	return strings.Join(out, " ")
}

// sqliteQuotedSpelling returns a quoted identifier as it stands bare, unless the bare word would be something else.
func sqliteQuotedSpelling(ident string) string {
	lower := strings.ToLower(ident)
	if isSQLiteBare(lower) && !sqliteKeywords[lower] {
		return lower
	}
	return sqliteQuote(lower)
}

func isSQLiteBare(name string) bool {
	tokens := sqltext.Tokens(schema.SQLite, name)
	return len(tokens) == 1 && tokens[0].Kind == sqltext.Word
}

// sqliteKeywords holds the words that mean something else than a column inside an expression.
var sqliteKeywords = func() map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.Fields(`and as asc between case cast collate current_date current_time current_timestamp desc
		distinct else end escape exists false filter from glob group having in is isnull like limit match not notnull null on or order
		over raise regexp select then true union when where`) {
		words[word] = true
	}
	return words
}()
