package cmd

import (
	"slices"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// hazards is what the linter has to say about a plan: what is lost, locked, copied, or may fail.
type hazards struct {
	project lint.Project
	shape   planShape
}

// add adds the hazards to the findings of a plan.
func (h hazards) add(one *comparison) error {
	plan := one.result.Plan
	if one.phased == nil {
		found, err := h.of(plan, one.current, plan.Operations)
		plan.Findings = append(plan.Findings, found...)
		plan.SortFindings()
		return err
	}
	for _, part := range []*phase{&one.phased.expand, &one.phased.contract} {
		found, err := h.of(plan, part.before, part.upgrade)
		if err != nil {
			return err
		}
		part.findings = append(part.findings, found...)
		plan.Findings = append(plan.Findings, found...)
	}
	plan.SortFindings()
	return nil
}

// of lints operations of a plan. Remarks on names and design, and those that are merely good to know, are left to lint and
// review. Where a decision is due, it is the first question. A plan in online form tells by itself what still blocks.
func (h hazards) of(plan *diff.Plan, before *schema.Schema, operations []op.Operation) ([]diff.Finding, error) {
	findings, err := lint.Run(lint.Input{Server: before.Server, Before: before, Upgrade: operations, Project: h.project})
	if err != nil {
		return nil, err
	}
	findings = slices.DeleteFunc(findings, func(f lint.Finding) bool {
		switch f.Category {
		case lint.Naming, lint.Design, lint.Irreversible:
			return true
		case lint.Lock, lint.Rewrite, lint.Scan:
			if h.shape.online {
				return true
			}
		}
		return f.Severity == lint.Info || decided(plan, f)
	})
	count, titles := map[string]int{}, map[string]string{}
	for _, f := range findings {
		count[f.Rule]++
	}
	for _, rule := range lint.Rules() {
		titles[rule.ID] = rule.Title
	}
	var out []diff.Finding
	for _, f := range findings {
		hazard := diff.Finding{ID: f.Rule, Severity: diff.Severity(f.Severity), Object: f.Object, Text: f.Text, Way: f.Way}
		if count[f.Rule] > 1 && f.Object != "" {
			hazard.Text = titles[f.Rule] // so that what several objects have in common is said once
		}
		if f.Rule == "set-not-null" {
			hazard.Way = "--backfill " + f.Object + "=EXPR fills the rows first"
		}
		if !slices.Contains(out, hazard) {
			out = append(out, hazard)
		}
	}
	return out, nil
}

// decided reports whether a finding is about an object that waits for a decision anyway, or is part of one.
func decided(plan *diff.Plan, f lint.Finding) bool {
	if f.Rule == "unresolved-rename" {
		return true
	}
	for _, rename := range plan.Renames {
		from, to := rename.From, rename.To
		if rename.Kind == "column" {
			from, to = rename.Table.String()+"."+from, rename.Table.String()+"."+to
		}
		if !rename.Applied && (f.Object == from || f.Object == to) {
			return true
		}
	}
	return slices.ContainsFunc(plan.Decisions(), func(d diff.Finding) bool { return d.Object == f.Object })
}
