package introspect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestPostgresNames gives every name that needs care to a table, a column, a constraint, an index, a view, a type, a
// function and a trigger, in a schema that needs care too: each is read as it is, and created again.
func TestPostgresNames(t *testing.T) {
	names := []string{
		"users", "Users", "USERS", "null", "NULL", "select", "user", "order", "true", "dot.ted", "a.b.c", `quo"te`, `"quoted"`, `""`, "it's", "semi;colon",
		"with space", " leading", "trailing ", "größe", "名前", "🎉", "tab\there", "line\nbreak", `back\slash`, "$1", "$$", "100%", "%s", "--", "/*", "(", ":name", "?", "[]", "{}",
		strings.Repeat("x", 63), strings.Repeat("ö", 31),
	}
	const space = `Odd. "Space"`
	db := servertest.OpenPostgres(t)
	quote := func(name string) string { return ddl.Quote(schema.Postgres, name) }
	execPostgres(t, db, "CREATE SCHEMA "+quote(space), "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
	for n, name := range names {
		q := quote(name)
		for _, namespace := range []string{"public", quote(space)} {
			at := namespace + "." + q
			other := quote(fmt.Sprintf("%d", n))
			execPostgres(t, db, fmt.Sprintf(`CREATE TABLE %[1]s (%[2]s integer CONSTRAINT %[2]s CHECK (%[2]s > 0), id serial CONSTRAINT %[3]s PRIMARY KEY, self integer REFERENCES %[1]s);
				CREATE INDEX %[4]s ON %[1]s (%[2]s); CREATE TRIGGER %[2]s AFTER INSERT ON %[1]s EXECUTE FUNCTION public.note(); COMMENT ON COLUMN %[1]s.%[2]s IS 'x';
				CREATE FUNCTION %[1]s(%[2]s integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'`, at, q, quote(fmt.Sprintf("pk %d", n)), other))
			execPostgres(t, db, fmt.Sprintf("CREATE TYPE %s.%s AS ENUM (%s); CREATE VIEW %s.%s AS SELECT %s FROM %s",
				namespace, quote(fmt.Sprintf("%d e", n)), "'"+strings.ReplaceAll(name, "'", "''")+"'", namespace, quote(fmt.Sprintf("%d v", n)), q, at))
		}
	}
	options := introspect.Options{Namespaces: []string{space}}
	s := readPostgres(t, db, options)
	for _, problem := range s.Problems {
		t.Errorf("problem with %s: %s", problem.Object, problem.Reason)
	}
	for _, name := range names {
		for _, full := range []schema.Name{{Name: name}, {Schema: space, Name: name}} {
			table := s.Table(full)
			if table == nil || table.Column(name) == nil || table.Check(name) == nil || table.Column(name).Comment != "x" {
				t.Errorf("table %q is not read, or not its column and check of that name: %+v", full, table)
				continue
			}
			if key := table.ForeignKeys[0]; key.RefTable != full {
				t.Errorf("table %q refers to %q, want itself", full, key.RefTable)
			}
		}
	}
	copied, err := copyInTransaction(t, servertest.OpenPostgres(t), s, options)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree(t, s), tree(t, copied)); diff != "" {
		t.Errorf("the copy differs (-source +copy):\n%s", diff)
	}
}
