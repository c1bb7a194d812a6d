package versions

import "slices"

// edges selects the kinds of edges that a walk follows.
type edges int

const (
	revisesEdge edges = 1 << iota
	dependsEdge
	anyEdge = revisesEdge | dependsEdge
)

// set is a set of nodes.
type set []bool

func (g *Graph) newSet(nodes ...int) set {
	s := make(set, len(g.nodes))
	for _, at := range nodes {
		s[at] = true
	}
	return s
}

func (g *Graph) everything() set {
	s := make(set, len(g.nodes))
	for i := range s {
		s[i] = true
	}
	return s
}

// nodes returns the members.
func (s set) nodes() []int {
	var out []int
	for at, in := range s {
		if in {
			out = append(out, at)
		}
	}
	return out
}

// ancestors returns the nodes and all that come before them.
func (g *Graph) ancestors(nodes []int, follow edges) set {
	return g.reach(nodes, func(n *node) ([]int, []int) { return n.parents, n.dependencies }, follow)
}

// descendants returns the nodes and all that come after them.
func (g *Graph) descendants(nodes []int, follow edges) set {
	return g.reach(nodes, func(n *node) ([]int, []int) { return n.children, n.dependents }, follow)
}

func (g *Graph) reach(nodes []int, neighbours func(*node) (revises, depends []int), follow edges) set {
	seen := g.newSet(nodes...)
	stack := slices.Clone(nodes)
	visit := func(list []int) {
		for _, at := range list {
			if !seen[at] {
				seen[at] = true
				stack = append(stack, at)
			}
		}
	}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		revises, depends := neighbours(&g.nodes[at])
		if follow&revisesEdge != 0 {
			visit(revises)
		}
		if follow&dependsEdge != 0 {
			visit(depends)
		}
	}
	return seen
}

// lineage returns what comes before and after a node along the branches that users see.
func (g *Graph) lineage(at int) set {
	before, after := g.ancestors([]int{at}, revisesEdge), g.descendants([]int{at}, revisesEdge)
	for i := range before {
		before[i] = before[i] || after[i]
	}
	return before
}

// tips returns the members of a set that no other member follows.
func (g *Graph) tips(members set, follow edges) []int {
	var out []int
	for i, in := range members {
		if !in {
			continue
		}
		n := &g.nodes[i]
		followed := follow&revisesEdge != 0 && slices.ContainsFunc(n.children, func(c int) bool { return members[c] }) ||
			follow&dependsEdge != 0 && slices.ContainsFunc(n.dependents, func(c int) bool { return members[c] })
		if !followed {
			out = append(out, i)
		}
	}
	return out
}

// order returns the members of a set that lie before the ends, each after what comes before it and otherwise one branch
// after the other. Walks have a stack of their own: chains of revisions are long.
func (g *Graph) order(ends []int, members set) []int {
	const (
		entered = 1
		done    = 2
	)
	state := make([]byte, len(g.nodes))
	var out, stack []int
	for _, end := range ends {
		stack = append(stack[:0], end)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			if state[at] != 0 {
				stack = stack[:len(stack)-1]
				if state[at] == entered {
					state[at] = done
					out = append(out, at)
				}
				continue
			}
			if !members[at] {
				stack = stack[:len(stack)-1]
				continue
			}
			state[at] = entered
			n := &g.nodes[at]
			for _, list := range [][]int{n.dependencies, n.parents} {
				for _, before := range slices.Backward(list) {
					if state[before] == 0 && members[before] {
						stack = append(stack, before)
					}
				}
			}
		}
	}
	return out
}

// findCycle returns a *CycleError if a revision comes before itself.
func (g *Graph) findCycle() error {
	for _, follow := range []edges{revisesEdge, anyEdge} {
		if cycle := g.cycle(follow); cycle != nil {
			err := &CycleError{Revisions: g.ids(cycle), Dependency: follow == anyEdge}
			for _, at := range cycle {
				err.Places = append(err.Places, g.nodes[at].place())
			}
			return err
		}
	}
	return nil
}

// cycle returns the nodes of one cycle, each followed by one that comes before it, beginning with the least.
func (g *Graph) cycle(follow edges) []int {
	const (
		open = 1
		done = 2
	)
	type frame struct{ at, next int }
	state := make([]byte, len(g.nodes))
	var stack []frame
	for start := range g.nodes {
		if state[start] != 0 {
			continue
		}
		state[start] = open
		stack = append(stack[:0], frame{at: start})
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			before := g.before(top.at, top.next, follow)
			if before < 0 {
				state[top.at] = done
				stack = stack[:len(stack)-1]
				continue
			}
			top.next++
			switch state[before] {
			case 0:
				state[before] = open
				stack = append(stack, frame{at: before})
			case open:
				var cycle []int
				for i := slices.IndexFunc(stack, func(f frame) bool { return f.at == before }); i < len(stack); i++ {
					cycle = append(cycle, stack[i].at)
				}
				least := slices.Index(cycle, slices.Min(cycle))
				return append(slices.Clone(cycle[least:]), cycle[:least]...)
			}
		}
	}
	return nil
}

// before returns the nth node directly before a node, or -1.
func (g *Graph) before(at, n int, follow edges) int {
	parents := g.nodes[at].parents
	if n < len(parents) {
		return parents[n]
	}
	if n -= len(parents); follow&dependsEdge != 0 && n < len(g.nodes[at].dependencies) {
		return g.nodes[at].dependencies[n]
	}
	return -1
}
