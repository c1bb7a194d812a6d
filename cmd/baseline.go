package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

func (p *program) baselineCommand() *cli.Command {
	return &cli.Command{
		Name: "baseline", Category: "write", Usage: "write the first revision from an existing database, and stamp the database with it",
		Flags: newRevisionFlags(
			&cli.BoolFlag{Name: "without-models", Usage: "manage everything, whatever the models have"},
			&cli.BoolFlag{Name: "no-stamp", Usage: "write the file only"},
			&cli.StringSliceFlag{Name: "exclude", Usage: "leave out tables whose name matches a pattern"},
		),
		Action: p.action(arity{}, (*invocation).baseline),
	}
}

// bunTables are those of bun's own migrator: another history, which is left alone.
var bunTables = []string{"bun_migrations", "bun_migration_locks"}

// historyTables are those in which other tools keep what is applied. A baseline leaves them out: a fresh database of the same
// revisions needs no history of a tool that has not made it.
var historyTables = []string{
	"goose_db_version", "schema_migrations", "atlas_schema_revisions", "gorp_migrations", "flyway_schema_history", "alembic_version",
	"databasechangelog", "databasechangeloglock", // Liquibase
}

func (i *invocation) baseline() error {
	h, err := i.revisionsSoFar()
	if err != nil {
		return err
	}
	if heads := h.graph.Heads(); len(heads) > 0 {
		return fmt.Errorf("there are revisions already (%s): a baseline is the first one; use retort revision --autogenerate", joinIDs(heads))
	}
	draft, err := i.draft(h, nil)
	if err != nil {
		return err
	}
	if draft.file.Message == "" {
		draft.file.Message = "baseline"
	}
	database, err := i.openTarget()
	if err != nil {
		return err
	}
	defer database.Close()
	current, err := i.readForBaseline(database)
	if err != nil {
		return err
	}
	found, err := i.baselineOf(database, current)
	if err != nil {
		return err
	}
	empty := schema.New(current.Server)
	engine := render.EnginePlan{Dialect: database.Dialect, Before: empty, Upgrade: ddl.CreateOperations(found.Schema)}
	if engine.Downgrade, err = op.Reverse(empty, engine.Upgrade); err != nil {
		engine.Irreversible = err.Error()
	}
	draft.file.Engines = []render.EnginePlan{engine}
	return i.finish(draft, func() error { return i.stampBaseline(draft.file.ID, database, found) })
}

// readForBaseline reads the database without the tables of migration tools. A table that cannot be read would be missing
// from the history for good, so that is an error.
func (i *invocation) readForBaseline(database *introspect.Database) (*schema.Schema, error) {
	current, err := introspect.Read(i.ctx, database, database.Dialect, introspect.Options{Namespaces: i.config.Schemas})
	if err != nil {
		return nil, err
	}
	if len(current.Problems) > 0 {
		var out []error
		for _, problem := range current.Problems {
			out = append(out, fmt.Errorf("%s could not be read: %s", problem.Object, problem.Reason))
		}
		return nil, errors.Join(out...)
	}
	filter, err := i.filter()
	if err != nil {
		return nil, err
	}
	i.noteUnmatched(filter, current)
	ignored := i.ignored()
	out := filter.apply(current).Clone()
	out.Tables.Filter(func(t *schema.Table) bool {
		return !ignored(t.Name) && !slices.Contains(historyTables, strings.ToLower(t.Name.Name))
	})
	return out, nil
}

func (i *invocation) baselineOf(database *introspect.Database, current *schema.Schema) (*autogen.Baseline, error) {
	var models *schema.Schema
	if !i.Bool("without-models") {
		built, err := i.build(modelsAndRevisions, []schema.Dialect{database.Dialect})
		if err != nil {
			return nil, fmt.Errorf("%w\nto write a baseline without models: --without-models", err)
		}
		loaded, err := i.load(built, protocol.LoadRequest{Models: true, Dialects: []protocol.DialectOptions{{
			Dialect: database.Dialect, Reflect: i.reflectOptions(built, current.Server, current.DefaultNamespace),
		}}})
		if err != nil {
			return nil, err
		}
		i.warn(loaded)
		models = loaded.Dialects[0].Models
	}
	scratch, err := i.scratch()
	if err != nil {
		return nil, err
	}
	return autogen.NewBaseline(i.ctx, current, models, database, scratch)
}

// stampBaseline marks the database as being at the baseline, and says what was agreed and what is left.
func (i *invocation) stampBaseline(id string, database *introspect.Database, found *autogen.Baseline) error {
	i.note("%s: %s", database.Dialect, plural(found.Schema.Tables.Len(), "table"))
	if found.Unmanaged > 0 {
		i.note("%s that the models do not have: unmanaged, they stay as they are", plural(found.Unmanaged, "object"))
	}
	if found.Accepted > 0 {
		i.note("%s accepted that the models leave to bun's defaults", plural(found.Accepted, "attribute"))
	}
	if count := len(found.Left.Operations); count > 0 {
		i.note("%s left that the models state; write them with retort revision --autogenerate, after the baseline:", plural(count, "difference"))
		if err := writeChanges(i.Stderr, i.style(i.Stderr), changesOf(found.Left.Operations, nil)); err != nil {
			return err
		}
	}
	if i.Bool("no-stamp") {
		i.note("the database is not stamped; do it with retort stamp %s", id)
		return nil
	}
	_, heads, err := i.perform(protocol.Stamp, []string{id}, protocol.StampOptions{})
	if err != nil {
		return err
	}
	i.note("the database is at %s", joinIDs(heads))
	return nil
}
