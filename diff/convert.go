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
	source, target := familyOf(from), familyOf(to)
	narrows := fmt.Sprintf("the type changes from %s to %s", from, to)
	if c.dialect != schema.Postgres {
		if source != target && target != texts {
			c.find("change-type", Warning, object, narrows+": values that do not convert end the step", "look at the values first")
		}
		return
	}
	using := `"` + strings.ReplaceAll(alter.Name, `"`, `""`) + `"::` + to
	switch {
	case target == texts, source == target && source != others:
	case source == texts && target != others:
		alter.Using = using
		c.find("change-type", Warning, object, narrows+": texts that do not convert end the step", "look at the values first")
	case source == booleans && target == numbers, source == numbers && target == booleans:
		alter.Using = using
		if !strings.HasPrefix(strings.ToLower(from+to), "int") && !strings.Contains(strings.ToLower(from+to), "integer") {
			alter.Using = `("` + strings.ReplaceAll(alter.Name, `"`, `""`) + `"::integer)::` + to
		}
	case source == texts:
		alter.Using = using
		c.find("change-type", Warning, object, narrows+": texts that do not convert end the step", "look at the values first")
	default:
		c.find("unknown-cast", Decision, object, narrows+" and no conversion is known",
			"add .Using(\"expression\") to the step that changes the type")
	}
}
