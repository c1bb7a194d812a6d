package ddl

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// createType writes CREATE TYPE and CREATE DOMAIN, which have no IF NOT EXISTS.
func (c *postgresCompiler) createType(o op.Operation, name schema.Name, text string, unlessThere bool) {
	if !unlessThere {
		c.say(o, text, "")
		return
	}
	tag := dollarTag(text)
	c.say(o, "DO "+tag+" BEGIN IF to_regtype("+postgresLiteral(postgresName(name))+") IS NULL THEN "+text+"; END IF; END "+tag, "")
}

// dollarTag returns a dollar quote that does not occur in the text.
func dollarTag(text string) string {
	tag := "$retort$"
	for n := 1; strings.Contains(text, tag); n++ {
		tag = "$retort" + itoa(n) + "$"
	}
	return tag
}

func (c *postgresCompiler) createEnum(o *op.CreateEnum) {
	c.createType(o, o.Enum.Name, "CREATE TYPE "+postgresName(o.Enum.Name)+" AS ENUM ("+literals(o.Enum.Values)+")", o.IfNotExists)
	if o.Enum.Comment != "" {
		c.comment(o, "TYPE "+postgresName(o.Enum.Name), o.Enum.Comment)
	}
}

func literals(values []string) string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = postgresLiteral(value)
	}
	return strings.Join(out, ", ")
}

func (c *postgresCompiler) createDomain(o *op.CreateDomain) {
	d := o.Domain
	text := "CREATE DOMAIN " + postgresName(d.Name) + " AS " + d.Type
	if d.Collation != "" {
		text += " COLLATE " + postgresCollation(d.Collation)
	}
	if d.Default != "" {
		text += " DEFAULT " + d.Default
	}
	if d.NotNull {
		text += " NOT NULL"
	}
	var later []string
	for _, check := range d.Checks {
		clause := constraintName(check.Name) + "CHECK (" + check.Expr + ")"
		if check.NotValid {
			later = append(later, "ALTER DOMAIN "+postgresName(d.Name)+" ADD "+clause+" NOT VALID")
			continue
		}
		text += " " + clause
	}
	c.createType(o, d.Name, text, o.IfNotExists)
	for _, statement := range later {
		c.say(o, statement, "")
	}
	if d.Comment != "" {
		c.comment(o, "DOMAIN "+postgresName(d.Name), d.Comment)
	}
	for _, check := range d.Checks {
		if check.Name != "" && check.Comment != "" {
			c.comment(o, "CONSTRAINT "+postgresQuote(check.Name)+" ON DOMAIN "+postgresName(d.Name), check.Comment)
		}
	}
}

func (c *postgresCompiler) createComposite(o *op.CreateComposite) {
	fields := make([]string, len(o.Composite.Fields))
	for i, field := range o.Composite.Fields {
		fields[i] = postgresQuote(field.Name) + " " + field.Type
		if field.Collation != "" {
			fields[i] += " COLLATE " + postgresCollation(field.Collation)
		}
	}
	name := o.Composite.Name
	c.createType(o, name, "CREATE TYPE "+postgresName(name)+" AS ("+strings.Join(fields, ", ")+")", o.IfNotExists)
	if o.Composite.Comment != "" {
		c.comment(o, "TYPE "+postgresName(name), o.Composite.Comment)
	}
}

func (c *postgresCompiler) createSequence(o *op.CreateSequence) {
	s := o.Sequence
	text := "CREATE SEQUENCE " + ifNotExists(o.IfNotExists) + postgresName(s.Name)
	if s.Type != "" {
		text += " AS " + s.Type
	}
	text += identityOptions(&schema.Identity{
		Start: s.Start, Increment: s.Increment, Min: s.Min, Max: s.Max, Cache: s.Cache, Cycle: s.Cycle,
	})
	owner := postgresName(s.OwnedBy.Relation) + "." + postgresQuote(s.OwnedBy.Column)
	switch {
	case s.OwnedBy == (schema.Dependency{}):
	case c.state.Table(s.OwnedBy.Relation) == nil:
		// The table may use the sequence in a default, so that neither can come first as a whole.
		owned := "ALTER SEQUENCE " + postgresName(s.Name) + " OWNED BY " + owner
		c.await(s.OwnedBy.Relation, "", Statement{SQL: owned, Operation: o})
	default:
		text += " OWNED BY " + owner
	}
	c.say(o, text, "")
	if s.Comment != "" {
		c.comment(o, "SEQUENCE "+postgresName(s.Name), s.Comment)
	}
}

// alterSequence states all attributes, since those that are not given would keep their values.
func (c *postgresCompiler) alterSequence(o *op.AlterSequence) {
	s := o.Sequence
	text := "ALTER SEQUENCE " + postgresName(s.Name)
	if s.Type != "" {
		text += " AS " + s.Type
	}
	text += " INCREMENT BY " + numberOr(s.Increment, 1)
	text += limitClause("MINVALUE", s.Min) + limitClause("MAXVALUE", s.Max)
	if s.Start != nil {
		text += " START WITH " + strconv.FormatInt(*s.Start, 10)
	}
	text += " CACHE " + numberOr(s.Cache, 1)
	if s.Cycle {
		text += " CYCLE"
	} else {
		text += " NO CYCLE"
	}
	if s.OwnedBy.Relation != (schema.Name{}) {
		text += " OWNED BY " + postgresName(s.OwnedBy.Relation) + "." + postgresQuote(s.OwnedBy.Column)
	} else {
		text += " OWNED BY NONE"
	}
	c.say(o, text, "")
	before, had := c.state.Sequences.Get(s.Name)
	if s.Comment != "" || (had && before.Comment != "") {
		c.comment(o, "SEQUENCE "+postgresName(s.Name), s.Comment)
	}
}

