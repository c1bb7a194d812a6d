package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// typeText is a type in its parts: "numeric(12,2)" is the word "numeric" with the arguments 12 and 2.
type typeText struct {
	word      string // lower case, all words: "double precision", "timestamp with time zone"
	arguments []int
	values    []string // of ENUM and SET
}

// parseType reads a type of any engine. It never fails: what it does not know is just a word.
func parseType(dialect schema.Dialect, text string) typeText {
	var t typeText
	var words []string
	for _, token := range sqltext.Significant(dialect, text) {
		switch token.Kind {
		case sqltext.Word:
			words = append(words, strings.ToLower(token.Text))
		case sqltext.Number:
			if n, err := strconv.Atoi(token.Text); err == nil {
				t.arguments = append(t.arguments, n)
			}
		case sqltext.String:
			t.values = append(t.values, token.Text)
		}
	}
	t.word = strings.Join(words, " ")
	if known, ok := typeWords[t.word]; ok {
		t.word = known
	}
	return t
}

// typeWords maps spellings to the one that the tables below use.
var typeWords = map[string]string{
	"int": "integer", "int4": "integer", "serial": "integer", "mediumint": "mediumint", "int2": "smallint", "smallserial": "smallint",
	"int8": "bigint", "bigserial": "bigint", "float4": "real", "float8": "double precision", "double": "double precision",
	"decimal": "numeric", "dec": "numeric", "character varying": "varchar", "nvarchar": "varchar", "character": "char", "bpchar": "char",
	"timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz", "time without time zone": "time",
	"datetime": "timestamp",
}

func (t typeText) argument(at, absent int) int {
	if at < len(t.arguments) {
		return t.arguments[at]
	}
	return absent
}

// integerRank orders the integer types by their range; 0 is no integer.
func (t typeText) integerRank() int {
	word := strings.TrimSuffix(t.word, " unsigned")
	return slices.Index([]string{"", "tinyint", "smallint", "mediumint", "integer", "bigint"}, word)
}

func (t typeText) isText() bool {
	switch t.word {
	case "varchar", "char", "text", "citext", "tinytext", "mediumtext", "longtext", "json", "xml":
		return true
	}
	return false
}

// unlimited is the length of a text without a limit.
const unlimited = 1 << 40

// length is the number of characters that the type takes.
func (t typeText) length() int {
	switch t.word {
	case "varchar", "char":
		if t.word == "char" {
			return t.argument(0, 1)
		}
		return t.argument(0, unlimited)
	case "tinytext":
		return 255
	}
	return unlimited
}

// changed returns the column as an operation leaves it.
func changed(column *schema.Column, o *op.AlterColumn) *schema.Column {
	after := column.Clone()
	for _, attribute := range o.Attributes {
		op.CopyAttribute(after, &o.To, attribute)
	}
	return after
}

// lossOf says what part of each value a change of a column cuts off without an error, or "".
func (r *run) lossOf(column *schema.Column, o *op.AlterColumn) string {
	after := changed(column, o)
	if o.Changes(op.CharsetAttribute) && strings.HasPrefix(column.Charset, "utf8") && !strings.HasPrefix(after.Charset, "utf") && after.Charset != "" {
		return fmt.Sprintf("characters that %s does not have are lost", after.Charset)
	}
	if !o.Changes(op.TypeAttribute) || o.Using != "" || ddl.EqualTypes(r.Server, column.Type, after.Type) == ddl.Equal {
		return ""
	}
	from, to := parseType(r.Server.Dialect, column.Type), parseType(r.Server.Dialect, after.Type)
	what := ""
	switch {
	case from.word == "numeric" && to.word == "numeric" && len(to.arguments) > 0 && to.argument(1, 0) < numericScale(from):
		what = fmt.Sprintf("decimals after the %s are rounded away", place(to.argument(1, 0)))
	case (from.word == "numeric" && numericScale(from) > 0 || from.word == "real" || from.word == "double precision" || from.word == "float") && to.integerRank() > 0:
		what = "decimals are rounded away"
	case from.word == "double precision" && (to.word == "real" || to.word == "float"):
		what = "digits after the seventh are lost"
	case (from.word == "timestamp" || from.word == "timestamptz") && to.word == "date":
		what = "the time of day is lost"
	case from.word == to.word && (from.word == "timestamp" || from.word == "timestamptz" || from.word == "time") && fraction(r.Server.Dialect, to) < fraction(r.Server.Dialect, from):
		what = "fractions of a second are rounded away"
	case from.word == "timestamptz" && to.word == "timestamp":
		what = "the point in time is lost: what stays is the wall clock of the session's time zone"
	case from.word == "jsonb" && to.word == "json", from.word == "json" && to.word == "jsonb":
		if to.word == "jsonb" {
			what = "the order of keys, duplicate keys and spaces are lost"
		}
	case (from.word == "enum" || from.word == "set") && from.word == to.word:
		for _, value := range from.values {
			if !slices.Contains(to.values, value) {
				return fmt.Sprintf("rows with %s become the empty value, or end the step in strict mode", value)
			}
		}
	}
	if what == "" {
		return ""
	}
	return fmt.Sprintf("%s to %s: %s", column.Type, after.Type, what)
}

// numericScale is the number of decimals that a type keeps; without arguments PostgreSQL keeps all, MySQL none.
func numericScale(t typeText) int {
	if len(t.arguments) == 0 {
		return 1000
	}
	return t.argument(1, 0)
}

func fraction(dialect schema.Dialect, t typeText) int {
	if dialect == schema.Postgres {
		return t.argument(0, 6)
	}
	return t.argument(0, 0)
}

func place(n int) string {
	switch n {
	case 0:
		return "point"
	case 1:
		return "first"
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return strconv.Itoa(n) + "th"
}

// misfitOf says which values a change of type does not take, which ends the step (on MySQL, in strict mode), or "".
func (r *run) misfitOf(column *schema.Column, o *op.AlterColumn) string {
	after := changed(column, o)
	// A bare cast says no more than the change of type does; another expression takes care of what does not fit.
	cast := strings.HasPrefix(strings.TrimSpace(o.Using), r.quote(o.Name)+"::") && !strings.Contains(o.Using, "(")
	if !o.Changes(op.TypeAttribute) || o.Using != "" && !cast || ddl.EqualTypes(r.Server, column.Type, after.Type) == ddl.Equal {
		return ""
	}
	from, to := parseType(r.Server.Dialect, column.Type), parseType(r.Server.Dialect, after.Type)
	switch {
	case from.integerRank() > 0 && to.integerRank() > 0:
		if to.integerRank() < from.integerRank() || strings.HasSuffix(to.word, "unsigned") && !strings.HasSuffix(from.word, "unsigned") {
			return "numbers out of the range of " + after.Type
		}
	case to.integerRank() > 0 && (from.word == "numeric" || from.word == "double precision" || from.word == "real"):
		return "numbers out of the range of " + after.Type
	case from.word == "numeric" && to.word == "numeric":
		if len(to.arguments) > 0 && (len(from.arguments) == 0 || digits(to) < digits(from)) {
			return "numbers of more than " + strconv.Itoa(digits(to)) + " digits before the point"
		}
	case from.isText() && (to.word == "varchar" || to.word == "char" || to.word == "tinytext"):
		if to.length() < from.length() {
			return fmt.Sprintf("texts longer than %d characters", to.length())
		}
	case from.isText() && !to.isText():
		return "texts that are no " + after.Type
	}
	return ""
}

// digits is the number of digits before the point.
func digits(t typeText) int { return t.argument(0, 10) - t.argument(1, 0) }
