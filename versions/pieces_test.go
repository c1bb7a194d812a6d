package versions_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

func execute(t testing.TB, db *bun.DB, queries ...string) {
	t.Helper()
	for _, query := range queries {
		if _, err := db.DB.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
}

// TestInvalidIndex lets CREATE UNIQUE INDEX CONCURRENTLY fail, which leaves an index that is not valid.
func TestInvalidIndex(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t))
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.Insert("t_a", op.Row{"id": 10, "note": "by b"})
		m.CreateIndex("ux_note", "t_a", "note").Unique().Concurrently()
	}}
	set := setOf(table("a"), b)
	upgrade(t, db, set, "a", versions.Options{})
	execute(t, db, "INSERT INTO t_a VALUES (1, 'x'), (2, 'x')")
	err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{})
	var e *versions.StepError
	if !errors.As(err, &e) || e.Step != 2 || e.Kept != 1 {
		t.Fatalf("got %v", err)
	}
	wantRows(t, db, "a")
	wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b failed 1/2")
	execute(t, db, "DELETE FROM t_a WHERE id = 2")
	var resumed string
	upgrade(t, db, set, "head", versions.Options{Events: func(e versions.Event) {
		if e.Kind == versions.EventResume {
			resumed = e.Text
		}
	}})
	if !strings.Contains(resumed, "after step 1 of 2") {
		t.Errorf("resumed: %q", resumed)
	}
	wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b failed 1/2", "upgrade b done 2/2")
	if got := column(t, db, "SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'ux_note'::regclass"); !slices.Equal(got, []string{"true"}) {
		t.Errorf("index is valid: %v", got)
	}
	if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"by b", "x"}) {
		t.Errorf("rows %v", got)
	}
}

// interrupted is a revision that stops after its first step on every engine.
func interrupted(first string) versions.Revision {
	return versions.Revision{ID: "b", Revises: versions.After("a"), Transaction: versions.TransactionNone, Upgrade: func(m *op.Migration) {
		m.AddColumn("t_a", op.Column(first, "integer"))
		m.Exec("INSERT INTO no_such_table VALUES (1)")
	}}
}

func TestInterruptedRevisionHasToBeFinished(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), interrupted("x"), table("c", "a"))
		if err := versions.Upgrade(t.Context(), db, set, "b", versions.Options{}); err == nil {
			t.Fatal("no error")
		}
		wantRows(t, db, "a")
		wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b failed 1/2")
		edited := setOf(table("a"), interrupted("y"), table("c", "a"))
		for name, err := range map[string]error{
			"another way down":       versions.Downgrade(t.Context(), db, set, "-1", versions.Options{}),
			"another way up":         versions.Upgrade(t.Context(), db, set, "c", versions.Options{}),
			"a target that is there": versions.Upgrade(t.Context(), db, set, "a", versions.Options{}),
			"steps that have changed": versions.Upgrade(t.Context(), db, edited, "b",
				versions.Options{}),
		} {
			var e *versions.InterruptedError
			if !errors.As(err, &e) || e.Revision != "b" || e.Step != 1 || e.Steps != 2 || !strings.Contains(err.Error(), "stamp --purge") {
				t.Errorf("%s: got %v", name, err)
			}
		}
		// Repaired by hand.
		execute(t, db, "ALTER TABLE t_a DROP COLUMN x")
		if err := versions.Stamp(t.Context(), db, set, []string{"a"}, versions.StampOptions{}, versions.Options{}); err != nil {
			t.Fatal(err)
		}
		upgrade(t, db, set, "c", versions.Options{})
		wantRows(t, db, "c")
	})
}

func TestTransactionNone(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		a := table("a")
		a.Transaction = versions.TransactionNone
		a.Upgrade = func(m *op.Migration) {
			table("a").Upgrade(m)
			m.CreateIndex("ix_a", "t_a", "note")
			m.Insert("t_a", op.Row{"id": 1})
		}
		upgrade(t, db, setOf(a), "head", versions.Options{})
		wantRows(t, db, "a")
		if got := column(t, db, "SELECT id FROM t_a"); !slices.Equal(got, []string{"1"}) {
			t.Errorf("rows %v", got)
		}
	})
}

// TestOutsideInTheMiddleOfAll commits what came before a statement that cannot run in a transaction, and only that.
func TestOutsideInTheMiddleOfAll(t *testing.T) {
	for _, engine := range []string{servertest.EnginePostgres, servertest.EngineSQLite} {
		t.Run(engine, func(t *testing.T) {
			db := openBun(t, engine, servertest.URL(t, engine))
			b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
				m.Exec("INSERT INTO t_a (id) VALUES (1)")
				m.Exec("VACUUM").OutsideTransaction().NoSchemaChange()
				m.Exec("INSERT INTO t_a (id) VALUES (2)")
			}}
			set := setOf(table("a"), b, table("c", "b"), failing("d", "c"))
			if err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{Transaction: versions.TransactionAll}); err == nil {
				t.Fatal("no error")
			}
			wantRows(t, db, "b")
			wantTables(t, db, "t_a")
			if got := column(t, db, "SELECT id FROM t_a"); !slices.Equal(got, []string{"1", "2"}) {
				t.Errorf("rows %v", got)
			}
		})
	}
}

