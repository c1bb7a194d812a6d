package ddl

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// equalTypes compares types after resolving the synonyms of the manual's chapter "Data Types" and the server's own
// rewriting.
func (mysqlEngine) equalTypes(server schema.Server, a, b string) Verdict {
	if canonicalMySQLType(a) == canonicalMySQLType(b) {
		return Equal
	}
	return Unknown
}

// mysqlTypeWords maps the first words of a type to the words that the server stores.
var mysqlTypeWords = map[string]string{
	"integer": "int", "int4": "int", "int8": "bigint", "int2": "smallint", "int1": "tinyint", "int3": "mediumint", "middleint": "mediumint",
	"dec": "decimal", "numeric": "decimal", "fixed": "decimal",
	"real": "double", "float8": "double", "double precision": "double", "float4": "float",
	"character": "char", "character varying": "varchar", "char varying": "varchar", "varcharacter": "varchar",
	"long": "mediumtext", "long varchar": "mediumtext", "long varbinary": "mediumblob",
	"geomcollection": "geometrycollection", "char byte": "binary",
}

// mysqlTypeDefaults holds the arguments that a type has if none are given.
var mysqlTypeDefaults = map[string]string{"decimal": "10,0", "char": "1", "binary": "1", "bit": "1"}

// mysqlZerofillWidths holds the display widths that zerofill takes if none is given.
var mysqlZerofillWidths = map[string]string{"tinyint": "3", "smallint": "5", "mediumint": "8", "int": "10", "bigint": "20"}

// mysqlTypeParts is a type taken apart: "decimal", "10,2", ["unsigned"].
type mysqlTypeParts struct {
	word, args string
	attributes []string
}

func (t mysqlTypeParts) has(attribute string) bool { return slices.Contains(t.attributes, attribute) }

func canonicalMySQLType(text string) string {
	t := parseMySQLType(text)
	switch t.word {
	case "bool", "boolean":
		return "tinyint(1)"
	case "float":
		if bits, err := strconv.Atoi(t.args); err == nil {
			t.args = ""
			if bits > 24 {
				t.word = "double"
			}
		}
	case "decimal":
		if t.args != "" && !strings.Contains(t.args, ",") {
			t.args += ",0"
		}
	case "datetime", "timestamp", "time":
		if t.args == "0" {
			t.args = ""
		}
	case "year":
		t.args = ""
	}
	if t.args == "" {
		t.args = mysqlTypeDefaults[t.word]
	}
	if width, isInt := mysqlZerofillWidths[t.word]; isInt {
		t.canonicalWidth(width)
	}
	out := t.word
	if t.args != "" {
		out += "(" + t.args + ")"
	}
	return strings.Join(append([]string{out}, t.attributes...), " ")
}

// canonicalWidth drops the display width of an integer type, unless it is a boolean's or zerofill needs it.
func (t *mysqlTypeParts) canonicalWidth(usual string) {
	switch {
	case t.has("zerofill"):
		if t.args == "" {
			t.args = usual
		}
		if !t.has("unsigned") {
			t.attributes = append(t.attributes, "unsigned")
			slices.Sort(t.attributes)
		}
	case t.word == "tinyint" && t.args == "1" && len(t.attributes) == 0:
	default:
		t.args = ""
	}
}

// parseMySQLType takes a type apart: its words, its arguments without spaces, and its attributes in order.
func parseMySQLType(text string) mysqlTypeParts {
	var t mysqlTypeParts
	var words []string
	var args strings.Builder
	depth := 0
	for _, token := range sqltext.Significant(schema.MySQL, text) {
		switch {
		case token.Is("("):
			depth++
		case token.Is(")"):
			depth--
		case depth > 0 && token.Kind == sqltext.String:
			args.WriteString(mysqltext.Canonical(token.Text, ""))
		case depth > 0:
			args.WriteString(token.Text)
		case isTypeAttribute(token.Text):
			t.attributes = append(t.attributes, strings.ToLower(token.Text))
		default:
			words = append(words, strings.ToLower(token.Text))
		}
	}
	t.args = args.String()
	t.word = strings.Join(words, " ")
	if word, known := mysqlTypeWords[t.word]; known {
		t.word = word
	}
	t.word = mysqlCharsetWords.Replace(t.word)
	t.attributes = slices.DeleteFunc(t.attributes, func(attribute string) bool { return attribute == "signed" })
	slices.Sort(t.attributes)
	return t
}

// mysqlCharsetWords unifies the ways to name a character set.
var mysqlCharsetWords = strings.NewReplacer(" charset ", " character set ", " utf8 ", " utf8mb3 ")

func isTypeAttribute(word string) bool {
	switch strings.ToLower(word) {
	case "unsigned", "signed", "zerofill", "compressed":
		return true
	}
	return false
}

// equalDefaults compares defaults as the server stores them in a column of the type: numbers by value, the current time
// whatever it is called, texts by their characters.
func (e mysqlEngine) equalDefaults(server schema.Server, columnType, a, b string) Verdict {
	x, y := canonicalMySQLDefault(server, columnType, a), canonicalMySQLDefault(server, columnType, b)
	if x == y {
		return Equal
	}
	if isDefaultLiteral(mysqltext.Unparenthesize(a)) || isDefaultLiteral(mysqltext.Unparenthesize(b)) {
		return Unknown
	}
	return e.equalExpressions(server, x, y)
}

var mysqlDateOnly = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

func canonicalMySQLDefault(server schema.Server, columnType, text string) string {
	text = mysqltext.Unparenthesize(mysqltext.Canonical(text, ""))
	if text == "" || strings.EqualFold(text, "null") {
		return ""
	}
	t := parseMySQLType(canonicalMySQLType(columnType))
	if now := mysqlNowText.FindStringSubmatch(text); now != nil && (t.word == "datetime" || t.word == "timestamp") {
		return "current_timestamp(" + cmp.Or(now[3], t.args, "0") + ")"
	}
	if !isDefaultLiteral(text) {
		return text
	}
	value := literalValue(text)
	switch t.word {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year", "bit":
		if number, ok := canonicalNumber(text, value); ok {
			return number
		}
	case "datetime", "timestamp":
		if mysqlDateOnly.MatchString(value) {
			value += " 00:00:00"
		}
		value = trimFraction(value)
	case "time":
		if strings.Count(value, ":") == 1 {
			value += ":00"
		}
		value = trimFraction(value)
	case "binary":
		if size, err := strconv.Atoi(t.args); err == nil && len(value) < size {
			value += strings.Repeat("\x00", size-len(value))
		}
	}
	return mysqltext.Quote(value)
}

func trimFraction(value string) string {
	if strings.Contains(value, ".") {
		return strings.TrimRight(strings.TrimRight(value, "0"), ".")
	}
	return value
}
