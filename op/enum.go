package op

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/schema"
)

// CreateEnum creates an enum type (PostgreSQL).
type CreateEnum struct {
	Enum        *schema.Enum `json:"enum"`
	IfNotExists bool         `json:"if_not_exists,omitempty"`
}

// Kind returns "create_enum".
func (o *CreateEnum) Kind() string { return "create_enum" }

// Subject returns the object's name.
func (o *CreateEnum) Subject() schema.Name { return o.Enum.ObjectName() }

// String returns "create enum NAME".
func (o *CreateEnum) String() string { return fmt.Sprintf("create enum %s", o.Subject()) }

// Apply adds the object.
func (o *CreateEnum) Apply(s *schema.Schema) error {
	if s.Enums.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Enums.Add(o.Enum.Clone())
	return nil
}

// Reverse drops the object.
func (o *CreateEnum) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.IfNotExists && before.Enums.Has(o.Subject()) {
		return nil, nil
	}
	return []Operation{&DropEnum{Name: o.Subject()}}, nil
}

// DropEnum drops an enum type (PostgreSQL).
type DropEnum struct {
	Name     schema.Name `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_enum".
func (o *DropEnum) Kind() string { return "drop_enum" }

// Subject returns the object's name.
func (o *DropEnum) Subject() schema.Name { return o.Name }

// String returns "drop enum NAME".
func (o *DropEnum) String() string { return fmt.Sprintf("drop enum %s", o.Name) }

// Apply removes the object.
func (o *DropEnum) Apply(s *schema.Schema) error {
	if !s.Enums.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such enum")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropEnum) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Enums.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateEnum{Enum: old.Clone()}}, nil
}

// AlterEnum changes the values of an enum type (PostgreSQL). Each change is one of adding, renaming or removing a value.
// Removing makes the type anew and fails if a row holds the value.
type AlterEnum struct {
	Name schema.Name `json:"name"`
	// Add inserts a value, Before or After a present one, at the end if neither is given.
	Add    string `json:"add,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// Rename and To rename a value; the rows keep their meaning.
	Rename string `json:"rename,omitempty"`
	To     string `json:"to,omitempty"`
	// Remove lists values to remove.
	Remove []string `json:"remove,omitempty"`
	// RenamedTo is set while it is undecided whether the removed value was renamed instead.
	RenamedTo string `json:"renamed_to,omitempty"`
}

// Kind returns "alter_enum".
func (o *AlterEnum) Kind() string { return "alter_enum" }

// Subject returns the type's name.
func (o *AlterEnum) Subject() schema.Name { return o.Name }

// String returns "add value V to enum NAME" or the like.
func (o *AlterEnum) String() string {
	switch {
	case o.Add != "":
		return fmt.Sprintf("add value %q to enum %s", o.Add, o.Name)
	case o.Rename != "":
		return fmt.Sprintf("rename value %q of enum %s to %q", o.Rename, o.Name, o.To)
	}
	return fmt.Sprintf("remove values %q from enum %s", o.Remove, o.Name)
}

// Apply changes the list of values.
func (o *AlterEnum) Apply(s *schema.Schema) error {
	enum, ok := s.Enums.Get(o.Name)
	if !ok {
		return misfit(o, "there is no such enum")
	}
	switch {
	case o.Add != "":
		return o.add(enum)
	case o.Rename != "":
		at := slices.Index(enum.Values, o.Rename)
		if at < 0 {
			return misfit(o, "there is no such value")
		}
		enum.Values[at] = o.To
		return nil
	}
	for _, value := range o.Remove {
		at := slices.Index(enum.Values, value)
		if at < 0 {
			return misfit(o, "there is no value %q", value)
		}
		enum.Values = slices.Delete(enum.Values, at, at+1)
	}
	return nil
}

func (o *AlterEnum) add(enum *schema.Enum) error {
	if slices.Contains(enum.Values, o.Add) {
		return misfit(o, "there is one already")
	}
	at := len(enum.Values)
	if neighbour := o.Before + o.After; neighbour != "" {
		at = slices.Index(enum.Values, neighbour)
		if at < 0 {
			return misfit(o, "there is no value %q to place it by", neighbour)
		}
		if o.After != "" {
			at++
		}
	}
	enum.Values = slices.Insert(enum.Values, at, o.Add)
	return nil
}

// Reverse undoes the change: an added value is removed, a removed one added in its old place.
func (o *AlterEnum) Reverse(before *schema.Schema) ([]Operation, error) {
	switch {
	case o.Add != "":
		return []Operation{&AlterEnum{Name: o.Name, Remove: []string{o.Add}}}, nil
	case o.Rename != "":
		return []Operation{&AlterEnum{Name: o.Name, Rename: o.To, To: o.Rename}}, nil
	}
	enum, ok := before.Enums.Get(o.Name)
	if !ok {
		return nil, misfit(o, "there is no such enum")
	}
	var undo []Operation
	for at, value := range enum.Values {
		if !slices.Contains(o.Remove, value) {
			continue
		}
		// The values before this one are all there again by now, so the one to its left is a safe neighbour.
		add := &AlterEnum{Name: o.Name, Add: value}
		if at > 0 {
			add.After = enum.Values[at-1]
		} else if next := firstKept(enum.Values, o.Remove); next != "" {
			add.Before = next
		}
		undo = append(undo, add)
	}
	return undo, nil
}

func firstKept(values, removed []string) string {
	for _, value := range values {
		if !slices.Contains(removed, value) {
			return value
		}
	}
	return ""
}

// RenameEnum renames an enum type (PostgreSQL).
type RenameEnum struct {
	From schema.Name `json:"from"`
	To   schema.Name `json:"to"`
}

// Kind returns "rename_enum".
func (o *RenameEnum) Kind() string { return "rename_enum" }

// Subject returns the old name.
func (o *RenameEnum) Subject() schema.Name { return o.From }

// String returns "rename enum OLD to NEW".
func (o *RenameEnum) String() string { return fmt.Sprintf("rename enum %s to %s", o.From, o.To) }

// Apply renames the type, also where columns have it.
func (o *RenameEnum) Apply(s *schema.Schema) error {
	enum, ok := s.Enums.Get(o.From)
	if !ok {
		return misfit(o, "there is no such enum")
	}
	enum.Name = o.To
	s.Enums.Refresh()
	for table := range s.Tables.All() {
		for _, column := range table.Columns {
			if column.Type == o.From.String() {
				column.Type = o.To.String()
			}
		}
	}
	return nil
}

// Reverse renames the type back.
func (o *RenameEnum) Reverse(*schema.Schema) ([]Operation, error) {
	return []Operation{&RenameEnum{From: o.To, To: o.From}}, nil
}
