package introspect_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestMySQLRandomSchemas reads random schemas, creates what was read in an empty database and reads that: both must be
// equal, and so must what SHOW CREATE TABLE says.
func TestMySQLRandomSchemas(t *testing.T) {
	db := openMySQL(t)
	server, err := introspect.ServerOf(t.Context(), db, schema.MySQL)
	if err != nil {
		t.Fatal(err)
	}
	drawn, refused := 0, 0
	for n := range *randomSchemas {
		seed := *randomSeed + uint64(n)
		g := newRandomSQL(seed)
		g.mysql(server)
		drawn += len(g.statements)
		if !t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { refused += roundTripMySQL(t, db, g.statements) }) {
			return
		}
	}
	t.Logf("%d schemas from seed %d, %d statements, of which %s refused %d", *randomSchemas, *randomSeed, drawn, server, refused)
	if refused*5 > drawn {
		t.Errorf("the server refused %d of %d statements: too many to prove much", refused, drawn)
	}
}

// roundTripMySQL returns how many of the statements were refused. Both databases are scratch space.
func roundTripMySQL(t *testing.T, db *introspect.Database, statements []string) (refused int) {
	var accepted []string
	inScratch := func(do func(*introspect.Scratch) error) {
		t.Helper()
		if err := introspect.WithScratch(t.Context(), db.DB, schema.MySQL, introspect.ScratchOptions{}, do); err != nil {
			t.Fatalf("%v\n\n%s", err, strings.Join(accepted, ";\n"))
		}
	}
	var want *schema.Schema
	var wantFacts map[string][]string
	inScratch(func(s *introspect.Scratch) error {
		for _, statement := range statements {
			if _, err := s.Conn.ExecContext(t.Context(), statement); err != nil {
				refused++
				if testing.Verbose() && *randomSchemas <= 5 {
					t.Logf("refused: %v\n%s", err, statement)
				}
				continue
			}
			accepted = append(accepted, statement)
		}
		var err error
		if want, err = s.Read(t.Context()); err == nil {
			wantFacts = mysqlFacts(t, s, want)
		}
		return err
	})
	inScratch(func(s *introspect.Scratch) error {
		create, err := ddl.Create(want.Server, want)
		if err != nil {
			return err
		}
		for _, statement := range create {
			if _, err := s.Conn.ExecContext(t.Context(), statement.SQL, statement.Args...); err != nil {
				return fmt.Errorf("%w\n%s", err, statement.SQL)
			}
		}
		got, err := s.Read(t.Context())
		if err != nil {
			return err
		}
		for _, problem := range want.Problems {
			err = errors.Join(err, fmt.Errorf("problem with %s: %s", problem.Object, problem.Reason))
		}
		want.DefaultNamespace = got.DefaultNamespace
		if diff := cmp.Diff(tree(t, want), tree(t, got)); diff != "" {
			err = errors.Join(err, fmt.Errorf("the copy differs (-source +copy):\n%s", diff))
		}
		if diff := cmp.Diff(wantFacts, mysqlFacts(t, s, got)); diff != "" {
			err = errors.Join(err, fmt.Errorf("what the server says of the copy differs (-source +copy):\n%s", diff))
		}
		return err
	})
	return refused
}

func mysqlFacts(t *testing.T, s *introspect.Scratch, read *schema.Schema) map[string][]string {
	t.Helper()
	facts := map[string][]string{}
	for table := range read.Tables.All() {
		facts[table.Name.Name] = showCreate(t, s.Conn, table.Name)
	}
	for name, fact := range showOthers(t, s.Conn, read) {
		facts[name] = fact
	}
	return facts
}

// mysql draws a schema for a MySQL or MariaDB.
func (g *randomSQL) mysql(server schema.Server) {
	g.backticks = true
	// Names have no character outside of utf8mb3 and end in no space, and an alias in a view loses the one it begins with.
	g.names = slices.DeleteFunc(g.names, func(name string) bool { return strings.TrimSpace(name) != name || strings.Contains(name, "🎉") })
	for range 1 + g.IntN(5) {
		g.mysqlTable(server)
	}
	for _, table := range g.tables {
		g.mysqlIndexes(table, server)
		g.mysqlForeignKeys(table)
	}
	g.mysqlObjects(server)
}

// mysqlTypes are types with defaults that fit them.
var mysqlTypes = map[string][]string{
	"int": {"0", "-7"}, "bigint unsigned": {"18446744073709551615"}, "tinyint(1)": {"1"}, "smallint": {"'1'"}, "mediumint(6) unsigned zerofill": {"17"},
	"decimal(10,2)": {"1.50", "-0.01"}, "decimal(5)": {"3"}, "double": {"1.5e-3"}, "float": {"0.5"}, "boolean": {"true"}, "bit(3)": {"b'101'"}, "year": {"2024"},
	"varchar(40)": {}, "char(3)": {"'a'"}, "text": {}, "tinytext": {}, "longtext": {}, "binary(4)": {"'ab'"}, "varbinary(20)": {`'\\0\\n'`, "x'00ff'"}, "blob": {},
	"date": {"'2024-02-29'"}, "datetime": {"CURRENT_TIMESTAMP", "'2020-01-01 00:00:00'"}, "datetime(3)": {"CURRENT_TIMESTAMP(3)"}, "time(2)": {"'08:30:00.50'"},
	"timestamp(6) NULL": {"NULL", "CURRENT_TIMESTAMP(6)"}, "enum('a','it''s','größe')": {"'it''s'"}, "set('x','y z')": {"'x,y z'", "''"}, "json": {}, "point": {},
}

