package ddl_test

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// operationCase is an operation on the tables of [operationTables], after what given makes of them. The source of step is
// shown in the documentation.
type operationCase struct {
	name  string
	given func(m *op.Migration)
	step  func(m *op.Migration)
	// quiet keeps a case out of the documentation: what it shows is in the golden file.
	quiet bool
	// untried names an engine's statements that a test server cannot run, or that cannot be undone, and why.
	untried map[schema.Dialect]string
}

func operationTables(m *op.Migration) {
	m.CreateTable("users",
		op.Column("id", "bigint").NotNull(),
		op.Column("name", "varchar(50)").NotNull().Default("''"),
		op.Column("email", "varchar(100)"),
		op.Column("age", "integer"),
		op.PrimaryKey("id"),
		op.Unique("email").Named("uq_users_email"),
		op.Check("ck_users_age", "age >= 0"))
	m.CreateIndex("ix_users_name", "users", "name")
	m.CreateTable("orders",
		op.Column("id", "bigint").NotNull(),
		op.Column("user_id", "bigint"),
		op.Column("total", "decimal(12,2)"),
		op.Column("note", "varchar(200)"),
		op.PrimaryKey("id"),
		op.ForeignKey("user_id").References("users", "id").Named("fk_orders_user_id"))
}

// outsideOfTheDatabase are the engines whose namespaces are databases of their own.
var outsideOfTheDatabase = map[schema.Dialect]string{op.MySQL: "it is a database of the server", op.SQLite: "it is an attached database"}

func onPostgres(steps func(m *op.Migration)) func(m *op.Migration) {
	return func(m *op.Migration) { m.On(op.Postgres, steps) }
}

// everywhereBut says that no server is there to try a case.
func everywhereBut(dialect schema.Dialect, reason string) map[schema.Dialect]string {
	out := map[schema.Dialect]string{}
	for _, other := range schema.Dialects {
		if other != dialect {
			out[other] = reason
		}
	}
	return out
}

// operationCases holds every operation, with every field that it has set in one of them.
func operationCases() []operationCase {
	var out []operationCase
	for _, cases := range [][]operationCase{
		tableCases, columnCases, alterCases, constraintCases, indexCases, batchCases, typeCases, objectCases, dataCases, nameCases,
	} {
		out = append(out, cases...)
	}
	return out
}

var tableCases = []operationCase{
	{name: "Create a table", step: func(m *op.Migration) {
		m.CreateTable("projects",
			op.Column("id", "bigint").NotNull().AutoIncrement(),
			op.Column("name", "varchar(100)").NotNull(),
			op.Column("owner_id", "bigint"),
			op.Column("created_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}).NotNull().
				Defaults(op.PerEngine{Postgres: "now()", MySQL: "CURRENT_TIMESTAMP(6)", SQLite: "CURRENT_TIMESTAMP"}),
			op.PrimaryKey("id"),
			op.Unique("name").Named("uq_projects_name"),
			op.ForeignKey("owner_id").References("users", "id").Named("fk_projects_owner_id").OnDelete("CASCADE"),
			op.Check("ck_projects_name", "name <> ''"))
	}},
	{name: "Create a table unless it is there", quiet: true, step: func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "bigint")).IfNotExists()
	}},
	{name: "Create a table with attributes of its engine", quiet: true, step: func(m *op.Migration) {
		m.CreateTable("logs",
			op.Column("id", "integer").NotNull().Identity(),
			op.Column("body", op.Types{Postgres: "text", MySQL: "text", SQLite: "TEXT"}),
			op.PrimaryKey("id"),
			op.Comment("what happened"),
			op.Option(op.Postgres, schema.OptionUnlogged, ""), op.Option(op.Postgres, schema.OptionWith, "fillfactor=70"),
			op.Option(op.MySQL, schema.OptionEngine, "InnoDB"), op.Option(op.MySQL, schema.OptionCharset, "utf8mb4"),
			op.Option(op.SQLite, schema.OptionStrict, ""))
	}},
	{name: "Create a partitioned table", quiet: true, step: func(m *op.Migration) {
		m.CreateTable("events", op.Column("id", "bigint").NotNull(), op.Column("day", "date").NotNull(), op.PrimaryKey("id", "day"),
			op.On(op.Postgres, op.PartitionBy("RANGE (day)")), op.On(op.MySQL, op.PartitionBy("HASH (id) PARTITIONS 4")))
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateTable("events_2026", op.PartitionOf("events", "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"))
		})
	}},
	{name: "Drop a table", given: func(m *op.Migration) { m.CreateTable("notes", op.Column("id", "bigint"), op.PrimaryKey("id")) },
		step: func(m *op.Migration) {
			m.DropTable("notes")
		}},
	{name: "Drop a table if it is there", quiet: true, step: func(m *op.Migration) { m.DropTable("nothing").IfExists() }},
	{name: "Drop a table that was perhaps renamed", quiet: true,
		given: func(m *op.Migration) { m.CreateTable("accounts", op.Column("id", "bigint")) },
		step:  func(m *op.Migration) { m.DropTable("accounts").MaybeRenamedTo("users") }},
	{name: "Rename a table", step: func(m *op.Migration) {
		m.RenameTable("users", "people")
	}},
	{name: "Comment a table", step: func(m *op.Migration) {
		m.CommentTable("users", "those who have signed up")
	}},
	{name: "Change an option of a table", step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) { m.SetTableOption("users", schema.OptionWith, "fillfactor=70") })
		m.On(op.MySQL, func(m *op.Migration) { m.SetTableOption("users", schema.OptionRowFormat, "COMPRESSED") })
		m.On(op.SQLite, func(m *op.Migration) { m.SetTableOption("users", schema.OptionWithoutRowID, "") })
	}},
	{name: "Remove an option of a table", quiet: true,
		given: func(m *op.Migration) {
			m.On(op.Postgres, func(m *op.Migration) { m.SetTableOption("users", schema.OptionWith, "fillfactor=70") })
			m.On(op.MySQL, func(m *op.Migration) { m.SetTableOption("users", schema.OptionRowFormat, "COMPRESSED") })
			m.On(op.SQLite, func(m *op.Migration) { m.SetTableOption("users", schema.OptionWithoutRowID, "") })
		},
		step: func(m *op.Migration) {
			m.On(op.Postgres, func(m *op.Migration) { m.UnsetTableOption("users", schema.OptionWith) })
			m.On(op.MySQL, func(m *op.Migration) { m.UnsetTableOption("users", schema.OptionRowFormat) })
			m.On(op.SQLite, func(m *op.Migration) { m.UnsetTableOption("users", schema.OptionWithoutRowID) })
		}},
}

