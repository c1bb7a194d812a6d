package diff

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// pair is a table that both sides have.
type pair struct {
	from, to *schema.Table
	canon    *schema.Table // to, as the server reads it back; nil if that is not known
	owned    *schema.Table // as the revisions made it; nil if they did not
}

// compareTables matches the tables of both sides, settles renames of tables and columns, and then compares what is left
// under the new names.
func (c *comparison) compareTables() error {
	matched, removed, added := c.matchTables()
	renamed, removed, added, err := c.renameTables(removed, added)
	if err != nil {
		return err
	}
	matched = append(matched, renamed...)
	slices.SortFunc(matched, func(a, b pair) int { return a.to.Name.Compare(b.to.Name) })
	if matched, err = c.renameColumns(matched); err != nil {
		return err
	}
	c.formerNames(matched, added)
	dropped := c.dropTables(removed)
	matched = c.remakeGenerated(matched)
	for _, p := range matched {
		c.compareTable(p, dropped)
	}
	c.remakeForeignKeys(matched)
	c.createTables(added)
	return nil
}

// matchTables pairs the tables of equal names.
func (c *comparison) matchTables() (matched []pair, removed, added []*schema.Table) {
	targets := map[schema.Name]*schema.Table{}
	for table := range c.to.Tables.All() {
		if !c.skipped(table) {
			targets[c.fold(table.Name)] = table
		}
	}
	found := map[schema.Name]bool{}
	for table := range c.working.Tables.All() {
		if c.skipped(table) {
			continue
		}
		target := targets[c.fold(table.Name)]
		if target == nil || c.movesAway(table.Name) {
			if !c.isChild(table) {
				removed = append(removed, table)
			}
			continue
		}
		found[c.fold(table.Name)] = true
		matched = append(matched, c.newPair(table, target, table.Name))
	}
	for table := range c.to.Tables.All() {
		if !c.skipped(table) && !found[c.fold(table.Name)] {
			added = append(added, table)
		}
	}
	byName := func(a, b *schema.Table) int { return a.Name.Compare(b.Name) }
	slices.SortFunc(removed, byName)
	slices.SortFunc(added, byName)
	return matched, removed, added
}

// movesAway reports whether a table is said to take another name although its own is on both sides: in a swap of names.
func (c *comparison) movesAway(name schema.Name) bool {
	is := func(i Intent, text string) bool { return i.Table == "" && !i.Never && text == name.String() }
	return slices.ContainsFunc(c.Intents, func(i Intent) bool { return is(i, i.From) }) &&
		slices.ContainsFunc(c.Intents, func(i Intent) bool { return is(i, i.To) })
}

func (c *comparison) newPair(from, to *schema.Table, oldName schema.Name) pair {
	p := pair{from: c.normal(from), to: c.normal(to)}
	if c.Canonical != nil {
		p.canon = c.normal(c.Canonical.Table(to.Name))
	}
	if c.Owned != nil {
		p.owned = c.normal(c.Owned.Table(oldName))
	}
	return p
}

func (c *comparison) skipped(table *schema.Table) bool {
	return table.Foreign != "" || c.isUnread("table", table.Name) || (c.Ignore != nil && c.Ignore(table.Name))
}

// isChild reports whether a table is a partition: those belong to their parent and are never dropped on their own.
func (c *comparison) isChild(table *schema.Table) bool {
	return !c.full() && table.Partition != nil && table.Partition.Of != (schema.Name{})
}

// fold makes names comparable: SQLite does not tell upper and lower case apart.
func (c *comparison) fold(name schema.Name) schema.Name {
	if c.dialect != schema.SQLite {
		return name
	}
	return schema.Name{Schema: strings.ToLower(name.Schema), Name: strings.ToLower(name.Name)}
}

// foldColumn is fold for columns, which MySQL does not tell apart by case either.
func (c *comparison) foldColumn(name string) string {
	if c.dialect == schema.Postgres {
		return name
	}
	return strings.ToLower(name)
}

