package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/mod/modfile"

	"github.com/retort-db/retort/cmd/internal/arguments"
	"github.com/retort-db/retort/cmd/internal/build"
	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/registry"
	"github.com/retort-db/retort/schema"
)

func (p *program) initCommand() *cli.Command {
	return &cli.Command{
		Name: "init", Category: "write", Usage: "write retort.yaml and a package for revisions",
		Flags: withFormat(
			&cli.StringFlag{Name: "template", Aliases: []string{"t"}, Value: "app", Usage: "app (one database), library (programs upgrade by themselves) or multi (several engines)"},
			&cli.StringFlag{Name: "dialect", Value: "sqlite", Usage: "postgres, mysql or sqlite; for multi several, with commas", DefaultText: "sqlite"},
			&cli.StringFlag{Name: "migrations", Value: "migrations", Usage: "the directory of revision files"},
			&cli.StringFlag{Name: "models", Usage: "where the models are: ./models, ./internal/...", DefaultText: "the whole module"},
		),
		Action: p.bare(arity{}, (*invocation).init),
	}
}

func (i *invocation) init() error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	home, err := findModule(here)
	if err != nil {
		return err
	}
	dialects, err := i.initDialects()
	if err != nil {
		return err
	}
	dir := filepath.Join(here, filepath.FromSlash(i.String("migrations")))
	found, err := registry.Find(dir)
	if err != nil {
		return err
	}
	files := []struct{ path, content string }{{filepath.Join(here, config.FileName), i.initConfig(dialects)}}
	if !found.Declared {
		files = append(files, struct{ path, content string }{filepath.Join(dir, found.Package+".go"), found.Source(i.String("template") == "library")})
	}
	for _, file := range files {
		if _, err := os.Stat(file.path); err == nil {
			return fmt.Errorf("%s exists already; nothing was written", shown(file.path))
		}
	}
	var written []string
	for _, file := range files {
		if err := writeFile(file.path, []byte(file.content)); err != nil {
			return err
		}
		written = append(written, shown(file.path))
	}
	return i.answer(map[string]any{"files": written}, func(w io.Writer) error {
		for _, path := range written {
			if _, err := fmt.Fprintln(w, path); err != nil {
				return err
			}
		}
		i.nextSteps(home)
		return nil
	})
}

func (i *invocation) nextSteps(home module) {
	content, err := os.ReadFile(filepath.Join(home.root, "go.mod"))
	if err == nil {
		if file, err := modfile.ParseLax("go.mod", content, nil); err == nil && !requires(file, build.Retort) {
			i.note("next: go get %s", build.Retort)
		}
	}
	i.note("next: retort models, then retort revision --autogenerate -m \"first tables\"")
}

func requires(file *modfile.File, path string) bool {
	for _, require := range file.Require {
		if require.Mod.Path == path {
			return true
		}
	}
	return false
}

func (i *invocation) initDialects() ([]schema.Dialect, error) {
	usage := func(format string, args ...any) error {
		return &arguments.UsageError{Command: "init", Text: fmt.Sprintf(format, args...)}
	}
	template, names := i.String("template"), i.String("dialect")
	switch template {
	case "app", "library":
	case "multi":
		if !i.IsSet("dialect") {
			names = "postgres,mysql,sqlite"
		}
	default:
		return nil, usage("--template cannot be %q: use app, library or multi", template)
	}
	var out []schema.Dialect
	for name := range strings.SplitSeq(names, ",") {
		dialect, err := schema.ParseDialect(strings.TrimSpace(name))
		if err != nil {
			return nil, usage("--dialect: %v", err)
		}
		out = append(out, dialect)
	}
	if template != "multi" && len(out) > 1 {
		return nil, usage("several engines need --template multi")
	}
	return out, nil
}

// initConfig is the content of a new retort.yaml.
func (i *invocation) initConfig(dialects []schema.Dialect) string {
	url := "sqlite:retort.db"
	if dialects[0] != schema.SQLite {
		url = "${DATABASE_URL}"
	}
	var out strings.Builder
	out.WriteString("# Every key is explained in https://" + build.Retort + "/blob/main/docs/configuration.md\n")
	fmt.Fprintf(&out, "url: %s\n", url)
	if models := i.String("models"); models != "" {
		fmt.Fprintf(&out, "models: %s\n", models)
	}
	fmt.Fprintf(&out, "migrations: %s\n", i.String("migrations"))
	if len(dialects) > 1 || dialects[0] != schema.SQLite {
		fmt.Fprintf(&out, "dialects: [%s]\n", joinDialects(dialects))
	}
	return out.String()
}
