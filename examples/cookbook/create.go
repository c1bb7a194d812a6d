package cookbook

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// Create the shop: the tables that the other recipes change.
func init() {
	Revisions.Add(versions.Revision{
		ID: "create", Created: "2026-11-01T10:00:00Z", Message: "create the shop",
		Upgrade: func(m *op.Migration) {
			m.CreateTable("customers",
				op.Column("id", "bigint").NotNull().AutoIncrement(),
				op.Column("fullname", "varchar(255)").NotNull(),
				op.Column("email", "varchar(100)"),
				op.PrimaryKey("id"),
				op.Unique("email").Named("uq_customers_email"),
			)
			m.On(op.Postgres, func(m *op.Migration) { m.CreateEnum("order_state", "new", "paid") })
			m.CreateTable("orders",
				op.Column("id", "bigint").NotNull().AutoIncrement(),
				op.Column("customer_id", "bigint").NotNull(),
				op.Column("total", "decimal(12,2)"),
				op.Column("state", op.Types{Postgres: "order_state", MySQL: "enum('new','paid')", SQLite: "varchar(10)"}).
					NotNull().Default("'new'"),
				op.PrimaryKey("id"),
				op.ForeignKey("customer_id").References("customers", "id").Named("fk_orders_customer_id").OnDelete("CASCADE"),
				op.On(op.SQLite, op.Check("ck_orders_state", "state IN ('new', 'paid')")),
			)
			m.CreateIndex("ix_orders_customer_id", "orders", "customer_id")
		},
		Downgrade: func(m *op.Migration) {
			m.DropTable("orders")
			m.On(op.Postgres, func(m *op.Migration) { m.DropEnum("order_state") })
			m.DropTable("customers")
		},
	})
}
