package op

import (
	"fmt"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// CreateTable creates a table with its columns, constraints and indexes.
type CreateTable struct {
	Table       *schema.Table `json:"table"`
	IfNotExists bool          `json:"if_not_exists,omitempty"`
}

// Kind returns "create_table".
func (o *CreateTable) Kind() string { return "create_table" }

// Subject returns the table's name.
func (o *CreateTable) Subject() schema.Name { return o.Table.Name }

// String returns "create table NAME".
func (o *CreateTable) String() string { return fmt.Sprintf("create table %s", o.Table.Name) }

// Apply adds the table.
func (o *CreateTable) Apply(s *schema.Schema) error {
	if s.Tables.Has(o.Table.Name) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Tables.Add(o.Table.Clone())
	return nil
}

// Reverse drops the table.
func (o *CreateTable) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.IfNotExists && before.Tables.Has(o.Table.Name) {
		return nil, nil
	}
	return []Operation{&DropTable{Name: o.Table.Name}}, nil
}

// DropTable drops a table with everything that belongs to it.
type DropTable struct {
	Name     schema.Name `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
	// RenamedTo is set while it is undecided whether the table was renamed instead: the runner refuses the step then.
	RenamedTo string `json:"renamed_to,omitempty"`
}

// Kind returns "drop_table".
func (o *DropTable) Kind() string { return "drop_table" }

// Subject returns the table's name.
func (o *DropTable) Subject() schema.Name { return o.Name }

// String returns "drop table NAME".
func (o *DropTable) String() string { return fmt.Sprintf("drop table %s", o.Name) }

// Apply removes the table with its triggers, owned sequences and statistics. Foreign keys that refer to it stay: an
// engine either refuses the drop or leaves them dangling.
func (o *DropTable) Apply(s *schema.Schema) error {
	if !s.Tables.Has(o.Name) {
		if o.IfExists {
			return nil
		}
		return misfit(o, "there is no such table")
	}
	s.Tables.Remove(o.Name)
	s.Triggers.Filter(func(t *schema.Trigger) bool { return t.Table != o.Name })
	s.Sequences.Filter(func(q *schema.Sequence) bool { return q.OwnedBy.Relation != o.Name })
	s.Statistics.Filter(func(q *schema.Statistic) bool { return q.Table != o.Name })
	return nil
}

// Reverse creates the table as it was, empty, with its indexes and triggers.
func (o *DropTable) Reverse(before *schema.Schema) ([]Operation, error) {
	table := before.Table(o.Name)
	if table == nil {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	bare := table.Clone()
	bare.Indexes = nil
	undo := []Operation{&CreateTable{Table: bare}}
	for _, index := range table.Indexes {
		if !index.Implicit {
			undo = append(undo, &CreateIndex{Table: o.Name, Index: index.Clone()})
		}
	}
	for trigger := range before.Triggers.All() {
		if trigger.Table == o.Name {
			undo = append(undo, &CreateTrigger{Trigger: trigger.Clone()})
		}
	}
	return undo, nil
}

// RenameTable renames a table. Its indexes, constraints and sequences keep their names.
type RenameTable struct {
	From schema.Name `json:"from"`
	To   schema.Name `json:"to"`
	// Model is the table's [schema.Table.Model] under its new name.
	Model string `json:"model,omitempty"`
}

// Kind returns "rename_table".
func (o *RenameTable) Kind() string { return "rename_table" }

// Subject returns the old name.
func (o *RenameTable) Subject() schema.Name { return o.From }

// String returns "rename table OLD to NEW".
func (o *RenameTable) String() string { return fmt.Sprintf("rename table %s to %s", o.From, o.To) }

// Apply renames the table and what refers to it.
func (o *RenameTable) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.From)
	if err != nil {
		return err
	}
	if s.Tables.Has(o.To) {
		return misfit(o, "there is a table %s already", o.To)
	}
	for _, column := range table.Columns {
		if id := column.Identity; id != nil && id.Sequence == (schema.Name{}) && id.Kind != schema.IdentityAutoIncrement {
			id.Sequence = schema.Name{Schema: o.From.Schema, Name: o.From.Name + "_" + column.Name + "_seq"}
		}
	}
	table.Name, table.Model, table.Natural = o.To, o.Model, ""
	s.Tables.Refresh()
	for other := range s.Tables.All() {
		for _, key := range other.ForeignKeys {
			if key.RefTable == o.From {
				key.RefTable = o.To
			}
		}
		if p := other.Partition; p != nil && p.Of == o.From {
			p.Of = o.To
		}
	}
	for trigger := range s.Triggers.All() {
		if trigger.Table == o.From {
			trigger.Table = o.To
			if s.Server.Dialect == schema.Postgres {
				trigger.Name = schema.Name{Schema: o.To.Schema, Name: o.To.Name + "/" + trigger.Trigger}
				trigger.Definition = sqltext.RenameIdent(s.Server.Dialect, trigger.Definition, o.From.Name, o.To.Name)
			}
		}
	}
	s.Triggers.Refresh()
	for sequence := range s.Sequences.All() {
		if sequence.OwnedBy.Relation == o.From {
			sequence.OwnedBy.Relation = o.To
		}
	}
	for _, dependencies := range dependents(s) {
		for i := range dependencies {
			if dependencies[i].Relation == o.From {
				dependencies[i].Relation = o.To
			}
		}
	}
	rewriteStatements(s, func(text string) string { return sqliteddl.RenameTable(text, o.From.Name, o.To.Name) })
	return nil
}

// dependents returns the dependency lists of all views, functions and triggers.
func dependents(s *schema.Schema) [][]schema.Dependency {
	var out [][]schema.Dependency
	for view := range s.Views.All() {
		out = append(out, view.DependsOn)
	}
	for function := range s.Functions.All() {
		out = append(out, function.DependsOn)
	}
	for trigger := range s.Triggers.All() {
		out = append(out, trigger.DependsOn)
	}
	return out
}

// rewriteStatements rewrites the texts of views and triggers where the engine does so itself on a rename (SQLite).
func rewriteStatements(s *schema.Schema, rewrite func(string) string) {
	if s.Server.Dialect != schema.SQLite {
		return
	}
	for view := range s.Views.All() {
		view.Definition = rewrite(view.Definition)
	}
	for trigger := range s.Triggers.All() {
		trigger.Definition = rewrite(trigger.Definition)
	}
}

// Reverse renames the table back.
func (o *RenameTable) Reverse(before *schema.Schema) ([]Operation, error) {
	undo := &RenameTable{From: o.To, To: o.From}
	if table := before.Table(o.From); table != nil {
		undo.Model = table.Model
	}
	return []Operation{undo}, nil
}

// AlterTable changes attributes of a table as a whole: its comment and its options.
type AlterTable struct {
	Name schema.Name `json:"name"`
	// Comment is the new comment, "" to remove it; nil leaves it.
	Comment *string `json:"comment,omitempty"`
	// Set holds the options to set, Unset the keys to remove.
	Set   schema.Options `json:"set,omitempty"`
	Unset []string       `json:"unset,omitempty"`
}

// Kind returns "alter_table".
func (o *AlterTable) Kind() string { return "alter_table" }

// Subject returns the table's name.
func (o *AlterTable) Subject() schema.Name { return o.Name }

// String returns "alter table NAME: …" with what changes.
func (o *AlterTable) String() string {
	text := fmt.Sprintf("alter table %s:", o.Name)
	if o.Comment != nil {
		text += fmt.Sprintf(" comment %q", *o.Comment)
	}
	if len(o.Set) > 0 {
		text += " set " + o.Set.String()
	}
	for _, key := range o.Unset {
		text += " unset " + key
	}
	return text
}

// Apply sets the attributes.
func (o *AlterTable) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Name)
	if err != nil {
		return err
	}
	if o.Comment != nil {
		table.Comment = *o.Comment
	}
	for _, option := range o.Set {
		table.Options.Set(option.Key, option.Value)
	}
	for _, key := range o.Unset {
		table.Options.Delete(key)
	}
	return nil
}

// Reverse sets the attributes back.
func (o *AlterTable) Reverse(before *schema.Schema) ([]Operation, error) {
	table, err := tableFor(o, before, o.Name)
	if err != nil {
		return nil, err
	}
	undo := &AlterTable{Name: o.Name}
	if o.Comment != nil {
		comment := table.Comment
		undo.Comment = &comment
	}
	for _, option := range o.Set {
		undo.restore(table.Options, option.Key)
	}
	for _, key := range o.Unset {
		undo.restore(table.Options, key)
	}
	return []Operation{undo}, nil
}

func (o *AlterTable) restore(options schema.Options, key string) {
	if value, has := options.Get(key); has {
		o.Set.Set(key, value)
		return
	}
	o.Unset = append(o.Unset, key)
}

// renameIn replaces a column's name in an expression of the schema's dialect.
func renameIn(s *schema.Schema, expr, from, to string) string {
	if expr == "" {
		return ""
	}
	return sqltext.RenameIdent(s.Server.Dialect, expr, from, to)
}
