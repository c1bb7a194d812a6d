package introspect_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestPostgresTablespaces puts a table, a key, an index and a materialized view into a tablespace of the server.
func TestPostgresTablespaces(t *testing.T) {
	server := servertest.OpenPostgres(t)
	server.SetMaxOpenConns(1)
	space := fmt.Sprintf("retort_%d", time.Now().UnixNano())
	execPostgres(t, server, "SET allow_in_place_tablespaces = on", "CREATE TABLESPACE "+space+" LOCATION ''")
	t.Cleanup(func() { // when the databases that use it are gone
		if _, err := server.ExecContext(context.WithoutCancel(t.Context()), "DROP TABLESPACE "+space); err != nil {
			t.Error(err)
		}
	})
	db := servertest.OpenPostgres(t)
	execPostgres(t, db, fmt.Sprintf(`
		CREATE TABLE t (a integer CONSTRAINT pk PRIMARY KEY USING INDEX TABLESPACE %[1]s, b integer CONSTRAINT uq UNIQUE) TABLESPACE %[1]s;
		CREATE INDEX i ON t (b) TABLESPACE %[1]s; CREATE MATERIALIZED VIEW m TABLESPACE %[1]s AS SELECT 1 AS x`, space))
	s := readPostgres(t, db, introspect.Options{})
	table := s.Table(named("t"))
	for what, options := range map[string]schema.Options{
		"table": table.Options, "primary key": table.PrimaryKey.Options, "index": table.Index("i").Options, "view": first(s.Views.Get(named("m"))).Options,
	} {
		if got := options.Value(schema.OptionTablespace); got != space {
			t.Errorf("%s: tablespace %q, want %q", what, got, space)
		}
	}
	if options := table.Unique("uq").Options; options.Has(schema.OptionTablespace) {
		t.Errorf("unique constraint: %v, want no tablespace", options)
	}
	copied, err := copyInTransaction(t, servertest.OpenPostgres(t), s, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree(t, s), tree(t, copied)); diff != "" {
		t.Errorf("the copy differs (-source +copy):\n%s", diff)
	}
}
