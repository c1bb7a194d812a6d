package diff

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// renameColumns settles, in each table that both sides have, which columns that went became which that came. It returns
// the pairs with the renames carried out on their current side.
func (c *comparison) renameColumns(pairs []pair) ([]pair, error) {
	var settled []Rename
	for _, p := range pairs {
		renames, err := c.columnRenames(p)
		if err != nil {
			return nil, err
		}
		settled = append(settled, renames...)
	}
	stated := settled
	if c.KeepRenamed {
		stated = slices.Concat(settled, c.plan.Renames)
	}
	if err := c.leftoverIntents(stated); err != nil {
		return nil, err
	}
	if len(settled) == 0 && c.working == c.from { // nothing was renamed, and the pairs hold
		return pairs, nil
	}
	for _, rename := range untangle(settled) {
		operation := &op.RenameColumn{Table: rename.Table, From: rename.From, To: rename.To}
		if column := c.columnOf(c.to.Table(rename.Table), rename.To); column != nil {
			operation.Field = column.Field
		}
		c.apply(operation)
		k := keys{uses: []string{tableKey(rename.Table)}, creates: []string{columnKey(rename.Table, rename.To)}}
		if strings.HasPrefix(rename.From, swapPrefix) {
			k.uses = append(k.uses, columnKey(rename.Table, rename.From))
		} else {
			k.destroys = []string{columnKey(rename.Table, rename.From)}
		}
		c.add(change{op: operation, phase: phaseAlterTables, near: [3]string{rename.Table.String(), rankRenameColumn, rename.From}, keys: k})
	}
	for i := range settled {
		settled[i].Applied = true
	}
	c.plan.Renames = append(c.plan.Renames, settled...)
	out := make([]pair, len(pairs))
	for i, p := range pairs {
		out[i] = p
		name := p.from.Name
		out[i].from = c.normal(c.working.Table(name))
		if p.owned != nil {
			owned := p.owned.Clone()
			renameOwned(owned, p.to.Name, settled)
			out[i].owned = owned
		}
	}
	return out, nil
}

func renameOwned(owned *schema.Table, table schema.Name, settled []Rename) {
	for _, rename := range settled {
		if rename.Table != table {
			continue
		}
		if column := owned.Column(rename.From); column != nil {
			column.Name = rename.To
		}
	}
}

// swapPrefix begins the temporary name of a column in a swap.
const swapPrefix = "retort_swap_"

// untangle puts the renames of one table in an order in which no name is taken yet, and swaps over a temporary name.
func untangle(renames []Rename) []Rename {
	var out []Rename
	waiting := slices.Clone(renames)
	occupied := func(r Rename) bool {
		return slices.ContainsFunc(waiting, func(other Rename) bool { return other.Table == r.Table && other.From == r.To })
	}
	for len(waiting) > 0 {
		at := slices.IndexFunc(waiting, func(r Rename) bool { return !occupied(r) })
		if at >= 0 {
			out = append(out, waiting[at])
			waiting = slices.Delete(waiting, at, at+1)
			continue
		}
		// Only cycles are left: park one column under a name of its own.
		first := waiting[0]
		temporary := swapPrefix + first.From
		if first.Kind == "table" {
			name := schema.ParseName(first.From)
			temporary = schema.Name{Schema: name.Schema, Name: swapPrefix + name.Name}.String()
		}
		out = append(out, Rename{Kind: first.Kind, Table: first.Table, From: first.From, To: temporary})
		waiting[0].From = temporary
	}
	return out
}

// columnRenames returns the settled renames of one table and flags the likely ones.
func (c *comparison) columnRenames(p pair) ([]Rename, error) {
	var removed, added []*schema.Column
	for _, column := range p.from.Columns {
		if c.columnOf(p.to, column.Name) == nil && !slices.Contains(p.to.IgnoredColumns, column.Name) {
			removed = append(removed, column)
		}
	}
	for _, column := range p.to.Columns {
		if c.columnOf(p.from, column.Name) == nil {
			added = append(added, column)
		}
	}
	settled, err := c.statedColumnRenames(p, removed, added)
	if err != nil {
		return nil, err
	}
	for _, rename := range settled {
		removed = slices.DeleteFunc(removed, func(column *schema.Column) bool { return column.Name == rename.From })
		added = slices.DeleteFunc(added, func(column *schema.Column) bool { return column.Name == rename.To })
	}
	guesses := c.guessColumns(p, removed, added)
	if c.KeepRenamed {
		settled = c.keepRenamed(p, settled)
	}
	for _, guess := range guesses {
		if c.KeepRenamed {
			c.plan.Renames = append(c.plan.Renames, guess)
			continue
		}
		if c.settle(&guess) {
			settled = append(settled, guess)
			continue
		}
		c.flag(guess)
	}
	c.findSplits(p, removed, added, guesses)
	return settled, nil
}

// keepRenamed lists the settled renames that stay a drop and an addition, and returns the others: those that pass a name on.
func (c *comparison) keepRenamed(p pair, settled []Rename) []Rename {
	var out []Rename
	for _, rename := range settled {
		if p.from.Column(rename.To) != nil || p.to.Column(rename.From) != nil {
			out = append(out, rename)
			continue
		}
		c.plan.Renames = append(c.plan.Renames, rename)
	}
	return out
}

