package ddl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var (
	mysqlServer   = schema.Server{Dialect: schema.MySQL}
	mariadbServer = schema.Server{Dialect: schema.MySQL, Flavor: schema.MariaDB}
)

func TestMySQLEqualTypes(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want ddl.Verdict
	}{
		{"int", "integer", ddl.Equal},
		{"INT(11)", "int", ddl.Equal},
		{"int(11) unsigned", "INTEGER UNSIGNED", ddl.Equal},
		{"int(5) zerofill", "int(5) unsigned zerofill", ddl.Equal},
		{"int zerofill", "int(10) unsigned zerofill", ddl.Equal},
		{"int(5) zerofill", "int(6) zerofill", ddl.Unknown},
		{"int", "int unsigned", ddl.Unknown},
		{"bool", "tinyint(1)", ddl.Equal},
		{"BOOLEAN", "tinyint(1)", ddl.Equal},
		{"tinyint(1)", "tinyint", ddl.Unknown},
		{"tinyint(4)", "tinyint", ddl.Equal},
		{"decimal", "decimal(10,0)", ddl.Equal},
		{"numeric(12)", "DECIMAL(12, 0)", ddl.Equal},
		{"numeric", "decimal(10,2)", ddl.Unknown},
		{"real", "double", ddl.Equal},
		{"double precision", "double", ddl.Equal},
		{"float(10)", "float", ddl.Equal},
		{"float(53)", "double", ddl.Equal},
		{"float(7,3)", "float", ddl.Unknown},
		{"datetime", "datetime(0)", ddl.Equal},
		{"datetime", "datetime(6)", ddl.Unknown},
		{"character varying(20)", "varchar(20)", ddl.Equal},
		{"varchar(20)", "varchar(30)", ddl.Unknown},
		{"char", "char(1)", ddl.Equal},
		{"bit", "bit(1)", ddl.Equal},
		{"year(4)", "year", ddl.Equal},
		{"enum('a', 'B')", "ENUM('a','B')", ddl.Equal},
		{"enum('a','B')", "enum('a','b')", ddl.Unknown},
		{`enum('it\'s')`, "enum('it''s')", ddl.Equal},
		{"json", "text", ddl.Unknown},
		{"json", "longtext", ddl.Unknown}, // on MariaDB, too, where json also brings a check and a collation
	} {
		for _, server := range []schema.Server{mysqlServer, mariadbServer} {
			if got := ddl.EqualTypes(server, c.a, c.b); got != c.want {
				t.Errorf("%s: %s and %s: %v, want %v", server, c.a, c.b, got, c.want)
			}
		}
	}
}

func TestMySQLEqualDefaults(t *testing.T) {
	for _, c := range []struct {
		typ, a, b string
		want      ddl.Verdict
	}{
		{"int", "", "NULL", ddl.Equal},
		{"int", "0", "'0'", ddl.Equal},
		{"decimal(10,2)", "0", "0.00", ddl.Equal},
		{"decimal(10,2)", "1.5", "'1.50'", ddl.Equal},
		{"int", "1", "2", ddl.Unknown},
		{"int", "-1", "- 1", ddl.Equal},
		{"int", "", "0", ddl.Unknown},
		{"boolean", "true", "1", ddl.Equal},
		{"tinyint(1)", "FALSE", "0", ddl.Equal},
		{"double", "2e3", "2000", ddl.Equal},
		{"double", "1e999999999", "2e999999999", ddl.Unknown},
		{"bit(8)", "5", "b'101'", ddl.Equal},
		{"datetime", "now()", "CURRENT_TIMESTAMP", ddl.Equal},
		{"datetime", "current_timestamp()", "CURRENT_TIMESTAMP", ddl.Equal},
		{"timestamp(6)", "current_timestamp", "CURRENT_TIMESTAMP(6)", ddl.Equal},
		{"datetime(6)", "CURRENT_TIMESTAMP(3)", "CURRENT_TIMESTAMP(6)", ddl.Unknown},
		{"varchar(40)", "'now()'", "now()", ddl.Unknown},
		{"date", "current_date", "curdate()", ddl.Equal},
		{"datetime", "'2020-01-01'", "'2020-01-01 00:00:00'", ddl.Equal},
		{"time", "'10:00'", "'10:00:00'", ddl.Equal},
		{"varchar(9)", "'a'", "'A'", ddl.Unknown},
		{"varchar(9)", "'it''s'", `"it's"`, ddl.Equal},
		{"varchar(9)", "_utf8mb4'x'", "'x'", ddl.Equal},
		{"varchar(9)", "''", "", ddl.Unknown},
		{"varchar(9)", "1", "'1'", ddl.Equal},
		{"binary(4)", "'ab'", "x'61620000'", ddl.Equal},
		{"varbinary(4)", "'ab'", "0x6162", ddl.Equal},
		{"varbinary(4)", "'ab'", "x'61620000'", ddl.Unknown},
		{"json", "(json_object('a', 1))", "JSON_OBJECT(_utf8mb4'a',1)", ddl.Equal},
		{"int", "(1 + 2 * 3)", "1 + (2 * 3)", ddl.Equal},
		{"int", "(1 + 2) * 3", "1 + (2 * 3)", ddl.Unknown},
		{"char(36)", "(UUID())", "uuid()", ddl.Equal},
	} {
		if got := ddl.EqualDefaults(mysqlServer, c.typ, c.a, c.b); got != c.want {
			t.Errorf("%s: %s and %s: %v, want %v", c.typ, c.a, c.b, got, c.want)
		}
		if got := ddl.EqualDefaults(mysqlServer, c.typ, c.b, c.a); got != c.want {
			t.Errorf("%s: %s and %s: %v, want %v", c.typ, c.b, c.a, got, c.want)
		}
	}
}

