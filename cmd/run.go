package cmd

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/process"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func runFlags(flags ...cli.Flag) []cli.Flag {
	return append(severalFlags(flags...),
		waitFlag(),
		&cli.DurationFlag{Name: "lock-timeout", Usage: "how long a statement waits for locks before it lets others pass and tries again", DefaultText: "lock_timeout of retort.yaml"},
		&cli.IntFlag{Name: "lock-retries", Usage: "how often it tries again; -1 is never", DefaultText: fmt.Sprint(versions.DefaultLockRetries)},
		&cli.DurationFlag{Name: "statement-timeout", Usage: "how long a statement may run", DefaultText: "statement_timeout of retort.yaml"},
		&cli.BoolFlag{Name: "dry-run", Usage: "show what would run; PostgreSQL and SQLite carry it out and take it back"},
		&cli.StringFlag{Name: "transaction", Usage: "what one transaction holds: revision, all or none"},
		verboseRun(),
	)
}

func waitFlag() cli.Flag {
	return &cli.DurationFlag{Name: "wait", Usage: "how long to wait while another run holds the database; 0s is not at all", DefaultText: "wait of retort.yaml, 5m"}
}

func verboseRun() cli.Flag {
	return &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "show the statements"}
}

func sqlFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "sql", Usage: "print the statements instead of running them; needs no database"},
		&cli.StringFlag{Name: "dialect", Usage: "the engine that --sql is for, if the configuration names several"},
		&cli.StringFlag{Name: "server-version", Usage: "the version of the server that --sql is for: 15.4, mariadb-10.11"},
	}
}

func (p *program) upgradeCommand() *cli.Command {
	return &cli.Command{
		Name: "upgrade", Category: "database", Usage: "apply revisions up to a target", ArgsUsage: "REVISION   (head, heads, +1, an ID or its beginning, LABEL@head; FROM:TO with --sql)",
		Flags: withFormat(runFlags(append(sqlFlags(), failOnFlag("apply nothing and exit with 4 if the revisions have findings of these"))...)...),
		Action: p.action(arity{1, 1}, func(i *invocation) error {
			if err := i.lintUpgrade(i.Args().First()); err != nil {
				return err
			}
			return i.migrate(protocol.Upgrade)
		}),
	}
}

func (p *program) downgradeCommand() *cli.Command {
	return &cli.Command{
		Name: "downgrade", Category: "database", Usage: "revert revisions down to a target", ArgsUsage: "REVISION   (-1, base, an ID or its beginning, LABEL@base; FROM:TO with --sql)",
		Flags:  withFormat(runFlags(sqlFlags()...)...),
		Action: p.action(arity{1, 1}, func(i *invocation) error { return i.migrate(protocol.Downgrade) }),
	}
}

func (i *invocation) migrate(command protocol.Command) error {
	target := i.Args().First()
	if i.Bool("sql") {
		return i.script(command, []string{target})
	}
	if strings.Contains(target, ":") {
		return &arguments.UsageError{Command: i.Command.Name, Text: "a range such as " + target + " needs --sql"}
	}
	return i.run(command, []string{target}, protocol.StampOptions{})
}

func (p *program) stampCommand() *cli.Command {
	return &cli.Command{
		Name: "stamp", Category: "database", Usage: "write the revision of the database without running anything", ArgsUsage: "REVISION…   (FROM:TO with --sql)",
		Flags: withFormat(severalFlags(append(sqlFlags(), &cli.BoolFlag{Name: "purge", Usage: "remove all rows of the version table first, also unknown ones"},
			waitFlag(), verboseRun())...)...),
		Action: p.action(arity{1, anyNumber}, func(i *invocation) error {
			if i.Bool("sql") {
				return i.script(protocol.Stamp, i.Args().Slice())
			}
			return i.run(protocol.Stamp, i.Args().Slice(), protocol.StampOptions{Purge: i.Bool("purge")})
		}),
	}
}

func (p *program) ensureVersionCommand() *cli.Command {
	return &cli.Command{
		Name: "ensure-version", Category: "database", Usage: "create the version and history tables if they are missing",
		Flags: withFormat(sqlFlags()...),
		Action: p.action(arity{}, func(i *invocation) error {
			if i.Bool("sql") {
				return i.script(protocol.Ensure, nil)
			}
			return i.run(protocol.Ensure, nil, protocol.StampOptions{})
		}),
	}
}

