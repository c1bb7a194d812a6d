package cmd

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/schema"
)

// lintUpgrade applies --fail-on to the revisions that an upgrade would run, with the version and the sizes of the database
// itself. It changes nothing.
func (i *invocation) lintUpgrade(target string) error {
	if len(i.StringSlice("fail-on")) == 0 {
		return nil
	}
	policy, err := i.policy()
	if err != nil {
		return err
	}
	h, err := i.revisions()
	if err != nil {
		return err
	}
	if i.Bool("all") {
		return i.lintAll(h, policy, target)
	}
	ids, server, sizes, err := i.upcoming(h, target)
	if err != nil {
		return err
	}
	result, err := i.lintRevisions(h, ids, []schema.Server{server}, sizes)
	if err != nil {
		return err
	}
	var found []linted
	for _, one := range result.Findings {
		if policy.Forbids(one.Finding) {
			found = append(found, one)
		}
	}
	if err := i.writeFindings(i.Stderr, found); err != nil {
		return err
	}
	if err := forbidden(policy, result); err != nil {
		return fmt.Errorf("%w; nothing was applied", err)
	}
	return nil
}

// upcoming are the revisions that an upgrade to a target would run, and what is known of the database.
func (i *invocation) upcoming(h *history, target string) (ids []string, server schema.Server, sizes lint.Sizes, err error) {
	if i.Bool("sql") {
		server, err := i.scriptServer()
		if err != nil {
			return nil, server, nil, err
		}
		ids, err := i.offlineUpgrade(h, target)
		return ids, server, nil, err
	}
	database, err := i.open()
	if err != nil {
		return nil, server, nil, err
	}
	defer database.Close()
	if h.current, err = i.rows(database); err != nil {
		return nil, server, nil, err
	}
	if server, err = introspect.ServerOf(i.ctx, database, database.Dialect); err != nil {
		return nil, server, nil, err
	}
	read, err := introspect.Sizes(i.ctx, database, database.Dialect, introspect.Options{Namespaces: i.config.Schemas})
	if err != nil {
		return nil, server, nil, err
	}
	sizes = lint.Sizes{}
	for _, size := range read {
		if size.Rows >= 0 { // a size that is not known is none
			sizes[size.Table.String()] = lint.Size{Rows: size.Rows, Bytes: size.Bytes}
		}
	}
	steps, err := h.graph.UpgradePath(h.current, target)
	if err != nil {
		return nil, server, nil, i.inTable(err)
	}
	for _, step := range steps {
		ids = append(ids, step.ID)
	}
	return ids, server, sizes, nil
}

// offlineUpgrade are the revisions of an upgrade that is written as a script: TO, or FROM:TO.
func (i *invocation) offlineUpgrade(h *history, span string) ([]string, error) {
	from, to, ranged := strings.Cut(span, ":")
	if !ranged {
		from, to = "base", span
	}
	rows, err := h.graph.Resolve(cmp.Or(from, "base"), nil)
	if err != nil {
		return nil, i.inTable(err)
	}
	steps, err := h.graph.UpgradePath(rows, cmp.Or(to, "heads"))
	if err != nil {
		return nil, i.inTable(err)
	}
	var ids []string
	for _, step := range steps {
		ids = append(ids, step.ID)
	}
	return ids, nil
}
