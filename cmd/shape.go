package cmd

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/online"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// planShape says what form a plan takes before it is proved and written.
type planShape struct {
	online  bool // others can go on while it runs
	phases  bool // code is deployed in the middle of it
	options online.Options
}

// planShape is what the flags and the configuration ask for.
func (i *invocation) planShape(dialects []schema.Dialect) planShape {
	shape := planShape{online: i.config.Online, phases: i.Bool("phases")}
	if i.IsSet("online") {
		shape.online = i.Bool("online")
	}
	shape.options.Shared = len(dialects) > 1 && slices.Contains(dialects, schema.MySQL)
	return shape
}

func (s planShape) wanted() bool { return s.online || s.phases }

// phase is one of the two parts of a plan.
type phase struct {
	before             *schema.Schema
	upgrade, downgrade []op.Operation
	irreversible       string
	findings           []diff.Finding
}

// phased is a plan in two parts.
type phased struct{ expand, contract phase }

// apply gives a plan its form. Taken apart it stays one list, for the proof; the parts are returned.
func (s planShape) apply(current *schema.Schema, plan *diff.Plan) (*phased, error) {
	if !s.phases {
		whole := phase{before: current, upgrade: plan.Operations, downgrade: plan.Reverse}
		err := s.rewrite(&whole, s.options)
		plan.Operations, plan.Reverse = whole.upgrade, whole.downgrade
		plan.Findings = append(plan.Findings, whole.findings...)
		return nil, err
	}
	parts, err := s.split(current, plan)
	if err != nil {
		return nil, err
	}
	plan.Operations = slices.Concat(parts.expand.upgrade, parts.contract.upgrade)
	plan.Reverse, plan.Irreversible = nil, ""
	switch {
	case parts.contract.irreversible != "":
		plan.Irreversible = parts.contract.irreversible
	case parts.expand.irreversible != "":
		plan.Irreversible = parts.expand.irreversible
	default:
		plan.Reverse = slices.Concat(parts.contract.downgrade, parts.expand.downgrade)
	}
	plan.Findings = slices.Concat(parts.expand.findings, parts.contract.findings)
	return parts, nil
}

// rewrite puts the operations of a part into their online form, if that is wanted.
func (s planShape) rewrite(p *phase, options online.Options) error {
	if !s.online {
		return nil
	}
	up, down, notes, err := online.Both(ddl.Oldest(p.before.Server), p.before, p.upgrade, p.downgrade, options)
	if err != nil {
		return err
	}
	p.upgrade, p.downgrade = up, down
	p.findings = append(p.findings, findingsOf(notes)...)
	return nil
}

func findingsOf(notes []online.Note) []diff.Finding {
	out := make([]diff.Finding, len(notes))
	for n, note := range notes {
		out[n] = diff.Finding{ID: note.ID, Severity: diff.Info, Object: note.Object, Text: note.Text, Way: note.Way}
		if note.Blocks {
			out[n].Severity = diff.Warning
		}
	}
	return out
}

// split takes a plan apart. The values of columns that were renamed, or likely so, are copied.
func (s planShape) split(current *schema.Schema, plan *diff.Plan) (*phased, error) {
	var copies []online.Copy
	var dropped []diff.Finding
	for _, rename := range plan.Renames {
		if rename.Kind != "column" || rename.Applied {
			continue
		}
		if rename.Certainty == diff.Possible {
			dropped = append(dropped, diff.Finding{
				ID: "possible-rename", Severity: diff.Warning, Object: rename.Table.String() + "." + rename.From,
				Text: fmt.Sprintf("perhaps renamed to %s (%.2f); the values are not copied", rename.To, rename.Score),
				Way:  fmt.Sprintf("if it is a rename, state it: --rename %s.%s=%s", rename.Table, rename.From, rename.To),
			})
			continue
		}
		copies = append(copies, online.Copy{Table: rename.Table, From: rename.From, To: rename.To})
	}
	parts, err := online.Split(current, plan.Operations, copies)
	if err != nil {
		return nil, err
	}
	out := &phased{expand: phase{before: current, upgrade: parts.Expand}, contract: phase{upgrade: parts.Contract}}
	if out.contract.before, err = op.Replay(current, parts.Expand); err != nil {
		return nil, err
	}
	for _, part := range []*phase{&out.expand, &out.contract} {
		if part.downgrade, part.irreversible, err = diff.Reverse(part.before, part.upgrade); err != nil {
			return nil, err
		}
	}
	out.contract.downgrade = parts.CopyBack(current.Server.Dialect, out.contract.downgrade)
	for _, finding := range plan.Findings {
		if !copied(copies, finding) {
			out.place(finding)
		}
	}
	out.contract.findings = append(out.contract.findings, dropped...)
	for _, finding := range findingsOf(parts.Notes) {
		if finding.ID != online.PhasesCopy && finding.ID != online.PhasesRelax {
			finding.Severity = diff.Warning
		}
		out.place(finding)
	}
	if err := s.rewrite(&out.expand, s.options); err != nil {
		return nil, err
	}
	settled := s.options
	settled.Settled = true
	return out, s.rewrite(&out.contract, settled)
}

// copied reports whether a finding is about a value that is lost, or missing, unless it is copied.
func copied(copies []online.Copy, finding diff.Finding) bool {
	return slices.ContainsFunc(copies, func(pair online.Copy) bool {
		return finding.ID == "drop-column" && finding.Object == pair.Table.String()+"."+pair.From ||
			finding.ID == "not-null-without-value" && finding.Object == pair.Table.String()+"."+pair.To
	})
}

// place gives a finding to the part that it is about.
func (p *phased) place(finding diff.Finding) {
	for _, later := range []string{"drop-", "not-null-", online.PhasesType} {
		if len(finding.ID) >= len(later) && finding.ID[:len(later)] == later {
			p.contract.findings = append(p.contract.findings, finding)
			return
		}
	}
	p.expand.findings = append(p.expand.findings, finding)
}
