package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/modfile"
)

// ModuleError says that the modules which the driver needs could not be put together.
type ModuleError struct {
	Output string // of the go command
	Cause  error
}

// Error holds what the go command said.
func (e *ModuleError) Error() string {
	return fmt.Sprintf("cannot add what retort's driver needs to a copy of go.mod: %v\n%s", e.Cause, strings.TrimSpace(e.Output))
}

// Unwrap returns the error of running the go command.
func (e *ModuleError) Unwrap() error { return e.Cause }

// modules decides which go.mod the driver is built with: the user's own, or a copy in the cache if that lacks something
// that only the driver needs (a user who just installed the binary has no requirement on Retort or no checksums of the
// database drivers), or if bun and its dialects have different versions, which bun refuses when it starts.
type modules struct {
	program Program
	cache   string
	go_     goCommand
}

// choice is a decision that is remembered for an unchanged go.mod.
type choice struct {
	modfile string // empty for the user's own
	noWork  bool
}

// arguments are what "go build" gets.
func (c choice) arguments() []string {
	if c.modfile == "" {
		return nil
	}
	return []string{"-mod=readonly", "-modfile=" + c.modfile}
}

// environment is added to that of "go build": go.work and -modfile exclude each other.
func (c choice) environment() []string {
	if !c.noWork {
		return nil
	}
	return []string{"GOWORK=off"}
}

func (m modules) choose(ctx context.Context, key string) (choice, error) {
	dir := filepath.Join(m.cache, "modules", key)
	marker := filepath.Join(dir, "plain")
	copied := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(marker); err == nil {
		return choice{}, nil
	}
	if _, err := os.Stat(filepath.Join(dir, "complete")); err == nil {
		return choice{modfile: copied, noWork: true}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return choice{}, err
	}
	if err := m.writeProbe(dir); err != nil {
		return choice{}, err
	}
	if listed, err := m.list(ctx, dir, choice{}); err == nil && len(misaligned(listed)) == 0 {
		return choice{}, os.WriteFile(marker, nil, 0o644)
	}
	chosen := choice{modfile: copied, noWork: true}
	if err := m.copy(ctx, dir, chosen); err != nil {
		return choice{}, err
	}
	return chosen, os.WriteFile(filepath.Join(dir, "complete"), nil, 0o644)
}

// packages are those of Retort that the driver imports.
func (m modules) packages() []string {
	out := []string{Retort + "/cmd/driver"}
	for _, dialect := range m.program.Dialects {
		out = append(out, Retort+"/introspect/"+string(dialect), Retort+"/reflect/"+string(dialect))
	}
	return out
}

// probeDir is the directory of a package that imports what the driver imports of Retort and nothing of the user's. As a
// package of the user's module it needs the same lines in go.mod as the driver does.
const probeDir = ".retort-probe"

func (m modules) writeProbe(dir string) error {
	probe := newFile("probe")
	for _, importPath := range m.packages() {
		probe.blank(importPath)
	}
	source := filepath.Join(dir, "probe.go")
	if err := writeAtomically(source, []byte(probe.header())); err != nil {
		return err
	}
	replace := map[string]string{filepath.Join(m.program.ModuleRoot, probeDir, "probe.go"): source}
	if err := m.program.layOver(dir, replace); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return writeAtomically(filepath.Join(dir, "overlay.json"), overlay)
}

// list returns the modules, path to version, that the probe's dependencies come from.
func (m modules) list(ctx context.Context, dir string, with choice, extra ...string) (map[string]string, error) {
	args := append([]string{"list", "-overlay=" + filepath.Join(dir, "overlay.json")}, with.arguments()...)
	args = append(args, extra...)
	args = append(args, "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", path.Join(m.program.ModulePath, probeDir))
	stdout, stderr, err := m.go_.run(ctx, with.environment(), args...)
	if err != nil {
		return nil, &ModuleError{Output: stderr, Cause: err}
	}
	listed := map[string]string{}
	for line := range strings.Lines(stdout) {
		path, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		listed[path] = version
	}
	return listed, nil
}

const bun = "github.com/uptrace/bun"

// misaligned returns the dialects of bun whose version is not bun's own.
func misaligned(listed map[string]string) []string {
	var out []string
	for path, version := range listed {
		if strings.HasPrefix(path, bun+"/dialect/") && version != listed[bun] {
			out = append(out, path)
		}
	}
	return out
}

