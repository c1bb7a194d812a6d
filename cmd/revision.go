package cmd

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/registry"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/versions"
)

func newRevisionFlags(flags ...cli.Flag) []cli.Flag {
	return withFormat(append([]cli.Flag{
		&cli.StringFlag{Name: "message", Aliases: []string{"m"}, Usage: "what the revision does, in a few words"},
		&cli.StringFlag{Name: "branch-label", Usage: "name the branch that begins here"},
		&cli.StringSliceFlag{Name: "depends-on", Usage: "a revision of another branch that has to be applied before"},
		&cli.StringFlag{Name: "rev-id", Usage: "the revision's id instead of a random one (RETORT_REVISION_ID)"},
		&cli.StringFlag{Name: "created", Usage: "the time in the file instead of now, as 2026-11-22T10:00:00Z (RETORT_NOW)"},
		&cli.StringFlag{Name: "version-path", Usage: "the directory of the file, one of migrations in retort.yaml"},
	}, flags...)...)
}

func (p *program) revisionCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.BoolFlag{Name: "autogenerate", Aliases: []string{"a"}, Usage: "write what leads to the models"},
		&cli.StringFlag{Name: "from", Value: "database", Usage: "what --autogenerate compares with the models: database or migrations"},
		&cli.BoolFlag{Name: "no-prove", Usage: "do not try the operations in scratch space"},
		&cli.BoolFlag{Name: "online", Usage: "write operations so that others can read and write while they run", DefaultText: "online of retort.yaml, false"},
		&cli.BoolFlag{Name: "phases", Usage: "write two revisions: one before new code is deployed, one after"},
		&cli.StringSliceFlag{Name: "head", Usage: "the revision to follow, instead of the only head; base begins a new root"},
		&cli.BoolFlag{Name: "splice", Usage: "allow to follow a revision that is not a head"},
		&cli.StringFlag{Name: "bun-table", Value: "bun_migrations", Usage: "where bun's migrator keeps what is applied, with --format bun"},
	}
	all := newRevisionFlags(compareFlags(flags...)...)
	for _, flag := range all {
		if format, ok := flag.(*cli.StringFlag); ok && format.Name == "format" {
			format.Usage = "text, json, or bun (a migration for bun's own migrator)"
		}
	}
	return &cli.Command{
		Name: "revision", Category: "write", Usage: "write a new revision file",
		Flags:  all,
		Action: p.action(arity{}, (*invocation).revision),
	}
}

func (p *program) mergeCommand() *cli.Command {
	return &cli.Command{
		Name: "merge", Category: "write", Usage: "write a revision that joins branches", ArgsUsage: "REVISION…   (heads for all)",
		Flags:  newRevisionFlags(&cli.BoolFlag{Name: "splice", Usage: "allow to join revisions that are not heads"}),
		Action: p.action(arity{1, anyNumber}, (*invocation).merge),
	}
}

func (i *invocation) revision() error {
	if i.format == formatBun {
		return i.bunMigration()
	}
	h, err := i.revisionsSoFar()
	if err != nil {
		return err
	}
	parents, err := h.graph.ParentsOf(i.StringSlice("head"), versions.NewOptions{Splice: i.Bool("splice")})
	if err != nil {
		return err
	}
	draft, err := i.draft(h, parents)
	if err != nil {
		return err
	}
	if i.Bool("autogenerate") {
		return i.autogenerate(h, draft)
	}
	for _, flag := range autogenerateFlags {
		if i.IsSet(flag) {
			return &arguments.UsageError{Command: "revision", Text: "--" + flag + " needs --autogenerate"}
		}
	}
	return i.finish(draft, nil)
}

// autogenerateFlags are those of a revision that mean nothing without --autogenerate.
var autogenerateFlags = []string{"rename", "renames", "backfill", "include-foreign", "from", "no-prove", "online", "phases"}

func (i *invocation) merge() error {
	h, err := i.revisions()
	if err != nil {
		return err
	}
	parents, err := h.graph.ParentsOf(i.Args().Slice(), versions.NewOptions{Splice: i.Bool("splice")})
	if err != nil {
		return err
	}
	if len(parents) < 2 {
		return fmt.Errorf("nothing to merge: %s is one revision; name several, or heads", strings.Join(i.Args().Slice(), " "))
	}
	draft, err := i.draft(h, parents)
	if err != nil {
		return err
	}
	if draft.file.Message == "" {
		draft.file.Message = "merge " + strings.Join(parents, " and ")
	}
	return i.finish(draft, nil)
}

// draft is a revision that is about to be written.
type draft struct {
	file    render.RevisionFile
	dir     string
	created time.Time
	// registry is the directory's registry, which is written too if it is missing.
	registry registry.Registry
}

// draft gathers what the flags say and checks it against the other revisions before anything is written.
func (i *invocation) draft(h *history, parents []string) (*draft, error) {
	id, err := i.newID()
	if err != nil {
		return nil, err
	}
	if i.Command.Name == "revision" && i.Bool("phases") {
		id, _, _ = strings.Cut(id, ",") // the other one is the second revision's
	}
	created, err := i.creation()
	if err != nil {
		return nil, err
	}
	depends, err := h.graph.DependenciesOf(i.StringSlice("depends-on"))
	if err != nil {
		return nil, fmt.Errorf("--depends-on: %w", err)
	}
	d := &draft{created: created, file: render.RevisionFile{
		ID: id, Revises: parents, DependsOn: depends, Message: strings.TrimSpace(i.String("message")),
		Created: created.UTC().Format(time.RFC3339), Header: i.config.Header,
	}}
	if label := i.String("branch-label"); label != "" {
		d.file.Labels = []string{label}
	}
	if err := h.graph.CheckNew(versions.Meta{ID: id, Revises: parents, Labels: d.file.Labels, DependsOn: d.file.DependsOn}); err != nil {
		return nil, err
	}
	if d.dir, err = i.folder(h, parents); err != nil {
		return nil, err
	}
	if d.registry, err = registry.Find(d.dir); err != nil {
		return nil, err
	}
	d.file.Package, d.file.Registry = d.registry.Package, d.registry.Variable
	return d, nil
}

