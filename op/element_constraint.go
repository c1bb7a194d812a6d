package op

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/schema"
)

// ConstraintElement describes a constraint, inside [Migration.CreateTable] or for [Migration.AddConstraint].
type ConstraintElement interface {
	TableElement
	constraint(table schema.Name) (*AddConstraint, error)
}

// addConstraintTo adds the constraint that an element describes to a table.
func addConstraintTo(element ConstraintElement, table *schema.Table) error {
	add, err := element.constraint(table.Name)
	if err != nil {
		return err
	}
	switch {
	case add.PrimaryKey != nil:
		if table.PrimaryKey != nil {
			return fmt.Errorf("there are two primary keys")
		}
		table.PrimaryKey = add.PrimaryKey
	case add.Unique != nil:
		table.Uniques = append(table.Uniques, add.Unique)
	case add.ForeignKey != nil:
		table.ForeignKeys = append(table.ForeignKeys, add.ForeignKey)
	case add.Check != nil:
		table.Checks = append(table.Checks, add.Check)
	case add.Exclusion != nil:
		table.Exclusions = append(table.Exclusions, add.Exclusion)
	}
	return nil
}

// PrimaryKeyElement describes a primary key.
type PrimaryKeyElement struct{ key schema.PrimaryKey }

// PrimaryKey describes the primary key over columns.
func PrimaryKey(columns ...string) *PrimaryKeyElement {
	return &PrimaryKeyElement{key: schema.PrimaryKey{Columns: columns}}
}

// Named gives the constraint a name. Without one the engine chooses it. MySQL has no names for primary keys and leaves it
// out.
func (e *PrimaryKeyElement) Named(name string) *PrimaryKeyElement {
	e.key.Name = name
	return e
}

// Include adds columns to the index that are not part of the key (PostgreSQL).
func (e *PrimaryKeyElement) Include(columns ...string) *PrimaryKeyElement {
	e.key.Include = columns
	return e
}

// Deferrable makes the constraint deferrable (PostgreSQL).
func (e *PrimaryKeyElement) Deferrable(when schema.Deferrable) *PrimaryKeyElement {
	e.key.Deferrable = when
	return e
}

// Parts describes the key's columns with their order or prefix lengths.
func (e *PrimaryKeyElement) Parts(parts ...*PartElement) *PrimaryKeyElement {
	e.key.Parts = plainParts(parts)
	e.key.Columns = partColumns(e.key.Parts)
	return e
}

// Comment sets the comment (PostgreSQL).
func (e *PrimaryKeyElement) Comment(text string) *PrimaryKeyElement {
	e.key.Comment = text
	return e
}

// Option sets an attribute that one engine alone knows.
func (e *PrimaryKeyElement) Option(key, value string) *PrimaryKeyElement {
	e.key.Options.Set(key, value)
	return e
}

func (e *PrimaryKeyElement) constraint(table schema.Name) (*AddConstraint, error) {
	return &AddConstraint{Table: table, PrimaryKey: e.key.Clone()}, nil
}

func (e *PrimaryKeyElement) addTo(table *schema.Table, dialect schema.Dialect) error {
	return addConstraintTo(e.resolve(dialect), table)
}

// resolve returns the element for one engine.
func (e *PrimaryKeyElement) resolve(dialect schema.Dialect) *PrimaryKeyElement {
	if dialect != schema.MySQL || e.key.Name == "" {
		return e
	}
	unnamed := *e
	unnamed.key.Name = ""
	return &unnamed
}

// UniqueElement describes a unique constraint.
type UniqueElement struct{ unique schema.Unique }

// Unique describes a unique constraint over columns.
func Unique(columns ...string) *UniqueElement {
	return &UniqueElement{unique: schema.Unique{Columns: columns}}
}

// Named gives the constraint a name.
func (e *UniqueElement) Named(name string) *UniqueElement {
	e.unique.Name = name
	return e
}

// Include adds columns to the index that are not part of the key (PostgreSQL).
func (e *UniqueElement) Include(columns ...string) *UniqueElement {
	e.unique.Include = columns
	return e
}

// NullsNotDistinct lets NULLs be equal to each other (PostgreSQL 15+).
func (e *UniqueElement) NullsNotDistinct() *UniqueElement {
	e.unique.NullsNotDistinct = true
	return e
}

