package introspect_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// unmodelledCases make what a schema has no place for, each with what must be named for it.
var unmodelledCases = []struct {
	since int
	sql   string
	kind  string
	name  string // empty if the objects are only counted
	count int
}{
	{sql: "CREATE SCHEMA elsewhere", kind: "schema", name: "elsewhere"},
	{sql: "COMMENT ON SCHEMA public IS 'ours'", kind: "comment of schema", name: "public"},
	{sql: "CREATE POLICY mine ON t USING (a > 0)", kind: "policy", name: "mine on t"},
	{sql: "CREATE RULE quiet AS ON DELETE TO t DO INSTEAD NOTHING", kind: "rule", name: "quiet on t"},
	{sql: "GRANT SELECT ON t TO PUBLIC", kind: "grant", name: "t"},
	{sql: "GRANT UPDATE (b) ON u TO PUBLIC", kind: "grant", name: "u"},
	{sql: "CREATE SEQUENCE free; GRANT USAGE ON SEQUENCE free TO PUBLIC", kind: "grant", name: "free"},
	{sql: "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC", kind: "grant", name: "f"},
	{sql: "CREATE TYPE mood AS ENUM ('ok'); REVOKE USAGE ON TYPE mood FROM PUBLIC", kind: "grant", name: "type mood"},
	{sql: "GRANT CREATE ON SCHEMA public TO pg_monitor", kind: "grant", name: "schema public"},
	{sql: "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO pg_monitor', current_database()); END $$", kind: "grant", name: "database"},
	{sql: "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 5000', current_database()); END $$", kind: "setting of database", name: "work_mem"},
	{sql: "CREATE PUBLICATION p FOR TABLE t", kind: "publication", name: "p"},
	{sql: "CREATE SUBSCRIPTION follows CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, enabled = false, slot_name = NONE)", kind: "subscription", name: "follows"},
	{sql: "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ev ON ddl_command_end EXECUTE FUNCTION e()", kind: "event trigger", name: "ev"},
	{sql: "CREATE FOREIGN DATA WRAPPER w", kind: "foreign-data wrapper", name: "w"},
	{sql: "CREATE SERVER s FOREIGN DATA WRAPPER w", kind: "foreign server", name: "s"},
	{sql: "CREATE USER MAPPING FOR PUBLIC SERVER s", kind: "user mapping", name: "public for s"},
	{sql: "CREATE FOREIGN TABLE ft (a integer) SERVER s", kind: "foreign table", name: "ft"},
	{sql: "CREATE TYPE row_of AS (a integer); CREATE TABLE typed OF row_of", kind: "typed table", name: "typed"},
	{sql: "COMMENT ON COLUMN row_of.a IS 'one'", kind: "column comment of composite type", name: "row_of.a"},
	{sql: "CREATE VIEW v AS SELECT 1 AS x; COMMENT ON COLUMN v.x IS 'one'", kind: "column comment of view", name: "v.x"},
	{sql: "ALTER VIEW v ALTER COLUMN x SET DEFAULT 7", kind: "column default of view", name: "v.x"},
	{sql: "CREATE MATERIALIZED VIEW m AS SELECT 'x'::text AS x; CREATE INDEX m_x ON m (x); ALTER MATERIALIZED VIEW m ALTER COLUMN x SET STATISTICS 7", kind: "column setting of materialized view", name: "m.x"},
	{sql: "ALTER MATERIALIZED VIEW m CLUSTER ON m_x", kind: "clustering of materialized view", name: "m"},
	{sql: "CREATE TABLE numbered (n integer GENERATED ALWAYS AS IDENTITY); COMMENT ON SEQUENCE numbered_n_seq IS 'counts'", kind: "comment of identity sequence", name: "numbered_n_seq"},
	{since: 15, sql: "CREATE UNLOGGED SEQUENCE passing; CREATE UNLOGGED TABLE passing_too (id serial)", kind: "unlogged sequence", name: "passing"},
	{sql: "CREATE INDEX t_sum ON t ((a + b)); ALTER INDEX t_sum ALTER COLUMN 1 SET STATISTICS 9", kind: "column statistics of index", name: "t_sum.expr"},
	{since: 13, sql: "CREATE STATISTICS st ON a, b FROM t; ALTER STATISTICS st SET STATISTICS 9", kind: "statistics target of statistics", name: "st"},
	{sql: `CREATE TABLE parted (a integer) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1); CREATE INDEX ON parted (a);
		ALTER INDEX part_a_idx SET (fillfactor = 50)`, kind: "own setting of index of partition", name: "part_a_idx"},
	{since: 13, sql: `CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER r AFTER INSERT ON parted FOR EACH ROW EXECUTE FUNCTION noted();
		ALTER TABLE part DISABLE TRIGGER r`, kind: "trigger of partition that is enabled otherwise", name: "r on part"},
	{sql: "CREATE TABLE k (a integer PRIMARY KEY); CREATE TABLE l (a integer CONSTRAINT to_k REFERENCES k); ALTER TABLE l DISABLE TRIGGER ALL", kind: "switched off foreign key", name: "to_k on l"},
	{sql: "CREATE OPERATOR ### (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4pl)", kind: "operator", name: "### (integer, integer)"},
	{sql: "CREATE OPERATOR FAMILY fam USING btree", kind: "operator family", name: "fam"},
	{sql: "CREATE OPERATOR CLASS cls FOR TYPE integer USING btree FAMILY fam AS OPERATOR 1 <, FUNCTION 1 btint4cmp(integer, integer)", kind: "operator class", name: "cls"},
	{sql: "CREATE COLLATION mine (locale = 'C')", kind: "collation", name: "mine"},
	{sql: "CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", kind: "conversion", name: "conv"},
	{sql: "CREATE TEXT SEARCH CONFIGURATION tsc (PARSER = pg_catalog.default)", kind: "text search configuration", name: "tsc"},
	{sql: "CREATE TEXT SEARCH DICTIONARY tsd (TEMPLATE = simple)", kind: "text search dictionary", name: "tsd"},
	{sql: "CREATE TEXT SEARCH PARSER tsp (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)", kind: "text search parser", name: "tsp"},
	{sql: "CREATE TEXT SEARCH TEMPLATE tst (LEXIZE = dsimple_lexize)", kind: "text search template", name: "tst"},
	{sql: "CREATE FUNCTION as_number(mood) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE CAST (mood AS integer) WITH FUNCTION as_number(mood)", kind: "cast", name: "mood as integer"},
	{sql: "CREATE LANGUAGE plmine HANDLER plpgsql_call_handler", kind: "language", name: "plmine"},
	{sql: "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler", kind: "access method", name: "heap2"},
	{sql: `CREATE TYPE base; CREATE FUNCTION base_in(cstring) RETURNS base LANGUAGE internal AS 'int4in' IMMUTABLE STRICT;
		CREATE FUNCTION base_out(base) RETURNS cstring LANGUAGE internal AS 'int4out' IMMUTABLE STRICT; CREATE TYPE base (INPUT = base_in, OUTPUT = base_out, LIKE = integer)`, kind: "base type", name: "base"},
	{sql: "DO $$ BEGIN FOR n IN 1..26 LOOP EXECUTE format('CREATE TYPE r%s AS RANGE (subtype = integer)', n); END LOOP; END $$", kind: "range type", count: 26},
	{sql: "SELECT lo_create(0)", kind: "large object", count: 1},
	{sql: "INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 0, 'nobody', 'secret')", kind: "security label", name: "t"},
	{sql: "CREATE EXTENSION hstore; ALTER FUNCTION as_number(mood) DEPENDS ON EXTENSION hstore", kind: "dependency on extension", name: "hstore of function as_number(mood)"},
	{since: 18, sql: "CREATE TABLE nn (a integer CONSTRAINT there NOT NULL, b integer NOT NULL)", kind: "name or comment of not-null constraint", name: "there on nn"},
	{since: 18, sql: "CREATE TABLE nv (a integer); ALTER TABLE nv ADD CONSTRAINT nv_a_not_null NOT NULL a NOT VALID", kind: "not-null constraint that is not valid or not inherited", name: "nv_a_not_null on nv"},
	{sql: "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor", kind: "default privileges", name: "public"},
	{sql: "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_read_all_stats", kind: "default privileges", name: "all schemas"},
}

// TestPostgresUnmodelled makes everything that a schema has no place for: each must be named, and nothing else.
func TestPostgresUnmodelled(t *testing.T) {
	db := servertest.OpenPostgres(t)
	version := servertest.PostgresVersion(t, db) / 10000
	execPostgres(t, db, "CREATE TABLE t (a integer, b integer); CREATE TABLE u (a integer, b integer)")
	if found := readPostgres(t, db, introspect.Options{}).Unmodelled; len(found) > 0 {
		t.Fatalf("a database without any has %v", found)
	}
	var want []schema.Unmodelled
	for _, c := range unmodelledCases {
		if version < c.since {
			continue
		}
		execPostgres(t, db, c.sql)
		want = append(want, schema.Unmodelled{Kind: c.kind, Name: c.name, Count: c.count})
	}
	slices.SortFunc(want, func(a, b schema.Unmodelled) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	read := readPostgres(t, db, introspect.Options{})
	execPostgres(t, db, "DROP SUBSCRIPTION follows") // a database with one cannot be dropped
	if diff := gocmp.Diff(want, read.Unmodelled); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, problem := range read.Problems {
		t.Errorf("problem with %s: %s", problem.Object, problem.Reason)
	}
}
