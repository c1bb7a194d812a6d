package ddl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func (c *mysqlCompiler) primaryKey(o op.Operation, key *schema.PrimaryKey) (string, error) {
	if len(key.Include) > 0 || key.Deferrable != "" {
		return "", c.unsupported(o, "its primary keys have no INCLUDE and no DEFERRABLE")
	}
	parts, err := c.keyParts(o, partsOr(key.Parts, key.Columns))
	if err != nil {
		return "", err
	}
	text := "PRIMARY KEY (" + parts + ")"
	if comment := key.Options.Value("comment"); comment != "" {
		text += " COMMENT " + mysqltext.Quote(comment)
	}
	return text, nil
}

func (c *mysqlCompiler) unique(o op.Operation, unique *schema.Unique) (string, error) {
	switch {
	case len(unique.Include) > 0:
		return "", c.unsupported(o, "its unique keys have no INCLUDE")
	case unique.NullsNotDistinct:
		return "", c.unsupported(o, "its unique keys take any number of NULLs; make the columns NOT NULL")
	case unique.Deferrable != "":
		return "", c.unsupported(o, "its constraints are not deferrable")
	}
	parts, err := c.keyParts(o, partsOr(unique.Parts, unique.Columns))
	if err != nil {
		return "", err
	}
	options, err := c.indexOptions(o, unique.Options, unique.Comment)
	return "UNIQUE KEY " + when(unique.Name != "", mysqlQuote(unique.Name)+" ") + "(" + parts + ")" + options, err
}

func (c *mysqlCompiler) index(o op.Operation, index *schema.Index) (string, error) {
	switch {
	case index.Where != "":
		return "", c.unsupported(o, "it has no partial indexes; index a generated column that is NULL for the other rows")
	case len(index.Include) > 0:
		return "", c.unsupported(o, "its indexes have no INCLUDE; put the columns at the end of the key")
	case index.NullsNotDistinct:
		return "", c.unsupported(o, "its unique indexes take any number of NULLs; make the columns NOT NULL")
	}
	kind, using := when(index.Unique, "UNIQUE ")+"INDEX ", ""
	switch method := strings.ToLower(index.Method); {
	case method == "":
	case method == "fulltext" || method == "spatial" || method == "vector" && c.isMariaDB():
		kind = strings.ToUpper(method) + " INDEX "
	case method == "btree" || method == "hash":
		using = " USING " + strings.ToUpper(method)
	default:
		return "", c.unsupported(o, "it has no index method "+index.Method+"; there are btree, hash, fulltext and spatial")
	}
	parts, err := c.keyParts(o, index.Parts)
	if err != nil {
		return "", err
	}
	options, err := c.indexOptions(o, index.Options, index.Comment)
	return kind + when(index.Name != "", mysqlQuote(index.Name)+" ") + "(" + parts + ")" + using + options, err
}

func (c *mysqlCompiler) indexOptions(o op.Operation, options schema.Options, comment string) (string, error) {
	text := ""
	for _, option := range options {
		switch {
		case option.Key == schema.OptionInvisible:
			text += when(c.isMariaDB(), " IGNORED") + when(!c.isMariaDB(), " INVISIBLE")
		case option.Key == schema.OptionParser:
			text += " WITH PARSER " + mysqlQuote(option.Value)
		case option.Key == schema.OptionKeyBlockSize:
			text += " KEY_BLOCK_SIZE=" + option.Value
		default:
			return "", c.unsupported(o, "it has no index option "+option.Key)
		}
	}
	if comment != "" {
		text += " COMMENT " + mysqltext.Quote(comment)
	}
	return text, nil
}

func partsOr(parts []schema.IndexPart, columns []string) []schema.IndexPart {
	if parts != nil {
		return parts
	}
	return schema.Columns(columns...)
}

func (c *mysqlCompiler) keyParts(o op.Operation, parts []schema.IndexPart) (string, error) {
	texts := make([]string, len(parts))
	for i, part := range parts {
		switch {
		case part.OpClass != "":
			return "", c.unsupported(o, "it has no operator classes")
		case part.Collation != "":
			return "", c.unsupported(o, "its indexes have the collation of their columns; give the column the collation")
		case part.Nulls == schema.NullsLast && !part.Desc, part.Nulls == schema.NullsFirst && part.Desc:
			return "", c.unsupported(o, "it sorts NULLs before all values")
		case part.Expr != "" && c.isMariaDB():
			return "", c.unsupported(o, "it has no indexes on expressions; add a generated column and index that")
		case part.Expr != "":
			texts[i] = "(" + part.Expr + ")"
		default:
			texts[i] = mysqlQuote(part.Column)
		}
		if part.Length > 0 {
			texts[i] += "(" + strconv.Itoa(part.Length) + ")"
		}
		texts[i] += when(part.Desc, " DESC")
	}
	return strings.Join(texts, ", "), nil
}

