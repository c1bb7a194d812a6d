package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/cmd/internal/git"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/cmd/internal/registry"
	"github.com/retort-db/retort/cmd/internal/squash"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func (p *program) squashCommand() *cli.Command {
	return &cli.Command{
		Name: "squash", Category: "write", Usage: "put a range of revisions into one", ArgsUsage: "FROM..TO   (both included; ..TO from the beginning, FROM.. to the head)",
		Description: "The one keeps the ID of the last of them, so that databases which have it are where they were. Databases inside of\n" +
			"the range have to reach its end with the files from before. What makes and remakes the same objects is planned\n" +
			"anew; data steps stay as they are and where they are. The result is proved to make the same schema before the\n" +
			"files that it replaces are removed.",
		Flags: withFormat(
			&cli.StringFlag{Name: "message", Aliases: []string{"m"}, Usage: "what the revision does, in a few words"},
			&cli.BoolFlag{Name: "dry-run", Usage: "print the revision, and write and remove nothing"},
			&cli.BoolFlag{Name: "no-database", Usage: "do not ask the database what is applied"},
		),
		Action: p.action(arity{1, 1}, (*invocation).squash),
	}
}

// squashing is a range that is about to become one revision.
type squashing struct {
	plan    *versions.Squash
	files   []string // of the members, as they are shown
	results []squash.Result
	built   *project
	file    render.RevisionFile
	path    string
}

func (i *invocation) squash() error {
	h, err := i.revisions()
	if err != nil {
		return err
	}
	s := &squashing{}
	if s.plan, err = h.graph.Squash(i.Args().First()); err != nil {
		return err
	}
	databases, err := i.appliedRows(h)
	if err != nil {
		return err
	}
	for _, database := range databases {
		if err := wholeOrNone(h.graph, s.plan.Members, database); err != nil {
			return err
		}
	}
	if s.files, err = i.memberFiles(h, s.plan.Members); err != nil {
		return err
	}
	if err := i.record(s); err != nil {
		return err
	}
	source, err := i.squashedSource(s)
	if err != nil {
		return err
	}
	if i.Bool("dry-run") {
		return i.answerSquash(s, source)
	}
	if err := i.replaceFiles(s, source); err != nil {
		return err
	}
	if err := i.hooks(s.path); err != nil {
		return err
	}
	return i.answerSquash(s, source)
}

// InsideError says that a database has a part of a range that is to become one revision.
type InsideError struct {
	Database         string // empty if the project has one
	Applied, Missing []string
}

// Error says how to get out of the range.
func (e *InsideError) Error() string {
	return fmt.Sprintf("%s has %s of the range and lacks %s: run retort upgrade %s first, here and wherever else the range is applied in part",
		databaseRows{name: e.Database}.in(), strings.Join(e.Applied, ", "), strings.Join(e.Missing, ", "), e.Missing[len(e.Missing)-1])
}

func wholeOrNone(graph *versions.Graph, members []string, database databaseRows) error {
	applied := graph.AppliedOf(members, database.rows)
	inside := InsideError{Database: database.name}
	for _, id := range members {
		if slices.Contains(applied, id) {
			inside.Applied = append(inside.Applied, id)
			continue
		}
		inside.Missing = append(inside.Missing, id)
	}
	if len(inside.Applied) > 0 && len(inside.Missing) > 0 {
		return &inside
	}
	return nil
}

// memberFiles returns the files of revisions, and makes sure that nothing else goes with them.
func (i *invocation) memberFiles(h *history, members []string) ([]string, error) {
	var files []string
	for _, meta := range h.directory.Revisions {
		isMember := slices.Contains(members, meta.ID)
		if isMember && !slices.Contains(files, meta.File) {
			files = append(files, meta.File)
		}
	}
	for _, meta := range h.directory.Revisions {
		if slices.Contains(files, meta.File) && !slices.Contains(members, meta.ID) {
			return nil, fmt.Errorf("%s also holds revision %s, which is not in the range: move it to a file of its own", shown(meta.File), meta.ID)
		}
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		left, err := squash.Leftovers(file, source)
		if err != nil {
			return nil, err
		}
		if len(left) > 0 {
			return nil, fmt.Errorf("%s also has %s, which would go with it: move that to another file, or remove it", shown(file), strings.Join(left, ", "))
		}
	}
	return files, i.committed(files)
}

// committed makes sure that git still has what is to be removed. Without git nobody knows.
func (i *invocation) committed(files []string) error {
	repository, err := git.Open(i.ctx, i.config.Dir)
	var missing *git.NotFoundError
	if errors.As(err, &missing) || i.Bool("dry-run") {
		return nil
	}
	if err != nil {
		return err
	}
	absolute := make([]string, len(files))
	for n, file := range files {
		if absolute[n], err = filepath.Abs(file); err != nil {
			return err
		}
	}
	open, err := repository.Uncommitted(i.ctx, absolute...)
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return fmt.Errorf("%s not committed, and squash removes the files: commit first, so that they can be had again", isOrAre(open))
	}
	return nil
}

