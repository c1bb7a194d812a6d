package versions

import (
	"context"
	"errors"
	"fmt"
)

// cancellable runs a statement so that the end of the context stops it on the server, which not every driver sees to: the
// server is told over another connection. The run's own connection stays open and keeps its lock, and what is left of the
// revision is recorded over it. Where there is no other connection the driver has to do what it can.
func (r *runner) cancellable(ctx context.Context, do func(context.Context) error) error {
	if r.serverID == 0 || !r.conn.another() {
		return do(ctx)
	}
	inner, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	done, told := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(told)
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
		asking, cancel := cleanupContext(ctx)
		defer cancel()
		if err := r.engine.cancel(asking, r.conn.pool.DB, r.serverID); err != nil {
			abandon()
			return
		}
		select {
		case <-done:
		case <-asking.Done():
			abandon() // it does not listen
		}
	}()
	err := do(inner)
	close(done)
	<-told // the next statement must not be the one that is cancelled
	if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}
