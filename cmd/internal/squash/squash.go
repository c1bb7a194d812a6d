// Package squash puts the operations of several revisions into one: what only makes and remakes objects is planned anew,
// data steps stay where they are, and the result is proved by replay. It computes only.
package squash

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Part is one of the revisions, as it is recorded on one engine.
type Part struct {
	ID                 string
	Upgrade, Downgrade []op.Operation
}

// Result is what they become.
type Result struct {
	Upgrade, Downgrade []op.Operation
	// Irreversible says why there is no way back; Downgrade is empty then.
	Irreversible string
	// Before is how many operations the upgrades had.
	Before int
	// After is the schema that both the parts and the result make.
	After *schema.Schema
	// Notes are what a reviewer has to know.
	Notes []string
}

// ReplayError says that the parts do not fit the schema that they start from.
type ReplayError struct {
	Revision string
	Cause    error
}

// Error names the revision and the operation.
func (e *ReplayError) Error() string {
	return fmt.Sprintf("revision %s does not fit what comes before it: %v", e.Revision, e.Cause)
}

// Unwrap returns the *op.EffectError.
func (e *ReplayError) Unwrap() error { return e.Cause }

// Squash puts parts, in the order in which they run, into one. Before is the schema that the first of them starts from; it
// is not changed.
func Squash(before *schema.Schema, parts []Part, equality diff.Equality) (*Result, error) {
	s := &squasher{equality: equality, state: before.Clone()}
	var all []op.Operation
	for _, part := range parts {
		for _, operation := range part.Upgrade {
			if err := s.add(operation); err != nil {
				return nil, &ReplayError{Revision: part.ID, Cause: err}
			}
			all = append(all, operation)
		}
	}
	s.flush()
	result := &Result{Upgrade: s.out, Before: len(all), After: s.state}
	reached, err := op.Replay(before, result.Upgrade)
	if err != nil || !Equal(reached, s.state) {
		// It never should; the parts as they are always do.
		result.Upgrade = all
	}
	result.downgrade(before, parts, s.whole())
	return result, nil
}

// squasher gathers operations into runs that are planned anew.
type squasher struct {
	equality diff.Equality
	state    *schema.Schema // after all operations so far
	start    *schema.Schema // before the run
	run      []op.Operation
	out      []op.Operation
	// kept counts the operations that were not part of any run.
	kept int
}

// whole reports whether everything was planned anew.
func (s *squasher) whole() bool { return s.kept == 0 }

// add takes the next operation. What touches an object that was there before the run ends the run: values may be in it, and
// how it gets its new form matters.
func (s *squasher) add(operation op.Operation) error {
	if s.start == nil {
		s.start = s.state.Clone()
	}
	if touchesData(operation) || touches(operation, s.start) || leavesNames(operation, s.state) {
		s.flush()
		s.out = append(s.out, operation)
		s.kept++
		return operation.Apply(s.state)
	}
	s.run = append(s.run, operation)
	return operation.Apply(s.state)
}

// flush plans the run anew, and keeps it as it is where that would be no shorter or not the same.
func (s *squasher) flush() {
	start, run := s.start, s.run
	s.start, s.run = nil, nil
	if len(run) == 0 {
		return
	}
	plan, err := diff.Diff(start, s.state, diff.Options{Equality: s.equality, Renames: diff.NeverRename})
	if err == nil && len(plan.Operations) <= len(run) && len(plan.NotCompared) == 0 {
		if reached, err := op.Replay(start, plan.Operations); err == nil && Equal(reached, s.state) {
			s.out = append(s.out, plan.Operations...)
			return
		}
	}
	s.kept += len(run)
	s.out = append(s.out, run...)
}

// touchesData reports whether an operation is about rows, or about what this package does not know.
func touchesData(operation op.Operation) bool {
	switch o := operation.(type) {
	case *op.Exec, *op.Insert, *op.Run, *op.Backfill, *op.Irreversible, *op.Unknown:
		return true
	case *op.Batch:
		return slices.ContainsFunc(o.Operations, touchesData)
	}
	return false
}

