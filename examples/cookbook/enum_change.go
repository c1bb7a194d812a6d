package cookbook

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// Orders are sent before they are settled.
func init() {
	Revisions.Add(versions.Revision{
		ID: "sent", Revises: versions.After("every_plan"), Created: "2026-11-07T10:00:00Z", Message: "orders are sent",
		Upgrade: func(m *op.Migration) {
			m.On(op.Postgres, func(m *op.Migration) {
				m.AddEnumValue("order_state", "sent").Before("paid")
				m.RenameEnumValue("order_state", "paid", "settled")
			})
			m.On(op.MySQL, func(m *op.Migration) {
				m.AlterColumn("orders", "state").Type("enum('new','paid','sent','settled')")
				m.Exec("UPDATE orders SET state = 'settled' WHERE state = 'paid'")
				m.AlterColumn("orders", "state").Type("enum('new','sent','settled')")
			})
			m.On(op.SQLite, func(m *op.Migration) {
				m.DropConstraint("orders", op.CheckConstraint, "ck_orders_state")
				m.Exec("UPDATE orders SET state = 'settled' WHERE state = 'paid'")
				m.AddConstraint("orders", op.Check("ck_orders_state", "state IN ('new', 'sent', 'settled')"))
			})
		},
		Downgrade: func(m *op.Migration) {
			m.On(op.Postgres, func(m *op.Migration) {
				m.RenameEnumValue("order_state", "settled", "paid")
				m.RemoveEnumValues("order_state", "sent") // refuses while an order is sent
			})
			m.On(op.MySQL, func(m *op.Migration) {
				m.AlterColumn("orders", "state").Type("enum('new','paid','sent','settled')")
				m.Exec("UPDATE orders SET state = 'paid' WHERE state = 'settled'")
				m.AlterColumn("orders", "state").Type("enum('new','paid')")
			})
			m.On(op.SQLite, func(m *op.Migration) {
				m.DropConstraint("orders", op.CheckConstraint, "ck_orders_state")
				m.Exec("UPDATE orders SET state = 'paid' WHERE state = 'settled'")
				m.AddConstraint("orders", op.Check("ck_orders_state", "state IN ('new', 'paid')"))
			})
		},
	})
}
