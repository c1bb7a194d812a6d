package introspect_test

import (
	"fmt"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// BenchmarkReadPostgres reads 100 and 1,000 tables of 15 columns, each with a key, two indexes, a check and a foreign key.
func BenchmarkReadPostgres(b *testing.B) {
	for _, count := range []int{100, 1000} {
		b.Run(fmt.Sprintf("tables=%d", count), func(b *testing.B) {
			db := servertest.OpenPostgres(b)
			for n := range count {
				execPostgres(b, db, wideTable(n))
			}
			last := []schema.Name{{Name: fmt.Sprintf("t%d", count-1)}}
			b.Run("all", func(b *testing.B) {
				for b.Loop() {
					if s := readPostgres(b, db, introspect.Options{}); s.Tables.Len() != count {
						b.Fatalf("%d tables", s.Tables.Len())
					}
				}
			})
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

func wideTable(n int) string {
	text := fmt.Sprintf("CREATE TABLE t%d (id bigserial PRIMARY KEY, parent bigint REFERENCES t%d (id) ON DELETE CASCADE", n, max(0, n-1))
	for c := range 13 {
		text += fmt.Sprintf(", c%d varchar(%d) DEFAULT 'x' NOT NULL", c, c+10)
	}
	return text + fmt.Sprintf(", CHECK (c1 <> c2)); CREATE INDEX ON t%[1]d (c0, c1); CREATE INDEX ON t%[1]d (lower(c2)) WHERE c3 <> ''; COMMENT ON TABLE t%[1]d IS 'x'", n)
}
