package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (p *program) diffCommand() *cli.Command {
	return &cli.Command{
		Name: "diff", Category: "review", Usage: "show what leads from one schema to another", ArgsUsage: "FROM TO   (" + sourceUsage + ")",
		Flags: withFormat(&cli.BoolFlag{Name: "sql", Usage: "print SQL"},
			&cli.StringFlag{Name: "dialect", Usage: "the engine, if no source is a database and the configuration names several"},
			&cli.StringFlag{Name: "renames", Value: "flag", Usage: "what becomes of likely renames: flag, accept or never"}),
		Action: p.action(arity{2, 2}, (*invocation).diff),
	}
}

func (i *invocation) diff() error {
	from, err := parseSource(i.Args().Get(0))
	if err != nil {
		return err
	}
	to, err := parseSource(i.Args().Get(1))
	if err != nil {
		return err
	}
	options, err := i.diffOptions()
	if err != nil {
		return err
	}
	s := &sources{invocation: i}
	defer s.close()
	databases, err := s.connect(from, to)
	if err != nil {
		return err
	}
	target, _, err := s.read(to, databases[1])
	if err != nil {
		return err
	}
	current, declared, err := s.read(from, databases[0])
	if err != nil {
		return err
	}
	if declared && s.database != nil {
		if current, err = s.canonical(current); err != nil {
			return err
		}
	}
	result, err := autogen.Run(i.ctx, autogen.Input{Current: current, Target: target, Database: s.database, Diff: options, NoProof: true})
	if err != nil {
		return err
	}
	return i.answerDiff(comparison{dialect: s.dialect, current: current, target: target, result: result, live: s.database != nil})
}

func (i *invocation) answerDiff(found comparison) error {
	plan := found.result.Plan
	script, err := sqlOf(found.current, plan.Operations)
	if err != nil && i.Bool("sql") {
		return err
	}
	answer := struct {
		engineAnswer
		SQL string `json:"sql,omitempty"`
	}{answersOf([]comparison{found})[0], script}
	err = i.answer(answer, func(w io.Writer) error {
		if i.Bool("sql") {
			_, err := io.WriteString(w, script)
			return err
		}
		return writeChanges(w, i.style(w), answer.Changes)
	})
	if err != nil {
		return err
	}
	i.notes([]comparison{found})
	if plan.Empty() {
		return nil
	}
	return &outcome{code: exitDifferences}
}

// sqlOf writes operations as a script.
func sqlOf(before *schema.Schema, operations []op.Operation) (string, error) {
	statements, err := ddl.Compile(before.Server, before, operations)
	if err != nil {
		return "", err
	}
	return scriptOf(statements), nil
}

func scriptOf(statements []ddl.Statement) string {
	var out strings.Builder
	for _, statement := range statements {
		if statement.Describe != "" {
			fmt.Fprintf(&out, "-- %s\n", strings.ReplaceAll(statement.Describe, "\n", "\n-- "))
		}
		if statement.SQL != "" && statement.Guard == "" {
			fmt.Fprintf(&out, "%s;\n", statement.SQL)
		}
	}
	return out.String()
}

func (p *program) inspectCommand() *cli.Command {
	return &cli.Command{
		Name: "inspect", Category: "review", Usage: "show the schema of a database, or of another source, as SQL or JSON", ArgsUsage: "[SOURCE]   (" + sourceUsage + ")",
		Flags:  withFormat(&cli.StringFlag{Name: "dialect", Usage: "the engine, if the source is no database and the configuration names several"}),
		Action: p.action(arity{0, 1}, (*invocation).inspect),
	}
}

func (i *invocation) inspect() error {
	wanted := source{kind: "database"}
	if i.Args().Present() {
		var err error
		if wanted, err = parseSource(i.Args().First()); err != nil {
			return err
		}
	}
	s := &sources{invocation: i}
	defer s.close()
	databases, err := s.connect(wanted)
	if err != nil {
		return err
	}
	read, _, err := s.read(wanted, databases[0])
	if err != nil {
		return err
	}
	for _, problem := range read.Problems {
		i.note("warning: %s could not be read: %s", problem.Object, problem.Reason)
	}
	return i.answer(read, func(w io.Writer) error {
		statements, err := ddl.Create(read.Server, read)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, scriptOf(statements))
		return err
	})
}
