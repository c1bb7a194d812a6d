package cmd

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/retort-db/retort/cmd/internal/build"
	"github.com/retort-db/retort/reflect"
)

// NoModelsError says that no struct of the module is a model.
type NoModelsError struct {
	Module string
	// Patterns are what the configuration limits the search to.
	Patterns []string
	// Passed are structs that look like models but are not taken, with the reason.
	Passed []reflect.Candidate
}

// Error says what makes a struct a model, and what was passed over.
func (e *NoModelsError) Error() string {
	where := "module " + e.Module
	if len(e.Patterns) > 0 {
		where = strings.Join(e.Patterns, ", ")
	}
	text := fmt.Sprintf("there are no models in %s: a model is an exported struct that embeds bun.BaseModel or has a field with bun:\",pk\"", where)
	for n, candidate := range e.Passed {
		if n == 5 {
			text += fmt.Sprintf("\n  and %d more", len(e.Passed)-n)
			break
		}
		text += fmt.Sprintf("\n  %s:%d: %s.%s: %s", candidate.File, candidate.Line, candidate.PackageName, candidate.TypeName, candidate.Reason)
	}
	return text + "\nlist what was looked at with: retort models"
}

func (i *invocation) search(home module) (*reflect.Discovery, error) {
	return reflect.Discover(i.ctx, reflect.DiscoverOptions{
		Dir: home.root, Models: i.config.Models, BuildTags: i.config.BuildTags, Exclude: i.notModels(home), Overlay: i.staged,
	})
}

// notModels are the directories of revisions, whose structs are no models.
func (i *invocation) notModels(home module) []string {
	var out []string
	for _, dir := range i.config.MigrationDirs() {
		if relative, err := filepath.Rel(home.root, dir); err == nil && !strings.HasPrefix(relative, "..") && relative != "." {
			out = append(out, filepath.ToSlash(relative))
		}
	}
	return out
}

// discover finds the models, of which there must be some.
func (i *invocation) discover(home module) (*reflect.Discovery, error) {
	found, err := i.search(home)
	if err != nil {
		return nil, err
	}
	if len(found.Problems) > 0 {
		// A file that does not parse may declare models; nothing can be said without them.
		var text strings.Builder
		for _, problem := range found.Problems {
			fmt.Fprintf(&text, "%s:%d: %s\n", shown(filepath.Join(home.root, filepath.FromSlash(problem.File))), problem.Line, problem.Text)
		}
		return nil, &build.CompileError{Output: text.String()}
	}
	if len(found.Taken()) == 0 {
		return nil, &NoModelsError{Module: home.path, Patterns: i.config.Models, Passed: found.Candidates}
	}
	return found, nil
}

// models are the models as the driver's sources name them.
func (p *project) models() []build.Model {
	var out []build.Model
	for _, candidate := range p.discovered.Taken() {
		out = append(out, build.Model{ImportPath: candidate.ImportPath, Type: candidate.TypeName})
	}
	return out
}

func (p *program) modelsCommand() *cli.Command {
	return &cli.Command{
		Name: "models", Category: "tool", Usage: "list the models that were found, and what looks like one but is not",
		Description: "With --annotate it writes what the database has into the models' ddl tags, where they leave it open or say otherwise.",
		Flags: withFormat(
			&cli.BoolFlag{Name: "all", Aliases: []string{"a"}, Usage: "also list what is not a model, with the reason"},
			&cli.BoolFlag{Name: "annotate", Usage: "write the database's types, defaults, keys, indexes … into the struct tags"},
			&cli.BoolFlag{Name: "dry-run", Usage: "with --annotate: show the changes and write nothing"},
		),
		Action: p.action(arity{}, func(i *invocation) error {
			if i.Bool("annotate") {
				return i.annotate()
			}
			home, err := findModule(i.config.Dir)
			if err != nil {
				return err
			}
			found, err := i.search(home)
			if err != nil {
				return err
			}
			answer := map[string]any{"models": nonNil(found.Candidates), "problems": nonNil(found.Problems)}
			return i.answer(answer, func(w io.Writer) error { return i.listModels(w, found) })
		}),
	}
}

func (i *invocation) listModels(w io.Writer, found *reflect.Discovery) error {
	style := i.style(w)
	passed := 0
	for _, candidate := range found.Candidates {
		mark := style.Green("+")
		if !candidate.Taken {
			passed++
			if !i.Bool("all") {
				continue
			}
			mark = style.Dim("-")
		}
		place := shown(filepath.Join(found.Dir, filepath.FromSlash(candidate.File)))
		if _, err := fmt.Fprintf(w, "%s %s.%s  %s:%d  %s\n", mark, candidate.ImportPath, candidate.TypeName, place, candidate.Line, style.Dim(candidate.Reason)); err != nil {
			return err
		}
	}
	for _, problem := range found.Problems {
		i.note("warning: %s:%d: %s", problem.File, problem.Line, problem.Text)
	}
	if passed > 0 && !i.Bool("all") {
		i.note("%s not taken; list with --all", plural(passed, "struct"))
	}
	return nil
}
