package introspect_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// scratchKinds are the two kinds of scratch space on a server.
var scratchKinds = []string{"space", "database"}

// withScratchKind hands over a connection into scratch space of a kind, and the name of its schema or database.
func withScratchKind(ctx context.Context, kind, address string, do func(q introspect.Querier, name string) error) error {
	found := func(q introspect.Querier, query string) error {
		var name string
		if err := q.QueryRowContext(ctx, query).Scan(&name); err != nil {
			return err
		}
		return do(q, name)
	}
	current := map[string]string{"spacepostgres": "SELECT current_schema()", "databasepostgres": "SELECT current_database()"}
	dialect, err := introspect.DialectOf(address)
	if err != nil {
		return err
	}
	query := current[kind+string(dialect)]
	if query == "" {
		query = "SELECT DATABASE()"
	}
	if kind == "database" {
		return introspect.WithScratchDatabase(ctx, address, introspect.ScratchOptions{}, func(db *introspect.Database) error { return found(db, query) })
	}
	database, err := introspect.Open(ctx, address)
	if err != nil {
		return err
	}
	defer database.Close()
	return introspect.WithScratch(ctx, database.DB, dialect, introspect.ScratchOptions{}, func(s *introspect.Scratch) error { return found(s.Conn, query) })
}

// scratchExists asks the server for a scratch schema or database.
func scratchExists(t *testing.T, db *sql.DB, engine, name string) bool {
	t.Helper()
	query := "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) OR EXISTS (SELECT FROM pg_database WHERE datname = $1)"
	if engine == servertest.EngineMySQL {
		query = "SELECT COUNT(*) > 0 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?"
	}
	var there bool
	if err := db.QueryRowContext(t.Context(), query, name).Scan(&there); err != nil {
		t.Fatal(err)
	}
	return there
}

// serverEngines are the engines that have a server.
func serverEngines() []string {
	var out []string
	for _, engine := range servertest.Engines() {
		if engine != servertest.EngineSQLite {
			out = append(out, engine)
		}
	}
	return out
}

// scratchChild is set for the process that TestScratchOfAKilledProcess kills.
const scratchChild = "RETORT_TEST_SCRATCH_CHILD"

// TestScratchChild is the process that is killed: it opens scratch space, tells the name and waits for its end.
func TestScratchChild(t *testing.T) {
	kind, address, found := strings.Cut(os.Getenv(scratchChild), " ")
	if !found {
		return
	}
	err := withScratchKind(t.Context(), kind, address, func(q introspect.Querier, name string) error {
		if _, err := q.ExecContext(t.Context(), "CREATE TABLE left_behind (id int)"); err != nil {
			return err
		}
		fmt.Println("scratch " + name)
		select {}
	})
	t.Fatal(err)
}

// TestScratchOfAKilledProcess kills a process in the middle. While it lived, others left its space alone; then the next that
// needs scratch space removes it, and not what others have given names that look alike.
func TestScratchOfAKilledProcess(t *testing.T) {
	for _, engine := range serverEngines() {
		for _, kind := range scratchKinds {
			t.Run(engine+" "+kind, func(t *testing.T) {
				t.Parallel()
				address := servertest.URL(t, engine)
				db := servertest.Open(t, address)
				alike := fmt.Sprintf("retort_scratch_69268f1c_%08x_%s", os.Getpid(), kind)
				if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+alike); err != nil {
					t.Fatal(err)
				}
				defer func() { _, _ = db.ExecContext(context.WithoutCancel(t.Context()), "DROP DATABASE "+alike) }()

				child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestScratchChild$")
				child.Env = append(os.Environ(), scratchChild+"="+kind+" "+address)
				out, err := child.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := child.Start(); err != nil {
					t.Fatal(err)
				}
				lines := bufio.NewScanner(out)
				lines.Scan()
				name, found := strings.CutPrefix(lines.Text(), "scratch ")
				if !found {
					t.Fatalf("the process says %q", lines.Text())
				}
				inside := engine == servertest.EnginePostgres && kind == "space" // a transaction, which nobody else sees
				next := func() {
					if err := withScratchKind(t.Context(), kind, address, func(introspect.Querier, string) error { return nil }); err != nil {
						t.Fatal(err)
					}
				}
				next()
				if !inside && !scratchExists(t, db, engine, name) {
					t.Fatal("the scratch space of a process that lives is gone")
				}
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = child.Wait()
				for scratchExists(t, db, engine, name) { // until the server has noticed
					next()
				}
				if !scratchExists(t, db, engine, alike) {
					t.Error("a database that was called like scratch space is gone")
				}
			})
		}
	}
}

