// Package randschema makes random schemas for property tests: small, overlapping, valid on a real server, and such that
// a table with the rows of [Rows] can be brought from one to another without losing a row.
package randschema

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// Generate returns a schema with up to five tables whose names, columns and keys come from small sets, so that two of
// them overlap. The same source gives the same schema.
func Generate(random *rand.Rand, server schema.Server) *schema.Schema {
	s := schema.New(server)
	g := generator{random: random, dialect: server.Dialect, s: s}
	if g.dialect == schema.Postgres {
		for _, name := range []string{"mood", "state"} {
			if random.IntN(2) == 0 {
				s.Enums.Add(&schema.Enum{Name: schema.Name{Name: name}, Values: g.pick([]string{"new", "open", "done", "gone"}, 2)})
			}
		}
	}
	var tables []*schema.Table
	for _, name := range g.pick([]string{"users", "orders", "order items", "Tags", "notes", "select"}, 1) {
		table := g.table(name)
		s.Tables.Add(table)
		tables = append(tables, table)
	}
	for _, table := range tables {
		g.foreignKeys(table, tables)
		g.keys(table)
	}
	return s
}

type generator struct {
	random  *rand.Rand
	dialect schema.Dialect
	s       *schema.Schema
}

func (g *generator) chance(one int) bool { return g.random.IntN(one) == 0 }

// types lists the types of plain columns; an enum's name joins them.
func (g *generator) types() []string {
	out := []string{"bigint", "varchar(40)", "numeric(10,2)", "boolean"}
	if g.dialect != schema.MySQL {
		out = append(out, "text")
	}
	for enum := range g.s.Enums.All() {
		out = append(out, enum.Name.Name)
	}
	return out
}

func (g *generator) table(name string) *schema.Table {
	table := &schema.Table{Name: schema.Name{Name: name}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}, NameImplied: true}}
	if g.dialect == schema.Postgres {
		table.PrimaryKey.Name = name + "_pkey"
	}
	table.Columns = append(table.Columns, &schema.Column{Name: "id", Type: "bigint", NotNull: true})
	types := g.types()
	for _, column := range g.pick([]string{"name", "Title", "total", "owner_id", "note text", "parent_id", "order"}, 2) {
		c := &schema.Column{Name: column, Type: types[g.random.IntN(len(types))]}
		switch {
		case IsEnum(g.s, c.Type):
		case g.chance(2):
			c.Default = map[string]string{"bigint": "0", "boolean": "false", "numeric(10,2)": "1.50", "varchar(40)": "'it''s'", "text": "'x'"}[c.Type]
			c.NotNull = g.chance(2)
		}
		if g.chance(5) && g.dialect != schema.SQLite {
			c.Comment = "about '" + column + "'"
		}
		table.Columns = append(table.Columns, c)
	}
	g.generated(table)
	if g.dialect == schema.Postgres && g.chance(3) {
		kinds := []schema.IdentityKind{schema.IdentityByDefault, schema.IdentitySerial}
		table.Columns[0].Identity = &schema.Identity{Kind: kinds[g.random.IntN(len(kinds))]}
	}
	if g.chance(4) && g.dialect != schema.SQLite {
		table.Comment = "rows of " + name
	}
	return table
}

// generated adds a column that is made of others, which change their types and come and go.
func (g *generator) generated(table *schema.Table) {
	if !g.chance(3) {
		return
	}
	var exprs []string
	if g.dialect != schema.MySQL { // which takes no AUTO_INCREMENT column there
		exprs = []string{"id + 1", "id * 2"}
	}
	for _, column := range table.Columns[1:] {
		if column.Type == "bigint" && !slices.Contains([]string{"order", "Title", "note text"}, column.Name) {
			exprs = append(exprs, column.Name+" + 1")
		}
	}
	if len(exprs) == 0 {
		return
	}
	expr := exprs[g.random.IntN(len(exprs))]
	table.Columns = append(table.Columns, &schema.Column{Name: "made", Type: "bigint", Generated: &schema.Generated{Expr: expr, Stored: true}})
	if g.chance(2) {
		table.Indexes = append(table.Indexes, &schema.Index{
			Name:  "ix_made_" + strings.ToLower(strings.ReplaceAll(table.Name.Name, " ", "_")),
			Parts: []schema.IndexPart{{Column: "made"}, {Column: table.Columns[0].Name}},
		})
	}
}

// foreignKeys turns plain columns into references. They stay nullable and without default, so that rows fit.
func (g *generator) foreignKeys(table *schema.Table, tables []*schema.Table) {
	for range g.random.IntN(3) {
		target := tables[g.random.IntN(len(tables))]
		column := table.Columns[1+g.random.IntN(len(table.Columns)-1)]
		if column.Generated != nil || usedByGenerated(table, column.Name) {
			continue
		}
		name := strings.ToLower(strings.ReplaceAll(fmt.Sprintf("fk_%s_%s", table.Name.Name, column.Name), " ", "_"))
		if table.ForeignKey(name) != nil {
			continue
		}
		column.Type, column.Default, column.NotNull = "bigint", "", false
		actions := []schema.Action{schema.NoAction, schema.Cascade, schema.SetNull}
		table.ForeignKeys = append(table.ForeignKeys, &schema.ForeignKey{
			Name: name, Columns: []string{column.Name}, RefTable: target.Name, RefColumns: []string{"id"}, OnDelete: actions[g.random.IntN(3)],
		})
	}
}

