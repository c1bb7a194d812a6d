package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var failing = []rule{{
	Rule: Rule{
		ID: "set-not-null", Category: Failing, Severity: Warning,
		Title:   "a column becomes NOT NULL",
		What:    "A column of a table that was there before the revision becomes NOT NULL, and no earlier step of the revision fills it.",
		Why:     "The step fails while a row holds NULL (MySQL without strict mode turns it into an empty value), and code that runs meanwhile and writes none fails afterwards.",
		Safe:    "Give it a default, fill the rows with `m.Backfill` first, and release code that always gives a value.",
		Engines: everywhere,
		Bad:     `m.AlterColumn("users", "phone").NotNull()`,
		Good: `m.Backfill("users", "phone", "''")
m.AlterColumn("users", "phone").NotNull()`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		column := r.existingColumn(o.Table, o.Name)
		if column == nil || !o.Changes(op.NotNullAttribute) || !o.To.NotNull || column.NotNull || r.filled(o.Table, o.Name) {
			return
		}
		f := r.find(columnOf(o.Table, o.Name), fmt.Sprintf("the step fails while a row of %s has no %s%s", o.Table, o.Name, r.size(o.Table)), "fill the rows with m.Backfill first")
		f.Check = fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS NULL", r.quoteName(o.Table), r.quote(o.Name))
	}),
}, {
	Rule: Rule{
		ID: "add-unique", Category: Failing, Severity: Warning,
		Title:   "values must be unique from now on",
		What:    "A unique constraint, unique index or primary key is added over columns that were there before the revision.",
		Why:     "The step fails while there are duplicates (CREATE UNIQUE INDEX CONCURRENTLY leaves an invalid index then), and code that writes them fails afterwards.",
		Safe:    "Look for duplicates with the query of the finding, and settle them before.",
		Engines: everywhere,
		Bad:     `m.CreateIndex("users_email_key", "users", "email").Unique()`,
		Good:    `m.CreateIndex("ix_users_email", "users", "email")`,
	},
	step: func(r *run, operation op.Operation) {
		table := r.existing(operation.Subject())
		if table == nil {
			return
		}
		var columns []string
		where := ""
		switch o := operation.(type) {
		case *op.AddConstraint:
			if o.UsingIndex != "" {
				return
			}
			if o.Unique != nil {
				columns = o.Unique.Columns
			}
			if o.PrimaryKey != nil {
				columns = o.PrimaryKey.Columns
			}
		case *op.CreateIndex:
			if o.Index.Unique {
				columns, where = o.Index.Columns(), o.Index.Where
			}
		}
		if len(columns) == 0 || r.isUnique(table, columns) || slices.ContainsFunc(columns, func(name string) bool { return r.existingColumn(table.Name, name) == nil }) {
			return
		}
		list := strings.Join(columns, ", ")
		f := r.find(table.Name.String(), fmt.Sprintf("the step fails while rows of %s share a value of (%s)%s", table.Name, list, r.size(table.Name)), "look for duplicates and settle them first")
		quoted := make([]string, len(columns))
		for i, name := range columns {
			quoted[i] = r.quote(name)
		}
		keys := strings.Join(quoted, ", ")
		if where != "" {
			where = " WHERE " + where
		}
		f.Check = fmt.Sprintf("SELECT %s, count(*) FROM %s%s GROUP BY %s HAVING count(*) > 1", keys, r.quoteName(table.Name), where, keys)
	},
}, {
	Rule: Rule{
		ID: "add-check", Category: Failing, Severity: Warning,
		Title:   "rows must pass a check from now on",
		What:    "A check is added to a table that was there before the revision. NOT ENFORCED ones do not count.",
		Why:     "The step fails while a row does not pass, and code that writes such rows fails afterwards.",
		Safe:    "Look for such rows with the query of the finding, and settle them before.",
		Engines: everywhere,
		Bad:     `m.AddConstraint("orders", op.Check("orders_total_check", "total >= 0"))`,
		Good:    `m.AddColumn("orders", op.Column("weight", "integer").Default("0"))`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		if o.Check == nil || o.Check.NoEnforce || r.existing(o.Table) == nil || isNotNullCheck(o.Check.Expr) {
			return
		}
		f := r.find(o.Table.String(), fmt.Sprintf("the step fails while a row of %s does not pass %s%s", o.Table, o.Check.Expr, r.size(o.Table)), "look for such rows and settle them first")
		if o.Check.NotValid && r.Server.Dialect == schema.Postgres {
			f.Text = fmt.Sprintf("new rows of %s must pass %s; its validation fails while an old one does not", o.Table, o.Check.Expr)
		}
		f.Check = fmt.Sprintf("SELECT count(*) FROM %s WHERE NOT (%s)", r.quoteName(o.Table), o.Check.Expr)
	}),
}, {
	Rule: Rule{
		ID: "add-foreign-key", Category: Failing, Severity: Warning,
		Title:   "rows must refer to something from now on",
		What:    "A foreign key is added over columns that were there before the revision.",
		Why:     "The step fails while a row refers to nothing, and code that writes or deletes in the wrong order fails afterwards.",
		Safe:    "Look for orphans with the query of the finding, and settle them before.",
		Engines: everywhere,
		Bad:     `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id"))`,
		Good: `m.AddColumn("orders", op.Column("gift_id", "bigint"))
m.AddConstraint("orders", op.ForeignKey("gift_id").References("products", "id").Named("fk_orders_gift_id"))`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		key := o.ForeignKey
		if key == nil || key.NoEnforce || r.existing(o.Table) == nil || !slices.ContainsFunc(key.Columns, func(name string) bool { return r.existingColumn(o.Table, name) != nil }) {
			return
		}
		f := r.find(o.Table.String(), fmt.Sprintf("the step fails while a row of %s refers to no row of %s%s", o.Table, key.RefTable, r.size(o.Table)), "look for orphans and settle them first")
		if key.NotValid && r.Server.Dialect == schema.Postgres {
			f.Text = fmt.Sprintf("new rows of %s must refer to a row of %s; its validation fails while an old one does not", o.Table, key.RefTable)
		}
		f.Check = r.orphans(o.Table, key)
	}),
}, {
	Rule: Rule{
		ID: "narrow-type", Category: Failing, Severity: Warning,
		Title:   "values may not fit the new type",
		What:    "A column of a table that was there before the revision gets a type that takes fewer values: shorter texts, smaller numbers, texts that have to be read as something else.",
		Why:     "The step fails while a row does not fit. MySQL without strict mode cuts the value instead, and SQLite keeps it as it is unless the table is STRICT.",
		Safe:    "Look at the values first, or give the conversion with `.Using(…)`.",
		Engines: everywhere,
		Bad:     `m.AlterColumn("users", "name").Type("varchar(10)")`,
		Good:    `m.AlterColumn("users", "name").Type("varchar(100)")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		column := r.existingColumn(o.Table, o.Name)
		if column == nil {
			return
		}
		if misfit := r.misfitOf(column, o); misfit != "" {
			r.find(columnOf(o.Table, o.Name), fmt.Sprintf("%s.%s becomes %s: %s do not fit%s", o.Table, o.Name, o.To.Type, misfit, r.size(o.Table)), "look at the values first")
		}
	}),
}, {
	Rule: Rule{
		ID: "collation-duplicates", Category: Failing, Severity: Warning,
		Title:   "another collation may find duplicates",
		What:    "A column of a unique key changes its collation or character set.",
		Why:     "What was different may be the same to the new collation (a and A, ss and ß): the step fails, or code that wrote both fails afterwards.",
		Safe:    "Look for values that the new collation takes for the same.",
		Engines: []Engine{onMySQL, onSQLite},
		Bad: `m.On(op.MySQL, func(m *op.Migration) { m.AlterColumn("products", "sku").Collate("utf8mb4_general_ci") })
m.On(op.SQLite, func(m *op.Migration) { m.AlterColumn("products", "sku").Collate("NOCASE") })`,
		Good: `m.AlterColumn("products", "sku").Comment("stock keeping unit")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		table := r.existing(o.Table)
		if table == nil || !(o.Changes(op.CollationAttribute) || o.Changes(op.CharsetAttribute)) || r.existingColumn(o.Table, o.Name) == nil {
			return
		}
		in := func(columns []string) bool { return slices.Contains(columns, o.Name) }
		keyed := table.PrimaryKey != nil && in(table.PrimaryKey.Columns) ||
			slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return in(u.Columns) }) ||
			slices.ContainsFunc(table.Indexes, func(i *schema.Index) bool { return i.Unique && in(i.Columns()) })
		if keyed {
			r.find(columnOf(o.Table, o.Name), fmt.Sprintf("the step fails if values of %s.%s are the same to the new collation", o.Table, o.Name), "look for such values first")
		}
	}),
}, {
	Rule: Rule{
		ID: "not-in-transaction", Category: Failing, Severity: Danger,
		Title:   "a step in SQL cannot run in a transaction",
		What:    "A step in SQL that the server refuses in a transaction (CONCURRENTLY, VACUUM, CREATE DATABASE, ALTER SYSTEM) does not say OutsideTransaction.",
		Why:     "The step fails.",
		Safe:    "Use `m.CreateIndex(…).Concurrently()`, or say `.OutsideTransaction()`.",
		Engines: []Engine{onPostgres, onSQLite},
		Bad:     `m.Exec("VACUUM").NoSchemaChange()`,
		Good:    `m.Exec("VACUUM").NoSchemaChange().OutsideTransaction()`,
	},
	step: on(func(r *run, o *op.Exec) {
		if o.OutsideTransaction {
			return
		}
		for _, s := range r.statements(o) {
			concurrently := s.has("CONCURRENTLY") && !s.is("REFRESH") && r.Server.Dialect == schema.Postgres
			if concurrently || s.is("VACUUM") || s.is("CREATE DATABASE") || s.is("DROP DATABASE") || s.is("ALTER SYSTEM") {
				r.find("", "the server refuses it in a transaction: "+s.short(), "add .OutsideTransaction()")
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "transaction-control", Category: Failing, Severity: Danger,
		Title:   "a step in SQL begins or ends a transaction",
		What:    "A step in SQL is BEGIN, START TRANSACTION, COMMIT, ROLLBACK or END.",
		Why:     "It ends the runner's transaction: what follows is no longer undone when it fails, and the version row is written apart from it.",
		Safe:    "Leave it out. `.OutsideTransaction()` and `Revision.Transaction` say what runs in which transaction.",
		Engines: everywhere,
		Bad:     `m.Exec("COMMIT").NoSchemaChange()`,
		Good:    `m.Exec("ANALYZE").NoSchemaChange()`,
	},
	step: on(func(r *run, o *op.Exec) {
		for _, s := range r.statements(o) {
			if s.is("BEGIN") || s.is("START TRANSACTION") || s.is("COMMIT") || s.is("ROLLBACK") && !s.has("TO") || s.is("END") {
				r.find("", "it ends the runner's transaction: "+s.short(), "leave it out")
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "random-default", Category: Failing, Severity: Danger,
		Title:   "MySQL refuses a default of that kind",
		What:    "A column whose default is uuid(), rand() or another function without a fixed value is added to a table that was there before the revision.",
		Why:     "MySQL refuses it with error 1674, since a replica would compute other values. MariaDB takes it, and copies the table.",
		Safe:    "Add the column without the default, fill the rows with `m.Backfill`, and set the default then.",
		Engines: []Engine{{Dialect: schema.MySQL, Versions: "not MariaDB"}},
		Bad:     `m.AddColumn("users", op.Column("token", "varchar(36)").Default("(uuid())"))`,
		Good: `m.AddColumn("users", op.Column("token", "varchar(36)"))
m.Backfill("users", "token", "uuid()")
m.AlterColumn("users", "token").Default("(uuid())")`,
	},
	step: on(func(r *run, o *op.AddColumn) {
		if r.Server.Flavor == schema.MariaDB || r.existing(o.Table) == nil {
			return
		}
		for _, word := range []string{"uuid", "uuid_short", "rand", "random_bytes", "sysdate", "connection_id"} {
			if strings.Contains(strings.ToLower(o.Column.Default), word+"(") {
				r.find(columnOf(o.Table, o.Column.Name), fmt.Sprintf("the server refuses to add a column whose default is %s", o.Column.Default), "add it without the default, fill it, and set the default then")
				return
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "invalid-index-left", Category: Failing, Severity: Warning,
		Title:   "an index that failed is taken for the real one",
		What:    "CREATE INDEX CONCURRENTLY is combined with IF NOT EXISTS.",
		Why:     "A concurrent build that failed leaves an invalid index of the name: it is not used, and IF NOT EXISTS takes it for done. Retort drops such a leftover when it runs the step again.",
		Safe:    "Leave IfNotExists out.",
		Engines: []Engine{onPostgres},
		Bad:     `m.CreateIndex("ix_orders_created_at", "orders", "created_at").Concurrently().IfNotExists()`,
		Good:    `m.CreateIndex("ix_orders_created_at", "orders", "created_at").Concurrently()`,
	},
	step: on(func(r *run, o *op.CreateIndex) {
		if o.Concurrently && o.IfNotExists {
			r.find(o.Table.String(), fmt.Sprintf("an invalid index %s that an earlier try left would be taken for the real one", o.Index.Name), "leave IfNotExists out")
		}
	}),
}, {
	Rule: Rule{
		ID: "downgrade-fails", Category: Failing, Severity: Danger,
		Title:   "the downgrade does not fit",
		What:    "The operations of the downgrade do not fit the schema that the upgrade makes.",
		Why:     "It names what is not there, or adds what is: it fails when it is needed.",
		Safe:    "Write the downgrade in reverse order of the upgrade, or let `retort revision --autogenerate` write it; `retort verify` tries both.",
		Engines: everywhere,
		Bad:     "m.AddColumn(\"users\", op.Column(\"plan\", \"varchar(20)\"))\n// Downgrade:\nm.DropColumn(\"users\", \"plans\")",
		Good:    "m.AddColumn(\"users\", op.Column(\"plan\", \"varchar(20)\"))\n// Downgrade:\nm.DropColumn(\"users\", \"plan\")",
	},
	revision: func(r *run) {
		if r.downgradeError != nil {
			r.find("", "the downgrade does not fit what the upgrade makes: "+r.downgradeError.Error(), "write it in reverse order of the upgrade")
		}
	},
}}

// filled reports whether an earlier step of the revision gives the rows of a column a value.
func (r *run) filled(table schema.Name, column string) bool {
	return slices.ContainsFunc(r.done, func(step op.Operation) bool {
		switch o := step.(type) {
		case *op.Backfill:
			return o.Table == table && o.Where == "" && slices.ContainsFunc(o.Set, func(a op.Assignment) bool { return a.Column == column })
		case *op.Exec:
			for _, s := range r.statements(o) {
				if s.is("UPDATE") && s.names(table.Name) && s.names(column) {
					return true
				}
			}
		case *op.Run:
			return true // it may; nobody can tell
		case *op.ValidateConstraint:
			found := r.state.Table(o.Table)
			return o.Table == table && found != nil && found.Check(o.Name) != nil && isNotNullCheck(found.Check(o.Name).Expr)
		}
		return false
	})
}

// isNotNullCheck reports whether a check is the first half of setting NOT NULL.
func isNotNullCheck(expr string) bool {
	return strings.HasSuffix(strings.ToUpper(strings.Trim(expr, " ()")), " IS NOT NULL")
}

// isUnique reports whether a key of the table keeps the columns unique already.
func (r *run) isUnique(table *schema.Table, columns []string) bool {
	within := func(key []string) bool {
		return len(key) > 0 && !slices.ContainsFunc(key, func(name string) bool { return !slices.Contains(columns, name) })
	}
	if table.PrimaryKey != nil && within(table.PrimaryKey.Columns) {
		return true
	}
	dropped := r.droppedIndexes[table.Name]
	return slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return within(u.Columns) }) ||
		slices.ContainsFunc(slices.Concat(table.Indexes, dropped), func(i *schema.Index) bool {
			return i.Unique && i.Where == "" && len(i.Parts) == len(i.Columns()) && within(i.Columns())
		})
}

// orphans is a query for rows that refer to nothing.
func (r *run) orphans(table schema.Name, key *schema.ForeignKey) string {
	refs := key.RefColumns
	if len(refs) == 0 {
		if parent := r.state.Table(key.RefTable); parent != nil && parent.PrimaryKey != nil {
			refs = parent.PrimaryKey.Columns
		}
	}
	if len(refs) != len(key.Columns) {
		return ""
	}
	var there, same []string
	for i, column := range key.Columns {
		there = append(there, "c."+r.quote(column)+" IS NOT NULL")
		same = append(same, "p."+r.quote(refs[i])+" = c."+r.quote(column))
	}
	return fmt.Sprintf("SELECT count(*) FROM %s c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s)",
		r.quoteName(table), strings.Join(there, " AND "), r.quoteName(key.RefTable), strings.Join(same, " AND "))
}

func (r *run) quote(name string) string { return ddl.Quote(r.Server.Dialect, name) }

func (r *run) quoteName(name schema.Name) string { return ddl.QuoteName(r.Server.Dialect, name) }
