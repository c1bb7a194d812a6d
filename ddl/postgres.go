package ddl

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func init() { engines[schema.Postgres] = postgresEngine{} }

// postgresEngine writes SQL for PostgreSQL 12 and later. Facts are from the SQL commands chapter of the manual
// (https://www.postgresql.org/docs/current/sql-commands.html) and were tried on every supported version.
type postgresEngine struct{}

func (postgresEngine) compile(server schema.Server, before *schema.Schema, operations []op.Operation) ([]Statement, error) {
	operations = creationOrder(before, operations)
	c := &postgresCompiler{server: server, state: before}
	unchecked := createsAround(operations)
	if unchecked {
		c.say(nil, "SET LOCAL check_function_bodies = off", "function bodies may use what is created after them")
	}
	for i := 0; i < len(operations); i++ {
		together := c.together(operations[i:])
		c.rest = operations[i+together:]
		operation := operations[i]
		if together > 1 {
			operation = &op.Batch{Table: operation.Subject(), Operations: operations[i : i+together]}
			i += together - 1
		}
		if err := c.add(operation); err != nil {
			return nil, err
		}
	}
	c.finish()
	if unchecked {
		c.say(nil, "SET LOCAL check_function_bodies = on", "")
	}
	return c.out, nil
}

// createsAround reports whether the operations create a whole schema with functions in it, whose bodies cannot all come
// after what they use.
func createsAround(operations []op.Operation) bool {
	functions := false
	for _, operation := range operations {
		switch operation.(type) {
		case *op.CreateFunction:
			functions = true
		case *op.CreateTable, *op.CreateView:
			if functions {
				return true
			}
		}
	}
	return false
}

// postgresCompiler turns operations into statements and follows their effects.
type postgresCompiler struct {
	server schema.Server
	state  *schema.Schema // before the operation at hand
	rest   []op.Operation // after the operation at hand
	out    []Statement
	group  *postgresGroup // of the batch at hand, or nil

	// waiting holds what can only be done once something else is there: an index (REPLICA IDENTITY USING INDEX, CLUSTER
	// ON), or the table that owns a sequence.
	waiting []waitingStatement
}

type waitingStatement struct {
	table schema.Name
	index string // "" if the table is all that is missing
	then  Statement
}

// add compiles one operation and applies it to the state.
func (c *postgresCompiler) add(operation op.Operation) error {
	if batch, ok := operation.(*op.Batch); ok {
		return c.addBatch(batch)
	}
	if err := c.checkNames(operation); err != nil {
		return err
	}
	if err := c.compile(operation); err != nil {
		return err
	}
	return operation.Apply(c.state)
}

func (c *postgresCompiler) compile(operation op.Operation) error {
	switch o := operation.(type) {
	case *op.CreateTable:
		return c.createTable(o)
	case *op.DropTable:
		c.say(o, "DROP TABLE "+ifExists(o.IfExists)+postgresName(o.Name), "")
	case *op.RenameTable:
		c.rename(o, "TABLE", o.From, o.To)
	case *op.AlterTable:
		return c.alterTable(o)
	case *op.AddColumn:
		return c.addColumn(o)
	case *op.DropColumn:
		c.alter(o, o.Table, "DROP COLUMN "+ifExists(o.IfExists)+postgresQuote(o.Name), o.Name)
	case *op.RenameColumn:
		c.say(o, alterTable(o.Table)+"RENAME COLUMN "+postgresQuote(o.From)+" TO "+postgresQuote(o.To), "")
	case *op.AlterColumn:
		return c.alterColumn(o)
	case *op.AddConstraint:
		return c.addConstraint(o)
	case *op.DropConstraint:
		return c.dropConstraint(o)
	case *op.RenameConstraint:
		c.say(o, alterTable(o.Table)+"RENAME CONSTRAINT "+postgresQuote(o.From)+" TO "+postgresQuote(o.To), "")
	case *op.ValidateConstraint:
		c.validate(o)
	case *op.CreateIndex:
		return c.createIndex(o)
	case *op.DropIndex:
		c.dropIndex(o)
	case *op.RenameIndex:
		c.say(o, "ALTER INDEX "+postgresName(schema.Name{Schema: o.Table.Schema, Name: o.From})+" RENAME TO "+postgresQuote(o.To), "")
	default:
		return c.compileFree(operation)
	}
	return nil
}

