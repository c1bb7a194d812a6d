package diff

import (
	"reflect"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
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
	replace          func(current, target T) []op.Operation // nil, or an empty list: drop and create
	needs            func(T) []string                       // keys of what it uses
	createAt, dropAt phase
}

func compareStandalone[T schema.Object](c *comparison, k standalone[T]) {
	key := func(object T) string { return objectKey(k.kind, object.ObjectName().String()) }
	add := func(operation op.Operation, at phase, object T, keys keys) {
		c.add(change{op: operation, phase: at, near: [3]string{k.kind, object.ObjectName().String()}, keys: keys})
	}
	for object := range k.to.All() {
		if k.foreign(object) || c.isUnread(k.kind, object.ObjectName()) {
			continue
		}
		current, ok := k.from.Get(object.ObjectName())
		switch {
		case !ok:
			add(k.create(object), k.createAt, object, keys{creates: []string{key(object)}, uses: k.needs(object)})
		case k.same(object, current):
		default:
			var replace []op.Operation
			if k.replace != nil {
				replace = k.replace(current, object)
			}
			for _, operation := range replace {
				uses := k.needs(object)
				add(operation, k.createAt, object, keys{creates: []string{key(object)}, uses: uses, releases: without(k.needs(current), uses)})
			}
			if len(replace) > 0 {
				break
			}
			add(k.drop(current), phaseDropDependents, current, keys{destroys: []string{key(current)}, releases: k.needs(current)})
			add(k.create(object), k.createAt, object, keys{creates: []string{key(object)}, uses: k.needs(object)})
		}
	}
	for object := range k.from.All() {
		if k.foreign(object) || k.to.Has(object.ObjectName()) || c.isUnread(k.kind, object.ObjectName()) {
			continue
		}
		if !c.full() {
			// Models cannot declare such objects. One that a revision made is not missing because they do not have it.
			if !k.owned.Has(object.ObjectName()) {
				c.foreign(k.kind, object.ObjectName().String())
			}
			continue
		}
		add(k.drop(object), k.dropAt, object, keys{destroys: []string{key(object)}, releases: k.needs(object)})
	}
}

// without returns the keys that the others do not hold.
func without(keys, others []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(others, key) })
}

// normalSequence returns a sequence in the form of the catalogs' readers: without what is the default, and without its
// comment.
func (c *comparison) normalSequence(s *schema.Sequence) *schema.Sequence {
	out := *s
	out.Comment = ""
	cache := int64(1)
	if c.dialect == schema.MySQL {
		cache = 1000
	}
	if out.Type == "" {
		out.Type = "bigint"
	}
	start, first := int64(1), out.Min
	if out.Increment != nil && *out.Increment < 0 {
		start, first = -1, out.Max
	}
	if first != nil {
		start = *first
	}
	unlessDefault := func(number **int64, usual int64) {
		if *number != nil && **number == usual {
			*number = nil
		}
	}
	unlessDefault(&out.Increment, 1)
	unlessDefault(&out.Cache, cache)
	unlessDefault(&out.Start, start)
	return &out
}

