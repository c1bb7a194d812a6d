package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// tableSQL returns the CREATE TABLE statement of a table, without its indexes. The words are what stands between CREATE
// TABLE and the columns.
func (c *sqliteCompiler) tableSQL(operation op.Operation, table *schema.Table, words string) (string, error) {
	if err := c.checkTable(operation, table); err != nil {
		return "", err
	}
	inline := sqliteInlineKey(table)
	var lines []string
	for _, column := range table.Columns {
		line := sqliteColumn(column)
		if column == inline {
			line = sqliteKeyColumn(table, column)
		}
		lines = append(lines, line)
	}
	if key := table.PrimaryKey; key != nil && inline == nil {
		lines = append(lines, sqliteConstraintName(key.Name)+"PRIMARY KEY ("+sqliteKeyParts(key.Columns, key.Parts)+")"+sqliteConflict(key.Options))
	}
	for _, unique := range table.Uniques {
		lines = append(lines, sqliteConstraintName(unique.Name)+"UNIQUE ("+sqliteKeyParts(unique.Columns, unique.Parts)+")"+sqliteConflict(unique.Options))
	}
	for _, check := range table.Checks {
		lines = append(lines, sqliteCheck(check))
	}
	for _, key := range table.ForeignKeys {
		lines = append(lines, sqliteConstraintName(key.Name)+"FOREIGN KEY ("+sqliteQuoteAll(key.Columns)+") "+sqliteReferences(key))
	}
	return "CREATE TABLE " + words + " (\n    " + strings.Join(lines, ",\n    ") + "\n)" + sqliteTableOptions(table), nil
}

func sqliteTableOptions(table *schema.Table) string {
	var options []string
	if table.Options.Has(schema.OptionStrict) {
		options = append(options, "STRICT")
	}
	if table.Options.Has(schema.OptionWithoutRowID) {
		options = append(options, "WITHOUT ROWID")
	}
	if len(options) == 0 {
		return ""
	}
	return " " + strings.Join(options, ", ")
}

// sqliteInlineKey returns the column that carries the primary key in its own definition, or nil. It must where the key is an
// INTEGER: there AUTOINCREMENT is possible, and DESC has the meaning (that the column is not the rowid) that it lacks in
// a key of the table.
func sqliteInlineKey(table *schema.Table) *schema.Column {
	key := table.PrimaryKey
	if key == nil || len(key.Columns) != 1 || table.Options.Has(schema.OptionWithoutRowID) && table.Column(key.Columns[0]).Identity == nil {
		return nil
	}
	column := table.Column(key.Columns[0])
	if column == nil || column.Identity == nil && !strings.EqualFold(column.Type, "INTEGER") {
		return nil
	}
	if len(key.Parts) > 0 && key.Parts[0].Collation != "" {
		return nil
	}
	return column
}

// sqliteKeyColumn writes the column with the primary key. One that numbers itself has to be INTEGER, whatever integer type
// it was declared with.
func sqliteKeyColumn(table *schema.Table, column *schema.Column) string {
	if column.Identity != nil && !strings.EqualFold(column.Type, "INTEGER") {
		column = column.Clone()
		column.Type = "INTEGER"
	}
	key := table.PrimaryKey
	text := sqliteColumn(column) + " " + sqliteConstraintName(key.Name) + "PRIMARY KEY"
	if len(key.Parts) > 0 && key.Parts[0].Desc {
		text += " DESC"
	}
	text += sqliteConflict(key.Options)
	if column.Identity != nil {
		text += " AUTOINCREMENT"
	}
	return text
}

