package versions

import (
	"context"
	"log/slog"
)

// Log returns a function for [Options.Events] that logs them: revisions at the level of information, statements and
// progress for debugging, and what somebody should read as warnings. Statements are logged as they are, without the
// values of their arguments.
func Log(logger *slog.Logger) func(Event) {
	return func(event Event) {
		level := slog.LevelInfo
		switch event.Kind {
		case EventWaiting, EventWarning, EventRetry, EventSkipped:
			level = slog.LevelWarn
		case EventStatement, EventStep, EventProgress:
			level = slog.LevelDebug
		case EventPlan, EventStart, EventResume, EventDone:
		}
		ctx := context.Background()
		if !logger.Enabled(ctx, level) {
			return
		}
		var attrs []slog.Attr
		text := func(key, value string) {
			if value != "" {
				attrs = append(attrs, slog.String(key, value))
			}
		}
		number := func(key string, value int64) {
			if value != 0 {
				attrs = append(attrs, slog.Int64(key, value))
			}
		}
		text("revision", event.Revision)
		text("message", event.Message)
		text("direction", string(event.Direction))
		number("step", int64(event.Step))
		number("steps", int64(event.Steps))
		number("done", event.Done)
		number("total", event.Total)
		text("sql", event.SQL)
		text("text", event.Text)
		if event.Elapsed != 0 {
			attrs = append(attrs, slog.Duration("elapsed", event.Elapsed))
		}
		logger.LogAttrs(ctx, level, "migration "+string(event.Kind), attrs...)
	}
}
