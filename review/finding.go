package review

import (
	"slices"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/schema"
)

// look is a look for hazards through all revisions.
type look struct {
	in         Input
	allowances lint.Allowances
}

func newLook(in Input) *look {
	l := &look{in: in}
	for _, source := range in.Revisions {
		if len(source.Text) > 0 {
			_ = l.allowances.Read(source.File, source.Text) // what is no Go does not get here: it was built
		}
	}
	return l
}

// findings are the hazards of a revision, and those that its directives allow. What several engines have in the same words is
// one finding.
func (l *look) findings(engines []*engine, at int) (kept, allowed []Finding) {
	source := l.in.Revisions[at]
	var keptOn, allowedOn [][]schema.Dialect
	for _, e := range engines {
		recorded := e.Revisions[at]
		// Build has carried the operations out, so they fit.
		found, _ := lint.Run(lint.Input{
			Server: e.Server, Before: e.states[at], Upgrade: recorded.Upgrade, Downgrade: recorded.Downgrade,
			Irreversible: recorded.Irreversible, Sizes: l.in.Sizes, Project: l.in.Lint, File: source.File,
		})
		placeOf := func(f lint.Finding) Place {
			if place := placeAt(recorded, position{f.Operation, f.Step}); place != (Place{}) {
				return place
			}
			return Place{File: source.File, Line: source.Line}
		}
		report, pass := l.allowances.Filter(found, func(f lint.Finding) lint.Place {
			place := placeOf(f)
			return lint.Place{File: place.File, Line: place.Line}
		})
		kept, keptOn = mergeFindings(kept, keptOn, report, e, at, source.ID, placeOf)
		allowed, allowedOn = mergeFindings(allowed, allowedOn, pass, e, at, source.ID, placeOf)
	}
	for i := range kept {
		kept[i].Engines = only(keptOn[i], engines)
	}
	for i := range allowed {
		allowed[i].Engines = only(allowedOn[i], engines)
	}
	return kept, allowed
}

// mergeFindings adds the findings of another engine.
func mergeFindings(out []Finding, on [][]schema.Dialect, more []lint.Finding, e *engine, at int, revision string, placeOf func(lint.Finding) Place) ([]Finding, [][]schema.Dialect) {
	for _, one := range more {
		same := slices.IndexFunc(out, func(f Finding) bool {
			other := f.Finding
			other.Operation, other.Step = one.Operation, one.Step // they differ where engines have steps of their own
			return other == one
		})
		if same >= 0 && !slices.Contains(on[same], e.Server.Dialect) {
			on[same] = append(on[same], e.Server.Dialect)
			continue
		}
		finding := Finding{Finding: one, Revision: revision, Place: placeOf(one)}
		if upgrade := e.Revisions[at].Upgrade; one.Operation >= 0 && one.Operation < len(upgrade) {
			finding.Origin = originPlace(OriginOf(upgrade[one.Operation], e.Models))
		}
		out, on = append(out, finding), append(on, []schema.Dialect{e.Server.Dialect})
	}
	return out, on
}

// directives are findings about directives that are wrong, or allow nothing any more.
func (l *look) directives() []Finding {
	var out []Finding
	for _, problem := range l.allowances.Problems(l.in.Lint) {
		finding := Finding{Finding: problem.Finding, Place: Place{File: problem.File, Line: problem.Line}}
		for _, source := range l.in.Revisions {
			if source.File == problem.File {
				finding.Revision = source.ID
			}
		}
		out = append(out, finding)
	}
	return out
}
