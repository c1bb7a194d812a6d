package git_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/cmd/internal/git"
)

func TestUnstaged(t *testing.T) {
	dir := repository(t)
	open := func() *git.Repository {
		t.Helper()
		repository, err := git.Open(t.Context(), filepath.Join(dir, "db", "mig"))
		if err != nil {
			t.Fatal(err)
		}
		return repository
	}
	unstaged := func() []string {
		t.Helper()
		found, err := open().Unstaged(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, one := range found {
			out = append(out, fmt.Sprintf("%s %t %t %q", one.Path, one.Untracked, one.Deleted, one.Text))
		}
		slices.Sort(out)
		return out
	}
	if got := unstaged(); got != nil {
		t.Errorf("a clean tree: %q", got)
	}
	write(t, dir, "db/mig/c.go", "package staged\n")
	write(t, dir, "db/mig/ümlaut.go", "staged")
	write(t, dir, "new and staged.go", "new")
	call(t, dir, "add", "-A")
	write(t, dir, "db/mig/c.go", "package later\n")
	write(t, dir, "db/mig/ümlaut.go", "later")
	write(t, dir, "db/mig/un tracked.go", "untracked")
	write(t, dir, "intended.go", "intended")
	call(t, dir, "add", "--intent-to-add", "intended.go")
	write(t, dir, ".gitignore", "*.log\n")
	write(t, dir, "x.log", "ignored")
	for _, gone := range []string{"db/mig/a.go", "db/mig/deep/b.go"} {
		if err := os.Remove(filepath.Join(dir, gone)); err != nil {
			t.Fatal(err)
		}
	}
	call(t, dir, "rm", "-q", "--cached", "db/mig/deep/b.go")
	want := []string{
		`.gitignore true false ""`,
		`db/mig/a.go false true "package a\n"`,
		`db/mig/c.go false false "package staged\n"`,
		`db/mig/un tracked.go true false ""`,
		`db/mig/ümlaut.go false false "staged"`,
		`intended.go true false ""`,
	}
	if got := unstaged(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// As in a hook of a linked working tree.
	t.Setenv("GIT_DIR", filepath.Join(dir, ".git"))
	if got := unstaged(); !slices.Equal(got, want) {
		t.Errorf("with GIT_DIR: %q", got)
	}
}

func TestUnmerged(t *testing.T) {
	dir := repository(t)
	write(t, dir, "db/mig/a b.go", "mine")
	commit(t, dir, "mine")
	call(t, dir, "switch", "-q", "-c", "other", "HEAD~1")
	write(t, dir, "db/mig/a b.go", "theirs")
	commit(t, dir, "theirs")
	command := exec.Command("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "merge", "-q", "feature")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err == nil {
		t.Fatalf("the merge had no conflict: %s", out)
	}
	repository, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = repository.Unstaged(t.Context())
	var unmerged *git.UnmergedError
	if !errors.As(err, &unmerged) || unmerged.Path != "db/mig/a b.go" {
		t.Errorf("got %v", err)
	}
}
