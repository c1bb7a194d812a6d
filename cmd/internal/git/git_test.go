package git_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/cmd/internal/git"
)

// repository makes a repository: a file on main, and a branch with another file.
func repository(t *testing.T) string {
	t.Helper()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	dir := filepath.Join(t.TempDir(), "a repo")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	call(t, dir, "init", "-q", "-b", "main")
	write(t, dir, "db/mig/a.go", "package a\n")
	write(t, dir, "db/mig/deep/b.go", "package b\n")
	write(t, dir, "db/mig/ümlaut.go", "ü")
	commit(t, dir, "first")
	call(t, dir, "switch", "-q", "-c", "feature")
	write(t, dir, "db/mig/c.go", "package c\n")
	commit(t, dir, "second")
	return dir
}

func call(t *testing.T, dir string, args ...string) {
	t.Helper()
	command := exec.Command("git", append([]string{"-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, dir, message string) {
	t.Helper()
	call(t, dir, "add", "-A")
	call(t, dir, "commit", "-q", "--allow-empty", "-m", message)
}

func none(string) (string, bool) { return "", false }

func TestBranch(t *testing.T) {
	dir := repository(t)
	r, err := git.Open(t.Context(), filepath.Join(dir, "db"))
	if err != nil {
		t.Fatal(err)
	}
	base, err := r.FindBase(t.Context(), none)
	if err != nil || base != "main" {
		t.Fatalf("base %q, %v", base, err)
	}
	merge, tip, err := r.MergeBase(t.Context(), base)
	if err != nil || merge != tip || len(merge) < 40 {
		t.Fatalf("merge base %q, tip %q, %v", merge, tip, err)
	}
	blobs, err := r.Blobs(t.Context(), merge, filepath.Join(dir, "db", "mig"), filepath.Join(dir, "nowhere", "x"))
	if err != nil || len(blobs) != 2 || blobs[0].Path != "db/mig/a.go" || string(blobs[0].Text) != "package a\n" || blobs[1].Path != "db/mig/ümlaut.go" {
		t.Fatalf("blobs %+v, %v", blobs, err)
	}
	if blobs, err := r.Blobs(t.Context(), merge, dir); err != nil || len(blobs) != 0 {
		t.Errorf("blobs of the root %+v, %v", blobs, err)
	}
	write(t, dir, "db/mig/new.go", "package n\n")
	write(t, dir, "db/mig/c.go", "package changed\n")
	write(t, dir, "elsewhere.go", "package e\n")
	uncommitted, err := r.Uncommitted(t.Context(), filepath.Join(dir, "db", "mig"))
	if err != nil || !slices.Equal(uncommitted, []string{"db/mig/c.go", "db/mig/new.go"}) {
		t.Fatalf("uncommitted %q, %v", uncommitted, err)
	}
	if _, err := r.Relative(filepath.Dir(dir)); err == nil {
		t.Error("a directory outside of the repository is taken for one inside")
	}
}

func TestBaseOfPullRequest(t *testing.T) {
	dir := repository(t)
	call(t, dir, "update-ref", "refs/remotes/origin/release", "main")
	r, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for variable, value := range map[string]string{"GITHUB_BASE_REF": "release", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "release"} {
		base, err := r.FindBase(t.Context(), func(name string) (string, bool) { return map[string]string{variable: value}[name], name == variable })
		if err != nil || base != "origin/release" {
			t.Errorf("%s: base %q, %v", variable, base, err)
		}
	}
	if _, tip, err := r.MergeBase(t.Context(), "release"); err != nil || tip == "" {
		t.Errorf("a base at the remote only: %q, %v", tip, err)
	}
	call(t, dir, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release")
	if base, err := r.FindBase(t.Context(), none); err != nil || base != "origin/release" {
		t.Errorf("the remote's default branch: %q, %v", base, err)
	}
}

func TestTrouble(t *testing.T) {
	dir := repository(t)
	outside := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(outside))
	var missing *git.NotFoundError
	if _, err := git.Open(t.Context(), outside); !errors.As(err, &missing) || missing.Program {
		t.Errorf("outside of a repository: %v", err)
	}
	r, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var base *git.BaseError
	if _, _, err := r.MergeBase(t.Context(), "--output=x"); !errors.As(err, &base) || !strings.Contains(err.Error(), "--base") {
		t.Errorf("an unknown base: %v", err)
	}
	call(t, dir, "switch", "-q", "--orphan", "apart")
	commit(t, dir, "apart")
	if _, _, err := r.MergeBase(t.Context(), "main"); !errors.As(err, &base) || base.Shallow {
		t.Errorf("no common history: %v", err)
	}
	call(t, dir, "branch", "-q", "-m", "main", "trunk")
	call(t, dir, "branch", "-q", "-D", "trunk")
	if _, err := r.FindBase(t.Context(), none); !errors.As(err, &base) || base.Base != "" {
		t.Errorf("no branch of a usual name: %v", err)
	}
	empty := t.TempDir()
	call(t, empty, "init", "-q")
	r, err = git.Open(t.Context(), empty)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.FindBase(t.Context(), none); !errors.As(err, &base) || !base.Empty {
		t.Errorf("a repository without a commit: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := git.Open(t.Context(), dir); !errors.As(err, &missing) || !missing.Program {
		t.Errorf("without git: %v", err)
	}
}

func TestShallow(t *testing.T) {
	dir := repository(t)
	call(t, dir, "switch", "-q", "main")
	commit(t, dir, "main goes on")
	clone := filepath.Join(t.TempDir(), "clone")
	call(t, dir, "clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "feature", "file://"+dir, clone)
	r, err := git.Open(t.Context(), clone)
	if err != nil {
		t.Fatal(err)
	}
	var base *git.BaseError
	if _, _, err := r.MergeBase(t.Context(), "origin/main"); !errors.As(err, &base) || !base.Shallow || !strings.Contains(err.Error(), "fetch-depth: 0") {
		t.Errorf("a shallow clone: %v", err)
	}
}
