package review

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// steps lists the operations of a revision once for all engines that have them, in the order of the first.
func steps(engines []*engine, at int) []Step {
	out := []Step{}
	var groups [][]schema.Dialect
	for _, e := range engines {
		recorded := e.Revisions[at]
		operations, index := flat(recorded.Upgrade)
		next := 0 // a step of another engine goes behind the last one that both have
		for i, operation := range operations {
			text := operation.String()
			found := -1
			for n := next; n < len(out); n++ {
				if out[n].Text == text && !slices.Contains(groups[n], e.Server.Dialect) {
					found = n
					break
				}
			}
			if found >= 0 {
				groups[found] = append(groups[found], e.Server.Dialect)
				next = found + 1
				continue
			}
			step := Step{Text: text, Change: changeOf(operation), Place: placeAt(recorded, index[i]), Origin: originPlace(OriginOf(operation, e.Models))}
			out = slices.Insert(out, next, step)
			groups = slices.Insert(groups, next, []schema.Dialect{e.Server.Dialect})
			next++
		}
	}
	for i := range out {
		out[i].Engines = only(groups[i], engines)
	}
	return out
}

// placeAt returns where an operation of an upgrade is written, as far as that is known.
func placeAt(recorded Recorded, p position) Place {
	if p.at < 0 || p.at >= len(recorded.Places) || recorded.Places[p.at] == nil {
		return Place{}
	}
	place := recorded.Places[p.at]
	if p.step < len(place.Steps) && place.Steps[p.step] != nil && place.Steps[p.step].Line > 0 {
		place = place.Steps[p.step]
	}
	if place.Line == 0 {
		return Place{}
	}
	return Place{File: place.File, Line: place.Line}
}

// changeOf says what an operation does to its object; data steps do nothing to it.
func changeOf(operation op.Operation) Change {
	verb, _, _ := strings.Cut(operation.Kind(), "_")
	switch verb {
	case "create", "add":
		return Added
	case "drop":
		return Dropped
	case "rename":
		return Renamed
	case "alter", "validate":
		return Changed
	}
	return Kept
}

func originPlace(origin schema.Origin) Place {
	return Place{File: origin.File, Line: origin.Line, Name: origin.String()}
}
