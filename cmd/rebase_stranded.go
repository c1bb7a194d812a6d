package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/versions"
)

// rebaseStranded lets revisions that follow a part of what was squashed follow the whole. It reports whether that is what
// was to do; anything else that is wrong with the revisions is not for it.
func (i *invocation) rebaseStranded() (does bool, err error) {
	names := make([]string, len(i.config.Migrations))
	for n, dir := range i.config.MigrationDirs() {
		names[n] = shown(dir)
	}
	directory, err := versions.ReadDir(names...)
	if err != nil {
		return false, err
	}
	moves, graph := versions.Stranded(directory.Revisions)
	if graph == nil {
		return false, nil
	}
	h := &history{directory: directory, graph: graph}
	databases, err := i.appliedRows(h)
	if err != nil {
		return true, err
	}
	plan := &versions.Rebase{Moves: moves, Other: []string{}}
	var why []string
	for _, move := range moves {
		into := wholeOf(graph, move)
		for _, database := range databases {
			if err := strandedInDatabase(graph, database, move.ID, into); err != nil {
				return true, err
			}
		}
		plan.Onto = into
		plan.Local = append(plan.Local, move.ID)
		why = append(why, fmt.Sprintf("%s follows %s, which has become part of %s", move.ID, strings.Join(move.From, ", "), into))
	}
	edits, err := reparented(h, moves)
	if err != nil {
		return true, err
	}
	if err := i.write(edits); err != nil {
		return true, err
	}
	return true, i.answerRebase(h, plan, strings.Join(why, "\n"), meeting{Overlaps: []overlap{}}, edits)
}

// wholeOf returns what a parent of a stranded revision has become part of.
func wholeOf(graph *versions.Graph, move versions.Move) string {
	for _, parent := range move.From {
		_, err := graph.Resolve(parent, nil)
		var squashed *versions.SquashedError
		if errors.As(err, &squashed) {
			return squashed.Into
		}
	}
	return move.To[0]
}

// strandedInDatabase makes sure that a database which has a revision also has all of what it will follow.
func strandedInDatabase(graph *versions.Graph, database databaseRows, id, into string) error {
	applied := graph.AppliedOf([]string{id}, database.rows)
	if len(applied) == 0 {
		return nil
	}
	others := slices.DeleteFunc(slices.Clone(database.rows), func(row string) bool { return slices.Contains(applied, row) })
	if len(graph.AppliedOf([]string{into}, others)) > 0 {
		return nil
	}
	return fmt.Errorf("%s is applied in %s on top of a part of %s: first upgrade it to %s with the files from before they were squashed", id, database.in(), into, into)
}
