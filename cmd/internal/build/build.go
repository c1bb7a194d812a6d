package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// CompileError says that the user's code does not compile. Output is what the compiler wrote, unchanged.
type CompileError struct{ Output string }

// Error returns what the compiler wrote.
func (e *CompileError) Error() string { return strings.TrimRight(e.Output, "\n") }

// Result is a driver that is ready to run.
type Result struct {
	// Path is the executable.
	Path string
	// Fresh is set if it had to be built.
	Fresh bool
}

// Driver returns the executable of a program. It is kept in cache, a directory, and built again only if one of the files
// that it is made of has changed. The error is a [*CompileError] if the user's code is at fault.
func Driver(ctx context.Context, program Program, cache string) (Result, error) {
	if program.Dir == "" {
		program.Dir = program.ModuleRoot
	}
	generated := program.generate()
	goPath, err := exec.LookPath("go")
	if err != nil {
		return Result{}, &MissingGoError{Cause: err}
	}
	toolchain, err := describe(goPath)
	if err != nil {
		return Result{}, err
	}
	settings := strings.Join(append(goSettings(), toolchain), "\n")
	parts := []string{program.ModuleRoot, settings, generated.text(), strings.Join(program.Tags, ",")}
	for _, path := range slices.Sorted(maps.Keys(program.Overlay)) {
		parts = append(parts, path, string(program.Overlay[path]))
	}
	name := digest(parts...)
	if len(program.Overlay) > 0 {
		name += passing // such content hardly comes again
	}
	dir := filepath.Join(cache, "drivers", name)
	b := &builder{program: program, sources: generated, cache: cache, dir: dir, settings: settings, go_: goCommand{dir: program.Dir}}
	if b.current() {
		return Result{Path: b.executable()}, nil
	}
	if err := b.build(ctx); err != nil {
		return Result{}, err
	}
	sweep(filepath.Join(cache, "drivers"))
	sweep(filepath.Join(cache, "modules"))
	return Result{Path: b.executable(), Fresh: true}, nil
}

type builder struct {
	program  Program
	sources  sources
	cache    string
	dir      string // of this driver in the cache
	settings string
	go_      goCommand
}

func (b *builder) executable() string { return filepath.Join(b.dir, "driver.exe") }

func (b *builder) build(ctx context.Context) error {
	started := time.Now()
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return fmt.Errorf("make a directory for the driver: %w", err)
	}
	key, err := b.moduleKey()
	if err != nil {
		return err
	}
	chosen, err := modules{program: b.program, cache: b.cache, go_: b.go_}.choose(ctx, key)
	if err != nil {
		return err
	}
	overlay, err := b.writeOverlay()
	if err != nil {
		return err
	}
	flags := append(chosen.arguments(), "-overlay="+overlay)
	if len(b.program.Tags) > 0 {
		flags = append(flags, "-tags="+strings.Join(b.program.Tags, ","))
	}
	listed := make(chan inputs, 1)
	go func() {
		found, known := b.unchangedInputs()
		if !known {
			found = b.list(ctx, chosen, flags)
		}
		listed <- found
	}()
	args := append([]string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", b.executable()}, flags...)
	_, stderr, err := b.go_.run(ctx, chosen.environment(), append(args, b.sources.target)...)
	found := <-listed
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return &CompileError{Output: stderr}
		}
		return err
	}
	b.stamp(found, started)
	return nil
}

// moduleKey identifies what the choice of a go.mod depends on.
func (b *builder) moduleKey() (string, error) {
	parts := []string{b.program.ModuleRoot, b.settings, string(retortSums()), strings.Join(modules{program: b.program}.packages(), " ")}
	for _, file := range b.moduleFiles() {
		content, err := b.program.Overlay.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		parts = append(parts, file, string(content))
	}
	return digest(parts...), nil
}

// moduleFiles are the files that decide about versions. A go.work file may be in any parent of the module's root.
func (b *builder) moduleFiles() []string {
	files := []string{
		filepath.Join(b.program.ModuleRoot, "go.mod"),
		filepath.Join(b.program.ModuleRoot, "go.sum"),
		filepath.Join(b.program.ModuleRoot, "vendor", "modules.txt"),
	}
	for at := b.program.ModuleRoot; ; at = filepath.Dir(at) {
		files = append(files, filepath.Join(at, "go.work"), filepath.Join(at, "go.work.sum"))
		if at == filepath.Dir(at) {
			return files
		}
	}
}

// writeOverlay puts the generated files into the cache and returns the overlay that lays them over the user's tree.
func (b *builder) writeOverlay() (string, error) {
	replace := map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(b.sources.files)) {
		real := filepath.Join(b.dir, fmt.Sprintf("source%d.go", i))
		if err := writeAtomically(real, []byte(b.sources.files[name])); err != nil {
			return "", err
		}
		replace[filepath.Join(b.program.ModuleRoot, filepath.FromSlash(name))] = real
	}
	if err := b.program.layOver(b.dir, replace); err != nil {
		return "", err
	}
	encoded, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(b.dir, "overlay.json")
	return overlay, writeAtomically(overlay, encoded)
}

// layOver writes the files that are to be built instead of what is on disk into a directory of the cache, and adds them to
// what an overlay replaces.
func (p Program) layOver(dir string, replace map[string]string) error {
	for i, path := range slices.Sorted(maps.Keys(p.Overlay)) {
		if p.Overlay[path] == nil {
			replace[path] = ""
			continue
		}
		real := filepath.Join(dir, fmt.Sprintf("overlay%d.go", i))
		if err := writeAtomically(real, p.Overlay[path]); err != nil {
			return err
		}
		replace[path] = real
	}
	return nil
}

// writeAtomically writes a file of the cache so that another process sees all of it or nothing.
func writeAtomically(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(content); err != nil {
		return errors.Join(err, temporary.Close())
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// text is all that was generated, for the key of the cache.
func (s sources) text() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		fmt.Fprintf(&out, "%s\n%s\n", name, s.files[name])
	}
	return out.String()
}

// goSettings are the variables that the go command and the C compiler heed.
func goSettings() []string {
	var out []string
	for _, variable := range goEnvironment() {
		if strings.HasPrefix(variable, "GO") || strings.HasPrefix(variable, "CGO_") || strings.HasPrefix(variable, "CC=") {
			out = append(out, variable)
		}
	}
	if dir, err := os.UserConfigDir(); err == nil {
		content, _ := os.ReadFile(filepath.Join(dir, "go", "env"))
		out = append(out, string(content))
	}
	slices.Sort(out)
	return out
}

func describe(executable string) (string, error) {
	resolved, err := filepath.EvalSymlinks(executable)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(resolved)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %d %d", resolved, info.Size(), info.ModTime().UnixNano()), nil
}

func digest(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(hash, "%d:%s\n", len(part), part)
	}
	return hex.EncodeToString(hash.Sum(nil))[:24]
}

// How long an unused driver stays in the cache; those of an overlay have a name that ends in passing.
const (
	keep        = 30 * 24 * time.Hour
	passing     = "-passing"
	keepPassing = 24 * time.Hour
)

// sweep removes the entries of a cache directory that were not used for long. What cannot be removed stays.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		limit := keep
		if strings.HasSuffix(entry.Name(), passing) {
			limit = keepPassing
		}
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > limit {
			os.RemoveAll(filepath.Join(dir, entry.Name()))
		}
	}
}
