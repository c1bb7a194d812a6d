package cmd

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/cmd/internal/process"
	"github.com/retort-db/retort/cmd/internal/progress"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// job is something for the driver to do on a database.
type job struct {
	command protocol.Command
	targets []string
	stamp   protocol.StampOptions
	options protocol.Options
	url     string
	dialect schema.Dialect
}

// performed is what came of it.
type performed struct {
	done  []ran
	heads []string
	// sql is what a dry run shows.
	sql string
}

// ran is a revision that was applied or reverted.
type ran struct {
	Revision   string `json:"revision"`
	Message    string `json:"message,omitempty"`
	Direction  string `json:"direction"`
	Statements int    `json:"statements"`
}

// run has the driver work on the database, tells what happens, and answers.
func (i *invocation) run(command protocol.Command, targets []string, stamp protocol.StampOptions) error {
	if i.Bool("all") {
		return i.runOnAll(command, targets, stamp)
	}
	work, err := i.job(command, targets, stamp)
	if err != nil {
		return err
	}
	result, err := i.performHere(work)
	if err != nil {
		return err
	}
	answer := map[string]any{"revisions": nonNil(result.done), "current": nonNil(result.heads)}
	if work.options.DryRun {
		answer["dry_run"], answer["sql"] = true, result.sql
	}
	return i.answer(answer, func(w io.Writer) error {
		switch {
		case len(result.done) == 0 && (command == protocol.Upgrade || command == protocol.Downgrade):
			i.note("nothing to do: the database is at %s", joinIDs(result.heads))
		case work.options.DryRun && work.dialect == schema.MySQL:
			i.note("a plan only: MySQL cannot take changes of a schema back, so nothing was carried out")
		case work.options.DryRun:
			i.note("dry run: %s carried out and taken back; the database is as it was", plural(len(result.done), "revision"))
		case command == protocol.Stamp:
			i.note("the database is at %s", joinIDs(result.heads))
		}
		_, err := io.WriteString(w, result.sql)
		return err
	})
}

// job puts together what is to be done on the database that the command is for.
func (i *invocation) job(command protocol.Command, targets []string, stamp protocol.StampOptions) (job, error) {
	url, dialect, err := i.target()
	if err != nil {
		return job{}, err
	}
	options, err := i.runOptions()
	if err != nil {
		return job{}, err
	}
	return job{command: command, targets: targets, stamp: stamp, options: options, url: url, dialect: dialect}, nil
}

// perform does something on the database that the command is for. It returns the revisions that were run and the heads
// afterwards.
func (i *invocation) perform(command protocol.Command, targets []string, stamp protocol.StampOptions) (done []ran, heads []string, err error) {
	work, err := i.job(command, targets, stamp)
	if err != nil {
		return nil, nil, err
	}
	result, err := i.performHere(work)
	return result.done, result.heads, err
}

// performHere does a job, showing its progress.
func (i *invocation) performHere(work job) (performed, error) {
	built, err := i.build(revisionsOnly, []schema.Dialect{work.dialect})
	if err != nil {
		return performed{}, err
	}
	display := i.display()
	real := i.Stderr
	i.Stderr = shownOn{display, real}
	built.driver.Output = i.Stderr
	defer func() {
		display.Close()
		i.Stderr = real
	}()
	// Who interrupts should see that it was heard: a statement may take a moment to stop.
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-i.ctx.Done():
			fmt.Fprintln(display, "interrupted: stopping the running statement")
		case <-stop:
		}
	}()
	return i.do(built.driver, work, func(event versions.Event) {
		display.Event(event)
		i.tell(event)
	})
}

// do has the driver do a job.
func (i *invocation) do(driver process.Driver, work job, tell func(versions.Event)) (performed, error) {
	var out performed
	var sql strings.Builder
	listener := process.Listener{Event: func(event versions.Event) {
		if event.Kind == versions.EventDone {
			out.done = append(out.done, ran{Revision: event.Revision, Message: event.Message, Direction: string(event.Direction), Statements: event.Steps})
		}
		if work.options.DryRun {
			writeDry(&sql, event)
		}
		tell(event)
	}}
	var result protocol.CurrentResult
	request := protocol.Request{Command: work.command, Run: &protocol.RunRequest{URL: work.url, Targets: work.targets, Options: work.options, Stamp: work.stamp, Events: true}}
	if err := driver.Call(i.ctx, request, listener, &result); err != nil {
		return out, explainRun(err, work)
	}
	out.heads, out.sql = result.Heads, sql.String()
	return out, nil
}

