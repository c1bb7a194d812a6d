package versions

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Direction tells whether a revision is applied or reverted.
type Direction string

// The directions. Stamped is what the history table has where only the version table was written.
const (
	Up      Direction = "upgrade"
	Down    Direction = "downgrade"
	Stamped Direction = "stamp"
)

// Graph is the graph of all revisions. It is immutable and may be used from several goroutines.
//
// Two kinds of edges lead from a revision to what comes before it: to the revisions that it revises, which make the
// branches that users see, and to those that it depends on. Where nothing else orders revisions, the time of their
// creation does, and then the ID.
type Graph struct {
	nodes  []node         // ordered by creation time and ID
	byID   map[string]int // index in nodes
	labels map[string]int // index of the revision that carries the label
	sorted []string       // IDs in order, for looking up the beginning of one
	// replaced has the revisions that have become part of another, with the index of that one.
	replaced map[string]int

	propagate sync.Once
	branches  [][]string // labels of each node and those it inherits; see BranchLabels
}

// node is a revision with its neighbours, by index. An edge is in only one of parents and dependencies.
type node struct {
	Meta
	parents, dependencies []int
	children, dependents  []int
}

// NewGraph builds the graph. The error joins everything that is wrong: [*InvalidIDError], [*DuplicateError],
// [*DuplicateLabelError], [*MissingRevisionError] and, if there is none of these, [*CycleError].
func NewGraph(revisions []Meta) (*Graph, error) {
	g := &Graph{nodes: make([]node, len(revisions)), byID: make(map[string]int, len(revisions)), labels: map[string]int{}, replaced: map[string]int{}}
	ordered := slices.Clone(revisions)
	sortMetas(ordered)
	for i, meta := range ordered {
		g.nodes[i].Meta = meta
	}
	problems := append(g.index(), g.indexReplaced()...)
	problems = append(problems, g.indexLabels()...)
	problems = append(problems, g.connect()...)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if err := g.findCycle(); err != nil {
		return nil, err
	}
	return g, nil
}

// sortMetas orders revisions by creation time, as far as it is known, and then by ID.
func sortMetas(metas []Meta) {
	type keyed struct {
		at   time.Time
		meta Meta
	}
	list := make([]keyed, len(metas))
	for i, meta := range metas {
		at, _ := time.Parse(time.RFC3339Nano, meta.Created)
		list[i] = keyed{at, meta}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.meta.ID, b.meta.ID))
	})
	for i := range list {
		metas[i] = list[i].meta
	}
}

func (g *Graph) index() []error {
	var problems []error
	places := map[string][]string{}
	for i, n := range g.nodes {
		if reason := invalidName(n.ID); reason != "" {
			problems = append(problems, &InvalidIDError{ID: n.ID, Place: n.place(), Reason: reason})
		}
		if first, taken := g.byID[n.ID]; taken {
			if len(places[n.ID]) == 0 {
				places[n.ID] = []string{g.nodes[first].place()}
			}
			places[n.ID] = append(places[n.ID], n.place())
			continue
		}
		g.byID[n.ID] = i
	}
	for _, id := range slices.Sorted(maps.Keys(places)) {
		problems = append(problems, &DuplicateError{ID: id, Places: places[id]})
	}
	g.sorted = slices.Sorted(maps.Keys(g.byID))
	return problems
}

// indexReplaced notes what has become part of other revisions, and must not be there besides.
func (g *Graph) indexReplaced() []error {
	var problems []error
	for i, n := range g.nodes {
		for _, id := range n.Replaces {
			first, there := g.byID[id]
			if !there {
				if first, there = g.replaced[id]; !there || first == i {
					g.replaced[id] = i
					continue
				}
			}
			problems = append(problems, &ReplacedError{ID: id, By: n.ID, Places: []string{g.nodes[first].place(), n.place()}})
		}
	}
	return problems
}

func (g *Graph) indexLabels() []error {
	var problems []error
	for i, n := range g.nodes {
		for _, label := range n.Labels {
			if reason := invalidName(label); reason != "" {
				problems = append(problems, &InvalidIDError{ID: label, Place: n.place(), Reason: reason})
				continue
			}
			first, taken := g.labels[label]
			if !taken {
				first, taken = g.byID[label]
			}
			if taken && first == i && g.nodes[i].ID != label {
				continue // written twice at one revision
			}
			if taken {
				problems = append(problems, &DuplicateLabelError{
					Label: label, First: g.nodes[first].ID, Second: n.ID, Places: []string{g.nodes[first].place(), n.place()},
				})
				continue
			}
			g.labels[label] = i
		}
	}
	return problems
}

// connect makes the edges, each once.
func (g *Graph) connect() []error {
	var problems []error
	for i := range g.nodes {
		n := &g.nodes[i]
		for _, id := range n.Revises {
			parent, ok := g.byID[id]
			if !ok {
				missing := &MissingRevisionError{Revision: n.ID, Place: n.place(), Missing: id}
				if into, replaced := g.replaced[id]; replaced {
					missing.Into = g.nodes[into].ID
				}
				problems = append(problems, missing)
				continue
			}
			if slices.Contains(n.parents, parent) {
				continue
			}
			n.parents = append(n.parents, parent)
			g.nodes[parent].children = append(g.nodes[parent].children, i)
		}
		for _, id := range n.DependsOn {
			other, err := g.lookup(id)
			if into, replaced := g.replaced[id]; err != nil && replaced {
				other, err = into, nil // what is applied with it is applied
			}
			if err != nil {
				missing := &MissingRevisionError{Revision: n.ID, Place: n.place(), Missing: id, Dependency: true}
				if ambiguous, ok := errors.AsType[*AmbiguousError](err); ok {
					missing.Candidates = ambiguous.Candidates
				}
				problems = append(problems, missing)
				continue
			}
			if slices.Contains(n.parents, other) || slices.Contains(n.dependencies, other) {
				continue
			}
			n.dependencies = append(n.dependencies, other)
			g.nodes[other].dependents = append(g.nodes[other].dependents, i)
		}
	}
	return problems
}

