package reflect

import (
	"github.com/retort-db/retort/schema"
)

// Options says how models are read. The zero value makes every belongs-to relation a foreign key.
type Options struct {
	// Flavor and Version say for which product of the dialect the models are read, where that matters to a DDL method.
	Flavor  schema.Flavor
	Version schema.Version

	// DefaultNamespace is the namespace that is left out of names, as in package introspect. Empty means the engine's
	// own: "public" on PostgreSQL, "main" on SQLite; on MySQL a name with a database part keeps it.
	DefaultNamespace string

	ForeignKeys ForeignKeyMode

	// Types overrides bun's choice of SQL type for Go types, for fields without a type of their own. Keys are Go types by
	// import path: "github.com/shopspring/decimal.Decimal".
	Types map[string]Types

	// Naming is how objects without a name are named.
	Naming Naming

	// Positions says where types and fields are declared. [Discover] finds them.
	Positions Positions

	// Dir is the module's root, and ModulePath its path. File names in origins are relative to it.
	Dir        string
	ModulePath string
}

// Types holds the SQL type of a Go type for each dialect.
type Types map[schema.Dialect]string

// ForeignKeyMode says which relations are foreign keys in the database.
type ForeignKeyMode string

// The modes. The zero value is ForeignKeysAll.
const (
	// ForeignKeysAll makes a foreign key of every belongs-to relation, and of those has-one relations that are one.
	ForeignKeysAll ForeignKeyMode = "all"
	// ForeignKeysDeclared makes one only where on_delete, on_update or a ddl tag asks for it.
	ForeignKeysDeclared ForeignKeyMode = "declared"
	// ForeignKeysNone makes none of relations; those of ddl tags and DDL methods remain.
	ForeignKeysNone ForeignKeyMode = "none"
)

// Positions maps a Go type, "import/path.Type", to where it is declared.
type Positions map[string]Position

// Position is where a struct type is declared. File is relative to the module's root.
type Position struct {
	File   string         `json:"file"`
	Line   int            `json:"line"`
	Fields map[string]int `json:"fields,omitempty"` // line by field name; embedded fields by their type's name
}
