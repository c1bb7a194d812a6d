package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/process"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// database compares the database with what the revisions that it has make, and with the models where that tells more.
func (c *checking) database() error {
	_, dialect, err := c.target()
	if err != nil {
		return err
	}
	database, err := c.openTarget()
	if err != nil {
		return err
	}
	defer database.Close()
	rows, err := c.rows(database)
	if err != nil {
		return err
	}
	known, err := c.position(rows)
	if err != nil {
		return err
	}
	if known && len(rows) > 0 {
		if err := c.edited(dialect); err != nil {
			return err
		}
		if err := c.byHand(database, rows); err != nil {
			return err
		}
	}
	return c.modelsAndDatabase(database, dialect, known)
}

// position notes where the database is. A row that no revision has makes it unknown.
func (c *checking) position(rows []string) (known bool, err error) {
	complete, err := c.graph.Complete(rows)
	var unknown *versions.UnknownRevisionError
	if errors.As(err, &unknown) {
		c.problems = append(c.problems, problem{
			Rule: ruleUnknownRevision, Severity: render.AnnotationError,
			Text: fmt.Sprintf("the database is at revision %q (table %s), which no revision file has", unknown.Identifier, c.config.VersionTable),
			Way:  "restore the file, or get the commit that the database was upgraded from; retort stamp --purge REVISION sets the row",
		})
		return false, nil
	}
	if err != nil || complete {
		return err == nil, err
	}
	steps, err := c.graph.UpgradePath(rows, "heads")
	if err != nil {
		return false, err
	}
	missing := make([]string, len(steps))
	for n, step := range steps {
		missing[n] = step.ID
	}
	first, _ := c.graph.Get(missing[0])
	c.problems = append(c.problems, problem{
		Rule: rulePending, Severity: render.AnnotationError, File: shown(first.File), Line: first.Line,
		Text: fmt.Sprintf("the database is at %s and lacks %s: %s", joinIDs(rows), plural(len(missing), "revision"), enumerated(missing)),
		Way:  "retort upgrade heads",
	})
	return true, nil
}

