package versions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/retort-db/retort/schema"
)

// lockPoll is the time between two attempts at first; it doubles up to lockPollMost.
const (
	lockPoll     = 20 * time.Millisecond
	lockPollMost = 500 * time.Millisecond
)

// lock takes the database's lock, waiting for it. The function that it returns gives it back; if that fails the connection
// is thrown away, and the lock with it.
//
// In the program's own transaction the lock lasts as long as that. Behind a pooler that gives every transaction another
// session there is no lock that a run could hold: each of its transactions takes it, as on SQLite.
func (r *runner) lock(ctx context.Context) (unlock func(*error), err error) {
	if err := r.checkSession(ctx); err != nil {
		return nil, err
	}
	if r.pooled {
		return func(*error) {}, nil
	}
	scope := lockOfSession
	if r.conn.inTransaction() {
		scope = lockOfTransaction
	}
	err = r.wait(ctx, func() (bool, string, error) {
		taken, holder, err := r.engine.tryLock(ctx, r.conn.Querier, r.tables.version.Schema, scope)
		if err != nil {
			err = fmt.Errorf("lock the database: %w", err)
		}
		return taken, holder, err
	})
	if err != nil {
		r.conn.discard()
		return nil, err
	}
	if scope == lockOfTransaction && r.engine.dialect() == schema.Postgres {
		return func(*error) {}, nil
	}
	return func(*error) {
		ctx, cancel := cleanupContext(ctx)
		defer cancel()
		if err := r.engine.unlock(ctx, r.conn.Querier, r.tables.version.Schema); err != nil {
			r.conn.discard()
		}
	}, nil
}

// patiently tries something again while the engine says that it is busy.
func (r *runner) patiently(ctx context.Context, try func() error) (err error) {
	before, err := r.engine.patience(ctx, r.conn.Querier, 0)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := cleanupContext(ctx)
		defer cancel()
		_, restoring := r.engine.patience(ctx, r.conn.Querier, before)
		err = errors.Join(err, restoring)
	}()
	return r.wait(ctx, func() (bool, string, error) {
		err := try()
		var busy *busyError
		if errors.As(err, &busy) {
			return false, busy.holder, nil
		}
		if r.engine.isBusy(err) {
			return false, "", nil
		}
		return true, "", err
	})
}

// busyError says that another run has the lock of a transaction.
type busyError struct{ holder string }

// Error names who has it.
func (e *busyError) Error() string { return "another run holds the database: " + e.holder }

// lockTransaction takes the lock for the transaction that has just begun, where the run has none.
func (r *runner) lockTransaction(ctx context.Context, tx *transaction) error {
	if !r.pooled {
		return nil
	}
	taken, holder, err := r.engine.tryLock(ctx, tx.Tx.Tx, r.tables.version.Schema, lockOfTransaction)
	if err != nil {
		return fmt.Errorf("lock the database: %w", err)
	}
	if !taken {
		return &busyError{holder}
	}
	_, err = r.engine.limit(ctx, tx.Tx.Tx, limits{lock: r.options.LockTimeout, statement: r.options.StatementTimeout}, true)
	return err
}

// lockedByTransaction reports whether the lock is that of each transaction, so that another run may come between two.
func (r *runner) lockedByTransaction() bool { return r.pooled || r.engine.dialect() == schema.SQLite }

// wait tries until it succeeds, fails, or the time to wait is over, and says so once when it begins to wait.
func (r *runner) wait(ctx context.Context, try func() (done bool, holder string, err error)) error {
	start, poll := time.Now(), lockPoll
	for told := ""; ; {
		done, holder, err := try()
		if err != nil || done {
			return err
		}
		waited := time.Since(start)
		if waited >= r.options.wait() {
			return &LockError{Holder: holder, Waited: waited}
		}
		text := "waiting for another run to finish"
		if holder != "" {
			text += ": " + holder
		}
		if text != told {
			told = text
			r.options.emit(Event{Kind: EventWaiting, Text: text, Elapsed: waited})
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(poll, r.options.wait()-waited)):
		}
		poll = min(2*poll, lockPollMost)
	}
}
