package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func constraintName(name string) string {
	if name == "" {
		return ""
	}
	return "CONSTRAINT " + postgresQuote(name) + " "
}

func (c *postgresCompiler) primaryKey(o op.Operation, key *schema.PrimaryKey) (string, error) {
	columns, err := c.keyColumns(o, key.Columns, key.Options)
	if err != nil {
		return "", err
	}
	return constraintName(key.Name) + "PRIMARY KEY (" + columns + ")" + indexTail(key.Include, key.Options) + deferrable(key.Deferrable), nil
}

func (c *postgresCompiler) unique(o op.Operation, unique *schema.Unique) (string, error) {
	columns, err := c.keyColumns(o, unique.Columns, unique.Options)
	if err != nil {
		return "", err
	}
	word := "UNIQUE "
	if unique.NullsNotDistinct {
		if err := c.needs(o, 15, "NULLS NOT DISTINCT"); err != nil {
			return "", err
		}
		word += "NULLS NOT DISTINCT "
	}
	return constraintName(unique.Name) + word + "(" + columns + ")" + indexTail(unique.Include, unique.Options) + deferrable(unique.Deferrable), nil
}

func (c *postgresCompiler) keyColumns(o op.Operation, columns []string, options schema.Options) (string, error) {
	text := postgresQuoteAll(columns)
	if options.Has(schema.OptionWithoutOverlaps) {
		if err := c.needs(o, 18, "WITHOUT OVERLAPS"); err != nil {
			return "", err
		}
		text += " WITHOUT OVERLAPS"
	}
	return text, nil
}

// indexTail writes what a constraint says about its index.
func indexTail(include []string, options schema.Options) string {
	text := ""
	if len(include) > 0 {
		text += " INCLUDE (" + postgresQuoteAll(include) + ")"
	}
	if with := options.Value(schema.OptionWith); with != "" {
		text += " WITH (" + storageList(with) + ")"
	}
	if space := options.Value(schema.OptionTablespace); space != "" {
		text += " USING INDEX TABLESPACE " + postgresQuote(space)
	}
	return text
}

func deferrable(when schema.Deferrable) string {
	if when == schema.NotDeferrable {
		return ""
	}
	return " " + string(when)
}

func (c *postgresCompiler) check(o op.Operation, check *schema.Check) (string, error) {
	text := constraintName(check.Name) + "CHECK (" + check.Expr + ")"
	if check.NoInherit {
		text += " NO INHERIT"
	}
	if check.NoEnforce {
		if err := c.needs(o, 18, "NOT ENFORCED"); err != nil {
			return "", err
		}
		return text + " NOT ENFORCED", nil
	}
	if check.NotValid {
		text += " NOT VALID"
	}
	return text, nil
}

func (c *postgresCompiler) foreignKey(o op.Operation, key *schema.ForeignKey) (string, error) {
	text := constraintName(key.Name) + "FOREIGN KEY (" + postgresQuoteAll(key.Columns) + ") REFERENCES " + postgresName(key.RefTable)
	if len(key.RefColumns) > 0 {
		text += " (" + postgresQuoteAll(key.RefColumns) + ")"
	}
	if key.Match != "" && !strings.EqualFold(key.Match, "SIMPLE") {
		text += " MATCH " + strings.ToUpper(key.Match)
	}
	if key.OnUpdate != schema.NoAction {
		text += " ON UPDATE " + string(key.OnUpdate)
	}
	if key.OnDelete != schema.NoAction {
		text += " ON DELETE " + string(key.OnDelete)
	}
	if len(key.SetColumns) > 0 {
		if err := c.needs(o, 15, "a list of columns after "+string(key.OnDelete)); err != nil {
			return "", err
		}
		text += " (" + postgresQuoteAll(key.SetColumns) + ")"
	}
	text += deferrable(key.Deferrable)
	if key.NoEnforce {
		if err := c.needs(o, 18, "NOT ENFORCED"); err != nil {
			return "", err
		}
		return text + " NOT ENFORCED", nil
	}
	if key.NotValid {
		text += " NOT VALID"
	}
	return text, nil
}

func (c *postgresCompiler) exclusion(exclusion *schema.Exclusion) string {
	elements := make([]string, len(exclusion.Elements))
	for i, element := range exclusion.Elements {
		elements[i] = indexPart(element.IndexPart) + " WITH " + element.Operator
	}
	text := constraintName(exclusion.Name) + "EXCLUDE "
	if exclusion.Method != "" {
		text += "USING " + postgresQuote(exclusion.Method) + " "
	}
	text += "(" + strings.Join(elements, ", ") + ")" + indexTail(exclusion.Include, exclusion.Options)
	if exclusion.Where != "" {
		text += " WHERE (" + exclusion.Where + ")"
	}
	return text + deferrable(exclusion.Deferrable)
}