func (c *comparison) columnOf(table *schema.Table, name string) *schema.Column {
	if table == nil {
		return nil
	}
	if column := table.Column(name); column != nil || c.dialect == schema.Postgres {
		return column
	}
	for _, column := range table.Columns {
		if strings.EqualFold(column.Name, name) {
			return column
		}
	}
	return nil
}

// dropTables drops the tables that the revisions made and the target lacks. It returns those that go.
func (c *comparison) dropTables(removed []*schema.Table) map[schema.Name]bool {
	going := map[schema.Name]bool{}
	var drop []*schema.Table
	for _, table := range removed {
		if !c.full() {
			owned := c.Owned.Table(table.Name)
			if owned == nil {
				c.foreign("table", table.Name.String())
				continue
			}
			if owned.Unmanaged {
				continue
			}
		}
		going[table.Name] = true
		drop = append(drop, table)
	}
	cut := c.cyclicKeys(drop, going)
	for _, table := range drop {
		rename := c.flaggedTable(table.Name)
		change := change{
			op: &op.DropTable{Name: table.Name, RenamedTo: rename}, phase: phaseDropTables, near: [3]string{table.Name.String()},
			keys: keys{destroys: []string{tableKey(table.Name)}},
		}
		for _, key := range table.ForeignKeys {
			if key.RefTable == table.Name || !going[key.RefTable] {
				continue
			}
			if cut[key] {
				// SQLite does not mind in which order the tables of a cycle go.
				if c.dialect != schema.SQLite {
					c.add(c.dropForeignKey(table, key))
				}
				continue
			}
			change.releases = append(change.releases, tableKey(key.RefTable))
		}
		for _, column := range table.Columns {
			change.releases = append(change.releases, c.typeKeys(column.Type)...)
			change.destroys = append(change.destroys, columnKey(table.Name, column.Name))
		}
		for _, index := range table.Indexes {
			change.destroys = append(change.destroys, c.indexKey(table.Name, index.Name))
		}
		c.add(change)
	}
	return going
}

// createTables creates what only the target has. Foreign keys stand with the table where the order allows it.
func (c *comparison) createTables(added []*schema.Table) {
	coming := map[schema.Name]bool{}
	for _, table := range added {
		coming[table.Name] = true
	}
	cut := c.cyclicKeys(added, coming)
	for _, table := range added {
		bare := table.Clone()
		bare.Indexes, bare.ForeignKeys = nil, nil
		change := change{
			phase: phaseCreateTables, near: [3]string{table.Name.String()},
			keys: keys{creates: []string{tableKey(table.Name)}, uses: []string{namespaceKey(table.Name.Schema)}},
		}
		if table.PrimaryKey != nil {
			change.creates = append(change.creates, columnsKey(table.Name, table.PrimaryKey.Columns))
		}
		for _, unique := range table.Uniques {
			change.creates = append(change.creates, columnsKey(table.Name, unique.Columns))
		}
		for _, column := range table.Columns {
			change.uses = append(change.uses, c.typeKeys(column.Type)...)
			change.creates = append(change.creates, columnKey(table.Name, column.Name))
		}
		for _, key := range table.ForeignKeys {
			if cut[key] && c.dialect != schema.SQLite {
				c.add(c.addForeignKey(table, key))
				continue
			}
			bare.ForeignKeys = append(bare.ForeignKeys, key.Clone())
			if c.dialect != schema.SQLite && key.RefTable != table.Name {
				change.uses = append(change.uses, c.referenceKeys(key)...)
			}
		}
		if table.Partition != nil {
			change.uses = append(change.uses, tableKey(table.Partition.Of))
		}
		for _, parent := range table.Inherits {
			change.uses = append(change.uses, tableKey(parent))
		}
		change.op = &op.CreateTable{Table: bare}
		c.add(change)
		for _, index := range table.Indexes {
			if !index.Implicit { // or the foreign key brings it
				c.add(c.createIndex(phaseCreateTables, table, index))
			}
		}
	}
}

