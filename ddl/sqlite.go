package ddl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func init() { engines[schema.SQLite] = sqlite{} }

// sqlite writes SQL for SQLite 3.35 and later.
//
// SQLite's ALTER TABLE adds, drops and renames columns and renames tables, with limits
// (https://www.sqlite.org/lang_altertable.html). All else is done by rebuilding the table: adjacent operations on one
// table, and those of an [op.Batch], become one rebuild if one of them needs it.
//
// What SQLite has no place for and does not miss has no SQL: comments, character sets, operator classes, prefix lengths,
// NOT VALID (every constraint is checked when it is added).
type sqlite struct{}

func (sqlite) compile(server schema.Server, before *schema.Schema, operations []op.Operation) ([]Statement, error) {
	c := &sqliteCompiler{server: server, state: before}
	for _, group := range sqliteGroups(operations) {
		if err := c.group(group); err != nil {
			return nil, err
		}
	}
	return c.out, nil
}

// sqliteCompiler compiles operations one group after the other and follows their effects in state.
type sqliteCompiler struct {
	server schema.Server
	state  *schema.Schema
	out    []Statement
}

// sqliteGroup is a run of operations that alter one table, or a single operation of another kind.
type sqliteGroup struct {
	operations []op.Operation
	alters     bool
	rebuild    bool // asked for
}

// sqliteGroups puts adjacent alterations of one table together.
func sqliteGroups(operations []op.Operation) []sqliteGroup {
	var groups []sqliteGroup
	for _, operation := range operations {
		group := sqliteGroup{operations: []op.Operation{operation}, alters: altersSQLiteTable(operation)}
		if batch, ok := operation.(*op.Batch); ok {
			if !slices.ContainsFunc(batch.Operations, func(o op.Operation) bool { return !altersSQLiteTable(o) }) {
				group = sqliteGroup{operations: batch.Operations, alters: true, rebuild: batch.Rebuild}
			}
		}
		if len(group.operations) == 0 {
			continue
		}
		if n := len(groups); n > 0 && group.alters && groups[n-1].alters &&
			groups[n-1].operations[0].Subject() == group.operations[0].Subject() {
			groups[n-1].operations = append(slices.Clip(groups[n-1].operations), group.operations...)
			groups[n-1].rebuild = groups[n-1].rebuild || group.rebuild
			continue
		}
		groups = append(groups, group)
	}
	return groups
}

func altersSQLiteTable(operation op.Operation) bool {
	switch operation.(type) {
	case *op.AddColumn, *op.DropColumn, *op.RenameColumn, *op.AlterColumn, *op.AddConstraint, *op.DropConstraint,
		*op.RenameConstraint, *op.ValidateConstraint, *op.AlterTable, *op.CreateIndex, *op.DropIndex, *op.RenameIndex:
		return true
	}
	return false
}

func (c *sqliteCompiler) group(group sqliteGroup) error {
	if group.alters {
		return c.alter(group)
	}
	operation := group.operations[0]
	if batch, ok := operation.(*op.Batch); ok {
		for _, inner := range sqliteGroups(batch.Operations) {
			if err := c.group(inner); err != nil {
				return err
			}
		}
		return nil
	}
	statements, err := c.single(operation)
	if err != nil {
		return err
	}
	c.add(operation, statements...)
	return c.apply(operation)
}

func (c *sqliteCompiler) add(operation op.Operation, statements ...Statement) {
	for _, statement := range statements {
		statement.Operation = operation
		c.out = append(c.out, statement)
	}
}

// apply follows an operation's effect, also on what only SQLite ties to it.
func (c *sqliteCompiler) apply(operation op.Operation) error {
	if err := operation.Apply(c.state); err != nil {
		return err
	}
	switch o := operation.(type) {
	case *op.RenameTable:
		c.rewrite(func(text string) string { return sqliteddl.RenameTable(text, o.From.Name, o.To.Name) })
	case *op.RenameColumn:
		c.rewrite(func(text string) string { return sqliteddl.RenameColumn(text, o.Table.Name, o.From, o.To) })
	case *op.DropView:
		c.state.Triggers.Filter(func(t *schema.Trigger) bool { return t.Table != o.Name })
	}
	return nil
}