func sqliteColumn(column *schema.Column) string {
	text := sqliteQuote(column.Name)
	if column.Type != "" {
		text += " " + column.Type
	}
	if column.Collation != "" {
		text += " COLLATE " + sqliteCollation(column.Collation)
	}
	if column.NotNull {
		text += " NOT NULL" + sqliteConflict(column.Options)
	}
	if column.Default != "" {
		text += " DEFAULT " + sqliteDefaultSQL(column.Default)
	}
	if generated := column.Generated; generated != nil {
		text += " GENERATED ALWAYS AS " + sqliteParens(generated.Expr)
		if generated.Stored {
			text += " STORED"
		} else {
			text += " VIRTUAL"
		}
	}
	return text
}

// sqliteCollation writes SQLite's own collations as people do, and quotes all others.
func sqliteCollation(name string) string {
	switch name {
	case "BINARY", "NOCASE", "RTRIM":
		return name
	}
	return sqliteQuote(name)
}

// sqliteDefaultSQL writes a default: a literal as it is, an expression in parentheses.
func sqliteDefaultSQL(text string) string {
	if isSQLiteTerm(text) {
		return strings.TrimSpace(text)
	}
	return sqliteParens(text)
}

// isSQLiteTerm reports whether SQLite takes a default without parentheses: a literal with or without a sign, a keyword such as
// CURRENT_TIMESTAMP, or a bare name, which means a string.
func isSQLiteTerm(text string) bool {
	tokens := sqltext.Significant(schema.SQLite, text)
	if len(tokens) == 2 && (tokens[0].Is("-") || tokens[0].Is("+")) {
		return tokens[1].Kind == sqltext.Number
	}
	if len(tokens) != 1 {
		return false
	}
	switch tokens[0].Kind {
	case sqltext.Number, sqltext.String, sqltext.Word, sqltext.Quoted:
		return true
	}
	return false
}

// sqliteParens puts an expression in parentheses. One that ends in a comment to the end of the line needs a new one.
func sqliteParens(expr string) string {
	expr = sqliteddl.TrimParens(expr)
	return "(" + expr + ")"
}

func sqliteConstraintName(name string) string {
	if name == "" {
		return ""
	}
	return "CONSTRAINT " + sqliteQuote(name) + " "
}

func sqliteConflict(options schema.Options) string {
	if action := options.Value(schema.OptionOnConflict); action != "" {
		return " ON CONFLICT " + action
	}
	return ""
}

func sqliteCheck(check *schema.Check) string {
	return sqliteConstraintName(check.Name) + "CHECK " + sqliteParens(check.Expr) + sqliteConflict(check.Options)
}

func sqliteReferences(key *schema.ForeignKey) string {
	text := "REFERENCES " + sqliteQuote(key.RefTable.Name)
	if len(key.RefColumns) > 0 {
		text += " (" + sqliteQuoteAll(key.RefColumns) + ")"
	}
	if key.OnDelete != schema.NoAction {
		text += " ON DELETE " + string(key.OnDelete)
	}
	if key.OnUpdate != schema.NoAction {
		text += " ON UPDATE " + string(key.OnUpdate)
	}
	if key.Match != "" {
		text += " MATCH " + key.Match
	}
	if key.Deferrable != schema.NotDeferrable {
		text += " " + string(key.Deferrable)
	}
	return text
}

func sqliteKeyParts(columns []string, parts []schema.IndexPart) string {
	if len(parts) == 0 {
		return sqliteQuoteAll(columns)
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = sqlitePart(part)
	}
	return strings.Join(texts, ", ")
}

func sqlitePart(part schema.IndexPart) string {
	text := sqliteQuote(part.Column)
	if part.Column == "" {
		text = sqliteExpressionPart(part.Expr)
	}
	if part.Collation != "" {
		text += " COLLATE " + sqliteCollation(part.Collation)
	}
	if part.Desc {
		text += " DESC"
	}
	return text
}

