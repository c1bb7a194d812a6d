package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// AddColumn adds a column to a table.
type AddColumn struct {
	Table       schema.Name    `json:"table"`
	Column      *schema.Column `json:"column"`
	IfNotExists bool           `json:"if_not_exists,omitempty"`
	Position    Position       `json:"position,omitzero"`
	// Online adds it without blocking other sessions where the server can (MySQL); see [AddColumnStep.Online].
	Online bool `json:"online,omitempty"`
}

// Position places a column (MySQL). The zero value is the engine's usual place: at the end for a new column, where it
// is for an altered one.
type Position struct {
	First bool   `json:"first,omitempty"`
	After string `json:"after,omitempty"`
}

// Kind returns "add_column".
func (o *AddColumn) Kind() string { return "add_column" }

// Subject returns the table's name.
func (o *AddColumn) Subject() schema.Name { return o.Table }

// String returns "add column TABLE.NAME TYPE".
func (o *AddColumn) String() string {
	return strings.TrimSpace(fmt.Sprintf("add column %s.%s %s", o.Table, o.Column.Name, o.Column.Type))
}

// Apply adds the column in its place.
func (o *AddColumn) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	if table.Column(o.Column.Name) != nil {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	at := len(table.Columns)
	if o.Position.First {
		at = 0
	}
	if o.Position.After != "" {
		before := columnIndex(table, o.Position.After)
		if before < 0 {
			return misfit(o, "there is no column %s to place it after", o.Position.After)
		}
		at = before + 1
	}
	table.Columns = slices.Insert(table.Columns, at, o.Column.Clone())
	return nil
}

// Reverse drops the column.
func (o *AddColumn) Reverse(before *schema.Schema) ([]Operation, error) {
	if table := before.Table(o.Table); o.IfNotExists && table != nil && table.Column(o.Column.Name) != nil {
		return nil, nil
	}
	return []Operation{&DropColumn{Table: o.Table, Name: o.Column.Name, Online: o.Online}}, nil
}

