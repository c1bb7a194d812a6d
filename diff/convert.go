package diff

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// family is a group of types between which engines convert on their own.
type family string

const (
	numbers  family = "number"
	texts    family = "text"
	times    family = "time"
	booleans family = "boolean"
	uuids    family = "uuid"
	jsons    family = "json"
	bytes    family = "bytes"
	clocks   family = "time of day"
	spans    family = "interval"
	others   family = ""
)

// familyOf classifies a type by its first word.
func familyOf(sqlType string) family {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(sqlType)), "(")
	word, _, _ = strings.Cut(strings.TrimSpace(word), " ")
	if strings.Contains(sqlType, "[") {
		return others
	}
	switch word {
	case "smallint", "integer", "int", "int2", "int4", "int8", "bigint", "tinyint", "mediumint", "numeric", "decimal", "real",
		"double", "float", "float4", "float8", "serial", "bigserial", "smallserial", "dec", "number":
		return numbers
	case "text", "varchar", "character", "char", "nvarchar", "citext", "tinytext", "mediumtext", "longtext", "bpchar", "clob", "nchar", "name":
		return texts
	case "timestamp", "timestamptz", "date", "datetime":
		return times
	case "time", "timetz":
		return clocks
	case "interval":
		return spans
	case "bool", "boolean":
		return booleans
	case "uuid":
		return uuids
	case "json", "jsonb":
		return jsons
	case "bytea", "blob", "binary", "varbinary", "tinyblob", "mediumblob", "longblob":
		return bytes
	}
	return others
}

// convert decides how values survive a change of type. PostgreSQL converts by itself only where it has an assignment cast;
// other known pairs get USING, and unknown ones need a decision.
func (c *comparison) convert(alter *op.AlterColumn, object, from, to string) {
	narrows := fmt.Sprintf("the type changes from %s to %s", from, to)
	if c.dialect != schema.Postgres {
		return
	}
	switch using, known := castFor(alter.Name, from, to); {
	case !known:
		c.find("unknown-cast", Decision, object, narrows+" and no conversion is known",
			"add .Using(\"expression\") to the step that changes the type")
	case using != "":
		alter.Using = using
	}
}

// castFor returns the USING expression that PostgreSQL needs for a change of type, "" where it converts by itself. known
// is false where no conversion is known.
func castFor(column, from, to string) (using string, known bool) {
	quoted := `"` + strings.ReplaceAll(column, `"`, `""`) + `"`
	fromElement, toElement, arrays := elements(from, to)
	source, target := familyOf(fromElement), familyOf(toElement)
	switch {
	case target == texts, source == target && source != others:
		return "", true
	case source == texts:
		return quoted + "::" + to, true
	case source == booleans && target == numbers, source == numbers && target == booleans:
		if isInteger(fromElement) || isInteger(toElement) {
			return quoted + "::" + to, true
		}
		if arrays {
			return "", false
		}
		return "(" + quoted + "::integer)::" + to, true
	}
	return "", false
}

// elements returns the element types of two arrays, which PostgreSQL converts element by element, or the types themselves.
func elements(from, to string) (fromElement, toElement string, arrays bool) {
	a, isArray := strings.CutSuffix(from, "[]")
	b, areArrays := strings.CutSuffix(to, "[]")
	if isArray && areArrays {
		return a, b, true
	}
	return from, to, false
}

// isInteger reports whether a type is the one that PostgreSQL casts to and from boolean.
func isInteger(sqlType string) bool {
	switch strings.ToLower(sqlType) {
	case "integer", "int", "int4":
		return true
	}
	return false
}

// castBack gives the steps of a reverse that change a type the conversion that they need.
func castBack(operations, undo []op.Operation) {
	forward := map[string]string{}
	for _, operation := range operations {
		if alter, ok := operation.(*op.AlterColumn); ok && alter.Changes(op.TypeAttribute) {
			forward[columnKey(alter.Table, alter.Name)] = alter.To.Type
		}
	}
	for _, operation := range undo {
		alter, ok := operation.(*op.AlterColumn)
		if !ok || !alter.Changes(op.TypeAttribute) {
			continue
		}
		if from, found := forward[columnKey(alter.Table, alter.Name)]; found {
			alter.Using, _ = castFor(alter.Name, from, alter.To.Type)
		}
	}
}
