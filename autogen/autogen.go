// Package autogen works out a plan for a live database: it compares with what ddl knows, has the server settle what text
// cannot, and proves the plan in scratch space.
//
// It stands between introspect and diff, which know nothing of each other: diff computes and touches no database.
package autogen

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// Input is what a plan is worked out from.
type Input struct {
	// Current is the schema to start from, Target the one to reach, in the same dialect.
	Current, Target *schema.Schema
	// Database lends scratch space on its server. Nil: text decides alone, and nothing is proved.
	Database *introspect.Database
	Scratch  introspect.ScratchOptions
	// Diff steers the comparison. Equality and Canonical are filled in.
	Diff diff.Options
	// Rewrite, if set, puts operations of the plan into another form that does the same, before they are proved.
	Rewrite func(*diff.Plan) error
	// NoProof leaves the proof out.
	NoProof bool
}

// Result is a plan and what is known about it.
type Result struct {
	Plan *diff.Plan
	// Unconfirmed says why differences that rest on text alone were not settled by the server; "" if they were, or if there
	// are none.
	Unconfirmed string
	// Proof is nil if nothing was proved: the plan is empty, or no proof was wanted.
	Proof *Proof
}

// TableError says that the target has a table that the server refuses to create.
type TableError struct {
	Server    schema.Server
	Statement string
	Cause     error
}

// Error names the statement and the server's reason.
func (e *TableError) Error() string {
	return fmt.Sprintf("%s refuses what the models declare: %v\n%s", e.Server, e.Cause, e.Statement)
}

// Unwrap returns the server's error.
func (e *TableError) Unwrap() error { return e.Cause }

// Run works the plan out. A server without scratch space is no error: the result says that it is unconfirmed.
func Run(ctx context.Context, in Input) (*Result, error) {
	options := in.Diff
	options.Equality = Static(in.Current.Server)
	plan, err := diff.Diff(in.Current, in.Target, options)
	if err != nil {
		return nil, err
	}
	result := &Result{Plan: plan}
	proving := !in.NoProof && in.Database != nil
	var settled []schema.Name // the tables of options.Canonical
	if len(plan.Uncertain) > 0 {
		settled = plan.Uncertain
		if proving { // which will want the same of all tables that change
			settled = append(slices.Clone(settled), missing(touchedTables(plan), settled)...)
		}
		canonical, err := in.canonical(ctx, settled)
		var none *introspect.NoScratchError
		switch {
		case errors.As(err, &none):
			result.Unconfirmed = none.Error()
		case err != nil:
			return nil, err
		case canonical == nil:
			result.Unconfirmed = "no database was asked"
		default:
			options.Canonical = canonical
			if result.Plan, err = diff.Diff(in.Current, in.Target, options); err != nil {
				return nil, err
			}
		}
	}
	if in.Rewrite != nil && !result.Plan.Empty() {
		if err := in.Rewrite(result.Plan); err != nil {
			return nil, err
		}
	}
	if !proving || result.Plan.Empty() {
		return result, nil
	}
	if result.Unconfirmed != "" { // for want of scratch space
		result.Proof = &Proof{Server: in.Current.Server, Skipped: result.Unconfirmed}
		return result, nil
	}
	result.Proof, err = in.prove(ctx, result.Plan, options, settled)
	return result, err
}

// missing returns the names that are not among those that are there.
func missing(names, there []schema.Name) []schema.Name {
	known := make(map[schema.Name]bool, len(there))
	for _, name := range there {
		known[name] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(name schema.Name) bool { return known[name] })
}

// canonical creates the target's definitions of some tables in scratch space and reads them back, as [Input.canonicalOf]
// does it for each namespace. Without a database it returns nil.
func (in *Input) canonical(ctx context.Context, names []schema.Name) (*schema.Schema, error) {
	if in.Database == nil {
		return nil, nil
	}
	groups := map[string][]schema.Name{}
	for _, name := range names {
		groups[name.Schema] = append(groups[name.Schema], name)
	}
	out := schema.New(in.Target.Server)
	for _, namespace := range slices.Sorted(maps.Keys(groups)) {
		read, err := in.canonicalOf(ctx, namespace, groups[namespace])
		if err != nil {
			return nil, err
		}
		if namespace == "" {
			out = read
			continue
		}
		for table := range read.Tables.All() {
			out.Tables.Add(table)
		}
	}
	return out, nil
}

// canonicalOf creates tables of one namespace. Foreign keys are left out: they are compared by their parts, and would drag
// other tables along. Scratch space stands for one namespace, so the tables of another lose its name meanwhile: with it they
// would be created, or be in the way, where the real ones are.
func (in *Input) canonicalOf(ctx context.Context, namespace string, names []schema.Name) (*schema.Schema, error) {
	wanted := subset(in.Target, names)
	for table := range wanted.Tables.All() {
		table.ForeignKeys = nil
	}
	wanted = renamespaced(wanted, namespace, "")
	var read *schema.Schema
	err := introspect.WithScratch(ctx, in.Database.DB, in.Database.Dialect, in.Scratch, func(scratch *introspect.Scratch) error {
		wanted.Server = scratch.Server
		statements, err := ddl.Create(scratch.Server, wanted)
		if err != nil {
			return err
		}
		if err := execute(ctx, scratch, statements); err != nil {
			return err
		}
		read, err = scratch.ReadModelled(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return renamespaced(read, "", namespace), nil
}

// subset returns copies of some tables and of all types, sequences and functions that they may need.
func subset(s *schema.Schema, names []schema.Name) *schema.Schema {
	out := schema.New(s.Server)
	out.DefaultNamespace = s.DefaultNamespace
	for _, name := range names {
		if table := s.Table(name); table != nil {
			out.Tables.Add(table.Clone())
		}
	}
	full := s.Clone()
	out.Enums, out.Domains, out.Composites, out.Sequences = full.Enums, full.Domains, full.Composites, full.Sequences
	owned := func(q *schema.Sequence) bool {
		return q.OwnedBy == (schema.Dependency{}) || out.Tables.Has(q.OwnedBy.Relation)
	}
	out.Sequences.Filter(owned)
	for function := range full.Functions.All() {
		if len(function.DependsOn) == 0 {
			out.Functions.Add(function)
		}
	}
	return out
}

// execute runs statements in scratch space. Steps in Go and guards are left out: scratch space holds no rows. What the server
// refuses is a [*TableError]; that the connection got lost, or the disk is full, says nothing about the statement.
func execute(ctx context.Context, scratch *introspect.Scratch, statements []ddl.Statement) error {
	for _, statement := range statements {
		if statement.Run != nil || statement.Guard != "" {
			continue
		}
		if _, err := scratch.Conn.ExecContext(ctx, statement.SQL, statement.Args...); err != nil {
			if !scratch.Refused(ctx, err) {
				return fmt.Errorf("scratch space on %s: %w", scratch.Server, err)
			}
			return &TableError{Server: scratch.Server, Statement: statement.SQL, Cause: err}
		}
	}
	return nil
}

// Static is what package ddl knows about spellings of a server, for [diff.Options.Equality].
func Static(server schema.Server) diff.Equality { return static{server} }

type static struct{ server schema.Server }

func (s static) EqualTypes(a, b string) bool {
	return ddl.EqualTypes(s.server, a, b) == ddl.Equal
}

func (s static) EqualDefaults(columnType, a, b string) bool {
	return ddl.EqualDefaults(s.server, columnType, a, b) == ddl.Equal
}

func (s static) EqualExpressions(a, b string) bool {
	return ddl.EqualExpressions(s.server, a, b) == ddl.Equal
}