var columnCases = []operationCase{
	{name: "Add a column", step: func(m *op.Migration) {
		m.AddColumn("users", op.Column("phone", "varchar(32)"))
	}},
	{name: "Add a column with a constant default", step: func(m *op.Migration) {
		m.AddColumn("users", op.Column("active", "boolean").NotNull().Default("TRUE"))
	}},
	{name: "Add a column with a default that is computed", step: func(m *op.Migration) {
		m.AddColumn("users", op.Column("seen_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}).
			Defaults(op.PerEngine{Postgres: "clock_timestamp()", MySQL: "CURRENT_TIMESTAMP(6)", SQLite: "CURRENT_TIMESTAMP"}))
	}},
	{name: "Add a generated column", step: func(m *op.Migration) {
		m.AddColumn("users", op.Column("label", "varchar(60)").GeneratedStored("name"))
	}},
	{name: "Add a generated column that is computed when it is read", quiet: true, step: func(m *op.Migration) {
		m.AddColumn("users", op.Column("label", "varchar(60)").GeneratedVirtual("name"))
	}, untried: map[schema.Dialect]string{op.Postgres: "PostgreSQL 18 has them"}},
	{name: "Add a column that numbers itself", step: func(m *op.Migration) {
		m.AddColumn("logs", op.Column("id", "bigint").NotNull().AutoIncrement())
	}, given: func(m *op.Migration) { m.CreateTable("logs", op.Column("body", "varchar(10)")) },
		untried: map[schema.Dialect]string{op.MySQL: "the column has to be a key", op.SQLite: "the column has to be the primary key"}},
	{name: "Add a column in a place", step: func(m *op.Migration) {
		m.AddColumn("users", op.Column("phone", "varchar(32)")).After("id")
	}},
	{name: "Add the first column", quiet: true, step: func(m *op.Migration) { m.AddColumn("users", op.Column("phone", "varchar(32)")).First() }},
	{name: "Add a column unless it is there", quiet: true, step: func(m *op.Migration) { m.AddColumn("users", op.Column("phone", "varchar(32)")).IfNotExists() }},
	{name: "Add a column with everything", quiet: true, step: func(m *op.Migration) {
		m.AddColumn("users", op.Column("nick", "varchar(32)").NotNull().Default("'x'").Comment("it's short").
			On(op.Postgres, func(c *op.ColumnElement) { c.Collate("C").Option(schema.OptionStorage, "external") }).
			On(op.MySQL, func(c *op.ColumnElement) {
				c.Charset("latin1").Collate("latin1_bin").Option(schema.OptionInvisible, "")
			}).
			On(op.SQLite, func(c *op.ColumnElement) { c.Collate("NOCASE").Option(schema.OptionOnConflict, "REPLACE") }))
	}},
	{name: "Add a column without a moment of waiting", quiet: true, step: func(m *op.Migration) { m.AddColumn("users", op.Column("phone", "varchar(32)")).Online() }},
	{name: "Drop a column", step: func(m *op.Migration) {
		m.DropColumn("orders", "note")
	}},
	{name: "Drop a column that an index uses", step: func(m *op.Migration) {
		m.DropIndex("ix_users_name", "users")
		m.DropColumn("users", "name")
	}},
	{name: "Drop a column if it is there", quiet: true, step: func(m *op.Migration) { m.DropColumn("orders", "nothing").IfExists() }},
	{name: "Drop a column that was perhaps renamed", quiet: true, step: func(m *op.Migration) { m.DropColumn("orders", "note").MaybeRenamedTo("remark") }},
	{name: "Drop a column without a moment of waiting", quiet: true, step: func(m *op.Migration) { m.DropColumn("orders", "note").Online() }},
	{name: "Rename a column", step: func(m *op.Migration) {
		m.RenameColumn("users", "age", "years")
	}},
}

var alterCases = []operationCase{
	{name: "Widen a type", step: func(m *op.Migration) {
		m.AlterColumn("users", "email").Type("varchar(200)")
	}},
	{name: "Change a type", step: func(m *op.Migration) {
		m.AlterColumn("users", "age").Type("bigint")
	}},
	{name: "Change a type and convert the values", step: func(m *op.Migration) {
		m.AlterColumn("orders", "note").Types(op.Types{Postgres: "integer", SQLite: "integer"}).
			On(op.Postgres, func(s *op.AlterColumnStep) { s.Using("length(note)") }).
			On(op.SQLite, func(s *op.AlterColumnStep) { s.Using("length(note)") })
	}},
	{name: "Forbid NULL", step: func(m *op.Migration) {
		m.AlterColumn("orders", "note").NotNull()
	}},
	{name: "Allow NULL", step: func(m *op.Migration) {
		m.AlterColumn("users", "name").Null()
	}},
	{name: "Set a default", step: func(m *op.Migration) {
		m.AlterColumn("users", "age").Default("18")
	}},
	{name: "Remove a default", step: func(m *op.Migration) {
		m.AlterColumn("users", "name").NoDefault()
	}},
	{name: "Change several attributes of a column", step: func(m *op.Migration) {
		m.AlterColumn("orders", "total").Type("decimal(14,2)").NotNull().Default("0")
	}},
	{name: "Comment a column", step: func(m *op.Migration) {
		m.AlterColumn("users", "age").Comment("in years")
	}},
	{name: "Change a collation", step: func(m *op.Migration) {
		m.AlterColumn("users", "email").
			On(op.Postgres, func(s *op.AlterColumnStep) { s.Collate("C") }).
			On(op.MySQL, func(s *op.AlterColumnStep) { s.Charset("latin1").Collate("latin1_bin") }).
			On(op.SQLite, func(s *op.AlterColumnStep) { s.Collate("NOCASE") })
	}},
	{name: "Change an option of a column", quiet: true, step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) { m.AlterColumn("users", "email").Option(schema.OptionStorage, "external") })
		m.On(op.MySQL, func(m *op.Migration) { m.AlterColumn("users", "email").Option(schema.OptionInvisible, "") })
		m.On(op.SQLite, func(m *op.Migration) { m.AlterColumn("users", "name").Option(schema.OptionOnConflict, "IGNORE") })
	}, untried: map[schema.Dialect]string{op.Postgres: "the way back needs PostgreSQL 16"}},
	{name: "Let a column number itself", step: func(m *op.Migration) {
		m.AlterColumn("users", "id").Identity()
	}, untried: map[schema.Dialect]string{op.MySQL: "a foreign key refers to the column"}},
	{name: "Let a column number itself with a serial", quiet: true, step: func(m *op.Migration) { m.AlterColumn("users", "id").AutoIncrement() },
		untried: map[schema.Dialect]string{op.MySQL: "a foreign key refers to the column"}},
	{name: "No longer let a column number itself", quiet: true,
		given: func(m *op.Migration) {
			m.CreateTable("logs", op.Column("id", "bigint").NotNull().Identity(), op.PrimaryKey("id"))
		},
		step: func(m *op.Migration) { m.AlterColumn("logs", "id").NoIdentity() }},
	{name: "Change the expression of a generated column", quiet: true,
		given: func(m *op.Migration) { m.AddColumn("users", op.Column("label", "varchar(60)").GeneratedStored("name")) },
		step:  func(m *op.Migration) { m.AlterColumn("users", "label").GeneratedStored("email") }},
	{name: "Turn a generated column into a plain one", quiet: true,
		given:   func(m *op.Migration) { m.AddColumn("users", op.Column("label", "varchar(60)").GeneratedStored("name")) },
		step:    func(m *op.Migration) { m.AlterColumn("users", "label").NotGenerated() },
		untried: map[schema.Dialect]string{op.Postgres: "the way back would lose the column's values and is refused"}},
	{name: "Move a column", step: func(m *op.Migration) {
		m.AlterColumn("users", "email").After("id")
	}},
	{name: "Move a column to the front", quiet: true, step: func(m *op.Migration) { m.AlterColumn("users", "email").First() }},
	{name: "Change a column without a moment of waiting", quiet: true, step: func(m *op.Migration) { m.AlterColumn("users", "age").Default("18").Online() }},
}