func (c *mysqlCompiler) foreignKey(o op.Operation, key *schema.ForeignKey) (string, error) {
	switch {
	case key.Deferrable != "":
		return "", c.unsupported(o, "its constraints are not deferrable")
	case key.NotValid, key.NoEnforce:
		return "", c.unsupported(o, "its foreign keys are always valid and enforced")
	case len(key.SetColumns) > 0:
		return "", c.unsupported(o, "its SET NULL takes no columns")
	case key.OnDelete == schema.SetDefault || key.OnUpdate == schema.SetDefault:
		return "", c.unsupported(o, "InnoDB has no SET DEFAULT")
	case key.Match != "" && !strings.EqualFold(key.Match, "SIMPLE"):
		return "", c.unsupported(o, "its foreign keys have no MATCH "+key.Match)
	case key.Comment != "":
		return "", c.unsupported(o, "its foreign keys have no comments")
	}
	columns := key.RefColumns
	if len(columns) == 0 {
		parent := c.state.Table(key.RefTable)
		if parent == nil || parent.PrimaryKey == nil {
			return "", c.misfit(o, "foreign key %s names no columns of %s, and its primary key is not known", key.Name, key.RefTable)
		}
		columns = parent.PrimaryKey.Columns
	}
	return when(key.Name != "", "CONSTRAINT "+mysqlQuote(key.Name)+" ") + "FOREIGN KEY (" + mysqlNames(key.Columns) + ") REFERENCES " +
		mysqlName(key.RefTable) + " (" + mysqlNames(columns) + ")" +
		when(key.OnDelete != "", " ON DELETE "+string(key.OnDelete)) + when(key.OnUpdate != "", " ON UPDATE "+string(key.OnUpdate)), nil
}

func (c *mysqlCompiler) check(o op.Operation, check *schema.Check) (string, error) {
	switch {
	case check.NotValid, check.NoInherit:
		return "", c.unsupported(o, "its checks have no NOT VALID and no NO INHERIT")
	case check.NoEnforce && c.isMariaDB():
		return "", c.unsupported(o, "its checks are always enforced")
	case check.Comment != "":
		return "", c.unsupported(o, "its checks have no comments")
	}
	return when(check.Name != "", "CONSTRAINT "+mysqlQuote(check.Name)+" ") + "CHECK (" + check.Expr + ")" + when(check.NoEnforce, " NOT ENFORCED"), nil
}

func (c *mysqlCompiler) addConstraint(o *op.AddConstraint) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	if o.UsingIndex != "" {
		return c.unsupported(o, "it has no USING INDEX")
	}
	var clause, touches string
	cost := mysqlRebuild
	switch {
	case o.PrimaryKey != nil:
		clause, err = c.primaryKey(o, o.PrimaryKey)
		touches = "index:PRIMARY"
	case o.Unique != nil:
		clause, err = c.unique(o, o.Unique)
		touches, cost = "index:"+o.Unique.Name, mysqlBuild
	case o.ForeignKey != nil:
		clause, err = c.foreignKey(o, o.ForeignKey)
		touches, cost = "foreign key:"+o.ForeignKey.Name, mysqlAddKey
	case o.Check != nil:
		if column := o.Check.Options.Value(schema.OptionColumn); column != "" && table.Column(column) != nil {
			return c.restateColumn(o, table, column, func(t *schema.Table) { t.Checks = append(t.Checks, o.Check) })
		}
		clause, err = c.check(o, o.Check)
		touches = "check:" + o.Check.Name
	default:
		return c.unsupported(o, "it has no exclusion constraints")
	}
	if err != nil {
		return err
	}
	c.alter(o, o.Table, cost, touches, "ADD "+clause)
	return nil
}

// restateColumn writes a column anew after a change of the checks in its definition (MariaDB).
func (c *mysqlCompiler) restateColumn(o op.Operation, table *schema.Table, name string, change func(*schema.Table)) error {
	after := table.Clone()
	change(after)
	definition, err := c.columnDefinition(o, after, after.Column(name))
	if err != nil {
		return err
	}
	c.alter(o, table.Name, mysqlRebuild, "column:"+name, "MODIFY COLUMN "+definition)
	return nil
}

