package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/schema"
)

// expected is what an upgrade of some databases would run: those with the same server and the same revisions ahead are judged
// once, each table as large as it is in the largest of them.
type expected struct {
	databases []string
	server    schema.Server
	ids       []string
	sizes     lint.Sizes
}

// lintAll applies --fail-on to what an upgrade of all databases would run. What is forbidden for one of them stops it for all:
// nothing is applied anywhere. A database that cannot be asked is left to the run, which reports it among the others.
func (i *invocation) lintAll(h *history, policy lint.Policy, target string) error {
	if i.Bool("sql") {
		return &arguments.UsageError{Command: i.Command.Name, Text: "--sql is for one database, and --all asks for several"}
	}
	all, err := i.severalDatabases()
	if err != nil {
		return err
	}
	ahead := make([]*expected, len(all))
	results := i.onAll(all, func(one *invocation) (performed, status, error) {
		own := *h
		ids, server, sizes, err := one.upcoming(&own, target)
		if err != nil {
			return performed{}, statusFailed, nil //nolint:nilerr // The run meets the error again, and reports it.
		}
		for n, database := range all {
			if database == *one.chosen {
				ahead[n] = &expected{databases: []string{database.Name}, server: server, ids: ids, sizes: sizes}
			}
		}
		return performed{}, statusDone, nil
	})
	if slices.ContainsFunc(results, func(one oneOfSeveral) bool { return one.Status == statusNotRun }) {
		return i.ctx.Err()
	}
	var wrong []error
	for _, group := range grouping(ahead) {
		result, err := i.lintRevisions(h, group.ids, []schema.Server{group.server}, group.sizes)
		if err != nil {
			return err
		}
		var found []linted
		for _, one := range result.Findings {
			if policy.Forbids(one.Finding) {
				found = append(found, one)
			}
		}
		if len(found) == 0 {
			continue
		}
		fmt.Fprintf(i.Stderr, "%s:\n", namesOf(group.databases))
		if err := i.writeFindings(i.Stderr, found); err != nil {
			return err
		}
		wrong = append(wrong, forbidden(policy, result))
	}
	var policyError *outcome
	if !errors.As(errors.Join(wrong...), &policyError) {
		return nil
	}
	return fmt.Errorf("%w; nothing was applied to any database", policyError)
}

// grouping puts databases of the same kind together, in their order.
func grouping(ahead []*expected) []*expected {
	var out []*expected
	for _, one := range ahead {
		if one == nil || len(one.ids) == 0 {
			continue
		}
		at := slices.IndexFunc(out, func(other *expected) bool { return other.server == one.server && slices.Equal(other.ids, one.ids) })
		if at < 0 {
			out = append(out, one)
			continue
		}
		out[at].databases = append(out[at].databases, one.databases...)
		for table, size := range one.sizes {
			if largest := out[at].sizes[table]; size.Rows > largest.Rows {
				out[at].sizes[table] = size
			}
		}
	}
	return out
}

// namesOf lists databases, not too many of them.
func namesOf(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