// rewrite changes the statements of views and triggers as SQLite does when it renames something in them.
func (c *sqliteCompiler) rewrite(change func(string) string) {
	for view := range c.state.Views.All() {
		view.Definition = change(view.Definition)
	}
	for trigger := range c.state.Triggers.All() {
		trigger.Definition = change(trigger.Definition)
	}
}

func (c *sqliteCompiler) unsupported(operation op.Operation, reason string) error {
	return &UnsupportedError{Server: c.server, Operation: operation.String(), Reason: reason}
}

// single compiles an operation that is not an alteration of a table.
func (c *sqliteCompiler) single(operation op.Operation) ([]Statement, error) {
	switch o := operation.(type) {
	case *op.CreateTable:
		return c.createTable(o)
	case *op.DropTable:
		return c.dropTable(o), nil
	case *op.RenameTable:
		return c.renameTable(o)
	case *op.CreateView:
		return c.createView(o)
	case *op.DropView:
		return sqliteSQL("DROP VIEW " + sqliteIfExists(o.IfExists) + sqliteName(o.Name)), nil
	case *op.CreateTrigger:
		return c.createTrigger(o)
	case *op.DropTrigger:
		name := schema.Name{Schema: o.Name.Schema, Name: o.Trigger}
		if name.Name == "" {
			name = o.Name
		}
		return sqliteSQL("DROP TRIGGER " + sqliteIfExists(o.IfExists) + sqliteName(name)), nil
	case *op.CreateNamespace:
		if o.IfNotExists {
			return nil, nil // It is there, or the first statement that needs it says that it is not attached.
		}
		return nil, c.unsupported(operation, "a namespace of SQLite is another file; attach it to the connection")
	case *op.DropNamespace:
		return nil, c.unsupported(operation, "a namespace of SQLite is another file; detach it and delete the file")
	case *op.Exec, *op.Insert, *op.Run, *op.Backfill, *op.Irreversible, op.Custom:
		return c.data(operation)
	}
	return nil, c.unsupported(operation, "SQLite has no such objects; limit the step to the engines that do, with m.On")
}

func (c *sqliteCompiler) createTable(o *op.CreateTable) ([]Statement, error) {
	if o.Table.Virtual != "" {
		return sqliteSQL("CREATE VIRTUAL TABLE " + sqliteIfNotExists(o.IfNotExists) + sqliteName(o.Table.Name) + " USING " + o.Table.Virtual), nil
	}
	text, err := c.tableSQL(o, o.Table, sqliteIfNotExists(o.IfNotExists)+sqliteName(o.Table.Name))
	if err != nil {
		return nil, err
	}
	statements := sqliteSQL(text)
	for _, index := range o.Table.Indexes {
		text, err := c.indexSQL(o, o.Table.Name, index, o.IfNotExists)
		if err != nil {
			return nil, err
		}
		statements = append(statements, Statement{SQL: text})
	}
	return statements, nil
}

// dropTable drops a table with foreign keys off if others refer to it: SQLite would delete its rows first, and with them
// by ON DELETE CASCADE those of others. What then refers to nothing is found before the commit.
func (c *sqliteCompiler) dropTable(o *op.DropTable) []Statement {
	drop := Statement{SQL: "DROP TABLE " + sqliteIfExists(o.IfExists) + sqliteName(o.Name)}
	for table := range c.state.Tables.All() {
		refers := slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool { return key.RefTable == o.Name })
		if refers && table.Name != o.Name {
			drop.ForeignKeysOff = true
		}
	}
	return []Statement{drop}
}

func (c *sqliteCompiler) renameTable(o *op.RenameTable) ([]Statement, error) {
	if o.From.Schema != o.To.Schema {
		return nil, c.unsupported(o, "SQLite cannot move a table to another file; create it there and copy the rows")
	}
	if o.From.Name != o.To.Name && strings.EqualFold(o.From.Name, o.To.Name) {
		// To SQLite that is the same name, which is taken.
		taken := func(name string) bool { return c.state.Tables.Has(schema.Name{Schema: o.From.Schema, Name: name}) }
		aside := schema.Name{Schema: o.From.Schema, Name: sqliteFresh("retort_"+o.To.Name, taken)}
		return sqliteSQL(sqliteRename(o.From, aside), sqliteRename(aside, o.To)), nil
	}
	return sqliteSQL(sqliteRename(o.From, o.To)), nil
}

