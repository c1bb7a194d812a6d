package autogen

import (
	"context"
	"errors"
	"fmt"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Replay carries operations out in scratch space and reads what they made. It is for revisions with steps whose effect on
// the schema is not known from their data: raw SQL. Steps that only touch rows, and those in Go, are left out. A step that
// the server refuses is a [*ReplayError].
//
// On PostgreSQL and MySQL raw SQL that names a schema or a database reaches outside of the scratch space, so the server
// must be one on which that does no harm.
func Replay(ctx context.Context, database *introspect.Database, options introspect.ScratchOptions, operations []op.Operation) (*schema.Schema, error) {
	var read *schema.Schema
	err := introspect.WithScratch(ctx, database.DB, database.Dialect, options, func(scratch *introspect.Scratch) error {
		replay := replay{scratch: scratch, state: schema.New(scratch.Server)}
		for _, operation := range operations {
			if err := replay.take(ctx, operation); err != nil {
				return err
			}
		}
		if err := replay.flush(ctx); err != nil {
			return err
		}
		var err error
		read, err = scratch.Read(ctx)
		return err
	})
	return read, err
}

// ReplayError says that a server refuses a step of a revision, or that the step does not fit the steps before it.
type ReplayError struct {
	Server    schema.Server
	Statement string // empty if there was none yet
	Cause     error
}

// Error names the server, the reason and the statement.
func (e *ReplayError) Error() string {
	text := fmt.Sprintf("the revisions cannot be replayed on %s: %v", e.Server, e.Cause)
	if e.Statement != "" {
		text += "\n" + e.Statement
	}
	return text
}

// Unwrap returns the server's error, or the reason why the step does not fit.
func (e *ReplayError) Unwrap() error { return e.Cause }

// replay gathers operations whose effect is known and carries them out together, up to the next raw SQL.
type replay struct {
	scratch *introspect.Scratch
	state   *schema.Schema
	waiting []op.Operation
}

func (r *replay) take(ctx context.Context, operation op.Operation) error {
	switch o := operation.(type) {
	case *op.Insert, *op.Backfill, *op.Run:
		return nil
	case *op.Exec:
		if !definesSchema(o) {
			return nil
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
		if err := r.carryOut(ctx, []op.Operation{o}); err != nil {
			return err
		}
		var err error
		r.state, err = r.scratch.Read(ctx)
		return err
	}
	r.waiting = append(r.waiting, operation)
	return nil
}

// definesSchema reports whether a statement is not plainly one about rows, whatever the step says about its effect.
func definesSchema(exec *op.Exec) bool {
	return (&op.Exec{SQL: exec.SQL}).Opaque()
}

// flush carries out what has gathered.
func (r *replay) flush(ctx context.Context) error {
	operations := inTransaction(r.scratch.Server, r.waiting)
	r.waiting = nil
	if len(operations) == 0 {
		return nil
	}
	if err := r.carryOut(ctx, operations); err != nil {
		return err
	}
	after, err := op.Replay(r.state, operations)
	if err != nil {
		return &ReplayError{Server: r.scratch.Server, Cause: err}
	}
	r.state = after
	return nil
}

func (r *replay) carryOut(ctx context.Context, operations []op.Operation) error {
	statements, err := ddl.Compile(r.scratch.Server, r.state, operations)
	if err != nil {
		return &ReplayError{Server: r.scratch.Server, Cause: err}
	}
	err = execute(ctx, r.scratch, statements)
	if refused, ok := errors.AsType[*TableError](err); ok {
		return &ReplayError{Server: r.scratch.Server, Statement: refused.Statement, Cause: refused.Cause}
	}
	return err
}
