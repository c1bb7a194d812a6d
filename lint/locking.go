package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var locking = []rule{{
	Rule: Rule{
		ID: "create-index-blocks", Category: Lock, Severity: Danger,
		Title:   "an index is built while nobody can write",
		What:    "An index is created on a table that was there before the revision, in a way that holds off writers until it is built.",
		Why:     "CREATE INDEX takes a SHARE lock on PostgreSQL: every INSERT, UPDATE and DELETE waits until the whole table is read and sorted. MySQL and MariaDB build most indexes while others write, but not FULLTEXT and SPATIAL ones, nor those of expressions.",
		Safe:    "On PostgreSQL build it with `.Concurrently()`: it takes longer, runs outside of the transaction, and is a step of its own. On MySQL index a virtual column instead of an expression; build FULLTEXT and SPATIAL indexes while nobody writes.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad: `m.On(op.Postgres, func(m *op.Migration) { m.CreateIndex("ix_orders_created_at", "orders", "created_at") })
m.On(op.MySQL, func(m *op.Migration) { m.CreateIndex("ix_users_about", "users", "about").Using("fulltext") })`,
		Good: `m.CreateIndex("ix_orders_created_at", "orders", "created_at").Concurrently()`,
	},
	step: on(func(r *run, o *op.CreateIndex) {
		if r.existing(o.Table) == nil || r.effect.Blocks().Less(ddl.BlocksWrites) {
			return
		}
		way := "build it with .Concurrently()"
		if r.Server.Dialect == schema.MySQL {
			way = "run it while nobody writes"
		}
		r.findIn(o.Table, o.Table.String(), fmt.Sprintf("nobody can write to %s while index %s is built", o.Table, o.Index.Name), way)
	}),
}, {
	Rule: Rule{
		ID: "drop-index-blocks", Category: Lock, Severity: Warning,
		Title:   "an index is dropped under a lock of its table",
		What:    "An index of a table that was there before the revision is dropped without CONCURRENTLY.",
		Why:     "DROP INDEX takes ACCESS EXCLUSIVE. It needs it for a moment only, but it waits for every transaction that uses the table, and all later queries wait behind it.",
		Safe:    "Drop it with `.Concurrently()`. Look at `pg_stat_user_indexes` first: an index that is read is missed.",
		Engines: []Engine{onPostgres},
		Bad:     `m.DropIndex("ix_users_name", "users")`,
		Good:    `m.DropIndex("ix_users_name", "users").Concurrently()`,
	},
	step: on(func(r *run, o *op.DropIndex) {
		if r.existing(o.Table) != nil && !o.Concurrently {
			r.findIn(o.Table, o.Table.String(), fmt.Sprintf("dropping index %s waits for all who use %s, and they for it", o.Name, o.Table), "drop it with .Concurrently()")
		}
	}),
}, {
	Rule: Rule{
		ID: "replace-index", Category: Lock, Severity: Warning,
		Title:   "an index is dropped before its replacement is built",
		What:    "An index is dropped, and one that begins with the same column is created later in the revision.",
		Why:     "In between, queries have neither; in one transaction of PostgreSQL the table is locked against readers for the whole build.",
		Safe:    "Create the new index first, under a new name, and drop the old one then. MySQL does both in one statement.",
		Engines: []Engine{onPostgres, onSQLite},
		Bad: `m.DropIndex("ix_users_name", "users")
m.CreateIndex("ix_users_name_email", "users", "name", "email")`,
		Good: `m.CreateIndex("ix_users_name_email", "users", "name", "email").Concurrently()
m.DropIndex("ix_users_name", "users").Concurrently()`,
	},
	step: on(func(r *run, o *op.CreateIndex) {
		if r.existing(o.Table) == nil || len(o.Index.Parts) == 0 {
			return
		}
		for _, dropped := range r.droppedIndexes[o.Table] {
			if len(dropped.Parts) > 0 && dropped.Parts[0] == o.Index.Parts[0] {
				r.find(o.Table.String(), fmt.Sprintf("index %s is built after %s, which does the same work, was dropped", o.Index.Name, dropped.Name),
					"create the new index first, and drop the old one then")
				return
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "constraint-builds-index", Category: Lock, Severity: Danger,
		Title:   "a constraint builds its index under a lock",
		What:    "A primary key, unique or exclusion constraint is added to a table that was there before the revision, and not from an index that is there.",
		Why:     "The index is built under ACCESS EXCLUSIVE: nobody can read the table until it is done.",
		Safe:    "Create a unique index with `.Concurrently()`, and add the constraint with `.UsingIndex(…)`, which takes a moment. An exclusion constraint has no such way: add it while nobody needs the table.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AddConstraint("users", op.Unique("email").Named("users_email_key"))`,
		Good: `m.CreateIndex("users_email_key", "users", "email").Unique().Concurrently()
m.AddConstraint("users", op.Unique("email").Named("users_email_key")).UsingIndex("users_email_key")`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		if r.existing(o.Table) == nil || !r.effect.Builds {
			return
		}
		way := "create the unique index with .Concurrently(), and add the constraint with .UsingIndex"
		if o.Exclusion != nil {
			way = "run it while nobody needs the table"
		}
		r.findIn(o.Table, o.Table.String(), fmt.Sprintf("nobody can read %s while the index of %s %s is built", o.Table, o.Type(), o.Name()), way)
	}),
}, {
	Rule: Rule{
		ID: "add-foreign-key-blocks", Category: Lock, Severity: Danger,
		Title:   "a foreign key is checked while nobody can write",
		What:    "A foreign key is added to a table that was there before the revision, and its rows are checked at once.",
		Why:     "Both tables are locked in SHARE ROW EXCLUSIVE mode while every row is looked up: nobody can write to either.",
		Safe:    "Add it with `.NotValid()`, and check the rows with `m.ValidateConstraint`, which lets others write and runs in a transaction of its own.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id"))`,
		Good: `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id").NotValid())
