package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var implicit = []rule{{
	Rule: Rule{
		ID: "implicit-commit", Category: Implicit, Severity: Warning,
		Title:   "MySQL commits in the middle of the revision",
		What:    "A revision changes the schema and, before or after that, rows.",
		Why:     "Every change of the schema commits what was done before it: when a later step fails, the rows stay changed. Retort goes on from the failed step, but nothing takes the first half back.",
		Safe:    "Put steps that change rows into a revision of their own, or write them so that running them again does no harm.",
		Engines: []Engine{onMySQL},
		Bad: `m.Exec("UPDATE users SET email = lower(email) WHERE email <> lower(email)")
m.AddColumn("users", op.Column("plan", "varchar(20)"))`,
		Good: `m.AddColumn("users", op.Column("plan", "varchar(20)"))
m.Backfill("users", "plan", "'free'")`,
	},
	revision: func(r *run) {
		data := slices.IndexFunc(r.done, r.changesRows)
		changes := slices.ContainsFunc(r.done, func(operation op.Operation) bool {
			switch operation.(type) {
			case *op.Exec, *op.Run, *op.Insert, *op.Backfill:
				return false
			}
			return true
		})
		if data >= 0 && changes {
			r.find("", "every change of the schema commits: if a later step fails, this one stays done: "+r.done[data].String(), "put the steps that change rows into a revision of their own")
		}
	},
}, {
	Rule: Rule{
		ID: "implicit-value", Category: Implicit, Severity: Warning,
		Title:   "MySQL gives the rows an empty value",
		What:    "A NOT NULL column without a default is added to a table that was there before the revision.",
		Why:     "MySQL does not refuse it: rows that are there silently get 0, '' or the first value of an ENUM.",
		Safe:    "State the default that is meant, or add the column without NOT NULL and fill it.",
		Engines: []Engine{onMySQL},
		Bad:     `m.AddColumn("users", op.Column("country", "varchar(2)").NotNull())`,
		Good:    `m.AddColumn("users", op.Column("country", "varchar(2)").NotNull().Default("'DE'"))`,
	},
	step: on(func(r *run, o *op.AddColumn) {
		column := o.Column
		if r.existing(o.Table) != nil && column.NotNull && column.Default == "" && column.Generated == nil && column.Identity == nil {
			r.find(columnOf(o.Table, column.Name), fmt.Sprintf("rows of %s that are there get the empty value of %s", o.Table, column.Type), "state the default that is meant")
		}
	}),
}, {
	Rule: Rule{
		ID: "implicit-timestamp", Category: Implicit, Severity: Warning,
		Title:   "MariaDB makes the timestamp follow every update",
		What:    "The first TIMESTAMP column of a table is NOT NULL and states no default.",
		Why:     "Before MariaDB 10.10, which turned explicit_defaults_for_timestamp on, such a column gets DEFAULT current_timestamp() ON UPDATE current_timestamp(): every update of a row changes it.",
		Safe:    "State the default, or use DATETIME.",
		Engines: []Engine{{Dialect: schema.MySQL, Flavor: schema.MariaDB, Versions: "before 10.10"}},
		Bad:     `m.AddColumn("users", op.Column("seen_at", "timestamp").NotNull())`,
		Good:    `m.AddColumn("users", op.Column("seen_at", "datetime").NotNull().Default("CURRENT_TIMESTAMP"))`,
	},
	step: func(r *run, operation op.Operation) {
		if r.Server.Version.AtLeast(10, 10, 0) {
			return
		}
		switch o := operation.(type) {
		case *op.CreateTable:
			r.firstTimestamp(o.Table.Name, nil, o.Table.Columns)
		case *op.AddColumn:
			if table := r.state.Table(o.Table); table != nil {
				r.firstTimestamp(o.Table, table.Columns, []*schema.Column{o.Column})
			}
		}
	},
}, {
	Rule: Rule{
		ID: "implicit-index", Category: Implicit, Severity: Info,
		Title:   "MySQL adds an index for the foreign key",
		What:    "A foreign key is added to a table that was there before the revision, and no index begins with its columns.",
		Why:     "MySQL makes one, with the name of the foreign key; it takes space and slows writes down, and stays when the key is dropped by hand.",
		Safe:    "Create the index that you want first: the foreign key uses it.",
		Engines: []Engine{onMySQL},
		Bad:     `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id"))`,
		Good: `m.CreateIndex("ix_orders_product_id", "orders", "product_id")
m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id"))`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		if table := r.existing(o.Table); o.ForeignKey != nil && table != nil && !indexed(table, o.ForeignKey.Columns) {
			r.find(o.Table.String(), fmt.Sprintf("the server adds an index over (%s) named %s", strings.Join(o.ForeignKey.Columns, ", "), o.Name()), "create the index that you want first")
		}
	}),
}, {
	Rule: Rule{
		ID: "foreign-key-ignored", Category: Implicit, Severity: Danger,
		Title:   "the engine ignores foreign keys",
		What:    "A table with a foreign key has another storage engine than InnoDB.",
		Why:     "MyISAM, Aria, MEMORY and others read the foreign key and forget it, without a word.",
		Safe:    "Use InnoDB.",
		Engines: []Engine{onMySQL},
		Bad:     `m.CreateTable("notes", op.Column("user_id", "bigint"), op.ForeignKey("user_id").References("users", "id").Named("fk_notes_user_id"), op.Option(op.MySQL, "engine", "MyISAM"))`,
		Good:    `m.CreateTable("notes", op.Column("user_id", "bigint"), op.ForeignKey("user_id").References("users", "id").Named("fk_notes_user_id"))`,
	},
	step: func(r *run, operation op.Operation) {
		switch o := operation.(type) {
		case *op.CreateTable:
			if len(o.Table.ForeignKeys) > 0 {
				r.ignoresKeys(o.Table)
			}
		case *op.AddConstraint:
			if table := r.state.Table(o.Table); o.ForeignKey != nil && table != nil {
				r.ignoresKeys(table)
			}
		}
	},
}, {
	Rule: Rule{
		ID: "opaque-step", Category: Implicit, Severity: Warning,
		Title:   "a step in SQL does not say what it does to the schema",
		What:    "A step in SQL looks like DDL and has neither Changes nor NoSchemaChange.",
		Why:     "Replay, check, autogenerate and these rules do not see what it does: the next generated revision may undo it.",
		Safe:    "Use the operation if there is one; otherwise add `.Changes(…)` or `.NoSchemaChange()`.",
		Engines: everywhere,
		Bad:     `m.Exec("ALTER TABLE users ADD COLUMN plan varchar(20)")`,
		Good:    `m.AddColumn("users", op.Column("plan", "varchar(20)"))`,
	},
	step: on(func(r *run, o *op.Exec) {
		if o.Opaque() {
			r.find("", "nobody can tell what this does to the schema: "+r.statements(o)[0].short(), "use the operation if there is one, or add .Changes(…) or .NoSchemaChange()")
		}
	}),
}, {
	Rule: Rule{
		ID: "if-not-exists", Category: Implicit, Severity: Info,
		Title:   "what is there already is taken for the new object",
		What:    "A table, column or index is created with IfNotExists, or dropped with IfExists.",
		Why:     "A database in which something else has the name, or in which nothing was there to drop, is not noticed: the schema then differs from the one that the revisions describe.",
		Safe:    "Leave it out: Retort knows which steps were carried out.",
		Engines: everywhere,
		Bad:     `m.CreateIndex("ix_users_phone", "users", "phone").IfNotExists()`,
		Good:    `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))`,
	},
	step: func(r *run, operation op.Operation) {
		named := ""
		switch o := operation.(type) {
		case *op.CreateTable:
			named = whenSet(o.IfNotExists, "table "+o.Table.Name.String())
		case *op.AddColumn:
			named = whenSet(o.IfNotExists, "column "+columnOf(o.Table, o.Column.Name))
		case *op.CreateIndex:
			named = whenSet(o.IfNotExists, "index "+o.Index.Name)
		case *op.DropTable:
			named = whenSet(o.IfExists, "table "+o.Name.String())
		case *op.DropColumn:
			named = whenSet(o.IfExists, "column "+columnOf(o.Table, o.Name))
		case *op.DropIndex:
			named = whenSet(o.IfExists, "index "+o.Name)
		case *op.DropConstraint:
			named = whenSet(o.IfExists, "constraint "+o.Name)
		}
		if named != "" {
			r.find(operation.Subject().String(), named+" may be there, or not: the step says that it does not matter", "leave IfExists and IfNotExists out")
		}
	},
}, {
	Rule: Rule{
		ID: "cascade-delete", Category: Implicit, Severity: Info,
		Title:   "deleting a row deletes others",
		What:    "A foreign key with ON DELETE CASCADE is added to a table that was there before the revision.",
		Why:     "One DELETE of a parent row deletes all that refer to it, without a limit and without the code's hooks.",
		Safe:    "Leave it out if the code deletes the children itself, or if their loss should be an error.",
		Engines: everywhere,
		Bad:     `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").OnDelete("CASCADE").Named("fk_orders_product_id"))`,
		Good:    `m.AddConstraint("orders", op.ForeignKey("product_id").References("products", "id").Named("fk_orders_product_id"))`,
	},
	step: on(func(r *run, o *op.AddConstraint) {
		if o.ForeignKey != nil && o.ForeignKey.OnDelete == schema.Cascade && r.existing(o.Table) != nil {
			r.find(o.Table.String(), fmt.Sprintf("deleting a row of %s deletes all rows of %s that refer to it", o.ForeignKey.RefTable, o.Table), "leave it out if that should be an error")
		}
	}),
}, {
	Rule: Rule{
		ID: "enum-order", Category: Implicit, Severity: Info,
		Title:   "a new enum value sorts last",
		What:    "A value is added to an enum type without a place.",
		Why:     "ORDER BY and comparisons use the place in the list, which cannot be changed later.",
		Safe:    "Say `.Before(…)` or `.After(…)`, if only to show that the place was thought of.",
		Engines: []Engine{onPostgres},
		Bad:     `m.AddEnumValue("order_status", "refunded")`,
		Good:    `m.AddEnumValue("order_status", "refunded").After("lost")`,
	},
	step: on(func(r *run, o *op.AlterEnum) {
		if o.Add != "" && o.Before == "" && o.After == "" && !r.createdTypes[o.Name] {
			r.find(o.Name.String(), fmt.Sprintf("value %s sorts after all others of %s, for ever", o.Add, o.Name), "say .Before(…) or .After(…)")
		}
	}),
}, {
	Rule: Rule{
		ID: "pragma-in-transaction", Category: Implicit, Severity: Danger,
		Title:   "SQLite ignores the PRAGMA in a transaction",
		What:    "A step in SQL sets foreign_keys, journal_mode or the like and does not say OutsideTransaction.",
		Why:     "Inside a transaction it does nothing, without a word.",
		Safe:    "Retort turns foreign keys off around a rebuild by itself. For others say `.OutsideTransaction()`.",
		Engines: []Engine{onSQLite},
		Bad:     `m.Exec("PRAGMA foreign_keys = off").NoSchemaChange()`,
		Good:    `m.Exec("PRAGMA user_version = 7").NoSchemaChange()`,
	},
	step: on(func(r *run, o *op.Exec) {
		for _, s := range r.statements(o) {
			if s.is("PRAGMA") && !o.OutsideTransaction && (s.has("foreign_keys") || s.has("journal_mode") || s.has("synchronous")) {
				r.find("", "in a transaction it does nothing: "+s.short(), "add .OutsideTransaction()")
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "sqlite-affinity", Category: Implicit, Severity: Warning,
		Title:   "SQLite keeps texts of this type as numbers",
		What:    "A column's type is STRING, or contains INT by accident (POINT, INTERVAL).",
		Why:     "SQLite knows five affinities and guesses them from letters of the type: STRING is numeric, so '007' becomes 7; POINT contains INT.",
		Safe:    "Use TEXT, or a STRICT table.",
		Engines: []Engine{onSQLite},
		Bad:     `m.AddColumn("users", op.Column("zip", "string"))`,
		Good:    `m.AddColumn("users", op.Column("zip", "text"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			word, _, _ := strings.Cut(strings.ToLower(column.Type), "(")
			switch strings.TrimSpace(word) {
			case "string", "str", "point", "interval", "floating point", "print":
				r.find(columnOf(table, column.Name), fmt.Sprintf("SQLite takes %s for a type of numbers: texts that look like a number become one", column.Type), "use TEXT")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "sqlite-rowid", Category: Implicit, Severity: Info,
		Title:   "the primary key does not number itself",
		What:    "A new table's primary key is one column of an integer type other than INTEGER.",
		Why:     "Only INTEGER is another name of the rowid. An INT or BIGINT key is not numbered, has an index of its own, and may be NULL.",
		Safe:    "Use INTEGER: SQLite's integers have 64 bits whatever the type is called.",
		Engines: []Engine{onSQLite},
		Bad:     `m.CreateTable("notes", op.Column("id", "bigint"), op.PrimaryKey("id"))`,
		Good:    `m.CreateTable("notes", op.Column("id", "integer"), op.PrimaryKey("id"))`,
	},
	step: on(func(r *run, o *op.CreateTable) {
		key := o.Table.PrimaryKey
		if key == nil || len(key.Columns) != 1 || o.Table.Options.Has(schema.OptionWithoutRowID) {
			return
		}
		column := o.Table.Column(key.Columns[0])
		if column != nil && strings.Contains(strings.ToLower(column.Type), "int") && !strings.EqualFold(column.Type, "integer") {
			r.find(columnOf(o.Table.Name, column.Name), fmt.Sprintf("a primary key of type %s is not numbered by SQLite", column.Type), "use INTEGER")
		}
	}),
}}

func whenSet(set bool, text string) string {
	if set {
		return text
	}
	return ""
}

// firstTimestamp reports the first TIMESTAMP column among the new ones that MariaDB gives a default of its own.
func (r *run) firstTimestamp(table schema.Name, before, added []*schema.Column) {
	isTimestamp := func(c *schema.Column) bool {
		word, _, _ := strings.Cut(strings.ToLower(c.Type), "(")
		return word == "timestamp"
	}
	if slices.ContainsFunc(before, isTimestamp) {
		return
	}
	at := slices.IndexFunc(added, isTimestamp)
	if at >= 0 && added[at].NotNull && added[at].Default == "" {
		r.find(columnOf(table, added[at].Name), "the server makes it DEFAULT current_timestamp() ON UPDATE current_timestamp(): every update changes it", "state the default, or use DATETIME")
	}
}

func (r *run) ignoresKeys(table *schema.Table) {
	if engine := table.Options.Value(schema.OptionEngine); engine != "" && !strings.EqualFold(engine, "InnoDB") {
		r.find(table.Name.String(), fmt.Sprintf("engine %s of %s ignores foreign keys", engine, table.Name), "use InnoDB")
	}
}

// newColumns calls look for each column that an operation creates, and for one that gets another type.
func (r *run) newColumns(operation op.Operation, look func(table schema.Name, column *schema.Column)) {
	switch o := operation.(type) {
	case *op.CreateTable:
		for _, column := range o.Table.Columns {
			look(o.Table.Name, column)
		}
	case *op.AddColumn:
		look(o.Table, o.Column)
	case *op.AlterColumn:
		if table := r.state.Table(o.Table); o.Changes(op.TypeAttribute) && table != nil && table.Column(o.Name) != nil {
			look(o.Table, changed(table.Column(o.Name), o))
		}
	}
}

// indexed reports whether an index or key of the table begins with the columns, in any order.
func indexed(table *schema.Table, columns []string) bool {
	begins := func(key []string) bool {
		return len(key) >= len(columns) && !slices.ContainsFunc(key[:len(columns)], func(name string) bool { return !slices.Contains(columns, name) })
	}
	if table.PrimaryKey != nil && begins(table.PrimaryKey.Columns) {
		return true
	}
	return slices.ContainsFunc(table.Uniques, func(u *schema.Unique) bool { return begins(u.Columns) }) ||
		slices.ContainsFunc(table.Indexes, func(i *schema.Index) bool { return i.Where == "" && begins(i.Columns()) })
}
