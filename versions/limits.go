package versions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// limits bound statements. Zero leaves what the session has, noLimit takes a limit away.
type limits struct{ lock, statement time.Duration }

const noLimit time.Duration = -1

// setting is a limit of a session as its engine has it.
type setting struct{ name, value string }

// limit sets the limits that the options ask for, until the function that it returns is called. A session that cannot be
// set back is thrown away.
func (r *runner) limit(ctx context.Context, q introspect.Querier, l limits) (restore func(), err error) {
	if r.pooled {
		return func() {}, nil // each transaction sets its own
	}
	local := r.conn.inTransaction() // settings end with the program's transaction
	before, err := r.engine.limit(ctx, q, l, local)
	if err != nil {
		return nil, fmt.Errorf("limit the time of statements: %w", err)
	}
	return func() {
		ctx, cancel := cleanupContext(ctx)
		defer cancel()
		for _, s := range before {
			if err := r.engine.set(ctx, q, s, local); err != nil {
				r.conn.discard()
				return
			}
		}
	}, nil
}

// unlimited reports whether a statement is one that nobody queues behind however long it takes. On such a statement a
// limit only does harm: what is left of an index that was not finished has to be dropped and built again.
func unlimited(s ddl.Statement) bool {
	return s.OutsideTransaction && strings.Contains(strings.ToUpper(s.SQL), " CONCURRENTLY")
}

// limited runs a statement within the limits that are for it alone.
func (s *stepRun) limited(ctx context.Context, statement ddl.Statement, do func(context.Context) error) error {
	if unlimited(statement) && (s.options.LockTimeout > 0 || s.options.StatementTimeout > 0) {
		restore, err := s.limit(ctx, s.querier(), limits{lock: noLimit, statement: noLimit})
		if err != nil {
			return err
		}
		defer restore()
		return do(ctx)
	}
	if s.options.StatementTimeout > 0 && statement.Run == nil && !s.engine.limitsStatements() {
		late := &StatementTimeoutError{Limit: s.options.StatementTimeout}
		timed, cancel := context.WithTimeoutCause(ctx, s.options.StatementTimeout, late)
		defer cancel()
		if err := do(timed); err != nil {
			if ctx.Err() == nil && errors.Is(context.Cause(timed), late) {
				return late
			}
			return err
		}
		return nil
	}
	return do(ctx)
}

// StatementTimeoutError says that a statement took longer than it may.
type StatementTimeoutError struct{ Limit time.Duration }

// Error names the limit and the way out.
func (e *StatementTimeoutError) Error() string {
	return fmt.Sprintf("it was cancelled after %s: allow it more time with --statement-timeout", e.Limit)
}

// BlockedError says that a statement did not get its locks, however often it was tried.
type BlockedError struct {
	Attempts int
	Waited   time.Duration // from the first attempt to the last
	Holders  string        // who has the locks; empty if the engine does not tell
	Cause    error
}

// Error names the cause, the attempts and who is in the way.
func (e *BlockedError) Error() string {
	text := e.Cause.Error()
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (tried %d times in %s)", e.Attempts, e.Waited.Round(time.Millisecond))
	}
	if e.Holders != "" {
		text += "; in the way: " + e.Holders
	}
	return text + "; try again when it is gone, or wait longer with --lock-timeout or --lock-retries"
}

// Unwrap returns the database's error.
func (e *BlockedError) Unwrap() error { return e.Cause }

// The pauses between two attempts.
const (
	retryPause     = 200 * time.Millisecond
	retryPauseMost = 30 * time.Second
)

// attempts counts how often the same thing was tried in vain.
type attempts struct {
	failed int
	since  time.Time
}

// tryAgain decides on a statement that failed, of those from a place on that share its transaction. Nil says that they
// are to be tried again, after everything of them was taken back and some time has passed.
func (s *stepRun) tryAgain(ctx context.Context, from, failed int, cause error) error {
	if failed <= from || !s.engine.blocked(cause) || ctx.Err() != nil {
		return cause
	}
	if s.attempts.failed == 0 {
		s.attempts.since = time.Now()
	}
	s.attempts.failed++
	if err := s.rollback(ctx); err != nil {
		return errors.Join(cause, err)
	}
	holders := s.engine.holders(ctx, s.conn.Querier, tablesOfStatement(s.statements[failed-1]))
	blocked := &BlockedError{Attempts: s.attempts.failed, Waited: time.Since(s.attempts.since), Holders: holders, Cause: cause}
	if s.attempts.failed > s.options.lockRetries() || hasGoStep(s.statements[from:failed]) {
		return blocked
	}
	pause := min(retryPause<<min(s.attempts.failed-1, 20), retryPauseMost)
	event := s.event(EventRetry, len(s.statements))
	event.Step, event.Elapsed, event.SQL = failed, time.Since(s.started), s.statements[failed-1].SQL
	event.Text = fmt.Sprintf("step %d of %d did not get its locks, trying again in %s", failed, len(s.statements), pause)
	if holders != "" {
		event.Text += "; in the way: " + holders
	}
	s.options.emit(event)
	select {
	case <-ctx.Done():
		return errors.Join(ctx.Err(), cause)
	case <-time.After(pause):
	}
	if s.shared {
		// The revisions before this one were taken back too.
		s.knowledge.forget()
		return errMoved
	}
	return nil
}

// hasGoStep reports whether one of the statements is a function of the user's, which may have done more than the database
// can take back.
func hasGoStep(statements []ddl.Statement) bool {
	for _, statement := range statements {
		if _, run := statement.Operation.(*op.Run); run {
			return true
		}
	}
	return false
}

func tablesOfStatement(statement ddl.Statement) []schema.Name {
	if statement.Operation == nil {
		return nil
	}
	var out []schema.Name
	for _, operation := range flat([]op.Operation{statement.Operation}) {
		out = append(out, tablesOfOperation(operation)...)
	}
	return out
}
