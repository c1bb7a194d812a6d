package versions

import (
	"slices"
	"sort"
	"strconv"
	"strings"
)

// identifier is what a user writes to name revisions, taken apart: [BRANCH@][SYMBOL][+N|-N].
type identifier struct {
	text     string
	branch   string // label or revision before the @
	symbol   string // ID, beginning of an ID, label, head, heads, base, current; may be empty if relative
	relative bool
	steps    int // with its sign
}

func parseIdentifier(text string) (identifier, error) {
	id := identifier{text: text}
	rest := strings.TrimSpace(text)
	malformed := func(reason string) (identifier, error) {
		return identifier{}, &IdentifierError{Identifier: text, Reason: reason}
	}
	if rest == "" {
		return malformed("it is empty; write a revision, a label, head, heads, base or a number of steps such as +1")
	}
	if strings.Contains(rest, ":") {
		return malformed("a range from:to has no meaning here")
	}
	if branch, after, found := strings.Cut(rest, "@"); found {
		if branch == "" || after == "" || strings.Contains(after, "@") {
			return malformed("write BRANCH@REVISION, such as billing@head")
		}
		id.branch, rest = branch, after
	}
	at := strings.IndexAny(rest, "+-")
	if at < 0 {
		id.symbol = rest
		return id, nil
	}
	steps, err := strconv.ParseInt(rest[at:], 10, 32)
	if err != nil || len(rest) == at+1 || rest[at+1] < '0' || rest[at+1] > '9' {
		return malformed("after + or - comes a number of steps")
	}
	id.symbol, id.steps, id.relative = rest[:at], int(steps), true
	return id, nil
}

// Resolve returns the revisions that an identifier means, given the rows of the version table. "base" means none.
//
//	1975ea83b712, 1975     a revision, by its ID or a beginning of it that no other has
//	head, heads            the only end of the branches; all ends
//	base, current          before the first revision; the database's own
//	billing                the revision that carries the label
//	billing@head, 1975@head, billing@1975
//	                       the same in the lineage of a label or revision
//	+2, -1                 that many after or before the database's revision
//	1975+2, head-1, billing@base+1
//	                       that many after or before another
//
// The errors are [*UnknownRevisionError], [*AmbiguousError], [*MultipleHeadsError], [*NotInBranchError],
// [*RelativeError], [*AmbiguousWalkError], [*AmbiguousCurrentError], [*SquashedError] and [*IdentifierError].
func (g *Graph) Resolve(identifier string, current []string) ([]string, error) {
	id, err := parseIdentifier(identifier)
	if err != nil {
		return nil, err
	}
	rows, err := g.rows(current)
	if err != nil {
		return nil, err
	}
	if !id.relative {
		nodes, _, err := g.resolve(id, rows)
		return g.ids(nodes), err
	}
	from, branch, err := g.start(id, rows)
	if err != nil {
		return nil, err
	}
	at, err := g.walk(id, from, branch)
	if err != nil {
		return nil, err
	}
	return g.ids(at.nodes()), nil
}

// rows returns the nodes of the version table's rows.
func (g *Graph) rows(current []string) ([]int, error) {
	rows := make([]int, 0, len(current))
	for _, id := range current {
		at, ok := g.byID[id]
		if into, replaced := g.replaced[id]; replaced {
			return nil, &SquashedError{Revision: id, Into: g.nodes[into].ID, Table: DefaultVersionTable}
		}
		if !ok {
			return nil, &UnknownRevisionError{Identifier: id, Table: DefaultVersionTable}
		}
		rows = append(rows, at)
	}
	slices.Sort(rows)
	return slices.Compact(rows), nil
}

// point is a revision, or base.
type point int

const base point = -1

func (p point) nodes() []int {
	if p == base {
		return nil
	}
	return []int{int(p)}
}

// resolve returns the nodes that an absolute identifier means, and the lineage that it is narrowed to, if any.
func (g *Graph) resolve(id identifier, rows []int) (nodes []int, branch set, err error) {
	if id.branch != "" {
		at, err := g.lookup(id.branch)
		if err != nil {
			return nil, nil, err
		}
		branch = g.lineage(at)
	}
	nodes, err = g.symbol(id, branch, rows)
	return nodes, branch, err
}

func (g *Graph) symbol(id identifier, branch set, rows []int) ([]int, error) {
	within := func(nodes []int) []int {
		return slices.DeleteFunc(slices.Clone(nodes), func(at int) bool { return branch != nil && !branch[at] })
	}
	switch id.symbol {
	case "base":
		return nil, nil
	case "heads":
		if branch == nil {
			return g.effectiveHeads(), nil
		}
		return within(g.heads()), nil
	case "head":
		heads := within(g.heads())
		if len(heads) > 1 {
			return nil, &MultipleHeadsError{Identifier: id.text, Heads: g.ids(heads)}
		}
		return heads, nil
	case "current":
		return g.tipsWithin(rows, branch), nil
	}
	at, err := g.lookupWithin(id.symbol, branch)
	if err != nil {
		return nil, err
	}
	if branch != nil && !branch[at] {
		return nil, &NotInBranchError{Revision: g.nodes[at].ID, Branch: id.branch}
	}
	return []int{at}, nil
}

