package op_test

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// undo applies operations one after another to an empty PostgreSQL schema, and prints what would undo each.
func undo(operations ...op.Operation) {
	state := schema.New(schema.Server{Dialect: op.Postgres})
	for _, operation := range operations {
		reverse, err := operation.Reverse(state)
		if err != nil {
			fmt.Println(err)
			continue
		}
		if len(reverse) == 0 {
			fmt.Println(operation, "| nothing to undo")
		} else {
			fmt.Println(operation, "|", reverse[0])
		}
		if err := operation.Apply(state); err != nil {
			fmt.Println(err)
		}
	}
}

func ExampleReverse_tables() {
	users, people := schema.ParseName("users"), schema.ParseName("people")
	undo(
		&op.CreateTable{Table: &schema.Table{Name: users, Columns: []*schema.Column{{Name: "id", Type: "bigint"}}}},
		&op.AddColumn{Table: users, Column: &schema.Column{Name: "mail", Type: "text"}},
		&op.AlterColumn{Table: users, Name: "mail", Attributes: []op.Attribute{op.TypeAttribute}, To: schema.Column{Type: "varchar(255)"}},
		&op.RenameColumn{Table: users, From: "mail", To: "email"},
		&op.AlterTable{Name: users, Set: schema.Options{{Key: schema.OptionWith, Value: "fillfactor=70"}}},
		&op.AddConstraint{Table: users, Check: &schema.Check{Name: "ck_mail", Expr: "email <> ''", NotValid: true}},
		&op.RenameConstraint{Table: users, Type: op.CheckConstraint, From: "ck_mail", To: "ck_users_email"},
		&op.ValidateConstraint{Table: users, Type: op.CheckConstraint, Name: "ck_users_email"},
		&op.DropConstraint{Table: users, Type: op.CheckConstraint, Name: "ck_users_email"},
		&op.CreateIndex{Table: users, Index: &schema.Index{Name: "ix_mail", Parts: schema.Columns("email")}},
		&op.RenameIndex{Table: users, From: "ix_mail", To: "ix_users_email"},
		&op.DropIndex{Table: users, Name: "ix_users_email"},
		&op.Batch{Table: users, Operations: op.List{
			&op.DropColumn{Table: users, Name: "email"},
			&op.AddColumn{Table: users, Column: &schema.Column{Name: "phone", Type: "text"}},
		}},
		&op.RenameTable{From: users, To: people},
		&op.DropTable{Name: people},
	)
	// Output:
	// create table users | drop table users
	// add column users.mail text | drop column users.mail
	// alter column users.mail: type varchar(255) | alter column users.mail: type text
	// rename column users.mail to email | rename column users.email to mail
	// alter table users: set with=fillfactor=70 | alter table users: unset with
	// add check ck_mail on users (email <> '') | drop check ck_mail on users
	// rename check ck_mail on users to ck_users_email | rename check ck_users_email on users to ck_mail
	// validate check ck_users_email on users | nothing to undo
	// drop check ck_users_email on users | add check ck_users_email on users (email <> '')
	// create index ix_mail on users (email) | drop index ix_mail on users
	// rename index ix_mail on users to ix_users_email | rename index ix_users_email on users to ix_mail
	// drop index ix_users_email on users | create index ix_users_email on users (email)
	// alter table users in one go (2 changes) | alter table users in one go (2 changes)
	// rename table users to people | rename table people to users
	// drop table people | create table people
}

func ExampleReverse_types() {
	state, orderState := schema.ParseName("state"), schema.ParseName("order_state")
	percent, price := schema.ParseName("percent"), schema.ParseName("price")
	undo(
		&op.CreateNamespace{Name: "sales"},
		&op.DropNamespace{Name: "sales"},
		&op.CreateExtension{Extension: &schema.Extension{Name: "pg_trgm"}},
		&op.DropExtension{Name: schema.ParseName("pg_trgm")},
		&op.CreateEnum{Enum: &schema.Enum{Name: state, Values: []string{"new", "paid"}}},
		&op.AlterEnum{Name: state, Add: "sent", Before: "paid"},
		&op.AlterEnum{Name: state, Rename: "paid", To: "settled"},
		&op.AlterEnum{Name: state, Remove: []string{"new"}},
		&op.RenameEnum{From: state, To: orderState},
		&op.DropEnum{Name: orderState},
		&op.CreateDomain{Domain: &schema.Domain{Name: percent, Type: "integer"}},
		&op.DropDomain{Name: percent},
		&op.CreateComposite{Composite: &schema.Composite{Name: price, Fields: []schema.CompositeField{{Name: "amount", Type: "numeric"}}}},
		&op.DropComposite{Name: price},
	)
	// Output:
	// create schema sales | drop schema sales
	// drop schema sales | create schema sales
	// create extension pg_trgm | drop extension pg_trgm
	// drop extension pg_trgm | create extension pg_trgm
	// create enum state | drop enum state
	// add value "sent" to enum state | remove values ["sent"] from enum state
	// rename value "paid" of enum state to "settled" | rename value "settled" of enum state to "paid"
	// remove values ["new"] from enum state | add value "new" to enum state
	// rename enum state to order_state | rename enum order_state to state
	// drop enum order_state | create enum order_state
	// create domain percent | drop domain percent
	// drop domain percent | create domain percent
	// create composite type price | drop composite type price
	// drop composite type price | create composite type price
}

