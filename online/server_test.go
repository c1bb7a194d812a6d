package online_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/retort-db/retort/ddl"
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

// TestPostgresPartitionedIndex builds the index of a partitioned table partition by partition: others write to each while it
// is built, and partitions of partitions have it, too.
func TestPostgresPartitionedIndex(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execute(t, db, "CREATE TABLE t (id bigint, a bigint, b text) PARTITION BY RANGE (id)",
		"CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (100)",
		"CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (a)",
		"CREATE TABLE t2a PARTITION OF t2 DEFAULT", "CREATE TABLE t3 PARTITION OF t FOR VALUES FROM (200) TO (300)",
		"CREATE INDEX t3_has_one ON t3 (a)", "CREATE INDEX t1_a_idx ON t1 (id)", // one that serves, and a name that is taken
		"INSERT INTO t SELECT n, n, n FROM generate_series(1, 299) n")
	steps := func(m *op.Migration) {
		m.CreateIndex("ix_a", "t", "a")
		m.CreateIndex("ix_lower", "t").Parts(op.Expr("lower(b)"))
	}
	// A transaction that has written to a partition holds its build up. Meanwhile others write.
	holder, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.ExecContext(t.Context(), "UPDATE t SET b = 'x' WHERE id = 150"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- run(t, db, schema.Postgres, steps) }()
	until(t, db, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%t2a%' AND wait_event_type = 'Lock'")
	execute(t, db, "SET lock_timeout = '2s'", "INSERT INTO t VALUES (50, 1, 'y'), (151, 1, 'y'), (250, 1, 'y')", "UPDATE t SET a = 0 WHERE id = 152")
	if err := holder.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), `SELECT c.relname || ' ' || coalesce(p.relname, '') || ' ' || i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = indexrelid
		LEFT JOIN pg_inherits h ON h.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = h.inhparent WHERE c.relname NOT LIKE 'pg_%' ORDER BY c.relname COLLATE "C"`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(line, "retort_") {
			got = append(got, line)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ix_a  true", "ix_lower  true", "t1_a_idx  true", "t1_a_idx1 ix_a true", "t1_expr_idx ix_lower true",
		"t2_a_idx ix_a true", "t2_lower_idx ix_lower true", "t2a_a_idx t2_a_idx true", "t2a_expr_idx t2_lower_idx true", "t3_expr_idx ix_lower true", "t3_has_one ix_a true",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestPostgresPartitionedIndexGoesOn meets a duplicate in the last partition: the next run keeps the indexes that are built,
// and builds the failed one again.
func TestPostgresPartitionedIndexGoesOn(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execute(t, db, "CREATE TABLE t (id bigint, a bigint) PARTITION BY RANGE (id)",
		"CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (100)", "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (100) TO (200)",
		"INSERT INTO t VALUES (1, 1), (150, 1), (150, 1)")
	steps := func(m *op.Migration) { m.CreateIndex("uq", "t", "id", "a").Unique() }
	err := run(t, db, schema.Postgres, steps)
	if err == nil || !strings.Contains(err.Error(), "could not create unique index") {
		t.Fatalf("got %v, want a duplicate", err)
	}
	number := func() (oid string) {
		if err := db.QueryRowContext(t.Context(), "SELECT 't1_id_a_idx'::regclass::oid::text").Scan(&oid); err != nil {
			t.Fatal(err)
		}
		return oid
	}
	built := number()
	execute(t, db, "DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE id = 150) AND id = 150")
	if err := run(t, db, schema.Postgres, steps); err != nil {
		t.Fatal(err)
	}
	if again := number(); again != built {
		t.Error("the index of the first partition was built twice")
	}
	var valid int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname IN ('uq', 't1_id_a_idx', 't2_id_a_idx') AND indisvalid").Scan(&valid); err != nil || valid != 3 {
		t.Errorf("%d of 3 indexes are valid, %v", valid, err)
	}
}

// TestRenamedTableKeepsItsOldName runs the first part of a rename: the code before reads and writes by the old name, the code
// after by the new one, until the second part.
func TestRenamedTableKeepsItsOldName(t *testing.T) {
	for _, dialect := range []schema.Dialect{schema.Postgres, schema.MySQL} {
		t.Run(string(dialect), func(t *testing.T) {
			db := servertest.Open(t, servertest.URL(t, string(dialect)))
			execute(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(40), phone varchar(20))", "INSERT INTO users VALUES (1, 'a', '1')")
			before, err := introspect.Read(t.Context(), db, dialect, introspect.Options{})
			if err != nil {
				t.Fatal(err)
			}
			parts, err := online.Split(before, record(t, before.Server, func(m *op.Migration) {
				m.RenameTable("users", "people")
				m.AddColumn("people", op.Column("city", "varchar(20)").NotNull().Default("'?'"))
				m.DropColumn("people", "phone")
			}), nil)
			if err != nil {
				t.Fatal(err)
			}
			carryOut := func(id string, operations []op.Operation) {
				t.Helper()
				state, err := introspect.Read(t.Context(), db, dialect, introspect.Options{})
				if err != nil {
					t.Fatal(err)
				}
				statements, err := ddl.Compile(state.Server, state, operations)
				if err != nil {
					t.Fatal(err)
				}
				for _, statement := range statements {
					execute(t, db, statement.SQL)
				}
			}
			carryOut("expand", parts.Expand)
			execute(t, db, "INSERT INTO users (id, name, phone) VALUES (2, 'b', '2')", "UPDATE users SET name = 'c' WHERE id = 1", "INSERT INTO people (id, name, city) VALUES (3, 'd', 'x')", "DELETE FROM users WHERE id = 2")
			carryOut("contract", parts.Contract)
			var names string
			concat := map[schema.Dialect]string{schema.Postgres: "string_agg(name || city, ',' ORDER BY id)", schema.MySQL: "group_concat(name, city ORDER BY id)"}[dialect]
			if err := db.QueryRowContext(t.Context(), "SELECT "+concat+" FROM people").Scan(&names); err != nil || names != "c?,dx" {
				t.Errorf("the rows are %q, %v", names, err)
			}
			if _, err := db.ExecContext(t.Context(), "SELECT 1 FROM users"); err == nil {
				t.Error("the old name is still there")
			}
		})
	}
}

// TestColumnsInStep runs the triggers of docs/online.md.
func TestColumnsInStep(t *testing.T) {
	text, err := os.ReadFile("../docs/online.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "### Two columns in step")
	blocks := strings.Split(section, "```")
	for i, dialect := range []schema.Dialect{schema.Postgres, schema.MySQL} {
		t.Run(string(dialect), func(t *testing.T) {
			db := servertest.Open(t, servertest.URL(t, string(dialect)))
			execute(t, db, "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(40), full_name varchar(40))", "INSERT INTO users VALUES (1, 'a', NULL), (2, 'b', NULL)")
			for _, statement := range strings.SplitAfter(strings.TrimPrefix(blocks[2*i+1], "sql\n"), ";\nCREATE TRIGGER") {
				statement = strings.TrimSuffix(statement, ";\nCREATE TRIGGER")
				if strings.HasPrefix(statement, " users_") {
					statement = "CREATE TRIGGER" + statement
				}
				execute(t, db, statement)
			}
			execute(t, db, "UPDATE users SET full_name = name WHERE full_name IS NULL", // the copy
				"UPDATE users SET name = 'old code' WHERE id = 1", "UPDATE users SET full_name = 'new code' WHERE id = 2",
				"INSERT INTO users (id, name) VALUES (3, 'old row')", "INSERT INTO users (id, full_name) VALUES (4, 'new row')", "UPDATE users SET id = 5 WHERE id = 4", "UPDATE users SET name = NULL WHERE id = 3")
			rows, err := db.QueryContext(t.Context(), "SELECT coalesce(name, '-'), coalesce(full_name, '-') FROM users ORDER BY id")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var got []string
			for rows.Next() {
				var name, full string
				if err := rows.Scan(&name, &full); err != nil {
					t.Fatal(err)
				}
				got = append(got, name+"/"+full)
			}
			if text := strings.Join(got, " "); rows.Err() != nil || text != "old code/old code new code/new code -/- new row/new row" {
				t.Errorf("the rows are %s, %v", text, rows.Err())
			}
		})
	}
}