var constraintCases = []operationCase{
	{name: "Add a primary key", given: func(m *op.Migration) { m.CreateTable("logs", op.Column("id", "bigint").NotNull()) },
		step: func(m *op.Migration) {
			m.AddConstraint("logs", op.PrimaryKey("id"))
		}},
	{name: "Drop a primary key", given: func(m *op.Migration) {
		m.CreateTable("logs", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id"))
	}, step: func(m *op.Migration) {
		m.DropConstraint("logs", op.PrimaryKeyConstraint, "logs_pkey")
	}},
	{name: "Add a unique constraint", step: func(m *op.Migration) {
		m.AddConstraint("users", op.Unique("name", "email").Named("uq_users_name_email"))
	}},
	{name: "Make an index a unique constraint", step: func(m *op.Migration) {
		m.AddConstraint("users", op.Unique("age").Named("uq_users_age")).UsingIndex("uq_users_age")
	}, given: func(m *op.Migration) { m.CreateIndex("uq_users_age", "users", "age").Unique() }},
	{name: "Add a unique constraint without a moment of waiting", quiet: true, step: func(m *op.Migration) { m.AddConstraint("users", op.Unique("age").Named("uq_users_age")).Online() }},
	{name: "Drop a unique constraint", step: func(m *op.Migration) {
		m.DropConstraint("users", op.UniqueConstraint, "uq_users_email")
	}},
	{name: "Add a foreign key", step: func(m *op.Migration) {
		m.AddConstraint("users", op.ForeignKey("level").References("levels", "id").Named("fk_users_level").OnDelete("SET NULL").OnUpdate("CASCADE"))
	}, given: levels},
	{name: "Add a foreign key in two steps", step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) {
			m.AddConstraint("users", op.ForeignKey("level").References("levels", "id").Named("fk_users_level").NotValid())
			m.ValidateConstraint("users", op.ForeignKeyConstraint, "fk_users_level")
		})
	}, given: levels},
	{name: "Drop a foreign key", step: func(m *op.Migration) {
		m.DropConstraint("orders", op.ForeignKeyConstraint, "fk_orders_user_id")
	}},
	{name: "Add a check", step: func(m *op.Migration) {
		m.AddConstraint("orders", op.Check("ck_orders_total", "total >= 0"))
	}},
	{name: "Drop a check", step: func(m *op.Migration) {
		m.DropConstraint("users", op.CheckConstraint, "ck_users_age")
	}},
	{name: "Drop a constraint if it is there", quiet: true, step: func(m *op.Migration) {
		m.DropConstraint("users", op.CheckConstraint, "nothing").IfExists()
	}},
	{name: "Drop a constraint without a name", quiet: true,
		given: func(m *op.Migration) {
			m.On(op.SQLite, func(m *op.Migration) { m.AddConstraint("users", op.Check("", "age < 200")) })
		},
		step: func(m *op.Migration) {
			m.On(op.SQLite, func(m *op.Migration) {
				m.DropConstraint("users", op.CheckConstraint, "").Like(op.Check("", "age < 200"))
			})
		}},
	{name: "Rename a constraint", step: func(m *op.Migration) {
		m.RenameConstraint("users", op.UniqueConstraint, "uq_users_email", "uq_users_mail")
	}},
	{name: "Add an exclusion constraint", step: func(m *op.Migration) {
		m.AddConstraint("users", op.Exclude("ex_users_age", "btree").With(op.Part("age"), "=").Where("age > 100"))
	}},
}

