package sqliteddl

import (
	"strings"
	"testing"
)

// BenchmarkParse parses a table of fifteen columns with its two indexes.
func BenchmarkParse(b *testing.B) {
	table := "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INT REFERENCES t (id) ON DELETE CASCADE" +
		strings.Repeat(", column_name VARCHAR(255) NOT NULL DEFAULT 'x'", 13) + ")"
	b.ReportAllocs()
	for b.Loop() {
		if err := VisitTable(table, func(*Table) {}); err != nil {
			b.Fatal(err)
		}
		for _, index := range []string{
			"CREATE INDEX ix ON t (column_0, column_1 DESC)",
			"CREATE UNIQUE INDEX ux ON t (lower(column_2)) WHERE column_3 <> ''",
		} {
			if _, err := ParseIndex(index); err != nil {
				b.Fatal(err)
			}
		}
	}
}
