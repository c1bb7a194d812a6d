package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// engineAnswer is what an answer says about one engine.
type engineAnswer struct {
	Dialect  schema.Dialect `json:"dialect"`
	Changes  []change       `json:"changes"`
	Findings []finding      `json:"findings,omitempty"`
	Foreign  []diff.Object  `json:"foreign,omitempty"`
	Opaque   []string       `json:"opaque,omitempty"`
	// NotCompared names what neither side's reader covers.
	NotCompared []string `json:"not_compared,omitempty"`
	Unconfirmed string   `json:"unconfirmed,omitempty"`
	Proof       string   `json:"proof,omitempty"`
	ProofMillis int64    `json:"proof_ms,omitempty"`
}

type finding struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Object   string `json:"object"`
	Text     string `json:"text"`
	Way      string `json:"way,omitempty"`
}

// autogenerate writes what leads from the database, or from the revisions, to the models.
func (i *invocation) autogenerate(h *history, d *draft) error {
	dialects, err := i.dialects()
	if err != nil {
		return err
	}
	options, err := i.diffOptions()
	if err != nil {
		return err
	}
	with := side{prove: !i.Bool("no-prove"), diff: options, shape: i.planShape(dialects)}
	with.diff.KeepRenamed = with.shape.phases
	switch from := i.String("from"); from {
	case "migrations":
	case "database":
		if _, _, err := i.target(); err != nil {
			return err
		}
		if with.database, err = i.openTarget(); err != nil {
			return fmt.Errorf("%w\nto compare with the revisions alone, without a database: --from migrations", err)
		}
		defer with.database.Close()
		if err := i.checkUpToDate(h, with.database); err != nil {
			return err
		}
	default:
		return &arguments.UsageError{Command: "revision", Text: fmt.Sprintf("--from cannot be %q: use database or migrations", from)}
	}
	found, err := i.compareAsking(dialects, &with)
	if err != nil {
		return err
	}
	if err := refuseOpaque(found); err != nil {
		return err
	}
	if !slices.ContainsFunc(found, func(c comparison) bool { return !c.result.Plan.Empty() }) {
		return i.nothingToWrite(found)
	}
	if with.shape.phases {
		return i.finishPhases(h, d, found)
	}
	for _, one := range found {
		d.file.Engines = append(d.file.Engines, enginePlan(one))
		if d.file.Message == "" {
			d.file.Message = render.MessageFor(one.result.Plan.Operations)
		}
	}
	return i.finish(d, func() error { return i.summarize(found) })
}

// OpaqueError says that the effect of a step on the schema is not known.
type OpaqueError struct{ Steps []string }

// Error names the steps and the way out.
func (e *OpaqueError) Error() string {
	return fmt.Sprintf("the schema that the revisions make is not known, because of %s whose effect is not:\n  %s\nsay what each does with .Changes(…), or .NoSchemaChange()",
		plural(len(e.Steps), "step"), strings.Join(e.Steps, "\n  "))
}

func opaqueSteps(one comparison) []string {
	var out []string
	for _, step := range one.opaque {
		out = append(out, fmt.Sprintf("%s:%d: %s", step.File, step.Line, step.Operation))
	}
	return out
}

// refuseOpaque fails where the replayed schema is what the plan starts from.
func refuseOpaque(found []comparison) error {
	var steps []string
	for _, one := range found {
		if one.live {
			continue
		}
		for _, step := range opaqueSteps(one) {
			if !slices.Contains(steps, step) {
				steps = append(steps, step)
			}
		}
	}
	if len(steps) == 0 {
		return nil
	}
	return &OpaqueError{Steps: steps}
}

func (i *invocation) nothingToWrite(found []comparison) error {
	i.notes(found)
	i.note("nothing to do: the models have no changes (%s)", joinDialects(dialectsOf(found)))
	return i.answer(map[string]any{"file": nil, "engines": answersOf(found)}, func(io.Writer) error { return nil })
}

func dialectsOf(found []comparison) []schema.Dialect {
	out := make([]schema.Dialect, len(found))
	for n, one := range found {
		out[n] = one.dialect
	}
	return out
}

func enginePlan(one comparison) render.EnginePlan {
	plan := one.result.Plan
	out := render.EnginePlan{
		Dialect: one.dialect, Before: one.current, Upgrade: plan.Operations, Downgrade: plan.Reverse, Irreversible: plan.Irreversible,
		Notes: findingNotes(plan.Findings),
	}
	for _, rename := range plan.Renames {
		if !rename.Applied {
			out.Renames = append(out.Renames, render.RenameNote{Kind: rename.Kind, Table: rename.Table, From: rename.From, To: rename.To, Score: rename.Score, Reasons: rename.Reasons})
		}
	}
	return out
}

func findingNotes(findings []diff.Finding) []render.Note {
	var out []render.Note
	for _, f := range findings {
		out = append(out, render.Note{ID: f.ID, Severity: string(f.Severity), Object: f.Object, Text: f.Text, Way: f.Way})
	}
	return out
}

