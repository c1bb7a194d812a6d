package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

func (p *program) diffCommand() *cli.Command {
	return &cli.Command{
		Name: "diff", Category: "review", Usage: "show what leads from one schema to another", ArgsUsage: "FROM TO   (" + sourceUsage + ")",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "text, sql, go (a revision), bun (a migration for bun's own migrator), json or markdown", DefaultText: "text"},
			&cli.BoolFlag{Name: "sql", Usage: "the same as --format sql"},
			&cli.BoolFlag{Name: "json", Usage: "the same as --format json"},
			&cli.BoolFlag{Name: "down", Usage: "show the way back, from TO to FROM"},
			&cli.StringFlag{Name: "dialect", Usage: "the engine, if no source is a database and the configuration names several"},
		}, filterFlags(), compareFlags()),
		Action: p.action(arity{2, 2}, (*invocation).diff),
	}
}

func (i *invocation) diff() error {
	if i.Bool("sql") {
		i.format = formatSQL
	}
	found, err := i.compareSources()
	if err != nil {
		return err
	}
	return i.answerDiff(found)
}

// compareSources reads both sources and works out what leads from the one to the other.
func (i *invocation) compareSources() (comparison, error) {
	from, err := parseSource(i.Args().Get(0))
	if err != nil {
		return comparison{}, err
	}
	to, err := parseSource(i.Args().Get(1))
	if err != nil {
		return comparison{}, err
	}
	if from.isCode() && !to.isCode() || from.kind == "models" && to.kind == "migrations" {
		// What is nobody's on the far side is no difference in this direction either.
		return i.compareBackwards(from, to)
	}
	return i.compareForwards(from, to, nil)
}

// compareBackwards works out what leads from the second source to the first, and turns it around.
func (i *invocation) compareBackwards(from, to source) (comparison, error) {
	found, err := i.compareForwards(to, from, func(options *diff.Options) {
		for n, intent := range options.Intents {
			if !intent.Never {
				options.Intents[n].From, options.Intents[n].To = intent.To, intent.From
			}
		}
	})
	if err != nil || found.result.Plan.Empty() {
		return found, err
	}
	return wayBack(found)
}

// compareForwards works out what leads from one source to another. Where code is one side, only what the revisions made
// counts on the other; between two databases or files everything does.
func (i *invocation) compareForwards(from, to source, change func(*diff.Options)) (comparison, error) {
	options, err := i.diffOptions()
	if err != nil {
		return comparison{}, err
	}
	if change != nil {
		change(&options)
	}
	filter, err := i.filter()
	if err != nil {
		return comparison{}, err
	}
	s := &sources{invocation: i}
	defer s.close()
	databases, err := s.connect(from, to)
	if err != nil {
		return comparison{}, err
	}
	target, _, err := s.read(to, databases[1])
	if err != nil {
		return comparison{}, err
	}
	current, declared, err := s.read(from, databases[0])
	if err != nil {
		return comparison{}, err
	}
	recorded := current
	if declared && s.database != nil {
		if current, err = s.canonical(current); err != nil {
			return comparison{}, err
		}
	}
	switch {
	case from.kind == "migrations":
		options.Owned = recorded
	case to.kind == "migrations" && to.text == "":
		options.Owned = target
	case to.isCode():
		if options.Owned, err = s.code(source{kind: "migrations"}); err != nil {
			return comparison{}, err
		}
	}
	i.noteUnmatched(filter, current, target)
	current, target = filter.apply(current), filter.apply(target)
	result, err := autogen.Run(i.ctx, autogen.Input{Current: current, Target: target, Database: s.database, Diff: options, NoProof: true})
	if err != nil {
		return comparison{}, err
	}
	return comparison{dialect: s.dialect, current: current, target: target, result: result, live: s.database != nil}, nil
}

// wayBack turns a comparison around: what undoes its operations, from the target.
func wayBack(found comparison) (comparison, error) {
	plan := *found.result.Plan
	if plan.Irreversible != "" {
		return found, fmt.Errorf("there is no way back: %s", plan.Irreversible)
	}
	after, err := op.Replay(found.current, plan.Operations)
	if err != nil {
		return found, err
	}
	plan.Operations, plan.Reverse, plan.Findings = plan.Reverse, plan.Operations, nil
	result := *found.result
	result.Plan = &plan
	found.current, found.target, found.result = after, found.current, &result
	return found, nil
}

func (i *invocation) answerDiff(found comparison) error {
	if i.Bool("down") {
		var err error
		if found, err = wayBack(found); err != nil {
			return err
		}
	}
	plan := found.result.Plan
	script, err := sqlOf(found.current, plan.Operations)
	if err != nil && i.format == formatSQL {
		return err
	}
	answer := struct {
		engineAnswer
		SQL string `json:"sql,omitempty"`
	}{answersOf([]comparison{found})[0], script}
	err = i.answer(answer, func(w io.Writer) error {
		switch i.format {
		case formatSQL:
			_, err := io.WriteString(w, script)
			return err
		case formatGo:
			return i.writeGo(w, found)
		case formatBun:
			return i.writeBun(w, found)
		case formatMarkdown:
			return writeMarkdown(w, answer.engineAnswer, script)
		}
		return writeChanges(w, i.style(w), answer.Changes)
	})
	if err != nil {
		return err
	}
	i.notes([]comparison{found})
	switch {
	case plan.Empty():
		return nil
	case len(plan.Decisions()) > 0:
		return &outcome{code: exitDecision}
	}
	return &outcome{code: exitDifferences}
}

// writeGo writes the difference as the revision that it would be.
func (i *invocation) writeGo(w io.Writer, found comparison) error {
	if found.result.Plan.Empty() {
		return nil
	}
	source, err := goRevision("change the schema", enginePlan(found))
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, source)
	return err
}

// writeBun writes the difference as a migration for bun's own migrator.
func (i *invocation) writeBun(w io.Writer, found comparison) error {
	if found.result.Plan.Empty() {
		return nil
	}
	file, err := bunFile("change the schema", found)
	if err != nil {
		return err
	}
	source, err := render.Bun(file)
	if err != nil {
		return err
	}
	_, err = w.Write(source)
	return err
}

// writeMarkdown writes the difference for a pull request.
func writeMarkdown(w io.Writer, answer engineAnswer, script string) error {
	if len(answer.Changes) == 0 {
		_, err := fmt.Fprintf(w, "No changes (%s).\n", answer.Dialect)
		return err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "### %s on %s\n\n| | Change | Model |\n|---|---|---|\n", plural(len(answer.Changes), "change"), answer.Dialect)
	cell := strings.NewReplacer("|", "\\|", "\n", " ")
	for _, change := range answer.Changes {
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", change.Mark, cell.Replace(change.Text), cell.Replace(change.Origin))
	}
	for _, finding := range answer.Findings {
		fmt.Fprintf(&out, "\n**%s** %s: %s", finding.Severity, finding.Object, finding.Text)
		if finding.Way != "" {
			fmt.Fprintf(&out, " (%s)", finding.Way)
		}
		out.WriteString("\n")
	}
	fence := "```"
	for strings.Contains(script, fence) {
		fence += "`"
	}
	fmt.Fprintf(&out, "\n%ssql\n%s%s\n", fence, script, fence)
	_, err := io.WriteString(w, out.String())
	return err
}

// sqlOf writes operations as a script.
func sqlOf(before *schema.Schema, operations []op.Operation) (string, error) {
	statements, err := ddl.Compile(before.Server, before, operations)
	if err != nil {
		return "", err
	}
	return render.Script(before.Server.Dialect, statements), nil
}
