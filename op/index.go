package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// CreateIndex creates an index on a table or a materialized view.
type CreateIndex struct {
	Table schema.Name   `json:"table"`
	Index *schema.Index `json:"index"`
	// Concurrently builds it without blocking writes; on PostgreSQL a step of its own, outside a transaction.
	Concurrently bool `json:"concurrently,omitempty"`
	IfNotExists  bool `json:"if_not_exists,omitempty"`
}

// Kind returns "create_index".
func (o *CreateIndex) Kind() string { return "create_index" }

// Subject returns the table's name.
func (o *CreateIndex) Subject() schema.Name { return o.Table }

// String returns "create unique index NAME on TABLE (PARTS)" or the like.
func (o *CreateIndex) String() string {
	unique := ""
	if o.Index.Unique {
		unique = "unique "
	}
	parts := make([]string, len(o.Index.Parts))
	for i, part := range o.Index.Parts {
		parts[i] = part.Column + part.Expr
	}
	return fmt.Sprintf("create %sindex %s on %s (%s)", unique, o.Index.Name, o.Table, strings.Join(parts, ", "))
}

// Apply adds the index.
func (o *CreateIndex) Apply(s *schema.Schema) error {
	indexes, err := indexesOf(o, s, o.Table)
	if err != nil {
		return err
	}
	if indexAt(*indexes, o.Index.Name) >= 0 {
		if o.IfNotExists {
			return nil
		}
		return misfit(o, "there is one already")
	}
	*indexes = append(*indexes, o.Index.Clone())
	return nil
}

// Reverse drops the index.
func (o *CreateIndex) Reverse(before *schema.Schema) ([]Operation, error) {
	indexes, err := indexesOf(o, before, o.Table)
	if err == nil && o.IfNotExists && indexAt(*indexes, o.Index.Name) >= 0 {
		return nil, nil
	}
	return []Operation{&DropIndex{Table: o.Table, Name: o.Index.Name, Concurrently: o.Concurrently}}, nil
}

// DropIndex drops an index.
type DropIndex struct {
	Table        schema.Name `json:"table"`
	Name         string      `json:"name"`
	Concurrently bool        `json:"concurrently,omitempty"`
	IfExists     bool        `json:"if_exists,omitempty"`
}

// Kind returns "drop_index".
func (o *DropIndex) Kind() string { return "drop_index" }

// Subject returns the table's name.
func (o *DropIndex) Subject() schema.Name { return o.Table }

// String returns "drop index NAME on TABLE".
func (o *DropIndex) String() string { return fmt.Sprintf("drop index %s on %s", o.Name, o.Table) }

// Apply removes the index.
func (o *DropIndex) Apply(s *schema.Schema) error {
	asIndex(s, o.Table, o.Name)
	indexes, err := indexesOf(o, s, o.Table)
	if err != nil {
		return err
	}
	at := indexAt(*indexes, o.Name)
	if at < 0 {
		if o.IfExists {
			return nil
		}
		return misfit(o, "there is no such index")
	}
	*indexes = slices.Delete(*indexes, at, at+1)
	return nil
}

// Reverse creates the index as it was.
func (o *DropIndex) Reverse(before *schema.Schema) ([]Operation, error) {
	before = apart(before, o.Table)
	asIndex(before, o.Table, o.Name)
	indexes, err := indexesOf(o, before, o.Table)
	if err != nil {
		return nil, err
	}
	at := indexAt(*indexes, o.Name)
	if at < 0 {
		if o.IfExists {
			return nil, nil
		}
		return nil, &IrreversibleError{Operation: o.String(), Reason: "its definition is not known"}
	}
	return []Operation{&CreateIndex{Table: o.Table, Index: (*indexes)[at].Clone(), Concurrently: o.Concurrently}}, nil
}

// RenameIndex renames an index.
type RenameIndex struct {
	Table schema.Name `json:"table"`
	From  string      `json:"from"`
	To    string      `json:"to"`
}

// Kind returns "rename_index".
func (o *RenameIndex) Kind() string { return "rename_index" }

// Subject returns the table's name.
func (o *RenameIndex) Subject() schema.Name { return o.Table }

// String returns "rename index OLD on TABLE to NEW".
func (o *RenameIndex) String() string {
	return fmt.Sprintf("rename index %s on %s to %s", o.From, o.Table, o.To)
}

// Apply renames the index.
func (o *RenameIndex) Apply(s *schema.Schema) error {
	asIndex(s, o.Table, o.From)
	indexes, err := indexesOf(o, s, o.Table)
	if err != nil {
		return err
	}
	at := indexAt(*indexes, o.From)
	if at < 0 {
		return misfit(o, "there is no such index")
	}
	(*indexes)[at].Name = o.To
	return nil
}

// Reverse renames the index back.
func (o *RenameIndex) Reverse(*schema.Schema) ([]Operation, error) {
	return []Operation{&RenameIndex{Table: o.Table, From: o.To, To: o.From}}, nil
}

func indexAt(indexes []*schema.Index, name string) int {
	return slices.IndexFunc(indexes, func(index *schema.Index) bool { return index.Name == name })
}

// indexesOf returns the list of indexes of a table or a materialized view.
func indexesOf(operation Operation, s *schema.Schema, name schema.Name) (*[]*schema.Index, error) {
	if table := s.Table(name); table != nil {
		return &table.Indexes, nil
	}
	if view, ok := s.Views.Get(name); ok {
		return &view.Indexes, nil
	}
	return nil, misfit(operation, "there is no table %s", name)
}
