package lint_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/retort-db/retort/internal/servertest"
)

// Rules about steps in SQL say what a server does with statements that are no operations. What operations lock and copy is
// measured in package ddl.

// TestFactsOnPostgres runs statements and looks at the locks that the transaction then holds, and at what the server says
// about rows that it reads.
func TestFactsOnPostgres(t *testing.T) {
	config, err := pgx.ParseConfig(servertest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	var notices []string
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) { notices = append(notices, notice.Message) }
	ctx := context.Background()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	run := func(statements ...string) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}
	rollBack := func() {
		if err := run("ROLLBACK"); err != nil {
			t.Error(err)
		}
	}
	if err := run("SET client_min_messages = debug1",
		"CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at)",
		"CREATE TABLE part PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
		"CREATE TABLE plain (id bigint, at timestamptz)",
		"CREATE DOMAIN email AS text", "CREATE TABLE users (id bigint, mail email, nothing bigint)", "INSERT INTO users SELECT n, 'a@b', n FROM generate_series(1, 100) n",
		"CREATE UNIQUE INDEX users_key ON users (id)", "CREATE TYPE status AS ENUM ('new')", "CREATE TABLE orders (status status)", "ANALYZE users"); err != nil {
		t.Fatal(err)
	}
	const attach = "ALTER TABLE events ATTACH PARTITION plain FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')"
	for _, c := range []struct {
		name       string
		statements []string
		locks      string // table:mode, of those that others notice
		reads      string // the tables whose rows are read
	}{
		{"attach", []string{attach}, "events:ShareUpdateExclusiveLock plain:AccessExclusiveLock", "plain"},
		{"attach with check", []string{
			"ALTER TABLE plain ADD CHECK (at IS NOT NULL AND at >= '2021-01-01' AND at < '2022-01-01')", "SELECT 'now'", attach,
		}, "events:ShareUpdateExclusiveLock plain:AccessExclusiveLock", ""},
		{"detach", []string{"ALTER TABLE events DETACH PARTITION part"}, "events:AccessExclusiveLock part:AccessExclusiveLock", ""},
		{"create partition", []string{"CREATE TABLE fresh PARTITION OF events FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')"}, "events:AccessExclusiveLock", ""},
		{"domain constraint", []string{"ALTER DOMAIN email ADD CHECK (VALUE LIKE '%@%')"}, "users:ShareLock", ""},
		{"domain not null", []string{"ALTER DOMAIN email SET NOT NULL"}, "users:ShareLock", ""},
		{"domain constraint not valid", []string{"ALTER DOMAIN email ADD CHECK (VALUE LIKE '%@%') NOT VALID"}, "", ""},
		{"primary key of nullable column", []string{"ALTER TABLE users ADD PRIMARY KEY USING INDEX users_key"}, "users:AccessExclusiveLock", "users"},
		{"primary key of column that is not null", []string{"ALTER TABLE users ALTER id SET NOT NULL", "SELECT 'now'", "ALTER TABLE users ADD PRIMARY KEY USING INDEX users_key"}, "users:AccessExclusiveLock", ""},
		{"validate in the same transaction", []string{
			"ALTER TABLE users ADD CONSTRAINT fk FOREIGN KEY (nothing) REFERENCES users (id) NOT VALID", "SELECT 'now'", "ALTER TABLE users VALIDATE CONSTRAINT fk",
		}, "users:ShareRowExclusiveLock users:ShareUpdateExclusiveLock", "users"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := run("BEGIN"); err != nil {
				t.Fatal(err)
			}
			defer rollBack()
			notices = nil
			for _, statement := range c.statements {
				if statement == "SELECT 'now'" { // what was read before does not count
					notices = nil
				}
				if err := run(statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			if got := strings.Join(postgresLocks(t, conn), " "); got != c.locks {
				t.Errorf("locks %q, want %q", got, c.locks)
			}
			read := ""
			for _, notice := range notices {
				if strings.HasPrefix(notice, "verifying table") || strings.HasPrefix(notice, "validating foreign key") {
					read = strings.Split(notice, `"`)[1]
				}
			}
			if c.name == "validate in the same transaction" && read != "" {
				read = "users" // the message names the constraint
			}
			if read != c.reads {
				t.Errorf("reads the rows of %q, want %q\n%s", read, c.reads, strings.Join(notices, "\n"))
			}
		})
	}

	// A change of type forgets the statistics.
	if err := run("ALTER TABLE users ALTER nothing TYPE text"); err != nil {
		t.Fatal(err)
	}
	var count int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_stats WHERE tablename = 'users' AND attname = 'nothing'").Scan(&count); err != nil || count != 0 {
		t.Errorf("%d statistics of a column with another type, %v", count, err)
	}
	// The order of columns makes the difference that column-order tells.
	if err := run("CREATE TABLE gaps (a boolean, id bigint, b boolean, at timestamptz)", "CREATE TABLE dense (id bigint, at timestamptz, a boolean, b boolean)",
		"INSERT INTO gaps SELECT true, n, true, now() FROM generate_series(1, 10000) n", "INSERT INTO dense SELECT n, now(), true, true FROM generate_series(1, 10000) n"); err != nil {
		t.Fatal(err)
	}
	pages := func(values int) int { // a page has 8,168 bytes for rows, a row a header of 24 and a pointer of 4
		perPage := 8168 / (values + 28)
		return (10000 + perPage - 1) / perPage
	}
	var gaps, dense int
	if err := conn.QueryRow(ctx, "SELECT pg_relation_size('gaps') / 8192, pg_relation_size('dense') / 8192").Scan(&gaps, &dense); err != nil || gaps != pages(32) || dense != pages(24) {
		t.Errorf("the tables have %d and %d pages, want %d and %d, %v", gaps, dense, pages(32), pages(24), err)
	}
	for _, c := range []struct{ code, sql string }{
		{"42601", "UPDATE users SET id = 1, id = 2"},
		{"42830", "CREATE TABLE notes (id bigint REFERENCES users (nothing))"},
		{"55P04", "BEGIN; ALTER TYPE status ADD VALUE 'old'; UPDATE orders SET status = 'old'"},
		{"55P04", "BEGIN; ALTER TYPE status ADD VALUE 'old'; SELECT 'old'::status"},
	} {
		err := run(c.sql)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != c.code {
			t.Errorf("%s: %v, want the error %s", c.sql, err, c.code)
		}
		rollBack()
	}
}

