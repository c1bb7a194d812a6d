package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/cmd/internal/squash"
	"github.com/retort-db/retort/schema"
)

// replaceFiles puts the one revision in the place of the others. The old files are kept aside until the new one was built
// and makes the same schema, and come back if it does not.
func (i *invocation) replaceFiles(s *squashing, source []byte) (err error) {
	aside, err := os.MkdirTemp(filepath.Dir(s.path), ".retort-squash-")
	if err != nil {
		return err
	}
	var moved []string
	defer func() {
		if err != nil {
			err = errors.Join(err, restoreFiles(s, aside, moved))
			return
		}
		err = os.RemoveAll(aside)
	}()
	for n, file := range s.files {
		if err := os.Rename(file, asideName(aside, n, file)); err != nil {
			return err
		}
		moved = append(moved, file)
	}
	if err := writeFile(s.path, source); err != nil {
		return err
	}
	return i.proveSquash(s)
}

func asideName(aside string, n int, file string) string {
	return filepath.Join(aside, fmt.Sprintf("%04d_%s", n, filepath.Base(file)))
}

// restoreFiles takes the new revision away and brings the old ones back.
func restoreFiles(s *squashing, aside string, moved []string) error {
	if len(moved) == len(s.files) {
		if err := os.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("the old files are in %s: %w", shown(aside), err)
		}
	}
	for n, file := range moved {
		if err := os.Rename(asideName(aside, n, file), file); err != nil {
			return fmt.Errorf("the old files are in %s: %w", shown(aside), err)
		}
	}
	return os.RemoveAll(aside)
}

// proveSquash builds the revisions as they are now and compares what they make with what the old ones made.
func (i *invocation) proveSquash(s *squashing) error {
	h, err := i.revisions()
	if err != nil {
		return err
	}
	built, err := i.build(revisionsOnly, s.built.dialects)
	if err != nil {
		return fmt.Errorf("the squashed revision does not build, so everything is left as it was: %w", err)
	}
	request := protocol.LoadRequest{Replay: &[]string{s.plan.Into.ID}}
	for _, dialect := range built.dialects {
		request.Dialects = append(request.Dialects, protocol.DialectOptions{Dialect: dialect})
	}
	loaded, err := i.load(built, request)
	if err != nil {
		return fmt.Errorf("the squashed revision cannot be replayed, so everything is left as it was: %w", err)
	}
	for n, one := range loaded.Dialects {
		if _, there := h.graph.Get(s.plan.Into.ID); !there || !squash.Equal(one.Replayed, s.results[n].After) {
			return fmt.Errorf("the squashed revision would not make the same schema on %s, so everything is left as it was", one.Dialect)
		}
	}
	return nil
}

// squashedEngine is what an answer says about one engine.
type squashedEngine struct {
	Dialect      schema.Dialect `json:"dialect"`
	Before       int            `json:"operations_before"`
	After        int            `json:"operations_after"`
	Irreversible string         `json:"irreversible,omitempty"`
	Notes        []string       `json:"notes,omitempty"`
}

func (i *invocation) answerSquash(s *squashing, source []byte) error {
	removed := []string{}
	for _, file := range s.files {
		if file != s.path {
			removed = append(removed, shown(file))
		}
	}
	var engines []squashedEngine
	for n, result := range s.results {
		engines = append(engines, squashedEngine{
			Dialect: s.file.Engines[n].Dialect, Before: result.Before, After: len(result.Upgrade), Irreversible: result.Irreversible, Notes: result.Notes,
		})
	}
	dry := i.Bool("dry-run")
	answer := map[string]any{
		"file": shown(s.path), "id": s.file.ID, "revises": nonNil(s.file.Revises), "replaces": s.file.Replaces,
		"removed": removed, "engines": engines, "written": !dry,
	}
	if dry {
		answer["source"] = string(source)
	}
	return i.answer(answer, func(w io.Writer) error {
		for _, engine := range engines {
			i.note("%s: %s became %d, proved by replay", engine.Dialect, plural(engine.Before, "operation"), engine.After)
			if engine.Irreversible != "" {
				i.note("%s: there is no way back: %s", engine.Dialect, engine.Irreversible)
			}
			for _, text := range engine.Notes {
				i.note("%s: %s", engine.Dialect, text)
			}
		}
		if dry {
			i.note("would write %s and remove %s", shown(s.path), strings.Join(removed, ", "))
			_, err := w.Write(source)
			return err
		}
		for _, file := range removed {
			i.note("removed %s", file)
		}
		i.note("databases that have a part of it without %s have to be upgraded to %s with the files from before", s.file.ID, s.file.ID)
		_, err := fmt.Fprintln(w, shown(s.path))
		return err
	})
}