func (c *postgresCompiler) addConstraint(o *op.AddConstraint) error {
	text, comment, err := c.constraint(o)
	if err != nil {
		return err
	}
	if o.UsingIndex != "" {
		text, err = c.usingIndex(o)
		if err != nil {
			return err
		}
	}
	c.alter(o, o.Table, "ADD "+text, "")
	if comment != "" && o.Name() != "" {
		c.comment(o, "CONSTRAINT "+postgresQuote(o.Name())+" ON "+postgresName(o.Table), comment)
	}
	return nil
}

func (c *postgresCompiler) constraint(o *op.AddConstraint) (text, comment string, err error) {
	switch {
	case o.PrimaryKey != nil:
		text, err = c.primaryKey(o, o.PrimaryKey)
		return text, o.PrimaryKey.Comment, err
	case o.Unique != nil:
		text, err = c.unique(o, o.Unique)
		return text, o.Unique.Comment, err
	case o.ForeignKey != nil:
		text, err = c.foreignKey(o, o.ForeignKey)
		return text, o.ForeignKey.Comment, err
	case o.Check != nil:
		text, err = c.check(o, o.Check)
		return text, o.Check.Comment, err
	case o.Exclusion != nil:
		return c.exclusion(o.Exclusion), o.Exclusion.Comment, nil
	}
	return "", "", &op.EffectError{Operation: o.String(), Reason: "it defines no constraint"}
}

func (c *postgresCompiler) usingIndex(o *op.AddConstraint) (string, error) {
	switch {
	case o.PrimaryKey != nil:
		return constraintName(o.PrimaryKey.Name) + "PRIMARY KEY USING INDEX " + postgresQuote(o.UsingIndex) + deferrable(o.PrimaryKey.Deferrable), nil
	case o.Unique != nil:
		return constraintName(o.Unique.Name) + "UNIQUE USING INDEX " + postgresQuote(o.UsingIndex) + deferrable(o.Unique.Deferrable), nil
	}
	return "", c.unsupported(o, "only primary keys and unique constraints take an existing index")
}

// dropConstraint drops by name. A primary key without one has the name that is known, or else the usual one.
func (c *postgresCompiler) dropConstraint(o *op.DropConstraint) error {
	name := o.Name
	if name == "" && o.Type == op.PrimaryKeyConstraint {
		if table := c.state.Table(o.Table); table != nil && table.PrimaryKey != nil {
			name = table.PrimaryKey.Name
		}
		if name == "" {
			name = PostgresObjectName(o.Table.Name, "", "pkey")
		}
	}
	if name == "" {
		return c.unsupported(o, "constraints are dropped by name; give it one")
	}
	c.alter(o, o.Table, "DROP CONSTRAINT "+ifExists(o.IfExists)+postgresQuote(name), "")
	return nil
}

// validate scans the table under a lock that lets others read and write. In the transaction that added the constraint,
// the scan would hold the addition's lock, so it has one of its own.
func (c *postgresCompiler) validate(o *op.ValidateConstraint) {
	action := "VALIDATE CONSTRAINT " + postgresQuote(o.Name)
	if c.group != nil {
		c.alter(o, o.Table, action, "")
		return
	}
	c.push(Statement{SQL: alterTable(o.Table) + action, Operation: o, OutsideTransaction: true})
}

// indexWords are the words that only the statement of an index has.
type indexWords struct {
	Concurrently bool
	IfNotExists  bool
}

func (c *postgresCompiler) createIndex(o *op.CreateIndex) error {
	if o.Concurrently && c.isPartitioned(o.Table) {
		return c.createPartitionedIndex(o)
	}
	return c.index(o, o.Table, o.Index, indexWords{Concurrently: o.Concurrently, IfNotExists: o.IfNotExists})
}

func (c *postgresCompiler) index(o op.Operation, table schema.Name, index *schema.Index, words indexWords) error {
	if index.NullsNotDistinct {
		if err := c.needs(o, 15, "NULLS NOT DISTINCT"); err != nil {
			return err
		}
	}
	if index.Name == "" && words.IfNotExists {
		return c.unsupported(o, "IF NOT EXISTS needs the index' name")
	}
	text := "CREATE "
	if index.Unique {
		text += "UNIQUE "
	}
	text += "INDEX "
	if words.Concurrently {
		text += "CONCURRENTLY "
	}
	text += ifNotExists(words.IfNotExists)
	if index.Name != "" {
		text += postgresQuote(index.Name) + " "
	}
	text += "ON " + postgresName(table) + indexBody(index)
	c.push(Statement{SQL: text, Operation: o, OutsideTransaction: words.Concurrently})
	if index.Comment != "" {
		c.comment(o, "INDEX "+postgresName(schema.Name{Schema: table.Schema, Name: index.Name}), index.Comment)
	}
	c.arrived(table, index.Name)
	return nil
}

