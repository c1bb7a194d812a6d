package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func (p *program) resolveCommand() *cli.Command {
	return &cli.Command{
		Name: "resolve", Category: "write", Usage: "decide about likely renames in revision files", ArgsUsage: "[REVISION…]   (all that are undecided)",
		Description: "Without a decision it lists what is undecided, or asks on a terminal. Exits with 3 if something stays undecided.",
		Flags: withFormat(
			&cli.StringSliceFlag{Name: "rename", Usage: "it is a rename: table.old=new for a column, old=new for a table"},
			&cli.StringSliceFlag{Name: "drop", Usage: "it is a drop, and its values are lost: table.column or table"},
			&cli.BoolFlag{Name: "accept", Usage: "all that are undecided are renames"},
		),
		Action: p.action(arity{0, anyNumber}, (*invocation).resolve),
	}
}

// undecided is a revision file with flags.
type undecided struct {
	revision versions.Meta
	source   []byte
	flags    []render.Flag
}

func (i *invocation) resolve() error {
	h, err := i.revisions()
	if err != nil {
		return err
	}
	files, err := i.undecidedFiles(h)
	if err != nil {
		return err
	}
	decisions, err := i.decisions(files)
	if err != nil {
		return err
	}
	edited, err := i.decide(files, decisions)
	if err != nil {
		return err
	}
	left, err := i.undecidedFiles(h)
	if err != nil {
		return err
	}
	return i.answerResolved(edited, left)
}

// undecidedFiles are the files with flags among the revisions that were named, or among all.
func (i *invocation) undecidedFiles(h *history) ([]undecided, error) {
	metas := h.graph.All()
	if i.Args().Present() {
		var err error
		if metas, err = i.resolveAll(h, i.Args().Slice()); err != nil {
			return nil, err
		}
	}
	return i.flagged(metas)
}

// flagged are the files with flags among those of some revisions.
func (i *invocation) flagged(metas []versions.Meta) ([]undecided, error) {
	var out []undecided
	read := map[string]bool{}
	for _, meta := range metas {
		if read[meta.File] {
			continue
		}
		read[meta.File] = true
		source, err := i.staged.ReadFile(meta.File)
		if err != nil {
			return nil, err
		}
		if !bytes.Contains(source, []byte("MaybeRenamedTo")) {
			continue // not worth parsing
		}
		flags, err := render.Flags(source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shown(meta.File), err)
		}
		if len(flags) > 0 {
			out = append(out, undecided{revision: meta, source: source, flags: flags})
		}
	}
	return out, nil
}

// decisions are those of the flags, or those that somebody gives on the terminal.
func (i *invocation) decisions(files []undecided) ([]render.Decision, error) {
	var out []render.Decision
	for _, text := range i.StringSlice("rename") {
		decision, err := render.ParseRename(text)
		if err != nil {
			return nil, &arguments.UsageError{Command: "resolve", Text: "--rename " + err.Error()}
		}
		out = append(out, decision)
	}
	for _, object := range i.StringSlice("drop") {
		out = append(out, render.Decision{Object: object})
	}
	if i.Bool("accept") {
		for _, file := range files {
			for _, flag := range file.flags {
				out = append(out, decisionOf(flag, true))
			}
		}
	}
	if len(out) > 0 || len(files) == 0 || !i.interactive() {
		return out, nil
	}
	return i.askDecisions(files)
}

func decisionOf(flag render.Flag, rename bool) render.Decision {
	object, to, _ := strings.Cut(flag.String(), "=")
	if !rename {
		to = ""
	}
	return render.Decision{Object: object, To: to}
}

func (i *invocation) askDecisions(files []undecided) ([]render.Decision, error) {
	var renames []diff.Rename
	var flags []render.Flag
	for _, file := range files {
		for _, flag := range file.flags {
			flags = append(flags, flag)
			renames = append(renames, diff.Rename{Kind: flag.Kind, Table: schema.ParseName(flag.Table), From: flag.From, To: flag.To})
		}
	}
	chosen, err := i.ask(renames)
	if err != nil {
		return nil, err
	}
	out := make([]render.Decision, len(flags))
	for n, flag := range flags {
		if chosen[n].from != "" {
			return nil, fmt.Errorf("%s was flagged and can be decided; for another pair edit the file", flag)
		}
		out[n] = decisionOf(flag, chosen[n].rename)
	}
	return out, nil
}