func levels(m *op.Migration) {
	m.CreateTable("levels", op.Column("id", "integer").NotNull(), op.PrimaryKey("id"))
	m.AddColumn("users", op.Column("level", "integer"))
}

var indexCases = []operationCase{
	{name: "Create an index", step: func(m *op.Migration) {
		m.CreateIndex("ix_users_age", "users", "age")
	}},
	{name: "Create an index without blocking writes", step: func(m *op.Migration) {
		m.CreateIndex("ix_users_age", "users", "age").Concurrently()
	}},
	{name: "Create a unique, partial or sorted index", step: func(m *op.Migration) {
		m.CreateIndex("ix_users_adult", "users").Unique().Parts(op.Part("name").Desc(), op.Part("age")).
			On(op.Postgres, func(s *op.CreateIndexStep) { s.Where("age > 17").Include("email") }).
			On(op.SQLite, func(s *op.CreateIndexStep) { s.Where("age > 17") })
	}},
	{name: "Create an index on an expression", step: func(m *op.Migration) {
		m.CreateIndex("ix_users_lower_email", "users").Parts(op.Expr("lower(email)"))
	}},
	{name: "Create an index with everything", quiet: true, step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateIndex("ix_users_all", "users").IfNotExists().Unique().Using("btree").NullsNotDistinct().Option(schema.OptionWith, "fillfactor=70").
				Parts(op.Part("name").Collate("C").OpClass("varchar_pattern_ops").NullsFirst(), op.Part("age").Desc().NullsLast()).Comment("all")
		})
		m.On(op.MySQL, func(m *op.Migration) {
			m.CreateIndex("ix_users_all", "users").Using("btree").Parts(op.Part("name").Prefix(5), op.Part("age").Desc()).Comment("all").Option(schema.OptionInvisible, "")
		})
		m.On(op.SQLite, func(m *op.Migration) {
			m.CreateIndex("ix_users_all", "users").Parts(op.Part("name").Collate("NOCASE").Desc())
		})
	}},
	{name: "Drop a unique index", quiet: true, given: func(m *op.Migration) { m.CreateIndex("uq_users_age", "users", "age").Unique() },
		step: func(m *op.Migration) { m.DropIndex("uq_users_age", "users") }},
	{name: "Drop an index", step: func(m *op.Migration) {
		m.DropIndex("ix_users_name", "users")
	}},
	{name: "Drop an index without blocking writes", step: func(m *op.Migration) {
		m.DropIndex("ix_users_name", "users").Concurrently()
	}},
	{name: "Drop an index if it is there", quiet: true, step: func(m *op.Migration) { m.DropIndex("nothing", "users").IfExists() }},
	{name: "Rename an index", step: func(m *op.Migration) {
		m.RenameIndex("users", "ix_users_name", "ix_users_by_name")
	}},
}

