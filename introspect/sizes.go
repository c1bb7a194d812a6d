package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/retort-db/retort/schema"
)

// Size says how big a table is, as the server knows it without reading the table.
type Size struct {
	Table schema.Name
	// Rows is an estimate of the server's, exact on SQLite; -1 if the server has none, as for a table that was never
	// analyzed.
	Rows int64
	// Bytes is what the table takes with its indexes and the values that are stored apart; -1 if the server does not tell.
	Bytes int64
}

// Sizes returns the sizes of the tables and materialized views in the namespaces of the options, sorted by name. The number
// of queries depends on the number of namespaces at most, not on that of tables (SQLite: one for every 400 tables).
func Sizes(ctx context.Context, q Querier, dialect schema.Dialect, options Options) ([]Size, error) {
	engine, ok := engines[dialect]
	if !ok {
		return nil, fmt.Errorf("introspect: unknown dialect %q", dialect)
	}
	sizes, err := engine.sizes(ctx, unwrapBun(q), options)
	if err != nil {
		return nil, fmt.Errorf("read the sizes of tables: %w", err)
	}
	if options.Tables != nil {
		sizes = slices.DeleteFunc(sizes, func(s Size) bool { return !slices.Contains(options.Tables, s.Table) })
	}
	slices.SortFunc(sizes, func(a, b Size) int { return a.Table.Compare(b.Table) })
	return sizes, nil
}

// sizesOf runs a query whose rows are namespace, table, rows and bytes; the last two may be NULL. The namespace home is
// left out of names.
func sizesOf(ctx context.Context, q Querier, home, query string, args ...any) (out []Size, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var namespace, table string
		var count, bytes sql.NullInt64
		if err := rows.Scan(&namespace, &table, &count, &bytes); err != nil {
			return nil, err
		}
		size := Size{Table: schema.Name{Schema: namespace, Name: table}, Rows: -1, Bytes: -1}
		if namespace == home {
			size.Table.Schema = ""
		}
		if count.Valid {
			size.Rows = count.Int64
		}
		if bytes.Valid {
			size.Bytes = bytes.Int64
		}
		out = append(out, size)
	}
	return out, rows.Err()
}
