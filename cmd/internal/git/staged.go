package git

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"strings"
)

// Unstaged is a file of which the working tree has something else than the next commit would.
type Unstaged struct {
	Path string // with slashes, from the repository's root
	// Untracked is set if the commit would not have the file at all; otherwise Text is what it would have.
	Untracked bool
	// Deleted is set if the working tree does not have it.
	Deleted bool
	Text    []byte
}

// UnmergedError says that a merge waits for somebody, so that nothing can be committed.
type UnmergedError struct{ Path string }

// Error names a file and the way out.
func (e *UnmergedError) Error() string {
	return fmt.Sprintf("%s has conflicts of a merge, so that there is no telling what would be committed: resolve them and git add it", e.Path)
}

// Unstaged compares the working tree with the index, which is what the next commit would hold. Files that git ignores are
// left out, as are submodules and symbolic links. An [*UnmergedError] says that there can be no commit yet.
func (r *Repository) Unstaged(ctx context.Context) ([]Unstaged, error) {
	out, err := run(ctx, r.Root, nil, "status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all")
	if err != nil {
		return nil, err
	}
	var found []Unstaged
	var blobs []Blob
	var wanted bytes.Buffer
	for entry := range strings.SplitSeq(string(out), "\x00") {
		kind, rest, _ := strings.Cut(entry, " ")
		switch kind {
		case "?":
			found = append(found, Unstaged{Path: rest, Untracked: true})
		case "u":
			// XY, submodule, four modes, three hashes, path.
			fields := strings.SplitN(rest, " ", 10)
			return nil, &UnmergedError{Path: fields[len(fields)-1]}
		case "1":
			// XY, submodule, modes of HEAD, index and working tree, hashes of HEAD and index, path.
			fields := strings.SplitN(rest, " ", 8)
			if len(fields) < 8 || fields[1] != "N..." || fields[3] == "120000" {
				continue
			}
			one := Unstaged{Path: fields[7]}
			switch fields[0][1] {
			case 'A': // git add --intent-to-add: the name is in the index, the content is not
				one.Untracked = true
			case 'M', 'T', 'D':
				one.Deleted = fields[0][1] == 'D'
				blobs = append(blobs, Blob{Path: one.Path})
				wanted.WriteString(fields[6] + "\n")
			default:
				continue
			}
			found = append(found, one)
		}
	}
	if len(blobs) == 0 {
		return found, nil
	}
	if out, err = run(ctx, r.Root, &wanted, "cat-file", "--batch"); err != nil {
		return nil, err
	}
	if err := readBatch(bufio.NewReader(bytes.NewReader(out)), blobs); err != nil {
		return nil, err
	}
	for i := range found {
		if !found[i].Untracked {
			found[i].Text, blobs = blobs[0].Text, blobs[1:]
		}
	}
	return found, nil
}
