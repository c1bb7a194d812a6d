package sqliteddl

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// statements are hard to read, and SQLite accepts all of them, in this order.
var statements = []string{
	`CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT)`,
	`create table if not exists main.lower (id integer primary key autoincrement, name text not null default 'x')`,
	`CREATE TABLE "quo""ted" ("a""b" INT, ` + "`c``d`" + ` INT, [e f] INT, 'g''h' INT)`,
	`CREATE TABLE comments (a INT -- CHECK (a > 0)
		, b /* , c INT */ TEXT /* ) */ NOT NULL --, d
	)`,
	`CREATE TABLE types (a, b VARCHAR ( 20 ), c DECIMAL(10,  -2), d UNSIGNED   BIG INT, e "my type", f 'str', g LONG VARCHAR, h INT(+3), [i])`,
	`CREATE TABLE words (generated, always INT, "check" INT, first, action TEXT, key INT, replace, "primary" INT, abort, desc, row, virtual, without)`,
	`CREATE TABLE defaults (a DEFAULT 1, b DEFAULT -1, c DEFAULT + 1.5e3, d DEFAULT 'it''s', e DEFAULT (1 + (2 * 3)), f DEFAULT ((4)),
		g DEFAULT CURRENT_TIMESTAMP, h DEFAULT x'00ff', i DEFAULT true, j DEFAULT word, k DEFAULT "quoted", l DEFAULT NULL, m DEFAULT (lower('A ) B')),
		n DEFAULT 0xFF, o DEFAULT -0xF, p DEFAULT (strftime('%s', 'now')) NOT NULL, q DEFAULT 1_000)`,
	`CREATE TABLE gen (a INT, b INT GENERATED ALWAYS AS (a + 1), c AS (a * 2) STORED, d TEXT generated always as (a || ')') VIRTUAL NOT NULL, e INT AS (a) CHECK (e > 0))`,
	`CREATE TABLE parents (a INT, b INT, c INT UNIQUE, PRIMARY KEY (a, b))`,
	`CREATE TABLE keys (id INTEGER PRIMARY KEY ASC ON CONFLICT REPLACE AUTOINCREMENT, a INT UNIQUE ON CONFLICT IGNORE NOT NULL ON CONFLICT FAIL,
		b INT CONSTRAINT "b's check" CHECK (b > 0), c INT CONSTRAINT fk REFERENCES parents (c) ON DELETE CASCADE ON UPDATE SET NULL MATCH full NOT DEFERRABLE,
		d INT REFERENCES parents DEFERRABLE INITIALLY DEFERRED COLLATE nocase, e INT CONSTRAINT n1 CONSTRAINT n2 NULL CONSTRAINT dangling,
		CONSTRAINT u UNIQUE (b COLLATE NOCASE DESC, "c") ON CONFLICT ROLLBACK
		CONSTRAINT ck CHECK ((a) > (b)) CHECK (c <> 0) ON CONFLICT ABORT,
		FOREIGN KEY (a, b) REFERENCES parents ON DELETE SET DEFAULT ON UPDATE RESTRICT DEFERRABLE INITIALLY IMMEDIATE,
		CONSTRAINT self FOREIGN KEY (c) REFERENCES keys (id) ON DELETE NO ACTION ON INSERT CASCADE,
		CONSTRAINT last)`,
	`CREATE TABLE inside (id INTEGER, PRIMARY KEY (id AUTOINCREMENT) ON CONFLICT FAIL)`,
	`CREATE TABLE descending (id INTEGER PRIMARY KEY DESC)`,
	`CREATE TABLE opts (a TEXT PRIMARY KEY) WITHOUT ROWID, STRICT`,
	`CREATE TABLE opts2 (a INT) strict`,
	`CREATE TABLE copied AS SELECT 1 AS "a b", 'x' AS c, id FROM plain`,
	`CREATE TABLE[tight]([a b]INTEGER NOT NULL DEFAULT(0),"c"BLOB SUB_TYPE TEXT DEFAULT NULL,d DATETIME DEFAULT'0000-00-00',
		CHECK([a b]>=(0)AND[a b]<=(1)),FOREIGN KEY([a b])REFERENCES[plain]([id])ON DELETE NO ACTION ON UPDATE NO ACTION)`,
	`CREATE INDEX i1 ON plain (name)`,
	`CREATE UNIQUE INDEX IF NOT EXISTS main.i2 ON plain ("name" COLLATE nocase DESC, id ASC) where name IS NOT NULL -- done`,
	`CREATE INDEX "i ) 3" ON plain (lower(name || ',') DESC, (id + 1), abs(id) COLLATE NOCASE, (id), 'name') WHERE (id > 0 AND name <> ';')`,
	`CREATE INDEX [i4] ON "quo""ted" ([e f], 'g''h')`,
	`CREATE VIEW v (x, "y z") AS SELECT id, name FROM plain WHERE name <> 'AS'`,
	`CREATE VIEW IF NOT EXISTS [v 2] AS WITH c AS (SELECT 1) SELECT * FROM c`,
	`CREATE TRIGGER tr AFTER UPDATE OF name, "id" ON plain FOR EACH ROW WHEN new.name <> 'BEGIN' BEGIN UPDATE plain SET name = 'END;'; SELECT 1; END`,
	`CREATE TRIGGER main."on" DELETE ON plain BEGIN SELECT 1; END`,
	`CREATE TRIGGER ins INSTEAD OF INSERT ON v BEGIN SELECT raise(abort, 'no'); END`,
	`CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize = 'porter ascii')`,
	`CREATE TABLE altered (a INT)`,
	`ALTER TABLE altered ADD COLUMN b TEXT NOT NULL DEFAULT 'x' CHECK (b <> '') COLLATE nocase`,
	`ALTER TABLE altered RENAME COLUMN a TO "a a"`,
	`ALTER TABLE altered RENAME TO "alt ered"`,
}

