package diff

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// scorer tells how likely it is that one column of a table became another. The score is a probability: the logistic
// function of a sum of signals. The weights of the signals marked "fit" were fitted to real schema histories, the others
// are prior guesses.
type scorer struct {
	c              *comparison
	p              pair
	removed, added []*schema.Column
	names          map[[2]string]float64
	// fromSlots and toSlots hold the places of the columns that went and came.
	fromSlots, toSlots map[string]slot
}

const (
	weightConstant   = -3.7 // fit
	weightDefinition = 1.2  // fit: type, null, default, identity are all equal
	weightOnlySuch   = 1.6  // fit: … and no other pair of the table is as equal
	weightOnlyPair   = 1.3  // fit: one column went and one came
	weightBestName   = 2.0  // fit: each is the other's most similar name
	weightName       = 0.45 // fit, times the similarity of the names
	weightType       = 0.85 // fit, times the similarity of the types
	weightSameTarget = 0.35 // fit: both refer to the same table
	weightAttributes = 0.2  // fit, for each of null and key equal
	weightSameSlot   = 1.5  // prior: same place between the columns that stay
	weightSameRole   = 0.7  // prior: same role in an index or key
	weightOneRefers  = -1.0 // prior: one refers to a table and the other does not
)

func newScorer(c *comparison, p pair, removed, added []*schema.Column) *scorer {
	s := &scorer{c: c, p: p, removed: removed, added: added, names: map[[2]string]float64{}}
	s.fromSlots = slots(p.from, func(name string) bool { return !slices.ContainsFunc(removed, named(name)) })
	s.toSlots = slots(p.to, func(name string) bool { return !slices.ContainsFunc(added, named(name)) })
	for _, from := range removed {
		for _, to := range added {
			s.names[[2]string{from.Name, to.Name}] = nameSimilarity(from.Name, to.Name)
		}
	}
	return s
}

func named(name string) func(*schema.Column) bool {
	return func(column *schema.Column) bool { return column.Name == name }
}

// unlikeLimit bounds the score of a pair whose names share nothing and whose places differ: such a pair may be called
// possible, and never likely. Nothing but the type speaks for it.
const unlikeLimit = 0.70

// score returns the probability and the reasons in words. The last result is false for pairs that cannot be renames:
// foreign keys to different tables, a generated and a plain column, types without a conversion.
func (s *scorer) score(from, to *schema.Column) (float64, []string, bool) {
	fromTable, fromKey := s.refers(s.p.from, from.Name)
	toTable, toKey := s.refers(s.p.to, to.Name)
	if (fromKey && toKey && fromTable != toTable) || (from.Generated == nil) != (to.Generated == nil) {
		return 0, nil, false
	}
	similarity := s.names[[2]string{from.Name, to.Name}]
	typeScore := s.typeSimilarity(from, to)
	if typeScore == 0 || (typeScore < 0.5 && similarity == 0) {
		return 0, nil, false
	}
	var reasons []string
	z := weightConstant + weightType*typeScore
	because := func(weight float64, reason string) {
		z += weight
		reasons = append(reasons, reason)
	}
	switch {
	case s.equal(from, to) && s.onlySuch(from, to):
		because(weightDefinition+weightOnlySuch, "same definition, and no other pair has it")
	case s.equal(from, to):
		because(weightDefinition, "same definition")
	case typeScore == 1:
		reasons = append(reasons, "same type")
	}
	if len(s.removed) == 1 && len(s.added) == 1 {
		because(weightOnlyPair, "only candidate")
	}
	z += weightName * similarity
	if similarity > 0 && s.bestNames(from, to) {
		because(weightBestName, fmt.Sprintf("name similarity %.2f", similarity))
	}
	if fromKey && toKey {
		because(weightSameTarget, "both refer to "+toTable.String())
	}
	if fromKey != toKey {
		z += weightOneRefers
	}
	if from.NotNull == to.NotNull {
		z += weightAttributes
	}
	if s.inKey(s.p.from, from.Name) == s.inKey(s.p.to, to.Name) {
		z += weightAttributes
	}
	if s.sameSlot(from, to) {
		place := "same place"
		if s.p.to.Origin.Type != "" {
			place += " in " + s.p.to.Origin.Type
		}
		because(weightSameSlot, place)
	}
	if s.sameRole(from, to) {
		because(weightSameRole, "same index or key")
	}
	probability := 1 / (1 + math.Exp(-z))
	if similarity == 0 && !s.sameSlot(from, to) {
		probability = min(probability, unlikeLimit)
	}
	return probability, reasons, true
}

func (s *scorer) refers(table *schema.Table, column string) (schema.Name, bool) {
	for _, key := range table.ForeignKeys {
		if slices.Contains(key.Columns, column) {
			return key.RefTable, true
		}
	}
	return schema.Name{}, false
}

