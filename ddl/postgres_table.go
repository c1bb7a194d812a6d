package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (c *postgresCompiler) createTable(o *op.CreateTable) error {
	table := o.Table
	before, lines, err := c.tableColumns(o, table)
	if err != nil {
		return err
	}
	keys, later, err := c.tableKeys(o, table)
	if err != nil {
		return err
	}
	tail, err := c.tableTail(o, table)
	if err != nil {
		return err
	}
	head := "CREATE "
	if table.Options.Has(schema.OptionUnlogged) {
		head += "UNLOGGED "
	}
	head += "TABLE " + ifNotExists(o.IfNotExists) + postgresName(table.Name)
	lines = append(lines, keys...)
	isPartition := table.Partition != nil && table.Partition.Of != (schema.Name{})
	switch {
	case isPartition:
		head += " PARTITION OF " + postgresName(table.Partition.Of)
		if len(lines) > 0 {
			head += " (\n    " + strings.Join(lines, ",\n    ") + "\n)"
		}
		head += " " + table.Partition.Bound
	case len(lines) == 0:
		head += " ()"
	default:
		head += " (\n    " + strings.Join(lines, ",\n    ") + "\n)"
	}

	for _, text := range before {
		c.say(o, text, "")
	}
	c.say(o, head+tail, "")
	for _, text := range later {
		c.say(o, text, "")
	}
	if err := c.afterTable(o, table); err != nil {
		return err
	}
	c.arrived(table.Name, "")
	for _, index := range table.Indexes {
		if err := c.index(o, table.Name, index, indexWords{}); err != nil {
			return err
		}
	}
	return nil
}

// tableColumns returns the definitions of the columns, and the statements that must run before. Columns that come from a
// parent are not declared again; a partition restates the defaults, since its own may differ.
func (c *postgresCompiler) tableColumns(o op.Operation, table *schema.Table) (before, lines []string, err error) {
	isPartition := table.Partition != nil && table.Partition.Of != (schema.Name{})
	for _, column := range table.Columns {
		inherited := column.Options.Has(schema.OptionInherited)
		if isPartition {
			if column.Default != "" {
				lines = append(lines, postgresQuote(column.Name)+" WITH OPTIONS DEFAULT "+column.Default)
			}
			continue
		}
		if inherited {
			continue
		}
		sequence, definition, err := c.column(o, table.Name, column)
		if err != nil {
			return nil, nil, err
		}
		if sequence != "" {
			before = append(before, sequence)
		}
		lines = append(lines, definition)
	}
	return before, lines, nil
}

// tableKeys returns the constraints to declare with the table, and those to add afterwards: CREATE TABLE ignores NOT VALID,
// and drops without a word a unique constraint on the columns of another key.
func (c *postgresCompiler) tableKeys(o op.Operation, table *schema.Table) (lines, later []string, err error) {
	if table.PrimaryKey != nil {
		text, err := c.primaryKey(o, table.PrimaryKey)
		if err != nil {
			return nil, nil, err
		}
		lines = append(lines, text)
	}
	for i, unique := range table.Uniques {
		text, err := c.unique(o, unique)
		if err != nil {
			return nil, nil, err
		}
		if repeatsKey(table, i) {
			later = append(later, alterTable(table.Name)+"ADD "+text)
			continue
		}
		lines = append(lines, text)
	}
	for _, check := range table.Checks {
		text, err := c.check(o, check)
		if err != nil {
			return nil, nil, err
		}
		if check.NotValid {
			later = append(later, alterTable(table.Name)+"ADD "+text)
			continue
		}
		lines = append(lines, text)
	}
	for _, exclusion := range table.Exclusions {
		lines = append(lines, c.exclusion(exclusion))
	}
	for _, key := range table.ForeignKeys {
		text, err := c.foreignKey(o, key)
		if err != nil {
			return nil, nil, err
		}
		if key.NotValid {
			later = append(later, alterTable(table.Name)+"ADD "+text)
			continue
		}
		lines = append(lines, text)
	}
	return lines, later, nil
}

// repeatsKey reports whether the table's n-th unique constraint is on the same columns as a key before it.
func repeatsKey(table *schema.Table, n int) bool {
	columns := table.Uniques[n].Columns
	if table.PrimaryKey != nil && slices.Equal(table.PrimaryKey.Columns, columns) {
		return true
	}
	return slices.ContainsFunc(table.Uniques[:n], func(u *schema.Unique) bool { return slices.Equal(u.Columns, columns) })
}

