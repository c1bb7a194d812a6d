// Package retorttest lets a Go test tell whether bun models and revisions agree, as "retort check" does on the command line:
//
//	import (
//		_ "github.com/retort-db/retort/reflect/postgres"
//		"github.com/retort-db/retort/retorttest"
//	)
//
//	func TestModelsAndRevisionsAgree(t *testing.T) {
//		retorttest.NoDrift(t, []any{(*models.User)(nil), (*models.Project)(nil)}, migrations.Revisions)
//	}
//
// It needs no database, no configuration and no command. Each engine that models are read for needs bun's dialect, which
// the test imports with reflect/postgres, reflect/mysql or reflect/sqlite.
package retorttest

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// NoDrift fails the test if the models, pointers to structs, have changes that no revision makes, or the revisions have
// something wrong with them: heads that nothing tells apart, renames that are not decided, steps whose effect is not known.
// Without dialects it looks at all that the test imports. All is told at once.
func NoDrift(t testing.TB, models []any, revisions *versions.Set, dialects ...schema.Dialect) {
	t.Helper()
	Check{Dialects: dialects}.NoDrift(t, models, revisions)
}

// Check is [NoDrift] for projects whose retort.yaml says something about the models. The zero value is that of a project
// without the file.
type Check struct {
	// Dialects are those that revisions are written for. Empty means all that the test imports.
	Dialects []schema.Dialect
	// Reflect says how models are read: "foreign_keys", "types" and "naming" of retort.yaml.
	Reflect reflect.Options
	// Exclude are patterns of tables that are left out, as in retort.yaml: "audit_*", "legacy.*".
	Exclude []string
}

// NoDrift does what the function does.
func (c Check) NoDrift(t testing.TB, models []any, revisions *versions.Set) {
	t.Helper()
	problems := c.find(t.Context(), models, revisions)
	if len(problems) > 0 {
		t.Errorf("%s", strings.Join(problems, "\n"))
	}
}

// find returns what is wrong, in words.
func (c Check) find(ctx context.Context, models []any, revisions *versions.Set) []string {
	if revisions == nil {
		return []string{"there is no set of revisions: pass the variable that the revision files add to"}
	}
	dialects := c.Dialects
	if len(dialects) == 0 {
		dialects = reflect.Dialects()
	}
	if len(dialects) == 0 {
		return []string{"there is no engine to look at: import _ \"github.com/retort-db/retort/reflect/postgres\" in the test, or …/mysql, or …/sqlite"}
	}
	graph, err := revisions.Graph()
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, heads := range graph.Forks() {
		problems = append(problems, fmt.Sprintf("there are %d heads, and no label tells them apart: %s\n  join them with retort merge heads, or let one revise the other",
			len(heads), strings.Join(heads, ", ")))
	}
	var plans []render.EnginePlan
	for _, dialect := range dialects {
		plan, found := c.compare(ctx, dialect, models, revisions)
		for _, one := range found {
			if !slices.Contains(problems, one) {
				problems = append(problems, one)
			}
		}
		if plan != nil {
			plans = append(plans, *plan)
		}
	}
	return append(problems, differences(plans)...)
}

// compare works out what leads from the revisions to the models on one engine. The plan is nil if that cannot be told.
func (c Check) compare(ctx context.Context, dialect schema.Dialect, models []any, revisions *versions.Set) (*render.EnginePlan, []string) {
	failed := func(err error) []string { return []string{fmt.Sprintf("%s: %v", dialect, err)} }
	wanted, _, err := reflect.Models(dialect, c.Reflect, models...)
	if err != nil {
		return nil, failed(err)
	}
	replayed, opaque, err := versions.Replay(revisions, dialect, nil)
	if err != nil {
		return nil, failed(err)
	}
	var problems []string
	decisions, err := versions.Decisions(revisions, dialect)
	if err != nil {
		return nil, failed(err)
	}
	for _, decision := range decisions {
		for _, one := range decision.Undecided {
			problems = append(problems, fmt.Sprintf("revision %s is not decided: %s\n  decide with retort resolve %s", decision.Revision, one, decision.Revision))
		}
	}
	input := autogen.Input{Current: replayed, Target: wanted, NoProof: true, Diff: diff.Options{Ignore: c.ignored, Owned: replayed}}
	if len(opaque) > 0 {
		database, read, err := tried(ctx, dialect, revisions)
		if err != nil {
			for _, step := range opaque {
				problems = append(problems, fmt.Sprintf("%s:%d: %s", step.File, step.Line, step))
			}
			return nil, problems
		}
		defer database.Close()
		input.Current, input.Diff.Owned, input.Database = read, read, database
	}
	result, err := autogen.Run(ctx, input)
	if err != nil {
		return nil, append(problems, failed(err)...)
	}
	return &render.EnginePlan{Dialect: dialect, Before: input.Current, Upgrade: result.Plan.Operations}, problems
}

// ignored leaves out the tables of Retort itself and those that are excluded.
func (c Check) ignored(name schema.Name) bool {
	if name.Schema == "" && (name.Name == versions.DefaultVersionTable || name.Name == versions.DefaultHistoryTable) {
		return true
	}
	return slices.ContainsFunc(c.Exclude, func(pattern string) bool {
		matched, _ := path.Match(pattern, name.String())
		return matched
	})
}

var errNotTried = errors.New("raw SQL is tried in memory, on SQLite, if the test imports introspect/sqlite")

// tried runs revisions with raw SQL in memory and reads what they made.
func tried(ctx context.Context, dialect schema.Dialect, revisions *versions.Set) (*introspect.Database, *schema.Schema, error) {
	if dialect != schema.SQLite {
		return nil, nil, errNotTried
	}
	database, err := introspect.Open(ctx, ":memory:")
	if err != nil {
		return nil, nil, errors.Join(errNotTried, err)
	}
	read, err := replay(ctx, database, revisions)
	if err != nil {
		database.Close()
		return nil, nil, err
	}
	return database, read, nil
}

func replay(ctx context.Context, database *introspect.Database, revisions *versions.Set) (*schema.Schema, error) {
	graph, err := revisions.Graph()
	if err != nil {
		return nil, err
	}
	byID := map[string]versions.Revision{}
	for _, revision := range revisions.All() {
		byID[revision.ID] = revision
	}
	var operations []op.Operation
	for _, meta := range graph.All() {
		recorded, err := byID[meta.ID].Operations(database.Dialect, versions.Up)
		if err != nil {
			return nil, err
		}
		operations = append(operations, recorded...)
	}
	return autogen.Replay(ctx, database, introspect.ScratchOptions{}, operations)
}

// differences says in words what no revision makes.
func differences(plans []render.EnginePlan) []string {
	var engines []string
	for _, plan := range plans {
		if len(plan.Upgrade) > 0 {
			engines = append(engines, string(plan.Dialect))
		}
	}
	if len(engines) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the models have changes that no revision makes (%s):\n%swrite them with: retort revision --autogenerate -m \"…\"",
		strings.Join(engines, ", "), render.Text(plans))}
}
