package lint

import (
	"slices"

	"github.com/retort-db/retort/schema"
)

// rules holds all rules, in the order of the documentation.
var rules = slices.Concat(destructive, locking, rewriting, scanning, breaking, failing, irreversible, implicit, naming, design)

var (
	onPostgres = Engine{Dialect: schema.Postgres}
	onMySQL    = Engine{Dialect: schema.MySQL}
	onSQLite   = Engine{Dialect: schema.SQLite}
	everywhere = []Engine{onPostgres, onMySQL, onSQLite}
)
