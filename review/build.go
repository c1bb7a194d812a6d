package review

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// Input is what a report is made of.
type Input struct {
	Base        Base
	Uncommitted []string
	Troubles    []Trouble
	// Revisions are those that the branch adds, in the order in which they run.
	Revisions []Source
	// Engines holds what they do, the project's first engine first.
	Engines []Engine
	// Sizes is what is known of tables' sizes, and SizesOf where that comes from.
	Sizes   lint.Sizes
	SizesOf string
	// Lint is what the project says about the rules.
	Lint lint.Project
}

// Source is where a revision is written.
type Source struct {
	versions.Meta
	Uncommitted bool
	// Text is the Go source, whose directives allow findings.
	Text []byte
}

// Engine is one engine with what the revisions do on it.
type Engine struct {
	Server schema.Server
	// Before is the schema before the first revision. It is not changed.
	Before *schema.Schema
	// Models is the schema of the models, which tells where things are declared; nil if it is not known.
	Models *schema.Schema
	// Revisions are those of the input, in its order.
	Revisions []Recorded
}

// Recorded is what a revision recorded on an engine.
type Recorded struct {
	Upgrade, Downgrade []op.Operation
	Irreversible       string // why there is no way back; empty if there is
	Transaction        versions.TransactionMode
	// Places says where the operations of Upgrade are written, as far as that is known.
	Places []*op.Place
}

// UnfitError says that a revision does not fit what comes before it.
type UnfitError struct {
	Revision string
	Place    Place
	Dialect  schema.Dialect
	Cause    error
}

// Error names the revision and the operation.
func (e *UnfitError) Error() string {
	return fmt.Sprintf("revision %s (%s:%d) does not fit what comes before it on %s: %v", e.Revision, e.Place.File, e.Place.Line, e.Dialect, e.Cause)
}

// Unwrap returns the *op.EffectError.
func (e *UnfitError) Unwrap() error { return e.Cause }

// Build makes the report. A revision that does not fit the schema before it is an [*UnfitError].
func Build(in Input) (*Report, error) {
	r := &Report{
		Base: in.Base, Uncommitted: in.Uncommitted, Engines: []schema.Dialect{}, Troubles: slices.Clone(in.Troubles), Objects: []Object{},
		Findings: []Finding{}, Allowed: []Finding{}, Assumptions: []Assumption{}, Revisions: []Revision{}, Sizes: in.SizesOf,
		Diagram: Diagram{Entities: []Entity{}, Edges: []Edge{}},
	}
	if r.Troubles == nil {
		r.Troubles = []Trouble{}
	}
	var engines []*engine
	for _, one := range in.Engines {
		e, err := walk(in, one)
		if err != nil {
			return nil, err
		}
		engines = append(engines, e)
		r.Engines = append(r.Engines, one.Server.Dialect)
	}
	if len(in.Revisions) > 0 && len(engines) > 0 {
		r.fill(in, engines)
	}
	r.judge()
	return r, nil
}

// engine is an engine with the schema around each revision.
type engine struct {
	Engine
	states  []*schema.Schema // before each revision, and after the last
	lineage *lineage
	touched map[schema.Name]map[int]bool // which revisions touch an object, by its name at the time
}

// walk carries the revisions out on one engine.
func walk(in Input, one Engine) (*engine, error) {
	before := one.Before
	if before == nil {
		before = schema.New(one.Server)
	}
	e := &engine{Engine: one, states: []*schema.Schema{before}, lineage: newLineage(before), touched: map[schema.Name]map[int]bool{}}
	e.Before = before
	for at, recorded := range one.Revisions {
		state := e.states[at].Clone()
		for _, operation := range recorded.Upgrade {
			e.touch(operation, at)
			e.lineage.follow(operation)
			if err := operation.Apply(state); err != nil {
				source := in.Revisions[at]
				return nil, &UnfitError{Revision: source.ID, Place: Place{File: source.File, Line: source.Line}, Dialect: one.Server.Dialect, Cause: err}
			}
		}
		e.states = append(e.states, state)
	}
	return e, nil
}

func (e *engine) touch(operation op.Operation, at int) {
	if names := e.touched[operation.Subject()]; names == nil {
		e.touched[operation.Subject()] = map[int]bool{}
	}
	e.touched[operation.Subject()][at] = true
	if o, ok := operation.(*op.RenameTable); ok {
		for revision := range e.touched[o.From] {
			if e.touched[o.To] == nil {
				e.touched[o.To] = map[int]bool{}
			}
			e.touched[o.To][revision] = true
		}
	}
}

func (e *engine) after() *schema.Schema { return e.states[len(e.states)-1] }

// position is where an operation stands in a list: its index, and that inside of a batch.
type position struct{ at, step int }

// flat returns the operations with those inside batches in their place, and the position of each in the list.
func flat(operations []op.Operation) (out []op.Operation, positions []position) {
	for at, operation := range operations {
		if batch, ok := operation.(*op.Batch); ok {
			for step, inner := range batch.Operations {
				out, positions = append(out, inner), append(positions, position{at, step})
			}
			continue
		}
		out, positions = append(out, operation), append(positions, position{at: at})
	}
	return out, positions
}

// fill works out everything that the revisions are to be looked through for.
func (r *Report) fill(in Input, engines []*engine) {
	look := newLook(in)
	for at, source := range in.Revisions {
		revision := Revision{
			ID: source.ID, Message: source.Message, Revises: source.Revises, DependsOn: source.DependsOn, Uncommitted: source.Uncommitted,
			Place: Place{File: source.File, Line: source.Line}, Steps: steps(engines, at),
		}
		if revision.Revises == nil {
			revision.Revises = []string{}
		}
		for _, e := range engines {
			script, trouble := scriptOf(e, at, source)
			revision.Scripts = append(revision.Scripts, script)
			r.Troubles = append(r.Troubles, trouble...)
		}
		revision.Back = backOf(engines, at)
		revision.Deploy = deployOf(engines, at)
		r.Revisions = append(r.Revisions, revision)
		kept, allowed := look.findings(engines, at)
		r.Findings, r.Allowed = append(r.Findings, kept...), append(r.Allowed, allowed...)
		r.Assumptions = append(r.Assumptions, assumptions(engines, at, source)...)
	}
	r.Findings = append(r.Findings, look.directives()...)
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return slices.Index(lint.Severities, a.Severity) - slices.Index(lint.Severities, b.Severity)
	})
	r.Objects = objects(in, engines)
	r.noteRenames()
	r.Diagram = diagram(engines[0], r.Objects)
}

// only returns the engines of a group, or nil if those are all.
func only(group []schema.Dialect, all []*engine) []schema.Dialect {
	if len(group) == len(all) {
		return nil
	}
	return group
}
