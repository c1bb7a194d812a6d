package ddl

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// postgresAliases maps every spelling of a built-in type, in lower case, to what format_type writes
// (https://www.postgresql.org/docs/current/datatype.html, table 8.1, and parser/gram.y). The serial words stand for the
// type of the column that they make.
var postgresAliases = map[string]string{
	"int": "integer", "int4": "integer", "integer": "integer", "serial": "integer", "serial4": "integer",
	"int2": "smallint", "smallint": "smallint", "smallserial": "smallint", "serial2": "smallint",
	"int8": "bigint", "bigint": "bigint", "bigserial": "bigint", "serial8": "bigint",
	"bool": "boolean", "boolean": "boolean",
	"float4": "real", "real": "real",
	"float8": "double precision", "double precision": "double precision", "float": "double precision",
	"decimal": "numeric", "dec": "numeric", "numeric": "numeric",
	"varchar": "character varying", "character varying": "character varying", "char varying": "character varying",
	"national character varying": "character varying", "national char varying": "character varying", "nchar varying": "character varying",
	"char": "character", "character": "character", "nchar": "character", "national character": "character", "national char": "character",
	"bpchar": "bpchar", "text": "text", "bytea": "bytea", "uuid": "uuid", "json": "json", "jsonb": "jsonb", "xml": "xml",
	"bit": "bit", "varbit": "bit varying", "bit varying": "bit varying",
	"timestamp": "timestamp without time zone", "timestamp without time zone": "timestamp without time zone",
	"timestamptz": "timestamp with time zone", "timestamp with time zone": "timestamp with time zone",
	"time": "time without time zone", "time without time zone": "time without time zone",
	"timetz": "time with time zone", "time with time zone": "time with time zone",
	"date": "date", "interval": "interval", "money": "money", "inet": "inet", "cidr": "cidr", "macaddr": "macaddr",
	"macaddr8": "macaddr8", "tsvector": "tsvector", "tsquery": "tsquery", "point": "point", "line": "line", "lseg": "lseg",
	"box": "box", "path": "path", "polygon": "polygon", "circle": "circle", "oid": "oid", "regclass": "regclass", "name": "name",
	"int4range": "int4range", "int8range": "int8range", "numrange": "numrange", "tsrange": "tsrange", "tstzrange": "tstzrange", "daterange": "daterange",
	"int4multirange": "int4multirange", "int8multirange": "int8multirange", "nummultirange": "nummultirange",
	"tsmultirange": "tsmultirange", "tstzmultirange": "tstzmultirange", "datemultirange": "datemultirange", "jsonpath": "jsonpath",
}

// postgresInternal lists the names under which the catalog holds built-in types: quoted, they mean the same type. "bit"
// and "char" in quotes are not among them: bare, they mean a length of 1.
var postgresInternal = map[string]bool{
	"int4": true, "int2": true, "int8": true, "bool": true, "float4": true, "float8": true, "numeric": true, "varchar": true,
	"bpchar": true, "text": true, "bytea": true, "uuid": true, "json": true, "jsonb": true, "timestamp": true,
	"timestamptz": true, "time": true, "timetz": true, "date": true, "interval": true, "varbit": true,
}

// postgresType returns the spelling of a type as format_type writes it, where it is a built-in one; of others it folds
// case and takes away needless spaces and quotes. It works on words and never fails: what it does not know stays.
func postgresType(text string) string {
	tokens := sqltext.Significant(schema.Postgres, text)
	base, rest := typeWords(tokens)
	arguments, rest := typeArguments(rest)
	suffix, rest := typeWords(rest) // "with time zone", "varying" never, "array"
	isArray := false
	if word, found := strings.CutSuffix(suffix, "array"); found && (word == "" || strings.HasSuffix(word, " ")) {
		suffix, isArray = strings.TrimSpace(word), true
	}
	if word, found := strings.CutSuffix(base, " array"); found {
		base, isArray = word, true
	}
	for len(rest) > 0 {
		// What follows are the bounds of an array, [] or [3], any number of them: the server keeps none.
		if rest[0].Text != "[" && rest[0].Kind != sqltext.Number && rest[0].Text != "]" {
			return strings.TrimSpace(text)
		}
		isArray = true
		rest = rest[1:]
	}
	out := builtinType(base, arguments, suffix)
	if isArray {
		out += "[]"
	}
	return out
}

// typeWords takes the words of a type's name from the front, joined by single spaces, or by dots as they were.
func typeWords(tokens []sqltext.Token) (string, []sqltext.Token) {
	var out strings.Builder
	for len(tokens) > 0 {
		token := tokens[0]
		switch {
		case token.Text == ".":
			out.WriteByte('.')
		case token.Kind == sqltext.Word || token.Kind == sqltext.Quoted:
			if out.Len() > 0 && !strings.HasSuffix(out.String(), ".") {
				out.WriteByte(' ')
			}
			out.WriteString(foldIdent(token))
		default:
			return out.String(), tokens
		}
		tokens = tokens[1:]
	}
	return out.String(), nil
}

