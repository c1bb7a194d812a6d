package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// alter compiles a run of operations on one table: with ALTER TABLE and the statements for indexes if SQLite can do all of
// them so, otherwise as one rebuild.
func (c *sqliteCompiler) alter(group sqliteGroup) error {
	name := group.operations[0].Subject()
	table := c.state.Table(name)
	if table == nil {
		return c.alterView(group)
	}
	if table.Virtual != "" {
		return c.unsupported(group.operations[0], "a virtual table cannot be altered; create another one and copy the rows")
	}
	if !group.rebuild {
		statements, native, err := c.native(table, group.operations)
		if err != nil {
			return err
		}
		if native {
			c.out = append(c.out, statements...)
			return c.applyAll(group.operations)
		}
	}
	return c.rebuild(table, group.operations)
}

// alterView handles indexes of what is no table, which only other engines have.
func (c *sqliteCompiler) alterView(group sqliteGroup) error {
	for _, operation := range group.operations {
		if _, ok := operation.(*op.DropIndex); !ok && c.state.Views.Has(operation.Subject()) {
			return c.unsupported(operation, "a view of SQLite has neither indexes nor constraints")
		}
		if err := c.apply(operation); err != nil {
			return err
		}
	}
	return nil
}

func (c *sqliteCompiler) applyAll(operations []op.Operation) error {
	for _, operation := range operations {
		if err := c.checkDrop(operation); err != nil {
			return err
		}
		if err := c.apply(operation); err != nil {
			return err
		}
	}
	return nil
}

// checkDrop refuses to drop a column that another table's foreign key needs: SQLite would let it and then fail every
// change of rows of the other table.
func (c *sqliteCompiler) checkDrop(operation op.Operation) error {
	drop, ok := operation.(*op.DropColumn)
	if !ok {
		return nil
	}
	for other := range c.state.Tables.All() {
		for _, key := range other.ForeignKeys {
			if other.Name != drop.Table && key.RefTable == drop.Table && slices.Contains(key.RefColumns, drop.Name) {
				return c.unsupported(operation, "the foreign key of "+other.Name.String()+" ("+strings.Join(key.Columns, ", ")+") refers to it; drop that first")
			}
		}
	}
	return nil
}

// native returns the statements of operations that SQLite can do without a rebuild, or false.
func (c *sqliteCompiler) native(table *schema.Table, operations []op.Operation) ([]Statement, bool, error) {
	alone := schema.New(c.server)
	alone.Tables.Add(table.Clone())
	n := &sqliteNative{compiler: c, table: alone.Table(table.Name), operations: operations, merged: map[int]bool{}}
	for i, operation := range operations {
		if !n.merged[i] {
			statements, ok, err := n.statements(i, operation)
			if err != nil || !ok {
				return nil, false, err
			}
			for at := range statements {
				statements[at].Operation = operation
			}
			n.out = append(n.out, statements...)
		}
		if err := operation.Apply(alone); err != nil {
			return nil, false, err
		}
	}
	return n.out, true, nil
}

// sqliteNative tries a run of operations.
type sqliteNative struct {
	compiler   *sqliteCompiler
	table      *schema.Table // as it is before the operation that is looked at
	operations []op.Operation
	merged     map[int]bool // constraints that are part of an ADD COLUMN
	out        []Statement
}

func (n *sqliteNative) statements(at int, operation op.Operation) ([]Statement, bool, error) {
	alter := "ALTER TABLE " + sqliteName(n.table.Name) + " "
	switch o := operation.(type) {
	case *op.AddColumn:
		return n.addColumn(at, o)
	case *op.DropColumn:
		if n.table.Column(o.Name) == nil {
			return nil, o.IfExists, nil // Otherwise the rebuild will say what is missing.
		}
		return sqliteSQL(alter + "DROP COLUMN " + sqliteQuote(o.Name)), n.canDrop(o.Name), nil
	case *op.RenameColumn:
		return sqliteSQL(alter + "RENAME COLUMN " + sqliteQuote(o.From) + " TO " + sqliteQuote(o.To)), true, nil
	case *op.AlterColumn:
		return nil, !changesSQLite(o), nil
	case *op.AlterTable:
		return nil, !setsSQLite(o), nil
	case *op.ValidateConstraint:
		return nil, true, nil
	case *op.CreateIndex:
		if o.IfNotExists && n.table.Index(o.Index.Name) != nil {
			return nil, true, nil
		}
		text, err := n.compiler.indexSQL(o, n.table.Name, o.Index, o.IfNotExists)
		return sqliteSQL(text), true, err
	case *op.DropIndex:
		return sqliteSQL(sqliteDropIndex(n.table.Name, o.Name, o.IfExists)), true, nil
	case *op.RenameIndex:
		return n.renameIndex(o)
	}
	return nil, false, nil
}

func sqliteDropIndex(table schema.Name, index string, ifThere bool) string {
	return "DROP INDEX " + sqliteIfExists(ifThere) + sqliteName(schema.Name{Schema: table.Schema, Name: index})
}

func (n *sqliteNative) renameIndex(o *op.RenameIndex) ([]Statement, bool, error) {
	old := n.table.Index(o.From)
	if old == nil {
		return nil, false, nil
	}
	renamed := old.Clone()
	renamed.Name = o.To
	text, err := n.compiler.indexSQL(o, n.table.Name, renamed, false)
	return sqliteSQL(sqliteDropIndex(n.table.Name, o.From, false), text), true, err
}

