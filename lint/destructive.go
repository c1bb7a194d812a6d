package lint

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/op"
)

var destructive = []rule{{
	Rule: Rule{
		ID: "drop-table", Category: Destructive, Severity: Danger,
		Title:   "a table is dropped",
		What:    "A table that was there before the revision is dropped.",
		Why:     "All its rows are lost, and a downgrade makes an empty table. Code that still reads it fails at once.",
		Safe:    "Release code that does not use the table first. Keep a copy for as long as somebody may ask for it: rename the table, drop it some releases later.",
		Engines: everywhere,
		Bad:     `m.DropTable("archived_orders")`,
		Good:    `m.RenameTable("archived_orders", "archived_orders_until_june")`,
	},
	step: func(r *run, operation op.Operation) {
		drop, ok := operation.(*op.DropTable)
		if !ok || r.existing(drop.Name) == nil {
			return
		}
		r.find(drop.Name.String(), fmt.Sprintf("table %s is dropped with all its rows%s", drop.Name, r.size(drop.Name)),
			"release the code that does without it first; keep a copy of the rows, or rename the table and drop it later")
	},
}, {
	Rule: Rule{
		ID: "drop-column", Category: Destructive, Severity: Danger,
		Title:   "a column is dropped",
		What:    "A column of a table that was there before the revision is dropped. Generated columns are not counted: their values can be computed again.",
		Why:     "Its values are lost, and a downgrade makes an empty column. Code that still names it fails at once, and code that reads `SELECT *` into a prepared statement may fail too.",
		Safe:    "Release code whose model does not have the field, then drop the column. Copy the values first if anybody may want them.",
		Engines: everywhere,
		Bad:     `m.DropColumn("users", "phone")`,
		Good: `m.Exec("INSERT INTO archived_phones (user_id, phone) SELECT id, phone FROM users").NoSchemaChange()
//retort:allow drop-column copied to archived_phones; no release reads it since March
m.DropColumn("users", "phone")`,
	},
	step: func(r *run, operation op.Operation) {
		drop, ok := operation.(*op.DropColumn)
		if !ok || r.existing(drop.Table) == nil {
			return
		}
		column := r.state.Table(drop.Table).Column(drop.Name)
		if column == nil || column.Generated != nil {
			return
		}
		r.find(columnOf(drop.Table, drop.Name), fmt.Sprintf("the values of %s.%s are lost%s", drop.Table, drop.Name, r.size(drop.Table)),
			"release the code that does without it first, and copy the values if anybody may want them")
	},
}, {
	Rule: Rule{
		ID: "drop-enum-value", Category: Destructive, Severity: Danger,
		Title:   "an enum loses values",
		What:    "Values are removed from an enum type.",
		Why:     "PostgreSQL cannot remove a value: Retort makes the type anew and copies every table that uses it, under a lock that blocks readers. The step fails while a row holds one of the values.",
		Safe:    "Stop writing the value, move the rows to another one, and leave the value in the type.",
		Engines: []Engine{onPostgres},
		Bad:     `m.RemoveEnumValues("order_status", "lost")`,
		Good:    `m.Exec("UPDATE orders SET status = 'cancelled' WHERE status = 'lost'")`,
	},
	step: func(r *run, operation op.Operation) {
		alter, ok := operation.(*op.AlterEnum)
		if !ok || len(alter.Remove) == 0 {
			return
		}
		r.find(alter.Name.String(), fmt.Sprintf("enum %s loses %s: the step fails while a row holds one of them", alter.Name, strings.Join(alter.Remove, ", ")),
			"move the rows to another value first")
	},
}}
