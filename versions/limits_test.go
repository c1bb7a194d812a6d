package versions_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// lockingEngines are those on which a statement waits for the locks of other sessions.
func lockingEngines(t *testing.T, test func(t *testing.T, db *bun.DB)) {
	for _, engine := range servertest.Engines() {
		if engine != servertest.EngineSQLite {
			t.Run(engine, func(t *testing.T) { test(t, openBun(t, engine, servertest.URL(t, engine))) })
		}
	}
}

// reading opens a transaction that has read t_a, so that nobody can alter it.
func reading(t *testing.T, db *bun.DB) *sql.Tx {
	t.Helper()
	tx, err := db.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	var count int
	if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM t_a").Scan(&count); err != nil {
		t.Fatal(err)
	}
	return tx
}

// adding is a revision that inserts a row and adds a column.
func adding(column, parent string) versions.Revision {
	return versions.Revision{ID: column, Revises: versions.After(parent), Upgrade: func(m *op.Migration) {
		m.Exec("INSERT INTO t_a (id, note) SELECT coalesce(max(id), 0) + 1, '" + column + "' FROM t_a")
		m.AddColumn("t_a", op.Column(column, "integer"))
	}}
}

// lockTimeout is short; MySQL makes a second of it.
const lockTimeout = 30 * time.Millisecond

func TestLockTimeoutIsTriedAgain(t *testing.T) {
	for _, mode := range []versions.TransactionMode{versions.TransactionRevision, versions.TransactionAll} {
		t.Run(string(mode), func(t *testing.T) {
			lockingEngines(t, func(t *testing.T, db *bun.DB) {
				set := setOf(table("a"), table("b", "a"), adding("x", "b"), table("c", "x"))
				upgrade(t, db, set, "a", versions.Options{})
				other := reading(t, db)
				var retries []versions.Event
				upgrade(t, db, set, "head", versions.Options{Transaction: mode, LockTimeout: lockTimeout, Events: func(e versions.Event) {
					if e.Kind == versions.EventRetry {
						retries = append(retries, e)
						_ = other.Rollback()
					}
				}})
				wantRows(t, db, "c")
				wantTables(t, db, "t_a", "t_b", "t_c")
				if len(retries) != 1 || retries[0].Revision != "x" || retries[0].Step != 2 || !strings.Contains(retries[0].Text, "step 2 of 2 did not get its locks") {
					t.Errorf("retries %+v", retries)
				}
				if engineOf(db) == schema.Postgres && !strings.Contains(retries[0].Text, "in the way: server process") {
					t.Errorf("who has the lock is not named: %s", retries[0].Text)
				}
				wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b done 1/1", "upgrade x done 2/2", "upgrade c done 1/1")
				if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"x"}) {
					t.Errorf("rows %v", got)
				}
			})
		})
	}
}

func TestLockTimeoutGivesUp(t *testing.T) {
	lockingEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), adding("x", "a"))
		upgrade(t, db, set, "a", versions.Options{})
		other := reading(t, db)
		err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{LockTimeout: lockTimeout, LockRetries: -1})
		var e *versions.StepError
		var blocked *versions.BlockedError
		if !errors.As(err, &e) || e.Step != 2 || !errors.As(err, &blocked) || blocked.Attempts != 1 || !strings.Contains(err.Error(), "--lock-timeout") {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db, "a")
		if err := other.Rollback(); err != nil {
			t.Fatal(err)
		}
		upgrade(t, db, set, "head", versions.Options{})
		if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"x"}) {
			t.Errorf("rows %v", got)
		}
		// The pool's connections are as they were.
		query := map[schema.Dialect]string{schema.Postgres: "SELECT 1 WHERE current_setting('lock_timeout') = '0'", schema.MySQL: "SELECT @@lock_wait_timeout > 1000"}[engineOf(db)]
		if got := column(t, db, query); !slices.Equal(got, []string{"1"}) {
			t.Errorf("%s is %v afterwards", query, got)
		}
	})
}

// TestGoStepIsNotTriedAgain has a step in Go in the transaction that failed: nobody knows what else it did.
func TestGoStepIsNotTriedAgain(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t))
	ran := 0
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.Run("count", func(context.Context, bun.IDB) error { ran++; return nil })
		m.AddColumn("t_a", op.Column("x", "integer"))
	}}
	set := setOf(table("a"), b)
	upgrade(t, db, set, "a", versions.Options{})
	reading(t, db)
	err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{LockTimeout: lockTimeout})
	var blocked *versions.BlockedError
	if !errors.As(err, &blocked) || ran != 1 {
		t.Errorf("ran %d times: %v", ran, err)
	}
}

// TestConcurrentIndexIsNotLimited builds an index while a transaction is open that it has to wait for, longer than the
// limits allow other statements.
func TestConcurrentIndexIsNotLimited(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t))
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.CreateIndex("ix_note", "t_a", "note").Concurrently()
	}}
	set := setOf(table("a"), b)
	upgrade(t, db, set, "a", versions.Options{})
	other, err := db.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ExecContext(t.Context(), "INSERT INTO t_a (id) VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	upgrade(t, db, set, "head", versions.Options{LockTimeout: time.Millisecond, StatementTimeout: 20 * time.Millisecond, Events: func(e versions.Event) {
		switch e.Kind {
		case versions.EventStatement:
			time.AfterFunc(100*time.Millisecond, func() { _ = other.Commit() })
		case versions.EventRetry:
			t.Errorf("tried again: %s", e.Text)
		}
	}})
	if got := column(t, db, "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'ix_note'::regclass"); !slices.Equal(got, []string{"true"}) {
		t.Errorf("index is valid: %v", got)
	}
}

