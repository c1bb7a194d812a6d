package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// ConstraintType tells the kinds of constraints apart where only a name is given.
type ConstraintType string

// The types of constraints.
const (
	PrimaryKeyConstraint ConstraintType = "primary key"
	UniqueConstraint     ConstraintType = "unique"
	ForeignKeyConstraint ConstraintType = "foreign key"
	CheckConstraint      ConstraintType = "check"
	ExclusionConstraint  ConstraintType = "exclusion"
)

// AddConstraint adds a constraint to a table. Exactly one of its pointers is set.
type AddConstraint struct {
	Table      schema.Name        `json:"table"`
	PrimaryKey *schema.PrimaryKey `json:"primary_key,omitempty"`
	Unique     *schema.Unique     `json:"unique,omitempty"`
	ForeignKey *schema.ForeignKey `json:"foreign_key,omitempty"`
	Check      *schema.Check      `json:"check,omitempty"`
	Exclusion  *schema.Exclusion  `json:"exclusion,omitempty"`
	// UsingIndex makes an existing unique index the primary key or unique constraint (PostgreSQL).
	UsingIndex string `json:"using_index,omitempty"`
	// Online adds it without blocking other sessions where the server can (MySQL); see [AddColumnStep.Online].
	Online bool `json:"online,omitempty"`
}

// Kind returns "add_constraint".
func (o *AddConstraint) Kind() string { return "add_constraint" }

// Subject returns the table's name.
func (o *AddConstraint) Subject() schema.Name { return o.Table }

// Type returns the type of the constraint.
func (o *AddConstraint) Type() ConstraintType {
	switch {
	case o.PrimaryKey != nil:
		return PrimaryKeyConstraint
	case o.Unique != nil:
		return UniqueConstraint
	case o.ForeignKey != nil:
		return ForeignKeyConstraint
	case o.Check != nil:
		return CheckConstraint
	}
	return ExclusionConstraint
}

// Name returns the constraint's name, which may be empty.
func (o *AddConstraint) Name() string {
	switch {
	case o.PrimaryKey != nil:
		return o.PrimaryKey.Name
	case o.Unique != nil:
		return o.Unique.Name
	case o.ForeignKey != nil:
		return o.ForeignKey.Name
	case o.Check != nil:
		return o.Check.Name
	case o.Exclusion != nil:
		return o.Exclusion.Name
	}
	return ""
}

// Origin tells where the constraint is declared; it is zero if that is not known.
func (o *AddConstraint) Origin() schema.Origin {
	switch {
	case o.PrimaryKey != nil:
		return o.PrimaryKey.Origin
	case o.Unique != nil:
		return o.Unique.Origin
	case o.ForeignKey != nil:
		return o.ForeignKey.Origin
	case o.Check != nil:
		return o.Check.Origin
	case o.Exclusion != nil:
		return o.Exclusion.Origin
	}
	return schema.Origin{}
}

// String returns "add foreign key NAME on TABLE (COLUMNS)" or the like.
func (o *AddConstraint) String() string {
	text := "add " + string(o.Type())
	if name := o.Name(); name != "" {
		text += " " + name
	}
	text += " on " + o.Table.String()
	switch {
	case o.PrimaryKey != nil:
		text += " (" + strings.Join(o.PrimaryKey.Columns, ", ") + ")"
	case o.Unique != nil:
		text += " (" + strings.Join(o.Unique.Columns, ", ") + ")"
	case o.ForeignKey != nil:
		text += " (" + strings.Join(o.ForeignKey.Columns, ", ") + ") references " + o.ForeignKey.RefTable.String()
	case o.Check != nil:
		text += " (" + o.Check.Expr + ")"
	}
	return text
}

// Apply adds the constraint.
func (o *AddConstraint) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	if o.UsingIndex != "" {
		table.Indexes = slices.DeleteFunc(table.Indexes, func(i *schema.Index) bool { return i.Name == o.UsingIndex })
	}
	switch {
	case o.PrimaryKey != nil:
		if table.PrimaryKey != nil {
			return misfit(o, "there is a primary key already")
		}
		table.PrimaryKey = o.PrimaryKey.Clone()
		for _, name := range o.PrimaryKey.Columns {
			// A key column of SQLite may stay nullable: an old bug that it keeps for compatibility.
			if column := table.Column(name); column != nil && s.Server.Dialect != schema.SQLite {
				column.NotNull = true
			}
		}
	case o.Unique != nil:
		if o.Unique.Name != "" && table.Unique(o.Unique.Name) != nil {
			return misfit(o, "there is one already")
		}
		table.Uniques = append(table.Uniques, o.Unique.Clone())
	case o.ForeignKey != nil:
		if o.ForeignKey.Name != "" && table.ForeignKey(o.ForeignKey.Name) != nil {
			return misfit(o, "there is one already")
		}
		table.ForeignKeys = append(table.ForeignKeys, o.ForeignKey.Clone())
	case o.Check != nil:
		if o.Check.Name != "" && table.Check(o.Check.Name) != nil {
			return misfit(o, "there is one already")
		}
		table.Checks = append(table.Checks, o.Check.Clone())
	case o.Exclusion != nil:
		table.Exclusions = append(table.Exclusions, o.Exclusion.Clone())
	}
	return nil
}

