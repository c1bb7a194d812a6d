package op_test

import (
	"fmt"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExampleMigration_DropTable() {
	show(op.Postgres, func(m *op.Migration) {
		m.CreateTable("audit.entries", op.Column("at", "timestamptz").NotNull()).IfNotExists()
		m.RenameTable("people", "customers").Model("models.Customer")
		m.DropTable("drafts").IfExists()
		m.DropTable("accounts").MaybeRenamedTo("customers") // undecided: the runner refuses it
	})
	// Output:
	// create table audit.entries
	// rename table people to customers
	// drop table drafts
	// drop table accounts
}

func ExampleMigration_AlterTable() {
	show(op.MySQL, func(m *op.Migration) {
		m.AlterTable("orders").Comment("what was sold").Set(schema.OptionEngine, "InnoDB").Unset(schema.OptionRowFormat)
		m.SetTableOption("orders", schema.OptionCharset, "utf8mb4")
		m.UnsetTableOption("orders", schema.OptionCollation)
	})
	// Output:
	// alter table orders: comment "what was sold" set engine=InnoDB unset row_format
	// alter table orders: set charset=utf8mb4
	// alter table orders: unset collation
}

func ExampleTableElement() {
	events := []op.TableElement{
		op.Column("at", "timestamptz").NotNull(),
		op.Column("kind", "text").NotNull(),
		op.Comment("everything that happened"),
		op.PartitionBy("LIST (kind)"),
		op.Model("models.Event"),
	}
	show(op.Postgres, func(m *op.Migration) {
		m.CreateTable("events", events...)
		m.CreateTable("events_login", op.PartitionOf("events", "FOR VALUES IN ('login')"))
		m.CreateTable("capitals", op.Column("state", "char(2)"), op.Inherits("cities"))
		m.CreateTable("spatial_ref_sys", op.Column("srid", "integer"), op.Unmanaged()) // of somebody else, and it stays
		m.CreateTable("shops", op.Column("id", "bigint"), op.Comment("all of them"), op.Accepts(op.CommentAttribute, "all of them"))
	})
	show(op.SQLite, func(m *op.Migration) {
		m.CreateTable("notes_search", op.Virtual("fts5(title, body)"))
	})
	// Output:
	// create table events
	// create table events_login
	// create table capitals
	// create table spatial_ref_sys
	// create table shops
	// create table notes_search
}

func ExampleOn() {
	for _, dialect := range schema.Dialects {
		operations, err := op.Record(dialect, func(m *op.Migration) {
			m.CreateTable("notes",
				op.Column("body", "text"),
				op.On(op.Postgres, op.Column("search", "tsvector")),
				op.Option(op.SQLite, schema.OptionStrict, ""),
			)
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		table := operations[0].(*op.CreateTable).Table
		fmt.Printf("%s: columns %d, strict %t\n", dialect, len(table.Columns), table.Options.Has(schema.OptionStrict))
	}
	// Output:
	// postgres: columns 2, strict false
	// mysql: columns 1, strict false
	// sqlite: columns 1, strict true
}
