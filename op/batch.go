package op

import (
	"fmt"

	"github.com/retort-db/retort/schema"
)

// Batch groups changes of one table: one rebuild on SQLite, one ALTER TABLE elsewhere.
type Batch struct {
	Table      schema.Name `json:"table"`
	Operations List        `json:"operations"`
	// Rebuild asks for a rebuild on SQLite even where its own ALTER TABLE would do, for example to bring columns in order.
	Rebuild bool `json:"rebuild,omitempty"`
}

// Kind returns "batch".
func (o *Batch) Kind() string { return "batch" }

// Subject returns the table's name.
func (o *Batch) Subject() schema.Name { return o.Table }

// String returns "alter table NAME in one go (N changes)".
func (o *Batch) String() string {
	return fmt.Sprintf("alter table %s in one go (%d changes)", o.Table, len(o.Operations))
}

// Apply applies the operations in order.
func (o *Batch) Apply(s *schema.Schema) error {
	for _, operation := range o.Operations {
		if err := operation.Apply(s); err != nil {
			return err
		}
	}
	return nil
}

// Reverse returns a batch of the reverses.
func (o *Batch) Reverse(before *schema.Schema) ([]Operation, error) {
	undo, err := Reverse(before, o.Operations)
	if err != nil {
		return nil, err
	}
	return []Operation{&Batch{Table: o.Table, Operations: undo, Rebuild: o.Rebuild}}, nil
}
