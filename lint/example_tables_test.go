package lint_test

import (
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// exampleTables makes the tables that the examples of the rules are about.
func exampleTables(m *op.Migration) {
	m.CreateTable("users",
		op.Column("id", "bigint").NotNull(),
		op.Column("name", "varchar(40)").NotNull(),
		op.Column("email", "varchar(200)"),
		op.Column("phone", "varchar(20)"),
		op.Column("score", "integer"),
		op.Column("about", "text"),
		op.PrimaryKey("id"),
	)
	m.CreateIndex("ix_users_name", "users", "name")
	m.CreateTable("products",
		op.Column("id", "bigint").NotNull(),
		op.Column("sku", "varchar(20)").NotNull(),
		op.Column("title", "varchar(200)"),
		op.PrimaryKey("id"),
		op.Unique("sku").Named("products_sku_key"),
	)
	m.On(op.Postgres, func(m *op.Migration) { m.CreateEnum("order_status", "new", "paid", "lost") })
	m.CreateTable("orders",
		op.Column("id", "bigint").NotNull(),
		op.Column("user_id", "bigint"),
		op.Column("product_id", "bigint"),
		op.Column("number", "integer"),
		op.Column("total", "numeric(12,2)").NotNull().Default("0"),
		op.Column("status", op.Types{Postgres: "order_status", MySQL: "enum('new','paid','lost')", SQLite: "text"}),
		op.Column("created_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}),
		op.PrimaryKey("id"),
		op.ForeignKey("user_id").References("users", "id").Named("fk_orders_user_id"),
		op.Check("orders_number_check", "number > 0"),
	)
	m.CreateTable("archived_orders",
		op.Column("id", "bigint").NotNull(),
		op.Column("user_id", "bigint"),
		op.Column("created_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}),
		op.PrimaryKey("id"),
	)
	m.CreateView("order_totals", "SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id")
	m.Except(op.SQLite, func(m *op.Migration) {
		m.CreateSequence(schema.Sequence{Name: schema.ParseName("invoice_numbers")})
	})
	m.On(op.Postgres, func(m *op.Migration) {
		m.CreateTable("events", op.Column("id", "bigint"), op.Column("at", "timestamptz"), op.PartitionBy("RANGE (at)"))
	})
}