// runOptions are those of the configuration and the flags.
func (i *invocation) runOptions() (protocol.Options, error) {
	configured := i.versionsOptions()
	options := protocol.Options{
		VersionTable: configured.VersionTable, HistoryTable: configured.HistoryTable,
		Wait: configured.Wait, LockTimeout: configured.LockTimeout, Statement: configured.StatementTimeout, ToolVersion: configured.ToolVersion,
		LockRetries: i.Int("lock-retries"), DryRun: i.Bool("dry-run"),
		Transaction: versions.TransactionMode(i.String("transaction")),
	}
	for name, into := range map[string]*time.Duration{"wait": &options.Wait, "lock-timeout": &options.LockTimeout, "statement-timeout": &options.Statement} {
		if i.IsSet(name) {
			*into = i.Duration(name)
		}
	}
	if i.IsSet("wait") && options.Wait == 0 {
		options.Wait = -1
	}
	switch options.Transaction {
	case versions.TransactionDefault, versions.TransactionRevision, versions.TransactionAll, versions.TransactionNone:
		return options, nil
	}
	return options, &arguments.UsageError{Command: i.Command.Name, Text: fmt.Sprintf("--transaction cannot be %q: use revision, all or none", options.Transaction)}
}

// script prints the statements of a range.
func (i *invocation) script(command protocol.Command, targets []string) error {
	if i.Bool("all") {
		return &arguments.UsageError{Command: i.Command.Name, Text: "--sql needs no database, and --all asks for several"}
	}
	switch {
	case command == protocol.Downgrade && !strings.Contains(targets[0], ":"):
		return &arguments.UsageError{Command: i.Command.Name, Text: "--sql needs a range from:to, such as head:" + targets[0]}
	case i.Bool("purge"):
		return &arguments.UsageError{Command: i.Command.Name, Text: "--purge looks at the rows that are there, and --sql at no database: use one of them"}
	}
	server, err := i.scriptServer()
	if err != nil {
		return err
	}
	options, err := i.runOptions()
	if err != nil {
		return err
	}
	built, err := i.build(revisionsOnly, []schema.Dialect{server.Dialect})
	if err != nil {
		return err
	}
	var text strings.Builder
	listener := process.Listener{Text: func(piece string) error {
		_, err := text.WriteString(piece)
		return err
	}}
	request := protocol.Request{Command: protocol.Script, Run: &protocol.RunRequest{Server: server, Targets: targets, Options: options, Of: command, Down: command == protocol.Downgrade}}
	var result struct{}
	if err := built.driver.Call(i.ctx, request, listener, &result); err != nil {
		return err
	}
	// Only now: half a script must not look like a whole one.
	return i.answer(map[string]any{"dialect": server.Dialect, "sql": text.String()}, func(w io.Writer) error {
		_, err := io.WriteString(w, text.String())
		return err
	})
}

func (i *invocation) scriptServer() (schema.Server, error) {
	usage := func(format string, args ...any) error {
		return &arguments.UsageError{Command: i.Command.Name, Text: fmt.Sprintf(format, args...)}
	}
	var server schema.Server
	if name := i.String("dialect"); name != "" {
		dialect, err := schema.ParseDialect(name)
		if err != nil {
			return server, usage("%v", err)
		}
		server.Dialect = dialect
		if strings.EqualFold(name, "mariadb") {
			server.Flavor = schema.MariaDB
		}
	} else {
		dialects, err := i.dialects()
		if err != nil {
			return server, err
		}
		if len(dialects) > 1 {
			return server, usage("the project has several engines (%s): say which with --dialect", joinDialects(dialects))
		}
		server.Dialect = dialects[0]
	}
	text := i.String("server-version")
	if text == "" {
		return server, nil
	}
	if rest, found := strings.CutPrefix(strings.ToLower(text), "mariadb-"); found {
		text, server.Flavor = rest, schema.MariaDB
	}
	if n, _ := fmt.Sscanf(text, "%d.%d.%d", &server.Version.Major, &server.Version.Minor, &server.Version.Patch); n == 0 {
		return server, usage("--server-version %q is no version: write it as 15.4 or mariadb-10.11", i.String("server-version"))
	}
	return server, nil
}

func joinDialects(dialects []schema.Dialect) string {
	names := make([]string, len(dialects))
	for i, dialect := range dialects {
		names[i] = string(dialect)
	}
	return strings.Join(names, ", ")
}
