package cmd_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd"
)

var update = flag.Bool("update", false, "write the reference of the commands")

const (
	referenceFile  = "../docs/commands.md"
	referenceBegin = "<!-- What follows is written by: go test ./cmd -run TestCommandReference -update -->\n"
)

// TestCommandReference compares the reference with the program.
func TestCommandReference(t *testing.T) {
	content, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	written, _, found := strings.Cut(string(content), referenceBegin)
	if !found {
		t.Fatalf("%s has no line %q", referenceFile, referenceBegin)
	}
	want := written + referenceBegin + reference(app())
	if *update {
		if err := os.WriteFile(referenceFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(content)); diff != "" {
		t.Errorf("%s is not what the program says; go test ./cmd -run TestCommandReference -update\n%s", referenceFile, diff)
	}
}

// TestEveryCommandIsExplained: no command and no flag goes without words, and every category is in the reference.
func TestEveryCommandIsExplained(t *testing.T) {
	for _, command := range app().VisibleCommands() {
		if command.Usage == "" || categories[command.Category] == "" {
			t.Errorf("%s: usage %q, category %q", command.Name, command.Usage, command.Category)
		}
		for _, f := range command.VisibleFlags() {
			if documented, ok := f.(cli.DocGenerationFlag); !ok || documented.GetUsage() == "" {
				t.Errorf("%s: --%s has no words", command.Name, f.Names()[0])
			}
		}
	}
}

func app() *cli.App {
	return cmd.New(cmd.Environment{
		Stdin: strings.NewReader(""), Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now,
		Lookup: func(string) (string, bool) { return "", false },
	})
}

// categories are the groups of commands, with what they work on.
var categories = map[string]string{
	"write": "revision files", "review": "models, revisions and databases, side by side", "database": "the database",
	"history": "the graph of revisions", "tool": "the tool itself",
}

// reference writes all commands with their flags.
func reference(app *cli.App) string {
	var out strings.Builder
	out.WriteString("\n## Overview\n\n| Command | What it does |\n|---|---|\n")
	for _, command := range app.VisibleCommands() {
		fmt.Fprintf(&out, "| [`%s`](#retort-%s) | %s |\n", command.Name, command.Name, cell(command.Usage))
	}
	out.WriteString("\nFlags of every command, before or after its name:\n\n")
	out.WriteString(flagTable(app.VisibleFlags()))
	for _, command := range app.VisibleCommands() {
		fmt.Fprintf(&out, "\n## retort %s\n\n%s.\n", command.Name, upperFirst(command.Usage))
		usage := "retort " + command.Name
		if len(command.VisibleFlags()) > 0 {
			usage += " [flags]"
		}
		arguments, about, _ := strings.Cut(command.ArgsUsage, "   ")
		if arguments != "" {
			usage += " " + arguments
		}
		fmt.Fprintf(&out, "\n```\n%s\n```\n", usage)
		if about != "" {
			fmt.Fprintf(&out, "\n`%s`: %s.\n", arguments, strings.Trim(strings.TrimSpace(about), "()"))
		}
		if command.Description != "" {
			fmt.Fprintf(&out, "\n%s\n", command.Description)
		}
		if table := flagTable(command.VisibleFlags()); table != "" {
			out.WriteString("\n" + table)
		}
	}
	return out.String()
}

func flagTable(flags []cli.Flag) string {
	var rows strings.Builder
	for _, f := range flags {
		documented, ok := f.(cli.DocGenerationFlag)
		if !ok || f.Names()[0] == "help" {
			continue
		}
		var names []string
		for _, name := range f.Names() {
			dashes := "--"
			if len(name) == 1 {
				dashes = "-"
			}
			names = append(names, "`"+dashes+name+"`")
		}
		value := ""
		if documented.TakesValue() {
			if value = documented.GetDefaultText(); value == `""` {
				value = ""
			}
			value = strings.Trim(value, `"`)
		}
		if _, isSlice := f.(*cli.StringSliceFlag); isSlice {
			names[len(names)-1] += " …"
		}
		fmt.Fprintf(&rows, "| %s | %s | %s |\n", strings.Join(names, ", "), cell(documented.GetUsage()), cell(value))
	}
	if rows.Len() == 0 {
		return ""
	}
	return "| Flag | Meaning | Default |\n|---|---|---|\n" + rows.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
