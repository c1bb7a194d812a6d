package git_test

import (
	"testing"

	"github.com/retort-db/retort/cmd/internal/git"
)

func TestTrees(t *testing.T) {
	dir := repository(t)
	write(t, dir, "db/mig/new.go", "package n\n")
	r, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	trees, err := r.Trees(t.Context(), "MERGE_HEAD", "HEAD", "nosuch", "main")
	if err != nil || len(trees) != 2 || trees[0].Name != "HEAD" || trees[1].Name != "main" {
		t.Fatalf("got %v, %v", trees, err)
	}
	for _, c := range []struct {
		file       string
		head, main bool
	}{{"db/mig/ümlaut.go", true, true}, {"db/mig/c.go", true, false}, {"db/mig/new.go", false, false}, {"db/mig", false, false}} {
		if trees[0].Has(c.file) != c.head || trees[1].Has(c.file) != c.main {
			t.Errorf("%s is in HEAD: %v, in main: %v", c.file, trees[0].Has(c.file), trees[1].Has(c.file))
		}
	}
}
