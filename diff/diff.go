package diff

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Diff returns the plan that leads from current to target. Both must be of the same dialect. Neither is changed. An
// *[IntentError] says that a stated rename does not fit the schemas.
func Diff(current, target *schema.Schema, options Options) (*Plan, error) {
	if current.Server.Dialect != target.Server.Dialect {
		return nil, fmt.Errorf("cannot compare a schema of %s with one of %s", current.Server.Dialect, target.Server.Dialect)
	}
	c := &comparison{
		Options: options,
		dialect: current.Server.Dialect,
		from:    current,
		working: current,
		to:      target,
		plan:    &Plan{},
	}
	if err := c.run(); err != nil {
		return nil, err
	}
	return c.plan, nil
}

// IntentError says that a rename that the user stated does not fit the schemas.
type IntentError struct {
	Intent Intent
	Reason string
}

// Error names the rename and the reason.
func (e *IntentError) Error() string {
	table := ""
	if e.Intent.Table != "" {
		table = e.Intent.Table + "."
	}
	return fmt.Sprintf("rename %s%s=%s: %s", table, e.Intent.From, e.Intent.To, e.Reason)
}

// comparison is the state of one Diff.
type comparison struct {
	Options
	dialect   schema.Dialect
	working   *schema.Schema // the current schema, with the renames that are settled
	from, to  *schema.Schema
	plan      *Plan
	changes   []change
	uncertain map[schema.Name]bool
	unread    map[string]bool // "table users"
	// flags holds the pairs that are kept as drop and add: the table and name that go, and what they may have become.
	flags []Rename
}

// change is an operation with what the order needs to know about it.
type change struct {
	op    op.Operation
	phase phase
	// near keeps changes together and in order within their phase.
	near [3]string
	keys
}

func (c *comparison) run() error {
	c.uncertain = map[schema.Name]bool{}
	c.noteUnread()
	c.compareNamespaces()
	if err := c.compareEnums(); err != nil {
		return err
	}
	if err := c.compareTables(); err != nil {
		return err
	}
	c.compareStandalone()
	c.linkMentions()
	ordered, err := order(c.changes)
	if err != nil {
		return err
	}
	c.plan.Operations = ordered
	c.plan.SortFindings()
	slices.SortStableFunc(c.plan.Foreign, func(a, b Object) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	c.plan.Uncertain = sortedNames(c.uncertain)
	c.nameNotCompared()
	return c.reverse()
}

// reverse works out the way back from the operations themselves.
func (c *comparison) reverse() error {
	var err error
	c.plan.Reverse, c.plan.Irreversible, err = Reverse(c.from, c.plan.Operations)
	return err
}

// Reverse returns the operations that undo a part of a plan, given the schema before it, with the conversions that changes
// of types need; or why there are none.
func Reverse(before *schema.Schema, operations []op.Operation) (undo []op.Operation, why string, err error) {
	undo, err = op.Reverse(before, operations)
	var irreversible *op.IrreversibleError
	if errors.As(err, &irreversible) {
		return nil, irreversible.Error(), nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("the plan does not fit the current schema: %w", err)
	}
	if before.Server.Dialect == schema.Postgres {
		castBack(operations, undo)
	}
	return undo, "", nil
}

func (c *comparison) add(change change) { c.changes = append(c.changes, change) }

func (c *comparison) find(id string, severity Severity, object, text, way string) {
	c.plan.Findings = append(c.plan.Findings, Finding{ID: id, Severity: severity, Object: object, Text: text, Way: way})
}

func (c *comparison) foreign(kind, name string) {
	c.plan.Foreign = append(c.plan.Foreign, Object{Kind: kind, Name: name})
}

// full reports whether everything counts, whoever made it.
func (c *comparison) full() bool { return c.Owned == nil || c.IncludeForeign }

// SortFindings puts the findings in their order, for those who add some.
func (p *Plan) SortFindings() {
	rank := map[Severity]int{Decision: 0, Danger: 1, Warning: 2, Info: 3}
	slices.SortStableFunc(p.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(a.Object, b.Object), cmp.Compare(a.ID, b.ID))
	})
}

func (c *comparison) nameNotCompared() {
	for _, side := range []*schema.Schema{c.from, c.to} {
		for _, problem := range side.Problems {
			c.plan.NotCompared = append(c.plan.NotCompared, fmt.Sprintf("%s: %s", problem.Object, problem.Reason))
		}
		for _, other := range side.Unmodelled {
			text := strings.TrimSpace(other.Kind + " " + other.Name)
			if other.Count > 0 {
				text = fmt.Sprintf("%s (%d)", text, other.Count)
			}
			c.plan.NotCompared = append(c.plan.NotCompared, text)
		}
	}
	slices.Sort(c.plan.NotCompared)
	c.plan.NotCompared = slices.Compact(c.plan.NotCompared)
}

func (c *comparison) compareNamespaces() {
	for _, name := range c.to.Namespaces {
		if name == c.from.DefaultNamespace || slices.Contains(c.from.Namespaces, name) {
			continue
		}
		c.add(change{
			op: &op.CreateNamespace{Name: name, IfNotExists: true}, phase: phaseTypes,
			near: [3]string{"0", name}, keys: keys{creates: []string{namespaceKey(name)}},
		})
	}
}

func sortedNames(set map[schema.Name]bool) []schema.Name {
	names := make([]schema.Name, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.SortFunc(names, schema.Name.Compare)
	return names
}
