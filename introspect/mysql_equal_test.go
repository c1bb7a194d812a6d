package introspect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/schema"
)

// declaredTypes are spellings of types, declaredDefaults of defaults with the type of their column.
var declaredTypes = []string{
	"INTEGER", "int", "int(11)", "INT4", "int unsigned", "integer(7) unsigned", "int(5) zerofill", "int zerofill", "INT8", "BIGINT(20)", "middleint",
	"bool", "BOOLEAN", "tinyint(1)", "tinyint", "tinyint(3) unsigned", "smallint(6)", "year", "year(4)",
	"decimal", "dec(12)", "numeric(10, 0)", "fixed(8,2)", "decimal(8,2) unsigned", "real", "double precision", "float8", "double", "float", "float(10)", "float(30)",
	"char", "character(5)", "varchar(20)", "VARCHAR( 20 )", "character varying(20)", "varchar(255)", "text", "mediumtext", "long varchar", "longtext", "json", "JSON",
	"binary", "binary(16)", "varbinary(16)", "blob", "bit", "bit(8)",
	"date", "time", "time(0)", "time(3)", "datetime", "datetime(0)", "DATETIME(6)", "timestamp", "timestamp(6)",
	"enum('a','b')", "ENUM( 'a' , 'b' )", "enum('a','B')", "enum('it''s')", `enum('it\'s')`, "set('a','b')",
}

var declaredDefaults = [][2]string{
	{"int", "0"}, {"int", "'0'"}, {"int", "-5"}, {"int", "NULL"}, {"int", "1"}, {"boolean", "true"}, {"boolean", "FALSE"}, {"bigint", "+3"},
	{"decimal(10,2)", "0"}, {"decimal(10,2)", "1.5"}, {"decimal(10,2)", "'7.10'"}, {"double", "2e3"}, {"float", "1.25"}, {"bit(8)", "b'101'"}, {"bit(4)", "3"},
	{"datetime", "now()"}, {"datetime", "current_timestamp"}, {"datetime", "CURRENT_TIMESTAMP()"}, {"datetime(6)", "current_timestamp"}, {"datetime(3)", "now(3)"}, {"timestamp", "localtimestamp"},
	{"datetime", "'2020-01-01'"}, {"datetime(3)", "'2020-01-01 10:00:00.5'"}, {"date", "'2020-01-01'"}, {"time", "'10:00'"}, {"date", "(current_date)"}, {"date", "(curdate())"},
	{"varchar(20)", "'a'"}, {"varchar(20)", "'A'"}, {"varchar(20)", "''"}, {"varchar(20)", `"it's"`}, {"varchar(20)", `'back\\slash'`}, {"varchar(20)", "'now()'"}, {"varchar(20)", "5"},
	{"char(36)", "(uuid())"}, {"char(36)", "UUID()"}, {"int", "(1 + 2 * 3)"}, {"json", "(json_object('a', 1))"}, {"json", "'{}'"}, {"text", "'hello'"},
	{"binary(4)", "'ab'"}, {"varbinary(4)", "x'6162'"}, {"varbinary(4)", "0x00ff"}, {"enum('a','b')", "'b'"}, {"datetime", "(now() + interval 1 day)"},
}

var declaredChecks = []string{
	"n > 0", "n >= 0 AND m != 1", "(n > 0) OR (m > 0 AND n < 5)", "n IN (1, 2, 3)", "n NOT IN (1,2)", "n BETWEEN 1 AND 10", "s LIKE 'a%'", "s NOT LIKE 'b%'",
	"s IS NOT NULL", "n IS NULL OR m IS NULL", "length(s) > 2", "CHAR_LENGTH(s) <= 10", "s <> 'it''s'", `s <> 'a\\b'`, "n + m * 2 < 100", "(n + m) * 2 < 100",
	"n % 2 = 0", "NOT (n > 5)", "-n < 5", "s IN ('a', 'B')", "coalesce(n, 0) >= 0", "CASE WHEN n = 1 THEN m ELSE 0 END > 0", "n - m - 1 > 0", "n - (m - 1) > 0",
	"n <=> m", "`n` > `m`", "upper(s) = s",
}

// TestMySQLVerdicts holds the verdicts against the server: what it makes of a declaration has to be certainly equal to the
// declaration, and two declarations of which it makes different things must not be called equal.
func TestMySQLVerdicts(t *testing.T) {
	db := openMySQL(t)
	flavor, _ := servertest.MySQLFlavor(t, db.DB)
	table := &schema.Table{Name: schema.Name{Name: "t"}}
	for i, text := range declaredTypes {
		table.Columns = append(table.Columns, &schema.Column{Name: fmt.Sprintf("t%02d", i), Type: text})
	}
	for i, c := range declaredDefaults {
		table.Columns = append(table.Columns, &schema.Column{Name: fmt.Sprintf("d%02d", i), Type: c[0], Default: c[1]})
	}
	for _, name := range []string{"n", "m"} {
		table.Columns = append(table.Columns, &schema.Column{Name: name, Type: "int"})
	}
	table.Columns = append(table.Columns, &schema.Column{Name: "s", Type: "varchar(20)"})
	for i, expr := range declaredChecks {
		table.Checks = append(table.Checks, &schema.Check{Name: fmt.Sprintf("c%02d", i), Expr: expr})
	}
	s := readMySQL(t, db)
	s.Tables.Add(table)
	createMySQL(t, db, s)
	read := readMySQL(t, db).Table(table.Name)
	server := s.Server

	for i, declared := range declaredTypes {
		got := read.Columns[i].Type
		if ddl.EqualTypes(server, declared, got) != ddl.Equal {
			t.Errorf("%s is read as %s, and not known to be equal", declared, got)
		}
		for j, other := range declaredTypes[:i] {
			if different := read.Columns[j].Type; different != got && ddl.EqualTypes(server, declared, other) == ddl.Equal && !(flavor == "mariadb" && strings.Contains(got+different, "json")) {
				t.Errorf("%s and %s are called equal, and are read as %s and %s", declared, other, got, different)
			}
		}
	}
	for i, c := range declaredDefaults {
		column := read.Columns[len(declaredTypes)+i]
		if ddl.EqualDefaults(server, c[0], c[1], column.Default) != ddl.Equal {
			t.Errorf("default %s of %s is read as %s, and not known to be equal", c[1], c[0], column.Default)
		}
		for j, other := range declaredDefaults[:i] {
			before := read.Columns[len(declaredTypes)+j]
			if other[0] == c[0] && before.Default != column.Default && ddl.EqualDefaults(server, c[0], c[1], other[1]) == ddl.Equal &&
				ddl.EqualDefaults(server, c[0], before.Default, column.Default) != ddl.Equal {
				t.Errorf("defaults %s and %s are called equal, and are read as %s and %s", c[1], other[1], column.Default, before.Default)
			}
		}
	}
	for i, declared := range declaredChecks {
		got := read.Check(fmt.Sprintf("c%02d", i)).Expr
		if ddl.EqualExpressions(server, declared, got) != ddl.Equal {
			t.Errorf("%s is read as %s, and not known to be equal", declared, got)
		}
		for j, other := range declaredChecks[:i] {
			if different := read.Check(fmt.Sprintf("c%02d", j)).Expr; different != got && ddl.EqualExpressions(server, declared, other) == ddl.Equal {
				t.Errorf("%s and %s are called equal, and are read as %s and %s", declared, other, got, different)
			}
		}
	}
}
