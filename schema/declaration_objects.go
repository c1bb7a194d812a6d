package schema

import "slices"

// IndexDeclaration refines an index. See [Declaration.Index].
type IndexDeclaration struct{ index *DeclaredIndex }

// Unique makes it a unique index.
func (i *IndexDeclaration) Unique() *IndexDeclaration {
	i.index.Unique = true
	return i
}

// Using sets the method: "gin", "hash", "fulltext".
func (i *IndexDeclaration) Using(method string) *IndexDeclaration {
	i.index.Method = method
	return i
}

// Where makes it a partial index (PostgreSQL, SQLite).
func (i *IndexDeclaration) Where(expr string) *IndexDeclaration {
	i.index.Where = expr
	return i
}

// Include adds columns that are stored but not part of the key (PostgreSQL).
func (i *IndexDeclaration) Include(columns ...string) *IndexDeclaration {
	i.index.Include = append(i.index.Include, columns...)
	return i
}

// NullsNotDistinct makes NULLs equal to each other in a unique index (PostgreSQL 15 and later).
func (i *IndexDeclaration) NullsNotDistinct() *IndexDeclaration {
	i.index.NullsNotDistinct = true
	return i
}

// Comment sets the comment.
func (i *IndexDeclaration) Comment(text string) *IndexDeclaration {
	i.index.Comment = text
	return i
}

// Set sets an option that only some engine knows, by one of the keys of this package.
func (i *IndexDeclaration) Set(key, value string) *IndexDeclaration {
	i.index.Options.Set(key, value)
	return i
}

// UniqueDeclaration refines a unique constraint. See [Declaration.Unique].
type UniqueDeclaration struct{ unique *Unique }

// Include adds columns that are stored but not part of the key (PostgreSQL).
func (u *UniqueDeclaration) Include(columns ...string) *UniqueDeclaration {
	u.unique.Include = append(u.unique.Include, columns...)
	return u
}

// NullsNotDistinct makes NULLs equal to each other (PostgreSQL 15 and later).
func (u *UniqueDeclaration) NullsNotDistinct() *UniqueDeclaration {
	u.unique.NullsNotDistinct = true
	return u
}

// Deferrable sets when the constraint is checked (PostgreSQL).
func (u *UniqueDeclaration) Deferrable(when Deferrable) *UniqueDeclaration {
	u.unique.Deferrable = when
	return u
}

// Comment sets the comment.
func (u *UniqueDeclaration) Comment(text string) *UniqueDeclaration {
	u.unique.Comment = text
	return u
}

// Set sets an option that only some engine knows, by one of the keys of this package.
func (u *UniqueDeclaration) Set(key, value string) *UniqueDeclaration {
	u.unique.Options.Set(key, value)
	return u
}

// PrimaryKeyDeclaration refines the primary key. See [Declaration.PrimaryKey].
type PrimaryKeyDeclaration struct{ key *PrimaryKey }

// Include adds columns that are stored but not part of the key (PostgreSQL).
func (k *PrimaryKeyDeclaration) Include(columns ...string) *PrimaryKeyDeclaration {
	k.key.Include = append(k.key.Include, columns...)
	return k
}

// Deferrable sets when the constraint is checked (PostgreSQL).
func (k *PrimaryKeyDeclaration) Deferrable(when Deferrable) *PrimaryKeyDeclaration {
	k.key.Deferrable = when
	return k
}

// CheckDeclaration refines a check constraint. See [Declaration.Check].
type CheckDeclaration struct{ check *Check }

// NoInherit keeps the constraint from tables that inherit (PostgreSQL).
func (c *CheckDeclaration) NoInherit() *CheckDeclaration {
	c.check.NoInherit = true
	return c
}

// NotValid leaves existing rows unchecked (PostgreSQL).
func (c *CheckDeclaration) NotValid() *CheckDeclaration {
	c.check.NotValid = true
	return c
}

// NotEnforced only documents the constraint (MySQL 8.0.16, PostgreSQL 18).
func (c *CheckDeclaration) NotEnforced() *CheckDeclaration {
	c.check.NoEnforce = true
	return c
}

