package versions

import "slices"

// NewOptions says what a new revision may be.
type NewOptions struct {
	// Splice lets it follow revisions that others follow already.
	Splice bool
}

// ParentsOf returns the revisions that a new revision would follow: one identifier, or several for a merge. None means
// "head", and "base" a new root. A revision that is followed already is a [*NotHeadError] unless spliced, one that
// another one follows an [*OverlapError], spliced or not.
func (g *Graph) ParentsOf(identifiers []string, options NewOptions) ([]string, error) {
	if len(identifiers) == 0 {
		identifiers = []string{"head"}
	}
	var nodes []int
	for _, text := range identifiers {
		id, err := parseIdentifier(text)
		if err != nil {
			return nil, err
		}
		found, err := g.newParents(id)
		if err != nil {
			return nil, err
		}
		if id.symbol == "base" && len(found) == 0 && len(identifiers) > 1 {
			return nil, &IdentifierError{Identifier: text, Reason: "a revision that follows others is no root; leave it out"}
		}
		for _, at := range found {
			if !slices.Contains(nodes, at) {
				nodes = append(nodes, at)
			}
		}
	}
	if err := g.overlap(nodes, revisesEdge); err != nil {
		return nil, err
	}
	for _, at := range nodes {
		if n := g.nodes[at]; len(n.children) > 0 && !options.Splice {
			return nil, &NotHeadError{Revision: n.ID, Children: g.ids(n.children)}
		}
	}
	return g.ids(nodes), nil
}

func (g *Graph) newParents(id identifier) ([]int, error) {
	if id.symbol == "" || id.symbol == "current" {
		return nil, &IdentifierError{Identifier: id.text, Reason: "a new revision does not depend on where a database is; write head-1 or REVISION+1"}
	}
	if id.relative {
		from, branch, err := g.start(id, nil)
		if err != nil {
			return nil, err
		}
		at, err := g.walk(id, from, branch)
		return at.nodes(), err
	}
	if id.symbol == "heads" && id.branch == "" {
		// A merge joins the branches that users see.
		return g.heads(), nil
	}
	nodes, _, err := g.resolve(id, nil)
	return nodes, err
}

// DependenciesOf returns what a new revision depends on, as its file has it: identifiers of revisions as whole IDs, and
// labels as they are, since they may move. The errors are those of [Graph.Resolve].
func (g *Graph) DependenciesOf(identifiers []string) ([]string, error) {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, text := range identifiers {
		if _, isLabel := g.labels[text]; isLabel {
			add(text)
			continue
		}
		id, err := parseIdentifier(text)
		if err != nil {
			return nil, err
		}
		found, err := g.newParents(id)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, &IdentifierError{Identifier: text, Reason: "it names no revision that one could depend on"}
		}
		for _, name := range g.ids(found) {
			add(name)
		}
	}
	return out, nil
}

// CheckNew says what is wrong with a revision that is about to be written: its ID or a label is taken or invalid, or what
// it follows or depends on is not there. It is what [NewGraph] would say once the file is there.
func (g *Graph) CheckNew(meta Meta) error {
	all := make([]Meta, 0, len(g.nodes)+1)
	for _, n := range g.nodes {
		all = append(all, n.Meta)
	}
	if meta.File == "" {
		meta.File = "the new revision"
	}
	// The newest comes last, so that it is named as the one that takes what another has.
	meta.Created = "9999-12-31T23:59:59Z"
	_, err := NewGraph(append(all, meta))
	return err
}
