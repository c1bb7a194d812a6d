package op_test

import (
	"fmt"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExampleMigration_AddConstraint() {
	show(op.Postgres, func(m *op.Migration) {
		m.AddConstraint("orders", op.Unique("number").Named("uq_orders_number"))
		m.AddConstraint("orders", op.ForeignKey("user_id").References("users", "id").Named("fk_orders_user_id").OnDelete(schema.SetNull))
		m.AddConstraint("orders", op.Check("ck_orders_total", "total >= 0").NotValid())
		m.ValidateConstraint("orders", op.CheckConstraint, "ck_orders_total")
		m.RenameConstraint("orders", op.UniqueConstraint, "uq_orders_number", "orders_number_key")
		m.DropConstraint("orders", op.PrimaryKeyConstraint, "orders_pkey")
	})
	// Output:
	// add unique uq_orders_number on orders (number)
	// add foreign key fk_orders_user_id on orders (user_id) references users
	// add check ck_orders_total on orders (total >= 0)
	// validate check ck_orders_total on orders
	// rename unique uq_orders_number on orders to orders_number_key
	// drop primary key orders_pkey on orders
}

func ExampleMigration_CreateIndex() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateIndex("ix_users_name", "users", "name").Unique().Where("deleted_at IS NULL").Concurrently()
		m.RenameIndex("users", "ix_users_name", "uq_users_name")
		m.DropIndex("uq_users_name", "users").Concurrently()
	})
	// Output:
	// create unique index ix_users_name on users (name)
	// rename index ix_users_name on users to uq_users_name
	// drop index uq_users_name on users
}

func ExampleMigration_AddEnumValue() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateEnum("state", "new", "paid")
		m.AddEnumValue("state", "sent").Before("paid")
		m.RenameEnumValue("state", "paid", "settled")
		m.RemoveEnumValues("state", "sent")
		m.RenameEnum("state", "order_state")
		m.DropEnum("order_state")
	})
	// Output:
	// create enum state
	// add value "sent" to enum state
	// rename value "paid" of enum state to "settled"
	// remove values ["sent"] from enum state
	// rename enum state to order_state
	// drop enum order_state
}

func ExampleReverse() {
	before := schema.New(schema.Server{Dialect: op.Postgres})
	operations, err := op.Record(op.Postgres, func(m *op.Migration) {
		m.CreateTable("notes", op.Column("id", "bigint"), op.PrimaryKey("id"))
		m.AddColumn("notes", op.Column("body", "text"))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	after, err := op.Replay(before, operations)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(after.Table(schema.Name{Name: "notes"}).Columns), "columns")
	undo, err := op.Reverse(before, operations)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, operation := range undo {
		fmt.Println(operation)
	}
	// Output:
	// 2 columns
	// drop column notes.body
	// drop table notes
}
