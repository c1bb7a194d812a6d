package render

import (
	"slices"

	"github.com/retort-db/retort/schema"
)

// mergeCalls merges the links of a chain. What is on one engine only goes into On, where the builder has it.
func mergeCalls(dialects []schema.Dialect, chains []*chain) ([]call, bool) {
	keys := make([][]string, len(chains))
	for i, c := range chains {
		for _, link := range c.calls {
			keys[i] = append(keys[i], link.key)
		}
	}
	on, hasOn := onTypes[chains[0].name]
	var out []call
	pending := specificCalls{}
	for _, row := range align(keys) {
		group := callGroup{function: chains[0].name, all: dialects}
		for i, at := range row {
			if at != absent {
				group.dialects = append(group.dialects, dialects[i])
				group.calls = append(group.calls, chains[i].calls[at])
			}
		}
		if shared, ok := group.merge(); ok {
			out = append(append(out, pending.flush(on.parameter, on.of)...), shared...)
			continue
		}
		if !hasOn {
			return nil, false
		}
		for i, dialect := range group.dialects {
			pending.add(dialect, group.calls[i])
		}
	}
	return append(out, pending.flush(on.parameter, on.of)...), true
}

// specificCalls gathers neighbouring links of one engine each.
type specificCalls struct {
	dialects []schema.Dialect
	calls    map[schema.Dialect][]call
}

func (s *specificCalls) add(dialect schema.Dialect, link call) {
	if s.calls == nil {
		s.calls = map[schema.Dialect][]call{}
	}
	if len(s.calls[dialect]) == 0 {
		s.dialects = append(s.dialects, dialect)
	}
	s.calls[dialect] = append(s.calls[dialect], link)
}

// flush returns the gathered links inside On, and forgets them.
func (s *specificCalls) flush(parameter, of string) []call {
	var out []call
	for _, dialect := range s.dialects {
		links := s.calls[dialect]
		inner := &chain{receiver: parameter, name: links[0].name, args: links[0].args, calls: links[1:]}
		out = append(out, call{key: "on", name: "On", args: []node{
			dialectSymbol(dialect),
			&block{parameter: parameter, of: of, body: []statement{{chain: inner}}},
		}})
	}
	*s = specificCalls{}
	return out
}

// callGroup is one link of a chain as some engines of all have it.
type callGroup struct {
	function string // that starts the chain
	all      []schema.Dialect
	dialects []schema.Dialect
	calls    []call
}

// merge returns the links that stand for the group on all engines: one, or none where the recorder adds it by itself.
func (g callGroup) merge() ([]call, bool) {
	if shared, ok := g.perEngine(); ok {
		return []call{shared}, true
	}
	if len(g.dialects) < len(g.all) {
		return g.mergePartial()
	}
	if g.calls[0].key == "identity" {
		if shared, ok := g.mergeIdentity(); ok {
			return []call{shared}, true
		}
	}
	return g.mergeEqual()
}

// mergeEqual merges links of the same name whose arguments merge.
func (g callGroup) mergeEqual() ([]call, bool) {
	out := call{key: g.calls[0].key, name: g.calls[0].name}
	for _, link := range g.calls {
		if link.name != out.name || len(link.args) != len(g.calls[0].args) {
			return nil, false
		}
	}
	for i := range g.calls[0].args {
		args := make([]node, len(g.calls))
		for j, link := range g.calls {
			args[j] = link.args[i]
		}
		merged, ok := mergeNodes(g.dialects, args, "")
		if !ok {
			return nil, false
		}
		out.args = append(out.args, merged)
	}
	return []call{out}, true
}

// mergePartial merges a link that some engines do not have, where the recorder makes up for it.
func (g callGroup) mergePartial() ([]call, bool) {
	if !slices.ContainsFunc(g.calls, func(link call) bool { return !link.implied }) {
		return nil, true
	}
	missing := slices.DeleteFunc(slices.Clone(g.all), func(d schema.Dialect) bool { return slices.Contains(g.dialects, d) })
	leftOut := func(dialect schema.Dialect) bool { return len(missing) == 1 && missing[0] == dialect }
	switch {
	case g.function == "Column" && g.calls[0].name == "Comment" && leftOut(schema.SQLite),
		g.function == "PrimaryKey" && g.calls[0].name == "Named" && leftOut(schema.MySQL):
		return g.mergeEqual()
	}
	return nil, false
}

// mergeIdentity takes PostgreSQL's kind of numbering, which the recorder makes the plain one elsewhere.
func (g callGroup) mergeIdentity() (call, bool) {
	var own *call
	for i := range g.calls {
		switch {
		case g.dialects[i] == schema.Postgres:
			own = &g.calls[i]
		case g.calls[i].name != "AutoIncrement":
			return call{}, false
		}
	}
	if own == nil {
		return call{}, false
	}
	return *own, true
}

// perEngine merges types and defaults that differ into a text for each engine.
func (g callGroup) perEngine() (call, bool) {
	link := g.calls[0]
	complete := len(g.dialects) == len(g.all)
	if _, same := g.mergeEqual(); same && complete {
		return call{}, false
	}
	switch {
	case link.key == "type" && g.function == "AlterColumn":
		if types, ok := g.texts("Types"); ok {
			return call{key: link.key, name: "Types", args: []node{types}}, true
		}
	case link.key == "default" && (g.function == "Column" || g.function == "AlterColumn" && complete):
		if defaults, ok := g.texts("PerEngine"); ok {
			return call{key: link.key, name: "Defaults", args: []node{defaults}}, true
		}
	}
	return call{}, false
}

func (g callGroup) texts(alias string) (node, bool) {
	nodes := make([]node, len(g.calls))
	for i, link := range g.calls {
		nodes[i] = text("")
		if len(link.args) > 0 {
			nodes[i] = link.args[0]
		}
	}
	return eachText(g.dialects, nodes, alias)
}
