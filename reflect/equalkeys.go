package reflect

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/schema"
)

// mergeEqualKeys leaves out the unique constraints that PostgreSQL leaves out of a CREATE TABLE: those over the columns of
// the primary key, and those over the columns of an earlier one (transformIndexConstraints in parse_utilcmd.c). The one
// that stays takes the name of the other if it has none. Many models say "pk,unique" on every key; without this rule each
// would want a constraint that the server never makes.
func (r *reader) mergeEqualKeys(m *model) {
	var kept []*schema.Unique
	for _, unique := range m.table.Uniques {
		if key := m.table.PrimaryKey; key != nil && equalsPrimaryKey(key, unique) {
			if key.Name == "" && unique.Name != "" {
				key.Name, key.NameImplied = unique.Name, true
			} else {
				r.noteMerged(unique, key.Name)
			}
			continue
		}
		at := slices.IndexFunc(kept, func(before *schema.Unique) bool { return equalUniques(before, unique) })
		if at < 0 {
			kept = append(kept, unique)
			continue
		}
		if kept[at].Name == "" {
			kept[at].Name = unique.Name
			continue
		}
		r.noteMerged(unique, kept[at].Name)
	}
	m.table.Uniques = kept
}

// noteMerged says that a name was lost.
func (r *reader) noteMerged(unique *schema.Unique, by string) {
	if unique.Name == "" || unique.Name == by {
		return
	}
	other := by
	if other == "" {
		other = "the primary key"
	}
	r.note(IgnoredDeclaration, Info, unique.Origin,
		fmt.Sprintf("PostgreSQL makes no unique constraint %s beside %s, which is over the same columns", unique.Name, other),
		"remove one of the two")
}

func equalsPrimaryKey(key *schema.PrimaryKey, unique *schema.Unique) bool {
	return slices.Equal(key.Columns, unique.Columns) && slices.Equal(key.Include, unique.Include) &&
		key.Deferrable == unique.Deferrable && !unique.NullsNotDistinct
}

func equalUniques(a, b *schema.Unique) bool {
	return slices.Equal(a.Columns, b.Columns) && slices.Equal(a.Include, b.Include) &&
		a.Deferrable == b.Deferrable && a.NullsNotDistinct == b.NullsNotDistinct
}
