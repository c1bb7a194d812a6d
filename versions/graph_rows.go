package versions

import (
	"slices"
)

// RowChange is what one step does to the version table. Its rows are the applied revisions that no other applied
// revision follows or depends on.
//
//	a root, or a branch off a revision that is not a row     insert
//	the usual step                                           update
//	a merge of n rows                                        delete n-1, update one
//	reverting a merge                                        update one, insert n-1
//	reverting a root, or down to what another row implies    delete
type RowChange struct {
	Delete []string   `json:"delete,omitempty"`
	Update *RowUpdate `json:"update,omitempty"`
	Insert []string   `json:"insert,omitempty"`
}

// RowUpdate replaces a row by another.
type RowUpdate struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Position is where a database is in the graph: which revisions are applied, and the version table's rows. It is changed
// by [Position.Apply].
type Position struct {
	graph   *Graph
	applied set
	// above counts the applied revisions that follow or depend on each revision.
	above []int
	rows  set
	// implied are rows that another row implies. They should not be there, and the next change removes them.
	implied []int
}

// At returns the position of a database with those rows. A row that no revision has is an [*UnknownRevisionError]; a row
// that another implies does no harm.
func (g *Graph) At(rows []string) (*Position, error) {
	nodes, err := g.rows(rows)
	if err != nil {
		return nil, err
	}
	p := &Position{graph: g, applied: g.ancestors(nodes, anyEdge), above: make([]int, len(g.nodes)), rows: g.newSet(nodes...)}
	for i, applied := range p.applied {
		if applied {
			p.count(i, 1)
		}
	}
	for _, at := range nodes {
		if p.above[at] > 0 {
			p.implied = append(p.implied, at)
		}
	}
	return p, nil
}

// count adds to what lies directly before a node.
func (p *Position) count(at, by int) {
	n := &p.graph.nodes[at]
	for _, list := range [][]int{n.parents, n.dependencies} {
		for _, before := range list {
			p.above[before] += by
		}
	}
}

// Rows returns the rows that the version table has or should have, in the graph's order.
func (p *Position) Rows() []string { return p.graph.ids(p.nodes()) }

// Applied reports whether a revision is applied.
func (p *Position) Applied(id string) bool {
	at, ok := p.graph.byID[id]
	return ok && p.applied[at]
}

// nodes returns the rows, without implied ones.
func (p *Position) nodes() []int {
	var out []int
	for at, in := range p.rows {
		if in && p.above[at] == 0 {
			out = append(out, at)
		}
	}
	return out
}

// Apply moves the position over one revision and returns the change of the version table's rows.
func (p *Position) Apply(id string, direction Direction) RowChange {
	at, ok := p.graph.byID[id]
	if !ok || p.applied[at] == (direction == Up) {
		return RowChange{}
	}
	if direction == Up {
		return p.up(at)
	}
	return p.down(at)
}

func (p *Position) up(at int) RowChange {
	var replaced []int
	n := &p.graph.nodes[at]
	for _, list := range [][]int{n.parents, n.dependencies} {
		for _, before := range list {
			if p.rows[before] {
				replaced = append(replaced, before)
			}
		}
	}
	for _, before := range p.takeImplied() {
		if !slices.Contains(replaced, before) {
			replaced = append(replaced, before)
		}
	}
	p.applied[at] = true
	p.count(at, 1)
	p.rows[at] = true
	for _, before := range replaced {
		p.rows[before] = false
	}
	ids := p.graph.ids(replaced)
	if len(ids) == 0 {
		return RowChange{Insert: []string{n.ID}}
	}
	return RowChange{Delete: ids[1:], Update: &RowUpdate{From: ids[0], To: n.ID}}
}

func (p *Position) down(at int) RowChange {
	n := &p.graph.nodes[at]
	p.applied[at] = false
	p.rows[at] = false
	p.count(at, -1)
	var bared []int
	for _, list := range [][]int{n.parents, n.dependencies} {
		for _, before := range list {
			if p.above[before] == 0 && !p.rows[before] {
				bared = append(bared, before)
				p.rows[before] = true
			}
		}
	}
	var change RowChange
	for _, before := range p.takeImplied() {
		if p.above[before] > 0 {
			p.rows[before] = false
			change.Delete = append(change.Delete, p.graph.nodes[before].ID)
		}
	}
	ids := p.graph.ids(bared)
	if len(ids) == 0 {
		change.Delete = append(change.Delete, n.ID)
		return change
	}
	change.Update = &RowUpdate{From: n.ID, To: ids[0]}
	change.Insert = ids[1:]
	return change
}

