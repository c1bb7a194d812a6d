package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// The ranks order the changes of one table within their phase.
const (
	rankRenameColumn   = "00"
	rankDropForeignKey = "09"
	rankDropConstraint = "10"
	rankTakeAway       = "12" // generated columns that come back
	rankDropIndex      = "13"
	rankRenamePart     = "20"
	rankAlterTable     = "30"
	rankAddColumn      = "40"
	rankFillColumn     = "42"
	rankAlterColumn    = "45"
	rankMoveColumn     = "46"
	rankDropColumn     = "50"
	rankAddPrimaryKey  = "60"
	rankAddConstraint  = "61"
	rankAddForeignKey  = "65"
	rankCreateIndex    = "70"
)

// compareTable compares a table that both sides have. Tables in dropped are on their way out.
func (c *comparison) compareTable(p pair, dropped map[schema.Name]bool) {
	going := c.compareColumns(p)
	c.compareOrder(p)
	c.comparePrimaryKeys(p)
	c.compareUniques(p, going)
	c.compareChecks(p, going)
	c.compareExclusions(p, going)
	c.compareForeignKeys(p, going, dropped)
	c.compareIndexes(p, going)
	c.compareTableAttributes(p)
	c.compareFixed(p)
}

// compareColumns compares the columns and returns those that are dropped.
func (c *comparison) compareColumns(p pair) map[string]bool {
	table := p.to.Name
	present := map[string]bool{}
	for _, column := range p.to.Columns {
		present[c.foldColumn(column.Name)] = true
		old := c.columnOf(p.from, column.Name)
		if old == nil && c.inherits(p, column.Name) {
			continue // comes with the parent's
		}
		if old == nil {
			c.addColumn(p, column)
			continue
		}
		c.compareColumn(p, old, column)
	}
	going := map[string]bool{}
	for _, column := range p.from.Columns {
		if present[c.foldColumn(column.Name)] || slices.Contains(p.to.IgnoredColumns, column.Name) || c.inherits(p, column.Name) {
			continue
		}
		if !c.full() {
			owned := c.columnOf(p.owned, column.Name)
			if owned == nil {
				c.foreign("column", table.String()+"."+column.Name)
				continue
			}
			if owned.Unmanaged {
				continue
			}
		}
		going[column.Name] = true
		c.dropColumn(p, column)
	}
	return going
}

// inherits reports whether a column of a partition, or of a table that inherits, is its parent's: what happens to the
// parent's column happens to it.
func (c *comparison) inherits(p pair, column string) bool {
	parents := slices.Concat(p.from.Inherits, p.to.Inherits)
	for _, table := range []*schema.Table{p.from, p.to} {
		if table.Partition != nil {
			parents = append(parents, table.Partition.Of)
		}
	}
	return slices.ContainsFunc(parents, func(parent schema.Name) bool {
		return c.columnOf(c.working.Table(parent), column) != nil || c.columnOf(c.to.Table(parent), column) != nil
	})
}

func (c *comparison) dropColumn(p pair, column *schema.Column) {
	table := p.to.Name
	rename := c.flaggedColumn(table, column.Name)
	c.add(change{
		op:    &op.DropColumn{Table: table, Name: column.Name, RenamedTo: rename},
		phase: phaseAlterTables, near: [3]string{table.String(), rankDropColumn, column.Name},
		keys: keys{
			uses: []string{tableKey(table)}, destroys: []string{columnKey(table, column.Name)},
			releases: append(c.typeKeys(column.Type), c.generatedKeys(p, column)...),
		},
	})
}

