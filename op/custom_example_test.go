package op_test

import (
	"fmt"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Grant lets a role read a table. No schema holds rights, so that it changes none.
type Grant struct {
	Table schema.Name
	Role  string
	Undo  bool
}

// Kind names the operation's type in histories and checksums.
func (g Grant) Kind() string { return "shop_grant" }

// Subject is the table.
func (g Grant) Subject() schema.Name { return g.Table }

// Apply changes nothing.
func (g Grant) Apply(*schema.Schema) error { return nil }

// Reverse takes the right away, or gives it back.
func (g Grant) Reverse(*schema.Schema) ([]op.Operation, error) {
	g.Undo = !g.Undo
	return []op.Operation{g}, nil
}

// String is what people read.
func (g Grant) String() string {
	if g.Undo {
		return fmt.Sprintf("take %s from %s", g.Table, g.Role)
	}
	return fmt.Sprintf("grant %s to %s", g.Table, g.Role)
}

// SQL returns the statement.
func (g Grant) SQL(server schema.Server) ([]string, error) {
	form := "GRANT SELECT ON %s TO %s"
	if g.Undo {
		form = "REVOKE SELECT ON %s FROM %s"
	}
	return []string{fmt.Sprintf(form, ddl.QuoteName(server.Dialect, g.Table), ddl.Quote(server.Dialect, g.Role))}, nil
}

func ExampleCustom() {
	operations, err := op.Record(op.Postgres, func(m *op.Migration) {
		m.Do(Grant{Table: schema.ParseName("orders"), Role: "reports"})
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := schema.Server{Dialect: op.Postgres}
	undo, err := op.Reverse(schema.New(server), operations)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, operation := range append(operations, undo...) {
		statements, err := operation.(op.Custom).SQL(server)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(operation, statements)
	}
	// Output:
	// grant orders to reports [GRANT SELECT ON "orders" TO "reports"]
	// take orders from reports [REVOKE SELECT ON "orders" FROM "reports"]
}
