package ddl_test

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// sqliteLoss is something that rebuilds of tables are known to lose, or to stumble over.
type sqliteLoss struct {
	name string
	// table creates and fills t with the rows 1 and 2, and what it needs.
	table string
	// operations are a rebuild for a new check, if none are given.
	operations []op.Operation
	// fails is part of the error, after which nothing may have changed. After remedy the same change must work.
	fails, remedy string
	// rows is t afterwards, if not as before.
	rows string
	// defined are parts of the definition of t afterwards; undefined are not.
	defined, undefined []string
	// answers maps queries to their results afterwards. Refused are statements that fail.
	answers map[string]string
	refused []string
	// Objects and indexes are compared with those before, unless the operations change them.
	changesIndexes, changesOthers bool
	// native says that no rebuild is needed.
	native bool
	// described is part of the description of the statements.
	described string
}

var sqliteLosses = []sqliteLoss{
	{name: "AUTOINCREMENT and its position",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (40, 'gone'); DELETE FROM t WHERE id = 40`,
		defined: []string{"AUTOINCREMENT"},
		answers: map[string]string{"SELECT seq FROM sqlite_sequence WHERE name = 't'": "40", "INSERT INTO t (a) VALUES ('z') RETURNING id": "41"}},
	{name: "AUTOINCREMENT of a table that is empty by now",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y'); CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO u VALUES (7, 'gone'); DELETE FROM u`,
		operations: []op.Operation{&op.AddConstraint{Table: table("u"), Check: &schema.Check{Expr: "a <> ''"}}},
		answers:    map[string]string{"SELECT * FROM sqlite_sequence ORDER BY 1": "t|2 u|7", "INSERT INTO u (a) VALUES ('z') RETURNING id": "8"}},
	{name: "collation of a column",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE UNIQUE, b TEXT COLLATE RTRIM); INSERT INTO t VALUES (1, 'x', 'r'), (2, 'y', 's')`,
		defined: []string{"COLLATE NOCASE", "COLLATE RTRIM"},
		answers: map[string]string{"SELECT id FROM t WHERE a = 'X'": "1", "SELECT id FROM t WHERE b = 's   '": "2"},
		refused: []string{"INSERT INTO t VALUES (3, 'X', '')"}},
	{name: "checks without a name",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> 'never'), b INT, CHECK (b > id), CONSTRAINT named CHECK (b < 100)); INSERT INTO t VALUES (1, 'x', 2), (2, 'y', 3)`,
		defined: []string{"a <> 'never'", "b > id", "named"},
		refused: []string{"INSERT INTO t VALUES (3, 'never', 4)", "INSERT INTO t VALUES (3, 'x', 1)", "INSERT INTO t VALUES (3, 'x', 100)"}},
	{name: "actions and deferral of a foreign key without a name",
		table: `CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1), (2);
			CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, p INT REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		defined: []string{"ON DELETE CASCADE", "ON UPDATE SET NULL", "DEFERRABLE INITIALLY DEFERRED"},
		answers: map[string]string{`SELECT "table", "from", on_update, on_delete FROM pragma_foreign_key_list('t')`: "p|p|SET NULL|CASCADE"}},
	{name: "name, actions and deferral of a foreign key with a name",
		table: `CREATE TABLE p (x INT, y INT, PRIMARY KEY (x, y)); INSERT INTO p VALUES (1, 1), (2, 2);
			CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, x INT, y INT, CONSTRAINT fk_t_p FOREIGN KEY (x, y) REFERENCES p (x, y) ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (1, 'x', 1, 1), (2, 'y', 2, 2)`,
		defined: []string{"fk_t_p", "ON DELETE SET DEFAULT", "DEFERRABLE INITIALLY DEFERRED"}},
	{name: "foreign key to the table itself",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, parent INT REFERENCES t (id) ON DELETE CASCADE); INSERT INTO t VALUES (1, 'x', NULL), (2, 'y', 2)`,
		defined: []string{"ON DELETE CASCADE"},
		answers: map[string]string{`SELECT "table", on_delete FROM pragma_foreign_key_list('t')`: "t|CASCADE"},
		refused: []string{"INSERT INTO t VALUES (3, 'z', 99)"}},
	{name: "conflict clauses",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a TEXT UNIQUE ON CONFLICT IGNORE, b INT NOT NULL ON CONFLICT REPLACE DEFAULT 5, CONSTRAINT u UNIQUE (b, a) ON CONFLICT FAIL);
			INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		defined: []string{"ON CONFLICT REPLACE", "ON CONFLICT IGNORE", "ON CONFLICT FAIL"},
		answers: map[string]string{"INSERT INTO t VALUES (3, 'z', NULL) RETURNING b": "5", "INSERT INTO t VALUES (4, 'y', 7) RETURNING b": ""}},
	{name: "STRICT",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, c ANY) STRICT; INSERT INTO t VALUES (1, 'x', 1, x'00'), (2, 'y', 2, '2')`,
		defined: []string{"STRICT"},
		answers: map[string]string{"SELECT typeof(c) FROM t ORDER BY id": "blob text"},
		refused: []string{"INSERT INTO t VALUES (3, 'z', 'no number', 1)"}},
	{name: "WITHOUT ROWID",
		table:   `CREATE TABLE t (id INT PRIMARY KEY DESC, a TEXT) WITHOUT ROWID; INSERT INTO t VALUES (1, 'x'), (2, 'y')`,
		defined: []string{"WITHOUT ROWID"},
		refused: []string{"SELECT rowid FROM t"}},
	{name: "WITHOUT ROWID and STRICT with a key of two columns",
		table:   `CREATE TABLE t (id INT NOT NULL UNIQUE, a TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (a DESC, id)) STRICT, WITHOUT ROWID; INSERT INTO t VALUES (1, 'x'), (2, 'y')`,
		defined: []string{"WITHOUT ROWID", "STRICT", "DESC"}},
	{name: "triggers with all their clauses",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT DEFAULT 0); INSERT INTO t VALUES (1, 'x', 0), (2, 'y', 0);
			CREATE TRIGGER IF NOT EXISTS "odd ""name""" BEFORE UPDATE OF b ON t FOR EACH ROW WHEN new.b > 9 BEGIN SELECT RAISE(ABORT, 'no; END'); END`,
		refused: []string{"UPDATE t SET b = 10"}},
	{name: "index on expressions",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2); CREATE UNIQUE INDEX ix ON t (lower(a), (b + 1) DESC); CREATE INDEX part ON t (b) WHERE a LIKE 'x%' AND t.b > 0`,
		answers: map[string]string{"SELECT count(*) FROM sqlite_schema WHERE name = 'ix' AND sql LIKE '%lower(a)%(b + 1) DESC%'": "1", "SELECT count(*) FROM sqlite_schema WHERE name = 'part' AND instr(sql, 'WHERE a LIKE ''x%''') > 0": "1"},
		refused: []string{"INSERT INTO t VALUES (3, 'X', 1)"}},
	{name: "direction and collation of index columns",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'x', 'r'), (2, 'y', 's'); CREATE INDEX ix ON t (a COLLATE RTRIM DESC, b, b COLLATE BINARY DESC)`,
		answers: map[string]string{`SELECT name, "desc", coll FROM pragma_index_xinfo('ix') WHERE key`: "a|1|RTRIM b|0|NOCASE b|1|BINARY"}},
	{name: "direction and collation of a unique constraint",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, CONSTRAINT u UNIQUE (a COLLATE NOCASE DESC, b)); INSERT INTO t VALUES (1, 'x', 'r'), (2, 'y', 's')`,
		refused: []string{"INSERT INTO t VALUES (3, 'X', 'r')"}},
	{name: "primary key that is no rowid because it is descending",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY DESC, a TEXT); INSERT INTO t (rowid, id, a) VALUES (11, 1, 'x'), (12, 2, 'y')`,
		defined: []string{"DESC"},
		answers: map[string]string{"SELECT rowid, id FROM t ORDER BY 1": "11|1 12|2"}},
	{name: "names that need quotes",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, "b""c" INT, [select] INT, ` + "`d e`" + ` INT DEFAULT 'it''s', "ü" INT GENERATED ALWAYS AS ("b""c" + [select])); INSERT INTO t (id, a, "b""c", "select") VALUES (1, 'x', 1, 2), (2, 'y', 3, 4); CREATE INDEX "i ""x""" ON t ("b""c", [select] DESC)`},

	{name: "names in another case than they were given in",
		table: `CREATE TABLE t (Id INTEGER PRIMARY KEY AUTOINCREMENT, A TEXT, b INT UNIQUE CHECK (B > 0), parent INT REFERENCES T (ID), g INT AS (B + 1)); INSERT INTO T (id, a, b) VALUES (1, 'x', 1), (2, 'y', 2);
			CREATE INDEX Ix ON T (B, a); CREATE TABLE other_child (t_id INT REFERENCES "T" ON DELETE CASCADE); CREATE VIEW Shown AS SELECT ID FROM T;
			CREATE TRIGGER Late AFTER UPDATE OF B ON T BEGIN SELECT RAISE(ABORT, 'late'); END; CREATE TRIGGER Gone INSTEAD OF DELETE ON SHOWN BEGIN SELECT RAISE(ABORT, 'gone'); END`,
		refused: []string{"UPDATE t SET b = 5", "DELETE FROM shown", "INSERT INTO other_child VALUES (9)", "INSERT INTO t (b) VALUES (0)"}},
	{name: "defaults of all kinds",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b DEFAULT -5, c DEFAULT +1.5e3, d DEFAULT x'00ff', e DEFAULT (1 + length('(')), f DEFAULT "quoted", g DEFAULT word, h DEFAULT TRUE, i DEFAULT NULL, j TEXT DEFAULT 'it''s', k DEFAULT CURRENT_DATE);
			INSERT INTO t (id, a) VALUES (1, 'x'); INSERT INTO t VALUES (2, 'y', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)`,
		answers: map[string]string{"INSERT INTO t (id) VALUES (3) RETURNING b, c, d, e, f, g, h, i, j, k = date()": "-5|1500|00ff|2|quoted|word|1|<nil>|it's|1"}},
	{name: "values of other types than their columns",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, c TEXT, d REAL, e, f NUMERIC); INSERT INTO t VALUES (1, 'x', 'word', x'00ff', 'none', 1.0, 9223372036854775807), (2, 'y', 1e300, '', -0.0, '1', '1e999')`,
		answers: map[string]string{"SELECT typeof(b), typeof(c), typeof(d), typeof(e), typeof(f) FROM t ORDER BY id": "text|blob|text|real|integer real|text|real|text|real"}},
	{name: "text in double quotes in a check and a view",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> "never")); INSERT INTO t VALUES (1, 'x'), (2, 'y'); CREATE VIEW quoted AS SELECT id FROM t WHERE a = "x"`,
		refused: []string{"INSERT INTO t VALUES (3, 'never')"},
		answers: map[string]string{"SELECT * FROM quoted": "1"}},
	{name: "foreign key of two columns to the rebuilt table",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL, UNIQUE (b, a)); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2);
			CREATE TABLE pair (b INT, a TEXT, FOREIGN KEY (b, a) REFERENCES t (b, a) ON UPDATE CASCADE ON DELETE CASCADE MATCH FULL); INSERT INTO pair VALUES (1, 'x')`,
		answers: map[string]string{"SELECT * FROM pair": "1|x"},
		refused: []string{"INSERT INTO pair VALUES (1, 'y')"}},
	{name: "expressions that name their table",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT CHECK (t.b > 0), g INT AS (b + 1), CHECK (T.id < [t].b * 1000 AND a <> 't.b')); INSERT INTO t (id, a, b) VALUES (1, 'x', 1), (2, 'y', 2); CREATE INDEX ix ON t (abs(b)) WHERE t.b > 0`,
		answers: map[string]string{"SELECT g FROM t ORDER BY 1": "2 3"},
		refused: []string{"INSERT INTO t (a, b) VALUES ('z', 0)", "INSERT INTO t (a, b) VALUES ('t.b', 1)"}},
	{name: "table made from a query",
		table: `CREATE TABLE t AS SELECT 1 AS id, 'x' AS a, 1.5 AS b UNION ALL SELECT 2, 'y', NULL; CREATE UNIQUE INDEX t_id ON t (id)`},
	{name: "comments and odd spaces in the definition",
		table:   "CREATE TABLE t /* the table (of all) */ (id INTEGER -- the key, with ' and )\n PRIMARY KEY,\n\ta TEXT/*\n;*/CHECK(a<>'/* never */'), -- last\n\tUNIQUE(a)--)\n); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
		refused: []string{"INSERT INTO t VALUES (3, 'x')", "INSERT INTO t VALUES (3, '/* never */')"}},
	{name: "columns that hide every name of the rowid",
		table: `CREATE TABLE t (id INT PRIMARY KEY, a TEXT, rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO t VALUES (1, 'x', 'r', 's', 't'), (2, 'y', NULL, NULL, NULL)`},
	{name: "trigger that writes to its own table",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INT DEFAULT 0); INSERT INTO t VALUES (1, 'x', 0), (2, 'y', 0); CREATE TRIGGER own AFTER INSERT ON t BEGIN UPDATE t SET n = n + 1 WHERE id < new.id; INSERT INTO t (id, a) SELECT new.id + 1, 'next' WHERE new.id < 5; END`,
		answers: map[string]string{"INSERT INTO t (id, a) VALUES (4, 'z'); SELECT n FROM t ORDER BY id": "1 1 0 0"}},
	{name: "view with a query of the table's name inside",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y'); CREATE VIEW inner_t (n) AS WITH w AS (SELECT id FROM t), r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT max(id) FROM w)) SELECT n FROM r`,
		answers: map[string]string{"SELECT n FROM inner_t": "1 2"}},
	{name: "parent and child rebuilt by one revision",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y'); CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, t_id INT NOT NULL REFERENCES t (id) ON DELETE CASCADE); INSERT INTO u VALUES (5, 1), (6, 2);
			CREATE VIEW both AS SELECT u.id, a FROM u JOIN t ON t.id = t_id; CREATE TRIGGER u_gone AFTER DELETE ON u BEGIN UPDATE t SET a = 'lonely' WHERE id = old.t_id; END`,
		operations: []op.Operation{
			&op.AddConstraint{Table: table("u"), Check: &schema.Check{Expr: "id > 0"}},
			&op.AddConstraint{Table: table("t"), Check: &schema.Check{Expr: "a <> ''"}},
			&op.AddConstraint{Table: table("u"), Unique: &schema.Unique{Columns: []string{"t_id"}}},
			&op.AddConstraint{Table: table("t"), Unique: &schema.Unique{Columns: []string{"a"}}}},
		changesIndexes: true,
		answers:        map[string]string{"SELECT * FROM both ORDER BY 1": "5|x 6|y", "SELECT * FROM sqlite_sequence ORDER BY 1": "t|2 u|6"},
		refused:        []string{"INSERT INTO u VALUES (7, 1)", "INSERT INTO u VALUES (7, 9)", "INSERT INTO t (a) VALUES ('')"}},

	{name: "generated columns",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, v TEXT AS (a || '!'), s INT GENERATED ALWAYS AS (length(v)) STORED NOT NULL UNIQUE CHECK (s < id * 100)); INSERT INTO t (id, a) VALUES (1, 'x'), (2, 'yy'); CREATE INDEX ix ON t (v, s)`,
		defined: []string{"STORED"},
		answers: map[string]string{"INSERT INTO t (id, a) VALUES (3, 'zzz') RETURNING v, s": "zzz!|4"},
		refused: []string{"INSERT INTO t (id, s) VALUES (4, 1)"}},
	{name: "generated column that becomes another one",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, v TEXT AS (a || '!')); INSERT INTO t (id, a) VALUES (1, 'x'), (2, 'y')`,
		operations: []op.Operation{&op.AlterColumn{Table: table("t"), Name: "v", Attributes: []op.Attribute{op.GeneratedAttribute},
			To: schema.Column{Generated: &schema.Generated{Expr: "a || '?'", Stored: true}}}},
		rows: "1|x|x? 2|y|y?"},

	{name: "copy that fails for a NULL, and again once it is gone",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', NULL); CREATE INDEX ix ON t (b)`,
		operations: []op.Operation{notNull("b")},
		fails:      "NOT NULL", remedy: "UPDATE t SET b = 2 WHERE b IS NULL", rows: "1|x|1 2|y|2", defined: []string{"NOT NULL"}},
	{name: "NULL that a default must not hide",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT DEFAULT 9); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', NULL)`,
		operations: []op.Operation{notNull("b")},
		fails:      "NOT NULL", remedy: "UPDATE t SET b = 0 WHERE b IS NULL", rows: "1|x|1 2|y|0"},
	{name: "NULL that stays where a default comes",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', NULL)`,
		operations: []op.Operation{&op.AlterColumn{Table: table("t"), Name: "b", Attributes: []op.Attribute{op.DefaultAttribute}, To: schema.Column{Default: "9"}}},
		answers:    map[string]string{"INSERT INTO t (id) VALUES (3) RETURNING b": "9"}},
	{name: "copy that fails for a check",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', -2)`,
		operations: []op.Operation{&op.AddConstraint{Table: table("t"), Check: &schema.Check{Name: "positive", Expr: "b > 0"}}},
		fails:      "positive", remedy: "UPDATE t SET b = 2 WHERE b < 0", rows: "1|x|1 2|y|2"},
	{name: "foreign key that rows violate",
		table:      `CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{&op.AddConstraint{Table: table("t"), ForeignKey: &schema.ForeignKey{Name: "fk", Columns: []string{"b"}, RefTable: table("p"), RefColumns: []string{"id"}}}},
		fails:      "t -> p", remedy: "INSERT INTO p VALUES (2)", defined: []string{"fk"}},
	{name: "table in the way of the new one",
		table:   `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y'); CREATE TABLE retort_new_t (mine); INSERT INTO retort_new_t VALUES (5)`,
		answers: map[string]string{"SELECT * FROM retort_new_t": "5"}},

	{name: "drop of a column in a named check",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, CONSTRAINT positive CHECK (b > 0), CHECK (a <> '')); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{dropColumn("b")}, rows: "1|x 2|y", undefined: []string{"positive"}, defined: []string{"a <> ''"}, described: "check positive"},
	{name: "drop of a column in indexes",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2); CREATE INDEX of_b ON t (b); CREATE INDEX of_a ON t (a); CREATE INDEX for_b ON t (a) WHERE b > 0; CREATE INDEX by_b ON t (a, abs(b))`,
		operations: []op.Operation{dropColumn("b")}, rows: "1|x 2|y", changesIndexes: true, described: "index of_b, index for_b, index by_b",
		answers: map[string]string{"SELECT name FROM pragma_index_list('t')": "of_a"}},
	{name: "drop of a member of a composite unique constraint",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, UNIQUE (a, b)); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{dropColumn("b")}, rows: "1|x 2|y", changesIndexes: true, undefined: []string{"UNIQUE"}, described: "unique constraint (a, b)"},
	{name: "drop of a member of a composite primary key",
		table:      `CREATE TABLE t (id INT NOT NULL UNIQUE, a TEXT, b INT, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{dropColumn("b")}, rows: "1|x 2|y", changesIndexes: true, undefined: []string{"PRIMARY KEY"}, described: "the primary key"},
	{name: "columns, views and triggers in another case through renames",
		table: `CREATE TABLE t (Id INTEGER PRIMARY KEY, a TEXT, Amount INT CHECK (AMOUNT > 0), g INT AS (amount * 2)); INSERT INTO t (id, a, amount) VALUES (1, 'x', 1), (2, 'y', 2);
			CREATE VIEW shown AS SELECT AMOUNT AS n FROM T; CREATE TRIGGER late AFTER UPDATE OF aMOUNT ON T BEGIN INSERT INTO kept VALUES (NEW.amount); END; CREATE TABLE kept (n)`,
		operations: []op.Operation{
			&op.RenameColumn{Table: table("t"), From: "Amount", To: "total"},
			&op.AlterColumn{Table: table("t"), Name: "total", Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}}},
		changesOthers: true, rows: "1|x|1|2 2|y|2|4",
		answers: map[string]string{"SELECT n FROM shown ORDER BY 1": "1 2", "SELECT count(*) FROM sqlite_schema WHERE name = 'late' AND sql LIKE '%OF \"total\" ON%'": "1"},
		refused: []string{"UPDATE t SET total = 0", "UPDATE t SET total = NULL"}},
	{name: "drop of a column that nothing uses",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE CHECK (a <> ''), b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{dropColumn("b")}, rows: "1|x 2|y", native: true, defined: []string{"AUTOINCREMENT", "NOCASE", "a <> ''"}},

	{name: "text that is no number",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'x', '12'), (2, 'y', '12x')`,
		operations: []op.Operation{typeOf("b", "INTEGER")}, fails: "t.b cannot become INTEGER", remedy: "UPDATE t SET b = '13' WHERE id = 2", rows: "1|x|12 2|y|13",
		answers: map[string]string{"SELECT DISTINCT typeof(b) FROM t": "integer"}},
	{name: "text that is a word",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'x', 'abc'), (2, 'y', NULL)`,
		operations: []op.Operation{typeOf("b", "NUMERIC")}, fails: "t.b cannot become NUMERIC", remedy: "UPDATE t SET b = '0' WHERE id = 1", rows: "1|x|0 2|y|<nil>"},
	{name: "fraction that an integer would cut",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL); INSERT INTO t VALUES (1, 'x', 8.5), (2, 'y', 2.0)`,
		operations: []op.Operation{typeOf("b", "INTEGER")}, fails: "t.b cannot become INTEGER", remedy: "UPDATE t SET b = 8 WHERE id = 1", rows: "1|x|8 2|y|2"},

	{name: "check, index and generated column after a rename in a rebuild",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT CHECK (b > 0 AND 'b' <> ''), c INT AS (b * 2), UNIQUE (b)); INSERT INTO t (id, a, b) VALUES (1, 'x', 1), (2, 'y', 2); CREATE INDEX ix ON t (abs(b)) WHERE b > 0`,
		operations: []op.Operation{
			&op.RenameColumn{Table: table("t"), From: "b", To: "amount"},
			&op.AddConstraint{Table: table("t"), Check: &schema.Check{Expr: "amount < 100"}}},
		changesIndexes: true, undefined: []string{"b > 0"}, defined: []string{"'b' <> ''"},
		answers: map[string]string{"SELECT amount, c FROM t ORDER BY 1": "1|2 2|4"},
		refused: []string{"UPDATE t SET amount = 0", "UPDATE t SET amount = 100", "UPDATE t SET amount = 2"}},
	{name: "check after a rename alone",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT CHECK (b > 0)); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{&op.RenameColumn{Table: table("t"), From: "b", To: "amount"}},
		native:     true, undefined: []string{"b > 0"}, refused: []string{"UPDATE t SET amount = 0"}},
	{name: "rename of a table that is rebuilt, and back",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, parent INT REFERENCES t (id)); INSERT INTO t VALUES (1, 'x', NULL), (2, 'y', 2)`,
		operations: []op.Operation{
			&op.RenameTable{From: table("t"), To: table("other name")},
			&op.AddConstraint{Table: table("other name"), Check: &schema.Check{Expr: "id <> 77"}},
			&op.RenameTable{From: table("other name"), To: table("t")}},
		answers: map[string]string{"SELECT * FROM sqlite_sequence": "t|2", `SELECT "table" FROM pragma_foreign_key_list('t')`: "t"}},

	{name: "unique constraint without a batch",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{&op.AddConstraint{Table: table("t"), Unique: &schema.Unique{Name: "once", Columns: []string{"b"}}}},
		defined:    []string{"once"}, changesIndexes: true, refused: []string{"UPDATE t SET b = 1"}},
	{name: "unique constraint that rows violate",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 1)`,
		operations: []op.Operation{&op.AddConstraint{Table: table("t"), Unique: &schema.Unique{Name: "once", Columns: []string{"b"}}}},
		fails:      "UNIQUE", remedy: "UPDATE t SET b = id", rows: "1|x|1 2|y|2", changesIndexes: true},
	{name: "nullable without a batch",
		table:      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT NOT NULL); INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)`,
		operations: []op.Operation{&op.AlterColumn{Table: table("t"), Name: "b", Attributes: []op.Attribute{op.NotNullAttribute}}},
		answers:    map[string]string{"UPDATE t SET b = NULL RETURNING b": "<nil> <nil>"}},
	{name: "column that comes with an index beside a rebuild",
		table: `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')`,
		operations: []op.Operation{
			&op.AddColumn{Table: table("t"), Column: &schema.Column{Name: "b", Type: "TEXT", NotNull: true, Backfill: "upper(a)"}},
			&op.CreateIndex{Table: table("t"), Index: &schema.Index{Name: "ix_b", Parts: schema.Columns("b")}}},
		rows: "1|x|X 2|y|Y", changesIndexes: true,
		answers: map[string]string{"SELECT name FROM pragma_index_list('t')": "ix_b"}},
}

func notNull(column string) op.Operation {
	return &op.AlterColumn{Table: table("t"), Name: column, Attributes: []op.Attribute{op.NotNullAttribute}, To: schema.Column{NotNull: true}}
}

func typeOf(column, to string) op.Operation {
	return &op.AlterColumn{Table: table("t"), Name: column, Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: to}}
}

func dropColumn(name string) op.Operation { return &op.DropColumn{Table: table("t"), Name: name} }
