package reflect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// group puts the models of one table together and returns the one of each table that describes it: the struct whose
// columns include those of all others. The others are projections, read models and the like.
func (r *reader) group(models []*model) []*model {
	groups := map[schema.Name][]*model{}
	var order []schema.Name
	for _, m := range models {
		if len(groups[m.name]) == 0 {
			order = append(order, m.name)
		}
		groups[m.name] = append(groups[m.name], m)
	}
	var out []*model
	for _, name := range order {
		if m := r.choose(groups[name]); m != nil {
			out = append(out, m)
		}
	}
	return out
}

// choose returns the model that describes the table of a group.
func (r *reader) choose(group []*model) *model {
	slices.SortStableFunc(group, func(a, b *model) int {
		if by := len(b.table.Columns) - len(a.table.Columns); by != 0 {
			return by
		}
		if a.extends != b.extends {
			if a.extends {
				return 1
			}
			return -1
		}
		return strings.Compare(a.typeName(), b.typeName())
	})
	whole := group[0]
	whole.members = group
	ok := true
	for _, other := range group[1:] {
		ok = r.fits(whole, other) && ok
	}
	if !ok {
		return nil
	}
	return whole
}

// fits reports whether one model's columns are among the whole's, and says what is odd about it.
func (r *reader) fits(whole, other *model) bool {
	const wayOut = `make one struct have all columns, or say ddl:"-" on the bun.BaseModel of the one that only reads`
	origin, wholeOrigin := r.typeOrigin(other.typ), r.typeOrigin(whole.typ)
	if extra := missing(other, whole); len(extra) > 0 {
		r.failAt(origin, fmt.Sprintf("the table %s is also that of %s, which lacks %s here and has %s instead", whole.name, place(wholeOrigin),
			strings.Join(extra, ", "), strings.Join(missing(whole, other), ", ")), wayOut)
		return false
	}
	sameColumns := len(other.table.Columns) == len(whole.table.Columns)
	for _, column := range other.table.Columns {
		if !whole.hasColumn(column.Name) {
			continue // scanonly there
		}
		difference := contradiction(whole.columns[column.Name], column, sameColumns)
		if difference == "" {
			continue
		}
		if sameColumns {
			r.failAt(column.Origin, fmt.Sprintf("column %s of table %s %s at %s", column.Name, whole.name, difference,
				place(whole.columns[column.Name].Origin)), wayOut)
			return false
		}
		r.note(Projection, Warning, column.Origin, fmt.Sprintf("column %s of table %s %s at %s, which holds",
			column.Name, whole.name, difference, place(whole.columns[column.Name].Origin)), "say the same at both places")
	}
	if !other.declared.Empty() && !whole.extends && !other.extends {
		r.note(IgnoredDeclaration, Warning, origin, fmt.Sprintf("what it declares about the table %s is ignored: %s describes the table",
			whole.name, place(wholeOrigin)), "move the ddl tags or the DDL method there")
	}
	if whole.extends && len(missing(whole, other)) > 0 {
		r.note(Projection, Info, wholeOrigin, fmt.Sprintf("the columns %s of table %s come from a struct that extends %s",
			strings.Join(missing(whole, other), ", "), whole.name, other.typeName()),
			"mark them scanonly if the table does not have them")
	}
	return true
}

// missing returns the columns that a has and b lacks.
func missing(a, b *model) []string {
	var names []string
	for _, column := range a.table.Columns {
		if !b.hasColumn(column.Name) && !slices.Contains(b.table.IgnoredColumns, column.Name) {
			names = append(names, column.Name)
		}
	}
	return names
}

// contradiction says how two definitions of a column differ, or returns "". A projection may leave attributes unsaid.
func contradiction(whole, part *schema.Column, sameColumns bool) string {
	implied := func(key string) bool { return slices.Contains(part.Implied, key) && !sameColumns }
	switch {
	case !strings.EqualFold(whole.Type, part.Type) && !implied(schema.AttributeType):
		return fmt.Sprintf("has type %s here and %s", part.Type, whole.Type)
	case whole.NotNull != part.NotNull && !implied(schema.AttributeNotNull):
		if part.NotNull {
			return "is NOT NULL here and not so"
		}
		return "is nullable here and not so"
	case whole.Default != part.Default && !implied(schema.AttributeDefault):
		return fmt.Sprintf("has default %q here and %q", part.Default, whole.Default)
	}
	return ""
}

func sortedByName(models []*model) []*model {
	return slices.SortedFunc(slices.Values(models), func(a, b *model) int { return a.name.Compare(b.name) })
}
