package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// disturbance is what the changes so far do to things that views, triggers and statistics are made of. Keys are those of
// the order.
type disturbance struct {
	altered map[string]bool // columns whose type or expression changes, functions and views that are made anew
	gone    map[string]bool // columns that are dropped for good
}

// disturbances returns what PostgreSQL refuses to change or drop while something is made of it.
func (c *comparison) disturbances() disturbance {
	d := disturbance{altered: map[string]bool{}, gone: map[string]bool{}}
	for _, change := range c.changes {
		switch operation := change.op.(type) {
		case *op.AlterColumn:
			if operation.Changes(op.TypeAttribute) || operation.Changes(op.GeneratedAttribute) || operation.Changes(op.CollationAttribute) {
				d.altered[columnKey(operation.Table, operation.Name)] = true
			}
		case *op.DropColumn:
			key := columnKey(operation.Table, operation.Name)
			if c.columnOf(c.to.Table(operation.Table), operation.Name) != nil {
				d.altered[key] = true
			} else {
				d.gone[key] = true
			}
		case *op.DropFunction:
			if c.to.Functions.Has(operation.Name) {
				d.altered[objectKey("function", operation.Name.String())] = true
			}
		}
	}
	return d
}

func (d disturbance) empty() bool { return len(d.altered) == 0 && len(d.gone) == 0 }

// touches returns the key of a dependency that is disturbed, or "".
func (d disturbance) touches(dependencies []schema.Dependency) string {
	for _, dependency := range dependencies {
		keys := []string{columnKey(dependency.Relation, dependency.Column)}
		for _, kind := range []string{"function", "view"} {
			keys = append(keys, objectKey(kind, dependency.Relation.String()))
		}
		for _, key := range keys {
			if d.altered[key] || d.gone[key] {
				return key
			}
		}
	}
	return ""
}

// recreateViews drops the views that stand in the way of a change and creates them again after it: PostgreSQL refuses to
// alter a column that a view uses, and to drop a view that another one uses. It returns the views that are handled here.
// A view that uses a column which goes for good cannot come back; that is a finding.
func (c *comparison) recreateViews() map[schema.Name]bool {
	handled := map[schema.Name]bool{}
	if c.dialect != schema.Postgres || c.working.Views.Len() == 0 {
		return handled
	}
	d := c.disturbances()
	for view := range c.working.Views.All() {
		target, wanted := c.to.Views.Get(view.Name)
		if view.Foreign == "" && ((wanted && !c.sameView(target, view)) || (!wanted && c.full())) {
			d.altered[objectKey("view", view.Name.String())] = true
		}
	}
	if d.empty() {
		return handled
	}
	for again := true; again; {
		again = false
		for view := range c.working.Views.All() {
			if handled[view.Name] || view.Foreign != "" {
				continue
			}
			key := objectKey("view", view.Name.String())
			if d.altered[key] || d.touches(view.DependsOn) != "" {
				handled[view.Name], d.altered[key] = true, true
				again = true
			}
		}
	}
	for view := range c.working.Views.All() {
		if handled[view.Name] {
			c.recreateView(view, d)
		}
	}
	return handled
}

func (c *comparison) recreateView(view *schema.View, d disturbance) {
	name := view.Name.String()
	key := objectKey("view", name)
	dropped := change{
		op: &op.DropView{Name: view.Name, Materialized: view.Materialized}, phase: phaseDropDependents, near: [3]string{"view", name},
		keys: keys{destroys: []string{key}, releases: dependencyKeys(view.DependsOn)},
	}
	target, wanted := c.to.Views.Get(view.Name)
	if !wanted && (c.full() || c.Owned.Views.Has(view.Name)) {
		c.add(dropped)
		return
	}
	if !wanted {
		target = view
		for _, dependency := range view.DependsOn {
			if column := columnKey(dependency.Relation, dependency.Column); d.gone[column] {
				c.find("view-in-the-way", Decision, name,
					fmt.Sprintf("the view uses %s, which is dropped", strings.TrimPrefix(column, "column ")),
					"change or drop the view first")
				return
			}
		}
	}
	c.add(dropped)
	c.createView(target)
}

