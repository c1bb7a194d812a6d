// Package git asks git what a branch has changed. It only reads: no checkout, no fetch, no lock.
package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Repository is the working tree that a directory is in.
type Repository struct {
	// Root is the top of the working tree.
	Root string
}

// Blob is a file as a commit has it.
type Blob struct {
	Path string // with slashes, from the repository's root
	Text []byte
}

// Error is a call of git that failed.
type Error struct {
	Args   []string
	Output string // what git wrote to standard error
	Cause  error
}

// Error gives git's own words, and what to do about those that are common in continuous integration.
func (e *Error) Error() string {
	text := strings.TrimSpace(e.Output)
	if text == "" {
		text = e.Cause.Error()
	}
	if strings.Contains(text, "dubious ownership") {
		text += "\nthe checkout belongs to another user: git config --global --add safe.directory PATH"
	}
	return fmt.Sprintf("git %s: %s", e.Args[0], text)
}

// Unwrap returns the error of the process.
func (e *Error) Unwrap() error { return e.Cause }

// NotFoundError says that there is no git, or no repository.
type NotFoundError struct {
	Dir     string
	Program bool // git itself is missing
}

// Error names the way out.
func (e *NotFoundError) Error() string {
	if e.Program {
		return "the git program was not found, and what a branch adds is found with it: install git"
	}
	return fmt.Sprintf("%s is in no git repository, so there is no branch to review: run git init, or use retort diff migrations@REVISION migrations", e.Dir)
}

// BaseError says that what the branch is to be compared with cannot be found.
type BaseError struct {
	Base    string   // as asked for; empty if it was to be guessed
	Tried   []string // what was looked for, if it was to be guessed
	Shallow bool     // the clone lacks the history in which both meet
	Empty   bool     // there is no commit yet
}

// Error names the way out.
func (e *BaseError) Error() string {
	switch {
	case e.Empty:
		return "the repository has no commit yet, so there is no base to compare with"
	case e.Shallow:
		return fmt.Sprintf("the clone is shallow and does not reach the commit in which this branch left %s: fetch the whole history (git fetch --unshallow; actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0)", e.Base)
	case e.Base == "":
		return fmt.Sprintf("cannot tell which branch this one is to be merged into (looked for %s): name it with --base", strings.Join(e.Tried, ", "))
	case e.Tried != nil:
		return fmt.Sprintf("there is no commit %s here: fetch it (git fetch origin), or name another with --base; looked for %s", e.Base, strings.Join(e.Tried, ", "))
	}
	return fmt.Sprintf("this branch and %s have no common history: name another base with --base", e.Base)
}

// Open finds the repository of a directory. The error is a [*NotFoundError], or git's own.
func Open(ctx context.Context, dir string) (*Repository, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, &NotFoundError{Dir: dir, Program: true}
	}
	out, err := run(ctx, dir, nil, "rev-parse", "--show-toplevel")
	var failed *Error
	if errors.As(err, &failed) && strings.Contains(failed.Output, "not a git repository") {
		return nil, &NotFoundError{Dir: dir}
	}
	if err != nil {
		return nil, err
	}
	return &Repository{Root: filepath.FromSlash(strings.TrimRight(string(out), "\n"))}, nil
}

// run runs git in a directory. Its messages are in English, and it takes no locks.
func run(ctx context.Context, dir string, input io.Reader, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "git", append([]string{"--no-optional-locks", "-c", "core.quotePath=false"}, args...)...)
	command.Dir = dir
	command.Env = append(environment(), "LC_ALL=C", "LANGUAGE=C", "GIT_TERMINAL_PROMPT=0")
	command.Stdin = input
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &Error{Args: args, Output: stderr.String(), Cause: err}
	}
	return stdout.Bytes(), nil
}

// environment is that of the process. In a hook of a linked working tree git sets GIT_DIR alone, and by that takes whatever
// directory it is called in for the top of the tree; without it, it finds the repository as it does elsewhere.
func environment() []string {
	all := os.Environ()
	if os.Getenv("GIT_WORK_TREE") != "" {
		return all
	}
	return slices.DeleteFunc(all, func(variable string) bool { return strings.HasPrefix(variable, "GIT_DIR=") })
}

func (r *Repository) git(ctx context.Context, args ...string) (string, error) {
	out, err := run(ctx, r.Root, nil, args...)
	return strings.TrimRight(string(out), "\n"), err
}

// Commit returns the full hash of what a name stands for, and whether there is such a commit.
func (r *Repository) Commit(ctx context.Context, name string) (string, bool) {
	hash, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	return hash, err == nil && hash != ""
}