// leavesNames reports whether an operation renames something whose parts the server named after it. They keep those names,
// and would have others if it were made under its last name at once.
func leavesNames(operation op.Operation, state *schema.Schema) bool {
	switch o := operation.(type) {
	case *op.RenameTable:
		table := state.Table(o.From)
		numbered := func(c *schema.Column) bool { return c.Identity != nil }
		return table != nil && (hasUnnamed(table, state.Server.Dialect) ||
			state.Server.Dialect == schema.Postgres && (table.PrimaryKey != nil && table.PrimaryKey.Name == "" || slices.ContainsFunc(table.Columns, numbered)))
	case *op.RenameColumn:
		table := state.Table(o.Table)
		if table == nil || table.Column(o.From) == nil {
			return false
		}
		return hasUnnamed(table, state.Server.Dialect) || state.Server.Dialect == schema.Postgres && table.Column(o.From).Identity != nil
	case *op.Batch:
		return slices.ContainsFunc(o.Operations, func(inner op.Operation) bool { return leavesNames(inner, state) })
	}
	return false
}

// hasUnnamed reports whether the server names constraints of a table. SQLite does not.
func hasUnnamed(table *schema.Table, dialect schema.Dialect) bool {
	if dialect == schema.SQLite {
		return false
	}
	return slices.ContainsFunc(table.Uniques, func(c *schema.Unique) bool { return c.Name == "" }) ||
		slices.ContainsFunc(table.ForeignKeys, func(c *schema.ForeignKey) bool { return c.Name == "" }) ||
		slices.ContainsFunc(table.Checks, func(c *schema.Check) bool { return c.Name == "" }) ||
		slices.ContainsFunc(table.Exclusions, func(c *schema.Exclusion) bool { return c.Name == "" })
}

// touches reports whether the subject of an operation was there.
func touches(operation op.Operation, start *schema.Schema) bool {
	name := operation.Subject()
	return start.Tables.Has(name) || start.Enums.Has(name) || start.Domains.Has(name) || start.Composites.Has(name) ||
		start.Sequences.Has(name) || start.Views.Has(name) || start.Functions.Has(name) || start.Triggers.Has(name) ||
		start.Extensions.Has(name) || start.Statistics.Has(name)
}

// downgrade finds the way back: the reverse of what was planned anew, or else that of each part, the last first.
func (r *Result) downgrade(before *schema.Schema, parts []Part, anew bool) {
	var back []op.Operation
	for _, part := range slices.Backward(parts) {
		for _, operation := range part.Downgrade {
			if irreversible, ok := operation.(*op.Irreversible); ok {
				r.Irreversible = fmt.Sprintf("%s (revision %s)", irreversible.Reason, part.ID)
				return
			}
			back = append(back, operation)
		}
	}
	r.Downgrade = back
	restored, err := op.Replay(r.After, back)
	asBefore := err == nil && Equal(restored, before)
	if !slices.ContainsFunc(back, touchesData) && anew {
		if reverse, err := op.Reverse(before, r.Upgrade); err == nil {
			if restored, err := op.Replay(r.After, reverse); err == nil && Equal(restored, before) {
				r.Downgrade = reverse
				return
			}
		}
	}
	switch {
	case err != nil:
		r.Notes = append(r.Notes, fmt.Sprintf("the downgrades of the parts do not fit together: %v", err))
	case !asBefore:
		r.Notes = append(r.Notes, "the downgrades of the parts do not lead back to the schema from before them")
	}
}

// Equal reports whether two schemas have the same objects, in whatever order. Columns have to stand in the same order.
func Equal(a, b *schema.Schema) bool { return canonical(a) == canonical(b) }

// ordered are the lists whose order means something.
var ordered = map[string]bool{"columns": true, "parts": true, "fields": true, "elements": true, "options": true, "inherits": true}

func canonical(s *schema.Schema) string {
	data, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return err.Error()
	}
	return text(sorted("", value))
}

// sorted brings lists of objects into an order of their own.
func sorted(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = sorted(name, inner)
		}
	case []any:
		objects := len(v) > 0
		for i, inner := range v {
			v[i] = sorted("", inner)
			_, isObject := inner.(map[string]any)
			objects = objects && isObject
		}
		if objects && !ordered[key] {
			slices.SortFunc(v, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		}
	}
	return value
}

func text(value any) string {
	data, _ := json.Marshal(value) // it was read from JSON
	return string(data)
}
