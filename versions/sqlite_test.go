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

// rebuilt is a revision for whose change of a type SQLite has to copy the table parent, which a child refers to and a
// view mentions.
func rebuilt() versions.Revision {
	return versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.AlterColumn("parent", "name").Type("text").NotNull()
	}}
}

func familySet(second versions.Revision) *versions.Set {
	return setOf(versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
		m.CreateTable("parent", op.Column("id", "integer"), op.Column("name", "varchar(10)"), op.PrimaryKey("id"))
		m.CreateTable("child", op.Column("id", "integer"), op.Column("parent_id", "integer"), op.PrimaryKey("id"),
			op.ForeignKey("parent_id").References("parent", "id").OnDelete("CASCADE"))
		m.CreateView("names", "SELECT name FROM parent")
		m.Insert("parent", op.Row{"id": 1, "name": "x"}, op.Row{"id": 2, "name": "y"})
		m.Insert("child", op.Row{"id": 1, "parent_id": 1}, op.Row{"id": 2, "parent_id": 1})
	}}, second)
}

// openFamily returns a database with one connection, so that what a run leaves on it is seen, at revision a.
func openFamily(t *testing.T) *bun.DB {
	db := openBun(t, servertest.EngineSQLite, servertest.SQLite(t))
	db.DB.SetMaxOpenConns(1)
	if _, err := db.DB.ExecContext(t.Context(), "PRAGMA foreign_keys = ON"); err != nil {
		t.Fatal(err)
	}
	upgrade(t, db, familySet(rebuilt()), "a", versions.Options{})
	wantPragmas(t, db)
	return db
}

// wantPragmas checks that the connection enforces foreign keys and renames tables as SQLite does by itself, or that it is
// another one than before, on which foreign keys have not been turned on.
func wantPragmas(t *testing.T, db *bun.DB) {
	t.Helper()
	if got := column(t, db, "PRAGMA legacy_alter_table"); got[0] != "0" {
		t.Errorf("legacy_alter_table is %s", got[0])
	}
	if got := column(t, db, "PRAGMA foreign_keys"); got[0] != "1" {
		t.Errorf("foreign_keys is %s", got[0])
	}
}

func wantFamily(t *testing.T, db *bun.DB) {
	t.Helper()
	if got := column(t, db, "SELECT id || parent_id FROM child"); !slices.Equal(got, []string{"11", "21"}) {
		t.Errorf("children are %v", got)
	}
	if got := column(t, db, "SELECT name FROM names"); !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("names are %v", got)
	}
}

// TestConnectionIsRestored stops a rebuild at every one of its statements, in each way in which it may stop: what was set
// on the connection for it is as before, and nothing of it is left.
func TestConnectionIsRestored(t *testing.T) {
	ways := map[string]func(cancel context.CancelFunc){
		"cancelled": func(cancel context.CancelFunc) { cancel() },
		"panicked":  func(context.CancelFunc) { panic("stop") },
	}
	for way, stop := range ways {
		for _, mode := range []versions.TransactionMode{versions.TransactionRevision, versions.TransactionAll, versions.TransactionNone} {
			t.Run(way+" "+string(mode), func(t *testing.T) {
				db := openFamily(t)
				stopped := 0
				for at := 1; ; at++ {
					ctx, cancel := context.WithCancel(t.Context())
					seen, legacy := 0, false
					options := versions.Options{Transaction: mode, Events: func(e versions.Event) {
						legacy = legacy || strings.Contains(e.SQL, "legacy_alter_table")
						if e.Kind == versions.EventStatement {
							if seen++; seen == at {
								stop(cancel)
							}
						}
					}}
					panicked, err := outcome(func() error { return versions.Upgrade(ctx, db, familySet(rebuilt()), "b", options) })
					cancel()
					wantPragmas(t, db)
					wantFamily(t, db)
					if err == nil && !panicked {
						if !legacy {
							t.Error("the rebuild does without legacy_alter_table, so this proves nothing")
						}
						break
					}
					wantRows(t, db, "a")
					stopped++
				}
				if stopped < 5 {
					t.Errorf("stopped at %d statements only", stopped)
				}
				wantRows(t, db, "b")
			})
		}
	}
}

func outcome(do func() error) (panicked bool, err error) {
	defer func() {
		if recover() != nil {
			panicked = true
		}
	}()
	return false, do()
}

// TestRebuildKeepsChildren: the old table is dropped, which with foreign keys on would delete the rows that refer to it.
func TestRebuildKeepsChildren(t *testing.T) {
	for _, mode := range []versions.TransactionMode{versions.TransactionDefault, versions.TransactionAll, versions.TransactionNone} {
		for _, of := range []string{"run", "revision"} {
			t.Run(of+" "+string(mode), func(t *testing.T) {
				db := openFamily(t)
				b, options := rebuilt(), versions.Options{}
				if of == "run" {
					options.Transaction = mode
				} else {
					b.Transaction = mode
				}
				upgrade(t, db, familySet(b), "b", options)
				wantFamily(t, db)
				wantPragmas(t, db)
			})
		}
	}
}

// TestViolationsEndARebuild: rows that a rebuild would leave without their parent end the run, and those that were there
// before do not.
func TestViolationsEndARebuild(t *testing.T) {
	db := openFamily(t)
	for _, text := range []string{"PRAGMA foreign_keys = OFF", "INSERT INTO child VALUES (9, 77)", "PRAGMA foreign_keys = ON"} {
		if _, err := db.DB.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	careless := rebuilt()
	careless.Upgrade = func(m *op.Migration) {
		rebuilt().Upgrade(m)
		m.Exec("DELETE FROM parent WHERE id = 1")
	}
	err := versions.Upgrade(t.Context(), db, familySet(careless), "b", versions.Options{})
	var e *versions.ForeignKeyError
	if !errors.As(err, &e) || !strings.Contains(err.Error(), "2 rows of child refer to missing rows of parent") {
		t.Fatalf("got %v", err)
	}
	wantPragmas(t, db)
	wantRows(t, db, "a")
	upgrade(t, db, familySet(rebuilt()), "b", versions.Options{})
	wantPragmas(t, db)
	if got := column(t, db, "SELECT id FROM child"); !slices.Equal(got, []string{"1", "2", "9"}) {
		t.Errorf("children are %v", got)
	}
}

// TestRebuildInAGivenTransaction: foreign keys cannot be turned off within a transaction, where dropping the old table
// would delete the children of its rows. With foreign keys off before it the rebuild is as good as anywhere.
func TestRebuildInAGivenTransaction(t *testing.T) {
	db := openFamily(t)
	inTransaction := func() (failure error) {
		err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			failure = versions.Upgrade(ctx, tx, familySet(rebuilt()), "b", versions.Options{})
			return nil // The program commits what there is.
		})
		if err != nil {
			t.Fatal(err)
		}
		return failure
	}
	if err := inTransaction(); err == nil || !strings.Contains(err.Error(), "foreign_keys cannot be switched off") {
		t.Errorf("got %v", err)
	}
	wantFamily(t, db)
	wantPragmas(t, db)
	wantRows(t, db, "a")
	execute(t, db, "PRAGMA foreign_keys = OFF")
	if err := inTransaction(); err != nil {
		t.Error(err)
	}
	execute(t, db, "PRAGMA foreign_keys = ON")
	wantFamily(t, db)
	wantPragmas(t, db)
	wantRows(t, db, "b")
}