func TestGuard(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t))
	a := versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
		m.CreateEnum("mood", "sad", "ok")
		m.CreateTable("t_a", op.Column("id", "integer"), op.Column("m", "mood"))
		m.Insert("t_a", op.Row{"id": 1, "m": "ok"}, op.Row{"id": 2, "m": nil})
	}}
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.RemoveEnumValues("mood", "ok")
	}}
	set := setOf(a, b)
	upgrade(t, db, set, "a", versions.Options{})
	err := versions.Upgrade(t.Context(), db, set, "b", versions.Options{})
	var e *versions.GuardError
	if !errors.As(err, &e) || strings.Contains(err.Error(), "%v") {
		t.Fatalf("got %v", err)
	}
	wantRows(t, db, "a")
	execute(t, db, "DELETE FROM t_a WHERE id = 1")
	upgrade(t, db, set, "b", versions.Options{})
}

func TestUndecidedEnumValue(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t))
	a := versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
		m.CreateEnum("mood", "sad", "ok")
		m.CreateTable("t_a", op.Column("id", "integer"), op.Column("m", "mood[]"))
		m.Insert("t_a", op.Row{"id": 1, "m": "{sad,ok}"})
	}}
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.RemoveEnumValues("mood", "ok").MaybeRenamedTo("fine")
		m.AddEnumValue("mood", "fine")
	}}
	set := setOf(a, b)
	upgrade(t, db, set, "a", versions.Options{})
	err := versions.Upgrade(t.Context(), db, set, "b", versions.Options{})
	var e *versions.DecisionError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "enum value mood.ok (dropped, or renamed to fine?)") {
		t.Fatalf("got %v", err)
	}
	wantOutcomes(t, db, "upgrade a done 3/3")
	execute(t, db, "UPDATE t_a SET m = '{sad}'")
	upgrade(t, db, set, "b", versions.Options{})
}

// rebuilding is a revision that SQLite can only carry out by rebuilding the parent's table.
func rebuilding(extra func(m *op.Migration)) *versions.Set {
	a := versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
		m.CreateTable("parent", op.Column("id", "integer").NotNull(), op.Column("v", "text"), op.PrimaryKey("id"))
		m.CreateTable("child", op.Column("id", "integer").NotNull(), op.Column("p", "integer"), op.PrimaryKey("id"),
			op.ForeignKey("p").References("parent", "id").OnDelete("CASCADE"))
		m.Insert("parent", op.Row{"id": 1, "v": "x"}, op.Row{"id": 2, "v": "y"})
		m.Insert("child", op.Row{"id": 1, "p": 1}, op.Row{"id": 2, "p": 2})
	}}
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.AlterColumn("parent", "v").NotNull()
		if extra != nil {
			extra(m)
		}
	}}
	return setOf(a, b, table("c", "b"))
}