var mysqlTypeNames = sortedKeys(mysqlTypes)

// mysqlText reports whether a type has a character set.
func mysqlText(kind string) bool {
	return strings.HasSuffix(kind, "text") || strings.Contains(kind, "char(")
}

func (g *randomSQL) mysqlTable(server schema.Server) {
	table := &randomTable{name: g.fresh()}
	var items []string
	for i := range 2 + g.IntN(6) {
		kind := mysqlTypeNames[g.IntN(len(mysqlTypeNames))]
		if i == 0 {
			kind = g.of("int", "int", "int", "bigint", "int unsigned")
		}
		column := randomColumn{g.fresh(), kind}
		table.columns = append(table.columns, column)
		items = append(items, column.name+" "+kind+g.mysqlColumn(column, table, server))
	}
	first := table.columns[0]
	if g.chance(2) {
		table.key = table.columns[:1]
		items = append(items, "PRIMARY KEY ("+first.name+")")
	}
	for range g.IntN(3) {
		items = append(items, g.maybe(2, "CONSTRAINT "+g.part("ck")+" ")+"CHECK ("+g.mysqlCondition(first.name)+")"+g.maybe(5, g.enforced(server)))
	}
	// What numbers itself may stand in no check and no generated column.
	if body := strings.Join(items[1:], ""); table.key != nil && strings.Count(body, first.name) == 1 {
		items[0] += " AUTO_INCREMENT"
	}
	options := []string{""}
	if g.chance(3) {
		options = append(options, "COMMENT="+g.text())
	}
	if g.chance(3) {
		options = append(options, g.of("DEFAULT CHARSET=latin1", "COLLATE=utf8mb4_bin", "CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci", "CHARSET=ascii"))
	}
	if g.chance(4) {
		options = append(options, "ROW_FORMAT="+g.of("DYNAMIC", "COMPACT", "COMPRESSED"))
	}
	if table.key != nil && !strings.Contains(strings.Join(items, ""), " point") && g.chance(8) {
		options = append(options, "PARTITION BY "+g.of("HASH ("+first.name+") PARTITIONS 3",
			"RANGE ("+first.name+") (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)", "KEY ("+first.name+") PARTITIONS 2"))
	}
	g.say("CREATE TABLE %s (%s)%s", table.name, strings.Join(items, g.of(", ", ",\n\t")), strings.Join(options, " "))
	g.tables = append(g.tables, table)
}

// enforced is MySQL's word for a check that is not looked at; MariaDB has none.
func (g *randomSQL) enforced(server schema.Server) string {
	if server.Flavor == schema.MariaDB {
		return ""
	}
	return " NOT ENFORCED"
}

func (g *randomSQL) mysqlColumn(column randomColumn, table *randomTable, server schema.Server) string {
	first := table.columns[0]
	out := ""
	if mysqlText(column.kind) {
		out += g.maybe(4, g.of(" CHARACTER SET latin1", " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", " COLLATE utf8mb4_unicode_ci"))
	}
	if column == first {
		return out + " NOT NULL" + g.maybe(4, " COMMENT "+g.text())
	}
	switch {
	case column.kind == "int" && g.chance(2):
		out += " GENERATED ALWAYS AS (" + g.of(first.name+" * 2", "abs("+first.name+")", "case when "+first.name+" > 0 then 1 else NULL end") + ")" + g.of(" VIRTUAL", " STORED", "")
		return out + g.maybe(4, " COMMENT "+g.text())
	case strings.HasPrefix(column.kind, "datetime"), strings.HasPrefix(column.kind, "timestamp"):
		out += g.maybe(2, " DEFAULT "+g.of(mysqlTypes[column.kind]...))
		if digits := strings.Trim(column.kind, "adeimpst NUL"); g.chance(3) {
			out += " ON UPDATE CURRENT_TIMESTAMP" + digits
		}
	case strings.HasPrefix(column.kind, "varchar") && g.chance(2):
		out += " DEFAULT " + g.of(g.text(), "(concat('a', "+g.text()+"))", "(uuid())")
	case len(mysqlTypes[column.kind]) > 0 && g.chance(2):
		out += " DEFAULT " + g.of(mysqlTypes[column.kind]...)
	}
	if !strings.Contains(column.kind, "NULL") && !strings.Contains(out, "DEFAULT NULL") {
		out += g.maybe(3, " NOT NULL")
	}
	out += g.maybe(4, " COMMENT "+g.text())
	if !strings.HasSuffix(out, " NOT NULL") {
		out += g.maybe(9, " INVISIBLE")
	}
	if server.Flavor == schema.MariaDB || mysqlText(column.kind) {
		out += g.maybe(6, " CHECK ("+column.name+" <> "+g.text()+")")
	}
	return out
}

