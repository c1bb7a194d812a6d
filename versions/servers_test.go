//go:build darwin || linux

package versions_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/internal/servertest/launch"
	"github.com/retort-db/retort/internal/servertest/testenv"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// privateServer starts a server for one test.
func privateServer(t *testing.T, engine launch.Engine) *launch.Servers {
	t.Helper()
	servers, err := launch.Start(t.Context(), []launch.Engine{engine}, launch.Options{Install: true, Log: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := servers.Stop(); err != nil {
			t.Error(err)
		}
	})
	return servers
}

// TestServerDies kills the server in the middle of a revision and starts it again: the next run goes on from there.
func TestServerDies(t *testing.T) {
	for _, engine := range []launch.Engine{launch.Postgres{}, launch.MySQL{}} {
		if !slices.Contains(servertest.Engines(), engine.Name()) {
			continue
		}
		t.Run(engine.Name(), func(t *testing.T) {
			calm := openBun(t, engine.Name(), servertest.URL(t, engine.Name()))
			upgrade(t, calm, crashSet(), "head", versions.Options{})

			servers := privateServer(t, engine)
			db := openBun(t, engine.Name(), servers.URLs[engine.Name()])
			// The servers of tests are not careful with what they have committed.
			if engine.Name() == servertest.EnginePostgres {
				execute(t, db, "ALTER ROLE CURRENT_USER SET synchronous_commit = on")
				db = openBun(t, engine.Name(), servers.URLs[engine.Name()])
			}
			for _, place := range []struct {
				kind versions.EventKind
				step int
			}{{versions.EventStatement, 2}, {versions.EventStep, 6}, {versions.EventStatement, 8}} {
				if engine.Name() == servertest.EngineMySQL {
					execute(t, db, "SET GLOBAL innodb_flush_log_at_trx_commit = 1")
				}
				killed := false
				err := versions.Upgrade(t.Context(), db, crashSet(), "head", versions.Options{Events: func(e versions.Event) {
					if !killed && e.Revision == "b" && e.Kind == place.kind && e.Step >= place.step {
						killed = true
						servers.Kill(engine.Name())
					}
				}})
				if err == nil || !killed {
					t.Fatalf("killed: %v, %v", killed, err)
				}
				if err := servers.Restart(t.Context(), engine.Name()); err != nil {
					t.Fatal(err)
				}
			}
			upgrade(t, db, crashSet(), "head", versions.Options{Wait: 20 * time.Second})
			if diff := cmp.Diff(snapshot(t, calm), snapshot(t, db)); diff != "" {
				t.Fatalf("(-calm +killed):\n%s\n%v", diff, outcomes(t, db))
			}
			if diff := cmp.Diff(done(t, calm), done(t, db)); diff != "" {
				t.Fatalf("done (-calm +killed):\n%s", diff)
			}
		})
	}
}

// TestKilledDuringStatement kills the process while the server is at a statement, which the server may finish after all.
func TestKilledDuringStatement(t *testing.T) {
	for _, engine := range []string{servertest.EnginePostgres, servertest.EngineMySQL} {
		if !slices.Contains(servertest.Engines(), engine) {
			continue
		}
		t.Run(engine, func(t *testing.T) {
			calm := openBun(t, engine, servertest.URL(t, engine))
			upgrade(t, calm, crashSet(), "head", versions.Options{})

			url := servertest.URL(t, engine)
			db := openBun(t, engine, url)
			upgrade(t, db, crashSet(), "a", versions.Options{})
			other := reading(t, db)
			command := exec.CommandContext(t.Context(), os.Args[0])
			command.Env = append(os.Environ(), crashURL+"="+url, crashDirection+"=upgrade", crashAfter+"=1000000")
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			waiting := map[string]string{
				servertest.EnginePostgres: "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
				servertest.EngineMySQL:    "SELECT id FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock' AND db = DATABASE()",
			}[engine]
			for start := time.Now(); len(column(t, db, waiting)) == 0; time.Sleep(5 * time.Millisecond) {
				if time.Since(start) > 20*time.Second {
					t.Fatal("no statement waits")
				}
			}
			if err := command.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait() // it was killed
			if err := other.Rollback(); err != nil {
				t.Fatal(err)
			}
			upgrade(t, db, crashSet(), "head", versions.Options{Wait: 20 * time.Second})
			if diff := cmp.Diff(snapshot(t, calm), snapshot(t, db)); diff != "" {
				t.Fatalf("(-calm +killed):\n%s\n%v", diff, outcomes(t, db))
			}
			if diff := cmp.Diff(done(t, calm), done(t, db)); diff != "" {
				t.Fatalf("done (-calm +killed):\n%s", diff)
			}
		})
	}
}

