package introspect

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// sqliteCounts is how many tables are counted in one statement; SQLite takes 500 terms of a compound SELECT.
const sqliteCounts = 400

// sizes counts the rows, since SQLite keeps no estimate: its catalog has one only after ANALYZE. The bytes come from the
// dbstat table, and are unknown where SQLite was built without it.
func (sqlite) sizes(ctx context.Context, q Querier, options Options) ([]Size, error) {
	home := options.DefaultNamespace
	if home == "" {
		home = "main"
	}
	attached, err := sqliteAttached(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []Size
	for _, namespace := range append([]string{home}, options.Namespaces...) {
		if !slices.ContainsFunc(attached, func(name string) bool { return sameSQLite(name, namespace) }) {
			return nil, fmt.Errorf("no database is attached as %q: attached are %s", namespace, strings.Join(attached, ", "))
		}
		sizes, err := sqliteSizes(ctx, q, home, namespace)
		if err != nil {
			return nil, err
		}
		out = append(out, sizes...)
	}
	return out, nil
}

func sqliteSizes(ctx context.Context, q Querier, home, database string) ([]Size, error) {
	// A virtual table has no pages of its own; its module may not be there to count its rows.
	tables, err := sqliteStrings(ctx, q, "SELECT name FROM "+quoteSQLite(database)+
		".sqlite_master WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
	if err != nil {
		return nil, err
	}
	pages, err := sizesOf(ctx, q, "", "SELECT '', m.tbl_name, 0, sum(s.pgsize) FROM "+quoteSQLite(database)+
		".sqlite_master m JOIN dbstat(?1, 1) s ON s.name = m.name GROUP BY m.tbl_name", database)
	bytes := map[string]int64{}
	for _, page := range pages {
		bytes[page.Table.Name] = page.Bytes
	}
	known := err == nil // otherwise there is no dbstat
	var out []Size
	for some := range slices.Chunk(tables, sqliteCounts) {
		var terms []string
		var args []any
		for _, table := range some {
			terms = append(terms, fmt.Sprintf("SELECT ?, ?, (SELECT count(*) FROM %s.%s), NULL", quoteSQLite(database), quoteSQLite(table)))
			args = append(args, database, table)
		}
		sizes, err := sizesOf(ctx, q, home, strings.Join(terms, " UNION ALL "), args...)
		if err != nil {
			return nil, err
		}
		out = append(out, sizes...)
	}
	for i := range out {
		if known {
			out[i].Bytes = bytes[out[i].Table.Name]
		}
	}
	return out, nil
}
