package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/databases"
	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// severalFlags are those of commands that can work on all databases of the project.
func severalFlags(flags ...cli.Flag) []cli.Flag {
	return append(flags,
		&cli.BoolFlag{Name: "all", Usage: "on all databases of retort.yaml"},
		&cli.IntFlag{Name: "jobs", Value: 4, Usage: "with --all, on so many at the same time"})
}

// severalDatabases looks up what the project's databases are.
func (i *invocation) severalDatabases() ([]databases.Database, error) {
	if !i.config.Databases.Several() {
		return nil, &arguments.UsageError{Command: i.Command.Name, Text: "there is no list of databases in retort.yaml (databases), which --database and --all need"}
	}
	return databases.Source{Config: i.config, Lookup: i.Lookup, Base: i.baseURL}.All(i.ctx)
}

// chosenDatabase returns the database that --database names, nil if the flag is not used.
func (i *invocation) chosenDatabase() (*databases.Database, error) {
	name := i.String("database")
	if i.chosen != nil || name == "" {
		return i.chosen, nil
	}
	all, err := i.severalDatabases()
	if err != nil {
		return nil, err
	}
	found, err := databases.Find(all, name)
	if err != nil {
		return nil, err
	}
	i.chosen = &found
	return i.chosen, nil
}

// status says what came of one database.
type status string

const (
	statusDone     status = "done"
	statusNothing  status = "up to date"
	statusBehind   status = "behind"
	statusFailed   status = "failed"
	statusDecision status = "undecided"
	statusNotRun   status = "not run"
)

// oneOfSeveral is what came of one database, as JSON has it.
type oneOfSeveral struct {
	Database  string        `json:"database"`
	URL       string        `json:"url"` // masked
	Status    status        `json:"status"`
	Current   []string      `json:"current"`
	Revisions []ran         `json:"revisions,omitempty"`
	Seconds   float64       `json:"seconds"`
	SQL       string        `json:"sql,omitempty"`
	Error     *output.Error `json:"error,omitempty"`

	code int
}

// onAll does something on every database, several at a time. One that fails does not stop the others; after an interruption
// no further one begins. The invocation that each gets is for its database and prints lines with its name in front.
func (i *invocation) onAll(all []databases.Database, do func(one *invocation) (performed, status, error)) []oneOfSeveral {
	out := make([]oneOfSeveral, len(all))
	places := make(chan struct{}, max(1, i.Int("jobs")))
	var group sync.WaitGroup
	var mutex sync.Mutex
	for n, database := range all {
		out[n] = oneOfSeveral{Database: database.Name, URL: introspect.MaskURL(database.URL), Status: statusNotRun, Current: []string{}, code: exitInterrupted}
		places <- struct{}{}
		if i.ctx.Err() != nil {
			<-places
			continue
		}
		group.Go(func() {
			defer func() { <-places }()
			lines := &namedLines{name: database.Name, out: i.Stderr, mutex: &mutex}
			defer lines.flush()
			began := time.Now()
			result, outcome, err := do(i.on(database, lines))
			out[n].take(result, outcome, err, time.Since(began))
			if err != nil {
				fmt.Fprintf(lines, "%s\n", out[n].Error.Summary)
			}
		})
	}
	group.Wait()
	return out
}

// on returns the invocation for one database.
func (i *invocation) on(database databases.Database, stderr io.Writer) *invocation {
	one, p := *i, *i.program
	p.Stderr = stderr
	one.program, one.chosen = &p, &database
	return &one
}

func (o *oneOfSeveral) take(result performed, outcome status, err error, took time.Duration) {
	o.Status, o.Current, o.Revisions, o.SQL, o.code = outcome, nonNil(result.heads), result.done, result.sql, exitDone
	o.Seconds = took.Round(time.Millisecond).Seconds()
	if outcome == statusBehind {
		o.code = exitDifferences
	}
	if err == nil {
		return
	}
	o.Status, o.code, o.Error = statusFailed, exitCode(err), answerError(err)
	switch {
	case o.code == exitDecision:
		o.Status = statusDecision
	case errors.Is(err, context.Canceled):
		o.Error.Summary = "interrupted"
	}
}

