package ddl

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func init() { engines[schema.MySQL] = mysqlEngine{} }

// mysqlEngine writes SQL for MySQL 8.0.16 and later and MariaDB 10.6 and later.
//
// Every statement commits by itself there, so changes of one table that follow each other become one ALTER TABLE where
// the server would otherwise build the table, or scan it, more than once, and keys go into CREATE TABLE where they can.
type mysqlEngine struct{}

func (mysqlEngine) compile(server schema.Server, before *schema.Schema, operations []op.Operation) ([]Statement, error) {
	c := &mysqlCompiler{server: server, state: before}
	c.addImplicitIndexes()
	for _, operation := range foldIntoCreates(operations) {
		if err := c.add(operation); err != nil {
			return nil, err
		}
	}
	c.flush()
	return c.out, nil
}

// mysqlCompiler turns operations into statements and follows their effects.
type mysqlCompiler struct {
	server schema.Server
	// state is the schema before the operation at hand, with the indexes that the engine makes for foreign keys.
	state *schema.Schema
	out   []Statement
	// pending is the ALTER TABLE that further changes of its table may join.
	pending *mysqlAlter
	// batch is the operation whose changes go into one ALTER TABLE whatever they cost, or nil.
	batch *op.Batch
}

func (c *mysqlCompiler) isMariaDB() bool { return c.server.Flavor == schema.MariaDB }

// add compiles one operation and applies it to the state.
func (c *mysqlCompiler) add(operation op.Operation) error {
	if batch, ok := operation.(*op.Batch); ok {
		return c.addBatch(batch)
	}
	if err := c.checkNames(operation); err != nil {
		return err
	}
	if err := c.compile(operation); err != nil {
		return err
	}
	if err := operation.Apply(c.state); err != nil {
		return err
	}
	c.followIndexes(operation)
	return nil
}

func (c *mysqlCompiler) addBatch(batch *op.Batch) error {
	c.flush()
	c.batch = batch
	for _, operation := range batch.Operations {
		if err := c.add(operation); err != nil {
			return err
		}
	}
	c.flush()
	c.batch = nil
	return nil
}

func (c *mysqlCompiler) compile(operation op.Operation) error {
	switch o := operation.(type) {
	case *op.CreateTable:
		return c.createTable(o)
	case *op.DropTable:
		c.statement(o, "DROP TABLE "+when(o.IfExists, "IF EXISTS ")+mysqlName(o.Name))
	case *op.RenameTable:
		c.statement(o, "RENAME TABLE "+mysqlName(o.From)+" TO "+mysqlName(o.To))
	case *op.AlterTable:
		return c.alterTable(o)
	case *op.AddColumn:
		return c.addColumn(o)
	case *op.DropColumn:
		return c.dropColumn(o)
	case *op.AlterColumn:
		return c.alterColumn(o)
	case *op.RenameColumn:
		return c.renameColumn(o)
	case *op.AddConstraint:
		return c.addConstraint(o)
	case *op.DropConstraint:
		return c.dropConstraint(o)
	case *op.RenameConstraint:
		return c.renameConstraint(o)
	case *op.CreateIndex:
		return c.createIndex(o)
	case *op.DropIndex:
		return c.dropIndex(o)
	case *op.RenameIndex:
		c.alter(o, o.Table, mysqlMeta, "index:"+o.From, "RENAME INDEX "+mysqlQuote(o.From)+" TO "+mysqlQuote(o.To))
	case *op.CreateNamespace:
		c.statement(o, "CREATE DATABASE "+when(o.IfNotExists, "IF NOT EXISTS ")+mysqlQuote(o.Name))
	case *op.DropNamespace:
		c.dropNamespace(o)
	default:
		return c.compileOther(operation)
	}
	return nil
}

// compileOther compiles what does not belong to a table.
func (c *mysqlCompiler) compileOther(operation op.Operation) error {
	switch o := operation.(type) {
	case *op.CreateView:
		return c.createView(o)
	case *op.DropView:
		return c.dropView(o)
	case *op.CreateFunction:
		return c.createFunction(o)
	case *op.DropFunction:
		return c.dropFunction(o)
	case *op.CreateTrigger:
		return c.createTrigger(o)
	case *op.DropTrigger:
		c.statement(o, "DROP TRIGGER "+when(o.IfExists, "IF EXISTS ")+mysqlName(o.Name))
	case *op.CreateSequence:
		return c.createSequence(o)
	case *op.DropSequence:
		return c.dropSequence(o)
	case *op.AlterSequence:
		return c.alterSequence(o)
	case *op.RenameSequence:
		return c.renameSequence(o)
	case *op.Exec:
		c.push(Statement{SQL: o.SQL, Args: o.Args, Operation: o, OutsideTransaction: o.OutsideTransaction})
	case *op.Insert:
		c.insert(o)
	case *op.Run:
		c.push(Statement{Run: o.Do, Operation: o, Describe: o.String(), OutsideTransaction: o.OutsideTransaction})
	case *op.Backfill:
		return c.backfill(o)
	case *op.Irreversible:
		return &op.IrreversibleError{Operation: "the revision", Reason: o.Reason}
	case op.Custom:
		return c.custom(o)
	default:
		return c.unsupported(operation, mysqlLacks(operation.Kind()))
	}
	return nil
}

func (c *mysqlCompiler) custom(o op.Custom) error {
	statements, err := o.SQL(c.server)
	if err != nil {
		return err
	}
	for _, text := range statements {
		c.push(Statement{SQL: text, Operation: o})
	}
	return nil
}

