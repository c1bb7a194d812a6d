package op

import "context"

// Progress is how far a step has come that takes long.
type Progress struct {
	Done  int64 // rows, or whatever the step counts
	Total int64 // of them, perhaps an estimate; 0 if it is not known
}

type progressKey struct{}

// WithProgress returns a context in which [Report] calls the function.
func WithProgress(ctx context.Context, report func(Progress)) context.Context {
	return context.WithValue(ctx, progressKey{}, report)
}

// Report tells whoever watches how far a step in Go has come: a function that was given to [Migration.Run] calls it with
// its own context, from its own goroutine. Without anybody who watches it does nothing.
func Report(ctx context.Context, progress Progress) {
	if report, ok := ctx.Value(progressKey{}).(func(Progress)); ok {
		report(progress)
	}
}

// Watched reports whether somebody watches the progress, so that counting is worth its time.
func Watched(ctx context.Context) bool {
	_, ok := ctx.Value(progressKey{}).(func(Progress))
	return ok
}
