package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestStepsInSQL lints steps in SQL on the tables of the examples: what they do to tables is found as if they were operations.
func TestStepsInSQL(t *testing.T) {
	postgres, mysql, sqlite := schema.Server{Dialect: schema.Postgres}, schema.Server{Dialect: schema.MySQL}, schema.Server{Dialect: schema.SQLite}
	for _, c := range []struct {
		server schema.Server
		sql    string
		want   string // rules with their objects, sorted; opaque-step and brief-lock are left out
	}{
		{postgres, "DROP TABLE public.users", "drop-table:users"},
		{postgres, "DROP TABLE IF EXISTS somebody_elses", "drop-table:somebody_elses if-not-exists:somebody_elses"},
		{postgres, "ALTER TABLE users DROP COLUMN phone, DROP COLUMN about", "drop-column:users.about drop-column:users.phone"},
		{postgres, "ALTER TABLE users RENAME name TO title; ALTER TABLE users RENAME TO people", "rename-column:users.name rename-table:users"},
		{postgres, "ALTER TABLE users ALTER phone SET NOT NULL", "set-not-null-scans:users.phone set-not-null:users.phone"},
		{postgres, "ALTER TABLE orders ALTER number TYPE bigint", "change-type-rewrites:orders.number statistics-lost:orders.number"},
		{postgres, "ALTER TABLE orders ADD FOREIGN KEY (product_id) REFERENCES products (id)", "add-foreign-key-blocks:orders add-foreign-key:orders"},
		{postgres, "ALTER TABLE orders ADD CONSTRAINT x FOREIGN KEY (product_id) REFERENCES products (id) NOT VALID", "add-foreign-key:orders"},
		{postgres, "ALTER TABLE orders ADD CHECK (total > 0)", "add-check-scans:orders add-check:orders"},
		{postgres, "ALTER TABLE users ADD UNIQUE (email)", "add-unique:users constraint-builds-index:users"},
		{postgres, "CREATE INDEX ON orders (created_at)", "create-index-blocks:orders"},
		{postgres, "CREATE INDEX CONCURRENTLY x ON orders (created_at)", "not-in-transaction:"},
		{postgres, "DROP INDEX ix_users_name", "drop-index-blocks:users"},
		{postgres, "ALTER TABLE users ADD token uuid DEFAULT gen_random_uuid()", "add-column-rewrites:users.token"},
		{postgres, "ALTER TABLE users ADD token uuid NOT NULL", "required-column:users.token"},
		{postgres, "ALTER TABLE users ADD plan text DEFAULT 'free'", ""},
		{postgres, "ALTER TABLE users SET UNLOGGED", "table-rewrites:users"},
		{postgres, "ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON users AS RESTRICTIVE USING (true)", "row-security: row-security:users"},
		{postgres, "TRUNCATE users CASCADE", "delete-all-rows:users drop-cascade:"},
		{postgres, "DELETE FROM ONLY users", "delete-all-rows:users"},
		{postgres, "DELETE FROM users WHERE true", "delete-all-rows:users"},
		{postgres, "DELETE FROM users WHERE id = 1", ""},
		{postgres, "UPDATE orders SET total = (SELECT score FROM users WHERE users.id = orders.user_id)", "update-all-rows:orders"},
		{postgres, "WITH gone AS (DELETE FROM users RETURNING *) INSERT INTO products (id, sku) SELECT id, name FROM gone", "delete-all-rows:users"},
		{postgres, "WITH few AS (SELECT 1) UPDATE users SET score = 1", "update-all-rows:users"},
		{postgres, "INSERT INTO users (id, name) VALUES (1, 'DROP TABLE users; DELETE FROM users') -- DROP TABLE users", ""},
		{postgres, "DO $$ BEGIN IF EXISTS (SELECT 1) THEN ALTER TABLE users DROP COLUMN phone; END IF; EXECUTE 'DROP TABLE products'; END $$", "drop-column:users.phone drop-table:products"},
		{postgres, "CREATE TABLE fresh (id int); CREATE INDEX ON fresh (id); ALTER TABLE fresh ALTER id SET NOT NULL; UPDATE fresh SET id = 1; DROP TABLE fresh", ""},
		{postgres, "CREATE TRIGGER t BEFORE UPDATE ON users EXECUTE FUNCTION f()", "create-trigger-locks:users"},
		{postgres, "DROP VIEW order_totals; DROP SEQUENCE invoice_numbers; DROP SCHEMA x CASCADE", "drop-cascade: drop-schema:x drop-sequence:invoice_numbers drop-view:order_totals"},
		{postgres, "ALTER TYPE order_status RENAME VALUE 'new' TO 'open'", "rename-enum-value:order_status"},
		{postgres, "ALTER TABLE events DETACH PARTITION orders CONCURRENTLY", "not-in-transaction:"},
		{mysql, "ALTER TABLE users MODIFY name varchar(40) NOT NULL", ""},
		{mysql, "ALTER TABLE users MODIFY name varchar(10) NOT NULL", "change-type-rewrites:users.name narrow-type:users.name"},
		{mysql, "ALTER TABLE users CHANGE name title varchar(40) NOT NULL", "rename-column:users.name"},
		{mysql, "ALTER TABLE orders ADD FOREIGN KEY (product_id) REFERENCES products (id), DROP CHECK orders_number_check", "add-foreign-key:orders constraint-copies-table:orders implicit-index:orders"},
		{mysql, "ALTER TABLE users ENGINE = MyISAM", "mysql-storage:users table-rewrites:users"},
		{mysql, "RENAME TABLE users TO people; TRUNCATE TABLE orders", "delete-all-rows:orders rename-table:users"},
		{mysql, "ALTER TABLE users ADD country char(2) NOT NULL", "implicit-value:users.country required-column:users.country"},
		{mysql, "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW BEGIN DELETE FROM orders; UPDATE products SET id = 1; END", ""},
		{sqlite, "DROP TABLE users", "drop-table:users sqlite-drop-deletes:users"},
		{sqlite, "ALTER TABLE users RENAME TO users_old; CREATE TABLE users (id integer PRIMARY KEY)", "sqlite-rename-away:users"},
		{sqlite, "UPDATE OR IGNORE users SET score = 1 WHERE 1 = 1", "update-all-rows:users"},
	} {
		before := replay(t, c.server, schema.New(c.server), exampleTables)
		upgrade := record(t, c.server, func(m *op.Migration) { m.Exec(c.sql).NoSchemaChange() })
		findings, err := lint.Run(lint.Input{Server: c.server, Before: before, Upgrade: upgrade})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			if f.Rule != "brief-lock" && f.Rule != "data-not-undone" && f.Rule != "work-while-locked" {
				got = append(got, fmt.Sprintf("%s:%s", f.Rule, f.Object))
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s\n got: %s\nwant: %s", c.server, c.sql, text, c.want)
		}
		if again := replay(t, c.server, schema.New(c.server), exampleTables); !slices.Equal(tablesOf(again), tablesOf(before)) {
			t.Errorf("%s changes the schema before it", c.sql)
		}
	}
}

func tablesOf(s *schema.Schema) []string {
	var names []string
	for table := range s.Tables.All() {
		for _, column := range table.Columns {
			names = append(names, table.Name.String()+"."+column.Name+" "+column.Type)
		}
	}
	return names
}
