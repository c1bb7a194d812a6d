package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/cmd/internal/process"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/verify"
)

func (p *program) verifyCommand() *cli.Command {
	return &cli.Command{
		Name: "verify", Category: "review", Usage: "try revisions in scratch space: up, down and up again", ArgsUsage: "[REVISION…|FROM:TO|all]",
		Description: "Applies each revision on an empty database of its own, reverts it, applies it again, and compares what the server has after\n" +
			"every move. The database of the URL lends its server and is not touched; SQLite needs none. Steps in Go and SQL run for real.\n" +
			"Exits with 2 if something does not hold.",
		Flags: withFormat(
			&cli.StringSliceFlag{Name: "server", Usage: "a further database URL whose server lends scratch space, for projects with several engines"},
			&cli.StringSliceFlag{Name: "dialect", Usage: "verify for this engine only"},
			verboseRun(),
		),
		Action: p.action(arity{0, anyNumber}, (*invocation).verify),
	}
}

// NoServerError says that no server is known on which the revisions of an engine could be tried.
type NoServerError struct{ Dialect schema.Dialect }

// Error names the ways out.
func (e *NoServerError) Error() string {
	return fmt.Sprintf("revisions are written for %s too, and no server of it is known: name a database there with --server, or leave the engine out by naming the others with --dialect", e.Dialect)
}

func (i *invocation) verify() error {
	servers, dialects, err := i.verifyServers()
	if err != nil {
		return err
	}
	options, err := i.rehearsalOptions()
	if err != nil {
		return err
	}
	built, err := i.build(revisionsOnly, dialects)
	if err != nil {
		return err
	}
	reports := make([]verify.Report, len(servers))
	for n, url := range servers {
		request := protocol.Request{Command: protocol.Rehearse, Run: &protocol.RunRequest{
			URL: url, Targets: i.Args().Slice(), Options: options, Events: true,
			Rehearse: protocol.RehearseOptions{Namespaces: i.config.Schemas},
		}}
		if dialects[n] == schema.MySQL {
			scratch, err := i.scratch()
			if err != nil {
				return err
			}
			request.Run.Rehearse.Scratch = scratch.Database
		}
		listener := process.Listener{Event: i.tellStatements}
		if err := built.driver.Call(i.ctx, request, listener, &reports[n]); err != nil {
			return fmt.Errorf("verify on %s: %w", dialects[n], explain(err))
		}
	}
	return i.answerReports(reports)
}

// rehearsalOptions are how a project runs its revisions.
func (i *invocation) rehearsalOptions() (protocol.Options, error) {
	options, err := i.runOptions()
	options.Transaction = ""
	return options, err
}

// verifyServers returns one database URL for each engine to verify.
func (i *invocation) verifyServers() (urls []string, dialects []schema.Dialect, err error) {
	if dialects, err = i.verifyDialects(); err != nil {
		return nil, nil, err
	}
	known := map[schema.Dialect]string{}
	for _, url := range i.StringSlice("server") {
		dialect, err := introspect.DialectOf(url)
		if err != nil {
			return nil, nil, err
		}
		if !slices.Contains(dialects, dialect) {
			return nil, nil, &arguments.UsageError{Command: "verify", Text: fmt.Sprintf("--server %s is of %s, which is not verified", introspect.MaskURL(url), dialect)}
		}
		known[dialect] = url
	}
	// What the URL is for is told by itself; a project without one may still name servers.
	if url, err := i.databaseURL(); err == nil {
		if dialect, err := introspect.DialectOf(url); err == nil && known[dialect] == "" {
			known[dialect] = url
		}
	}
	for _, dialect := range dialects {
		url := known[dialect]
		if url == "" && dialect == schema.SQLite {
			url = "sqlite::memory:"
		}
		if url == "" {
			return nil, nil, &NoServerError{Dialect: dialect}
		}
		urls = append(urls, url)
	}
	return urls, dialects, nil
}

func (i *invocation) verifyDialects() ([]schema.Dialect, error) {
	all, err := i.dialects()
	if err != nil || !i.IsSet("dialect") {
		return all, err
	}
	var chosen []schema.Dialect
	for _, name := range i.StringSlice("dialect") {
		dialect, err := schema.ParseDialect(name)
		if err == nil && !slices.Contains(all, dialect) {
			err = fmt.Errorf("revisions are written for %s, not for %s", joinDialects(all), dialect)
		}
		if err != nil {
			return nil, &arguments.UsageError{Command: "verify", Text: err.Error()}
		}
		if !slices.Contains(chosen, dialect) {
			chosen = append(chosen, dialect)
		}
	}
	return chosen, nil
}

func (i *invocation) answerReports(reports []verify.Report) error {
	holds := !slices.ContainsFunc(reports, func(r verify.Report) bool { return !r.Holds() })
	err := i.answer(map[string]any{"holds": holds, "servers": reports}, func(w io.Writer) error {
		for _, report := range reports {
			if err := writeReport(w, i.style(w), report); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || holds {
		return err
	}
	return &outcome{code: exitDifferences}
}

func writeReport(w io.Writer, style output.Style, report verify.Report) error {
	var out strings.Builder
	for _, o := range report.Revisions {
		mark := style.Green("ok  ")
		if !o.Holds() {
			mark = style.Red("FAIL")
		}
		fmt.Fprintf(&out, "%s %s%s %s\n", mark, o.ID, messageSuffix(o.Message, style), style.Dim(fmt.Sprintf("(%s, %s)", plural(o.Statements, "statement"), shortTime(o.Elapsed))))
		for _, part := range []struct {
			when  string
			texts []string
		}{{"the upgrade", o.Up}, {"after the downgrade", o.Down}, {"after the second upgrade", o.Again}} {
			for _, text := range part.texts {
				fmt.Fprintf(&out, "     %s: %s\n", part.when, strings.ReplaceAll(text, "\n", "\n       "))
			}
		}
		if o.NoDowngrade != "" {
			fmt.Fprintf(&out, "     no way back: %s\n", o.NoDowngrade)
		}
		if !o.Holds() && o.File != "" {
			fmt.Fprintf(&out, "     %s:%d\n", o.File, o.Line)
		}
	}
	for _, text := range report.Account {
		fmt.Fprintf(&out, "%s the database is not as the revisions say: %s\n", style.Red("FAIL"), text)
	}
	if report.Stopped != "" {
		fmt.Fprintf(&out, "%s %s\n", style.Red("FAIL"), report.Stopped)
	}
	for _, text := range report.Unproved {
		fmt.Fprintf(&out, "%s: %s\n", style.Yellow("not proved"), text)
	}
	fmt.Fprintf(&out, "%s, in %s\n", report.String(), shortTime(report.Elapsed))
	_, err := io.WriteString(w, out.String())
	return err
}

// shortTime writes a duration as people read it: "35 ms", "1.42 s".
func shortTime(elapsed time.Duration) string {
	if elapsed < time.Second {
		return fmt.Sprintf("%d ms", elapsed.Milliseconds())
	}
	return fmt.Sprintf("%.2f s", elapsed.Seconds())
}