m.ValidateConstraint("orders", op.ForeignKeyConstraint, "fk_orders_product_id")`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		if o.ForeignKey == nil || r.existing(o.Table) == nil || !r.effect.Scans {
			return
		}
		r.findIn(o.Table, o.Table.String(), fmt.Sprintf("nobody can write to %s or %s while the rows are checked against foreign key %s", o.Table, o.ForeignKey.RefTable, o.Name()),
			"add it with .NotValid(), then m.ValidateConstraint")
	}),
}, {
	Rule: Rule{
		ID: "drop-foreign-key-locks", Category: Lock, Severity: Warning,
		Title:   "dropping a foreign key locks both tables",
		What:    "A foreign key between tables that were there before the revision is dropped.",
		Why:     "It takes ACCESS EXCLUSIVE on the table and on the one that it refers to. It needs them for a moment only, but waits for every transaction that uses either, and all later queries wait behind it.",
		Safe:    "Run the revision with `--lock-timeout 3s`, so that it gives up and tries again instead of holding everybody up. Drop one foreign key per revision.",
		Engines: []Engine{onPostgres},
		Bad:     `m.DropConstraint("orders", op.ForeignKeyConstraint, "fk_orders_user_id")`,
		Good:    `m.DropConstraint("orders", op.CheckConstraint, "orders_number_check")`,
	},
	step: on(func(r *run, o *op.DropConstraint) {
		if o.Type == op.ForeignKeyConstraint && r.existing(o.Table) != nil {
			r.findIn(o.Table, o.Table.String(), "dropping foreign key "+o.Name+" locks "+lockedTables(r.effect), "run it with --lock-timeout")
		}
	}),
}, {
	Rule: Rule{
		ID: "drop-table-locks", Category: Lock, Severity: Warning,
		Title:   "dropping a table locks those that it refers to",
		What:    "A table with foreign keys is dropped.",
		Why:     "The foreign keys go with it, which takes ACCESS EXCLUSIVE on every table that they refer to. With several of them, two transactions that lock in another order wait for each other for ever.",
		Safe:    "Drop the foreign keys one by one in revisions before this one, and run them with `--lock-timeout 3s`.",
		Engines: []Engine{onPostgres},
		Bad:     `m.DropTable("orders")`,
		Good:    `m.DropTable("archived_orders")`,
	},
	step: on(func(r *run, o *op.DropTable) {
		if r.existing(o.Name) != nil && len(r.effect.Locks) > 1 {
			r.findIn(o.Name, o.Name.String(), "dropping the table locks "+lockedTables(r.effect), "drop its foreign keys one by one before, and run it with --lock-timeout")
		}
	}),
}, {
	Rule: Rule{
		ID: "many-foreign-keys", Category: Lock, Severity: Warning,
		Title:   "foreign keys lock many tables at once",
		What:    "A revision adds or drops foreign keys that lock three or more tables which were there before it.",
		Why:     "The locks are taken one after the other and held until the end: transactions that lock the tables in another order wait for the revision, and it for them.",
		Safe:    "Add one foreign key per revision, or mark them `.NotValid()` and validate each by itself.",
		Engines: []Engine{onPostgres},
		Bad: `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id"))
