package introspect_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/servertest"
)

// mysqlBase is what the changes of mysqlChanges begin with.
var mysqlBase = []string{
	"CREATE TABLE parent (id int NOT NULL PRIMARY KEY, other int NOT NULL, UNIQUE KEY uq_other (other))",
	"CREATE TABLE parent2 (id int NOT NULL PRIMARY KEY)",
	`CREATE TABLE t (id int NOT NULL, a int, s varchar(20), w text, d decimal(10,2), e enum('a','b'), k set('x','y'), ts datetime, b varbinary(8), g int,
		p point NOT NULL)`,
	"CREATE TABLE m (id int NOT NULL, a int, PRIMARY KEY (id)) ENGINE=MyISAM",
	"CREATE TABLE part (id int NOT NULL, d date NOT NULL, PRIMARY KEY (id, d))",
	"CREATE VIEW v AS SELECT id, a FROM t WHERE a > 0",
	"CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.g = 1",
	"CREATE FUNCTION f(x varchar(10)) RETURNS varchar(10) DETERMINISTIC RETURN x",
	"CREATE PROCEDURE pr(IN x int) SET @last = x",
}

// mysqlChange alters one thing.
type mysqlChange struct {
	what      string
	flavor    string // "" for both
	statement string // several apart by ";;"
}

