package introspect

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// mysqlNamespace is the reading of one database.
type mysqlNamespace struct {
	*mysqlReader
	database string
	// charset and collation are the database's defaults.
	charset, collation string

	tables map[string]*mysqlTable
	order  []*mysqlTable
	// sequences names MariaDB's sequences, which its catalog lists among the tables.
	sequences []string
	temporary int
	// unreadable are the tables of which only a part could be read: they are left out, with a problem.
	unreadable map[*mysqlTable]bool
}

// mysqlTable is a table that is being read.
type mysqlTable struct {
	*schema.Table
	engine    string
	collation string
	// lastOrdinal is the position of the last column that was read; a gap tells of hidden columns.
	lastOrdinal   int
	hiddenColumns bool
	// hasUniqueKey and constraintSeen tell whether the catalog shows the role the table's constraints.
	hasUniqueKey   bool
	constraintSeen bool
	needs          mysqlNeeds
	// notEnforced names the checks that are not enforced.
	notEnforced map[string]bool
	checkNames  map[string]bool
}

// mysqlNeeds tells what only SHOW CREATE TABLE knows.
type mysqlNeeds struct {
	partitions    bool
	parsers       bool
	binaryDefault []string // columns
	period        bool
	// expressions says that an expression has a question mark. The catalog's texts are of the charset utf8mb3 and have one
	// for each byte of what that lacks, such as an emoji.
	expressions bool
}

func (n mysqlNeeds) any() bool {
	return n.partitions || n.parsers || n.period || n.expressions || len(n.binaryDefault) > 0
}

func (n *mysqlNamespace) readDefaults() error {
	found := false
	err := n.each("SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
		[]any{n.database}, func(rows *sql.Rows) error {
			found = true
			return rows.Scan(&n.charset, &n.collation)
		})
	if err == nil && !found {
		return fmt.Errorf("there is no such database, or the role has no right on it")
	}
	return err
}

func (n *mysqlNamespace) readTables() error {
	return n.each("SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION, CREATE_OPTIONS, TABLE_COMMENT FROM information_schema.TABLES"+
		" WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME", []any{n.database}, func(rows *sql.Rows) error {
		var name, kind string
		var engine, collation, options, comment sql.NullString
		if err := rows.Scan(&name, &kind, &engine, &collation, &options, &comment); err != nil {
			return err
		}
		switch kind {
		case "BASE TABLE", "SYSTEM VERSIONED":
			n.addTable(name, kind, engine, collation.String, options.String, comment.String)
		case "SEQUENCE":
			n.sequences = append(n.sequences, name)
		case "TEMPORARY", "TEMPORARY SEQUENCE":
			n.temporary++
		}
		return nil
	})
}

func (n *mysqlNamespace) addTable(name, kind string, engine sql.NullString, collation, options, comment string) {
	full := n.name(n.database, name)
	if n.skips(full) {
		return
	}
	if !engine.Valid {
		// The server puts its reason into the comment: a missing file, an engine that is not loaded.
		n.problem(full, "the server cannot open it: "+comment)
		return
	}
	table := &mysqlTable{
		Table: &schema.Table{Name: full, Comment: comment}, engine: engine.String, collation: collation,
		notEnforced: map[string]bool{}, checkNames: map[string]bool{},
	}
	if !strings.EqualFold(engine.String, "InnoDB") {
		table.Options.Set(schema.OptionEngine, engine.String)
	}
	if collation != n.collation && collation != "" {
		table.Options.Set(schema.OptionCollation, collation)
		if charset := mysqlCharsetOf(collation); charset != n.charset {
			table.Options.Set(schema.OptionCharset, charset)
		}
	}
	if kind == "SYSTEM VERSIONED" {
		table.Options.Set(schema.OptionSystemVersioned, "")
	}
	n.setCreateOptions(table, options)
	n.tables[name] = table
	n.order = append(n.order, table)
}

// setCreateOptions takes CREATE_OPTIONS apart, such as "row_format=DYNAMIC KEY_BLOCK_SIZE=8 partitioned".
func (n *mysqlNamespace) setCreateOptions(table *mysqlTable, text string) {
	var others []string
	for option := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(option, "=")
		switch strings.ToLower(strings.Trim(key, "`")) {
		case "partitioned":
			table.needs.partitions = true
		case "row_format":
			table.Options.Set(schema.OptionRowFormat, strings.ToUpper(value))
		default:
			others = append(others, option)
		}
	}
	if len(others) > 0 {
		slices.Sort(others)
		table.Options.Set(schema.OptionCreate, strings.Join(others, " "))
	}
}

// mysqlCharsetOf returns the character set of a collation: its name up to the first underscore.
func mysqlCharsetOf(collation string) string {
	charset, _, _ := strings.Cut(collation, "_")
	return charset
}

// table returns a table that is being read, or nil for what is none: a view, a table that was not asked for.
func (n *mysqlNamespace) table(name string) *mysqlTable { return n.tables[name] }

func (n *mysqlNamespace) problem(name schema.Name, reason string) {
	n.out.Problems = append(n.out.Problems, schema.Problem{Object: "table " + name.String(), Reason: reason})
}

// finish adds the tables to the schema, each with its parts in a fixed order.
func (n *mysqlNamespace) finish() {
	hidden := false
	for _, table := range n.order {
		hidden = hidden || table.hasUniqueKey && !table.constraintSeen
	}
	for _, table := range n.order {
		n.reportHidden(table, hidden)
		if n.unreadable[table] {
			continue
		}
		n.markImplicitIndexes(table)
		slices.SortFunc(table.Checks, func(a, b *schema.Check) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Expr, b.Expr))
		})
		n.out.Tables.Add(table.Table)
	}
	if n.temporary > 0 {
		n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: "temporary table", Count: n.temporary})
	}
}

// reportHidden records what information_schema does not show a role that may only read: it lists columns on which the
// role has a right, and constraints of tables on which it has another right than SELECT. Since STATISTICS lists indexes
// to readers too, a unique index without its constraint tells that constraints are hidden.
func (n *mysqlNamespace) reportHidden(table *mysqlTable, constraintsHidden bool) {
	if table.hiddenColumns {
		n.problem(table.Name, "the role sees only some of its columns; grant it SELECT on the whole table")
		n.unreadable[table] = true
		return
	}
	if constraintsHidden && !table.constraintSeen {
		n.problem(table.Name, "the role does not see its foreign keys and checks; grant it REFERENCES on the table")
		n.unreadable[table] = true
	}
}
