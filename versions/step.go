package versions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// stepRun carries one revision out.
type stepRun struct {
	*runner
	recorded
	unfinished     *unfinished // the interrupted run of this revision, or nil
	foreignKeysOff bool        // whatever the statements say
	shared         bool        // the transaction holds earlier revisions too

	started    time.Time
	statements []ddl.Statement
	before     *schema.Schema // of an unfinished run: what the statements were compiled from
	entry      Entry
	committed  Entry // the entry as it was last committed, of a revision in pieces
	kept       int   // statements that are carried out and committed
}

func (s *stepRun) run(ctx context.Context) error {
	s.started = time.Now()
	if err := s.prepare(ctx); err != nil {
		return s.failed(ctx, 0, s.movedOr(ctx, err))
	}
	if err := s.checkPieces(); err != nil {
		return s.failed(ctx, 0, err)
	}
	s.options.emit(s.event(EventStart, len(s.statements)))
	for {
		s.entry = Entry{
			Revision: s.ID, Direction: s.Direction, Started: s.started, Statements: len(s.statements), Checksum: s.checksum,
			ToolVersion: s.options.ToolVersion, Outcome: OutcomeRunning,
		}
		if s.inPieces() {
			if at, err := s.runInPieces(ctx); err != nil {
				return s.failed(ctx, at, err)
			}
			break
		}
		at, err := s.runWhole(ctx)
		if err == nil {
			break
		}
		if err := s.tryAgain(ctx, 0, at, err); err != nil {
			return s.failed(ctx, at, err)
		}
	}
	s.knowledge.follow(s.operations)
	return nil
}

// movedOr returns errMoved if what failed had to fail, because another run has been here since this one was planned, and
// the cause otherwise.
func (s *stepRun) movedOr(ctx context.Context, cause error) error {
	if !s.lockedByTransaction() || s.tx != nil {
		return cause
	}
	if err := s.begin(ctx, false); errors.Is(err, errMoved) {
		return errMoved
	}
	return cause
}

// prepare finds out which statements the revision consists of.
func (s *stepRun) prepare(ctx context.Context) error {
	if s.unfinished != nil {
		s.before = s.unfinished.progress.Before
		var err error
		if s.statements, err = ddl.Compile(s.server, s.before, s.operations); err != nil {
			return s.unfinished.error("its statements cannot be found again: " + err.Error())
		}
		return nil
	}
	if err := s.knowledge.learn(ctx, s.querier(), s.operations); err != nil {
		return err
	}
	var err error
	if s.statements, err = s.knowledge.compile(ctx, s.querier(), s.server, s.operations); err != nil {
		return blameOpaque(err, s.operations)
	}
	if !s.inPieces() {
		return nil
	}
	// What an interrupted run needs for going on is kept with it, so the statements come from what is kept.
	before := relevant(s.knowledge.state, s.operations)
	if statements, err := ddl.Compile(s.server, before, s.operations); err == nil {
		s.before, s.statements = before, statements
		return nil
	}
	s.before = s.knowledge.state
	return nil
}

// blameOpaque adds to an operation that does not fit the schema that raw SQL of the same revision may be the reason: its
// effect is not known when the statements are written.
func blameOpaque(err error, operations []op.Operation) error {
	var misfit *op.EffectError
	if !errors.As(err, &misfit) || !slices.ContainsFunc(operations, isOpaque) {
		return err
	}
	return fmt.Errorf("%w; if SQL before it in the revision changes that, let the SQL say so: m.Exec(…).Changes(func(s *schema.Schema) error {…})", err)
}

// inPieces reports whether the revision is more than one transaction.
func (s *stepRun) inPieces() bool {
	if s.unfinished != nil {
		return true
	}
	if len(s.statements) == 0 {
		return false
	}
	return !s.engine.transactional() || slices.ContainsFunc(s.statements, s.alone)
}

// alone reports whether a statement is a piece of its own.
func (s *stepRun) alone(statement ddl.Statement) bool {
	return alone(s.engine, s.revision.Transaction, statement)
}

func alone(on engine, mode TransactionMode, statement ddl.Statement) bool {
	if statement.ForeignKeysOff {
		// A rebuild on SQLite is one whole, and foreign keys are off around transactions only.
		return false
	}
	if statement.OutsideTransaction || mode == TransactionNone && !isData(statement) {
		return true
	}
	if _, backfill := statement.Operation.(*op.Backfill); backfill && statement.Run != nil {
		return true
	}
	return !on.transactional() && !isData(statement)
}

// isData reports whether a statement works on rows, so that engines with DDL outside transactions have it in one.
func isData(statement ddl.Statement) bool {
	if statement.Guard != "" {
		return true
	}
	switch o := statement.Operation.(type) {
	case *op.Insert, *op.Run:
		return true
	case *op.Exec:
		return !o.Opaque()
	}
	return false
}

// runWhole carries the revision out in one transaction, version row and history row included. It returns the number of
// the statement that failed.
func (s *stepRun) runWhole(ctx context.Context) (int, error) {
	off := s.foreignKeysOff || slices.ContainsFunc(s.statements, func(statement ddl.Statement) bool { return statement.ForeignKeysOff })
	if err := s.begin(ctx, off); err != nil {
		return 0, err
	}
	if err := checkDecided(ctx, s.querier(), s.engine, s.recorded); err != nil {
		return 0, err
	}
	if err := s.beforeRevision(ctx, s.tx.Tx); err != nil {
		return 0, err
	}
	for i := range s.statements {
		if err := s.exec(ctx, i, s.tx.Tx); err != nil {
			return i + 1, err
		}
	}
	if err := s.finish(ctx); err != nil {
		return 0, err
	}
	if s.options.Transaction == TransactionAll {
		return 0, nil
	}
	return 0, s.commit(ctx)
}

