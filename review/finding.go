package review

import (
	"slices"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/schema"
)

// findings are the hazards of a revision. What several engines have in the same words is one finding.
func findings(in Input, engines []*engine, at int, source Source) []Finding {
	var out []Finding
	var groups [][]schema.Dialect
	for _, e := range engines {
		recorded := e.Revisions[at]
		// Build has carried the operations out, so they fit.
		found, _ := lint.Run(lint.Input{
			Server: e.Server, Before: e.states[at], Upgrade: recorded.Upgrade, Downgrade: recorded.Downgrade,
			Irreversible: recorded.Irreversible, Sizes: in.Sizes, Ignore: recorded.Allowed,
		})
		for _, one := range found {
			same := slices.IndexFunc(out, func(f Finding) bool {
				other := f.Finding
				other.Operation = one.Operation // places differ where engines have steps of their own
				return other == one
			})
			if same >= 0 && !slices.Contains(groups[same], e.Server.Dialect) {
				groups[same] = append(groups[same], e.Server.Dialect)
				continue
			}
			finding := Finding{Finding: one, Revision: source.ID, Place: placeAt(recorded, one.Operation)}
			if finding.Place == (Place{}) {
				finding.Place = Place{File: source.File, Line: source.Line}
			}
			if one.Operation >= 0 && one.Operation < len(recorded.Upgrade) {
				finding.Origin = placeOf(OriginOf(recorded.Upgrade[one.Operation], e.Models))
			}
			out = append(out, finding)
			groups = append(groups, []schema.Dialect{e.Server.Dialect})
		}
	}
	for i := range out {
		out[i].Engines = only(groups[i], engines)
	}
	return out
}