func (c *postgresCompiler) tableTail(o op.Operation, table *schema.Table) (string, error) {
	tail := ""
	if len(table.Inherits) > 0 {
		parents := make([]string, len(table.Inherits))
		for i, parent := range table.Inherits {
			parents[i] = postgresName(parent)
		}
		tail += "\nINHERITS (" + strings.Join(parents, ", ") + ")"
	}
	if table.Partition != nil && table.Partition.By != "" {
		tail += "\nPARTITION BY " + table.Partition.By
	}
	if method := table.Options.Value(schema.OptionAccessMethod); method != "" {
		if table.Partition != nil && table.Partition.By != "" {
			if err := c.needs(o, 17, "an access method of a partitioned table"); err != nil {
				return "", err
			}
		}
		tail += "\nUSING " + postgresQuote(method)
	}
	if with := table.Options.Value(schema.OptionWith); with != "" {
		tail += "\nWITH (" + storageList(with) + ")"
	}
	if space := table.Options.Value(schema.OptionTablespace); space != "" {
		tail += "\nTABLESPACE " + postgresQuote(space)
	}
	return tail, nil
}

// afterTable writes what CREATE TABLE cannot say.
func (c *postgresCompiler) afterTable(o *op.CreateTable, table *schema.Table) error {
	for _, column := range table.Columns {
		if err := c.afterColumn(o, table.Name, column); err != nil {
			return err
		}
	}
	if table.Comment != "" {
		c.comment(o, "TABLE "+postgresName(table.Name), table.Comment)
	}
	for _, part := range commentsOfConstraints(table) {
		c.comment(o, "CONSTRAINT "+postgresQuote(part.name)+" ON "+postgresName(table.Name), part.comment)
	}
	for _, option := range table.Options {
		if err := c.tableOption(o, table, option); err != nil {
			return err
		}
	}
	return nil
}

type namedComment struct{ name, comment string }

func commentsOfConstraints(table *schema.Table) []namedComment {
	var all []namedComment
	if key := table.PrimaryKey; key != nil {
		all = append(all, namedComment{key.Name, key.Comment})
	}
	for _, unique := range table.Uniques {
		all = append(all, namedComment{unique.Name, unique.Comment})
	}
	for _, check := range table.Checks {
		all = append(all, namedComment{check.Name, check.Comment})
	}
	for _, exclusion := range table.Exclusions {
		all = append(all, namedComment{exclusion.Name, exclusion.Comment})
	}
	for _, key := range table.ForeignKeys {
		all = append(all, namedComment{key.Name, key.Comment})
	}
	var out []namedComment
	for _, one := range all {
		if one.name != "" && one.comment != "" {
			out = append(out, one)
		}
	}
	return out
}

// tableOption sets an option that ALTER TABLE alone knows. Those of CREATE TABLE are there already.
func (c *postgresCompiler) tableOption(o op.Operation, table *schema.Table, option schema.Option) error {
	switch option.Key {
	case schema.OptionRowSecurity:
		c.say(o, alterTable(table.Name)+"ENABLE ROW LEVEL SECURITY", "")
		if option.Value == "FORCE" {
			c.say(o, alterTable(table.Name)+"FORCE ROW LEVEL SECURITY", "")
		}
	case schema.OptionReplicaIdentity:
		c.sayAfterIndex(o, table, replicaIndex(option.Value), alterTable(table.Name)+"REPLICA IDENTITY "+option.Value)
	case schema.OptionClusterOn:
		c.sayAfterIndex(o, table, option.Value, alterTable(table.Name)+"CLUSTER ON "+postgresQuote(option.Value))
	case schema.OptionUnlogged, schema.OptionWith, schema.OptionTablespace, schema.OptionAccessMethod:
	default:
		return c.unsupported(o, "tables have no option "+option.Key)
	}
	return nil
}

// sayAfterIndex writes a statement that names an index of the table: at once if a constraint brings the index, else when it
// is created.
func (c *postgresCompiler) sayAfterIndex(o op.Operation, table *schema.Table, index, text string) {
	present := index == "" || table.Unique(index) != nil || table.Exclusion(index) != nil ||
		(table.PrimaryKey != nil && table.PrimaryKey.Name == index)
	if present {
		c.say(o, text, "")
		return
	}
	c.await(table.Name, index, Statement{SQL: text, Operation: o})
}

