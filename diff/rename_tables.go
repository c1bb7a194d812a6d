package diff

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// renameTables settles which removed tables became which added ones. Renamed ones are returned as pairs; what is not
// renamed stays in removed and added. Likely but unsettled pairs are flagged.
func (c *comparison) renameTables(removed, added []*schema.Table) (renamed []pair, stillRemoved, stillAdded []*schema.Table, err error) {
	settled, err := c.statedTableRenames(removed, added)
	if err != nil {
		return nil, nil, nil, err
	}
	taken := func(table *schema.Table) bool {
		return slices.ContainsFunc(settled, func(r Rename) bool {
			return r.From == table.Name.String() || r.To == table.Name.String()
		})
	}
	removed = slices.DeleteFunc(slices.Clone(removed), taken)
	added = slices.DeleteFunc(slices.Clone(added), taken)
	for _, guess := range c.guessTables(removed, added) {
		if c.settle(&guess) {
			settled = append(settled, guess)
			removed = slices.DeleteFunc(removed, func(t *schema.Table) bool { return t.Name.String() == guess.From })
			added = slices.DeleteFunc(added, func(t *schema.Table) bool { return t.Name.String() == guess.To })
			continue
		}
		c.flag(guess)
	}
	for _, rename := range settled {
		rename.Applied = true
		c.plan.Renames = append(c.plan.Renames, rename)
	}
	for _, rename := range untangle(settled) {
		from, to := schema.ParseName(rename.From), schema.ParseName(rename.To)
		operation := &op.RenameTable{From: from, To: to}
		if table := c.to.Table(to); table != nil {
			operation.Model = table.Model
		}
		c.apply(operation)
		k := keys{creates: []string{tableKey(to)}}
		if strings.HasPrefix(from.Name, swapPrefix) {
			k.uses = []string{tableKey(from)}
		} else {
			k.destroys = []string{tableKey(from)}
		}
		c.add(change{op: operation, phase: phaseRenameTables, near: [3]string{to.String()}, keys: k})
	}
	for _, rename := range settled {
		from, to := schema.ParseName(rename.From), schema.ParseName(rename.To)
		renamed = append(renamed, c.newPair(c.working.Table(to), c.to.Table(to), from))
	}
	return renamed, removed, added, nil
}

// apply carries a settled rename out on a copy of the current schema, so that everything after compares under new names.
func (c *comparison) apply(rename op.Operation) {
	if c.working == c.from {
		c.working = c.from.Clone()
	}
	// A rename that was checked against both sides always fits.
	_ = rename.Apply(c.working)
}

// statedTableRenames returns the renames of tables that the user or the models state.
func (c *comparison) statedTableRenames(removed, added []*schema.Table) ([]Rename, error) {
	has := func(tables []*schema.Table, name string) bool {
		return slices.ContainsFunc(tables, func(t *schema.Table) bool { return t.Name.String() == name })
	}
	var out []Rename
	for _, intent := range c.Intents {
		if intent.Table != "" || intent.Never {
			continue
		}
		switch {
		case !has(removed, intent.From):
			return nil, &IntentError{Intent: intent, Reason: "no table " + intent.From + " went away"}
		case !has(added, intent.To):
			return nil, &IntentError{Intent: intent, Reason: "no table " + intent.To + " is new"}
		}
		out = append(out, Rename{Kind: "table", From: intent.From, To: intent.To, Certainty: Certain, Score: 1, Reasons: []string{"stated"}})
	}
	for _, table := range added {
		for _, was := range table.WasNamed {
			from := schema.ParseName(was)
			if from.Schema == "" {
				from.Schema = table.Name.Schema
			}
			known := slices.ContainsFunc(out, func(r Rename) bool { return r.To == table.Name.String() || r.From == from.String() })
			if has(removed, from.String()) && !known {
				out = append(out, Rename{
					Kind: "table", From: from.String(), To: table.Name.String(), Certainty: Certain, Score: 1,
					Reasons: []string{"the model says that it was " + was},
				})
			}
		}
	}
	if c.Renames != NeverRename {
		out = append(out, c.sameModels(removed, added, out)...)
	}
	return out, nil
}

// sameModels returns the tables that come from the Go type of one that went, as sameFields does for columns.
func (c *comparison) sameModels(removed, added []*schema.Table, settled []Rename) []Rename {
	taken := map[string]bool{}
	for _, rename := range settled {
		taken["from "+rename.From], taken["to "+rename.To] = true, true
	}
	byModel, byName := map[string]*schema.Table{}, map[schema.Name]*schema.Table{}
	for _, from := range removed {
		model, ours := from.Model, c.full()
		if c.Owned != nil && c.Owned.Table(from.Name) != nil {
			model, ours = c.Owned.Table(from.Name).Model, true
		}
		switch {
		case !ours || taken["from "+from.Name.String()]:
		case model == "":
			byName[from.Name] = from
		default:
			byModel[model] = from
		}
	}
	var out []Rename
	for _, to := range added {
		from := byModel[to.Origin.Type]
		if from == nil {
			from = byName[schema.Name{Schema: to.Name.Schema, Name: to.Natural}]
		}
		unlike := from == nil || from.Name.Schema != to.Name.Schema || !sharesColumn(from, to)
		if unlike || to.Origin.Type == "" || taken["from "+from.Name.String()] || taken["to "+to.Name.String()] || c.refused("", to.Name.String()) {
			continue
		}
		taken["from "+from.Name.String()] = true
		out = append(out, Rename{
			Kind: "table", From: from.Name.String(), To: to.Name.String(), Certainty: Certain, Score: 1,
			Reasons: []string{"the same model " + to.Origin.Type},
		})
	}
	return out
}

