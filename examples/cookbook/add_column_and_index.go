package cookbook

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// Phones of customers.
//
//	customers.phone     new column varchar(32)           models.Customer.Phone
//	ix_customers_phone  new index on customers (phone)   models.Customer.Phone
func init() {
	Revisions.Add(versions.Revision{
		ID: "phones", Revises: versions.After("create"), Created: "2026-11-02T10:00:00Z", Message: "phones of customers",
		Upgrade: func(m *op.Migration) {
			m.AddColumn("customers", op.Column("phone", "varchar(32)"))
			m.CreateIndex("ix_customers_phone", "customers", "phone").Concurrently()
		},
		Downgrade: func(m *op.Migration) {
			m.DropIndex("ix_customers_phone", "customers").Concurrently()
			m.DropColumn("customers", "phone")
		},
	})
}
