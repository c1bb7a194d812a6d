package op

import (
	"fmt"

	"github.com/retort-db/retort/schema"
)

// CreateExtension creates an extension (PostgreSQL).
type CreateExtension struct {
	Extension   *schema.Extension `json:"extension"`
	IfNotExists bool              `json:"if_not_exists,omitempty"`
}

// Kind returns "create_extension".
func (o *CreateExtension) Kind() string { return "create_extension" }

// Subject returns the object's name.
func (o *CreateExtension) Subject() schema.Name { return o.Extension.ObjectName() }

// String returns "create extension NAME".
func (o *CreateExtension) String() string { return fmt.Sprintf("create extension %s", o.Subject()) }

// Apply adds the object.
func (o *CreateExtension) Apply(s *schema.Schema) error {
	if s.Extensions.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Extensions.Add(o.Extension.Clone())
	return nil
}

// Reverse drops the object.
func (o *CreateExtension) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.IfNotExists && before.Extensions.Has(o.Subject()) {
		return nil, nil
	}
	return []Operation{&DropExtension{Name: o.Subject()}}, nil
}

// DropExtension drops an extension (PostgreSQL).
type DropExtension struct {
	Name     schema.Name `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_extension".
func (o *DropExtension) Kind() string { return "drop_extension" }

// Subject returns the object's name.
func (o *DropExtension) Subject() schema.Name { return o.Name }

// String returns "drop extension NAME".
func (o *DropExtension) String() string { return fmt.Sprintf("drop extension %s", o.Name) }

// Apply removes the object.
func (o *DropExtension) Apply(s *schema.Schema) error {
	if !s.Extensions.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such extension")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropExtension) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Extensions.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateExtension{Extension: old.Clone()}}, nil
}

// CreateStatistic creates extended statistics (PostgreSQL).
type CreateStatistic struct {
	Statistic   *schema.Statistic `json:"statistics"`
	IfNotExists bool              `json:"if_not_exists,omitempty"`
}

// Kind returns "create_statistics".
func (o *CreateStatistic) Kind() string { return "create_statistics" }

// Subject returns the object's name.
func (o *CreateStatistic) Subject() schema.Name { return o.Statistic.ObjectName() }

// String returns "create statistics NAME".
func (o *CreateStatistic) String() string { return fmt.Sprintf("create statistics %s", o.Subject()) }

// Apply adds the object.
func (o *CreateStatistic) Apply(s *schema.Schema) error {
	if s.Statistics.Has(o.Subject()) {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	s.Statistics.Add(o.Statistic.Clone())
	return nil
}

// Reverse drops the object.
func (o *CreateStatistic) Reverse(before *schema.Schema) ([]Operation, error) {
	if o.IfNotExists && before.Statistics.Has(o.Subject()) {
		return nil, nil
	}
	return []Operation{&DropStatistic{Name: o.Subject()}}, nil
}

// DropStatistic drops extended statistics (PostgreSQL).
type DropStatistic struct {
	Name     schema.Name `json:"name"`
	IfExists bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_statistics".
func (o *DropStatistic) Kind() string { return "drop_statistics" }

// Subject returns the object's name.
func (o *DropStatistic) Subject() schema.Name { return o.Name }

// String returns "drop statistics NAME".
func (o *DropStatistic) String() string { return fmt.Sprintf("drop statistics %s", o.Name) }

// Apply removes the object.
func (o *DropStatistic) Apply(s *schema.Schema) error {
	if !s.Statistics.Remove(o.Name) && !o.IfExists {
		return misfit(o, "there is no such statistics")
	}
	return nil
}

// Reverse creates the object as it was.
func (o *DropStatistic) Reverse(before *schema.Schema) ([]Operation, error) {
	old, ok := before.Statistics.Get(o.Name)
	if !ok {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateStatistic{Statistic: old.Clone()}}, nil
}
