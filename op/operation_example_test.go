package op_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func ExampleOperation() {
	before := schema.New(schema.Server{Dialect: op.Postgres})
	before.Tables.Add(&schema.Table{Name: schema.ParseName("users"), Columns: []*schema.Column{{Name: "email", Type: "text"}}})
	var operation op.Operation = &op.RenameColumn{Table: schema.ParseName("users"), From: "email", To: "login"}
	fmt.Println(operation.Kind(), "of", operation.Subject())
	undo, err := operation.Reverse(before)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := operation.Apply(before); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(before.Table(schema.ParseName("users")).Columns[0].Name, "until", undo)
	// Output:
	// rename_column of users
	// login until [rename column users.login to email]
}

func ExampleEffectError() {
	var misfit *op.EffectError
	_, err := op.Replay(schema.New(schema.Server{Dialect: op.SQLite}), []op.Operation{&op.DropTable{Name: schema.ParseName("users")}})
	if errors.As(err, &misfit) {
		fmt.Println(misfit.Operation, "|", misfit.Reason)
	}
	// Output:
	// drop table users | there is no such table
}

func ExampleIrreversibleError() {
	var irreversible *op.IrreversibleError
	_, err := op.Reverse(schema.New(schema.Server{Dialect: op.SQLite}), []op.Operation{&op.Exec{SQL: "DELETE FROM users"}})
	if errors.As(err, &irreversible) {
		fmt.Println(irreversible.Operation, "|", irreversible.Reason)
	}
	// Output:
	// execute DELETE FROM users | SQL text has no reverse; write the downgrade by hand
}

func ExampleMigration_Dialect() {
	noted := func(m *op.Migration) {
		m.Exec("ANALYZE")
		if m.Dialect() != op.Postgres {
			return // no further steps for the others
		}
		m.Exec("REFRESH MATERIALIZED VIEW totals").NoSchemaChange()
	}
	show(op.Postgres, noted)
	show(op.SQLite, noted)
	// Output:
	// execute ANALYZE
	// execute REFRESH MATERIALIZED VIEW totals
	// execute ANALYZE
}

func ExampleRecordPlaces() {
	operations, places, err := op.RecordPlaces(op.Postgres, func(m *op.Migration) {
		m.DropTable("drafts")
		m.Batch("orders", func(t *op.Table) {
			t.DropColumn("draft")
		})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	line := func(place *op.Place) int { return place.Line - places[0].Line }
	fmt.Println(operations[0], "in line", line(places[0]))
	fmt.Println(operations[1], "in line", line(places[1]), "with a step in line", line(places[1].Steps[0]))
	// Output:
	// drop table drafts in line 0
	// alter table orders in one go (1 changes) in line 1 with a step in line 2
}

func ExampleKinds() {
	kinds := op.Kinds()
	fmt.Println(kinds[0], kinds[1], "…", kinds[len(kinds)-1])
	// Output:
	// add_column add_constraint … validate_constraint
}

func ExampleList() {
	written, err := json.Marshal(op.List{
		&op.DropIndex{Table: schema.ParseName("users"), Name: "ix_users_email", Concurrently: true},
		Grant{Table: schema.ParseName("orders"), Role: "reports"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(written))
	var read op.List
	if err := json.Unmarshal(written, &read); err != nil {
		fmt.Println(err)
		return
	}
	for _, operation := range read {
		_, unknown := operation.(*op.Unknown) // an operation of the user's own: the description is all that is left
		fmt.Println(operation, "| unknown:", unknown)
	}
	// Output:
	// [{"kind":"drop_index","op":{"table":{"name":"users"},"name":"ix_users_email","concurrently":true}},{"kind":"shop_grant","op":{"Table":{"name":"orders"},"Role":"reports","Undo":false},"text":"grant orders to reports"}]
	// drop index ix_users_email on users | unknown: false
	// grant orders to reports | unknown: true
}