var batchCases = []operationCase{
	{name: "Change a table in one go", step: func(m *op.Migration) {
		m.BatchAlterTable("orders", func(t *op.Table) {
			t.RenameColumn("note", "remark")
			t.AlterColumn("total").NotNull().Default("0")
			t.AddColumn(op.Column("paid", "boolean"))
			t.AddConstraint(op.Check("ck_orders_total", "total >= 0"))
			t.CreateIndex("ix_orders_total", "total")
		})
	}},
	{name: "Rebuild a table", quiet: true, step: func(m *op.Migration) {
		m.BatchAlterTable("orders", func(t *op.Table) {
			t.Rebuild()
			t.AddColumn(op.Column("paid", "boolean"))
		})
	}},
	{name: "Change types step by step", quiet: true, step: func(m *op.Migration) {
		m.AlterColumn("users", "age").Type("bigint")
		m.AlterColumn("users", "name").Type("varchar(70)")
		m.AlterColumn("orders", "total").Type("decimal(14,3)")
		m.AlterColumn("orders", "note").Type("varchar(300)").NotNull()
	}},
	{name: "Change a table step by step", step: func(m *op.Migration) {
		m.AlterColumn("orders", "total").NotNull()
		m.AlterColumn("orders", "note").Type("varchar(300)")
		m.AddConstraint("orders", op.Check("ck_orders_total", "total >= 0"))
	}},
}

var typeCases = []operationCase{
	{name: "Create an enum", step: func(m *op.Migration) {
		m.CreateEnum("state", "new", "paid", "it's done")
	}},
	{name: "Create an enum with a comment unless it is there", quiet: true, step: func(m *op.Migration) { m.CreateEnum("state", "new").Comment("of an order").IfNotExists() }},
	{name: "Drop an enum", given: state, step: func(m *op.Migration) {
		m.DropEnum("state")
	}},
	{name: "Drop an enum if it is there", quiet: true, step: func(m *op.Migration) { m.Do(&op.DropEnum{Name: schema.Name{Name: "nothing"}, IfExists: true}) }},
	{name: "Rename an enum", given: state, step: func(m *op.Migration) {
		m.RenameEnum("state", "status")
	}},
	{name: "Add a value to an enum", given: state, step: func(m *op.Migration) {
		m.AddEnumValue("state", "sent").After("paid")
	}},
	{name: "Add the first value of an enum", quiet: true, given: state, step: func(m *op.Migration) { m.AddEnumValue("state", "draft").Before("new") }},
	{name: "Rename a value of an enum", given: state, step: func(m *op.Migration) {
		m.RenameEnumValue("state", "paid", "settled")
	}},
	{name: "Remove a value of an enum that a column uses", given: onPostgres(func(m *op.Migration) {
		m.CreateEnum("state", "new", "paid", "void")
		m.AddColumn("orders", op.Column("state", "state").NotNull().Default("'new'"))
	}), step: func(m *op.Migration) {
		m.RemoveEnumValues("state", "void")
	}},
	{name: "Remove a value of an enum that was perhaps renamed", quiet: true, given: state, step: func(m *op.Migration) {
		m.RemoveEnumValues("state", "paid").MaybeRenamedTo("settled")
	}},
	{name: "Create a domain", step: func(m *op.Migration) {
		m.CreateDomain(schema.Domain{Name: schema.Name{Name: "percent"}, Type: "integer", NotNull: true, Default: "0",
			Checks: []*schema.Check{{Name: "ck_percent", Expr: "VALUE BETWEEN 0 AND 100"}}, Comment: "of a whole"})
	}},
	{name: "Drop a domain", step: func(m *op.Migration) {
		m.DropDomain("percent")
	}, given: onPostgres(func(m *op.Migration) {
		m.CreateDomain(schema.Domain{Name: schema.Name{Name: "percent"}, Type: "integer"})
	})},
	{name: "Create and drop domains that may be there", quiet: true, step: func(m *op.Migration) {
		m.Do(&op.CreateDomain{Domain: &schema.Domain{Name: schema.Name{Name: "percent"}, Type: "text", Collation: "C"}, IfNotExists: true})
		m.Do(&op.DropDomain{Name: schema.Name{Name: "nothing"}, IfExists: true})
	}},
	{name: "Create a composite type", step: func(m *op.Migration) {
		m.CreateComposite(schema.Composite{Name: schema.Name{Name: "point_of_sale"}, Comment: "where",
			Fields: []schema.CompositeField{{Name: "x", Type: "integer"}, {Name: "label", Type: "text", Collation: "C"}}})
	}},
	{name: "Drop a composite type", step: func(m *op.Migration) {
		m.DropComposite("point_of_sale")
	}, given: onPostgres(func(m *op.Migration) {
		m.CreateComposite(schema.Composite{Name: schema.Name{Name: "point_of_sale"}, Fields: []schema.CompositeField{{Name: "x", Type: "integer"}}})
	})},
	{name: "Create and drop composite types that may be there", quiet: true, step: func(m *op.Migration) {
		m.Do(&op.CreateComposite{Composite: &schema.Composite{Name: schema.Name{Name: "pos"}, Fields: []schema.CompositeField{{Name: "x", Type: "integer"}}}, IfNotExists: true})
		m.Do(&op.DropComposite{Name: schema.Name{Name: "nothing"}, IfExists: true})
	}},
	{name: "Create a sequence", step: func(m *op.Migration) {
		m.CreateSequence(schema.Sequence{Name: schema.Name{Name: "invoice_numbers"}, Start: number(1000), Increment: number(10), Comment: "no gaps"})
	}, untried: map[schema.Dialect]string{op.MySQL: "MariaDB has no comments on sequences"}},
	{name: "Create a sequence with everything unless it is there", quiet: true, step: func(m *op.Migration) {
		m.Do(&op.CreateSequence{IfNotExists: true, Sequence: &schema.Sequence{Name: schema.Name{Name: "invoice_numbers"}, Type: "integer", Start: number(5), Increment: number(-1),
			Min: number(-100), Max: number(5), Cache: number(3), Cycle: true, OwnedBy: schema.Dependency{Relation: schema.Name{Name: "users"}, Column: "age"}}})
	}},
	{name: "Change a sequence", given: sequence, step: func(m *op.Migration) {
		m.AlterSequence(schema.Sequence{Name: schema.Name{Name: "invoice_numbers"}, Increment: number(5), Cache: number(20)})
	}},
	{name: "Rename a sequence", given: sequence, step: func(m *op.Migration) {
		m.RenameSequence("invoice_numbers", "bill_numbers")
	}},
	{name: "Drop a sequence", given: sequence, step: func(m *op.Migration) {
		m.DropSequence("invoice_numbers")
	}},
	{name: "Drop a sequence if it is there", quiet: true, step: func(m *op.Migration) { m.Do(&op.DropSequence{Name: schema.Name{Name: "nothing"}, IfExists: true}) }},
}

