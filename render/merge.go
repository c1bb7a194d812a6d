package render

import (
	"reflect"
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// onTypes are the builder types that take what one engine alone has, by the call that starts their chain: the name of
// their parameter inside On, and the type.
var onTypes = map[string]struct{ parameter, of string }{
	"Column":      {"c", "ColumnElement"},
	"AlterColumn": {"s", "AlterColumnStep"},
	"CreateIndex": {"s", "CreateIndexStep"},
}

// engineCall is the same step as several engines write it.
type engineCall struct {
	dialects []schema.Dialect
	lines    []written
}

// merge writes one call that records what each engine's own call records. It reports false if there is none; the caller
// verifies what it gets.
func (e engineCall) merge() (*chain, bool) {
	first := e.lines[0].chain
	if first.name == "CreateTable" {
		return e.mergeTable()
	}
	chains := make([]*chain, len(e.lines))
	for i, line := range e.lines {
		chains[i] = line.chain
	}
	return mergeChains(e.dialects, chains)
}

// mergeTable merges CreateTable: its elements are matched by their keys, and what one engine alone has goes into op.On.
func (e engineCall) mergeTable() (*chain, bool) {
	first := e.lines[0].chain
	keys := make([][]string, len(e.lines))
	for i, line := range e.lines {
		if line.chain.name != first.name || !reflect.DeepEqual(line.chain.args[0], first.args[0]) ||
			!reflect.DeepEqual(line.chain.calls, first.calls) {
			return nil, false
		}
		keys[i] = line.elements
	}
	out := called("CreateTable", first.args[0])
	out.spread, out.calls = true, first.calls
	pending := specificElements{}
	for _, row := range align(keys) {
		var dialects []schema.Dialect
		var elements []*chain
		for i, at := range row {
			if at != absent {
				dialects = append(dialects, e.dialects[i])
				elements = append(elements, e.lines[i].chain.args[1+at].(*chain))
			}
		}
		if shared, ok := mergeElement(e.dialects, dialects, elements); ok {
			out.args = append(append(out.args, pending.flush()...), shared)
			continue
		}
		for i, dialect := range dialects {
			pending.add(dialect, elements[i])
		}
	}
	out.args = append(out.args, pending.flush()...)
	return out, true
}

// specificElements gathers neighbouring elements of one engine each.
type specificElements struct {
	dialects []schema.Dialect
	elements map[schema.Dialect][]node
}

func (s *specificElements) add(dialect schema.Dialect, element *chain) {
	if s.elements == nil {
		s.elements = map[schema.Dialect][]node{}
	}
	if len(s.elements[dialect]) == 0 {
		s.dialects = append(s.dialects, dialect)
	}
	s.elements[dialect] = append(s.elements[dialect], element)
}

// flush returns the gathered elements inside op.On, and forgets them.
func (s *specificElements) flush() []node {
	var out []node
	for _, dialect := range s.dialects {
		elements := s.elements[dialect]
		on := function("On", append([]node{dialectSymbol(dialect)}, elements...)...)
		on.spread = len(elements) > 1
		out = append(out, on)
	}
	*s = specificElements{}
	return out
}

// mergeElement merges an element of a table that the given ones of all dialects have.
func mergeElement(all, dialects []schema.Dialect, elements []*chain) (*chain, bool) {
	if len(dialects) == len(all) {
		return mergeChains(all, elements)
	}
	switch {
	case elements[0].name == "Option" && len(elements) == 1:
		return elements[0], true // it names its engine itself
	case elements[0].name == "Comment" && len(all)-len(dialects) == 1 && !slices.Contains(dialects, schema.SQLite):
		return mergeChains(dialects, elements) // SQLite leaves comments out
	}
	return nil, false
}

// mergeChains merges the same chain as several engines write it.
func mergeChains(dialects []schema.Dialect, chains []*chain) (*chain, bool) {
	first := chains[0]
	out := &chain{receiver: first.receiver, name: first.name, spread: first.spread}
	for _, other := range chains {
		if other.receiver != first.receiver || other.name != first.name || len(other.args) != len(first.args) {
			return nil, false
		}
	}
	for i := range first.args {
		args := make([]node, len(chains))
		for j, other := range chains {
			args[j] = other.args[i]
		}
		merged, ok := mergeNodes(dialects, args, takesEngines(first.name, i))
		if !ok {
			return nil, false
		}
		out.args = append(out.args, merged)
	}
	var ok bool
	out.calls, ok = mergeCalls(dialects, chains)
	return out, ok
}

// takesEngines returns under which name an argument takes a text for each engine, or "".
func takesEngines(function string, argument int) string {
	switch {
	case function == "Column" && argument == 1:
		return "Types"
	case function == "Check" && argument == 1:
		return "PerEngine"
	}
	return ""
}

// mergeNodes merges the same argument as several engines write it. Alias is the name of the form with a text for each
// engine, if the argument has one.
func mergeNodes(dialects []schema.Dialect, nodes []node, alias string) (node, bool) {
	same := true
	for _, other := range nodes[1:] {
		same = same && reflect.DeepEqual(other, nodes[0])
	}
	if same {
		return nodes[0], true
	}
	switch nodes[0].(type) {
	case text:
		if alias == "" {
			return nil, false
		}
		return eachText(dialects, nodes, alias)
	case *chain:
		chains := make([]*chain, len(nodes))
		for i, other := range nodes {
			inner, ok := other.(*chain)
			if !ok {
				return nil, false
			}
			chains[i] = inner
		}
		return mergeChains(dialects, chains)
	case *block:
		return mergeBlocks(dialects, nodes)
	}
	return nil, false
}

func eachText(dialects []schema.Dialect, nodes []node, alias string) (node, bool) {
	out := perEngine{alias: alias}
	for i, other := range nodes {
		value, ok := other.(text)
		if !ok {
			return nil, false
		}
		out.set(dialects[i], string(value))
	}
	return out, true
}

func (p *perEngine) set(dialect schema.Dialect, value string) {
	switch dialect {
	case schema.Postgres:
		p.texts.Postgres = value
	case schema.MySQL:
		p.texts.MySQL = value
	case schema.SQLite:
		p.texts.SQLite = value
	}
}

// mergeBlocks merges the bodies of BatchAlterTable line by line.
func mergeBlocks(dialects []schema.Dialect, nodes []node) (node, bool) {
	first := nodes[0].(*block)
	out := &block{parameter: first.parameter, of: first.of}
	for i := range first.body {
		var chains []*chain
		for _, other := range nodes {
			inner, ok := other.(*block)
			if !ok || len(inner.body) != len(first.body) {
				return nil, false
			}
			chains = append(chains, inner.body[i].chain)
		}
		merged, ok := mergeChains(dialects, chains)
		if !ok {
			return nil, false
		}
		out.body = append(out.body, statement{comments: first.body[i].comments, chain: merged})
	}
	return out, true
}

// operationKey tells the operations of one list apart, and is the same for the same step on another engine.
func operationKey(operation op.Operation) string {
	switch o := operation.(type) {
	case *op.AddColumn:
		return "add_column " + o.Table.String() + " " + o.Column.Name
	case *op.AlterColumn:
		return "alter_column " + o.Table.String() + " " + o.Name
	case *op.AddConstraint:
		return "add_constraint " + o.Table.String() + " " + constraintKey(o)
	case *op.CreateIndex:
		return "create_index " + o.Table.String() + " " + o.Index.Name
	case *op.AlterTable:
		return "alter_table " + o.Name.String()
	case *op.Backfill:
		return "backfill " + o.Table.String()
	}
	return operation.Kind() + " " + operation.String()
}
