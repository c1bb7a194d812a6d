package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// differences says in words what leads from one reading to another.
func (v *verification) differences(current, target *schema.Schema) ([]string, error) {
	plan, err := diff.Diff(current, target, diff.Options{Equality: autogen.Static(v.report.Server), Renames: diff.NeverRename})
	if err != nil {
		return nil, err
	}
	return inWords(plan), nil
}

// inWords lists operations, and what differs without an operation to change it.
func inWords(plan *diff.Plan) []string {
	var out []string
	for _, operation := range plan.Operations {
		out = append(out, "still to do: "+operation.String())
	}
	for _, finding := range plan.Findings {
		// Findings about operations repeat them; that columns stand in another order is what dropping and adding one does.
		if len(plan.Operations) == 0 && finding.ID != "column-order" {
			out = append(out, fmt.Sprintf("%s: %s", finding.Object, finding.Text))
		}
	}
	return out
}

// compareAccount compares the database, once everything is applied, with what the operations say that it has.
func (v *verification) compareAccount(ctx context.Context) error {
	if v.report.Stopped != "" || len(v.chosen) < v.graph.Len() || len(v.report.Unproved) > 0 {
		return nil
	}
	replayed, _, err := versions.Replay(v.set, v.dialect, nil)
	if err != nil {
		return err
	}
	current := v.state
	if current == nil {
		if current, err = v.read(ctx); err != nil {
			return err
		}
	}
	own := []schema.Name{v.options.Run.VersionTable, v.options.Run.HistoryTable}
	result, err := autogen.Run(ctx, autogen.Input{
		Current: current, Target: replayed, NoProof: true,
		Database: &introspect.Database{DB: v.db.DB, Dialect: v.dialect},
		Diff: diff.Options{Renames: diff.NeverRename, Ignore: func(name schema.Name) bool {
			for i, table := range own {
				if table.Name == "" {
					table.Name = []string{versions.DefaultVersionTable, versions.DefaultHistoryTable}[i]
				}
				if name.Name == table.Name {
					return true
				}
			}
			return false
		}},
	})
	var refused *autogen.TableError
	if errors.As(err, &refused) {
		v.unproved("the database was not compared with what the revisions say: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	if result.Unconfirmed != "" {
		v.unproved("the database was not compared with what the revisions say: %s", result.Unconfirmed)
		return nil
	}
	for _, operation := range result.Plan.Operations {
		v.report.Account = append(v.report.Account, "still to do: "+operation.String())
	}
	return nil
}