var state = onPostgres(func(m *op.Migration) { m.CreateEnum("state", "new", "paid") })

var sequence = func(m *op.Migration) {
	m.Except(op.SQLite, func(m *op.Migration) {
		m.CreateSequence(schema.Sequence{Name: schema.Name{Name: "invoice_numbers"}, Start: number(1000)})
	})
}

func number(n int64) *int64 { return &n }

var objectCases = []operationCase{
	{name: "Create a schema", step: func(m *op.Migration) {
		m.CreateNamespace("sales")
	}, untried: outsideOfTheDatabase},
	{name: "Drop a schema", given: onPostgres(func(m *op.Migration) { m.CreateNamespace("sales") }), step: func(m *op.Migration) {
		m.DropNamespace("sales")
	}, untried: outsideOfTheDatabase},
	{name: "Drop a schema if it is there", quiet: true, step: func(m *op.Migration) { m.Do(&op.DropNamespace{Name: "nothing", IfExists: true}) },
		untried: outsideOfTheDatabase},
	{name: "Create an extension", step: func(m *op.Migration) {
		m.CreateExtension("pg_trgm").Schema("public")
	}},
	{name: "Create an extension of a version", quiet: true, step: func(m *op.Migration) { m.CreateExtension("citext").Version("1.6") }},
	{name: "Drop an extension", given: onPostgres(func(m *op.Migration) { m.CreateExtension("citext") }), step: func(m *op.Migration) {
		m.DropExtension("citext")
	}},
	{name: "Drop an extension if it is there", quiet: true, step: func(m *op.Migration) { m.Do(&op.DropExtension{Name: schema.Name{Name: "nothing"}, IfExists: true}) }},
	{name: "Create statistics", step: func(m *op.Migration) {
		m.CreateStatistics("st_users", "users", "CREATE STATISTICS st_users ON name, age FROM users").Comment("they go together")
	}},
	{name: "Drop statistics", given: onPostgres(func(m *op.Migration) {
		m.CreateStatistics("st_users", "users", "CREATE STATISTICS st_users ON name, age FROM users")
	}), step: func(m *op.Migration) {
		m.DropStatistics("st_users")
	}},
	{name: "Create and drop statistics that may be there", quiet: true, step: func(m *op.Migration) {
		m.Do(&op.CreateStatistic{IfNotExists: true, Statistic: &schema.Statistic{Name: schema.Name{Name: "st_users"}, Table: schema.Name{Name: "users"},
			Definition: "CREATE STATISTICS st_users ON name, age FROM users"}})
		m.Do(&op.DropStatistic{Name: schema.Name{Name: "nothing"}, IfExists: true})
	}},
	{name: "Create a view", step: func(m *op.Migration) {
		m.CreateView("adults", "SELECT id, name FROM users WHERE age > 17").DependsOn("users")
	}},
	{name: "Create a view with everything", quiet: true, step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateView("adults", "SELECT id, name FROM users WHERE age > 17").Columns("number", "who").Option("with", "security_barrier=true").
				Comment("of age").DependsOnColumns("users", "id", "name", "age")
		})
		m.On(op.MySQL, func(m *op.Migration) {
			m.CreateView("adults", "SELECT id, name FROM users WHERE age > 17").OrReplace().Columns("number", "who")
		})
	}},
	{name: "Replace a view", given: adults, step: func(m *op.Migration) {
		m.CreateView("adults", "SELECT id, name FROM users WHERE age > 20").OrReplace().DependsOn("users")
	}},
	{name: "Create a materialized view", step: func(m *op.Migration) {
		m.CreateView("counts", "SELECT age, count(*) AS n FROM users GROUP BY age").Materialized().DependsOn("users")
	}},
	{name: "Drop a view", given: adults, step: func(m *op.Migration) {
		m.DropView("adults")
	}},
	{name: "Drop a materialized view", quiet: true, given: onPostgres(func(m *op.Migration) {
		m.CreateView("counts", "SELECT age, count(*) AS n FROM users GROUP BY age").Materialized().DependsOn("users")
	}), step: func(m *op.Migration) { m.DropView("counts").Materialized() }},
	{name: "Create and drop views that may be there", quiet: true, step: func(m *op.Migration) {
		m.Do(&op.CreateView{View: &schema.View{Name: schema.Name{Name: "adults"}, Definition: "SELECT 1 AS one"}, IfNotExists: true})
		m.Do(&op.DropView{Name: schema.Name{Name: "nothing"}, IfExists: true})
	}, untried: map[schema.Dialect]string{op.Postgres: "it has no CREATE VIEW IF NOT EXISTS", op.MySQL: "MySQL has no CREATE VIEW IF NOT EXISTS"}},
	{name: "Create a function", step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateFunction("twice(integer)", "CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 * 2 $$").Comment("doubles")
		})
		m.On(op.MySQL, func(m *op.Migration) {
			m.CreateFunction("twice", "CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2")
		})
	}},
	{name: "Replace a function", quiet: true, given: twice, step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateFunction("twice(integer)", "CREATE OR REPLACE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 + $1 $$").OrReplace().DependsOn("users")
		})
	}},
	{name: "Drop a function", given: twice, step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) { m.DropFunction("twice(integer)") })
		m.On(op.MySQL, func(m *op.Migration) { m.DropFunction("twice") })
	}},
	{name: "Create and drop a procedure", quiet: true, step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateFunction("tidy()", "CREATE PROCEDURE tidy() LANGUAGE sql AS $$ DELETE FROM orders $$").Procedure()
			m.DropProcedure("tidy()")
		})
		m.On(op.MySQL, func(m *op.Migration) {
			m.CreateFunction("tidy", "CREATE PROCEDURE tidy() DELETE FROM orders").Procedure()
			m.DropProcedure("tidy")
		})
	}},
	{name: "Create and drop functions that may be there", quiet: true, step: func(m *op.Migration) {
		m.Do(&op.CreateFunction{IfNotExists: true, Function: &schema.Function{Name: schema.Name{Name: "f"}, Kind: "function", Definition: "CREATE FUNCTION f() RETURNS int RETURN 1"}})
		m.Do(&op.DropFunction{Name: schema.Name{Name: "nothing"}, Routine: "function", IfExists: true})
	}, untried: everywhereBut("", "the texts are of one engine")},
	{name: "Create a trigger", given: stamp, step: func(m *op.Migration) {
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateTrigger("tr_orders", "orders", "CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp()").DependsOn("stamp()")
		})
		m.On(op.MySQL, func(m *op.Migration) {
			m.CreateTrigger("tr_orders", "orders", "CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'new'")
		})
		m.On(op.SQLite, func(m *op.Migration) {
			m.CreateTrigger("tr_orders", "orders", "CREATE TRIGGER tr_orders AFTER INSERT ON orders BEGIN UPDATE orders SET note = 'new' WHERE id = NEW.id; END")
		})
	}},
	{name: "Create a trigger with everything", quiet: true, given: stamp, step: onPostgres(func(m *op.Migration) {
		m.CreateTrigger("tr_orders", "orders", "CREATE OR REPLACE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp()").
			OrReplace().Enabled("always").Comment("stamps").DependsOn("stamp()").DependsOnColumns("orders", "note")
	})},
	{name: "Drop a trigger", given: func(m *op.Migration) { stamp(m); trigger(m) }, step: func(m *op.Migration) {
		m.DropTrigger("tr_orders", "orders")
	}},
	{name: "Create and drop triggers that may be there", quiet: true, step: func(m *op.Migration) {
		m.Do(&op.CreateTrigger{IfNotExists: true, Trigger: &schema.Trigger{Name: schema.Name{Name: "orders/t"}, Trigger: "t", Table: schema.Name{Name: "orders"}, Definition: "CREATE TRIGGER t"}})
		m.Do(&op.DropTrigger{Name: schema.Name{Name: "nothing"}, Trigger: "nothing", Table: schema.Name{Name: "orders"}, IfExists: true})
	}, untried: everywhereBut("", "the texts are of no engine")},
}