// Comment sets the comment.
func (c *CheckDeclaration) Comment(text string) *CheckDeclaration {
	c.check.Comment = text
	return c
}

// ForeignKeyDeclaration refines a foreign key. See [Declaration.ForeignKey].
type ForeignKeyDeclaration struct{ key *DeclaredForeignKey }

// References sets the table, "users" or "sales.orders", and the columns that the key refers to.
func (f *ForeignKeyDeclaration) References(table string, columns ...string) *ForeignKeyDeclaration {
	f.key.RefTable, f.key.RefColumns = ParseName(table), slices.Clone(columns)
	return f
}

// OnDelete sets what happens to the referring rows when the referenced row is deleted.
func (f *ForeignKeyDeclaration) OnDelete(action Action) *ForeignKeyDeclaration {
	f.key.OnDelete, f.key.OnDeleteSet = action, true
	return f
}

// OnUpdate sets what happens to the referring rows when the referenced key changes.
func (f *ForeignKeyDeclaration) OnUpdate(action Action) *ForeignKeyDeclaration {
	f.key.OnUpdate, f.key.OnUpdateSet = action, true
	return f
}

// SetColumns limits SET NULL or SET DEFAULT on deletion to some of the columns (PostgreSQL 15 and later).
func (f *ForeignKeyDeclaration) SetColumns(columns ...string) *ForeignKeyDeclaration {
	f.key.SetColumns = slices.Clone(columns)
	return f
}

// MatchFull requires all columns to be NULL or none (PostgreSQL).
func (f *ForeignKeyDeclaration) MatchFull() *ForeignKeyDeclaration {
	f.key.Match = "FULL"
	return f
}

// Deferrable sets when the constraint is checked (PostgreSQL, SQLite).
func (f *ForeignKeyDeclaration) Deferrable(when Deferrable) *ForeignKeyDeclaration {
	f.key.Deferrable = when
	return f
}

// NotValid leaves existing rows unchecked (PostgreSQL).
func (f *ForeignKeyDeclaration) NotValid() *ForeignKeyDeclaration {
	f.key.NotValid = true
	return f
}

// NotEnforced only documents the constraint (PostgreSQL 18).
func (f *ForeignKeyDeclaration) NotEnforced() *ForeignKeyDeclaration {
	f.key.NoEnforce = true
	return f
}

// Comment sets the comment.
func (f *ForeignKeyDeclaration) Comment(text string) *ForeignKeyDeclaration {
	f.key.Comment = text
	return f
}

// OfRelation says which relation of the model, by its Go field, the key refines; its columns then follow from it.
func (f *ForeignKeyDeclaration) OfRelation(field string) *ForeignKeyDeclaration {
	f.key.Relation = field
	return f
}

// ExclusionDeclaration refines an exclusion constraint. See [Declaration.Exclude].
type ExclusionDeclaration struct{ exclusion *DeclaredExclusion }

// Using sets the index method, usually "gist".
func (e *ExclusionDeclaration) Using(method string) *ExclusionDeclaration {
	e.exclusion.Method = method
	return e
}

// Where limits the constraint to some rows.
func (e *ExclusionDeclaration) Where(expr string) *ExclusionDeclaration {
	e.exclusion.Where = expr
	return e
}

// Deferrable sets when the constraint is checked.
func (e *ExclusionDeclaration) Deferrable(when Deferrable) *ExclusionDeclaration {
	e.exclusion.Deferrable = when
	return e
}

// Comment sets the comment.
func (e *ExclusionDeclaration) Comment(text string) *ExclusionDeclaration {
	e.exclusion.Comment = text
	return e
}

// EnumDeclaration refines an enum type. See [Declaration.Enum].
type EnumDeclaration struct{ enum *Enum }

// Comment sets the comment.
func (e *EnumDeclaration) Comment(text string) *EnumDeclaration {
	e.enum.Comment = text
	return e
}

// Was gives former names of the type.
func (e *EnumDeclaration) Was(names ...string) *EnumDeclaration {
	e.enum.WasNamed = append(e.enum.WasNamed, names...)
	return e
}