// TestScratchCut loses the connection at every message. That is an error, and none that says that the server has refused;
// what is left behind goes with the next.
func TestScratchCut(t *testing.T) {
	for _, engine := range serverEngines() {
		for _, kind := range scratchKinds {
			t.Run(engine+" "+kind, func(t *testing.T) {
				t.Parallel()
				address := servertest.URL(t, engine)
				db := servertest.Open(t, address)
				work := func(q introspect.Querier, _ string) error {
					_, err := q.ExecContext(t.Context(), "CREATE TABLE thing (id int)")
					return err
				}
				whole := servertest.NewCutter(t, address, servertest.Cut{})
				if err := withScratchKind(t.Context(), kind, whole.URL, work); err != nil {
					t.Fatal(err)
				}
				messages := whole.Messages()
				if messages < 6 {
					t.Fatalf("%d messages", messages)
				}
				var left []string
				for at := 1; at <= messages; at++ {
					cuts := []servertest.Cut{{At: at}, {At: at, Answered: true, Gone: true}, {At: at, Answered: true}}
					if kind == "database" {
						cuts = cuts[:2] // databases take PostgreSQL a while
					}
					for _, cut := range cuts {
						cutter := servertest.NewCutter(t, address, cut)
						err := withScratchKind(t.Context(), kind, cutter.URL, work)
						if refused := (*introspect.NoScratchError)(nil); errors.As(err, &refused) {
							t.Errorf("cut at message %d of %d (%+v) passes for a refusal: %v", at, messages, cut, err)
						}
						left = append(left, cutter.Created()...)
					}
				}
				for _, name := range left {
					for scratchExists(t, db, engine, name) {
						if err := withScratchKind(t.Context(), kind, address, work); err != nil {
							t.Fatal(err)
						}
					}
				}
				if engine == servertest.EnginePostgres && kind == "space" {
					var count int
					if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'retort%'").Scan(&count); err != nil || count > 0 {
						t.Errorf("%d scratch schemas are left (%v)", count, err)
					}
				}
			})
		}
	}
}

// TestScratchScripts tries scripts that would lead out of scratch space.
func TestScratchScripts(t *testing.T) {
	for _, c := range []struct {
		engine, script string
		tables         int
		refused        string // what the error says
	}{
		{"postgres", "BEGIN; CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int);", 2, ""},
		{"postgres", "start transaction isolation level serializable;\nCREATE TABLE a (id int);\nEND", 1, ""},
		{"postgres", "CREATE TABLE a (id int); SAVEPOINT x; CREATE TABLE b (id int); ROLLBACK TO x; ROLLBACK TRANSACTION TO SAVEPOINT x", 1, ""},
		{"postgres", "CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN n > 1 THEN 1 END; SELECT n; END;\nCREATE TABLE a (id int)", 1, ""},
		{"postgres", "-- COMMIT;\nDO $$ BEGIN EXECUTE 'CREATE TABLE a (id int)'; END $$; CREATE TABLE \"COMMIT\" (id int)", 2, ""},
		{"postgres", " -- nothing", 0, ""},
		{"postgres", "CREATE TABLE a (id int);\n\nROLLBACK;", 0, "line 3: ROLLBACK:"},
		{"postgres", "CREATE TABLE a (id int); rollback work", 0, "line 1: rollback work:"},
		{"postgres", "CREATE TABLE a (id int); PREPARE TRANSACTION 'x'", 0, "PREPARE TRANSACTION 'x':"},
		{"postgres", "\\restrict xy\nCREATE TABLE a (id text DEFAULT '\n\\q');\n \\unrestrict xy\nCREATE TABLE b (id int);", 2, ""},
		{"postgres", "CREATE TABLE a (id int);\n\\q", 0, "line 2: \\q: it is a command of psql"},
		{"postgres", "CREATE TABLE a (id int);\nCOPY a FROM STDIN;\n1\n\\.", 0, "line 2: COPY a FROM: rows"},
		{"mysql", "CREATE TABLE a (id int); CREATE TABLE b (id int);", 2, ""},
		{"mysql", "CREATE TABLE a (id int);\nUSE HOME;\nCREATE TABLE b (id int);", 0, "line 2: USE HOME:"},
		{"mysql", "/*!50001 USE HOME */;", 0, "USE HOME"},
		{"mysql", "DROP TABLE IF EXISTS `HOME`.live", 0, "DROP TABLE IF: it names database HOME"},
		{"mysql", "DROP DATABASE HOME", 0, "DROP DATABASE HOME:"},
		{"mysql", "CREATE TABLE a (id int); CREATE VIEW v AS SELECT a.id FROM a; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.id = 1", 1, ""},
		{"sqlite", "BEGIN; CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int);", 2, ""},
	} {
		t.Run(c.engine+" "+c.script, func(t *testing.T) {
			database, err := introspect.Open(t.Context(), servertest.URL(t, c.engine))
			if err != nil {
				t.Fatal(err)
			}
			defer database.Close()
			if c.engine == "mysql" {
				c.script = strings.ReplaceAll(c.script, "HOME", currentDatabase(t, database))
				c.refused = strings.ReplaceAll(c.refused, "HOME", currentDatabase(t, database))
			}
			if strings.Contains(c.script, "ATOMIC") && servertest.PostgresVersion(t, database.DB) < 140000 {
				return // new in 14
			}
			if _, err := database.ExecContext(t.Context(), "CREATE TABLE live (id int)"); err != nil {
				t.Fatal(err)
			}
			err = introspect.WithScratch(t.Context(), database.DB, database.Dialect, introspect.ScratchOptions{}, func(s *introspect.Scratch) error {
				if err := s.ExecScript(t.Context(), c.script); err != nil {
					return err
				}
				read, err := s.Read(t.Context())
				if err == nil && read.Tables.Len() != c.tables {
					t.Errorf("%d tables, want %d", read.Tables.Len(), c.tables)
				}
				return err
			})
			if script := (*introspect.ScriptError)(nil); c.refused == "" && err != nil ||
				c.refused != "" && (!errors.As(err, &script) || !strings.Contains(err.Error(), c.refused)) {
				t.Errorf("error %v, want %q", err, c.refused)
			}
			after, err := introspect.Read(t.Context(), database, database.Dialect, introspect.Options{})
			if err != nil || after.Tables.Len() != 1 || after.Table(schema.Name{Name: "live"}) == nil || len(after.Unmodelled) > 0 {
				t.Errorf("the database has %d tables afterwards, and %v (%v)", after.Tables.Len(), after.Unmodelled, err)
			}
		})
	}
}
