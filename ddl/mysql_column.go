package ddl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// columnDefinition returns a column as CREATE TABLE and MODIFY COLUMN take it, with everything that it has: what is not
// restated in MODIFY COLUMN is lost.
func (c *mysqlCompiler) columnDefinition(o op.Operation, table *schema.Table, column *schema.Column) (string, error) {
	if column.Type == "" {
		return "", c.unsupported(o, fmt.Sprintf("column %s has no type; give the field one, type:binary(16) for a UUID", column.Name))
	}
	parts := []string{mysqlQuote(column.Name), column.Type}
	if column.Charset != "" {
		parts = append(parts, "CHARACTER SET "+column.Charset)
	}
	if column.Collation != "" {
		parts = append(parts, "COLLATE "+column.Collation)
	}
	if g := column.Generated; g != nil {
		parts = append(parts, generatedClause(g))
	}
	switch {
	case column.Generated != nil && c.isMariaDB():
		// MariaDB's generated columns take no NOT NULL.
	case column.NotNull:
		parts = append(parts, "NOT NULL")
	case strings.EqualFold(firstWord(column.Type), "timestamp") && column.Generated == nil:
		// Without explicit_defaults_for_timestamp a timestamp is NOT NULL unless it says otherwise.
		parts = append(parts, "NULL")
	}
	if srid, has := column.Options.Get(schema.OptionSRID); has {
		parts = append(parts, when(c.isMariaDB(), "REF_SYSTEM_ID=")+when(!c.isMariaDB(), "SRID ")+srid)
	}
	if column.Default != "" {
		parts = append(parts, "DEFAULT "+c.defaultText(column.Type, column.Default))
	}
	if now, has := column.Options.Get(schema.OptionOnUpdate); has {
		parts = append(parts, "ON UPDATE "+now)
	}
	if column.Identity != nil {
		if err := c.checkIdentity(o, column); err != nil {
			return "", err
		}
		parts = append(parts, "AUTO_INCREMENT")
	}
	more, err := c.columnOptions(o, table, column)
	return strings.Join(append(parts, more...), " "), err
}

// columnOptions returns the clauses that follow the rest of a column's definition.
func (c *mysqlCompiler) columnOptions(o op.Operation, table *schema.Table, column *schema.Column) ([]string, error) {
	var parts []string
	for _, option := range column.Options {
		switch {
		case option.Key == schema.OptionOnUpdate, option.Key == schema.OptionSRID:
		case option.Key == schema.OptionInvisible:
			parts = append(parts, "INVISIBLE")
		case option.Key == schema.OptionSystemVersioned && c.isMariaDB():
			parts = append(parts, "WITHOUT SYSTEM VERSIONING")
		default:
			return nil, c.unsupported(o, "it has no column option "+option.Key)
		}
	}
	if column.Comment != "" {
		parts = append(parts, "COMMENT "+mysqltext.Quote(column.Comment))
	}
	for _, check := range table.Checks {
		if check.Options.Value(schema.OptionColumn) == column.Name && check.Options.Has(schema.OptionColumn) {
			parts = append(parts, "CHECK ("+check.Expr+")")
		}
	}
	return parts, nil
}

func generatedClause(g *schema.Generated) string {
	if strings.EqualFold(g.Expr, "ROW START") || strings.EqualFold(g.Expr, "ROW END") {
		return "GENERATED ALWAYS AS " + g.Expr
	}
	return "GENERATED ALWAYS AS (" + g.Expr + ")" + when(g.Stored, " STORED") + when(!g.Stored, " VIRTUAL")
}

// checkIdentity refuses what AUTO_INCREMENT has no words for.
func (c *mysqlCompiler) checkIdentity(o op.Operation, column *schema.Column) error {
	id := column.Identity
	if id.Kind == schema.IdentityAlways {
		return c.unsupported(o, fmt.Sprintf("column %s is an identity that refuses other values, AUTO_INCREMENT takes them; use .Identity()", column.Name))
	}
	if id.Increment != nil && *id.Increment != 1 || id.Min != nil || id.Max != nil || id.Cache != nil || id.Cycle {
		return c.unsupported(o, fmt.Sprintf("AUTO_INCREMENT of column %s has no steps and limits of its own", column.Name))
	}
	return nil
}