func indexBody(index *schema.Index) string {
	text := " "
	if index.Method != "" {
		text += "USING " + postgresQuote(index.Method) + " "
	}
	parts := make([]string, len(index.Parts))
	for i, part := range index.Parts {
		parts[i] = indexPart(part)
	}
	text += "(" + strings.Join(parts, ", ") + ")"
	if len(index.Include) > 0 {
		text += " INCLUDE (" + postgresQuoteAll(index.Include) + ")"
	}
	if index.NullsNotDistinct {
		text += " NULLS NOT DISTINCT"
	}
	if with := index.Options.Value(schema.OptionWith); with != "" {
		text += " WITH (" + storageList(with) + ")"
	}
	if space := index.Options.Value(schema.OptionTablespace); space != "" {
		text += " TABLESPACE " + postgresQuote(space)
	}
	if index.Where != "" {
		text += " WHERE " + index.Where
	}
	return text
}

// indexPart writes one column or expression. Operator classes are SQL already.
func indexPart(part schema.IndexPart) string {
	text := "(" + part.Expr + ")"
	if part.Column != "" {
		text = postgresQuote(part.Column)
	}
	if part.Collation != "" {
		text += " COLLATE " + postgresCollation(part.Collation)
	}
	if part.OpClass != "" {
		text += " " + part.OpClass
	}
	if part.Desc {
		text += " DESC"
	}
	if part.Nulls != schema.NullsDefault {
		text += " NULLS " + string(part.Nulls)
	}
	return text
}

func (c *postgresCompiler) dropIndex(o *op.DropIndex) {
	concurrently := o.Concurrently && !c.isPartitioned(o.Table) // the server refuses it, and only takes a lock for a moment
	text := "DROP INDEX "
	if concurrently {
		text += "CONCURRENTLY "
	}
	text += ifExists(o.IfExists) + postgresName(schema.Name{Schema: o.Table.Schema, Name: o.Name})
	c.push(Statement{SQL: text, Operation: o, OutsideTransaction: concurrently})
}

// checkNames refuses names that the server would cut.
func (c *postgresCompiler) checkNames(operation op.Operation) error {
	var tooLong error
	check := func(kind, name string) {
		if tooLong == nil && len(name) > postgresNameLimit {
			tooLong = &LongNameError{Server: c.server, Kind: kind, Name: name, Limit: postgresNameLimit}
		}
	}
	switch o := operation.(type) {
	case *op.CreateTable:
		for _, each := range namesOfTable(o.Table) {
			check(each.kind, each.name)
		}
	case *op.RenameTable:
		check("table", o.To.Name)
	case *op.AddColumn:
		check("column", o.Column.Name)
	case *op.RenameColumn:
		check("column", o.To)
	case *op.AddConstraint:
		check(string(o.Type()), o.Name())
	case *op.RenameConstraint:
		check(string(o.Type), o.To)
	case *op.CreateIndex:
		check("index", o.Index.Name)
	case *op.RenameIndex:
		check("index", o.To)
	case *op.CreateEnum:
		check("enum", o.Enum.Name.Name)
		for _, value := range o.Enum.Values {
			check("enum value", value)
		}
	case *op.AlterEnum:
		check("enum value", o.Add)
		check("enum value", o.To)
	case *op.RenameEnum:
		check("enum", o.To.Name)
	case *op.CreateDomain:
		check("domain", o.Domain.Name.Name)
	case *op.CreateComposite:
		check("composite type", o.Composite.Name.Name)
	case *op.CreateSequence:
		check("sequence", o.Sequence.Name.Name)
	case *op.RenameSequence:
		check("sequence", o.To.Name)
	case *op.CreateNamespace:
		check("schema", o.Name)
	case *op.CreateView:
		check("view", o.View.Name.Name)
	}
	return tooLong
}

type kindAndName struct{ kind, name string }

func namesOfTable(table *schema.Table) []kindAndName {
	out := []kindAndName{{"table", table.Name.Name}}
	for _, column := range table.Columns {
		out = append(out, kindAndName{"column", column.Name})
	}
	if table.PrimaryKey != nil {
		out = append(out, kindAndName{"primary key", table.PrimaryKey.Name})
	}
	for _, part := range table.Uniques {
		out = append(out, kindAndName{"unique constraint", part.Name})
	}
	for _, part := range table.Checks {
		out = append(out, kindAndName{"check", part.Name})
	}
	for _, part := range table.Exclusions {
		out = append(out, kindAndName{"exclusion constraint", part.Name})
	}
	for _, part := range table.ForeignKeys {
		out = append(out, kindAndName{"foreign key", part.Name})
	}
	for _, part := range table.Indexes {
		out = append(out, kindAndName{"index", part.Name})
	}
	return slices.DeleteFunc(out, func(one kindAndName) bool { return one.name == "" })
}