func ExampleReverse_objects() {
	orders, numbers, totals := schema.ParseName("orders"), schema.ParseName("numbers"), schema.ParseName("totals")
	trigger := schema.ParseName("orders/touch") // as PostgreSQL has them: of their table
	undo(
		&op.CreateTable{Table: &schema.Table{Name: orders, Columns: []*schema.Column{{Name: "total", Type: "numeric"}}}},
		&op.CreateSequence{Sequence: &schema.Sequence{Name: numbers}},
		&op.AlterSequence{Sequence: &schema.Sequence{Name: numbers, Cycle: true}},
		&op.RenameSequence{From: numbers, To: schema.ParseName("order_numbers")},
		&op.DropSequence{Name: schema.ParseName("order_numbers")},
		&op.CreateView{View: &schema.View{Name: totals, Definition: "SELECT sum(total) FROM orders"}},
		&op.CreateView{View: &schema.View{Name: totals, Definition: "SELECT max(total) FROM orders"}, Replace: true},
		&op.DropView{Name: totals},
		&op.CreateFunction{Function: &schema.Function{Name: schema.ParseName("touch()"), Kind: "function", Definition: "CREATE FUNCTION touch() …"}},
		&op.CreateTrigger{Trigger: &schema.Trigger{Name: trigger, Trigger: "touch", Table: orders, Definition: "CREATE TRIGGER touch …"}},
		&op.DropTrigger{Name: trigger, Trigger: "touch", Table: orders},
		&op.DropFunction{Name: schema.ParseName("touch()")},
		&op.CreateStatistic{Statistic: &schema.Statistic{Name: schema.ParseName("st_orders"), Table: orders, Definition: "CREATE STATISTICS st_orders …"}},
		&op.DropStatistic{Name: schema.ParseName("st_orders")},
	)
	// Output:
	// create table orders | drop table orders
	// create sequence numbers | drop sequence numbers
	// alter sequence numbers | alter sequence numbers
	// rename sequence numbers to order_numbers | rename sequence order_numbers to numbers
	// drop sequence order_numbers | create sequence order_numbers
	// create view totals | drop view totals
	// create view totals | create view totals
	// drop view totals | create view totals
	// create function touch() | drop function touch()
	// create trigger orders/touch | drop trigger orders/touch
	// drop trigger orders/touch | create trigger orders/touch
	// drop function touch() | create function touch()
	// create statistics st_orders | drop statistics st_orders
	// drop statistics st_orders | create statistics st_orders
}

func ExampleReverse_data() {
	users := schema.ParseName("users")
	undo(
		&op.CreateTable{Table: &schema.Table{Name: users, Columns: []*schema.Column{{Name: "plan", Type: "text"}}}},
		&op.Backfill{Table: users, Set: []op.Assignment{{Column: "plan", Expr: "'free'"}}},
		&op.Insert{Table: users, Columns: []string{"plan"}, Rows: [][]any{{"team"}}},
		&op.Exec{SQL: "DELETE FROM users"},
		&op.Run{Label: "send the letters", Do: func(context.Context, bun.IDB) error { return nil }},
		&op.Irreversible{Reason: "the letters were sent"},
	)
	// Output:
	// create table users | drop table users
	// backfill users: plan = 'free' | nothing to undo
	// insert 1 row into users cannot be undone: rows that were there before cannot be told apart
	// execute DELETE FROM users cannot be undone: SQL text has no reverse; write the downgrade by hand
	// run send the letters cannot be undone: a Go function has no reverse; write the downgrade by hand
	// the revision cannot be undone: the letters were sent
}
