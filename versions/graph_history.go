package versions

import (
	"slices"
	"strings"
)

// Range returns the revisions of a range, the newest first: "from:to", both included. A missing from is base, a missing
// to is all heads, and the empty text is everything. It holds what comes before its end and not before its beginning,
// whichever branch that is in. Relative parts count from the other end ("-3:current", "a:+2") and stop at base and heads
// rather than fail; "-20:" counts along all branches at once.
//
// Besides the errors of [Graph.Resolve] there is [*NotAncestorError].
func (g *Graph) Range(text string, current []string) ([]Meta, error) {
	rows, err := g.rows(current)
	if err != nil {
		return nil, err
	}
	if text == "" {
		text = ":"
	}
	fromText, toText, found := strings.Cut(text, ":")
	if !found {
		return nil, &IdentifierError{Identifier: text, Reason: "a range is from:to, from: or :to"}
	}
	from, to, err := g.ends(fromText, toText, rows)
	if err != nil {
		return nil, err
	}
	members := g.ancestors(to, anyEdge)
	if err := g.checkRange(fromText, toText, from, members); err != nil {
		return nil, err
	}
	g.removeBefore(members, from)
	order := g.order(g.tips(members, anyEdge), members)
	slices.Reverse(order)
	out := make([]Meta, len(order))
	for i, at := range order {
		out[i] = g.nodes[at].Meta
	}
	return out, nil
}

// ends resolves the two ends of a range. One of them may be relative to the other.
func (g *Graph) ends(fromText, toText string, rows []int) (from, to []int, err error) {
	absolute := func(text string, fallback []int) ([]int, bool, identifier, error) {
		if text == "" {
			return fallback, true, identifier{}, nil
		}
		id, err := parseIdentifier(text)
		if err != nil || id.relative && id.symbol == "" && id.branch == "" {
			return nil, false, id, err
		}
		nodes, err := g.clamped(id, rows)
		return nodes, true, id, err
	}
	from, fromKnown, fromID, err := absolute(fromText, nil)
	if err != nil {
		return nil, nil, err
	}
	to, toKnown, toID, err := absolute(toText, g.effectiveHeads())
	if err != nil {
		return nil, nil, err
	}
	switch {
	case fromKnown && toKnown:
		return from, to, nil
	case fromKnown:
		if toID.steps < 0 {
			// "a:-1" has no other end to count from than the newest revisions.
			return from, g.spread(g.effectiveHeads(), toID.steps), nil
		}
		return from, g.spread(from, toID.steps), nil
	case toKnown:
		if fromID.steps > 0 {
			return g.spread(nil, fromID.steps), to, nil
		}
		return g.spread(to, fromID.steps), to, nil
	}
	// Both are relative: to the database's revision.
	return g.spread(rows, fromID.steps), g.spread(rows, toID.steps), nil
}

// clamped resolves an identifier; relative steps stop at base and heads, and follow all ways where they part.
func (g *Graph) clamped(id identifier, rows []int) ([]int, error) {
	if !id.relative {
		nodes, _, err := g.resolve(id, rows)
		return nodes, err
	}
	if id.symbol == "" {
		at, branch, err := g.start(id, rows)
		if err != nil {
			return nil, err
		}
		nodes := g.spread(at.nodes(), id.steps)
		return slices.DeleteFunc(nodes, func(at int) bool { return branch != nil && !branch[at] }), nil
	}
	nodes, branch, err := g.resolve(id, rows)
	if err != nil {
		return nil, err
	}
	nodes = g.spread(nodes, id.steps)
	return slices.DeleteFunc(nodes, func(at int) bool { return branch != nil && !branch[at] }), nil
}

// spread goes a number of steps from all nodes at once, along all ways, and returns where they lead. A way that ends
// earlier counts with its end. No nodes are base.
func (g *Graph) spread(nodes []int, steps int) []int {
	if len(nodes) == 0 && steps > 0 {
		nodes, steps = g.bases(), steps-1
	}
	seen := g.newSet(nodes...)
	var ended []int
	front := slices.Clone(nodes)
	for range max(steps, -steps) {
		var next []int
		for _, at := range front {
			ways := g.nodes[at].children
			if steps < 0 {
				ways = g.nodes[at].parents
			}
			if len(ways) == 0 {
				ended = append(ended, at)
			}
			for _, way := range ways {
				if !seen[way] {
					seen[way] = true
					next = append(next, way)
				}
			}
		}
		if front = next; len(front) == 0 {
			break
		}
	}
	front = append(front, ended...)
	slices.Sort(front)
	return front
}

// checkRange makes sure that a single beginning lies before the end.
func (g *Graph) checkRange(fromText, toText string, from []int, members set) error {
	if len(from) == 0 || fromText == "" || toText == "" {
		return nil
	}
	for _, at := range from {
		if members[at] {
			return nil
		}
	}
	return &NotAncestorError{From: fromText, To: toText}
}

// removeBefore removes what comes before the nodes, and keeps the nodes.
func (g *Graph) removeBefore(members set, nodes []int) {
	var before []int
	for _, at := range nodes {
		before = append(before, g.nodes[at].parents...)
		before = append(before, g.nodes[at].dependencies...)
	}
	for i, in := range g.ancestors(before, anyEdge) {
		members[i] = members[i] && !in
	}
}

// BranchLabels returns the labels of a revision and those that it inherits: a label goes to everything that follows its
// revision, and back to what comes before it until a fork or a merge.
func (g *Graph) BranchLabels(id string) []string {
	at, ok := g.byID[id]
	if !ok {
		return nil
	}
	g.propagate.Do(g.propagateLabels)
	return slices.Clone(g.branches[at])
}

func (g *Graph) propagateLabels() {
	own := make([][]string, len(g.nodes))
	for label, at := range g.labels {
		own[at] = append(own[at], label)
		for n := &g.nodes[at]; len(n.parents) == 1; {
			parent := n.parents[0]
			n = &g.nodes[parent]
			if len(n.children)+len(n.dependents) > 1 || len(n.parents) > 1 {
				break
			}
			own[parent] = append(own[parent], label)
		}
	}
	g.branches = make([][]string, len(g.nodes))
	all := g.everything()
	for _, at := range g.order(g.tips(all, anyEdge), all) {
		// Most revisions inherit from one parent and add nothing, so they share its list.
		labels := own[at]
		for _, parent := range g.nodes[at].parents {
			if len(labels) == 0 {
				labels = g.branches[parent]
				continue
			}
			labels = append(slices.Clone(labels), g.branches[parent]...)
		}
		if !slices.IsSorted(labels) || len(own[at]) > 0 || len(g.nodes[at].parents) > 1 {
			labels = slices.Clone(labels)
			slices.Sort(labels)
			labels = slices.Compact(labels)
		}
		g.branches[at] = labels
	}
}