func adults(m *op.Migration) {
	m.CreateView("adults", "SELECT id, name FROM users WHERE age > 17").DependsOn("users")
}

func twice(m *op.Migration) {
	m.On(op.Postgres, func(m *op.Migration) {
		m.CreateFunction("twice(integer)", "CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 * 2 $$")
	})
	m.On(op.MySQL, func(m *op.Migration) {
		m.CreateFunction("twice", "CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2")
	})
}

func stamp(m *op.Migration) {
	m.On(op.Postgres, func(m *op.Migration) {
		m.CreateFunction("stamp()", "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'new'; RETURN NEW; END $$")
	})
}

func trigger(m *op.Migration) {
	m.On(op.Postgres, func(m *op.Migration) {
		m.CreateTrigger("tr_orders", "orders", "CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp()").DependsOn("stamp()")
	})
	m.On(op.MySQL, func(m *op.Migration) {
		m.CreateTrigger("tr_orders", "orders", "CREATE TRIGGER tr_orders BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = 'new'")
	})
	m.On(op.SQLite, func(m *op.Migration) {
		m.CreateTrigger("tr_orders", "orders", "CREATE TRIGGER tr_orders AFTER INSERT ON orders BEGIN UPDATE orders SET note = 'new' WHERE id = NEW.id; END")
	})
}

