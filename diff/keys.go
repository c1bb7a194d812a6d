package diff

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// parts compares the parts of one kind that a table owns by name: unique constraints, checks, indexes and so on.
type parts[T any] struct {
	kind      string
	from, to  []*T
	canon     []*T
	owned     []*T
	name      func(*T) string
	implied   func(*T) bool // the name is only a convention
	unmanaged func(*T) bool
	same      func(target, canonical, current *T) bool
	uses      func(part *T, going map[string]bool) bool // part uses a column that goes
	drop      func(*T) change
	create    func(*T) change
	rename    func(from, to *T) (change, bool) // false: the engine cannot rename it
	// restates tells that target is about the same thing as current, and open that it says nothing of what they differ in.
	// It is nil for parts that a model states as a whole.
	restates func(target, current *T) (restates, open bool)
}

// owner returns the revisions' own form of a part, or nil if they have none.
func (k *parts[T]) owner(c *comparison, part *T) *T {
	for _, owned := range k.owned {
		if name := k.name(owned); name != "" && c.foldColumn(name) == c.foldColumn(k.name(part)) || k.same(owned, nil, part) {
			return owned
		}
	}
	return nil
}

// agreed finds the part that the revisions agreed to leave as it is, and that a target restates without saying otherwise.
func (k *parts[T]) agreed(c *comparison, target *T, paired map[*T]bool) *T {
	if k.restates == nil {
		return nil
	}
	for _, part := range k.from {
		if paired[part] {
			continue
		}
		if restates, open := k.restates(target, part); restates && open {
			if owned := k.owner(c, part); owned != nil && k.unmanaged(owned) {
				return part
			}
		}
	}
	return nil
}

func (k *parts[T]) isRestated(target, part *T) bool {
	if k.restates == nil {
		return false
	}
	restates, _ := k.restates(target, part)
	return restates
}

// compareParts pairs parts by name, then by definition; renames what has another name, and drops and creates the rest.
func compareParts[T any](c *comparison, p pair, going map[string]bool, k parts[T]) {
	named := map[string]*T{}
	for _, part := range k.from {
		if name := k.name(part); name != "" {
			named[c.foldColumn(name)] = part
		}
	}
	canonical := func(target *T) *T {
		for _, part := range k.canon {
			if c.foldColumn(k.name(part)) == c.foldColumn(k.name(target)) {
				return part
			}
		}
		return nil
	}
	paired := map[*T]bool{}
	var open, created []*T
	for _, target := range k.to {
		current := named[c.foldColumn(k.name(target))]
		if current == nil || paired[current] || !k.same(target, canonical(target), current) {
			open = append(open, target)
			continue
		}
		paired[current] = true
	}
	for _, target := range open {
		current := c.byDefinition(func() int {
			return slices.IndexFunc(k.from, func(part *T) bool { return !paired[part] && k.same(target, canonical(target), part) })
		})
		if current < 0 {
			if agreed := k.agreed(c, target, paired); agreed != nil {
				paired[agreed] = true
				continue
			}
			c.add(k.create(target))
			created = append(created, target)
			continue
		}
		old := k.from[current]
		paired[old] = true
		if k.name(old) == k.name(target) || k.implied(target) || k.name(target) == "" {
			continue
		}
		taken := named[c.foldColumn(k.name(target))] != nil
		if change, ok := k.rename(old, target); ok && !taken {
			c.add(change)
			continue
		}
		c.add(k.drop(old))
		c.add(k.create(target))
	}
	for _, part := range k.from {
		if paired[part] {
			continue
		}
		object := strings.TrimSpace(p.to.Name.String() + "." + k.name(part))
		replaced := k.name(part) != "" && slices.ContainsFunc(open, func(target *T) bool { return c.foldColumn(k.name(target)) == c.foldColumn(k.name(part)) }) ||
			slices.ContainsFunc(created, func(target *T) bool { return k.isRestated(target, part) })
		if !c.full() && !replaced && !k.uses(part, going) {
			owned := k.owner(c, part)
			if owned == nil {
				c.foreign(k.kind, object)
				continue
			}
			if k.unmanaged(owned) {
				continue
			}
		}
		c.add(k.drop(part))
	}
}

