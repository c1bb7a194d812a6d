package op

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// List is a list of operations that is written to JSON with the kind of each, and read back. Go functions inside data
// steps are not carried over. Operations of the user's own come back as [Unknown].
type List []Operation

// MarshalJSON writes the operations as an array of {"kind": …, "op": …}.
func (l List) MarshalJSON() ([]byte, error) {
	items := make([]tagged, len(l))
	for i, operation := range l {
		body, err := json.Marshal(operation)
		if err != nil {
			return nil, err
		}
		items[i] = tagged{Kind: operation.Kind(), Op: body}
		if kinds[operation.Kind()] == nil {
			items[i].Text = operation.String()
		}
	}
	return json.Marshal(items)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *List) UnmarshalJSON(data []byte) error {
	var items []tagged
	if err := json.Unmarshal(data, &items); err != nil {
		return err
	}
	*l = make(List, len(items))
	for i, item := range items {
		create, known := kinds[item.Kind]
		if !known {
			(*l)[i] = &Unknown{Name: item.Kind, Text: item.Text}
			continue
		}
		operation := create()
		if err := json.Unmarshal(item.Op, operation); err != nil {
			return fmt.Errorf("operation %d (%s): %w", i, item.Kind, err)
		}
		(*l)[i] = operation
	}
	return nil
}

type tagged struct {
	Kind string          `json:"kind"`
	Op   json.RawMessage `json:"op"`
	Text string          `json:"text,omitempty"`
}

// Kinds returns the kinds of all operations of this package, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// kinds creates an empty operation of each kind.
var kinds = map[string]func() Operation{
	"create_table":        func() Operation { return new(CreateTable) },
	"drop_table":          func() Operation { return new(DropTable) },
	"rename_table":        func() Operation { return new(RenameTable) },
	"alter_table":         func() Operation { return new(AlterTable) },
	"add_column":          func() Operation { return new(AddColumn) },
	"drop_column":         func() Operation { return new(DropColumn) },
	"rename_column":       func() Operation { return new(RenameColumn) },
	"alter_column":        func() Operation { return new(AlterColumn) },
	"add_constraint":      func() Operation { return new(AddConstraint) },
	"drop_constraint":     func() Operation { return new(DropConstraint) },
	"rename_constraint":   func() Operation { return new(RenameConstraint) },
	"validate_constraint": func() Operation { return new(ValidateConstraint) },
	"create_index":        func() Operation { return new(CreateIndex) },
	"drop_index":          func() Operation { return new(DropIndex) },
	"rename_index":        func() Operation { return new(RenameIndex) },
	"create_enum":         func() Operation { return new(CreateEnum) },
	"drop_enum":           func() Operation { return new(DropEnum) },
	"alter_enum":          func() Operation { return new(AlterEnum) },
	"rename_enum":         func() Operation { return new(RenameEnum) },
	"create_domain":       func() Operation { return new(CreateDomain) },
	"drop_domain":         func() Operation { return new(DropDomain) },
	"create_composite":    func() Operation { return new(CreateComposite) },
	"drop_composite":      func() Operation { return new(DropComposite) },
	"create_sequence":     func() Operation { return new(CreateSequence) },
	"drop_sequence":       func() Operation { return new(DropSequence) },
	"alter_sequence":      func() Operation { return new(AlterSequence) },
	"rename_sequence":     func() Operation { return new(RenameSequence) },
	"create_namespace":    func() Operation { return new(CreateNamespace) },
	"drop_namespace":      func() Operation { return new(DropNamespace) },
	"create_extension":    func() Operation { return new(CreateExtension) },
	"drop_extension":      func() Operation { return new(DropExtension) },
	"create_statistics":   func() Operation { return new(CreateStatistic) },
	"drop_statistics":     func() Operation { return new(DropStatistic) },
	"create_view":         func() Operation { return new(CreateView) },
	"drop_view":           func() Operation { return new(DropView) },
	"create_function":     func() Operation { return new(CreateFunction) },
	"drop_function":       func() Operation { return new(DropFunction) },
	"create_trigger":      func() Operation { return new(CreateTrigger) },
	"drop_trigger":        func() Operation { return new(DropTrigger) },
	"exec":                func() Operation { return new(Exec) },
	"insert":              func() Operation { return new(Insert) },
	"run":                 func() Operation { return new(Run) },
	"backfill":            func() Operation { return new(Backfill) },
	"batch":               func() Operation { return new(Batch) },
	"irreversible":        func() Operation { return new(Irreversible) },
}
