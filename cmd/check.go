package cmd

import (
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name: "check", Category: "review", Usage: "tell whether the models have changes that no revision has",
		Description: "Compares the models with what the revisions make, without a database, and looks for what else is wrong with the\n" +
			"revisions. With --db it also compares the database with both. Writes nothing and asks nothing.\n" +
			"Exits with 2 if something was found, with 3 if only decisions are missing.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "staged", Usage: "look at what would be committed (git's index) instead of what is on disk"},
			&cli.BoolFlag{Name: "db", Usage: "compare the database too"},
			&cli.BoolFlag{Name: "include-foreign", Usage: "also count tables and other objects that no revision made"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "list hazards, and say on standard error where the time went"},
			&cli.StringFlag{Name: "format", Usage: "text, json, github, sarif or gitlab", DefaultText: "text"},
			&cli.BoolFlag{Name: "json", Usage: "short for --format json"},
		},
		Action: p.action(arity{}, (*invocation).check),
	}
}

// The forms of findings that code platforms read.
const (
	formatGitHub output.Format = "github"
	formatSARIF  output.Format = "sarif"
	formatGitLab output.Format = "gitlab"
)

// drift is a comparison of two sides that should be the same.
type drift struct {
	Between string         `json:"between"`
	Engines []engineAnswer `json:"engines"`
	// Meaning says in words what a difference comes from, and what to do.
	Meaning string `json:"meaning,omitempty"`
	rule    string
}

func (d drift) empty() bool {
	return !slices.ContainsFunc(d.Engines, func(e engineAnswer) bool { return len(e.Changes) > 0 })
}

// checking is one run of check. Whatever it finds is gathered, so that everything is told at once.
type checking struct {
	*invocation
	options diff.Options
	// directory and graph are the revisions; graph is nil if they make none.
	directory *versions.Directory
	graph     *versions.Graph
	problems  []problem
	drifts    []drift
	// failed is what kept check from comparing.
	failed error
}

func (i *invocation) check() error {
	i.timings = i.timings || i.Bool("verbose")
	c := &checking{invocation: i, options: diff.Options{Ignore: i.ignored(), IncludeForeign: i.Bool("include-foreign")}}
	if c.Bool("staged") {
		if err := c.stage(); err != nil {
			return err
		}
	}
	began := time.Now()
	c.readRevisions()
	i.timing("read revisions", began)
	// A wrong graph would fail once more in the driver, in fewer words.
	if c.graph != nil {
		c.failed = c.compareAll()
	}
	if err := c.answer(); err != nil {
		return err
	}
	return c.outcome()
}

// readRevisions looks at the revision files, without building anything.
func (c *checking) readRevisions() {
	dirs := c.existingDirs()
	for n, dir := range dirs {
		dirs[n] = shown(dir)
	}
	var err error
	c.directory, err = versions.ReadDirOverlaid(c.staged, dirs...)
	c.problems = append(c.problems, historyProblems(err)...)
	c.graph, err = c.directory.Graph()
	c.problems = append(c.problems, historyProblems(err)...)
	if c.graph != nil {
		c.problems = append(c.problems, (&history{graph: c.graph}).forkProblems()...)
	}
	undecided, err := c.undecidedProblems(c.directory.Revisions)
	if err != nil {
		undecided = []problem{{Rule: ruleUnreadable, Severity: render.AnnotationError, Text: err.Error()}}
	}
	c.problems = append(c.problems, undecided...)
}

// compareAll compares the models with the revisions, and the database with both if it is asked for.
func (c *checking) compareAll() error {
	dialects, err := c.dialects()
	if err != nil {
		return err
	}
	// A rename that is only likely is a change all the same, and no decision is due before a revision is written.
	found, err := c.compare(dialects, side{diff: c.options})
	if err != nil {
		return err
	}
	c.diagnose(found)
	c.formerNames(found)
	known := slices.DeleteFunc(found, func(one comparison) bool { return c.opaque(one.dialect, one.opaque) })
	models := drift{Between: "models and revisions", Engines: answersOf(known), rule: ruleMissingRevision}
	if !models.empty() {
		models.Meaning = c.missingRevision()
	}
	if len(known) > 0 {
		c.drifts = append(c.drifts, models)
	}
	if !c.Bool("db") {
		return nil
	}
	return c.database()
}

// diagnose notes what is legal in the models but probably not meant.
func (c *checking) diagnose(found []comparison) {
	for _, one := range found {
		for _, d := range one.diagnostics {
			p := problem{Rule: d.ID, Severity: render.AnnotationWarning, File: c.modelFile(d.File), Line: d.Line, Text: d.Model + ": " + d.Text, Way: d.WayOut}
			if d.Field != "" {
				p.Text = d.Model + "." + d.Field + ": " + d.Text
			}
			if !slices.Contains(c.problems, p) {
				c.problems = append(c.problems, p)
			}
		}
	}
}

// opaque notes the steps that keep the schema of the revisions from being known, and reports whether there are some.
func (c *checking) opaque(dialect schema.Dialect, steps []versions.Opaque) bool {
	for _, step := range steps {
		p := problem{Rule: ruleUnknownEffect, Severity: render.AnnotationError, File: shown(step.File), Line: step.Line,
			Text: "revision " + step.Revision + " has a step whose effect on the schema is not known: " + step.Operation,
			Way:  "say what it does with .Changes(…), or .NoSchemaChange()"}
		if dialect != schema.SQLite {
			p.Way += ", or name a database to try it in as scratch_url in retort.yaml"
		}
		if !slices.ContainsFunc(c.problems, func(other problem) bool {
			return other.Rule == p.Rule && other.Text == p.Text && other.place() == p.place()
		}) {
			c.problems = append(c.problems, p)
		}
	}
	return len(steps) > 0
}

// outcome is what the exit code comes from: 1 if something could not be told, 2 if something was found, 3 if it is only
// decisions.
func (c *checking) outcome() error {
	if c.failed != nil {
		return c.failed
	}
	code := exitDone
	for _, p := range c.problems {
		switch {
		case p.Severity != render.AnnotationError:
		case p.Rule == ruleUnknownEffect:
			return &outcome{code: exitFailed}
		case p.Rule == ruleUndecided && code == exitDone:
			code = exitDecision
		case p.Rule != ruleUndecided:
			code = exitDifferences
		}
	}
	if slices.ContainsFunc(c.drifts, func(d drift) bool { return d.rule != ruleModelsAndDatabase && !d.empty() }) {
		code = exitDifferences
	}
	if code == exitDone {
		return nil
	}
	return &outcome{code: code}
}