func (i *invocation) newID() (string, error) {
	if id := i.String("rev-id"); id != "" {
		return id, nil
	}
	if id, _ := i.Lookup("RETORT_REVISION_ID"); id != "" {
		return id, nil
	}
	random := make([]byte, 6)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	return hex.EncodeToString(random), nil
}

// creation is the time that goes into the file.
func (i *invocation) creation() (time.Time, error) {
	text, name := i.String("created"), "--created"
	if text == "" {
		text, _ = i.Lookup("RETORT_NOW")
		name = "RETORT_NOW"
	}
	if text == "" {
		return i.Now().UTC().Truncate(time.Second), nil
	}
	created, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q is no time; write it as 2026-11-22T10:00:00Z", name, text)
	}
	return created.UTC(), nil
}

// folder is the directory that a new revision goes to.
func (i *invocation) folder(h *history, parents []string) (string, error) {
	if i.String("version-path") != "" {
		return i.givenFolder()
	}
	dirs := i.config.MigrationDirs()
	if len(dirs) == 1 || len(parents) > 0 && len(h.directory.Folders) == 0 {
		return dirs[0], nil
	}
	if len(parents) == 0 {
		return "", fmt.Errorf("there are several directories of migrations (%s), and a revision without a parent may go to any: say which with --version-path", strings.Join(i.config.Migrations, ", "))
	}
	return h.directory.FolderOf(parents)
}

// givenFolder is the directory of --version-path, which has to be one of the configured.
func (i *invocation) givenFolder() (string, error) {
	dirs, given := i.config.MigrationDirs(), i.String("version-path")
	absolute, err := filepath.Abs(given)
	if err != nil {
		return "", err
	}
	for _, dir := range []string{absolute, i.config.Path(given)} {
		if slices.Contains(dirs, dir) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("--version-path %s is none of the directories of migrations: %s", given, strings.Join(i.config.Migrations, ", "))
}

// finish renders the draft and writes it.
func (i *invocation) finish(d *draft, summary func() error) error {
	path, source, err := i.render(d)
	if err != nil {
		return err
	}
	if err := i.put(d, path, source); err != nil {
		return err
	}
	if summary != nil {
		if err := summary(); err != nil {
			return err
		}
	}
	return i.answer(map[string]any{"file": shown(path), "id": d.file.ID, "revises": nonNil(d.file.Revises), "engines": engineAnswers(d)}, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, shown(path))
		return err
	})
}

// render returns the draft's file, which must not be there yet.
func (i *invocation) render(d *draft) (path string, source []byte, err error) {
	source, err = render.Revision(d.file)
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(d.dir, filepath.FromSlash(render.FileName(i.config.FileTemplate, d.file.ID, d.file.Message, d.created)))
	if !strings.HasSuffix(path, ".go") {
		path += ".go"
	}
	if _, err := os.Stat(path); err == nil {
		return "", nil, fmt.Errorf("%s exists already; give another message or id", shown(path))
	}
	return path, source, nil
}

// put writes the draft's file.
func (i *invocation) put(d *draft, path string, source []byte) error {
	if err := i.writeRegistry(d); err != nil {
		return err
	}
	if err := writeFile(path, source); err != nil {
		return err
	}
	return i.hooks(path)
}

// writeRegistry writes the file that declares the registry, in a directory that has none.
func (i *invocation) writeRegistry(d *draft) error {
	if d.registry.Declared {
		return nil
	}
	path := filepath.Join(d.dir, d.registry.Package+".go")
	if d.registry.Files {
		path = filepath.Join(d.dir, "revisions.go")
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s declares no registry of revisions: add \"var %s = &versions.Set{}\" to it", shown(path), d.registry.Variable)
	}
	if err := writeFile(path, []byte(d.registry.Source(false))); err != nil {
		return err
	}
	i.note("wrote %s", shown(path))
	return nil
}

// writeFile writes a new file so that it is there as a whole or not at all. It never replaces one.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".retort-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	// Unlike a rename, a link fails if somebody else has just written the file. Not every file system has links.
	if err := os.Link(temporary.Name(), path); err == nil {
		return nil
	} else if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists already", shown(path))
	}
	return os.Rename(temporary.Name(), path)
}

// hooks runs the configured commands on a new file.
func (i *invocation) hooks(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	for _, hook := range i.config.Hooks {
		words := make([]string, len(hook.Command))
		for n, word := range hook.Command {
			words[n] = strings.ReplaceAll(word, "{file}", path)
		}
		command := exec.CommandContext(i.ctx, words[0], words[1:]...)
		command.Dir = i.config.Dir
		command.Stdout, command.Stderr = i.Stderr, i.Stderr
		if err := command.Run(); err != nil {
			return fmt.Errorf("%s was written, but the hook %q (%s:%d) failed: %w", shown(path), hook.Name, shown(i.config.File), hook.Line, err)
		}
	}
	return nil
}

func engineAnswers(d *draft) []engineAnswer {
	out := []engineAnswer{}
	for _, engine := range d.file.Engines {
		out = append(out, engineAnswer{Dialect: engine.Dialect, Changes: changesOf(engine.Upgrade, nil)})
	}
	return out
}
