package op_test

import (
	"fmt"
	"time"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// show records for an engine and prints what was recorded.
func show(dialect schema.Dialect, direction func(*op.Migration)) {
	operations, err := op.Record(dialect, direction)
	if err != nil {
		fmt.Println(err)
	}
	for _, operation := range operations {
		fmt.Println(operation)
	}
}

func ExampleMigration_CreateTable() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateTable("projects",
			op.Column("id", "bigint").NotNull().Identity(),
			op.Column("name", "varchar(100)").NotNull(),
			op.Column("owner_id", "bigint"),
			op.Column("created_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}).NotNull().
				Defaults(op.PerEngine{Postgres: "now()", MySQL: "CURRENT_TIMESTAMP(6)", SQLite: "CURRENT_TIMESTAMP"}),
			op.PrimaryKey("id"),
			op.ForeignKey("owner_id").References("users", "id").Named("fk_projects_owner_id").OnDelete("CASCADE"),
			op.Check("ck_projects_name", "length(name) > 0"),
			op.Option(op.MySQL, "engine", "InnoDB"),
		)
		m.CreateIndex("ix_projects_name", "projects").Parts(op.Expr("lower(name)"), op.Part("id").Desc())
	})
	// Output:
	// create table projects
	// create index ix_projects_name on projects (lower(name), id)
}

func ExampleMigration_On() {
	steps := func(m *op.Migration) {
		m.AddColumn("notes", op.Column("body", "text").On(op.MySQL, func(c *op.ColumnElement) { c.Charset("utf8mb4") }))
		m.On(op.Postgres, func(m *op.Migration) {
			m.CreateIndex("ix_notes_body", "notes").Using("gin").Parts(op.Part("body").OpClass("gin_trgm_ops")).Concurrently()
		})
		m.Except(op.SQLite, func(m *op.Migration) {
			m.CommentTable("notes", "what people write down")
		})
	}
	show(op.Postgres, steps)
	fmt.Println("--")
	show(op.SQLite, steps)
	// Output:
	// add column notes.body text
	// create index ix_notes_body on notes (body)
	// alter table notes: comment "what people write down"
	// --
	// add column notes.body text
}

func ExampleMigration_AlterColumn() {
	show(op.Postgres, func(m *op.Migration) {
		m.AlterColumn("orders", "total").Type("numeric(12,2)").Using("total::numeric").NotNull().Default("0")
		m.AlterColumn("orders", "note").Null().NoDefault().Comment("free text")
	})
	// Output:
	// alter column orders.total: type numeric(12,2), NOT NULL, default 0
	// alter column orders.note: NULL, no default, comment free text
}

func ExampleMigration_BatchAlterTable() {
	show(op.SQLite, func(m *op.Migration) {
		m.BatchAlterTable("orders", func(t *op.Table) {
			t.RenameColumn("sum", "total")
			t.AlterColumn("total").NotNull()
			t.AddConstraint(op.Check("ck_orders_total", "total >= 0"))
		})
	})
	// Output:
	// alter table orders in one go (3 changes)
}

func ExampleMigration_Backfill() {
	show(op.Postgres, func(m *op.Migration) {
		m.AddColumn("users", op.Column("plan", "text"))
		m.Insert("plans", op.Row{"name": "free", "seats": 3}, op.Row{"name": "team", "seats": 20})
		m.Backfill("users", "plan", "'free'").Where("plan IS NULL").Batches(500, 100*time.Millisecond)
		m.Exec("ANALYZE users").NoSchemaChange()
		m.AlterColumn("users", "plan").NotNull()
	})
	// Output:
	// add column users.plan text
	// insert 2 rows into plans
	// backfill users: plan = 'free'
	// execute ANALYZE users
	// alter column users.plan: NOT NULL
}

func ExampleMigration_DropColumn() {
	// A likely rename, as it is generated: the runner refuses the step until somebody decides.
	operations, err := op.Record(op.Postgres, func(m *op.Migration) {
		m.DropColumn("users", "fullname").MaybeRenamedTo("full_name")
		m.AddColumn("users", op.Column("full_name", "varchar(255)").NotNull())
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(operations[0], "or rename to", operations[0].(*op.DropColumn).RenamedTo)
	// Output:
	// drop column users.fullname or rename to full_name
}
