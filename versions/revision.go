package versions

import (
	"runtime"
	"sync"

	"github.com/retort-db/retort/op"
)

// Revision is one step of a database's history: what it changes and how that is undone.
//
// ID, Revises, Replaces, Created, Message, Labels and DependsOn are written as literals, so that they can be read from the file
// without compiling it (see [ReadDir]).
type Revision struct {
	// ID is unique among all revisions. It has no whitespace and none of "@+-:,".
	ID string
	// Revises names the revisions that this one follows: none for a root, several for a merge. See [After].
	Revises Parents
	// Created is the time at which the file was written, in RFC 3339. It orders revisions that nothing else orders.
	Created string
	Message string
	// Labels name the branch that the revision begins. A label is as good as an ID in "label@head".
	Labels []string
	// DependsOn names revisions of other branches that have to be applied before this one, by ID or label.
	DependsOn []string
	// Replaces names the revisions that have become part of this one when a range of them was squashed into its last. They
	// are no longer there: a database that has some of them without this one has to reach it with the files from before.
	Replaces []string

	// Upgrade records the operations that the revision consists of. Nil changes nothing, as in a merge.
	Upgrade func(m *op.Migration)
	// Downgrade records the operations that undo it. If it is nil, a revision that has an Upgrade cannot be undone.
	Downgrade func(m *op.Migration)

	// Transaction asks for something else than the run's own mode; see [TransactionNone].
	Transaction TransactionMode

	// File and Line say where the revision is written; [Set.Add] fills them in.
	File string
	Line int
}

// Parents are the revisions that a revision follows. The zero value is none: a root.
type Parents struct{ ids []string }

// After returns the parents of those IDs.
func After(ids ...string) Parents { return Parents{ids: ids} }

// IDs returns the IDs of the parents.
func (p Parents) IDs() []string { return append([]string(nil), p.ids...) }

// Irreversible is the Downgrade of a revision that cannot be undone, and says why. Running it is an [*IrreversibleError],
// found before anything runs.
func Irreversible(reason string) func(*op.Migration) {
	return func(m *op.Migration) { m.Irreversible(reason) }
}

// TransactionMode says what one transaction holds on engines whose DDL is transactional (PostgreSQL, SQLite).
type TransactionMode string

const (
	// TransactionDefault is TransactionRevision for a run, and the run's own mode for a revision.
	TransactionDefault TransactionMode = ""
	// TransactionRevision commits each revision with its row in the version table.
	TransactionRevision TransactionMode = "revision"
	// TransactionAll commits the whole run at once. What cannot run in a transaction still commits what came before it.
	TransactionAll TransactionMode = "all"
	// TransactionNone runs each statement by itself, as on MySQL. A run that stops in the middle goes on from there.
	TransactionNone TransactionMode = "none"
)

// Set is a collection of revisions. The zero value is empty and ready to use:
//
//	var Revisions = &versions.Set{}
//
// Revision files add theirs in init functions.
type Set struct {
	mutex     sync.Mutex
	revisions []Revision
	hooks     []Hooks
}

// Add adds a revision and notes where it was called from. Mistakes, such as an ID that is taken, are reported by
// [Set.Graph] and everything that uses it.
func (s *Set) Add(r Revision) {
	if r.File == "" {
		_, r.File, r.Line, _ = runtime.Caller(1)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.revisions = append(s.revisions, r)
}

// All returns the revisions in the order in which they were added.
func (s *Set) All() []Revision {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Revision(nil), s.revisions...)
}

// Graph returns the graph of the revisions, or everything that is wrong with it; see [NewGraph].
func (s *Set) Graph() (*Graph, error) {
	all := s.All()
	metas := make([]Meta, len(all))
	for i, revision := range all {
		metas[i] = revision.Meta()
	}
	return NewGraph(metas)
}

// Meta returns what is known of a revision without running it.
func (r Revision) Meta() Meta {
	return Meta{
		ID: r.ID, Message: r.Message, Created: r.Created, File: r.File, Line: r.Line,
		Revises: r.Revises.IDs(), Labels: append([]string(nil), r.Labels...), DependsOn: append([]string(nil), r.DependsOn...),
		Replaces: append([]string(nil), r.Replaces...),
	}
}

// Meta is what is known of a revision without running it.
type Meta struct {
	ID        string   `json:"id"`
	Message   string   `json:"message,omitempty"`
	Created   string   `json:"created,omitempty"` // RFC 3339
	File      string   `json:"file,omitempty"`
	Line      int      `json:"line,omitempty"`
	Revises   []string `json:"revises,omitempty"`
	Labels    []string `json:"labels,omitempty"`
	DependsOn []string `json:"depends_on,omitempty"` // as written: IDs or labels
	Replaces  []string `json:"replaces,omitempty"`   // what has become part of it
}

// IsMerge reports whether the revision has several parents.
func (m Meta) IsMerge() bool { return len(m.Revises) > 1 }
