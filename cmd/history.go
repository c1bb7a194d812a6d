package cmd

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/versions"
)

func (p *program) headsCommand() *cli.Command {
	return &cli.Command{
		Name: "heads", Category: "history", Usage: "list the newest revisions, one for each branch",
		Flags: withFormat(verboseFlag(), &cli.BoolFlag{Name: "resolve-dependencies", Usage: "leave out heads that another branch depends on"}),
		Action: p.action(arity{}, func(i *invocation) error {
			h, err := i.revisions()
			if err != nil {
				return err
			}
			i.noRevisions(h)
			heads := h.graph.Heads()
			if i.Bool("resolve-dependencies") {
				heads = h.graph.EffectiveHeads()
			}
			return i.list(h.entries(h.get(heads)), func(e entry) string { return e.short(i.style(i.Stdout)) })
		}),
	}
}

func (p *program) historyCommand() *cli.Command {
	return &cli.Command{
		Name: "history", Category: "history", Usage: "list the revisions, newest first",
		Flags: withFormat(verboseFlag(),
			&cli.StringFlag{Name: "range", Aliases: []string{"r"}, Usage: "from:to, both included; also :to, from:, -3:head, current:head"},
			&cli.BoolFlag{Name: "indicate-current", Aliases: []string{"i"}, Usage: "mark where the database is"},
			&cli.BoolFlag{Name: "graph", Usage: "draw the branches; with -i, circles are not applied yet"}),
		Action: p.action(arity{}, func(i *invocation) error {
			h, err := i.revisions()
			if err != nil {
				return err
			}
			span := i.String("range")
			if span != "" && !strings.Contains(span, ":") {
				return fmt.Errorf("--range %s is no range: write from:to, from: or :to", span)
			}
			if i.Bool("indicate-current") || strings.Contains(span, "current") {
				if err := i.withCurrent(h); err != nil {
					return err
				}
			}
			metas, err := h.graph.Range(span, h.current)
			if err != nil {
				return i.inTable(err)
			}
			i.noRevisions(h)
			if i.Bool("graph") {
				return i.draw(h, metas)
			}
			return i.list(h.entries(metas), func(e entry) string { return e.line(i.style(i.Stdout)) })
		}),
	}
}

func (p *program) branchesCommand() *cli.Command {
	return &cli.Command{
		Name: "branches", Category: "history", Usage: "list the revisions that several others follow",
		Flags: withFormat(verboseFlag()),
		Action: p.action(arity{}, func(i *invocation) error {
			h, err := i.revisions()
			if err != nil {
				return err
			}
			points := h.entries(h.get(h.graph.BranchPoints()))
			return i.list(points, func(e entry) string {
				style := i.style(i.Stdout)
				lines := []string{e.line(style)}
				for _, child := range h.entries(h.get(e.Next)) {
					lines = append(lines, strings.Repeat(" ", len(joinIDs(e.Revises)))+" -> "+child.short(style))
				}
				return strings.Join(lines, "\n")
			})
		}),
	}
}

