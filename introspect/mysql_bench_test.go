package introspect_test

import (
	"fmt"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/schema"
)

// BenchmarkReadMySQL reads tables of 15 columns, each with a key, two indexes, a check and a foreign key to the one before it.
func BenchmarkReadMySQL(b *testing.B) {
	for _, count := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("tables=%d", count), func(b *testing.B) {
			db := servertest.OpenMySQL(b)
			createWideMySQLTables(b, db, count)
			benchmarkReading(b, db, schema.MySQL, count)
		})
	}
}