// mysqlChanges go one after the other: every one begins with what those before it left.
var mysqlChanges = []mysqlChange{
	{"type", "", "ALTER TABLE t MODIFY a bigint"},
	{"unsigned", "", "ALTER TABLE t MODIFY a bigint unsigned"},
	{"zerofill", "", "ALTER TABLE t MODIFY a bigint(10) unsigned zerofill"},
	{"display width", "", "ALTER TABLE t MODIFY a bigint(12) unsigned zerofill"},
	{"boolean", "", "ALTER TABLE t MODIFY a tinyint(1)"},
	{"length", "", "ALTER TABLE t MODIFY s varchar(30)"},
	{"precision", "", "ALTER TABLE t MODIFY d decimal(12,2)"},
	{"scale", "", "ALTER TABLE t MODIFY d decimal(12,3)"},
	{"fractional seconds", "", "ALTER TABLE t MODIFY ts datetime(3)"},
	{"value of an enum", "", "ALTER TABLE t MODIFY e enum('a','b','c''s')"},
	{"order of an enum", "", "ALTER TABLE t MODIFY e enum('b','a','c''s')"},
	{"value of a set", "", "ALTER TABLE t MODIFY k set('x','y','größe')"},
	{"charset", "", "ALTER TABLE t MODIFY s varchar(30) CHARACTER SET latin1"},
	{"collation", "", "ALTER TABLE t MODIFY s varchar(30) CHARACTER SET latin1 COLLATE latin1_bin"},
	{"not null", "", "ALTER TABLE t MODIFY d decimal(12,3) NOT NULL"},
	{"default", "", "ALTER TABLE t ALTER d SET DEFAULT 1.5"},
	{"another default", "", "ALTER TABLE t ALTER d SET DEFAULT 2.5"},
	{"no default", "", "ALTER TABLE t ALTER d DROP DEFAULT"},
	{"default of text", "", "ALTER TABLE t ALTER s SET DEFAULT 'it''s'"},
	{"default of text, a function's name", "", "ALTER TABLE t ALTER s SET DEFAULT 'uuid()'"},
	{"default expression", "", "ALTER TABLE t MODIFY s varchar(40) DEFAULT (uuid())"},
	{"default of bytes", "", "ALTER TABLE t ALTER b SET DEFAULT 0x00ff"},
	{"default time", "", "ALTER TABLE t MODIFY ts datetime(3) DEFAULT CURRENT_TIMESTAMP(3)"},
	{"on update", "", "ALTER TABLE t MODIFY ts datetime(3) DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"},
	{"column comment", "", "ALTER TABLE t MODIFY d decimal(12,3) NOT NULL COMMENT 'price'"},
	{"order of columns", "", "ALTER TABLE t MODIFY d decimal(12,3) NOT NULL COMMENT 'price' FIRST"},
	{"name of a column", "", "ALTER TABLE t RENAME COLUMN w TO words"},
	{"generated", "", "ALTER TABLE t DROP g;;ALTER TABLE t ADD g int AS (a + 1)"},
	{"generated expression", "", "ALTER TABLE t MODIFY g int AS (a + 2)"},
	{"stored", "", "ALTER TABLE t DROP g;;ALTER TABLE t ADD g int AS (a + 2) STORED"},
	{"invisible column", "", "ALTER TABLE t MODIFY e enum('b','a','c''s') INVISIBLE"},
	{"spatial reference", "mysql", "ALTER TABLE t MODIFY p point NOT NULL SRID 4326"},
	{"json", "", "ALTER TABLE t ADD j json"},
	{"json as text", "", "ALTER TABLE t MODIFY j longtext"},

	{"primary key", "", "ALTER TABLE t ADD PRIMARY KEY (id)"},
	{"auto_increment", "", "ALTER TABLE t MODIFY id int NOT NULL AUTO_INCREMENT"},
	{"unique", "", "ALTER TABLE t ADD UNIQUE KEY uq (a)"},
	{"name of a unique", "", "ALTER TABLE t RENAME INDEX uq TO uq2"},
	{"index", "", "CREATE INDEX ix ON t (a, d)"},
	{"index columns", "", "DROP INDEX ix ON t;;CREATE INDEX ix ON t (d, a)"},
	{"descending", "", "DROP INDEX ix ON t;;CREATE INDEX ix ON t (d, a DESC)"},
	{"prefix", "", "CREATE INDEX ix_p ON t (words(10))"},
	{"length of a prefix", "", "DROP INDEX ix_p ON t;;CREATE INDEX ix_p ON t (words(11))"},
	{"prefix of a unique", "", "CREATE UNIQUE INDEX uq_p ON t (s(5))"},
	{"functional", "mysql", "CREATE INDEX ix_f ON t ((a + 1))"},
	{"expression of a functional", "mysql", "DROP INDEX ix_f ON t;;CREATE INDEX ix_f ON t ((a + 2))"},
	{"invisible index", "mysql", "ALTER TABLE t ALTER INDEX ix INVISIBLE"},
	{"ignored index", "mariadb", "ALTER TABLE t ALTER INDEX ix IGNORED"},
	{"index comment", "", "DROP INDEX ix ON t;;CREATE INDEX ix ON t (d, a DESC) COMMENT 'by price'"},
	{"full-text", "", "CREATE FULLTEXT INDEX ft ON t (words)"},
	{"compressed column", "mariadb", "ALTER TABLE parent ADD c text COMPRESSED"},
	{"parser", "mysql", "DROP INDEX ft ON t;;CREATE FULLTEXT INDEX ft ON t (words) WITH PARSER ngram"},
	{"spatial", "", "CREATE SPATIAL INDEX sp ON t (p)"},

	{"check", "", "ALTER TABLE t ADD CONSTRAINT ck CHECK (a < 100)"},
	{"expression of a check", "", "ALTER TABLE t DROP CONSTRAINT ck;;ALTER TABLE t ADD CONSTRAINT ck CHECK (a < 101)"},
	{"name of a check", "", "ALTER TABLE t DROP CONSTRAINT ck;;ALTER TABLE t ADD CONSTRAINT ck2 CHECK (a < 101)"},
	{"not enforced", "mysql", "ALTER TABLE t ALTER CHECK ck2 NOT ENFORCED"},
	{"check of a column", "mariadb", "ALTER TABLE t MODIFY j longtext CHECK (length(j) > 1)"},
	{"foreign key", "", "ALTER TABLE t ADD f int, ADD CONSTRAINT fk FOREIGN KEY (f) REFERENCES parent (id)"},
	{"on delete", "", "ALTER TABLE t DROP FOREIGN KEY fk;;ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (f) REFERENCES parent (id) ON DELETE SET NULL"},
	{"on update of a foreign key", "", "ALTER TABLE t DROP FOREIGN KEY fk;;ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (f) REFERENCES parent (id) ON DELETE SET NULL ON UPDATE CASCADE"},
	{"column that is referred to", "", "ALTER TABLE t DROP FOREIGN KEY fk;;ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (f) REFERENCES parent (other)"},
	{"table that is referred to", "", "ALTER TABLE t DROP FOREIGN KEY fk;;ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (f) REFERENCES parent2 (id)"},
	{"name of a foreign key", "", "ALTER TABLE t DROP FOREIGN KEY fk;;ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (f) REFERENCES parent2 (id)"},

	{"table comment", "", "ALTER TABLE t COMMENT 'it''s'"},
	{"row format", "", "ALTER TABLE t ROW_FORMAT=COMPACT"},
	{"engine", "", "ALTER TABLE m ENGINE=InnoDB;;ALTER TABLE m ENGINE=MEMORY"},
	{"method", "", "CREATE INDEX ix_m ON m (a) USING BTREE"},
	{"table collation", "", "ALTER TABLE m COLLATE utf8mb4_bin"},
	{"table charset", "", "ALTER TABLE m CHARACTER SET latin1"},
	{"max_rows", "", "ALTER TABLE m MAX_ROWS=77"},
	{"stats_persistent", "", "ALTER TABLE t STATS_PERSISTENT=0"},
	{"checksum", "", "CREATE TABLE ck (id int) ENGINE=MyISAM;;ALTER TABLE ck CHECKSUM=1"},
	{"key block size", "", "ALTER TABLE ck KEY_BLOCK_SIZE=4"},
	{"page compression", "mariadb", "ALTER TABLE parent2 PAGE_COMPRESSED=1"},
	{"merge", "", "CREATE TABLE mg (id int) ENGINE=MERGE UNION=(ck) INSERT_METHOD=LAST;;CREATE TABLE ck2 (id int) ENGINE=MyISAM"},
	{"tables of a merged one", "", "ALTER TABLE mg UNION=(ck, ck2)"},

	{"partitions", "", "ALTER TABLE part PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))"},
	{"one partition more", "", "ALTER TABLE part ADD PARTITION (PARTITION p2 VALUES LESS THAN MAXVALUE)"},
	{"comment of a partition", "", "ALTER TABLE part REORGANIZE PARTITION p0 INTO (PARTITION p0 VALUES LESS THAN (10) COMMENT = 'first')"},
	{"way of partitions", "", "ALTER TABLE part PARTITION BY KEY (id) PARTITIONS 3"},
	{"subpartitions", "", "ALTER TABLE part PARTITION BY RANGE (id) SUBPARTITION BY HASH (to_days(d)) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN MAXVALUE)"},
	{"no partitions", "", "ALTER TABLE part REMOVE PARTITIONING"},
	{"system versioning", "mariadb", "ALTER TABLE parent2 ADD w int;;ALTER TABLE m ENGINE=InnoDB;;ALTER TABLE m ADD SYSTEM VERSIONING"},
	{"column without versioning", "mariadb", "SET @@system_versioning_alter_history=1;;ALTER TABLE m ADD x int WITHOUT SYSTEM VERSIONING"},

	{"query of a view", "", "ALTER VIEW v AS SELECT id, a FROM t WHERE a > 1"},
	{"columns of a view", "", "ALTER VIEW v (i, b) AS SELECT id, a FROM t WHERE a > 1"},
	{"literal of a view", "", "ALTER VIEW v (i, b) AS SELECT id, a FROM t WHERE s <> 'ö'"},
	{"emoji in a view", "", "ALTER VIEW v (i, b) AS SELECT id, a FROM t WHERE s <> '🎉'"},
	{"another emoji in a view", "", "ALTER VIEW v (i, b) AS SELECT id, a FROM t WHERE s <> '🎈'"},
	{"charset of a literal in a view", "", "ALTER VIEW v (i, b) AS SELECT id, a FROM t WHERE s <> _latin1'x'"},
	{"algorithm", "", "ALTER ALGORITHM=MERGE VIEW v AS SELECT id, a FROM t"},
	{"another algorithm", "", "ALTER ALGORITHM=TEMPTABLE VIEW v AS SELECT id, a FROM t"},
	{"security of a view", "", "ALTER ALGORITHM=UNDEFINED SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM t"},
	{"check option", "", "CREATE OR REPLACE ALGORITHM=UNDEFINED VIEW v AS SELECT id, a FROM t WITH CASCADED CHECK OPTION"},
	{"another check option", "", "CREATE OR REPLACE ALGORITHM=UNDEFINED VIEW v AS SELECT id, a FROM t WITH LOCAL CHECK OPTION"},
	{"definer of a view", "", "ALTER ALGORITHM=UNDEFINED DEFINER=nobody@localhost VIEW v AS SELECT id, a FROM t WITH LOCAL CHECK OPTION"},

	{"body of a trigger", "", "DROP TRIGGER tr;;CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.f = 2"},
	{"emoji in a trigger", "", "DROP TRIGGER tr;;CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.s = '🎉'"},
	{"another emoji in a trigger", "", "DROP TRIGGER tr;;CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.s = '🎈'"},
	{"charset of a literal in a trigger", "", "DROP TRIGGER tr;;CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.s = _utf8mb4'🎈'"},
	{"time of a trigger", "", "DROP TRIGGER tr;;CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW SET @s = 'x'"},
	{"event of a trigger", "", "DROP TRIGGER tr;;CREATE TRIGGER tr AFTER UPDATE ON t FOR EACH ROW SET @s = 'x'"},
	{"table of a trigger", "", "DROP TRIGGER tr;;CREATE TRIGGER tr AFTER UPDATE ON parent FOR EACH ROW SET @s = 'x'"},
	{"second trigger", "", "CREATE TRIGGER ts AFTER UPDATE ON parent FOR EACH ROW SET @s = 'y'"},
	{"order of triggers", "", "DROP TRIGGER ts;;CREATE TRIGGER ts AFTER UPDATE ON parent FOR EACH ROW PRECEDES tr SET @s = 'y'"},
	{"sql_mode of a trigger", "", "SET sql_mode='ANSI_QUOTES';;DROP TRIGGER tr;;CREATE TRIGGER tr AFTER UPDATE ON parent FOR EACH ROW SET @s = 'x';;SET sql_mode=DEFAULT"},
	{"definer of a trigger", "", "DROP TRIGGER tr;;CREATE DEFINER=nobody@localhost TRIGGER tr AFTER UPDATE ON parent FOR EACH ROW SET @s = 'x'"},

	{"body of a function", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(10)) RETURNS varchar(10) DETERMINISTIC RETURN 'a'"},
	{"emoji in a function", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(10)) RETURNS varchar(10) DETERMINISTIC RETURN '🎉'"},
	{"another emoji in a function", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(10)) RETURNS varchar(10) DETERMINISTIC RETURN '🎈'"},
	{"parameter", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(11)) RETURNS varchar(10) DETERMINISTIC RETURN ''"},
	{"charset of a parameter", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(11) CHARSET latin1) RETURNS varchar(10) DETERMINISTIC RETURN ''"},
	{"result", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(11)) RETURNS varchar(12) DETERMINISTIC RETURN ''"},
	{"charset of a result", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(11)) RETURNS varchar(12) CHARSET latin1 DETERMINISTIC RETURN ''"},
	{"deterministic", "", "DROP FUNCTION f;;CREATE FUNCTION f(x varchar(11)) RETURNS varchar(12) CHARSET latin1 NO SQL RETURN ''"},
	{"access of a function", "", "ALTER FUNCTION f READS SQL DATA"},
	{"security of a function", "", "ALTER FUNCTION f SQL SECURITY INVOKER"},
	{"comment of a function", "", "ALTER FUNCTION f COMMENT 'it''s'"},
	{"sql_mode of a function", "", "SET sql_mode='NO_BACKSLASH_ESCAPES';;DROP FUNCTION f;;CREATE FUNCTION f(x int) RETURNS varchar(12) NO SQL RETURN '\\';;SET sql_mode=DEFAULT"},
	{"definer of a function", "", "DROP FUNCTION f;;CREATE DEFINER=nobody@localhost FUNCTION f(x int) RETURNS int NO SQL RETURN 1"},
	{"aggregate", "mariadb", "CREATE AGGREGATE FUNCTION ag(x int) RETURNS int BEGIN DECLARE n int DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN n; LOOP FETCH GROUP NEXT ROW; SET n = n + x; END LOOP; END"},
	{"way of a parameter", "", "DROP PROCEDURE pr;;CREATE PROCEDURE pr(INOUT x int) SET @last = x"},
	{"body of a procedure", "", "DROP PROCEDURE pr;;CREATE PROCEDURE pr(INOUT x int) BEGIN SET @last = x; SET x = 1; END"},
	{"event", "", "CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DISABLE DO SET @x = 1"},

	{"sequence", "mariadb", "CREATE SEQUENCE sq"},
	{"increment", "mariadb", "ALTER SEQUENCE sq INCREMENT BY 3"},
	{"start", "mariadb", "ALTER SEQUENCE sq START WITH 7"},
	{"minimum", "mariadb", "ALTER SEQUENCE sq MINVALUE -7"},
	{"maximum", "mariadb", "ALTER SEQUENCE sq MAXVALUE 700"},
	{"cache", "mariadb", "ALTER SEQUENCE sq CACHE 20"},
	{"cycle", "mariadb", "ALTER SEQUENCE sq CYCLE"},
	{"comment of a sequence", "mariadb", "ALTER TABLE sq COMMENT 'it''s'"},
	{"grant", "", "GRANT SELECT ON t TO THE_ROLE"},
	{"grant of a column", "", "GRANT UPDATE (a) ON t TO THE_ROLE"},
	{"grant of a database", "", "GRANT SELECT ON DB.* TO THE_ROLE"},
}

