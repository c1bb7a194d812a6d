package introspect_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestPostgresRandomSchemas reads random schemas, creates what was read, and reads that: both must be equal. Everything
// happens in transactions that are rolled back.
func TestPostgresRandomSchemas(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execPostgres(t, db, "CREATE EXTENSION btree_gist", "CREATE EXTENSION pg_trgm")
	major := servertest.PostgresVersion(t, db) / 10000
	drawn, refused := 0, 0
	for n := range *randomSchemas {
		seed := *randomSeed + uint64(n)
		g := newRandomSQL(seed)
		g.postgres(major)
		source, accepted := beginRandom(t, db, g.statements)
		drawn, refused = drawn+len(g.statements), refused+len(g.statements)-len(accepted)
		want := readPostgres(t, source, introspect.Options{})
		if err := source.Rollback(); err != nil {
			t.Fatal(err)
		}
		got, err := copyInTransaction(t, db, want, introspect.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v\n\n%s", seed, err, strings.Join(accepted, ";\n"))
		}
		for _, problem := range want.Problems {
			t.Errorf("seed %d: problem with %s: %s", seed, problem.Object, problem.Reason)
		}
		if diff := cmp.Diff(tree(t, want), tree(t, got)); diff != "" {
			t.Fatalf("seed %d: the copy differs (-source +copy):\n%s\n\n%s", seed, diff, strings.Join(accepted, ";\n"))
		}
	}
	t.Logf("%d schemas from seed %d, %d statements, of which the server refused %d", *randomSchemas, *randomSeed, drawn, refused)
	if refused*5 > drawn {
		t.Errorf("the server refused %d of %d statements: too many to prove much", refused, drawn)
	}
}

