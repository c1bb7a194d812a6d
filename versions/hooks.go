package versions

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// Hooks are functions of the program around its runs; those that are nil are left out. They belong to a [Set], so that the
// command line calls them too. An error ends the run. A dry run calls none.
type Hooks struct {
	// BeforeRun is called once there is something to do and the lock is held. The database is the run's connection.
	BeforeRun func(ctx context.Context, db bun.IDB, steps []Step) error
	// AfterRun is called at the end of a run that BeforeRun was called for, with its error. An error of its own is returned if
	// the run has none.
	AfterRun func(ctx context.Context, db bun.IDB, steps []Step, err error) error
	// BeforeRevision is called before the first statement of a revision, in its transaction if it is one. A revision that is
	// tried again, or goes on where it was interrupted, calls it again.
	BeforeRevision func(ctx context.Context, db bun.IDB, step Step) error
	// AfterRevision is called after the last statement of a revision, in the transaction that writes its version row: what it
	// writes is there if and only if the revision is applied.
	AfterRevision func(ctx context.Context, db bun.IDB, step Step) error
}

// Hook adds hooks to the set. They are called in the order in which they were added, those after in the reverse order.
func (s *Set) Hook(hooks Hooks) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.hooks = append(s.hooks, hooks)
}

// Hooks returns the hooks in the order in which they were added.
func (s *Set) Hooks() []Hooks {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.hooks)
}

// HookError says that a hook failed.
type HookError struct {
	Hook  string // "before run" and so on
	Cause error
}

// Error names the hook and the cause.
func (e *HookError) Error() string { return fmt.Sprintf("the hook %s: %v", e.Hook, e.Cause) }

// Unwrap returns the hook's error.
func (e *HookError) Unwrap() error { return e.Cause }

// hook calls one hook, whose panic is an error.
func hook(name string, call func() error) error {
	if err := protect(call); err != nil {
		return &HookError{Hook: name, Cause: err}
	}
	return nil
}

func (r *runner) beforeRun(ctx context.Context, steps []recorded) error {
	if r.begun != nil {
		return nil // planned anew in the middle
	}
	r.begun = make([]Step, len(steps))
	for i, step := range steps {
		r.begun[i] = step.Step
	}
	for _, h := range r.hooks {
		if h.BeforeRun != nil {
			if err := hook("before run", func() error { return h.BeforeRun(ctx, r.conn.idb, r.begun) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// afterRun returns the run's error, or that of a hook. The hooks are called although the context may have ended.
func (r *runner) afterRun(ctx context.Context, ended error) error {
	if r.begun == nil {
		return ended
	}
	for _, h := range slices.Backward(r.hooks) {
		if h.AfterRun == nil {
			continue
		}
		err := hook("after run", func() error { return h.AfterRun(context.WithoutCancel(ctx), r.conn.idb, r.begun, ended) })
		if ended == nil {
			ended = err
		}
	}
	return ended
}

func (s *stepRun) beforeRevision(ctx context.Context, db bun.IDB) error {
	for _, h := range s.hooks {
		if h.BeforeRevision != nil {
			if err := hook("before revision", func() error { return h.BeforeRevision(ctx, db, s.Step) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stepRun) afterRevision(ctx context.Context) error {
	for _, h := range slices.Backward(s.hooks) {
		if h.AfterRevision != nil {
			if err := hook("after revision", func() error { return h.AfterRevision(ctx, s.tx.Tx, s.Step) }); err != nil {
				return err
			}
		}
	}
	return nil
}