// Reverse drops the constraint by its name, on SQLite an unnamed one by its definition.
func (o *AddConstraint) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.Name() == "" && o.Type() != PrimaryKeyConstraint {
		if before.Server.Dialect == schema.SQLite {
			return []Operation{&DropConstraint{Table: o.Table, Type: o.Type(), Definition: o}}, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "it has no name; give it one"}
	}
	undo := []Operation{&DropConstraint{Table: o.Table, Type: o.Type(), Name: o.Name()}}
	if table := before.Table(o.Table); o.UsingIndex != "" && table != nil && table.Index(o.UsingIndex) != nil {
		undo = append(undo, &CreateIndex{Table: o.Table, Index: table.Index(o.UsingIndex).Clone()})
	}
	return undo, nil
}

// DropConstraint drops a constraint by its type and name. A primary key may be given without a name.
type DropConstraint struct {
	Table    schema.Name    `json:"table"`
	Type     ConstraintType `json:"type"`
	Name     string         `json:"name,omitempty"`
	IfExists bool           `json:"if_exists,omitempty"`
	// Definition tells which unnamed constraint is meant, where the engine has such (SQLite): the one that is equal to it.
	Definition *AddConstraint `json:"definition,omitempty"`
}

// Kind returns "drop_constraint".
func (o *DropConstraint) Kind() string { return "drop_constraint" }

// Subject returns the table's name.
func (o *DropConstraint) Subject() schema.Name { return o.Table }

// String returns "drop foreign key NAME on TABLE" or the like.
func (o *DropConstraint) String() string {
	name := o.Name
	if name != "" {
		name = " " + name
	} else if o.Definition != nil {
		name = strings.TrimPrefix(o.Definition.String(), "add "+string(o.Type))
		return "drop unnamed " + string(o.Type) + name
	}
	return fmt.Sprintf("drop %s%s on %s", o.Type, name, o.Table)
}

// Apply removes the constraint.
func (o *DropConstraint) Apply(s *schema.Schema) error {
	if o.Type == UniqueConstraint {
		asUnique(s, o.Table, o.Name)
	}
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	if _, found := takeConstraint(table, o); !found && !o.IfExists {
		return misfit(o, "there is no such constraint")
	}
	return nil
}

// Reverse adds the constraint as it was.
func (o *DropConstraint) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.Type == UniqueConstraint {
		before = apart(before, o.Table)
		asUnique(before, o.Table, o.Name)
	}
	table, err := tableFor(o, before, o.Table)
	if err != nil {
		return nil, err
	}
	add, found := takeConstraint(table.Clone(), o)
	if !found {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{add}, nil
}

// Find returns the constraint of table that the operation drops, or nil. Unnamed constraints are found by definition.
func (o *DropConstraint) Find(table *schema.Table) *AddConstraint {
	add, found := takeConstraint(table.Clone(), o)
	if !found {
		return nil
	}
	return add
}

// takeConstraint removes the constraint from the table and returns the operation that would add it again.
func takeConstraint(table *schema.Table, o *DropConstraint) (*AddConstraint, bool) {
	add := &AddConstraint{Table: table.Name}
	switch o.Type {
	case PrimaryKeyConstraint:
		add.PrimaryKey, table.PrimaryKey = table.PrimaryKey, nil
		return add, add.PrimaryKey != nil
	case UniqueConstraint:
		add.Unique, table.Uniques = take(table.Uniques, func(u *schema.Unique) bool {
			return sameNameOr(o, u.Name, func(d *AddConstraint) bool { return slices.Equal(d.Unique.Columns, u.Columns) })
		})
		return add, add.Unique != nil
	case ForeignKeyConstraint:
		add.ForeignKey, table.ForeignKeys = take(table.ForeignKeys, func(f *schema.ForeignKey) bool {
			return sameNameOr(o, f.Name, func(d *AddConstraint) bool {
				return slices.Equal(d.ForeignKey.Columns, f.Columns) && d.ForeignKey.RefTable == f.RefTable
			})
		})
		return add, add.ForeignKey != nil
	case CheckConstraint:
		add.Check, table.Checks = take(table.Checks, func(c *schema.Check) bool {
			return sameNameOr(o, c.Name, func(d *AddConstraint) bool { return d.Check.Expr == c.Expr })
		})
		return add, add.Check != nil
	case ExclusionConstraint:
		add.Exclusion, table.Exclusions = take(table.Exclusions, func(e *schema.Exclusion) bool { return e.Name == o.Name })
		return add, add.Exclusion != nil
	}
	return nil, false
}

func sameNameOr(o *DropConstraint, name string, sameDefinition func(*AddConstraint) bool) bool {
	if o.Name == "" && o.Definition != nil {
		return name == "" && sameDefinition(o.Definition)
	}
	return name == o.Name
}

// take removes the first item that matches and returns it with the rest.
func take[T any](list []*T, match func(*T) bool) (*T, []*T) {
	at := slices.IndexFunc(list, match)
	if at < 0 {
		return nil, list
	}
	item := list[at]
	return item, slices.Delete(list, at, at+1)
}