// takeImplied returns the rows that should not be there, once.
func (p *Position) takeImplied() []int {
	implied := p.implied
	p.implied = nil
	return implied
}

// steps moves the position over revisions in order.
func (p *Position) steps(order []int, direction Direction) []Step {
	out := make([]Step, len(order))
	for i, at := range order {
		id := p.graph.nodes[at].ID
		out[i] = Step{ID: id, Direction: direction, Rows: p.Apply(id, direction)}
	}
	return out
}

// CurrentHeads returns the rows and, besides them, the ends of the branches that are applied only because a row depends
// on them: everything that a user thinks of as current.
func (g *Graph) CurrentHeads(rows []string) ([]string, error) {
	position, err := g.At(rows)
	if err != nil {
		return nil, err
	}
	return g.ids(g.tips(position.applied, revisesEdge)), nil
}

// Complete reports whether all revisions are applied.
func (g *Graph) Complete(rows []string) (bool, error) {
	position, err := g.At(rows)
	if err != nil {
		return false, err
	}
	return !slices.Contains(position.applied, false), nil
}

// StampRows returns the rows that the version table has after stamping targets: each replaces the rows of its own
// lineage, what it depends on included, and leaves other branches alone. "base" removes all rows, "BRANCH@base" those
// of a branch. A target that another target implies is an [*OverlapError].
func (g *Graph) StampRows(current []string, targets ...string) ([]string, error) {
	position, err := g.At(current)
	if err != nil {
		return nil, err
	}
	rows := position.nodes()
	// What is applied only because a row depends on it stays when that row goes.
	kept := g.newSet(g.tips(position.applied, revisesEdge)...)
	var stamped []int
	for _, target := range targets {
		id, err := parseIdentifier(target)
		if err != nil {
			return nil, err
		}
		nodes, branch, err := g.downgradeTargets(id, rows)
		if err != nil {
			return nil, err
		}
		if len(nodes) == 0 {
			for i := range kept {
				kept[i] = kept[i] && branch != nil && !branch[i]
			}
		}
		stamped = append(stamped, nodes...)
	}
	slices.Sort(stamped)
	stamped = slices.Compact(stamped)
	before, after := g.ancestors(stamped, anyEdge), g.descendants(stamped, anyEdge)
	if err := g.overlap(stamped, anyEdge); err != nil {
		return nil, err
	}
	for i := range kept {
		kept[i] = kept[i] && !before[i] && !after[i]
	}
	for _, at := range stamped {
		kept[at] = true
	}
	return g.ids(g.tips(g.ancestors(kept.nodes(), anyEdge), anyEdge)), nil
}

// overlap returns an *OverlapError if one of the nodes comes before another along some edges.
func (g *Graph) overlap(nodes []int, follow edges) error {
	tips := g.tips(g.ancestors(nodes, follow), follow)
	if len(tips) == len(nodes) {
		return nil
	}
	for _, at := range nodes {
		if slices.Contains(tips, at) {
			continue
		}
		for _, tip := range nodes {
			if tip != at && g.ancestors([]int{tip}, follow)[at] {
				return &OverlapError{Revision: g.nodes[tip].ID, Implied: g.nodes[at].ID}
			}
		}
	}
	return nil
}

// rowDifference returns the change that turns rows into others.
func rowDifference(from, to []string) RowChange {
	gone := slices.DeleteFunc(slices.Clone(from), func(id string) bool { return slices.Contains(to, id) })
	come := slices.DeleteFunc(slices.Clone(to), func(id string) bool { return slices.Contains(from, id) })
	var change RowChange
	if len(gone) > 0 && len(come) > 0 {
		change.Update = &RowUpdate{From: gone[len(gone)-1], To: come[0]}
		gone, come = gone[:len(gone)-1], come[1:]
	}
	change.Delete, change.Insert = gone, come
	return change
}
