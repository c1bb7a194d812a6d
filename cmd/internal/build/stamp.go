package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/retort-db/retort/internal/overlay"
)

// inputs names what a driver was made of, outside of the module cache and Go itself, whose content does not change.
type inputs struct {
	dirs []string
	// complete is false if the list could not be made, or if files are embedded: patterns may match files that do not
	// exist yet. Then "go build" decides each time.
	complete bool
}

// stamp is written beside a driver and says of what content it was built.
type stamp struct {
	Dirs  []string `json:"dirs"`
	Files []string `json:"files"`
	Hash  string   `json:"hash"`
	// Imports is the hash of what decides which packages a program is made of: see hashImports.
	Imports string `json:"imports"`
	// Driver describes the executable, which another process may have replaced.
	Driver string `json:"driver"`
}

func (b *builder) stampFile() string { return filepath.Join(b.dir, "stamp.json") }

func (b *builder) readStamp() (written stamp, ok bool) {
	content, err := os.ReadFile(b.stampFile())
	return written, err == nil && json.Unmarshal(content, &written) == nil
}

// current reports whether the executable was built from exactly what is on disk now. Content is compared, not times.
func (b *builder) current() bool {
	written, ok := b.readStamp()
	if !ok {
		return false
	}
	driver, err := describe(b.executable())
	if err != nil || driver != written.Driver {
		return false
	}
	hash, _, err := hashInputs(b.program.Overlay, written.Dirs, written.Files)
	if err != nil || hash != written.Hash {
		return false
	}
	now := time.Now()
	_ = os.Chtimes(b.dir, now, now) // keeps it from being swept
	return true
}

// stamp notes what the executable was built from. A file that was changed after the build began may or may not be in it:
// then nothing is noted, and the next run builds again.
func (b *builder) stamp(found inputs, started time.Time) {
	_ = os.Remove(b.stampFile())
	if !found.complete {
		return
	}
	files := b.moduleFiles()
	hash, newest, err := hashInputs(b.program.Overlay, found.dirs, files)
	if err != nil || !newest.Before(started) {
		return
	}
	driver, err := describe(b.executable())
	if err != nil {
		return
	}
	imports, err := hashImports(b.program.Overlay, found.dirs, files)
	if err != nil {
		return
	}
	encoded, err := json.Marshal(stamp{Dirs: found.dirs, Files: files, Hash: hash, Imports: imports, Driver: driver})
	if err != nil {
		return
	}
	_ = writeAtomically(b.stampFile(), encoded) // without a stamp the next run builds again
}

// unchangedInputs returns what the last build found, if no file was added or removed and none imports anything else. An edit
// is usually of that kind, and asking the go command takes a good part of the time of building again.
func (b *builder) unchangedInputs() (found inputs, known bool) {
	written, ok := b.readStamp()
	if !ok {
		return inputs{}, false
	}
	imports, err := hashImports(b.program.Overlay, written.Dirs, written.Files)
	if err != nil || imports != written.Imports {
		return inputs{}, false
	}
	return inputs{dirs: written.Dirs, complete: true}, true
}

// list asks the go command for the directories of the packages that the driver is made of.
func (b *builder) list(ctx context.Context, chosen choice, flags []string) inputs {
	type listed struct {
		Dir           string
		Standard      bool
		EmbedPatterns []string
		Module        *struct {
			Main    bool
			Dir     string
			Replace *struct{ Version string }
		}
	}
	args := append([]string{"list", "-deps", "-e", "-json=Dir,Standard,EmbedPatterns,Module"}, flags...)
	stdout, _, err := b.go_.run(ctx, chosen.environment(), append(args, b.sources.target)...)
	if err != nil {
		return inputs{}
	}
	found := inputs{complete: true}
	decoder := json.NewDecoder(strings.NewReader(stdout))
	for decoder.More() {
		var one listed
		if err := decoder.Decode(&one); err != nil {
			return inputs{}
		}
		local := one.Module == nil || one.Module.Main || one.Module.Replace != nil && one.Module.Replace.Version == ""
		if one.Standard || !local {
			continue
		}
		if len(one.EmbedPatterns) > 0 {
			found.complete = false
		}
		if one.Dir != "" && filepath.Base(one.Dir) != sourceDir {
			found.dirs = append(found.dirs, one.Dir)
		}
	}
	slices.Sort(found.dirs)
	return found
}

// hashInputs hashes the names and contents of the files that may be compiled: all of the directories except tests, and
// the single files, which may be absent. It also returns when the newest was changed.
func hashInputs(laid overlay.Files, dirs, files []string) (hash string, newest time.Time, err error) {
	sum := sha256.New()
	add := func(path string) error {
		content, err := laid.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(sum, "%s absent\n", path)
			return nil
		}
		if err != nil {
			return err
		}
		if _, replaced := laid.Lookup(path); !replaced {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			if info.ModTime().After(newest) {
				newest = info.ModTime()
			}
		}
		fmt.Fprintf(sum, "%s %d\n", path, len(content))
		sum.Write(content)
		return nil
	}
	for _, dir := range dirs {
		entries, err := laid.ReadDir(dir)
		if err != nil {
			return "", time.Time{}, err
		}
		for _, entry := range entries {
			if !compiled(entry) {
				continue
			}
			if err := add(filepath.Join(dir, entry.Name())); err != nil {
				return "", time.Time{}, err
			}
		}
	}
	for _, file := range files {
		if err := add(file); err != nil {
			return "", time.Time{}, err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), newest, nil
}

// hashImports hashes what decides which packages a program is made of: the names of the source files, what Go files have up
// to the end of their imports, build constraints included, and all of the single files, which decide about versions.
func hashImports(laid overlay.Files, dirs, files []string) (string, error) {
	sum := sha256.New()
	for _, dir := range dirs {
		entries, err := laid.ReadDir(dir)
		if err != nil {
			return "", err
		}
		for _, entry := range entries {
			if !compiled(entry) {
				continue
			}
			path := filepath.Join(dir, entry.Name())
			fmt.Fprintf(sum, "%s\n", path)
			if filepath.Ext(path) != ".go" {
				continue
			}
			content, err := laid.ReadFile(path)
			if err != nil {
				return "", err
			}
			sum.Write(untilImports(content))
		}
	}
	for _, file := range files {
		content, err := laid.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n%s", file, len(content), content)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// untilImports returns the beginning of a Go file, all of it if it does not parse.
func untilImports(content []byte) []byte {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", content, parser.ImportsOnly)
	if err != nil {
		return content
	}
	end := file.Name.End()
	for _, declaration := range file.Decls {
		end = max(end, declaration.End())
	}
	return content[:set.Position(end).Offset]
}

// sourceSuffixes are the files that the go command compiles (go help packages, go/build).
var sourceSuffixes = []string{".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx", ".syso"}

func compiled(entry fs.DirEntry) bool {
	name := entry.Name()
	if entry.IsDir() || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, ".") {
		return false
	}
	return slices.Contains(sourceSuffixes, filepath.Ext(name))
}
