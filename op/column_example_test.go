package op_test

import (
	"fmt"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExampleColumn() {
	start := int64(1000)
	show(op.Postgres, func(m *op.Migration) {
		m.CreateTable("invoices",
			op.Column("id", "bigint").AutoIncrement(),
			op.Column("number", "bigint").Numbering(schema.Identity{Kind: schema.IdentityAlways, Start: &start}),
			op.Column("line", "bigint").IdentityAlways(),
			op.Column("state", "text").NotNull().Default("'draft'").Comment("draft, sent or paid"),
			op.Column("net", "numeric(12,2)").NotNull(),
			op.Column("gross", "numeric(12,2)").GeneratedStored("net * 1.19"),
			op.Column("label", "text").Collate("C").Field("Meta.Label"),
			op.Column("blob", "bytea").Option(schema.OptionStorage, "EXTERNAL"),
			op.Column("legacy", "text").Unmanaged(),                               // in no model, and it stays
			op.Column("note", "varchar(80)").Accepts(op.TypeAttribute, "varchar"), // the model says varchar, and that is fine
		)
	})
	show(op.MySQL, func(m *op.Migration) {
		m.AddColumn("invoices", op.Column("total", "decimal(12,2)").GeneratedVirtual("net + tax"))
	})
	// Output:
	// create table invoices
	// add column invoices.total decimal(12,2)
}

func ExampleMigration_AddColumn() {
	show(op.MySQL, func(m *op.Migration) {
		m.AddColumn("users", op.Column("tenant", "bigint")).First()
		m.AddColumn("users", op.Column("phone", "varchar(32)").Charset("ascii")).After("email").Online()
		m.AddColumn("users", op.Column("fax", "varchar(32)")).IfNotExists()
		m.DropColumn("users", "pager").IfExists().Online()
		m.RenameColumn("users", "mail", "email").Field("Contact.Email")
	})
	// Output:
	// add column users.tenant bigint
	// add column users.phone varchar(32)
	// add column users.fax varchar(32)
	// drop column users.pager
	// rename column users.mail to email
}

func ExampleAlterColumnStep() {
	step := int64(10)
	show(op.MySQL, func(m *op.Migration) {
		m.AlterColumn("users", "bio").Types(op.Types{Postgres: "text", MySQL: "longtext"}).Charset("utf8mb4").Collate("utf8mb4_bin")
		m.AlterColumn("users", "seen").Defaults(op.PerEngine{Postgres: "now()", MySQL: "CURRENT_TIMESTAMP"}).
			On(op.MySQL, func(s *op.AlterColumnStep) { s.Option(schema.OptionOnUpdate, "CURRENT_TIMESTAMP") })
		m.AlterColumn("users", "secret").NoOption(schema.OptionInvisible).Online()
		m.AlterColumn("users", "id").AutoIncrement().First()
		m.AlterColumn("users", "name").NotNull().After("id")
	})
	show(op.Postgres, func(m *op.Migration) {
		m.AlterColumn("orders", "gross").GeneratedStored("net * 1.2")
		m.AlterColumn("orders", "total").NotGenerated()
		m.AlterColumn("orders", "id").Identity()
		m.AlterColumn("orders", "number").Numbering(schema.Identity{Kind: schema.IdentityByDefault, Increment: &step})
		m.AlterColumn("orders", "line").NoIdentity()
	})
	show(op.SQLite, func(m *op.Migration) {
		m.AlterColumn("orders", "gross").GeneratedVirtual("net * 1.2")
	})
	// Output:
	// alter column users.bio: type longtext, charset utf8mb4, collation utf8mb4_bin
	// alter column users.seen: default CURRENT_TIMESTAMP, on_update CURRENT_TIMESTAMP
	// alter column users.secret: no invisible
	// alter column users.id: identity auto_increment, position
	// alter column users.name: NOT NULL, position
	// alter column orders.gross: generated as net * 1.2
	// alter column orders.total: not generated
	// alter column orders.id: identity by_default
	// alter column orders.number: identity by_default
	// alter column orders.line: no identity
	// alter column orders.gross: generated as net * 1.2
}

func ExampleAttribute() {
	old := &schema.Column{Name: "total", Type: "integer", Default: "0", Comment: "in cents", Options: schema.Options{{Key: schema.OptionStorage, Value: "PLAIN"}}}
	changed := &schema.Column{Name: "total", Type: "bigint", NotNull: true}
	attributes := []op.Attribute{
		op.TypeAttribute, op.NotNullAttribute, op.DefaultAttribute, op.GeneratedAttribute, op.IdentityAttribute,
		op.CollationAttribute, op.CharsetAttribute, op.CommentAttribute, op.OptionAttribute(schema.OptionStorage),
	}
	for _, attribute := range attributes {
		fmt.Println(op.DescribeAttribute(old, attribute), "->", op.DescribeAttribute(changed, attribute))
	}
	op.CopyAttribute(old, changed, op.TypeAttribute)
	fmt.Println("now", old.Type)
	fmt.Println(op.OptionAttribute(schema.OptionStorage).OptionKey())
	// Output:
	// type integer -> type bigint
	// NULL -> NOT NULL
	// default 0 -> no default
	// not generated -> not generated
	// no identity -> no identity
	// no collation -> no collation
	// no charset -> no charset
	// comment in cents -> no comment
	// storage PLAIN -> no storage
	// now bigint
	// storage true
}

func ExampleAlterColumn() {
	alter := &op.AlterColumn{
		Table: schema.Name{Name: "orders"}, Name: "total",
		Attributes: []op.Attribute{op.NotNullAttribute},
		To:         schema.Column{NotNull: true},
		Position:   op.Position{After: "id"},
	}
	fmt.Println(alter)
	fmt.Println(alter.Changes(op.NotNullAttribute), alter.Changes(op.TypeAttribute))
	// Output:
	// alter column orders.total: NOT NULL, position
	// true false
}

func ExamplePerEngine_On() {
	now := op.PerEngine{Postgres: "now()", MySQL: "CURRENT_TIMESTAMP(6)", SQLite: "CURRENT_TIMESTAMP"}
	for _, dialect := range schema.Dialects {
		fmt.Println(dialect, now.On(dialect))
	}
	// Output:
	// postgres now()
	// mysql CURRENT_TIMESTAMP(6)
	// sqlite CURRENT_TIMESTAMP
}
