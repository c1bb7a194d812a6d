package versions

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// lockPoll is the time between two attempts at first; it doubles up to lockPollMost.
const (
	lockPoll     = 20 * time.Millisecond
	lockPollMost = 500 * time.Millisecond
)

// lock takes the database's lock, waiting for it. The function that it returns gives it back; if that fails the connection
// is thrown away, and the lock with it.
func (r *runner) lock(ctx context.Context) (unlock func(*error), err error) {
	err = r.wait(ctx, func() (bool, string, error) {
		taken, holder, err := r.engine.tryLock(ctx, r.conn.Conn)
		if err != nil {
			err = fmt.Errorf("lock the database: %w", err)
		}
		return taken, holder, err
	})
	if err != nil {
		r.discard()
		return nil, err
	}
	return func(*error) {
		ctx, cancel := cleanupContext(ctx)
		defer cancel()
		if err := r.engine.unlock(ctx, r.conn.Conn); err != nil {
			r.discard()
		}
	}, nil
}

// patiently tries something again while the engine says that it is busy.
func (r *runner) patiently(ctx context.Context, try func() error) (err error) {
	before, err := r.engine.patience(ctx, r.conn.Conn, 0)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := cleanupContext(ctx)
		defer cancel()
		_, restoring := r.engine.patience(ctx, r.conn.Conn, before)
		err = errors.Join(err, restoring)
	}()
	return r.wait(ctx, func() (bool, string, error) {
		err := try()
		if r.engine.isBusy(err) {
			return false, "", nil
		}
		return true, "", err
	})
}

// wait tries until it succeeds, fails, or the time to wait is over, and says so once when it begins to wait.
func (r *runner) wait(ctx context.Context, try func() (done bool, holder string, err error)) error {
	start, poll := time.Now(), lockPoll
	for told := ""; ; {
		done, holder, err := try()
		if err != nil || done {
			return err
		}
		waited := time.Since(start)
		if waited >= r.options.lockTimeout() {
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
		case <-time.After(min(poll, r.options.lockTimeout()-waited)):
		}
		poll = min(2*poll, lockPollMost)
	}
}
