package git

import (
	"context"
	"strings"
)

// Tree is the list of the files that a commit has.
type Tree struct {
	// Name is what it was asked for by: "origin/main", "HEAD".
	Name  string
	files map[string]bool
}

// Has reports whether the commit has a file, whose path has slashes and begins at the repository's root.
func (t Tree) Has(path string) bool { return t.files[path] }

// Trees returns the trees of commits. Names that stand for none are left out.
func (r *Repository) Trees(ctx context.Context, names ...string) ([]Tree, error) {
	var out []Tree
	for _, name := range names {
		commit, ok := r.Commit(ctx, name)
		if !ok {
			continue
		}
		listing, err := r.git(ctx, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
		if err != nil {
			return nil, err
		}
		tree := Tree{Name: name, files: map[string]bool{}}
		for file := range strings.SplitSeq(listing, "\x00") {
			tree.files[file] = true
		}
		out = append(out, tree)
	}
	return out, nil
}