// FindBase returns the branch that this one is to be merged into: the one that a pull request of GitHub Actions or a merge
// request of GitLab names, else the remote's default branch, else the usual names.
func (r *Repository) FindBase(ctx context.Context, lookup func(string) (string, bool)) (string, error) {
	var candidates []string
	for _, variable := range []string{"GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"} {
		if branch, _ := lookup(variable); branch != "" {
			candidates = append(candidates, "origin/"+branch, branch)
		}
	}
	if len(candidates) == 0 {
		candidates = []string{"origin/HEAD", "origin/main", "origin/master", "main", "master"}
	}
	for _, candidate := range candidates {
		if _, ok := r.Commit(ctx, candidate); !ok {
			continue
		}
		if candidate == "origin/HEAD" {
			if name, err := r.git(ctx, "rev-parse", "--abbrev-ref", candidate); err == nil {
				return name, nil
			}
		}
		return candidate, nil
	}
	if _, ok := r.Commit(ctx, "HEAD"); !ok {
		return "", &BaseError{Empty: true}
	}
	return "", &BaseError{Tried: candidates}
}

// MergeBase returns the commit in which the current branch left base, and the commit that base is now. A base without
// "origin/" that exists only at the remote is found there. The error is a [*BaseError], or git's own.
func (r *Repository) MergeBase(ctx context.Context, base string) (merge, tip string, err error) {
	if _, ok := r.Commit(ctx, "HEAD"); !ok {
		return "", "", &BaseError{Empty: true}
	}
	tip, ok := r.Commit(ctx, base)
	if !ok {
		if tip, ok = r.Commit(ctx, "origin/"+base); !ok {
			return "", "", &BaseError{Base: base, Tried: []string{base, "origin/" + base}}
		}
	}
	merge, err = r.git(ctx, "merge-base", "HEAD", tip)
	var failed *Error
	if errors.As(err, &failed) && strings.TrimSpace(failed.Output) == "" {
		shallow, _ := r.git(ctx, "rev-parse", "--is-shallow-repository")
		return "", "", &BaseError{Base: base, Shallow: shallow == "true"}
	}
	return merge, tip, err
}

// Relative returns a path from the repository's root, with slashes. A directory need not exist.
func (r *Repository) Relative(path string) (string, error) {
	rest := ""
	for {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			path = filepath.Join(real, rest)
			break
		}
		parent := filepath.Dir(path)
		if parent == path {
			return "", err
		}
		rest, path = filepath.Join(filepath.Base(path), rest), parent
	}
	root, err := filepath.EvalSymlinks(r.Root)
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(root, path)
	if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is not in the repository %s", path, r.Root)
	}
	return filepath.ToSlash(relative), nil
}

// Blobs returns the files of directories as a commit has them, without those of their subdirectories, in the order of git.
// A directory that the commit does not have holds none.
func (r *Repository) Blobs(ctx context.Context, commit string, dirs ...string) ([]Blob, error) {
	var blobs []Blob
	var wanted bytes.Buffer
	for _, dir := range dirs {
		relative, err := r.Relative(dir)
		if err != nil {
			return nil, err
		}
		args := []string{"ls-tree", "-z", "--full-tree", commit}
		if relative != "." {
			args = append(args, "--", relative+"/")
		}
		listing, err := r.git(ctx, args...)
		if err != nil {
			return nil, err
		}
		for entry := range strings.SplitSeq(listing, "\x00") {
			about, path, found := strings.Cut(entry, "\t")
			fields := strings.Fields(about)
			if !found || len(fields) != 3 || fields[1] != "blob" {
				continue
			}
			blobs = append(blobs, Blob{Path: path})
			wanted.WriteString(fields[2] + "\n")
		}
	}
	if len(blobs) == 0 {
		return nil, nil
	}
	out, err := run(ctx, r.Root, &wanted, "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	return blobs, readBatch(bufio.NewReader(bytes.NewReader(out)), blobs)
}

// readBatch reads what cat-file --batch prints: a line with hash, type and size, the content, and a line end, for each file.
func readBatch(in *bufio.Reader, blobs []Blob) error {
	for i := range blobs {
		line, err := in.ReadString('\n')
		if err != nil {
			return fmt.Errorf("read %s of git: %w", blobs[i].Path, err)
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return fmt.Errorf("read %s of git: %s", blobs[i].Path, strings.TrimSpace(line))
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil {
			return fmt.Errorf("read %s of git: %w", blobs[i].Path, err)
		}
		blobs[i].Text = make([]byte, size)
		if _, err := io.ReadFull(in, blobs[i].Text); err != nil {
			return fmt.Errorf("read %s of git: %w", blobs[i].Path, err)
		}
		if _, err := in.Discard(1); err != nil {
			return fmt.Errorf("read %s of git: %w", blobs[i].Path, err)
		}
	}
	return nil
}

// Uncommitted returns the files below directories that differ from the last commit or are not in it, with slashes from the
// repository's root, sorted.
func (r *Repository) Uncommitted(ctx context.Context, dirs ...string) ([]string, error) {
	args := []string{"status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--"}
	for _, dir := range dirs {
		relative, err := r.Relative(dir)
		if err != nil {
			return nil, err
		}
		args = append(args, relative)
	}
	out, err := r.git(ctx, args...)
	if err != nil {
		return nil, err
	}
	var files []string
	for entry := range strings.SplitSeq(out, "\x00") {
		if len(entry) > 3 {
			files = append(files, entry[3:])
		}
	}
	slices.Sort(files)
	return files, nil
}