// Deferrable makes the constraint deferrable (PostgreSQL).
func (e *UniqueElement) Deferrable(when schema.Deferrable) *UniqueElement {
	e.unique.Deferrable = when
	return e
}

// Parts describes the key's columns with their order or prefix lengths.
func (e *UniqueElement) Parts(parts ...*PartElement) *UniqueElement {
	e.unique.Parts = plainParts(parts)
	e.unique.Columns = partColumns(e.unique.Parts)
	return e
}

// Comment sets the comment.
func (e *UniqueElement) Comment(text string) *UniqueElement {
	e.unique.Comment = text
	return e
}

// Option sets an attribute that one engine alone knows.
func (e *UniqueElement) Option(key, value string) *UniqueElement {
	e.unique.Options.Set(key, value)
	return e
}

// Unmanaged records that the models do not have the constraint and it stays.
func (e *UniqueElement) Unmanaged() *UniqueElement {
	e.unique.Unmanaged = true
	return e
}

func (e *UniqueElement) constraint(table schema.Name) (*AddConstraint, error) {
	return &AddConstraint{Table: table, Unique: e.unique.Clone()}, nil
}

func (e *UniqueElement) addTo(table *schema.Table, _ schema.Dialect) error {
	return addConstraintTo(e, table)
}

// ForeignKeyElement describes a foreign key.
type ForeignKeyElement struct{ key schema.ForeignKey }

// ForeignKey describes a foreign key of columns; References says of what.
func ForeignKey(columns ...string) *ForeignKeyElement {
	return &ForeignKeyElement{key: schema.ForeignKey{Columns: columns}}
}

// Named gives the constraint a name.
func (e *ForeignKeyElement) Named(name string) *ForeignKeyElement {
	e.key.Name = name
	return e
}

// References names the table and the columns that the key refers to.
func (e *ForeignKeyElement) References(table string, columns ...string) *ForeignKeyElement {
	e.key.RefTable, e.key.RefColumns = schema.ParseName(table), columns
	return e
}

// OnDelete says what happens to the row when the row that it refers to is deleted: "CASCADE", "SET NULL", "RESTRICT",
// "SET DEFAULT" or "NO ACTION". Columns limit SET NULL and SET DEFAULT to some of the key's columns (PostgreSQL 15+).
func (e *ForeignKeyElement) OnDelete(action schema.Action, columns ...string) *ForeignKeyElement {
	e.key.OnDelete, e.key.SetColumns = normalAction(action), columns
	return e
}

// OnUpdate is as OnDelete, for a change of the columns that the key refers to.
func (e *ForeignKeyElement) OnUpdate(action schema.Action) *ForeignKeyElement {
	e.key.OnUpdate = normalAction(action)
	return e
}

// Deferrable makes the constraint deferrable (PostgreSQL, SQLite).
func (e *ForeignKeyElement) Deferrable(when schema.Deferrable) *ForeignKeyElement {
	e.key.Deferrable = when
	return e
}

// Match sets the match type, "FULL".
func (e *ForeignKeyElement) Match(match string) *ForeignKeyElement {
	e.key.Match = strings.ToUpper(match)
	return e
}

// NotValid adds the key without checking the rows that are there (PostgreSQL); see [Migration.ValidateConstraint].
func (e *ForeignKeyElement) NotValid() *ForeignKeyElement {
	e.key.NotValid = true
	return e
}

// NotEnforced declares the key without enforcing it (PostgreSQL 18+).
func (e *ForeignKeyElement) NotEnforced() *ForeignKeyElement {
	e.key.NoEnforce = true
	return e
}

// Comment sets the comment.
func (e *ForeignKeyElement) Comment(text string) *ForeignKeyElement {
	e.key.Comment = text
	return e
}

// Unmanaged records that the models do not have the constraint and it stays.
func (e *ForeignKeyElement) Unmanaged() *ForeignKeyElement {
	e.key.Unmanaged = true
	return e
}

func (e *ForeignKeyElement) constraint(table schema.Name) (*AddConstraint, error) {
	if e.key.RefTable == (schema.Name{}) {
		return nil, fmt.Errorf("foreign key (%s) refers to no table: add .References(table, columns…)", strings.Join(e.key.Columns, ", "))
	}
	return &AddConstraint{Table: table, ForeignKey: e.key.Clone()}, nil
}

