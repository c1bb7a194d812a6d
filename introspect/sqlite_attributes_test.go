package introspect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// everySQLiteAttribute has each thing that a CREATE statement can say once.
const everySQLiteAttribute = `
CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE, zone INT, UNIQUE (code, zone));
CREATE TABLE child (
	id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT,
	a VARCHAR(20) COLLATE NOCASE NOT NULL ON CONFLICT IGNORE DEFAULT 'x',
	b INT CONSTRAINT positive CHECK (b > 0),
	c INT GENERATED ALWAYS AS (b * 2) STORED,
	d INT AS (b * 3) VIRTUAL,
	p INT CONSTRAINT to_parent REFERENCES parent (id) ON DELETE SET NULL ON UPDATE CASCADE MATCH FULL DEFERRABLE INITIALLY DEFERRED,
	e TEXT,
	CONSTRAINT one UNIQUE (a COLLATE RTRIM DESC, b) ON CONFLICT REPLACE,
	CHECK (b < 100),
	FOREIGN KEY (e, b) REFERENCES parent (code, zone) ON DELETE RESTRICT
);
CREATE TABLE pair (k TEXT, v ANY, PRIMARY KEY (k DESC, v) ON CONFLICT FAIL) WITHOUT ROWID, STRICT;
CREATE TABLE backwards (id INTEGER PRIMARY KEY DESC);
CREATE UNIQUE INDEX ix ON child (lower(a), b DESC, e COLLATE NOCASE) WHERE b > 5;
CREATE VIEW v (one, two) AS SELECT a, b FROM child;
CREATE TRIGGER audit AFTER UPDATE OF a, b ON child WHEN new.a <> old.a BEGIN DELETE FROM pair; END;
CREATE TRIGGER onto INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE notes USING fts5(title, body, tokenize = 'porter');
`

// TestSQLiteEveryAttributeShows changes one thing of a schema after the other: what is read must change with each, and so
// must the SQL that is made of it.
func TestSQLiteEveryAttributeShows(t *testing.T) {
	before, beforeSQL := shownSQLite(t, everySQLiteAttribute)
	for _, c := range [][2]string{
		{"CREATE TABLE parent (", "CREATE TABLE parents ("},
		{" AUTOINCREMENT", ""},
		{"CONSTRAINT pk ", ""},
		{"CONSTRAINT pk ", "CONSTRAINT pk2 "},
		{"VARCHAR(20)", "VARCHAR(21)"},
		{"VARCHAR(20)", ""},
		{"COLLATE NOCASE NOT NULL", "NOT NULL"},
		{"COLLATE NOCASE NOT NULL", "COLLATE RTRIM NOT NULL"},
		{"NOT NULL ON CONFLICT IGNORE", ""},
		{"NOT NULL ON CONFLICT IGNORE", "NOT NULL"},
		{"NOT NULL ON CONFLICT IGNORE", "NOT NULL ON CONFLICT ROLLBACK"},
		{"DEFAULT 'x'", "DEFAULT 'y'"},
		{"DEFAULT 'x'", ""},
		{"CONSTRAINT positive ", ""},
		{"b > 0", "b > 1"},
		{" CONSTRAINT positive CHECK (b > 0)", ""},
		{"CHECK (b < 100)", "CHECK (b < 100 OR b IS NULL)"},
		{"CHECK (b < 100)", "CONSTRAINT named CHECK (b < 100)"},
		{"b * 2", "b * 4"},
		{"STORED", "VIRTUAL"},
		{"AS (b * 3) VIRTUAL", ""},
		{"CONSTRAINT to_parent ", ""},
		{"REFERENCES parent (id)", "REFERENCES parent"},
		{"REFERENCES parent (id)", "REFERENCES pair (k)"},
		{"ON DELETE SET NULL", "ON DELETE SET DEFAULT"},
		{"ON DELETE SET NULL", "ON DELETE NO ACTION"},
		{"ON UPDATE CASCADE", "ON UPDATE RESTRICT"},
		{"MATCH FULL", ""},
		{"DEFERRABLE INITIALLY DEFERRED", "DEFERRABLE"},
		{"DEFERRABLE INITIALLY DEFERRED", ""},
		{"FOREIGN KEY (e, b)", "FOREIGN KEY (b, e)"},
		{"CONSTRAINT one UNIQUE", "UNIQUE"},
		{"a COLLATE RTRIM DESC, b", "b, a COLLATE RTRIM DESC"},
		{"COLLATE RTRIM DESC", "COLLATE RTRIM"},
		{"COLLATE RTRIM DESC", "DESC"},
		{"ON CONFLICT REPLACE", "ON CONFLICT ABORT"},
		{"(k DESC, v)", "(k, v)"},
		{"(k DESC, v)", "(v, k)"},
		{"ON CONFLICT FAIL", ""},
		{" WITHOUT ROWID, STRICT", " STRICT"},
		{" WITHOUT ROWID, STRICT", " WITHOUT ROWID"},
		{"backwards (id INTEGER PRIMARY KEY DESC)", "backwards (id INTEGER PRIMARY KEY)"},
		{"CREATE UNIQUE INDEX", "CREATE INDEX"},
		{"lower(a)", "upper(a)"},
		{"b DESC, e", "b, e"},
		{"e COLLATE NOCASE", "e"},
		{" WHERE b > 5", ""},
		{"WHERE b > 5", "WHERE b > 6"},
		{"v (one, two)", "v (one, three)"},
		{"v (one, two)", "v"},
		{"SELECT a, b FROM child", "SELECT a, b FROM child WHERE b"},
		{"AFTER UPDATE OF a, b", "BEFORE UPDATE OF a, b"},
		{"AFTER UPDATE OF a, b", "AFTER UPDATE OF a"},
		{"AFTER UPDATE OF a, b", "AFTER INSERT"},
		{" WHEN new.a <> old.a", ""},
		{"DELETE FROM pair", "DELETE FROM parent"},
		{"INSTEAD OF INSERT", "INSTEAD OF DELETE"},
		{"tokenize = 'porter'", "tokenize = 'ascii'"},
		{"USING fts5(title, body, tokenize = 'porter')", "USING rtree(title, x0, x1)"},
		{"d INT AS", "D INT AS"},
		{"d INT AS (b * 3) VIRTUAL,\n\tp INT", "p INT"},
	} {
		if strings.Count(everySQLiteAttribute, c[0]) != 1 {
			t.Fatalf("%q stands %d times in the statements", c[0], strings.Count(everySQLiteAttribute, c[0]))
		}
		after, afterSQL := shownSQLite(t, strings.Replace(everySQLiteAttribute, c[0], c[1], 1))
		if before == after {
			t.Errorf("%q instead of %q: nothing else is read", c[1], c[0])
		}
		if beforeSQL == afterSQL {
			t.Errorf("%q instead of %q: no other SQL is made of it", c[1], c[0])
		}
	}
}

