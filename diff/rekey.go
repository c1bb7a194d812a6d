package diff

import (
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// remakeForeignKeys drops the foreign keys that stand in the way of a change and adds them again after it: those on a
// primary key or unique constraint that is made anew, and those on a column whose type changes, where the engine minds.
// SQLite makes tables anew with foreign keys off and does not mind.
func (c *comparison) remakeForeignKeys(pairs []pair) {
	if c.dialect == schema.SQLite {
		return
	}
	hindrances := c.keyHindrances()
	if hindrances.empty() {
		return
	}
	for _, p := range pairs {
		for _, key := range p.from.ForeignKeys {
			if hindrances.dropped[foreignKeyID(p.to.Name, key.Name)] || !c.hinders(hindrances, p, key) {
				continue
			}
			again := key.Clone()
			if at := slices.IndexFunc(c.changes, func(change change) bool {
				rename, ok := change.op.(*op.RenameConstraint)
				return ok && rename.Type == op.ForeignKeyConstraint && rename.Table == p.to.Name && rename.From == key.Name
			}); at >= 0 {
				again.Name = c.changes[at].op.(*op.RenameConstraint).To
				c.changes = slices.Delete(c.changes, at, at+1)
			}
			c.add(c.dropForeignKey(p.from, key))
			c.add(c.addForeignKey(p.to, again))
		}
	}
}

// hindrances is what the changes so far do to things that foreign keys rest on.
type hindrances struct {
	destroyed map[string]bool            // columnsKey
	indexes   map[schema.Name][][]string // MySQL: the columns of dropped indexes and keys
	retyped   map[string]*op.AlterColumn // columnKey
	dropped   map[string]bool            // foreign keys that go anyway
}

func (h hindrances) empty() bool {
	return len(h.destroyed) == 0 && len(h.retyped) == 0 && len(h.indexes) == 0
}

func foreignKeyID(table schema.Name, name string) string { return table.String() + "\x00" + name }

func (c *comparison) keyHindrances() hindrances {
	h := hindrances{
		destroyed: map[string]bool{}, indexes: map[schema.Name][][]string{}, retyped: map[string]*op.AlterColumn{}, dropped: map[string]bool{},
	}
	for _, change := range c.changes {
		switch operation := change.op.(type) {
		case *op.DropConstraint:
			switch operation.Type {
			case op.ForeignKeyConstraint:
				h.dropped[foreignKeyID(operation.Table, operation.Name)] = true
			case op.PrimaryKeyConstraint, op.UniqueConstraint:
				c.noteDestroyed(h, change)
				if found := operation.Find(c.working.Table(operation.Table)); found != nil {
					columns := []string(nil)
					if found.PrimaryKey != nil {
						columns = found.PrimaryKey.Columns
					} else {
						columns = found.Unique.Columns
					}
					h.indexes[operation.Table] = append(h.indexes[operation.Table], columns)
				}
			}
		case *op.DropIndex:
			c.noteDestroyed(h, change)
			if table := c.working.Table(operation.Table); table != nil && table.Index(operation.Name) != nil {
				h.indexes[operation.Table] = append(h.indexes[operation.Table], table.Index(operation.Name).Columns())
			}
		case *op.AlterColumn:
			if c.disturbsForeignKeys(operation) {
				h.retyped[columnKey(operation.Table, operation.Name)] = operation
			}
		}
	}
	return h
}

func (c *comparison) noteDestroyed(h hindrances, change change) {
	for _, key := range change.destroys {
		h.destroyed[key] = true
	}
}

// disturbsForeignKeys reports whether an engine refuses the change of a column while a foreign key rests on it. MySQL
// refuses every change of type, PostgreSQL only one that makes the two ends differ too much.
func (c *comparison) disturbsForeignKeys(alter *op.AlterColumn) bool {
	if c.dialect == schema.MySQL {
		return alter.Changes(op.TypeAttribute) || alter.Changes(op.CollationAttribute) || alter.Changes(op.CharsetAttribute)
	}
	if !alter.Changes(op.TypeAttribute) {
		return false
	}
	old := c.columnOf(c.working.Table(alter.Table), alter.Name)
	from, to := familyOf(old.Type), familyOf(alter.To.Type)
	return from != to || from == others
}

func (c *comparison) hinders(h hindrances, p pair, key *schema.ForeignKey) bool {
	referred := c.referred(key, c.working)
	for _, column := range key.Columns {
		if h.retyped[columnKey(p.to.Name, column)] != nil {
			return true
		}
	}
	for _, column := range referred {
		if h.retyped[columnKey(key.RefTable, column)] != nil {
			return true
		}
	}
	if c.dialect == schema.Postgres {
		return h.destroyed[columnsKey(key.RefTable, referred)]
	}
	// MySQL needs an index that begins with the key's columns at either end.
	begins := func(columns []string) func([]string) bool {
		return func(index []string) bool {
			return len(index) >= len(columns) && c.sameColumns(index[:len(columns)], columns)
		}
	}
	return slices.ContainsFunc(h.indexes[p.to.Name], begins(key.Columns)) || slices.ContainsFunc(h.indexes[key.RefTable], begins(referred))
}
