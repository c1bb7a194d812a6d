package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// postgresGroup collects the changes of a batch that go into one ALTER TABLE, which rewrites or scans the table once.
type postgresGroup struct {
	batch   *op.Batch
	actions []string
	// columns are those that an action of the group touches. The server carries out the actions in an order of its own
	// (drops, types, additions, the rest), so that a second action on the same column begins a new statement.
	columns []string
	// later holds the statements that belong after the group, such as comments.
	later []Statement
}

// together returns how many of the next operations go into one ALTER TABLE although nobody asked for it, at least 1: changes
// of one table of which several would each copy or read it, and which the server does in one go.
func (c *postgresCompiler) together(operations []op.Operation) int {
	count := 0
	var columns []string
	for _, operation := range operations {
		column, joins := joinsScan(operation)
		if !joins || operation.Subject() != operations[0].Subject() || column != "" && slices.Contains(columns, column) {
			break
		}
		columns = append(columns, column)
		count++
	}
	costly, last := 0, 1
	for i := range count {
		if count > 1 && EffectOf(c.server, c.state, operations[i]).Long() {
			costly++
			last = i + 1
		}
	}
	if costly < 2 {
		return 1
	}
	return last
}

// joinsScan reports whether an operation does the same in one statement with others like it, and which column it is about:
// what the server computes does not depend on the other columns.
func joinsScan(operation op.Operation) (column string, joins bool) {
	switch o := operation.(type) {
	case *op.AlterColumn:
		for _, attribute := range o.Attributes {
			if attribute != op.TypeAttribute && attribute != op.NotNullAttribute {
				return "", false
			}
		}
		return o.Name, o.Using == "" && !o.Online && len(o.Attributes) > 0
	case *op.AddConstraint:
		return "", o.Check != nil && !o.Check.NotValid && !o.Online
	}
	return "", false
}

func (c *postgresCompiler) addBatch(batch *op.Batch) error {
	c.flush()
	rest := c.rest
	for i, operation := range batch.Operations {
		c.rest = slices.Concat(batch.Operations[i+1:], rest)
		if c.group == nil {
			c.group = &postgresGroup{batch: batch}
		}
		if err := c.add(operation); err != nil {
			return err
		}
	}
	c.flush()
	c.rest = rest
	return nil
}

// alter adds an action of ALTER TABLE, to the group of the batch if there is one. The column that the action touches is
// "" if it touches none.
func (c *postgresCompiler) alter(operation op.Operation, table schema.Name, action, column string) {
	if c.group == nil || c.group.batch.Table != table {
		c.say(operation, alterTable(table)+action, "")
		return
	}
	if column != "" && slices.Contains(c.group.columns, column) {
		batch := c.group.batch
		c.flush()
		c.group = &postgresGroup{batch: batch}
	}
	c.group.actions = append(c.group.actions, action)
	if column != "" {
		c.group.columns = append(c.group.columns, column)
	}
}

// after adds a statement that must follow the operation's own but need not end the group.
func (c *postgresCompiler) after(operation op.Operation, text string) {
	statement := Statement{SQL: text, Operation: operation}
	if c.group != nil {
		c.group.later = append(c.group.later, statement)
		return
	}
	c.push(statement)
}

// flush writes the group.
func (c *postgresCompiler) flush() {
	group := c.group
	if group == nil {
		return
	}
	c.group = nil
	if len(group.actions) > 0 {
		separator := ",\n    "
		if len(group.actions) == 1 {
			separator = ""
		}
		text := alterTable(group.batch.Table) + strings.Join(group.actions, separator)
		if len(group.actions) > 1 {
			text = strings.TrimSpace(alterTable(group.batch.Table)) + "\n    " + strings.Join(group.actions, separator)
		}
		c.out = append(c.out, Statement{SQL: text, Operation: group.batch})
	}
	c.out = append(c.out, group.later...)
}
