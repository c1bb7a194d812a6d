package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// meeting is what two branches have to do with each other.
type meeting struct {
	Overlaps []overlap
	Conflict *conflict
}

// overlap is an object that both branches touch.
type overlap struct {
	Object string   `json:"object"`
	Local  []string `json:"local"`
	Other  []string `json:"other"`
}

// conflict is the first operation of a branch that does not fit what it would follow.
type conflict struct {
	Revision string         `json:"revision"`
	Dialect  schema.Dialect `json:"dialect"`
	Reason   string         `json:"reason"`
}

func (c *conflict) advice(onto string) string {
	return fmt.Sprintf("retort: after %s, revision %s does not fit any more (%s): %s\nchange it, or delete it and let retort revision --autogenerate write it anew; "+
		"--no-check moves it all the same", onto, c.Revision, c.Dialect, c.Reason)
}

// meet compares what two branches do, and tries the one that moves after the other.
func (i *invocation) meet(plan *versions.Rebase) (meeting, error) {
	found := meeting{Overlaps: []overlap{}}
	dialects, err := i.dialects()
	if err != nil {
		return found, err
	}
	built, err := i.build(revisionsOnly, dialects)
	if err != nil {
		return found, fmt.Errorf("%w\nto move the revisions without comparing what they do: --no-check", err)
	}
	request := protocol.LoadRequest{Replay: &[]string{plan.Onto}, Operations: slices.Concat(plan.Local, plan.Other)}
	for _, dialect := range dialects {
		request.Dialects = append(request.Dialects, protocol.DialectOptions{Dialect: dialect})
	}
	loaded, err := i.load(built, request)
	if err != nil {
		return found, fmt.Errorf("%w\nto move the revisions without comparing what they do: --no-check", err)
	}
	for _, one := range loaded.Dialects {
		recorded := map[string]protocol.Recorded{}
		for _, revision := range one.Revisions {
			recorded[revision.ID] = revision
		}
		found.compare(plan, recorded)
		if found.Conflict == nil {
			found.Conflict = try(plan, one, recorded)
		}
	}
	return found, nil
}

// compare lists the objects that both branches touch.
func (m *meeting) compare(plan *versions.Rebase, recorded map[string]protocol.Recorded) {
	touched := func(ids []string) map[string][]string {
		out := map[string][]string{}
		for _, id := range ids {
			for _, operation := range recorded[id].Upgrade {
				if subject := operation.Subject(); subject.Name != "" {
					out[subject.String()] = append(out[subject.String()], id+": "+operation.String())
				}
			}
		}
		return out
	}
	local, other := touched(plan.Local), touched(plan.Other)
	for object, lines := range local {
		if theirs, both := other[object]; both && !slices.ContainsFunc(m.Overlaps, func(o overlap) bool { return o.Object == object }) {
			m.Overlaps = append(m.Overlaps, overlap{Object: object, Local: lines, Other: theirs})
		}
	}
	slices.SortFunc(m.Overlaps, func(a, b overlap) int { return strings.Compare(a.Object, b.Object) })
}

// try applies the operations of the branch that moves to the schema that it would follow. What functions of the user's
// code do to the schema is not known here, so that a branch that has any is not judged.
func try(plan *versions.Rebase, loaded protocol.Loaded, recorded map[string]protocol.Recorded) *conflict {
	state := loaded.Replayed
	for _, id := range plan.Local {
		if len(recorded[id].Lost) > 0 {
			return nil
		}
		for _, operation := range recorded[id].Upgrade {
			if exec, ok := operation.(*op.Exec); ok && exec.Opaque() {
				return nil
			}
			if err := operation.Apply(state); err != nil {
				return &conflict{Revision: id, Dialect: loaded.Dialect, Reason: err.Error()}
			}
		}
	}
	return nil
}

// tell says on standard error which objects both branches touch.
func (m *meeting) tell(i *invocation) {
	for _, o := range m.Overlaps {
		i.note("both branches touch %s:", o.Object)
		for _, line := range slices.Concat(o.Other, o.Local) {
			i.note("  %s", line)
		}
	}
}