// createView is a view with its indexes, which follow it.
func (c *comparison) createView(view *schema.View) {
	name := view.Name.String()
	key := objectKey("view", name)
	bare := view.Clone()
	bare.Indexes = nil
	c.add(change{
		op: &op.CreateView{View: bare}, phase: phaseCreateDependents, near: [3]string{"view", name},
		keys: keys{creates: []string{key}, uses: dependencyKeys(view.DependsOn)},
	})
	for _, index := range view.Indexes {
		c.add(c.createViewIndex(view, index))
	}
}

func (c *comparison) createViewIndex(view *schema.View, index *schema.Index) change {
	return change{
		op: &op.CreateIndex{Table: view.Name, Index: index.Clone()}, phase: phaseCreateDependents,
		near: [3]string{"view", view.Name.String(), "2" + index.Name},
		keys: keys{uses: []string{objectKey("view", view.Name.String())}, creates: []string{c.indexKey(view.Name, index.Name)}},
	}
}

// compareViewIndexes compares the indexes of materialized views that stay.
func (c *comparison) compareViewIndexes(handled map[schema.Name]bool) {
	for target := range c.to.Views.All() {
		view, ok := c.working.Views.Get(target.Name)
		if !ok || handled[target.Name] || !c.sameView(target, view) {
			continue
		}
		p := pair{from: &schema.Table{Name: view.Name}, to: &schema.Table{Name: view.Name}}
		same := func(a *schema.Index) func(*schema.Index) bool {
			return func(b *schema.Index) bool { return a.Name == b.Name && c.sameIndex(p, a, nil, b) }
		}
		for _, index := range view.Indexes {
			if slices.ContainsFunc(target.Indexes, same(index)) {
				continue
			}
			if !c.full() && !c.ownsViewIndex(view.Name, index.Name) {
				c.foreign("index", view.Name.String()+"."+index.Name)
				continue
			}
			c.add(change{
				op: &op.DropIndex{Table: view.Name, Name: index.Name}, phase: phaseCreateDependents,
				near: [3]string{"view", view.Name.String(), "1" + index.Name},
				keys: keys{uses: []string{objectKey("view", view.Name.String())}, destroys: []string{c.indexKey(view.Name, index.Name)}},
			})
		}
		for _, index := range target.Indexes {
			if !slices.ContainsFunc(view.Indexes, same(index)) {
				c.add(c.createViewIndex(target, index))
			}
		}
	}
}

func (c *comparison) ownsViewIndex(view schema.Name, index string) bool {
	owned, ok := c.Owned.Views.Get(view)
	return ok && slices.ContainsFunc(owned.Indexes, func(i *schema.Index) bool { return i.Name == index })
}

func (c *comparison) sameView(a, b *schema.View) bool {
	return a.Materialized == b.Materialized && c.sameStatement(a.Definition, b.Definition) && c.fits(a.Comment, b.Comment) &&
		slices.Equal(a.Columns, b.Columns) && c.optionsFit(a.Options, b.Options)
}

// recreateTriggers drops the triggers that stand in the way of a change and creates them again after it: PostgreSQL refuses
// to alter the type of a column, or to drop one, that a trigger names after UPDATE OF or in its condition.
func (c *comparison) recreateTriggers() map[schema.Name]bool {
	handled := map[schema.Name]bool{}
	d := c.disturbances()
	if c.dialect != schema.Postgres || d.empty() {
		return handled
	}
	for trigger := range c.working.Triggers.All() {
		target, wanted := c.to.Triggers.Get(trigger.Name)
		if !c.to.Tables.Has(trigger.Table) || (wanted && !c.sameTrigger(target, trigger)) {
			continue // goes with its table, or is made anew anyway
		}
		columns := c.triggerColumns(trigger)
		lost := slices.IndexFunc(columns, func(column string) bool { return d.gone[columnKey(trigger.Table, column)] })
		altered := slices.ContainsFunc(columns, func(column string) bool { return d.altered[columnKey(trigger.Table, column)] })
		if lost < 0 && !altered && d.touches(trigger.DependsOn) == "" {
			continue
		}
		if !wanted {
			if c.full() || c.Owned.Triggers.Has(trigger.Name) {
				continue // goes for good
			}
			target = trigger
		}
		if lost >= 0 {
			c.find("trigger-in-the-way", Decision, trigger.Name.String(),
				fmt.Sprintf("the trigger names %s.%s, which is dropped", trigger.Table, columns[lost]), "change or drop the trigger first")
			continue
		}
		handled[trigger.Name] = true
		c.add(c.dropTrigger(trigger))
		c.add(c.createTrigger(target))
	}
	return handled
}