func (c *mysqlCompiler) dropConstraint(o *op.DropConstraint) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	found := o.Find(table)
	if index := table.Index(o.Name); found == nil && o.Type == op.UniqueConstraint && index != nil && index.Unique {
		return c.dropKey(o, table, o.Name)
	}
	if found == nil {
		if o.IfExists {
			return nil
		}
		return c.misfit(o, "there is no such constraint")
	}
	switch o.Type {
	case op.PrimaryKeyConstraint:
		c.alter(o, o.Table, mysqlRebuild, "index:PRIMARY", "DROP PRIMARY KEY")
	case op.UniqueConstraint:
		return c.dropKey(o, table, found.Name())
	case op.ForeignKeyConstraint:
		clauses := []string{"DROP FOREIGN KEY " + mysqlQuote(o.Name)}
		if index := implicitIndex(table, found.ForeignKey); index != nil {
			clauses = append(clauses, "DROP INDEX "+mysqlQuote(index.Name))
		}
		c.alter(o, o.Table, mysqlDropKey, "foreign key:"+o.Name, clauses...)
	case op.CheckConstraint:
		if column := found.Check.Options.Value(schema.OptionColumn); column != "" && table.Column(column) != nil {
			return c.restateColumn(o, table, column, func(t *schema.Table) {
				t.Checks = slices.DeleteFunc(t.Checks, func(check *schema.Check) bool { return check.Name == o.Name })
			})
		}
		c.alter(o, o.Table, mysqlMeta, "check:"+o.Name, c.dropCheckClause(found.Check))
	default:
		return c.unsupported(o, "it has no such constraints")
	}
	return nil
}

func (c *mysqlCompiler) dropCheckClause(check *schema.Check) string {
	if c.isMariaDB() {
		return "DROP CONSTRAINT " + mysqlQuote(check.Name)
	}
	return "DROP CHECK " + mysqlQuote(check.Name)
}

func (c *mysqlCompiler) renameConstraint(o *op.RenameConstraint) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	found := (&op.DropConstraint{Table: o.Table, Type: o.Type, Name: o.From}).Find(table)
	if found == nil {
		return c.misfit(o, "there is no such constraint")
	}
	switch o.Type {
	case op.PrimaryKeyConstraint:
		return nil // the server knows no names of primary keys
	case op.UniqueConstraint:
		c.alter(o, o.Table, mysqlMeta, "index:"+o.From, "RENAME INDEX "+mysqlQuote(o.From)+" TO "+mysqlQuote(o.To))
		return nil
	case op.ForeignKeyConstraint:
		renamed := found.ForeignKey.Clone()
		renamed.Name = o.To
		clause, err := c.foreignKey(o, renamed)
		if err != nil {
			return err
		}
		c.alter(o, o.Table, mysqlAlone, "foreign key:"+o.From, "DROP FOREIGN KEY "+mysqlQuote(o.From), "ADD "+clause)
		if index := implicitIndex(table, found.ForeignKey); index != nil && index.Name == o.From {
			c.alter(o, o.Table, mysqlAlone, "index:"+o.From, "RENAME INDEX "+mysqlQuote(o.From)+" TO "+mysqlQuote(o.To))
		}
		return nil
	case op.CheckConstraint:
		if found.Check.Options.Has(schema.OptionColumn) {
			return c.unsupported(o, "a check in a column's definition has the column's name; drop it and add a check to the table")
		}
		renamed := found.Check.Clone()
		renamed.Name = o.To
		clause, err := c.check(o, renamed)
		if err != nil {
			return err
		}
		c.alter(o, o.Table, mysqlAlone, "check:"+o.From, c.dropCheckClause(found.Check), "ADD "+clause)
		return nil
	}
	return c.unsupported(o, "it has no such constraints")
}

func (c *mysqlCompiler) createIndex(o *op.CreateIndex) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	if o.IfNotExists && (table.Index(o.Index.Name) != nil || table.Unique(o.Index.Name) != nil) {
		return nil
	}
	if o.Index.Implicit {
		// The foreign key brings it; where it was made by hand before, it is there by now.
		return nil
	}
	clause, err := c.index(o, o.Index)
	if err != nil {
		return err
	}
	cost := mysqlBuild
	if o.Index.Method != "" {
		cost = mysqlAlone // only one FULLTEXT index is built at a time, and both kinds block writes
	}
	if o.Index.Options.Has(schema.OptionInvisible) {
		c.parted("index:" + o.Index.Name)
	}
	c.alter(o, o.Table, cost, "index:"+o.Index.Name, "ADD "+clause)
	return nil
}

func (c *mysqlCompiler) dropIndex(o *op.DropIndex) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	if table.Index(o.Name) == nil && table.Unique(o.Name) == nil {
		if o.IfExists {
			return nil
		}
		return c.misfit(o, "there is no such index")
	}
	if err := c.dropKey(o, table, o.Name); err != nil {
		return err
	}
	if index := table.Index(o.Name); index != nil && index.Options.Has(schema.OptionInvisible) {
		c.flush()
	}
	return nil
}