func TestForeignKeysAroundRebuild(t *testing.T) {
	modes := []versions.TransactionMode{versions.TransactionRevision, versions.TransactionAll}
	for _, mode := range modes {
		t.Run(string(mode), func(t *testing.T) {
			open := func(t *testing.T) *bun.DB {
				db := openBun(t, servertest.EngineSQLite, servertest.SQLite(t))
				db.DB.SetMaxOpenConns(1) // so that the setting is seen that is left on the connection
				execute(t, db, "PRAGMA foreign_keys = ON")
				return db
			}
			wantForeignKeys := func(t *testing.T, db *bun.DB) {
				if got := column(t, db, "PRAGMA foreign_keys"); !slices.Equal(got, []string{"1"}) {
					t.Errorf("foreign_keys is %v afterwards", got)
				}
			}
			options := versions.Options{Transaction: mode}
			t.Run("children keep their rows", func(t *testing.T) {
				db := open(t)
				upgrade(t, db, rebuilding(nil), "head", options)
				if got := column(t, db, "SELECT p FROM child"); !slices.Equal(got, []string{"1", "2"}) {
					t.Errorf("children %v", got)
				}
				wantForeignKeys(t, db)
			})
			t.Run("a violation rolls back", func(t *testing.T) {
				db := open(t)
				upgrade(t, db, rebuilding(nil), "a", options)
				err := versions.Upgrade(t.Context(), db, rebuilding(func(m *op.Migration) { m.Exec("DELETE FROM parent WHERE id = 2") }), "head", options)
				var e *versions.ForeignKeyError
				if !errors.As(err, &e) || !strings.Contains(err.Error(), "1 rows of child refer to missing rows of parent") {
					t.Fatalf("got %v", err)
				}
				wantRows(t, db, "a")
				if got := column(t, db, "SELECT id FROM parent"); !slices.Equal(got, []string{"1", "2"}) {
					t.Errorf("parents %v", got)
				}
				wantForeignKeys(t, db)
			})
			t.Run("a violation of old is not this revision's", func(t *testing.T) {
				db := open(t)
				upgrade(t, db, rebuilding(nil), "a", options)
				execute(t, db, "PRAGMA foreign_keys = OFF", "INSERT INTO child VALUES (3, 99)", "PRAGMA foreign_keys = ON")
				upgrade(t, db, rebuilding(nil), "head", options)
				wantForeignKeys(t, db)
			})
			t.Run("a failure restores the setting", func(t *testing.T) {
				db := open(t)
				set := rebuilding(func(m *op.Migration) { m.Exec("INSERT INTO no_such_table VALUES (1)") })
				if err := versions.Upgrade(t.Context(), db, set, "head", options); err == nil {
					t.Fatal("no error")
				}
				wantForeignKeys(t, db)
			})
			t.Run("an end of the context restores the setting", func(t *testing.T) {
				db := open(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				set := rebuilding(func(m *op.Migration) {
					m.Run("cancel", func(context.Context, bun.IDB) error { cancel(); return nil })
					m.Exec("SELECT 1")
				})
				if err := versions.Upgrade(ctx, db, set, "head", options); !errors.Is(err, context.Canceled) {
					t.Fatalf("got %v", err)
				}
				wantForeignKeys(t, db)
				upgrade(t, db, rebuilding(nil), "head", options)
			})
		})
	}
}

func TestBackfill(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
			m.Insert("t_a", op.Row{"id": 1000, "note": "kept"})
			m.Backfill("t_a", "note", "'filled'").Batches(7, 0)
			m.AlterColumn("t_a", "note").NotNull()
		}}
		set := setOf(table("a"), b)
		upgrade(t, db, set, "a", versions.Options{})
		for i := range 50 {
			if _, err := db.NewRaw("INSERT INTO t_a (id) VALUES (?)", i).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		upgrade(t, db, set, "head", versions.Options{})
		if got := column(t, db, "SELECT count(*) FROM t_a WHERE note = 'filled'"); got[0] != "50" {
			t.Errorf("%v rows filled", got)
		}
		wantRows(t, db, "b")
	})
}

// TestErrorTextIsStored stores an error that is long and whose bytes no database takes as they are.
func TestErrorTextIsStored(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		a := versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
			m.Run("fail", func(context.Context, bun.IDB) error {
				return errors.New("\xff\x00 " + strings.Repeat("grün ", 2000))
			})
		}}
		var warnings []string
		err := versions.Upgrade(t.Context(), db, setOf(a), "head", versions.Options{Events: func(e versions.Event) {
			if e.Kind == versions.EventWarning {
				warnings = append(warnings, e.Text)
			}
		}})
		if err == nil {
			t.Fatal("no error")
		}
		entries, err := versions.History(t.Context(), db, versions.Options{})
		if err != nil || len(warnings) > 0 || !strings.Contains(entries[0].Error, "run fail") || !strings.Contains(entries[0].Error, "grün") {
			t.Errorf("%v, %v, %+v", err, warnings, entries)
		}
	})
}

// TestQuestionMarks runs statements whose text has what bun would take for a place of an argument.
func TestQuestionMarks(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t)).WithNamedArg("tenant", "x")
	a := versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
		m.CreateTable("t_a", op.Column("d", "jsonb"), op.Column("note", "text").Default("'what?tenant'"))
		m.Exec(`INSERT INTO t_a (d) SELECT '{"k": 1}' WHERE '{"k": 1}'::jsonb ? 'k' AND $1 = $2`, "?", "?")
	}}
	upgrade(t, db, setOf(a), "head", versions.Options{})
	if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"what?tenant"}) {
		t.Errorf("rows %v", got)
	}
}

// TestIDsThatDifferInCase checks that the version table tells IDs apart that differ in case only.
func TestIDsThatDifferInCase(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(versions.Revision{ID: "aB"}, versions.Revision{ID: "Ab"}, versions.Revision{ID: "ä"}, versions.Revision{ID: "a"})
		upgrade(t, db, set, "heads", versions.Options{})
		wantRows(t, db, "aB", "Ab", "ä", "a")
		downgrade(t, db, set, "Ab@base", versions.Options{})
		wantRows(t, db, "aB", "ä", "a")
	})
}
