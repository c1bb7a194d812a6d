package diff

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// linkMentions lets changes wait for the functions and sequences that their expressions use, and functions and sequences
// for the changes that let go of them. No catalog of a target tells such dependencies, so they are read from the texts.
func (c *comparison) linkMentions() {
	before, after := callables(c.from), callables(c.to)
	if len(before) == 0 && len(after) == 0 {
		return
	}
	for i := range c.changes {
		old, now := c.texts(c.changes[i].op)
		c.changes[i].releases = append(c.changes[i].releases, c.called(old, before)...)
		c.changes[i].uses = append(c.changes[i].uses, c.called(now, after)...)
	}
}

// callables returns the keys of functions and sequences by their bare names.
func callables(s *schema.Schema) map[string][]string {
	out := map[string][]string{}
	for function := range s.Functions.All() {
		name, _, _ := strings.Cut(function.Name.Name, "(")
		out["function "+name] = append(out["function "+name], objectKey("function", function.Name.String()))
	}
	for sequence := range s.Sequences.All() {
		out["sequence "+sequence.Name.Name] = append(out["sequence "+sequence.Name.Name], objectKey("sequence", sequence.Name.String()))
	}
	return out
}

// called returns the keys of what the texts call. PostgreSQL names sequences inside strings, nextval('numbers'::regclass).
func (c *comparison) called(texts []string, known map[string][]string) []string {
	var out []string
	for _, text := range texts {
		tokens := sqltext.Significant(c.dialect, text)
		for i, token := range tokens {
			if token.Kind == sqltext.String {
				name := schema.ParseName(strings.Trim(token.Text, "'"))
				out = append(out, known["sequence "+strings.Trim(name.Name, `"`)]...)
				continue
			}
			if name, ok := token.Ident(); ok {
				if i+1 < len(tokens) && tokens[i+1].Is("(") {
					out = append(out, known["function "+name]...)
				}
				out = append(out, known["sequence "+name]...)
			}
		}
	}
	return out
}

// texts returns the expressions that an operation takes away, and those that it brings.
func (c *comparison) texts(operation op.Operation) (old, now []string) {
	switch operation := operation.(type) {
	case *op.CreateTable:
		return nil, tableTexts(operation.Table)
	case *op.DropTable:
		if table := c.working.Table(operation.Name); table != nil {
			return tableTexts(table), nil
		}
	case *op.AddColumn:
		return nil, columnTexts(operation.Column)
	case *op.DropColumn:
		return columnTexts(c.workingColumn(operation.Table, operation.Name)), nil
	case *op.AlterColumn:
		return columnTexts(c.workingColumn(operation.Table, operation.Name)), append(columnTexts(&operation.To), operation.Using)
	case *op.Backfill:
		for _, assignment := range operation.Set {
			now = append(now, assignment.Expr)
		}
	case *op.AddConstraint:
		return nil, constraintTexts(operation)
	case *op.DropConstraint:
		if table := c.working.Table(operation.Table); table != nil {
			if found := operation.Find(table); found != nil {
				return constraintTexts(found), nil
			}
		}
	case *op.CreateIndex:
		return nil, indexTexts(operation.Index)
	case *op.DropIndex:
		if table := c.working.Table(operation.Table); table != nil && table.Index(operation.Name) != nil {
			return indexTexts(table.Index(operation.Name)), nil
		}
	case *op.CreateDomain:
		return nil, domainTexts(operation.Domain)
	case *op.DropDomain:
		if domain, ok := c.from.Domains.Get(operation.Name); ok {
			return domainTexts(domain), nil
		}
	}
	return nil, now
}

func (c *comparison) workingColumn(table schema.Name, name string) *schema.Column {
	if found := c.columnOf(c.working.Table(table), name); found != nil {
		return found
	}
	return c.columnOf(c.from.Table(table), name)
}

func tableTexts(table *schema.Table) []string {
	var out []string
	for _, column := range table.Columns {
		out = append(out, columnTexts(column)...)
	}
	for _, check := range table.Checks {
		out = append(out, check.Expr)
	}
	for _, exclusion := range table.Exclusions {
		out = append(out, constraintTexts(&op.AddConstraint{Exclusion: exclusion})...)
	}
	for _, index := range table.Indexes {
		out = append(out, indexTexts(index)...)
	}
	return out
}

func columnTexts(column *schema.Column) []string {
	if column == nil {
		return nil
	}
	out := []string{column.Default}
	if column.Generated != nil {
		out = append(out, column.Generated.Expr)
	}
	return out
}

func constraintTexts(add *op.AddConstraint) []string {
	switch {
	case add.Check != nil:
		return []string{add.Check.Expr}
	case add.Exclusion != nil:
		out := []string{add.Exclusion.Where}
		for _, element := range add.Exclusion.Elements {
			out = append(out, element.Expr)
		}
		return out
	}
	return nil
}

func indexTexts(index *schema.Index) []string {
	out := []string{index.Where}
	for _, part := range index.Parts {
		out = append(out, part.Expr)
	}
	return out
}

func domainTexts(domain *schema.Domain) []string {
	out := []string{domain.Default}
	for _, check := range domain.Checks {
		out = append(out, check.Expr)
	}
	return out
}
