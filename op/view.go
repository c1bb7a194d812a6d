package op

import (
	"fmt"

	"github.com/retort-db/retort/schema"
)

// CreateView creates a view or a materialized view.
type CreateView struct {
	View        *schema.View `json:"view"`
	Replace     bool         `json:"replace,omitempty"` // replaces the one that is there
	IfNotExists bool         `json:"if_not_exists,omitempty"`
}

// Kind returns "create_view".
func (o *CreateView) Kind() string { return "create_view" }

// Subject returns the object's name.
func (o *CreateView) Subject() schema.Name { return o.View.ObjectName() }

// String returns "create view NAME".
func (o *CreateView) String() string { return fmt.Sprintf("create view %s", o.Subject()) }

// Apply adds the object.
func (o *CreateView) Apply(s *schema.Schema) error {
	if s.Views.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		if o.Replace {
			s.Views.Add(o.View.Clone())
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Views.Add(o.View.Clone())
	return nil
}

// Reverse drops the object, or puts back the one that it replaced.
func (o *CreateView) Reverse(before *schema.Schema) ([]Operation, error) {
	if old, ok := before.Views.Get(o.Subject()); ok {
		if o.Replace {
			return []Operation{&CreateView{View: old.Clone(), Replace: true}}, nil
		}
		if o.IfNotExists {
			return nil, nil
		}
	}
	return []Operation{&DropView{Name: o.Subject(), Materialized: o.View.Materialized}}, nil
}

// DropView drops a view or a materialized view.
type DropView struct {
	Name         schema.Name `json:"name"`
	Materialized bool        `json:"materialized,omitempty"`
	IfExists     bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_view".
func (o *DropView) Kind() string { return "drop_view" }

// Subject returns the object's name.
func (o *DropView) Subject() schema.Name { return o.Name }

// String returns "drop view NAME".
func (o *DropView) String() string { return fmt.Sprintf("drop view %s", o.Name) }

// Apply removes the view and its INSTEAD OF triggers.
func (o *DropView) Apply(s *schema.Schema) error {
	if !s.Views.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such view")
	}
	s.Triggers.Filter(func(t *schema.Trigger) bool { return t.Table != o.Name })
	return nil
}

// Reverse creates the object as it was.
func (o *DropView) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Views.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateView{View: old.Clone()}}, nil
}
