package introspect

import (
	"context"
	"database/sql"
	"errors"
)

// sizes reads what InnoDB estimates. MySQL 8 caches it for a day (information_schema_stats_expiry); ANALYZE TABLE renews it.
func (mysqlEngine) sizes(ctx context.Context, q Querier, options Options) ([]Size, error) {
	home := options.DefaultNamespace
	if home == "" {
		var current sql.NullString
		if err := q.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&current); err != nil {
			return nil, err
		}
		home = current.String
	}
	if home == "" {
		return nil, errors.New("no database is selected: name one in the URL, mysql://host/database")
	}
	var out []Size
	for _, namespace := range append([]string{home}, options.Namespaces...) {
		sizes, err := sizesOf(ctx, q, home, "SELECT TABLE_SCHEMA, TABLE_NAME, CAST(TABLE_ROWS AS SIGNED), CAST(DATA_LENGTH + INDEX_LENGTH AS SIGNED)"+
			" FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')", namespace)
		if err != nil {
			return nil, err
		}
		out = append(out, sizes...)
	}
	return out, nil
}
