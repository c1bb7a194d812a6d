package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/git"
	"github.com/retort-db/retort/versions"
)

func (p *program) rebaseCommand() *cli.Command {
	return &cli.Command{
		Name: "rebase", Category: "write", Usage: "let the revisions of one branch follow those of another", ArgsUsage: "[REVISION]   (the end of the branch that moves)",
		Description: "For two people who wrote revisions after the same one: instead of a merge revision, yours follow theirs. Only the\n" +
			"parents in your files change. Which are yours is found out from git, unless REVISION or --onto says it; they must\n" +
			"not be applied in the database. Exits with 3 if your revisions do not fit what they would follow.",
		Flags: withFormat(
			&cli.StringFlag{Name: "onto", Usage: "the head that the branch is to follow, instead of the only other one"},
			&cli.BoolFlag{Name: "dry-run", Usage: "show what would change, and write nothing"},
			&cli.BoolFlag{Name: "no-database", Usage: "do not ask the database what is applied"},
			&cli.BoolFlag{Name: "no-check", Usage: "do not build the revisions to see whether they fit each other"},
		),
		Action: p.action(arity{0, 1}, (*invocation).rebase),
	}
}

func (i *invocation) rebase() error {
	h, err := i.revisions()
	if err != nil {
		if moved, rebaseErr := i.rebaseStranded(); moved {
			return rebaseErr
		}
		return err
	}
	databases, err := i.appliedRows(h)
	if err != nil {
		return err
	}
	plan, why, err := i.planRebase(h)
	if err != nil {
		return err
	}
	for _, database := range databases {
		if applied := h.graph.AppliedOf(plan.Local, database.rows); len(applied) > 0 {
			return &AppliedError{Database: database.name, Revisions: applied, Back: downgradeTarget(h, plan)}
		}
	}
	found := meeting{Overlaps: []overlap{}}
	if !i.Bool("no-check") {
		if found, err = i.meet(plan); err != nil {
			return err
		}
	}
	edits, err := reparented(h, plan.Moves)
	if err != nil {
		return err
	}
	if found.Conflict == nil {
		if err := i.write(edits); err != nil {
			return err
		}
	}
	if why != "" {
		why = fmt.Sprintf("%s %s: to be put after %s", strings.Join(plan.Local, ", "), why, plan.Onto)
	}
	return i.answerRebase(h, plan, why, found, edits)
}

// write writes the edited files, unless nothing is to be written.
func (i *invocation) write(edits []*edited) error {
	if i.Bool("dry-run") {
		return nil
	}
	for _, edit := range edits {
		if err := replaceFile(edit.path, edit.after); err != nil {
			return err
		}
	}
	return nil
}

// planRebase finds out which branch moves, and why that one.
func (i *invocation) planRebase(h *history) (plan *versions.Rebase, why string, err error) {
	branch, onto := i.Args().First(), i.String("onto")
	heads := h.graph.Heads()
	if len(heads) < 2 {
		return nil, "", errors.New("nothing to rebase: there is one head")
	}
	switch {
	case branch != "" && onto != "":
	case branch != "":
		onto, err = i.otherHead(h, heads, branch, "say which it is to follow with --onto")
	case onto != "":
		branch, err = i.otherHead(h, heads, onto, "name the one that is to move")
	default:
		branch, onto, why, err = i.whose(h, heads)
	}
	if err != nil {
		return nil, "", err
	}
	plan, err = h.graph.Rebase(branch, onto)
	return plan, why, err
}

// otherHead returns the only head that is not after a revision.
func (i *invocation) otherHead(h *history, heads []string, revision, way string) (string, error) {
	ids, err := h.graph.Resolve(revision, nil)
	if err != nil {
		return "", err
	}
	others := slices.DeleteFunc(slices.Clone(heads), func(head string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return len(h.graph.AppliedOf([]string{id}, []string{head})) > 0 })
	})
	if len(others) != 1 {
		return "", fmt.Errorf("there are %s besides %s (%s): %s", plural(len(others), "head"), revision, strings.Join(others, ", "), way)
	}
	return others[0], nil
}

