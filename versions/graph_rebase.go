package versions

import (
	"errors"
	"fmt"
	"slices"
)

// Rebase says what has to change so that the revisions of one branch follow those of another.
type Rebase struct {
	// Onto is the head that they follow afterwards.
	Onto string
	// Local are the revisions of the branch that moves, and Other those that come before them then and did not before.
	// Both are in the order in which they run.
	Local, Other []string
	// Moves are the revisions among Local whose parents change.
	Moves []Move
}

// Move is a change of a revision's parents.
type Move struct {
	ID   string   `json:"id"`
	From []string `json:"from"`
	To   []string `json:"to"`
}

// Rebase returns how the branch that ends in a revision comes to follow a head: what it shares with that head stays, and
// the first of its own revisions follows the head instead. Both are identifiers (see [Graph.Resolve]) of one revision.
// The error for branches that cannot be moved so is a [*RebaseError].
func (g *Graph) Rebase(branch, onto string) (*Rebase, error) {
	from, err := g.one(branch)
	if err != nil {
		return nil, err
	}
	to, err := g.one(onto)
	if err != nil {
		return nil, err
	}
	refuse := func(format string, args ...any) (*Rebase, error) {
		return nil, &RebaseError{Branch: g.nodes[from].ID, Onto: g.nodes[to].ID, Reason: fmt.Sprintf(format, args...)}
	}
	local, other := g.ancestors([]int{from}, revisesEdge), g.ancestors([]int{to}, revisesEdge)
	switch {
	case from == to:
		return refuse("they are the same")
	case local[to]:
		return refuse("it follows already")
	case other[from]:
		return refuse("that one follows it")
	case len(g.nodes[to].children) > 0:
		return refuse("%s is followed by %s; name a head", g.nodes[to].ID, list(g.ids(g.nodes[to].children)))
	}
	for i := range local {
		local[i], other[i] = local[i] && !other[i], other[i] && !local[i]
	}
	plan := &Rebase{Onto: g.nodes[to].ID, Local: g.ids(g.order([]int{from}, local)), Other: g.ids(g.order([]int{to}, other)), Moves: g.moves(local, to)}
	if _, err := g.moved(plan.Moves); err != nil {
		if cycle, ok := errors.AsType[*CycleError](err); ok {
			return refuse("a revision would come before itself: %s", joinWay(cycle.Revisions))
		}
		return nil, err
	}
	return plan, nil
}

// one resolves an identifier of one revision.
func (g *Graph) one(text string) (int, error) {
	found, err := g.Resolve(text, nil)
	if err != nil {
		return 0, err
	}
	switch len(found) {
	case 0:
		return 0, &IdentifierError{Identifier: text, Reason: "it names no revision"}
	case 1:
		return g.byID[found[0]], nil
	}
	return 0, &IdentifierError{Identifier: text, Reason: "it names several revisions: " + list(found)}
}

// moves returns the new parents of those local revisions that follow shared ones, or none.
func (g *Graph) moves(local set, to int) []Move {
	var out []Move
	for at, in := range local {
		if !in {
			continue
		}
		n := &g.nodes[at]
		own := slices.DeleteFunc(slices.Clone(n.Revises), func(id string) bool { return !local[g.byID[id]] })
		if len(own) == len(n.Revises) && len(own) > 0 {
			continue
		}
		if len(own) == 0 {
			own = []string{g.nodes[to].ID}
		}
		out = append(out, Move{ID: n.ID, From: n.Revises, To: own})
	}
	return out
}

// moved returns the graph with other parents.
func (g *Graph) moved(moves []Move) (*Graph, error) {
	all := make([]Meta, len(g.nodes))
	for i, n := range g.nodes {
		all[i] = n.Meta
		if at := slices.IndexFunc(moves, func(m Move) bool { return m.ID == n.ID }); at >= 0 {
			all[i].Revises = moves[at].To
		}
	}
	return NewGraph(all)
}

// AppliedOf returns the revisions among some that are applied, with what follows or depends on them, in a database with
// these rows. Rows that no revision has are passed over.
func (g *Graph) AppliedOf(ids, rows []string) []string {
	var known, some []int
	for _, id := range rows {
		if at, ok := g.byID[id]; ok {
			known = append(known, at)
		}
	}
	for _, id := range ids {
		if at, ok := g.byID[id]; ok {
			some = append(some, at)
		}
	}
	applied, after := g.ancestors(known, anyEdge), g.descendants(some, anyEdge)
	for i := range applied {
		applied[i] = applied[i] && after[i]
	}
	return g.ids(g.order(g.tips(applied, anyEdge), applied))
}

// RebaseError says that a branch cannot be made to follow a revision.
type RebaseError struct {
	Branch, Onto string
	Reason       string
}

// Error names both and the reason.
func (e *RebaseError) Error() string {
	return fmt.Sprintf("%s cannot be put after %s: %s", e.Branch, e.Onto, e.Reason)
}