func answersOf(found []comparison) []engineAnswer {
	out := make([]engineAnswer, len(found))
	for n, one := range found {
		plan := one.result.Plan
		answer := engineAnswer{
			Dialect: one.dialect, Changes: changesOf(plan.Operations, one.target), Foreign: plan.Foreign,
			Opaque: opaqueSteps(one), NotCompared: plan.NotCompared, Unconfirmed: one.result.Unconfirmed,
		}
		for _, f := range plan.Findings {
			answer.Findings = append(answer.Findings, finding{ID: f.ID, Severity: string(f.Severity), Object: f.Object, Text: f.Text, Way: f.Way})
		}
		if one.result.Proof != nil {
			answer.Proof, answer.ProofMillis = one.result.Proof.String(), one.result.Proof.Elapsed.Milliseconds()
		}
		out[n] = answer
	}
	return out
}

// grouped puts engines with the same changes together.
func grouped(answers []engineAnswer) [][]engineAnswer {
	var out [][]engineAnswer
	for _, answer := range answers {
		at := slices.IndexFunc(out, func(group []engineAnswer) bool { return sameChanges(group[0].Changes, answer.Changes) })
		if at < 0 {
			out = append(out, []engineAnswer{answer})
			continue
		}
		out[at] = append(out[at], answer)
	}
	return out
}

func dialectsOfGroup(group []engineAnswer) string {
	dialects := make([]schema.Dialect, len(group))
	for n, one := range group {
		dialects[n] = one.Dialect
	}
	return joinDialects(dialects)
}

// summarize prints what was written, on standard error.
func (i *invocation) summarize(found []comparison) error {
	style := i.style(i.Stderr)
	for _, group := range grouped(answersOf(found)) {
		if len(group[0].Changes) == 0 {
			i.note("%s: no changes", dialectsOfGroup(group))
			continue
		}
		i.note("%s: %s", dialectsOfGroup(group), plural(len(group[0].Changes), "change"))
		if err := writeChanges(i.Stderr, style, group[0].Changes); err != nil {
			return err
		}
	}
	i.notes(found)
	return nil
}

// notes prints findings, what was left alone, and what was proved.
func (i *invocation) notes(found []comparison) {
	style := i.style(i.Stderr)
	var seen []string
	once := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if !slices.Contains(seen, text) {
			seen = append(seen, text)
			i.note("%s", text)
		}
	}
	for _, one := range found {
		for _, f := range one.result.Plan.Findings {
			if f.Severity == diff.Info && f.ID != ruleFormerNameDone {
				continue
			}
			name := string(f.Severity)
			if f.Severity == diff.Info {
				name = "notice"
			}
			if f.Severity == diff.Decision {
				name = "to decide"
			}
			text := style.Yellow(name+":") + " "
			if f.Object != "" && !strings.Contains(f.Text, f.Object) {
				text += f.Object + ": "
			}
			text += f.Text
			if f.Way != "" {
				text += "; " + f.Way
			}
			once("%s", text)
		}
	}
	for _, one := range found {
		i.noteOrigins(one, once)
	}
}

func (i *invocation) noteOrigins(one comparison, once func(format string, args ...any)) {
	if names := foreignTables(one.result.Plan.Foreign); len(names) > 0 {
		once("left alone, since no revision made them (--include-foreign drops them): %s", strings.Join(names, ", "))
	}
	if names := one.result.Plan.NotCompared; len(names) > 0 {
		once("not compared: %s", strings.Join(names, "; "))
	}
	unconfirmed, proof := one.result.Unconfirmed, one.result.Proof
	if unconfirmed != "" && proof != nil && proof.Skipped == unconfirmed {
		once("unconfirmed and not proved: %s", unconfirmed)
		return
	}
	if unconfirmed != "" && one.live {
		once("unconfirmed: %s", unconfirmed)
	}
	if proof == nil {
		return
	}
	if proof.Skipped != "" {
		once("%s", proof)
		return
	}
	once("%s, in %s", proof, shortTime(proof.Elapsed))
	for _, text := range proof.Upgrade {
		once("  after the upgrade: %s", text)
	}
	for _, text := range proof.Downgrade {
		once("  after the downgrade: %s", text)
	}
}

func foreignTables(foreign []diff.Object) []string {
	var out []string
	for n, object := range foreign {
		if n == 10 {
			return append(out, fmt.Sprintf("and %d more", len(foreign)-n))
		}
		out = append(out, object.Kind+" "+object.Name)
	}
	return out
}

// compareAsking compares, and asks about likely renames if that is wanted and somebody is there.
func (i *invocation) compareAsking(dialects []schema.Dialect, with *side) ([]comparison, error) {
	found, err := i.compare(dialects, *with)
	if err != nil || !i.asksRenames() {
		return found, err
	}
	intents, err := i.askRenames(found)
	if err != nil || len(intents) == 0 {
		return found, err
	}
	with.diff.Intents = append(with.diff.Intents, intents...)
	return i.compare(dialects, *with)
}