// postgresLocks are the locks on tables that writers or readers notice, and those of maintenance.
func postgresLocks(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT DISTINCT relname || ':' || mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation
		WHERE pid = pg_backend_pid() AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'fresh' AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')`)
	if err != nil {
		t.Fatal(err)
	}
	locks, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(locks)
	// The strongest lock of a table is the one that counts, except where a weaker one is of another statement.
	strongest := func(lock string) bool {
		table, mode, _ := strings.Cut(lock, ":")
		return mode == "AccessExclusiveLock" || !slices.Contains(locks, table+":AccessExclusiveLock")
	}
	return slices.DeleteFunc(slices.Clone(locks), func(lock string) bool { return !strongest(lock) })
}

// TestFactsOnMySQL asks the server whether statements let others write, and for the errors that rules speak of.
func TestFactsOnMySQL(t *testing.T) {
	db := servertest.OpenMySQL(t)
	flavor, version := servertest.MySQLFlavor(t, db)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	run := func(statement string) error {
		_, err := conn.ExecContext(ctx, statement)
		return err
	}
	for _, statement := range []string{
		"CREATE TABLE parents (id bigint PRIMARY KEY, code int, KEY (code))",
		"CREATE TABLE children (id bigint PRIMARY KEY, parent_id bigint, KEY parent_id_key (parent_id), CONSTRAINT children_fk FOREIGN KEY (parent_id) REFERENCES parents (id))",
		"CREATE TABLE parted (id bigint PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))",
		"CREATE TABLE hashed (id bigint PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4",
		"CREATE TABLE plain (id bigint PRIMARY KEY, code int, other int)", "INSERT INTO plain VALUES (1, 1, NULL)",
	} {
		if err := run(statement); err != nil {
			t.Fatal(err)
		}
	}
	const lockRefused = 1846
	cases := []struct {
		sql   string
		codes []uint16 // of the error; none if the server takes it
		only  string   // the flavor, if it is one
	}{
		{"ALTER TABLE plain LOCK=NONE PARTITION BY HASH (id) PARTITIONS 2", []uint16{lockRefused}, ""},
		{"ALTER TABLE parted LOCK=NONE, REORGANIZE PARTITION p0 INTO (PARTITION p00 VALUES LESS THAN (5), PARTITION p01 VALUES LESS THAN (10))", []uint16{1845, lockRefused}, "mysql"},
		{"ALTER TABLE hashed LOCK=NONE, COALESCE PARTITION 1", []uint16{1845, lockRefused}, "mysql"},
		{"ALTER TABLE parted LOCK=NONE, REBUILD PARTITION p0", []uint16{1845, lockRefused}, "mysql"},
		{"ALTER TABLE parted LOCK=NONE REMOVE PARTITIONING", []uint16{lockRefused}, "mysql"},
		{"ALTER TABLE parted LOCK=NONE, ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))", nil, "mysql"},
		{"ALTER TABLE children DROP INDEX parent_id_key", []uint16{1553}, ""},
		{"ALTER TABLE plain DROP PRIMARY KEY, ADD PRIMARY KEY (other)", []uint16{1138, 1171, 1265, 1048}, ""},
		{"UPDATE plain SET code = 5, code = 7", nil, ""},
		{"CREATE TABLE loose (code int, FOREIGN KEY (code) REFERENCES parents (code))", []uint16{6125}, "mysql"},
		{"CREATE TABLE loose (code int, FOREIGN KEY (code) REFERENCES parents (code))", nil, "mariadb"},
	}
	for _, c := range cases {
		if c.only != "" && c.only != flavor {
			continue
		}
		err := run(c.sql)
		var refused *mysql.MySQLError
		switch errors.As(err, &refused); {
		case len(c.codes) == 0 && err != nil, len(c.codes) > 0 && (refused == nil || !slices.Contains(c.codes, refused.Number)):
			t.Errorf("%s %s: %s: %v, want one of %v", flavor, version, c.sql, err, c.codes)
		}
	}
	var code int
	if err := conn.QueryRowContext(ctx, "SELECT code FROM plain").Scan(&code); err != nil || code != 7 {
		t.Errorf("after two assignments the column is %d, %v; want the last one", code, err)
	}
}

