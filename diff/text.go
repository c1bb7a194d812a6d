package diff

import (
	"github.com/retort-db/retort/schema"
)

// same decides whether a text of the target means the same as one of the current schema. canonical is the target's text
// as the server reads it back, if known. A difference that no server has confirmed makes the table uncertain.
func (c *comparison) same(table schema.Name, target, current string, canonical *string, equal func(Equality, string, string) bool) bool {
	if target == current {
		return true
	}
	if c.Equality != nil && equal(c.Equality, target, current) {
		return true
	}
	if canonical == nil {
		c.uncertain[table] = true
		return false
	}
	return *canonical == current || (c.Equality != nil && equal(c.Equality, *canonical, current))
}

func (c *comparison) sameType(p pair, column, canon, old *schema.Column) bool {
	var canonical *string
	if canon != nil {
		canonical = &canon.Type
	}
	return c.same(p.to.Name, column.Type, old.Type, canonical, Equality.EqualTypes)
}

func (c *comparison) sameDefault(p pair, column, canon, old *schema.Column) bool {
	if column.Generated != nil || old.Generated != nil {
		return column.Default == old.Default
	}
	var canonical *string
	if canon != nil {
		canonical = &canon.Default
	}
	equal := func(e Equality, a, b string) bool { return e.EqualDefaults(column.Type, a, b) }
	return c.same(p.to.Name, column.Default, old.Default, canonical, equal)
}

func (c *comparison) sameGenerated(p pair, column, canon, old *schema.Column) bool {
	if column.Generated == nil || old.Generated == nil {
		return column.Generated == nil && old.Generated == nil
	}
	if column.Generated.Stored != old.Generated.Stored {
		return false
	}
	var canonical *string
	if canon != nil && canon.Generated != nil {
		canonical = &canon.Generated.Expr
	}
	return c.sameExpr(p, column.Generated.Expr, old.Generated.Expr, canonical)
}

func (c *comparison) sameExpr(p pair, target, current string, canonical *string) bool {
	return c.same(p.to.Name, target, current, canonical, Equality.EqualExpressions)
}
