package reflect

import (
	"cmp"
	"errors"
	"fmt"
	stdreflect "reflect"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

func (m *model) hasColumn(name string) bool { return m.columns[name] != nil }

// knowColumns reports columns that the table does not have.
func (r *reader) knowColumns(m *model, origin schema.Origin, lists ...[]string) bool {
	ok := true
	for _, list := range lists {
		for _, name := range list {
			if !m.hasColumn(name) {
				r.unknownColumn(m, origin, name)
				ok = false
			}
		}
	}
	return ok
}

func (r *reader) applyPrimaryKey(m *model) {
	for _, declared := range m.declared.PrimaryKeys {
		if !r.knowColumns(m, declared.Origin, declared.Columns, declared.Include) {
			continue
		}
		key := m.table.PrimaryKey
		if key == nil {
			if len(declared.Columns) == 0 {
				r.failAt(declared.Origin, "the table has no primary key to be named", "add the pk option to a field's bun tag")
				continue
			}
			key = &schema.PrimaryKey{Origin: declared.Origin}
			m.table.PrimaryKey = key
		}
		if declared.Name != "" && key.Name != "" && declared.Name != key.Name {
			r.failAt(declared.Origin, fmt.Sprintf("the primary key is named %s here and %s at %s", declared.Name, key.Name, place(key.Origin)),
				"keep one of the two")
			continue
		}
		if declared.Name != "" {
			key.Name, key.Origin = declared.Name, declared.Origin
		}
		if len(declared.Columns) > 0 {
			key.Columns = slices.Clone(declared.Columns)
			for _, name := range key.Columns {
				m.columns[name].NotNull = true
			}
		}
		key.Include = append(key.Include, declared.Include...)
		key.Deferrable = cmp.Or(declared.Deferrable, key.Deferrable)
	}
	if m.table.PrimaryKey != nil && r.server.Dialect == schema.MySQL {
		m.table.PrimaryKey.Name = "" // always PRIMARY
	}
}

// applyUniques adds unique constraints, or refines the unnamed one that bun's tag made over the same columns.
func (r *reader) applyUniques(m *model) {
	for _, declared := range m.declared.Uniques {
		if !r.knowColumns(m, declared.Origin, declared.Columns, declared.Include) {
			continue
		}
		unique := declared.Clone()
		if len(unique.Columns) == 0 {
			r.failAt(unique.Origin, strings.TrimSpace("the unique constraint "+unique.Name)+" has no columns", "name at least one")
			continue
		}
		r.fitUnique(unique)
		at := slices.IndexFunc(m.table.Uniques, func(other *schema.Unique) bool {
			return other.Name == unique.Name && unique.Name != "" ||
				(other.Name == "" || unique.Name == "") && slices.Equal(other.Columns, unique.Columns)
		})
		if at < 0 {
			m.table.Uniques = append(m.table.Uniques, unique)
			continue
		}
		before := m.table.Uniques[at]
		if !slices.Equal(before.Columns, unique.Columns) {
			r.failAt(unique.Origin, fmt.Sprintf("the unique constraint %s is over (%s) here and over (%s) at %s", unique.Name,
				strings.Join(unique.Columns, ", "), strings.Join(before.Columns, ", "), place(before.Origin)), "give one another name")
			continue
		}
		unique.Name = cmp.Or(unique.Name, before.Name)
		m.table.Uniques[at] = unique
	}
}

// fitUnique leaves out what the dialect does not have, and says so if that changes the meaning.
func (r *reader) fitUnique(unique *schema.Unique) {
	if r.server.Dialect != schema.SQLite {
		unique.Options.Delete(schema.OptionOnConflict)
	} else {
		unique.Comment = ""
	}
	if r.server.Dialect == schema.Postgres {
		return
	}
	if unique.NullsNotDistinct || unique.Deferrable != schema.NotDeferrable {
		r.note(IgnoredDeclaration, Info, unique.Origin, "nulls_not_distinct and deferrable constraints exist on PostgreSQL only",
			"say which database it is for: postgres.unique(…)")
	}
	unique.Include, unique.NullsNotDistinct, unique.Deferrable = nil, false, schema.NotDeferrable
}

func (r *reader) applyIndexes(m *model) {
	for _, declared := range m.declared.Indexes {
		index := declared.Index.Clone()
		ok := true
		for _, text := range declared.Parts {
			part, err := indexPart(r.server.Dialect, text, m.hasColumn)
			if err != nil {
				r.badPart(m, index.Origin, text, err)
				ok = false
				continue
			}
			index.Parts = append(index.Parts, part)
		}
		if ok {
			r.addIndex(m, index)
		}
	}
}

func (r *reader) badPart(m *model, origin schema.Origin, text string, err error) {
	var unknown *unknownColumnError
	if errors.As(err, &unknown) {
		r.unknownColumn(m, origin, unknown.name)
		return
	}
	r.failAt(origin, fmt.Sprintf("the part %q: %v", text, err), "write a column or an expression, such as lower(email) DESC")
}

// addIndex adds an index. A second one of the same name must be the same.
func (r *reader) addIndex(m *model, index *schema.Index) {
	if len(index.Parts) == 0 {
		r.failAt(index.Origin, strings.TrimSpace("the index "+index.Name)+" has no columns", "name at least one")
		return
	}
	for _, part := range index.Parts {
		if part.Column != "" && !r.knowColumns(m, index.Origin, []string{part.Column}) {
			return
		}
	}
	if !r.knowColumns(m, index.Origin, index.Include) {
		return
	}
	if reason := unfitIndex(r.server.Dialect, index); reason != "" {
		r.note(IgnoredDeclaration, Info, index.Origin, fmt.Sprintf("the index is left out: %s", reason),
			"say which database it is for: postgres.index(…), or t.On(schema.Postgres, …)")
		return
	}
	r.fitIndex(index)
	if index.Unique && r.engine.uniqueIndexIsConstraint() && plainParts(index) {
		r.addUniqueKey(m, index)
		return
	}
	if before := m.table.Index(index.Name); before != nil && index.Name != "" {
		if !sameIndex(before, index) {
			r.failAt(index.Origin, fmt.Sprintf("the index %s is declared differently at %s", index.Name, place(before.Origin)),
				"give one of the two another name, or remove it")
		}
		return
	}
	for _, before := range m.table.Indexes {
		if index.Name == "" && before.Name == "" && sameIndex(before, index) {
			return
		}
	}
	m.table.Indexes = append(m.table.Indexes, index)
}

// unfitIndex says why an index cannot exist on a dialect, or returns "". A partial index is not replaced by a whole one,
// which would forbid more rows or cost more than was meant.
func unfitIndex(dialect schema.Dialect, index *schema.Index) string {
	index.Method = strings.ToLower(index.Method)
	if index.Method == "btree" {
		index.Method = ""
	}
	isMySQLMethod := index.Method == "fulltext" || index.Method == "spatial"
	switch {
	case dialect == schema.MySQL && index.Where != "":
		return "MySQL has no partial indexes"
	case dialect == schema.Postgres && isMySQLMethod:
		return "PostgreSQL has no index method " + index.Method
	case dialect == schema.MySQL && index.Method != "" && index.Method != "hash" && !isMySQLMethod:
		return "MySQL has no index method " + index.Method
	case dialect == schema.SQLite && index.Method != "":
		return "SQLite has no index methods"
	}
	return ""
}

// fitIndex leaves out what the dialect does not have, so that one model serves several databases.
func (r *reader) fitIndex(index *schema.Index) {
	if r.server.Dialect != schema.MySQL {
		for i := range index.Parts {
			index.Parts[i].Length = 0
		}
		index.Options.Delete(schema.OptionParser)
		index.Options.Delete(schema.OptionInvisible)
	}
	if r.server.Dialect != schema.Postgres {
		index.Include, index.NullsNotDistinct = nil, false
		index.Options.Delete(schema.OptionWith)
		for i := range index.Parts {
			index.Parts[i].OpClass, index.Parts[i].Nulls = "", schema.NullsDefault
		}
	}
	if r.server.Dialect == schema.SQLite {
		index.Comment = ""
	}
}

func plainParts(index *schema.Index) bool {
	return index.Where == "" && index.Method == "" && !slices.ContainsFunc(index.Parts, func(part schema.IndexPart) bool {
		return part.Expr != ""
	})
}

// addUniqueKey adds a unique index over columns where it is one thing with a unique constraint.
func (r *reader) addUniqueKey(m *model, index *schema.Index) {
	unique := &schema.Unique{
		Name: index.Name, Columns: index.Columns(), Comment: index.Comment, Options: index.Options, Origin: index.Origin,
	}
	if slices.ContainsFunc(index.Parts, func(part schema.IndexPart) bool { return part != schema.IndexPart{Column: part.Column} }) {
		unique.Parts = index.Parts
	}
	m.table.Uniques = append(m.table.Uniques, unique)
}

func sameIndex(a, b *schema.Index) bool {
	left, right := a.Clone(), b.Clone()
	left.Origin, right.Origin = schema.Origin{}, schema.Origin{}
	return stdreflect.DeepEqual(left, right)
}

func (r *reader) applyChecks(m *model) {
	for _, declared := range m.declared.Checks {
		check := declared.Check.Clone()
		check.Expr = withoutParentheses(check.Expr)
		if declared.Column != "" && !r.knowColumns(m, check.Origin, []string{declared.Column}) {
			continue
		}
		if len(sqltext.Significant(r.server.Dialect, check.Expr)) == 0 {
			r.failAt(check.Origin, "the check has no expression", "write one, such as price >= 0")
			continue
		}
		if before := m.table.Check(check.Name); before != nil && check.Name != "" {
			if before.Expr != check.Expr {
				r.failAt(check.Origin, fmt.Sprintf("the check %s is %q here and %q at %s", check.Name, check.Expr, before.Expr,
					place(before.Origin)), "give one another name")
			}
			continue
		}
		if r.server.Dialect == schema.SQLite {
			check.Comment = ""
		}
		m.addCheck(check, declared.Column)
	}
}

func (r *reader) applyExclusions(m *model) {
	if r.server.Dialect != schema.Postgres {
		for _, declared := range m.declared.Exclusions {
			r.note(IgnoredDeclaration, Info, declared.Origin, "exclusion constraints exist on PostgreSQL only",
				"put it into t.On(schema.Postgres, …), or write postgres.exclude")
		}
		return
	}
	for _, declared := range m.declared.Exclusions {
		exclusion := declared.Exclusion.Clone()
		if len(declared.Elements) == 0 {
			r.failAt(exclusion.Origin, "the exclusion constraint has no elements", "write elements such as room WITH =")
			continue
		}
		ok := true
		for _, text := range declared.Elements {
			element, err := r.exclusionElement(m, text)
			if err != nil {
				r.badPart(m, exclusion.Origin, text, err)
				ok = false
				continue
			}
			exclusion.Elements = append(exclusion.Elements, element)
		}
		if ok {
			m.table.Exclusions = append(m.table.Exclusions, exclusion)
		}
	}
}

// exclusionElement reads "room WITH =".
func (r *reader) exclusionElement(m *model, text string) (schema.ExclusionElement, error) {
	tokens := sqltext.Significant(r.server.Dialect, text)
	for i := len(tokens) - 1; i > 0; i-- {
		if !tokens[i].Is("WITH") {
			continue
		}
		operator := strings.TrimSpace(text[tokens[i].Pos+len("WITH"):])
		part, err := indexPart(r.server.Dialect, text[:tokens[i].Pos], m.hasColumn)
		if operator == "" {
			break
		}
		return schema.ExclusionElement{IndexPart: part, Operator: operator}, err
	}
	return schema.ExclusionElement{}, fmt.Errorf("an operator is missing: write column WITH operator")
}