var mysqlNowText = regexp.MustCompile(`(?i)^(current_timestamp|now|localtime|localtimestamp)\s*(\(\s*(\d*)\s*\))?$`)

// defaultText returns a default as the DEFAULT clause takes it: a literal or the current time bare, everything else in
// parentheses. MySQL wants literals in parentheses too for types without a fixed size.
func (c *mysqlCompiler) defaultText(columnType, text string) string {
	text = strings.TrimSpace(text)
	if mysqltext.Unparenthesize(text) != text {
		return text
	}
	kind := strings.ToLower(firstWord(columnType))
	if now := mysqlNowText.FindStringSubmatch(text); now != nil && (kind == "datetime" || kind == "timestamp") {
		// MySQL insists on the column's own precision.
		if precision := typePrecision(columnType); precision != "" && now[3] == "" {
			return "CURRENT_TIMESTAMP(" + precision + ")"
		}
		return text
	}
	if !isDefaultLiteral(text) {
		return "(" + text + ")"
	}
	if c.isMariaDB() || strings.EqualFold(text, "null") || !needsExpression(kind) {
		return text
	}
	return "(" + text + ")"
}

// needsExpression reports whether MySQL takes only expressions as defaults of a type ("Data Type Default Values").
func needsExpression(kind string) bool {
	switch kind {
	case "json", "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection":
		return true
	}
	return strings.HasSuffix(kind, "text") || strings.HasSuffix(kind, "blob")
}

// typePrecision returns the first argument of a type: "6" of datetime(6).
func typePrecision(columnType string) string {
	_, rest, found := strings.Cut(columnType, "(")
	if !found {
		return ""
	}
	precision, _, _ := strings.Cut(rest, ")")
	return strings.TrimSpace(precision)
}

// isDefaultLiteral reports whether a text is one literal, with a charset introducer or a temporal word before it or not.
func isDefaultLiteral(text string) bool {
	tokens := sqltext.Significant(schema.MySQL, text)
	if len(tokens) == 2 && tokens[0].Kind == sqltext.Word && tokens[1].Kind == sqltext.String {
		return strings.HasPrefix(tokens[0].Text, "_") || tokens[0].Is("date") || tokens[0].Is("time") || tokens[0].Is("timestamp")
	}
	return mysqltext.IsLiteral(text)
}

func positionClause(position op.Position) string {
	switch {
	case position.First:
		return " FIRST"
	case position.After != "":
		return " AFTER " + mysqlQuote(position.After)
	}
	return ""
}

func (c *mysqlCompiler) addColumn(o *op.AddColumn) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	if o.IfNotExists && table.Column(o.Column.Name) != nil {
		return nil
	}
	definition, err := c.columnDefinition(o, table, o.Column)
	if err != nil {
		return err
	}
	c.alter(o, o.Table, c.costOfAdding(table, o), "column:"+o.Column.Name, "ADD COLUMN "+definition+positionClause(o.Position))
	return nil
}

func (c *mysqlCompiler) costOfAdding(table *schema.Table, o *op.AddColumn) mysqlCost {
	column := o.Column
	switch {
	case column.Generated != nil && column.Generated.Stored, column.Identity != nil:
		return mysqlRebuild
	case column.Generated != nil && c.isMariaDB():
		// "INPLACE ADD or DROP of virtual columns cannot be combined with other ALTER TABLE actions".
		return mysqlAlone
	case c.isMariaDB() && o.Position != (op.Position{}) && hasVirtual(table):
		return mysqlRebuild
	}
	return mysqlInstant
}

func hasVirtual(table *schema.Table) bool {
	return slices.ContainsFunc(table.Columns, isVirtual)
}

func isVirtual(column *schema.Column) bool {
	return column.Generated != nil && !column.Generated.Stored
}