// exec runs one statement on the open transaction or the connection.
func (s *stepRun) exec(ctx context.Context, i int, db bun.IDB) error {
	statement := s.statements[i]
	event := s.event(EventStatement, len(s.statements))
	event.Step, event.SQL, event.Text, event.Elapsed = i+1, statement.SQL, describe(statement), time.Since(s.started)
	s.options.emit(event)
	ctx = op.WithProgress(ctx, func(p op.Progress) {
		event.Kind, event.SQL, event.Done, event.Total, event.Elapsed = EventProgress, "", p.Done, p.Total, time.Since(s.started)
		s.options.emit(event)
	})
	return s.limited(ctx, statement, func(ctx context.Context) error {
		if _, step := statement.Operation.(*op.Run); step {
			// The function gets the context that ends, to stop what else it does.
			return protect(func() error { return statement.Run(ctx, db) })
		}
		return s.cancellable(ctx, func(ctx context.Context) error {
			switch {
			case statement.Run != nil:
				return protect(func() error { return statement.Run(ctx, db) })
			case statement.Guard != "":
				return guard(ctx, s.querier(), statement)
			}
			_, err := s.querier().ExecContext(ctx, statement.SQL, s.bindable(statement.Args)...)
			return err
		})
	})
}

// bindable returns the arguments as the driver should get them. SQLite has no type for times, and drivers write them
// each in their own way, while what bun writes is what a program that uses bun reads and compares with.
func (s *stepRun) bindable(args []any) []any {
	if s.engine.dialect() != schema.SQLite {
		return args
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if at, ok := arg.(time.Time); ok {
			out[i] = at.UTC().Format(sqliteTime)
		}
	}
	return out
}

// protect turns a panic of a user's function into an error.
func protect(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("it panicked: %v", value)
		}
	}()
	return do()
}

// finish writes the version row and the history row in the open transaction, which is yet to be committed.
func (s *stepRun) finish(ctx context.Context) error {
	if err := s.afterRevision(ctx); err != nil {
		return err
	}
	if err := s.tables.apply(ctx, s.querier(), s.position.Apply(s.ID, s.Direction)); err != nil {
		return err
	}
	s.entry.Finished = time.Now()
	s.entry.Duration = s.entry.Finished.Sub(s.entry.Started)
	s.entry.Outcome, s.entry.Step, s.entry.state = OutcomeDone, len(s.statements), ""
	write := s.tables.insertEntry
	if s.entry.ID != 0 {
		write = func(ctx context.Context, q querier, e *Entry) error { return s.tables.updateEntry(ctx, q, *e) }
	}
	if err := write(ctx, s.querier(), &s.entry); err != nil {
		return err
	}
	s.interrupted = 0
	done := s.event(EventDone, len(s.statements))
	done.Step, done.Elapsed = len(s.statements), s.entry.Duration
	s.pending = append(s.pending, done)
	return nil
}

// failed drops what is not committed, records the failure and returns the error for the user.
func (s *stepRun) failed(ctx context.Context, step int, cause error) error {
	if err := s.rollback(ctx); err != nil {
		cause = errors.Join(cause, err)
	}
	var decision *DecisionError
	var interrupted *InterruptedError
	var lock *LockError
	var transaction *TransactionError
	var pooler *PoolerError
	switch {
	case errors.Is(cause, errMoved):
		return errMoved
	case errors.As(cause, &decision), errors.As(cause, &interrupted), errors.As(cause, &lock), errors.As(cause, &transaction), errors.As(cause, &pooler):
		return cause
	}
	err := s.fail(step, cause)
	if recording := s.recordFailure(ctx, err); recording != nil {
		s.options.emit(Event{Kind: EventWarning, Revision: s.ID, Text: "the failure could not be recorded in the history: " + recording.Error()})
	}
	return err
}

func (s *stepRun) fail(step int, cause error) error {
	e := &StepError{
		Revision: s.ID, Message: s.revision.Message, Place: s.revision.Meta().place(), Direction: s.Direction,
		Step: step, Steps: len(s.statements), Kept: s.kept, Cause: cause,
	}
	if step > 0 {
		e.Operation, e.SQL = describe(s.statements[step-1]), s.statements[step-1].SQL
	}
	return e
}

// recordFailure writes the history row of a failed run. The connection may be gone with what failed; then another one of
// the pool does it.
func (s *stepRun) recordFailure(ctx context.Context, cause error) error {
	ctx, cancel := cleanupContext(ctx)
	defer cancel()
	e := s.entry
	if e.Revision == "" {
		e = Entry{Revision: s.ID, Direction: s.Direction, Started: s.started, Checksum: s.checksum, ToolVersion: s.options.ToolVersion}
	}
	e.Finished = time.Now()
	e.Duration = e.Finished.Sub(e.Started)
	e.Outcome, e.Error = OutcomeFailed, cause.Error()
	write := func(q querier) error {
		if e.ID != 0 && e.state != "" {
			return s.tables.updateEntry(ctx, q, e)
		}
		e.Step, e.state = 0, ""
		return s.tables.insertEntry(ctx, q, &e)
	}
	err := write(s.conn.Querier)
	if err == nil || !s.conn.another() {
		return err
	}
	return write(s.conn.pool.DB)
}
