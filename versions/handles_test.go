package versions_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// TestGivenConnection runs on a connection of the program's, which keeps what is set on it.
func TestGivenConnection(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		set := setOf(table("a"), table("b", "a"))
		options := versions.Options{LockTimeout: time.Second}
		if err := versions.Upgrade(t.Context(), conn, set, "head", options); err != nil {
			t.Fatal(err)
		}
		if err := versions.Downgrade(t.Context(), conn, set, "a", options); err != nil {
			t.Fatal(err)
		}
		if rows, err := versions.Current(t.Context(), conn, options); err != nil || !slices.Equal(rows, []string{"a"}) {
			t.Fatalf("rows %v, %v", rows, err)
		}
		// Still the program's, and nothing is locked.
		if _, err := conn.ExecContext(t.Context(), "SELECT 1"); err != nil {
			t.Fatal(err)
		}
		if err := versions.Ensure(t.Context(), db, versions.Options{Wait: -1}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestOpenTransactionOnGivenConnection refuses to commit what somebody else has begun.
func TestOpenTransactionOnGivenConnection(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		upgrade(t, db, setOf(table("a")), "head", versions.Options{})
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, query := range []string{"BEGIN", "INSERT INTO t_a (id) VALUES (1)"} {
			if _, err := conn.Conn.ExecContext(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
		var open *versions.TransactionError
		err = versions.Upgrade(t.Context(), conn, setOf(table("a"), table("b", "a")), "head", versions.Options{})
		if !errors.As(err, &open) || !strings.Contains(err.Error(), "Retort would commit what it holds") {
			t.Fatalf("got %v", err)
		}
		if _, err := conn.Conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if got := column(t, db, "SELECT id FROM t_a"); len(got) != 0 {
			t.Errorf("rows %v", got)
		}
		wantRows(t, db, "a")
	})
}

// TestGivenTransaction leaves the end of everything to the program's transaction.
func TestGivenTransaction(t *testing.T) {
	for _, engine := range []string{servertest.EnginePostgres, servertest.EngineSQLite} {
		t.Run(engine, func(t *testing.T) {
			db := openBun(t, engine, servertest.URL(t, engine))
			set := setOf(table("a"), table("b", "a"), failing("c", "b"))
			roll := errors.New("not yet")
			inTransaction := func(target string, end error) error {
				return db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
					if err := versions.Upgrade(ctx, tx, set, target, versions.Options{LockTimeout: time.Second}); err != nil {
						return err
					}
					rows, err := versions.Current(ctx, tx, versions.Options{})
					if err != nil || !slices.Equal(rows, []string{"b"}) {
						return fmt.Errorf("inside: rows %v, %w", rows, err)
					}
					return end
				})
			}
			if err := inTransaction("b", roll); !errors.Is(err, roll) {
				t.Fatalf("got %v", err)
			}
			wantTables(t, db)
			wantRows(t, db)
			var e *versions.StepError
			if err := inTransaction("head", nil); !errors.As(err, &e) || e.Revision != "c" {
				t.Fatalf("got %v", err)
			}
			wantTables(t, db)
			if err := inTransaction("b", nil); err != nil {
				t.Fatal(err)
			}
			wantTables(t, db, "t_a", "t_b")
			wantRows(t, db, "b")
			// A revision that fails leaves the transaction as usable as before it.
			err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
				if err := versions.Upgrade(ctx, tx, set, "head", versions.Options{}); !errors.As(err, &e) {
					return fmt.Errorf("got %w", err)
				}
				_, err := tx.ExecContext(ctx, "INSERT INTO t_a (id) VALUES (7)")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := column(t, db, "SELECT id FROM t_a"); !slices.Equal(got, []string{"7"}) {
				t.Errorf("rows %v", got)
			}
			wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b done 1/1", "upgrade c failed 0/3")
		})
	}
}

// TestNotInATransaction gives a transaction to revisions that would end it.
func TestNotInATransaction(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
			m.Exec("INSERT INTO t_a (id) VALUES (2)")
			if engineOf(db) == schema.MySQL {
				m.AddColumn("t_a", op.Column("x", "integer"))
				return
			}
			m.Exec("VACUUM").OutsideTransaction().NoSchemaChange()
		}}
		set := setOf(table("a"), b)
		inTransaction := func() error {
			return db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
				if _, err := tx.ExecContext(ctx, "INSERT INTO t_a (id) VALUES (1)"); err != nil {
					return err
				}
				return versions.Upgrade(ctx, tx, set, "head", versions.Options{})
			})
		}
		var refused *versions.TransactionError
		if engineOf(db) == schema.MySQL {
			execute(t, db, "CREATE TABLE t_a (id bigint)")
			if err := inTransaction(); !errors.As(err, &refused) || !strings.Contains(err.Error(), "versions.Ensure") {
				t.Fatalf("got %v", err)
			}
			execute(t, db, "DROP TABLE t_a")
		}
		upgrade(t, db, set, "a", versions.Options{})
		if err := inTransaction(); !errors.As(err, &refused) || refused.Revision != "b" || !strings.Contains(err.Error(), "outside of transactions") {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db, "a")
		if got := column(t, db, "SELECT id FROM t_a"); len(got) != 0 {
			t.Errorf("the transaction was committed: %v", got)
		}
		upgrade(t, db, set, "head", versions.Options{})
	})
}

