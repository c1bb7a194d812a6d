package introspect

import (
	"cmp"
	"database/sql"
	"strings"
	"unicode/utf8"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

func (n *mysqlNamespace) readChecks() error {
	if n.isMariaDB() {
		return n.readMariaDBChecks()
	}
	// Names of checks are unique in a database, so the name leads to the table.
	tables := map[string]*mysqlTable{}
	for _, table := range n.order {
		for name := range table.checkNames {
			tables[name] = table
		}
	}
	return n.each("SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?",
		[]any{n.database}, func(rows *sql.Rows) error {
			var name, clause string
			if err := rows.Scan(&name, &clause); err != nil {
				return err
			}
			if table := tables[name]; table != nil {
				table.checksSeen++
				table.needs.noteExpression(clause)
				table.Checks = append(table.Checks, &schema.Check{
					Name: name, Expr: n.bareExpression(clause), NoEnforce: table.notEnforced[name],
				})
			}
			return nil
		})
}

func (n *mysqlNamespace) readMariaDBChecks() error {
	return n.each("SELECT TABLE_NAME, CONSTRAINT_NAME, LEVEL, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?",
		[]any{n.database}, func(rows *sql.Rows) error {
			var tableName, name, level, clause string
			if err := rows.Scan(&tableName, &name, &level, &clause); err != nil {
				return err
			}
			table := n.table(tableName)
			if table == nil {
				return nil
			}
			table.checksSeen++
			table.needs.noteExpression(clause)
			check := &schema.Check{Name: name, Expr: n.bareExpression(clause)}
			if level == "Column" {
				if foldJSON(table, check) {
					return nil
				}
				check.Options.Set(schema.OptionColumn, name)
			} else if looksLikePeriod(check.Expr) {
				table.needs.period = true
			}
			table.Checks = append(table.Checks, check)
			return nil
		})
}

// foldJSON turns what MariaDB makes of the type json, a binary longtext with a check, into that type again, and reports
// whether it did.
func foldJSON(table *mysqlTable, check *schema.Check) bool {
	column := table.Column(check.Name)
	if column == nil || column.Type != "longtext" || check.Expr != "json_valid("+quoteMySQL(column.Name)+")" {
		return false
	}
	if effective := cmp.Or(column.Collation, table.collation); effective != "utf8mb4_bin" {
		return false
	}
	column.Type, column.Charset, column.Collation = "json", "", ""
	return true
}

func quoteMySQL(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// looksLikePeriod reports whether a check may stand for an application-time period, which MariaDB before 11.4 lists
// nowhere else: "`begin` < `end`".
func looksLikePeriod(expr string) bool {
	tokens := sqltext.Significant(schema.MySQL, expr)
	return len(tokens) == 3 && tokens[0].Kind == sqltext.Quoted && tokens[1].Is("<") && tokens[2].Kind == sqltext.Quoted
}

// bareExpression returns an expression of the catalog in canonical form without outer parentheses.
func (n *mysqlNamespace) bareExpression(text string) string {
	return mysqltext.Unparenthesize(n.expression(text))
}

// expression returns an expression of the catalog in canonical form.
func (n *mysqlNamespace) expression(text string) string {
	if !n.isMariaDB() {
		text = unmangle(text)
	}
	return mysqltext.Canonical(text, n.database)
}

// unmangle undoes what MySQL does to expressions in information_schema: it escapes quotes and backslashes once more than
// the expression has them, and takes the bytes of UTF-8 for characters of Latin-1.
func unmangle(text string) string {
	if strings.Contains(text, `\`) {
		var out strings.Builder
		for i := 0; i < len(text); i++ {
			if text[i] == '\\' && i+1 < len(text) {
				i++
			}
			out.WriteByte(text[i])
		}
		text = out.String()
	}
	raw := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return text
		}
		raw = append(raw, byte(r))
	}
	if !utf8.Valid(raw) {
		return text
	}
	return string(raw)
}
