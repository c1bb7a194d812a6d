package versions_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func TestConcurrentUpgrades(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		var revisions []versions.Revision
		parent := []string(nil)
		for i := range 12 {
			r := table(fmt.Sprintf("r%02d", i), parent...)
			revisions = append(revisions, r)
			parent = []string{r.ID}
		}
		set := setOf(revisions...)
		var wait sync.WaitGroup
		errs := make([]error, 8)
		waiting := make([]bool, 8)
		for i := range errs {
			wait.Go(func() {
				errs[i] = versions.Upgrade(t.Context(), db, set, "head", versions.Options{Events: func(e versions.Event) {
					waiting[i] = waiting[i] || e.Kind == versions.EventWaiting
				}})
			})
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "r11")
		if got := outcomes(t, db); len(got) != 12 {
			t.Errorf("history %v", got)
		}
		if engineOf(db) != schema.SQLite && !slices.Contains(waiting, true) {
			t.Error("nobody has waited")
		}
	})
}

// What raw SQL makes is not known to the operations behind it, unless the SQL says so.
func TestOperationBehindRawSQL(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		revision := func(changes func(*op.ExecStep)) versions.Revision {
			return versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
				changes(m.Exec("CREATE TABLE raw (id integer NOT NULL, note varchar(20))"))
				m.AddColumn("raw", op.Column("more", "varchar(20)"))
			}}
		}
		err := versions.Upgrade(t.Context(), db, setOf(revision(func(*op.ExecStep) {})), "head", versions.Options{})
		var misfit *op.EffectError
		if !errors.As(err, &misfit) || !strings.Contains(err.Error(), "m.Exec(…).Changes(") {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db)
		told := revision(func(step *op.ExecStep) {
			step.Changes(func(s *schema.Schema) error {
				s.Tables.Add(&schema.Table{Name: schema.Name{Name: "raw"}, Columns: []*schema.Column{
					{Name: "id", Type: "integer", NotNull: true}, {Name: "note", Type: "varchar(20)"},
				}})
				return nil
			})
		})
		if err := versions.Upgrade(t.Context(), db, setOf(told), "head", versions.Options{}); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "a")
	})
}

func TestWaitingNamesTheHolder(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		inside, leave := make(chan struct{}), make(chan struct{})
		slow := table("a")
		slow.Upgrade = func(m *op.Migration) {
			m.Run("wait", func(ctx context.Context, db bun.IDB) error {
				close(inside)
				<-leave
				return nil
			})
		}
		done := make(chan error)
		go func() { done <- versions.Upgrade(t.Context(), db, setOf(slow), "head", versions.Options{}) }()
		<-inside
		var told string
		err := versions.Upgrade(t.Context(), db, setOf(table("a")), "head", versions.Options{Wait: 300 * time.Millisecond, Events: func(e versions.Event) {
			if e.Kind == versions.EventWaiting {
				told = e.Text
			}
		}})
		var lock *versions.LockError
		if !errors.As(err, &lock) || lock.Waited < 300*time.Millisecond {
			t.Errorf("got %v", err)
		}
		if engineOf(db) != schema.SQLite && (lock == nil || lock.Holder == "" || !strings.Contains(told, lock.Holder)) {
			t.Errorf("told %q, %+v", told, lock)
		}
		close(leave)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "a")
	})
}

func TestOneConnection(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		db.DB.SetMaxOpenConns(1)
		oneConnection(t, db)
	})
	t.Run("memory", func(t *testing.T) {
		sqldb := servertest.Open(t, "sqlite::memory:")
		sqldb.SetMaxOpenConns(1)
		oneConnection(t, bun.NewDB(sqldb, sqlitedialect.New()))
	})
}