// writeDry writes what a dry run tells as a script.
func writeDry(w io.Writer, event versions.Event) {
	switch event.Kind {
	case versions.EventStart:
		message := ""
		if event.Message != "" {
			message = ", " + strings.ReplaceAll(event.Message, "\n", " ")
		}
		fmt.Fprintf(w, "-- %s %s -> %s%s\n", event.Direction, joinIDs(event.From), joinIDs(event.To), message)
	case versions.EventStatement:
		if event.SQL == "" {
			fmt.Fprintf(w, "-- %s\n", strings.ReplaceAll(event.Text, "\n", "\n-- "))
			return
		}
		fmt.Fprintf(w, "%s;\n", strings.TrimRight(event.SQL, "; \n"))
	case versions.EventSkipped:
		fmt.Fprintf(w, "-- not tried: %s\n", event.Text)
	}
}

// display shows the progress of a run on standard error.
func (i *invocation) display() *progress.Display {
	stderr := i.Stderr
	term, _ := i.Lookup("TERM")
	return progress.New(progress.Options{
		Out: stderr, Terminal: output.IsTerminal(stderr) && term != "dumb", Width: func() int { return output.Width(stderr) },
		Style: i.style(stderr), Now: time.Now, Interval: 100 * time.Millisecond,
	})
}

// shownOn is standard error while a display has it. It is as much of a terminal as what is behind it.
type shownOn struct {
	*progress.Display
	real any
}

// Fd returns the descriptor of what is behind, for questions about terminals.
func (s shownOn) Fd() uintptr {
	if file, ok := s.real.(interface{ Fd() uintptr }); ok {
		return file.Fd()
	}
	return ^uintptr(0)
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// tell prints what happens during a run.
func (i *invocation) tell(event versions.Event) {
	style := i.style(i.Stderr)
	switch event.Kind {
	case versions.EventWaiting:
		i.note("waiting: %s", event.Text)
	case versions.EventWarning:
		i.note("warning: %s", event.Text)
	case versions.EventStart:
		i.note("%s %s -> %s%s", event.Direction, joinIDs(event.From), joinIDs(event.To), messageSuffix(event.Message, style))
	case versions.EventResume:
		i.note("  going on after statement %d, where the last run was interrupted", event.Step)
	case versions.EventRetry:
		i.note("  %s", event.Text)
	case versions.EventStatement:
		i.tellStatements(event)
	}
}

// tellStatements prints the statements if that is wanted.
func (i *invocation) tellStatements(event versions.Event) {
	if event.Kind != versions.EventStatement || !i.Bool("verbose") {
		return
	}
	text := event.SQL
	if text == "" {
		text = event.Text
	}
	i.note("%s", indent(i.style(i.Stderr).Dim(text)))
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}

// explain adds the next step to an error of the driver that leaves it open.
func explain(err error) error {
	var remote *protocol.Error
	if errors.As(err, &remote) && remote.Code == protocol.Undecided && !strings.Contains(remote.Message, "retort resolve") {
		remote.Message += "\ndecide with: retort resolve"
	}
	return err
}

// explainRun also says how to go on after an interruption.
func explainRun(err error, work job) error {
	var remote *protocol.Error
	if !errors.As(err, &remote) || remote.Code != protocol.Interrupted || work.options.DryRun {
		return explain(err)
	}
	switch {
	case len(work.targets) == 1 && !strings.ContainsAny(work.targets[0], "+-"):
		remote.Message += fmt.Sprintf("\ngo on with: retort %s %s", work.command, work.targets[0])
	default: // a distance counts from where the database is now
		remote.Message += "\nsee where the database is with: retort current"
	}
	return err
}
