package op

import (
	"strings"

	"github.com/retort-db/retort/schema"
)

// PartElement describes one column or expression of an index.
type PartElement struct{ part schema.IndexPart }

// Part describes a column of an index key.
func Part(column string) *PartElement { return &PartElement{part: schema.IndexPart{Column: column}} }

// Expr describes an expression of an index key: Expr("lower(email)").
func Expr(expr string) *PartElement { return &PartElement{part: schema.IndexPart{Expr: expr}} }

// Desc sorts the part in descending order.
func (p *PartElement) Desc() *PartElement {
	p.part.Desc = true
	return p
}

// NullsFirst sorts NULLs first (PostgreSQL).
func (p *PartElement) NullsFirst() *PartElement {
	p.part.Nulls = schema.NullsFirst
	return p
}

// NullsLast sorts NULLs last (PostgreSQL).
func (p *PartElement) NullsLast() *PartElement {
	p.part.Nulls = schema.NullsLast
	return p
}

// Collate sets the collation (PostgreSQL, SQLite).
func (p *PartElement) Collate(collation string) *PartElement {
	p.part.Collation = collation
	return p
}

// OpClass sets the operator class with its parameters (PostgreSQL).
func (p *PartElement) OpClass(class string) *PartElement {
	p.part.OpClass = class
	return p
}

// Prefix indexes only the first characters or bytes (MySQL).
func (p *PartElement) Prefix(length int) *PartElement {
	p.part.Length = length
	return p
}

func plainParts(elements []*PartElement) []schema.IndexPart {
	parts := make([]schema.IndexPart, len(elements))
	for i, element := range elements {
		parts[i] = element.part
	}
	return parts
}

func partColumns(parts []schema.IndexPart) []string {
	columns := make([]string, len(parts))
	for i, part := range parts {
		columns[i] = part.Column
	}
	return columns
}

// CreateIndexStep adds to a recorded CreateIndex.
type CreateIndexStep struct {
	create  *CreateIndex
	dialect schema.Dialect
}

// On adds what the index has on one engine only.
func (s *CreateIndexStep) On(dialect schema.Dialect, change func(s *CreateIndexStep)) *CreateIndexStep {
	if s.dialect == dialect {
		change(s)
	}
	return s
}

// Unique makes the index unique.
func (s *CreateIndexStep) Unique() *CreateIndexStep {
	s.create.Index.Unique = true
	return s
}

// Using sets the method: "gin", "hash", "fulltext" …
func (s *CreateIndexStep) Using(method string) *CreateIndexStep {
	s.create.Index.Method = strings.ToLower(method)
	return s
}

// Parts replaces the index key, for parts with an order, a collation and so on.
func (s *CreateIndexStep) Parts(parts ...*PartElement) *CreateIndexStep {
	s.create.Index.Parts = plainParts(parts)
	return s
}

// Where makes it a partial index (PostgreSQL, SQLite).
func (s *CreateIndexStep) Where(condition string) *CreateIndexStep {
	s.create.Index.Where = condition
	return s
}

// Include adds columns that are not part of the key (PostgreSQL).
func (s *CreateIndexStep) Include(columns ...string) *CreateIndexStep {
	s.create.Index.Include = columns
	return s
}

// NullsNotDistinct lets NULLs be equal to each other in a unique index (PostgreSQL 15+).
func (s *CreateIndexStep) NullsNotDistinct() *CreateIndexStep {
	s.create.Index.NullsNotDistinct = true
	return s
}

// Comment sets the comment.
func (s *CreateIndexStep) Comment(text string) *CreateIndexStep {
	s.create.Index.Comment = text
	return s
}

// Option sets an attribute that one engine alone knows.
func (s *CreateIndexStep) Option(key, value string) *CreateIndexStep {
	s.create.Index.Options.Set(key, value)
	return s
}

// Concurrently builds the index without blocking writes: on PostgreSQL in a step outside a transaction, on MySQL as
// [AddColumnStep.Online] does. SQLite ignores it.
func (s *CreateIndexStep) Concurrently() *CreateIndexStep {
	s.create.Concurrently = true
	return s
}

// IfNotExists leaves an index of that name alone.
func (s *CreateIndexStep) IfNotExists() *CreateIndexStep {
	s.create.IfNotExists = true
	return s
}

// Unmanaged records that the models do not have the index and it stays.
func (s *CreateIndexStep) Unmanaged() *CreateIndexStep {
	s.create.Index.Unmanaged = true
	return s
}

// DropIndexStep adds to a recorded DropIndex.
type DropIndexStep struct{ drop *DropIndex }

// Concurrently drops the index without blocking: on PostgreSQL in a step outside a transaction, on MySQL as
// [AddColumnStep.Online] does. SQLite ignores it.
func (s *DropIndexStep) Concurrently() *DropIndexStep {
	s.drop.Concurrently = true
	return s
}

// IfExists lets the index be absent.
func (s *DropIndexStep) IfExists() *DropIndexStep {
	s.drop.IfExists = true
	return s
}