// typeSimilarity is 1 for the same type, less for another length or family, and 0 where no value could survive.
func (s *scorer) typeSimilarity(from, to *schema.Column) float64 {
	if from.Type == to.Type || s.c.Equality != nil && s.c.Equality.EqualTypes(to.Type, from.Type) {
		return 1
	}
	if canon := s.c.columnOf(s.p.canon, to.Name); canon != nil && canon.Type == from.Type {
		return 1
	}
	return typeLikeness(from.Type, to.Type)
}

// convertible reports whether a value of one type could survive as one of the other.
func convertible(from, to string) bool { return from == to || typeLikeness(from, to) > 0 }

func typeLikeness(from, to string) float64 {
	baseFrom, _, _ := strings.Cut(strings.ToLower(from), "(")
	baseTo, _, _ := strings.Cut(strings.ToLower(to), "(")
	if baseFrom == baseTo {
		return 0.9
	}
	a, b := familyOf(from), familyOf(to)
	switch {
	case a == b && a != others:
		return 0.75
	case a == texts || b == texts, a == numbers && b == booleans, a == booleans && b == numbers:
		return 0.3
	}
	return 0
}

func (s *scorer) equal(from, to *schema.Column) bool {
	return s.typeSimilarity(from, to) == 1 && from.NotNull == to.NotNull && s.sameDefault(from, to) && sameIdentity(to.Identity, from.Identity)
}

func (s *scorer) sameDefault(from, to *schema.Column) bool {
	if from.Default == to.Default || s.c.Equality != nil && s.c.Equality.EqualDefaults(to.Type, to.Default, from.Default) {
		return true
	}
	canon := s.c.columnOf(s.p.canon, to.Name)
	return canon != nil && canon.Default == from.Default
}

// onlySuch reports whether no other candidate is as equal to either column.
func (s *scorer) onlySuch(from, to *schema.Column) bool {
	for _, other := range s.removed {
		if other != from && s.equal(other, to) {
			return false
		}
	}
	for _, other := range s.added {
		if other != to && s.equal(from, other) {
			return false
		}
	}
	return true
}

func (s *scorer) bestNames(from, to *schema.Column) bool {
	best := s.names[[2]string{from.Name, to.Name}]
	for _, other := range s.removed {
		if other != from && s.names[[2]string{other.Name, to.Name}] >= best {
			return false
		}
	}
	for _, other := range s.added {
		if other != to && s.names[[2]string{from.Name, other.Name}] >= best {
			return false
		}
	}
	return true
}

// slot is a place in a table: a gap between two columns that stay, and the place in the gap.
type slot struct {
	before, after string
	at, size      int
}

// slots returns the slot of each column that is not kept.
func slots(table *schema.Table, kept func(name string) bool) map[string]slot {
	out := map[string]slot{}
	before := ""
	var gap []string
	closeGap := func(after string) {
		for i, name := range gap {
			out[name] = slot{before: before, after: after, at: i, size: len(gap)}
		}
		gap = nil
	}
	for _, column := range table.Columns {
		if !kept(column.Name) {
			gap = append(gap, column.Name)
			continue
		}
		closeGap(column.Name)
		before = column.Name
	}
	closeGap("")
	return out
}

// sameSlot reports whether both columns stand in the same place between the columns that stay.
func (s *scorer) sameSlot(from, to *schema.Column) bool {
	a, found := s.fromSlots[from.Name]
	return found && a == s.toSlots[to.Name]
}

func (s *scorer) inKey(table *schema.Table, name string) bool {
	if key := table.PrimaryKey; key != nil && slices.Contains(key.Columns, name) {
		return true
	}
	return slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return slices.Contains(u.Columns, name) })
}

// sameRole reports whether some key or index is the same once the one column stands for the other.
func (s *scorer) sameRole(from, to *schema.Column) bool {
	substituted := func(columns []string) []string {
		out := slices.Clone(columns)
		for i := range out {
			if out[i] == from.Name {
				out[i] = to.Name
			}
		}
		return out
	}
	for _, index := range s.p.from.Indexes {
		if columns := index.Columns(); slices.Contains(columns, from.Name) && slices.ContainsFunc(s.p.to.Indexes, func(other *schema.Index) bool {
			return other.Unique == index.Unique && slices.Equal(other.Columns(), substituted(columns))
		}) {
			return true
		}
	}
	for _, unique := range s.p.from.Uniques {
		if slices.Contains(unique.Columns, from.Name) && slices.ContainsFunc(s.p.to.Uniques, func(other *schema.Unique) bool {
			return slices.Equal(other.Columns, substituted(unique.Columns))
		}) {
			return true
		}
	}
	return false
}

func tableReasons(common, union int, similarity float64) []string {
	return []string{fmt.Sprintf("%d of %d columns in common", common, union), fmt.Sprintf("name similarity %.2f", similarity)}
}

func percent(score float64) string { return fmt.Sprintf("%.2f", score) }