// compileFree compiles what does not belong to a table.
func (c *postgresCompiler) compileFree(operation op.Operation) error {
	switch o := operation.(type) {
	case *op.CreateEnum:
		c.createEnum(o)
	case *op.DropEnum:
		c.say(o, "DROP TYPE "+ifExists(o.IfExists)+postgresName(o.Name), "")
	case *op.AlterEnum:
		return c.alterEnum(o)
	case *op.RenameEnum:
		c.rename(o, "TYPE", o.From, o.To)
	case *op.CreateDomain:
		c.createDomain(o)
	case *op.DropDomain:
		c.say(o, "DROP DOMAIN "+ifExists(o.IfExists)+postgresName(o.Name), "")
	case *op.CreateComposite:
		c.createComposite(o)
	case *op.DropComposite:
		c.say(o, "DROP TYPE "+ifExists(o.IfExists)+postgresName(o.Name), "")
	case *op.CreateSequence:
		c.createSequence(o)
	case *op.AlterSequence:
		c.alterSequence(o)
	case *op.DropSequence:
		c.say(o, "DROP SEQUENCE "+ifExists(o.IfExists)+postgresName(o.Name), "")
	case *op.RenameSequence:
		c.rename(o, "SEQUENCE", o.From, o.To)
	case *op.CreateNamespace:
		c.say(o, "CREATE SCHEMA "+ifNotExists(o.IfNotExists)+postgresQuote(o.Name), "")
	case *op.DropNamespace:
		c.say(o, "DROP SCHEMA "+ifExists(o.IfExists)+postgresQuote(o.Name), "")
	case *op.CreateExtension:
		c.createExtension(o)
	case *op.DropExtension:
		c.say(o, "DROP EXTENSION "+ifExists(o.IfExists)+postgresQuote(o.Name.Name), "")
	case *op.CreateStatistic:
		c.createStatistic(o)
	case *op.DropStatistic:
		c.say(o, "DROP STATISTICS "+ifExists(o.IfExists)+postgresName(o.Name), "")
	case *op.CreateView:
		return c.createView(o)
	case *op.DropView:
		c.say(o, "DROP "+viewWord(o.Materialized)+ifExists(o.IfExists)+postgresName(o.Name), "")
	case *op.CreateFunction:
		c.createFunction(o)
	case *op.DropFunction:
		c.say(o, "DROP "+routineWord(o.Routine)+ifExists(o.IfExists)+postgresRoutine(o.Name), "")
	case *op.CreateTrigger:
		c.createTrigger(o)
	case *op.DropTrigger:
		c.say(o, "DROP TRIGGER "+ifExists(o.IfExists)+postgresQuote(o.Trigger)+" ON "+postgresName(o.Table), "")
	default:
		return c.compileData(operation)
	}
	return nil
}

// say adds a statement.
func (c *postgresCompiler) say(operation op.Operation, text, describe string) {
	c.push(Statement{SQL: text, Operation: operation, Describe: describe})
}

func (c *postgresCompiler) push(statement Statement) {
	c.flush()
	c.out = append(c.out, statement)
}

func (c *postgresCompiler) unsupported(operation op.Operation, reason string) error {
	return &UnsupportedError{Server: c.server, Operation: operation.String(), Reason: reason}
}

// needs returns an error if the server is older than the major version that brought a feature.
func (c *postgresCompiler) needs(operation op.Operation, major int, feature string) error {
	if c.server.Version.AtLeast(major, 0, 0) {
		return nil
	}
	return c.unsupported(operation, feature+" needs PostgreSQL "+itoa(major)+" or later")
}

// finish writes what still waits: the server says what is wrong with it.
func (c *postgresCompiler) finish() {
	c.flush()
	for _, waiting := range c.waiting {
		c.out = append(c.out, waiting.then)
	}
	c.waiting = nil
}

func (c *postgresCompiler) await(table schema.Name, index string, then Statement) {
	c.waiting = append(c.waiting, waitingStatement{table: table, index: index, then: then})
}

// arrived writes what waited for the index, or for the table if index is "".
func (c *postgresCompiler) arrived(table schema.Name, index string) {
	c.waiting = slices.DeleteFunc(c.waiting, func(w waitingStatement) bool {
		if w.table != table || w.index != index {
			return false
		}
		c.push(w.then)
		return true
	})
}

// rename changes the name of an object and, where it differs, its schema.
func (c *postgresCompiler) rename(operation op.Operation, kind string, from, to schema.Name) {
	if from.Schema != to.Schema {
		target := to.Schema
		if target == "" {
			target = c.homeNamespace()
		}
		c.say(operation, "ALTER "+kind+" "+postgresName(from)+" SET SCHEMA "+postgresQuote(target), "")
		from.Schema = to.Schema
	}
	if from.Name != to.Name {
		c.say(operation, "ALTER "+kind+" "+postgresName(from)+" RENAME TO "+postgresQuote(to.Name), "")
	}
}

func (c *postgresCompiler) homeNamespace() string {
	if c.state.DefaultNamespace != "" {
		return c.state.DefaultNamespace
	}
	return "public"
}

// usedLater reports whether a later operation of the same list has a string constant that contains the text, or might
// have: a data step can do anything.
func (c *postgresCompiler) usedLater(text string) bool {
	inner := strings.ReplaceAll(text, "'", "''")
	for _, operation := range c.rest {
		switch operation.(type) {
		case *op.Exec, *op.Insert, *op.Run, *op.Backfill, op.Custom:
			return true
		}
		data, err := json.Marshal(operation)
		if err != nil || hasConstant(data, inner) {
			return true
		}
	}
	return false
}

// hasConstant reports whether a text of JSON holds SQL with a string constant that contains inner.
func hasConstant(data []byte, inner string) bool {
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		text, ok := token.(string)
		if !ok {
			continue
		}
		for _, part := range sqltext.Tokens(schema.Postgres, text) {
			if part.Kind == sqltext.String && strings.Contains(part.Text, inner) {
				return true
			}
		}
	}
}
