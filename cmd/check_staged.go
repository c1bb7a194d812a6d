package cmd

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/git"
	"github.com/retort-db/retort/internal/overlay"
	"github.com/retort-db/retort/render"
)

// NotStagedError says that there is no telling what would be committed.
type NotStagedError struct{ Cause error }

// Error gives the cause and the way out.
func (e *NotStagedError) Error() string {
	var none *git.NotFoundError
	if errors.As(e.Cause, &none) && none.Program {
		return "--staged asks git what would be committed, and the git program was not found"
	}
	if errors.As(e.Cause, &none) {
		return "--staged asks git what would be committed, and " + none.Dir + " is in no git repository"
	}
	return "cannot tell what would be committed: " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *NotStagedError) Unwrap() error { return e.Cause }

// stage lays what the next commit would hold over what is on disk: everything that follows reads, builds and compares
// that. Files that git ignores stay, since a build may need what is generated.
func (c *checking) stage() error {
	began := time.Now()
	home, err := findModule(c.config.Dir)
	if err != nil {
		return err
	}
	repository, err := git.Open(c.ctx, home.root)
	if err != nil {
		return &NotStagedError{Cause: err}
	}
	unstaged, err := repository.Unstaged(c.ctx)
	if err != nil {
		return &NotStagedError{Cause: err}
	}
	root, err := rootAsNamed(repository, home.root)
	if err != nil {
		return &NotStagedError{Cause: err}
	}
	files := overlay.Files{}
	for _, file := range unstaged {
		path := filepath.Join(root, filepath.FromSlash(file.Path))
		files[path] = nil // also what is no Go: a program may embed it
		if !file.Untracked {
			files[path] = nonNil(file.Text)
		}
		if p, matters := c.notStaged(path, file); matters {
			c.problems = append(c.problems, p)
		}
	}
	c.timing("ask git", began)
	if len(files) == 0 {
		return nil
	}
	c.staged = files
	if content, replaced := files.Lookup(c.config.File); replaced && content != nil {
		c.config, err = config.Parse(c.config.File, content)
	}
	return err
}

// rootAsNamed is the repository's root by the name that the project's directory has it, which may lead over symbolic links.
func rootAsNamed(repository *git.Repository, dir string) (string, error) {
	within, err := repository.Relative(dir)
	if err != nil {
		return "", err
	}
	if within == "." {
		return dir, nil
	}
	if root, found := strings.CutSuffix(dir, string(filepath.Separator)+filepath.FromSlash(within)); found {
		return root, nil
	}
	return repository.Root, nil
}

// notStaged says of a file that the commit would have otherwise than the working tree, if it is one that check reads.
func (c *checking) notStaged(path string, file git.Unstaged) (p problem, matters bool) {
	p = problem{Rule: ruleNotStaged, Severity: render.AnnotationWarning, File: shown(path), Way: "git add " + forShell(shown(path))}
	switch {
	case file.Untracked:
		p.Text = "it would not be part of the commit"
	case file.Deleted:
		p.Text, p.Way = "it is deleted, and would still be part of the commit", "git rm "+forShell(shown(path))
	default:
		p.Text = "the commit would have it as it was before it was edited"
	}
	if path == c.config.File {
		return p, true
	}
	if strings.HasSuffix(path, "_test.go") {
		return p, false
	}
	if !strings.HasSuffix(path, ".go") {
		beside := func(dir string) bool { return strings.HasPrefix(path, dir+string(filepath.Separator)) }
		return p, slices.ContainsFunc(c.config.MigrationDirs(), beside)
	}
	if slices.Contains(c.config.MigrationDirs(), filepath.Dir(path)) {
		return p, true
	}
	onDisk, _ := os.ReadFile(path) // a deleted file is judged by what the commit would have
	return p, mayBeModel(onDisk) || mayBeModel(file.Text)
}

// forShell quotes a path for a command line, where that needs it.
func forShell(path string) string {
	plain := func(r rune) bool {
		return r == '/' || r == '.' || r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	if !strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func mayBeModel(source []byte) bool {
	return bytes.Contains(source, []byte("bun.BaseModel")) || bytes.Contains(source, []byte(`bun:"`))
}

// missingRevision says what to do about models that differ from the revisions.
func (c *checking) missingRevision() string {
	const write = `write them with: retort revision --autogenerate -m "…"`
	for _, p := range c.problems {
		if p.Rule == ruleNotStaged {
			return "perhaps only a file is not staged, see above; otherwise " + write
		}
	}
	return write
}
