package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/databases"
	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/internal/overlay"
)

// invocation is one command at work.
type invocation struct {
	// chosen is the database that --database names, once it was looked up.
	chosen *databases.Database
	*program
	*cli.Context
	ctx    context.Context
	format output.Format
	config *config.Config
	// staged holds what the next commit would have instead of what is on disk; nil if that is what is looked at.
	staged overlay.Files
}

// formatFlags are those of every command that answers.
func formatFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json"},
		&cli.BoolFlag{Name: "json", Usage: "short for --format json"},
	}
}

// arity bounds the positional arguments of a command.
type arity struct{ least, most int }

// anyNumber is for commands that take as many arguments as there are.
const anyNumber = 1 << 20

// action makes an urfave/cli action of a command. The configuration is read before it runs.
func (p *program) action(arity arity, do func(i *invocation) error) cli.ActionFunc {
	return p.bare(arity, func(i *invocation) error {
		here, err := os.Getwd()
		if err != nil {
			return err
		}
		file := i.Context.String("config")
		if file == "" {
			file, _ = p.Lookup("RETORT_CONFIG")
		}
		i.config, err = config.Load(here, file)
		if err != nil {
			return err
		}
		return do(i)
	})
}

// bare is action for commands that need no configuration.
func (p *program) bare(arity arity, do func(i *invocation) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		i := &invocation{program: p, Context: c, ctx: c.Context, format: output.Text}
		err := i.checkArguments(arity)
		if err == nil {
			err = i.readFormat()
		}
		if err == nil {
			err = do(i)
		}
		if err == nil || i.format != output.JSON || i.reported {
			return err
		}
		var ended *outcome
		if errors.As(err, &ended) && ended.text == "" {
			return err
		}
		if writeErr := output.WriteJSON(i.Stdout, output.Answer{Command: c.Command.Name, Error: answerError(err)}); writeErr != nil {
			return errors.Join(err, writeErr)
		}
		return answered{err}
	}
}

func (i *invocation) checkArguments(arity arity) error {
	count := i.Args().Len()
	usage := func(format string, args ...any) error {
		return &arguments.UsageError{Command: i.Command.Name, Text: fmt.Sprintf(format, args...)}
	}
	switch {
	case count > arity.most && arity.most == 0:
		return usage("it takes no arguments, got %q", i.Args().First())
	case count > arity.most:
		return usage("too many arguments: %s", strings.Join(i.Args().Slice()[arity.most:], " "))
	case count < arity.least:
		return usage("an argument is missing: %s", i.Command.ArgsUsage)
	}
	for _, argument := range i.Args().Slice() {
		if strings.TrimSpace(argument) == "" {
			return usage("an argument is empty")
		}
	}
	return nil
}

func (i *invocation) readFormat() error {
	if i.Bool("json") {
		i.format = output.JSON
		return nil
	}
	switch format := output.Format(i.String("format")); format {
	case "", output.Text:
		return nil
	case output.JSON:
		i.format = format
		return nil
	default:
		further := furtherFormats[i.Command.Name]
		if slices.Contains(further, format) {
			i.format = format
			return nil
		}
		known := []string{"text"}
		for _, one := range further {
			known = append(known, string(one))
		}
		return &arguments.UsageError{Command: i.Command.Name, Text: fmt.Sprintf("--format cannot be %q: use %s or json", format, strings.Join(known, ", "))}
	}
}

// furtherFormats are the forms besides text and JSON that some commands have.
var furtherFormats = map[string][]output.Format{
	"inspect":  {formatSQL, formatGo, formatMermaid},
	"diff":     {formatSQL, formatGo, formatBun, formatMarkdown},
	"revision": {formatBun},
	"check":    {formatGitHub, formatSARIF, formatGitLab},
	"lint":     {formatGitHub, formatSARIF, formatGitLab},
	"review":   {formatMarkdown, formatHTML, formatSARIF, formatGitHub, formatGitLab},
}

// answer prints the result: in JSON as it is, otherwise by text.
func (i *invocation) answer(result any, text func(w io.Writer) error) error {
	if i.format != output.JSON {
		return text(i.Stdout)
	}
	i.reported = true
	return output.WriteJSON(i.Stdout, output.Answer{Command: i.Command.Name, Result: result})
}

// note prints a line for people, on standard error.
func (i *invocation) note(format string, args ...any) {
	fmt.Fprintf(i.Stderr, format+"\n", args...)
}

// databaseURL returns the database: the one that --database names, or else the flag goes before RETORT_URL, that before the
// file.
func (i *invocation) databaseURL() (string, error) {
	if chosen, err := i.chosenDatabase(); err != nil {
		return "", err
	} else if chosen != nil {
		return chosen.URL, nil
	}
	return i.baseURL()
}

// baseURL is the database of the project, whichever of several is asked for.
func (i *invocation) baseURL() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if given := i.String("url"); given != "" {
		return config.AbsoluteURL(given, here), nil
	}
	if given, ok := i.Lookup("RETORT_URL"); ok && given != "" {
		return config.AbsoluteURL(given, here), nil
	}
	if i.config.Databases.Several() && i.config.URL.Line == 0 {
		return "", &arguments.UsageError{Command: i.Command.Name, Text: "the project has several databases and no url: say which with --database NAME, or --url URL"}
	}
	return i.config.DatabaseURL(i.Lookup)
}

// shown returns a path as it is printed: relative to the working directory if it is below it.
func shown(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(relative, ".."+string(filepath.Separator)+"..") {
		return path
	}
	return relative
}
