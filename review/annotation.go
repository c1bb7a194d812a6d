package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/render"
)

// Annotations are the remarks of a report on single places, for platforms that show them beside the code.
func (r *Report) Annotations() []render.Annotation {
	out := []render.Annotation{}
	titles := map[string]string{}
	for _, rule := range allRules() {
		titles[rule.ID] = strings.TrimSuffix(rule.Title, ".")
	}
	for _, t := range r.Troubles {
		out = append(out, render.Annotation{Rule: t.ID, Severity: severityOf(t.Severity), File: t.Place.File, Line: t.Place.Line,
			Title: titles[t.ID], Text: withWay(t.Text, t.Way), Fingerprint: fingerprint(t.ID, t.Text)})
	}
	for _, a := range r.Assumptions {
		if a.Kind != UndecidedRename || r.isFound(a) {
			continue
		}
		text := a.Text
		if a.Score > 0 {
			text += fmt.Sprintf(" (%.2f: %s)", a.Score, strings.Join(a.Reasons, ", "))
		}
		out = append(out, render.Annotation{Rule: string(a.Kind), Severity: render.AnnotationError, File: a.Place.File, Line: a.Place.Line,
			Title: titles[string(a.Kind)], Text: withWay(text, "decide with retort resolve"), Fingerprint: fingerprint(string(a.Kind), a.Object, a.To)})
	}
	for _, f := range r.Findings {
		text := f.Text
		if len(f.Engines) > 0 {
			names := make([]string, len(f.Engines))
			for i, engine := range f.Engines {
				names[i] = string(engine)
			}
			text += " (" + strings.Join(names, ", ") + ")"
		}
		out = append(out, render.Annotation{Rule: f.Rule, Severity: severityOf(f.Severity), File: f.Place.File, Line: f.Place.Line,
			Title: titles[f.Rule], Text: withWay(text, f.Way), Fingerprint: fingerprint(f.Rule, f.Revision, f.Object, f.Text)})
	}
	return out
}

// isFound reports whether a finding says the same as an assumption.
func (r *Report) isFound(a Assumption) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return f.Rule == "unresolved-rename" && f.Revision == a.Revision && f.Object == a.Object
	})
}

func severityOf(severity lint.Severity) render.AnnotationSeverity {
	switch severity {
	case lint.Danger:
		return render.AnnotationError
	case lint.Warning:
		return render.AnnotationWarning
	}
	return render.AnnotationNotice
}

func withWay(text, way string) string {
	if way == "" {
		return text
	}
	return text + "\n" + way
}

func fingerprint(parts ...string) string { return strings.Join(parts, "\x00") }

// branchRules describe the troubles, which are no hazards of a single operation.
var branchRules = []render.AnnotationRule{
	{ID: "undecided-rename", Title: "A likely rename is not decided.", Help: "Decide with `retort resolve`.", Severity: render.AnnotationError},
	{ID: "several-heads", Title: "The history would have several heads.", Help: "Put one on top of the other with `retort rebase`, or join them with `retort merge heads`.", Severity: render.AnnotationError},
	{ID: "same-id", Title: "Another revision has the same identifier.", Help: "Give one of them another identifier.", Severity: render.AnnotationError},
	{ID: "edited-revision", Title: "A revision of the base was changed.", Help: "Restore it, and put the change into a revision of its own.", Severity: render.AnnotationError},
	{ID: "squashed-revision", Title: "Revisions of the base have become one.", Severity: render.AnnotationNotice},
	{ID: "removed-revision", Title: "A revision of the base is gone.", Severity: render.AnnotationError},
	{ID: "no-history", Title: "The history would be broken after the merge.", Severity: render.AnnotationError},
	{ID: "drift", Title: "The models have what no revision has.", Help: "Write it with `retort revision --autogenerate`.", Severity: render.AnnotationError},
	{ID: "opaque", Title: "The effect of a step on the schema is not known.", Help: "Say what it does with `.Changes(…)`, or `.NoSchemaChange()`.", Severity: render.AnnotationWarning},
	{ID: "no-sql", Title: "An engine cannot carry a step out.", Severity: render.AnnotationError},
}

// Rules describes what annotations are about, in the order of the documentation.
func Rules(annotations []render.Annotation) []render.AnnotationRule {
	used := map[string]bool{}
	for _, a := range annotations {
		used[a.Rule] = true
	}
	return slices.DeleteFunc(allRules(), func(rule render.AnnotationRule) bool { return !used[rule.ID] })
}

func allRules() []render.AnnotationRule {
	out := append([]render.AnnotationRule(nil), branchRules...)
	for _, rule := range lint.Rules() {
		help := rule.Safe
		if rule.Bad != "" {
			help += "\n\nBad:\n```go\n" + rule.Bad + "\n```\nGood:\n```go\n" + rule.Good + "\n```"
		}
		out = append(out, render.AnnotationRule{ID: rule.ID, Title: rule.Title, Text: rule.Why, Help: help, Severity: severityOf(rule.Severity)})
	}
	return out
}
