package autogen_test

import (
	"strings"
	"testing"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// seen is a change of the table $ that some other tool does not see, aborts at, or gets wrong, with a word of each operation
// that it becomes.
type seen struct {
	name          string
	before, after string
	want          []string
}

// only limits a row to servers of one product, or from a version on.
type only struct {
	mariaDB, mysql bool
	major          int
}

func (o only) fits(server schema.Server) bool {
	mariaDB := server.Flavor == schema.MariaDB
	return (!o.mariaDB || mariaDB) && (!o.mysql || !mariaDB) && server.Version.AtLeast(o.major, 0, 0)
}

// seenOnly limits rows of changesSeen, by name.
var seenOnly = map[string]only{
	"key that is not enforced":    {major: 18},
	"columns that an action sets": {major: 15},
	"nulls that are not distinct": {major: 15},
	"index that is ignored":       {mariaDB: true},
	"index that is invisible":     {mysql: true},
	"spatial index":               {mariaDB: true},
	"parser of an index":          {mysql: true},
	"expression of an index":      {mysql: true},
	"check that is not enforced":  {mysql: true},
	"system versioning":           {mariaDB: true},
}

var changesSeen = map[string][]seen{
	servertest.EnginePostgres: {
		{"length comes and goes", "CREATE TABLE $ (a varchar(30), b numeric(10,5), c numeric)", "CREATE TABLE $ (a varchar, b numeric(10), c numeric(10,5))", []string{".a: type", ".b: type", ".c: type"}},
		{"array and element type", "CREATE TABLE $ (a int[], b text[])", "CREATE TABLE $ (a bigint[], b varchar(5)[])", []string{".a: type bigint[]", ".b: type character varying(5)[]"}},
		{"fields of an interval", "CREATE TABLE $ (a interval)", "CREATE TABLE $ (a interval year to month)", []string{".a: type interval year to month"}},
		{"primary key", "CREATE TABLE $ (a int, b int, PRIMARY KEY (a, b))", "CREATE TABLE $ (a int, b int, PRIMARY KEY (b, a))", []string{"drop primary key", "add primary key"}},
		{"name of the primary key", "CREATE TABLE $ (a int, CONSTRAINT pk_old_1 PRIMARY KEY (a))", "CREATE TABLE $ (a int, CONSTRAINT pk_new_1 PRIMARY KEY (a))", []string{"rename primary key pk_old_1"}},
		{"order of a unique constraint", "CREATE TABLE $ (a int, b int, CONSTRAINT uo UNIQUE (a, b))", "CREATE TABLE $ (a int, b int, CONSTRAINT uo UNIQUE (b, a))", []string{"drop unique uo", "add unique uo"}},
		{"condition method and include of indexes", "CREATE TABLE $ (a int, b int, c text[]); CREATE INDEX i1 ON $ (a) WHERE a > 0; CREATE INDEX i2 ON $ (a); CREATE INDEX i3 ON $ (a); CREATE INDEX i4 ON $ (c)",
			"CREATE TABLE $ (a int, b int, c text[]); CREATE INDEX i1 ON $ (a) WHERE a > 1; CREATE INDEX i2 ON $ USING hash (a); CREATE INDEX i3 ON $ (a) INCLUDE (b); CREATE INDEX i4 ON $ USING gin (c)",
			[]string{"drop index i1", "create index i1", "drop index i2", "create index i2", "drop index i3", "create index i3", "drop index i4", "create index i4"}},
		{"class fillfactor and collation of indexes", "CREATE TABLE $ (a text); CREATE INDEX j1 ON $ (a); CREATE INDEX j2 ON $ (a); CREATE INDEX j3 ON $ (a)",
			`CREATE TABLE $ (a text); CREATE INDEX j1 ON $ (a text_pattern_ops); CREATE INDEX j2 ON $ (a) WITH (fillfactor=70); CREATE INDEX j3 ON $ (a COLLATE "C")`,
			[]string{"drop index j1", "create index j1", "drop index j2", "create index j2", "drop index j3", "create index j3"}},
		{"case in an expression of an index", "CREATE TABLE $ (a text); CREATE INDEX k1 ON $ ((a || 'A'))", "CREATE TABLE $ (a text); CREATE INDEX k1 ON $ ((a || 'a'))", []string{"drop index k1", "create index k1"}},
		{"deferrable constraint", "CREATE TABLE $ (a int, CONSTRAINT ud UNIQUE (a))", "CREATE TABLE $ (a int, CONSTRAINT ud UNIQUE (a) DEFERRABLE)", []string{"drop unique ud", "add unique ud"}},
		{"options of a foreign key", "CREATE TABLE $ (id int PRIMARY KEY, a int, b int, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES $, CONSTRAINT f2 FOREIGN KEY (b) REFERENCES $ ON DELETE RESTRICT)",
			"CREATE TABLE $ (id int PRIMARY KEY, a int, b int, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES $ MATCH FULL DEFERRABLE, CONSTRAINT f2 FOREIGN KEY (b) REFERENCES $)", []string{"drop foreign key f1", "add foreign key f1", "drop foreign key f2", "add foreign key f2"}},
		{"name of a foreign key", "CREATE TABLE $ (id int PRIMARY KEY, a int, CONSTRAINT fo FOREIGN KEY (a) REFERENCES $)", "CREATE TABLE $ (id int PRIMARY KEY, a int, CONSTRAINT fn FOREIGN KEY (a) REFERENCES $)", []string{"rename foreign key fo"}},
		{"text of a check", "CREATE TABLE $ (a int, CONSTRAINT ct CHECK (a > 0))", "CREATE TABLE $ (a int, CONSTRAINT ct CHECK (a > 1))", []string{"drop check ct", "add check ct"}},
		{"check without columns", "CREATE TABLE $ (a int)", "CREATE TABLE $ (a int, CONSTRAINT cw CHECK (1 < 2))", []string{"add check cw"}},
		{"generated expression", "CREATE TABLE $ (a int, b int GENERATED ALWAYS AS (a + 1) STORED)", "CREATE TABLE $ (a int, b int GENERATED ALWAYS AS (a + 2) STORED)", []string{".b"}},
		{"identity comes and goes", "CREATE TABLE $ (a int NOT NULL, b int GENERATED ALWAYS AS IDENTITY)", "CREATE TABLE $ (a int GENERATED ALWAYS AS IDENTITY, b int NOT NULL)", []string{".a: identity", ".b: no identity"}},
		{"serial becomes identity", "CREATE TABLE $ (a serial)", "CREATE TABLE $ (a int GENERATED BY DEFAULT AS IDENTITY)", []string{".a: identity"}},
		{"types of an extension", "CREATE TABLE $ (a oidvector)", "CREATE TABLE $ (a int2vector)", []string{".a"}},
		{"default of json", `CREATE TABLE $ (a json DEFAULT '{"a": 1}')`, `CREATE TABLE $ (a json DEFAULT '{"a": 2}')`, []string{".a: default"}},
		{"other collation", `CREATE TABLE $ (a text)`, `CREATE TABLE $ (a text COLLATE "C")`, []string{".a: collation"}},
		{"exclusion", "CREATE TABLE $ (a int4range, CONSTRAINT ex EXCLUDE USING gist (a WITH &&))", "CREATE TABLE $ (a int4range, CONSTRAINT ex EXCLUDE USING gist (a WITH =))", []string{"drop exclusion ex", "add exclusion ex"}},
		{"unique constraint and unique index", "CREATE TABLE $ (a int, CONSTRAINT ui UNIQUE (a))", "CREATE TABLE $ (a int); CREATE UNIQUE INDEX ui ON $ (a)", []string{"drop unique ui", "create unique index ui"}},
		{"unique index and unique constraint", "CREATE TABLE $ (a int); CREATE UNIQUE INDEX iu ON $ (a)", "CREATE TABLE $ (a int, CONSTRAINT iu UNIQUE (a))", []string{"drop index iu", "add unique iu"}},
		{"primary key comes", "CREATE TABLE $ (a int NOT NULL)", "CREATE TABLE $ (a int NOT NULL, CONSTRAINT pk_comes PRIMARY KEY (a))", []string{"add primary key pk_comes"}},
		{"primary key goes", "CREATE TABLE $ (a int NOT NULL, CONSTRAINT pk_goes PRIMARY KEY (a))", "CREATE TABLE $ (a int NOT NULL)", []string{"drop primary key"}},
		{"null and not null", "CREATE TABLE $ (a int NOT NULL, b int)", "CREATE TABLE $ (a int, b int NOT NULL)", []string{".a: NULL", ".b: NOT NULL"}},
		{"order and nulls of indexes", "CREATE TABLE $ (a int); CREATE INDEX l1 ON $ (a); CREATE INDEX l2 ON $ (a)", "CREATE TABLE $ (a int); CREATE INDEX l1 ON $ (a DESC); CREATE INDEX l2 ON $ (a NULLS FIRST)", []string{"drop index l1", "create index l1", "drop index l2", "create index l2"}},
		{"class of an expression of an index", "CREATE TABLE $ (a text); CREATE INDEX m1 ON $ (lower(a))", "CREATE TABLE $ (a text); CREATE INDEX m1 ON $ (lower(a) text_pattern_ops)", []string{"drop index m1", "create index m1"}},
		{"quotes and parentheses in an expression of an index", `CREATE TABLE $ (a text, "A" text, b int, c int); CREATE INDEX m2 ON $ (lower(a)); CREATE INDEX m3 ON $ ((b + c * 2))`, `CREATE TABLE $ (a text, "A" text, b int, c int); CREATE INDEX m2 ON $ (lower("A")); CREATE INDEX m3 ON $ (((b + c) * 2))`, []string{"drop index m2", "create index m2", "drop index m3", "create index m3"}},
		{"comment of an index and of a constraint", "CREATE TABLE $ (a int, CONSTRAINT cc CHECK (a > 0)); CREATE INDEX m4 ON $ (a)", "CREATE TABLE $ (a int, CONSTRAINT cc CHECK (a > 0)); CREATE INDEX m4 ON $ (a); COMMENT ON INDEX m4 IS 'x'; COMMENT ON CONSTRAINT cc ON $ IS 'y'", []string{"create index m4", "add check cc"}},
		{"comment that says null", "CREATE TABLE $ (a int)", "CREATE TABLE $ (a int); COMMENT ON COLUMN $.a IS 'null'; COMMENT ON TABLE $ IS 'NULL'", []string{".a: comment", "alter table"}},
		{"comment with odd characters", "CREATE TABLE $ (a int)", "CREATE TABLE $ (a int); COMMENT ON COLUMN $.a IS E'it''s a \\\\ \u200b\u00e9\t\"x\"'", []string{".a: comment"}},
		{"key and check that are not valid", "CREATE TABLE $ (id int PRIMARY KEY, a int, CONSTRAINT nf FOREIGN KEY (a) REFERENCES $, CONSTRAINT nc CHECK (a > 0))", "CREATE TABLE $ (id int PRIMARY KEY, a int); ALTER TABLE $ ADD CONSTRAINT nf FOREIGN KEY (a) REFERENCES $ NOT VALID, ADD CONSTRAINT nc CHECK (a > 0) NOT VALID", []string{"drop foreign key nf", "add foreign key nf", "drop check nc", "add check nc"}},
		{"check that children do not inherit", "CREATE TABLE $ (a int, CONSTRAINT ni CHECK (a > 0))", "CREATE TABLE $ (a int, CONSTRAINT ni CHECK (a > 0) NO INHERIT)", []string{"drop check ni", "add check ni"}},
		{"key that is not enforced", "CREATE TABLE $ (id int PRIMARY KEY, a int, CONSTRAINT ne FOREIGN KEY (a) REFERENCES $)", "CREATE TABLE $ (id int PRIMARY KEY, a int, CONSTRAINT ne FOREIGN KEY (a) REFERENCES $ NOT ENFORCED)", []string{"drop foreign key ne", "add foreign key ne"}},
		{"columns that an action sets", "CREATE TABLE $ (id int, a int, b int, PRIMARY KEY (id, a), CONSTRAINT sc FOREIGN KEY (a, b) REFERENCES $ ON DELETE SET NULL)", "CREATE TABLE $ (id int, a int, b int, PRIMARY KEY (id, a), CONSTRAINT sc FOREIGN KEY (a, b) REFERENCES $ ON DELETE SET NULL (b))", []string{"drop foreign key sc", "add foreign key sc"}},
		{"nulls that are not distinct", "CREATE TABLE $ (a int, CONSTRAINT nd UNIQUE (a)); CREATE UNIQUE INDEX m5 ON $ (a)", "CREATE TABLE $ (a int, CONSTRAINT nd UNIQUE NULLS NOT DISTINCT (a)); CREATE UNIQUE INDEX m5 ON $ (a) NULLS NOT DISTINCT", []string{"drop unique nd", "add unique nd", "drop index m5", "create unique index m5"}},
		{"unlogged and storage parameters", "CREATE TABLE $ (a int)", "CREATE UNLOGGED TABLE $ (a int) WITH (fillfactor=50)", []string{"set unlogged", "with=fillfactor=50"}},
	},
	servertest.EngineMySQL: {
		{"prefix length kind and parser of indexes", "CREATE TABLE $ (a text, b text, KEY i1 (a(10)), FULLTEXT KEY i2 (b))", "CREATE TABLE $ (a text, b text, KEY i1 (a(20)), KEY i2 (b(10)))", []string{"drop index i1", "create index i1", "drop index i2", "create index i2"}},
		{"engine charset and collation", "CREATE TABLE $ (a varchar(9) CHARACTER SET latin1) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4", "CREATE TABLE $ (a varchar(9) CHARACTER SET ascii) ENGINE=MyISAM DEFAULT CHARSET=latin1", []string{".a: ", "engine=MyISAM"}},
		{"unsigned width and fraction", "CREATE TABLE $ (a int, b datetime, c decimal(5,2))", "CREATE TABLE $ (a int unsigned, b datetime(6), c decimal(6,2))", []string{".a: type int unsigned", ".b: type datetime(6)", ".c: type decimal(6,2)"}},
		{"order of an enum", "CREATE TABLE $ (a enum('x','y'))", "CREATE TABLE $ (a enum('y','x'))", []string{".a: type enum('y','x')"}},
		{"numbering comes", "CREATE TABLE $ (a int NOT NULL, KEY (a))", "CREATE TABLE $ (a int NOT NULL AUTO_INCREMENT, KEY (a))", []string{".a: identity"}},
		{"numbering goes", "CREATE TABLE $ (a int NOT NULL AUTO_INCREMENT, KEY (a))", "CREATE TABLE $ (a int NOT NULL, KEY (a))", []string{".a: no identity"}},
		{"on update", "CREATE TABLE $ (a datetime)", "CREATE TABLE $ (a datetime ON UPDATE CURRENT_TIMESTAMP)", []string{".a: on_update"}},
		{"restrict and no action", "CREATE TABLE $ (id int PRIMARY KEY, a int, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES $ (id) ON DELETE CASCADE)", "CREATE TABLE $ (id int PRIMARY KEY, a int, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES $ (id))", []string{"drop foreign key f1", "add foreign key f1"}},
		{"virtual and stored", "CREATE TABLE $ (a int, b int AS (a + 1) VIRTUAL)", "CREATE TABLE $ (a int, b int AS (a + 1) STORED)", []string{".b"}},
		{"primary key", "CREATE TABLE $ (a int, b int, PRIMARY KEY (a, b))", "CREATE TABLE $ (a int, b int, PRIMARY KEY (b, a))", []string{"drop primary key", "add primary key"}},
		{"index named as its column", "CREATE TABLE $ (a int, KEY a (a))", "CREATE TABLE $ (a int)", []string{"drop index a"}},
		{"row format", "CREATE TABLE $ (a int) ROW_FORMAT=DYNAMIC", "CREATE TABLE $ (a int) ROW_FORMAT=COMPACT", []string{"row_format=COMPACT"}},
		{"text of a check", "CREATE TABLE $ (a int, CONSTRAINT ct CHECK (a > 0))", "CREATE TABLE $ (a int, CONSTRAINT ct CHECK (a > 1))", []string{"drop check ct", "add check ct"}},
		{"primary key comes", "CREATE TABLE $ (a int NOT NULL)", "CREATE TABLE $ (a int NOT NULL, PRIMARY KEY (a))", []string{"add primary key"}},
		{"primary key goes", "CREATE TABLE $ (a int NOT NULL, PRIMARY KEY (a))", "CREATE TABLE $ (a int NOT NULL)", []string{"drop primary key"}},
		{"null and not null", "CREATE TABLE $ (a int NOT NULL, b int)", "CREATE TABLE $ (a int, b int NOT NULL)", []string{".a: NULL", ".b: NOT NULL"}},
		{"name of a foreign key", "CREATE TABLE $ (id int PRIMARY KEY, a int, KEY ia (a), CONSTRAINT fo FOREIGN KEY (a) REFERENCES $ (id))", "CREATE TABLE $ (id int PRIMARY KEY, a int, KEY ia (a), CONSTRAINT fn FOREIGN KEY (a) REFERENCES $ (id))", []string{"drop foreign key fo", "add foreign key fn"}},
		{"json and longtext", "CREATE TABLE $ (a json, b longtext)", "CREATE TABLE $ (a longtext, b json)", []string{".a: type longtext", ".b: type json"}},
		{"small integer and boolean", "CREATE TABLE $ (a tinyint(4), b boolean)", "CREATE TABLE $ (a boolean, b tinyint(4))", []string{".a: type tinyint(1)", ".b: type tinyint"}},
		{"values of an enum and order of a set", "CREATE TABLE $ (a enum('x','y'), b set('x','y'))", "CREATE TABLE $ (a enum('x','y','z'), b set('y','x'))", []string{".a: type enum('x','y','z')", ".b: type set('y','x')"}},
		{"order of an index", "CREATE TABLE $ (a int, KEY d1 (a))", "CREATE TABLE $ (a int, KEY d1 (a DESC))", []string{"drop index d1", "create index d1"}},
		{"index that is ignored", "CREATE TABLE $ (a int, KEY v1 (a))", "CREATE TABLE $ (a int, KEY v1 (a) IGNORED)", []string{"index v1"}},
		{"index that is invisible", "CREATE TABLE $ (a int, KEY v1 (a))", "CREATE TABLE $ (a int, KEY v1 (a) INVISIBLE)", []string{"index v1"}},
		{"spatial index", "CREATE TABLE $ (a point NOT NULL, KEY s1 (a(25)))", "CREATE TABLE $ (a point NOT NULL, SPATIAL KEY s1 (a))", []string{"drop index s1", "create index s1"}},
		{"parser of an index", "CREATE TABLE $ (a text, FULLTEXT KEY p1 (a))", "CREATE TABLE $ (a text, FULLTEXT KEY p1 (a) WITH PARSER ngram)", []string{"drop index p1", "index p1"}},
		{"expression of an index", "CREATE TABLE $ (a varchar(9), KEY e1 ((lower(a))))", "CREATE TABLE $ (a varchar(9), KEY e1 ((upper(a))))", []string{"drop index e1", "create index e1"}},
		{"check that is not enforced", "CREATE TABLE $ (a int, CONSTRAINT ne CHECK (a > 0))", "CREATE TABLE $ (a int, CONSTRAINT ne CHECK (a > 0) NOT ENFORCED)", []string{"drop check ne", "add check ne"}},
		{"comment of an index", "CREATE TABLE $ (a int, KEY c1 (a))", "CREATE TABLE $ (a int, KEY c1 (a) COMMENT 'x')", []string{"drop index c1", "create index c1"}},
		{"comment that says null", "CREATE TABLE $ (a int)", "CREATE TABLE $ (a int COMMENT 'null') COMMENT='NULL'", []string{".a: comment", "alter table"}},
		{"comment with odd characters", "CREATE TABLE $ (a int)", "CREATE TABLE $ (a int COMMENT 'it''s a \\\\ \u200b\u00e9\t\"x\"')", []string{".a: comment"}},
		{"system versioning", "CREATE TABLE $ (a int)", "CREATE TABLE $ (a int) WITH SYSTEM VERSIONING", []string{"system_versioned"}},
		{"collation goes", "CREATE TABLE $ (a varchar(9) COLLATE utf8mb4_bin) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci", "CREATE TABLE $ (a varchar(9)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci", []string{".a: "}},
	},
	servertest.EngineSQLite: {
		{"length", "CREATE TABLE $ (a varchar(10), b int)", "CREATE TABLE $ (a varchar(255), b bigint)", []string{".a: type varchar(255)", ".b: type bigint"}},
		{"condition of an index", "CREATE TABLE $ (a int); CREATE INDEX i1 ON $ (a) WHERE a > 0; CREATE INDEX i2 ON $ (a)", "CREATE TABLE $ (a int); CREATE INDEX i1 ON $ (a) WHERE a > 1; CREATE INDEX i2 ON $ (a DESC)", []string{"drop index i1", "create index i1", "drop index i2", "create index i2"}},
		{"autoincrement comes", "CREATE TABLE $ (id INTEGER PRIMARY KEY)", "CREATE TABLE $ (id INTEGER PRIMARY KEY AUTOINCREMENT)", []string{".id: identity"}},
		{"without rowid and strict", "CREATE TABLE $ (id INT NOT NULL PRIMARY KEY)", "CREATE TABLE $ (id INT NOT NULL PRIMARY KEY) WITHOUT ROWID, STRICT", []string{"without_rowid", "strict"}},
		{"other collation", "CREATE TABLE $ (a text)", "CREATE TABLE $ (a text COLLATE NOCASE)", []string{".a: collation NOCASE"}},
		{"deferrable constraint", "CREATE TABLE $ (id INTEGER PRIMARY KEY, a int REFERENCES $ (id))", "CREATE TABLE $ (id INTEGER PRIMARY KEY, a int REFERENCES $ (id) DEFERRABLE INITIALLY DEFERRED)", []string{"drop unnamed foreign key", "add foreign key"}},
		{"text of a check", "CREATE TABLE $ (a int CHECK (a > 0))", "CREATE TABLE $ (a int CHECK (a > 1))", []string{"drop unnamed check", "add check"}},
		{"unique constraint and unique index", "CREATE TABLE $ (a int UNIQUE)", "CREATE TABLE $ (a int); CREATE UNIQUE INDEX ui ON $ (a)", []string{"drop unnamed unique", "create unique index ui"}},
		{"primary key comes", "CREATE TABLE $ (a int NOT NULL)", "CREATE TABLE $ (a int NOT NULL PRIMARY KEY)", []string{"add primary key"}},
		{"primary key goes", "CREATE TABLE $ (a int NOT NULL PRIMARY KEY)", "CREATE TABLE $ (a int NOT NULL)", []string{"drop primary key"}},
		{"order of the primary key", "CREATE TABLE $ (a int, b int, PRIMARY KEY (a, b))", "CREATE TABLE $ (a int, b int, PRIMARY KEY (b, a))", []string{"drop primary key", "add primary key"}},
		{"null and not null", "CREATE TABLE $ (a int NOT NULL, b int)", "CREATE TABLE $ (a int, b int NOT NULL)", []string{".a: NULL", ".b: NOT NULL"}},
		{"autoincrement goes", "CREATE TABLE $ (id INTEGER PRIMARY KEY AUTOINCREMENT)", "CREATE TABLE $ (id INTEGER PRIMARY KEY)", []string{".id: "}},
		{"expression and collation of indexes", "CREATE TABLE $ (a text); CREATE INDEX e1 ON $ (lower(a)); CREATE INDEX e2 ON $ (a)", "CREATE TABLE $ (a text); CREATE INDEX e1 ON $ (upper(a)); CREATE INDEX e2 ON $ (a COLLATE NOCASE)", []string{"drop index e1", "create index e1", "drop index e2", "create index e2"}},
		{"action of a key", "CREATE TABLE $ (id INTEGER PRIMARY KEY, a int REFERENCES $ (id))", "CREATE TABLE $ (id INTEGER PRIMARY KEY, a int REFERENCES $ (id) ON DELETE SET NULL ON UPDATE CASCADE)", []string{"drop unnamed foreign key", "add foreign key"}},
		{"name of a constraint", "CREATE TABLE $ (a int, CONSTRAINT co CHECK (a > 0), CONSTRAINT uo UNIQUE (a))", "CREATE TABLE $ (a int, CONSTRAINT cn CHECK (a > 0), CONSTRAINT un UNIQUE (a))", []string{"check cn", "unique un"}},
		{"order of a unique constraint", "CREATE TABLE $ (a int, b int, UNIQUE (a, b))", "CREATE TABLE $ (a int, b int, UNIQUE (b, a))", []string{"drop unnamed unique", "add unique"}},
		{"default of a word", "CREATE TABLE $ (a text DEFAULT 'x', b text, c text DEFAULT 'now')", "CREATE TABLE $ (a text DEFAULT 'X', b text DEFAULT '', c text)", []string{".a: default", ".b: default", ".c: no default"}},
		{"conflict clause", "CREATE TABLE $ (a int, CONSTRAINT uc UNIQUE (a))", "CREATE TABLE $ (a int, CONSTRAINT uc UNIQUE (a) ON CONFLICT REPLACE)", []string{"drop unique uc", "add unique uc"}},
		{"virtual and stored", "CREATE TABLE $ (a int, b int AS (a + 1))", "CREATE TABLE $ (a int, b int AS (a + 1) STORED)", []string{".b"}},
	},
}

// TestNoMissedDifferences compares what differs, and was found equal by other tools.
func TestNoMissedDifferences(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			from, to := openCorpus(t, engine), openCorpus(t, engine)
			server, err := introspect.ServerOf(t.Context(), from, from.Dialect)
			if err != nil {
				t.Fatal(err)
			}
			var before, after []string
			var rows []seen
			for _, row := range changesSeen[engine] {
				if seenOnly[row.name].fits(server) {
					rows = append(rows, row)
				}
			}
			for _, row := range rows {
				before = append(before, strings.ReplaceAll(row.before, "$", tableOf(row.name)))
				after = append(after, strings.ReplaceAll(row.after, "$", tableOf(row.name)))
			}
			loadCorpus(t, from, strings.Join(before, ";\n")+";")
			loadCorpus(t, to, strings.Join(after, ";\n")+";")
			current, err := introspect.Read(t.Context(), from, from.Dialect, introspect.Options{})
			if err != nil {
				t.Fatal(err)
			}
			target, err := introspect.Read(t.Context(), to, to.Dialect, introspect.Options{})
			if err != nil {
				t.Fatal(err)
			}
			result, err := autogen.Run(t.Context(), autogen.Input{
				Current: current, Target: target, Database: from.Database, Diff: diff.Options{Renames: diff.NeverRename},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				t.Run(row.name, func(t *testing.T) {
					got := about(result.Plan.Operations, tableOf(row.name))
					for _, want := range row.want {
						if !strings.Contains(got, want) {
							t.Errorf("%q is not among:\n%s", want, got)
						}
					}
				})
			}
			if result.Proof == nil || !result.Proof.Holds() {
				t.Errorf("the plan does not hold: %v\n%s", result.Proof, strings.Join(append(result.Proof.Upgrade, result.Proof.Downgrade...), "\n"))
			}
		})
	}
}

func about(operations []op.Operation, table string) string {
	var out []op.Operation
	for _, operation := range operations {
		if operation.Subject().Name == table {
			out = append(out, operation)
		}
	}
	return lines(out)
}