// statedColumnRenames returns the renames of columns that the user or the models state. A swap of two columns can only be
// stated: there both names are on both sides.
func (c *comparison) statedColumnRenames(p pair, removed, added []*schema.Column) ([]Rename, error) {
	table := p.to.Name
	has := func(columns []*schema.Column, name string) bool {
		return slices.ContainsFunc(columns, func(column *schema.Column) bool { return column.Name == name })
	}
	swapped := func(intent Intent) bool {
		return slices.ContainsFunc(c.Intents, func(other Intent) bool {
			return other.Table == intent.Table && !other.Never && other.To == intent.From
		})
	}
	var out []Rename
	for _, intent := range c.Intents {
		if intent.Never || intent.Table == "" || (intent.Table != table.String() && intent.Table != p.from.Name.String()) {
			continue
		}
		switch {
		case p.from.Column(intent.From) == nil:
			return nil, &IntentError{Intent: intent, Reason: "there is no such column"}
		case !has(removed, intent.From) && !swapped(intent):
			return nil, &IntentError{Intent: intent, Reason: "the column " + intent.From + " is still in the models"}
		case p.to.Column(intent.To) == nil:
			return nil, &IntentError{Intent: intent, Reason: "no model has the column " + intent.To}
		case !has(added, intent.To) && !slices.ContainsFunc(c.Intents, func(o Intent) bool { return o.Table == intent.Table && o.From == intent.To }):
			return nil, &IntentError{Intent: intent, Reason: "there is a column " + intent.To + " already"}
		}
		out = append(out, Rename{Kind: "column", Table: table, From: intent.From, To: intent.To, Certainty: Certain, Score: 1, Reasons: []string{"stated"}})
	}
	for _, column := range added {
		for _, was := range column.WasNamed {
			known := slices.ContainsFunc(out, func(r Rename) bool { return r.To == column.Name || r.From == was })
			if has(removed, was) && !known {
				out = append(out, Rename{
					Kind: "column", Table: table, From: was, To: column.Name, Certainty: Certain, Score: 1,
					Reasons: []string{"the model says that it was " + was},
				})
			}
		}
	}
	if c.Renames != NeverRename {
		out = append(out, c.sameFields(p, removed, added, out)...)
	}
	return out, nil
}

// sameFields returns the columns that come from the Go field of one that went. A revision records the field where the
// column's name does not follow from it; where none is recorded, it follows.
func (c *comparison) sameFields(p pair, removed, added []*schema.Column, settled []Rename) []Rename {
	var out []Rename
	for _, to := range added {
		if to.Origin.Field == "" || c.refused(p.to.Name.String(), to.Name) {
			continue
		}
		for _, from := range removed {
			recorded := from.Field
			if owned := c.columnOf(p.owned, from.Name); owned != nil {
				recorded = owned.Field
			}
			same := recorded == to.Origin.Field || recorded == "" && from.Name == to.Natural
			known := slices.ContainsFunc(slices.Concat(settled, out), func(r Rename) bool { return r.From == from.Name || r.To == to.Name })
			ours := c.full() || c.columnOf(p.owned, from.Name) != nil
			if same && ours && !known && (from.Generated == nil) == (to.Generated == nil) && convertible(from.Type, to.Type) {
				out = append(out, Rename{
					Kind: "column", Table: p.to.Name, From: from.Name, To: to.Name, Certainty: Certain, Score: 1,
					Reasons: []string{"the same field " + to.Origin.String()},
				})
			}
		}
	}
	return out
}

// leftoverIntents reports a stated rename of a column whose table is on neither or only one side.
func (c *comparison) leftoverIntents(settled []Rename) error {
	for _, intent := range c.Intents {
		if intent.Never || intent.Table == "" || c.from.Enums.Has(schema.ParseName(intent.Table)) {
			continue
		}
		if !slices.ContainsFunc(settled, func(r Rename) bool { return r.From == intent.From && r.To == intent.To }) {
			return &IntentError{Intent: intent, Reason: "there is no table " + intent.Table + " on both sides"}
		}
	}
	return nil
}

// guessColumns scores the columns that went against those that came.
func (c *comparison) guessColumns(p pair, removed, added []*schema.Column) []Rename {
	if c.Renames == NeverRename {
		return nil
	}
	removed = slices.DeleteFunc(slices.Clone(removed), func(column *schema.Column) bool {
		return !c.full() && c.columnOf(p.owned, column.Name) == nil
	})
	if len(removed) == 0 || len(added) == 0 {
		return nil
	}
	scorer := newScorer(c, p, removed, added)
	var candidates []candidate
	for i, from := range removed {
		for j, to := range added {
			if c.refused(p.to.Name.String(), to.Name) {
				continue
			}
			if score, reasons, ok := scorer.score(from, to); ok {
				candidates = append(candidates, candidate{from: i, to: j, score: score, reasons: reasons})
			}
		}
	}
	var out []Rename
	for _, match := range assign(candidates, len(removed), len(added)) {
		certainty := Possible
		switch {
		case match.score < 0.30:
			continue
		case match.score >= 0.80 && !match.rivalled:
			certainty = Likely
		}
		out = append(out, Rename{
			Kind: "column", Table: p.to.Name, From: removed[match.from].Name, To: added[match.to].Name,
			Certainty: certainty, Score: match.score, Reasons: match.reasons,
		})
	}
	slices.SortFunc(out, func(a, b Rename) int { return strings.Compare(a.From, b.From) })
	return out
}