// record asks the driver what the revisions do, and puts it together for each engine.
func (i *invocation) record(s *squashing) error {
	dialects, err := i.dialects()
	if err != nil {
		return err
	}
	if s.built, err = i.build(revisionsOnly, dialects); err != nil {
		return err
	}
	before := s.plan.Into.Revises
	if len(before) == 0 {
		before = []string{"base"}
	}
	request := protocol.LoadRequest{Replay: &before, Operations: s.plan.Members}
	for _, dialect := range dialects {
		request.Dialects = append(request.Dialects, protocol.DialectOptions{Dialect: dialect})
	}
	loaded, err := i.load(s.built, request)
	if err != nil {
		return err
	}
	var problems []error
	for _, one := range loaded.Dialects {
		result, err := i.together(s, one)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.results = append(s.results, *result)
		s.file.Engines = append(s.file.Engines, render.EnginePlan{
			Dialect: one.Dialect, Before: one.Replayed, Upgrade: result.Upgrade, Downgrade: result.Downgrade, Irreversible: result.Irreversible, Notes: notesOf(result),
		})
	}
	return errors.Join(distinctErrors(problems)...)
}

func notesOf(result *squash.Result) []render.Note {
	var out []render.Note
	for _, text := range result.Notes {
		out = append(out, render.Note{ID: "squash", Severity: "warning", Text: text})
	}
	return out
}

// distinctErrors drops errors that several engines share.
func distinctErrors(list []error) []error {
	var out []error
	for _, err := range list {
		if !slices.ContainsFunc(out, func(other error) bool { return other.Error() == err.Error() }) {
			out = append(out, err)
		}
	}
	return out
}

// CodeInRangeError says that revisions of a range have steps that cannot be written into another file.
type CodeInRangeError struct {
	Steps []string // "revision a1: run import plans"
}

// Error lists the steps and the way out.
func (e *CodeInRangeError) Error() string {
	return fmt.Sprintf("the range has %s with Go code or values that only the revision's own file can hold:\n  %s\nsquash the ranges before and after, or write the step as SQL",
		plural(len(e.Steps), "step"), strings.Join(e.Steps, "\n  "))
}

// together makes one revision of several, on one engine.
func (i *invocation) together(s *squashing, loaded protocol.Loaded) (*squash.Result, error) {
	recorded := map[string]protocol.Recorded{}
	for _, revision := range loaded.Revisions {
		recorded[revision.ID] = revision
	}
	var code CodeInRangeError
	var parts []squash.Part
	var notes []string
	for _, id := range s.plan.Members {
		one := recorded[id]
		for _, step := range one.Lost {
			code.Steps = append(code.Steps, fmt.Sprintf("revision %s: %s", id, step))
		}
		if one.Transaction != versions.TransactionDefault {
			notes = append(notes, fmt.Sprintf("revision %s asked for Transaction: %q; say so here if it still matters", id, one.Transaction))
		}
		parts = append(parts, squash.Part{ID: id, Upgrade: wholeNumbers(one.Upgrade), Downgrade: wholeNumbers(one.Downgrade)})
	}
	if len(code.Steps) > 0 {
		return nil, &code
	}
	result, err := squash.Squash(loaded.Replayed, parts, autogen.Static(schema.Server{Dialect: loaded.Dialect}))
	if err != nil {
		return nil, err
	}
	result.Notes = append(result.Notes, notes...)
	return result, nil
}

// wholeNumbers turns the numbers of data steps back into what they were before they went through JSON.
func wholeNumbers(operations []op.Operation) []op.Operation {
	fix := func(values []any) {
		for n, value := range values {
			if number, ok := value.(float64); ok && number == float64(int(number)) {
				values[n] = int(number)
			}
		}
	}
	for _, operation := range operations {
		switch o := operation.(type) {
		case *op.Insert:
			for _, row := range o.Rows {
				fix(row)
			}
		case *op.Exec:
			fix(o.Args)
		}
	}
	return operations
}

// squashedSource renders the one revision and decides where it goes.
func (i *invocation) squashedSource(s *squashing) ([]byte, error) {
	into := s.plan.Into
	s.file.ID, s.file.Revises, s.file.Labels, s.file.DependsOn, s.file.Replaces = into.ID, into.Revises, into.Labels, into.DependsOn, into.Replaces
	s.file.Created, s.file.Message = into.Created, strings.TrimSpace(i.String("message"))
	if s.file.Message == "" {
		s.file.Message = fmt.Sprintf("%s up to %s", plural(len(s.plan.Members), "revision"), cmp.Or(firstLine(into.Message), into.ID))
	}
	dir := filepath.Dir(into.File)
	found, err := registry.Find(dir)
	if err != nil {
		return nil, err
	}
	s.file.Package, s.file.Registry = found.Package, found.Variable
	created, err := time.Parse(time.RFC3339, into.Created)
	if err != nil {
		if created, err = i.creation(); err != nil {
			return nil, err
		}
	}
	s.path = filepath.Join(dir, filepath.FromSlash(render.FileName(i.config.FileTemplate, into.ID, s.file.Message, created)))
	if !strings.HasSuffix(s.path, ".go") {
		s.path += ".go"
	}
	if _, err := os.Stat(s.path); err == nil && !slices.Contains(s.files, s.path) {
		return nil, fmt.Errorf("%s exists already; give another message", shown(s.path))
	}
	return render.Revision(s.file)
}
