package review

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// assumptions lists what a revision takes for granted, once for all engines.
func assumptions(engines []*engine, at int, source Source) []Assumption {
	var out []Assumption
	var groups [][]schema.Dialect
	for _, e := range engines {
		for _, one := range e.assumptions(at, source) {
			same := slices.IndexFunc(out, func(a Assumption) bool {
				return a.Kind == one.Kind && a.Object == one.Object && a.To == one.To && a.Text == one.Text
			})
			if same >= 0 {
				groups[same] = append(groups[same], e.Server.Dialect)
				continue
			}
			out = append(out, one)
			groups = append(groups, []schema.Dialect{e.Server.Dialect})
		}
	}
	for i := range out {
		out[i].Engines = only(groups[i], engines)
	}
	return out
}

// pair is what may be a rename, or is one.
type pair struct {
	kind     string // as in diff.Rename
	table    schema.Name
	from, to string
}

func (p pair) object(name string) string {
	if p.kind == "table" || p.table == (schema.Name{}) {
		return name
	}
	return p.table.String() + "." + name
}

func (e *engine) assumptions(at int, source Source) []Assumption {
	recorded := e.Revisions[at]
	operations, index := flat(recorded.Upgrade)
	var out []Assumption
	add := func(i int, a Assumption) {
		a.Revision, a.Place = source.ID, placeAt(recorded, index[i])
		if a.Place == (Place{}) {
			a.Place = Place{File: source.File, Line: source.Line}
		}
		out = append(out, a)
	}
	scores := e.scores(at, operations)
	for i, operation := range operations {
		if p, kind, ok := pairOf(operation); ok {
			a := Assumption{Kind: kind, Object: p.object(p.from), To: p.object(p.to)}
			if score := scores.of(p); score != nil {
				a.Score, a.Reasons = rounded(score.Score), score.Reasons
			}
			a.Text = map[AssumptionKind]string{
				UndecidedRename: a.Object + " may have been renamed to " + a.To + "; as written, its values are lost",
				RenameTaken:     a.Object + " is renamed to " + a.To + " and keeps its values",
			}[kind]
			add(i, a)
			continue
		}
		switch o := operation.(type) {
		case *op.DropColumn, *op.DropTable:
			for _, score := range scores.likely(operation) {
				p := pair{score.Kind, score.Table, score.From, score.To}
				add(i, Assumption{Kind: RenameRefused, Object: p.object(p.from), To: p.object(p.to), Score: rounded(score.Score), Reasons: score.Reasons,
					Text: p.object(p.from) + " is dropped and " + p.object(p.to) + " added, though it looks like a rename"})
			}
		case *op.AlterColumn:
			if o.Using != "" {
				object := o.Table.String() + "." + o.Name
				add(i, Assumption{Kind: Conversion, Object: object, Text: "the values of " + object + " are converted by " + o.Using})
			}
		case *op.Backfill:
			for _, set := range o.Set {
				object := o.Table.String() + "." + set.Column
				where := "rows that have none"
				if o.Where != "" {
					where = "rows with " + o.Where
				}
				add(i, Assumption{Kind: Filling, Object: object, Text: fmt.Sprintf("%s becomes %s in %s", object, set.Expr, where)})
			}
		}
	}
	return out
}

// rounded keeps two places: the last ones differ between processors.
func rounded(score float64) float64 { return math.Round(score*100) / 100 }

// pairOf returns the pair that an operation renames, or is flagged with.
func pairOf(operation op.Operation) (pair, AssumptionKind, bool) {
	switch o := operation.(type) {
	case *op.DropColumn:
		return pair{"column", o.Table, o.Name, o.RenamedTo}, UndecidedRename, o.RenamedTo != ""
	case *op.DropTable:
		return pair{"table", schema.Name{}, o.Name.String(), o.RenamedTo}, UndecidedRename, o.RenamedTo != ""
	case *op.AlterEnum:
		if o.RenamedTo != "" {
			return pair{"enum value", o.Name, strings.Join(o.Remove, ", "), o.RenamedTo}, UndecidedRename, true
		}
		return pair{"enum value", o.Name, o.Rename, o.To}, RenameTaken, o.Rename != ""
	case *op.RenameColumn:
		return pair{"column", o.Table, o.From, o.To}, RenameTaken, true
	case *op.RenameTable:
		return pair{"table", schema.Name{}, o.From.String(), o.To.String()}, RenameTaken, true
	}
	return pair{}, "", false
}

// scored are the pairs that look like renames between the schemas around a revision.
type scored []diff.Rename

// scores compares the schemas around a revision, if it takes something away that could have been renamed. A file holds the
// score of a flagged rename only as a comment.
func (e *engine) scores(at int, operations []op.Operation) scored {
	asked := slices.ContainsFunc(operations, func(operation op.Operation) bool {
		switch operation.(type) {
		case *op.DropColumn, *op.DropTable, *op.RenameColumn, *op.RenameTable, *op.AlterEnum:
			return true
		}
		return false
	})
	if !asked {
		return nil
	}
	plan, err := diff.Diff(e.states[at], e.states[at+1], diff.Options{})
	if err != nil {
		return nil
	}
	return plan.Renames
}

func (s scored) of(p pair) *diff.Rename {
	for i := range s {
		found := pair{s[i].Kind, s[i].Table, s[i].From, s[i].To}
		if found.kind == "table" {
			found.table = schema.Name{}
		}
		if found == p {
			return &s[i]
		}
	}
	return nil
}

// likely returns the pairs of a drop that are likely renames.
func (s scored) likely(operation op.Operation) []diff.Rename {
	var out []diff.Rename
	for _, one := range s {
		if one.Certainty != diff.Likely {
			continue
		}
		switch o := operation.(type) {
		case *op.DropColumn:
			if one.Kind == "column" && one.Table == o.Table && one.From == o.Name {
				out = append(out, one)
			}
		case *op.DropTable:
			if one.Kind == "table" && one.From == o.Name.String() {
				out = append(out, one)
			}
		}
	}
	return out
}
