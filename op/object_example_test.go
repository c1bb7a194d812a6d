package op_test

import (
	"fmt"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExampleMigration_CreateEnum() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateEnum("order_state", "draft", "sent").IfNotExists().Comment("how far an order is")
		m.AddEnumValue("order_state", "paid").After("sent")
		m.RemoveEnumValues("order_state", "draft").MaybeRenamedTo("paid") // undecided: the runner refuses it
	})
	// Output:
	// create enum order_state
	// add value "paid" to enum order_state
	// remove values ["draft"] from enum order_state
}

func ExampleMigration_CreateSequence() {
	first, step := int64(1000), int64(10)
	show(op.Postgres, func(m *op.Migration) {
		m.CreateSequence(schema.Sequence{Name: schema.ParseName("invoice_numbers"), Start: &first})
		m.AlterSequence(schema.Sequence{Name: schema.ParseName("invoice_numbers"), Start: &first, Increment: &step})
		m.RenameSequence("invoice_numbers", "invoice_number_seq")
		m.DropSequence("invoice_number_seq")
	})
	// Output:
	// create sequence invoice_numbers
	// alter sequence invoice_numbers
	// rename sequence invoice_numbers to invoice_number_seq
	// drop sequence invoice_number_seq
}

func ExampleSequenceOf() {
	id := &schema.Column{Name: "id", Type: "bigint", Identity: &schema.Identity{Kind: schema.IdentitySerial}}
	orders := &schema.Table{Name: schema.ParseName("sales.orders"), Columns: []*schema.Column{id}}
	fmt.Println(op.SequenceOf(orders, id))
	// Output:
	// sales.orders_id_seq
}

func ExampleMigration_CreateDomain() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateDomain(schema.Domain{Name: schema.ParseName("percent"), Type: "integer", Checks: []*schema.Check{{Name: "ck_percent", Expr: "VALUE BETWEEN 0 AND 100"}}})
		m.CreateComposite(schema.Composite{Name: schema.ParseName("money_in"), Fields: []schema.CompositeField{{Name: "amount", Type: "numeric"}, {Name: "currency", Type: "char(3)"}}})
		m.DropComposite("money_in")
		m.DropDomain("percent")
	})
	// Output:
	// create domain percent
	// create composite type money_in
	// drop composite type money_in
	// drop domain percent
}

func ExampleMigration_CreateNamespace() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateNamespace("sales")
		m.CreateExtension("pg_trgm").Schema("sales").Version("1.6")
		m.CreateStatistics("st_orders", "sales.orders", "CREATE STATISTICS st_orders (dependencies) ON city, zip FROM sales.orders").Comment("a zip code has one city")
		m.DropStatistics("st_orders")
		m.DropExtension("pg_trgm")
		m.DropNamespace("sales")
	})
	// Output:
	// create schema sales
	// create extension pg_trgm
	// create statistics st_orders
	// drop statistics st_orders
	// drop extension pg_trgm
	// drop schema sales
}

func ExampleMigration_CreateView() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateView("active_users", "SELECT id, email FROM users WHERE deleted_at IS NULL").OrReplace().
			Columns("id", "login").Option("security_barrier", "true").Comment("who may log in").DependsOnColumns("users", "id", "email", "deleted_at")
		m.CreateView("sales_by_day", "SELECT day, sum(total) AS total FROM orders GROUP BY day").Materialized().DependsOn("orders")
		m.DropView("sales_by_day").Materialized()
		m.DropView("active_users")
	})
	// Output:
	// create view active_users
	// create view sales_by_day
	// drop view sales_by_day
	// drop view active_users
}

func ExampleMigration_CreateFunction() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateFunction("full_price(numeric)", "CREATE OR REPLACE FUNCTION full_price(net numeric) RETURNS numeric LANGUAGE sql AS 'SELECT net * max(rate) FROM taxes'").
			OrReplace().DependsOnColumns("taxes", "rate").Comment("with tax")
		m.CreateFunction("archive()", "CREATE PROCEDURE archive() LANGUAGE sql AS 'DELETE FROM orders WHERE done'").Procedure().DependsOn("orders")
		m.CreateFunction("product(numeric)", "CREATE AGGREGATE product(numeric) (SFUNC = numeric_mul, STYPE = numeric)").Aggregate()
		m.DropFunction("full_price(numeric)")
		m.DropProcedure("archive()")
	})
	show(op.MySQL, func(m *op.Migration) { // a body with texts in double quotes
		m.CreateFunction("greeting", `CREATE FUNCTION greeting() RETURNS varchar(9) DETERMINISTIC RETURN "hello"`).Option(schema.OptionSQLMode, "")
	})
	// Output:
	// create function full_price(numeric)
	// create function archive()
	// create function product(numeric)
	// drop function full_price(numeric)
	// drop function archive()
	// create function greeting
}

func ExampleMigration_CreateTrigger() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateTrigger("tr_touch", "orders", "CREATE OR REPLACE TRIGGER tr_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()").
			OrReplace().Enabled("always").DependsOn("touch()").DependsOnColumns("orders", "changed_at").Comment("keeps changed_at true")
		m.DropTrigger("tr_touch", "orders")
	})
	show(op.MySQL, func(m *op.Migration) { // a body in which || joins texts
		m.CreateTrigger("tr_code", "orders", "CREATE TRIGGER tr_code BEFORE INSERT ON orders FOR EACH ROW SET NEW.code = 'o' || NEW.id").
			Option(schema.OptionSQLMode, "PIPES_AS_CONCAT")
	})
	// Output:
	// create trigger orders/tr_touch
	// drop trigger orders/tr_touch
	// create trigger tr_code
}