func numberOr(number *int64, otherwise int64) string {
	if number != nil {
		otherwise = *number
	}
	return strconv.FormatInt(otherwise, 10)
}

func limitClause(word string, number *int64) string {
	if number == nil {
		return " NO " + word
	}
	return " " + word + " " + strconv.FormatInt(*number, 10)
}

func (c *postgresCompiler) createExtension(o *op.CreateExtension) {
	text := "CREATE EXTENSION " + ifNotExists(o.IfNotExists) + postgresQuote(o.Extension.Name)
	if o.Extension.Schema != "" {
		text += " SCHEMA " + postgresQuote(o.Extension.Schema)
	}
	if o.Extension.Version != "" {
		text += " VERSION " + postgresLiteral(o.Extension.Version)
	}
	c.say(o, text, "")
}

func (c *postgresCompiler) createStatistic(o *op.CreateStatistic) {
	text := statement(o.Statistic.Definition)
	if o.IfNotExists {
		text = strings.Replace(text, "CREATE STATISTICS ", "CREATE STATISTICS IF NOT EXISTS ", 1)
	}
	c.say(o, text, "")
	if o.Statistic.Comment != "" {
		c.comment(o, "STATISTICS "+postgresName(o.Statistic.Name), o.Statistic.Comment)
	}
}

func viewWord(materialized bool) string {
	if materialized {
		return "MATERIALIZED VIEW "
	}
	return "VIEW "
}

// createView creates a view. A materialized view cannot be replaced, so it is dropped first; so is a plain view that
// stands where a materialized one was, or the other way round.
func (c *postgresCompiler) createView(o *op.CreateView) error {
	view := o.View
	old, exists := c.state.Views.Get(view.Name)
	if exists && o.IfNotExists {
		return nil
	}
	word := "CREATE "
	if o.Replace && exists && (view.Materialized || old.Materialized) {
		c.say(o, "DROP "+viewWord(old.Materialized)+postgresName(view.Name), "")
	} else if o.Replace && !view.Materialized {
		word += "OR REPLACE "
	}
	text := word + viewWord(view.Materialized)
	if view.Materialized {
		text += ifNotExists(o.IfNotExists)
	}
	text += postgresName(view.Name)
	if len(view.Columns) > 0 {
		text += " (" + postgresQuoteAll(view.Columns) + ")"
	}
	if method := view.Options.Value(schema.OptionAccessMethod); method != "" {
		text += " USING " + postgresQuote(method)
	}
	if with := view.Options.Value(schema.OptionWith); with != "" {
		text += " WITH (" + storageList(with) + ")"
	}
	if space := view.Options.Value(schema.OptionTablespace); space != "" {
		text += " TABLESPACE " + postgresQuote(space)
	}
	c.say(o, text+" AS\n"+statement(view.Definition), "")
	if view.Comment != "" {
		c.comment(o, viewWord(view.Materialized)+postgresName(view.Name), view.Comment)
	}
	for _, index := range view.Indexes {
		if err := c.index(o, view.Name, index, indexWords{}); err != nil {
			return err
		}
	}
	return nil
}

// statement takes the closing semicolon off a text.
func statement(text string) string {
	return strings.TrimRight(strings.TrimSpace(text), "; \t\r\n")
}

var createRoutine = regexp.MustCompile(`(?i)^CREATE\s+(OR\s+REPLACE\s+)?`)

func (c *postgresCompiler) createFunction(o *op.CreateFunction) {
	text := strings.TrimSpace(o.Function.Definition)
	if o.Replace {
		text = createRoutine.ReplaceAllString(text, "CREATE OR REPLACE ")
	}
	c.say(o, text, "")
	if o.Function.Comment != "" {
		c.comment(o, routineWord(o.Function.Kind)+postgresRoutine(o.Function.Name), o.Function.Comment)
	}
}

func routineWord(kind string) string {
	switch kind {
	case "procedure":
		return "PROCEDURE "
	case "aggregate":
		return "AGGREGATE "
	}
	return "FUNCTION "
}

// replaceTrigger is the beginning of a definition that servers before version 14 do not read.
var replaceTrigger = regexp.MustCompile(`(?i)^\s*CREATE\s+OR\s+REPLACE\s+TRIGGER\b`)

// createTrigger creates a trigger. CREATE OR REPLACE came with version 14 and knows no constraint triggers.
func (c *postgresCompiler) createTrigger(o *op.CreateTrigger) {
	t := o.Trigger
	if _, exists := c.state.Triggers.Get(t.Name); exists && o.IfNotExists {
		return
	} else if exists && o.Replace {
		c.say(o, "DROP TRIGGER "+postgresQuote(t.Trigger)+" ON "+postgresName(t.Table), "")
	}
	text := t.Definition
	if !c.server.Version.AtLeast(14, 0, 0) {
		text = replaceTrigger.ReplaceAllString(text, "CREATE TRIGGER")
	}
	c.say(o, statement(text), "")
	state := map[string]string{"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}[t.Enabled]
	if state != "" {
		c.after(o, alterTable(t.Table)+state+" TRIGGER "+postgresQuote(t.Trigger))
	}
	if t.Comment != "" {
		c.comment(o, "TRIGGER "+postgresQuote(t.Trigger)+" ON "+postgresName(t.Table), t.Comment)
	}
}