m.AddConstraint("archived_orders", op.ForeignKey("user_id").References("users", "id").Named("fk_archived_orders_user_id"))`,
		Good: `m.AddConstraint("archived_orders", op.ForeignKey("user_id").References("users", "id").Named("fk_archived_orders_user_id"))`,
	},
	revision: func(r *run) {
		if len(r.keyLocks) >= 3 {
			r.find("", "foreign keys lock "+strings.Join(sortedNames(r.keyLocks), ", ")+" until the revision is done", "add one foreign key per revision")
		}
	},
}, {
	Rule: Rule{
		ID: "create-trigger-locks", Category: Lock, Severity: Warning,
		Title:   "a trigger is created under a lock of its table",
		What:    "A trigger is created on a table that was there before the revision.",
		Why:     "It takes SHARE ROW EXCLUSIVE, which writers wait for, and from then on every write does more.",
		Safe:    "Run the revision with `--lock-timeout 3s`, and alone.",
		Engines: []Engine{onPostgres},
		Bad:     `m.CreateTrigger("touch", "users", "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()")`,
		Good: `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))
m.CreateTrigger("touch", "notes", "CREATE TRIGGER touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch()")`,
	},
	step: on(func(r *run, o *op.CreateTrigger) {
		if r.existing(o.Trigger.Table) != nil {
			r.findIn(o.Trigger.Table, o.Trigger.Table.String(), fmt.Sprintf("writers of %s wait while trigger %s is created", o.Trigger.Table, o.Trigger.Trigger), "run it with --lock-timeout")
		}
	}),
}, {
	Rule: Rule{
		ID: "work-while-locked", Category: Lock, Severity: Danger,
		Title:   "a table stays locked while something else is done",
		What:    "After a step that locks a table against readers, the same transaction changes rows, runs Go code, or copies, scans or indexes another table.",
		Why:     "A lock lasts until the transaction ends, so that a change that takes a moment blocks everybody for as long as the rest takes.",
		Safe:    "Put the work into a revision of its own. Backfills run in transactions of their own anyway.",
		Engines: []Engine{onPostgres},
		Bad: `m.AddColumn("users", op.Column("plan", "text"))
m.Exec("UPDATE orders SET number = number + 1000 WHERE number < 1000").NoSchemaChange()`,
		Good: `m.AddColumn("users", op.Column("plan", "text"))