func (g *randomSQL) mysqlCondition(c string) string {
	return g.of(c+" > 0", c+" in (1, 2, 3)", "not ("+c+" = 5 and "+c+" is not null)", c+" % 2 = 0 or "+c+" < -1", c+" between 1 and 9", c+" <> 7 xor "+c+" > 3", "length("+g.text()+") < "+c)
}

func (g *randomSQL) mysqlIndexes(table *randomTable, server schema.Server) {
	isMariaDB := server.Flavor == schema.MariaDB
	for range g.IntN(4) {
		c := g.column(table)
		kind, part := g.maybe(3, "UNIQUE "), c.name
		suffix := g.maybe(4, " COMMENT "+g.text()) + g.maybe(5, " USING BTREE")
		switch {
		case strings.HasSuffix(c.kind, "text") && g.chance(2):
			kind = "FULLTEXT "
			suffix = g.maybe(4, " COMMENT "+g.text())
		case strings.HasSuffix(c.kind, "text"), c.kind == "blob":
			part += "(10)"
		case mysqlText(c.kind) && strings.HasPrefix(c.kind, "varchar"):
			part += g.maybe(3, "(7)")
		case c.kind == "json", c.kind == "point":
			continue
		case !isMariaDB && g.chance(4):
			part = g.of("(abs("+table.columns[0].name+"))", "(("+table.columns[0].name+" + 1)) desc")
			part = "(" + strings.TrimSuffix(part, " desc") + ")" + map[bool]string{true: " desc"}[strings.HasSuffix(part, " desc")]
		}
		if kind != "FULLTEXT " {
			part += g.maybe(4, " DESC")
			if c != table.columns[0] {
				part += g.maybe(3, ", "+table.columns[0].name)
			}
		}
		suffix += g.maybe(6, map[bool]string{true: " IGNORED", false: " INVISIBLE"}[isMariaDB])
		g.say("CREATE %sINDEX %s ON %s (%s)%s", kind, g.part("ix"), table.name, part, suffix)
	}
}

func (g *randomSQL) mysqlForeignKeys(table *randomTable) {
	for range g.IntN(2) {
		target := g.table()
		if target.key == nil || target.key[0].kind != table.columns[0].kind {
			continue
		}
		g.say("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)%s%s", table.name, g.part("fk"), table.columns[0].name, target.name, namesOf(target.key),
			g.maybe(2, " ON DELETE "+g.of("CASCADE", "RESTRICT", "NO ACTION")), g.maybe(3, " ON UPDATE "+g.of("CASCADE", "NO ACTION")))
	}
}

// mysqlObjects draws views, triggers and routines.
func (g *randomSQL) mysqlObjects(server schema.Server) {
	from := g.table()
	if server.Flavor == schema.MariaDB && g.chance(3) {
		g.say("CREATE SEQUENCE %s START WITH %d INCREMENT BY %s CACHE 20%s%s", g.fresh(), 1+g.IntN(9), g.of("1", "5"), g.maybe(2, " CYCLE"), g.maybe(3, " COMMENT="+g.text()))
	}
	for range g.IntN(3) {
		columns := g.of("(v, w)", "")
		what := g.text() + " AS a, " + from.columns[0].name + " AS v"
		if columns == "" {
			what = g.of("*", "count(*) AS n", from.columns[0].name+" AS v", "_latin1'x' AS l")
		}
		g.say("CREATE %s%sVIEW %s %s AS SELECT %s FROM %s%s", g.maybe(4, "ALGORITHM="+g.of("MERGE ", "TEMPTABLE ")), g.maybe(4, "SQL SECURITY INVOKER "), g.fresh(), columns, what, from.name,
			g.maybe(2, " WHERE "+g.text()+" <> 'a'"))
	}
	for range g.IntN(4) {
		g.say("CREATE TRIGGER %s %s %s ON %s FOR EACH ROW SET @last = %s", g.part("tr"), g.of("BEFORE", "AFTER"), g.of("INSERT", "UPDATE", "DELETE"), from.name, g.text())
	}
	if g.chance(3) {
		g.say("CREATE FUNCTION %s (a %s) RETURNS %s %s RETURN concat(a, %s)", g.part("fn"), g.of("int", "varchar(9) CHARSET latin1", "enum('it''s','größe')"),
			g.of("varchar(20)", "varchar(20) CHARACTER SET latin1"), g.of("DETERMINISTIC", "NO SQL", "READS SQL DATA SQL SECURITY INVOKER"), g.text())
	}
}
