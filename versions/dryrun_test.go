package versions_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// TestDryRunTries carries a run out and takes it back, where the engine can: what would fail fails.
func TestDryRunTries(t *testing.T) {
	for _, engine := range []string{servertest.EnginePostgres, servertest.EngineSQLite} {
		t.Run(engine, func(t *testing.T) {
			db := openBun(t, engine, servertest.URL(t, engine))
			ran := false
			b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
				m.Run("send mail", func(context.Context, bun.IDB) error { ran = true; return nil })
				m.Backfill("t_a", "note", "'filled'").Where("id = 2")
				m.Exec("VACUUM").OutsideTransaction().NoSchemaChange()
				m.AlterColumn("t_a", "note").NotNull()
			}}
			set := setOf(table("a"), b, table("c", "b"))
			dry := func(target string) (events []string, err error) {
				err = versions.Upgrade(t.Context(), db, set, target, versions.Options{DryRun: true, Events: func(e versions.Event) {
					switch e.Kind {
					case versions.EventSkipped:
						events = append(events, "skipped "+e.Revision+": "+e.Text)
					case versions.EventDone:
						events = append(events, "done "+e.Revision)
					}
				}})
				return events, err
			}
			if events, err := dry("a"); err != nil || len(events) != 1 {
				t.Fatalf("%v, %v", events, err)
			}
			wantTables(t, db)
			upgrade(t, db, set, "a", versions.Options{})
			execute(t, db, "INSERT INTO t_a VALUES (1, NULL), (2, NULL)")
			before, history := snapshot(t, db), outcomes(t, db)
			_, err := dry("head")
			var e *versions.StepError
			if !errors.As(err, &e) || e.Revision != "b" || !strings.Contains(err.Error(), "statements before it were not tried") {
				t.Fatalf("got %v", err)
			}
			execute(t, db, "UPDATE t_a SET note = 'x' WHERE id = 1")
			events, err := dry("head")
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				"skipped b: what a step in Go does outside of the database cannot be taken back",
				"skipped b: it runs outside of transactions, and could not be taken back", "done b", "done c",
			}
			if diff := cmp.Diff(want, events); diff != "" || ran {
				t.Errorf("ran %v, events (-want +got):\n%s", ran, diff)
			}
			execute(t, db, "UPDATE t_a SET note = NULL WHERE id = 1")
			if diff := cmp.Diff(before, snapshot(t, db)); diff != "" {
				t.Errorf("the dry run has changed something (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(history, outcomes(t, db)); diff != "" {
				t.Errorf("history (-before +after):\n%s", diff)
			}
			if err := versions.Ensure(t.Context(), db, versions.Options{Wait: -1}); err != nil {
				t.Errorf("something is left locked: %v", err)
			}
		})
	}
}

// TestDryRunOfAnInterruptedRevision goes on from where the run was interrupted.
func TestDryRunOfAnInterruptedRevision(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), interrupted("x"))
		if err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{}); err == nil {
			t.Fatal("no error")
		}
		var statements []string
		err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{DryRun: true, Events: func(e versions.Event) {
			if e.Kind == versions.EventStatement {
				statements = append(statements, fmt.Sprintf("%d %s", e.Step, e.SQL))
			}
		}})
		if diff := cmp.Diff([]string{"2 INSERT INTO no_such_table VALUES (1)"}, statements); diff != "" {
			t.Errorf("statements (-want +got):\n%s", diff)
		}
		if tries := engineOf(db) != schema.MySQL; (err != nil) != tries {
			t.Errorf("got %v", err)
		}
	})
}

// TestProgress watches a backfill.
func TestProgress(t *testing.T) {
	for _, engine := range servertest.Engines() {
		if engine == servertest.EngineSQLite {
			continue // one statement does it
		}
		t.Run(engine, func(t *testing.T) {
			db := openBun(t, engine, servertest.URL(t, engine))
			b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
				m.Backfill("t_a", "note", "'filled'").Batches(4, 0)
				m.Run("count", func(ctx context.Context, _ bun.IDB) error {
					op.Report(ctx, op.Progress{Done: 7})
					return nil
				})
			}}
			set := setOf(table("a"), b)
			upgrade(t, db, set, "a", versions.Options{})
			execute(t, db, "INSERT INTO t_a VALUES (1, NULL), (2, NULL), (3, 'x'), (4, NULL), (5, NULL), (6, NULL), (7, NULL)")
			var told []string
			upgrade(t, db, set, "head", versions.Options{Events: func(e versions.Event) {
				if e.Kind == versions.EventProgress {
					told = append(told, fmt.Sprintf("%d: %d of %d", e.Step, e.Done, e.Total))
				}
			}})
			if diff := cmp.Diff([]string{"1: 4 of 6", "1: 6 of 6", "2: 7 of 0"}, told); diff != "" {
				t.Errorf("progress (-want +got):\n%s", diff)
			}
		})
	}
}