// DropColumn drops a column.
type DropColumn struct {
	Table    schema.Name `json:"table"`
	Name     string      `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
	// RenamedTo is set while it is undecided whether the column was renamed instead: the runner refuses the step then,
	// unless the column holds nothing.
	RenamedTo string `json:"renamed_to,omitempty"`
	// Online drops it without blocking other sessions where the server can (MySQL); see [AddColumnStep.Online].
	Online bool `json:"online,omitempty"`
}

// Kind returns "drop_column".
func (o *DropColumn) Kind() string { return "drop_column" }

// Subject returns the table's name.
func (o *DropColumn) Subject() schema.Name { return o.Table }

// String returns "drop column TABLE.NAME".
func (o *DropColumn) String() string { return fmt.Sprintf("drop column %s.%s", o.Table, o.Name) }

// Apply removes the column and what the engine removes with it: PostgreSQL drops every key, check and index that uses the
// column, MySQL takes it out of its indexes, SQLite refuses such a drop (so that nothing is left to remove).
func (o *DropColumn) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	at := columnIndex(table, o.Name)
	if at < 0 {
		if o.IfExists {
			return nil
		}
		return misfit(o, "there is no such column")
	}
	table.Columns = slices.Delete(table.Columns, at, at+1)
	if s.Server.Dialect == schema.MySQL {
		shrinkKeys(table, o.Name)
		return nil
	}
	dropUsers(s.Server.Dialect, table, o.Name)
	for other := range s.Tables.All() {
		other.ForeignKeys = slices.DeleteFunc(other.ForeignKeys, func(key *schema.ForeignKey) bool {
			return key.RefTable == o.Table && slices.Contains(key.RefColumns, o.Name)
		})
	}
	return nil
}

// Reverse adds the column as it was, and what was dropped with it.
func (o *DropColumn) Reverse(before *schema.Schema) ([]Operation, error) {
	table := before.Table(o.Table)
	if table == nil || table.Column(o.Name) == nil {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	undo := []Operation{&AddColumn{
		Table: o.Table, Column: table.Column(o.Name).Clone(), Position: positionOf(before, table, o.Name), Online: o.Online,
	}}
	after := before.Clone()
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	return append(undo, restoreParts(table, after.Table(o.Table))...), nil
}

// positionOf returns where a column stands, for engines that can place columns, or zero for the last column.
func positionOf(s *schema.Schema, table *schema.Table, name string) Position {
	at := columnIndex(table, name)
	if s.Server.Dialect != schema.MySQL || at == len(table.Columns)-1 {
		return Position{}
	}
	if at == 0 {
		return Position{First: true}
	}
	return Position{After: table.Columns[at-1].Name}
}

// RenameColumn renames a column. Keys, indexes, checks and generated columns follow.
type RenameColumn struct {
	Table schema.Name `json:"table"`
	From  string      `json:"from"`
	To    string      `json:"to"`
	// Field is the column's [schema.Column.Field] under its new name.
	Field string `json:"field,omitempty"`
}

// Kind returns "rename_column".
func (o *RenameColumn) Kind() string { return "rename_column" }

// Subject returns the table's name.
func (o *RenameColumn) Subject() schema.Name { return o.Table }

// String returns "rename column TABLE.OLD to NEW".
func (o *RenameColumn) String() string {
	return fmt.Sprintf("rename column %s.%s to %s", o.Table, o.From, o.To)
}

// Apply renames the column everywhere.
func (o *RenameColumn) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	column := table.Column(o.From)
	if column == nil {
		return misfit(o, "there is no such column")
	}
	if table.Column(o.To) != nil {
		return misfit(o, "there is a column %s already", o.To)
	}
	if id := column.Identity; id != nil && id.Sequence == (schema.Name{}) && id.Kind != schema.IdentityAutoIncrement {
		id.Sequence = schema.Name{Schema: o.Table.Schema, Name: o.Table.Name + "_" + o.From + "_seq"}
	}
	column.Name, column.Field, column.Natural = o.To, o.Field, ""
	renameInTable(s, table, o.From, o.To)
	for other := range s.Tables.All() {
		for _, key := range other.ForeignKeys {
			if key.RefTable == o.Table {
				replace(key.RefColumns, o.From, o.To)
			}
		}
	}
	for sequence := range s.Sequences.All() {
		if sequence.OwnedBy.Relation == o.Table && sequence.OwnedBy.Column == o.From {
			sequence.OwnedBy.Column = o.To
		}
	}
	for _, dependencies := range dependents(s) {
		for i, dependency := range dependencies {
			if dependency.Relation == o.Table && dependency.Column == o.From {
				dependencies[i].Column = o.To
			}
		}
	}
	rewriteStatements(s, func(text string) string { return sqliteddl.RenameColumn(text, o.Table.Name, o.From, o.To) })
	return nil
}

// Reverse renames the column back.
func (o *RenameColumn) Reverse(before *schema.Schema) ([]Operation, error) {
	undo := &RenameColumn{Table: o.Table, From: o.To, To: o.From}
	if table := before.Table(o.Table); table != nil {
		if column := table.Column(o.From); column != nil {
			undo.Field = column.Field
		}
	}
	return []Operation{undo}, nil
}

func renameInTable(s *schema.Schema, table *schema.Table, from, to string) {
	for _, column := range table.Columns {
		if column.Generated != nil {
			column.Generated.Expr = renameIn(s, column.Generated.Expr, from, to)
		}
	}
	if key := table.PrimaryKey; key != nil {
		replace(key.Columns, from, to)
		replace(key.Include, from, to)
		renameParts(s, key.Parts, from, to)
	}
	for _, unique := range table.Uniques {
		replace(unique.Columns, from, to)
		replace(unique.Include, from, to)
		renameParts(s, unique.Parts, from, to)
	}
	for _, key := range table.ForeignKeys {
		replace(key.Columns, from, to)
		replace(key.SetColumns, from, to)
	}
	for _, check := range table.Checks {
		check.Expr = renameIn(s, check.Expr, from, to)
	}
	for _, exclusion := range table.Exclusions {
		for i := range exclusion.Elements {
			part := &exclusion.Elements[i].IndexPart
			renamePart(s, part, from, to)
		}
		replace(exclusion.Include, from, to)
		exclusion.Where = renameIn(s, exclusion.Where, from, to)
	}
	for _, index := range table.Indexes {
		renameParts(s, index.Parts, from, to)
		replace(index.Include, from, to)
		index.Where = renameIn(s, index.Where, from, to)
	}
}

func renameParts(s *schema.Schema, parts []schema.IndexPart, from, to string) {
	for i := range parts {
		renamePart(s, &parts[i], from, to)
	}
}

func renamePart(s *schema.Schema, part *schema.IndexPart, from, to string) {
	if part.Column == from {
		part.Column = to
	}
	part.Expr = renameIn(s, part.Expr, from, to)
}

func replace(list []string, from, to string) {
	for i := range list {
		if list[i] == from {
			list[i] = to
		}
	}
}

func columnIndex(table *schema.Table, name string) int {
	return slices.IndexFunc(table.Columns, func(column *schema.Column) bool { return column.Name == name })
}

// dropUsers removes the keys, checks and indexes that use a column.
func dropUsers(dialect schema.Dialect, table *schema.Table, name string) {
	inParts := func(parts []schema.IndexPart) bool {
		return slices.ContainsFunc(parts, func(part schema.IndexPart) bool {
			return part.Column == name || sqltext.Mentions(dialect, part.Expr, name)
		})
	}
	if key := table.PrimaryKey; key != nil && (slices.Contains(key.Columns, name) || slices.Contains(key.Include, name)) {
		table.PrimaryKey = nil
	}
	table.Uniques = slices.DeleteFunc(table.Uniques, func(u *schema.Unique) bool {
		return slices.Contains(u.Columns, name) || slices.Contains(u.Include, name)
	})
	table.ForeignKeys = slices.DeleteFunc(table.ForeignKeys, func(f *schema.ForeignKey) bool {
		return slices.Contains(f.Columns, name) || (f.RefTable == table.Name && slices.Contains(f.RefColumns, name))
	})
	table.Checks = slices.DeleteFunc(table.Checks, func(c *schema.Check) bool { return sqltext.Mentions(dialect, c.Expr, name) })
	table.Exclusions = slices.DeleteFunc(table.Exclusions, func(e *schema.Exclusion) bool {
		return slices.ContainsFunc(e.Elements, func(element schema.ExclusionElement) bool {
			return inParts([]schema.IndexPart{element.IndexPart})
		}) || sqltext.Mentions(dialect, e.Where, name)
	})
	table.Indexes = slices.DeleteFunc(table.Indexes, func(i *schema.Index) bool {
		return inParts(i.Parts) || slices.Contains(i.Include, name) || sqltext.Mentions(dialect, i.Where, name)
	})
}

// shrinkKeys takes a column out of all keys and indexes, and removes those that become empty, as MySQL does.
func shrinkKeys(table *schema.Table, name string) {
	drop := func(list []string) []string {
		return slices.DeleteFunc(list, func(column string) bool { return column == name })
	}
	dropParts := func(parts []schema.IndexPart) []schema.IndexPart {
		return slices.DeleteFunc(parts, func(part schema.IndexPart) bool { return part.Column == name })
	}
	if key := table.PrimaryKey; key != nil {
		key.Columns, key.Parts = drop(key.Columns), dropParts(key.Parts)
		if len(key.Columns) == 0 {
			table.PrimaryKey = nil
		}
	}
	for _, unique := range table.Uniques {
		unique.Columns, unique.Parts = drop(unique.Columns), dropParts(unique.Parts)
	}
	table.Uniques = slices.DeleteFunc(table.Uniques, func(u *schema.Unique) bool { return len(u.Columns) == 0 })
	for _, index := range table.Indexes {
		index.Parts = dropParts(index.Parts)
	}
	table.Indexes = slices.DeleteFunc(table.Indexes, func(i *schema.Index) bool { return len(i.Parts) == 0 })
	table.Checks = slices.DeleteFunc(table.Checks, func(c *schema.Check) bool {
		return sqltext.Mentions(schema.MySQL, c.Expr, name)
	})
}