func oneConnection(t *testing.T, db *bun.DB) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	a := table("a")
	create := a.Upgrade
	a.Upgrade = func(m *op.Migration) {
		create(m)
		m.Run("insert", func(ctx context.Context, db bun.IDB) error {
			_, err := db.ExecContext(ctx, "INSERT INTO t_a (id) VALUES (?)", 1)
			return err
		})
		m.Run("outside", func(ctx context.Context, db bun.IDB) error {
			return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO t_a (id) VALUES (?)", 2)
				return err
			})
		}).OutsideTransaction()
		m.Backfill("t_a", "note", "'filled'").Batches(1, 0)
	}
	set := setOf(a, table("b", "a"))
	if err := versions.Upgrade(ctx, db, set, "head", versions.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := versions.Upgrade(ctx, db, setOf(a, table("b", "a"), failing("c", "b")), "head", versions.Options{}); err == nil {
		t.Fatal("no error")
	}
	if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"filled", "filled"}) {
		t.Errorf("notes %v", got)
	}
	if _, err := versions.Verify(ctx, db, set, versions.Options{}); err != nil {
		t.Fatal(err)
	}
	wantRows(t, db, "b")
}

func TestCancel(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		b := table("b", "a")
		create := b.Upgrade
		b.Upgrade = func(m *op.Migration) {
			m.Run("insert", func(ctx context.Context, db bun.IDB) error {
				_, err := db.ExecContext(ctx, "INSERT INTO t_a (id) VALUES (1)")
				cancel()
				return err
			})
			create(m)
		}
		set := setOf(table("a"), b)
		err := versions.Upgrade(ctx, db, set, "head", versions.Options{})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db, "a")
		wantTables(t, db, "t_a")
		calm := table("b", "a")
		calm.Upgrade = b.Upgrade // the same operations: cancel does nothing any more
		upgrade(t, db, set, "head", versions.Options{Wait: 10 * time.Second})
		wantRows(t, db, "b")
		if got := column(t, db, "SELECT id FROM t_a"); len(got) != 1 {
			t.Errorf("inserted %d times", len(got))
		}
	})
}

func TestIrreversibleIsFoundFirst(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		b := table("b", "a")
		b.Downgrade = versions.Irreversible("drops users.legacy_id")
		c := table("c", "b")
		c.Downgrade = nil
		set := setOf(table("a"), b, table("b2", "b"), c)
		upgrade(t, db, set, "b2", versions.Options{})
		err := versions.Downgrade(t.Context(), db, set, "base", versions.Options{})
		var e *versions.IrreversibleError
		if !errors.As(err, &e) || e.Revision != "b" || !strings.Contains(err.Error(), "drops users.legacy_id") {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db, "b2")
		wantTables(t, db, "t_a", "t_b", "t_b2")
		upgrade(t, db, set, "c", versions.Options{})
		if err := versions.Downgrade(t.Context(), db, set, "c@-1", versions.Options{}); !errors.As(err, &e) || e.Revision != "c" {
			t.Fatalf("got %v", err)
		}
	})
}

func TestUndecidedRenames(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
			m.DropColumn("t_a", "note").MaybeRenamedTo("remark")
			m.AddColumn("t_a", op.Column("remark", "varchar(50)"))
		}}
		c := versions.Revision{ID: "c", Revises: versions.After("b"), Upgrade: func(m *op.Migration) {
			m.DropTable("t_a").MaybeRenamedTo("t_z")
		}}
		set := setOf(table("a"), b, c)
		upgrade(t, db, set, "a", versions.Options{})
		if _, err := db.DB.ExecContext(t.Context(), "INSERT INTO t_a VALUES (1, 'x')"); err != nil {
			t.Fatal(err)
		}
		var e *versions.DecisionError
		err := versions.Upgrade(t.Context(), db, set, "b", versions.Options{})
		if !errors.As(err, &e) || e.Revision != "b" || len(e.Undecided) != 1 || !strings.Contains(err.Error(), "retort resolve b") ||
			!strings.Contains(err.Error(), "column t_a.note") {
			t.Fatalf("got %v", err)
		}
		if _, err := db.DB.ExecContext(t.Context(), "UPDATE t_a SET note = NULL"); err != nil {
			t.Fatal(err)
		}
		// The column holds nothing now, and the table still does.
		err = versions.Upgrade(t.Context(), db, set, "head", versions.Options{})
		if !errors.As(err, &e) || e.Revision != "c" || !strings.Contains(err.Error(), "table t_a") {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db, "a")
		if _, err := db.DB.ExecContext(t.Context(), "DELETE FROM t_a"); err != nil {
			t.Fatal(err)
		}
		upgrade(t, db, set, "head", versions.Options{})
		wantTables(t, db)
	})
}

