package introspect

import (
	"context"
	"database/sql"
	"encoding/json"
)

// postgresSizesSQL takes the planner's estimate, or where the table was never analyzed the count of the statistics collector.
// An empty table has no rows whatever they say. A partitioned table is as big as its partitions.
const postgresSizesSQL = `
	SELECT n.nspname::text, c.relname::text, s.tuples, s.bytes
	FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	CROSS JOIN LATERAL (
		SELECT CASE WHEN bool_or(leaf.tuples IS NULL) THEN NULL ELSE coalesce(sum(leaf.tuples), 0)::int8 END AS tuples,
			coalesce(sum(leaf.bytes), 0)::int8 AS bytes
		FROM (
			SELECT pg_catalog.pg_total_relation_size(l.oid) AS bytes,
				CASE WHEN l.reltuples > 0 THEN l.reltuples
					WHEN pg_catalog.pg_stat_get_live_tuples(l.oid) > 0 THEN pg_catalog.pg_stat_get_live_tuples(l.oid)
					WHEN l.relpages = 0 AND pg_catalog.pg_relation_size(l.oid) = 0 THEN 0
					WHEN l.reltuples = 0 AND l.relpages > 0 THEN 0
				END AS tuples
			FROM pg_catalog.pg_class l
			WHERE CASE c.relkind WHEN 'p' THEN l.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) t WHERE t.isleaf)
				ELSE l.oid = c.oid END
		) leaf
	) s
	WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname::text IN (SELECT pg_catalog.json_array_elements_text($1::text::json))`

func (postgresEngine) sizes(ctx context.Context, q Querier, options Options) ([]Size, error) {
	home := options.DefaultNamespace
	if home == "" {
		var current sql.NullString
		if err := q.QueryRowContext(ctx, "SELECT pg_catalog.current_schema()").Scan(&current); err != nil {
			return nil, err
		}
		home = current.String
	}
	wanted, err := json.Marshal(append([]string{home}, options.Namespaces...))
	if err != nil {
		return nil, err
	}
	return sizesOf(ctx, q, home, postgresSizesSQL, string(wanted))
}
