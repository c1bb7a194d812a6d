package cookbook

import (
	"time"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// Every customer has a plan.
func init() {
	Revisions.Add(versions.Revision{
		ID: "every_plan", Revises: versions.After("plans"), Created: "2026-11-06T10:00:00Z", Message: "every customer has a plan",
		Upgrade: func(m *op.Migration) {
			m.AddColumn("customers", op.Column("plan", "varchar(20)"))
			m.Backfill("customers", "plan", "CASE WHEN email LIKE '%@example.com' THEN 'firm' ELSE 'free' END").
				Batches(5000, 100*time.Millisecond)
			m.AlterColumn("customers", "plan").NotNull()
			m.AddConstraint("customers", op.ForeignKey("plan").References("plans", "name").Named("fk_customers_plan"))
		},
		Downgrade: func(m *op.Migration) {
			m.DropConstraint("customers", op.ForeignKeyConstraint, "fk_customers_plan")
			m.DropColumn("customers", "plan")
		},
	})
}
