package lint

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var destructive = []rule{{
	Rule: Rule{
		ID: "drop-table", Category: Destructive, Severity: Danger,
		Title:   "a table is dropped",
		What:    "A table that was there before the revision is dropped.",
		Why:     "All its rows are lost, and a downgrade makes an empty table. Code that still reads it fails at once.",
		Safe:    "Release code that does not use the table first. Keep a copy for as long as somebody may ask for it: rename the table, and drop it some releases later.",
		Engines: everywhere,
		Bad:     `m.DropTable("archived_orders")`,
		Good:    `m.RenameTable("archived_orders", "archived_orders_until_june")`,
	},
	step: on(func(r *run, o *op.DropTable) {
		if r.existing(o.Name) == nil || o.RenamedTo != "" {
			return
		}
		r.find(o.Name.String(), fmt.Sprintf("table %s is dropped with all its rows%s", o.Name, r.size(o.Name)),
			"release the code that does without it first, and keep a copy of the rows")
	}),
}, {
	Rule: Rule{
		ID: "drop-column", Category: Destructive, Severity: Danger,
		Title: "a column is dropped",
		What:  "A column of a table that was there before the revision is dropped. Generated columns do not count: their values can be computed again.",
		Why:   "Its values are lost, and a downgrade makes an empty column. Code that still names it fails at once, and a prepared `SELECT *` of a running program may fail, too.",
		Safe: "Release code whose model does not have the field, then drop the column. Copy the values first if anybody may want them. " +
			"When that is done, say so with a directive: `//retort:allow drop-column copied to archived_phones`.",
		Engines: everywhere,
		Bad:     `m.DropColumn("users", "phone")`,
		Good: `m.CreateTable("archived_phones", op.Column("user_id", "bigint"), op.Column("phone", "varchar(20)"))
m.Exec("INSERT INTO archived_phones (user_id, phone) SELECT id, phone FROM users")`,
	},
	step: on(func(r *run, o *op.DropColumn) {
		column := r.existingColumn(o.Table, o.Name)
		if column == nil || column.Generated != nil || o.RenamedTo != "" {
			return
		}
		r.find(columnOf(o.Table, o.Name), fmt.Sprintf("the values of %s.%s are lost%s", o.Table, o.Name, r.size(o.Table)),
			"release the code that does without it first, and copy the values if anybody may want them")
	}),
}, {
	Rule: Rule{
		ID: "unresolved-rename", Category: Destructive, Severity: Danger,
		Title:   "a likely rename is undecided",
		What:    "A dropped table, column or enum value is marked MaybeRenamedTo.",
		Why:     "As it is written, the values are lost. The runner refuses the revision until somebody decides, unless there is nothing to lose.",
		Safe:    "Run `retort resolve`, which edits the file either way.",
		Engines: everywhere,
		Bad: `m.DropColumn("users", "name").MaybeRenamedTo("full_name")
m.AddColumn("users", op.Column("full_name", "varchar(80)"))`,
		Good: `m.RenameColumn("users", "name", "full_name")`,
	},
	step: func(r *run, operation op.Operation) {
		const way = "decide with retort resolve"
		switch o := operation.(type) {
		case *op.DropTable:
			if o.RenamedTo != "" {
				r.find(o.Name.String(), fmt.Sprintf("table %s may have been renamed to %s; as written its rows are lost", o.Name, o.RenamedTo), way)
			}
		case *op.DropColumn:
			if o.RenamedTo != "" {
				r.find(columnOf(o.Table, o.Name), fmt.Sprintf("column %s.%s may have been renamed to %s; as written its values are lost", o.Table, o.Name, o.RenamedTo), way)
			}
		case *op.AlterEnum:
			if o.RenamedTo != "" {
				r.find(o.Name.String(), fmt.Sprintf("value %s of enum %s may have been renamed to %s", strings.Join(o.Remove, ", "), o.Name, o.RenamedTo), way)
			}
		}
	},
}, {
	Rule: Rule{
		ID: "drop-enum-value", Category: Destructive, Severity: Danger,
		Title:   "an enum loses values",
		What:    "Values are removed from an enum type that was there before the revision.",
		Why:     "PostgreSQL cannot remove a value: Retort makes the type anew and copies every table that uses it, under a lock that blocks readers. The step fails while a row holds one of the values.",
		Safe:    "Stop writing the value, move the rows to another one, and leave the value in the type.",
		Engines: []Engine{onPostgres},
		Bad:     `m.RemoveEnumValues("order_status", "lost")`,
		Good:    `m.Backfill("orders", "status", "'cancelled'").Where("status = 'lost'")`,
	},
	step: on(func(r *run, o *op.AlterEnum) {
		if len(o.Remove) > 0 && o.RenamedTo == "" && !r.createdTypes[o.Name] {
			r.find(o.Name.String(), fmt.Sprintf("enum %s loses %s: every table that uses it is copied, and the step fails while a row holds such a value", o.Name, strings.Join(o.Remove, ", ")),
				"move the rows to another value, and leave this one in the type")
		}
	}),
}, {
	Rule: Rule{
		ID: "lossy-type", Category: Destructive, Severity: Danger,
		Title:   "a change of type loses part of the values",
		What:    "The new type of a column keeps less of each value: fewer decimals, no time of day, less precision; on MySQL also fewer values of an ENUM or SET, or a character set without the characters.",
		Why:     "The values are rounded or cut without an error, and a downgrade cannot bring the rest back.",
		Safe:    "Add a column of the new type, fill it, and drop the old one when nobody misses what was cut.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.AlterColumn("orders", "total").Type("numeric(12,0)")`,
		Good:    `m.AlterColumn("orders", "total").Type("numeric(14,2)")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		column := r.existingColumn(o.Table, o.Name)
		if column == nil {
			return
		}
		if loss := r.lossOf(column, o); loss != "" {
			r.find(columnOf(o.Table, o.Name), fmt.Sprintf("%s.%s: %s%s", o.Table, o.Name, loss, r.size(o.Table)),
				"keep the old values in a column of their own until nobody misses what is cut")
		}
	}),
}, {
	Rule: Rule{
		ID: "delete-all-rows", Category: Destructive, Severity: Danger,
		Title:   "all rows are deleted",
		What:    "A step in SQL is a TRUNCATE, or a DELETE without WHERE.",
		Why:     "The rows are lost, and a downgrade does not bring them back. TRUNCATE … CASCADE empties every table that refers to this one.",
		Safe:    "Delete what has to go by a condition, and keep a copy.",
		Engines: everywhere,
		Bad:     `m.Exec("DELETE FROM archived_orders")`,
		Good:    `m.Exec("DELETE FROM archived_orders WHERE created_at < '2020-01-01'")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if table := r.target(s); !r.makes(table) && (s.is("TRUNCATE") || s.is("DELETE") && s.everyRow()) {
			r.findIn(table, objectOf(table), "all rows are deleted: "+s.short(), "delete by a condition, and keep a copy of the rows").Severity = Danger
		}
	}),
}, {
	Rule: Rule{
		ID: "drop-sequence", Category: Destructive, Severity: Warning,
		Title:   "a sequence is dropped",
		What:    "A sequence that was there before the revision is dropped.",
		Why:     "The number that it reached is lost: a downgrade begins at its start again, and gives out numbers that are taken.",
		Safe:    "Leave the sequence until nothing takes numbers from it.",
		Engines: []Engine{onPostgres, {Dialect: schema.MySQL, Flavor: schema.MariaDB}},
		Bad:     `m.DropSequence("invoice_numbers")`,
		Good:    `m.CreateSequence(schema.Sequence{Name: schema.ParseName("credit_note_numbers")})`,
	},
	step: on(func(r *run, o *op.DropSequence) {
		if r.state.Sequences.Has(o.Name) && !r.createdTypes[o.Name] {
			r.find(o.Name.String(), fmt.Sprintf("the number that sequence %s reached is lost", o.Name), "note the number, or leave the sequence")
		}
	}),
}}