// resolveAll turns identifiers into revisions, each once, reading the database where one asks for "current".
func (i *invocation) resolveAll(h *history, identifiers []string) ([]versions.Meta, error) {
	var ids []string
	for _, identifier := range identifiers {
		if !h.known && (strings.Contains(identifier, "current") || strings.ContainsAny(identifier[:1], "+-")) {
			if err := i.withCurrent(h); err != nil {
				return nil, err
			}
		}
		found, err := h.graph.Resolve(identifier, h.current)
		if err != nil {
			return nil, i.inTable(err)
		}
		for _, id := range found {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return h.get(ids), nil
}

func (p *program) showCommand() *cli.Command {
	return &cli.Command{
		Name: "show", Category: "history", Usage: "show everything about revisions", ArgsUsage: "REVISION…",
		Flags: withFormat(),
		Action: p.action(arity{1, anyNumber}, func(i *invocation) error {
			h, err := i.revisions()
			if err != nil {
				return err
			}
			metas, err := i.resolveAll(h, i.Args().Slice())
			if err != nil {
				return err
			}
			entries := h.entries(metas)
			return i.answer(map[string]any{"revisions": entries}, func(w io.Writer) error {
				for n, e := range entries {
					if n > 0 {
						fmt.Fprintln(w)
					}
					if _, err := io.WriteString(w, e.block(i.style(w))); err != nil {
						return err
					}
				}
				return nil
			})
		}),
	}
}

func (p *program) editCommand() *cli.Command {
	return &cli.Command{
		Name: "edit", Category: "history", Usage: "open revisions in an editor", ArgsUsage: "REVISION…",
		Action: p.action(arity{1, anyNumber}, func(i *invocation) error {
			h, err := i.revisions()
			if err != nil {
				return err
			}
			metas, err := i.resolveAll(h, i.Args().Slice())
			if err != nil {
				return err
			}
			if len(metas) == 0 {
				return fmt.Errorf("%s names no revision", strings.Join(i.Args().Slice(), " "))
			}
			return i.edit(metas)
		}),
	}
}

func (i *invocation) edit(metas []versions.Meta) error {
	words := i.editor()
	if len(words) == 0 {
		return errors.New("no editor found: set EDITOR")
	}
	for _, meta := range metas {
		words = append(words, meta.File)
	}
	command := exec.CommandContext(i.ctx, words[0], words[1:]...)
	command.Stdin, command.Stdout, command.Stderr = i.Stdin, i.Stdout, i.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("run the editor %s: %w", words[0], err)
	}
	return nil
}

func (i *invocation) editor() []string {
	for _, variable := range []string{"EDITOR", "VISUAL"} {
		if value, _ := i.Lookup(variable); strings.TrimSpace(value) != "" {
			return strings.Fields(value)
		}
	}
	for _, name := range []string{"sensible-editor", "editor", "nano", "vim", "vi", "code", "notepad"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}
		}
	}
	return nil
}

func (p *program) currentCommand() *cli.Command {
	return &cli.Command{
		Name: "current", Category: "database", Usage: "show the revision of the database",
		Flags: withFormat(severalFlags(verboseFlag(), &cli.BoolFlag{Name: "check-heads", Usage: "exit with 2 unless everything is applied"})...),
		Action: p.action(arity{}, func(i *invocation) error {
			h, err := i.revisions()
			if err != nil {
				return err
			}
			if i.Bool("all") {
				return i.currentOfAll(h)
			}
			if err := i.withCurrent(h); err != nil {
				return err
			}
			return i.showCurrent(h)
		}),
	}
}

func (i *invocation) showCurrent(h *history) error {
	heads, err := h.graph.CurrentHeads(h.current)
	if err != nil {
		return i.showUnknown(h, err)
	}
	complete, err := h.graph.Complete(h.current)
	if err != nil {
		return err
	}
	if len(heads) == 0 {
		i.note("no revision is applied")
	}
	h.current = heads
	if err := i.list(h.entries(h.get(heads)), i.currentLine); err != nil {
		return err
	}
	if i.Bool("check-heads") && !complete {
		return &outcome{code: exitDifferences, text: "the database is not at the heads: run retort upgrade heads"}
	}
	return nil
}

// showUnknown shows where a database is that has rows which no revision has, and fails with the reason.
func (i *invocation) showUnknown(h *history, reason error) error {
	var known []string
	var unknown []entry
	for _, row := range h.current {
		if _, there := h.graph.Get(row); there {
			known = append(known, row)
			continue
		}
		unknown = append(unknown, entry{Meta: versions.Meta{ID: row}, Unknown: true})
	}
	heads, err := h.graph.CurrentHeads(known)
	if err != nil {
		return err
	}
	entries := append(h.entries(h.get(heads)), unknown...)
	if err := i.list(entries, i.currentLine); err != nil {
		return err
	}
	return i.inTable(reason)
}

func (i *invocation) currentLine(e entry) string {
	e.Current = nil // every line of this command is
	return e.short(i.style(i.Stdout)) + messageSuffix(e.Message, i.style(i.Stdout))
}

func messageSuffix(message string, style output.Style) string {
	if message == "" {
		return ""
	}
	return ", " + style.Dim(message)
}
