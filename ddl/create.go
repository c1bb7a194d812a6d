package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// CreateOperations returns the operations that create everything in a schema, in an order that runs in an empty
// database: types and sequences, tables, indexes and keys, then views, functions that use tables, and triggers. Foreign
// keys follow all tables, except on SQLite, which can only declare them with the table and does not mind the order.
// Objects that are foreign (see [schema.Table.Foreign]) are left out.
func CreateOperations(s *schema.Schema) []op.Operation {
	var out []op.Operation
	for _, namespace := range s.Namespaces {
		out = append(out, &op.CreateNamespace{Name: namespace, IfNotExists: true})
	}
	for extension := range s.Extensions.All() {
		// The version is left to the server: another one may not have it.
		bare := *extension
		bare.Version = ""
		out = append(out, &op.CreateExtension{Extension: &bare, IfNotExists: true})
	}
	for enum := range s.Enums.All() {
		if enum.Foreign == "" {
			out = append(out, &op.CreateEnum{Enum: enum})
		}
	}
	out = append(out, createTypes(s)...)
	for sequence := range s.Sequences.All() {
		if sequence.Foreign == "" && sequence.OwnedBy == (schema.Dependency{}) {
			out = append(out, &op.CreateSequence{Sequence: sequence})
		}
	}
	out = append(out, createFunctions(s, func(f *schema.Function) bool { return len(f.DependsOn) == 0 })...)
	out = append(out, createTables(s)...)
	for sequence := range s.Sequences.All() {
		if sequence.Foreign == "" && sequence.OwnedBy != (schema.Dependency{}) {
			out = append(out, &op.CreateSequence{Sequence: sequence})
		}
	}
	for statistic := range s.Statistics.All() {
		out = append(out, &op.CreateStatistic{Statistic: statistic})
	}
	out = append(out, createFunctions(s, func(f *schema.Function) bool { return len(f.DependsOn) > 0 })...)
	for _, view := range viewsInOrder(s) {
		bare := view.Clone()
		bare.Indexes = nil
		out = append(out, &op.CreateView{View: bare})
		for _, index := range view.Indexes {
			out = append(out, &op.CreateIndex{Table: view.Name, Index: index})
		}
	}
	for trigger := range s.Triggers.All() {
		out = append(out, &op.CreateTrigger{Trigger: trigger})
	}
	return out
}

// createTypes creates composite types and domains, each after those that its text mentions.
func createTypes(s *schema.Schema) []op.Operation {
	var types []schema.Object
	for domain := range s.Domains.All() {
		if domain.Foreign == "" {
			types = append(types, domain)
		}
	}
	for composite := range s.Composites.All() {
		if composite.Foreign == "" {
			types = append(types, composite)
		}
	}
	var out []op.Operation
	for _, object := range inOrder(types, typesMentioned) {
		switch object := object.(type) {
		case *schema.Domain:
			out = append(out, &op.CreateDomain{Domain: object})
		case *schema.Composite:
			out = append(out, &op.CreateComposite{Composite: object})
		}
	}
	return out
}

// typesMentioned returns the names of the types that a domain or composite is made of.
func typesMentioned(object schema.Object) []schema.Name {
	base := func(sqlType string) schema.Name {
		return schema.ParseName(strings.TrimSuffix(strings.TrimSpace(sqlType), "[]"))
	}
	switch object := object.(type) {
	case *schema.Domain:
		return []schema.Name{base(object.Type)}
	case *schema.Composite:
		var names []schema.Name
		for _, field := range object.Fields {
			names = append(names, base(field.Type))
		}
		return names
	}
	return nil
}

func createFunctions(s *schema.Schema, wanted func(*schema.Function) bool) []op.Operation {
	var out []op.Operation
	for function := range s.Functions.All() {
		if function.Foreign == "" && wanted(function) {
			out = append(out, &op.CreateFunction{Function: function})
		}
	}
	return out
}

func createTables(s *schema.Schema) []op.Operation {
	inline := s.Server.Dialect == schema.SQLite
	var tables, rest []op.Operation
	for _, table := range tablesInOrder(s) {
		if table.Foreign != "" {
			continue
		}
		bare := table.Clone()
		bare.Indexes = nil
		if !inline {
			bare.ForeignKeys = nil
		}
		tables = append(tables, &op.CreateTable{Table: bare})
		for _, index := range table.Indexes {
			if index = explicitIndex(table, index); index != nil {
				rest = append(rest, &op.CreateIndex{Table: table.Name, Index: index})
			}
		}
	}
	for table := range s.Tables.All() {
		if table.Foreign != "" || inline {
			continue
		}
		for _, key := range table.ForeignKeys {
			rest = append(rest, &op.AddConstraint{Table: table.Name, ForeignKey: key})
		}
	}
	return append(tables, rest...)
}

// tablesInOrder returns parents of partitions and of inheritance before their children, otherwise in the schema's order.
func tablesInOrder(s *schema.Schema) []*schema.Table {
	needs := func(table *schema.Table) []schema.Name {
		parents := slices.Clone(table.Inherits)
		if table.Partition != nil && table.Partition.Of != (schema.Name{}) {
			parents = append(parents, table.Partition.Of)
		}
		return parents
	}
	return inOrder(slices.Collect(s.Tables.All()), needs)
}

// viewsInOrder returns each view after the views that it uses.
func viewsInOrder(s *schema.Schema) []*schema.View {
	var views []*schema.View
	for view := range s.Views.All() {
		if view.Foreign == "" {
			views = append(views, view)
		}
	}
	return inOrder(views, func(view *schema.View) []schema.Name {
		var needs []schema.Name
		for _, dependency := range view.DependsOn {
			needs = append(needs, dependency.Relation)
		}
		return needs
	})
}

// inOrder returns the objects with each after those that it needs, and otherwise in the given order. What is in a cycle
// keeps the given order. It works off a stack of its own, since chains in user data can be long.
func inOrder[T schema.Object](objects []T, needs func(T) []schema.Name) []T {
	byName := make(map[schema.Name]T, len(objects))
	for _, object := range objects {
		byName[object.ObjectName()] = object
	}
	const (
		entered = 1
		done    = 2
	)
	state := make(map[schema.Name]int, len(objects))
	out := make([]T, 0, len(objects))
	for _, first := range objects {
		stack := []T{first}
		for len(stack) > 0 {
			object := stack[len(stack)-1]
			name := object.ObjectName()
			switch state[name] {
			case 0:
				state[name] = entered
				wanted := needs(object)
				for _, need := range slices.Backward(wanted) {
					if other, ok := byName[need]; ok && state[need] == 0 {
						stack = append(stack, other)
					}
				}
			case entered:
				state[name] = done
				out = append(out, object)
				stack = stack[:len(stack)-1]
			case done:
				stack = stack[:len(stack)-1]
			}
		}
	}
	return out
}

// explicitIndex returns the index as one to create, or nil if the server makes it together with a foreign key. The server
// names it after the key, or after the first column if the key came without a name, which one that is created here never
// does.
func explicitIndex(table *schema.Table, index *schema.Index) *schema.Index {
	if !index.Implicit {
		return index
	}
	if table.ForeignKey(index.Name) != nil {
		return nil
	}
	made := index.Clone()
	made.Implicit = false
	return made
}
