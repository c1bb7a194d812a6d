package introspect

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// mysqlOther is a kind of things that exist in a database or on its server and are not modelled, and the query for their
// names in a column "name".
type mysqlOther struct {
	kind, query string
	arguments   int // how often the query asks for the database's name
}

// others are what every role may ask for. The server answers with what the role may see.
func (n *mysqlNamespace) others() []mysqlOther {
	// Rights that an account has because it is the reader's own are what it works with.
	const notMine = " AND GRANTEE <> concat('''', replace(CURRENT_USER(), '@', '''@'''), '''')"
	out := []mysqlOther{
		{"event", "SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?", 1},
		{"grant", "SELECT concat('database to ', GRANTEE) AS name FROM information_schema.SCHEMA_PRIVILEGES WHERE ? LIKE TABLE_SCHEMA" + notMine + " GROUP BY GRANTEE", 1},
		{"grant", "SELECT concat(TABLE_NAME, ' to ', GRANTEE) AS name FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = ?" + notMine + " GROUP BY TABLE_NAME, GRANTEE", 1},
		{"grant", "SELECT concat(TABLE_NAME, '.', COLUMN_NAME, ' to ', GRANTEE) AS name FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = ?" +
			notMine + " GROUP BY TABLE_NAME, COLUMN_NAME, GRANTEE", 1},
	}
	if !n.isMariaDB() && n.server.Version.AtLeast(8, 0, 21) {
		out = append(out,
			mysqlOther{"engine attribute", "SELECT TABLE_NAME AS name FROM information_schema.TABLES_EXTENSIONS WHERE TABLE_SCHEMA = ? AND concat(coalesce(ENGINE_ATTRIBUTE, ''), coalesce(SECONDARY_ENGINE_ATTRIBUTE, '')) <> ''", 1},
			mysqlOther{"engine attribute", "SELECT concat(TABLE_NAME, '.', COLUMN_NAME) AS name FROM information_schema.COLUMNS_EXTENSIONS WHERE TABLE_SCHEMA = ? AND concat(coalesce(ENGINE_ATTRIBUTE, ''), coalesce(SECONDARY_ENGINE_ATTRIBUTE, '')) <> ''", 1},
			mysqlOther{"engine attribute", "SELECT concat(TABLE_NAME, '.', CONSTRAINT_NAME) AS name FROM information_schema.TABLE_CONSTRAINTS_EXTENSIONS WHERE CONSTRAINT_SCHEMA = ? AND concat(coalesce(ENGINE_ATTRIBUTE, ''), coalesce(SECONDARY_ENGINE_ATTRIBUTE, '')) <> ''", 1},
		)
	}
	return out
}

// mysqlServerOthers stand in tables that only some roles may read.
var mysqlServerOthers = []mysqlOther{
	{"loadable function", "SELECT name FROM mysql.func", 0},
	{"server", "SELECT Server_name AS name FROM mysql.servers", 0},
	{"grant", "SELECT concat(lower(Routine_type), ' ', Routine_name, ' to ''', User, '''@''', Host, '''') AS name FROM mysql.procs_priv WHERE Db = ?" +
		" AND concat(User, '@', Host) <> CURRENT_USER()", 1},
}

// readOthers names what the schema has no place for, so that nobody takes its absence for a fact.
func (n *mysqlNamespace) readOthers() error {
	if n.wanted != nil {
		return nil
	}
	found := map[string][]string{}
	for _, together := range [][]mysqlOther{n.others(), mysqlServerOthers} {
		if err := n.findOthers(found, together); err != nil {
			return err
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		names := found[kind]
		slices.Sort(names)
		if len(names) > unmodelledNames {
			n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: kind, Count: len(names)})
			continue
		}
		for _, name := range names {
			n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: kind, Name: name})
		}
	}
	for _, account := range slices.Sorted(maps.Keys(n.definers)) {
		n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: "definer", Name: account, Count: n.definers[account]})
	}
	return nil
}

func (n *mysqlNamespace) findOthers(found map[string][]string, others []mysqlOther) error {
	var parts []string
	var arguments []any
	for _, other := range others {
		parts = append(parts, fmt.Sprintf("SELECT '%s' AS kind, CONVERT(name USING utf8mb4) AS name FROM (%s) AS found_%d", other.kind, other.query, len(parts)))
		for range other.arguments {
			arguments = append(arguments, n.database)
		}
	}
	names := map[string][]string{}
	err := n.each(strings.Join(parts, " UNION ALL "), arguments, func(rows *sql.Rows) error {
		var kind, name string
		err := rows.Scan(&kind, &name)
		names[kind] = append(names[kind], name)
		return err
	})
	if err != nil && isMySQLLost(n.ctx, err) {
		return err
	}
	if err == nil {
		for kind := range names {
			found[kind] = append(found[kind], names[kind]...)
		}
	}
	return nil
}

// noteDefiner counts what another account than the reader's defines: a copy is defined by who creates it.
func (n *mysqlNamespace) noteDefiner(account string) {
	if account != n.account {
		n.definers[account]++
	}
}
