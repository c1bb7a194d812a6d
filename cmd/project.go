package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/retort-db/retort/cmd/internal/build"
	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/process"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/cmd/internal/registry"
	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

// module is the Go module that the project is in.
type module struct{ root, path string }

// NoModuleError says that a directory is in no Go module.
type NoModuleError struct{ Dir string }

// Error names the way out.
func (e *NoModuleError) Error() string {
	return fmt.Sprintf("%s is in no Go module: retort builds your models and revisions, so run it inside of one (go mod init)", e.Dir)
}

func findModule(dir string) (module, error) {
	_, root, err := config.Find(dir)
	if err != nil {
		return module{}, err
	}
	if root == "" {
		return module{}, &NoModuleError{Dir: shown(dir)}
	}
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return module{}, err
	}
	modulePath := modfile.ModulePath(content)
	if modulePath == "" {
		return module{}, fmt.Errorf("%s names no module", shown(filepath.Join(root, "go.mod")))
	}
	return module{root: root, path: modulePath}, nil
}

// importPath returns the import path of a directory of the module.
func (m module) importPath(dir string) (string, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	root, err := filepath.EvalSymlinks(m.root)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(root, real)
	if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is not in the module %s (%s), so that the revisions in it cannot be built", shown(dir), m.path, shown(m.root))
	}
	return path.Join(m.path, filepath.ToSlash(relative)), nil
}

// project is the user's code, ready to be asked.
type project struct {
	module     module
	dialects   []schema.Dialect
	discovered *reflect.Discovery
	driver     process.Driver
}

// code says what of the user's code a command needs.
type code int

const (
	revisionsOnly code = iota
	modelsAndRevisions
)

// build builds the driver for some dialects. The models are found only if they are needed.
func (i *invocation) build(need code, dialects []schema.Dialect) (*project, error) {
	return i.buildOver(need, dialects, i.staged)
}

// buildOver builds with some files of the user's as they might become, by their path.
func (i *invocation) buildOver(need code, dialects []schema.Dialect, overlay map[string][]byte) (*project, error) {
	home, err := findModule(i.config.Dir)
	if err != nil {
		return nil, err
	}
	built := &project{module: home, dialects: dialects}
	wanted := build.Program{ModuleRoot: home.root, ModulePath: home.path, Dialects: slices.Clone(dialects), Tags: i.config.BuildTags, Overlay: overlay}
	slices.Sort(wanted.Dialects)
	if here, err := os.Getwd(); err == nil && strings.HasPrefix(here+string(filepath.Separator), home.root+string(filepath.Separator)) {
		wanted.Dir = here
	}
	if wanted.Migrations, err = i.migrationPackages(home); err != nil {
		return nil, err
	}
	if need == modelsAndRevisions {
		began := time.Now()
		if built.discovered, err = i.discover(home); err != nil {
			return nil, err
		}
		wanted.Models = built.models()
		i.timing("find models", began)
	}
	cache, err := i.cacheDir()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	result, err := build.Driver(i.ctx, wanted, cache)
	if err != nil {
		return nil, err
	}
	i.timing("build", began)
	built.driver = process.Driver{Path: result.Path, Dir: home.root, Output: i.Stderr, Notice: func(text string) { i.note("%s", text) }}
	return built, nil
}

// timing says on standard error how long something took.
func (i *invocation) timing(what string, began time.Time) {
	if i.timings {
		i.note("%s: %d ms", what, time.Since(began).Milliseconds())
	}
}

// cacheDir is where drivers are kept.
func (i *invocation) cacheDir() (string, error) {
	if dir, _ := i.Lookup("RETORT_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for built programs: %w; set RETORT_CACHE to a directory", err)
	}
	return filepath.Join(dir, "retort"), nil
}

// migrationPackages are the packages of revisions that there are.
func (i *invocation) migrationPackages(home module) ([]build.Migrations, error) {
	var out []build.Migrations
	for _, dir := range i.config.MigrationDirs() {
		if _, err := i.staged.ReadDir(dir); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		found, err := registry.FindIn(i.staged, dir)
		if err != nil {
			return nil, err
		}
		if !found.Declared {
			if found.Files && found.Bun == "" {
				return nil, fmt.Errorf("%s declares no registry of revisions: add \"var Revisions = &versions.Set{}\"", shown(dir))
			}
			continue
		}
		importPath, err := home.importPath(dir)
		if err != nil {
			return nil, err
		}
		out = append(out, build.Migrations{ImportPath: importPath, Registry: found.Variable})
	}
	return out, nil
}

// reflectOptions says how models are read for a server.
func (i *invocation) reflectOptions(built *project, server schema.Server, namespace string) reflect.Options {
	options := reflect.Options{
		Flavor: server.Flavor, Version: server.Version, DefaultNamespace: namespace,
		ForeignKeys: i.config.ForeignKeys, Types: i.config.Types, Naming: i.config.Naming,
		Dir: built.module.root, ModulePath: built.module.path,
	}
	if built.discovered != nil {
		options.Positions = built.discovered.Positions
	}
	return options
}

// load asks the driver for schemas.
func (i *invocation) load(built *project, request protocol.LoadRequest) (*protocol.LoadResult, error) {
	began := time.Now()
	defer func() { i.timing("run", began) }()
	var result protocol.LoadResult
	err := built.driver.Call(i.ctx, protocol.Request{Command: protocol.Load, Load: &request}, process.Listener{}, &result)
	return &result, err
}