// dropColumn drops a column with the checks that use it, which the server would refuse or drop depending on product and
// check. From indexes the server takes the column out by itself, but for unique ones on MariaDB.
func (c *mysqlCompiler) dropColumn(o *op.DropColumn) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	column := table.Column(o.Name)
	if column == nil {
		if o.IfExists {
			return nil
		}
		return c.misfit(o, "there is no such column")
	}
	for _, key := range table.ForeignKeys {
		if slices.Contains(key.Columns, o.Name) {
			return c.misfit(o, "foreign key %s uses it; drop that first", key.Name)
		}
	}
	var clauses []string
	for _, check := range table.Checks {
		if sqltext.Mentions(schema.MySQL, check.Expr, o.Name) && check.Options.Value(schema.OptionColumn) != o.Name {
			clauses = append(clauses, c.dropCheckClause(check))
		}
	}
	var again []string
	for _, unique := range table.Uniques {
		if slices.Contains(unique.Columns, o.Name) && len(unique.Columns) > 1 && c.isMariaDB() {
			rest := unique.Clone()
			rest.Columns = slices.DeleteFunc(rest.Columns, func(name string) bool { return name == o.Name })
			clause, err := c.unique(o, rest)
			if err != nil {
				return err
			}
			clauses = append(clauses, "DROP INDEX "+mysqlQuote(unique.Name))
			again = append(again, "ADD "+clause)
		}
	}
	clauses = append(append(clauses, "DROP COLUMN "+mysqlQuote(o.Name)), again...)
	cost := mysqlInstant
	switch {
	case isVirtual(column) && c.isMariaDB():
		cost = mysqlAlone
	case len(clauses) > 1 || isIndexed(table, o.Name):
		cost = mysqlRebuild
	}
	c.alter(o, o.Table, cost, "column:"+o.Name, clauses...)
	return nil
}

// isIndexed reports whether a column is part of an index or key.
func isIndexed(table *schema.Table, column string) bool {
	if key := table.PrimaryKey; key != nil && slices.Contains(key.Columns, column) {
		return true
	}
	return slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return slices.Contains(u.Columns, column) }) ||
		slices.ContainsFunc(table.Indexes, func(i *schema.Index) bool {
			return slices.ContainsFunc(i.Parts, func(part schema.IndexPart) bool {
				return part.Column == column || sqltext.Mentions(schema.MySQL, part.Expr, column)
			})
		}) ||
		slices.ContainsFunc(table.ForeignKeys, func(f *schema.ForeignKey) bool { return slices.Contains(f.Columns, column) })
}

// alterColumn restates the column with what changes and what does not.
func (c *mysqlCompiler) alterColumn(o *op.AlterColumn) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	old := table.Column(o.Name)
	if old == nil {
		return c.misfit(o, "there is no such column")
	}
	if len(o.Attributes) == 0 && o.Position == (op.Position{}) {
		return nil
	}
	if o.Using != "" {
		return c.unsupported(o, "its ALTER TABLE has no USING; add a column of the new type, fill it, drop the old one and rename")
	}
	column := old.Clone()
	for _, attribute := range o.Attributes {
		op.CopyAttribute(column, &o.To, attribute)
	}
	if c.onlyDefault(o, old, column) {
		value := "NULL"
		if column.Default != "" {
			value = c.defaultText(column.Type, column.Default)
		}
		clause := "ALTER COLUMN " + mysqlQuote(o.Name) + " SET DEFAULT " + value
		if column.Default == "" && column.NotNull {
			clause = "ALTER COLUMN " + mysqlQuote(o.Name) + " DROP DEFAULT"
		}
		c.alter(o, o.Table, mysqlMeta, "column:"+o.Name, clause)
		return nil
	}
	definition, err := c.columnDefinition(o, table, column)
	if err != nil {
		return err
	}
	if isVirtual(old) != isVirtual(column) {
		return c.replaceColumn(o, table, old, column, definition)
	}
	c.alter(o, o.Table, c.costOfAltering(o, old, column), "column:"+o.Name, "MODIFY COLUMN "+definition+positionClause(o.Position))
	return nil
}

