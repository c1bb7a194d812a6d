package reflect

import (
	"strings"

	"github.com/retort-db/retort/schema"
)

type postgres struct{}

func init() { engines[schema.Postgres] = postgres{} }

func (postgres) defaultNamespace() string { return "public" }

// serials are PostgreSQL's serial types with the integer type behind each.
var serials = map[string]string{
	"bigserial": "bigint", "serial8": "bigint", "serial": "integer", "serial4": "integer",
	"smallserial": "smallint", "serial2": "smallint",
}

// numbering follows bun's CREATE TABLE: identity makes an identity column of any type; autoincrement makes a serial of
// the types BIGINT, INTEGER and SMALLINT in exactly this spelling, and does nothing otherwise.
func (postgres) numbering(c *columnFacts) numbering {
	lower := strings.ToLower(c.sqlType)
	if base, isSerial := serials[lower]; isSerial {
		return numbering{identity: &schema.Identity{Kind: schema.IdentitySerial}, sqlType: base, notNull: true}
	}
	switch {
	case c.identity:
		return numbering{identity: &schema.Identity{Kind: schema.IdentityByDefault}, notNull: true}
	case c.autoincrement && c.overridden && isIntegerWord(lower):
		return numbering{identity: &schema.Identity{Kind: schema.IdentitySerial}, notNull: true}
	case c.autoincrement:
		return numbering{
			diagnostic:  AutoincrementWithoutEffect,
			ineffective: "autoincrement does nothing on the type " + c.sqlType + ": bun makes a serial only of BIGINT, INTEGER and SMALLINT, in upper case",
			wayOut:      "leave type: out, write it in upper case, or use identity",
		}
	}
	return numbering{}
}

func isIntegerWord(lower string) bool {
	switch lower {
	case "bigint", "int8", "integer", "int", "int4", "smallint", "int2":
		return true
	}
	return false
}

func (postgres) uniqueIndexIsConstraint() bool { return false }

func (postgres) mergesEqualKeys() bool { return true }

// enum makes the column's type an enum type.
func (postgres) enum(r *reader, m *model, column *schema.Column, declared *schema.DeclaredEnum) {
	enum := declared.Enum.Clone()
	if enum.Name.Name == "" {
		enum.Name = schema.Name{Schema: m.name.Schema, Name: r.options.Naming.enum(m.name, column.Name, r.engine.names())}
	}
	enum.Name = r.inDefault(enum.Name)
	r.addEnum(enum)
	column.Type = enum.Name.String()
}

// names follows NAMEDATALEN and makeObjectName: 63 bytes, taken from the table and the columns, whichever is longer.
func (postgres) names() nameRules {
	return nameRules{limit: 63, inBytes: true, shrinkParts: true, namedPrimaryKey: true, indexScope: scopeNamespace}
}

func (postgres) version(Options) string { return "PostgreSQL" }
