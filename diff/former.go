package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// formerNames reports what models say about former names and what says nothing any more, or nothing true: a statement that
// has served its time stays behind unnoticed otherwise, and a slip in it costs the values.
func (c *comparison) formerNames(matched []pair, added []*schema.Table) {
	for enum := range c.to.Enums.All() {
		if c.from.Enums.Has(enum.Name) && !slices.ContainsFunc(enum.WasNamed, func(was string) bool { return c.from.Enums.Has(schema.ParseName(was)) }) {
			c.servedItsTime("the enum "+enum.Name.String(), enum.WasNamed)
		}
	}
	gone := func(table *schema.Table) bool {
		return !slices.ContainsFunc(table.WasNamed, func(was string) bool { return c.from.Tables.Has(c.formerTable(table, was)) })
	}
	for _, p := range matched {
		if c.from.Tables.Has(p.to.Name) && gone(p.to) {
			c.servedItsTime(p.to.Name.String(), p.to.WasNamed)
		}
		c.formerColumns(p)
	}
	for _, table := range added {
		if len(table.WasNamed) > 0 && gone(table) && !c.renamedTo("table", schema.Name{}, table.Name.String()) {
			c.unknownFormerName(table.Name.String(), "table", table.WasNamed)
		}
	}
}

func (c *comparison) formerTable(table *schema.Table, was string) schema.Name {
	name := schema.ParseName(was)
	if name.Schema == "" {
		name.Schema = table.Name.Schema
	}
	return name
}

// formerColumns looks at the columns of a table. Its current side has the renames that are settled.
func (c *comparison) formerColumns(p pair) {
	for _, column := range p.to.Columns {
		known := slices.ContainsFunc(column.WasNamed, func(was string) bool { return c.columnOf(p.from, was) != nil })
		object := p.to.Name.String() + "." + column.Name
		switch {
		case len(column.WasNamed) == 0 || known || c.renamedTo("column", p.to.Name, column.Name):
		case c.columnOf(p.from, column.Name) != nil:
			c.servedItsTime(object, column.WasNamed)
		default:
			c.unknownFormerName(object, "column", column.WasNamed)
		}
	}
}

func (c *comparison) renamedTo(kind string, table schema.Name, to string) bool {
	return slices.ContainsFunc(c.plan.Renames, func(r Rename) bool { return r.Applied && r.Kind == kind && r.Table == table && r.To == to })
}

func (c *comparison) servedItsTime(object string, names []string) {
	if len(names) == 0 {
		return
	}
	c.find("former-name-done", Info, object, "was:"+strings.Join(names, ",was:")+" has served its time: the rename is done", "take it out of the tag")
}

func (c *comparison) unknownFormerName(object, kind string, names []string) {
	c.find("former-name-unknown", Warning, object,
		fmt.Sprintf("the model says that it was %s, and there is no such %s; it is taken for new", strings.Join(names, " or "), kind), "correct the tag, or take it out")
}