// sharesColumn reports whether two tables have a column in common that not every table has.
func sharesColumn(a, b *schema.Table) bool {
	theirs := shape(b)
	for column := range shape(a) {
		if theirs[column] && columnWeight(column) == 1 {
			return true
		}
	}
	return false
}

// mostTablePairs bounds the work of comparing every table that went with every one that came.
const mostTablePairs = 40_000

// guessTables scores removed tables against added ones of the same namespace: mostly by the share of columns that they
// have in common.
func (c *comparison) guessTables(removed, added []*schema.Table) []Rename {
	if c.Renames == NeverRename {
		return nil
	}
	removed = slices.DeleteFunc(slices.Clone(removed), func(t *schema.Table) bool {
		return !c.full() && c.Owned.Table(t.Name) == nil
	})
	if len(removed) == 0 || len(added) == 0 {
		return nil
	}
	if len(removed)*len(added) > mostTablePairs {
		c.find("renames-not-sought", Info, "tables", "too many tables went and came to look for renames among them", "state renames with --rename old=new")
		return nil
	}
	shapes := map[*schema.Table]map[string]bool{}
	for _, table := range slices.Concat(removed, added) {
		shapes[table] = shape(table)
	}
	var candidates []candidate
	for i, from := range removed {
		for j, to := range added {
			if from.Name.Schema != to.Name.Schema || c.refused("", to.Name.String()) {
				continue
			}
			common, union := 0, len(shapes[to])
			shared, all := 0.0, 0.0
			for column := range shapes[from] {
				all += columnWeight(column)
				if shapes[to][column] {
					common++
					shared += columnWeight(column)
					continue
				}
				union++
			}
			for column := range shapes[to] {
				if !shapes[from][column] {
					all += columnWeight(column)
				}
			}
			if all == 0 || shared/all < 0.5 {
				continue
			}
			overlap := shared / all
			similarity := nameSimilarity(from.Name.Name, to.Name.Name)
			score := 0.60*overlap + 0.25 + 0.15*similarity
			if from.PrimaryKey != nil && to.PrimaryKey != nil && !slices.Equal(from.PrimaryKey.Columns, to.PrimaryKey.Columns) {
				score -= 0.15
			}
			candidates = append(candidates, candidate{from: i, to: j, score: score, reasons: tableReasons(common, union, similarity)})
		}
	}
	var out []Rename
	for _, match := range assign(candidates, len(removed), len(added)) {
		certainty := Possible
		switch {
		case match.score < 0.55:
			continue
		case match.score >= 0.80 && !match.rivalled:
			certainty = Likely
		}
		out = append(out, Rename{
			Kind: "table", From: removed[match.from].Name.String(), To: added[match.to].Name.String(),
			Certainty: certainty, Score: match.score, Reasons: match.reasons,
		})
	}
	return out
}

// shape returns a table's columns by name and family of type.
func shape(table *schema.Table) map[string]bool {
	out := make(map[string]bool, len(table.Columns))
	for _, column := range table.Columns {
		out[strings.ToLower(column.Name)+" "+string(familyOf(column.Type))] = true
	}
	return out
}

// commonColumns lists columns that so many tables have that they say little.
var commonColumns = map[string]bool{"id": true, "name": true, "created_at": true, "updated_at": true, "deleted_at": true, "uuid": true}

func columnWeight(shaped string) float64 {
	name, _, _ := strings.Cut(shaped, " ")
	if commonColumns[name] {
		return 0.25
	}
	return 1
}

func (c *comparison) refused(table, to string) bool {
	return slices.ContainsFunc(c.Intents, func(i Intent) bool { return i.Never && i.Table == table && i.To == to })
}

// settle decides whether a guessed rename is carried out.
func (c *comparison) settle(guess *Rename) bool {
	return c.Renames == AcceptRenames && guess.Certainty == Likely
}

// flag keeps a guessed rename as drop and add and says so.
func (c *comparison) flag(guess Rename) {
	c.plan.Renames = append(c.plan.Renames, guess)
	c.flags = append(c.flags, guess)
	object, option := guess.From, guess.From+"="+guess.To
	if guess.Kind == "column" {
		object, option = guess.Table.String()+"."+guess.From, guess.Table.String()+"."+guess.From+"="+guess.To
	}
	c.find(string(guess.Certainty)+"-rename", Decision, object,
		"perhaps renamed to "+guess.To+" ("+percent(guess.Score)+": "+strings.Join(guess.Reasons, ", ")+"); as written, its values are lost",
		"retort resolve --rename "+option+" or --drop "+object)
}

func (c *comparison) flaggedTable(name schema.Name) string {
	for _, flag := range c.flags {
		if flag.Kind == "table" && flag.From == name.String() {
			return flag.To
		}
	}
	return ""
}

func (c *comparison) flaggedColumn(table schema.Name, from string) string {
	for _, flag := range c.flags {
		if flag.Kind == "column" && flag.Table == table && flag.From == from {
			return flag.To
		}
	}
	return ""
}

func (c *comparison) flaggedSource(table schema.Name, to string) string {
	for _, flag := range c.flags {
		if flag.Kind == "column" && flag.Table == table && flag.To == to {
			return flag.From
		}
	}
	return ""
}