// replicaIndex returns the index that a replica identity names, or "".
func replicaIndex(identity string) string {
	quoted, found := strings.CutPrefix(identity, "USING INDEX ")
	if !found {
		return ""
	}
	return strings.ReplaceAll(strings.Trim(quoted, `"`), `""`, `"`)
}

func (c *postgresCompiler) comment(o op.Operation, object, text string) {
	value := "NULL"
	if text != "" {
		value = postgresLiteral(text)
	}
	c.after(o, "COMMENT ON "+object+" IS "+value)
}

func (c *postgresCompiler) alterTable(o *op.AlterTable) error {
	table := c.state.Table(o.Name)
	if table == nil {
		return &op.EffectError{Operation: o.String(), Reason: "there is no table " + o.Name.String()}
	}
	for _, option := range o.Set {
		if err := c.setTableOption(o, table, option); err != nil {
			return err
		}
	}
	for _, key := range o.Unset {
		if err := c.unsetTableOption(o, table, key); err != nil {
			return err
		}
	}
	if o.Comment != nil {
		c.comment(o, "TABLE "+postgresName(o.Name), *o.Comment)
	}
	return nil
}

func (c *postgresCompiler) setTableOption(o *op.AlterTable, table *schema.Table, option schema.Option) error {
	switch option.Key {
	case schema.OptionUnlogged:
		c.alter(o, o.Name, "SET UNLOGGED", "")
	case schema.OptionTablespace:
		c.alter(o, o.Name, "SET TABLESPACE "+postgresQuote(option.Value), "")
	case schema.OptionAccessMethod:
		if err := c.needs(o, 15, "SET ACCESS METHOD"); err != nil {
			return err
		}
		c.alter(o, o.Name, "SET ACCESS METHOD "+postgresQuote(option.Value), "")
	case schema.OptionWith:
		c.changeStorage(o, o.Name, "", table.Options.Value(schema.OptionWith), option.Value, "")
	case schema.OptionRowSecurity:
		if option.Value == "ENABLE" && table.Options.Value(schema.OptionRowSecurity) == "FORCE" {
			c.alter(o, o.Name, "NO FORCE ROW LEVEL SECURITY", "")
			return nil
		}
		return c.tableOption(o, table, option)
	default:
		return c.tableOption(o, table, option)
	}
	return nil
}

func (c *postgresCompiler) unsetTableOption(o *op.AlterTable, table *schema.Table, key string) error {
	switch key {
	case schema.OptionUnlogged:
		c.alter(o, o.Name, "SET LOGGED", "")
	case schema.OptionTablespace:
		c.alter(o, o.Name, "SET TABLESPACE pg_default", "")
	case schema.OptionAccessMethod:
		if err := c.needs(o, 15, "SET ACCESS METHOD"); err != nil {
			return err
		}
		c.alter(o, o.Name, "SET ACCESS METHOD heap", "")
	case schema.OptionWith:
		c.changeStorage(o, o.Name, "", table.Options.Value(schema.OptionWith), "", "")
	case schema.OptionRowSecurity:
		c.alter(o, o.Name, "NO FORCE ROW LEVEL SECURITY", "")
		c.alter(o, o.Name, "DISABLE ROW LEVEL SECURITY", "")
	case schema.OptionReplicaIdentity:
		c.alter(o, o.Name, "REPLICA IDENTITY DEFAULT", "")
	case schema.OptionClusterOn:
		c.alter(o, o.Name, "SET WITHOUT CLUSTER", "")
	default:
		return c.unsupported(o, "tables have no option "+key)
	}
	return nil
}

// changeStorage sets and resets storage parameters of the table, or of a column of it: prefix is "ALTER COLUMN … " then.
func (c *postgresCompiler) changeStorage(o op.Operation, table schema.Name, prefix, from, to, column string) {
	set, reset := storageChange(from, to)
	if set != "" {
		c.alter(o, table, prefix+"SET ("+set+")", column)
	}
	if reset != "" {
		c.alter(o, table, prefix+"RESET ("+reset+")", column)
	}
}
