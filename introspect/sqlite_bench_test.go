package introspect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// BenchmarkReadSQLite reads tables of 15 columns, each with a key, two indexes and a foreign key to the one before it.
func BenchmarkReadSQLite(b *testing.B) {
	for _, tables := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("tables=%d", tables), func(b *testing.B) {
			benchmarkReading(b, sqliteDatabase(b, wideSQLiteTables(tables)), schema.SQLite, tables)
		})
	}
}

func wideSQLiteTables(count int) string {
	var out strings.Builder
	out.WriteString("BEGIN;")
	for n := range count {
		fmt.Fprintf(&out, "CREATE TABLE t%d (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INT REFERENCES t%d (id) ON DELETE CASCADE", n, max(0, n-1))
		for c := range 13 {
			fmt.Fprintf(&out, ", column_%d VARCHAR(255) NOT NULL DEFAULT 'x'", c)
		}
		fmt.Fprintf(&out, "); CREATE INDEX ix_%[1]d ON t%[1]d (column_0, column_1 DESC); CREATE UNIQUE INDEX ux_%[1]d ON t%[1]d (lower(column_2)) WHERE column_3 <> '';", n)
	}
	out.WriteString("COMMIT")
	return out.String()
}

// TestSQLiteLongChain follows a chain of foreign keys over all tables, there and back.
func TestSQLiteLongChain(t *testing.T) {
	source := sqliteDatabase(t, wideSQLiteTables(1_200))
	want := readSQLite(t, source, introspect.Options{})
	compareSQLite(t, source, copySQLite(t, want), want)
}
