package reflect

import (
	"fmt"

	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/schema"
)

// BunDialect returns a new instance of bun's dialect, of which the program has to import the sub-package. It is for
// opening a bun.DB without naming bun's own dialect package.
func BunDialect(dialect schema.Dialect) (bunschema.Dialect, error) {
	construct, linked := constructors[dialect]
	if !linked {
		return nil, fmt.Errorf("open bun's dialect: %w", &NoDialectError{dialect})
	}
	return construct(), nil
}
