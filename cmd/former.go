package cmd

import (
	"slices"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// The findings about former names that models state, see package diff.
const (
	ruleFormerNameDone    = "former-name-done"
	ruleFormerNameUnknown = "former-name-unknown"
)

// formerNames notes the former names in tags that have served their time, or name nothing.
func (c *checking) formerNames(found []comparison) {
	for _, one := range found {
		for _, f := range one.result.Plan.Findings {
			if f.ID != ruleFormerNameDone && f.ID != ruleFormerNameUnknown {
				continue
			}
			at := originOfObject(one.target, f.Object)
			p := problem{Rule: f.ID, Severity: render.AnnotationNotice, File: c.modelFile(at.File), Line: at.Line, Text: f.Object + ": " + f.Text, Way: f.Way}
			if f.Severity == diff.Warning {
				p.Severity = render.AnnotationWarning
			}
			if !slices.Contains(c.problems, p) {
				c.problems = append(c.problems, p)
			}
		}
	}
}

// originOfObject returns where a table or a column is declared, by the name that findings give it.
func originOfObject(s *schema.Schema, object string) schema.Origin {
	if s == nil {
		return schema.Origin{}
	}
	if table := s.Table(schema.ParseName(object)); table != nil {
		return table.Origin
	}
	name, column, _ := cutLast(object, ".")
	if table := s.Table(schema.ParseName(name)); table != nil && table.Column(column) != nil {
		return table.Column(column).Origin
	}
	return schema.Origin{}
}
