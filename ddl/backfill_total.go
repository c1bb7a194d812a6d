package ddl

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
)

// backfillCounted is up to how many rows the work of a backfill is counted. Beyond that the engine's own estimate of the
// table's rows has to do: counting all of them could take as long as the work.
const backfillCounted = 100_000

// backfillTotal returns how many rows there are to change, 0 if that is not known. Nothing is asked if nobody watches.
func backfillTotal(ctx context.Context, db bun.IDB, table, where, estimate string, args ...any) (int64, error) {
	if !op.Watched(ctx) {
		return 0, nil
	}
	var total int64
	query := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT %d) AS missing", table, where, backfillCounted+1)
	if err := db.QueryRowContext(ctx, query).Scan(&total); err != nil || total <= backfillCounted {
		return total, err
	}
	var rows int64
	err := db.QueryRowContext(ctx, estimate, args...).Scan(&rows)
	return max(total, rows), err
}
