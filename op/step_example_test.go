package op_test

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExampleMigration_Exec() {
	operations, err := op.Record(op.Postgres, func(m *op.Migration) {
		m.Exec("UPDATE users SET plan = $1 WHERE plan IS NULL", "free")
		m.Exec("VACUUM users").OutsideTransaction()
		m.Exec("CREATE RULE quiet AS ON DELETE TO users DO INSTEAD NOTHING") // what it changes is not known
		m.Exec("ALTER TABLE users ADD COLUMN legacy text").Changes(func(s *schema.Schema) error {
			table := s.Table(schema.ParseName("users"))
			table.Columns = append(table.Columns, &schema.Column{Name: "legacy", Type: "text"})
			return nil
		})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, operation := range operations {
		fmt.Println(operation, "| opaque:", operation.(*op.Exec).Opaque())
	}
	// Output:
	// execute UPDATE users SET plan = $1 WHERE plan IS NULL | opaque: false
	// execute VACUUM users | opaque: false
	// execute CREATE RULE quiet AS ON DELETE TO users DO INSTEAD NOTHING | opaque: true
	// execute ALTER TABLE users ADD COLUMN legacy text | opaque: false
}

func ExampleMigration_Run() {
	show(op.Postgres, func(m *op.Migration) {
		m.Run("hash the passwords", func(ctx context.Context, db bun.IDB) error {
			_, err := db.NewUpdate().Table("users").Set("password = crypt(password, gen_salt('bf'))").Where("TRUE").Exec(ctx)
			return err
		}).NoSchemaChange()
		m.Run("fetch the exchange rates", func(ctx context.Context, db bun.IDB) error { return nil }).OutsideTransaction()
		m.Run("add the columns of the plugins", func(ctx context.Context, db bun.IDB) error { return nil }).
			Changes(func(s *schema.Schema) error { return nil })
	})
	// Output:
	// run hash the passwords
	// run fetch the exchange rates
	// run add the columns of the plugins
}

func ExampleReport() {
	importRows := func(ctx context.Context, db bun.IDB) error {
		if op.Watched(ctx) {
			op.Report(ctx, op.Progress{Done: 500, Total: 2000})
		}
		return nil
	}
	watched := op.WithProgress(context.Background(), func(p op.Progress) { fmt.Printf("%d of %d\n", p.Done, p.Total) })
	if err := importRows(watched, nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 500 of 2000
}

func ExampleBackfillStep() {
	show(op.Postgres, func(m *op.Migration) {
		m.Backfill("orders", "net", "total / 1.19").Set("tax", "total - total / 1.19").Key("tenant_id", "number")
	})
	backfill := &op.Backfill{Table: schema.ParseName("users"), Set: []op.Assignment{{Column: "plan", Expr: "'free'"}}}
	fmt.Println(backfill)
	// Output:
	// backfill orders: net = total / 1.19, tax = total - total / 1.19
	// backfill users: plan = 'free'
}

func ExampleMigration_Irreversible() {
	operations, err := op.Record(op.Postgres, func(m *op.Migration) {
		m.Irreversible("the passwords were hashed")
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = op.Reverse(schema.New(schema.Server{Dialect: op.Postgres}), operations)
	fmt.Println(err)
	// Output:
	// the revision cannot be undone: the passwords were hashed
}

func ExampleTable() {
	show(op.MySQL, func(m *op.Migration) {
		m.Batch("orders", func(t *op.Table) {
			t.AddColumn(op.Column("tax", "decimal(12,2)"))
			t.DropColumn("vat")
			t.RenameConstraint(op.UniqueConstraint, "uq_number", "uq_orders_number")
			t.DropConstraint(op.ForeignKeyConstraint, "fk_orders_shop")
			t.CreateIndex("ix_orders_tax", "tax")
			t.DropIndex("ix_orders_vat")
			t.RenameIndex("ix_at", "ix_orders_at")
			t.Comment("what was sold")
			t.SetOption(schema.OptionEngine, "InnoDB")
			t.UnsetOption(schema.OptionRowFormat)
		})
	})
	show(op.SQLite, func(m *op.Migration) {
		m.BatchAlterTable("orders", func(t *op.Table) { t.Rebuild() }) // only brings its columns in the order of the recorded schema
	})
	// Output:
	// alter table orders in one go (10 changes)
	// alter table orders in one go (0 changes)
}
