package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// findSplits explains what looks like one column that became several, several that became one, or columns that moved to
// another table. None of these is a rename, so the values are lost unless a step carries them over.
func (c *comparison) findSplits(p pair, removed, added []*schema.Column, guesses []Rename) {
	if c.Renames == NeverRename || len(removed) == 0 {
		return
	}
	removed = slices.DeleteFunc(slices.Clone(removed), func(column *schema.Column) bool {
		guessed := slices.ContainsFunc(guesses, func(r Rename) bool { return r.From == column.Name })
		return guessed || column.Generated != nil || (!c.full() && c.columnOf(p.owned, column.Name) == nil)
	})
	added = slices.DeleteFunc(slices.Clone(added), func(column *schema.Column) bool {
		return column.Generated != nil || slices.ContainsFunc(guesses, func(r Rename) bool { return r.To == column.Name })
	})
	table := p.to.Name
	c.findMoves(p, removed)
	if len(removed) == 0 || len(added) == 0 || len(removed) == len(added) {
		return
	}
	fromSlots := slots(p.from, func(name string) bool { return !slices.ContainsFunc(removed, named(name)) })
	toSlots := slots(p.to, func(name string) bool { return !slices.ContainsFunc(added, named(name)) })
	many, one, slotsOfMany, slotOfOne := added, removed, toSlots, fromSlots
	if len(removed) > len(added) {
		many, one, slotsOfMany, slotOfOne = removed, added, fromSlots, toSlots
	}
	for _, single := range one {
		var parts []string
		for _, part := range many {
			a, b := slotOfOne[single.Name], slotsOfMany[part.Name]
			together := a.size == 1 && a.before == b.before && a.after == b.after
			if together || wordOverlap(words(single.Name), words(part.Name)) >= 0.5 {
				parts = append(parts, part.Name)
			}
		}
		if len(parts) < 2 || len(parts) > mostParts {
			continue
		}
		object := table.String() + "." + single.Name
		if len(removed) > len(added) {
			c.find("maybe-merge", Warning, object,
				fmt.Sprintf("%s went and %s came: perhaps they were put together; as written, the old values are lost", strings.Join(parts, ", "), single.Name),
				"add the new column, fill it with a Backfill from the old ones, and drop those afterwards")
			continue
		}
		c.find("maybe-split", Warning, object,
			fmt.Sprintf("%s went and %s came: perhaps it was split; as written, the old values are lost", single.Name, strings.Join(parts, ", ")),
			"add the new columns, fill them with a Backfill from the old one, and drop that afterwards")
	}
}

// mostParts bounds what passes for the parts of one column.
const mostParts = 6

// findMoves explains columns that went while a new table that refers to theirs has columns of the same names.
func (c *comparison) findMoves(p pair, removed []*schema.Column) {
	for table := range c.to.Tables.All() {
		if c.from.Tables.Has(table.Name) || !slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool { return key.RefTable == p.to.Name }) {
			continue
		}
		var moved []string
		for _, column := range removed {
			if other := c.columnOf(table, column.Name); other != nil && familyOf(other.Type) == familyOf(column.Type) {
				moved = append(moved, column.Name)
			}
		}
		if len(moved) > 0 {
			c.find("maybe-moved", Warning, p.to.Name.String()+"."+moved[0],
				fmt.Sprintf("%s went and the new table %s has the same: perhaps they moved; as written, the old values are lost", strings.Join(moved, ", "), table.Name),
				"between the new table and the drop, copy them with Exec: INSERT INTO … SELECT")
		}
	}
}
