package versions

import (
	"context"
	"errors"
	"fmt"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
)

// dryRun shows what would run. Where DDL is transactional it does run, in a transaction that is rolled back; elsewhere
// revisions are compiled as if those before them had run.
func (r *runner) dryRun(ctx context.Context, steps []recorded, unfinished *unfinished) (err error) {
	trying := r.engine.transactional()
	if trying {
		if err := r.begin(ctx, r.foreignKeysMatter(ctx, steps)); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.rollback(ctx)) }()
	}
	skipped := 0
	for i, step := range steps {
		s := &stepRun{runner: r, recorded: step}
		if i == 0 {
			s.unfinished = unfinished
		}
		if err := s.prepare(ctx); err != nil {
			return s.failedDryRun(0, skipped, err)
		}
		r.options.emit(step.event(EventStart, len(s.statements)))
		for at := s.unfinishedSteps(); at < len(s.statements); at++ {
			reason := whyNotTried(s.statements[at])
			if trying && reason == "" {
				if err := s.exec(ctx, at, r.tx.Tx); err != nil {
					return s.failedDryRun(at+1, skipped, err)
				}
				continue
			}
			event := step.event(EventStatement, len(s.statements))
			event.Step, event.SQL, event.Text = at+1, s.statements[at].SQL, describe(s.statements[at])
			r.options.emit(event)
			if trying {
				skipped++
				event.Kind, event.Text = EventSkipped, reason
				r.options.emit(event)
			}
		}
		r.options.emit(step.event(EventDone, len(s.statements)))
		r.knowledge.follow(step.operations)
	}
	if trying && r.tx.unchecked {
		after, err := violations(ctx, r.tx.Tx.Tx)
		return errors.Join(err, newViolations(r.tx.violations, after))
	}
	return nil
}

// unfinishedSteps returns how many statements an interrupted run has carried out.
func (s *stepRun) unfinishedSteps() int {
	if s.unfinished == nil {
		return 0
	}
	return min(s.unfinished.Step, len(s.statements))
}

// whyNotTried returns the reason for which a statement is not run in a transaction that is rolled back; empty if it is.
func whyNotTried(s ddl.Statement) string {
	switch operation := s.Operation.(type) {
	case *op.Run:
		return "what a step in Go does outside of the database cannot be taken back"
	case *op.Backfill:
		return ""
	case *op.Exec:
		if operation.OutsideTransaction {
			return "it runs outside of transactions, and could not be taken back"
		}
	}
	if s.OutsideTransaction {
		return "it cannot run in a transaction, and so could not be taken back"
	}
	return ""
}

// failedDryRun is the error of a statement that failed, perhaps for want of one that was not tried.
func (s *stepRun) failedDryRun(step, skipped int, cause error) error {
	// unsafe_new_enum_value_usage, object_in_use (pending trigger events)
	if state := introspect.SQLState(cause); state == "55P04" || state == "55006" {
		cause = fmt.Errorf("%w (a dry run has all revisions in one transaction, which a real one need not have)", cause)
	}
	if skipped > 0 {
		cause = fmt.Errorf("%w (%d statements before it were not tried)", cause, skipped)
	}
	return s.fail(step, cause)
}
