package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// EnginePlan is what changes on one engine.
type EnginePlan struct {
	Dialect schema.Dialect
	// Before is the schema before the upgrade. It serves the words about what changes; nil leaves out the old values.
	Before *schema.Schema
	// Upgrade and Downgrade are written as they are, in their order.
	Upgrade, Downgrade []op.Operation
	// Irreversible says why there is no way back. The downgrade then refuses, and Downgrade is not written.
	Irreversible string
	Renames      []RenameNote
	Notes        []Note
}

// RenameNote is a likely rename that the plan writes as a drop, flagged, and a creation.
type RenameNote struct {
	Kind      string      // "table", "column" or "enum value"
	Table     schema.Name // the table of a column, the type of an enum value
	From, To  string
	Certainty string  // "likely" (also if empty) or "possible"
	Score     float64 // 0 to 1
	Reasons   []string
}

// matches reports whether the note is about the same pair as another.
func (r RenameNote) matches(other RenameNote) bool {
	return r.Kind == other.Kind && r.From == other.From && r.To == other.To && (r.Kind == "table" || r.Table == other.Table)
}

// subject returns the pair, "users.fullname -> users.full_name".
func (r RenameNote) subject() string {
	of := ""
	if r.Kind != "table" && r.Table != (schema.Name{}) {
		of = r.Table.String() + "."
	}
	return of + r.From + " -> " + of + r.To
}

// String returns the note in one line, "users.fullname -> users.full_name (0.93: same type, only candidate)".
func (r RenameNote) String() string {
	reasons := fmt.Sprintf("%.2f", r.Score)
	if len(r.Reasons) > 0 {
		reasons += ": " + strings.Join(r.Reasons, ", ")
	}
	return r.subject() + " (" + reasons + ")"
}

// Note is something that a reviewer has to know or to decide.
type Note struct {
	ID       string // stable: "not-null-without-value"
	Severity string // "decision", "danger", "warning" or "info"
	Object   string // "orders.total"
	Text     string // what is the matter
	Way      string // what to do about it
}

// step is an operation as several engines write it, in the place where all of them have it.
type step struct {
	operations map[schema.Dialect]op.Operation
	lines      map[schema.Dialect]written
	comments   []string
}

// direction is one direction of a revision, for all engines.
type direction struct {
	dialects []schema.Dialect
	steps    []step
}

// newDirection writes the operations of each engine and matches them.
func newDirection(plans []EnginePlan, operations func(EnginePlan) []op.Operation, comments func(EnginePlan, int) []string) (*direction, error) {
	out := &direction{}
	keys := make([][]string, len(plans))
	lines := make([][]written, len(plans))
	for i, plan := range plans {
		out.dialects = append(out.dialects, plan.Dialect)
		for _, operation := range operations(plan) {
			line, err := writeOperation(plan.Dialect, operation)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", plan.Dialect, err)
			}
			lines[i] = append(lines[i], line)
			keys[i] = append(keys[i], operationKey(operation))
		}
	}
	for _, row := range align(keys) {
		next := step{operations: map[schema.Dialect]op.Operation{}, lines: map[schema.Dialect]written{}}
		for i, at := range row {
			if at == absent {
				continue
			}
			next.operations[plans[i].Dialect] = operations(plans[i])[at]
			next.lines[plans[i].Dialect] = lines[i][at]
			if len(next.comments) == 0 {
				next.comments = comments(plans[i], at)
			}
		}
		out.steps = append(out.steps, next)
	}
	return out, nil
}

// section is a run of lines for some engines.
type section struct {
	dialects []schema.Dialect
	lines    []statement
}

// body returns the lines of the function: those that hold for all engines as they are, the others inside On or Except.
func (d *direction) body() []statement {
	var sections []section
	for _, step := range d.steps {
		for _, part := range d.split(step) {
			sections = place(sections, part)
		}
	}
	var out []statement
	for _, section := range sections {
		out = append(out, d.limit(section)...)
	}
	return out
}

// place adds lines to the last section for the same engines, as long as no section after that is for one of them.
func place(sections []section, part section) []section {
	for i := len(sections) - 1; i >= 0; i-- {
		if slices.Equal(sections[i].dialects, part.dialects) {
			sections[i].lines = append(sections[i].lines, part.lines...)
			return sections
		}
		if slices.ContainsFunc(sections[i].dialects, func(d schema.Dialect) bool { return slices.Contains(part.dialects, d) }) {
			break
		}
	}
	return append(sections, part)
}

// split writes a step in as few lines as possible: one for all engines, or one for each group that can share a line.
func (d *direction) split(s step) []section {
	var present []schema.Dialect
	for _, dialect := range d.dialects {
		if s.lines[dialect].chain != nil {
			present = append(present, dialect)
		}
	}
	for _, groups := range d.groupings(present) {
		var out []section
		for _, group := range groups {
			line, ok := s.shared(group)
			if !ok {
				break
			}
			out = append(out, section{group, []statement{{chain: line}}})
		}
		if len(out) == len(groups) {
			out[0].lines[0].comments = s.comments
			return out
		}
	}
	return nil // not reached: a group of one engine is always written
}

// groupings returns the ways to write a step that some engines have, the best first: together, all but one together, each
// alone.
func (d *direction) groupings(present []schema.Dialect) [][][]schema.Dialect {
	var alone [][]schema.Dialect
	for _, dialect := range present {
		alone = append(alone, []schema.Dialect{dialect})
	}
	if len(present) < 2 {
		return [][][]schema.Dialect{alone}
	}
	out := [][][]schema.Dialect{{present}}
	if len(present) > 2 {
		for i := len(present) - 1; i >= 0; i-- {
			others := slices.Delete(slices.Clone(present), i, i+1)
			out = append(out, [][]schema.Dialect{others, {present[i]}})
		}
	}
	return append(out, alone)
}

// shared returns one line that records what each engine of a group wants.
func (s step) shared(group []schema.Dialect) (*chain, bool) {
	if len(group) == 1 {
		return s.lines[group[0]].chain, true
	}
	call := engineCall{dialects: group}
	for _, dialect := range group {
		call.lines = append(call.lines, s.lines[dialect])
	}
	line, ok := call.merge()
	if !ok {
		return nil, false
	}
	for _, dialect := range group {
		if !records(dialect, []statement{{chain: line}}, s.operations[dialect]) {
			return nil, false
		}
	}
	return line, true
}

// limit puts a section's lines under the engines that it is for.
func (d *direction) limit(s section) []statement {
	if len(s.dialects) == len(d.dialects) {
		return s.lines
	}
	inside := &block{parameter: "m", of: "Migration", body: s.lines}
	if len(d.dialects) > 2 && len(s.dialects) == len(d.dialects)-1 {
		for _, dialect := range d.dialects {
			if !slices.Contains(s.dialects, dialect) {
				return []statement{{chain: called("Except", dialectSymbol(dialect), inside)}}
			}
		}
	}
	var out []statement
	for _, dialect := range s.dialects {
		out = append(out, statement{chain: called("On", dialectSymbol(dialect), inside)})
	}
	return out
}
