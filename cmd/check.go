package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/process"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name: "check", Category: "review", Usage: "tell whether the models have changes that no revision has",
		Description: "Compares the models with what the revisions make, without a database. With --db it also compares the database with both.\nExits with 2 if there are differences.",
		Flags: withFormat(&cli.BoolFlag{Name: "db", Usage: "compare the database too"},
			&cli.BoolFlag{Name: "include-foreign", Usage: "also count what no revision made"}),
		Action: p.action(arity{}, (*invocation).check),
	}
}

// drift is a comparison of two sides that should be the same.
type drift struct {
	Between string         `json:"between"`
	Engines []engineAnswer `json:"engines"`
}

func (d drift) empty() bool {
	return !slices.ContainsFunc(d.Engines, func(e engineAnswer) bool { return len(e.Changes) > 0 })
}

func (i *invocation) check() error {
	dialects, err := i.dialects()
	if err != nil {
		return err
	}
	h, err := i.revisionsSoFar()
	if err != nil {
		return err
	}
	// A rename that is only likely is a change all the same, and no decision is due before a revision is written.
	options := diff.Options{Ignore: i.ignored(), IncludeForeign: i.Bool("include-foreign")}
	found, err := i.compare(dialects, side{diff: options})
	if err != nil {
		return err
	}
	if err := refuseOpaque(found); err != nil {
		return err
	}
	drifts := []drift{{Between: "models and revisions", Engines: answersOf(found)}}
	if i.Bool("db") {
		more, err := i.checkDatabase(h, options)
		if err != nil {
			return err
		}
		drifts = append(drifts, more...)
	}
	return i.reportDrifts(h, drifts)
}

func (i *invocation) reportDrifts(h *history, drifts []drift) error {
	clean := !slices.ContainsFunc(drifts, func(d drift) bool { return !d.empty() })
	err := i.answer(map[string]any{"clean": clean, "comparisons": drifts}, func(w io.Writer) error {
		for _, one := range drifts {
			if err := i.writeDrift(w, one); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if clean {
		return nil
	}
	if i.format == "text" && !drifts[0].empty() {
		i.note("\nwrite them with: retort revision --autogenerate -m \"…\"")
	}
	return &outcome{code: exitDifferences}
}

func (i *invocation) writeDrift(w io.Writer, one drift) error {
	style := i.style(w)
	for _, group := range grouped(one.Engines) {
		changes := group[0].Changes
		if len(changes) == 0 {
			if _, err := fmt.Fprintf(w, "%s agree (%s)\n", one.Between, dialectsOfGroup(group)); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(w, "%s differ (%s): %s\n", one.Between, dialectsOfGroup(group), plural(len(changes), "change")); err != nil {
			return err
		}
		if err := writeChanges(w, style, changes); err != nil {
			return err
		}
		for _, f := range group[0].Findings {
			if f.ID != "likely-rename" {
				continue
			}
			if _, err := fmt.Fprintf(w, "    %s: %s\n", f.Object, f.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkDatabase compares the database with what its revisions make.
func (i *invocation) checkDatabase(h *history, options diff.Options) ([]drift, error) {
	database, err := i.openTarget()
	if err != nil {
		return nil, err
	}
	defer database.Close()
	if err := i.checkUpToDate(h, database); err != nil {
		return nil, err
	}
	found, err := i.compareDatabase(database, options)
	if err != nil {
		return nil, err
	}
	answers := answersOf([]comparison{found})
	for _, one := range answers {
		if one.Unconfirmed != "" {
			i.note("unconfirmed: %s", one.Unconfirmed)
		}
	}
	drifts := []drift{{Between: "database and revisions", Engines: answers}}
	changed, err := i.changedRevisions()
	if err != nil {
		return nil, err
	}
	if len(changed) > 0 {
		i.note("warning: these revisions were changed after they were applied: %s", strings.Join(changed, ", "))
	}
	return drifts, nil
}

// compareDatabase compares a database with what its revisions make.
func (i *invocation) compareDatabase(database *introspect.Database, options diff.Options) (comparison, error) {
	s := &sources{invocation: i, dialect: database.Dialect, database: database}
	replayed, err := s.code(source{kind: "migrations"})
	if err != nil {
		return comparison{}, err
	}
	live, err := introspect.Read(i.ctx, database, database.Dialect, introspect.Options{Namespaces: i.config.Schemas})
	if err != nil {
		return comparison{}, err
	}
	scratch, err := i.scratch()
	if err != nil {
		return comparison{}, err
	}
	options.Owned, options.Renames = replayed, diff.NeverRename
	result, err := autogen.Run(i.ctx, autogen.Input{Current: live, Target: replayed, Database: database, Scratch: scratch, Diff: options, NoProof: true})
	if err != nil {
		return comparison{}, err
	}
	return comparison{dialect: database.Dialect, current: live, target: replayed, result: result, live: true}, nil
}

// changedRevisions names the applied revisions whose operations are not those that were run.
func (i *invocation) changedRevisions() ([]string, error) {
	url, dialect, err := i.target()
	if err != nil {
		return nil, err
	}
	built, err := i.build(revisionsOnly, []schema.Dialect{dialect})
	if err != nil {
		return nil, err
	}
	options, err := i.runOptions()
	if err != nil {
		return nil, err
	}
	var result protocol.VerifyResult
	request := protocol.Request{Command: protocol.Verify, Run: &protocol.RunRequest{URL: url, Options: options}}
	if err := built.driver.Call(i.ctx, request, process.Listener{}, &result); err != nil {
		return nil, err
	}
	var out []string
	for _, changed := range result.Changed {
		out = append(out, fmt.Sprintf("%s (%s)", changed.Revision, shown(changed.File)))
	}
	return out, nil
}