func (c *comparison) addColumn(p pair, column *schema.Column) {
	table := p.to.Name
	object := table.String() + "." + column.Name
	near := [3]string{table.String(), rankAddColumn, fmt.Sprintf("%06d", slices.Index(p.to.Columns, column))}
	if source := c.flaggedSource(table, column.Name); source != "" {
		// Next to the drop that it may belong to.
		near[1], near[2] = rankDropColumn, source+"\x01"
	}
	keys := keys{
		uses:    append(append(c.typeKeys(column.Type), tableKey(table)), c.generatedKeys(p, column)...),
		creates: []string{columnKey(table, column.Name)},
	}
	position := c.positionOf(p, column)
	if position.After != "" {
		keys.uses = append(keys.uses, columnKey(table, position.After))
	}
	needsValue := column.NotNull && column.Default == "" && column.Generated == nil && column.Identity == nil
	fill := c.backfill(table, column)
	if !needsValue || fill == "" {
		if needsValue && near[1] != rankDropColumn { // a flagged rename is the first question
			c.find("not-null-without-value", Decision, object,
				"the new column is NOT NULL and has no default: existing rows would have no value",
				fmt.Sprintf("give a value with --backfill %s=EXPR or ddl:\"backfill:EXPR\", a default, or allow NULL", object))
		}
		c.add(change{op: &op.AddColumn{Table: table, Column: column.Clone(), Position: position}, phase: phaseAlterTables, near: near, keys: keys})
		return
	}
	nullable := column.Clone()
	nullable.NotNull, nullable.Backfill = false, ""
	c.add(change{op: &op.AddColumn{Table: table, Column: nullable, Position: position}, phase: phaseAlterTables, near: near, keys: keys})
	c.fillAndForbidNull(table, column, fill, near[1])
}

// fillAndForbidNull gives rows without a value one, and then forbids NULL.
func (c *comparison) fillAndForbidNull(table schema.Name, column *schema.Column, expr, rank string) {
	if rank < rankFillColumn {
		rank = rankFillColumn
	}
	filled := objectKey("filled", table.String()+"."+column.Name)
	c.add(change{
		op:    &op.Backfill{Table: table, Set: []op.Assignment{{Column: column.Name, Expr: expr}}},
		phase: phaseAlterTables, near: [3]string{table.String(), rank, column.Name + "\x02"},
		keys: keys{creates: []string{filled}, releases: []string{columnKey(table, column.Name)}, uses: []string{columnKey(table, column.Name) + " added", tableKey(table)}},
	})
	c.add(change{
		op:    &op.AlterColumn{Table: table, Name: column.Name, Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}},
		phase: phaseAlterTables, near: [3]string{table.String(), rank, column.Name + "\x03"},
		keys: keys{uses: []string{filled, tableKey(table)}, alters: []string{columnKey(table, column.Name)}},
	})
}

// generatedKeys names the columns that a generated column is made of.
func (c *comparison) generatedKeys(p pair, column *schema.Column) []string {
	if column.Generated == nil {
		return nil
	}
	return slices.DeleteFunc(columnKeys(p.to.Name, c.mentioned(p, column.Generated.Expr)), func(key string) bool {
		return key == columnKey(p.to.Name, column.Name)
	})
}

func (c *comparison) backfill(table schema.Name, column *schema.Column) string {
	if expr := c.Backfill[table.String()+"."+column.Name]; expr != "" {
		return expr
	}
	return column.Backfill
}