// referenceKeys names what has to exist before a foreign key can be made.
func (c *comparison) referenceKeys(key *schema.ForeignKey) []string {
	out := []string{tableKey(key.RefTable), columnsKey(key.RefTable, key.RefColumns)}
	for _, column := range key.RefColumns {
		out = append(out, columnKey(key.RefTable, column))
	}
	return out
}

// cyclicKeys returns the foreign keys between the given tables that have to be cut so that no cycle is left: those that
// close a cycle on a walk along the keys in the order of names.
func (c *comparison) cyclicKeys(tables []*schema.Table, among map[schema.Name]bool) map[*schema.ForeignKey]bool {
	cut := map[*schema.ForeignKey]bool{}
	byName := make(map[schema.Name]*schema.Table, len(tables))
	for _, table := range tables {
		byName[table.Name] = table
	}
	const (
		open   = 1
		closed = 2
	)
	state := map[schema.Name]int{}
	type frame struct {
		table *schema.Table
		next  int
	}
	for _, root := range tables {
		if state[root.Name] != 0 {
			continue
		}
		state[root.Name] = open
		stack := []frame{{table: root}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(top.table.ForeignKeys) {
				state[top.table.Name] = closed
				stack = stack[:len(stack)-1]
				continue
			}
			key := top.table.ForeignKeys[top.next]
			top.next++
			if key.RefTable == top.table.Name || !among[key.RefTable] {
				continue
			}
			switch state[key.RefTable] {
			case open:
				cut[key] = true
			case 0:
				state[key.RefTable] = open
				stack = append(stack, frame{table: byName[key.RefTable]})
			}
		}
	}
	return cut
}

// typeKeys names the enum, domain or composite that a column type uses, if it is one of the target's or the current ones.
func (c *comparison) typeKeys(sqlType string) []string {
	if c.dialect != schema.Postgres {
		return nil
	}
	base := strings.TrimRight(sqlType, "[]")
	return []string{typeKey(base), typeValuesKey(base)}
}

// normal returns a copy of a table in the form in which both sides are comparable: keys make their columns NOT NULL
// where the engine does, and MySQL's unique indexes over plain columns are unique constraints.
func (c *comparison) normal(table *schema.Table) *schema.Table {
	if table == nil {
		return nil
	}
	if !c.needsNormalizing(table) {
		return table
	}
	out := table.Clone()
	for _, column := range out.Columns {
		if column.Identity != nil && c.dialect == schema.Postgres {
			column.NotNull = true
		}
	}
	if key := out.PrimaryKey; key != nil && c.dialect != schema.SQLite {
		for _, name := range key.Columns {
			if column := c.columnOf(out, name); column != nil {
				column.NotNull = true
			}
		}
	}
	if c.dialect != schema.MySQL {
		return out
	}
	var indexes []*schema.Index
	for _, index := range out.Indexes {
		if !plainUnique(index) {
			indexes = append(indexes, index)
			continue
		}
		out.Uniques = append(out.Uniques, &schema.Unique{
			Name: index.Name, Columns: index.Columns(), Comment: index.Comment, Options: index.Options, Unmanaged: index.Unmanaged,
			NameImplied: index.NameImplied, Origin: index.Origin,
		})
	}
	out.Indexes = indexes
	return out
}

// needsNormalizing keeps the usual table from being copied.
func (c *comparison) needsNormalizing(table *schema.Table) bool {
	for _, column := range table.Columns {
		if column.NotNull {
			continue
		}
		if column.Identity != nil && c.dialect == schema.Postgres {
			return true
		}
		if key := table.PrimaryKey; key != nil && c.dialect != schema.SQLite && slices.Contains(key.Columns, column.Name) {
			return true
		}
	}
	return c.dialect == schema.MySQL && slices.ContainsFunc(table.Indexes, plainUnique)
}

func plainUnique(index *schema.Index) bool {
	if !index.Unique || (index.Method != "" && index.Method != "btree") {
		return false
	}
	for _, part := range index.Parts {
		if part != (schema.IndexPart{Column: part.Column}) {
			return false
		}
	}
	return true
}