// byDefinition runs a search by definition without letting its comparisons make the table uncertain: only a comparison
// of two parts that are meant to be the same counts as a difference.
func (c *comparison) byDefinition(search func() int) int {
	kept := c.uncertain
	c.uncertain = map[schema.Name]bool{}
	at := search()
	c.uncertain = kept
	return at
}

func usesAny(going map[string]bool, columns ...[]string) bool {
	for _, list := range columns {
		for _, column := range list {
			if going[column] {
				return true
			}
		}
	}
	return false
}

func (c *comparison) comparePrimaryKeys(p pair) {
	target, current := p.to.PrimaryKey, p.from.PrimaryKey
	table := p.to.Name
	if target == nil && current == nil {
		return
	}
	if target != nil && current != nil && c.sameColumns(target.Columns, current.Columns) && samePrimaryKey(target, current) {
		renamed := target.Name != "" && current.Name != "" && target.Name != current.Name && !target.NameImplied
		if renamed && c.dialect == schema.Postgres {
			c.add(c.renameConstraint(table, op.PrimaryKeyConstraint, current.Name, target.Name))
		}
		if !c.fits(target.Comment, current.Comment) {
			c.cannotChange(table.String()+"."+current.Name, "the comment of the primary key differs")
		}
		return
	}
	if target == nil && !c.full() && (p.owned == nil || p.owned.PrimaryKey == nil) {
		c.foreign("primary key", table.String())
		return
	}
	if current != nil {
		c.add(change{
			op:    &op.DropConstraint{Table: table, Type: op.PrimaryKeyConstraint, Name: current.Name},
			phase: phaseAlterTables, near: [3]string{table.String(), rankDropConstraint, "primary key"},
			keys: keys{
				uses: []string{tableKey(table)}, destroys: []string{columnsKey(table, current.Columns), objectKey("primary key", table.String())},
				releases: columnKeys(table, current.Columns),
			},
		})
	}
	if target != nil {
		c.add(change{
			op:    &op.AddConstraint{Table: table, PrimaryKey: target.Clone()},
			phase: phaseAlterTables, near: [3]string{table.String(), rankAddPrimaryKey},
			keys: keys{
				uses: append(columnKeys(table, target.Columns), tableKey(table)), creates: []string{columnsKey(table, target.Columns), objectKey("primary key", table.String())},
			},
		})
	}
}

func samePrimaryKey(a, b *schema.PrimaryKey) bool {
	return slices.Equal(a.Include, b.Include) && a.Deferrable == b.Deferrable && slices.Equal(a.Parts, b.Parts) && slices.Equal(a.Options, b.Options)
}

func (c *comparison) sameColumns(a, b []string) bool {
	return slices.EqualFunc(a, b, func(a, b string) bool { return c.foldColumn(a) == c.foldColumn(b) })
}

func columnKeys(table schema.Name, columns []string) []string {
	out := make([]string, len(columns))
	for i, column := range columns {
		out[i] = columnKey(table, column)
	}
	return out
}

// canRename reports whether the engine renames constraints of a type.
func (c *comparison) canRename(kind op.ConstraintType) bool {
	switch c.dialect {
	case schema.Postgres:
		return true
	case schema.MySQL:
		return kind == op.UniqueConstraint
	}
	return false
}

func (c *comparison) renameConstraint(table schema.Name, kind op.ConstraintType, from, to string) change {
	return change{
		op:    &op.RenameConstraint{Table: table, Type: kind, From: from, To: to},
		phase: phaseAlterTables, near: [3]string{table.String(), rankRenamePart, from},
		keys: keys{
			uses: []string{tableKey(table)}, destroys: []string{c.constraintKey(table, from)}, creates: []string{c.constraintKey(table, to)},
		},
	}
}

// constraintKey names a constraint where its name has to be free: in its table, and on PostgreSQL among the indexes of the
// namespace, on MySQL among the foreign keys and checks of the database.
func (c *comparison) constraintKey(table schema.Name, name string) string {
	switch c.dialect {
	case schema.Postgres:
		return objectKey("index", table.Schema+"."+name)
	case schema.MySQL:
		return objectKey("constraint", table.Schema+"."+strings.ToLower(name))
	}
	return objectKey("constraint", table.String()+"."+strings.ToLower(name))
}

