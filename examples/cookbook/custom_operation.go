package cookbook

import (
	"fmt"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// CreateTouchTrigger is an operation of our own: a trigger that keeps a column at the time of the row's last change. It is
// recorded with [op.Migration.Do] and brings its SQL.
type CreateTouchTrigger struct{ Table, Key, Column string }

var _ op.Custom = CreateTouchTrigger{}

func (o CreateTouchTrigger) name() string { return "tr_" + o.Table + "_touch" }

// Kind names the operation's type in histories and checksums.
func (o CreateTouchTrigger) Kind() string { return "create_touch_trigger" }

// Subject is the table.
func (o CreateTouchTrigger) Subject() schema.Name { return schema.ParseName(o.Table) }

// String is what people read.
func (o CreateTouchTrigger) String() string {
	return fmt.Sprintf("keep %s.%s up to date", o.Table, o.Column)
}

// recorded is the trigger as an operation that Retort knows, which saves us its effect and its reverse.
func (o CreateTouchTrigger) recorded(dialect schema.Dialect) ([]op.Operation, error) {
	return op.Record(dialect, func(m *op.Migration) {
		m.CreateTrigger(o.name(), o.Table, o.statement(dialect))
	})
}

func (o CreateTouchTrigger) statement(dialect schema.Dialect) string {
	quote := func(name string) string { return ddl.Quote(dialect, name) }
	if dialect == schema.MySQL {
		return fmt.Sprintf("CREATE TRIGGER %s BEFORE UPDATE ON %s FOR EACH ROW SET NEW.%s = CURRENT_TIMESTAMP(6)",
			quote(o.name()), quote(o.Table), quote(o.Column))
	}
	return fmt.Sprintf("CREATE TRIGGER %s AFTER UPDATE ON %s WHEN NEW.%[3]s IS OLD.%[3]s BEGIN UPDATE %[2]s SET %[3]s = CURRENT_TIMESTAMP WHERE %[4]s = NEW.%[4]s; END",
		quote(o.name()), quote(o.Table), quote(o.Column), quote(o.Key))
}

// SQL returns the statements. An engine without an answer says so, before anything of the revision runs.
func (o CreateTouchTrigger) SQL(server schema.Server) ([]string, error) {
	if server.Dialect == schema.Postgres {
		return nil, &ddl.UnsupportedError{Server: server, Operation: o.String(), Reason: "write a trigger function; see docs/operations.md"}
	}
	return []string{o.statement(server.Dialect)}, nil
}

// Apply has the effect on the schema, so that checks know of the trigger.
func (o CreateTouchTrigger) Apply(s *schema.Schema) error {
	operations, err := o.recorded(s.Server.Dialect)
	if err != nil {
		return err
	}
	for _, operation := range operations {
		if err := operation.Apply(s); err != nil {
			return err
		}
	}
	return nil
}

// Reverse drops the trigger.
func (o CreateTouchTrigger) Reverse(before *schema.Schema) ([]op.Operation, error) {
	operations, err := o.recorded(before.Server.Dialect)
	if err != nil {
		return nil, err
	}
	return op.Reverse(before, operations)
}

// Customers know when they were changed.
func init() {
	Revisions.Add(versions.Revision{
		ID: "changed", Revises: versions.After("sent"), Created: "2026-11-08T10:00:00Z", Message: "customers know when they were changed",
		Upgrade: func(m *op.Migration) {
			m.AddColumn("customers", op.Column("changed_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}))
			m.Except(op.Postgres, func(m *op.Migration) {
				m.Do(CreateTouchTrigger{Table: "customers", Key: "id", Column: "changed_at"})
			})
		},
		Downgrade: func(m *op.Migration) {
			m.Except(op.Postgres, func(m *op.Migration) { m.DropTrigger("tr_customers_touch", "customers") })
			m.DropColumn("customers", "changed_at")
		},
	})
}
