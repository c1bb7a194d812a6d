package diff

import (
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (c *comparison) compareForeignKeys(p pair, going map[string]bool, dropped map[schema.Name]bool) {
	k := parts[schema.ForeignKey]{
		kind: "foreign key", from: p.from.ForeignKeys, to: p.to.ForeignKeys,
		name: (*schema.ForeignKey).PartName, implied: func(f *schema.ForeignKey) bool { return f.NameImplied },
		unmanaged: func(f *schema.ForeignKey) bool { return f.Unmanaged },
		same:      func(target, _, current *schema.ForeignKey) bool { return c.sameForeignKey(target, current) },
		uses: func(f *schema.ForeignKey, going map[string]bool) bool {
			return usesAny(going, f.Columns) || dropped[f.RefTable]
		},
		drop:   func(f *schema.ForeignKey) change { return c.dropForeignKey(p.to, f) },
		create: func(f *schema.ForeignKey) change { return c.addForeignKey(p.to, f) },
		rename: func(from, to *schema.ForeignKey) (change, bool) {
			return c.renameConstraint(p.to.Name, op.ForeignKeyConstraint, from.Name, to.Name), from.Name != "" && c.canRename(op.ForeignKeyConstraint)
		},
		restates: func(target, current *schema.ForeignKey) (bool, bool) {
			return c.sameReference(target, current), LeavesKeyOpen(target, current)
		},
	}
	if p.owned != nil {
		k.owned = p.owned.ForeignKeys
	}
	compareParts(c, p, going, k)
}

func (c *comparison) sameForeignKey(a, b *schema.ForeignKey) bool {
	return c.sameReference(a, b) &&
		c.action(a.OnDelete) == c.action(b.OnDelete) && c.action(a.OnUpdate) == c.action(b.OnUpdate) &&
		slices.Equal(a.SetColumns, b.SetColumns) && c.match(a.Match) == c.match(b.Match) && a.Deferrable == b.Deferrable &&
		a.NotValid == b.NotValid && a.NoEnforce == b.NoEnforce && c.fits(a.Comment, b.Comment)
}

// sameReference reports whether two keys lead from the same columns to the same ones.
func (c *comparison) sameReference(target, current *schema.ForeignKey) bool {
	return c.sameColumns(target.Columns, current.Columns) && c.fold(target.RefTable) == c.fold(current.RefTable) &&
		c.sameColumns(c.referred(target, c.to), c.referred(current, c.working))
}

// SameReference reports whether two foreign keys of a table lead from the same columns to the same ones of the same table.
// A key that names no columns of the other table leads to its primary key, which is taken to be what the other key names.
func SameReference(dialect schema.Dialect, a, b *schema.ForeignKey) bool {
	c := &comparison{dialect: dialect}
	return c.sameColumns(a.Columns, b.Columns) && c.fold(a.RefTable) == c.fold(b.RefTable) &&
		(len(a.RefColumns) == 0 || len(b.RefColumns) == 0 || c.sameColumns(a.RefColumns, b.RefColumns))
}

// LeavesKeyOpen reports whether a model's foreign key says nothing about what another one has besides its columns: no
// action, kind of match or deferral that is not the other's too, and no name of its own choice.
func LeavesKeyOpen(declared, current *schema.ForeignKey) bool {
	return (declared.Name == "" || declared.NameImplied || declared.Name == current.Name) &&
		(declared.OnDelete == schema.NoAction || declared.OnDelete == current.OnDelete) &&
		(declared.OnUpdate == schema.NoAction || declared.OnUpdate == current.OnUpdate) &&
		(len(declared.SetColumns) == 0 || slices.Equal(declared.SetColumns, current.SetColumns)) &&
		(declared.Match == "" || declared.Match == current.Match) &&
		(declared.Deferrable == schema.NotDeferrable || declared.Deferrable == current.Deferrable) &&
		!declared.NotValid && !declared.NoEnforce && (declared.Comment == "" || declared.Comment == current.Comment)
}

// referred returns the columns that a key refers to, also where the DDL leaves it to the primary key.
func (c *comparison) referred(key *schema.ForeignKey, s *schema.Schema) []string {
	if len(key.RefColumns) > 0 {
		return key.RefColumns
	}
	if table := s.Table(key.RefTable); table != nil && table.PrimaryKey != nil {
		return table.PrimaryKey.Columns
	}
	return nil
}

// action folds what an engine does not tell apart: MySQL treats RESTRICT and NO ACTION alike.
func (c *comparison) action(action schema.Action) schema.Action {
	if action == schema.Restrict && c.dialect == schema.MySQL {
		return schema.NoAction
	}
	return action
}

// match folds MATCH SIMPLE, and everything on the engines that ignore the clause.
func (c *comparison) match(match string) string {
	if c.dialect != schema.Postgres || match == "SIMPLE" {
		return ""
	}
	return match
}

// dropForeignKey is a change that drops a foreign key. SQLite keeps it with the table's other changes, since all of them
// are one rebuild.
func (c *comparison) dropForeignKey(table *schema.Table, key *schema.ForeignKey) change {
	out := c.dropConstraint(table.Name, &op.AddConstraint{Table: table.Name, ForeignKey: key.Clone()}, key.Columns)
	out.near[1] = rankDropForeignKey
	if c.dialect != schema.SQLite {
		out.phase = phaseDropForeignKeys
	}
	out.releases = append(out.releases, c.referenceKeys(key)...)
	if c.dialect == schema.MySQL {
		// The index under the key can only go after it.
		for _, index := range table.Indexes {
			out.releases = append(out.releases, c.indexKey(table.Name, index.Name))
		}
		for _, unique := range table.Uniques {
			out.releases = append(out.releases, c.constraintKey(table.Name, unique.Name))
		}
	}
	return out
}

// addForeignKey is a change that adds a foreign key to a table that is there by then.
func (c *comparison) addForeignKey(table *schema.Table, key *schema.ForeignKey) change {
	out := c.addConstraint(table.Name, &op.AddConstraint{Table: table.Name, ForeignKey: key.Clone()}, key.Columns)
	out.near[1] = rankAddForeignKey
	if c.dialect != schema.SQLite {
		out.phase = phaseAddForeignKeys
		out.uses = append(out.uses, c.referenceKeys(key)...)
	}
	return out
}
