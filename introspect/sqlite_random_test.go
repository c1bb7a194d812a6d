package introspect_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestSQLiteRandomSchemas reads random schemas, creates what was read in an empty database and reads that: both must be
// equal, and so must what SQLite's own pragmas say.
func TestSQLiteRandomSchemas(t *testing.T) {
	drawn, refused := 0, 0
	for n := range *randomSchemas {
		seed := *randomSeed + uint64(n)
		g := newRandomSQL(seed)
		g.sqlite()
		drawn += len(g.statements)
		if !t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { refused += roundTripSQLite(t, g.statements) }) {
			return
		}
	}
	t.Logf("%d schemas from seed %d, %d statements, of which SQLite refused %d", *randomSchemas, *randomSeed, drawn, refused)
	if refused*5 > drawn {
		t.Errorf("SQLite refused %d of %d statements: too many to prove much", refused, drawn)
	}
}

// roundTripSQLite returns how many of the statements were refused. Both databases are scratch space in memory.
func roundTripSQLite(t *testing.T, statements []string) (refused int) {
	db := sqliteDatabase(t)
	var accepted []string
	inScratch := func(do func(*introspect.Scratch) error) {
		t.Helper()
		if err := introspect.WithScratch(t.Context(), db, schema.SQLite, introspect.ScratchOptions{}, do); err != nil {
			t.Fatalf("%v\n\n%s", err, strings.Join(accepted, ";\n"))
		}
	}
	var want *schema.Schema
	var wantFacts map[string][]string
	inScratch(func(s *introspect.Scratch) error {
		for _, statement := range statements {
			if _, err := s.Conn.ExecContext(t.Context(), statement); err != nil {
				refused++
				continue
			}
			accepted = append(accepted, statement)
		}
		wantFacts = sqliteFacts(t, s.Conn)
		var err error
		want, err = s.Read(t.Context())
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
		if diff := cmp.Diff(tree(t, want), tree(t, got)); diff != "" {
			err = errors.Join(err, fmt.Errorf("the copy differs (-source +copy):\n%s", diff))
		}
		if diff := cmp.Diff(wantFacts, sqliteFacts(t, s.Conn)); diff != "" {
			err = errors.Join(err, fmt.Errorf("what SQLite says of the copy differs (-source +copy):\n%s", diff))
		}
		return err
	})
	return refused
}

// sqlite draws a schema for SQLite.
func (g *randomSQL) sqlite() {
	for range 1 + g.IntN(5) {
		g.sqliteTable()
	}
	if len(g.tables) == 0 {
		return
	}
	for _, table := range g.tables {
		for range g.IntN(3) {
			c := g.column(table).name
			part := g.of(c, c+" DESC", c+" COLLATE NOCASE", "lower("+c+")", "("+c+" || 'x') DESC", "coalesce("+c+", '(') COLLATE RTRIM")
			g.say("CREATE %sINDEX %s ON %s (%s%s)%s", g.maybe(3, "UNIQUE "), g.part("ix"), table.name, part, g.maybe(3, ", "+g.column(table).name),
				g.maybe(3, " "+g.of("WHERE", "where")+" "+g.of(c+" IS NOT NULL", c+" <> "+g.text(), "NOT ("+c+" > 1)")))
		}
	}
	g.sqliteObjects()
}

func (g *randomSQL) sqliteTable() {
	table := &randomTable{name: g.sqliteName()}
	var items []string
	isStrict, hasKey := g.chance(5), false
	// Of two keys on the same columns SQLite keeps the first alone. A table has its keys either on columns or apart, so
	// that there are no two.
	onColumns, key := g.chance(2), ""
	for i := range 2 + g.IntN(6) {
		kind := g.of("INTEGER", "INT", "TEXT", "REAL", "BLOB", "varchar(40)", "DECIMAL( 10 , 2 )", "double precision", "", "DATETIME", "BOOLEAN")
		if isStrict {
			kind = g.of("INTEGER", "INT", "TEXT", "REAL", "BLOB", "ANY")
		}
		column := randomColumn{g.sqliteName(), kind}
		text := column.name + " " + kind
		if i == 0 && onColumns {
			hasKey = true
			column.kind = g.of("INTEGER", "INTEGER", "TEXT")
			text = column.name + " " + column.kind + g.maybe(5, " NOT NULL") + g.maybe(4, " CONSTRAINT "+g.part("pk")) + " PRIMARY KEY" + g.of("", "", " ASC", " DESC", " AUTOINCREMENT") + g.maybe(5, " ON CONFLICT "+g.of("REPLACE", "IGNORE"))
		}
		table.columns = append(table.columns, column)
		items = append(items, text+g.sqliteColumn(column, table, i == 0, onColumns))
	}
	if !onColumns && g.chance(2) {
		hasKey, key = true, namesOf(g.some(table))
		items = append(items, g.maybe(2, "CONSTRAINT "+g.part("pk")+" ")+"PRIMARY KEY ("+key+g.maybe(4, " DESC")+")"+g.maybe(5, " ON CONFLICT FAIL"))
	}
	if unique := namesOf(g.some(table)); !onColumns && unique != key && g.chance(3) {
		items = append(items, g.maybe(2, "CONSTRAINT "+g.part("uq")+" ")+"UNIQUE ("+unique+g.maybe(4, " COLLATE NOCASE DESC")+")"+g.maybe(3, " ON CONFLICT "+g.of("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE")))
	}
	for range g.IntN(3) {
		items = append(items, g.maybe(2, "CONSTRAINT "+g.part("ck")+" ")+"CHECK ("+g.sqliteCondition(g.column(table).name)+")")
	}
	if len(g.tables) > 0 && g.chance(2) {
		columns, target := g.some(table), g.table()
		if len(target.columns) >= len(columns) {
			items = append(items, g.maybe(2, "CONSTRAINT "+g.part("fk")+" ")+"FOREIGN KEY ("+namesOf(columns)+") "+g.sqliteReference(target, len(columns)))
		}
	}
	var options []string
	if isStrict {
		options = append(options, g.of("STRICT", "strict"))
	}
	if hasKey && g.chance(3) {
		options = append(options, "WITHOUT ROWID")
	}
	g.say("CREATE TABLE %s (%s) %s", table.name, strings.Join(items, g.of(", ", ",\n\t", " /* , */ , ", ", -- it's a comment)\n")), strings.Join(options, ", "))
	g.tables = append(g.tables, table)
}

