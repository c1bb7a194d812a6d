package cmd

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/review/markdown"
	"github.com/retort-db/retort/review/page"
	"github.com/retort-db/retort/schema"
)

const formatHTML output.Format = "html"

func (p *program) reviewCommand() *cli.Command {
	return &cli.Command{
		Name: "review", Category: "review", Usage: "show what a reviewer should know about the revisions that this branch adds",
		Description: "Finds them with git: what the working tree has and the commit in which the branch left its base has not. Files that\n" +
			"are not committed count. Reads no database, and needs no token. Exits with 4 if --fail-on forbids what was found.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "base", Usage: "the branch that this one is to be merged into", DefaultText: "that of the pull request, origin's default branch, main or master"},
			&cli.StringFlag{Name: "format", Usage: "markdown, html, json, sarif, github or gitlab", DefaultText: "markdown"},
			&cli.BoolFlag{Name: "json", Usage: "short for --format json"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to this file instead"},
			&cli.StringFlag{Name: "stats", Usage: "a file of retort stats with the sizes of tables"},
			failOnFlag("exit with 4 on these"),
		},
		Action: p.action(arity{}, (*invocation).review),
	}
}

func (i *invocation) review() error {
	policy, err := i.policy()
	if err != nil {
		return err
	}
	branch, err := i.branch()
	if err != nil {
		return err
	}
	in, err := i.reviewInput(branch)
	if err != nil {
		return err
	}
	report, err := review.Build(in)
	if err != nil {
		return err
	}
	if err := i.answerReview(report); err != nil {
		return err
	}
	forbidden := slices.DeleteFunc(slices.Clone(report.Findings), func(f review.Finding) bool { return !policy.Forbids(f.Finding) })
	if len(forbidden) == 0 {
		return nil
	}
	lines := make([]string, len(forbidden))
	for n, f := range forbidden {
		lines[n] = fmt.Sprintf("  %s:%d: %s: %s", f.Place.File, f.Place.Line, f.Rule, f.Text)
	}
	return &outcome{code: exitPolicy, text: fmt.Sprintf("--fail-on %s forbids:\n%s", strings.Join(policy, ","), strings.Join(lines, "\n"))}
}

// reviewInput gathers what the report is made of.
func (i *invocation) reviewInput(b *branch) (review.Input, error) {
	in := review.Input{Base: b.base, Uncommitted: b.uncommitted, Troubles: b.troubles, Revisions: b.added, Lint: i.config.Lint}
	sizes, known, err := i.lintStatistics()
	if err != nil {
		return in, err
	}
	if sizes != nil {
		in.Sizes, in.SizesOf = sizes, known.String()
	}
	dialects, err := i.dialects()
	if err != nil {
		return in, err
	}
	if len(b.added) == 0 {
		for _, dialect := range dialects {
			in.Engines = append(in.Engines, review.Engine{Server: schema.Server{Dialect: dialect}})
		}
		return in, nil
	}
	built, err := i.build(modelsAndRevisions, dialects)
	if err != nil {
		return in, err
	}
	request := protocol.LoadRequest{Models: true, Replay: &b.before}
	for _, source := range b.added {
		request.Operations = append(request.Operations, source.ID)
	}
	for _, dialect := range dialects {
		request.Dialects = append(request.Dialects, protocol.DialectOptions{Dialect: dialect, Reflect: i.reflectOptions(built, schema.Server{Dialect: dialect}, "")})
	}
	loaded, err := i.load(built, request)
	if err != nil {
		return in, err
	}
	i.warn(loaded)
	for _, one := range loaded.Dialects {
		engine := i.reviewEngine(b, one)
		if known.Dialect == one.Dialect {
			engine.Server = known
		}
		in.Engines = append(in.Engines, engine)
		for _, trouble := range i.engineTroubles(engine, b) {
			if !slices.Contains(in.Troubles, trouble) {
				in.Troubles = append(in.Troubles, trouble)
			}
		}
	}
	return in, nil
}

func (i *invocation) reviewEngine(b *branch, loaded protocol.Loaded) review.Engine {
	engine := review.Engine{Server: schema.Server{Dialect: loaded.Dialect}, Before: loaded.Replayed, Models: i.located(loaded.Models)}
	for _, source := range b.added {
		var recorded protocol.Recorded
		for _, one := range loaded.Revisions {
			if one.ID == source.ID {
				recorded = one
			}
		}
		recorded.Restore()
		engine.Revisions = append(engine.Revisions, review.Recorded{
			Upgrade: recorded.Upgrade, Downgrade: recorded.Downgrade, Irreversible: recorded.Irreversible, Transaction: recorded.Transaction,
			Places: b.located(recorded.Places),
		})
	}
	return engine
}