// triggerColumns returns the columns of its own table that a trigger's definition names.
func (c *comparison) triggerColumns(trigger *schema.Trigger) []string {
	if c.dialect != schema.Postgres {
		return nil
	}
	head := trigger.Definition
	for _, token := range sqltext.Significant(c.dialect, head) {
		if token.Is("EXECUTE") {
			head = head[:token.Pos]
			break
		}
	}
	p := pair{from: &schema.Table{}, to: &schema.Table{}}
	if table := c.working.Table(trigger.Table); table != nil {
		p.from = table
	}
	if table := c.to.Table(trigger.Table); table != nil {
		p.to = table
	}
	return c.mentioned(p, head)
}

func (c *comparison) triggerKeys(trigger *schema.Trigger) []string {
	out := append(dependencyKeys(trigger.DependsOn), tableKey(trigger.Table), objectKey("view", trigger.Table.String()))
	if other := c.followedTrigger(trigger); other != "" {
		out = append(out, objectKey("trigger", schema.Name{Schema: trigger.Name.Schema, Name: other}.String()))
	}
	return append(out, columnKeys(trigger.Table, c.triggerColumns(trigger))...)
}

// followedTrigger returns the trigger of MySQL's FOLLOWS or PRECEDES, "" if there is none.
func (c *comparison) followedTrigger(trigger *schema.Trigger) string {
	if c.dialect != schema.MySQL {
		return ""
	}
	tokens := sqltext.Significant(c.dialect, trigger.Definition)
	for i := 0; i+4 < len(tokens); i++ {
		if tokens[i].Is("EACH") && tokens[i+1].Is("ROW") {
			if tokens[i+2].Is("FOLLOWS") || tokens[i+2].Is("PRECEDES") {
				name, _ := tokens[i+3].Ident()
				return name
			}
			return ""
		}
	}
	return ""
}

func (c *comparison) dropTrigger(trigger *schema.Trigger) change {
	name := trigger.Name.String()
	return change{
		op:    &op.DropTrigger{Name: trigger.Name, Trigger: trigger.Trigger, Table: trigger.Table},
		phase: phaseDropDependents, near: [3]string{"trigger", name},
		keys: keys{destroys: []string{objectKey("trigger", name)}, releases: c.triggerKeys(trigger)},
	}
}

func (c *comparison) createTrigger(trigger *schema.Trigger) change {
	name := trigger.Name.String()
	return change{
		op: &op.CreateTrigger{Trigger: trigger}, phase: phaseCreateDependents, near: [3]string{"trigger", name},
		keys: keys{creates: []string{objectKey("trigger", name)}, uses: c.triggerKeys(trigger)},
	}
}

func (c *comparison) sameTrigger(a, b *schema.Trigger) bool {
	return c.sameStatement(a.Definition, b.Definition) && c.fold(a.Table) == c.fold(b.Table) && a.Enabled == b.Enabled &&
		c.fits(a.Comment, b.Comment) && c.optionsFit(a.Options, b.Options)
}

// findUsers reports what else uses a function that has to be dropped because its arguments or its result change.
func (c *comparison) findUsers() {
	for _, change := range c.changes {
		drop, ok := change.op.(*op.DropFunction)
		if !ok || !c.to.Functions.Has(drop.Name) {
			continue
		}
		key := objectKey("function", drop.Name.String())
		for table := range c.working.Tables.All() {
			if slices.Contains(c.called(tableTexts(table), callables(c.from)), key) && c.to.Tables.Has(table.Name) {
				c.find("function-in-use", Decision, drop.Name.String(),
					"the arguments or the result of the function change, so that it is made anew, and "+table.Name.String()+" uses it",
					"make a function of another name, change what uses the old one, and drop that")
			}
		}
	}
}
