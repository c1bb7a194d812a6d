package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var rewriting = []rule{{
	Rule: Rule{
		ID: "add-column-rewrites", Category: Rewrite, Severity: Danger,
		Title: "a new column makes the server copy the table",
		What:  "A column is added to a table that was there before the revision, and every row has to be written again: the default is volatile, the values are generated and stored, the column numbers itself or is of a domain with a constraint.",
		Why:   "PostgreSQL copies the table and builds all its indexes anew under ACCESS EXCLUSIVE; MySQL copies it while nobody can write. A constant default and `now()` cost nothing.",
		Safe:  "Add the column without the default, set the default in a second step, and fill the rows with `m.Backfill`. Use a virtual generated column, or fill a plain one.",
		Engines: []Engine{
			onPostgres, onMySQL,
		},
		Bad: `m.AddColumn("users", op.Column("initial", "varchar(1)").GeneratedStored("left(name, 1)"))`,
		Good: `m.AddColumn("users", op.Column("initial", "varchar(1)"))
m.Backfill("users", "initial", "left(name, 1)")`,
	},
	step: on(func(r *run, o *op.AddColumn) {
		if r.existing(o.Table) == nil || !r.effect.Rewrites {
			return
		}
		r.copies(o.Table, columnOf(o.Table, o.Column.Name), "to add "+o.Column.Name, "add it without, and fill the rows with m.Backfill")
	}),
}, {
	Rule: Rule{
		ID: "change-type-rewrites", Category: Rewrite, Severity: Danger,
		Title:   "a change of type makes the server copy the table",
		What:    "A column of a table that was there before the revision changes its type, character set or list of values, and the stored rows do not fit the new one.",
		Why:     "PostgreSQL copies the table and builds all its indexes anew under ACCESS EXCLUSIVE; MySQL copies it while nobody can write. Longer varchars, numerics with more digits of the same scale and enum values at the end cost nothing.",
		Safe:    "Add a column of the new type, write both, fill it with `m.Backfill`, read the new one, drop the old one.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.AlterColumn("orders", "number").Type("bigint")`,
		Good:    `m.AlterColumn("users", "name").Type("varchar(60)")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		if r.existing(o.Table) == nil || !r.effect.Rewrites || !(o.Changes(op.TypeAttribute) || o.Changes(op.CharsetAttribute) || o.Changes(op.CollationAttribute)) {
			return
		}
		r.copies(o.Table, columnOf(o.Table, o.Name), "to change "+o.Name, "add a column of the new type, fill it with m.Backfill, and drop the old one later")
	}),
}, {
	Rule: Rule{
		ID: "constraint-copies-table", Category: Rewrite, Severity: Danger,
		Title:   "a constraint makes MySQL copy the table",
		What:    "A primary key, foreign key or check is added to a table that was there before the revision, or its primary key is dropped.",
		Why:     "MySQL and MariaDB check foreign keys and checks only while they copy the table, and order the table by its primary key. While it is copied nobody can write (MariaDB 11.2 and later let others write).",
		Safe:    "Add a check NOT ENFORCED, which only documents it (MySQL). Drop and add a primary key in one batch, which works in place. Add keys and checks when the table is made, or with a tool that copies in the background, such as gh-ost.",
		Engines: []Engine{onMySQL},
		Bad:     `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id"))`,
		Good:    `m.AddConstraint("orders", op.Unique("number").Named("orders_number_key"))`,
	},
	step: func(r *run, operation op.Operation) {
		switch operation.(type) {
		case *op.AddConstraint, *op.DropConstraint, *op.RenameConstraint:
			if table := operation.Subject(); r.existing(table) != nil && r.effect.Rewrites {
				r.copies(table, table.String(), "to "+operation.String(), "run it while nobody writes")
			}
		}
	},
}, {
	Rule: Rule{
		ID: "table-rewrites", Category: Rewrite, Severity: Danger,
		Title:   "the table is copied",
		What:    "Another change copies a table that was there before the revision: its engine, row format, tablespace or logging, NULL or the place of a column on MySQL, a generated column that becomes another one.",
		Why:     "It takes time and space in proportion to the table. PostgreSQL lets nobody read it meanwhile; MySQL lets others write if it works in place.",
		Safe:    "Run it while nobody needs the table, or make a new table beside it and copy in batches.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad: `m.On(op.Postgres, func(m *op.Migration) { m.SetTableOption("archived_orders", "unlogged", "") })
m.On(op.MySQL, func(m *op.Migration) { m.AlterColumn("users", "name").Null() })`,
		Good: `m.AlterColumn("users", "name").Default("'?'")`,
	},
	step: func(r *run, operation op.Operation) {
		if !r.effect.Rewrites {
			return
		}
		switch o := operation.(type) {
		case *op.AlterColumn:
			if o.Changes(op.TypeAttribute) || o.Changes(op.CharsetAttribute) || o.Changes(op.CollationAttribute) {
				return
			}
		case *op.AlterTable, *op.DropColumn, *op.RenameColumn, *op.CreateIndex:
		default:
			return
		}
		if table := operation.Subject(); r.existing(table) != nil {
			r.copies(table, table.String(), "to "+operation.String(), "run it while nobody needs the table")
		}
	},
}, {
	Rule: Rule{
		ID: "sqlite-rebuild", Category: Rewrite, Severity: Info,
		Title:   "SQLite makes the table anew",
		What:    "A change that SQLite's ALTER TABLE does not know is made by copying the table.",
		Why:     "Others cannot write to the database meanwhile, and the file grows by the size of the table. Retort keeps indexes, triggers, views and the rows of other tables as they are.",
		Safe:    "Put changes of one table behind each other, or into one `m.BatchAlterTable`: they share one copy.",
		Engines: []Engine{onSQLite},
		Bad:     `m.AlterColumn("users", "name").Null()`,
		Good:    `m.AddColumn("users", op.Column("plan", "varchar(20)"))`,
	},
	step: func(r *run, operation op.Operation) {
		table := operation.Subject()
		if !r.effect.Rewrites || r.existing(table) == nil {
			return
		}
		copied := r.copiedAfter[table]
		r.copiedAfter[table] = len(r.done) + 1
		if copied > 0 && !slices.ContainsFunc(r.done[copied:], func(between op.Operation) bool { return between.Subject() != table }) {
			return // Changes of one table that follow each other share one copy.
		}
		text, way := fmt.Sprintf("table %s is made anew to %s", table, operation), "run it while nobody has to write"
		if copied > 0 {
			text, way = fmt.Sprintf("table %s is made anew once more to %s", table, operation), "put the changes of one table behind each other, or into one batch"
		}
		f := r.findIn(table, table.String(), text, way)
		if size, known := r.Sizes[table.String()]; known && size.Rows > SmallTable {
			f.Severity = Warning
		}
	},
}}

// copies reports that a table is copied: a danger if others cannot write meanwhile.
func (r *run) copies(table schema.Name, object, why, way string) {
	text := fmt.Sprintf("table %s is copied %s", table, why)
	if r.effect.Reason != "" {
		text += ": " + r.effect.Reason
	}
	blocks := r.effect.Blocks()
	switch blocks {
	case ddl.BlocksAll:
		text += "; nobody can read it meanwhile"
	case ddl.BlocksWrites:
		text += "; nobody can write to it meanwhile"
	default:
		text += "; others can read and write meanwhile"
		way = "run it when there is room for a second copy and replicas may fall behind"
	}
	f := r.findIn(table, object, strings.TrimSuffix(text, " "), way)
	if blocks.Less(ddl.BlocksWrites) && f.Severity == Danger {
		f.Severity = Warning
	}
}

var scanning = []rule{{
	Rule: Rule{
		ID: "set-not-null-scans", Category: Scan, Severity: Danger,
		Title:   "NOT NULL is checked under a lock",
		What:    "A column of a table that was there before the revision becomes NOT NULL, and no valid check proves that it holds no NULL.",
		Why:     "Every row is read under ACCESS EXCLUSIVE: nobody can read the table meanwhile.",
		Safe:    "Add the check `column IS NOT NULL` with `.NotValid()`, validate it, and set NOT NULL then: PostgreSQL 12 and later take the check's word. Drop the check afterwards.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AlterColumn("users", "phone").NotNull()`,
		Good: `m.AddConstraint("users", op.Check("users_phone_null", "phone IS NOT NULL").NotValid())
m.ValidateConstraint("users", op.CheckConstraint, "users_phone_null")
m.AlterColumn("users", "phone").NotNull()
m.DropConstraint("users", op.CheckConstraint, "users_phone_null")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		if r.existing(o.Table) != nil && o.Changes(op.NotNullAttribute) && o.To.NotNull && r.effect.Scans && !r.effect.Rewrites {
			r.findIn(o.Table, columnOf(o.Table, o.Name), fmt.Sprintf("nobody can read %s while every row is checked for NULL", o.Table),
				"add the check "+o.Name+" IS NOT NULL with .NotValid(), validate it, then set NOT NULL")
		}
	}),
}, {
	Rule: Rule{
		ID: "add-check-scans", Category: Scan, Severity: Danger,
		Title:   "a check is tried on every row under a lock",
		What:    "A check is added to a table that was there before the revision, and its rows are checked at once.",
		Why:     "Every row is read under ACCESS EXCLUSIVE: nobody can read the table meanwhile.",
		Safe:    "Add it with `.NotValid()`, and check the rows with `m.ValidateConstraint`, which lets others read and write.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AddConstraint("orders", op.Check("orders_total_check", "total >= 0"))`,
		Good: `m.AddConstraint("orders", op.Check("orders_total_check", "total >= 0").NotValid())
m.ValidateConstraint("orders", op.CheckConstraint, "orders_total_check")`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		if o.Check != nil && r.existing(o.Table) != nil && r.effect.Scans {
			r.findIn(o.Table, o.Table.String(), fmt.Sprintf("nobody can read %s while every row is checked by %s", o.Table, o.Name()),
				"add it with .NotValid(), then m.ValidateConstraint")
		}
	}),
}, {
	Rule: Rule{
		ID: "change-type-scans", Category: Scan, Severity: Warning,
		Title:   "a change of type tries checks or sorts indexes again",
		What:    "A column of a table that was there before the revision changes its type or collation without a copy of the table, but a check on it is tried again, or its indexes are built anew.",
		Why:     "That is done under ACCESS EXCLUSIVE: nobody can read the table meanwhile.",
		Safe:    "Drop the check or index before, and bring it back with `.NotValid()` or `.Concurrently()`.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AlterColumn("users", "name").Collate("C")`,
		Good:    `m.AlterColumn("users", "phone").Collate("C")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		if r.existing(o.Table) == nil || r.effect.Rewrites || !(o.Changes(op.TypeAttribute) || o.Changes(op.CollationAttribute)) || r.effect.Reason == "" {
			return
		}
		if r.effect.Builds || r.effect.Scans && !o.Changes(op.NotNullAttribute) {
			r.findIn(o.Table, columnOf(o.Table, o.Name), fmt.Sprintf("nobody can read %s meanwhile: %s", o.Table, r.effect.Reason),
				"drop the check or index before, and bring it back with .NotValid() or .Concurrently()")
		}
	}),
}}