// UndecidedBranchError says that nothing tells which of two branches is the user's own.
type UndecidedBranchError struct {
	Heads  []string
	Reason string
}

// Error lists the commands to choose from.
func (e *UndecidedBranchError) Error() string {
	text := e.Reason + ": say which is to move"
	for _, head := range e.Heads {
		text += "\n  retort rebase " + head
		if len(e.Heads) > 2 {
			text += " --onto REVISION"
		}
	}
	return text
}

// whose tells the user's own branch from the other one.
func (i *invocation) whose(h *history, heads []string) (mine, theirs, why string, err error) {
	undecided := func(reason string) (string, string, string, error) {
		return "", "", "", &UndecidedBranchError{Heads: heads, Reason: reason}
	}
	if len(heads) != 2 {
		return undecided(fmt.Sprintf("there are %d heads", len(heads)))
	}
	plan, err := h.graph.Rebase(heads[0], heads[1])
	if err != nil {
		return "", "", "", err
	}
	sides := [2]branchSide{{heads[0], h.get(plan.Local)}, {heads[1], h.get(plan.Other)}}
	if labelled(sides[0].revisions) && labelled(sides[1].revisions) {
		return undecided("both branches have labels, so that they look deliberate")
	}
	at, why, err := i.localByGit(sides)
	if err != nil {
		return "", "", "", err
	}
	if at < 0 {
		at, why = localByDatabase(h, sides)
	}
	if at < 0 {
		return undecided("neither git nor the database tells which branch is yours")
	}
	return sides[at].head, sides[1-at].head, why, nil
}

// branchSide is one of two branches, with the revisions that the other does not have.
type branchSide struct {
	head      string
	revisions []versions.Meta
}

func labelled(revisions []versions.Meta) bool {
	return slices.ContainsFunc(revisions, func(meta versions.Meta) bool { return len(meta.Labels) > 0 })
}

// localByGit returns which of two branches others do not have, or -1.
func (i *invocation) localByGit(sides [2]branchSide) (at int, why string, err error) {
	repository, err := git.Open(i.ctx, i.config.Dir)
	var missing *git.NotFoundError
	if errors.As(err, &missing) {
		return -1, "", nil
	}
	if err != nil {
		return -1, "", err
	}
	var paths [2][]string
	for n, side := range sides {
		for _, meta := range side.revisions {
			file, err := filepath.Abs(meta.File)
			if err != nil {
				return -1, "", err
			}
			path, err := repository.Relative(file)
			if err != nil {
				return -1, "", nil // the files are elsewhere
			}
			paths[n] = append(paths[n], path)
		}
	}
	// What is being merged is somebody else's, whatever the last commit has.
	trees, err := repository.Trees(i.ctx, "MERGE_HEAD", "HEAD", "origin/HEAD", "origin/main", "origin/master", "main", "master")
	if err != nil {
		return -1, "", err
	}
	for _, tree := range trees {
		has := func(path string) bool { return tree.Has(path) }
		lacks := func(path string) bool { return !tree.Has(path) }
		for n := range sides {
			if !slices.ContainsFunc(paths[n], has) && !slices.ContainsFunc(paths[1-n], lacks) {
				return n, inWords(tree.Name), nil
			}
		}
	}
	return -1, "", nil
}

func inWords(tree string) string {
	switch tree {
	case "HEAD":
		return "not committed yet"
	case "MERGE_HEAD":
		return "not in what is being merged"
	}
	return "not in " + tree
}

// localByDatabase returns which of two branches is not applied while the other is, or -1.
func localByDatabase(h *history, sides [2]branchSide) (at int, why string) {
	var applied [2]bool
	for n, side := range sides {
		ids := make([]string, len(side.revisions))
		for m, meta := range side.revisions {
			ids[m] = meta.ID
		}
		applied[n] = len(h.graph.AppliedOf(ids, h.current)) > 0
	}
	if applied[0] == applied[1] {
		return -1, ""
	}
	if applied[0] {
		return 1, "not applied, as the other is"
	}
	return 0, "not applied, as the other is"
}

// AppliedError says that revisions which are to move are applied in the database.
type AppliedError struct {
	Database  string // empty if the project has one
	Revisions []string
	Back      string // what to downgrade to
}

