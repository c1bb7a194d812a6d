package diff

import (
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// remakeGenerated takes away the generated columns that stand in the way of a change of type: PostgreSQL refuses to alter
// the type of a column that a generated column uses. Their values come back by themselves. The drop is carried out on the
// working schema, so that the comparison adds the column and what hung on it again.
func (c *comparison) remakeGenerated(pairs []pair) []pair {
	if c.dialect != schema.Postgres {
		return pairs
	}
	out := slices.Clone(pairs)
	for i, p := range pairs {
		for _, column := range p.from.Columns {
			if column.Generated == nil || c.columnOf(p.to, column.Name) == nil || !c.retypes(p, c.mentioned(p, column.Generated.Expr)) {
				continue
			}
			c.takeAway(out[i], column)
			out[i].from = c.normal(c.working.Table(p.to.Name))
		}
	}
	return out
}

// retypes reports whether one of the columns changes its type or collation.
func (c *comparison) retypes(p pair, columns []string) bool {
	kept := c.uncertain
	c.uncertain = map[schema.Name]bool{}
	defer func() { c.uncertain = kept }()
	return slices.ContainsFunc(columns, func(name string) bool {
		old, column := c.columnOf(p.from, name), c.columnOf(p.to, name)
		if old == nil || column == nil {
			return false
		}
		canon := c.columnOf(p.canon, name)
		return !c.sameType(p, column, canon, old) || (column.Collation != old.Collation && (canon == nil || canon.Collation != old.Collation))
	})
}

// takeAway drops a column of which nothing is lost, in the plan and in the working schema. What goes with it and is none
// of the revisions' business is put back as it was; the rest is found missing by the comparison.
func (c *comparison) takeAway(p pair, column *schema.Column) {
	table := p.to.Name
	drop := &op.DropColumn{Table: table, Name: column.Name}
	undo, err := drop.Reverse(c.working)
	if err != nil {
		return // the table is there: it was just read
	}
	gone := change{
		op: drop, phase: phaseAlterTables, near: [3]string{table.String(), rankTakeAway, column.Name},
		keys: keys{
			uses: []string{tableKey(table)}, destroys: []string{columnKey(table, column.Name)},
			releases: append(columnKeys(table, c.mentioned(p, column.Generated.Expr)), c.typeKeys(column.Type)...),
		},
	}
	for _, step := range undo {
		switch step := step.(type) {
		case *op.CreateIndex:
			gone.destroys = append(gone.destroys, c.indexKey(table, step.Index.Name))
			if !c.full() && p.to.Index(step.Index.Name) == nil && (p.owned == nil || p.owned.Index(step.Index.Name) == nil) {
				c.add(c.createIndex(phaseAlterTables, p.to, step.Index))
			}
		case *op.AddConstraint:
			if step.Name() != "" {
				gone.destroys = append(gone.destroys, c.constraintKey(table, step.Name()))
			}
			if step.Unique != nil {
				gone.destroys = append(gone.destroys, columnsKey(table, step.Unique.Columns))
			}
		}
	}
	c.apply(drop)
	c.add(gone)
}
