package ddl

import (
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// BackfillAtOnce returns the statement that does at once what a run of the backfill does in batches, for scripts and other
// places where no program is there to count them.
func BackfillAtOnce(dialect schema.Dialect, o *op.Backfill) string {
	var set, missing []string
	for _, one := range o.Set {
		column := Quote(dialect, one.Column)
		set = append(set, column+" = "+one.Expr)
		missing = append(missing, column+" IS NULL")
	}
	where := o.Where
	if where == "" {
		where = strings.Join(missing, " OR ")
	}
	return "UPDATE " + QuoteName(dialect, o.Table) + " SET " + strings.Join(set, ", ") + " WHERE " + where
}
