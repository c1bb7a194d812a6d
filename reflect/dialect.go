package reflect

import (
	"fmt"
	"maps"
	"slices"

	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/schema"
)

var constructors = map[schema.Dialect]func() bunschema.Dialect{}

// Register makes bun's dialect known to [Models]. The sub-packages call it when they are imported. A private instance is
// made for each run, since bun keeps the registered models inside it.
func Register(dialect schema.Dialect, construct func() bunschema.Dialect) {
	constructors[dialect] = construct
}

// engine is what differs by database, one implementation in a file of its own for each.
type engine interface {
	// defaultNamespace is the namespace that names leave out if the options name none.
	defaultNamespace() string
	// numbering turns bun's autoincrement and identity into what its CREATE TABLE does with them.
	numbering(c *columnFacts) numbering
	// uniqueIndex reports whether a unique index over plain columns is a unique constraint.
	uniqueIndexIsConstraint() bool
	// mergesEqualKeys reports whether CREATE TABLE makes one constraint of a primary key and unique constraints over the same
	// columns.
	mergesEqualKeys() bool
	// enum makes a column hold one of the values.
	enum(r *reader, m *model, column *schema.Column, declared *schema.DeclaredEnum)
	names() nameRules
	// version is what the server answers to "SELECT version()", which bun's dialect may ask when it is given a database.
	version(options Options) string
}

// numbering is how a column numbers itself. Type replaces the column's type if it is not empty.
type numbering struct {
	identity *schema.Identity
	sqlType  string
	notNull  bool
	// ineffective says why a tag does nothing; empty if it does.
	ineffective, diagnostic, wayOut string
}

var engines = map[schema.Dialect]engine{}

// NoDialectError says that bun's dialect is not linked into the program.
type NoDialectError struct{ Dialect schema.Dialect }

// Error names the package to import.
func (e *NoDialectError) Error() string {
	return fmt.Sprintf("no bun dialect for %s: import github.com/retort-db/retort/reflect/%s", e.Dialect, e.Dialect)
}

// Dialects returns the dialects that [Models] can read models for: those whose sub-package the program imports, sorted.
func Dialects() []schema.Dialect { return slices.Sorted(maps.Keys(constructors)) }