// compareColumn compares the attributes of a column that both sides have.
func (c *comparison) compareColumn(p pair, old, column *schema.Column) {
	canon := c.columnOf(p.canon, column.Name)
	owned := c.columnOf(p.owned, column.Name)
	var attributes []op.Attribute
	differ := func(attribute op.Attribute) {
		if value, accepts := acceptance(owned, column, attribute); accepts && value == AcceptedValue(old, attribute) {
			return
		}
		attributes = append(attributes, attribute)
	}
	inherited := c.inherits(p, column.Name)
	if !inherited && !c.sameType(p, column, canon, old) {
		differ(op.TypeAttribute)
	}
	if column.NotNull != old.NotNull && !c.isRowID(p.to, column) {
		differ(op.NotNullAttribute)
	}
	if !c.sameDefault(p, column, canon, old) {
		differ(op.DefaultAttribute)
	}
	if !c.sameGenerated(p, column, canon, old) {
		differ(op.GeneratedAttribute)
	}
	if !sameIdentity(column.Identity, old.Identity) {
		differ(op.IdentityAttribute)
	}
	if c.differs(column.Collation, old.Collation, ownedText(owned, op.CollationAttribute), strings.EqualFold) &&
		!c.settled(p, canon != nil && strings.EqualFold(canon.Collation, old.Collation)) {
		differ(op.CollationAttribute)
	}
	if c.differs(column.Charset, old.Charset, ownedText(owned, op.CharsetAttribute), strings.EqualFold) &&
		!c.settled(p, canon != nil && strings.EqualFold(canon.Charset, old.Charset)) {
		differ(op.CharsetAttribute)
	}
	if c.differs(column.Comment, old.Comment, ownedText(owned, op.CommentAttribute), sameText) {
		differ(op.CommentAttribute)
	}
	var ownedOptions, canonOptions schema.Options
	if owned != nil {
		ownedOptions = owned.Options
	}
	if canon != nil {
		canonOptions = canon.Options
	}
	set, unset := c.compareOptions(column.Options, old.Options, ownedOptions)
	set = c.unsettled(p, set, old.Options, canonOptions)
	for _, option := range set {
		differ(op.OptionAttribute(option.Key))
	}
	for _, key := range unset {
		differ(op.OptionAttribute(key))
	}
	if len(attributes) > 0 {
		c.alterColumn(p, old, column, attributes)
	}
}

func (c *comparison) alterColumn(p pair, old, column *schema.Column, attributes []op.Attribute) {
	table := p.to.Name
	object := table.String() + "." + column.Name
	alter := &op.AlterColumn{Table: table, Name: old.Name, Attributes: attributes}
	for _, attribute := range attributes {
		op.CopyAttribute(&alter.To, column, attribute)
	}
	if alter.Changes(op.TypeAttribute) {
		c.convert(alter, object, old.Type, column.Type)
	}
	becomesNotNull := alter.Changes(op.NotNullAttribute) && column.NotNull
	if fill := c.backfill(table, column); becomesNotNull && fill != "" {
		alter.Attributes = slices.DeleteFunc(alter.Attributes, func(a op.Attribute) bool { return a == op.NotNullAttribute })
		alter.To.NotNull = false
		c.fillAndForbidNull(table, column, fill, rankAlterColumn)
		if len(alter.Attributes) == 0 {
			return
		}
	}
	k := keys{uses: []string{tableKey(table)}, alters: []string{columnKey(table, column.Name)}}
	if alter.Changes(op.TypeAttribute) {
		k.uses = append(k.uses, c.typeKeys(column.Type)...)
		k.releases = c.typeKeys(old.Type)
	}
	if alter.Changes(op.DefaultAttribute) {
		// A default may be the last use of an enum value that goes, or the first of one that comes.
		k.uses = append(k.uses, c.typeKeys(column.Type)...)
		k.releases = append(k.releases, c.typeKeys(old.Type)...)
	}
	if alter.Changes(op.GeneratedAttribute) {
		k.uses = append(k.uses, c.generatedKeys(p, column)...)
		// What stays is used before and after.
		k.releases = append(k.releases, slices.DeleteFunc(c.generatedKeys(p, old), func(key string) bool {
			return slices.ContainsFunc(p.to.Columns, func(kept *schema.Column) bool { return columnKey(table, kept.Name) == key })
		})...)
	}
	c.add(change{op: alter, phase: phaseAlterTables, near: [3]string{table.String(), rankAlterColumn, column.Name}, keys: k})
}

// acceptance returns what the revisions agreed to accept for an attribute that the model leaves to bun's defaults.
func acceptance(owned, column *schema.Column, attribute op.Attribute) (string, bool) {
	if owned == nil || !LeavesOpen(column, attribute) {
		return "", false
	}
	return owned.Accepts.Get(string(attribute))
}

