package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/git"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/versions"
)

// branch is what the working tree has and its base has not.
type branch struct {
	root        string // of the repository
	base        review.Base
	added       []review.Source // in the order in which they run; files are named from the repository's root
	before      []string        // the revisions that come before them
	uncommitted []string
	troubles    []review.Trouble
	// tainted is set if a revision of the base comes after one that the branch adds.
	tainted bool
}

// branch finds the revisions that the branch adds.
func (i *invocation) branch() (*branch, error) { return i.branchFrom(i.String("base")) }

// branchFrom finds the revisions that the branch adds to another one, or to the usual one if no name is given.
func (i *invocation) branchFrom(name string) (*branch, error) {
	here, err := i.revisionsSoFar()
	if err != nil {
		return nil, err
	}
	repository, err := git.Open(i.ctx, i.config.Dir)
	if err != nil {
		return nil, err
	}
	if name == "" {
		if name, err = repository.FindBase(i.ctx, i.Lookup); err != nil {
			return nil, err
		}
	}
	merge, tip, err := repository.MergeBase(i.ctx, name)
	if err != nil {
		return nil, err
	}
	b := &branchReader{invocation: i, repository: repository, here: here, branch: &branch{root: repository.Root, base: review.Base{Name: name, Commit: merge}}}
	if b.left, err = b.commit(merge); err != nil {
		return nil, err
	}
	b.tip = b.left
	if tip != merge {
		if b.tip, err = b.commit(tip); err != nil {
			return nil, err
		}
	}
	return b.branch, b.read()
}

type branchReader struct {
	*invocation
	*branch
	repository *git.Repository
	here       *history
	// left is what there was where the branch left the base, tip is what the base has now.
	left, tip committed
}

// committed are the revisions of a commit.
type committed struct {
	metas []versions.Meta
	texts map[string][]byte // by file
}

func (c committed) find(id string) (versions.Meta, bool) {
	at := slices.IndexFunc(c.metas, func(meta versions.Meta) bool { return meta.ID == id })
	if at < 0 {
		return versions.Meta{}, false
	}
	return c.metas[at], true
}

// commit reads the revisions of a commit. What is wrong with them there is no business of this branch.
func (b *branchReader) commit(hash string) (committed, error) {
	blobs, err := b.repository.Blobs(b.ctx, hash, b.config.MigrationDirs()...)
	if err != nil {
		return committed{}, err
	}
	out := committed{texts: map[string][]byte{}}
	var sources []versions.Source
	for _, blob := range blobs {
		sources = append(sources, versions.Source{File: blob.Path, Text: blob.Text})
		out.texts[blob.Path] = blob.Text
	}
	directory, err := versions.ReadSources(sources)
	if err != nil {
		b.note("warning: not all revisions of %s could be read: %s", b.base.Name, err)
	}
	out.metas = directory.Revisions
	return out, nil
}

func (b *branchReader) read() error {
	uncommitted, err := b.repository.Uncommitted(b.ctx, b.config.MigrationDirs()...)
	if err != nil {
		return err
	}
	after := map[string]bool{} // what comes after an added one, and those
	for _, meta := range b.here.graph.All() {
		follows := slices.ContainsFunc(slices.Concat(meta.Revises, b.here.graph.Dependencies(meta.ID)), func(id string) bool { return after[id] })
		_, old := b.left.find(meta.ID)
		if !old {
			_, old = b.tip.find(meta.ID) // cherry-picked, or merged already
		}
		if old && !follows {
			b.before = append(b.before, meta.ID)
			continue
		}
		after[meta.ID] = true
		if old {
			b.tainted = true
			continue
		}
		source := review.Source{Meta: meta}
		source.File = b.inRepository(meta.File)
		if source.Text, err = os.ReadFile(meta.File); err != nil {
			return err
		}
		if slices.Contains(uncommitted, source.File) {
			source.Uncommitted = true
			if !slices.Contains(b.uncommitted, source.File) {
				b.uncommitted = append(b.uncommitted, source.File)
			}
		}
		b.added = append(b.added, source)
	}
	if len(b.before) == 0 {
		b.before = []string{"base"}
	}
	for _, look := range []func() error{b.edited, b.removed, b.meeting} {
		if err := look(); err != nil {
			return err
		}
	}
	return nil
}

func (b *branch) inRepository(file string) string { return inRepository(file, b.root) }

// located names the files of places from the repository's root.
func (b *branch) located(places []*op.Place) []*op.Place {
	out := make([]*op.Place, len(places))
	for n, place := range places {
		if place == nil {
			continue
		}
		out[n] = &op.Place{File: b.inRepository(place.File), Line: place.Line, Steps: b.located(place.Steps)}
	}
	return out
}

