package diff

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// recreateViews drops the views that stand in the way of a change of type and creates them again after it: PostgreSQL
// refuses to alter a column that a view uses. It returns the views that are handled here. A view that uses a column which
// goes for good cannot come back; that is a finding.
func (c *comparison) recreateViews() map[schema.Name]bool {
	handled := map[schema.Name]bool{}
	if c.dialect != schema.Postgres || c.from.Views.Len() == 0 {
		return handled
	}
	altered, gone := c.disturbedColumns()
	if len(altered) == 0 && len(gone) == 0 {
		return handled
	}
	for again := true; again; {
		again = false
		for view := range c.from.Views.All() {
			if handled[view.Name] || view.Foreign != "" {
				continue
			}
			if blocker := c.disturbs(view, altered, gone, handled); blocker != "" {
				handled[view.Name] = true
				again = true
			}
		}
	}
	for view := range c.from.Views.All() {
		if handled[view.Name] {
			c.recreateView(view, altered, gone)
		}
	}
	return handled
}

// disturbedColumns returns the keys of the columns whose type changes and of those that are dropped.
func (c *comparison) disturbedColumns() (altered, gone map[string]bool) {
	altered, gone = map[string]bool{}, map[string]bool{}
	for _, change := range c.changes {
		switch operation := change.op.(type) {
		case *op.AlterColumn:
			if operation.Changes(op.TypeAttribute) {
				altered[columnKey(operation.Table, operation.Name)] = true
			}
		case *op.DropColumn:
			gone[columnKey(operation.Table, operation.Name)] = true
		}
	}
	return altered, gone
}

// disturbs returns what of a view's dependencies changes under it, or "".
func (c *comparison) disturbs(view *schema.View, altered, gone map[string]bool, handled map[schema.Name]bool) string {
	for _, dependency := range view.DependsOn {
		key := columnKey(dependency.Relation, dependency.Column)
		if altered[key] || gone[key] || handled[dependency.Relation] {
			return key
		}
	}
	return ""
}

func (c *comparison) recreateView(view *schema.View, altered, gone map[string]bool) {
	name := view.Name.String()
	key := objectKey("view", name)
	dropped := change{
		op: &op.DropView{Name: view.Name, Materialized: view.Materialized}, phase: phaseDropDependents, near: [3]string{"view", name},
		keys: keys{destroys: []string{key}, releases: viewKeys(view)},
	}
	target, wanted := c.to.Views.Get(view.Name)
	if !wanted && c.full() {
		c.add(dropped)
		return
	}
	if !wanted {
		target = view
		for _, dependency := range view.DependsOn {
			if column := columnKey(dependency.Relation, dependency.Column); gone[column] {
				c.find("view-in-the-way", Decision, name,
					fmt.Sprintf("the view uses %s, which is dropped", strings.TrimPrefix(column, "column ")),
					"change or drop the view first")
				return
			}
		}
	}
	c.add(dropped)
	bare := target.Clone()
	bare.Indexes = nil
	c.add(change{
		op: &op.CreateView{View: bare}, phase: phaseCreateDependents, near: [3]string{"view", name},
		keys: keys{creates: []string{key}, uses: viewKeys(target)},
	})
	for _, index := range target.Indexes {
		c.add(change{
			op: &op.CreateIndex{Table: view.Name, Index: index.Clone()}, phase: phaseCreateDependents, near: [3]string{"view", name, index.Name},
			keys: keys{uses: []string{key}},
		})
	}
}