// parted ends the pending statement if it is about the same thing. A server that is told to drop an index and to make it anew
// in one statement compares the two without their visibility, and where nothing else differs it leaves the old one.
func (c *mysqlCompiler) parted(touches string) {
	if c.pending != nil && slices.Contains(c.pending.touched, touches) {
		c.flush()
	}
}

// dropKey drops an index or unique key. A foreign key of the table that would lose its only index gets one of its own in
// the same statement, as if the index had never been there.
func (c *mysqlCompiler) dropKey(o op.Operation, table *schema.Table, name string) error {
	clauses := []string{"DROP INDEX " + mysqlQuote(name)}
	for _, key := range table.ForeignKeys {
		if !coveredWithout(table, key.Columns, name) && coveredWithout(table, key.Columns, "") {
			if key.Name == "" || key.Name == name {
				return c.misfit(o, "foreign key %s needs it; drop that first", key.Name)
			}
			clauses = append(clauses, "ADD INDEX "+mysqlQuote(key.Name)+" ("+mysqlNames(key.Columns)+")")
		}
	}
	c.alter(o, table.Name, mysqlMeta, "index:"+name, clauses...)
	return nil
}

// addImplicitIndexes completes the state with the indexes that the server makes for foreign keys.
func (c *mysqlCompiler) addImplicitIndexes() {
	for table := range c.state.Tables.All() {
		// A schema that was replayed may still have one that the server dropped when another index came to do its work.
		table.Indexes = slices.DeleteFunc(table.Indexes, func(index *schema.Index) bool {
			return index.Implicit && (coveredWithout(table, index.Columns(), index.Name) || !neededByKey(table, index))
		})
		for _, key := range table.ForeignKeys {
			addImplicitIndex(table, key)
		}
	}
}

func addImplicitIndex(table *schema.Table, key *schema.ForeignKey) {
	if key.Name == "" || coveredWithout(table, key.Columns, "") || table.Index(key.Name) != nil {
		return
	}
	table.Indexes = append(table.Indexes, &schema.Index{Name: key.Name, Parts: schema.Columns(key.Columns...), Implicit: true})
}

// followIndexes keeps the implicit indexes in step with an operation that was applied.
func (c *mysqlCompiler) followIndexes(operation op.Operation) {
	table := c.state.Table(operation.Subject())
	if table == nil {
		return
	}
	switch o := operation.(type) {
	case *op.DropConstraint:
		if o.Type == op.ForeignKeyConstraint {
			// The statement dropped the key's implicit index too.
			table.Indexes = slices.DeleteFunc(table.Indexes, func(index *schema.Index) bool {
				return index.Implicit && !neededByKey(table, index)
			})
		}
	case *op.CreateIndex, *op.AddConstraint:
		// The server drops an implicit index when another one can do its work.
		table.Indexes = slices.DeleteFunc(table.Indexes, func(index *schema.Index) bool {
			return index.Implicit && coveredWithout(table, index.Columns(), index.Name)
		})
	}
	for _, key := range table.ForeignKeys {
		addImplicitIndex(table, key)
	}
}

// implicitIndex returns the index that the server made for a foreign key and that no other one needs, or nil.
func implicitIndex(table *schema.Table, key *schema.ForeignKey) *schema.Index {
	for _, index := range table.Indexes {
		if !index.Implicit || !slices.Equal(index.Columns(), key.Columns) {
			continue
		}
		rest := table.Clone()
		rest.ForeignKeys = slices.DeleteFunc(rest.ForeignKeys, func(other *schema.ForeignKey) bool { return other.Name == key.Name })
		if !neededByKey(rest, index) {
			return index
		}
	}
	return nil
}

func neededByKey(table *schema.Table, index *schema.Index) bool {
	return slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool { return beginsWith(index.Parts, key.Columns) })
}

// coveredWithout reports whether an index other than the named one begins with the columns.
func coveredWithout(table *schema.Table, columns []string, name string) bool {
	if key := table.PrimaryKey; key != nil && beginsWith(partsOr(key.Parts, key.Columns), columns) {
		return true
	}
	return slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool {
		return u.Name != name && beginsWith(partsOr(u.Parts, u.Columns), columns)
	}) || slices.ContainsFunc(table.Indexes, func(i *schema.Index) bool {
		return i.Name != name && (i.Method == "" || strings.EqualFold(i.Method, "btree")) && beginsWith(i.Parts, columns)
	})
}

func beginsWith(parts []schema.IndexPart, columns []string) bool {
	if len(parts) < len(columns) {
		return false
	}
	for i, column := range columns {
		if parts[i].Column != column || parts[i].Length != 0 {
			return false
		}
	}
	return true
}
