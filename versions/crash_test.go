package versions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// The environment of a process that a test starts to have it killed.
const (
	crashURL       = "VERSIONS_TEST_CRASH_URL"
	crashDirection = "VERSIONS_TEST_CRASH_DIRECTION"
	crashAfter     = "VERSIONS_TEST_CRASH_AFTER" // this many events
	crashHold      = "VERSIONS_TEST_CRASH_HOLD"  // stop there instead, for being killed from outside
)

func TestMain(m *testing.M) {
	if os.Getenv(crashURL) != "" {
		crashingProcess()
		return
	}
	os.Exit(m.Run())
}

// crashingProcess runs revisions and kills itself after a number of events. Events come before and after each statement
// and each commit, so that the process dies at every place that differs to a database.
func crashingProcess() {
	after, err := strconv.Atoi(os.Getenv(crashAfter))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	database, err := introspect.Open(ctx, os.Getenv(crashURL))
	if err != nil {
		panic(err)
	}
	db := bunOf(database.DB, string(database.Dialect))
	events := 0
	options := versions.Options{Events: func(versions.Event) {
		if events++; events < after {
			return
		}
		if path := os.Getenv(crashHold); path != "" {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				panic(err)
			}
			time.Sleep(time.Minute)
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			panic(err)
		}
		time.Sleep(time.Minute) // until the signal arrives
	}}
	set := crashSet()
	if os.Getenv(crashDirection) == string(versions.Down) {
		err = versions.Downgrade(ctx, db, set, "base", options)
	} else {
		err = versions.Upgrade(ctx, db, set, "head", options)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// crashSet has schema and data steps in turn, some of which cannot be run twice and some of which do no harm the second
// time but show that they were.
func crashSet() *versions.Set {
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.Insert("t_a", op.Row{"id": 1, "note": "x"}, op.Row{"id": 2, "note": nil})
		m.AddColumn("t_a", op.Column("n", "bigint"))
		m.Exec("INSERT INTO t_a (id, note, n) VALUES (3, 'y', 100)")
		m.Exec("UPDATE t_a SET n = coalesce(n, 0) + 1")
		m.CreateTable("t_b", op.Column("id", "bigint").NotNull(), op.Column("a_id", "bigint"), op.PrimaryKey("id"),
			op.ForeignKey("a_id").References("t_a", "id"))
		m.CreateIndex("ix_n", "t_a", "n").Concurrently()
		m.AlterColumn("t_a", "n").NotNull()
		m.Exec("UPDATE t_a SET n = n + 10")
		m.Backfill("t_a", "note", "'filled'").Batches(1, 0)
		m.RenameColumn("t_a", "note", "remark")
		m.RenameTable("t_b", "t_c")
	}, Downgrade: func(m *op.Migration) {
		m.RenameTable("t_c", "t_b")
		m.RenameColumn("t_a", "remark", "note")
		m.AlterColumn("t_a", "n").Null()
		m.DropIndex("ix_n", "t_a").Concurrently()
		m.DropTable("t_b")
		m.Exec("DELETE FROM t_a WHERE id = 3")
		m.Exec("INSERT INTO t_a (id, n) SELECT max(id) + 1, 7 FROM t_a")
		m.DropColumn("t_a", "n")
	}}
	return setOf(table("a"), b, table("z", "b"))
}

// crash starts a process that dies after a number of events, and reports whether it did.
func crash(t *testing.T, url string, direction versions.Direction, after int) bool {
	t.Helper()
	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), crashURL+"="+url, crashDirection+"="+string(direction), crashAfter+"="+strconv.Itoa(after))
	command.Stderr = &stderr
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
		return true
	}
	t.Fatalf("process failed instead of dying: %v\n%s", err, stderr.String())
	return false
}

