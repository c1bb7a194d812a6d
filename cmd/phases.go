package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/versions"
)

// finishPhases writes a plan as two revisions: one for before new code is deployed, and one that follows it, for after.
// A plan of which one part is empty is one revision.
func (i *invocation) finishPhases(h *history, d *draft, found []comparison) error {
	if d.file.Message == "" {
		for _, one := range found {
			if d.file.Message == "" {
				d.file.Message = render.MessageFor(one.result.Plan.Operations)
			}
		}
	}
	summary := func() error { return i.summarize(found) }
	expands := slices.ContainsFunc(found, func(c comparison) bool { return c.phased != nil && len(c.phased.expand.upgrade) > 0 })
	contracts := slices.ContainsFunc(found, func(c comparison) bool { return c.phased != nil && len(c.phased.contract.upgrade) > 0 })
	switch {
	case !contracts:
		d.file.Engines = phaseEngines(found, func(p *phased) *phase { return &p.expand })
		d.file.Remarks = []string{"The code that runs now works with it too: run it before the new code is deployed."}
		i.note("one revision: nothing has to wait until the new code is deployed")
		return i.finish(d, summary)
	case !expands:
		d.file.Engines = phaseEngines(found, func(p *phased) *phase { return &p.contract })
		d.file.Remarks = []string{"The code that runs now does not work with it: deploy the new code everywhere first."}
		i.note("one revision: run it once the new code is deployed everywhere")
		return i.finish(d, summary)
	}
	later, err := i.contractDraft(h, d)
	if err != nil {
		return err
	}
	message := d.file.Message
	d.file.Message, later.file.Message = message+" (expand)", message+" (contract)"
	d.file.Engines = phaseEngines(found, func(p *phased) *phase { return &p.expand })
	later.file.Engines = phaseEngines(found, func(p *phased) *phase { return &p.contract })
	d.file.Remarks = []string{fmt.Sprintf(
		"The code before and the code after both work with it. Run it, deploy the new code everywhere, and then run revision %s.", later.file.ID)}
	later.file.Remarks = []string{fmt.Sprintf(
		"The code before does not work with it: deploy the new code everywhere between revision %s and this one.", d.file.ID)}
	return i.writePhases([]*draft{d, later}, summary)
}

// contractDraft is the second revision: it follows the first, a second later, so that the files are in order.
func (i *invocation) contractDraft(h *history, d *draft) (*draft, error) {
	later := *d
	id, err := i.newID()
	if err != nil {
		return nil, err
	}
	if _, second, both := strings.Cut(id, ","); both {
		id = second
	}
	if id == d.file.ID {
		return nil, fmt.Errorf("two revisions need two ids: --rev-id %s,OTHER", id)
	}
	later.file.ID = id
	if err := h.graph.CheckNew(versions.Meta{ID: id, Revises: d.file.Revises}); err != nil {
		return nil, err
	}
	later.created = d.created.Add(time.Second)
	later.file.Created = later.created.UTC().Format(time.RFC3339)
	later.file.Revises, later.file.Labels, later.file.DependsOn = []string{d.file.ID}, nil, nil
	return &later, nil
}

// phaseEngines is one part of the plan of each engine.
func phaseEngines(found []comparison, part func(*phased) *phase) []render.EnginePlan {
	var out []render.EnginePlan
	for _, one := range found {
		engine := render.EnginePlan{Dialect: one.dialect, Before: one.current}
		if one.phased != nil {
			p := part(one.phased)
			engine.Before, engine.Upgrade, engine.Downgrade, engine.Irreversible = p.before, p.upgrade, p.downgrade, p.irreversible
			engine.Notes = findingNotes(p.findings)
		}
		out = append(out, engine)
	}
	return out
}

func (i *invocation) writePhases(drafts []*draft, summary func() error) error {
	paths, sources := make([]string, len(drafts)), make([][]byte, len(drafts))
	for n, d := range drafts {
		var err error
		if paths[n], sources[n], err = i.render(d); err != nil {
			return err
		}
	}
	var files []map[string]any
	for n, d := range drafts {
		if err := i.put(d, paths[n], sources[n]); err != nil {
			return err
		}
		d.registry.Declared = true
		files = append(files, map[string]any{"file": shown(paths[n]), "id": d.file.ID, "revises": nonNil(d.file.Revises), "engines": engineAnswers(d)})
	}
	// Both drafts share what was found out about the registry; the first has written it.
	if err := summary(); err != nil {
		return err
	}
	i.note("two revisions: run %s, deploy the new code everywhere, then run %s", drafts[0].file.ID, drafts[1].file.ID)
	return i.answer(map[string]any{"revisions": files}, func(w io.Writer) error {
		for _, path := range paths {
			if _, err := fmt.Fprintln(w, shown(path)); err != nil {
				return err
			}
		}
		return nil
	})
}
