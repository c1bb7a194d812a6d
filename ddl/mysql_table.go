package ddl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (c *mysqlCompiler) createTable(o *op.CreateTable) error {
	table := o.Table
	if len(table.Exclusions) > 0 {
		return c.unsupported(o, "it has no exclusion constraints")
	}
	if len(table.Inherits) > 0 || table.Virtual != "" {
		return c.unsupported(o, "it has no table inheritance and no virtual tables")
	}
	if table.Partition != nil && table.Partition.By == "" {
		return c.unsupported(o, "its partitions are no tables; list them in PARTITION BY of the table")
	}
	var items []string
	for _, column := range table.Columns {
		definition, err := c.columnDefinition(o, table, column)
		if err != nil {
			return err
		}
		items = append(items, definition)
	}
	keys, err := c.tableKeys(o, table)
	if err != nil {
		return err
	}
	items = append(items, keys...)
	if len(items) == 0 {
		return c.unsupported(o, "a table needs a column")
	}
	options, err := c.tableOptions(o, table)
	if err != nil {
		return err
	}
	c.flush()
	c.define(o, "CREATE TABLE "+when(o.IfNotExists, "IF NOT EXISTS ")+mysqlName(table.Name)+
		" (\n  "+strings.Join(items, ",\n  ")+"\n) "+options)
	return nil
}

// tableKeys returns the keys and constraints of a new table.
func (c *mysqlCompiler) tableKeys(o op.Operation, table *schema.Table) ([]string, error) {
	var items, invisible []string
	add := func(text string, err error) error {
		items = append(items, text)
		return err
	}
	// Without a primary key the first unique key that admits no NULL stands in for it, and that one has to be visible.
	addKey := func(options schema.Options, text string, err error) error {
		if !options.Has(schema.OptionInvisible) {
			return add(text, err)
		}
		invisible = append(invisible, text)
		return err
	}
	if table.PrimaryKey != nil {
		if err := add(c.primaryKey(o, table.PrimaryKey)); err != nil {
			return nil, err
		}
	}
	for _, unique := range table.Uniques {
		text, err := c.unique(o, unique)
		if err := addKey(unique.Options, text, err); err != nil {
			return nil, err
		}
	}
	for _, index := range table.Indexes {
		if index.Implicit {
			continue
		}
		text, err := c.index(o, index)
		if err := addKey(index.Options, text, err); err != nil {
			return nil, err
		}
	}
	items = append(items, invisible...)
	for _, key := range table.ForeignKeys {
		if err := add(c.foreignKey(o, key)); err != nil {
			return nil, err
		}
	}
	for _, check := range table.Checks {
		if check.Options.Has(schema.OptionColumn) {
			continue // with its column
		}
		if err := add(c.check(o, check)); err != nil {
			return nil, err
		}
	}
	if start, end := rowColumn(table, "ROW START"), rowColumn(table, "ROW END"); start != "" && end != "" {
		items = append(items, fmt.Sprintf("PERIOD FOR SYSTEM_TIME (%s, %s)", mysqlQuote(start), mysqlQuote(end)))
	}
	return items, nil
}

// rowColumn returns the column that holds the begin or the end of a row version (MariaDB).
func rowColumn(table *schema.Table, expr string) string {
	at := slices.IndexFunc(table.Columns, func(column *schema.Column) bool {
		return column.Generated != nil && strings.EqualFold(column.Generated.Expr, expr)
	})
	if at < 0 {
		return ""
	}
	return table.Columns[at].Name
}

// tableOptions returns what follows the closing parenthesis of CREATE TABLE.
func (c *mysqlCompiler) tableOptions(o op.Operation, table *schema.Table) (string, error) {
	engine := table.Options.Value(schema.OptionEngine)
	if engine == "" {
		engine = "InnoDB"
	}
	parts := []string{"ENGINE=" + engine}
	for _, column := range table.Columns {
		if column.Identity != nil && column.Identity.Start != nil {
			parts = append(parts, fmt.Sprintf("AUTO_INCREMENT=%d", *column.Identity.Start))
		}
	}
	for _, option := range table.Options {
		text, err := c.tableOption(o, option)
		if err != nil {
			return "", err
		}
		if text != "" {
			parts = append(parts, text)
		}
	}
	if table.Comment != "" {
		parts = append(parts, "COMMENT="+mysqltext.Quote(table.Comment))
	}
	if table.Options.Has(schema.OptionSystemVersioned) {
		parts = append(parts, "WITH SYSTEM VERSIONING")
	}
	text := strings.Join(parts, " ")
	if table.Partition != nil {
		text += "\nPARTITION BY " + table.Partition.By
	}
	return text, nil
}

// tableOption returns the clause for an option, "" for the two that have a place of their own in CREATE TABLE.
func (c *mysqlCompiler) tableOption(o op.Operation, option schema.Option) (string, error) {
	switch option.Key {
	case schema.OptionEngine:
		return "", nil
	case schema.OptionSystemVersioned:
		if !c.isMariaDB() {
			return "", c.unsupported(o, "it has no system-versioned tables")
		}
		return "", nil
	case schema.OptionCharset:
		return "DEFAULT CHARACTER SET=" + option.Value, nil
	case schema.OptionCollation:
		return "COLLATE=" + option.Value, nil
	case schema.OptionRowFormat:
		return "ROW_FORMAT=" + option.Value, nil
	case schema.OptionCreate:
		return option.Value, nil
	}
	return "", c.unsupported(o, "it has no table option "+option.Key)
}