// reserved are the words that identifiers give a meaning of their own.
var reserved = []string{"head", "heads", "base", "current"}

// invalidName returns why a text cannot be a revision's ID or label, or "".
func invalidName(name string) string {
	if name == "" {
		return "it is empty"
	}
	if slices.Contains(reserved, name) {
		return "the word has a meaning of its own"
	}
	if len(name) > maxID {
		return fmt.Sprintf("it is longer than %d bytes", maxID)
	}
	if at := strings.IndexFunc(name, illegalRune); at >= 0 {
		return fmt.Sprintf("the character %q is not allowed", []rune(name[at:])[0])
	}
	return ""
}

// maxID is the width of the version table's column.
const maxID = 255

func illegalRune(r rune) bool {
	return strings.ContainsRune("@-+:,/\\'\"`", r) || r == unicode.ReplacementChar || !unicode.IsPrint(r) || unicode.IsSpace(r)
}

// place says where a revision is written.
func (m Meta) place() string {
	switch {
	case m.File == "":
		return "revision " + m.ID
	case m.Line == 0:
		return m.File
	}
	return fmt.Sprintf("%s:%d", m.File, m.Line)
}

// Len returns the number of revisions.
func (g *Graph) Len() int { return len(g.nodes) }

// All returns all revisions, each after those that come before it.
func (g *Graph) All() []Meta {
	order := g.order(g.tips(g.everything(), anyEdge), g.everything())
	out := make([]Meta, len(order))
	for i, at := range order {
		out[i] = g.nodes[at].Meta
	}
	return out
}

// Get returns the revision with exactly that ID.
func (g *Graph) Get(id string) (Meta, bool) {
	at, ok := g.byID[id]
	if !ok {
		return Meta{}, false
	}
	return g.nodes[at].Meta, true
}

// Heads returns the revisions that none revises: the ends of all branches.
func (g *Graph) Heads() []string { return g.ids(g.heads()) }

// EffectiveHeads returns the revisions that none revises and none depends on. When all revisions are applied, they are
// the rows of the version table; "heads" as a target means them.
func (g *Graph) EffectiveHeads() []string { return g.ids(g.effectiveHeads()) }

// Bases returns the revisions that revise none.
func (g *Graph) Bases() []string { return g.ids(g.bases()) }

// BranchPoints returns the revisions that several revise.
func (g *Graph) BranchPoints() []string {
	return g.idsWhere(func(n *node) bool { return len(n.children) > 1 })
}

// MergePoints returns the revisions that revise several.
func (g *Graph) MergePoints() []string {
	return g.idsWhere(func(n *node) bool { return len(n.parents) > 1 })
}

// Children returns the revisions that revise this one, and Dependents those that depend on it.
func (g *Graph) Children(id string) []string {
	if at, ok := g.byID[id]; ok {
		return g.ids(g.nodes[at].children)
	}
	return nil
}

// Dependents returns the revisions of other branches that depend on this one.
func (g *Graph) Dependents(id string) []string {
	if at, ok := g.byID[id]; ok {
		return g.ids(g.nodes[at].dependents)
	}
	return nil
}

// Dependencies returns what a revision depends on, as IDs.
func (g *Graph) Dependencies(id string) []string {
	if at, ok := g.byID[id]; ok {
		return g.ids(g.nodes[at].dependencies)
	}
	return nil
}

func (g *Graph) heads() []int {
	return g.where(func(n *node) bool { return len(n.children) == 0 })
}

func (g *Graph) effectiveHeads() []int {
	return g.where(func(n *node) bool { return len(n.children) == 0 && len(n.dependents) == 0 })
}

func (g *Graph) bases() []int {
	return g.where(func(n *node) bool { return len(n.parents) == 0 })
}

func (g *Graph) where(wanted func(*node) bool) []int {
	var out []int
	for i := range g.nodes {
		if wanted(&g.nodes[i]) {
			out = append(out, i)
		}
	}
	return out
}

func (g *Graph) idsWhere(wanted func(*node) bool) []string { return g.ids(g.where(wanted)) }

func (g *Graph) ids(nodes []int) []string {
	out := make([]string, len(nodes))
	for i, at := range nodes {
		out[i] = g.nodes[at].ID
	}
	return out
}

// Forks returns the heads that nothing tells apart, in groups of two and more: those with the same branch labels, or
// with none. A branch with a label of its own is meant to have a head of its own; other forks come from two people who
// wrote a revision at the same time.
func (g *Graph) Forks() [][]string {
	groups := map[string][]string{}
	var order []string
	for _, head := range g.Heads() {
		labels := strings.Join(g.BranchLabels(head), ",")
		if groups[labels] == nil {
			order = append(order, labels)
		}
		groups[labels] = append(groups[labels], head)
	}
	var out [][]string
	for _, labels := range order {
		if len(groups[labels]) > 1 {
			out = append(out, groups[labels])
		}
	}
	return out
}