func (g *generator) keys(table *schema.Table) {
	name := strings.ToLower(strings.ReplaceAll(table.Name.Name, " ", "_"))
	plain := slices.DeleteFunc(slices.Clone(table.Columns[1:]), func(c *schema.Column) bool { return c.Type == "text" })
	if len(plain) == 0 {
		return
	}
	one := func() *schema.Column { return plain[g.random.IntN(len(plain))] }
	for i := range g.random.IntN(3) {
		index := &schema.Index{Name: fmt.Sprintf("ix_%s_%d", name, i), Parts: []schema.IndexPart{{Column: one().Name}}}
		if g.dialect != schema.MySQL {
			index.Parts[0].Desc = g.chance(3)
			if g.chance(3) {
				index.Where = "id > 0"
			}
			if g.chance(3) {
				index.Parts = append(index.Parts, schema.IndexPart{Expr: "abs(id)"})
			}
		}
		table.Indexes = append(table.Indexes, index)
	}
	// A generated column has the same value in all rows where its source went and came back with a default.
	if column := one(); g.chance(3) && !IsEnum(g.s, column.Type) && column.Default == "" && column.Generated == nil {
		table.Uniques = append(table.Uniques, &schema.Unique{Name: "uq_" + name, Columns: []string{column.Name}})
	}
	if g.chance(3) {
		if column := one(); g.dialect != schema.MySQL || !refers(table, column.Name) {
			table.Uniques = append(table.Uniques, &schema.Unique{Name: "uq2_" + name, Columns: []string{"id", column.Name}})
		}
	}
	if g.chance(3) {
		table.Checks = append(table.Checks, &schema.Check{Name: "ck_" + name, Expr: "id > 0"})
	}
}

// pick returns at least the given number of the items, in random order.
func (g *generator) pick(items []string, least int) []string {
	items = slices.Clone(items)
	g.random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items[:least+g.random.IntN(len(items)-least)]
}

// IsEnum reports whether a type is one of the schema's enums.
func IsEnum(s *schema.Schema, sqlType string) bool { return s.Enums.Has(schema.Name{Name: sqlType}) }

// Rows is the number of rows that [Values] fills a table with.
const Rows = 2

func usedByGenerated(table *schema.Table, name string) bool {
	return slices.ContainsFunc(table.Columns, func(c *schema.Column) bool {
		return c.Generated != nil && strings.HasPrefix(c.Generated.Expr, name+" ")
	})
}

// Values returns the SQL literals of the n-th row (from 0) of a table of a, in the order of its columns that are not
// generated, such that the row also fits the table in b: columns that are an enum or refer to something on either side hold NULL.
func Values(table *schema.Table, a, b *schema.Schema, n int) []string {
	var out []string
	for _, column := range table.Columns {
		if column.Generated == nil {
			out = append(out, value(table, column, a, b, n))
		}
	}
	return out
}

func value(table *schema.Table, column *schema.Column, a, b *schema.Schema, n int) string {
	if column.Name == "id" {
		return fmt.Sprint(n + 1)
	}
	if refers(table, column.Name) || IsEnum(a, column.Type) {
		return "NULL"
	}
	if other := b.Table(table.Name); other != nil {
		if same := other.Column(column.Name); same != nil && (refers(other, column.Name) || IsEnum(b, same.Type)) && !column.NotNull {
			return "NULL"
		}
	}
	if column.Type == "boolean" {
		return []string{"false", "true"}[n]
	}
	if strings.HasPrefix(column.Type, "varchar") || column.Type == "text" {
		return fmt.Sprintf("'%d'", n)
	}
	return fmt.Sprint(n)
}

func refers(table *schema.Table, column string) bool {
	return slices.ContainsFunc(table.ForeignKeys, func(f *schema.ForeignKey) bool { return slices.Contains(f.Columns, column) })
}

// Fits reports whether rows of a can live in b: no column that holds values there turns into an enum or a reference.
func Fits(a, b *schema.Schema) bool {
	for table := range a.Tables.All() {
		other := b.Table(table.Name)
		if other == nil {
			continue
		}
		for _, column := range table.Columns {
			same := other.Column(column.Name)
			if same != nil && column.NotNull && (IsEnum(b, same.Type) || refers(other, column.Name)) {
				return false
			}
			if same != nil && !column.NotNull && same.NotNull && (refers(table, column.Name) || IsEnum(a, column.Type)) {
				return false
			}
		}
	}
	return true
}