// TestFactsOnSQLite looks at what SQLite does to others when a table is renamed or dropped.
func TestFactsOnSQLite(t *testing.T) {
	db := servertest.OpenSQLite(t)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	run := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	one := func(query string) (text string) {
		t.Helper()
		if err := conn.QueryRowContext(ctx, query).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	run("PRAGMA foreign_keys = ON", "CREATE TABLE users (id integer PRIMARY KEY, phone text)",
		"CREATE TABLE notes (id integer PRIMARY KEY, user_id integer REFERENCES users (id) ON DELETE CASCADE)", "INSERT INTO users VALUES (1, 'a')", "INSERT INTO notes VALUES (1, 1)",
		"UPDATE users SET phone = 'b', phone = 'c'")
	if got := one("SELECT phone FROM users"); got != "c" {
		t.Errorf("after two assignments the column is %s, want the last one", got)
	}
	run("ALTER TABLE users RENAME TO users_old", "CREATE TABLE users (id integer PRIMARY KEY)")
	if got := one("SELECT sql FROM sqlite_schema WHERE name = 'notes'"); !strings.Contains(got, `REFERENCES "users_old"`) {
		t.Errorf("the foreign key does not follow the rename: %s", got)
	}
	run("DROP TABLE users_old")
	if got := one("SELECT count(*) FROM notes"); got != "0" {
		t.Errorf("%s rows are left that referred to the dropped table", got)
	}
	run("CREATE TABLE loose (id integer, phone text REFERENCES other (phone))", "CREATE TABLE other (id integer PRIMARY KEY, phone text)")
	if _, err := conn.ExecContext(ctx, "INSERT INTO loose VALUES (1, 'a')"); err == nil || !strings.Contains(err.Error(), "foreign key mismatch") {
		t.Errorf("an insert into a table whose foreign key refers to a column that is not unique: %v", err)
	}
}
