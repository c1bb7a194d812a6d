package lint

import (
	"cmp"
	"slices"

	"github.com/retort-db/retort/schema"
)

// rules holds all rules, in the order of the documentation.
var rules = byCategory(destructive, locking, rewriting, scanning, breaking, failing, irreversible, implicit, naming, design,
	access, partitions, inStatements, keys, habits, policies)

func byCategory(lists ...[]rule) []rule {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b rule) int {
		return cmp.Compare(slices.Index(Categories, a.Category), slices.Index(Categories, b.Category))
	})
	return all
}

var (
	onPostgres = Engine{Dialect: schema.Postgres}
	onMySQL    = Engine{Dialect: schema.MySQL}
	onSQLite   = Engine{Dialect: schema.SQLite}
	everywhere = []Engine{onPostgres, onMySQL, onSQLite}
)