// TestPooler runs behind PgBouncer in transaction mode, where a lock of the session would be left behind in the pool.
func TestPooler(t *testing.T) {
	direct := servertest.Postgres(t)
	servers := privateServer(t, launch.PgBouncer{Server: direct})
	pooled := servers.URLs["pgbouncer"]
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.Insert("t_a", op.Row{"id": 1, "note": "x"})
		m.AddColumn("t_a", op.Column("n", "integer"))
	}}
	c := versions.Revision{ID: "c", Revises: versions.After("b"), Upgrade: func(m *op.Migration) {
		m.CreateIndex("ix_n", "t_a", "n").Concurrently()
	}}
	set := setOf(table("a"), b, c)
	db := openBun(t, servertest.EnginePostgres, direct)

	// Prepared statements get lost there; the driver's default uses them.
	var pooler *versions.PoolerError
	careless := openBun(t, servertest.EnginePostgres, pooled)
	if err := versions.Upgrade(t.Context(), careless, set, "b", versions.Options{}); err != nil && (!errors.As(err, &pooler) || !strings.Contains(err.Error(), "default_query_exec_mode")) {
		t.Fatalf("got %v", err)
	}

	pooled += "&default_query_exec_mode=exec"
	var wait sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		url := pooled
		if i%3 == 0 {
			url = direct // their locks exclude each other
		}
		runner := openBun(t, servertest.EnginePostgres, url)
		wait.Go(func() {
			errs[i] = versions.Upgrade(t.Context(), runner, set, "b", versions.Options{LockTimeout: 5 * time.Second, Wait: 30 * time.Second})
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	wantRows(t, db, "b")
	if got := column(t, db, "SELECT note FROM t_a"); !slices.Equal(got, []string{"x"}) {
		t.Errorf("rows %v", got)
	}
	if got := done(t, db); len(got) != 2 {
		t.Errorf("history %v", got)
	}

	through := openBun(t, servertest.EnginePostgres, pooled)
	err := versions.Upgrade(t.Context(), through, set, "c", versions.Options{})
	if !errors.As(err, &pooler) || pooler.Revision != "c" || !strings.Contains(err.Error(), "connect to the server itself") {
		t.Fatalf("got %v", err)
	}
	wantRows(t, db, "b")
	if got := column(t, db, "SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"); len(got) > 0 {
		t.Errorf("a lock was left behind: %v", got)
	}
	upgrade(t, db, set, "c", versions.Options{Wait: -1})
	if err := versions.Downgrade(t.Context(), through, set, "b", versions.Options{}); err == nil {
		t.Error("no error for a revision that cannot be undone")
	}
}

// TestRoleThatMayOnlyRead can look, and is told what it may not do.
func TestRoleThatMayOnlyRead(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			url := servertest.URL(t, engine)
			db := openBun(t, engine, url)
			set := setOf(table("a"), table("b", "a"))
			upgrade(t, db, set, "a", versions.Options{})
			reader := openReader(t, engine, url, func(query string) { execute(t, db, query) })
			if rows, err := versions.Current(t.Context(), reader, versions.Options{}); err != nil || !slices.Equal(rows, []string{"a"}) {
				t.Fatalf("rows %v, %v", rows, err)
			}
			// Nothing to do needs no right to do it.
			upgrade(t, reader, set, "a", versions.Options{})
			err := versions.Upgrade(t.Context(), reader, set, "head", versions.Options{})
			var e *versions.StepError
			if !errors.As(err, &e) && !strings.Contains(fmt.Sprint(err), "retort_") || !strings.Contains(fmt.Sprint(err), "denied") && !strings.Contains(fmt.Sprint(err), "readonly") {
				t.Fatalf("got %v", err)
			}
			wantRows(t, db, "a")
			wantTables(t, db, "t_a")
			upgrade(t, db, set, "head", versions.Options{Wait: -1})
		})
	}
}

// openReader opens a database as somebody who may only read.
func openReader(t *testing.T, engine, address string, do func(query string)) *bun.DB {
	t.Helper()
	if engine == servertest.EngineSQLite {
		database, err := introspect.Open(t.Context(), strings.Replace(address, "sqlite:", "file:", 1)+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = database.Close() })
		return bunOf(database.DB, engine)
	}
	name := fmt.Sprintf("reader_%d", time.Now().UnixNano())
	if engine == servertest.EnginePostgres {
		do("CREATE ROLE " + name + " LOGIN PASSWORD 'secret'")
		do("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + name)
		do("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
		t.Cleanup(func() {
			server, err := testenv.Open(address)
			if err != nil {
				t.Error(err)
				return
			}
			defer server.Close()
			for _, query := range []string{"DROP OWNED BY " + name, "DROP ROLE " + name} {
				if _, err := server.ExecContext(context.Background(), query); err != nil {
					t.Error(err)
				}
			}
		})
	} else {
		do("CREATE USER " + name + " IDENTIFIED BY 'secret'")
		do("GRANT SELECT ON *.* TO " + name)
		t.Cleanup(func() {
			server, err := testenv.Open(address)
			if err != nil {
				t.Error(err)
				return
			}
			defer server.Close()
			if _, err := server.ExecContext(context.Background(), "DROP USER "+name); err != nil {
				t.Error(err)
			}
		})
	}
	scheme, rest, _ := strings.Cut(address, "://")
	_, host, _ := strings.Cut(rest, "@")
	return openBun(t, engine, scheme+"://"+name+":secret@"+host)
}
