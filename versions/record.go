package versions

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Operations records one direction of the revision for a dialect. A revision that changes something and has no Downgrade
// is irreversible: its only operation down is an [op.Irreversible]. The error is a [*RecordError].
func (r Revision) Operations(dialect schema.Dialect, direction Direction) ([]op.Operation, error) {
	operations, err := op.Record(dialect, r.direction(direction))
	if err != nil {
		return nil, r.recordError(direction, err)
	}
	return operations, nil
}

// OperationsAt is [Revision.Operations], and also returns where each of them is written.
func (r Revision) OperationsAt(dialect schema.Dialect, direction Direction) ([]op.Operation, []*op.Place, error) {
	operations, places, err := op.RecordPlaces(dialect, r.direction(direction))
	if err != nil {
		return nil, nil, r.recordError(direction, err)
	}
	return operations, places, nil
}

func (r Revision) direction(direction Direction) func(*op.Migration) {
	record := r.Upgrade
	if direction == Down {
		record = r.Downgrade
		if record == nil && r.Upgrade != nil {
			record = Irreversible("it has no Downgrade")
		}
	}
	return record
}

func (r Revision) recordError(direction Direction, err error) error {
	return &RecordError{Revision: r.ID, Place: r.Meta().place(), Direction: direction, Cause: err}
}

// RecordError says that a revision's function records something that cannot be.
type RecordError struct {
	Revision  string
	Place     string // file:line
	Direction Direction
	Cause     error
}

// Error names the revision, its place and the cause.
func (e *RecordError) Error() string {
	return fmt.Sprintf("revision %s (%s), %s: %v", e.Revision, e.Place, e.Direction, e.Cause)
}

// Unwrap returns the cause.
func (e *RecordError) Unwrap() error { return e.Cause }

// Checksum returns the SHA-256 of operations in their JSON form, in hexadecimal. Go functions in data steps are not part
// of it.
func Checksum(operations []op.Operation) (string, error) {
	data, err := json.Marshal(op.List(operations))
	if err != nil {
		return "", fmt.Errorf("checksum: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// Opaque is a step whose effect on the schema is not known: it says nothing and looks like DDL.
type Opaque struct {
	Revision  string `json:"revision"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Operation string `json:"operation"` // described
}

// String describes the step, its place and the way out.
func (o Opaque) String() string {
	return fmt.Sprintf("%s (revision %s): its effect on the schema is not known; add .Changes(…) or .NoSchemaChange()", o.Operation, o.Revision)
}

// Replay returns the schema that revisions make on a dialect: those at the given identifiers (see [Graph.Resolve]) and
// all that come before them. None means "heads". Steps whose effect is not known are listed; the schema is as if they, and
// later ones that do not fit it, did nothing. Without such a step, one that does not fit what came before it is a
// [*ReplayError].
func Replay(set *Set, dialect schema.Dialect, upTo []string) (*schema.Schema, []Opaque, error) {
	graph, err := set.Graph()
	if err != nil {
		return nil, nil, err
	}
	if len(upTo) == 0 {
		upTo = []string{"heads"}
	}
	var nodes []int
	for _, text := range upTo {
		ids, err := graph.Resolve(text, nil)
		if err != nil {
			return nil, nil, err
		}
		for _, id := range ids {
			nodes = append(nodes, graph.byID[id])
		}
	}
	members := graph.ancestors(nodes, anyEdge)
	revisions := revisionsOf(set)
	state := schema.New(schema.Server{Dialect: dialect})
	var opaque []Opaque
	for _, at := range graph.order(graph.tips(members, anyEdge), members) {
		revision := revisions[graph.nodes[at].ID]
		operations, err := revision.Operations(dialect, Up)
		if err != nil {
			return nil, nil, err
		}
		for _, operation := range operations {
			// After a step whose effect is not known, what does not fit may be about what that step made.
			if err := operation.Apply(state); err != nil && len(opaque) == 0 {
				return nil, nil, &ReplayError{Revision: revision.ID, Place: revision.Meta().place(), Cause: err}
			}
			if isOpaque(operation) {
				opaque = append(opaque, Opaque{Revision: revision.ID, File: revision.File, Line: revision.Line, Operation: operation.String()})
			}
		}
	}
	return state, opaque, nil
}

// isOpaque reports whether an operation may change the schema in a way that its Apply does not show.
func isOpaque(operation op.Operation) bool {
	exec, ok := operation.(*op.Exec)
	return ok && exec.Opaque()
}

// ReplayError says that a revision does not fit the schema that the revisions before it make.
type ReplayError struct {
	Revision string
	Place    string
	Cause    error
}

// Error names the revision, its place and the operation.
func (e *ReplayError) Error() string {
	return fmt.Sprintf("revision %s (%s) does not fit what comes before it: %v", e.Revision, e.Place, e.Cause)
}

// Unwrap returns the *op.EffectError.
func (e *ReplayError) Unwrap() error { return e.Cause }

func revisionsOf(set *Set) map[string]Revision {
	all := set.All()
	out := make(map[string]Revision, len(all))
	for _, revision := range all {
		out[revision.ID] = revision
	}
	return out
}

// Decisions returns the flagged renames of revisions that nobody has decided, one error for each revision that has some, in
// the order of the graph. It does not look whether anything would be lost, which depends on the database.
func Decisions(set *Set, dialect schema.Dialect) ([]*DecisionError, error) {
	graph, err := set.Graph()
	if err != nil {
		return nil, err
	}
	revisions := revisionsOf(set)
	var out []*DecisionError
	for _, meta := range graph.All() {
		operations, err := revisions[meta.ID].Operations(dialect, Up)
		if err != nil {
			return nil, err
		}
		if open := undecided(operations); len(open) > 0 {
			out = append(out, &DecisionError{Revision: meta.ID, Place: meta.place(), Undecided: open})
		}
	}
	return out, nil
}
