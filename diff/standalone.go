package diff

import (
	"reflect"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// standalone compares one kind of free-standing objects by name and definition: created if only the target has it,
// replaced if it differs, dropped if only the current side has it and it is not foreign.
type standalone[T schema.Object] struct {
	kind             string
	from, to         *schema.Objects[T]
	owned            *schema.Objects[T]
	foreign          func(T) bool
	same             func(target, current T) bool
	create           func(T) op.Operation
	drop             func(T) op.Operation
	replace          func(current, target T) []op.Operation // nil: drop and create
	needs            func(T) []string                       // keys of what it uses
	createAt, dropAt phase
}

func compareStandalone[T schema.Object](c *comparison, k standalone[T]) {
	key := func(object T) string { return objectKey(k.kind, object.ObjectName().String()) }
	add := func(operation op.Operation, at phase, object T, keys keys) {
		c.add(change{op: operation, phase: at, near: [3]string{k.kind, object.ObjectName().String()}, keys: keys})
	}
	for object := range k.to.All() {
		if k.foreign(object) {
			continue
		}
		current, ok := k.from.Get(object.ObjectName())
		switch {
		case !ok:
			add(k.create(object), k.createAt, object, keys{creates: []string{key(object)}, uses: k.needs(object)})
		case k.same(object, current):
		case k.replace != nil:
			for _, operation := range k.replace(current, object) {
				add(operation, k.createAt, object, keys{alters: []string{key(object)}, uses: k.needs(object)})
			}
		default:
			add(k.drop(current), phaseDropDependents, current, keys{destroys: []string{key(current)}, releases: k.needs(current)})
			add(k.create(object), k.createAt, object, keys{creates: []string{key(object)}, uses: k.needs(object)})
		}
	}
	for object := range k.from.All() {
		if k.foreign(object) || k.to.Has(object.ObjectName()) {
			continue
		}
		if !c.full() && !k.owned.Has(object.ObjectName()) {
			c.foreign(k.kind, object.ObjectName().String())
			continue
		}
		add(k.drop(object), k.dropAt, object, keys{destroys: []string{key(object)}, releases: k.needs(object)})
	}
}

// compareStandalone compares what stands beside the tables.
func (c *comparison) compareStandalone() {
	owned := c.Owned
	if owned == nil {
		owned = &schema.Schema{}
	}
	compareStandalone(c, standalone[*schema.Extension]{
		kind: "extension", from: &c.from.Extensions, to: &c.to.Extensions, owned: &owned.Extensions,
		foreign:  func(e *schema.Extension) bool { return e.Name == "plpgsql" },
		same:     func(*schema.Extension, *schema.Extension) bool { return true },
		create:   func(e *schema.Extension) op.Operation { return &op.CreateExtension{Extension: e, IfNotExists: true} },
		drop:     func(e *schema.Extension) op.Operation { return &op.DropExtension{Name: e.ObjectName()} },
		needs:    func(*schema.Extension) []string { return nil },
		createAt: phaseTypes, dropAt: phaseDropTypes,
	})
	compareStandalone(c, standalone[*schema.Domain]{
		kind: "type", from: &c.from.Domains, to: &c.to.Domains, owned: &owned.Domains,
		foreign:  func(d *schema.Domain) bool { return d.Foreign != "" },
		same:     func(a, b *schema.Domain) bool { return reflect.DeepEqual(a, b) },
		create:   func(d *schema.Domain) op.Operation { return &op.CreateDomain{Domain: d} },
		drop:     func(d *schema.Domain) op.Operation { return &op.DropDomain{Name: d.Name} },
		needs:    func(*schema.Domain) []string { return nil },
		createAt: phaseTypes, dropAt: phaseDropTypes,
	})
	compareStandalone(c, standalone[*schema.Composite]{
		kind: "type", from: &c.from.Composites, to: &c.to.Composites, owned: &owned.Composites,
		foreign:  func(d *schema.Composite) bool { return d.Foreign != "" },
		same:     func(a, b *schema.Composite) bool { return reflect.DeepEqual(a, b) },
		create:   func(d *schema.Composite) op.Operation { return &op.CreateComposite{Composite: d} },
		drop:     func(d *schema.Composite) op.Operation { return &op.DropComposite{Name: d.Name} },
		needs:    func(*schema.Composite) []string { return nil },
		createAt: phaseTypes, dropAt: phaseDropTypes,
	})
	compareStandalone(c, standalone[*schema.Sequence]{
		kind: "sequence", from: &c.from.Sequences, to: &c.to.Sequences, owned: &owned.Sequences,
		foreign: func(s *schema.Sequence) bool {
			owner := s.OwnedBy.Relation
			return s.Foreign != "" || (owner != (schema.Name{}) && !c.to.Tables.Has(owner))
		},
		same:   func(a, b *schema.Sequence) bool { return reflect.DeepEqual(a, b) },
		create: func(s *schema.Sequence) op.Operation { return &op.CreateSequence{Sequence: s} },
		drop:   func(s *schema.Sequence) op.Operation { return &op.DropSequence{Name: s.Name} },
		replace: func(_, target *schema.Sequence) []op.Operation {
			return []op.Operation{&op.AlterSequence{Sequence: target}}
		},
		needs: func(s *schema.Sequence) []string {
			if s.OwnedBy == (schema.Dependency{}) {
				return nil
			}
			return dependencyKeys([]schema.Dependency{s.OwnedBy})
		},
		createAt: phaseTypes, dropAt: phaseDropTypes,
	})
	compareStandalone(c, standalone[*schema.Function]{
		kind: "function", from: &c.from.Functions, to: &c.to.Functions, owned: &owned.Functions,
		foreign: func(f *schema.Function) bool { return f.Foreign != "" },
		same: func(a, b *schema.Function) bool {
			return a.Kind == b.Kind && c.sameStatement(a.Definition, b.Definition) && c.fits(a.Comment, b.Comment)
		},
		create:   func(f *schema.Function) op.Operation { return &op.CreateFunction{Function: f} },
		drop:     func(f *schema.Function) op.Operation { return &op.DropFunction{Name: f.Name, Routine: f.Kind} },
		needs:    func(f *schema.Function) []string { return dependencyKeys(f.DependsOn) },
		createAt: phaseCreateDependents, dropAt: phaseDropDependents,
	})
	recreated := c.recreateViews()
	compareStandalone(c, standalone[*schema.View]{
		kind: "view", from: &c.from.Views, to: &c.to.Views, owned: &owned.Views,
		foreign: func(v *schema.View) bool { return v.Foreign != "" || recreated[v.Name] },
		same: func(a, b *schema.View) bool {
			return a.Materialized == b.Materialized && c.sameStatement(a.Definition, b.Definition) && c.fits(a.Comment, b.Comment) &&
				c.optionsFit(a.Options, b.Options)
		},
		create:   func(v *schema.View) op.Operation { return &op.CreateView{View: v} },
		drop:     func(v *schema.View) op.Operation { return &op.DropView{Name: v.Name, Materialized: v.Materialized} },
		needs:    func(v *schema.View) []string { return viewKeys(v) },
		createAt: phaseCreateDependents, dropAt: phaseDropDependents,
	})
	compareStandalone(c, standalone[*schema.Trigger]{
		kind: "trigger", from: &c.from.Triggers, to: &c.to.Triggers, owned: &owned.Triggers,
		foreign: func(t *schema.Trigger) bool { return c.Ignore != nil && c.Ignore(t.Table) },
		same: func(a, b *schema.Trigger) bool {
			return c.sameStatement(a.Definition, b.Definition) && a.Enabled == b.Enabled
		},
		create: func(t *schema.Trigger) op.Operation { return &op.CreateTrigger{Trigger: t} },
		drop: func(t *schema.Trigger) op.Operation {
			return &op.DropTrigger{Name: t.Name, Trigger: t.Trigger, Table: t.Table}
		},
		needs:    func(t *schema.Trigger) []string { return append(dependencyKeys(t.DependsOn), tableKey(t.Table)) },
		createAt: phaseCreateDependents, dropAt: phaseDropDependents,
	})
	compareStandalone(c, standalone[*schema.Statistic]{
		kind: "statistics", from: &c.from.Statistics, to: &c.to.Statistics, owned: &owned.Statistics,
		foreign:  func(s *schema.Statistic) bool { return !c.to.Tables.Has(s.Table) },
		same:     func(a, b *schema.Statistic) bool { return c.sameStatement(a.Definition, b.Definition) },
		create:   func(s *schema.Statistic) op.Operation { return &op.CreateStatistic{Statistic: s} },
		drop:     func(s *schema.Statistic) op.Operation { return &op.DropStatistic{Name: s.Name} },
		needs:    func(s *schema.Statistic) []string { return []string{tableKey(s.Table)} },
		createAt: phaseCreateDependents, dropAt: phaseDropDependents,
	})
}

// sameStatement compares defining statements, blanks aside.
func (c *comparison) sameStatement(a, b string) bool {
	normal := func(text string) string {
		return strings.TrimRight(strings.Join(strings.Fields(text), " "), "; ")
	}
	return normal(a) == normal(b)
}

func dependencyKeys(dependencies []schema.Dependency) []string {
	var out []string
	for _, dependency := range dependencies {
		if dependency.Column != "" {
			out = append(out, columnKey(dependency.Relation, dependency.Column))
		}
		out = append(out, tableKey(dependency.Relation))
	}
	return out
}

// viewKeys names what a view needs: relations may be tables or other views.
func viewKeys(view *schema.View) []string {
	out := dependencyKeys(view.DependsOn)
	for _, dependency := range view.DependsOn {
		out = append(out, objectKey("view", dependency.Relation.String()))
	}
	return out
}
