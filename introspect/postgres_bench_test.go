package introspect_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// BenchmarkReadPostgres reads tables of 15 columns, each with a key, two indexes, a check and a foreign key to the one
// before it.
func BenchmarkReadPostgres(b *testing.B) {
	for _, count := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("tables=%d", count), func(b *testing.B) {
			db := servertest.OpenPostgres(b)
			createWideTables(b, db, count)
			benchmarkReading(b, db, schema.Postgres, count)
			last := []schema.Name{{Name: fmt.Sprintf("t%d", count-1)}}
			b.Run("one", func(b *testing.B) {
				for b.Loop() {
					if s := readPostgres(b, db, introspect.Options{Tables: last}); s.Tables.Len() != 1 {
						b.Fatalf("%d tables", s.Tables.Len())
					}
				}
			})
		})
	}
}

// TestPostgresLongChain follows a chain of foreign keys over all tables, there and back.
func TestPostgresLongChain(t *testing.T) {
	db := servertest.OpenPostgres(t)
	createWideTables(t, db, 1_200)
	want := readPostgres(t, db, introspect.Options{})
	statements, err := ddl.Create(want.Server, want)
	if err != nil {
		t.Fatal(err)
	}
	target := servertest.OpenPostgres(t)
	// Not in one transaction: a server holds only so many locks.
	for _, statement := range statements {
		execPostgres(t, target, statement.SQL)
	}
	if diff := cmp.Diff(tree(t, want), tree(t, readPostgres(t, target, introspect.Options{}))); diff != "" {
		t.Errorf("the copy differs (-source +copy):\n%s", diff)
	}
}

// createWideTables creates a chain of tables, a few in each round trip.
func createWideTables(tb testing.TB, db *sql.DB, count int) {
	tb.Helper()
	const atOnce = 50
	for first := 0; first < count; first += atOnce {
		var texts []string
		for n := first; n < min(first+atOnce, count); n++ {
			texts = append(texts, wideTable(n))
		}
		execPostgres(tb, db, strings.Join(texts, ";"))
	}
}

func wideTable(n int) string {
	text := fmt.Sprintf("CREATE TABLE t%d (id bigserial PRIMARY KEY, parent bigint REFERENCES t%d (id) ON DELETE CASCADE", n, max(0, n-1))
	for c := range 13 {
		text += fmt.Sprintf(", c%d varchar(%d) DEFAULT 'x' NOT NULL", c, c+10)
	}
	return text + fmt.Sprintf(", CHECK (c1 <> c2)); CREATE INDEX ON t%[1]d (c0, c1); CREATE INDEX ON t%[1]d (lower(c2)) WHERE c3 <> ''; COMMENT ON TABLE t%[1]d IS 'x'", n)
}
