package op

import (
	"fmt"

	"github.com/retort-db/retort/schema"
)

// CreateDomain creates a domain (PostgreSQL).
type CreateDomain struct {
	Domain      *schema.Domain `json:"domain"`
	IfNotExists bool           `json:"if_not_exists,omitempty"`
}

// Kind returns "create_domain".
func (o *CreateDomain) Kind() string { return "create_domain" }

// Subject returns the object's name.
func (o *CreateDomain) Subject() schema.Name { return o.Domain.ObjectName() }

// String returns "create domain NAME".
func (o *CreateDomain) String() string { return fmt.Sprintf("create domain %s", o.Subject()) }

// Apply adds the object.
func (o *CreateDomain) Apply(s *schema.Schema) error {
	if s.Domains.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Domains.Add(o.Domain.Clone())
	return nil
}

// Reverse drops the object.
func (o *CreateDomain) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.IfNotExists && before.Domains.Has(o.Subject()) {
		return nil, nil
	}
	return []Operation{&DropDomain{Name: o.Subject()}}, nil
}

// DropDomain drops a domain (PostgreSQL).
type DropDomain struct {
	Name     schema.Name `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_domain".
func (o *DropDomain) Kind() string { return "drop_domain" }

// Subject returns the object's name.
func (o *DropDomain) Subject() schema.Name { return o.Name }

// String returns "drop domain NAME".
func (o *DropDomain) String() string { return fmt.Sprintf("drop domain %s", o.Name) }

// Apply removes the object.
func (o *DropDomain) Apply(s *schema.Schema) error {
	if !s.Domains.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such domain")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropDomain) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Domains.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateDomain{Domain: old.Clone()}}, nil
}

// CreateComposite creates a composite type (PostgreSQL).
type CreateComposite struct {
	Composite   *schema.Composite `json:"composite_type"`
	IfNotExists bool              `json:"if_not_exists,omitempty"`
}

// Kind returns "create_composite".
func (o *CreateComposite) Kind() string { return "create_composite" }

// Subject returns the object's name.
func (o *CreateComposite) Subject() schema.Name { return o.Composite.ObjectName() }

// String returns "create composite type NAME".
func (o *CreateComposite) String() string {
	return fmt.Sprintf("create composite type %s", o.Subject())
}

// Apply adds the object.
func (o *CreateComposite) Apply(s *schema.Schema) error {
	if s.Composites.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Composites.Add(o.Composite.Clone())
	return nil
}

// Reverse drops the object.
func (o *CreateComposite) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.IfNotExists && before.Composites.Has(o.Subject()) {
		return nil, nil
	}
	return []Operation{&DropComposite{Name: o.Subject()}}, nil
}

// DropComposite drops a composite type (PostgreSQL).
type DropComposite struct {
	Name     schema.Name `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_composite".
func (o *DropComposite) Kind() string { return "drop_composite" }

// Subject returns the object's name.
func (o *DropComposite) Subject() schema.Name { return o.Name }

// String returns "drop composite type NAME".
func (o *DropComposite) String() string { return fmt.Sprintf("drop composite type %s", o.Name) }

// Apply removes the object.
func (o *DropComposite) Apply(s *schema.Schema) error {
	if !s.Composites.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such composite type")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropComposite) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Composites.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateComposite{Composite: old.Clone()}}, nil
}