func TestVerify(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), table("b", "a"))
		upgrade(t, db, set, "head", versions.Options{})
		if changed, err := versions.Verify(t.Context(), db, set, versions.Options{}); err != nil || len(changed) != 0 {
			t.Fatalf("changed %v, %v", changed, err)
		}
		edited := table("a")
		edited.Upgrade = func(m *op.Migration) { m.CreateTable("t_a", op.Column("id", "integer")) }
		set = setOf(edited, table("b", "a"), table("c", "b"))
		changed, err := versions.Verify(t.Context(), db, set, versions.Options{})
		if err != nil || len(changed) != 1 || changed[0].Revision != "a" || changed[0].Applied == changed[0].Now {
			t.Fatalf("changed %v, %v", changed, err)
		}
		var warnings []string
		upgrade(t, db, set, "head", versions.Options{Events: func(e versions.Event) {
			if e.Kind == versions.EventWarning {
				warnings = append(warnings, e.Revision+": "+e.Text)
			}
		}})
		if len(warnings) != 1 || !strings.Contains(warnings[0], "a: revision a has changed since it was applied") {
			t.Errorf("warnings %v", warnings)
		}
	})
}

func TestDryRun(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		b := table("b", "a")
		b.Upgrade = func(m *op.Migration) { m.AddColumn("t_a", op.Column("more", "integer")) }
		var statements []string
		err := versions.Upgrade(t.Context(), db, setOf(table("a"), b), "head", versions.Options{DryRun: true, Events: func(e versions.Event) {
			if e.Kind == versions.EventStatement {
				statements = append(statements, e.Revision+": "+e.SQL)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		if len(statements) != 2 || !strings.Contains(statements[0], "CREATE TABLE") || !strings.Contains(statements[1], "ADD") {
			t.Errorf("statements %v", statements)
		}
		wantTables(t, db)
		wantRows(t, db)
		wantOutcomes(t, db)
	})
}

func TestPanicInStep(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		a := table("a")
		create := a.Upgrade
		a.Upgrade = func(m *op.Migration) {
			create(m)
			m.Run("boom", func(context.Context, bun.IDB) error { panic("no luck") })
		}
		err := versions.Upgrade(t.Context(), db, setOf(a), "head", versions.Options{})
		var e *versions.StepError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "run boom: it panicked: no luck") {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db)
		// Nothing is left locked.
		if err := versions.Ensure(t.Context(), db, versions.Options{Wait: -1}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOneRevisionAlone(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), table("b", "a"), table("c", "a"), versions.Revision{ID: "m", Revises: versions.After("b", "c")})
		do := func(move func(context.Context, bun.IDB, *versions.Set, string, versions.Options) error, id string, rows ...string) {
			t.Helper()
			if err := move(t.Context(), db, set, id, versions.Options{}); err != nil {
				t.Fatal(err)
			}
			wantRows(t, db, rows...)
		}
		do(versions.ApplyOne, "a", "a")
		do(versions.ApplyOne, "c", "c")
		do(versions.ApplyOne, "c", "c")
		do(versions.ApplyOne, "b", "b", "c")
		do(versions.RevertOne, "c", "b") // a downgrade to "a" would revert b too
		do(versions.ApplyOne, "c", "b", "c")
		do(versions.ApplyOne, "m", "m")
		do(versions.RevertOne, "m", "b", "c")
		do(versions.RevertOne, "m", "b", "c")
		wantTables(t, db, "t_a", "t_b", "t_c")
		for move, want := range map[string]error{
			"revert a": versions.RevertOne(t.Context(), db, set, "a", versions.Options{}),
			"apply d":  versions.ApplyOne(t.Context(), db, setOf(table("a"), table("b", "a"), table("c", "a"), table("x"), table("d", "b", "x")), "d", versions.Options{}),
		} {
			var order *versions.OutOfOrderError
			if !errors.As(want, &order) {
				t.Errorf("%s: %v", move, want)
			}
		}
		var unknown *versions.UnknownRevisionError
		if err := versions.ApplyOne(t.Context(), db, set, "q", versions.Options{}); !errors.As(err, &unknown) {
			t.Errorf("unknown: %v", err)
		}
	})
}
