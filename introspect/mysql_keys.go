package introspect

import (
	"database/sql"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// mysqlIndexRow is a row of information_schema.STATISTICS: one part of an index.
type mysqlIndexRow struct {
	table, index string
	nonUnique    bool
	column       sql.NullString
	order        sql.NullString // COLLATION: A, D or NULL
	length       sql.NullInt64  // SUB_PART
	method       string         // INDEX_TYPE
	comment      string
	hidden       string // IS_VISIBLE on MySQL, IGNORED on MariaDB
	expr         sql.NullString
}

func (n *mysqlNamespace) readIndexes() error {
	special := "IS_VISIBLE, EXPRESSION"
	if n.isMariaDB() {
		special = "IGNORED, NULL"
	}
	var parts []mysqlIndexRow
	flush := func() {
		if len(parts) > 0 {
			n.addIndex(n.table(parts[0].table), parts)
		}
		parts = parts[:0]
	}
	err := n.each("SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE, INDEX_COMMENT, "+special+
		" FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ?"+mysqlByTable+", INDEX_NAME, SEQ_IN_INDEX",
		[]any{n.database}, func(rows *sql.Rows) error {
			var row mysqlIndexRow
			if err := rows.Scan(&row.table, &row.index, &row.nonUnique, &row.column, &row.order, &row.length, &row.method,
				&row.comment, &row.hidden, &row.expr); err != nil {
				return err
			}
			if n.table(row.table) == nil {
				return nil
			}
			if len(parts) > 0 && (parts[0].table != row.table || parts[0].index != row.index) {
				flush()
			}
			parts = append(parts, row)
			return nil
		})
	flush()
	return err
}

func (n *mysqlNamespace) addIndex(table *mysqlTable, rows []mysqlIndexRow) {
	first := rows[0]
	index := &schema.Index{Name: first.index, Unique: !first.nonUnique, Comment: first.comment, Method: n.indexMethod(table, rows)}
	plain := index.Method == "" && index.Unique
	for _, row := range rows {
		part := schema.IndexPart{Column: row.column.String, Desc: row.order.String == "D"}
		if index.Method != "spatial" { // where it is the size of a bounding box
			part.Length = int(row.length.Int64)
		}
		if row.expr.Valid && !row.column.Valid {
			part.Expr = n.bareExpression(row.expr.String)
		}
		plain = plain && part == (schema.IndexPart{Column: part.Column}) && part.Column != ""
		index.Parts = append(index.Parts, part)
	}
	if n.isMariaDB() && first.hidden == "YES" || !n.isMariaDB() && first.hidden == "NO" {
		index.Options.Set(schema.OptionInvisible, "")
	}
	if index.Method == "fulltext" {
		table.needs.parsers = true
	}
	if index.Unique {
		table.hasUniqueKey = true
	}
	switch {
	case index.Name == "PRIMARY":
		table.PrimaryKey = mysqlPrimaryKey(index)
	case plain:
		table.Uniques = append(table.Uniques, &schema.Unique{
			Name: index.Name, Columns: index.Columns(), Comment: index.Comment, Options: index.Options,
		})
	default:
		table.Indexes = append(table.Indexes, index)
	}
}

// indexMethod returns the method unless it is the one that the engine takes by itself: a hash for MEMORY tables and for
// MariaDB's unique keys over whole texts, a B-tree else.
func (n *mysqlNamespace) indexMethod(table *mysqlTable, rows []mysqlIndexRow) string {
	method := strings.ToLower(rows[0].method)
	memory := strings.EqualFold(table.engine, "MEMORY")
	switch {
	case method == "btree" && !memory, method == "hash" && memory, method == "hash" && overWholeText(table, rows):
		return ""
	case method == "rtree":
		return "spatial"
	}
	return method
}

func overWholeText(table *mysqlTable, rows []mysqlIndexRow) bool {
	return slices.ContainsFunc(rows, func(row mysqlIndexRow) bool {
		column := table.Column(row.column.String)
		return column != nil && !row.length.Valid && (strings.HasSuffix(column.Type, "text") || strings.HasSuffix(column.Type, "blob") || column.Type == "json")
	})
}

func mysqlPrimaryKey(index *schema.Index) *schema.PrimaryKey {
	key := &schema.PrimaryKey{Columns: index.Columns(), Options: index.Options}
	if slices.ContainsFunc(index.Parts, func(part schema.IndexPart) bool { return part != schema.IndexPart{Column: part.Column} }) {
		key.Parts = index.Parts
	}
	if index.Comment != "" {
		key.Options.Set("comment", index.Comment)
	}
	return key
}

// readConstraints reads which constraints the role sees, and on MySQL which checks are not enforced.
func (n *mysqlNamespace) readConstraints() error {
	enforced := "ENFORCED"
	if n.isMariaDB() {
		enforced = "'YES'"
	}
	return n.each("SELECT TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE, "+enforced+
		" FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = ?",
		[]any{n.database}, func(rows *sql.Rows) error {
			var tableName, name, kind, enforced string
			if err := rows.Scan(&tableName, &name, &kind, &enforced); err != nil {
				return err
			}
			table := n.table(tableName)
			if table == nil {
				return nil
			}
			table.constraintSeen = true
			if kind == "CHECK" {
				table.checkNames[name] = true
				table.notEnforced[name] = enforced == "NO"
			}
			return nil
		})
}

func (n *mysqlNamespace) readForeignKeys() error {
	type keyOf struct{ table, name string }
	keys := map[keyOf]*schema.ForeignKey{}
	err := n.each("SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME"+
		" FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME IS NOT NULL"+
		mysqlByTable+", CONSTRAINT_NAME, ORDINAL_POSITION",
		[]any{n.database}, func(rows *sql.Rows) error {
			var tableName, name, column, refSchema, refTable, refColumn string
			if err := rows.Scan(&tableName, &name, &column, &refSchema, &refTable, &refColumn); err != nil {
				return err
			}
			table := n.table(tableName)
			if table == nil {
				return nil
			}
			key := keys[keyOf{tableName, name}]
			if key == nil {
				key = &schema.ForeignKey{Name: name, RefTable: n.name(refSchema, refTable)}
				keys[keyOf{tableName, name}] = key
				table.ForeignKeys = append(table.ForeignKeys, key)
			}
			key.Columns = append(key.Columns, column)
			key.RefColumns = append(key.RefColumns, refColumn)
			return nil
		})
	if err != nil || len(keys) == 0 {
		return err
	}
	return n.each("SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS"+
		" WHERE CONSTRAINT_SCHEMA = ?",
		[]any{n.database}, func(rows *sql.Rows) error {
			var tableName, name, onUpdate, onDelete string
			if err := rows.Scan(&tableName, &name, &onUpdate, &onDelete); err != nil {
				return err
			}
			if key := keys[keyOf{tableName, name}]; key != nil {
				key.OnUpdate, key.OnDelete = mysqlAction(onUpdate), mysqlAction(onDelete)
			}
			return nil
		})
}

// mysqlAction returns a rule. RESTRICT and NO ACTION are one and the same to the server, and each product reports the
// one that it prefers where nothing was said.
func mysqlAction(rule string) schema.Action {
	if rule == "RESTRICT" || rule == "NO ACTION" {
		return schema.NoAction
	}
	return schema.Action(rule)
}

// markImplicitIndexes marks the indexes that look as if the engine had made them for a foreign key: named as the key, or
// as its first column if the key's name is the engine's too, over exactly its columns, and needed since no other index
// begins with them.
func (n *mysqlNamespace) markImplicitIndexes(table *mysqlTable) {
	for _, key := range table.ForeignKeys {
		for _, index := range table.Indexes {
			if implicitFor(table.Table, key, index) && !coveredByAnother(table.Table, key.Columns, index.Name) {
				index.Implicit = true
			}
		}
	}
}

func implicitFor(table *schema.Table, key *schema.ForeignKey, index *schema.Index) bool {
	if index.Unique || index.Method != "" || index.Comment != "" || len(index.Options) > 0 ||
		!slices.Equal(index.Parts, schema.Columns(key.Columns...)) {
		return false
	}
	if index.Name == key.Name {
		return true
	}
	if !strings.HasPrefix(key.Name, table.Name.Name+"_ibfk_") {
		return false
	}
	rest, ok := strings.CutPrefix(index.Name, key.Columns[0])
	return ok && (rest == "" || strings.HasPrefix(rest, "_"))
}

// coveredByAnother reports whether an index other than the named one begins with the columns.
func coveredByAnother(table *schema.Table, columns []string, name string) bool {
	if key := table.PrimaryKey; key != nil && beginsWith(partsOf(key.Columns, key.Parts), columns) {
		return true
	}
	for _, unique := range table.Uniques {
		if beginsWith(partsOf(unique.Columns, unique.Parts), columns) {
			return true
		}
	}
	return slices.ContainsFunc(table.Indexes, func(index *schema.Index) bool {
		return index.Name != name && index.Method == "" && beginsWith(index.Parts, columns)
	})
}

func partsOf(columns []string, parts []schema.IndexPart) []schema.IndexPart {
	if parts != nil {
		return parts
	}
	return schema.Columns(columns...)
}

func beginsWith(parts []schema.IndexPart, columns []string) bool {
	if len(parts) < len(columns) {
		return false
	}
	for i, column := range columns {
		if parts[i].Column != column || parts[i].Length != 0 {
			return false
		}
	}
	return true
}
