package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// keys holds the rules about keys and indexes that the server refuses, or damages.
var keys = []rule{{
	Rule: Rule{
		ID: "primary-key-null", Category: Failing, Severity: Warning,
		Title:   "the columns of a new primary key may be NULL",
		What:    "A primary key is added over columns that were there before the revision and may be NULL.",
		Why:     "The key makes them NOT NULL: the step fails while there is a NULL, and PostgreSQL reads every row under ACCESS EXCLUSIVE to find out, even if the key is made from an index.",
		Safe:    "Make the columns NOT NULL first, on PostgreSQL behind a validated check.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad: `m.CreateTable("notes", op.Column("id", "bigint"))
m.DropConstraint("products", op.PrimaryKeyConstraint, "products_pkey")
m.AddConstraint("products", op.PrimaryKey("title"))`,
		Good: `m.DropConstraint("products", op.PrimaryKeyConstraint, "products_pkey")
m.AddConstraint("products", op.PrimaryKey("sku"))`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		table := r.existing(o.Table)
		if o.PrimaryKey == nil || table == nil {
			return
		}
		columns := o.PrimaryKey.Columns
		if index := table.Index(o.UsingIndex); o.UsingIndex != "" && index != nil {
			columns = index.Columns()
		}
		for _, name := range columns {
			column := r.existingColumn(o.Table, name)
			if column == nil || column.NotNull || column.Type == "" {
				continue
			}
			f := r.findIn(o.Table, columnOf(o.Table, name), fmt.Sprintf("the key makes %s NOT NULL: the step fails while a row of %s has none", name, o.Table), "make the column NOT NULL first")
			f.Check = fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS NULL", r.quoteName(o.Table), r.quote(name))
		}
	}),
}, {
	Rule: Rule{
		ID: "index-of-foreign-key", Category: Failing, Severity: Danger,
		Title:   "a foreign key needs the index",
		What:    "An index or unique key is dropped that a foreign key of the table, or one that refers to it, has to itself.",
		Why:     "MySQL refuses it with error 1553: a foreign key must have an index on both sides.",
		Safe:    "Create an index that begins with the same columns first, or drop the foreign key.",
		Engines: []Engine{onMySQL},
		Bad: `m.CreateIndex("ix_orders_user_id", "orders", "user_id")
m.DropIndex("ix_orders_user_id", "orders")`,
		Good: `m.CreateIndex("ix_orders_user_id", "orders", "user_id")
m.CreateIndex("ix_orders_user_id_total", "orders", "user_id", "total")
m.DropIndex("ix_orders_user_id", "orders")`,
	},
	step: func(r *run, operation op.Operation) {
		table := r.state.Table(operation.Subject())
		if table == nil {
			return
		}
		rest := *table
		name := ""
		switch o := operation.(type) {
		case *op.DropIndex:
			name = o.Name
			rest.Indexes = slices.DeleteFunc(slices.Clone(table.Indexes), func(i *schema.Index) bool { return i.Name == o.Name })
			rest.Uniques = slices.DeleteFunc(slices.Clone(table.Uniques), func(u *schema.Unique) bool { return u.Name == o.Name })
		case *op.DropConstraint:
			if o.Type != op.UniqueConstraint {
				return
			}
			name = o.Name
			rest.Uniques = slices.DeleteFunc(slices.Clone(table.Uniques), func(u *schema.Unique) bool { return u.Name == o.Name })
		default:
			return
		}
		if key := r.keyWithout(table, &rest); key != "" {
			r.find(table.Name.String(), fmt.Sprintf("the server refuses to drop %s: foreign key %s needs it", name, key), "create an index that begins with the same columns first, or drop the foreign key")
		}
	},
}, {
	Rule: Rule{
		ID: "foreign-key-target", Category: Failing, Severity: Danger,
		Title:   "a foreign key refers to columns that are not unique",
		What:    "A foreign key is added to columns that no primary key, unique constraint or whole unique index covers.",
		Why:     "PostgreSQL refuses it, and MySQL from 8.4 on. Before, MySQL and MariaDB take any index, and what a row refers to is not defined. SQLite takes it and fails at the next write: foreign key mismatch.",
		Safe:    "Refer to the primary key, or make the columns unique first.",
		Engines: everywhere,
		Bad:     `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.Column("phone", "varchar(20)"), op.PrimaryKey("id"), op.ForeignKey("phone").References("users", "phone").Named("fk_notes_phone"))`,
		Good:    `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.Column("sku", "varchar(20)"), op.PrimaryKey("id"), op.ForeignKey("sku").References("products", "sku").Named("fk_notes_sku"))`,
	},
	revision: func(r *run) {
		r.newForeignKeys(func(table *schema.Table, key *schema.ForeignKey) {
			parent := r.state.Table(key.RefTable)
			if parent == nil || len(key.RefColumns) == 0 || r.coversExactly(parent, key.RefColumns) {
				return
			}
			list := strings.Join(key.RefColumns, ", ")
			r.findWhere(table.Name, fmt.Sprintf("(%s) of %s is not unique, and foreign key %s refers to it", list, key.RefTable, key.Name), "refer to the primary key, or make the columns unique first")
		})
	},
}, {
	Rule: Rule{
		ID: "concurrent-index-corrupts", Category: Failing, Severity: Danger,
		Title:   "an index may miss rows",
		What:    "An index is built or rebuilt concurrently on PostgreSQL 14.0 to 14.3.",
		Why:     "A bug of these versions loses rows that were updated during the build: queries by the index do not find them, and a unique index lets duplicates in. See the release notes of 14.4.",
		Safe:    "Update the server. Rebuild indexes that were made so before, and look at them with amcheck.",
		Engines: []Engine{{Dialect: schema.Postgres, Versions: "14.0 to 14.3"}},
		Bad:     `m.CreateIndex("ix_orders_created_at", "orders", "created_at").Concurrently()`,
		Good:    `m.CreateIndex("ix_orders_created_at", "orders", "created_at")`,
	},
	step: func(r *run, operation op.Operation) {
		if v := r.Server.Version; v.Major != 14 || v.Minor > 3 {
			return
		}
		switch o := operation.(type) {
		case *op.CreateIndex:
			if o.Concurrently {
				r.find(o.Table.String(), fmt.Sprintf("index %s may miss rows that change while it is built", o.Index.Name), "update the server to 14.4 or later first")
			}
		case *op.Exec:
			for _, s := range r.statements(o) {
				if s.is("REINDEX") && s.has("CONCURRENTLY") {
					r.find("", "the index may miss rows that change while it is built: "+s.short(), "update the server to 14.4 or later first")
				}
			}
		}
	},
}, {
	Rule: Rule{
		ID: "statistics-lost", Category: Lock, Severity: Info,
		Title:   "the planner knows nothing of a column any more",
		What:    "A column of a table that was there before the revision changes its type, and no later step of it is ANALYZE.",
		Why:     "PostgreSQL forgets the column's statistics. Until autovacuum comes by, plans of queries over it are guesses, and may be slow ones.",
		Safe:    "Run ANALYZE on the table in the last step, or right after the revision.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AlterColumn("orders", "number").Type("bigint")`,
		Good: `m.AlterColumn("orders", "number").Type("bigint")
m.Exec("ANALYZE orders")`,
	},
	step: on(func(r *run, o *op.AlterColumn) {
		if r.existingColumn(o.Table, o.Name) == nil || !o.Changes(op.TypeAttribute) {
			return
		}
		for step := range r.steps(r.place) {
			if exec, ok := step.(*op.Exec); ok && slices.ContainsFunc(r.statements(exec), func(s statement) bool {
				return s.is("ANALYZE") || s.is("ANALYSE") || s.is("VACUUM") && s.has("ANALYZE")
			}) {
				return
			}
		}
		r.find(columnOf(o.Table, o.Name), fmt.Sprintf("the statistics of %s.%s are lost with its type", o.Table, o.Name), "run ANALYZE "+o.Table.String()+" afterwards")
	}),
}, {
	Rule: Rule{
		ID: "repeated-rewrite", Category: Rewrite, Severity: Warning,
		Title:   "a table is copied twice",
		What:    "Two steps of a revision copy the same table, and others stand between them.",
		Why:     "Retort puts changes of one table that follow each other into one ALTER TABLE, which copies it once. Apart from each other they copy it twice.",
		Safe:    "Put the changes of one table behind each other, or into one `m.BatchAlterTable`.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad: `m.AlterColumn("orders", "number").Type("bigint")
m.AddColumn("users", op.Column("plan", "varchar(20)"))
m.AlterColumn("orders", "total").Type("varchar(40)")`,
		Good: `m.AlterColumn("orders", "number").Type("bigint")
m.AlterColumn("orders", "total").Type("varchar(40)")
m.AddColumn("users", op.Column("plan", "varchar(20)"))`,
	},
	step: func(r *run, operation op.Operation) {
		table := operation.Subject()
		if !r.effect.Rewrites || r.existing(table) == nil {
			return
		}
		copied := r.copiedAfter[table]
		r.copiedAfter[table] = len(r.done) + 1
		if copied > 0 && slices.ContainsFunc(r.done[copied:], func(between op.Operation) bool { return between.Subject() != table }) {
			r.findIn(table, table.String(), fmt.Sprintf("table %s is copied once more to %s", table, operation), "put the changes of one table behind each other, or into one batch")
		}
	},
}, {
	Rule: Rule{
		ID: "sqlite-rename-away", Category: Implicit, Severity: Danger,
		Title:   "what refers to a table follows it to its new name",
		What:    "A table is renamed, and another one gets its old name in the same revision.",
		Why:     "SQLite rewrites foreign keys, views and triggers of others with the rename (since 3.26): they refer to the old table under its new name, and not to the new one.",
		Safe:    "Make the new table under another name, copy, drop the old table, and rename the new one. Retort's own operations do that by themselves.",
		Engines: []Engine{onSQLite},
		Bad: `m.RenameTable("users", "users_old")
m.CreateTable("users", op.Column("id", "integer").NotNull(), op.PrimaryKey("id"))`,
		Good: `m.AlterColumn("users", "name").Type("text")`,
	},
	step: on(func(r *run, o *op.RenameTable) {
		if r.existing(o.From) == nil {
			return
		}
		for step := range r.steps(r.place) {
			if create, ok := step.(*op.CreateTable); ok && create.Table.Name == o.From {
				r.find(o.From.String(), fmt.Sprintf("foreign keys, views and triggers that refer to %s refer to %s from then on", o.From, o.To),
					"make the new table under another name, drop the old one, and rename the new one")
				return
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "sqlite-drop-deletes", Category: Destructive, Severity: Danger,
		Title:   "dropping a table deletes rows of others",
		What:    "A step in SQL drops a table that foreign keys of others refer to.",
		Why:     "With foreign_keys on, SQLite deletes all its rows first: rows that refer to it with ON DELETE CASCADE go with them, others get NULL or end the step.",
		Safe:    "Use `m.DropTable`, around which Retort turns foreign keys off and looks at them before it commits.",
		Engines: []Engine{onSQLite},
		Bad:     `m.Exec("DROP TABLE users").NoSchemaChange()`,
		Good:    `m.Exec("DROP TABLE archived_orders").NoSchemaChange()`,
	},
	step: on(func(r *run, o *op.DropTable) {
		if r.inSQL == nil || r.existing(o.Name) == nil {
			return
		}
		for table := range r.state.Tables.All() {
			if table.Name != o.Name && slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool { return key.RefTable == o.Name }) {
				r.find(o.Name.String(), fmt.Sprintf("rows of %s that refer to %s are deleted or changed with it", table.Name, o.Name), "use m.DropTable")
				return
			}
		}
	}),
}}

// keyWithout names a foreign key that has an index with the table as it is, and none with what is left of it.
func (r *run) keyWithout(table, rest *schema.Table) string {
	for _, key := range table.ForeignKeys {
		if indexed(table, key.Columns) && !indexed(rest, key.Columns) {
			return key.Name
		}
	}
	for other := range r.state.Tables.All() {
		for _, key := range other.ForeignKeys {
			if key.RefTable == table.Name && indexed(table, key.RefColumns) && !indexed(rest, key.RefColumns) {
				return key.Name
			}
		}
	}
	return ""
}

// coversExactly reports whether a key of the table is over just these columns.
func (r *run) coversExactly(table *schema.Table, columns []string) bool {
	same := func(other []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(columns)), slices.Sorted(slices.Values(other)))
	}
	if table.PrimaryKey != nil && same(table.PrimaryKey.Columns) || slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return same(u.Columns) }) {
		return true
	}
	return slices.ContainsFunc(table.Indexes, func(i *schema.Index) bool {
		return i.Unique && i.Where == "" && len(i.Parts) == len(i.Columns()) && same(i.Columns())
	})
}
