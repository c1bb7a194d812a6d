package op

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/schema"
)

// CreateNamespace creates a schema (PostgreSQL) or a database (MySQL).
type CreateNamespace struct {
	Name        string `json:"name"`
	IfNotExists bool   `json:"if_not_exists,omitempty"`
}

// Kind returns "create_namespace".
func (o *CreateNamespace) Kind() string { return "create_namespace" }

// Subject returns the namespace's name.
func (o *CreateNamespace) Subject() schema.Name { return schema.Name{Name: o.Name} }

// String returns "create schema NAME".
func (o *CreateNamespace) String() string { return fmt.Sprintf("create schema %s", o.Name) }

// Apply adds the namespace to those that the schema covers.
func (o *CreateNamespace) Apply(s *schema.Schema) error {
	if slices.Contains(s.Namespaces, o.Name) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Namespaces = append(s.Namespaces, o.Name)
	return nil
}

// Reverse drops the namespace. One that may have been there before (IfNotExists) stays.
func (o *CreateNamespace) Reverse(*schema.Schema) ([]Operation, error) {
	if o.IfNotExists {
		return nil, nil
	}
	return []Operation{&DropNamespace{Name: o.Name}}, nil
}

// DropNamespace drops an empty schema (PostgreSQL) or a database (MySQL).
type DropNamespace struct {
	Name     string `json:"name"`
	IfExists bool   `json:"if_exists,omitempty"`
}

// Kind returns "drop_namespace".
func (o *DropNamespace) Kind() string { return "drop_namespace" }

// Subject returns the namespace's name.
func (o *DropNamespace) Subject() schema.Name { return schema.Name{Name: o.Name} }

// String returns "drop schema NAME".
func (o *DropNamespace) String() string { return fmt.Sprintf("drop schema %s", o.Name) }

// Apply takes the namespace out of those that the schema covers.
func (o *DropNamespace) Apply(s *schema.Schema) error {
	at := slices.Index(s.Namespaces, o.Name)
	if at < 0 {
		if o.IfExists {
			return nil
		}
		return misfit(o, "there is no such schema")
	}
	s.Namespaces = slices.Delete(s.Namespaces, at, at+1)
	return nil
}

// Reverse creates the namespace.
func (o *DropNamespace) Reverse(*schema.Schema) ([]Operation, error) {
	return []Operation{&CreateNamespace{Name: o.Name}}, nil
}