// changesSQLite reports whether an alteration of a column changes anything that SQLite has.
func changesSQLite(o *op.AlterColumn) bool {
	return slices.ContainsFunc(o.Attributes, func(attribute op.Attribute) bool {
		key, isOption := attribute.OptionKey()
		if isOption {
			return key == schema.OptionOnConflict
		}
		return attribute != op.CommentAttribute && attribute != op.CharsetAttribute
	})
}

// setsSQLite reports whether an alteration of a table changes an option that SQLite has.
func setsSQLite(o *op.AlterTable) bool {
	own := func(key string) bool { return key == schema.OptionStrict || key == schema.OptionWithoutRowID }
	return slices.ContainsFunc(o.Unset, own) || slices.ContainsFunc(o.Set, func(option schema.Option) bool { return own(option.Key) })
}

// addColumn writes an ADD COLUMN, if the limits of https://www.sqlite.org/lang_altertable.html allow it. The foreign keys
// and checks of the new column alone, which the operations after it add, become part of it.
func (n *sqliteNative) addColumn(at int, o *op.AddColumn) ([]Statement, bool, error) {
	column := o.Column
	if n.table.Column(column.Name) != nil {
		return nil, o.IfNotExists, nil
	}
	if column.Identity != nil || column.Generated != nil && column.Generated.Stored || column.Options.Has(schema.OptionOnConflict) {
		return nil, false, nil
	}
	if column.Backfill != "" {
		return nil, false, nil // Existing rows get its value while they are copied.
	}
	null := column.Default == "" || strings.EqualFold(strings.TrimSpace(column.Default), "NULL")
	if !null && !sqliteIsConstant(column.Default) || column.NotNull && null && column.Generated == nil {
		return nil, false, nil
	}
	text := "ALTER TABLE " + sqliteName(n.table.Name) + " ADD COLUMN " + sqliteColumn(column)
	for i, later := range n.operations[at+1:] {
		if sqliteRenamesOrDrops(later) {
			break
		}
		add, ok := later.(*op.AddConstraint)
		if !ok || n.merged[at+1+i] {
			continue
		}
		switch {
		case add.ForeignKey != nil && null && slices.Equal(add.ForeignKey.Columns, []string{column.Name}):
			if add.ForeignKey.RefTable.Schema != n.table.Name.Schema || len(add.ForeignKey.SetColumns) > 0 {
				return nil, false, nil
			}
			text += " " + sqliteConstraintName(add.ForeignKey.Name) + sqliteReferences(add.ForeignKey)
		case add.Check != nil && len(add.Check.Options) == 0 && sqltext.Mentions(schema.SQLite, add.Check.Expr, column.Name):
			text += " " + sqliteCheck(add.Check)
		default:
			continue // Its turn comes, and makes it a rebuild.
		}
		n.merged[at+1+i] = true
	}
	return sqliteSQL(text), true, nil
}

func sqliteRenamesOrDrops(operation op.Operation) bool {
	switch operation.(type) {
	case *op.RenameColumn, *op.DropColumn:
		return true
	}
	return false
}

// sqliteIsConstant reports whether a default is a constant to ADD COLUMN.
func sqliteIsConstant(text string) bool {
	if !isSQLiteTerm(text) {
		return false
	}
	for _, word := range []string{"CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"} {
		if strings.EqualFold(strings.TrimSpace(text), word) {
			return false
		}
	}
	return true
}

// canDrop reports whether nothing of the table uses the column. What views and triggers use, SQLite finds itself.
func (n *sqliteNative) canDrop(name string) bool {
	return len(sqliteUsersOf(n.table, name)) == 0
}

// sqliteUsersOf describes what a table's column is part of.
func sqliteUsersOf(table *schema.Table, name string) []string {
	var users []string
	mentions := func(expr string) bool { return sqltext.Mentions(schema.SQLite, expr, name) }
	inParts := func(parts []schema.IndexPart) bool {
		return slices.ContainsFunc(parts, func(part schema.IndexPart) bool { return part.Column == name || mentions(part.Expr) })
	}
	if key := table.PrimaryKey; key != nil && slices.Contains(key.Columns, name) {
		users = append(users, "the primary key")
	}
	for _, unique := range table.Uniques {
		if slices.Contains(unique.Columns, name) {
			users = append(users, sqliteDescribeUser("unique constraint", unique.Name, unique.Columns))
		}
	}
	for _, key := range table.ForeignKeys {
		if slices.Contains(key.Columns, name) || key.RefTable == table.Name && slices.Contains(key.RefColumns, name) {
			users = append(users, sqliteDescribeUser("foreign key", key.Name, key.Columns))
		}
	}
	for _, check := range table.Checks {
		if mentions(check.Expr) {
			users = append(users, sqliteDescribeUser("check", check.Name, []string{check.Expr}))
		}
	}
	for _, index := range table.Indexes {
		if inParts(index.Parts) || mentions(index.Where) {
			users = append(users, "index "+index.Name)
		}
	}
	for _, column := range table.Columns {
		if column.Name != name && column.Generated != nil && mentions(column.Generated.Expr) {
			users = append(users, "generated column "+column.Name)
		}
	}
	return users
}

func sqliteDescribeUser(kind, name string, of []string) string {
	if name != "" {
		return kind + " " + name
	}
	return kind + " (" + strings.Join(of, ", ") + ")"
}
