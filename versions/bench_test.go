package versions_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// manyRevisions returns a chain that creates a table in every third revision and changes it in the two after.
func manyRevisions(count int) *versions.Set {
	set := &versions.Set{}
	for i := range count {
		table := fmt.Sprintf("t%04d", i/3)
		r := versions.Revision{ID: fmt.Sprintf("r%05d", i), Created: time.Unix(int64(i)*60, 0).UTC().Format(time.RFC3339)}
		if i > 0 {
			r.Revises = versions.After(fmt.Sprintf("r%05d", i-1))
		}
		r.Upgrade = []func(m *op.Migration){
			func(m *op.Migration) {
				m.CreateTable(table, op.Column("id", "bigint").NotNull(), op.Column("name", "varchar(100)"), op.PrimaryKey("id"))
			},
			func(m *op.Migration) { m.AddColumn(table, op.Column("more", "integer")) },
			func(m *op.Migration) { m.CreateIndex("ix_"+table, table, "name") },
		}[i%3]
		r.Downgrade = []func(m *op.Migration){
			func(m *op.Migration) { m.DropTable(table) },
			func(m *op.Migration) { m.DropColumn(table, "more") },
			func(m *op.Migration) { m.DropIndex("ix_"+table, table) },
		}[i%3]
		set.Add(r)
	}
	return set
}

// TestLongHistory applies and reverts a long history.
func TestLongHistory(t *testing.T) {
	db := openBun(t, servertest.EngineSQLite, servertest.SQLite(t))
	set := manyRevisions(300)
	upgrade(t, db, set, "head", versions.Options{})
	downgrade(t, db, set, "base", versions.Options{})
	wantTables(t, db)
}

// BenchmarkThreeThousandRevisions applies 3,000 small revisions on SQLite.
func BenchmarkThreeThousandRevisions(b *testing.B) {
	const count = 3000
	set := manyRevisions(count)
	for b.Loop() {
		upgrade(b, openBun(b, servertest.EngineSQLite, servertest.SQLite(b)), set, "head", versions.Options{})
	}
	b.ReportMetric(float64(b.N*count)/b.Elapsed().Seconds(), "statements/s")
}

// BenchmarkUpgrade applies revisions of one statement each.
func BenchmarkUpgrade(b *testing.B) {
	for _, engine := range servertest.Engines() {
		b.Run(engine, func(b *testing.B) {
			const count = 60
			set := manyRevisions(count)
			databases := make([]*bun.DB, 0, b.N)
			for range b.N {
				databases = append(databases, openBun(b, engine, servertest.URL(b, engine)))
			}
			for _, db := range databases {
				upgrade(b, db, set, "head", versions.Options{})
			}
			b.ReportMetric(float64(b.N*count)/b.Elapsed().Seconds(), "statements/s")
		})
	}
}
