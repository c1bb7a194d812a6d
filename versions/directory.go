package versions

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/retort-db/retort/internal/overlay"
)

// Directory is what the revision files of one or several folders say, read without compiling them.
type Directory struct {
	// Folders are the folders as given, without repetitions.
	Folders []string
	// Revisions are ordered by folder, file and place in the file.
	Revisions []Meta
}

// Graph returns the graph of the revisions; see [NewGraph].
func (d *Directory) Graph() (*Graph, error) { return NewGraph(d.Revisions) }

// FolderOf returns the folder in which a new revision with these parents belongs: that of the first parent, or the only
// one. With several folders and no parent the error asks for one.
func (d *Directory) FolderOf(parents []string) (string, error) {
	if len(d.Folders) == 1 {
		return d.Folders[0], nil
	}
	if len(parents) == 0 {
		return "", fmt.Errorf("there are %d folders of revisions (%s) and the new revision has no parent: say which folder it goes to",
			len(d.Folders), strings.Join(d.Folders, ", "))
	}
	for _, meta := range d.Revisions {
		if meta.ID == parents[0] {
			return filepath.Dir(meta.File), nil
		}
	}
	return "", &UnknownRevisionError{Identifier: parents[0]}
}

// ReadDir reads the revisions of folders: the literals in calls like
//
//	Revisions.Add(versions.Revision{ID: "1975ea83b712", Revises: versions.After("ae1027a6acf0"), …})
//
// Files are parsed, not compiled, so code elsewhere in them may be broken. Files without such a call are ignored. The
// error joins everything that is wrong: [*FolderError], [*FileError] for what cannot be read, [*LiteralError] for what
// is not written as a literal, [*LeftOutError] for a revision in a file that Go's build rules leave out on some
// platform. The directory is returned with what could be read, whatever the error.
func ReadDir(folders ...string) (*Directory, error) { return ReadDirOverlaid(nil, folders...) }

// ReadDirOverlaid is [ReadDir] in a tree in which files are replaced: files maps absolute paths to the content that stands
// for what is on disk, nil for files that are to be taken for absent.
func ReadDirOverlaid(files map[string][]byte, folders ...string) (*Directory, error) {
	laid := overlay.Files(files)
	d := &Directory{}
	var paths []string
	var problems []error
	for _, folder := range distinct(folders) {
		found, err := goFiles(laid, folder)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		d.Folders = append(d.Folders, folder)
		paths = append(paths, found...)
	}
	results := make([]fileResult, len(paths))
	inParallel(len(paths), func(i int) { results[i] = readFile(laid, paths[i]) })
	for _, result := range results {
		d.Revisions = append(d.Revisions, result.metas...)
		problems = append(problems, result.problems...)
	}
	return d, errors.Join(problems...)
}

// Source is a Go file that is not read from the disk, such as one of another commit.
type Source struct {
	File string // its path, for messages and [Meta.File]
	Text []byte
}

// ReadSources is [ReadDir] for files that are at hand already. They keep their order; those that are not Go files are
// passed over.
func ReadSources(sources []Source) (*Directory, error) {
	d := &Directory{}
	var problems []error
	for _, source := range sources {
		if !isGoFile(filepath.Base(source.File)) {
			continue
		}
		if folder := filepath.Dir(source.File); !slices.Contains(d.Folders, folder) {
			d.Folders = append(d.Folders, folder)
		}
		result := parseFile(source.File, source.Text)
		d.Revisions = append(d.Revisions, result.metas...)
		problems = append(problems, result.problems...)
	}
	return d, errors.Join(problems...)
}

// inParallel calls do for 0 to n-1, on as many goroutines as there are processors.
func inParallel(n int, do func(i int)) {
	const chunk = 32
	var wait sync.WaitGroup
	var mutex sync.Mutex
	next := 0
	take := func() (from, to int) {
		mutex.Lock()
		defer mutex.Unlock()
		from, to = next, min(next+chunk, n)
		next = to
		return from, to
	}
	for range min(runtime.GOMAXPROCS(0), n/chunk+1) {
		wait.Go(func() {
			for from, to := take(); from < to; from, to = take() {
				for i := from; i < to; i++ {
					do(i)
				}
			}
		})
	}
	wait.Wait()
}

// distinct drops folders that are another way to write an earlier one.
func distinct(folders []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, folder := range folders {
		real := folder
		if path, err := filepath.EvalSymlinks(folder); err == nil {
			real = path
		}
		if absolute, err := filepath.Abs(real); err == nil {
			real = absolute
		}
		if !seen[real] {
			seen[real] = true
			out = append(out, folder)
		}
	}
	return out
}

// isGoFile reports whether Go would look at a file. What editors leave behind (".#x.go") is no file of Go's either.
func isGoFile(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, ".")
}

// goFiles returns the Go files of a folder in the order of their names.
func goFiles(laid overlay.Files, folder string) ([]string, error) {
	entries, err := laid.ReadDir(folder)
	if err != nil {
		return nil, &FolderError{Folder: folder, Cause: err}
	}
	var files []string
	for _, entry := range entries {
		if isGoFile(entry.Name()) && !entry.IsDir() {
			files = append(files, filepath.Join(folder, entry.Name()))
		}
	}
	slices.SortFunc(files, cmp.Compare[string])
	return files, nil
}

// FolderError says that a folder of revisions cannot be read.
type FolderError struct {
	Folder string
	Cause  error
}

// Error names the folder and the way out.
func (e *FolderError) Error() string {
	if errors.Is(e.Cause, fs.ErrNotExist) {
		return fmt.Sprintf("there is no folder %s: create it with \"retort init\", or name the right one in the configuration", e.Folder)
	}
	return fmt.Sprintf("cannot read the folder of revisions %s: %v", e.Folder, e.Cause)
}

// Unwrap returns the system's error.
func (e *FolderError) Unwrap() error { return e.Cause }

// FileError says that a revision file cannot be read or understood.
type FileError struct {
	File  string
	Cause error
}

// Error names the file and the cause.
func (e *FileError) Error() string { return fmt.Sprintf("cannot read %s: %v", e.File, e.Cause) }

// Unwrap returns the parser's or the system's error.
func (e *FileError) Unwrap() error { return e.Cause }

// LiteralError says that something about a revision has to be written as a literal and is not.
type LiteralError struct {
	File  string
	Line  int
	Field string // "ID", "Revises" …; empty for the revision as a whole
	Want  string // how to write it
}

// Error names the place and how to write it.
func (e *LiteralError) Error() string {
	what := e.Field
	if what == "" {
		what = "the revision"
	}
	return fmt.Sprintf("%s:%d: %s has to be written out as %s, so that it can be read without compiling", e.File, e.Line, what, e.Want)
}

// LeftOutError says that a file has a revision and is not always part of the program.
type LeftOutError struct {
	File     string
	Revision string
	Reason   string // "files that end in _test.go are compiled for tests only"
	Way      string // "rename the file"
}

// Error names the file, the revision, the reason and the way out.
func (e *LeftOutError) Error() string {
	return fmt.Sprintf("%s: revision %s would be left out of the program: %s; %s", e.File, e.Revision, e.Reason, e.Way)
}