// located names the files of the models as the repository does.
func (i *invocation) located(models *schema.Schema) *schema.Schema {
	root := repositoryRoot(i.config.Dir)
	named := map[string]string{}
	name := func(origin *schema.Origin) {
		if _, known := named[origin.File]; !known {
			named[origin.File] = inRepository(modelPath(i, origin.File), root)
		}
		origin.File = named[origin.File]
	}
	out := models.Clone()
	for table := range out.Tables.All() {
		name(&table.Origin)
		for _, c := range table.Columns {
			name(&c.Origin)
		}
		if table.PrimaryKey != nil {
			name(&table.PrimaryKey.Origin)
		}
		for _, u := range table.Uniques {
			name(&u.Origin)
		}
		for _, f := range table.ForeignKeys {
			name(&f.Origin)
		}
		for _, c := range table.Checks {
			name(&c.Origin)
		}
		for _, e := range table.Exclusions {
			name(&e.Origin)
		}
		for _, x := range table.Indexes {
			name(&x.Origin)
		}
	}
	for enum := range out.Enums.All() {
		name(&enum.Origin)
	}
	return out
}

// engineTroubles are steps that nobody understands, and changes of the models that no revision has.
func (i *invocation) engineTroubles(engine review.Engine, b *branch) []review.Trouble {
	var out []review.Trouble
	state := engine.Before
	for n, recorded := range engine.Revisions {
		for _, operation := range recorded.Upgrade {
			if exec, ok := operation.(*op.Exec); ok && exec.Opaque() {
				out = append(out, review.Trouble{
					ID: "opaque", Severity: lint.Warning, Text: fmt.Sprintf("nobody knows what this step of revision %s does to the schema: %s", b.added[n].ID, operation),
					Way: "say it with .Changes(…) or .NoSchemaChange()", Place: review.Place{File: b.added[n].File, Line: b.added[n].Line},
				})
			}
		}
		after, err := op.Replay(state, recorded.Upgrade)
		if err != nil {
			return out // Build tells
		}
		state = after
	}
	if len(out) > 0 {
		return out // what the models have more may be what those steps do
	}
	// What stands apart from the base, as after a merge that is due, would show as well.
	if b.tainted {
		return nil
	}
	found, err := i.compareOne(nil, protocol.Loaded{Dialect: engine.Server.Dialect, Replayed: state, Models: engine.Models}, nil, side{diff: diff.Options{Ignore: i.ignored()}})
	if err != nil || found.result.Plan.Empty() {
		return nil
	}
	const most = 3
	changes := changesOf(found.result.Plan.Operations, found.target)
	var texts []string
	for n, change := range changes {
		if n == most {
			texts = append(texts, fmt.Sprintf("and %d more", len(changes)-most))
			break
		}
		texts = append(texts, change.Text)
	}
	return []review.Trouble{{
		ID: "drift", Severity: lint.Danger, Text: fmt.Sprintf("the models have what no revision has: %s", strings.Join(texts, "; ")),
		Way: `retort revision --autogenerate -m "…"`, Place: review.Place{File: changes[0].File, Line: changes[0].Line},
	}}
}

// answerReview writes the report in the form that was asked for.
func (i *invocation) answerReview(report *review.Report) error {
	var out bytes.Buffer
	var err error
	switch i.format {
	case output.JSON:
		i.reported = true
		err = output.WriteJSON(&out, output.Answer{Command: i.Command.Name, Result: report})
	case formatHTML:
		out.WriteString(page.Write(report))
	case formatSARIF:
		var log []byte
		annotations := report.Annotations()
		log, err = render.SARIF(annotations, review.Rules(annotations))
		out.Write(log)
	case formatGitLab:
		var list []byte
		list, err = render.GitLabCodeQuality(report.Annotations())
		out.Write(list)
	case formatGitHub:
		out.WriteString(render.GitHubAnnotations(report.Annotations()))
	default:
		out.WriteString(markdown.Write(report, markdown.Options{}))
	}
	if err != nil {
		return err
	}
	if path := i.String("output"); path != "" {
		return os.WriteFile(path, out.Bytes(), 0o644)
	}
	_, err = i.Stdout.Write(out.Bytes())
	return err
}

func modelPath(i *invocation, file string) string {
	return (&checking{invocation: i}).modelFile(file)
}