func TestWhatSQLiteAcceptsIsReadAsSQLiteReadsIt(t *testing.T) {
	db := memory(t)
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s\n%v", statement, err)
		}
	}
	for _, difference := range compare(db) {
		t.Error(difference)
	}
}

func TestParseTable(t *testing.T) {
	table, err := ParseTable(`CREATE TABLE t (
		id INTEGER CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT REPLACE,
		b varchar ( 20 ) COLLATE "nocase" CONSTRAINT nn NOT NULL ON CONFLICT FAIL DEFAULT ((1)) -- tail
		, c AS (id /* inner */ + 1 -- tail
		) STORED,
		d REFERENCES "p p" (x) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
		CONSTRAINT "a b" CHECK ((b <> ')') AND (id > 0)) UNIQUE (b COLLATE RTRIM DESC, id) ON CONFLICT ABORT
	) STRICT`)
	if err != nil {
		t.Fatal(err)
	}
	want := &Table{
		Name:   "t",
		Strict: true,
		Columns: []Column{
			{Name: "id", Type: "INTEGER", Constraints: []Constraint{{Kind: PrimaryKey, Name: "pk", Desc: true, OnConflict: "REPLACE"}}},
			{Name: "b", Type: "varchar ( 20 )", Constraints: []Constraint{
				{Kind: Collate, Collation: "nocase"},
				{Kind: NotNull, Name: "nn", OnConflict: "FAIL"},
				{Kind: Default, Expr: "1"},
			}},
			{Name: "c", Constraints: []Constraint{{Kind: Generated, Expr: "id /* inner */ + 1", Stored: true}}},
			{Name: "d", Constraints: []Constraint{{Kind: ForeignKey, References: &References{
				Table: "p p", Columns: []string{"x"}, OnDelete: "SET NULL", Deferrable: true, InitiallyDeferred: true,
			}}}},
		},
		Constraints: []Constraint{
			{Kind: Check, Name: "a b", Expr: "(b <> ')') AND (id > 0)"},
			{Kind: Unique, Parts: []Part{{Column: "b", Collation: "RTRIM", Desc: true}, {Column: "id"}}, OnConflict: "ABORT"},
		},
	}
	if !reflect.DeepEqual(table, want) {
		t.Errorf("got  %+v\nwant %+v", table, want)
	}
}

func TestParseIndex(t *testing.T) {
	index, err := ParseIndex(`CREATE UNIQUE INDEX i ON t (a || b COLLATE NOCASE DESC, ("c"), (a + b), 'd' COLLATE rtrim) WHERE ((a) IS NULL) -- x`)
	if err != nil {
		t.Fatal(err)
	}
	want := &Index{
		Name: "i", Table: "t", Unique: true, Where: "(a) IS NULL",
		Parts: []Part{{Expr: "a || b COLLATE NOCASE", Desc: true}, {Column: "c"}, {Expr: "a + b"}, {Column: "d", Collation: "rtrim"}},
	}
	if !reflect.DeepEqual(index, want) {
		t.Errorf("got  %+v\nwant %+v", index, want)
	}
}

func TestParseTriggerAndView(t *testing.T) {
	trigger, err := ParseTrigger(`CREATE TRIGGER tr INSTEAD OF UPDATE OF a, "b c" ON v BEGIN SELECT 1; END`)
	if err != nil {
		t.Fatal(err)
	}
	if want := (&Trigger{Name: "tr", Table: "v", Timing: "INSTEAD OF", Event: "UPDATE", Columns: []string{"a", "b c"}}); !reflect.DeepEqual(trigger, want) {
		t.Errorf("got %+v, want %+v", trigger, want)
	}
	view, err := ParseView("CREATE TEMP VIEW v(a, b) AS\n SELECT 1, 2 ;")
	if err != nil {
		t.Fatal(err)
	}
	if want := (&View{Name: "v", Columns: []string{"a", "b"}, Query: "SELECT 1, 2"}); !reflect.DeepEqual(view, want) {
		t.Errorf("got %+v, want %+v", view, want)
	}
}