// cannotGoBack says that a case is tried upwards only.
const cannotGoBack = "there is no way back"

var dataCases = []operationCase{
	{name: "Insert rows", step: func(m *op.Migration) {
		m.Insert("users", op.Row{"id": 1, "name": "Ada"}, op.Row{"id": 2, "email": "b@example.com"})
	}, untried: everywhereBut("", cannotGoBack)},
	{name: "Fill a column in batches", step: func(m *op.Migration) {
		m.Backfill("users", "age", "18")
	}},
	{name: "Fill columns under a condition", quiet: true, step: func(m *op.Migration) {
		m.Backfill("users", "age", "18").Set("email", "name").Where("age IS NULL").Key("id").Batches(500, time.Millisecond)
	}},
	{name: "Execute SQL", step: func(m *op.Migration) {
		m.Exec("UPDATE users SET age = age + 1")
	}, untried: everywhereBut("", cannotGoBack)},
	{name: "Execute SQL outside of a transaction", quiet: true, step: func(m *op.Migration) {
		m.Exec("VACUUM", 1).OutsideTransaction().NoSchemaChange()
	}, untried: everywhereBut("", cannotGoBack)},
	{name: "Run Go code", step: func(m *op.Migration) {
		m.Run("import users", func(ctx context.Context, db bun.IDB) error {
			_, err := db.ExecContext(ctx, "UPDATE users SET name = email")
			return err
		})
	}, untried: everywhereBut("", cannotGoBack)},
	{name: "Run Go code outside of a transaction", quiet: true, step: func(m *op.Migration) {
		m.Run("import users", func(context.Context, bun.IDB) error { return nil }).OutsideTransaction().NoSchemaChange()
	}, untried: everywhereBut("", cannotGoBack)},
	{name: "Refuse", step: func(m *op.Migration) {
		m.Irreversible("the names are gone")
	}},
}

// nameCases have names that need quotes, and the longest.
var nameCases = []operationCase{
	{name: "Reserved words", quiet: true, step: func(m *op.Migration) {
		m.CreateTable("select", op.Column("order", "integer").NotNull(), op.Column("from", "varchar(10)"), op.PrimaryKey("order"))
		m.CreateIndex("group", "select", "from")
		m.RenameColumn("select", "from", "where")
		m.AlterColumn("select", "where").NotNull()
	}},
	{name: "Names with quotes, spaces and capitals", quiet: true, step: func(m *op.Migration) {
		m.CreateTable("My Table", op.Column("it's", "integer"), op.Column("a \"b\" `c`", "varchar(10)"), op.Column("ÄÖ €", "integer"))
		m.CreateIndex("ix \"1\"", "My Table", "a \"b\" `c`")
		m.RenameColumn("My Table", "it's", "it is")
		m.AlterColumn("My Table", "ÄÖ €").NotNull()
		m.DropColumn("My Table", "it is")
	}},
	{name: "Names with dots", quiet: true, step: func(m *op.Migration) {
		m.CreateTable(`"a.b"`, op.Column("c.d", "integer"))
		m.RenameTable(`"a.b"`, `"a.c"`)
	}},
	{name: "The longest names", quiet: true, step: func(m *op.Migration) {
		m.CreateTable(longest, op.Column(longest, "integer"), op.Check("ck_"+longest[3:], "1 = 1"))
		m.CreateIndex("ix_"+longest[3:], longest, longest)
	}},
	{name: "Names that are too long", quiet: true, step: func(m *op.Migration) {
		m.CreateIndex("ix_users_"+longest, "users", "name")
	}},
}

const longest = "the_longest_name_that_every_engine_takes_has_sixty_three_bytess" // 63
