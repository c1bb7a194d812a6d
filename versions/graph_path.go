package versions

import (
	"errors"
	"slices"
	"strings"
)

// Step is one revision to apply or revert, with what that does to the version table.
type Step struct {
	ID        string    `json:"id"`
	Direction Direction `json:"direction"`
	Rows      RowChange `json:"rows"`
}

// UpgradePath returns the steps from the version table's rows to a target, in the order in which they run. The target is
// an identifier (see [Graph.Resolve]), or several with commas between them. A target that has been reached needs no steps.
//
// Besides the errors of Resolve there is [*DirectionError] for "-1".
func (g *Graph) UpgradePath(current []string, target string) ([]Step, error) {
	position, err := g.At(current)
	if err != nil {
		return nil, err
	}
	var targets []int
	for _, text := range strings.Split(target, ",") {
		nodes, err := g.upgradeTarget(text, position.nodes())
		if err != nil {
			return nil, err
		}
		targets = append(targets, nodes...)
	}
	slices.Sort(targets)
	missing := g.ancestors(targets, anyEdge)
	for i, applied := range position.applied {
		missing[i] = missing[i] && !applied
	}
	return position.steps(g.order(targets, missing), Up), nil
}

func (g *Graph) upgradeTarget(text string, rows []int) ([]int, error) {
	id, err := parseIdentifier(text)
	if err != nil {
		return nil, err
	}
	if !id.relative {
		nodes, _, err := g.resolve(id, rows)
		return nodes, err
	}
	if (id.symbol == "" || id.symbol == "current") && id.steps < 0 {
		return nil, &DirectionError{Identifier: text, Direction: Up}
	}
	from, branch, err := g.start(id, rows)
	if err != nil {
		return nil, err
	}
	at, err := g.walk(id, from, branch)
	return at.nodes(), err
}

// DowngradePath returns the steps that revert what is above a target, in the order in which they run. With "-2" that are
// the last two revisions of a lineage, and with "BRANCH@…" only what is in that lineage. What follows or depends on a
// reverted revision is reverted before it, also in other branches.
//
// Besides the errors of [Graph.Resolve] there are [*DirectionError] for "+1" and [*DowngradeTargetError].
func (g *Graph) DowngradePath(current []string, target string) ([]Step, error) {
	position, err := g.At(current)
	if err != nil {
		return nil, err
	}
	id, err := parseIdentifier(target)
	if err != nil {
		return nil, err
	}
	first, err := g.firstToRevert(id, position)
	if err != nil {
		return nil, err
	}
	revert := g.descendants(first, anyEdge)
	for i, applied := range position.applied {
		revert[i] = revert[i] && applied
	}
	order := g.order(g.tips(revert, anyEdge), revert)
	slices.Reverse(order)
	return position.steps(order, Down), nil
}

// firstToRevert returns the nodes that a downgrade reverts with everything after them.
func (g *Graph) firstToRevert(id identifier, position *Position) ([]int, error) {
	rows := position.nodes()
	if id.relative && (id.symbol == "" || id.symbol == "current") {
		return g.lastSteps(id, rows)
	}
	targets, branch, err := g.downgradeTargets(id, rows)
	if err != nil {
		return nil, err
	}
	var first []int
	if len(targets) == 0 {
		first = g.bases()
	}
	for _, at := range targets {
		if !position.applied[at] {
			return nil, &DowngradeTargetError{Target: id.text, Current: g.ids(rows)}
		}
		first = append(first, g.nodes[at].children...)
	}
	keep := g.ancestors(targets, anyEdge)
	return slices.DeleteFunc(first, func(at int) bool { return keep[at] || branch != nil && !branch[at] }), nil
}

// lastSteps returns the node of "-N" that is reverted last: going back over a merge needs no choice until its parents.
func (g *Graph) lastSteps(id identifier, rows []int) ([]int, error) {
	if id.steps > 0 {
		return nil, &DirectionError{Identifier: id.text, Direction: Down}
	}
	from, branch, err := g.start(id, rows)
	if err != nil {
		return nil, err
	}
	if id.steps == 0 {
		return nil, nil
	}
	if from == base {
		return nil, &RelativeError{Identifier: id.text, Wanted: -id.steps}
	}
	less := id
	less.steps++
	at, err := g.walk(less, from, branch)
	if relative, ok := errors.AsType[*RelativeError](err); ok {
		relative.Wanted++
	}
	if err == nil && at == base {
		err = &RelativeError{Identifier: id.text, Wanted: -id.steps, Possible: -id.steps - 1}
	}
	return at.nodes(), err
}

func (g *Graph) downgradeTargets(id identifier, rows []int) ([]int, set, error) {
	if !id.relative {
		return g.resolve(id, rows)
	}
	from, branch, err := g.start(id, rows)
	if err != nil {
		return nil, nil, err
	}
	at, err := g.walk(id, from, branch)
	return at.nodes(), branch, err
}