// edited looks for revisions of the base that the branch changes. Databases that have them will not run them again.
func (b *branchReader) edited() error {
	for _, old := range b.left.metas {
		now, ok := b.here.graph.Get(old.ID)
		if !ok {
			continue
		}
		source, err := os.ReadFile(now.File)
		if err != nil {
			return err
		}
		file := b.inRepository(now.File)
		// The base may have made the same change meanwhile.
		if same(b.left.texts[old.File], source) {
			continue
		}
		if at, ok := b.tip.find(old.ID); ok && same(b.tip.texts[at.File], source) {
			continue
		}
		if len(now.Replaces) > len(old.Replaces) {
			b.troubles = append(b.troubles, review.Trouble{
				ID: "squashed-revision", Severity: lint.Info, Text: fmt.Sprintf("revision %s now does what %s did; what it does is not compared here", old.ID, strings.Join(now.Replaces, ", ")),
				Way: "retort verify tries it; databases in the midst of them need retort stamp", Place: review.Place{File: file, Line: now.Line},
			})
			continue
		}
		b.troubles = append(b.troubles, review.Trouble{
			ID: "edited-revision", Severity: lint.Danger, Text: fmt.Sprintf("revision %s is part of %s and was changed; databases that have it will not run it again", old.ID, b.base.Name),
			Way: "put the change into a revision of its own", Place: review.Place{File: file, Line: now.Line},
		})
	}
	return nil
}

// same reports whether two Go files say the same but for comments and layout.
func same(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	plainA, errA := plainSource(a)
	plainB, errB := plainSource(b)
	return errA == nil && errB == nil && bytes.Equal(plainA, plainB)
}

func plainSource(source []byte) ([]byte, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := (&printer.Config{Mode: printer.RawFormat}).Fprint(&out, token.NewFileSet(), file); err != nil {
		return nil, err
	}
	return format.Source(out.Bytes())
}

// removed looks for revisions of the base that are gone, and have not become part of another.
func (b *branchReader) removed() error {
	for _, old := range b.left.metas {
		if _, ok := b.here.graph.Get(old.ID); ok {
			continue
		}
		if slices.ContainsFunc(b.here.graph.All(), func(meta versions.Meta) bool { return slices.Contains(meta.Replaces, old.ID) }) {
			continue
		}
		b.troubles = append(b.troubles, review.Trouble{
			ID: "removed-revision", Severity: lint.Danger, Text: fmt.Sprintf("revision %s is part of %s and is gone; databases that have it cannot be upgraded or downgraded any more", old.ID, b.base.Name),
			Way: "restore the file, or let the revision that takes its place name it in Replaces", Place: review.Place{File: old.File, Line: old.Line},
		})
	}
	return nil
}

// meeting looks at the history as it will be after the merge.
func (b *branchReader) meeting() error {
	all := slices.Clone(b.here.graph.All())
	for _, theirs := range b.tip.metas {
		mine, both := b.here.graph.Get(theirs.ID)
		if !both {
			if _, old := b.left.find(theirs.ID); !old { // otherwise the branch took it away
				all = append(all, theirs)
			}
			continue
		}
		if _, old := b.left.find(theirs.ID); old {
			continue
		}
		source, err := os.ReadFile(mine.File)
		if err != nil {
			return err
		}
		if !same(source, b.tip.texts[theirs.File]) {
			b.troubles = append(b.troubles, review.Trouble{
				ID: "same-id", Severity: lint.Danger, Text: fmt.Sprintf("%s has got another revision %s meanwhile (%s)", b.base.Name, theirs.ID, theirs.File),
				Way: "give yours another ID", Place: review.Place{File: b.inRepository(mine.File), Line: mine.Line},
			})
		}
	}
	graph, err := versions.NewGraph(all)
	if err != nil {
		b.troubles = append(b.troubles, review.Trouble{ID: "no-history", Severity: lint.Danger, Text: fmt.Sprintf("after the merge into %s the history is broken: %s", b.base.Name, flatError(err)), Way: "rebase the branch"})
		return nil
	}
	together := &history{graph: graph}
	for _, heads := range graph.Forks() {
		trouble := review.Trouble{ID: "several-heads", Severity: lint.Danger}
		var theirs bool
		var names []string
		for _, meta := range together.get(heads) {
			text := meta.ID
			if meta.Message != "" {
				text += " (" + meta.Message + ")"
			}
			if _, mine := b.here.graph.Get(meta.ID); mine {
				trouble.Place = review.Place{File: b.inRepository(meta.File), Line: meta.Line}
			} else {
				theirs = true
				text += " of " + b.base.Name
			}
			names = append(names, text)
		}
		trouble.Text = fmt.Sprintf("the branch has several heads: %s", strings.Join(names, ", "))
		trouble.Way = `retort rebase, or retort merge heads -m "…"`
		if theirs {
			trouble.Text = fmt.Sprintf("after the merge into %s there would be several heads: %s", b.base.Name, strings.Join(names, ", "))
			trouble.Way = fmt.Sprintf("bring %s into the branch, then retort rebase, or retort merge heads", b.base.Name)
		}
		b.troubles = append(b.troubles, trouble)
	}
	return nil
}

func flatError(err error) string {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) && len(several.Unwrap()) > 0 {
		return several.Unwrap()[0].Error()
	}
	return err.Error()
}
