// Package overlay reads a tree of files of which some are replaced, in the way of "go build -overlay".
package overlay

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files maps absolute paths to the content that stands for what is there on disk. Nil stands for nothing: the file is taken
// for absent. The zero value replaces nothing.
type Files map[string][]byte

// ReadFile is [os.ReadFile].
func (f Files) ReadFile(path string) ([]byte, error) {
	content, replaced := f.Lookup(path)
	switch {
	case !replaced:
		return os.ReadFile(path)
	case content == nil:
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return slices.Clone(content), nil
}

// Lookup returns what stands for a file, nil if that is taken for absent, and whether it is replaced at all.
func (f Files) Lookup(path string) (content []byte, replaced bool) {
	if len(f) == 0 {
		return nil, false
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, false
	}
	content, replaced = f[absolute]
	return content, replaced
}

// ReadDir is [os.ReadDir]. A directory that exists only through replaced files has entries too.
func (f Files) ReadDir(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	if len(f) == 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return entries, err
	}
	absolute, absErr := filepath.Abs(dir)
	if absErr != nil {
		return entries, err
	}
	entries = slices.DeleteFunc(entries, func(entry fs.DirEntry) bool {
		_, replaced := f[filepath.Join(absolute, entry.Name())]
		return replaced
	})
	for path, content := range f {
		if content != nil && filepath.Dir(path) == absolute {
			entries = append(entries, entry{filepath.Base(path)})
		}
	}
	if err != nil && len(entries) == 0 {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// Below returns the replaced paths below a directory, those taken for absent left out, in order.
func (f Files) Below(dir string) []string {
	var out []string
	within := strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator)
	for path, content := range f {
		if content != nil && strings.HasPrefix(path, within) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// entry is a replaced file in a directory.
type entry struct{ name string }

func (e entry) Name() string               { return e.name }
func (e entry) IsDir() bool                { return false }
func (e entry) Type() fs.FileMode          { return 0 }
func (e entry) Info() (fs.FileInfo, error) { return nil, fs.ErrNotExist }
