package diff

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (c *comparison) compareIndexes(p pair, going map[string]bool) {
	table := p.to
	k := parts[schema.Index]{
		kind: "index", from: declaredIndexes(p.from, p.to), to: declaredIndexes(p.to, p.from),
		name: (*schema.Index).PartName, implied: func(i *schema.Index) bool { return i.NameImplied },
		unmanaged: func(i *schema.Index) bool { return i.Unmanaged },
		same:      func(target, canon, current *schema.Index) bool { return c.sameIndex(p, target, canon, current) },
		uses: func(i *schema.Index, going map[string]bool) bool {
			return usesAny(going, c.indexColumns(p, i))
		},
		drop:   func(i *schema.Index) change { return c.dropIndex(p, i) },
		create: func(i *schema.Index) change { return c.createIndex(phaseAlterTables, table, i) },
		rename: func(from, to *schema.Index) (change, bool) {
			return c.renameIndex(table.Name, from.Name, to.Name), c.dialect != schema.SQLite
		},
	}
	if p.canon != nil {
		k.canon = p.canon.Indexes
	}
	if p.owned != nil {
		k.owned = p.owned.Indexes
	}
	compareParts(c, p, going, k)
}

// declaredIndexes leaves out the indexes that the engine made for foreign keys: they come and go with their keys. One that
// the other side declares under the same name counts.
func declaredIndexes(table, other *schema.Table) []*schema.Index {
	return slices.DeleteFunc(slices.Clone(table.Indexes), func(index *schema.Index) bool {
		declared := other.Index(index.Name)
		return madeForKey(table, index) && (declared == nil || madeForKey(other, declared))
	})
}

// madeForKey reports whether an index looks as if the engine had made it for a foreign key: MySQL names it like the key.
// It may outlive its reason when another index comes to serve the key too.
func madeForKey(table *schema.Table, index *schema.Index) bool {
	if index.Implicit {
		return true
	}
	key := table.ForeignKey(index.Name)
	return key != nil && slices.Equal(index.Columns(), key.Columns)
}

func (c *comparison) sameIndex(p pair, target, canon, current *schema.Index) bool {
	if target.Unique != current.Unique || method(target.Method) != method(current.Method) || len(target.Parts) != len(current.Parts) ||
		!c.sameColumns(target.Include, current.Include) || target.NullsNotDistinct != current.NullsNotDistinct ||
		!c.fits(target.Comment, current.Comment) || !c.optionsFit(target.Options, current.Options) || current.Invalid {
		return false
	}
	for i := range target.Parts {
		var read *schema.IndexPart
		if canon != nil && i < len(canon.Parts) {
			read = &canon.Parts[i]
		}
		if !c.samePart(p, target.Parts[i], read, current.Parts[i]) {
			return false
		}
	}
	var where *string
	if canon != nil {
		where = &canon.Where
	}
	return c.sameExpr(p, target.Where, current.Where, where)
}

func method(name string) string {
	if name == "" {
		return "btree"
	}
	return strings.ToLower(name)
}

// samePart compares one part of an index key. canon is the target's part as the server reads it back, if known.
func (c *comparison) samePart(p pair, target schema.IndexPart, canon *schema.IndexPart, current schema.IndexPart) bool {
	if target.Desc != current.Desc || c.nulls(target) != c.nulls(current) || target.Length != current.Length {
		return false
	}
	if canon != nil {
		// The server leaves out what is the default, such as the column's own collation.
		target.Collation, target.OpClass = canon.Collation, canon.OpClass
		if target.Column == "" && canon.Column != "" {
			target.Column, target.Expr = canon.Column, ""
		}
	}
	if !strings.EqualFold(target.Collation, current.Collation) || !strings.EqualFold(target.OpClass, current.OpClass) {
		return false
	}
	if target.Column != "" || current.Column != "" {
		return c.foldColumn(target.Column) == c.foldColumn(current.Column)
	}
	var expr *string
	if canon != nil {
		expr = &canon.Expr
	}
	return c.sameExpr(p, target.Expr, current.Expr, expr)
}