// sqliteExpressionPart writes an expression of an index: a plain call of a function as it is, all else in parentheses.
func sqliteExpressionPart(expr string) string {
	expr = sqliteddl.TrimParens(expr)
	tokens := sqltext.Significant(schema.SQLite, expr)
	if len(tokens) < 3 || tokens[0].Kind != sqltext.Word || !tokens[1].Is("(") {
		return "(" + expr + ")"
	}
	depth := 0
	for i, token := range tokens {
		switch {
		case token.Is("("):
			depth++
		case token.Is(")"):
			depth--
		}
		if depth == 0 && i > 0 && i < len(tokens)-1 {
			return "(" + expr + ")"
		}
	}
	return expr
}

func (c *sqliteCompiler) indexSQL(operation op.Operation, table schema.Name, index *schema.Index, onlyIfMissing bool) (string, error) {
	switch {
	case index.Method != "" && !strings.EqualFold(index.Method, "btree"):
		return "", c.unsupported(operation, "SQLite has no "+index.Method+" indexes; for text search see its FTS5 virtual tables")
	case index.NullsNotDistinct:
		return "", c.unsupported(operation, "NULLs are always distinct in a unique index of SQLite")
	case len(index.Include) > 0:
		return "", c.unsupported(operation, "SQLite has no INCLUDE; append the columns to the key of an index that is not unique")
	}
	for _, part := range index.Parts {
		if part.Nulls == schema.NullsLast && !part.Desc || part.Nulls == schema.NullsFirst && part.Desc {
			return "", c.unsupported(operation, "an index of SQLite always takes NULL for the smallest value")
		}
	}
	text := "CREATE "
	if index.Unique {
		text += "UNIQUE "
	}
	name := schema.Name{Schema: table.Schema, Name: index.Name}
	text += "INDEX " + sqliteIfNotExists(onlyIfMissing) + sqliteName(name) + " ON " + sqliteQuote(table.Name) + " (" + sqliteKeyParts(nil, index.Parts) + ")"
	if index.Where != "" {
		text += " WHERE " + sqliteddl.TrimParens(index.Where)
	}
	return text, nil
}

// checkTable finds what SQLite has no words for.
func (c *sqliteCompiler) checkTable(operation op.Operation, table *schema.Table) error {
	for _, column := range table.Columns {
		if column.Identity == nil {
			continue
		}
		key := table.PrimaryKey
		if key == nil || !slices.Equal(key.Columns, []string{column.Name}) {
			return c.unsupported(operation, "only the primary key can number itself, and "+column.Name+" is not it alone")
		}
		if sqliteAffinity(column.Type) != integerAffinity {
			return c.unsupported(operation, "only an INTEGER can number itself, and "+column.Name+" is "+column.Type)
		}
	}
	if len(table.Exclusions) > 0 {
		return c.unsupported(operation, "SQLite has no exclusion constraints; use a trigger")
	}
	if key := table.PrimaryKey; key != nil {
		if missing := sqliteMissingColumn(table, key.Columns); missing != "" {
			return &op.EffectError{Operation: operation.String(), Reason: "the primary key names a column " + missing + " that the table does not have"}
		}
		if key.Deferrable != schema.NotDeferrable || len(key.Include) > 0 {
			return c.unsupported(operation, "a primary key of SQLite is neither deferrable nor has it INCLUDE")
		}
	}
	for _, unique := range table.Uniques {
		if unique.Deferrable != schema.NotDeferrable || len(unique.Include) > 0 || unique.NullsNotDistinct {
			return c.unsupported(operation, "a unique constraint of SQLite is neither deferrable nor has it INCLUDE or NULLS NOT DISTINCT")
		}
	}
	for _, key := range table.ForeignKeys {
		if key.RefTable.Schema != table.Name.Schema {
			return c.unsupported(operation, "a foreign key of SQLite cannot refer to a table of another file")
		}
		if len(key.SetColumns) > 0 {
			return c.unsupported(operation, "ON DELETE SET NULL of single columns is not known to SQLite")
		}
	}
	return nil
}

func sqliteMissingColumn(table *schema.Table, columns []string) string {
	for _, name := range columns {
		if table.Column(name) == nil {
			return name
		}
	}
	return ""
}
