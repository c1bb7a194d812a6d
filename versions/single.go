package versions

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// ApplyOne applies one revision, by its whole ID, wherever the branches stand: what comes before it has to be applied, else
// the error is an [*OutOfOrderError]. A revision that is applied is left alone. Otherwise it is as [Upgrade].
func ApplyOne(ctx context.Context, db bun.IDB, set *Set, id string, options Options) error {
	return run(ctx, db, set, func(g *Graph, rows []string) ([]Step, error) { return g.single(rows, id, Up) }, options)
}

// RevertOne reverts one revision and nothing else, also where [Downgrade] would revert other branches along: nothing that
// is applied may follow or depend on it, else the error is an [*OutOfOrderError]. A revision that is not applied is left
// alone.
func RevertOne(ctx context.Context, db bun.IDB, set *Set, id string, options Options) error {
	return run(ctx, db, set, func(g *Graph, rows []string) ([]Step, error) { return g.single(rows, id, Down) }, options)
}

// OutOfOrderError says that a revision cannot be applied or reverted by itself.
type OutOfOrderError struct {
	Revision  string
	Direction Direction
	// InTheWay are the revisions that have to be applied, or reverted, before.
	InTheWay []string
}

// Error lists what is in the way.
func (e *OutOfOrderError) Error() string {
	what := "applied"
	if e.Direction == Down {
		what = "reverted"
	}
	return fmt.Sprintf("revision %s cannot be %s before %s", e.Revision, what, strings.Join(e.InTheWay, ", "))
}

// single returns the step over one revision, or none if it is where it should be.
func (g *Graph) single(rows []string, id string, direction Direction) ([]Step, error) {
	at, known := g.byID[id]
	if !known {
		return nil, &UnknownRevisionError{Identifier: id}
	}
	position, err := g.At(rows)
	if err != nil {
		return nil, err
	}
	if position.applied[at] == (direction == Up) {
		return nil, nil
	}
	before := append(append([]int(nil), g.nodes[at].parents...), g.nodes[at].dependencies...)
	if direction == Down {
		before = append(append([]int(nil), g.nodes[at].children...), g.nodes[at].dependents...)
	}
	var inTheWay []string
	for _, other := range before {
		if position.applied[other] != (direction == Up) {
			inTheWay = append(inTheWay, g.nodes[other].ID)
		}
	}
	if len(inTheWay) > 0 {
		return nil, &OutOfOrderError{Revision: id, Direction: direction, InTheWay: inTheWay}
	}
	return position.steps([]int{at}, direction), nil
}