// compareStandalone compares what stands beside the tables.
func (c *comparison) compareStandalone() {
	owned := c.Owned
	if owned == nil {
		owned = &schema.Schema{}
	}
	compareStandalone(c, standalone[*schema.Extension]{
		kind: "extension", from: &c.working.Extensions, to: &c.to.Extensions, owned: &owned.Extensions,
		foreign:  func(e *schema.Extension) bool { return e.Name == "plpgsql" },
		same:     func(*schema.Extension, *schema.Extension) bool { return true },
		create:   func(e *schema.Extension) op.Operation { return &op.CreateExtension{Extension: e, IfNotExists: true} },
		drop:     func(e *schema.Extension) op.Operation { return &op.DropExtension{Name: e.ObjectName()} },
		needs:    func(*schema.Extension) []string { return nil },
		createAt: phaseTypes, dropAt: phaseDropTypes,
	})
	c.compareTypes(owned)
	compareStandalone(c, standalone[*schema.Sequence]{
		kind: "sequence", from: &c.working.Sequences, to: &c.to.Sequences, owned: &owned.Sequences,
		foreign: func(s *schema.Sequence) bool {
			owner := s.OwnedBy.Relation
			return s.Foreign != "" || (owner != (schema.Name{}) && !c.to.Tables.Has(owner))
		},
		same: func(a, b *schema.Sequence) bool {
			return c.fits(a.Comment, b.Comment) && reflect.DeepEqual(c.normalSequence(a), c.normalSequence(b))
		},
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
		kind: "function", from: &c.working.Functions, to: &c.to.Functions, owned: &owned.Functions,
		foreign: func(f *schema.Function) bool { return f.Foreign != "" },
		same: func(a, b *schema.Function) bool {
			return a.Kind == b.Kind && c.sameStatement(a.Definition, b.Definition) && c.fits(a.Comment, b.Comment) && c.optionsFit(a.Options, b.Options)
		},
		create: func(f *schema.Function) op.Operation { return &op.CreateFunction{Function: f} },
		drop:   func(f *schema.Function) op.Operation { return &op.DropFunction{Name: f.Name, Routine: f.Kind} },
		replace: func(current, target *schema.Function) []op.Operation {
			if !c.replaceable(current, target) {
				return nil
			}
			return []op.Operation{&op.CreateFunction{Function: target, Replace: true}}
		},
		needs:    func(f *schema.Function) []string { return dependencyKeys(f.DependsOn) },
		createAt: phaseCreateDependents, dropAt: phaseDropDependents,
	})
	if c.dialect == schema.Postgres {
		c.findUsers()
	}
	recreated := c.recreateViews()
	compareStandalone(c, standalone[*schema.View]{
		kind: "view", from: &c.working.Views, to: &c.to.Views, owned: &owned.Views,
		foreign:  func(v *schema.View) bool { return v.Foreign != "" || recreated[v.Name] },
		same:     c.sameView,
		create:   func(v *schema.View) op.Operation { return &op.CreateView{View: v} },
		drop:     func(v *schema.View) op.Operation { return &op.DropView{Name: v.Name, Materialized: v.Materialized} },
		needs:    func(v *schema.View) []string { return dependencyKeys(v.DependsOn) },
		createAt: phaseCreateDependents, dropAt: phaseDropDependents,
	})
	c.compareViewIndexes(recreated)
	remade := c.recreateTriggers()
	compareStandalone(c, standalone[*schema.Trigger]{
		kind: "trigger", from: &c.working.Triggers, to: &c.to.Triggers, owned: &owned.Triggers,
		foreign: func(t *schema.Trigger) bool { return remade[t.Name] || (c.Ignore != nil && c.Ignore(t.Table)) },
		same:    c.sameTrigger,
		create:  func(t *schema.Trigger) op.Operation { return &op.CreateTrigger{Trigger: t} },
		drop: func(t *schema.Trigger) op.Operation {
			return &op.DropTrigger{Name: t.Name, Trigger: t.Trigger, Table: t.Table}
		},
		needs:    c.triggerKeys,
		createAt: phaseCreateDependents, dropAt: phaseDropDependents,
	})
	compareStandalone(c, standalone[*schema.Statistic]{
		kind: "statistics", from: &c.working.Statistics, to: &c.to.Statistics, owned: &owned.Statistics,
		foreign: func(s *schema.Statistic) bool { return !c.to.Tables.Has(s.Table) },
		same: func(a, b *schema.Statistic) bool {
			return c.sameStatement(a.Definition, b.Definition) && a.Table == b.Table && c.fits(a.Comment, b.Comment)
		},
		create:   func(s *schema.Statistic) op.Operation { return &op.CreateStatistic{Statistic: s} },
		drop:     func(s *schema.Statistic) op.Operation { return &op.DropStatistic{Name: s.Name} },
		needs:    c.statisticKeys,
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

// replaceable reports whether CREATE OR REPLACE can change one routine to the other: arguments and result are the same.
func (c *comparison) replaceable(current, target *schema.Function) bool {
	if current.Kind != target.Kind || target.Kind == "aggregate" {
		return false
	}
	return c.dialect != schema.Postgres || slices.Equal(c.routineHead(current.Definition), c.routineHead(target.Definition))
}

// routineHead returns the words between the routine's name and its first attribute: arguments and result.
func (c *comparison) routineHead(definition string) []string {
	var out []string
	depth, inside := 0, false
	for _, token := range sqltext.Significant(c.dialect, definition) {
		switch {
		case token.Is("("):
			depth++
			inside = true
		case token.Is(")"):
			depth--
		case inside && depth == 0 && routineAttributes[strings.ToUpper(token.Text)]:
			return out
		}
		if inside {
			out = append(out, strings.ToLower(token.Text))
		}
	}
	return out
}

// routineAttributes are the words that can follow a routine's result.
var routineAttributes = map[string]bool{
	"LANGUAGE": true, "TRANSFORM": true, "WINDOW": true, "IMMUTABLE": true, "STABLE": true, "VOLATILE": true, "LEAKPROOF": true,
	"NOT": true, "CALLED": true, "STRICT": true, "EXTERNAL": true, "SECURITY": true, "PARALLEL": true, "COST": true, "ROWS": true,
	"SUPPORT": true, "SET": true, "AS": true, "BEGIN": true, "RETURN": true,
}

// statisticKeys names the table and the columns that extended statistics are about.
func (c *comparison) statisticKeys(statistic *schema.Statistic) []string {
	out := []string{tableKey(statistic.Table)}
	for _, s := range []*schema.Schema{c.working, c.to} {
		if table := s.Table(statistic.Table); table != nil {
			out = append(out, columnKeys(statistic.Table, c.mentioned(pair{from: table, to: table}, statistic.Definition))...)
		}
	}
	return out
}

// dependencyKeys names what an object needs: columns, tables, views and functions.
func dependencyKeys(dependencies []schema.Dependency) []string {
	var out []string
	for _, dependency := range dependencies {
		if dependency.Column != "" {
			out = append(out, columnKey(dependency.Relation, dependency.Column))
		}
		name := dependency.Relation.String()
		out = append(out, tableKey(dependency.Relation), objectKey("view", name), objectKey("function", name))
	}
	return out
}
