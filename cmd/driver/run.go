package driver

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/verify"
	"github.com/retort-db/retort/versions"
)

// run does what works on a database.
func run(ctx context.Context, set *versions.Set, command protocol.Command, request *protocol.RunRequest, out *channel) error {
	if request == nil {
		return fmt.Errorf("the request to %s says nothing about where", command)
	}
	options := versions.Options{
		VersionTable:     request.Options.VersionTable,
		HistoryTable:     request.Options.HistoryTable,
		Wait:             request.Options.Wait,
		LockTimeout:      request.Options.LockTimeout,
		LockRetries:      request.Options.LockRetries,
		StatementTimeout: request.Options.Statement,
		Transaction:      request.Options.Transaction,
		ToolVersion:      request.Options.ToolVersion,
		DryRun:           request.Options.DryRun,
	}
	if request.Events {
		options.Events = func(event versions.Event) { out.send(protocol.Message{Event: &event}) }
	}
	if command == protocol.Script {
		return script(set, request, options, out)
	}
	if command == protocol.Rehearse {
		return rehearse(ctx, set, request, options, out)
	}
	database, err := introspect.Open(ctx, request.URL)
	if err != nil {
		return err
	}
	defer database.Close()
	dialect, err := reflect.BunDialect(database.Dialect)
	if err != nil {
		return err
	}
	return onDatabase(ctx, bun.NewDB(database.DB, dialect), set, command, request, options, out)
}

func onDatabase(ctx context.Context, db *bun.DB, set *versions.Set, command protocol.Command, request *protocol.RunRequest, options versions.Options, out *channel) error {
	target := ""
	if len(request.Targets) > 0 {
		target = request.Targets[0]
	}
	var err error
	switch command {
	case protocol.Upgrade:
		err = versions.Upgrade(ctx, db, set, target, options)
	case protocol.Downgrade:
		err = versions.Downgrade(ctx, db, set, target, options)
	case protocol.Stamp:
		err = versions.Stamp(ctx, db, set, request.Targets, versions.StampOptions{Purge: request.Stamp.Purge}, options)
	case protocol.Ensure:
		err = versions.Ensure(ctx, db, options)
	case protocol.Current:
	case protocol.History:
		runs, err := versions.History(ctx, db, options)
		if err != nil {
			return err
		}
		return out.result(protocol.HistoryResult{Runs: runs})
	case protocol.Verify:
		changed, err := versions.Verify(ctx, db, set, options)
		if err != nil {
			return err
		}
		return out.result(protocol.VerifyResult{Changed: changed})
	default:
		return fmt.Errorf("unknown command %q", command)
	}
	if err != nil {
		return err
	}
	heads, err := versions.Current(ctx, db, options)
	if err != nil {
		return err
	}
	return out.result(protocol.CurrentResult{Heads: heads})
}

// rehearse tries revisions out in scratch space on the server of the URL.
func rehearse(ctx context.Context, set *versions.Set, request *protocol.RunRequest, options versions.Options, out *channel) error {
	dialect, err := introspect.DialectOf(request.URL)
	if err != nil {
		return err
	}
	bunDialect, err := reflect.BunDialect(dialect)
	if err != nil {
		return err
	}
	report, err := verify.Scratch(ctx, request.URL, bunDialect, set, verify.Options{
		Revisions: request.Targets, Namespaces: request.Rehearse.Namespaces, Run: options,
		Scratch: introspect.ScratchOptions{Database: request.Rehearse.Scratch},
	})
	if err != nil {
		return err
	}
	return out.result(report)
}

func script(set *versions.Set, request *protocol.RunRequest, options versions.Options, out *channel) error {
	var err error
	switch request.Of {
	case protocol.Stamp:
		err = versions.ScriptStamp(request.Server, set, request.Targets, texts{out}, options)
	case protocol.Ensure:
		err = versions.ScriptEnsure(request.Server, texts{out}, options)
	default:
		err = scriptOfSteps(set, request, options, out)
	}
	if err != nil {
		return err
	}
	return out.result(struct{}{})
}

func scriptOfSteps(set *versions.Set, request *protocol.RunRequest, options versions.Options, out *channel) error {
	span := ""
	if len(request.Targets) > 0 {
		span = request.Targets[0]
	}
	direction := versions.Up
	if request.Down {
		direction = versions.Down
	}
	return versions.Script(request.Server, set, span, direction, texts{out}, options)
}

// texts sends what is written to it as pieces of text.
type texts struct{ out *channel }

func (t texts) Write(piece []byte) (int, error) {
	text := string(piece)
	t.out.send(protocol.Message{Text: &text})
	return len(piece), t.out.err
}

func stack() []byte { return debug.Stack() }
