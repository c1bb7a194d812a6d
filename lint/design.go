package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var design = []rule{{
	Rule: Rule{
		ID: "no-primary-key", Category: Design, Severity: Warning,
		Title:   "a table has no primary key",
		What:    "A new table has no primary key at the end of the revision.",
		Why:     "bun cannot update or delete a model by its key, logical replication refuses updates, MySQL's replicas scan the table for each row, and duplicates cannot be told apart.",
		Safe:    "Give it one: the columns that identify a row, or a numbered id.",
		Engines: everywhere,
		Bad:     `m.CreateTable("notes", op.Column("text", "varchar(200)"))`,
		Good:    `m.CreateTable("notes", op.Column("id", "integer").NotNull(), op.Column("text", "varchar(200)"), op.PrimaryKey("id"))`,
	},
	revision: func(r *run) {
		for table := range r.state.Tables.All() {
			derived := table.Partition != nil || len(table.Inherits) > 0 || table.Virtual != ""
			if r.created[table.Name] && table.PrimaryKey == nil && !derived {
				r.findWhere(table.Name, fmt.Sprintf("table %s has no primary key", table.Name), "give it one")
			}
		}
	},
}, {
	Rule: Rule{
		ID: "foreign-key-without-index", Category: Design, Severity: Warning,
		Title:   "no index serves the foreign key",
		What:    "A foreign key is added, and at the end of the revision no index begins with its columns.",
		Why:     "Each DELETE or key change in the other table reads this one from end to end to find rows that refer to it. MySQL makes such an index by itself, PostgreSQL and SQLite do not.",
		Safe:    "Create an index over the columns.",
		Engines: []Engine{onPostgres, onSQLite},
		Bad:     `m.CreateTable("notes", op.Column("id", "integer").NotNull(), op.Column("user_id", "bigint"), op.PrimaryKey("id"), op.ForeignKey("user_id").References("users", "id").Named("fk_notes_user_id"))`,
		Good: `m.CreateTable("notes", op.Column("id", "integer").NotNull(), op.Column("user_id", "bigint"), op.PrimaryKey("id"), op.ForeignKey("user_id").References("users", "id").Named("fk_notes_user_id"))
m.CreateIndex("ix_notes_user_id", "notes", "user_id")`,
	},
	revision: func(r *run) {
		r.newForeignKeys(func(table *schema.Table, key *schema.ForeignKey) {
			if !indexed(table, key.Columns) {
				r.findWhere(table.Name, fmt.Sprintf("no index serves the foreign key over (%s): each delete in %s reads %s from end to end", strings.Join(key.Columns, ", "), key.RefTable, table.Name),
					"create an index over the columns")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "foreign-key-type", Category: Design, Severity: Warning,
		Title:   "a foreign key has another type than what it refers to",
		What:    "A foreign key is added whose columns differ in type from those that they refer to.",
		Why:     "An integer that refers to a bigint overflows years later, and comparisons may not use the index. MySQL refuses such a key.",
		Safe:    "Give both the same type.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.CreateTable("notes", op.Column("user_id", "integer").NotNull(), op.PrimaryKey("user_id"), op.ForeignKey("user_id").References("users", "id").Named("fk_notes_user_id"))`,
		Good:    `m.CreateTable("notes", op.Column("user_id", "bigint").NotNull(), op.PrimaryKey("user_id"), op.ForeignKey("user_id").References("users", "id").Named("fk_notes_user_id"))`,
	},
	revision: func(r *run) {
		r.newForeignKeys(func(table *schema.Table, key *schema.ForeignKey) {
			parent := r.state.Table(key.RefTable)
			for i, name := range key.Columns {
				if parent == nil || i >= len(key.RefColumns) {
					return
				}
				from, to := table.Column(name), parent.Column(key.RefColumns[i])
				if from != nil && to != nil && ddl.EqualTypes(r.Server, from.Type, to.Type) != ddl.Equal {
					r.findWhere(table.Name, fmt.Sprintf("%s.%s is %s and refers to %s.%s, which is %s", table.Name, name, from.Type, key.RefTable, to.Name, to.Type), "give both the same type")
				}
			}
		})
	},
}, {
	Rule: Rule{
		ID: "small-key", Category: Design, Severity: Info,
		Title:   "a numbered key has 32 bits",
		What:    "A new table's primary key is an INTEGER or SMALLINT that numbers itself.",
		Why:     "It ends at 2,147,483,647, in the worst night of the year, and widening it copies the table and all that refer to it.",
		Safe:    "Use BIGINT; it costs four bytes.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.CreateTable("notes", op.Column("id", "integer").NotNull().AutoIncrement(), op.PrimaryKey("id"))`,
		Good:    `m.CreateTable("notes", op.Column("id", "bigint").NotNull().AutoIncrement(), op.PrimaryKey("id"))`,
	},
	step: on(func(r *run, o *op.CreateTable) {
		if o.Table.PrimaryKey == nil {
			return
		}
		for _, name := range o.Table.PrimaryKey.Columns {
			column := o.Table.Column(name)
			if column == nil || column.Identity == nil {
				continue
			}
			if rank := parseType(r.Server.Dialect, column.Type).integerRank(); rank > 0 && rank < parseType(r.Server.Dialect, "bigint").integerRank() {
				r.find(columnOf(o.Table.Name, name), fmt.Sprintf("%s.%s numbers itself in %s, which ends at 2 billion or before", o.Table.Name, name, column.Type), "use bigint")
			}
		}
	}),
}, {
	Rule: Rule{
		ID: "duplicate-index", Category: Design, Severity: Warning,
		Title:   "an index does what another one does",
		What:    "A new index is over the same columns as another index or key of the table, or over the first of its columns.",
		Why:     "Each write maintains both, and queries use one.",
		Safe:    "Drop one of them.",
		Engines: everywhere,
		Bad:     `m.CreateIndex("ix_products_sku", "products", "sku")`,
		Good:    `m.CreateIndex("ix_products_title", "products", "title")`,
	},
	step: on(func(r *run, o *op.CreateIndex) {
		table := r.state.Table(o.Table)
		if table == nil || o.Index.Unique || o.Index.Where != "" || len(o.Index.Columns()) != len(o.Index.Parts) || len(o.Index.Parts) == 0 || o.Index.Method != "" && !strings.EqualFold(o.Index.Method, "btree") {
			return
		}
		if other := r.coveredBy(table, o.Index); other != "" {
			r.find(o.Table.String(), fmt.Sprintf("%s serves every query that index %s would", other, o.Index.Name), "leave it out, or drop the other one")
		}
	}),
}, {
	Rule: Rule{
		ID: "wide-index", Category: Design, Severity: Info,
		Title:   "an index has many columns",
		What:    "A new index that is not unique has more than four columns.",
		Why:     "It is large, each write maintains it, and the last columns rarely help to find rows.",
		Safe:    "Index the columns that select, and on PostgreSQL add others with Include.",
		Engines: everywhere,
		Bad:     `m.CreateIndex("ix_users_all", "users", "name", "email", "phone", "score", "id")`,
		Good:    `m.CreateIndex("ix_users_name_email", "users", "name", "email")`,
	},
	step: on(func(r *run, o *op.CreateIndex) {
		if !o.Index.Unique && len(o.Index.Parts) > 4 {
			r.find(o.Table.String(), fmt.Sprintf("index %s has %d columns", o.Index.Name, len(o.Index.Parts)), "keep those that select")
		}
	}),
}, {
	Rule: Rule{
		ID: "postgres-type", Category: Design, Severity: Info,
		Title: "a type that PostgreSQL's own documentation advises against",
		What:  "A new column is timestamp without time zone, timetz, char(n), money, json or serial.",
		Why:   "timestamp does not name a point in time; char(n) pads with spaces that comparisons ignore and others do not; money depends on the server's locale; json has no equality, so that DISTINCT and GROUP BY fail; a serial's sequence has rights of its own.",
		Safe:  "timestamptz, text or varchar(n), numeric, jsonb, identity columns.",
		Engines: []Engine{
			onPostgres,
		},
		Bad:  `m.AddColumn("users", op.Column("settings", "json"))`,
		Good: `m.AddColumn("users", op.Column("settings", "jsonb"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			better := map[string]string{
				"timestamp": "timestamptz", "timetz": "timestamptz", "time with time zone": "timestamptz", "char": "varchar", "money": "numeric", "json": "jsonb",
			}[parseType(schema.Postgres, column.Type).word]
			word, _, _ := strings.Cut(strings.ToLower(column.Type), "serial")
			if better == "" && (word == "" || word == "big" || word == "small") && strings.Contains(strings.ToLower(column.Type), "serial") {
				better = "an identity column"
			}
			if better != "" {
				r.find(columnOf(table, column.Name), fmt.Sprintf("%s.%s is %s", table, column.Name, column.Type), "use "+better)
			}
		})
	},
}, {
	Rule: Rule{
		ID: "mysql-storage", Category: Design, Severity: Warning,
		Title:   "an engine or character set of the past",
		What:    "A table gets another engine than InnoDB, or a table or column the character set utf8, utf8mb3 or latin1.",
		Why:     "MyISAM and Aria tables have no transactions, and MyISAM's do not survive a crash. utf8mb3 has no place for emoji and rare characters: writing one is an error, or cuts the text.",
		Safe:    "InnoDB and utf8mb4.",
		Engines: []Engine{onMySQL},
		Bad:     `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"), op.Option(op.MySQL, "charset", "utf8mb3"))`,
		Good:    `m.CreateTable("notes", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"), op.Option(op.MySQL, "charset", "utf8mb4"))`,
	},
	step: func(r *run, operation op.Operation) {
		options := schema.Options{}
		switch o := operation.(type) {
		case *op.CreateTable:
			options = o.Table.Options
		case *op.AlterTable:
			options = o.Set
		}
		table := operation.Subject()
		if engine := options.Value(schema.OptionEngine); engine != "" && !strings.EqualFold(engine, "InnoDB") {
			r.find(table.String(), fmt.Sprintf("engine %s of %s has no transactions like InnoDB's", engine, table), "use InnoDB")
		}
		old := func(charset string) bool {
			return slices.Contains([]string{"utf8", "utf8mb3", "latin1"}, strings.ToLower(charset))
		}
		if charset := options.Value(schema.OptionCharset); old(charset) {
			r.find(table.String(), fmt.Sprintf("%s of %s has no place for many characters", charset, table), "use utf8mb4")
		}
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			if old(column.Charset) {
				r.find(columnOf(table, column.Name), fmt.Sprintf("%s of %s.%s has no place for many characters", column.Charset, table, column.Name), "use utf8mb4")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "zero-date", Category: Design, Severity: Warning,
		Title:   "a default that is no date",
		What:    "A column's default is '0000-00-00' or a date with a zero month or day.",
		Why:     "Strict mode refuses it, other versions of MySQL do, and Go cannot read it as a time.",
		Safe:    "Use NULL.",
		Engines: []Engine{onMySQL},
		Bad:     `m.AddColumn("users", op.Column("born", "date").Default("'0000-00-00'"))`,
		Good:    `m.AddColumn("users", op.Column("born", "date"))`,
	},
	step: func(r *run, operation op.Operation) {
		r.newColumns(operation, func(table schema.Name, column *schema.Column) {
			if strings.Contains(column.Default, "-00") {
				r.find(columnOf(table, column.Name), fmt.Sprintf("the default %s of %s.%s is no date", column.Default, table, column.Name), "use NULL")
			}
		})
	},
}, {
	Rule: Rule{
		ID: "create-enum", Category: Design, Severity: Info,
		Title:   "an enum type only grows",
		What:    "An enum type is created.",
		Why:     "PostgreSQL can add values and rename them. It cannot remove them or change their order without copying the tables.",
		Safe:    "Fine for lists that hardly change; otherwise a table of values, or text with a check.",
		Engines: []Engine{onPostgres},
		Bad:     `m.CreateEnum("plan", "free", "paid")`,
		Good:    `m.AddConstraint("users", op.Check("users_phone_check", "phone <> ''").NotValid())`,
	},
	step: on(func(r *run, o *op.CreateEnum) {
		r.find(o.Enum.Name.String(), fmt.Sprintf("values of enum %s can be added, and not removed", o.Enum.Name), "use a table of values, or text with a check, if the list changes")
	}),
}}

// coveredBy names an index or key of the table that begins with the columns of another index.
func (r *run) coveredBy(table *schema.Table, index *schema.Index) string {
	columns := index.Columns()
	begins := func(other []string) bool {
		return len(other) >= len(columns) && slices.Equal(other[:len(columns)], columns)
	}
	if table.PrimaryKey != nil && begins(table.PrimaryKey.Columns) {
		return "the primary key"
	}
	for _, unique := range table.Uniques {
		if begins(unique.Columns) {
			return "unique constraint " + unique.Name
		}
	}
	for _, other := range table.Indexes {
		plain := other.Where == "" && len(other.Columns()) == len(other.Parts) && (other.Method == "" || strings.EqualFold(other.Method, "btree"))
		if plain && other.Name != index.Name && begins(other.Columns()) && slices.Equal(other.Parts[:len(columns)], index.Parts) {
			return "index " + other.Name
		}
	}
	return ""
}

// newForeignKeys calls look for each foreign key that the revision brings, with its table as the revision leaves it.
func (r *run) newForeignKeys(look func(table *schema.Table, key *schema.ForeignKey)) {
	for table := range r.state.Tables.All() {
		var old []*schema.ForeignKey
		if r.Before != nil && !r.created[table.Name] {
			if before := r.Before.Table(table.Name); before != nil {
				old = before.ForeignKeys
			}
		}
		for _, key := range table.ForeignKeys {
			known := slices.ContainsFunc(old, func(o *schema.ForeignKey) bool {
				return o.RefTable == key.RefTable && slices.Equal(o.Columns, key.Columns)
			})
			if !known && r.touches(table.Name) {
				look(table, key)
			}
		}
	}
}

// touches reports whether a step of the revision is about the table.
func (r *run) touches(table schema.Name) bool {
	return slices.ContainsFunc(r.done, func(step op.Operation) bool { return step.Subject() == table })
}

// findWhere reports a finding of the revision at the first step about the table.
func (r *run) findWhere(table schema.Name, text, way string) {
	r.place = slices.IndexFunc(r.Upgrade, func(operation op.Operation) bool { return operation.Subject() == table })
	r.find(table.String(), text, way)
	r.place = -1
}