// sqliteName quotes a fresh name in one of the four ways that SQLite knows.
func (g *randomSQL) sqliteName() string {
	name := g.fresh()
	plain := strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	switch {
	case g.chance(4) && !strings.Contains(plain, "]"):
		return "[" + plain + "]"
	case g.chance(4):
		return "`" + strings.ReplaceAll(plain, "`", "``") + "`"
	}
	return name
}

func (g *randomSQL) sqliteReference(target *randomTable, width int) string {
	out := "REFERENCES " + target.name
	if width > 1 || g.chance(2) {
		out += " (" + namesOf(target.columns[:width]) + ")"
	}
	for _, event := range []string{"DELETE", "UPDATE"} {
		out += g.maybe(2, " ON "+event+" "+g.of("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"))
	}
	return out + g.maybe(6, " MATCH FULL") + g.maybe(3, g.of(" DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED", " NOT DEFERRABLE", " DEFERRABLE INITIALLY IMMEDIATE"))
}

func (g *randomSQL) sqliteCondition(c string) string {
	return g.of(c+" > 0", c+" <> "+g.text(), c+" IN (1, 'a', NULL)", "length("+c+") BETWEEN 1 AND 9", c+" IS NULL OR ("+c+" <> ')')", "CASE WHEN "+c+" > 5 THEN 1 ELSE 0 END = 1", c+" LIKE 'a%' ESCAPE '\\'")
}

func (g *randomSQL) sqliteColumn(column randomColumn, table *randomTable, isFirst, mayBeKey bool) string {
	out := ""
	if !isFirst && g.chance(6) {
		c := table.columns[0].name
		return g.of(" GENERATED ALWAYS", "") + " AS (" + g.of(c+" || 'x'", "abs("+c+")", "("+c+") + (1)", "coalesce("+c+", "+g.text()+")") + ")" + g.of("", " VIRTUAL", " STORED")
	}
	if !isFirst {
		out += g.maybe(3, " NOT NULL"+g.maybe(3, " ON CONFLICT "+g.of("FAIL", "ABORT", "REPLACE")))
		out += g.maybe(2, " DEFAULT "+g.of("0", "-1", "+2", "1.5e3", "x'CAFE'", "NULL", "TRUE", "CURRENT_TIMESTAMP", "(1 + (2))", "(datetime('now'))", g.text(), "("+g.text()+" || '')"))
		if mayBeKey {
			out += g.maybe(5, g.maybe(2, " CONSTRAINT "+g.part("uq"))+" UNIQUE"+g.maybe(3, " ON CONFLICT IGNORE"))
		}
		if len(g.tables) > 0 {
			out += g.maybe(5, g.maybe(3, " CONSTRAINT "+g.part("fk"))+" "+g.sqliteReference(g.table(), 1))
		}
	}
	out += g.maybe(5, " COLLATE "+g.of("NOCASE", "nocase", "RTRIM", "BINARY"))
	return out + g.maybe(5, g.maybe(2, " CONSTRAINT "+g.part("ck"))+" CHECK ("+g.sqliteCondition(column.name)+")")
}

// sqliteObjects draws views, triggers and a full-text table.
func (g *randomSQL) sqliteObjects() {
	from := g.table()
	for range g.IntN(4) {
		view := g.sqliteName()
		g.say("CREATE VIEW %s AS SELECT %s FROM %s%s", view, g.of("*", "count(*) AS n", from.columns[0].name+" AS "+g.text()), from.name, g.maybe(2, " WHERE "+g.of("1", g.text()+" <> 'a'")))
		if g.chance(2) {
			g.say("CREATE TRIGGER %s INSTEAD OF %s ON %s BEGIN SELECT %s; END", g.part("tr"), g.of("INSERT", "DELETE", "UPDATE"), view, g.text())
		}
	}
	if g.chance(2) {
		g.say("CREATE TRIGGER %s %s %s ON %s %sBEGIN UPDATE %s SET %s = %s; SELECT 'END;'; END", g.part("tr"), g.of("AFTER", "BEFORE", ""), g.of("INSERT", "DELETE", "UPDATE OF "+from.columns[0].name), from.name,
			g.maybe(2, "WHEN 1 <> 2 "), from.name, from.columns[0].name, g.text())
	}
	if g.chance(3) {
		g.say("CREATE VIRTUAL TABLE %s USING fts5(title, body%s)", g.sqliteName(), g.maybe(2, `, tokenize = "porter unicode61"`))
	}
}
