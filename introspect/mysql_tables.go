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
	// sequences are MariaDB's, which its catalog lists among the tables.
	sequences []mysqlSequence
	temporary int
	// unreadable are the tables of which only a part could be read, with the reason: they are left out, with a problem.
	unreadable map[*mysqlTable]string
	// definers counts views, triggers and routines by the account that defines them, where that is not the reader's own.
	definers map[string]int
	// left names the tables that were still there at the end.
	left map[string]bool
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
	// checksSeen counts the checks of which the catalog shows more than the name.
	checksSeen int
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
	// union says that the table is made of others (MERGE).
	union bool
}

func (n mysqlNeeds) any() bool {
	return n.partitions || n.parsers || n.period || n.expressions || n.union || len(n.binaryDefault) > 0
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
		" WHERE TABLE_SCHEMA = ?"+mysqlByTable, []any{n.database}, func(rows *sql.Rows) error {
		var name, kind string
		var engine, collation, options, comment sql.NullString
		if err := rows.Scan(&name, &kind, &engine, &collation, &options, &comment); err != nil {
			return err
		}
		switch kind {
		case "BASE TABLE", "SYSTEM VERSIONED":
			n.addTable(name, kind, engine, collation.String, options.String, comment.String)
		case "SEQUENCE":
			n.addSequence(name, engine.String, comment.String)
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
	table.needs.union = strings.EqualFold(engine.String, "MRG_MyISAM")
	if strings.EqualFold(engine.String, "FEDERATED") {
		// It holds a password.
		n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: "connection of table", Name: full.String()})
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

// objectProblem notes why something else than a table could not be read, or not as a whole.
func (n *mysqlNamespace) objectProblem(kind, name, reason string) {
	n.out.Problems = append(n.out.Problems, schema.Problem{Object: kind + " " + n.name(n.database, name).String(), Reason: reason})
}

// finish adds the tables to the schema, each with its parts in a fixed order.
func (n *mysqlNamespace) finish() {
	n.order = slices.DeleteFunc(n.order, func(table *mysqlTable) bool { return !n.left[table.Name.Name] })
	hidden := n.constraintsHidden()
	for _, table := range n.order {
		reason := cmp.Or(n.unreadable[table], n.hiddenIn(table, hidden))
		if reason != "" {
			n.problem(table.Name, reason)
			continue
		}
		n.markImplicitIndexes(table)
		slices.SortFunc(table.Checks, func(a, b *schema.Check) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Expr, b.Expr))
		})
		n.out.Tables.Add(table.Table)
	}
	n.reportHiddenTables()
	n.reportHiddenKinds()
	if n.temporary > 0 {
		n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: "temporary table", Count: n.temporary})
	}
}

// readLeftTables reads the names once more. No transaction spans the catalog: a table that was dropped meanwhile has been
// read in part, and must not stay.
func (n *mysqlNamespace) readLeftTables() error {
	n.left = make(map[string]bool, len(n.order))
	return n.each("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?", []any{n.database}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		n.left[name] = true
		return err
	})
}

// constraintsHidden reports whether information_schema hides constraints from the role: it lists those of tables on which
// the role has another right than SELECT, and on MariaDB has it on the whole database. Where the grants do not answer,
// STATISTICS does: it lists indexes to readers too, and a unique index without its constraint tells.
func (n *mysqlNamespace) constraintsHidden() bool {
	others := slices.DeleteFunc(slices.Clone(mysqlTablePrivileges), func(privilege string) bool { return privilege == "SELECT" })
	if n.mayOnAll(others...) {
		return false
	}
	isSeen := func(table *mysqlTable) bool { return table.constraintSeen }
	if n.isMariaDB() && n.grantsKnown && !slices.ContainsFunc(n.order, isSeen) {
		return true
	}
	return slices.ContainsFunc(n.order, (*mysqlTable).lacksConstraint)
}

// lacksConstraint reports whether the table has a unique index that is no constraint, which cannot be.
func (t *mysqlTable) lacksConstraint() bool { return t.hasUniqueKey && !t.constraintSeen }

// hiddenIn returns why the table is not whole, "" if it is.
func (n *mysqlNamespace) hiddenIn(table *mysqlTable, constraintsHidden bool) string {
	switch {
	case table.hiddenColumns:
		return "the role sees only some of its columns; grant it SELECT on the whole table"
	case len(table.Columns) == 0:
		return "none of its columns are to be seen; grant the role SELECT on the table, or read again if it was replaced meanwhile"
	case constraintsHidden && !table.constraintSeen:
		return "the role does not see its foreign keys and checks; grant it REFERENCES on the whole database"
	case table.checksSeen < len(table.checkNames): // MariaDB 11.8 names them and hides what they say
		return "the role does not see its checks; grant it REFERENCES on the whole database, or read again if it was replaced meanwhile"
	case table.lacksConstraint():
		return "it was replaced while it was being read; read again"
	}
	return ""
}
