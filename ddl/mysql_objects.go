package ddl

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
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
	c.statementUnder(o, o.Function.Options, o.Function.Definition)
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
	c.statementUnder(o, o.Trigger.Options, o.Trigger.Definition)
	return nil
}

// statementUnder adds a statement under the sql_mode that the options name: a body is read under the mode of the session that
// creates it, and keeps it.
func (c *mysqlCompiler) statementUnder(operation op.Operation, options schema.Options, text string) {
	mode, has := options.Get(schema.OptionSQLMode)
	if !has {
		c.statement(operation, text)
		return
	}
	c.push(Statement{
		SQL:       "SET @retort_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = " + mysqltext.Quote(mode),
		Operation: operation, Describe: "the sql_mode of the next statement's body",
	})
	c.statement(operation, text)
	c.statement(operation, mysqlRestoreMode)
}

const mysqlNoSequences = "it has no sequences; use an AUTO_INCREMENT column"

func (c *mysqlCompiler) createSequence(o *op.CreateSequence) error {
	if !c.isMariaDB() {
		return c.unsupported(o, mysqlNoSequences)
	}
	if o.Sequence.OwnedBy != (schema.Dependency{}) {
		return c.unsupported(o, "no column owns a sequence there")
	}
	kind, err := c.sequenceType(o, o.Sequence)
	if err != nil {
		return err
	}
	c.statement(o, "CREATE SEQUENCE "+when(o.IfNotExists, "IF NOT EXISTS ")+mysqlName(o.Sequence.Name)+when(kind != "", " AS "+kind)+
		mariadbSequenceClauses(o.Sequence)+when(o.Sequence.Comment != "", " COMMENT="+mysqltext.Quote(o.Sequence.Comment)))
	return nil
}

// sequenceType returns the type that has to be written, "" for the usual one.
func (c *mysqlCompiler) sequenceType(operation op.Operation, s *schema.Sequence) (string, error) {
	if s.Type == "" || strings.EqualFold(s.Type, "bigint") {
		return "", nil
	}
	if !c.server.Version.AtLeast(11, 5, 0) {
		return "", c.unsupported(operation, "its sequences are of the type bigint before version 11.5; leave the type out")
	}
	return s.Type, nil
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
	kind, err := c.sequenceType(o, o.Sequence)
	if err != nil {
		return err
	}
	text := "ALTER SEQUENCE " + mysqlName(o.Sequence.Name)
	before, isKnown := c.state.Sequences.Get(o.Sequence.Name)
	oldKind := ""
	if isKnown {
		oldKind = strings.ToLower(cmp.Or(before.Type, "bigint"))
	}
	kind = strings.ToLower(cmp.Or(kind, "bigint"))
	switch {
	case kind == "bigint" && (kind == oldKind || !isKnown):
		c.statement(o, text+mariadbSequenceNumbers(&whole))
	case kind == oldKind:
		c.statement(o, text+mariadbTypedNumbers(&whole, kind))
	case isWiderSequence(kind, oldKind):
		c.statement(o, text+" AS "+kind)
		c.statement(o, text+mariadbTypedNumbers(&whole, kind))
	default:
		c.statement(o, text+mariadbTypedNumbers(&whole, kind))
		c.statement(o, text+" AS "+kind)
	}
	if isKnown && before.Comment != o.Sequence.Comment {
		c.statement(o, "ALTER TABLE "+mysqlName(o.Sequence.Name)+" COMMENT="+mysqltext.Quote(o.Sequence.Comment))
	}
	return nil
}

// mariadbSequenceNumbers writes all numbers of a sequence: what ALTER SEQUENCE does not name stays.
func mariadbSequenceNumbers(s *schema.Sequence) string {
	return mariadbSequenceClauses(s) + when(s.Min == nil, " NO MINVALUE") + when(s.Max == nil, " NO MAXVALUE") + when(!s.Cycle, " NOCYCLE")
}

// mariadbTypedNumbers does the same with the bounds of a type: the server takes NO MAXVALUE for that of bigint.
func mariadbTypedNumbers(s *schema.Sequence, kind string) string {
	least, most := mysqltext.SequenceBounds(kind)
	switch {
	case s.Increment == nil || *s.Increment > 0:
		least = "1"
	case !strings.HasSuffix(kind, "unsigned"):
		most = "-1"
	}
	return mariadbSequenceClauses(s) + when(s.Min == nil, " MINVALUE "+least) + when(s.Max == nil, " MAXVALUE "+most) + when(!s.Cycle, " NOCYCLE")
}

// isWiderSequence reports whether a type's greatest number is beyond the other's.
func isWiderSequence(kind, other string) bool {
	_, most := mysqltext.SequenceBounds(kind)
	_, otherMost := mysqltext.SequenceBounds(other)
	return len(most) > len(otherMost) || len(most) == len(otherMost) && most > otherMost
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