// LeavesOpen reports whether a model says nothing about an attribute of a column: no tag states it, or it is one that
// models rarely state and this one does not.
func LeavesOpen(column *schema.Column, attribute op.Attribute) bool {
	switch attribute {
	case op.CommentAttribute, op.CollationAttribute, op.CharsetAttribute:
		return AcceptedValue(column, attribute) == ""
	}
	if key, isOption := attribute.OptionKey(); isOption {
		return !column.Options.Has(key)
	}
	return slices.Contains(column.Implied, string(attribute))
}

// AcceptedValue is the value of an attribute in the form that [schema.Column.Accepts] records.
func AcceptedValue(column *schema.Column, attribute op.Attribute) string {
	switch attribute {
	case op.TypeAttribute:
		return column.Type
	case op.NotNullAttribute:
		if column.NotNull {
			return "NOT NULL"
		}
		return "NULL"
	case op.DefaultAttribute:
		return column.Default
	case op.CommentAttribute:
		return column.Comment
	case op.CollationAttribute:
		return column.Collation
	case op.CharsetAttribute:
		return column.Charset
	}
	return op.DescribeAttribute(column, attribute)
}

func ownedText(owned *schema.Column, attribute op.Attribute) string {
	if owned == nil {
		return ""
	}
	switch attribute {
	case op.CollationAttribute:
		return owned.Collation
	case op.CharsetAttribute:
		return owned.Charset
	}
	return owned.Comment
}

func sameText(a, b string) bool { return a == b }

// differs compares an attribute that models rarely state: what the target leaves open is only a difference if everything
// counts or the revisions stated it.
func (c *comparison) differs(target, current, owned string, equal func(a, b string) bool) bool {
	if equal(target, current) {
		return false
	}
	return target != "" || c.full() || owned != ""
}

// compareOptions returns the options to set and the keys to remove.
func (c *comparison) compareOptions(target, current, owned schema.Options) (set schema.Options, unset []string) {
	for _, option := range target {
		value, has := current.Get(option.Key)
		if !has || !strings.EqualFold(value, option.Value) {
			set.Set(option.Key, option.Value)
		}
	}
	for _, option := range current {
		if !target.Has(option.Key) && (c.full() || owned.Has(option.Key)) {
			unset = append(unset, option.Key)
		}
	}
	return set, unset
}

// settled reports whether a difference of a catalog's text is none, because the server reads the target's own back like
// that: what is the default is not in its catalog. Until the server was asked the table is uncertain.
func (c *comparison) settled(p pair, canonicalIsCurrent bool) bool {
	if p.canon == nil {
		c.uncertain[p.to.Name] = true
		return false
	}
	return canonicalIsCurrent
}

// unsettled returns the options that differ for certain, of those that the target sets.
func (c *comparison) unsettled(p pair, set, current, canonical schema.Options) schema.Options {
	return slices.DeleteFunc(set, func(option schema.Option) bool {
		was, has := current.Get(option.Key)
		is, reads := canonical.Get(option.Key)
		return c.settled(p, has == reads && strings.EqualFold(was, is))
	})
}

// sameIdentity compares how columns number themselves. The name of the sequence behind does not count.
func sameIdentity(a, b *schema.Identity) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && sameNumber(a.Start, b.Start) && sameNumber(a.Increment, b.Increment) &&
		sameNumber(a.Min, b.Min) && sameNumber(a.Max, b.Max) && sameNumber(a.Cache, b.Cache) && a.Cycle == b.Cycle
}

func sameNumber(a, b *int64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// isRowID reports whether a column is SQLite's INTEGER PRIMARY KEY, which is never NULL whatever is declared.
func (c *comparison) isRowID(table *schema.Table, column *schema.Column) bool {
	key := table.PrimaryKey
	return c.dialect == schema.SQLite && key != nil && len(key.Columns) == 1 &&
		strings.EqualFold(key.Columns[0], column.Name) && strings.EqualFold(column.Type, "integer")
}
