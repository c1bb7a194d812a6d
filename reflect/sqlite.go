package reflect

import (
	"strings"

	"github.com/retort-db/retort/schema"
)

type sqlite struct{}

func init() { engines[schema.SQLite] = sqlite{} }

func (sqlite) defaultNamespace() string { return "main" }

// numbering follows bun's CREATE TABLE: autoincrement is AUTOINCREMENT if the column is the whole primary key and its
// type is exactly INTEGER; identity is ignored.
func (sqlite) numbering(c *columnFacts) numbering {
	switch {
	case c.autoincrement && c.onlyKey && (c.sqlType == "INTEGER" || c.overridden && strings.EqualFold(c.sqlType, "INTEGER")):
		return numbering{identity: &schema.Identity{Kind: schema.IdentityAutoIncrement}, notNull: true}
	case c.autoincrement && c.onlyKey && strings.EqualFold(c.sqlType, "INTEGER"):
		return numbering{
			diagnostic:  AutoincrementWithoutEffect,
			ineffective: "autoincrement makes no AUTOINCREMENT of " + c.sqlType + ": the column numbers itself, but numbers of deleted rows are used again",
			wayOut:      "leave type: out, or write INTEGER in upper case",
		}
	case c.autoincrement && c.onlyKey:
		return numbering{
			diagnostic:  AutoincrementWithoutEffect,
			ineffective: "autoincrement does nothing on the type " + c.sqlType + ": SQLite numbers only INTEGER PRIMARY KEY columns",
			wayOut:      `leave type: out; for another database's type write ddl:"pgtype:bigint" or the like`,
		}
	case c.autoincrement && c.isKey:
		return numbering{
			diagnostic:  AutoincrementWithoutEffect,
			ineffective: "autoincrement does nothing on a part of a primary key: SQLite numbers only a single INTEGER PRIMARY KEY column",
			wayOut:      "make the column the whole primary key, or set its value in the program",
		}
	case c.autoincrement:
		return numbering{
			diagnostic:  AutoincrementWithoutEffect,
			ineffective: "autoincrement does nothing outside the primary key on SQLite",
			wayOut:      "make the column the primary key, or remove the option",
		}
	case c.identity:
		return numbering{
			diagnostic:  IdentityIgnored,
			ineffective: "identity does nothing on SQLite: the column gets no AUTOINCREMENT",
			wayOut:      "use autoincrement, which works on every database",
		}
	}
	return numbering{}
}

func (sqlite) uniqueIndexIsConstraint() bool { return false }

func (sqlite) mergesEqualKeys() bool { return false }

// enum leaves the column's type and adds a check of the values.
func (sqlite) enum(_ *reader, m *model, column *schema.Column, declared *schema.DeclaredEnum) {
	values := make([]string, len(declared.Values))
	for i, value := range declared.Values {
		values[i] = quoteString(value, false)
	}
	expr := quoteIdent(column.Name) + " IN (" + strings.Join(values, ", ") + ")"
	m.addCheck(&schema.Check{Expr: expr, Origin: declared.Origin}, column.Name)
}

// names has no limit. Index names are unique in a database.
func (sqlite) names() nameRules { return nameRules{indexScope: scopeNamespace} }

func (sqlite) version(Options) string { return "SQLite" }

// quoteIdent writes an identifier in double quotes.
func quoteIdent(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