func TestTrimParens(t *testing.T) {
	for text, want := range map[string]string{
		"(a)":            "a",
		" ( (a) ) -- x":  "a",
		"(a) + (b)":      "(a) + (b)",
		"((a) + (b))":    "(a) + (b)",
		"')'":            "')'",
		"(':)')":         "':)'",
		"/* c */ a /**/": "a",
		"()":             "()",
		"":               "",
		"((a)":           "((a)",
	} {
		if got := TrimParens(text); got != want {
			t.Errorf("TrimParens(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestErrorsSayWhatIsMissing(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "expected CREATE, found the end of the statement",
		"CREATE TABLE":                    "expected the table's name",
		"CREATE TABLE t":                  "expected (",
		"CREATE TABLE t (a INT":           "expected a constraint of column a, found the end",
		"CREATE TABLE t (a, ":             "expected a column's name",
		"CREATE TABLE t (a CHECK a > 0)":  `expected ( before the condition at offset 24, found "a"`,
		"CREATE TABLE t (a) WITHOUT X":    `expected STRICT or WITHOUT ROWID at offset 19, found "WITHOUT"`,
		"CREATE TABLE t (a DEFAULT (1":    "expected )",
		"CREATE TABLE t (a REFERENCES)":   "expected the referenced table",
		"CREATE TABLE t (a, UNIQUE (a":    "expected",
		"CREATE TABLE t (a, UNIQUE ())":   "expected a column or an expression",
		"CREATE TABLE t (a, PRIMARY (a))": "expected KEY",
	} {
		_, err := ParseTable(text)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, statement := range statements {
		f.Add(statement)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = ParseTable(text)
		_, _ = ParseIndex(text)
		_, _ = ParseView(text)
		_, _ = ParseTrigger(text)
		_, _ = ParseVirtual(text)
		TrimParens(text)

		if upper := strings.ToUpper(text); !strings.HasPrefix(upper, "CREATE ") || strings.Contains(upper, "TEMP") || strings.Contains(text, "\x00") {
			return
		}
		db := memory(t)
		if _, err := db.Exec("CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE parents (a INT, b INT, c INT UNIQUE, PRIMARY KEY (a, b))"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(text); err != nil {
			// SQLite says this of a text with something that is no token, whatever statement it is.
			if accepted := acceptedBy(text); accepted != "" && strings.Contains(err.Error(), "unrecognized token") {
				t.Errorf("%q is read as a %s, and SQLite says: %v", text, accepted, err)
			}
			return
		}
		for _, difference := range compare(db) {
			t.Errorf("%s\n%s", text, difference)
		}
	})
}

// acceptedBy says as what a text is read without an error.
func acceptedBy(text string) string {
	for kind, parse := range map[string]func() error{
		"table":   func() error { _, err := ParseTable(text); return err },
		"index":   func() error { _, err := ParseIndex(text); return err },
		"view":    func() error { _, err := ParseView(text); return err },
		"trigger": func() error { _, err := ParseTrigger(text); return err },
	} {
		if parse() == nil {
			return kind
		}
	}
	return ""
}

func TestRewriting(t *testing.T) {
	trigger := `CREATE TRIGGER tr AFTER UPDATE OF a ON t WHEN new.a <> 'a' BEGIN INSERT INTO log (a, t) SELECT x.a, t.a FROM t AS x, [T]; UPDATE t SET a = a(1); END`
	for _, c := range []struct{ what, got, want string }{
		{"column", RenameColumn(trigger, "t", "a", "b c"),
			`CREATE TRIGGER tr AFTER UPDATE OF "b c" ON t WHEN new."b c" <> 'a' BEGIN INSERT INTO log ("b c", t) SELECT x.a, t."b c" FROM t AS x, [T]; UPDATE t SET "b c" = a(1); END`},
		{"column of a table that is not mentioned", RenameColumn(trigger, "other", "a", "b"), trigger},
		{"table", RenameTable(`CREATE VIEW v AS SELECT "T".a, 't' FROM t JOIN [t] ON t.x -- t`, "t", "u"),
			`CREATE VIEW v AS SELECT "u".a, 't' FROM "u" JOIN "u" ON "u".x -- t`},
		{"qualified", Qualify(`create temp trigger if not exists tr AFTER`, "my db"), `create temp trigger if not exists "my db".tr AFTER`},
		{"not qualified", Qualify(`CREATE VIEW v AS`, ""), `CREATE VIEW v AS`},
		{"if not exists", IfNotExists("CREATE VIEW\nv AS"), "CREATE VIEW\nIF NOT EXISTS v AS"},
		{"if not exists twice", IfNotExists("CREATE VIEW IF NOT EXISTS v AS"), "CREATE VIEW IF NOT EXISTS v AS"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.what, c.got, c.want)
		}
	}
}
