package ddl

import (
	"testing"

	"github.com/retort-db/retort/schema"
)

var sqliteServer = schema.Server{Dialect: schema.SQLite}

func TestSQLiteEqualTypes(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Verdict
	}{
		{"VARCHAR", "varchar", Equal},
		{"varchar(255)", "VARCHAR ( 255 )", Equal},
		{"DECIMAL(10,2)", "decimal( 10, 2 )", Equal},
		{"varchar(255)", "character varying(255)", Equal},
		{"INT", "INTEGER", Equal},
		{"int4", "integer", Equal},
		{"double precision", "DOUBLE  PRECISION", Equal},
		{"double", "double precision", Equal},
		{"bool", "BOOLEAN", Equal},
		{"timestamp", "TIMESTAMP", Equal},
		{"", "", Equal},
		{"VARCHAR", "VARCHAR(255)", Unknown},
		{"varchar(10)", "varchar(255)", Unknown},
		{"varchar", "text", Unknown},
		{"INT", "BIGINT", Unknown},
		{"REAL", "DOUBLE PRECISION", Unknown},
		{"BLOB", "", Unknown},
		{"timestamp", "datetime", Unknown},
		{"numeric", "decimal", Unknown},
		{`"my type"`, "my type", Unknown},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := EqualTypes(sqliteServer, pair[0], pair[1]); got != c.want {
				t.Errorf("EqualTypes(%q, %q) = %v, want %v", pair[0], pair[1], got, c.want)
			}
		}
	}
}

func TestSQLiteEqualDefaults(t *testing.T) {
	for _, c := range []struct {
		columnType, a, b string
		want             Verdict
	}{
		{"TEXT", "'x'", "('x')", Equal},
		{"TEXT", "'x'", `"x"`, Equal},
		{"TEXT", "x", "'x'", Equal},
		{"TEXT", "'x'", "'X'", Unknown},
		{"TEXT", "", "NULL", Equal},
		{"TEXT", "", "''", Unknown},
		{"INT", "0", "'0'", Equal},
		{"INT", "0", "(0)", Equal},
		{"INT", "5", "+5", Equal},
		{"INT", "-5", "- 5", Equal},
		{"INT", "-5", "5", Unknown},
		{"REAL", "0", "0.0", Equal},
		{"TEXT", "0", "0.0", Unknown},
		{"TEXT", "0", "'0'", Equal},
		{"BLOB", "0", "'0'", Unknown},
		{"TEXT", "007", "'7'", Unknown},
		{"INT", "12345678901234567", "12345678901234568", Unknown},
		{"BOOLEAN", "true", "1", Equal},
		{"BOOLEAN", "FALSE", "false", Equal},
		{"BOOLEAN", "true", "false", Unknown},
		{"BOOLEAN", "true", "'true'", Unknown},
		{"TIMESTAMP", "CURRENT_TIMESTAMP", "current_timestamp", Equal},
		{"TIMESTAMP", "CURRENT_TIMESTAMP", "'CURRENT_TIMESTAMP'", Unknown},
		{"TIMESTAMP", "CURRENT_TIMESTAMP", `"CURRENT_TIMESTAMP"`, Unknown},
		{"TEXT", "(datetime( 'now' ))", "DATETIME('now')", Equal},
		{"TEXT", "datetime('now')", "datetime('NOW')", Unknown},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := EqualDefaults(sqliteServer, c.columnType, pair[0], pair[1]); got != c.want {
				t.Errorf("EqualDefaults(%s, %q, %q) = %v, want %v", c.columnType, pair[0], pair[1], got, c.want)
			}
		}
	}
}

func TestSQLiteEqualExpressions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Verdict
	}{
		{"a > 0", "((A>0)) -- positive", Equal},
		{`"a" > 0`, "[a] /* c */ > 0", Equal},
		{"a == b AND c != d", "a = b and c <> d", Equal},
		{"lower(sku)", "LOWER( sku )", Equal},
		{"a = 'x'", "a = 'X'", Unknown},
		{`a = "null"`, "a = null", Unknown},
		{`"a b" = 1`, "ab = 1", Unknown},
		{"(a) + (b)", "a + b", Unknown},
		{"a - -b", "a --b", Unknown},
		{"a < b", "a > b", Unknown},
		{"t.a > 0 AND [my t] . b <> 't.a'", "a > 0 AND b <> 't.a'", Equal},
		{"t.a > 0", "t.b > 0", Unknown},
		{"new.a > 0", "old.a > 0", Unknown},
		{"SELECT t.a FROM t, u", "SELECT u.a FROM t, u", Unknown},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := EqualExpressions(sqliteServer, pair[0], pair[1]); got != c.want {
				t.Errorf("EqualExpressions(%q, %q) = %v, want %v", pair[0], pair[1], got, c.want)
			}
		}
	}
}

func TestSQLiteAffinity(t *testing.T) {
	for declared, want := range map[string]affinity{
		"INT": integerAffinity, "unsigned big int": integerAffinity, "POINT": integerAffinity, "CHARINT": integerAffinity,
		"VARCHAR(9)": textAffinity, "clob": textAffinity, "": blobAffinity, "BLOB": blobAffinity,
		"DOUBLE PRECISION": realAffinity, "FLOAT": realAffinity, "TIMESTAMP": numericAffinity, "BOOLEAN": numericAffinity, "STRING": numericAffinity,
	} {
		if got := sqliteAffinity(declared); got != want {
			t.Errorf("affinity of %q is %s, want %s", declared, got, want)
		}
	}
}
