package op_test

import (
	"fmt"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExamplePrimaryKey() {
	show(op.Postgres, func(m *op.Migration) {
		m.AddConstraint("orders", op.PrimaryKey("id").Named("orders_pkey").Include("state").Comment("the order's number").Deferrable(schema.InitiallyNow))
		m.AddConstraint("users", op.PrimaryKey("id")).UsingIndex("users_id_idx")
	})
	show(op.MySQL, func(m *op.Migration) {
		m.AddConstraint("links", op.PrimaryKey().Parts(op.Part("url").Prefix(100), op.Part("at").Desc())).Online()
	})
	show(op.SQLite, func(m *op.Migration) {
		m.CreateTable("cache", op.Column("key", "text"), op.PrimaryKey("key").Option(schema.OptionOnConflict, "REPLACE"))
	})
	// Output:
	// add primary key orders_pkey on orders (id)
	// add primary key on users (id)
	// add primary key on links (url, at)
	// create table cache
}

func ExampleUnique() {
	show(op.Postgres, func(m *op.Migration) {
		m.AddConstraint("users", op.Unique("tenant_id", "email").Named("uq_users_email").NullsNotDistinct().Include("name").Comment("one login each"))
		m.AddConstraint("slots", op.Unique("position").Named("uq_slots_position").Deferrable(schema.InitiallyDeferred)) // rows may swap places
		m.AddConstraint("users", op.Unique("pager").Named("uq_users_pager").Unmanaged())
	})
	show(op.MySQL, func(m *op.Migration) {
		m.AddConstraint("links", op.Unique().Named("uq_links_url").Parts(op.Part("url").Prefix(100)))
	})
	show(op.SQLite, func(m *op.Migration) {
		m.CreateTable("cache", op.Column("key", "text"), op.Unique("key").Option(schema.OptionOnConflict, "REPLACE"))
	})
	// Output:
	// add unique uq_users_email on users (tenant_id, email)
	// add unique uq_slots_position on slots (position)
	// add unique uq_users_pager on users (pager)
	// add unique uq_links_url on links (url)
	// create table cache
}

func ExampleForeignKey() {
	show(op.Postgres, func(m *op.Migration) {
		m.AddConstraint("lines", op.ForeignKey("tenant", "order_id").References("orders", "tenant", "id").Named("fk_lines_order").
			Match("FULL").OnDelete(schema.SetNull, "order_id").OnUpdate(schema.Cascade).Deferrable(schema.InitiallyDeferred).Comment("the order of the line"))
		m.AddConstraint("lines", op.ForeignKey("article_id").References("articles", "id").Named("fk_lines_article").NotValid())
		m.ValidateConstraint("lines", op.ForeignKeyConstraint, "fk_lines_article")
		m.AddConstraint("lines", op.ForeignKey("old_id").References("old", "id").Named("fk_lines_old").NotEnforced().Unmanaged())
	})
	// Output:
	// add foreign key fk_lines_order on lines (tenant, order_id) references orders
	// add foreign key fk_lines_article on lines (article_id) references articles
	// validate foreign key fk_lines_article on lines
	// add foreign key fk_lines_old on lines (old_id) references old
}

func ExampleCheck() {
	show(op.Postgres, func(m *op.Migration) {
		m.AddConstraint("users", op.Check("ck_users_age", "age >= 0").NoInherit().Comment("nobody is younger"))
		m.AddConstraint("users", op.Check("ck_users_name", op.PerEngine{Postgres: "char_length(name) > 1", MySQL: "char_length(name) > 1", SQLite: "length(name) > 1"}))
	})
	show(op.MySQL, func(m *op.Migration) {
		m.AddConstraint("users", op.Check("ck_users_plan", "plan <> ''").NotEnforced().Unmanaged())
		m.AddConstraint("users", op.Check("phone", "phone <> ''").Option(schema.OptionColumn, "phone")) // MariaDB: part of the column
	})
	// Output:
	// add check ck_users_age on users (age >= 0)
	// add check ck_users_name on users (char_length(name) > 1)
	// add check ck_users_plan on users (plan <> '')
	// add check phone on users (phone <> '')
}

func ExampleExclude() {
	show(op.Postgres, func(m *op.Migration) {
		m.AddConstraint("bookings", op.Exclude("ex_bookings_room", "gist").
			With(op.Part("room_id"), "=").With(op.Part("during"), "&&").
			Where("NOT cancelled").Include("guest").Deferrable(schema.InitiallyDeferred).
			Option(schema.OptionWith, "fillfactor=70").Comment("a room has one guest at a time"))
		m.AddConstraint("bookings", op.Exclude("ex_bookings_old", "gist").With(op.Part("old"), "&&").Unmanaged())
		m.DropConstraint("bookings", op.ExclusionConstraint, "ex_bookings_old").IfExists()
	})
	// Output:
	// add exclusion ex_bookings_room on bookings
	// add exclusion ex_bookings_old on bookings
	// drop exclusion ex_bookings_old on bookings
}

func ExampleConstraintElement() {
	// A constraint without a name, as SQLite has them, is told by its definition.
	var unnamed op.ConstraintElement = op.Check("", "total >= 0")
	operations, err := op.Record(op.SQLite, func(m *op.Migration) {
		m.CreateTable("orders", op.Column("total", "integer"), op.Check("", "total >= 0"), op.Check("", "total < 1000"))
		m.DropConstraint("orders", op.CheckConstraint, "").Like(unnamed)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	table := operations[0].(*op.CreateTable).Table
	found := operations[1].(*op.DropConstraint).Find(table)
	fmt.Println(found)
	// Output:
	// add check on orders (total >= 0)
}

func ExampleAddConstraint() {
	add := &op.AddConstraint{
		Table:  schema.Name{Name: "users"},
		Unique: &schema.Unique{Name: "uq_users_email", Parts: schema.Columns("email"), Origin: schema.Origin{Type: "models.User", Field: "Email"}},
	}
	fmt.Println(add.Type(), add.Name(), add.Origin().Field)
	// Output:
	// unique uq_users_email Email
}
