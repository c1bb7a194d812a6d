package op

import (
	"fmt"

	"github.com/retort-db/retort/schema"
)

// CreateFunction creates a function or procedure by its defining statement.
type CreateFunction struct {
	Function    *schema.Function `json:"function"`
	Replace     bool             `json:"replace,omitempty"` // replaces the one that is there
	IfNotExists bool             `json:"if_not_exists,omitempty"`
}

// Kind returns "create_function".
func (o *CreateFunction) Kind() string { return "create_function" }

// Subject returns the object's name.
func (o *CreateFunction) Subject() schema.Name { return o.Function.ObjectName() }

// String returns "create function NAME".
func (o *CreateFunction) String() string { return fmt.Sprintf("create function %s", o.Subject()) }

// Apply adds the object.
func (o *CreateFunction) Apply(s *schema.Schema) error {
	if s.Functions.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		if o.Replace {
			s.Functions.Add(o.Function.Clone())
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Functions.Add(o.Function.Clone())
	return nil
}

// Reverse drops the object, or puts back the one that it replaced.
func (o *CreateFunction) Reverse(before *schema.Schema) ([]Operation, error) {
	if old, ok := before.Functions.Get(o.Subject()); ok {
		if o.Replace {
			return []Operation{&CreateFunction{Function: old.Clone(), Replace: true}}, nil
		}
		if o.IfNotExists {
			return nil, nil
		}
	}
	return []Operation{&DropFunction{Name: o.Subject(), Routine: o.Function.Kind}}, nil
}

// DropFunction drops a function or procedure by its defining statement.
type DropFunction struct {
	Name schema.Name `json:"name"`
	// Routine is "function", "procedure" or "aggregate"; empty means function.
	Routine  string `json:"routine,omitempty"`
	IfExists bool   `json:"if_exists,omitempty"`
}

// Kind returns "drop_function".
func (o *DropFunction) Kind() string { return "drop_function" }

// Subject returns the object's name.
func (o *DropFunction) Subject() schema.Name { return o.Name }

// String returns "drop function NAME".
func (o *DropFunction) String() string { return fmt.Sprintf("drop function %s", o.Name) }

// Apply removes the object.
func (o *DropFunction) Apply(s *schema.Schema) error {
	if !s.Functions.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such function")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropFunction) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Functions.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateFunction{Function: old.Clone()}}, nil
}

// CreateTrigger creates a trigger by its defining statement.
type CreateTrigger struct {
	Trigger     *schema.Trigger `json:"trigger"`
	Replace     bool            `json:"replace,omitempty"` // replaces the one that is there
	IfNotExists bool            `json:"if_not_exists,omitempty"`
}

// Kind returns "create_trigger".
func (o *CreateTrigger) Kind() string { return "create_trigger" }

// Subject returns the object's name.
func (o *CreateTrigger) Subject() schema.Name { return o.Trigger.ObjectName() }

// String returns "create trigger NAME".
func (o *CreateTrigger) String() string { return fmt.Sprintf("create trigger %s", o.Subject()) }

// Apply adds the object.
func (o *CreateTrigger) Apply(s *schema.Schema) error {
	if s.Triggers.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		if o.Replace {
			s.Triggers.Add(o.Trigger.Clone())
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Triggers.Add(o.Trigger.Clone())
	return nil
}

// Reverse drops the object, or puts back the one that it replaced.
func (o *CreateTrigger) Reverse(before *schema.Schema) ([]Operation, error) {
	if old, ok := before.Triggers.Get(o.Subject()); ok {
		if o.Replace {
			return []Operation{&CreateTrigger{Trigger: old.Clone(), Replace: true}}, nil
		}
		if o.IfNotExists {
			return nil, nil
		}
	}
	return []Operation{&DropTrigger{Name: o.Subject(), Trigger: o.Trigger.Trigger, Table: o.Trigger.Table}}, nil
}

// DropTrigger drops a trigger by its defining statement.
type DropTrigger struct {
	Name     schema.Name `json:"name"`
	Trigger  string      `json:"trigger"`
	Table    schema.Name `json:"table"`
	IfExists bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_trigger".
func (o *DropTrigger) Kind() string { return "drop_trigger" }

// Subject returns the object's name.
func (o *DropTrigger) Subject() schema.Name { return o.Name }

// String returns "drop trigger NAME".
func (o *DropTrigger) String() string { return fmt.Sprintf("drop trigger %s", o.Name) }

// Apply removes the object.
func (o *DropTrigger) Apply(s *schema.Schema) error {
	if !s.Triggers.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such trigger")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropTrigger) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Triggers.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateTrigger{Trigger: old.Clone()}}, nil
}