func sqliteRename(from, to schema.Name) string {
	return "ALTER TABLE " + sqliteName(from) + " RENAME TO " + sqliteQuote(to.Name)
}

func (c *sqliteCompiler) createView(o *op.CreateView) ([]Statement, error) {
	if o.View.Materialized {
		return nil, c.unsupported(o, "SQLite has no materialized views; use a table and triggers, or a plain view")
	}
	old, exists := c.state.Views.Get(o.View.Name)
	if exists && o.IfNotExists && !o.Replace {
		return nil, nil
	}
	var statements []Statement
	if o.Replace {
		statements = sqliteSQL("DROP VIEW IF EXISTS " + sqliteName(o.View.Name))
	}
	text := sqliteView(o.View)
	if o.IfNotExists && !o.Replace {
		text = sqliteddl.IfNotExists(text)
	}
	statements = append(statements, Statement{SQL: text})
	if !exists || !o.Replace {
		return statements, nil
	}
	// The triggers of the view went with it.
	for trigger := range c.state.Triggers.All() {
		if trigger.Table == old.Name {
			statements = append(statements, Statement{SQL: sqliteddl.Qualify(trigger.Definition, trigger.Name.Schema)})
		}
	}
	return statements, nil
}

// sqliteView returns the statement that creates a view. Its definition may be the statement or the query alone.
func sqliteView(view *schema.View) string {
	if sqliteddl.IsCreate(view.Definition) {
		return sqliteddl.Qualify(view.Definition, view.Name.Schema)
	}
	columns := ""
	if len(view.Columns) > 0 {
		columns = " (" + sqliteQuoteAll(view.Columns) + ")"
	}
	return "CREATE VIEW " + sqliteName(view.Name) + columns + " AS\n" + strings.TrimRight(view.Definition, " \t\r\n;")
}

func (c *sqliteCompiler) createTrigger(o *op.CreateTrigger) ([]Statement, error) {
	_, exists := c.state.Triggers.Get(o.Trigger.Name)
	if exists && o.IfNotExists && !o.Replace {
		return nil, nil
	}
	if !sqliteddl.IsCreate(o.Trigger.Definition) {
		return nil, c.unsupported(o, "the definition of a trigger must be its whole CREATE TRIGGER statement")
	}
	text := sqliteddl.Qualify(o.Trigger.Definition, o.Trigger.Name.Schema)
	if o.Replace {
		name := schema.Name{Schema: o.Trigger.Name.Schema, Name: o.Trigger.Trigger}
		if name.Name == "" {
			name.Name = o.Trigger.Name.Name
		}
		return append(sqliteSQL("DROP TRIGGER IF EXISTS "+sqliteName(name)), Statement{SQL: text}), nil
	}
	if o.IfNotExists {
		text = sqliteddl.IfNotExists(text)
	}
	return sqliteSQL(text), nil
}

func sqliteSQL(texts ...string) []Statement {
	statements := make([]Statement, len(texts))
	for i, text := range texts {
		statements[i].SQL = text
	}
	return statements
}

func sqliteIfExists(condition bool) string {
	if condition {
		return "IF EXISTS "
	}
	return ""
}

func sqliteIfNotExists(condition bool) string {
	if condition {
		return "IF NOT EXISTS "
	}
	return ""
}

func sqliteQuote(identifier string) string { return Quote(schema.SQLite, identifier) }

func sqliteName(name schema.Name) string { return QuoteName(schema.SQLite, name) }

func sqliteQuoteAll(identifiers []string) string {
	quoted := make([]string, len(identifiers))
	for i, identifier := range identifiers {
		quoted[i] = sqliteQuote(identifier)
	}
	return strings.Join(quoted, ", ")
}

func sqliteString(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// sqliteFresh returns a name that begins with prefix and is not taken.
func sqliteFresh(prefix string, taken func(string) bool) string {
	name := prefix
	for i := 2; taken(name); i++ {
		name = fmt.Sprintf("%s_%d", prefix, i)
	}
	return name
}