// nulls resolves the default order of NULLs, which follows the direction.
func (c *comparison) nulls(part schema.IndexPart) schema.NullsOrder {
	if part.Nulls != schema.NullsDefault || c.dialect != schema.Postgres {
		return part.Nulls
	}
	if part.Desc {
		return schema.NullsFirst
	}
	return schema.NullsLast
}

func (c *comparison) indexColumns(p pair, index *schema.Index) []string {
	out := append(c.partColumns(p, index.Parts), index.Include...)
	return append(out, c.mentioned(p, index.Where)...)
}

// partColumns returns the columns that parts of a key name or mention.
func (c *comparison) partColumns(p pair, parts []schema.IndexPart) []string {
	var out []string
	for _, part := range parts {
		if part.Column != "" {
			out = append(out, part.Column)
			continue
		}
		out = append(out, c.mentioned(p, part.Expr)...)
	}
	return out
}

// mentioned returns the columns of either side that an expression mentions.
func (c *comparison) mentioned(p pair, expr string) []string {
	if expr == "" {
		return nil
	}
	words := map[string]bool{}
	for _, token := range sqltext.Significant(c.dialect, expr) {
		if ident, ok := token.Ident(); ok {
			words[strings.ToLower(ident)] = true
		}
	}
	var out []string
	for _, table := range []*schema.Table{p.from, p.to} {
		for _, column := range table.Columns {
			if words[strings.ToLower(column.Name)] && !slices.Contains(out, column.Name) {
				out = append(out, column.Name)
			}
		}
	}
	return out
}

// indexKey names an index where its name has to be free: per table on MySQL, per namespace elsewhere.
func (c *comparison) indexKey(table schema.Name, name string) string {
	if c.dialect == schema.MySQL {
		return objectKey("index", table.String()+"."+strings.ToLower(name))
	}
	return objectKey("index", table.Schema+"."+name)
}

func (c *comparison) dropIndex(p pair, index *schema.Index) change {
	table := p.to.Name
	out := change{
		op:    &op.DropIndex{Table: table, Name: index.Name},
		phase: phaseAlterTables, near: [3]string{table.String(), rankDropIndex, index.Name},
		keys: keys{
			uses: []string{tableKey(table)}, destroys: []string{c.indexKey(table, index.Name)},
			releases: append(columnKeys(table, c.indexColumns(p, index)), c.conditionTypes(p.from, c.indexColumns(p, index))...),
		},
	}
	if index.Unique && index.Where == "" {
		out.destroys = append(out.destroys, columnsKey(table, index.Columns()))
	}
	return out
}

func (c *comparison) renameIndex(table schema.Name, from, to string) change {
	return change{
		op:    &op.RenameIndex{Table: table, From: from, To: to},
		phase: phaseAlterTables, near: [3]string{table.String(), rankRenamePart, from},
		keys: keys{
			uses: []string{tableKey(table)}, destroys: []string{c.indexKey(table, from)}, creates: []string{c.indexKey(table, to)},
		},
	}
}

// conditionTypes names the types of columns, whose values an expression over them may name.
func (c *comparison) conditionTypes(table *schema.Table, columns []string) []string {
	if c.dialect != schema.Postgres || c.from.Enums.Len() == 0 {
		return nil
	}
	var out []string
	for _, name := range columns {
		if column := c.columnOf(table, name); column != nil {
			out = append(out, c.typeKeys(column.Type)...)
		}
	}
	return out
}

func (c *comparison) createIndex(at phase, table *schema.Table, index *schema.Index) change {
	p := pair{from: table, to: table}
	out := change{
		op:    &op.CreateIndex{Table: table.Name, Index: index.Clone()},
		phase: at, near: [3]string{table.Name.String(), rankCreateIndex, index.Name},
		keys: keys{
			uses:    append(append(columnKeys(table.Name, c.indexColumns(p, index)), tableKey(table.Name)), c.conditionTypes(table, c.indexColumns(p, index))...),
			creates: []string{c.indexKey(table.Name, index.Name)},
		},
	}
	if index.Unique && index.Where == "" {
		out.creates = append(out.creates, columnsKey(table.Name, index.Columns()))
	}
	return out
}
