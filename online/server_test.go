package online_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/online"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// run carries the steps out on a database, as a revision, in the form that lets others go on.
func run(t *testing.T, db *sql.DB, dialect schema.Dialect, steps func(*op.Migration)) error {
	t.Helper()
	before, err := introspect.Read(t.Context(), db, dialect, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	operations, _, err := online.Rewrite(before.Server, before, record(t, before.Server, steps), online.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set := &versions.Set{}
	set.Add(versions.Revision{ID: "a", Upgrade: recorded(operations)})
	lent := bun.NewDB(db, pgdialect.New())
	if dialect == schema.MySQL {
		lent = bun.NewDB(db, mysqldialect.New())
	}
	return versions.Upgrade(t.Context(), lent, set, "head", versions.Options{})
}

// recorded is the function of a revision that records the operations.
func recorded(operations []op.Operation) func(*op.Migration) {
	return func(m *op.Migration) {
		for _, operation := range operations {
			m.Do(operation)
		}
	}
}

func execute(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// until waits for a question to be answered with true.
func until(t *testing.T, db *sql.DB, question string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for yes := false; !yes; time.Sleep(time.Millisecond) {
		if err := db.QueryRowContext(ctx, question).Scan(&yes); err != nil {
			t.Fatalf("%s: %v", question, err)
		}
	}
}

// TestPostgresOthersGoOn holds each kind of long statement up in the middle, and reads and writes the table meanwhile from
// another session, which does not wait for locks.
func TestPostgresOthersGoOn(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps func(*op.Migration)
		holds string // what the statement has to wait for
		// waits tells that the long statement is under way, and waits.
		waits string
		// writes are what others do meanwhile.
		writes []string
	}{
		{
			"index", func(m *op.Migration) { m.CreateIndex("ix", "t", "a") },
			"UPDATE t SET b = 0 WHERE id = 5", "query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'",
			[]string{"INSERT INTO t (id, a) VALUES (10, 1)", "UPDATE t SET a = 2 WHERE id = 2", "DELETE FROM t WHERE id = 3"},
		},
		{
			"dropped index", func(m *op.Migration) { m.DropIndex("ix_b", "t") },
			"UPDATE t SET b = 0 WHERE id = 5", "query LIKE 'DROP INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'",
			[]string{"INSERT INTO t (id, a) VALUES (10, 1)", "UPDATE t SET a = 2 WHERE id = 2", "DELETE FROM t WHERE id = 3"},
		},
		{
			"unique constraint", func(m *op.Migration) { m.AddConstraint("t", op.Unique("a").Named("u")) },
			"UPDATE t SET b = 0 WHERE id = 5", "query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'",
			[]string{"INSERT INTO t (id, a) VALUES (10, 10)", "UPDATE t SET a = 20 WHERE id = 2", "DELETE FROM t WHERE id = 3"},
		},
		{
			// The check asks for a lock that is taken, row by row; what is deleted is not checked.
			"check", func(m *op.Migration) { m.AddConstraint("t", op.Check("ck", "held(a)")) },
			"SELECT pg_advisory_xact_lock(7)", "query LIKE '%VALIDATE CONSTRAINT%' AND wait_event = 'advisory'",
			[]string{"DELETE FROM t WHERE id = 3"},
		},
		{
			// A trigger holds the first batch up, which has locked the rows that it changes.
			"backfill", func(m *op.Migration) {
				m.AddColumn("t", op.Column("token", "double precision").NotNull().Default("random()"))
			},
			"SELECT pg_advisory_xact_lock(7)", "query LIKE 'WITH batch AS%' AND wait_event = 'advisory'",
			[]string{"INSERT INTO t (id, a) VALUES (10, 1)"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := servertest.OpenPostgres(t)
			execute(t, db, "CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b bigint)", "CREATE INDEX ix_b ON t (b)",
				"INSERT INTO t SELECT n, n, n FROM generate_series(1, 5) n",
				`CREATE FUNCTION held_row() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN new; END$$`,
				"CREATE TRIGGER held BEFORE UPDATE ON t FOR EACH ROW WHEN (new.id = 4) EXECUTE FUNCTION held_row()",
				`CREATE FUNCTION held(bigint) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN true; END$$`)
			holder, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer holder.Rollback()
			if _, err := holder.ExecContext(t.Context(), c.holds); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- run(t, db, schema.Postgres, c.steps) }()
			until(t, db, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "+c.waits+")")
			writer, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
			for _, statement := range append([]string{"SET lock_timeout = '100ms'", "SELECT count(*) FROM t"}, c.writes...) {
				if _, err := writer.ExecContext(t.Context(), statement); err != nil {
					t.Errorf("%s: %v", statement, err)
				}
			}
			select {
			case err := <-done:
				t.Errorf("the revision did not wait: %v", err)
				done <- err
			default:
			}
			if err := holder.Rollback(); err != nil {
				t.Fatal(err)
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestPostgresPlainIndexBlocks is the counterpart: without CONCURRENTLY a write waits.
func TestPostgresPlainIndexBlocks(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execute(t, db, "CREATE TABLE t (id bigint PRIMARY KEY, a bigint)", "INSERT INTO t VALUES (1, 1)")
	holder, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Rollback()
	if _, err := holder.ExecContext(t.Context(), "UPDATE t SET a = 0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := db.ExecContext(ctx, "CREATE INDEX ix ON t (a)")
		done <- err
	}()
	until(t, db, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock')")
	_, err = db.ExecContext(t.Context(), "SET lock_timeout = '50ms'; INSERT INTO t VALUES (2, 2)")
	if err == nil || !strings.Contains(err.Error(), "lock timeout") {
		t.Errorf("a write did not wait for the index: %v", err)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("the index was built though a transaction had changed the table")
	}
}

// TestPostgresStragglers makes a column NOT NULL while code goes on writing NULL until the check forbids it.
func TestPostgresStragglers(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execute(t, db, "CREATE TABLE t (id bigint PRIMARY KEY, a bigint)", "INSERT INTO t SELECT n, NULL FROM generate_series(1, 3) n")
	before, err := introspect.Read(t.Context(), db, schema.Postgres, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	operations, _, err := online.Rewrite(before.Server, before, record(t, before.Server, func(m *op.Migration) {
		m.Backfill("t", "a", "7")
		m.AlterColumn("t", "a").NotNull()
	}), online.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set := &versions.Set{}
	set.Add(versions.Revision{ID: "a", Upgrade: recorded(operations)})
	err = versions.Upgrade(t.Context(), bun.NewDB(db, pgdialect.New()), set, "head", versions.Options{Events: func(e versions.Event) {
		if e.Kind == versions.EventStatement && strings.Contains(e.SQL, "NOT VALID") {
			execute(t, db, "INSERT INTO t VALUES (99, NULL)")
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	var filled int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM t WHERE a = 7").Scan(&filled); err != nil || filled != 4 {
		t.Errorf("%d rows are filled: %v", filled, err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO t VALUES (100, NULL)"); err == nil {
		t.Error("NULL is still allowed")
	}
}

// TestMySQLOthersGoOn writes while the server is altering the table: the write begins and ends within the alteration.
func TestMySQLOthersGoOn(t *testing.T) {
	db := servertest.OpenMySQL(t)
	execute(t, db, "CREATE TABLE t (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, a bigint, b varchar(80) NOT NULL)",
		"INSERT INTO t (a, b) SELECT 1, repeat('x', 80)")
	for rows := 1; rows < 1<<17; rows *= 2 {
		execute(t, db, "INSERT INTO t (a, b) SELECT id, b FROM t")
	}
	done := make(chan error, 1)
	go func() {
		done <- run(t, db, schema.MySQL, func(m *op.Migration) {
			m.AlterColumn("t", "a").NotNull()
			m.CreateIndex("ix", "t", "b", "a")
			m.AddConstraint("t", op.Unique("b", "id").Named("u"))
		})
	}()
	altering := func() string {
		var statement string
		err := db.QueryRowContext(t.Context(), `SELECT info FROM information_schema.processlist
			WHERE db = DATABASE() AND info LIKE 'ALTER TABLE%' AND state LIKE 'alter%'`).Scan(&statement)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			t.Fatal(err)
		}
		return statement
	}
	during := map[string]int{}
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			if len(during) == 0 {
				t.Error("no write came in between")
			}
			return
		default:
		}
		before := altering()
		if _, err := db.ExecContext(t.Context(), "INSERT INTO t (a, b) VALUES (1, 'meanwhile')"); err != nil {
			t.Fatal(err)
		}
		if before != "" && altering() == before {
			during[fmt.Sprint(before)]++
		}
	}
}