// TestDeadlockIsTriedAgain lets a revision run into a deadlock, of which it is the victim.
func TestDeadlockIsTriedAgain(t *testing.T) {
	lockingEngines(t, func(t *testing.T, db *bun.DB) {
		b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
			m.Exec("UPDATE t_a SET note = 'b' WHERE id = 1")
			m.Exec("UPDATE t_a SET note = 'b' WHERE id = 2")
		}}
		set := setOf(table("a"), b)
		upgrade(t, db, set, "a", versions.Options{})
		execute(t, db, "INSERT INTO t_a VALUES (1, ''), (2, ''), (3, ''), (4, '')")
		other, err := db.DB.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		change := func(query string) {
			if _, err := other.ExecContext(t.Context(), query); err != nil {
				t.Error(err)
			}
		}
		if engineOf(db) == schema.Postgres {
			// The one that notices first is the victim.
			change("SET LOCAL deadlock_timeout = '10min'")
		}
		// InnoDB rolls back the transaction that has changed less. A condition on several rows would have it lock all.
		change("UPDATE t_a SET note = 'other' WHERE id = 2")
		change("UPDATE t_a SET note = 'other' WHERE id = 3")
		change("UPDATE t_a SET note = 'other' WHERE id = 4")
		done := make(chan struct{})
		retries := 0
		upgrade(t, db, set, "head", versions.Options{Events: func(e versions.Event) {
			switch {
			case e.Kind == versions.EventStatement && e.Step == 2 && retries == 0:
				go func() {
					defer close(done)
					change("UPDATE t_a SET note = 'other' WHERE id = 1")
					if err := other.Commit(); err != nil {
						t.Error(err)
					}
				}()
			case e.Kind == versions.EventRetry:
				retries++
				select {
				case <-done:
				case <-time.After(20 * time.Second):
					t.Errorf("the other transaction has not ended: %s", e.Text)
				}
			}
		}})
		if retries == 0 {
			t.Error("there was no deadlock")
		}
		if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"b", "b", "other", "other"}) {
			t.Errorf("rows %v", got)
		}
	})
}

// endless is a statement that takes longer than any test.
func endless(db *bun.DB) string {
	return map[schema.Dialect]string{
		schema.Postgres: "SELECT pg_sleep(600)",
		schema.MySQL:    "UPDATE t_a SET note = 'x' WHERE id = 1 AND SLEEP(600) = 0",
		schema.SQLite:   "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
	}[engineOf(db)]
}

func endlessSet(db *bun.DB) *versions.Set {
	a := table("a")
	a.Upgrade = func(m *op.Migration) {
		table("a").Upgrade(m)
		m.Insert("t_a", op.Row{"id": 1})
	}
	return setOf(a, versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.Exec(endless(db))
	}})
}

func TestStatementTimeout(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		err := versions.Upgrade(t.Context(), db, endlessSet(db), "head", versions.Options{StatementTimeout: 100 * time.Millisecond})
		var e *versions.StepError
		if !errors.As(err, &e) || e.Revision != "b" || e.Step != 1 {
			t.Fatalf("got %v", err)
		}
		var late *versions.StatementTimeoutError
		if engineOf(db) == schema.Postgres && !strings.Contains(err.Error(), "statement timeout") || engineOf(db) != schema.Postgres && !errors.As(err, &late) {
			t.Errorf("got %v", err)
		}
		wantOutcomes(t, db, "upgrade a done 2/2", "upgrade b failed 0/1")
	})
}

// TestCancelStopsTheServer ends the context during a statement: the server stops it, the failure is recorded, and the run's
// connection goes on.
func TestCancelStopsTheServer(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := versions.Upgrade(ctx, db, endlessSet(db), "head", versions.Options{Events: func(e versions.Event) {
			if e.Kind == versions.EventStatement && e.Revision == "b" {
				time.AfterFunc(50*time.Millisecond, cancel)
			}
		}})
		var e *versions.StepError
		if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Step != 1 {
			t.Fatalf("got %v", err)
		}
		wantOutcomes(t, db, "upgrade a done 2/2", "upgrade b failed 0/1")
		running := map[schema.Dialect]string{
			schema.Postgres: "SELECT query FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'",
			schema.MySQL:    "SELECT info FROM information_schema.processlist WHERE info LIKE 'UPDATE t_a%' AND db = DATABASE()",
		}[engineOf(db)]
		if running != "" {
			if got := column(t, db, running); len(got) > 0 {
				t.Errorf("the server is still at %v", got)
			}
		}
		// Nothing is left locked.
		if err := versions.Ensure(t.Context(), db, versions.Options{Wait: -1}); err != nil {
			t.Fatal(err)
		}
	})
}
