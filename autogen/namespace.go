package autogen

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/schema"
)

// renamespaced returns a schema whose tables and enums of one namespace stand in another. What the default namespace has besides tables stays; what further namespaces have is left out: it is on the
// server.
func renamespaced(s *schema.Schema, from, to string) *schema.Schema {
	out := s.Clone()
	out.Tables.Filter(func(*schema.Table) bool { return false })
	out.Enums.Filter(func(e *schema.Enum) bool { return e.Name.Schema == "" })
	out.Domains.Filter(func(d *schema.Domain) bool { return d.Name.Schema == "" })
	out.Composites.Filter(func(c *schema.Composite) bool { return c.Name.Schema == "" })
	out.Sequences.Filter(func(q *schema.Sequence) bool { return q.Name.Schema == "" })
	out.Functions.Filter(func(f *schema.Function) bool { return f.Name.Schema == "" })
	moved := func(name schema.Name) schema.Name { return schema.Name{Schema: to, Name: name.Name} }
	types := map[string]string{}
	for enum := range s.Enums.All() {
		if enum.Name.Schema == from && !out.Enums.Has(moved(enum.Name)) {
			types[enum.Name.String()] = moved(enum.Name).String()
			enum = enum.Clone()
			enum.Name = moved(enum.Name)
			out.Enums.Add(enum)
		}
	}
	for table := range s.Tables.All() {
		table = table.Clone()
		table.Name = moved(table.Name)
		for _, column := range table.Columns {
			element, _, _ := strings.Cut(column.Type, "[")
			if other, found := types[element]; found {
				column.Type = other + strings.TrimPrefix(column.Type, element)
			}
		}
		out.Tables.Add(table)
	}
	return out
}

// elsewhere returns a namespace that a plan or the tables it runs on name, and that scratch space does not stand for.
func elsewhere(start *schema.Schema, plan *diff.Plan) string {
	for _, operation := range slices.Concat(plan.Operations, plan.Reverse) {
		if name := operation.Subject().Schema; name != "" {
			return name
		}
	}
	for table := range start.Tables.All() {
		if table.Name.Schema != "" {
			return table.Name.Schema
		}
	}
	return ""
}
