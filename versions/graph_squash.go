package versions

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Squash says what becomes of a range of revisions that is put into one. The one keeps the ID of the last, so that
// databases which have that are where they were, and revisions which follow it need no change.
type Squash struct {
	// Members are the revisions of the range, in the order in which they run. The last is the one that stays.
	Members []string
	// Into is what the one revision is.
	Into Meta
}

// Squash returns what becomes of a range, "from:to" or "from..to", both included; without from it begins at base, without
// to it ends at the head. The error for a range that others are woven into is a [*SquashError].
func (g *Graph) Squash(span string) (*Squash, error) {
	from, to, found := strings.Cut(span, "..")
	if !found {
		from, to, found = strings.Cut(span, ":")
	}
	if !found {
		return nil, &IdentifierError{Identifier: span, Reason: "a range is from:to, both included; without from it begins at base"}
	}
	if to == "" {
		to = "head"
	}
	last, err := g.one(to)
	if err != nil {
		return nil, err
	}
	members := g.ancestors([]int{last}, revisesEdge)
	first := base
	if from != "" && from != "base" {
		at, err := g.one(from)
		if err != nil {
			return nil, err
		}
		if !members[at] {
			return nil, &NotAncestorError{From: from, To: to}
		}
		first = point(at)
		for i, after := range g.descendants([]int{at}, revisesEdge) {
			members[i] = members[i] && after
		}
	}
	return g.squash(first, last, members)
}

func (g *Graph) squash(first point, last int, members set) (*Squash, error) {
	order := g.order([]int{last}, members)
	refuse := func(format string, args ...any) (*Squash, error) {
		return nil, &SquashError{First: g.nodes[order[0]].ID, Last: g.nodes[last].ID, Reason: fmt.Sprintf(format, args...)}
	}
	if len(order) < 2 {
		return refuse("it is one revision")
	}
	into := g.nodes[last].Meta
	into.Revises, into.Labels, into.DependsOn, into.Replaces = nil, nil, nil, nil
	for _, at := range order {
		n := &g.nodes[at]
		for _, parent := range n.parents {
			if members[parent] {
				continue
			}
			if point(at) != first {
				return refuse("%s also follows %s, which is not in it", n.ID, g.nodes[parent].ID)
			}
			into.Revises = append(into.Revises, g.nodes[parent].ID)
		}
		for _, child := range n.children {
			if !members[child] && at != last {
				return refuse("%s follows %s, and is not in it", g.nodes[child].ID, n.ID)
			}
		}
		into.Labels = append(into.Labels, n.Labels...)
		into.Replaces = append(into.Replaces, n.Replaces...)
		if at != last {
			into.Replaces = append(into.Replaces, n.ID)
		}
		for _, other := range n.dependencies {
			if id := g.nodes[other].ID; !members[other] && !slices.Contains(into.DependsOn, id) {
				into.DependsOn = append(into.DependsOn, id)
			}
		}
	}
	if _, err := g.withOne(members, into); err != nil {
		if cycle, ok := errors.AsType[*CycleError](err); ok {
			return refuse("a revision would come before itself: %s", joinWay(cycle.Revisions))
		}
		return nil, err
	}
	return &Squash{Members: g.ids(order), Into: into}, nil
}

// withOne returns the graph with one revision in the place of some.
func (g *Graph) withOne(members set, into Meta) (*Graph, error) {
	all := []Meta{into}
	for i, n := range g.nodes {
		if !members[i] {
			all = append(all, n.Meta)
		}
	}
	return NewGraph(all)
}

// Stranded returns how revisions that follow a part of what was squashed come to follow the whole, and the graph that they
// make then. There are no moves if there are no such revisions, and no graph if something else is wrong besides.
func Stranded(revisions []Meta) (moves []Move, graph *Graph) {
	whole := map[string]string{}
	for _, meta := range revisions {
		for _, part := range meta.Replaces {
			whole[part] = meta.ID
		}
	}
	moved := slices.Clone(revisions)
	for i, meta := range moved {
		to := make([]string, 0, len(meta.Revises))
		for _, parent := range meta.Revises {
			if into, squashed := whole[parent]; squashed {
				parent = into
			}
			if !slices.Contains(to, parent) {
				to = append(to, parent)
			}
		}
		if !slices.Equal(to, meta.Revises) {
			moves = append(moves, Move{ID: meta.ID, From: meta.Revises, To: to})
			moved[i].Revises = to
		}
	}
	if len(moves) == 0 {
		return nil, nil
	}
	graph, err := NewGraph(moved)
	if err != nil {
		return moves, nil
	}
	return moves, graph
}

// SquashError says that a range of revisions cannot be put into one.
type SquashError struct {
	First, Last string
	Reason      string
}

// Error names the range and the reason.
func (e *SquashError) Error() string {
	return fmt.Sprintf("the range from %s to %s cannot be squashed: %s", e.First, e.Last, e.Reason)
}