// dropConstraint is a change that drops a constraint over columns.
func (c *comparison) dropConstraint(table schema.Name, add *op.AddConstraint, columns []string) change {
	drop := &op.DropConstraint{Table: table, Type: add.Type(), Name: add.Name()}
	if drop.Name == "" {
		drop.Definition = add
	}
	out := change{
		op: drop, phase: phaseAlterTables, near: [3]string{table.String(), rankDropConstraint, drop.Name},
		keys: keys{uses: []string{tableKey(table)}, releases: columnKeys(table, columns)},
	}
	if drop.Name != "" {
		out.destroys = append(out.destroys, c.constraintKey(table, drop.Name))
	}
	if add.Unique != nil {
		out.destroys = append(out.destroys, columnsKey(table, columns))
	}
	return out
}

// addConstraint is a change that adds a constraint over columns.
func (c *comparison) addConstraint(table schema.Name, add *op.AddConstraint, columns []string) change {
	out := change{
		op: add, phase: phaseAlterTables, near: [3]string{table.String(), rankAddConstraint, string(add.Type()) + add.Name()},
		keys: keys{uses: append(columnKeys(table, columns), tableKey(table))},
	}
	if add.Name() != "" {
		out.creates = append(out.creates, c.constraintKey(table, add.Name()))
	}
	if add.Unique != nil {
		out.creates = append(out.creates, columnsKey(table, columns))
	}
	return out
}

func (c *comparison) compareUniques(p pair, going map[string]bool) {
	table := p.to.Name
	k := parts[schema.Unique]{
		kind: "unique constraint", from: p.from.Uniques, to: p.to.Uniques,
		name: (*schema.Unique).PartName, implied: func(u *schema.Unique) bool { return u.NameImplied },
		unmanaged: func(u *schema.Unique) bool { return u.Unmanaged },
		same: func(target, _, current *schema.Unique) bool {
			return c.sameColumns(target.Columns, current.Columns) && slices.Equal(target.Include, current.Include) &&
				target.NullsNotDistinct == current.NullsNotDistinct && target.Deferrable == current.Deferrable &&
				slices.Equal(target.Parts, current.Parts) && c.optionsFit(target.Options, current.Options) && c.fits(target.Comment, current.Comment)
		},
		uses: func(u *schema.Unique, going map[string]bool) bool { return usesAny(going, u.Columns, u.Include) },
		drop: func(u *schema.Unique) change {
			if index := c.declaredIndex(c.working, p.from.Name, u.Name); index != nil {
				return c.dropIndex(p, index)
			}
			return c.dropConstraint(table, &op.AddConstraint{Table: table, Unique: u.Clone()}, u.Columns)
		},
		create: func(u *schema.Unique) change {
			if index := c.declaredIndex(c.to, table, u.Name); index != nil {
				return c.createIndex(phaseAlterTables, p.to, index)
			}
			return c.addConstraint(table, &op.AddConstraint{Table: table, Unique: u.Clone()}, u.Columns)
		},
		rename: func(from, to *schema.Unique) (change, bool) {
			if index := c.declaredIndex(c.working, p.from.Name, from.Name); index != nil {
				return c.renameIndex(table, from.Name, to.Name), true
			}
			return c.renameConstraint(table, op.UniqueConstraint, from.Name, to.Name), from.Name != "" && c.canRename(op.UniqueConstraint)
		},
	}
	if p.canon != nil {
		k.canon = p.canon.Uniques
	}
	if p.owned != nil {
		k.owned = p.owned.Uniques
	}
	compareParts(c, p, going, k)
}

// declaredIndex returns the index that [comparison.normal] took for a unique constraint, or nil.
func (c *comparison) declaredIndex(s *schema.Schema, table schema.Name, name string) *schema.Index {
	if c.dialect != schema.MySQL {
		return nil
	}
	if found := s.Table(table); found != nil {
		return found.Index(name)
	}
	return nil
}

