// Package cmd is the command line of Retort: flags, prompts and printing. What the commands do is in the other packages.
package cmd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/output"
)

// Environment is what the command line takes from the process. [Process] returns the real one.
type Environment struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Lookup         func(variable string) (string, bool)
	Now            func() time.Time
}

// Process returns the environment of the running process.
func Process() Environment {
	return Environment{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Lookup: os.LookupEnv, Now: time.Now}
}

// Run carries out a command line, the program's name first, and returns the exit code: 0 done, 1 failed, 2 differences
// found, 3 a decision is needed, 4 a policy was violated, 130 interrupted.
func Run(args []string, environment Environment) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	app := New(environment)
	ordered, err := arguments.Normalize(app, args)
	if err == nil {
		err = app.RunContext(ctx, ordered)
	} else if jsonAsked(args) {
		_ = output.WriteJSON(environment.Stdout, output.Answer{Error: &output.Error{Code: "usage", Summary: err.Error()}})
		return exitFailed
	}
	return report(environment, err)
}

func jsonAsked(args []string) bool {
	for i, arg := range args {
		if arg == "--json" || arg == "--format=json" || arg == "--format" && i+1 < len(args) && args[i+1] == "json" {
			return true
		}
	}
	return false
}

// New returns the command line as an urfave/cli app, for programs that want to extend it. Its arguments have to be in the
// order of that library; [Run] puts them into it.
func New(environment Environment) *cli.App {
	p := &program{Environment: environment}
	app := &cli.App{
		Name:                 "retort",
		Usage:                "migrations for bun models: autogenerate, review, apply",
		UsageText:            "retort [global flags] command [flags] [arguments]",
		HideVersion:          true,
		HideHelpCommand:      true,
		EnableBashCompletion: true,
		// An expression of SQL may hold commas.
		DisableSliceFlagSeparator: true,
		Reader:                    environment.Stdin,
		Writer:                    environment.Stdout,
		ErrWriter:                 environment.Stderr,
		ExitErrHandler:            func(*cli.Context, error) {}, // Run reports errors
		OnUsageError:              func(_ *cli.Context, err error, _ bool) error { return &arguments.UsageError{Text: err.Error()} },
		Before:                    p.before,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "url", Usage: "the database, instead of RETORT_URL and of url in retort.yaml", DefaultText: ""},
			&cli.StringFlag{Name: "database", Usage: "the database of that name, of those in retort.yaml"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "read this file instead of the next retort.yaml upwards"},
			&cli.StringFlag{Name: "directory", Aliases: []string{"C"}, Usage: "run as if started in this directory"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			&cli.BoolFlag{Name: "no-input", Usage: "never ask, even on a terminal"},
			&cli.BoolFlag{Name: "timings", Usage: "say on standard error where the time went"},
		},
		Commands: p.commands(),
	}
	quietDefaults(app.Flags)
	for _, command := range app.Commands {
		quietDefaults(command.Flags)
		command.HideHelpCommand = true
		command.OnUsageError = func(c *cli.Context, err error, _ bool) error {
			return &arguments.UsageError{Command: c.Command.Name, Text: err.Error()}
		}
	}
	return app
}

// quietDefaults takes "(default: false)" out of the help text.
func quietDefaults(flags []cli.Flag) {
	for _, flag := range flags {
		if boolean, ok := flag.(*cli.BoolFlag); ok {
			boolean.DisableDefaultText = true
		}
	}
}

// program is one run of the command line.
type program struct {
	Environment
	colour   string
	noInput  bool
	timings  bool
	started  time.Time
	reported bool // the error was printed with the answer
}

func (p *program) before(c *cli.Context) error {
	p.started = time.Now()
	p.colour, p.noInput, p.timings = c.String("color"), c.Bool("no-input"), c.Bool("timings")
	switch p.colour {
	case "auto", "always", "never":
	default:
		return &arguments.UsageError{Text: "--color must be auto, always or never"}
	}
	if dir := c.String("directory"); dir != "" {
		if err := os.Chdir(dir); err != nil {
			return err
		}
		// The go command trusts PWD over getwd.
		if here, err := os.Getwd(); err == nil {
			return os.Setenv("PWD", here)
		}
	}
	return nil
}

// interactive reports whether somebody is there to answer questions.
func (p *program) interactive() bool {
	if p.noInput || !output.IsTerminal(p.Stdin) || !output.IsTerminal(p.Stderr) {
		return false
	}
	ci, _ := p.Lookup("CI")
	return ci == ""
}

// style returns how a stream is coloured.
func (p *program) style(stream any) output.Style { return output.StyleFor(stream, p.colour, p.Lookup) }

// errHelp ends a command that only printed its help.
var errHelp = errors.New("help was asked for")
