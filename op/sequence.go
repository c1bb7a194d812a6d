package op

import (
	"fmt"

	"github.com/retort-db/retort/schema"
)

// CreateSequence creates a free sequence.
type CreateSequence struct {
	Sequence    *schema.Sequence `json:"sequence"`
	IfNotExists bool             `json:"if_not_exists,omitempty"`
}

// Kind returns "create_sequence".
func (o *CreateSequence) Kind() string { return "create_sequence" }

// Subject returns the object's name.
func (o *CreateSequence) Subject() schema.Name { return o.Sequence.ObjectName() }

// String returns "create sequence NAME".
func (o *CreateSequence) String() string { return fmt.Sprintf("create sequence %s", o.Subject()) }

// Apply adds the object.
func (o *CreateSequence) Apply(s *schema.Schema) error {
	if s.Sequences.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Sequences.Add(o.Sequence.Clone())
	return nil
}

// Reverse drops the object.
func (o *CreateSequence) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.IfNotExists && before.Sequences.Has(o.Subject()) {
		return nil, nil
	}
	return []Operation{&DropSequence{Name: o.Subject()}}, nil
}

// DropSequence drops a free sequence.
type DropSequence struct {
	Name     schema.Name `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_sequence".
func (o *DropSequence) Kind() string { return "drop_sequence" }

// Subject returns the object's name.
func (o *DropSequence) Subject() schema.Name { return o.Name }

// String returns "drop sequence NAME".
func (o *DropSequence) String() string { return fmt.Sprintf("drop sequence %s", o.Name) }

// Apply removes the object.
func (o *DropSequence) Apply(s *schema.Schema) error {
	if !s.Sequences.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such sequence")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropSequence) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Sequences.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateSequence{Sequence: old.Clone()}}, nil
}

// AlterSequence gives a sequence new attributes; its position stays.
type AlterSequence struct {
	Sequence *schema.Sequence `json:"sequence"`
}

// Kind returns "alter_sequence".
func (o *AlterSequence) Kind() string { return "alter_sequence" }

// Subject returns the sequence's name.
func (o *AlterSequence) Subject() schema.Name { return o.Sequence.Name }

// String returns "alter sequence NAME".
func (o *AlterSequence) String() string { return fmt.Sprintf("alter sequence %s", o.Subject()) }

// Apply replaces the sequence's attributes.
func (o *AlterSequence) Apply(s *schema.Schema) error {
	if !s.Sequences.Has(o.Subject()) {
		return misfit(o, "there is no such sequence")
	}
	old, _ := s.Sequences.Get(o.Subject())
	changed := o.Sequence.Clone()
	// What ALTER SEQUENCE does not name it leaves.
	if changed.Start == nil {
		changed.Start = old.Start
	}
	if changed.Type == "" {
		changed.Type = old.Type
	}
	s.Sequences.Add(changed)
	return nil
}

// Reverse sets the attributes back.
func (o *AlterSequence) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Sequences.Get(o.Subject())
	if !ok {
		return nil, misfit(o, "there is no such sequence")
	}
	undo := old.Clone()
	if undo.Start == nil && o.Sequence.Start != nil {
		usual := int64(1)
		if undo.Increment != nil && *undo.Increment < 0 {
			usual = -1
		}
		undo.Start = &usual
	}
	return []Operation{&AlterSequence{Sequence: undo}}, nil
}

// RenameSequence renames a sequence, free or owned.
type RenameSequence struct {
	From schema.Name `json:"from"`
	To   schema.Name `json:"to"`
}

// Kind returns "rename_sequence".
func (o *RenameSequence) Kind() string { return "rename_sequence" }

// Subject returns the old name.
func (o *RenameSequence) Subject() schema.Name { return o.From }

// String returns "rename sequence OLD to NEW".
func (o *RenameSequence) String() string {
	return fmt.Sprintf("rename sequence %s to %s", o.From, o.To)
}

// Apply renames the sequence, also where a column owns it.
func (o *RenameSequence) Apply(s *schema.Schema) error {
	if sequence, ok := s.Sequences.Get(o.From); ok {
		sequence.Name = o.To
		s.Sequences.Refresh()
		return nil
	}
	for table := range s.Tables.All() {
		for _, column := range table.Columns {
			if SequenceOf(table, column) == o.From {
				column.Identity.Sequence = o.To
				return nil
			}
		}
	}
	return misfit(o, "there is no such sequence")
}

// Reverse renames the sequence back.
func (o *RenameSequence) Reverse(*schema.Schema) ([]Operation, error) {
	return []Operation{&RenameSequence{From: o.To, To: o.From}}, nil
}

// SequenceOf returns the name of the sequence behind a PostgreSQL serial or identity column, or the zero name.
func SequenceOf(table *schema.Table, column *schema.Column) schema.Name {
	id := column.Identity
	if id == nil || id.Kind == schema.IdentityAutoIncrement {
		return schema.Name{}
	}
	if id.Sequence != (schema.Name{}) {
		return id.Sequence
	}
	return schema.Name{Schema: table.Name.Schema, Name: table.Name.Name + "_" + column.Name + "_seq"}
}