func (c *mysqlCompiler) alterTable(o *op.AlterTable) error {
	table, err := c.table(o, o.Name)
	if err != nil {
		return err
	}
	if o.Comment != nil {
		c.alter(o, o.Name, mysqlMeta, "comment", "COMMENT="+mysqltext.Quote(*o.Comment))
	}
	if err := c.alterCharset(o, table); err != nil {
		return err
	}
	for _, option := range o.Set {
		if isCharsetOption(option.Key) {
			continue
		}
		clause, err := c.setOption(o, option)
		if err != nil {
			return err
		}
		c.alter(o, o.Name, mysqlRebuild, "option:"+option.Key, clause)
	}
	for _, key := range o.Unset {
		if isCharsetOption(key) {
			continue
		}
		clause, err := c.unsetOption(o, key)
		if err != nil {
			return err
		}
		c.alter(o, o.Name, mysqlRebuild, "option:"+key, clause)
	}
	return nil
}

func isCharsetOption(key string) bool {
	return key == schema.OptionCharset || key == schema.OptionCollation
}

func (c *mysqlCompiler) setOption(o op.Operation, option schema.Option) (string, error) {
	switch {
	case option.Key == schema.OptionEngine:
		return "ENGINE=" + option.Value, nil
	case option.Key == schema.OptionSystemVersioned && c.isMariaDB():
		return "ADD SYSTEM VERSIONING", nil
	}
	return c.tableOption(o, option)
}

func (c *mysqlCompiler) unsetOption(o op.Operation, key string) (string, error) {
	switch {
	case key == schema.OptionEngine:
		return "ENGINE=InnoDB", nil
	case key == schema.OptionRowFormat:
		return "ROW_FORMAT=DEFAULT", nil
	case key == schema.OptionSystemVersioned && c.isMariaDB():
		return "DROP SYSTEM VERSIONING", nil
	}
	return "", c.unsupported(o, "there is no word that takes "+key+" back; set it to the value that it shall have")
}

// alterCharset changes the character set or collation of a table with the columns that follow it: those that state none
// of their own. Columns that state theirs keep it. ALTER TABLE … CHARACTER SET alone would leave all columns as they are,
// CONVERT TO would change all of them and widen texts.
func (c *mysqlCompiler) alterCharset(o *op.AlterTable, table *schema.Table) error {
	changes := slices.ContainsFunc(o.Set, func(option schema.Option) bool { return isCharsetOption(option.Key) }) ||
		slices.ContainsFunc(o.Unset, isCharsetOption)
	if !changes {
		return nil
	}
	after := table.Clone()
	for _, option := range o.Set {
		after.Options.Set(option.Key, option.Value)
	}
	for _, key := range o.Unset {
		after.Options.Delete(key)
	}
	collation, charset := after.Options.Value(schema.OptionCollation), after.Options.Value(schema.OptionCharset)
	if charset == "" && collation != "" {
		charset, _, _ = strings.Cut(collation, "_")
	}
	var clauses, touched []string
	switch {
	case charset != "":
		clauses = append(clauses, "DEFAULT CHARACTER SET="+charset+when(collation != "", " COLLATE="+collation))
	case c.isMariaDB() && o.Name.Schema == "":
		// CHARACTER SET=DEFAULT means the database's set with the set's own collation, not with the database's.
		c.define(o, "EXECUTE IMMEDIATE CONCAT("+mysqltext.Quote("ALTER TABLE "+mysqlName(o.Name)+" DEFAULT COLLATE ")+", @@collation_database)")
	case c.isMariaDB():
		clauses = append(clauses, "DEFAULT CHARACTER SET=DEFAULT")
	default: // MySQL has no such word, and converts the columns that state their own as well: those change back afterwards
		c.flush()
		c.alter(o, o.Name, mysqlRebuild, "charset", "CONVERT TO CHARACTER SET DEFAULT")
		c.flush()
	}
	for _, column := range table.Columns {
		if !isCharacterType(column.Type) {
			continue
		}
		stated := column.Clone()
		if column.Charset == "" && column.Collation == "" {
			stated.Charset, stated.Collation = charset, collation
		}
		if charset != "" && stated.Charset != charset && column.Charset != "" {
			continue
		}
		definition, err := c.columnDefinition(o, table, stated)
		if err != nil {
			return err
		}
		clauses = append(clauses, "MODIFY COLUMN "+definition)
		touched = append(touched, "column:"+column.Name)
	}
	if p := c.pending; p != nil && slices.ContainsFunc(touched, func(column string) bool { return slices.Contains(p.touched, column) }) {
		c.flush()
	}
	if len(clauses) == 0 {
		return nil
	}
	c.alter(o, o.Name, mysqlRebuild, "charset", clauses...)
	c.pending.touched = append(c.pending.touched, touched...)
	return nil
}

func isCharacterType(text string) bool {
	word := strings.ToLower(firstWord(text))
	switch word {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "character", "nchar", "nvarchar":
		return true
	}
	return false
}

func firstWord(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r == '(' || r == ' ' })
	if end < 0 {
		return text
	}
	return text[:end]
}

// dropNamespace drops a database if it is empty: the server would drop all tables in it.
func (c *mysqlCompiler) dropNamespace(o *op.DropNamespace) {
	c.push(Statement{
		SQL:       "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = " + mysqltext.Quote(o.Name) + " LIMIT 1",
		Operation: o,
		Guard:     "database " + o.Name + " is not empty, it holds %v: drop or move what is in it first",
	})
	c.statement(o, "DROP DATABASE "+when(o.IfExists, "IF EXISTS ")+mysqlQuote(o.Name))
}
