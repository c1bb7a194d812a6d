package introspect

import (
	"database/sql"
	"regexp"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/schema"
)

// mysqlColumnRow is a row of information_schema.COLUMNS.
type mysqlColumnRow struct {
	table, column       string
	ordinal             int
	def                 sql.NullString
	nullable, kind      string // IS_NULLABLE, DATA_TYPE
	typ                 string // COLUMN_TYPE
	charset, collation  sql.NullString
	extra, comment, gen sql.NullString
	srid                sql.NullInt64
}

func (n *mysqlNamespace) readColumns() error {
	srid := "NULL"
	if !n.isMariaDB() {
		srid = "SRS_ID"
	}
	return n.each("SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE, COLUMN_TYPE,"+
		" CHARACTER_SET_NAME, COLLATION_NAME, EXTRA, COLUMN_COMMENT, GENERATION_EXPRESSION, "+srid+
		" FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?"+mysqlByTable+", ORDINAL_POSITION",
		[]any{n.database}, func(rows *sql.Rows) error {
			var c mysqlColumnRow
			if err := rows.Scan(&c.table, &c.column, &c.ordinal, &c.def, &c.nullable, &c.kind, &c.typ,
				&c.charset, &c.collation, &c.extra, &c.comment, &c.gen, &c.srid); err != nil {
				return err
			}
			if table := n.table(c.table); table != nil {
				n.addColumn(table, &c)
			}
			return nil
		})
}

func (n *mysqlNamespace) addColumn(table *mysqlTable, row *mysqlColumnRow) {
	if row.ordinal != table.lastOrdinal+1 {
		table.hiddenColumns = true
	}
	table.lastOrdinal = row.ordinal
	column := &schema.Column{
		Name:    row.column,
		Type:    mysqlType(row.typ),
		NotNull: row.nullable == "NO",
		Comment: row.comment.String,
	}
	if row.collation.Valid && row.collation.String != table.collation {
		column.Collation = row.collation.String
		if row.charset.String != mysqlCharsetOf(table.collation) {
			column.Charset = row.charset.String
		}
	}
	if row.srid.Valid {
		column.Options.Set(schema.OptionSRID, strconv.FormatInt(row.srid.Int64, 10))
	}
	table.needs.noteExpression(row.gen.String)
	table.needs.noteExpression(row.def.String)
	generated := n.setExtra(column, row)
	if !generated {
		column.Default = n.columnDefault(table, column, row)
	}
	table.Columns = append(table.Columns, column)
}

var mysqlOnUpdate = regexp.MustCompile(`(?i)on update ([a-z_]+)(\([0-9]*\))?`)

// setExtra reads EXTRA, such as "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6) INVISIBLE", and reports whether the
// column is generated.
func (n *mysqlNamespace) setExtra(column *schema.Column, row *mysqlColumnRow) bool {
	extra := strings.ToUpper(row.extra.String)
	if strings.Contains(extra, "AUTO_INCREMENT") {
		column.Identity = &schema.Identity{Kind: schema.IdentityAutoIncrement}
	}
	if found := mysqlOnUpdate.FindStringSubmatch(row.extra.String); found != nil {
		column.Options.Set(schema.OptionOnUpdate, mysqlNow(found[2]))
	}
	if strings.Contains(extra, "INVISIBLE") {
		column.Options.Set(schema.OptionInvisible, "")
	}
	if strings.Contains(extra, "WITHOUT SYSTEM VERSIONING") {
		column.Options.Set(schema.OptionSystemVersioned, "without")
	}
	if !row.gen.Valid || row.gen.String == "" {
		return false
	}
	column.Generated = &schema.Generated{Stored: !strings.Contains(extra, "VIRTUAL")}
	if row.gen.String == "ROW START" || row.gen.String == "ROW END" {
		column.Generated.Expr, column.NotNull = row.gen.String, false
		return true
	}
	column.Generated.Expr = mysqltext.Unparenthesize(n.expression(row.gen.String))
	return true
}

