package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/retort-db/retort/annotate"
	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/protocol"
	differ "github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// annotation is the work of "retort models --annotate": the database, and the models' files as they may become.
type annotation struct {
	*invocation
	home     module
	database *introspect.Database
	live     *schema.Schema
	prefix   schema.Dialect
	// before and after hold the changed files by their path on disk.
	before, after map[string][]byte
	written       []annotate.Written
	left          []annotate.Left
}

// mostRounds bounds how often the outcome is compared and annotated again: a type may have to be right before its collation
// can be compared.
const mostRounds = 3

// annotate writes the database's truth into the tags of the models. What it writes is built and compared first.
func (i *invocation) annotate() error {
	dialects, err := i.dialects()
	if err != nil {
		return err
	}
	home, err := findModule(i.config.Dir)
	if err != nil {
		return err
	}
	database, err := i.openTarget()
	if err != nil {
		return err
	}
	defer database.Close()
	a := &annotation{invocation: i, home: home, database: database, before: map[string][]byte{}, after: map[string][]byte{}}
	if len(dialects) > 1 {
		a.prefix = database.Dialect
	}
	if a.live, err = i.readForBaseline(database); err != nil {
		return err
	}
	rest, err := a.work()
	if err != nil {
		return err
	}
	if !i.Bool("dry-run") {
		for _, path := range sortedPaths(a.after) {
			if err := replaceFile(path, a.after[path]); err != nil {
				return err
			}
		}
	}
	return a.report(rest)
}

// work annotates until nothing more can be, and returns what still differs.
func (a *annotation) work() ([]op.Operation, error) {
	for round := 1; ; round++ {
		models, differences, err := a.compareModels()
		if err != nil {
			if round > 1 {
				return nil, fmt.Errorf("the annotated models are not understood, and nothing was written: %w", err)
			}
			return nil, err
		}
		found, err := annotate.Annotate(annotate.Input{
			Database: a.live, Models: models, Differences: differences, Dialect: a.prefix, Source: a.source,
		})
		if err != nil {
			return nil, err
		}
		a.left = found.Left
		if len(found.Files) == 0 || round > mostRounds {
			return differences, nil
		}
		a.written = append(a.written, found.Written...)
		for _, file := range found.Files {
			path := a.path(file.Path)
			if _, known := a.before[path]; !known {
				a.before[path] = file.Before
			}
			a.after[path] = file.After
		}
	}
}

func (a *annotation) path(file string) string {
	return filepath.Join(a.home.root, filepath.FromSlash(file))
}

func (a *annotation) source(file string) ([]byte, error) {
	if edited, known := a.after[a.path(file)]; known {
		return edited, nil
	}
	return os.ReadFile(a.path(file))
}

// compareModels returns the models, as they would be with the edits, and what leads from the database to them.
func (a *annotation) compareModels() (*schema.Schema, []op.Operation, error) {
	built, err := a.buildOver(modelsAndRevisions, []schema.Dialect{a.database.Dialect}, a.after)
	if err != nil {
		return nil, nil, err
	}
	loaded, err := a.load(built, protocol.LoadRequest{Models: true, Dialects: []protocol.DialectOptions{{
		Dialect: a.database.Dialect, Reflect: a.reflectOptions(built, a.live.Server, a.live.DefaultNamespace),
	}}})
	if err != nil {
		return nil, nil, err
	}
	scratch, err := a.scratch()
	if err != nil {
		return nil, nil, err
	}
	models := loaded.Dialects[0].Models
	result, err := autogen.Run(a.ctx, autogen.Input{
		Current: a.live, Target: models, Database: a.database, Scratch: scratch, NoProof: true,
		Diff: differ.Options{Renames: differ.NeverRename, Ignore: a.ignored()},
	})
	if err != nil {
		return nil, nil, err
	}
	if result.Unconfirmed != "" {
		a.note("unconfirmed: %s", result.Unconfirmed)
	}
	// Models have no words for views, functions and the like, and so nothing to say about them.
	return models, slices.DeleteFunc(result.Plan.Operations, func(o op.Operation) bool { return !declarable(o) }), nil
}

// declarable reports whether models can declare what an operation drops.
func declarable(operation op.Operation) bool {
	switch operation.(type) {
	case *op.DropView, *op.DropFunction, *op.DropTrigger, *op.DropSequence, *op.DropExtension, *op.DropStatistic, *op.DropDomain,
		*op.DropComposite, *op.DropNamespace:
		return false
	}
	return true
}

func sortedPaths(files map[string][]byte) []string {
	out := make([]string, 0, len(files))
	for path := range files {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

type annotatedItem struct {
	Object string `json:"object"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Item   string `json:"item"`
}

type leftItem struct {
	Object string `json:"object"`
	What   string `json:"what"`
	Way    string `json:"way,omitempty"`
}

func (a *annotation) report(rest []op.Operation) error {
	written, left, files := []annotatedItem{}, []leftItem{}, []string{}
	for _, one := range a.written {
		written = append(written, annotatedItem{one.Object, shown(a.path(one.Origin.File)), one.Origin.Line, one.Item})
	}
	for _, one := range a.left {
		left = append(left, leftItem{one.Object, one.What, one.Way})
	}
	for _, path := range sortedPaths(a.after) {
		files = append(files, shown(path))
	}
	answer := map[string]any{"files": files, "written": written, "left": left, "dry_run": a.Bool("dry-run")}
	err := a.answer(answer, func(w io.Writer) error {
		for n, path := range sortedPaths(a.after) {
			var err error
			if a.Bool("dry-run") {
				name := filepath.ToSlash(files[n])
				_, err = w.Write(diff.Diff("a/"+name, a.before[path], "b/"+name, a.after[path]))
			} else {
				_, err = fmt.Fprintln(w, files[n])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if a.format == "text" {
		a.describe(written)
	}
	if len(rest) > 0 {
		return &outcome{code: exitDifferences}
	}
	return nil
}

func (a *annotation) describe(written []annotatedItem) {
	verb := "wrote"
	if a.Bool("dry-run") {
		verb = "would write"
	}
	a.note("%s %s into %s", verb, plural(len(written), "item"), plural(len(a.after), "file"))
	for _, one := range written {
		a.note("  %s  %s  (%s:%d)", one.Object, one.Item, one.File, one.Line)
	}
	if len(a.left) == 0 {
		a.note("the models say what the database has")
		return
	}
	a.note("%s left that no tag was written for:", plural(len(a.left), "difference"))
	for _, one := range a.left {
		a.note("  %s: %s; %s", one.Object, one.What, one.Way)
	}
}
