package cookbook

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// Full names.
//
//	customers.fullname   column dropped
//	customers.full_name  new column varchar(255) NOT NULL   models.Customer.FullName
func init() {
	Revisions.Add(versions.Revision{
		ID: "names", Revises: versions.After("phones"), Created: "2026-11-03T10:00:00Z", Message: "full names",
		Upgrade: func(m *op.Migration) {
			// LIKELY RENAME customers.fullname -> customers.full_name (0.93: same type, same place in models.Customer, only candidate).
			// As written, the values in customers.fullname are lost. To keep them, replace both lines by:
			//
			//	m.RenameColumn("customers", "fullname", "full_name")
			m.DropColumn("customers", "fullname").MaybeRenamedTo("full_name")
			m.AddColumn("customers", op.Column("full_name", "varchar(255)").NotNull().Default("''"))
		},
		Downgrade: func(m *op.Migration) {
			m.DropColumn("customers", "full_name")
			m.AddColumn("customers", op.Column("fullname", "varchar(255)").NotNull())
		},
	})
}