func TestMySQLEqualExpressions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want ddl.Verdict
	}{
		{"price > 0", "(`price` > 0)", ddl.Equal},
		{"price >= 0 AND qty != 1 OR x IS NOT NULL", "((((`price` >= 0) and (`qty` <> 1)) or (`x` is not null)))", ddl.Equal},
		{"a and (b or c)", "a and b or c", ddl.Unknown},
		{"(a and b) and c", "a and (b and c)", ddl.Equal},
		{"a - (b - c)", "a - b - c", ddl.Unknown},
		{"a - b - c", "((`a` - `b`) - `c`)", ddl.Equal},
		{"s in ('a','B')", "(`s` in (_utf8mb4'a',_utf8mb4'B'))", ddl.Equal},
		{"s in ('a','B')", "(`s` in ('a','b'))", ddl.Unknown},
		{"n between 1 and 2 and m", "((`n` between 1 and 2) and `m`)", ddl.Equal},
		{"name like 'a%'", "(`name` like _utf8mb4'a%')", ddl.Equal},
		{"not a = b", "(not((`a` = `b`)))", ddl.Equal},
		{"LOWER(a)", "lower(`a`)", ddl.Equal},
		{"-1 < a", "(-(1) < `a`)", ddl.Equal},
		{"case when a=1 then 'x' else null end", "(case when (`a` = 1) then 'x' else NULL end)", ddl.Equal},
		{"cast(a as char(10))", "cast(`a` as char(10))", ddl.Equal},
		{"'a' = b", "`a` = b", ddl.Unknown},
		{"a || b", "a | | b", ddl.Unknown},
		{"now() + interval 1 day", "(now() + interval 1 day)", ddl.Equal},
		{strings.Repeat("(", 5000) + "a" + strings.Repeat(")", 5000), "a", ddl.Equal},
		{strings.Repeat("not ", 5000) + "a", "a", ddl.Unknown},
		{"", "a", ddl.Unknown},
		{"a >", "a > b", ddl.Unknown},
	} {
		if got := ddl.EqualExpressions(mysqlServer, c.a, c.b); got != c.want {
			t.Errorf("%.60s and %.60s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// TestMySQLUnsupported holds what only other engines have: a typed error that names it, before anything runs.
func TestMySQLUnsupported(t *testing.T) {
	name := schema.Name{Name: "t"}
	before := schema.New(mysqlServer)
	before.Tables.Add(&schema.Table{Name: name, Columns: []*schema.Column{
		{Name: "a", Type: "int"}, {Name: "v", Type: "int", Generated: &schema.Generated{Expr: "a"}}}})
	index := func(index schema.Index) op.Operation {
		index.Name = "ix"
		if index.Parts == nil {
			index.Parts = schema.Columns("a")
		}
		return &op.CreateIndex{Table: name, Index: &index}
	}
	add := func(column schema.Column) op.Operation { return &op.AddColumn{Table: name, Column: &column} }
	for _, c := range []struct {
		server    schema.Server
		operation op.Operation
		word      string
	}{
		{mysqlServer, &op.CreateEnum{Enum: &schema.Enum{Name: schema.Name{Name: "mood"}, Values: []string{"a"}}}, "enum"},
		{mysqlServer, &op.CreateDomain{Domain: &schema.Domain{Name: schema.Name{Name: "d"}}}, "type"},
		{mysqlServer, &op.CreateExtension{Extension: &schema.Extension{Name: "x"}}, "extension"},
		{mysqlServer, &op.CreateSequence{Sequence: &schema.Sequence{Name: schema.Name{Name: "s"}}}, "sequence"},
		{mysqlServer, &op.CreateView{View: &schema.View{Name: schema.Name{Name: "v"}, Materialized: true}}, "materialized"},
		{mysqlServer, index(schema.Index{Where: "a > 1"}), "partial"},
		{mysqlServer, index(schema.Index{Include: []string{"a"}}), "INCLUDE"},
		{mysqlServer, index(schema.Index{Method: "gin"}), "gin"},
		{mysqlServer, index(schema.Index{Parts: []schema.IndexPart{{Column: "a", OpClass: "x_ops"}}}), "operator"},
		{mysqlServer, index(schema.Index{Parts: []schema.IndexPart{{Column: "a", Nulls: schema.NullsLast}}}), "NULL"},
		{mariadbServer, index(schema.Index{Parts: []schema.IndexPart{{Expr: "a + 1"}}}), "generated column"},
		{mysqlServer, &op.AddConstraint{Table: name, Exclusion: &schema.Exclusion{Name: "x"}}, "exclusion"},
		{mysqlServer, &op.AddConstraint{Table: name, Unique: &schema.Unique{Name: "u", Columns: []string{"a"}, Deferrable: schema.InitiallyDeferred}}, "deferrable"},
		{mysqlServer, &op.AddConstraint{Table: name, Unique: &schema.Unique{Name: "u", Columns: []string{"a"}, NullsNotDistinct: true}}, "NULL"},
		{mariadbServer, &op.AddConstraint{Table: name, Check: &schema.Check{Name: "c", Expr: "a > 1", NoEnforce: true}}, "enforced"},
		{mysqlServer, add(schema.Column{Name: "b"}), "no type"},
		{mysqlServer, add(schema.Column{Name: "b", Type: "int", Identity: &schema.Identity{Kind: schema.IdentityAlways}}), "identity"},
		{mysqlServer, add(schema.Column{Name: strings.Repeat("ä", 65), Type: "int"}), "65 characters"},
		{mysqlServer, add(schema.Column{Name: "so 😀", Type: "int"}), "😀"},
		{mysqlServer, add(schema.Column{Name: "end ", Type: "int"}), "space"},
		{mysqlServer, &op.AlterColumn{Table: name, Name: "a", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "text"}, Using: "a"}, "USING"},
		{mysqlServer, &op.AlterColumn{Table: name, Name: "v", Attributes: []op.Attribute{op.GeneratedAttribute}}, "virtual"},
	} {
		_, err := ddl.Compile(c.server, before, []op.Operation{c.operation})
		var unsupported *ddl.UnsupportedError
		if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v, want an *UnsupportedError with %q", c.operation, err, c.word)
		}
	}
}

func TestMySQLCompile(t *testing.T) {
	name := schema.Name{Name: "t`x"}
	before := schema.New(mysqlServer)
	before.Tables.Add(&schema.Table{Name: name, Columns: []*schema.Column{{Name: "id", Type: "int"}}})
	for _, c := range []struct {
		name       string
		server     schema.Server
		operations []op.Operation
		want       []string
	}{
		{"json default, MySQL", mysqlServer, []op.Operation{&op.AddColumn{Table: name, Column: &schema.Column{Name: "j", Type: "json", Default: "'{}'"}}},
			[]string{"ALTER TABLE `t``x` ADD COLUMN `j` json DEFAULT ('{}')"}},
		{"json default, MariaDB", mariadbServer, []op.Operation{&op.AddColumn{Table: name, Column: &schema.Column{Name: "j", Type: "json", Default: "'{}'"}}},
			[]string{"ALTER TABLE `t``x` ADD COLUMN `j` json DEFAULT '{}'"}},
		{"expression", mysqlServer, []op.Operation{&op.AddColumn{Table: name, Column: &schema.Column{Name: "u", Type: "char(36)", Default: "uuid()"}}},
			[]string{"ALTER TABLE `t``x` ADD COLUMN `u` char(36) DEFAULT (uuid())"}},
		{"time with the column's precision", mysqlServer, []op.Operation{&op.AddColumn{Table: name, Column: &schema.Column{Name: "u", Type: "datetime(6)", Default: "now()"}}},
			[]string{"ALTER TABLE `t``x` ADD COLUMN `u` datetime(6) DEFAULT CURRENT_TIMESTAMP(6)"}},
		{"now in a text column", mysqlServer, []op.Operation{&op.AddColumn{Table: name, Column: &schema.Column{Name: "u", Type: "varchar(40)", Default: "now()"}}},
			[]string{"ALTER TABLE `t``x` ADD COLUMN `u` varchar(40) DEFAULT (now())"}},
		{"keys fold into the new table", mysqlServer, []op.Operation{
			&op.CreateTable{Table: &schema.Table{Name: schema.Name{Name: "a"}, Columns: []*schema.Column{{Name: "b_id", Type: "int"}, {Name: "x_id", Type: "int"}}}},
			&op.CreateTable{Table: &schema.Table{Name: schema.Name{Name: "b"}, Columns: []*schema.Column{{Name: "id", Type: "int"}}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"id"}}}},
			&op.CreateIndex{Table: schema.Name{Name: "a"}, Index: &schema.Index{Name: "ix", Parts: schema.Columns("b_id")}},
			&op.AddConstraint{Table: schema.Name{Name: "a"}, ForeignKey: &schema.ForeignKey{Name: "fk_b", Columns: []string{"b_id"}, RefTable: schema.Name{Name: "b"}}},
			&op.AddConstraint{Table: schema.Name{Name: "a"}, ForeignKey: &schema.ForeignKey{Name: "fk_x", Columns: []string{"x_id"}, RefTable: name, RefColumns: []string{"id"}}},
		}, []string{
			"CREATE TABLE `a` (\n  `b_id` int,\n  `x_id` int,\n  INDEX `ix` (`b_id`),\n  CONSTRAINT `fk_x` FOREIGN KEY (`x_id`) REFERENCES `t``x` (`id`)\n) ENGINE=InnoDB",
			"CREATE TABLE `b` (\n  `id` int,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB",
			"ALTER TABLE `a` ADD CONSTRAINT `fk_b` FOREIGN KEY (`b_id`) REFERENCES `b` (`id`)",
		}},
		{"a data step keeps its place", mysqlServer, []op.Operation{
			&op.CreateTable{Table: &schema.Table{Name: schema.Name{Name: "a"}, Columns: []*schema.Column{{Name: "b", Type: "int"}}}},
			&op.Insert{Table: schema.Name{Name: "a"}, Columns: []string{"b"}, Rows: [][]any{{1}, {2}}},
			&op.CreateIndex{Table: schema.Name{Name: "a"}, Index: &schema.Index{Name: "ix", Parts: schema.Columns("b")}},
		}, []string{
			"CREATE TABLE `a` (\n  `b` int\n) ENGINE=InnoDB",
			"INSERT INTO `a` (`b`) VALUES (?), (?)",
			"ALTER TABLE `a` ADD INDEX `ix` (`b`)",
		}},
	} {
		statements, err := ddl.Compile(c.server, before, c.operations)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, statement := range statements {
			got = append(got, statement.SQL)
			if statement.Operation == nil {
				t.Errorf("%s: a statement has no operation", c.name)
			}
		}
		if strings.Join(got, ";\n") != strings.Join(c.want, ";\n") {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, ";\n"), strings.Join(c.want, ";\n"))
		}
	}
}