// RenameConstraint renames a constraint.
type RenameConstraint struct {
	Table schema.Name    `json:"table"`
	Type  ConstraintType `json:"type"`
	From  string         `json:"from"`
	To    string         `json:"to"`
}

// Kind returns "rename_constraint".
func (o *RenameConstraint) Kind() string { return "rename_constraint" }

// Subject returns the table's name.
func (o *RenameConstraint) Subject() schema.Name { return o.Table }

// String returns "rename unique OLD on TABLE to NEW" or the like.
func (o *RenameConstraint) String() string {
	return fmt.Sprintf("rename %s %s on %s to %s", o.Type, o.From, o.Table, o.To)
}

// Apply renames the constraint.
func (o *RenameConstraint) Apply(s *schema.Schema) error {
	if o.Type == UniqueConstraint {
		asUnique(s, o.Table, o.From)
	}
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	var name *string
	switch o.Type {
	case PrimaryKeyConstraint:
		if key := table.PrimaryKey; key != nil && key.Name == o.From {
			name = &key.Name
		}
	case UniqueConstraint:
		if unique := table.Unique(o.From); unique != nil {
			name = &unique.Name
		}
	case ForeignKeyConstraint:
		if key := table.ForeignKey(o.From); key != nil {
			name = &key.Name
		}
	case CheckConstraint:
		if check := table.Check(o.From); check != nil {
			name = &check.Name
		}
	case ExclusionConstraint:
		if exclusion := table.Exclusion(o.From); exclusion != nil {
			name = &exclusion.Name
		}
	}
	if name == nil {
		return misfit(o, "there is no such constraint")
	}
	*name = o.To
	return nil
}

// Reverse renames the constraint back.
func (o *RenameConstraint) Reverse(*schema.Schema) ([]Operation, error) {
	return []Operation{&RenameConstraint{Table: o.Table, Type: o.Type, From: o.To, To: o.From}}, nil
}

// ValidateConstraint validates a foreign key or check that was added NOT VALID (PostgreSQL). It runs in a transaction of
// its own: in that of the addition, the scan would hold the addition's lock.
type ValidateConstraint struct {
	Table schema.Name    `json:"table"`
	Type  ConstraintType `json:"type"`
	Name  string         `json:"name"`
}

// Kind returns "validate_constraint".
func (o *ValidateConstraint) Kind() string { return "validate_constraint" }

// Subject returns the table's name.
func (o *ValidateConstraint) Subject() schema.Name { return o.Table }

// String returns "validate check NAME on TABLE" or the like.
func (o *ValidateConstraint) String() string {
	return fmt.Sprintf("validate %s %s on %s", o.Type, o.Name, o.Table)
}

// Apply marks the constraint as valid.
func (o *ValidateConstraint) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	if key := table.ForeignKey(o.Name); o.Type == ForeignKeyConstraint && key != nil {
		key.NotValid = false
		return nil
	}
	if check := table.Check(o.Name); o.Type == CheckConstraint && check != nil {
		check.NotValid = false
		return nil
	}
	return misfit(o, "there is no such constraint")
}

// Reverse does nothing: a valid constraint need not be made invalid again.
func (o *ValidateConstraint) Reverse(*schema.Schema) ([]Operation, error) { return nil, nil }

// restoreParts returns the operations that add the parts of before that after has lost.
func restoreParts(before, after *schema.Table) []Operation {
	var out []Operation
	name := before.Name
	if before.PrimaryKey != nil && after.PrimaryKey == nil {
		out = append(out, &AddConstraint{Table: name, PrimaryKey: before.PrimaryKey.Clone()})
	}
	for _, unique := range before.Uniques {
		kept := after.Unique(unique.Name)
		if kept != nil && !slices.Equal(kept.Columns, unique.Columns) {
			out = append(out, &DropConstraint{Table: name, Type: UniqueConstraint, Name: unique.Name})
			kept = nil
		}
		if kept == nil {
			out = append(out, &AddConstraint{Table: name, Unique: unique.Clone()})
		}
	}
	for _, check := range before.Checks {
		if after.Check(check.Name) == nil {
			out = append(out, &AddConstraint{Table: name, Check: check.Clone()})
		}
	}
	for _, exclusion := range before.Exclusions {
		if after.Exclusion(exclusion.Name) == nil {
			out = append(out, &AddConstraint{Table: name, Exclusion: exclusion.Clone()})
		}
	}
	for _, index := range before.Indexes {
		kept := after.Index(index.Name)
		if kept != nil && len(kept.Parts) != len(index.Parts) {
			out = append(out, &DropIndex{Table: name, Name: index.Name})
			kept = nil
		}
		if kept == nil {
			out = append(out, &CreateIndex{Table: name, Index: index.Clone()})
		}
	}
	for _, key := range before.ForeignKeys {
		if after.ForeignKey(key.Name) == nil {
			out = append(out, &AddConstraint{Table: name, ForeignKey: key.Clone()})
		}
	}
	return out
}
