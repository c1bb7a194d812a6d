package autogen_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/reflect"
	_ "github.com/retort-db/retort/reflect/mysql"    // bun's dialect
	_ "github.com/retort-db/retort/reflect/postgres" // bun's dialect
	_ "github.com/retort-db/retort/reflect/sqlite"   // bun's dialect
	"github.com/retort-db/retort/schema"
)

// modelChange is an edit of models. The tables before it are those that bun itself creates, or,
// without models before it, those of the SQL.
type modelChange struct {
	name     string
	engines  []string // all, if nil
	models   func() (before, after []any)
	rows     string            // SQL, run after the tables were created
	sql      map[string]string // more of it, by engine
	options  diff.Options
	want     []string // each is part of a line of the plan
	never    []string // none is
	decision string   // the ID of a finding that somebody has to decide; the plan is not carried out
}

// TestModelChanges carries edits of models out, on tables that bun created and that hold rows: the plan is proved, nothing is
// left to do after it, and it can be taken back. A plan is the same each time that it is worked out.
func TestModelChanges(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			grounds := &corpusGrounds{t: t, engine: engine}
			for _, change := range modelChanges {
				if change.engines == nil || slices.Contains(change.engines, engine) {
					t.Run(change.name, func(t *testing.T) {
						database, _ := grounds.open(t)
						change.run(t, engine, database)
					})
				}
			}
		})
	}
}

func (c *modelChange) run(t *testing.T, engine string, database opened) {
	server, err := introspect.ServerOf(t.Context(), database, database.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	j := &journey{t: t, ctx: t.Context(), database: database.Database, url: database.url, server: server}
	before, after := c.models()
	connection := bun.NewDB(database.DB, dialects[server.Dialect])
	for _, model := range before {
		if _, err := connection.NewCreateTable().Model(model).WithForeignKeys().Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	loadCorpus(t, database, c.rows)
	loadCorpus(t, database, c.sql[engine])

	start := j.read()
	target := c.reflect(j, start, after)
	options := c.options
	options.Owned = target
	if before != nil {
		options.Owned = c.reflect(j, start, before)
	}
	input := autogen.Input{Current: start, Target: target, Database: database.Database, Diff: options}
	result, err := autogen.Run(t.Context(), input)
	j.must(err)
	plan := describePlan(result.Plan)
	for _, want := range c.want {
		if !strings.Contains(plan, want) {
			t.Errorf("%q is not in the plan:\n%s", want, plan)
		}
	}
	for _, never := range c.never {
		if strings.Contains(plan, never) {
			t.Errorf("%q is in the plan:\n%s", never, plan)
		}
	}
	if len(c.want) == 0 && c.decision == "" && !result.Plan.Empty() {
		t.Errorf("nothing differs, and there is to do:\n%s", plan)
	}
	c.sameAgain(j, input, plan)
	if c.decision != "" {
		if !slices.ContainsFunc(result.Plan.Decisions(), func(f diff.Finding) bool { return f.ID == c.decision }) {
			t.Errorf("nobody is asked about %s:\n%s", c.decision, plan)
		}
		return
	}
	if result.Proof != nil && !result.Proof.Holds() {
		t.Errorf("%s\n%s\n%s", result.Proof, strings.Join(result.Proof.Upgrade, "\n"), strings.Join(result.Proof.Downgrade, "\n"))
	}
	c.carryOut(j, input, result)
}

// carryOut performs the plan, looks that nothing is left to do, and takes it back.
func (c *modelChange) carryOut(j *journey, input autogen.Input, result *autogen.Result) {
	start := input.Current
	reached, err := op.Replay(start, result.Plan.Operations)
	j.must(err)
	counts := j.count(start, reached)
	j.perform(start, result.Plan.Operations)
	input.Current = j.read()
	input.Diff.Owned = input.Target // as if the revisions had made it
	input.Diff.Intents = nil
	rest, err := autogen.Run(j.ctx, input)
	j.must(err)
	if !rest.Plan.Empty() {
		j.fail("after the upgrade there is still to do:\n%s", lines(rest.Plan.Operations))
	}
	j.sameCounts("the upgrade", counts)
	if result.Plan.Reverse == nil {
		j.fail("no way back: %s", result.Plan.Irreversible)
	}
	j.perform(input.Current, result.Plan.Reverse)
	back, err := diff.Diff(j.read(), start, diff.Options{Equality: autogen.Static(j.server), Renames: diff.NeverRename})
	j.must(err)
	if !back.Empty() {
		j.fail("after the downgrade there is still to do:\n%s", lines(back.Operations))
	}
	j.sameCounts("the downgrade", counts)
}

// sameAgain works the plan out a few more times.
func (c *modelChange) sameAgain(j *journey, input autogen.Input, plan string) {
	input.NoProof = true
	for range 3 {
		again, err := autogen.Run(j.ctx, input)
		j.must(err)
		if got := describePlan(again.Plan); got != plan {
			j.fail("another plan:\n%s\ninstead of\n%s", got, plan)
		}
	}
}

// reflect reads models as the command line does.
func (c *modelChange) reflect(j *journey, start *schema.Schema, models []any) *schema.Schema {
	s, _, err := reflect.Models(j.server.Dialect, reflect.Options{
		Flavor: j.server.Flavor, Version: j.server.Version, DefaultNamespace: start.DefaultNamespace,
	}, models...)
	j.must(err)
	s.Server, s.DefaultNamespace = start.Server, start.DefaultNamespace
	return s
}
