package cmd

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// scratchReplay is the schema that revisions with raw SQL make, found out by running them in scratch space.
type scratchReplay struct {
	read *schema.Schema
	// owned is what the revisions made, with what they agreed about it.
	owned   *schema.Schema
	lender  *introspect.Database
	options introspect.ScratchOptions
}

// replayInScratch runs the revisions up to some rows of the version table, nil for all, in a database in memory (SQLite) or
// in the scratch database of the configuration. Without one, or if it refuses a step, it returns nil.
//
// The project's own database is never used, although it could lend scratch space: raw SQL may name a schema.
func (i *invocation) replayInScratch(built *project, loaded protocol.Loaded, rows []string) (*scratchReplay, error) {
	began := time.Now()
	defer func() { i.timing("replay in scratch space", began) }()
	out := &scratchReplay{}
	var err error
	if out.lender, err = i.scratchLender(loaded.Dialect); err != nil || out.lender == nil {
		return nil, err
	}
	if out.options, err = i.scratch(); err == nil {
		var operations []op.Operation
		if operations, err = i.operationsUpTo(built, loaded.Dialect, rows); err == nil {
			out.read, err = autogen.Replay(i.ctx, out.lender, out.options, operations)
		}
	}
	if err == nil {
		out.owned = everythingOf(loaded.Replayed, out.read)
		return out, nil
	}
	out.lender.Close()
	var refused *autogen.ReplayError
	var none *introspect.NoScratchError
	if errors.As(err, &refused) || errors.As(err, &none) {
		i.note("%s: %s", i.style(i.Stderr).Yellow("warning"), err)
		return nil, nil
	}
	return nil, err
}

// scratchLender opens the database in which raw SQL may be tried; nil if there is none.
func (i *invocation) scratchLender(dialect schema.Dialect) (*introspect.Database, error) {
	if dialect == schema.SQLite {
		return introspect.Open(i.ctx, ":memory:")
	}
	url, err := i.config.ScratchDatabaseURL(i.Lookup)
	if err != nil || url == "" {
		return nil, err
	}
	if of, err := introspect.DialectOf(url); err != nil || of != dialect {
		return nil, err
	}
	return introspect.Open(i.ctx, url)
}

// operationsUpTo returns the operations of the revisions up to some rows of the version table, in the order in which they
// run; nil stands for all revisions.
func (i *invocation) operationsUpTo(built *project, dialect schema.Dialect, rows []string) ([]op.Operation, error) {
	h, err := i.revisionsSoFar()
	if err != nil {
		return nil, err
	}
	if rows == nil {
		rows = h.graph.EffectiveHeads()
	}
	steps, err := h.graph.DowngradePath(rows, "base")
	if err != nil {
		return nil, err
	}
	request := protocol.LoadRequest{Dialects: []protocol.DialectOptions{{Dialect: dialect}}}
	for _, step := range slices.Backward(steps) {
		request.Operations = append(request.Operations, step.ID)
	}
	loaded, err := i.load(built, request)
	if err != nil {
		return nil, err
	}
	recorded := map[string]op.List{}
	for _, one := range loaded.Dialects[0].Revisions {
		recorded[one.ID] = one.Upgrade
	}
	var out []op.Operation
	for _, id := range request.Operations {
		out = append(out, recorded[id]...)
	}
	return out, nil
}

// everythingOf adds to what the operations are known to make what was read after they had run.
func everythingOf(known, read *schema.Schema) *schema.Schema {
	out := known.Clone()
	for table := range read.Clone().Tables.All() {
		mine := out.Table(table.Name)
		if mine == nil {
			out.Tables.Add(table)
			continue
		}
		mine.Columns = withMissing(mine.Columns, table.Columns)
		mine.Indexes = withMissing(mine.Indexes, table.Indexes)
		mine.Uniques = withMissing(mine.Uniques, table.Uniques)
		mine.Checks = withMissing(mine.Checks, table.Checks)
		mine.ForeignKeys = withMissing(mine.ForeignKeys, table.ForeignKeys)
		mine.Exclusions = withMissing(mine.Exclusions, table.Exclusions)
	}
	for enum := range read.Clone().Enums.All() {
		if !out.Enums.Has(enum.Name) {
			out.Enums.Add(enum)
		}
	}
	return out
}

func withMissing[T schema.Part](mine, others []T) []T {
	for _, other := range others {
		same := func(part T) bool { return strings.EqualFold(part.PartName(), other.PartName()) }
		if !slices.ContainsFunc(mine, same) {
			mine = append(mine, other)
		}
	}
	return mine
}

// withAgreements carries over what revisions agreed about objects that were read after the revisions had run.
func withAgreements(read, known *schema.Schema) *schema.Schema {
	out := read.Clone()
	for table := range out.Tables.All() {
		agreed := known.Table(table.Name)
		if agreed == nil {
			continue
		}
		table.Unmanaged, table.Accepts = agreed.Unmanaged, slices.Clone(agreed.Accepts)
		for _, column := range table.Columns {
			if of := agreed.Column(column.Name); of != nil {
				column.Accepts, column.Unmanaged = slices.Clone(of.Accepts), of.Unmanaged
			}
		}
	}
	return out
}