// TestMySQLSeesEveryChange alters one attribute after the other: what is read must change each time. At the end all is
// copied, and must be equal in the server's eyes too.
func TestMySQLSeesEveryChange(t *testing.T) {
	db := openMySQL(t)
	flavor, _ := servertest.MySQLFlavor(t, db.DB)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	home := currentDatabase(t, db)
	role := "r" + home[max(0, len(home)-28):]
	exec := func(text string) error {
		for statement := range strings.SplitSeq(strings.NewReplacer("THE_ROLE", role, "DB.*", home+".*").Replace(text), ";;") {
			if _, err := conn.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	}
	if err := exec("CREATE ROLE THE_ROLE;;" + strings.Join(mysqlBase, ";;")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = db.ExecContext(context.WithoutCancel(t.Context()), "DROP ROLE "+role) })
	read := func() any {
		s := readMySQL(t, conn)
		if len(s.Problems) > 0 {
			t.Errorf("problems: %v", s.Problems)
		}
		return tree(t, s)
	}
	before := read()
	for _, change := range mysqlChanges {
		if change.flavor != "" && change.flavor != flavor {
			continue
		}
		if err := exec(change.statement); err != nil {
			t.Errorf("%s: %v\n%s", change.what, err, change.statement)
			continue
		}
		after := read()
		if cmp.Equal(before, after) {
			t.Errorf("%s: nothing of it is read\n%s", change.what, change.statement)
		}
		before = after
	}
	want := readMySQL(t, conn)
	target := openMySQL(t)
	createMySQL(t, target, want)
	compareOracle(t, db, target, want)
	got := readMySQL(t, target)
	got.DefaultNamespace, got.Unmodelled, want.Unmodelled = want.DefaultNamespace, nil, nil
	if diff := cmp.Diff(want, got, compareSchemas); diff != "" {
		t.Errorf("the copy is read otherwise (-source +copy):\n%s", diff)
	}
}
