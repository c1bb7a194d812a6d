package diff

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// phase is where a change stands if nothing forces it elsewhere. The phases give a plan its readable shape; that it runs
// is the work of the keys.
type phase int

const (
	phaseTypes phase = iota
	phaseDropDependents
	phaseDropForeignKeys
	phaseRenameTables
	phaseCreateTables
	phaseAlterTables
	phaseAddForeignKeys
	phaseCreateDependents
	phaseDropTables
	phaseDropTypes
)

// keys says what a change does to the things that others depend on. A thing is named by a text such as "column a.b".
type keys struct {
	creates  []string // exists after the change, and did not before
	destroys []string // existed before, and does not after
	uses     []string // has to exist, in its new state
	alters   []string // changes its state
	releases []string // stops using: has to run before the thing is altered or destroyed
}

func tableKey(name schema.Name) string { return "table " + name.String() }
func columnKey(table schema.Name, column string) string {
	return "column " + table.String() + "." + column
}
func typeKey(name string) string         { return "type " + name }
func typeValuesKey(name string) string   { return "values of type " + name }
func namespaceKey(name string) string    { return "namespace " + name }
func objectKey(kind, name string) string { return kind + " " + name }
func columnsKey(table schema.Name, columns []string) string {
	sorted := slices.Sorted(slices.Values(columns))
	return "unique " + table.String() + " " + strings.Join(sorted, "\x00")
}

// CycleError says that operations wait for each other. It is a mistake of this package, not of the user's.
type CycleError struct{ Operations []string }

// Error lists the operations.
func (e *CycleError) Error() string {
	return "these operations wait for each other: " + strings.Join(e.Operations, "; ")
}

// order sorts the changes so that each runs after what it needs. It takes time in proportion to the changes and their
// keys, but for the sorting itself.
func order(changes []change) ([]op.Operation, error) {
	slices.SortStableFunc(changes, compareChanges)
	graph := newGraph(changes)
	ready := &queue{}
	for i := range changes {
		if graph.waits[i] == 0 {
			heap.Push(ready, i)
		}
	}
	out := make([]op.Operation, 0, len(changes))
	for ready.Len() > 0 {
		i := heap.Pop(ready).(int)
		out = append(out, changes[i].op)
		for _, next := range graph.after[i] {
			graph.waits[next]--
			if graph.waits[next] == 0 {
				heap.Push(ready, next)
			}
		}
	}
	if len(out) == len(changes) {
		return out, nil
	}
	cycle := &CycleError{}
	for i := range changes {
		if graph.waits[i] > 0 {
			cycle.Operations = append(cycle.Operations, changes[i].op.String())
		}
	}
	return nil, cycle
}

func compareChanges(a, b change) int {
	return cmp.Or(
		cmp.Compare(a.phase, b.phase),
		cmp.Compare(a.near[0], b.near[0]), cmp.Compare(a.near[1], b.near[1]), cmp.Compare(a.near[2], b.near[2]),
		cmp.Compare(a.op.String(), b.op.String()),
	)
}

// graph holds the edges between changes, by their place in the sorted list.
type graph struct {
	after [][]int
	waits []int
	seen  map[[2]int]bool
}

func newGraph(changes []change) *graph {
	g := &graph{after: make([][]int, len(changes)), waits: make([]int, len(changes)), seen: map[[2]int]bool{}}
	creators, destroyers, alterers := map[string][]int{}, map[string][]int{}, map[string][]int{}
	for i, change := range changes {
		collect(creators, change.creates, i)
		collect(destroyers, change.destroys, i)
		collect(alterers, change.alters, i)
	}
	for i, change := range changes {
		for _, key := range change.uses {
			g.edges(creators[key], i)
			g.edges(alterers[key], i)
		}
		for _, key := range change.alters {
			g.edges(creators[key], i)
		}
		for _, key := range change.creates {
			g.edges(destroyers[key], i)
		}
		for _, key := range change.releases {
			for _, other := range destroyers[key] {
				g.edge(i, other)
			}
			for _, other := range alterers[key] {
				g.edge(i, other)
			}
		}
	}
	return g
}

func collect(index map[string][]int, keys []string, i int) {
	for _, key := range keys {
		index[key] = append(index[key], i)
	}
}

func (g *graph) edges(before []int, after int) {
	for _, i := range before {
		g.edge(i, after)
	}
}

func (g *graph) edge(before, after int) {
	if before == after || g.seen[[2]int{before, after}] {
		return
	}
	g.seen[[2]int{before, after}] = true
	g.after[before] = append(g.after[before], after)
	g.waits[after]++
}

// queue is a heap of places in the sorted list: the smallest comes first.
type queue []int

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i] < q[j] }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push adds a place; it is called by container/heap.
func (q *queue) Push(x any) { *q = append(*q, x.(int)) }

// Pop takes the last place; it is called by container/heap.
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