// snapshot returns the schema without Retort's tables, and the rows.
func snapshot(t *testing.T, db *bun.DB) string {
	t.Helper()
	read, err := introspect.Read(t.Context(), db.DB, engineOf(db), introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for table := range read.Tables.All() {
		if strings.HasPrefix(table.Name.Name, "retort_") {
			continue
		}
		data, err := json.MarshalIndent(table, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n", data)
		if table.Name.Name == "t_a" {
			for _, column := range table.Columns {
				fmt.Fprintf(&out, "%s %v\n", column.Name, columnOf(t, db, column.Name))
			}
		}
	}
	return out.String()
}

func columnOf(t *testing.T, db *bun.DB, name string) []string {
	return column(t, db, "SELECT "+name+" FROM t_a")
}

// TestKillAnywhere kills a run at every event, lets another one go on, and compares the database with one whose run
// nobody killed.
func TestKillAnywhere(t *testing.T) {
	for _, direction := range []versions.Direction{versions.Up, versions.Down} {
		for _, engine := range servertest.Engines() {
			t.Run(string(direction)+" "+engine, func(t *testing.T) {
				set := crashSet()
				finish := func(db *bun.DB) {
					if direction == versions.Down {
						downgrade(t, db, set, "base", versions.Options{Wait: 20 * time.Second})
						return
					}
					upgrade(t, db, set, "head", versions.Options{Wait: 20 * time.Second})
				}
				prepared := func() (string, *bun.DB) {
					url := servertest.URL(t, engine)
					db := openBun(t, engine, url)
					if direction == versions.Down {
						upgrade(t, db, set, "b", versions.Options{})
					}
					return url, db
				}
				_, calm := prepared()
				finish(calm)
				want, wantDone := snapshot(t, calm), done(t, calm)
				for after := 1; ; after++ {
					url, db := prepared()
					died := crash(t, url, direction, after)
					finish(db)
					if diff := cmp.Diff(want, snapshot(t, db)); diff != "" {
						t.Fatalf("killed after event %d (-calm +killed):\n%s\n%v", after, diff, outcomes(t, db))
					}
					if diff := cmp.Diff(wantDone, done(t, db)); diff != "" {
						t.Fatalf("killed after event %d, done (-calm +killed):\n%s\n%v", after, diff, outcomes(t, db))
					}
					rows, err := versions.Current(t.Context(), db, versions.Options{})
					if err != nil || direction == versions.Up && !slices.Equal(rows, []string{"z"}) || direction == versions.Down && len(rows) > 0 {
						t.Fatalf("killed after event %d: rows %v, %v", after, rows, err)
					}
					if !died {
						t.Logf("killed at %d places", after-1)
						if after < 8 {
							t.Error("the run had hardly any events")
						}
						return
					}
				}
			})
		}
	}
}

// done returns what the history says was finished.
func done(t *testing.T, db *bun.DB) []string {
	return slices.DeleteFunc(outcomes(t, db), func(line string) bool { return !strings.Contains(line, "done") })
}

// TestKilledTwice kills the run that goes on as well, each a little later than the one before.
func TestKilledTwice(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			calm := openBun(t, engine, servertest.URL(t, engine))
			upgrade(t, calm, crashSet(), "head", versions.Options{})
			for first := 3; first < 12; first += 4 {
				url := servertest.URL(t, engine)
				db := openBun(t, engine, url)
				for after := first; crash(t, url, versions.Up, after) && after < 40; after++ {
				}
				upgrade(t, db, crashSet(), "head", versions.Options{Wait: 20 * time.Second})
				if diff := cmp.Diff(snapshot(t, calm), snapshot(t, db)); diff != "" {
					t.Fatalf("(-calm +killed):\n%s\n%v", diff, outcomes(t, db))
				}
			}
		})
	}
}

// TestLockHolderDies kills a process that holds the lock in the middle of a revision: who waits for it goes on.
func TestLockHolderDies(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			url := servertest.URL(t, engine)
			db := openBun(t, engine, url)
			held := filepath.Join(t.TempDir(), "held")
			command := exec.CommandContext(t.Context(), os.Args[0])
			command.Env = append(os.Environ(), crashURL+"="+url, crashDirection+"=upgrade", crashAfter+"=6", crashHold+"="+held)
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
				if _, err := os.Stat(held); err == nil {
					break
				}
				if time.Since(start) > 20*time.Second {
					t.Fatal("the process does not come to hold the lock")
				}
			}
			waited := make(chan struct{}, 100)
			result := make(chan error)
			go func() {
				result <- versions.Upgrade(t.Context(), db, crashSet(), "head", versions.Options{Wait: 30 * time.Second, Events: func(e versions.Event) {
					if e.Kind == versions.EventWaiting {
						waited <- struct{}{}
					}
				}})
			}()
			select {
			case <-waited:
			case err := <-result:
				t.Fatalf("did not wait: %v", err)
			}
			if err := command.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := command.Wait(); err == nil {
				t.Fatal("the process was not killed")
			}
			if err := <-result; err != nil {
				t.Fatal(err)
			}
			wantRows(t, db, "z")
		})
	}
}
