package lint

import (
	"fmt"

	"github.com/retort-db/retort/op"
)

var breaking = []rule{{
	Rule: Rule{
		ID: "rename-table", Category: Breaking, Severity: Danger,
		Title:   "a table is renamed",
		What:    "A table that was there before the revision is renamed.",
		Why:     "Code that runs while the revision is deployed knows one of the names only: the old code fails after the step, the new code before it.",
		Safe:    "Rename while nothing runs, or leave a view with the old name until the old code is gone.",
		Engines: everywhere,
		Bad:     `m.RenameTable("users", "accounts")`,
		Good: `m.CreateTable("accounts", op.Column("id", "integer").NotNull(), op.PrimaryKey("id"))
m.Exec("INSERT INTO accounts (id) SELECT id FROM users")`,
	},
	step: func(r *run, operation op.Operation) {
		rename, ok := operation.(*op.RenameTable)
		if !ok || r.existing(rename.From) == nil {
			return
		}
		r.find(rename.From.String(), fmt.Sprintf("code that runs meanwhile knows %s, not %s", rename.From, rename.To),
			"stop the old code first, or leave a view named "+rename.From.String())
	},
}, {
	Rule: Rule{
		ID: "rename-column", Category: Breaking, Severity: Danger,
		Title:   "a column is renamed",
		What:    "A column of a table that was there before the revision is renamed.",
		Why:     "Code that runs while the revision is deployed knows one of the names only: the old code fails after the step, the new code before it.",
		Safe:    "Add the new column, write both, copy the old values, read the new one, drop the old one: `retort revision --autogenerate --phases` writes these steps.",
		Engines: everywhere,
		Bad:     `m.RenameColumn("users", "name", "full_name")`,
		Good:    `m.AddColumn("users", op.Column("full_name", "varchar(200)"))`,
	},
	step: func(r *run, operation op.Operation) {
		rename, ok := operation.(*op.RenameColumn)
		if !ok || r.existing(rename.Table) == nil {
			return
		}
		r.find(columnOf(rename.Table, rename.From), fmt.Sprintf("code that runs meanwhile knows %s, not %s", rename.From, rename.To),
			"stop the old code first, or add the new column beside the old one and drop the old one later")
	},
}}
