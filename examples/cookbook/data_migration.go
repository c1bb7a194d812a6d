package cookbook

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// Plans, with the three that there are.
func init() {
	Revisions.Add(versions.Revision{
		ID: "plans", Revises: versions.After("totals"), Created: "2026-11-05T10:00:00Z", Message: "plans",
		Upgrade: func(m *op.Migration) {
			m.CreateTable("plans",
				op.Column("name", "varchar(20)").NotNull(),
				op.Column("seats", "integer").NotNull(),
				op.Column("label", "varchar(40)"),
				op.PrimaryKey("name"),
			)
			m.Insert("plans",
				op.Row{"name": "free", "seats": 1},
				op.Row{"name": "team", "seats": 20},
				op.Row{"name": "firm", "seats": 500})
			m.Run("label the plans", labelPlans)
		},
		Downgrade: func(m *op.Migration) {
			m.DropTable("plans")
		},
	})
}

// labelPlans writes what SQL could not: it has the revision's transaction, and names tables, not models.
func labelPlans(ctx context.Context, db bun.IDB) error {
	var plans []struct {
		Name  string
		Seats int
	}
	if err := db.NewRaw("SELECT name, seats FROM plans").Scan(ctx, &plans); err != nil {
		return err
	}
	for _, plan := range plans {
		label := fmt.Sprintf("%s, up to %d", plan.Name, plan.Seats)
		if _, err := db.NewRaw("UPDATE plans SET label = ? WHERE name = ?", label, plan.Name).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