// TestSQLiteSpellingsAreOne changes only how things are said: nothing of what is read may change.
func TestSQLiteSpellingsAreOne(t *testing.T) {
	before, _ := shownSQLite(t, everySQLiteAttribute)
	for _, c := range [][2]string{
		{"CREATE TABLE child (", "create /* a ( */ table if not exists main.\"child\" -- b )\n("},
		{"a VARCHAR(20)", "[a] VARCHAR(20)"},
		{"a VARCHAR(20)", "`a` VARCHAR(20)"},
		{"a VARCHAR(20)", "'a' VARCHAR(20)"},
		{"COLLATE NOCASE NOT NULL", "collate nocase not /**/ null"},
		{"(b > 0)", "((b > 0))"},
		{"INT GENERATED ALWAYS AS (b * 2)", "INT AS ((b * 2))"},
		{"(b * 3) VIRTUAL", "(b * 3)"},
		{"ON DELETE SET NULL ON UPDATE CASCADE", "on update cascade on delete set null"},
		{"REFERENCES parent (id)", "REFERENCES PARENT (ID)"},
		{"DEFERRABLE INITIALLY DEFERRED", "NOT DEFERRABLE DEFERRABLE INITIALLY DEFERRED"},
		{"UNIQUE (a COLLATE", "UNIQUE (A COLLATE"},
		{"CHECK (b < 100),", "CHECK (b < 100)"},
		{"ON child (lower(a), b DESC,", "ON [CHILD] (lower(a), B desc,"},
		{"WHERE b > 5", "where (b > 5) /* more */"},
		{" WITHOUT ROWID, STRICT", " strict, without rowid"},
	} {
		if strings.Count(everySQLiteAttribute, c[0]) != 1 {
			t.Fatalf("%q stands %d times in the statements", c[0], strings.Count(everySQLiteAttribute, c[0]))
		}
		if after, _ := shownSQLite(t, strings.Replace(everySQLiteAttribute, c[0], c[1], 1)); before != after {
			t.Errorf("%q instead of %q: something else is read:\n%s", c[1], c[0], after)
		}
	}
}

// shownSQLite returns what is read of statements, as JSON and as SQL.
func shownSQLite(t *testing.T, statements string) (asJSON, asSQL string) {
	t.Helper()
	err := introspect.WithScratch(t.Context(), sqliteDatabase(t), schema.SQLite, introspect.ScratchOptions{}, func(s *introspect.Scratch) error {
		if _, err := s.Conn.ExecContext(t.Context(), statements); err != nil {
			return err
		}
		read, err := s.Read(t.Context())
		if err != nil {
			return err
		}
		if len(read.Problems) > 0 {
			t.Errorf("problems: %v", read.Problems)
		}
		text, err := json.MarshalIndent(read, "", " ")
		if err != nil {
			return err
		}
		create, err := ddl.Create(read.Server, read)
		asJSON, asSQL = string(text), render.SQL(schema.SQLite, create)
		return err
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, statements)
	}
	return asJSON, asSQL
}