m.Backfill("users", "plan", "'free'")`,
	},
	step: func(r *run, operation op.Operation) {
		if len(r.held) == 0 || !r.effect.Transactional {
			return
		}
		what := ""
		switch o := operation.(type) {
		case *op.Exec:
			if slices.ContainsFunc(r.statements(o), statement.changesRows) {
				what = "rows are changed"
			}
		case *op.Run:
			what = "Go code runs (" + o.Label + ")"
		default:
			if table := operation.Subject(); r.effect.Long() && r.existing(table) != nil && !slices.Contains(r.held, table) {
				what = table.String() + " is " + doneTo(r.effect)
			}
		}
		if what == "" {
			return
		}
		names := make([]string, len(r.held))
		for i, table := range r.held {
			names[i] = table.String()
		}
		r.findIn(r.held[0], names[0], fmt.Sprintf("nobody can read %s while %s: the lock of an earlier step lasts until the transaction ends", strings.Join(names, ", "), what), "put this step into a revision of its own")
	},
}, {
	Rule: Rule{
		ID: "update-all-rows", Category: Lock, Severity: Warning,
		Title:   "all rows are changed in one statement",
		What:    "A step in SQL is an UPDATE without WHERE.",
		Why:     "Every row stays locked until the transaction ends, the table doubles in size on PostgreSQL, and a replica falls behind.",
		Safe:    "`m.Backfill` changes the rows in batches, and goes on where it was when it is interrupted.",
		Engines: everywhere,
		Bad:     `m.Exec("UPDATE users SET name = trim(name)")`,
		Good:    `m.Backfill("users", "name", "trim(name)").Where("name LIKE ' %'")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		if table := r.target(s); !r.makes(table) && s.is("UPDATE") && s.everyRow() {
			r.findIn(table, objectOf(table), "every row is changed, and locked until the revision is done: "+s.short(), "use m.Backfill, which works in batches")
		}
	}),
}, {
	Rule: Rule{
		ID: "sql-blocks", Category: Lock, Severity: Danger,
		Title:   "a step in SQL locks a table for long",
		What:    "A step in SQL is LOCK TABLE, VACUUM FULL, CLUSTER, REINDEX or REFRESH MATERIALIZED VIEW without CONCURRENTLY, or OPTIMIZE TABLE.",
		Why:     "Nobody can use the table, or write to it, until it is done.",
		Safe:    "REINDEX … CONCURRENTLY, REFRESH MATERIALIZED VIEW CONCURRENTLY (which needs a unique index), pg_repack instead of VACUUM FULL and CLUSTER.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad: `m.On(op.Postgres, func(m *op.Migration) { m.Exec("REFRESH MATERIALIZED VIEW order_totals").NoSchemaChange() })
m.On(op.MySQL, func(m *op.Migration) { m.Exec("OPTIMIZE TABLE users").NoSchemaChange() })`,
		Good: `m.On(op.Postgres, func(m *op.Migration) { m.Exec("REFRESH MATERIALIZED VIEW CONCURRENTLY order_totals").NoSchemaChange() })`,
	},
	step: on(func(r *run, o *op.Exec) {
		for _, s := range r.statements(o) {
			blocks := s.is("LOCK") || s.is("VACUUM") && s.has("FULL") || s.is("CLUSTER") || s.is("OPTIMIZE") ||
				(s.is("REINDEX") || s.is("REFRESH MATERIALIZED")) && !s.has("CONCURRENTLY")
			if blocks {
				r.find("", "others wait until it is done: "+s.short(), "use the form with CONCURRENTLY where there is one, or run it while nobody needs the table")
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "brief-lock", Category: Lock, Severity: Info,
		Title:   "a lock is taken for a moment",
		What:    "Tables that were there before the revision are locked against readers, for changes that take a moment. Reported once for a revision.",
		Why:     "The lock waits for every transaction that uses the table, and all later queries wait behind it: one forgotten transaction is enough to stop everybody.",
		Safe:    "Run the revision with `--lock-timeout 3s`: it gives up and tries again instead of holding everybody up.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.AddColumn("users", op.Column("plan", "varchar(20)"))`,
		Good:    `m.CreateTable("plans", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))`,
	},
	revision: func(r *run) {
		if names := sortedNames(r.briefLocks); len(names) > 0 {
			r.find("", "every query of "+strings.Join(names, ", ")+" waits while the revision waits for transactions that are open", "run it with --lock-timeout")
		}
	},
}}

// follow remembers what the rules about locks need to know of the steps before.
func (r *run) follow(operation op.Operation) {
	if drop, ok := operation.(*op.DropIndex); ok {
		if table := r.existing(drop.Table); table != nil && table.Index(drop.Name) != nil {
			r.droppedIndexes[drop.Table] = append(r.droppedIndexes[drop.Table], table.Index(drop.Name))
		}
	}
	if !r.effect.Transactional {
		r.held = nil // what was locked before is committed
	}
	for _, lock := range r.effect.Locks {
		if r.existing(lock.Table) == nil {
			continue
		}
		strong := lock.Blocks == ddl.BlocksAll
		if strong && r.effect.Transactional && !slices.Contains(r.held, lock.Table) {
			r.held = append(r.held, lock.Table)
		}
		// MySQL takes its metadata lock for every ALTER TABLE.
		if !r.effect.Long() && (strong || r.Server.Dialect == schema.MySQL) {
			r.briefLocks[lock.Table] = true
		}
		if isForeignKey(operation) {
			r.keyLocks[lock.Table] = true
		}
	}
}

func isForeignKey(operation op.Operation) bool {
	switch o := operation.(type) {
	case *op.AddConstraint:
		return o.ForeignKey != nil && !o.ForeignKey.NotValid
	case *op.DropConstraint:
		return o.Type == op.ForeignKeyConstraint
	}
	return false
}

func doneTo(e ddl.Effect) string {
	switch {
	case e.Rewrites:
		return "copied"
	case e.Builds:
		return "indexed"
	}
	return "scanned"
}

// lockedTables lists the tables of an effect's locks: "orders and users (ACCESS EXCLUSIVE)".
func lockedTables(e ddl.Effect) string {
	names := make([]string, len(e.Locks))
	for i, lock := range e.Locks {
		names[i] = lock.Table.String()
	}
	return strings.Join(names, " and ") + " (" + e.Lock().Mode + ")"
}

func sortedNames(tables map[schema.Name]bool) []string {
	var names []string
	for name := range tables {
		names = append(names, name.String())
	}
	slices.Sort(names)
	return names
}