// enumerated lists the first of many names.
func enumerated(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// edited notes the applied revisions whose operations are not those that were run.
func (c *checking) edited(dialect schema.Dialect) error {
	url, _, err := c.target()
	if err != nil {
		return err
	}
	built, err := c.build(revisionsOnly, []schema.Dialect{dialect})
	if err != nil {
		return err
	}
	options, err := c.runOptions()
	if err != nil {
		return err
	}
	began := time.Now()
	var result protocol.VerifyResult
	request := protocol.Request{Command: protocol.Verify, Run: &protocol.RunRequest{URL: url, Options: options}}
	if err := built.driver.Call(c.ctx, request, process.Listener{}, &result); err != nil {
		return err
	}
	c.timing("verify checksums", began)
	for _, changed := range result.Changed {
		c.problems = append(c.problems, problem{
			Rule: ruleEdited, Severity: render.AnnotationError, File: shown(changed.File), Line: changed.Line,
			Text: fmt.Sprintf("revision %s was edited after it was applied to this database", changed.Revision),
			Way:  "restore what was run, and put the change into a revision of its own",
		})
	}
	return nil
}

// byHand compares the database with what the revisions that it has make.
func (c *checking) byHand(database *introspect.Database, rows []string) error {
	found, opaque, err := c.compareDatabase(database, rows)
	if err != nil {
		return err
	}
	if c.opaque(database.Dialect, opaque) {
		return nil
	}
	answers := answersOf([]comparison{found})
	answers[0].Changes = append(answers[0].Changes, c.madeByHand(found)...)
	if answers[0].Unconfirmed != "" {
		c.note("unconfirmed: %s", answers[0].Unconfirmed)
	}
	one := drift{Between: "database and revisions", Engines: answers, rule: ruleChangedByHand}
	if !one.empty() {
		one.Meaning = "this is what would bring the database back to its revisions: it was changed by hand, or by another program. " +
			"Undo that there, or put it into the models and a revision"
		if slices.ContainsFunc(c.problems, func(p problem) bool { return p.Rule == ruleEdited }) {
			one.Meaning = "this is what would bring the database to its revisions as they are now; those that were edited after they were applied (see above) may be why"
		}
	}
	c.drifts = append(c.drifts, one)
	return nil
}

// madeByHand are the columns, indexes and constraints that a table of the revisions has besides what they made. Whole
// tables belong to somebody else and do not count.
func (c *checking) madeByHand(found comparison) []change {
	var out []change
	for _, object := range found.result.Plan.Foreign {
		name, part, isPart := cutLast(object.Name, ".")
		table := found.target.Table(schema.ParseName(name))
		if object.Kind == "primary key" {
			table, part, isPart = found.target.Table(schema.ParseName(object.Name)), object.Name, true
		}
		if !isPart || table == nil || table.Unmanaged || c.options.Ignore(schema.ParseName(object.Name)) {
			continue
		}
		out = append(out, change{Mark: "-", Kind: "foreign", Table: table.Name.String(),
			Text: fmt.Sprintf("%s %s on %s, which no revision made", object.Kind, part, table.Name)})
	}
	return out
}

// compareDatabase works out what leads from the database to what its revisions make.
func (c *checking) compareDatabase(database *introspect.Database, rows []string) (comparison, []versions.Opaque, error) {
	built, err := c.build(revisionsOnly, []schema.Dialect{database.Dialect})
	if err != nil {
		return comparison{}, nil, err
	}
	began := time.Now()
	live, err := c.readLive([]schema.Dialect{database.Dialect}, database)
	if err != nil {
		return comparison{}, nil, err
	}
	c.timing("read the database", began)
	request := protocol.LoadRequest{Replay: &rows, Dialects: []protocol.DialectOptions{{Dialect: database.Dialect}}}
	loaded, err := c.load(built, request)
	if err != nil {
		return comparison{}, nil, err
	}
	one := loaded.Dialects[0]
	if live, err = c.readNamed(live, database, one.Replayed); err != nil {
		return comparison{}, nil, err
	}
	target, owned := one.Replayed, one.Replayed
	if len(one.Opaque) > 0 {
		replayed, err := c.replayInScratch(built, one, rows)
		if err != nil || replayed == nil {
			return comparison{}, one.Opaque, err
		}
		replayed.lender.Close()
		target, owned = withAgreements(replayed.read, one.Replayed), replayed.owned
	}
	scratch, err := c.scratch()
	if err != nil {
		return comparison{}, nil, err
	}
	began = time.Now()
	options := c.options
	options.Owned, options.Renames = owned, diff.NeverRename
	result, err := autogen.Run(c.ctx, autogen.Input{Current: live, Target: target, Database: database, Scratch: scratch, Diff: options, NoProof: true})
	if err != nil {
		return comparison{}, nil, err
	}
	c.timing("compare the database", began)
	return comparison{dialect: database.Dialect, current: live, target: target, result: result, live: true}, nil, nil
}

// modelsAndDatabase compares these two where that does not follow from the other comparisons: whether the database has
// already what no revision makes.
func (c *checking) modelsAndDatabase(database *introspect.Database, dialect schema.Dialect, known bool) error {
	pending := slices.ContainsFunc(c.problems, func(p problem) bool { return p.Rule == rulePending })
	follows := len(c.drifts) < 2 || slices.ContainsFunc(c.drifts, drift.empty)
	if known && (pending || follows) {
		return nil
	}
	found, err := c.compare([]schema.Dialect{dialect}, side{database: database, diff: c.options})
	if err != nil {
		return err
	}
	one := drift{Between: "models and database", Engines: answersOf(found), rule: ruleModelsAndDatabase}
	switch {
	case one.empty() && known:
		one.Meaning = "the database has what the models say, but not through a revision: write the revision, then retort stamp heads here instead of running it"
	case known:
		one.Meaning = "this is what would bring the database to the models"
	}
	c.drifts = append(c.drifts, one)
	return nil
}