// mysqlLacks says what the engine has instead of the objects that only PostgreSQL knows.
func mysqlLacks(kind string) string {
	switch {
	case strings.Contains(kind, "enum"):
		return "it has no enum types; give the column the type enum('a','b')"
	case strings.Contains(kind, "domain"), strings.Contains(kind, "composite"):
		return "it has no user-defined types; give the column a built-in type"
	case strings.Contains(kind, "extension"):
		return "it has no extensions; put the step into m.On(op.Postgres, …)"
	case strings.Contains(kind, "statistic"):
		return "it has no extended statistics; put the step into m.On(op.Postgres, …)"
	case strings.Contains(kind, "validate"):
		return "its constraints are always valid"
	}
	return "it has no such operation; put the step into m.On(op.Postgres, …) or use m.Exec"
}

func (c *mysqlCompiler) unsupported(operation op.Operation, reason string) error {
	return &UnsupportedError{Server: c.server, Operation: operation.String(), Reason: reason}
}

func (c *mysqlCompiler) misfit(operation op.Operation, format string, args ...any) error {
	return &op.EffectError{Operation: operation.String(), Reason: fmt.Sprintf(format, args...)}
}

func (c *mysqlCompiler) table(operation op.Operation, name schema.Name) (*schema.Table, error) {
	if table := c.state.Table(name); table != nil {
		return table, nil
	}
	return nil, c.misfit(operation, "there is no table %s", name)
}

// statement adds a statement that stands for itself.
func (c *mysqlCompiler) statement(operation op.Operation, text string) {
	c.push(Statement{SQL: text, Operation: operation})
}

// push adds a statement after what is pending.
func (c *mysqlCompiler) push(statement Statement) {
	c.flush()
	c.out = append(c.out, statement)
}

const (
	mysqlKeepMode = "SET @retort_sql_mode = @@SESSION.sql_mode, " +
		"SESSION sql_mode = TRIM(BOTH ',' FROM REPLACE(CONCAT(',', @@SESSION.sql_mode, ','), ',NO_BACKSLASH_ESCAPES,', ','))"
	mysqlRestoreMode = "SET SESSION sql_mode = @retort_sql_mode"
)

// define adds a statement that was written here, with string literals by the default sql_mode. Where one has a backslash,
// the statement means the same under any sql_mode only if NO_BACKSLASH_ESCAPES is off meanwhile.
func (c *mysqlCompiler) define(operation op.Operation, text string) {
	c.defineStatement(Statement{SQL: text, Operation: operation})
}

func (c *mysqlCompiler) defineStatement(statement Statement) {
	if !hasBackslash(statement.SQL) {
		c.out = append(c.out, statement)
		return
	}
	c.out = append(c.out,
		Statement{SQL: mysqlKeepMode, Operation: statement.Operation, Describe: "backslashes escape in the next statement"},
		statement,
		Statement{SQL: mysqlRestoreMode, Operation: statement.Operation})
}

func hasBackslash(text string) bool {
	return strings.Contains(text, `\`) && slices.ContainsFunc(sqltext.Tokens(schema.MySQL, text), func(token sqltext.Token) bool {
		return token.Kind == sqltext.String && strings.Contains(token.Text, `\`)
	})
}

func mysqlQuote(name string) string { return Quote(schema.MySQL, name) }

func mysqlName(name schema.Name) string { return QuoteName(schema.MySQL, name) }

func mysqlNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = mysqlQuote(name)
	}
	return strings.Join(quoted, ", ")
}

// when returns text if wanted, for the optional words of a statement.
func when(wanted bool, text string) string {
	if wanted {
		return text
	}
	return ""
}

// mysqlNameLimit is the number of characters that a name may have ("Identifier Length Limits" in the manual).
const mysqlNameLimit = 64

// checkNames refuses the names that the server would refuse or, worse, cut: too long ones, those with characters outside
// of the Basic Multilingual Plane, and those that end in a space.
func (c *mysqlCompiler) checkNames(operation op.Operation) error {
	for _, name := range newNames(operation) {
		if length := utf8.RuneCountInString(name); length > mysqlNameLimit {
			return c.unsupported(operation, fmt.Sprintf("the name %s has %d characters and may have %d; shorten it", name, length, mysqlNameLimit))
		}
		for _, r := range name {
			if r > 0xffff || r == 0 {
				return c.unsupported(operation, fmt.Sprintf("the name %q has the character %q, which names may not have", name, r))
			}
		}
		if strings.HasSuffix(name, " ") {
			return c.unsupported(operation, fmt.Sprintf("the name %q ends in a space, which names may not", name))
		}
	}
	return nil
}

// newNames returns the names that an operation gives to objects.
func newNames(operation op.Operation) []string {
	switch o := operation.(type) {
	case *op.CreateTable:
		return namesOf(o.Table)
	case *op.RenameTable:
		return []string{o.To.Name}
	case *op.AddColumn:
		return []string{o.Column.Name}
	case *op.RenameColumn:
		return []string{o.To}
	case *op.AddConstraint:
		return []string{o.Name()}
	case *op.RenameConstraint:
		return []string{o.To}
	case *op.CreateIndex:
		return []string{o.Index.Name}
	case *op.RenameIndex:
		return []string{o.To}
	case *op.CreateView:
		return []string{o.View.Name.Name}
	case *op.CreateNamespace:
		return []string{o.Name}
	}
	return nil
}

func namesOf(table *schema.Table) []string {
	names := []string{table.Name.Name}
	for _, column := range table.Columns {
		names = append(names, column.Name)
	}
	for _, unique := range table.Uniques {
		names = append(names, unique.Name)
	}
	for _, key := range table.ForeignKeys {
		names = append(names, key.Name)
	}
	for _, check := range table.Checks {
		names = append(names, check.Name)
	}
	for _, index := range table.Indexes {
		names = append(names, index.Name)
	}
	return names
}
