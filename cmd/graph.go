package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/internal/overlay"
	"github.com/retort-db/retort/versions"
)

// history is the revision files' metadata, read without compiling anything.
type history struct {
	directory *versions.Directory
	graph     *versions.Graph
	// current are the rows of the version table, if known.
	current []string
	known   bool
	// heads and effective are those of the graph, as sets.
	heads, effective map[string]bool
}

// revisions reads the directories of revision files.
func (i *invocation) revisions() (*history, error) {
	return readHistory(i.staged, i.config.MigrationDirs())
}

// revisionsSoFar is revisions for commands that may be the first ones: directories that are not there yet hold nothing.
func (i *invocation) revisionsSoFar() (*history, error) {
	return readHistory(i.staged, i.existingDirs())
}

// existingDirs are the directories of revision files that are there.
func (i *invocation) existingDirs() []string {
	return slices.DeleteFunc(i.config.MigrationDirs(), func(dir string) bool {
		_, err := i.staged.ReadDir(dir)
		return errors.Is(err, fs.ErrNotExist)
	})
}

// readHistory reads directories by the names that the user knows them by, so that errors and answers have them too.
func readHistory(files overlay.Files, dirs []string) (*history, error) {
	names := make([]string, len(dirs))
	for n, dir := range dirs {
		names[n] = shown(dir)
	}
	directory, err := versions.ReadDirOverlaid(files, names...)
	if err != nil {
		return nil, err
	}
	graph, err := directory.Graph()
	if err != nil {
		return nil, err
	}
	return &history{directory: directory, graph: graph, heads: setOf(graph.Heads()), effective: setOf(graph.EffectiveHeads())}, nil
}

func setOf(ids []string) map[string]bool {
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}

// withCurrent reads from the database where it is.
func (i *invocation) withCurrent(h *history) error {
	database, err := i.open()
	if err != nil {
		return err
	}
	defer database.Close()
	h.current, err = i.rows(database)
	h.known = err == nil
	return err
}

// inTable names the project's own version table in an error about its rows.
func (i *invocation) inTable(err error) error {
	var unknown *versions.UnknownRevisionError
	if errors.As(err, &unknown) && unknown.Table != "" {
		unknown.Table = i.config.VersionTable
	}
	var squashed *versions.SquashedError
	if errors.As(err, &squashed) && squashed.Table != "" {
		squashed.Table = i.config.VersionTable
	}
	return err
}

// entry is a revision in an answer.
type entry struct {
	versions.Meta
	File        string   `json:"file"`
	Head        bool     `json:"head"`
	Effective   bool     `json:"effective_head,omitempty"` // a head that another branch depends on
	BranchPoint bool     `json:"branch_point,omitempty"`
	MergePoint  bool     `json:"merge_point,omitempty"`
	Current     *bool    `json:"current,omitempty"`
	Next        []string `json:"next,omitempty"`
	// Unknown is a row of the version table that no revision has.
	Unknown bool `json:"unknown,omitempty"`
}

func (h *history) entry(meta versions.Meta) entry {
	e := entry{Meta: meta, File: shown(meta.File), MergePoint: meta.IsMerge(), Next: h.graph.Children(meta.ID)}
	e.Head = h.heads[meta.ID]
	e.Effective = e.Head && !h.effective[meta.ID]
	e.BranchPoint = len(e.Next) > 1
	if h.known {
		at := slices.Contains(h.current, meta.ID)
		e.Current = &at
	}
	return e
}

func (h *history) entries(metas []versions.Meta) []entry {
	entries := make([]entry, len(metas))
	for i, meta := range metas {
		entries[i] = h.entry(meta)
	}
	return entries
}

func (h *history) get(ids []string) []versions.Meta {
	var out []versions.Meta
	for _, id := range ids {
		if meta, ok := h.graph.Get(id); ok {
			out = append(out, meta)
		}
	}
	return out
}

// flags are the marks behind a revision.
func (e entry) flags() []string {
	var out []string
	if len(e.Labels) > 0 {
		out = append(out, "("+strings.Join(e.Labels, ", ")+")")
	}
	for _, mark := range []struct {
		text string
		set  bool
	}{
		{"(head)", e.Head && !e.Effective}, {"(effective head)", e.Effective},
		{"(current)", e.Current != nil && *e.Current},
		{"(branchpoint)", e.BranchPoint}, {"(mergepoint)", e.MergePoint}, {"(unknown)", e.Unknown},
	} {
		if mark.set {
			out = append(out, mark.text)
		}
	}
	return out
}

// short is "1975ea83b712 (head)".
func (e entry) short(style output.Style) string {
	return strings.Join(append([]string{style.Yellow(e.ID)}, e.flags()...), " ")
}

// line is "ae1027a6acf0 -> 1975ea83b712 (head), add projects".
func (e entry) line(style output.Style) string {
	parents := strings.Join(e.Revises, ", ")
	if parents == "" {
		parents = "<base>"
	}
	if len(e.DependsOn) > 0 {
		parents += " (" + strings.Join(e.DependsOn, ", ") + ")"
	}
	text := parents + " -> " + e.short(style)
	if e.Message != "" {
		text += ", " + e.Message
	}
	return text
}

// block is everything about a revision.
func (e entry) block(style output.Style) string {
	flags := e.flags()
	if len(e.Labels) > 0 {
		flags = flags[1:]
	}
	rows := [][]string{{"Revision:", strings.Join(append([]string{style.Yellow(e.ID)}, flags...), " ")}}
	switch {
	case len(e.Revises) == 0:
		rows = append(rows, []string{"Revises:", "<base>"})
	case len(e.Revises) > 1:
		rows = append(rows, []string{"Merges:", strings.Join(e.Revises, ", ")})
	default:
		rows = append(rows, []string{"Revises:", e.Revises[0]})
	}
	for _, row := range []struct {
		name   string
		values []string
	}{{"Depends on:", e.DependsOn}, {"Branches into:", e.branches()}, {"Replaces:", e.Replaces}, {"Labels:", e.Labels}, {"Created:", nonEmpty(e.Created)}, {"File:", nonEmpty(e.File)}} {
		if len(row.values) > 0 {
			rows = append(rows, []string{row.name, strings.Join(row.values, ", ")})
		}
	}
	var out strings.Builder
	_ = output.Columns(&out, "", rows) // a strings.Builder does not fail
	if e.Message != "" {
		out.WriteString("\n")
		for line := range strings.Lines(e.Message) {
			out.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
		}
	}
	return out.String()
}

func (e entry) branches() []string {
	if e.BranchPoint {
		return e.Next
	}
	return nil
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// list answers with revisions, one line or one block each.
func (i *invocation) list(entries []entry, line func(entry) string) error {
	if entries == nil {
		entries = []entry{}
	}
	return i.answer(map[string]any{"revisions": entries}, func(w io.Writer) error {
		style := i.style(w)
		for n, e := range entries {
			text := line(e) + "\n"
			if i.Bool("verbose") {
				text = e.block(style)
				if n > 0 {
					text = "\n" + text
				}
			}
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// noRevisions says on standard error that there is nothing to show.
func (i *invocation) noRevisions(h *history) {
	if h.graph.Len() == 0 {
		dirs := make([]string, len(i.config.Migrations))
		for n, dir := range i.config.MigrationDirs() {
			dirs[n] = shown(dir)
		}
		i.note("there are no revisions in %s", strings.Join(dirs, ", "))
	}
}

func joinIDs(ids []string) string {
	if len(ids) == 0 {
		return "<base>"
	}
	return strings.Join(ids, ", ")
}

func plural(count int, one string) string {
	if count == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", count, one)
}