// runOnAll is run for all databases: the driver is built once and started for each.
func (i *invocation) runOnAll(command protocol.Command, targets []string, stamp protocol.StampOptions) error {
	all, err := i.severalDatabases()
	if err != nil {
		return err
	}
	if i.String("database") != "" {
		return &arguments.UsageError{Command: i.Command.Name, Text: "--all and --database do not go together"}
	}
	var dialects []schema.Dialect
	for _, one := range all {
		if !slices.Contains(dialects, one.Dialect) {
			dialects = append(dialects, one.Dialect)
		}
	}
	built, err := i.build(revisionsOnly, dialects)
	if err != nil {
		return err
	}
	results := i.onAll(all, func(one *invocation) (performed, status, error) {
		work, err := one.job(command, targets, stamp)
		if err != nil {
			return performed{}, statusFailed, err
		}
		driver := built.driver
		driver.Output = one.Stderr
		result, err := one.do(driver, work, one.tell)
		if len(result.done) == 0 && command != protocol.Stamp {
			return result, statusNothing, err
		}
		return result, statusDone, err
	})
	return i.answerSeveral(results)
}

// currentOfAll shows where all databases are.
func (i *invocation) currentOfAll(h *history) error {
	all, err := i.severalDatabases()
	if err != nil {
		return err
	}
	results := i.onAll(all, func(one *invocation) (performed, status, error) {
		database, err := one.open()
		if err != nil {
			return performed{}, statusFailed, err
		}
		defer database.Close()
		rows, err := one.rows(database)
		if err != nil {
			return performed{}, statusFailed, err
		}
		heads, err := h.graph.CurrentHeads(rows)
		if err != nil {
			return performed{heads: rows}, statusFailed, one.inTable(err)
		}
		if complete, err := h.graph.Complete(rows); err != nil || complete {
			return performed{heads: heads}, statusNothing, err
		}
		return performed{heads: heads}, statusBehind, nil
	})
	if !i.Bool("check-heads") {
		for n := range results {
			if results[n].Status == statusBehind {
				results[n].code = exitDone
			}
		}
	}
	return i.answerSeveral(results)
}

// answerSeveral prints the table, and ends with the exit code of the worst.
func (i *invocation) answerSeveral(results []oneOfSeveral) error {
	err := i.answer(map[string]any{"databases": results}, func(w io.Writer) error {
		rows := [][]string{{"DATABASE", "STATUS", "CURRENT", "REVISIONS"}}
		for _, one := range results {
			if one.SQL != "" {
				fmt.Fprintf(w, "-- database %s\n%s\n", one.Database, one.SQL)
			}
			rows = append(rows, []string{one.Database, string(one.Status), joinIDs(one.Current), fmt.Sprint(len(one.Revisions))})
		}
		return output.Columns(w, "", rows)
	})
	if err != nil {
		return err
	}
	worst, failed := exitDone, 0
	for _, one := range results {
		if one.code != exitDone {
			failed++
		}
		if severity(one.code) > severity(worst) {
			worst = one.code
		}
	}
	if worst == exitDone {
		return nil
	}
	text := fmt.Sprintf("retort: %d of %s failed", failed, plural(len(results), "database"))
	if worst == exitDifferences {
		text = fmt.Sprintf("retort: %d of %s not at the heads", failed, plural(len(results), "database"))
	}
	return &outcome{code: worst, text: text}
}

// severity orders exit codes, the worst highest.
func severity(code int) int {
	return slices.Index([]int{exitDone, exitDifferences, exitDecision, exitPolicy, exitFailed, exitInterrupted}, code)
}

// namedLines writes whole lines with a name in front. Writers of several databases share the mutex.
type namedLines struct {
	name  string
	out   io.Writer
	mutex *sync.Mutex
	rest  []byte
}

// Write keeps what does not end its line yet.
func (n *namedLines) Write(text []byte) (int, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.rest = append(n.rest, text...)
	end := bytes.LastIndexByte(n.rest, '\n')
	if end < 0 {
		return len(text), nil
	}
	whole := string(n.rest[:end])
	n.rest = append([]byte(nil), n.rest[end+1:]...)
	var out strings.Builder
	for line := range strings.SplitSeq(whole, "\n") {
		out.WriteString(n.name + ": " + line + "\n")
	}
	if _, err := io.WriteString(n.out, out.String()); err != nil {
		return 0, err
	}
	return len(text), nil
}

func (n *namedLines) flush() {
	if len(n.rest) > 0 {
		_, _ = n.Write([]byte("\n"))
	}
}