// Error says how to move them nevertheless.
func (e *AppliedError) Error() string {
	flag := ""
	if e.Database != "" {
		flag = " --database " + e.Database
	}
	return fmt.Sprintf("%s applied in %s, on top of what %s followed so far. To move %s:\n  retort downgrade %s%s\n  retort rebase …\n  retort upgrade head%s",
		isOrAre(e.Revisions), databaseRows{name: e.Database}.in(), itOrThey(e.Revisions), itOrThem(e.Revisions), e.Back, flag, flag)
}

func isOrAre(ids []string) string {
	if len(ids) == 1 {
		return ids[0] + " is"
	}
	return strings.Join(ids, ", ") + " are"
}

func itOrThey(ids []string) string {
	if len(ids) == 1 {
		return "it"
	}
	return "they"
}

func itOrThem(ids []string) string {
	if len(ids) == 1 {
		return "it"
	}
	return "them"
}

// downgradeTarget reverts the branch that moves and nothing else.
func downgradeTarget(h *history, plan *versions.Rebase) string {
	first := plan.Local[0]
	meta, _ := h.graph.Get(first)
	if len(meta.Revises) == 0 {
		return first + "@base"
	}
	return first + "@" + meta.Revises[0]
}

// edited is a file before and after.
type edited struct {
	path          string
	before, after []byte
}

// reparented are the files with the new parents.
func reparented(h *history, moves []versions.Move) ([]*edited, error) {
	var out []*edited
	for _, move := range moves {
		meta, _ := h.graph.Get(move.ID)
		at := slices.IndexFunc(out, func(e *edited) bool { return e.path == meta.File })
		if at < 0 {
			source, err := os.ReadFile(meta.File)
			if err != nil {
				return nil, err
			}
			out = append(out, &edited{path: meta.File, before: source, after: source})
			at = len(out) - 1
		}
		var err error
		if out[at].after, err = versions.Reparent(meta.File, out[at].after, move.ID, move.To); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (i *invocation) answerRebase(h *history, plan *versions.Rebase, why string, found meeting, edits []*edited) error {
	type moved struct {
		versions.Move
		File string `json:"file"`
	}
	moves := []moved{}
	for _, move := range plan.Moves {
		meta, _ := h.graph.Get(move.ID)
		moves = append(moves, moved{Move: versions.Move{ID: move.ID, From: nonNil(move.From), To: move.To}, File: shown(meta.File)})
	}
	written := !i.Bool("dry-run") && found.Conflict == nil
	answer := map[string]any{
		"onto": plan.Onto, "local": plan.Local, "other": plan.Other, "moves": moves, "overlaps": found.Overlaps, "written": written,
	}
	if found.Conflict != nil {
		answer["conflict"] = found.Conflict
	}
	err := i.answer(answer, func(w io.Writer) error {
		if why != "" {
			i.note("%s", why)
		}
		found.tell(i)
		if written {
			for _, edit := range edits {
				if _, err := fmt.Fprintln(w, shown(edit.path)); err != nil {
					return err
				}
			}
			return nil
		}
		for _, edit := range edits {
			if _, err := io.WriteString(w, changedLines(shown(edit.path), edit.before, edit.after)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && found.Conflict != nil {
		return &outcome{code: exitDecision, text: found.Conflict.advice(plan.Onto)}
	}
	return err
}

// changedLines shows the lines that differ between two texts, which have one place of change each or few.
func changedLines(name string, before, after []byte) string {
	old, now := strings.Split(string(before), "\n"), strings.Split(string(after), "\n")
	start := 0
	for start < len(old) && start < len(now) && old[start] == now[start] {
		start++
	}
	end := 0
	for end < len(old)-start && end < len(now)-start && old[len(old)-1-end] == now[len(now)-1-end] {
		end++
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s:%d\n", name, start+1)
	for _, line := range old[start : len(old)-end] {
		out.WriteString("- " + strings.TrimSpace(line) + "\n")
	}
	for _, line := range now[start : len(now)-end] {
		out.WriteString("+ " + strings.TrimSpace(line) + "\n")
	}
	return out.String()
}