// foldIdent returns an identifier as the server compares it: a bare word in lower case, a quoted one without its quotes where
// a bare word would mean the same.
func foldIdent(token sqltext.Token) string {
	name, _ := token.Ident()
	if token.Kind == sqltext.Word {
		return strings.ToLower(name)
	}
	if isPlainIdent(name) && (postgresAliases[name] == "" || postgresInternal[name]) {
		return name
	}
	return postgresQuote(name)
}

func isPlainIdent(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// typeArguments takes "(10, 2)" from the front as "10,2".
func typeArguments(tokens []sqltext.Token) (string, []sqltext.Token) {
	if len(tokens) == 0 || tokens[0].Text != "(" {
		return "", tokens
	}
	var out strings.Builder
	for i, token := range tokens[1:] {
		if token.Text == ")" {
			return out.String(), tokens[i+2:]
		}
		out.WriteString(token.Text)
	}
	return out.String(), nil
}

func builtinType(base, arguments, suffix string) string {
	base = strings.TrimPrefix(base, "pg_catalog.")
	if fields, found := strings.CutPrefix(base, "interval "); found {
		base, suffix = "interval", strings.TrimSpace(fields+" "+suffix)
	}
	if base == "timestamp" || base == "time" {
		if suffix == "" {
			suffix = "without time zone"
		}
		base, suffix = base+" "+suffix, ""
	}
	known, ok := postgresAliases[base]
	if !ok {
		return withArguments(base, arguments, suffix)
	}
	switch {
	case base == "float" && arguments != "":
		if isAtMost(arguments, 24) {
			return "real"
		}
		return "double precision"
	case known == "numeric" && arguments != "" && !strings.Contains(arguments, ","):
		arguments += ",0"
	case (known == "character" || known == "bit") && arguments == "":
		arguments = "1"
	case known == "bpchar" && arguments != "":
		known = "character"
	}
	if name, zone, found := strings.Cut(known, " with"); found && arguments != "" {
		return name + "(" + arguments + ") with" + zone // timestamp(3) with time zone
	}
	if known == "interval" && suffix != "" {
		if arguments != "" {
			return "interval " + suffix + "(" + arguments + ")"
		}
		return "interval " + suffix
	}
	return withArguments(known, arguments, suffix)
}

func withArguments(base, arguments, suffix string) string {
	if arguments != "" {
		base += "(" + arguments + ")"
	}
	if suffix != "" {
		base += " " + suffix
	}
	return base
}

// isAtMost reports whether a text of digits is a number up to limit, which has two digits.
func isAtMost(digits string, limit int) bool {
	number := 0
	for _, r := range digits {
		if r < '0' || r > '9' {
			return false
		}
		number = min(number*10+int(r-'0'), 1000)
	}
	return number <= limit
}

func (postgresEngine) equalTypes(_ schema.Server, a, b string) Verdict {
	if postgresType(a) == postgresType(b) {
		return Equal
	}
	return Unknown
}

// bareType returns a canonical type without its arguments.
func bareType(canonical string) string {
	open := strings.IndexByte(canonical, '(')
	if open < 0 {
		return canonical
	}
	end := strings.IndexByte(canonical, ')')
	return canonical[:open] + canonical[end+1:]
}

func isCharacterPostgres(canonical string) bool {
	switch bareType(canonical) {
	case "text", "character varying", "character", "bpchar":
		return true
	}
	return false
}

func isIntegerPostgres(canonical string) bool {
	return canonical == "integer" || canonical == "bigint" || canonical == "smallint"
}

func isNumberPostgres(canonical string) bool {
	switch bareType(canonical) {
	case "integer", "bigint", "smallint", "numeric", "real", "double precision":
		return true
	}
	return false
}

// isKnownPostgres reports whether a canonical type is a built-in one.
func isKnownPostgres(canonical string) bool {
	base := strings.TrimSuffix(bareType(canonical), "[]")
	for _, known := range postgresAliases {
		if known == base {
			return true
		}
	}
	return strings.HasPrefix(base, "interval")
}

// refersTo reports whether a type is the named one or an array of it.
func refersTo(kind string, name schema.Name) bool {
	canonical := strings.TrimSuffix(postgresType(kind), "[]")
	return canonical == postgresType(postgresName(name))
}

func postgresMentions(expr, column string) bool {
	return expr != "" && sqltext.Mentions(schema.Postgres, expr, column)
}
