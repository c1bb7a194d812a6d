package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// creationOrder returns operations that fill an empty database in an order in which each finds what it needs: functions
// that a check, a default or a domain calls, types that others are made of, tables whose rows a function returns.
// Operations keep their order where nothing asks for another. Lists that do more than create are returned as they are.
func creationOrder(before *schema.Schema, operations []op.Operation) []op.Operation {
	if before.Tables.Len()+before.Enums.Len()+before.Functions.Len()+before.Views.Len() > 0 {
		return operations
	}
	nodes := make([]creation, len(operations))
	for i, operation := range operations {
		node, ok := creationOf(operation)
		if !ok {
			return operations
		}
		nodes[i] = node
	}
	slices.SortStableFunc(nodes, func(a, b creation) int { return a.rank - b.rank })

	providers := map[string][]int{}
	for i, node := range nodes {
		if node.provides != "" {
			providers[node.provides] = append(providers[node.provides], i)
		}
	}
	var out []op.Operation
	for _, i := range depthFirst(nodes, providers) {
		out = append(out, nodes[i].operation)
	}
	return out
}

// creation is an operation that creates an object.
type creation struct {
	operation op.Operation
	rank      int      // schemas and extensions come before all else
	provides  string   // the object's name without its namespace and arguments
	needs     []string // such names, or words that may be such
	parents   []string // those of needs that are certain: what a table inherits from or is part of, what a view reads
}

func creationOf(operation op.Operation) (creation, bool) {
	node := creation{operation: operation, rank: 2}
	switch o := operation.(type) {
	case *op.CreateNamespace:
		node.rank = 0
	case *op.CreateExtension:
		node.rank = 1
	case *op.CreateEnum:
		node.provides = o.Enum.Name.Name
	case *op.CreateDomain:
		node.provides = o.Domain.Name.Name
		node.needs = identifiersIn(o.Domain.Type, o.Domain.Default)
		for _, check := range o.Domain.Checks {
			node.needs = append(node.needs, identifiersIn(check.Expr)...)
		}
	case *op.CreateComposite:
		node.provides = o.Composite.Name.Name
		for _, field := range o.Composite.Fields {
			node.needs = append(node.needs, identifiersIn(field.Type)...)
		}
	case *op.CreateSequence:
		node.provides = o.Sequence.Name.Name
	case *op.CreateFunction:
		node.provides, _ = splitRoutine(o.Function.Name.Name)
		node.needs = usedNames(o.Function.DependsOn)
	case *op.CreateTable:
		node.provides = o.Table.Name.Name
		node.needs = needsOfTable(o.Table)
		node.parents = parentsOfTable(o.Table)
	case *op.CreateIndex:
		node.needs = append(needsOfIndex(o.Index), o.Table.Name)
	case *op.AddConstraint:
		node.needs = []string{o.Table.Name}
		if o.ForeignKey != nil {
			node.needs = append(node.needs, o.ForeignKey.RefTable.Name)
		}
	case *op.CreateStatistic:
		node.needs = identifiersIn(o.Statistic.Definition)
	case *op.CreateView:
		node.provides = o.View.Name.Name
		node.needs = usedNames(o.View.DependsOn)
		node.parents = node.needs
	case *op.CreateTrigger:
		node.needs = append(usedNames(o.Trigger.DependsOn), o.Trigger.Table.Name)
	default:
		return creation{}, false
	}
	return node, true
}

func parentsOfTable(table *schema.Table) []string {
	var parents []string
	for _, parent := range table.Inherits {
		parents = append(parents, parent.Name)
	}
	if table.Partition != nil && table.Partition.Of.Name != "" {
		parents = append(parents, table.Partition.Of.Name)
	}
	return parents
}

func needsOfTable(table *schema.Table) []string {
	needs := parentsOfTable(table)
	if table.Partition != nil {
		needs = append(needs, identifiersIn(table.Partition.By)...)
	}
	for _, column := range table.Columns {
		needs = append(needs, identifiersIn(column.Type, column.Default)...)
		if column.Generated != nil {
			needs = append(needs, identifiersIn(column.Generated.Expr)...)
		}
	}
	for _, check := range table.Checks {
		needs = append(needs, identifiersIn(check.Expr)...)
	}
	for _, exclusion := range table.Exclusions {
		needs = append(needs, identifiersIn(exclusion.Where)...)
		for _, element := range exclusion.Elements {
			needs = append(needs, identifiersIn(element.Expr)...)
		}
	}
	for _, index := range table.Indexes {
		needs = append(needs, needsOfIndex(index)...)
	}
	return needs
}

func needsOfIndex(index *schema.Index) []string {
	needs := identifiersIn(index.Where)
	for _, part := range index.Parts {
		needs = append(needs, identifiersIn(part.Expr)...)
	}
	return needs
}

func usedNames(dependencies []schema.Dependency) []string {
	var names []string
	for _, dependency := range dependencies {
		name, _ := splitRoutine(dependency.Relation.Name)
		names = append(names, name)
	}
	return names
}

// identifiersIn returns the identifiers in SQL texts. Sequences are named inside strings: nextval('books.numbers'::regclass).
func identifiersIn(texts ...string) []string {
	var out []string
	for _, text := range texts {
		for _, token := range sqltext.Significant(schema.Postgres, text) {
			if token.Kind == sqltext.String {
				name := schema.ParseName(strings.Trim(token.Text, "'"))
				out = append(out, strings.ReplaceAll(strings.Trim(name.Name, `"`), `""`, `"`))
				continue
			}
			if name, ok := token.Ident(); ok {
				out = append(out, name)
			}
		}
	}
	return out
}

// depthFirst returns the nodes with each after those that it needs. What needs itself in a circle keeps the given order.
// It works off a stack of its own, since chains in user data can be long.
func depthFirst(nodes []creation, providers map[string][]int) []int {
	const (
		entered = 1
		done    = 2
	)
	state := make([]int, len(nodes))
	order := make([]int, 0, len(nodes))
	for first := range nodes {
		stack := []int{first}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			switch state[at] {
			case 0:
				state[at] = entered
				for _, need := range slices.Backward(nodes[at].needs) {
					for _, provider := range slices.Backward(providers[need]) {
						if state[provider] == 0 && !descends(nodes, providers, provider, at) {
							stack = append(stack, provider)
						}
					}
				}
			case entered:
				state[at] = done
				order = append(order, at)
				stack = stack[:len(stack)-1]
			case done:
				stack = stack[:len(stack)-1]
			}
		}
	}
	return order
}

// descends reports whether a table or view certainly needs another, directly or not. Then the other does not need it,
// whatever word of its definition looks like its name.
func descends(nodes []creation, providers map[string][]int, object, ancestor int) bool {
	if len(nodes[object].parents) == 0 {
		return false
	}
	seen := map[int]bool{}
	pending := []int{object}
	for len(pending) > 0 {
		at := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, parent := range nodes[at].parents {
			for _, i := range providers[parent] {
				if i == ancestor {
					return true
				}
				if !seen[i] {
					seen[i] = true
					pending = append(pending, i)
				}
			}
		}
	}
	return false
}