// beginRandom runs statements in a new transaction and returns those that were accepted.
func beginRandom(tb testing.TB, db *sql.DB, statements []string) (*sql.Tx, []string) {
	tb.Helper()
	tx, err := db.BeginTx(tb.Context(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	var accepted []string
	for _, statement := range statements {
		_, err := tx.ExecContext(tb.Context(), "SAVEPOINT one; "+statement+"; RELEASE one")
		if err == nil {
			accepted = append(accepted, statement)
			continue
		}
		if testing.Verbose() && *randomSchemas <= 5 {
			tb.Logf("refused: %v\n%s", err, statement)
		}
		if _, err := tx.ExecContext(tb.Context(), "ROLLBACK TO one"); err != nil {
			tb.Fatalf("%v\n%s", err, statement)
		}
	}
	return tx, accepted
}

// copyInTransaction creates a schema and reads it back, and leaves nothing behind.
func copyInTransaction(tb testing.TB, db *sql.DB, s *schema.Schema, options introspect.Options) (*schema.Schema, error) {
	tb.Helper()
	statements, err := ddl.Create(s.Server, s)
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(tb.Context(), nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var script strings.Builder // in one round trip
	for _, statement := range statements {
		if len(statement.Args) > 0 {
			return nil, fmt.Errorf("a statement that creates something has arguments: %s", statement.SQL)
		}
		script.WriteString(statement.SQL + ";\n")
	}
	if _, err := tx.ExecContext(tb.Context(), script.String()); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, script.String())
	}
	return introspect.Read(tb.Context(), tx, schema.Postgres, options)
}

// postgres draws a schema for a PostgreSQL of that major version.
func (g *randomSQL) postgres(major int) {
	g.say("CREATE TYPE mood AS ENUM ('low', %s, 'hi')", g.of("'it''s ok'", "'Ok'", "'größe'"))
	g.say(`CREATE TYPE "Odd Type" AS (a integer, "b c" text%s, d mood[])`, g.maybe(2, ` COLLATE "C"`))
	g.say(`CREATE DOMAIN short AS text%s%s CHECK (length(VALUE) < %d)`, g.maybe(2, " DEFAULT "+g.text()), g.maybe(2, " NOT NULL"), 5+g.IntN(90))
	g.say(`CREATE SEQUENCE numbers AS %s INCREMENT %s%s`, g.of("integer", "bigint", "smallint"), g.of("1", "-1", "7"), g.maybe(2, " CYCLE"))
	g.say(`CREATE FUNCTION twice(n integer%s) RETURNS integer LANGUAGE sql IMMUTABLE AS %s`, g.maybe(2, " DEFAULT 3"), g.of("'SELECT n * 2'", "$$ SELECT n + n $$"))
	g.say(`CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`)
	for range 1 + g.IntN(5) {
		g.postgresTable(major)
	}
	for _, table := range g.tables {
		g.postgresKeys(table, major)
		g.postgresIndexes(table, major)
		g.postgresExtras(table)
	}
	g.postgresViews()
}

// postgresTypes are types with defaults that fit them.
var postgresTypes = map[string][]string{
	"integer": {"0", "-7", "(1 + 2)", "nextval('numbers')", "twice(4)"}, "bigint": {"9007199254740993", "-1"}, "smallint": {"'1'"},
	"text": {}, "varchar(40)": {}, "character(3)": {"'a'"}, "numeric(10,2)": {"1.50", "-0.01"}, "numeric": {"'NaN'"}, "double precision": {"1.5e-3", "'-Infinity'"},
	"boolean": {"true", "(1 > 2)"}, "date": {"CURRENT_DATE", "'2024-02-29'", "'infinity'"}, "timestamptz": {"now()", "CURRENT_TIMESTAMP", "'2020-01-01 00:00+02'"},
	"timestamp(3)": {"LOCALTIMESTAMP"}, "time": {"'08:30'"}, "interval": {"'1 day 2 hours'", "'-1 mon'"}, "interval day to second(2)": {}, "uuid": {"'00000000-0000-0000-0000-000000000001'"},
	"bytea": {`'\x00ff'`}, "jsonb": {`'{"a": [1, "it''s"]}'`, "'[]'"}, "text[]": {"'{}'", "ARRAY['a', 'b']"}, "integer[]": {"'{{1,2},{3,4}}'"}, "mood": {"'low'"}, "mood[]": {"'{low,hi}'"},
	"short": {}, `"Odd Type"`: {}, "inet": {"'127.0.0.1'"}, "int4range": {"'[1,5)'"}, "tstzrange": {}, "tsvector": {}, "bit(3)": {"B'101'"}, "money": {"'1.00'"}, "point": {"'(1,2)'"}, "name": {},
}

var postgresTypeNames = sortedKeys(postgresTypes)

func (g *randomSQL) postgresTable(major int) {
	table := &randomTable{name: g.fresh()}
	var items []string
	for i := range 2 + g.IntN(6) {
		kind := postgresTypeNames[g.IntN(len(postgresTypeNames))]
		if i == 0 {
			kind = g.of("integer", "bigint", "integer")
		}
		column := randomColumn{g.fresh(), kind}
		table.columns = append(table.columns, column)
		items = append(items, column.name+" "+kind+g.postgresColumn(column, table, major))
	}
	suffix := ""
	switch {
	case g.chance(6):
		suffix = " PARTITION BY " + g.of("RANGE ", "LIST ", "HASH ") + "(" + table.columns[0].name + ")"
	case g.chance(6) && len(g.tables) > 0:
		suffix = " INHERITS (" + g.table().name + ")"
	}
	if !strings.Contains(suffix, "PARTITION") {
		suffix += g.maybe(4, g.of(" WITH (fillfactor = 70)", " WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off)", " WITH (parallel_workers = 2, fillfactor = 100)"))
	}
	g.say("CREATE %sTABLE %s (%s)%s", g.maybe(8, "UNLOGGED "), table.name, strings.Join(items, ", "), suffix)
	table.toast = strings.Contains(suffix, "toast")
	g.tables = append(g.tables, table)
	part := g.fresh()
	switch {
	case strings.Contains(suffix, "RANGE"):
		g.say("CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%s) TO (%s)", part, table.name, g.of("MINVALUE", "0", "-5"), g.of("10", "MAXVALUE"))
	case strings.Contains(suffix, "LIST"):
		g.say("CREATE TABLE %s PARTITION OF %s %s", part, table.name, g.of("DEFAULT", "FOR VALUES IN (1, 2, NULL)", "FOR VALUES IN ('-3')"))
	case strings.Contains(suffix, "HASH"):
		g.say("CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS 3, REMAINDER %d)", part, table.name, g.IntN(3))
	}
}

func (g *randomSQL) postgresColumn(column randomColumn, table *randomTable, major int) string {
	isText := column.kind == "text" || column.kind == "varchar(40)" || column.kind == "character(3)"
	out := ""
	if isText && g.chance(4) {
		out += ` COLLATE "` + g.of("C", "POSIX", "C") + `"`
	}
	switch first := table.columns[0]; {
	case column.kind == "integer" && g.chance(5):
		return out + " GENERATED " + g.of("ALWAYS", "BY DEFAULT") + " AS IDENTITY" + g.maybe(2, g.of(" (START 10)", " (INCREMENT -1)", " (MINVALUE -5 MAXVALUE 500 START 7 CACHE 3 CYCLE)", " (SEQUENCE NAME own_"+fmt.Sprint(g.IntN(1e6))+")"))
	case column.kind == "integer" && first != column && g.chance(4):
		stored := " STORED"
		if major >= 18 && g.chance(2) {
			return out + " GENERATED ALWAYS AS (" + first.name + " * 2) VIRTUAL"
		}
		return out + " GENERATED ALWAYS AS (" + g.of("abs("+first.name+")", first.name+" + 1", "CASE WHEN "+first.name+" > 0 THEN 1 ELSE NULL END") + ")" + stored
	case isText && g.chance(3):
		out += " DEFAULT " + g.text()
	case len(postgresTypes[column.kind]) > 0 && g.chance(2):
		out += " DEFAULT " + g.of(postgresTypes[column.kind]...)
	}
	out += g.maybe(3, " NOT NULL")
	if isText && g.chance(4) {
		// The server writes IN of a varchar in a form that it does not read back as the same: text only.
		in := column.name
		if column.kind != "text" {
			in = "(" + column.name + " || '')"
		}
		out += " CHECK (" + g.of(column.name+" <> "+g.text(), "length("+column.name+") BETWEEN 1 AND 9", column.name+" LIKE 'a%' OR "+column.name+" IS NULL", in+" IN ('a', 'b', "+g.text()+")", column.name+" ~ '^[a-z]+$'") + ")"
	}
	return out
}

func (g *randomSQL) postgresKeys(table *randomTable, major int) {
	deferrable := func() string {
		return g.maybe(4, g.of(" DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"))
	}
	if g.chance(2) {
		table.key = table.columns[:1]
		g.say("ALTER TABLE %s ADD %sPRIMARY KEY (%s)%s%s", table.name, g.maybe(2, "CONSTRAINT "+g.part("pk")+" "), namesOf(table.key),
			g.maybe(5, " INCLUDE ("+table.columns[len(table.columns)-1].name+")"), g.maybe(5, " WITH (fillfactor = 60)"))
	}
	if g.chance(3) {
		nulls := ""
		if major >= 15 {
			nulls = g.maybe(2, " NULLS NOT DISTINCT")
		}
		g.say("ALTER TABLE %s ADD CONSTRAINT %s UNIQUE%s (%s)%s", table.name, g.part("uq"), nulls, namesOf(g.some(table)), deferrable())
	}
	if g.chance(2) {
		c := table.columns[0].name
		g.say("ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s)%s", table.name, g.part("ck"),
			g.of(c+" > 0", c+" IN (1, 2, 3)", "NOT ("+c+" = 5 AND "+c+" IS NOT NULL)", c+" % 2 = 0 OR "+c+" < -1", "twice("+c+"::integer) <> 7", c+" BETWEEN -5 AND 5"), g.maybe(4, g.of(" NOT VALID", " NO INHERIT")))
	}
	if g.chance(6) {
		g.say("ALTER TABLE %s ADD CONSTRAINT %s EXCLUDE USING gist (%s WITH =%s)%s%s", table.name, g.part("ex"), table.columns[0].name, g.maybe(2, ", (abs("+table.columns[0].name+")) WITH <>"),
			g.maybe(2, " WHERE ("+table.columns[0].name+" > 1)"), deferrable())
	}
	for range g.IntN(3) {
		target := g.table()
		if target.key == nil {
			continue
		}
		set := g.of("CASCADE", "SET NULL", "RESTRICT", "SET DEFAULT", "NO ACTION")
		if major >= 15 && set == "SET NULL" {
			set += g.maybe(2, " ("+table.columns[0].name+")")
		}
		g.say("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s%s%s ON DELETE %s ON UPDATE %s%s%s", table.name, g.part("fk"), table.columns[0].name, target.name,
			g.maybe(2, " ("+namesOf(target.key)+")"), g.maybe(4, " MATCH FULL"), set, g.of("CASCADE", "NO ACTION", "RESTRICT"), deferrable(), g.maybe(5, " NOT VALID"))
	}
}

func (g *randomSQL) postgresIndexes(table *randomTable, major int) {
	for range g.IntN(4) {
		c := g.column(table)
		parts := c.name + g.maybe(3, " DESC") + g.maybe(4, " NULLS FIRST")
		method, suffix := "", ""
		switch {
		case c.kind == "text" && g.chance(2):
			parts = g.of(c.name+" text_pattern_ops", "lower("+c.name+")", c.name+` COLLATE "POSIX" DESC`, "("+c.name+" || 'x')", "lower("+c.name+`) COLLATE "C" text_pattern_ops DESC NULLS LAST`)
		case c.kind == "text" && g.chance(3):
			method, parts = "USING "+g.of("gin", "gist")+" ", c.name
			parts += map[string]string{"USING gin ": " gin_trgm_ops", "USING gist ": " gist_trgm_ops"}[method]
		case c.kind == "jsonb":
			method, parts = "USING gin ", c.name+g.maybe(2, " jsonb_path_ops")
		case c.kind == "text[]" || c.kind == "integer[]" || c.kind == "tsvector":
			method, parts, suffix = "USING gin ", c.name, g.maybe(2, " WITH (fastupdate = off)")
		case c.kind == "int4range" || c.kind == "tstzrange" || c.kind == "point":
			method, parts = "USING "+g.of("gist", "spgist", "gist")+" ", c.name
		case c.kind == `"Odd Type"`:
			parts = "((" + c.name + ").a)"
		case g.chance(5):
			method, parts = "USING "+g.of("hash", "brin")+" ", c.name
		}
		if method == "" {
			parts += g.maybe(3, ", "+table.columns[0].name) + g.maybe(4, ", (("+table.columns[0].name+" + 1) * 2)")
			parts += ")" + g.maybe(4, " INCLUDE ("+g.column(table).name+")")
			if major >= 15 {
				parts += g.maybe(6, " NULLS NOT DISTINCT")
			}
			suffix = g.maybe(5, " WITH (fillfactor = 55)")
		} else {
			parts += ")"
		}
		unique := ""
		if method == "" {
			unique = g.maybe(3, "UNIQUE ")
		}
		name := g.part("ix")
		g.say("CREATE %sINDEX %s ON %s %s(%s%s%s", unique, name, table.name, method, parts, suffix,
			g.maybe(3, " WHERE "+g.of(table.columns[0].name+" > 3", c.name+" IS NOT NULL", table.columns[0].name+" IS NULL OR NOT "+table.columns[0].name+" IN (4, 5)")))
		if g.chance(5) {
			g.say("COMMENT ON INDEX %s IS %s", name, g.text())
		}
	}
}

func (g *randomSQL) postgresExtras(table *randomTable) {
	if g.chance(3) {
		g.say("COMMENT ON TABLE %s IS %s", table.name, g.text())
	}
	if g.chance(3) {
		g.say("COMMENT ON COLUMN %s.%s IS %s", table.name, g.column(table).name, g.text())
	}
	if g.chance(5) {
		g.say("ALTER TABLE %s ALTER COLUMN %s SET STATISTICS %d", table.name, g.column(table).name, g.IntN(1000))
	}
	if g.chance(8) && len(table.columns) > 2 {
		g.say("CREATE STATISTICS %s (ndistinct, dependencies) ON %s FROM %s", g.part("st"), namesOf(table.columns[:2]), table.name)
	}
	if g.chance(8) {
		g.say("ALTER TABLE %s REPLICA IDENTITY %s", table.name, g.of("FULL", "NOTHING"))
	}
	if g.chance(5) {
		name := g.part("tr")
		g.say("CREATE TRIGGER %s %s ON %s FOR EACH ROW %sEXECUTE FUNCTION noted(%s)", name, g.of("AFTER INSERT", "AFTER UPDATE OF "+table.columns[0].name, "AFTER DELETE OR INSERT"), table.name,
			g.maybe(3, "WHEN (pg_trigger_depth() < 2) "), g.of("", g.text()))
		if g.chance(3) {
			g.say("ALTER TABLE %s %s TRIGGER %s", table.name, g.of("DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"), name)
		}
	}
	if g.chance(6) && !table.toast {
		g.say("ALTER TABLE %s DROP COLUMN %s", table.name, table.columns[len(table.columns)-1].name)
		table.columns = table.columns[:len(table.columns)-1]
	}
}

// postgresViews draws views on tables and on each other, in names whose order is not that of their creation.
func (g *randomSQL) postgresViews() {
	from := g.table().name
	for range g.IntN(4) {
		name := g.fresh()
		switch g.IntN(3) {
		case 0:
			g.say("CREATE MATERIALIZED VIEW %s AS SELECT count(*) AS n, %s AS t FROM %s%s", name, g.text(), from, g.maybe(2, " WITH NO DATA"))
			g.say("CREATE INDEX %s ON %s (n DESC)", g.part("ix"), name)
		case 1:
			g.say("CREATE VIEW %s%s AS SELECT * FROM %s%s", name, g.maybe(2, " WITH (security_barrier = true)"), from, g.maybe(3, " WHERE true"))
		default:
			g.say("CREATE VIEW %s (%s) AS SELECT count(*) FROM %s", name, g.fresh(), from)
		}
		if g.chance(2) {
			from = name
		}
	}
}