// lookup finds a revision by its ID, its label or the beginning of its ID.
func (g *Graph) lookup(name string) (int, error) { return g.lookupWithin(name, nil) }

func (g *Graph) lookupWithin(name string, branch set) (int, error) {
	if at, ok := g.byID[name]; ok {
		return at, nil
	}
	if at, ok := g.labels[name]; ok {
		return at, nil
	}
	var found []int
	for i := sort.SearchStrings(g.sorted, name); name != "" && i < len(g.sorted) && strings.HasPrefix(g.sorted[i], name); i++ {
		found = append(found, g.byID[g.sorted[i]])
	}
	if branch != nil && len(found) > 1 {
		found = slices.DeleteFunc(found, func(at int) bool { return !branch[at] })
	}
	switch len(found) {
	case 0:
		if into, replaced := g.replaced[name]; replaced {
			return 0, &SquashedError{Revision: name, Into: g.nodes[into].ID}
		}
		return 0, &UnknownRevisionError{Identifier: name, Similar: g.similar(name)}
	case 1:
		return found[0], nil
	}
	return 0, &AmbiguousError{Identifier: name, Candidates: g.ids(found)}
}

// similar returns IDs and labels that differ from a name in one place: a letter too many, too few, wrong or swapped.
func (g *Graph) similar(name string) []string {
	var out []string
	for _, id := range g.sorted {
		if oneEdit(id, name) {
			out = append(out, id)
		}
	}
	for label := range g.labels {
		if oneEdit(label, name) {
			out = append(out, label)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 3)]
}

func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || len(b) < 3 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// start returns where a relative identifier begins, and the lineage that it is narrowed to.
func (g *Graph) start(id identifier, rows []int) (point, set, error) {
	if id.symbol != "" && id.symbol != "current" {
		nodes, branch, err := g.resolve(id, rows)
		if err != nil {
			return base, nil, err
		}
		if len(nodes) > 1 {
			return base, nil, &MultipleHeadsError{Identifier: id.text, Heads: g.ids(nodes)}
		}
		return onlyPoint(nodes), branch, nil
	}
	var branch set
	if id.branch != "" {
		at, err := g.lookup(id.branch)
		if err != nil {
			return base, nil, err
		}
		branch = g.lineage(at)
		rows = g.tipsWithin(rows, branch)
	}
	if len(rows) > 1 {
		return base, nil, &AmbiguousCurrentError{Identifier: id.text, Current: g.ids(rows)}
	}
	return onlyPoint(rows), branch, nil
}

// tipsWithin returns how far a database with those rows came in a lineage: it may be elsewhere, and yet have passed
// through, or have what another branch depends on.
func (g *Graph) tipsWithin(rows []int, branch set) []int {
	if branch == nil {
		return rows
	}
	passed := g.ancestors(rows, anyEdge)
	for i := range passed {
		passed[i] = passed[i] && branch[i]
	}
	return g.tips(passed, revisesEdge)
}

func onlyPoint(nodes []int) point {
	if len(nodes) == 0 {
		return base
	}
	return point(nodes[0])
}

// walk goes id.steps steps from a point.
func (g *Graph) walk(id identifier, from point, branch set) (point, error) {
	wanted, at := max(id.steps, -id.steps), from
	for taken := range wanted {
		next, possible, err := g.step(id, at, branch)
		if err != nil {
			return base, err
		}
		if !possible {
			return base, &RelativeError{Identifier: id.text, Wanted: wanted, Possible: taken}
		}
		at = next
	}
	return at, nil
}

// step goes one step in the direction of an identifier. It is not possible to go above a head or below base.
func (g *Graph) step(id identifier, at point, branch set) (next point, possible bool, err error) {
	if id.steps < 0 && at == base {
		return base, false, nil
	}
	var ways []int
	switch {
	case id.steps > 0 && at == base:
		ways = g.bases()
	case id.steps > 0:
		ways = g.nodes[at].children
	default:
		ways = g.nodes[at].parents
	}
	if branch != nil {
		ways = slices.DeleteFunc(slices.Clone(ways), func(way int) bool { return !branch[way] })
	}
	switch {
	case len(ways) == 1:
		return point(ways[0]), true, nil
	case len(ways) == 0:
		return base, id.steps < 0, nil
	}
	ambiguous := &AmbiguousWalkError{Identifier: id.text, Candidates: g.ids(ways)}
	if at != base {
		ambiguous.At = g.nodes[at].ID
	}
	return base, false, ambiguous
}