func (e *ForeignKeyElement) addTo(table *schema.Table, _ schema.Dialect) error {
	return addConstraintTo(e, table)
}

func normalAction(action schema.Action) schema.Action {
	upper := schema.Action(strings.ToUpper(string(action)))
	if upper == "NO ACTION" {
		return schema.NoAction
	}
	return upper
}

// CheckElement describes a check constraint.
type CheckElement struct {
	check schema.Check
	exprs PerEngine
}

// Check describes a check constraint by its name and condition.
func Check[T string | PerEngine](name string, expr T) *CheckElement {
	return &CheckElement{check: schema.Check{Name: name}, exprs: perEngine(expr)}
}

// NotValid adds the check without checking the rows that are there (PostgreSQL); see [Migration.ValidateConstraint].
func (e *CheckElement) NotValid() *CheckElement {
	e.check.NotValid = true
	return e
}

// NoInherit keeps the check from child tables (PostgreSQL).
func (e *CheckElement) NoInherit() *CheckElement {
	e.check.NoInherit = true
	return e
}

// NotEnforced declares the check without enforcing it (MySQL, PostgreSQL 18+).
func (e *CheckElement) NotEnforced() *CheckElement {
	e.check.NoEnforce = true
	return e
}

// Comment sets the comment.
func (e *CheckElement) Comment(text string) *CheckElement {
	e.check.Comment = text
	return e
}

// Option sets an attribute that one engine alone knows.
func (e *CheckElement) Option(key, value string) *CheckElement {
	e.check.Options.Set(key, value)
	return e
}

// Unmanaged records that the models do not have the constraint and it stays.
func (e *CheckElement) Unmanaged() *CheckElement {
	e.check.Unmanaged = true
	return e
}

func (e *CheckElement) constraint(table schema.Name) (*AddConstraint, error) {
	return &AddConstraint{Table: table, Check: e.check.Clone()}, nil
}

func (e *CheckElement) resolve(dialect schema.Dialect) {
	e.check.Expr = e.exprs.On(dialect)
}

func (e *CheckElement) addTo(table *schema.Table, dialect schema.Dialect) error {
	e.resolve(dialect)
	return addConstraintTo(e, table)
}

// ExcludeElement describes an exclusion constraint.
type ExcludeElement struct{ exclusion schema.Exclusion }

// Exclude describes an exclusion constraint (PostgreSQL) by its name and index method, such as "gist".
func Exclude(name, method string) *ExcludeElement {
	return &ExcludeElement{exclusion: schema.Exclusion{Name: name, Method: method}}
}

// With adds a part and the operator by which no two rows may both compare true.
func (e *ExcludeElement) With(part *PartElement, operator string) *ExcludeElement {
	e.exclusion.Elements = append(e.exclusion.Elements, schema.ExclusionElement{IndexPart: part.part, Operator: operator})
	return e
}

// Where limits the constraint to some rows.
func (e *ExcludeElement) Where(condition string) *ExcludeElement {
	e.exclusion.Where = condition
	return e
}

// Include adds columns to the index that are not part of the key.
func (e *ExcludeElement) Include(columns ...string) *ExcludeElement {
	e.exclusion.Include = columns
	return e
}

// Deferrable makes the constraint deferrable.
func (e *ExcludeElement) Deferrable(when schema.Deferrable) *ExcludeElement {
	e.exclusion.Deferrable = when
	return e
}

// Comment sets the comment.
func (e *ExcludeElement) Comment(text string) *ExcludeElement {
	e.exclusion.Comment = text
	return e
}

// Option sets an attribute that one engine alone knows.
func (e *ExcludeElement) Option(key, value string) *ExcludeElement {
	e.exclusion.Options.Set(key, value)
	return e
}

// Unmanaged records that the models do not have the constraint and it stays.
func (e *ExcludeElement) Unmanaged() *ExcludeElement {
	e.exclusion.Unmanaged = true
	return e
}

func (e *ExcludeElement) constraint(table schema.Name) (*AddConstraint, error) {
	return &AddConstraint{Table: table, Exclusion: e.exclusion.Clone()}, nil
}

func (e *ExcludeElement) addTo(table *schema.Table, _ schema.Dialect) error {
	return addConstraintTo(e, table)
}