// columnDefault returns the default as SQL. MariaDB reports SQL text, and NULL as a word; MySQL reports the value, or an
// expression if EXTRA says DEFAULT_GENERATED.
func (n *mysqlNamespace) columnDefault(table *mysqlTable, column *schema.Column, row *mysqlColumnRow) string {
	text := row.def.String
	if !row.def.Valid || n.isMariaDB() && text == "NULL" {
		return ""
	}
	if row.isBytes() {
		if hexLiteral := mysqlHexLiteral.FindStringSubmatch(text); hexLiteral != nil && n.isMariaDB() {
			return "x'" + strings.ToLower(hexLiteral[1]) + "'"
		}
		if n.isMariaDB() && strings.HasPrefix(text, "'") || !n.isMariaDB() && !isMySQLExpression(row) {
			// The catalog is text: it loses bytes that are no characters (MariaDB), or all from the first zero on (MySQL).
			table.needs.binaryDefault = append(table.needs.binaryDefault, row.column)
			return text
		}
	}
	if n.isMariaDB() || isMySQLExpression(row) {
		return n.defaultExpression(row.kind, n.expression(text))
	}
	if mysqlIsNumeric(row.kind) {
		return text
	}
	return mysqltext.Quote(text)
}

// isBytes reports whether the column holds bytes. An enum or set has no character set where the table's is binary, and its
// default is reported as bytes by MySQL.
func (row *mysqlColumnRow) isBytes() bool {
	switch row.kind {
	case "binary", "varbinary":
		return true
	case "enum", "set":
		return !row.charset.Valid
	}
	return false
}

func isMySQLExpression(row *mysqlColumnRow) bool {
	return strings.Contains(row.extra.String, "DEFAULT_GENERATED")
}

var (
	mysqlHexLiteral = regexp.MustCompile(`^[xX]'([0-9a-fA-F]*)'$`)
	mysqlNowSynonym = regexp.MustCompile(`(?i)^(now|localtime|localtimestamp)(\([0-9]*\))?$`)
	mysqlNowCall    = regexp.MustCompile(`(?i)^current_timestamp(\([0-9]*\))?$`)
)

// defaultExpression writes a default's expression with parentheses only where it would be read as something else
// without: the time of a temporal column, or on MySQL a literal, which is stored as an expression where it has them.
func (n *mysqlNamespace) defaultExpression(kind, text string) string {
	if found := mysqlNowCall.FindStringSubmatch(text); found != nil {
		return mysqlNow(found[1])
	}
	bare := mysqltext.Unparenthesize(text)
	if !n.isMariaDB() && mysqltext.IsLiteral(bare) && !mysqlTakesExpressionsOnly(kind) {
		return "(" + bare + ")"
	}
	if (kind == "datetime" || kind == "timestamp") && mysqlNowSynonym.MatchString(bare) {
		return "(" + bare + ")"
	}
	return bare
}

// mysqlTakesExpressionsOnly reports whether MySQL takes no literal as default of a type.
func mysqlTakesExpressionsOnly(kind string) bool {
	return strings.HasSuffix(kind, "text") || strings.HasSuffix(kind, "blob") || kind == "json"
}

// mysqlNow returns CURRENT_TIMESTAMP with its precision, "(6)", unless that is none.
func mysqlNow(precision string) string {
	if precision == "()" || precision == "(0)" {
		precision = ""
	}
	return "CURRENT_TIMESTAMP" + precision
}

func mysqlIsNumeric(kind string) bool {
	switch kind {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year", "bit":
		return true
	}
	return false
}

var (
	mysqlIntWidth   = regexp.MustCompile(`^((?:tiny|small|medium|big)?int)\(\d+\)`)
	mysqlTypeRemark = regexp.MustCompile(`\s*/\*(?:M?!\d+)?\s*(.*?)\s*\*/`)
)

// mysqlType returns COLUMN_TYPE without what says nothing: display widths, but for tinyint(1), which drivers take for a
// boolean, and zerofill, which they format; and comments that hide keywords from older servers.
func mysqlType(text string) string {
	text = mysqlTypeRemark.ReplaceAllStringFunc(text, func(remark string) string {
		inner := mysqlTypeRemark.FindStringSubmatch(remark)[1]
		if strings.EqualFold(inner, "compressed") {
			return " compressed"
		}
		return ""
	})
	if strings.HasPrefix(text, "enum(") || strings.HasPrefix(text, "set(") {
		return mysqltext.Canonical(text, "")
	}
	if text == "tinyint(1)" || strings.Contains(text, "zerofill") {
		return text
	}
	if text == "year(4)" {
		return "year"
	}
	return mysqlIntWidth.ReplaceAllString(text, "$1")
}