// onlyDefault reports whether ALTER COLUMN … SET DEFAULT does, which touches nothing else of the column. It takes
// literals; other defaults need the whole definition.
func (c *mysqlCompiler) onlyDefault(o *op.AlterColumn, old, column *schema.Column) bool {
	if len(o.Attributes) != 1 || o.Attributes[0] != op.DefaultAttribute || o.Position != (op.Position{}) || old.Generated != nil {
		return false
	}
	return column.Default == "" || isDefaultLiteral(column.Default)
}

// replaceColumn drops a column and adds it anew, since the server cannot turn a virtual column into another one.
func (c *mysqlCompiler) replaceColumn(o *op.AlterColumn, table *schema.Table, old, column *schema.Column, definition string) error {
	if column.Generated == nil {
		return c.unsupported(o, "it cannot turn a virtual column into a plain one; add a new column, copy the values, drop the old one and rename")
	}
	if isIndexed(table, o.Name) {
		return c.unsupported(o, "it cannot turn "+kindOfColumn(old)+" into "+kindOfColumn(column)+", and an index uses the column; drop the index first and create it again afterwards")
	}
	position := o.Position
	if position == (op.Position{}) {
		position = placeOf(table, o.Name)
	}
	c.alter(o, o.Table, mysqlAlone, "column:"+o.Name,
		"DROP COLUMN "+mysqlQuote(o.Name), "ADD COLUMN "+definition+positionClause(position))
	return nil
}

func kindOfColumn(column *schema.Column) string {
	switch {
	case column.Generated == nil:
		return "a plain column"
	case column.Generated.Stored:
		return "a stored generated column"
	}
	return "a virtual column"
}

func placeOf(table *schema.Table, name string) op.Position {
	at := slices.IndexFunc(table.Columns, func(column *schema.Column) bool { return column.Name == name })
	if at <= 0 {
		return op.Position{First: true}
	}
	return op.Position{After: table.Columns[at-1].Name}
}

// costOfAltering tells changes of the data dictionary from those that rebuild the table. Longer texts and enums with more
// values may be either.
func (c *mysqlCompiler) costOfAltering(o *op.AlterColumn, old, column *schema.Column) mysqlCost {
	cost, either := mysqlMeta, false
	for _, attribute := range o.Attributes {
		switch attribute {
		case op.DefaultAttribute, op.CommentAttribute, op.OptionAttribute(schema.OptionInvisible), op.OptionAttribute(schema.OptionOnUpdate):
		case op.TypeAttribute:
			kind := strings.ToLower(firstWord(old.Type))
			if kind == strings.ToLower(firstWord(column.Type)) && (kind == "varchar" || kind == "enum" || kind == "set") {
				either = true
				continue
			}
			cost = mysqlRebuild
		default:
			cost = mysqlRebuild
		}
	}
	if o.Position != (op.Position{}) {
		cost = mysqlRebuild
	}
	if either && cost != mysqlRebuild {
		return mysqlEither
	}
	return cost
}

// renameColumn renames a column. What the server does not rename by itself, or refuses to, is taken out and put back in
// the same statement: checks, on MySQL.
func (c *mysqlCompiler) renameColumn(o *op.RenameColumn) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	if table.Column(o.From) == nil {
		return c.misfit(o, "there is no column %s", o.From)
	}
	clauses := []string{"RENAME COLUMN " + mysqlQuote(o.From) + " TO " + mysqlQuote(o.To)}
	if !c.isMariaDB() {
		for _, check := range table.Checks {
			if !sqltext.Mentions(schema.MySQL, check.Expr, o.From) {
				continue
			}
			renamed := check.Clone()
			renamed.Expr = sqltext.RenameIdent(schema.MySQL, check.Expr, o.From, o.To)
			clause, err := c.check(o, renamed)
			if err != nil {
				return err
			}
			clauses = append([]string{c.dropCheckClause(check)}, clauses...)
			clauses = append(clauses, "ADD "+clause)
		}
	}
	c.alter(o, o.Table, mysqlAlone, "column:"+o.From, clauses...)
	return nil
}
