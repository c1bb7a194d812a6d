package op

import (
	"slices"

	"github.com/retort-db/retort/schema"
)

// On MySQL a unique constraint and a unique index are one thing, and a catalog shows it as a constraint, however it was
// made. Operations on the one take the other too, so that a revision that creates a unique index can drop it as one.

// asIndex turns a unique constraint of that name into an index, on MySQL, unless there is an index.
func asIndex(s *schema.Schema, of schema.Name, name string) {
	table := s.Table(of)
	if s.Server.Dialect != schema.MySQL || table == nil || table.Index(name) != nil {
		return
	}
	unique := table.Unique(name)
	if unique == nil {
		return
	}
	parts := slices.Clone(unique.Parts)
	if len(parts) == 0 {
		parts = schema.Columns(unique.Columns...)
	}
	table.Uniques = slices.DeleteFunc(table.Uniques, func(u *schema.Unique) bool { return u.Name == name })
	table.Indexes = append(table.Indexes, &schema.Index{
		Name: name, Unique: true, Parts: parts, Comment: unique.Comment, Options: slices.Clone(unique.Options),
		Unmanaged: unique.Unmanaged, NameImplied: unique.NameImplied, Origin: unique.Origin,
	})
}

// asUnique turns a unique index of that name over columns into a constraint, on MySQL, unless there is a constraint.
func asUnique(s *schema.Schema, of schema.Name, name string) {
	table := s.Table(of)
	if s.Server.Dialect != schema.MySQL || table == nil || table.Unique(name) != nil {
		return
	}
	index := table.Index(name)
	if index == nil || !index.Unique || slices.ContainsFunc(index.Parts, func(part schema.IndexPart) bool { return part.Column == "" }) {
		return
	}
	unique := &schema.Unique{
		Name: name, Columns: index.Columns(), Comment: index.Comment, Options: slices.Clone(index.Options),
		Unmanaged: index.Unmanaged, NameImplied: index.NameImplied, Origin: index.Origin,
	}
	if slices.ContainsFunc(index.Parts, func(part schema.IndexPart) bool { return part != schema.IndexPart{Column: part.Column} }) {
		unique.Parts = slices.Clone(index.Parts)
	}
	table.Indexes = slices.DeleteFunc(table.Indexes, func(i *schema.Index) bool { return i.Name == name })
	table.Uniques = append(table.Uniques, unique)
}

// apart returns a schema with a copy of one table, for looking at it in another form.
func apart(s *schema.Schema, name schema.Name) *schema.Schema {
	out := schema.New(s.Server)
	if table := s.Table(name); table != nil {
		out.Tables.Add(table.Clone())
	}
	out.Views = s.Views
	return out
}
