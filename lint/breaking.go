package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var breaking = []rule{{
	Rule: Rule{
		ID: "rename-table", Category: Breaking, Severity: Danger,
		Title:   "a table is renamed",
		What:    "A table that was there before the revision is renamed, or moved to another schema.",
		Why:     "Code that runs while the revision is deployed knows one of the names only: the old code fails after the step, the new code before it.",
		Safe:    "Rename while nothing runs, or leave a view with the old name until the old code is gone.",
		Engines: everywhere,
		Bad:     `m.RenameTable("users", "accounts")`,
		Good: `m.RenameTable("users", "accounts")
m.CreateView("users", "SELECT * FROM accounts")`,
	},
	step: on(func(r *run, o *op.RenameTable) {
		if r.existing(o.From) == nil || r.createsLater(o.From) {
			return
		}
		r.find(o.From.String(), fmt.Sprintf("code that runs meanwhile knows %s, not %s", o.From, o.To),
			"stop the old code first, or leave a view named "+o.From.String())
	}),
}, {
	Rule: Rule{
		ID: "rename-column", Category: Breaking, Severity: Danger,
		Title:   "a column is renamed",
		What:    "A column of a table that was there before the revision is renamed.",
		Why:     "Code that runs while the revision is deployed knows one of the names only: the old code fails after the step, the new code before it.",
		Safe:    "Add the new column, write both, copy the old values, read the new one, drop the old one: `retort revision --autogenerate --phases` writes these steps.",
		Engines: everywhere,
		Bad:     `m.RenameColumn("users", "name", "full_name")`,
		Good: `m.AddColumn("users", op.Column("full_name", "varchar(80)"))
m.Backfill("users", "full_name", "name")`,
	},
	step: on(func(r *run, o *op.RenameColumn) {
		if r.existingColumn(o.Table, o.From) != nil {
			r.find(columnOf(o.Table, o.From), fmt.Sprintf("code that runs meanwhile knows %s, not %s", o.From, o.To),
				"stop the old code first, or add the new column beside the old one and drop the old one later")
		}
	}),
}, {
	Rule: Rule{
		ID: "rename-enum-value", Category: Breaking, Severity: Danger,
		Title:   "an enum value is renamed",
		What:    "A value of an enum type that was there before the revision is renamed.",
		Why:     "Code that runs meanwhile writes and compares the old word: it fails with an error, or finds nothing.",
		Safe:    "Add the new value, release code that knows both, move the rows, and leave the old value in the type.",
		Engines: []Engine{onPostgres},
		Bad:     `m.RenameEnumValue("order_status", "new", "open")`,
		Good:    `m.AddEnumValue("order_status", "open").After("new")`,
	},
	step: on(func(r *run, o *op.AlterEnum) {
		if o.Rename != "" && !r.createdTypes[o.Name] {
			r.find(o.Name.String(), fmt.Sprintf("code that runs meanwhile writes %s, which becomes %s", o.Rename, o.To), "add the new value beside the old one")
		}
	}),
}, {
	Rule: Rule{
		ID: "required-column", Category: Breaking, Severity: Danger,
		Title:   "a new column must have a value",
		What:    "A NOT NULL column without a default is added to a table that was there before the revision.",
		Why:     "Code that runs meanwhile does not know the column: its INSERTs fail. On PostgreSQL and SQLite the step itself fails if there is a row; MySQL gives the rows an empty value.",
		Safe:    "Add it with a default, or without NOT NULL: fill the rows with `m.Backfill`, release code that writes it, and set NOT NULL then.",
		Engines: everywhere,
		Bad:     `m.AddColumn("users", op.Column("country", "varchar(2)").NotNull())`,
		Good: `m.AddColumn("users", op.Column("country", "varchar(2)"))
m.Backfill("users", "country", "'??'")`,
	},
	step: on(func(r *run, o *op.AddColumn) {
		column := o.Column
		if r.existing(o.Table) == nil || !column.NotNull || column.Default != "" || column.Generated != nil || column.Identity != nil {
			return
		}
		object := columnOf(o.Table, column.Name)
		text := fmt.Sprintf("code that does not know %s cannot insert into %s any more", column.Name, o.Table)
		if r.Server.Dialect != schema.MySQL && column.Backfill == "" {
			text += ", and the step fails if the table has a row"
		}
		r.find(object, text+r.size(o.Table), "give it a default, or add it without NOT NULL, fill it, and set NOT NULL later")
	}),
}, {
	Rule: Rule{
		ID: "drop-default", Category: Breaking, Severity: Warning,
		Title:   "a required column loses its default",
		What:    "The default of a NOT NULL column of a table that was there before the revision is removed.",
		Why:     "INSERTs that leave the column out fail from then on.",
		Safe:    "Release code that always gives a value first.",
		Engines: everywhere,
		Bad:     `m.AlterColumn("orders", "total").NoDefault()`,
		Good:    `m.AlterColumn("orders", "total").Default("1")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		column := r.existingColumn(o.Table, o.Name)
		if column == nil || !o.Changes(op.DefaultAttribute) {
			return
		}
		if after := changed(column, o); column.Default != "" && after.Default == "" && after.NotNull && after.Identity == nil && after.Generated == nil {
			r.find(columnOf(o.Table, o.Name), fmt.Sprintf("inserts into %s that leave %s out fail from then on", o.Table, o.Name), "release code that always gives a value first")
		}
	}),
}, {
	Rule: Rule{
		ID: "change-default", Category: Breaking, Severity: Info,
		Title:   "a default changes",
		What:    "A column of a table that was there before the revision gets another default.",
		Why:     "Rows that are there keep their values. Until all code is new, some inserts state the old value, since programs that know a default may write it themselves.",
		Safe:    "Nothing to do if both values are right; otherwise backfill after the new code is out.",
		Engines: everywhere,
		Bad:     `m.AlterColumn("orders", "total").Default("1")`,
		Good:    `m.AlterColumn("users", "phone").Default("'?'")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		column := r.existingColumn(o.Table, o.Name)
		if column == nil || !o.Changes(op.DefaultAttribute) {
			return
		}
		if after := changed(column, o); column.Default != "" && after.Default != "" && column.Default != after.Default {
			r.find(columnOf(o.Table, o.Name), fmt.Sprintf("the default of %s.%s changes from %s to %s; rows that are there keep their values", o.Table, o.Name, column.Default, after.Default),
				"backfill the old rows if they should follow")
		}
	}),
}, {
	Rule: Rule{
		ID: "drop-not-null", Category: Breaking, Severity: Info,
		Title:   "a column may be NULL from now on",
		What:    "NOT NULL is taken from a column of a table that was there before the revision.",
		Why:     "Code that runs meanwhile does not expect NULL: scanning it into a plain Go value is an error. A downgrade fails as soon as there is one.",
		Safe:    "Release code that takes NULL first.",
		Engines: everywhere,
		Bad:     `m.AlterColumn("users", "name").Null()`,
		Good:    `m.AlterColumn("users", "name").NotNull().Default("'?'")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		column := r.existingColumn(o.Table, o.Name)
		if column != nil && o.Changes(op.NotNullAttribute) && column.NotNull && !o.To.NotNull {
			r.find(columnOf(o.Table, o.Name), fmt.Sprintf("code that reads %s.%s may meet NULL", o.Table, o.Name), "release code that takes NULL first")
		}
	}),
}, {
	Rule: Rule{
		ID: "drop-unique", Category: Breaking, Severity: Warning,
		Title:   "a unique key is dropped",
		What:    "A unique constraint, unique index or primary key of a table that was there before the revision is dropped, and none over the same columns takes its place.",
		Why:     "Duplicates can be written from then on, a downgrade fails at the first one, and `INSERT … ON CONFLICT (columns)` is an error.",
		Safe:    "Release code that does not rely on it first.",
		Engines: everywhere,
		Bad:     `m.DropConstraint("products", op.UniqueConstraint, "products_sku_key")`,
		Good: `m.DropConstraint("products", op.UniqueConstraint, "products_sku_key")
m.AddConstraint("products", op.Unique("sku").Named("uq_products_sku"))`,
	},
	step: func(r *run, operation op.Operation) {
		table := r.existing(operation.Subject())
		if table == nil {
			return
		}
		var columns []string
		switch o := operation.(type) {
		case *op.DropConstraint:
			found := o.Find(table)
			switch {
			case found == nil:
			case found.Unique != nil:
				columns = found.Unique.Columns
			case found.PrimaryKey != nil:
				columns = found.PrimaryKey.Columns
			}
		case *op.DropIndex:
			if index := table.Index(o.Name); index != nil && index.Unique {
				columns = index.Columns()
			}
		}
		if len(columns) > 0 && !r.uniqueLater(table, columns) {
			r.find(table.Name.String(), fmt.Sprintf("nothing keeps (%s) of %s unique any more", strings.Join(columns, ", "), table.Name), "release code that does not rely on it first")
		}
	},
}, {
	Rule: Rule{
		ID: "drop-view", Category: Breaking, Severity: Warning,
		Title:   "a view or function is dropped",
		What:    "A view, function or procedure is dropped and not created again in the revision.",
		Why:     "Code that uses it fails at once.",
		Safe:    "Release code that does without it first.",
		Engines: everywhere,
		Bad:     `m.DropView("order_totals")`,
		Good: `m.DropView("order_totals")
m.CreateView("order_totals", "SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id")`,
	},
	step: func(r *run, operation op.Operation) {
		switch o := operation.(type) {
		case *op.DropView:
			if !r.createsLater(o.Name) {
				r.find(o.Name.String(), fmt.Sprintf("code that reads view %s fails at once", o.Name), "release code that does without it first")
			}
		case *op.DropFunction:
			if !r.createsLater(o.Name) {
				r.find(o.Name.String(), fmt.Sprintf("code that calls %s fails at once", o.Name), "release code that does without it first")
			}
		}
	},
}}

// createsLater reports whether a later step creates a table, view or function of the name.
func (r *run) createsLater(name schema.Name) bool {
	for step := range r.steps(r.place) {
		switch o := step.(type) {
		case *op.CreateTable:
			if o.Table.Name == name {
				return true
			}
		case *op.CreateView:
			if o.View.Name == name {
				return true
			}
		case *op.CreateFunction:
			if o.Function.Name == name {
				return true
			}
		}
	}
	return false
}

// uniqueLater reports whether the table has another unique key over the columns, or a later step adds one.
func (r *run) uniqueLater(table *schema.Table, columns []string) bool {
	same := func(other []string) bool {
		a, b := slices.Sorted(slices.Values(columns)), slices.Sorted(slices.Values(other))
		return slices.Equal(a, b)
	}
	count := 0
	if table.PrimaryKey != nil && same(table.PrimaryKey.Columns) {
		count++
	}
	for _, unique := range table.Uniques {
		if same(unique.Columns) {
			count++
		}
	}
	for _, index := range table.Indexes {
		if index.Unique && index.Where == "" && same(index.Columns()) {
			count++
		}
	}
	if count > 1 {
		return true
	}
	for step := range r.steps(r.place) {
		switch o := step.(type) {
		case *op.AddConstraint:
			if o.Table == table.Name && (o.Unique != nil && same(o.Unique.Columns) || o.PrimaryKey != nil && same(o.PrimaryKey.Columns)) {
				return true
			}
		case *op.CreateIndex:
			if o.Table == table.Name && o.Index.Unique && same(o.Index.Columns()) {
				return true
			}
		}
	}
	return false
}
