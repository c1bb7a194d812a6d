package reflect

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/schema"
)

type mysql struct{}

func init() { engines[schema.MySQL] = mysql{} }

func (mysql) defaultNamespace() string { return "" }

// numbering follows bun's CREATE TABLE: autoincrement is AUTO_INCREMENT on any type, identity is ignored.
func (mysql) numbering(c *columnFacts) numbering {
	switch {
	case c.autoincrement:
		return numbering{identity: &schema.Identity{Kind: schema.IdentityAutoIncrement}, notNull: true}
	case c.identity:
		return numbering{
			diagnostic:  IdentityIgnored,
			ineffective: "identity does nothing on MySQL: the column does not number itself",
			wayOut:      "use autoincrement, which works on every database",
		}
	}
	return numbering{}
}

func (mysql) uniqueIndexIsConstraint() bool { return true }

func (mysql) mergesEqualKeys() bool { return false }

// enum makes the column's type ENUM with the values.
func (mysql) enum(_ *reader, _ *model, column *schema.Column, declared *schema.DeclaredEnum) {
	values := make([]string, len(declared.Values))
	for i, value := range declared.Values {
		values[i] = quoteString(value, true)
	}
	column.Type = "enum(" + strings.Join(values, ",") + ")"
}

// names follows the manual, "Identifier Length Limits": 64 characters. Foreign keys and checks are unique in a database,
// indexes in a table; the primary key is always PRIMARY.
func (mysql) names() nameRules {
	return nameRules{limit: 64, indexScope: scopeTable, keyScope: scopeNamespace}
}

func (mysql) version(options Options) string {
	version := options.Version
	if version.IsZero() {
		version = schema.Version{Major: 8, Minor: 4}
		if options.Flavor == schema.MariaDB {
			version = schema.Version{Major: 11, Minor: 4}
		}
	}
	text := fmt.Sprintf("%d.%d.%d", version.Major, version.Minor, version.Patch)
	if options.Flavor == schema.MariaDB {
		text += "-MariaDB"
	}
	return text
}

// quoteString makes a SQL string literal.
func quoteString(text string, backslashes bool) string {
	if backslashes {
		text = strings.ReplaceAll(text, `\`, `\\`)
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
