package introspect_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// counted passes queries on and counts them.
type counted struct {
	introspect.Querier
	queries int
}

func (c *counted) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.queries++
	return c.Querier.QueryContext(ctx, query, args...)
}

func TestSizes(t *testing.T) {
	rows := map[string][]string{
		"postgres": {"INSERT INTO big SELECT i, repeat('x', 100) FROM generate_series(1, 5000) i", "ANALYZE big", "ANALYZE blank"},
		"mysql":    {"INSERT INTO big WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i, repeat('x', 100) FROM n", "ANALYZE TABLE big"},
		"sqlite":   {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO big SELECT i, hex(zeroblob(50)) FROM n"},
	}
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			db := servertest.Open(t, servertest.URL(t, engine))
			statements := append([]string{"CREATE TABLE big (id integer PRIMARY KEY, name varchar(200))", "CREATE TABLE blank (id integer)"}, rows[engine]...)
			for i := range 30 {
				statements = append(statements, fmt.Sprintf("CREATE TABLE t%02d (id integer)", i))
			}
			for _, statement := range statements {
				if _, err := db.Exec(statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			q := &counted{Querier: db}
			sizes, err := introspect.Sizes(t.Context(), q, schema.Dialect(engine), introspect.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(sizes) != 32 {
				t.Fatalf("%d tables: %v", len(sizes), sizes)
			}
			if q.queries > 4 {
				t.Errorf("%d queries", q.queries)
			}
			at := slices.IndexFunc(sizes, func(s introspect.Size) bool { return s.Table.Name == "big" })
			if big := sizes[at]; big.Rows < 700 || big.Rows > 6000 || big.Bytes < 100_000 {
				t.Errorf("big is %+v", big)
			}
			if blank := sizes[at+1]; blank.Table.Name != "blank" || blank.Rows != 0 {
				t.Errorf("blank is %+v", blank)
			}
		})
	}
}

func TestSizesOfPartitionsAndUnknown(t *testing.T) {
	db := servertest.OpenPostgres(t)
	for _, statement := range []string{
		"CREATE SCHEMA other", "CREATE TABLE other.t (id int)",
		"CREATE TABLE p (id int) PARTITION BY RANGE (id)",
		"CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000)", "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (1000) TO (2000)",
		"INSERT INTO p SELECT i FROM generate_series(0, 1499) i", "ANALYZE p1", "ANALYZE p2",
		"CREATE MATERIALIZED VIEW v AS SELECT * FROM p", "ANALYZE v",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	sizes, err := introspect.Sizes(t.Context(), db, schema.Postgres, introspect.Options{Namespaces: []string{"other"}})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, size := range sizes {
		got += fmt.Sprintf("%s %d %t\n", size.Table, size.Rows, size.Bytes > 0)
	}
	if want := "p 1500 true\np1 1000 true\np2 500 true\nv 1500 true\nother.t 0 false\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if _, err := introspect.Sizes(t.Context(), db, "oracle", introspect.Options{}); err == nil {
		t.Error("no error for an unknown dialect")
	}
}