// decide carries the decisions out, in all files or in none. It returns the files that changed.
func (i *invocation) decide(files []undecided, decisions []render.Decision) ([]string, error) {
	edits := map[string][]byte{}
	for _, decision := range decisions {
		found := false
		var reasons error
		for n, file := range files {
			if !hasFlag(file, decision.Object) {
				continue
			}
			found = true
			edited, err := render.Resolve(file.source, []render.Decision{decision})
			if err != nil {
				reasons = errors.Join(reasons, fmt.Errorf("%s: %w", shown(file.revision.File), err))
				continue
			}
			files[n].source = edited
			edits[file.revision.File] = edited
			i.noteMissingValue(file, decision)
		}
		if reasons != nil {
			return nil, reasons
		}
		if !found {
			return nil, &NothingFlaggedError{Object: decision.Object, Flags: allFlags(files)}
		}
	}
	var changed []string
	for _, file := range files {
		source, ok := edits[file.revision.File]
		if !ok {
			continue
		}
		if err := replaceFile(file.revision.File, source); err != nil {
			return changed, err
		}
		changed = append(changed, file.revision.File)
	}
	return changed, nil
}

// noteMissingValue says what a confirmed drop leaves to do: the column that took the name's place may need values.
func (i *invocation) noteMissingValue(file undecided, decision render.Decision) {
	for _, flag := range file.flags {
		if flag.Object() == decision.Object && decision.To == "" && flag.NeedsValue {
			i.note("%s: %s is NOT NULL and has no default, so that the step fails if %s has rows: add it without NotNull(), then m.Backfill(%q, %q, …) and m.AlterColumn(%q, %q).NotNull()",
				shown(file.revision.File), flag.Table+"."+flag.To, flag.Table, flag.Table, flag.To, flag.Table, flag.To)
		}
	}
}

func hasFlag(file undecided, object string) bool {
	for _, flag := range file.flags {
		if decisionOf(flag, false).Object == object {
			return true
		}
	}
	return false
}

func allFlags(files []undecided) []string {
	var out []string
	for _, file := range files {
		for _, flag := range file.flags {
			out = append(out, flag.String())
		}
	}
	return out
}

// NothingFlaggedError says that a decision is about something that no file leaves open.
type NothingFlaggedError struct {
	Object string
	Flags  []string // what is undecided
}

// Error lists what is undecided.
func (e *NothingFlaggedError) Error() string {
	if len(e.Flags) == 0 {
		return fmt.Sprintf("no revision leaves open whether %s was renamed; nothing is undecided", e.Object)
	}
	return fmt.Sprintf("no revision leaves open whether %s was renamed; undecided are %s", e.Object, strings.Join(e.Flags, ", "))
}

// replaceFile writes a file anew, as a whole or not at all.
func replaceFile(path string, content []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".retort-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Chmod(info.Mode().Perm()), temporary.Close()); err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	return os.Rename(temporary.Name(), path)
}

type undecidedAnswer struct {
	Revision string   `json:"revision"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Kind     string   `json:"kind"`
	Flag     string   `json:"flag"`
	Commands []string `json:"commands"`
}

func (i *invocation) answerResolved(edited []string, left []undecided) error {
	changed := []string{}
	for _, path := range edited {
		changed = append(changed, shown(path))
	}
	open := []undecidedAnswer{}
	for _, file := range left {
		for _, flag := range file.flags {
			drop := decisionOf(flag, false).Object
			open = append(open, undecidedAnswer{
				Revision: file.revision.ID, File: shown(file.revision.File), Line: flag.Line, Kind: flag.Kind, Flag: flag.String(),
				Commands: []string{"retort resolve --rename " + flag.String(), "retort resolve --drop " + drop},
			})
		}
	}
	err := i.answer(map[string]any{"edited": changed, "undecided": open}, func(w io.Writer) error {
		for _, path := range changed {
			if _, err := fmt.Fprintln(w, path); err != nil {
				return err
			}
		}
		for _, one := range open {
			if _, err := fmt.Fprintf(w, "%s:%d: %s %s: renamed or dropped?\n  %s\n  %s\n", one.File, one.Line, one.Kind, one.Flag, one.Commands[0], one.Commands[1]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return &outcome{code: exitDecision}
	}
	if len(changed) == 0 {
		i.note("nothing is undecided")
	}
	return nil
}
