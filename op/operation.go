package op

import (
	"fmt"

	"github.com/retort-db/retort/schema"
)

// Operation is one change of a database. Operations are values: compiling, applying or reversing one never changes it.
type Operation interface {
	// Kind is the stable name of the operation's type, such as "add_column".
	Kind() string
	// Subject is the object that is changed: the table for everything that belongs to a table. It is zero for data steps
	// that name no object.
	Subject() schema.Name
	// Apply carries the operation's effect out on s. The error is an *EffectError if s does not fit.
	Apply(s *schema.Schema) error
	// Reverse returns the operations that undo this one, given the schema before it. What has no reverse returns an
	// *IrreversibleError.
	Reverse(before *schema.Schema) ([]Operation, error)
	// String describes the operation in a few words: "add column users.phone varchar(32)".
	String() string
}

// Custom is an operation that brings its own SQL, for users who define operations of their own.
type Custom interface {
	Operation
	// SQL returns the statements for a server, in the order in which they run.
	SQL(server schema.Server) ([]string, error)
}

// EffectError says that an operation does not fit the schema that it was applied to.
type EffectError struct {
	Operation string // the operation, described
	Reason    string // "there is no table users"
}

// Error names the operation and the reason.
func (e *EffectError) Error() string { return fmt.Sprintf("%s: %s", e.Operation, e.Reason) }

// IrreversibleError says that an operation cannot be undone.
type IrreversibleError struct {
	Operation string
	Reason    string
}

// Error names the operation and the reason.
func (e *IrreversibleError) Error() string {
	return fmt.Sprintf("%s cannot be undone: %s", e.Operation, e.Reason)
}

// Replay applies operations to a copy of s, in order, and returns the copy. On error it returns the schema as it was
// before the operation that did not fit.
func Replay(s *schema.Schema, operations []Operation) (*schema.Schema, error) {
	state := s.Clone()
	for _, operation := range operations {
		if err := operation.Apply(state); err != nil {
			return state, err
		}
	}
	return state, nil
}

// Reverse returns the operations that undo the given ones, given the schema before the first of them.
func Reverse(before *schema.Schema, operations []Operation) ([]Operation, error) {
	state := before.Clone()
	undo := make([][]Operation, len(operations))
	count := 0
	for i, operation := range operations {
		reverse, err := operation.Reverse(state)
		if err != nil {
			return nil, err
		}
		if err := operation.Apply(state); err != nil {
			return nil, err
		}
		undo[i] = reverse
		count += len(reverse)
	}
	out := make([]Operation, 0, count)
	for i := len(undo) - 1; i >= 0; i-- {
		out = append(out, undo[i]...)
	}
	return out, nil
}

func misfit(operation Operation, format string, args ...any) error {
	return &EffectError{Operation: operation.String(), Reason: fmt.Sprintf(format, args...)}
}

// tableFor returns the table that an operation works on.
func tableFor(operation Operation, s *schema.Schema, name schema.Name) (*schema.Table, error) {
	if table := s.Table(name); table != nil {
		return table, nil
	}
	return nil, misfit(operation, "there is no table %s", name)
}
