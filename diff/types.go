package diff

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// compareTypes compares domains and composite types. There is no way to alter them step by step that always works, so a
// changed one is made anew.
func (c *comparison) compareTypes(owned *schema.Schema) {
	stuck := map[schema.Name]bool{}
	for domain := range c.to.Domains.All() {
		if old, ok := c.working.Domains.Get(domain.Name); ok && domain.Foreign == "" && !c.sameDomain(domain, old) {
			c.turnAway(old)
		}
	}
	for composite := range c.to.Composites.All() {
		old, ok := c.working.Composites.Get(composite.Name)
		if !ok || composite.Foreign != "" || c.sameComposite(composite, old) {
			continue
		}
		if user := c.compositeUser(composite.Name); user != "" {
			stuck[composite.Name] = true
			c.find("composite-in-use", Decision, composite.Name.String(),
				"the fields of the composite type change, and "+user+" is made of it: PostgreSQL cannot convert its values",
				"write the ALTER TYPE steps by hand with Exec and say what they change")
		}
	}
	compareStandalone(c, standalone[*schema.Domain]{
		kind: "type", from: &c.working.Domains, to: &c.to.Domains, owned: &owned.Domains,
		foreign:  func(d *schema.Domain) bool { return d.Foreign != "" },
		same:     c.sameDomain,
		create:   func(d *schema.Domain) op.Operation { return &op.CreateDomain{Domain: d} },
		drop:     func(d *schema.Domain) op.Operation { return &op.DropDomain{Name: d.Name} },
		needs:    func(d *schema.Domain) []string { return c.typeKeys(d.Type) },
		createAt: phaseTypes, dropAt: phaseDropTypes,
	})
	compareStandalone(c, standalone[*schema.Composite]{
		kind: "type", from: &c.working.Composites, to: &c.to.Composites, owned: &owned.Composites,
		foreign: func(t *schema.Composite) bool { return t.Foreign != "" || stuck[t.Name] },
		same:    c.sameComposite,
		create:  func(t *schema.Composite) op.Operation { return &op.CreateComposite{Composite: t} },
		drop:    func(t *schema.Composite) op.Operation { return &op.DropComposite{Name: t.Name} },
		needs: func(t *schema.Composite) []string {
			var out []string
			for _, field := range t.Fields {
				out = append(out, c.typeKeys(field.Type)...)
			}
			return out
		},
		createAt: phaseTypes, dropAt: phaseDropTypes,
	})
}

func (c *comparison) sameDomain(a, b *schema.Domain) bool {
	if len(a.Checks) != len(b.Checks) || a.NotNull != b.NotNull || !c.fits(a.Comment, b.Comment) || !strings.EqualFold(a.Collation, b.Collation) {
		return false
	}
	equal := func(a, b string, equal func(Equality) bool) bool {
		return a == b || c.Equality != nil && equal(c.Equality)
	}
	if !equal(a.Type, b.Type, func(e Equality) bool { return e.EqualTypes(a.Type, b.Type) }) ||
		!equal(a.Default, b.Default, func(e Equality) bool { return e.EqualDefaults(a.Type, a.Default, b.Default) }) {
		return false
	}
	for i, check := range a.Checks {
		other := b.Checks[i]
		if (check.Name != other.Name && check.Name != "") || check.NotValid != other.NotValid || !c.fits(check.Comment, other.Comment) ||
			!equal(check.Expr, other.Expr, func(e Equality) bool { return e.EqualExpressions(check.Expr, other.Expr) }) {
			return false
		}
	}
	return true
}

func (c *comparison) sameComposite(a, b *schema.Composite) bool {
	return c.fits(a.Comment, b.Comment) && slices.EqualFunc(a.Fields, b.Fields, func(a, b schema.CompositeField) bool {
		sameType := a.Type == b.Type || c.Equality != nil && c.Equality.EqualTypes(a.Type, b.Type)
		return a.Name == b.Name && a.Collation == b.Collation && sameType
	})
}

// compositeUser returns a column, domain or type that is made of a composite type, or "".
func (c *comparison) compositeUser(name schema.Name) string {
	for table := range c.working.Tables.All() {
		for _, column := range table.Columns {
			if isOf(column.Type, name) && c.columnOf(c.to.Table(table.Name), column.Name) != nil {
				return "the column " + table.Name.String() + "." + column.Name
			}
		}
	}
	for composite := range c.working.Composites.All() {
		if slices.ContainsFunc(composite.Fields, func(f schema.CompositeField) bool { return isOf(f.Type, name) }) {
			return "the type " + composite.Name.String()
		}
	}
	return ""
}

// isOf reports whether a type is the named one, or an array of it.
func isOf(sqlType string, name schema.Name) bool {
	return strings.TrimRight(sqlType, "[]") == name.String()
}

// turnAway changes the columns that are made of a domain to its base type before it is dropped, and back to the domain
// when it is there again, so that their values are checked by its new rules.
func (c *comparison) turnAway(domain *schema.Domain) {
	for table := range c.working.Tables.All() {
		target := c.to.Table(table.Name)
		for _, column := range table.Columns {
			again := c.columnOf(target, column.Name)
			if again == nil || !isOf(column.Type, domain.Name) || column.Options.Has(schema.OptionInherited) {
				continue
			}
			if !isOf(again.Type, domain.Name) {
				continue // turns away for good by itself
			}
			c.turn(table.Name, column, again, strings.Replace(column.Type, domain.Name.String(), domain.Type, 1))
		}
	}
}

func (c *comparison) turn(table schema.Name, column, again *schema.Column, base string) {
	attributes := []op.Attribute{op.TypeAttribute}
	if column.Default != "" || again.Default != "" {
		attributes = append(attributes, op.DefaultAttribute)
	}
	away := &op.AlterColumn{Table: table, Name: column.Name, Attributes: attributes, To: schema.Column{Type: base}}
	back := &op.AlterColumn{Table: table, Name: column.Name, Attributes: attributes, To: schema.Column{Type: again.Type, Default: again.Default}}
	turned := objectKey("turned", table.String()+"."+column.Name)
	c.changes = slices.DeleteFunc(c.changes, func(change change) bool {
		alter, ok := change.op.(*op.AlterColumn)
		if !ok || alter.Table != table || alter.Name != column.Name {
			return false
		}
		alter.Attributes = slices.DeleteFunc(alter.Attributes, func(a op.Attribute) bool { return slices.Contains(attributes, a) })
		return len(alter.Attributes) == 0
	})
	near := [3]string{table.String(), rankAlterColumn, column.Name}
	c.add(change{op: away, phase: phaseAlterTables, near: near, keys: keys{
		uses: []string{tableKey(table)}, creates: []string{turned}, releases: c.typeKeys(column.Type),
	}})
	c.add(change{op: back, phase: phaseAlterTables, near: near, keys: keys{
		uses: append(c.typeKeys(again.Type), tableKey(table), turned), alters: []string{columnKey(table, column.Name)},
	}})
}
