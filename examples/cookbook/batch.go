package cookbook

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// Totals are never empty and never negative.
func init() {
	Revisions.Add(versions.Revision{
		ID: "totals", Revises: versions.After("names"), Created: "2026-11-04T10:00:00Z", Message: "totals are never negative",
		Upgrade: func(m *op.Migration) {
			m.Exec("UPDATE orders SET total = 0 WHERE total IS NULL OR total < 0")
			m.BatchAlterTable("orders", func(t *op.Table) {
				t.AlterColumn("total").NotNull().Default("0")
				t.AddConstraint(op.Check("ck_orders_total", "total >= 0"))
			})
		},
		Downgrade: func(m *op.Migration) {
			m.BatchAlterTable("orders", func(t *op.Table) {
				t.DropConstraint(op.CheckConstraint, "ck_orders_total")
				t.AlterColumn("total").Null().NoDefault()
			})
		},
	})
}
