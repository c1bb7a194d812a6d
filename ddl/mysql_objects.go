package ddl

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (c *mysqlCompiler) createView(o *op.CreateView) error {
	view := o.View
	if view.Materialized {
		return c.unsupported(o, "it has no materialized views; keep a table up to date with triggers or events")
	}
	if view.Comment != "" {
		return c.unsupported(o, "its views have no comments")
	}
	if o.IfNotExists && !c.isMariaDB() {
		if c.state.Views.Has(view.Name) {
			return nil
		}
	}
	text := "CREATE " + when(o.Replace, "OR REPLACE ")
	if algorithm := view.Options.Value("algorithm"); algorithm != "" {
		text += "ALGORITHM=" + algorithm + " "
	}
	if security := view.Options.Value("security"); security != "" {
		text += "SQL SECURITY " + security + " "
	}
	text += "VIEW " + when(o.IfNotExists && c.isMariaDB(), "IF NOT EXISTS ") + mysqlName(view.Name)
	if len(view.Columns) > 0 {
		text += " (" + mysqlNames(view.Columns) + ")"
	}
	text += " AS " + view.Definition
	if check := view.Options.Value("check_option"); check != "" {
		text += " WITH " + check + " CHECK OPTION"
	}
	c.statement(o, text)
	return nil
}

func (c *mysqlCompiler) dropView(o *op.DropView) error {
	if o.Materialized {
		return c.unsupported(o, "it has no materialized views")
	}
	c.statement(o, "DROP VIEW "+when(o.IfExists, "IF EXISTS ")+mysqlName(o.Name))
	return nil
}

// createFunction runs the definition as it is. The words that replace a routine or leave it alone come before its name,
// where only MariaDB takes both; MySQL drops the old one first.
func (c *mysqlCompiler) createFunction(o *op.CreateFunction) error {
	kind := strings.ToUpper(o.Function.Kind)
	if kind == "AGGREGATE" {
		return c.unsupported(o, "its aggregates are written in C or as CREATE AGGREGATE FUNCTION; use m.Exec")
	}
	if o.IfNotExists && c.state.Functions.Has(o.Subject()) {
		return nil
	}
	if o.Replace {
		c.statement(o, "DROP "+kind+" IF EXISTS "+mysqlName(o.Function.Name))
	}
	c.statement(o, o.Function.Definition)
	return nil
}

func (c *mysqlCompiler) dropFunction(o *op.DropFunction) error {
	kind := strings.ToUpper(o.Routine)
	if kind == "" {
		kind = "FUNCTION"
	}
	if kind != "FUNCTION" && kind != "PROCEDURE" {
		return c.unsupported(o, "it has no "+o.Routine+" of its own")
	}
	c.statement(o, "DROP "+kind+" "+when(o.IfExists, "IF EXISTS ")+mysqlName(o.Name))
	return nil
}

func (c *mysqlCompiler) createTrigger(o *op.CreateTrigger) error {
	if o.Trigger.Enabled != "" {
		return c.unsupported(o, "its triggers are always enabled")
	}
	if o.IfNotExists && c.state.Triggers.Has(o.Trigger.Name) {
		return nil
	}
	if o.Replace {
		c.statement(o, "DROP TRIGGER IF EXISTS "+mysqlName(o.Trigger.Name))
	}
	c.statement(o, o.Trigger.Definition)
	return nil
}

const mysqlNoSequences = "it has no sequences; use an AUTO_INCREMENT column"

func (c *mysqlCompiler) createSequence(o *op.CreateSequence) error {
	if !c.isMariaDB() {
		return c.unsupported(o, mysqlNoSequences)
	}
	if o.Sequence.OwnedBy != (schema.Dependency{}) {
		return c.unsupported(o, "no column owns a sequence there")
	}
	if o.Sequence.Comment != "" {
		return c.unsupported(o, "its sequences have no comments here; leave it out")
	}
	c.statement(o, "CREATE SEQUENCE "+when(o.IfNotExists, "IF NOT EXISTS ")+mysqlName(o.Sequence.Name)+mariadbSequenceClauses(o.Sequence))
	return nil
}

// mariadbSequenceCache is how many numbers a sequence has in advance unless it says otherwise.
const mariadbSequenceCache = 1000

func mariadbSequenceClauses(s *schema.Sequence) string {
	text := ""
	number := func(word string, value *int64) {
		if value != nil {
			text += fmt.Sprintf(" %s %d", word, *value)
		}
	}
	number("START WITH", s.Start)
	number("MINVALUE", s.Min)
	number("MAXVALUE", s.Max)
	number("INCREMENT BY", s.Increment)
	number("CACHE", s.Cache)
	return text + when(s.Cycle, " CYCLE")
}

func (c *mysqlCompiler) alterSequence(o *op.AlterSequence) error {
	if !c.isMariaDB() {
		return c.unsupported(o, mysqlNoSequences)
	}
	// What the statement does not name stays, so that defaults have to be named.
	whole := *o.Sequence
	for _, number := range []struct {
		value **int64
		usual int64
	}{{&whole.Increment, 1}, {&whole.Cache, mariadbSequenceCache}} {
		if *number.value == nil {
			*number.value = &number.usual
		}
	}
	clauses := mariadbSequenceClauses(&whole)
	if whole.Min == nil {
		clauses += " NO MINVALUE"
	}
	if whole.Max == nil {
		clauses += " NO MAXVALUE"
	}
	if !whole.Cycle {
		clauses += " NOCYCLE"
	}
	c.statement(o, "ALTER SEQUENCE "+mysqlName(o.Sequence.Name)+clauses)
	return nil
}

func (c *mysqlCompiler) dropSequence(o *op.DropSequence) error {
	if !c.isMariaDB() {
		return c.unsupported(o, mysqlNoSequences)
	}
	c.statement(o, "DROP SEQUENCE "+when(o.IfExists, "IF EXISTS ")+mysqlName(o.Name))
	return nil
}

func (c *mysqlCompiler) renameSequence(o *op.RenameSequence) error {
	if !c.isMariaDB() {
		return c.unsupported(o, mysqlNoSequences)
	}
	c.statement(o, "RENAME TABLE "+mysqlName(o.From)+" TO "+mysqlName(o.To))
	return nil
}