// wrapped is a handle of the program's own.
type wrapped struct{ bun.IDB }

func TestOtherHandle(t *testing.T) {
	db := openBun(t, servertest.EngineSQLite, servertest.SQLite(t))
	var other *versions.HandleError
	if err := versions.Upgrade(t.Context(), wrapped{db}, setOf(), "head", versions.Options{}); !errors.As(err, &other) {
		t.Errorf("got %v", err)
	}
	if _, err := versions.History(t.Context(), wrapped{db}, versions.Options{}); !errors.As(err, &other) {
		t.Errorf("got %v", err)
	}
}

// TestHooks calls them around a run, in their order and with what they are promised.
func TestHooks(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), table("b", "a"), failing("c", "b"))
		var told []string
		hooks := func(name string) versions.Hooks {
			return versions.Hooks{
				BeforeRun: func(_ context.Context, _ bun.IDB, steps []versions.Step) error {
					told = append(told, fmt.Sprintf("%s before %d", name, len(steps)))
					return nil
				},
				AfterRun: func(_ context.Context, _ bun.IDB, _ []versions.Step, err error) error {
					told = append(told, fmt.Sprintf("%s after, failed: %v", name, err != nil))
					return nil
				},
				BeforeRevision: func(_ context.Context, _ bun.IDB, step versions.Step) error {
					told = append(told, fmt.Sprintf("%s before %s %s", name, step.Direction, step.ID))
					return nil
				},
				AfterRevision: func(ctx context.Context, db bun.IDB, step versions.Step) error {
					told = append(told, fmt.Sprintf("%s after %s", name, step.ID))
					_, err := db.ExecContext(ctx, "INSERT INTO t_a (id, note) SELECT coalesce(max(id), 0) + 1, ? FROM t_a", name+step.ID)
					return err
				},
			}
		}
		set.Hook(hooks("1"))
		set.Hook(hooks("2"))
		upgrade(t, db, set, "b", versions.Options{})
		upgrade(t, db, set, "b", versions.Options{}) // nothing to do, nothing to call
		want := []string{
			"1 before 2", "2 before 2", "1 before upgrade a", "2 before upgrade a", "2 after a", "1 after a",
			"1 before upgrade b", "2 before upgrade b", "2 after b", "1 after b", "2 after, failed: false", "1 after, failed: false",
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		told = nil
		if err := versions.Upgrade(t.Context(), db, set, "c", versions.Options{DryRun: true}); err == nil && engineOf(db) != schema.MySQL || len(told) > 0 {
			t.Errorf("%v, told %v", err, told)
		}
		if err := versions.Upgrade(t.Context(), db, set, "c", versions.Options{}); err == nil {
			t.Fatal("no error")
		}
		if last := told[len(told)-1]; last != "1 after, failed: true" {
			t.Errorf("told %v", told)
		}
		if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"1a", "1b", "2a", "2b"}) {
			t.Errorf("rows %v", got)
		}
	})
}

func TestFailingHooks(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		no := errors.New("not on a Friday")
		for name, hooks := range map[string]versions.Hooks{
			"before run":      {BeforeRun: func(context.Context, bun.IDB, []versions.Step) error { return no }},
			"before revision": {BeforeRevision: func(context.Context, bun.IDB, versions.Step) error { return no }},
			"after revision":  {AfterRevision: func(context.Context, bun.IDB, versions.Step) error { panic("no luck") }},
		} {
			set := setOf(versions.Revision{ID: "a", Upgrade: func(m *op.Migration) { m.Run("nothing", func(context.Context, bun.IDB) error { return nil }) }})
			set.Hook(hooks)
			var e *versions.HookError
			err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{})
			if !errors.As(err, &e) || e.Hook != name || name != "after revision" && !errors.Is(err, no) {
				t.Errorf("%s: got %v", name, err)
			}
			wantRows(t, db)
		}
		set := setOf(table("a"))
		set.Hook(versions.Hooks{AfterRun: func(context.Context, bun.IDB, []versions.Step, error) error { return no }})
		if err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{}); !errors.Is(err, no) {
			t.Errorf("got %v", err)
		}
		wantRows(t, db, "a")
	})
}