func (c *comparison) compareChecks(p pair, going map[string]bool) {
	table := p.to.Name
	columns := func(check *schema.Check) []string { return c.mentioned(p, check.Expr) }
	k := parts[schema.Check]{
		kind: "check", from: p.from.Checks, to: p.to.Checks,
		name: (*schema.Check).PartName, implied: func(k *schema.Check) bool { return k.NameImplied },
		unmanaged: func(k *schema.Check) bool { return k.Unmanaged },
		same: func(target, canon, current *schema.Check) bool {
			var canonical *string
			if canon != nil {
				canonical = &canon.Expr
			}
			return target.NoInherit == current.NoInherit && target.NoEnforce == current.NoEnforce && target.NotValid == current.NotValid &&
				c.fits(target.Comment, current.Comment) && c.sameExpr(p, target.Expr, current.Expr, canonical)
		},
		uses: func(k *schema.Check, going map[string]bool) bool { return usesAny(going, columns(k)) },
		drop: func(k *schema.Check) change {
			out := c.dropConstraint(table, &op.AddConstraint{Table: table, Check: k.Clone()}, columns(k))
			out.releases = append(out.releases, c.conditionTypes(p.from, columns(k))...)
			return out
		},
		create: func(k *schema.Check) change {
			out := c.addConstraint(table, &op.AddConstraint{Table: table, Check: k.Clone()}, columns(k))
			out.uses = append(out.uses, c.conditionTypes(p.to, columns(k))...)
			return out
		},
		rename: func(from, to *schema.Check) (change, bool) {
			return c.renameConstraint(table, op.CheckConstraint, from.Name, to.Name), from.Name != "" && c.canRename(op.CheckConstraint)
		},
	}
	if p.canon != nil {
		k.canon = p.canon.Checks
	}
	if p.owned != nil {
		k.owned = p.owned.Checks
	}
	compareParts(c, p, going, k)
}

func (c *comparison) compareExclusions(p pair, going map[string]bool) {
	table := p.to.Name
	columns := func(e *schema.Exclusion) []string {
		out := c.mentioned(p, e.Where)
		for _, element := range e.Elements {
			out = append(out, c.partColumns(p, []schema.IndexPart{element.IndexPart})...)
		}
		return out
	}
	k := parts[schema.Exclusion]{
		kind: "exclusion constraint", from: p.from.Exclusions, to: p.to.Exclusions,
		name: (*schema.Exclusion).PartName, implied: func(e *schema.Exclusion) bool { return e.NameImplied },
		unmanaged: func(e *schema.Exclusion) bool { return e.Unmanaged },
		same: func(target, canon, current *schema.Exclusion) bool {
			return c.sameExclusion(p, target, canon, current)
		},
		uses: func(e *schema.Exclusion, going map[string]bool) bool { return usesAny(going, columns(e)) },
		drop: func(e *schema.Exclusion) change {
			return c.dropConstraint(table, &op.AddConstraint{Table: table, Exclusion: e.Clone()}, columns(e))
		},
		create: func(e *schema.Exclusion) change {
			return c.addConstraint(table, &op.AddConstraint{Table: table, Exclusion: e.Clone()}, columns(e))
		},
		rename: func(from, to *schema.Exclusion) (change, bool) {
			return c.renameConstraint(table, op.ExclusionConstraint, from.Name, to.Name), c.canRename(op.ExclusionConstraint)
		},
	}
	if p.canon != nil {
		k.canon = p.canon.Exclusions
	}
	if p.owned != nil {
		k.owned = p.owned.Exclusions
	}
	compareParts(c, p, going, k)
}

func (c *comparison) sameExclusion(p pair, target, canon, current *schema.Exclusion) bool {
	if !strings.EqualFold(target.Method, current.Method) || len(target.Elements) != len(current.Elements) ||
		!slices.Equal(target.Include, current.Include) || target.Deferrable != current.Deferrable ||
		!c.fits(target.Comment, current.Comment) || !c.optionsFit(target.Options, current.Options) {
		return false
	}
	var where *string
	if canon != nil {
		where = &canon.Where
	}
	if !c.sameExpr(p, target.Where, current.Where, where) {
		return false
	}
	for i := range target.Elements {
		var read *schema.IndexPart
		if canon != nil && i < len(canon.Elements) {
			read = &canon.Elements[i].IndexPart
		}
		if target.Elements[i].Operator != current.Elements[i].Operator ||
			!c.samePart(p, target.Elements[i].IndexPart, read, current.Elements[i].IndexPart) {
			return false
		}
	}
	return true
}

// fits reports whether a current comment satisfies the target: what the target leaves open counts only if everything
// does.
func (c *comparison) fits(target, current string) bool {
	return target == current || (target == "" && !c.full())
}

func (c *comparison) optionsFit(target, current schema.Options) bool {
	set, unset := c.compareOptions(target, current, nil)
	return len(set) == 0 && len(unset) == 0
}