func (m modules) copy(ctx context.Context, dir string, chosen choice) error {
	source, err := m.program.Overlay.ReadFile(filepath.Join(m.program.ModuleRoot, "go.mod"))
	if err != nil {
		return err
	}
	file, err := modfile.Parse("go.mod", source, nil)
	if err != nil {
		return err
	}
	if err := requireRetort(file); err != nil {
		return err
	}
	if err := m.useWorkspace(ctx, file); err != nil {
		return err
	}
	if err := writeModfile(chosen.modfile, file); err != nil {
		return err
	}
	sums, err := m.program.Overlay.ReadFile(filepath.Join(m.program.ModuleRoot, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	sums = append(sums, retortSums()...)
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644); err != nil {
		return err
	}
	listed, err := m.fill(ctx, chosen)
	if err != nil {
		return err
	}
	wrong := misaligned(listed)
	if len(wrong) == 0 {
		return nil
	}
	if source, err = os.ReadFile(chosen.modfile); err != nil {
		return err
	}
	if file, err = modfile.Parse("go.mod", source, nil); err != nil {
		return err
	}
	for _, path := range wrong {
		if err := file.AddRequire(path, listed[bun]); err != nil {
			return err
		}
	}
	if err := writeModfile(chosen.modfile, file); err != nil {
		return err
	}
	_, err = m.fill(ctx, chosen)
	return err
}

// fill lets the go command add the requirements and checksums that are missing for the driver's packages, and only those:
// what the user's own packages miss stays an error of theirs.
func (m modules) fill(ctx context.Context, chosen choice) (map[string]string, error) {
	return m.list(ctx, filepath.Dir(chosen.modfile), choice{noWork: chosen.noWork}, "-mod=mod", "-modfile="+chosen.modfile)
}

func writeModfile(path string, file *modfile.File) error {
	file.Cleanup()
	formatted, err := file.Format()
	if err != nil {
		return err
	}
	return os.WriteFile(path, formatted, 0o644)
}

// requireRetort adds the version of the running binary, unless the module requires some version already. A binary that
// was built from a checkout is replaced by that checkout.
func requireRetort(file *modfile.File) error {
	for _, require := range file.Require {
		if require.Mod.Path == Retort {
			return nil
		}
	}
	version, checkout := self()
	if version == "" {
		if checkout == "" {
			return errors.New("this retort was built without a version: add a requirement on " + Retort + " to go.mod, or install retort with go install " + Retort + "/cmd/retort@latest")
		}
		version = "v0.0.0"
		if err := file.AddReplace(Retort, "", checkout, ""); err != nil {
			return err
		}
	}
	return file.AddRequire(Retort, version)
}

// self returns the version of the running binary, or the checkout that it was built from.
func self() (version, checkout string) {
	if _, source, _, ok := runtime.Caller(0); ok {
		root := filepath.Join(filepath.Dir(source), "..", "..", "..")
		if content, err := os.ReadFile(filepath.Join(root, "go.mod")); err == nil && modfile.ModulePath(content) == Retort {
			checkout = root
		}
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", checkout
	}
	module := &info.Main
	for _, dependency := range info.Deps {
		if dependency.Path == Retort {
			module = dependency
		}
	}
	if module.Path != Retort || module.Replace != nil || module.Version == "" || module.Version == "(devel)" || module.Sum == "" {
		return "", checkout
	}
	return module.Version, ""
}

// retortSums returns the checksums of the modules that the running binary was built from, as lines of a go.sum: they
// spare the driver a question to the checksum database.
func retortSums() []byte {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var out bytes.Buffer
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if module.Sum != "" && module.Replace == nil {
			fmt.Fprintf(&out, "%s %s %s\n", module.Path, module.Version, module.Sum)
		}
	}
	return out.Bytes()
}

// useWorkspace replaces the other modules of a go.work file, since that file cannot be used together with a copy of go.mod.
func (m modules) useWorkspace(ctx context.Context, file *modfile.File) error {
	stdout, _, err := m.go_.run(ctx, nil, "env", "GOWORK")
	workPath := strings.TrimSpace(stdout)
	if err != nil || workPath == "" || workPath == "off" {
		return err
	}
	source, err := os.ReadFile(workPath)
	if err != nil {
		return err
	}
	work, err := modfile.ParseWork(workPath, source, nil)
	if err != nil {
		return err
	}
	required := map[string]bool{}
	for _, require := range file.Require {
		required[require.Mod.Path] = true
	}
	for _, use := range work.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(workPath), dir)
		}
		content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return err
		}
		path := modfile.ModulePath(content)
		if path == file.Module.Mod.Path {
			continue
		}
		if err := file.AddReplace(path, "", dir, ""); err != nil {
			return err
		}
		if !required[path] {
			if err := file.AddRequire(path, "v0.0.0"); err != nil {
				return err
			}
		}
	}
	return nil
}

// goCommand runs the go command in a directory.
type goCommand struct{ dir string }

// MissingGoError says that there is no go command.
type MissingGoError struct{ Cause error }

// Error names the way out.
func (e *MissingGoError) Error() string {
	return fmt.Sprintf("retort builds your models with the go command, which was not found: install Go and put it in PATH (%v)", e.Cause)
}

// Unwrap returns the cause.
func (e *MissingGoError) Unwrap() error { return e.Cause }

func (g goCommand) run(ctx context.Context, environment []string, args ...string) (stdout, stderr string, err error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = g.dir
	command.Env = append(goEnvironment(), environment...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err = command.Run()
	if errors.Is(err, exec.ErrNotFound) {
		err = &MissingGoError{Cause: err}
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return out.String(), errs.String(), err
}
