package servertest_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/internal/servertest/testenv"
)

// tables counts the tables of the current database, in the words of each engine.
var tables = map[string]string{
	servertest.EnginePostgres: "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
	servertest.EngineMySQL:    "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()",
	servertest.EngineSQLite:   "SELECT count(*) FROM sqlite_schema",
}

func TestDatabasesAreEmptyAndPrivate(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				db := servertest.Open(t, servertest.URL(t, engine))
				if count := queryInt(t, db, tables[engine]); count != 0 {
					t.Fatalf("a fresh database has %d tables", count)
				}
				exec(t, db, "CREATE TABLE things (id integer)")
				if count := queryInt(t, db, tables[engine]); count != 1 {
					t.Fatalf("after CREATE TABLE there are %d tables", count)
				}
			}
		})
	}
}

// TestDatabasesAreDropped leaves a transaction open that holds a lock on a table, which must not keep the database.
func TestDatabasesAreDropped(t *testing.T) {
	databases := map[string]string{
		servertest.EnginePostgres: "SELECT count(*) FROM pg_database WHERE datname = '%s'",
		servertest.EngineMySQL:    "SELECT count(*) FROM information_schema.schemata WHERE schema_name = '%s'",
	}
	for _, engine := range servertest.Engines() {
		query, ok := databases[engine]
		if !ok {
			continue
		}
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var name string
			t.Run("user", func(t *testing.T) {
				url := servertest.URL(t, engine)
				name = url[strings.LastIndex(url, "/")+1:]
				name, _, _ = strings.Cut(name, "?")
				leaked, err := testenv.Open(url)
				if err != nil {
					t.Fatal(err)
				}
				exec(t, leaked, "CREATE TABLE things (id integer)")
				tx, err := leaked.BeginTx(context.Background(), nil) // t.Context would roll it back
				if err != nil {
					t.Fatal(err)
				}
				if _, err := tx.ExecContext(t.Context(), "INSERT INTO things VALUES (1)"); err != nil {
					t.Fatal(err)
				}
			})
			db := servertest.Open(t, servertest.URL(t, engine))
			if count := queryInt(t, db, fmt.Sprintf(query, name)); count != 0 {
				t.Fatalf("database %s is still there", name)
			}
		})
	}
}

func TestNamesFitTheServers(t *testing.T) {
	long := strings.Repeat("a very long name of a test Ünïcode ", 4)
	for _, engine := range servertest.Engines() {
		t.Run(engine+" "+long, func(t *testing.T) {
			url := servertest.URL(t, engine)
			exec(t, servertest.Open(t, url), "CREATE TABLE things (id integer)")
			if name := regexp.MustCompile(`/(rt_\w+)`).FindStringSubmatch(url); engine != servertest.EngineSQLite && (name == nil || len(name[1]) > 63) {
				t.Errorf("the name in %s is too long", testenv.Redacted(url))
			}
		})
	}
}

func TestMySQLUserMayDoWhatTestsNeed(t *testing.T) {
	db := servertest.OpenMySQL(t)
	exec(t, db, "CREATE TABLE things (id integer, at datetime)")
	exec(t, db, "CREATE FUNCTION twice(n integer) RETURNS integer RETURN n * 2")
	exec(t, db, "CREATE TRIGGER things_twice BEFORE INSERT ON things FOR EACH ROW SET NEW.id = twice(NEW.id)")
	exec(t, db, "INSERT INTO things VALUES (21, '2026-11-22 10:00:00')")
	if got := queryInt(t, db, "SELECT id FROM things"); got != 42 {
		t.Errorf("the trigger made %d of 21", got)
	}
	var at time.Time
	if err := db.QueryRowContext(t.Context(), "SELECT at FROM things").Scan(&at); err != nil || at.Format(time.RFC3339) != "2026-11-22T10:00:00Z" {
		t.Errorf("a time is read as %v, %v", at, err)
	}
	if _, err := db.ExecContext(t.Context(), "SELECT 1; SELECT 2"); err == nil {
		t.Error("two statements in one query were not refused")
	}
	if flavor, version := servertest.MySQLFlavor(t, db); flavor != "mysql" && flavor != "mariadb" || !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
		t.Errorf("flavor %q, version %q", flavor, version)
	}
}

func TestMySQLDSN(t *testing.T) {
	got := servertest.MySQLDSN(t, "mysql://ann:secret@127.0.0.1:3307/shop")
	if !strings.HasPrefix(got, "ann:secret@tcp(127.0.0.1:3307)/shop?") || !strings.Contains(got, "parseTime=true") {
		t.Errorf("DSN %q", got)
	}
}

func TestPostgresVersion(t *testing.T) {
	if got := servertest.PostgresVersion(t, servertest.OpenPostgres(t)); got < 120000 {
		t.Errorf("version %d", got)
	}
}

// recorder is a test that remembers how it ended.
type recorder struct {
	testing.TB
	failed, skipped string
}

func (*recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func record(t *testing.T, do func(testing.TB)) *recorder {
	recorder := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(recorder)
	}()
	<-done
	return recorder
}

func TestMissingServerFailsTheTest(t *testing.T) {
	t.Setenv(testenv.EnginesVar, "")
	for engine, open := range map[string]func(testing.TB) string{
		servertest.EnginePostgres: servertest.Postgres,
		servertest.EngineMySQL:    servertest.MySQL,
	} {
		t.Setenv(testenv.URLVar(engine), "")
		got := record(t, func(tb testing.TB) { open(tb) })
		if got.skipped != "" || !strings.Contains(got.failed, testenv.URLVar(engine)+" is not set: run \"make test\"") {
			t.Errorf("%s: failed with %q, skipped with %q", engine, got.failed, got.skipped)
		}
	}
}

func TestEngineLeftOutSkipsTheTest(t *testing.T) {
	t.Setenv(testenv.EnginesVar, "sqlite")
	if got := servertest.Engines(); !slices.Equal(got, []string{"sqlite"}) {
		t.Errorf("engines %v", got)
	}
	got := record(t, func(tb testing.TB) { servertest.Postgres(tb) })
	if got.failed != "" || got.skipped != "RETORT_TEST_ENGINES leaves out postgres" {
		t.Errorf("failed with %q, skipped with %q", got.failed, got.skipped)
	}
}

func exec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func queryInt(t *testing.T, db *sql.DB, query string) int {
	t.Helper()
	var number int
	if err := db.QueryRowContext(t.Context(), query).Scan(&number); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return number
}
