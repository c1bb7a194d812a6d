// Package servertest gives tests a database of their own on a real server.
//
// "make test" starts the servers and names them in the environment (see the testservers command); RETORT_TEST_POSTGRES_URL
// and RETORT_TEST_MYSQL_URL name others. A test that needs a server which nobody named fails: a test that does not run
// proves nothing. Only where RETORT_TEST_ENGINES leaves the engine out, as "make test-sqlite" does, the test is skipped.
package servertest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/retort-db/retort/internal/servertest/testenv"
)

// The names of the engines, as [Engines] lists them.
const (
	EnginePostgres = testenv.Postgres
	EngineMySQL    = testenv.MySQL
	EngineSQLite   = testenv.SQLite
)

// Engines returns the engines that the tests are to run on: "postgres", "mysql" and "sqlite", or those of them that
// RETORT_TEST_ENGINES lists. It panics when that names an unknown one.
func Engines() []string {
	engines, err := testenv.Engines()
	if err != nil {
		panic(err)
	}
	return engines
}

// URL returns the URL of a fresh, empty database on the named engine, private to the test. It is [Postgres], [MySQL]
// or [SQLite], for a test that ranges over [Engines].
func URL(tb testing.TB, engine string) string {
	tb.Helper()
	switch engine {
	case EnginePostgres:
		return Postgres(tb)
	case EngineMySQL:
		return MySQL(tb)
	case EngineSQLite:
		return SQLite(tb)
	}
	tb.Fatalf("no engine %q: use postgres, mysql or sqlite", engine)
	return ""
}

// Postgres returns the URL of a fresh, empty database on a PostgreSQL server, private to the test and dropped at its
// end. Its user is a superuser on the servers that "make test" starts.
func Postgres(tb testing.TB) string {
	tb.Helper()
	server := serverURL(tb, EnginePostgres)
	name := databaseName(tb.Name())
	// template0 takes no connections, so that nobody's connection to it is in the way.
	onServer(tb, server, "create a test database", func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0")
		return err
	})
	tb.Cleanup(func() {
		onServer(tb, server, "drop a test database", func(ctx context.Context, db *sql.DB) error {
			return dropPostgres(ctx, db, name)
		})
	})
	return withDatabase(tb, server, name)
}

// MySQL returns the URL of a fresh, empty database on a MariaDB or MySQL server, private to the test and dropped at
// its end. Its user may do everything on the servers that "make test" starts. See [MySQLFlavor] for which it is.
func MySQL(tb testing.TB) string {
	tb.Helper()
	server := serverURL(tb, EngineMySQL)
	name := databaseName(tb.Name())
	onServer(tb, server, "create a test database", func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "CREATE DATABASE "+name)
		return err
	})
	tb.Cleanup(func() {
		onServer(tb, server, "drop a test database", func(ctx context.Context, db *sql.DB) error {
			return dropMySQL(ctx, db, name)
		})
	})
	return withDatabase(tb, server, name)
}

// SQLite returns the URL of a database file that does not exist yet, such as sqlite:/tmp/x/test.db, in a folder that is
// removed at the test's end.
func SQLite(tb testing.TB) string {
	tb.Helper()
	require(tb, EngineSQLite)
	return sqliteScheme + filepath.Join(tb.TempDir(), "test.db")
}

const sqliteScheme = "sqlite:"

// Open opens a URL of this package, with the driver that fits it, and closes it at the test's end. Several statements
// in one query are refused on MySQL, and times are parsed; the URL may say otherwise (?multiStatements=true).
func Open(tb testing.TB, url string) *sql.DB {
	tb.Helper()
	db, err := open(url)
	if err != nil {
		tb.Fatalf("open %s: %v", testenv.Redacted(url), err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close the database: %v", err)
		}
	})
	return db
}

// OpenPostgres opens a database of [Postgres].
func OpenPostgres(tb testing.TB) *sql.DB {
	tb.Helper()
	return Open(tb, Postgres(tb))
}

// OpenMySQL opens a database of [MySQL].
func OpenMySQL(tb testing.TB) *sql.DB {
	tb.Helper()
	return Open(tb, MySQL(tb))
}

// OpenSQLite opens a database of [SQLite]. Its connections wait for each other, and do not wait for the disk.
func OpenSQLite(tb testing.TB) *sql.DB {
	tb.Helper()
	return Open(tb, SQLite(tb))
}

// MySQLDSN turns a URL of [MySQL] into the form that go-sql-driver takes.
func MySQLDSN(tb testing.TB, url string) string {
	tb.Helper()
	config, err := testenv.MySQLConfig(url)
	if err != nil {
		tb.Fatalf("%s: %v", testenv.Redacted(url), err)
	}
	return config.FormatDSN()
}

// PostgresVersion returns the version of the server as its server_version_num: 150018 is 15.18.
func PostgresVersion(tb testing.TB, db *sql.DB) int {
	tb.Helper()
	var text string
	if err := db.QueryRowContext(tb.Context(), "SHOW server_version_num").Scan(&text); err != nil {
		tb.Fatalf("version of PostgreSQL: %v", err)
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatalf("version of PostgreSQL: %v", err)
	}
	return number
}

// MySQLFlavor returns which product a server is, "mysql" or "mariadb", and its version, such as "10.11.14".
func MySQLFlavor(tb testing.TB, db *sql.DB) (flavor, version string) {
	tb.Helper()
	if err := db.QueryRowContext(tb.Context(), "SELECT VERSION()").Scan(&version); err != nil {
		tb.Fatalf("version of MySQL: %v", err)
	}
	number, rest, _ := strings.Cut(version, "-")
	if strings.Contains(rest, "MariaDB") {
		return "mariadb", number
	}
	return "mysql", number
}

// require skips the test where its engine was left out on purpose.
func require(tb testing.TB, engine string) {
	tb.Helper()
	if !slices.Contains(Engines(), engine) {
		tb.Skipf("%s leaves out %s", testenv.EnginesVar, engine)
	}
}

func serverURL(tb testing.TB, engine string) string {
	tb.Helper()
	require(tb, engine)
	variable := testenv.URLVar(engine)
	url := os.Getenv(variable)
	if url == "" {
		tb.Fatalf("this test needs a database server and %s is not set: run \"make test\", which starts one, "+
			"or \"make servers\" in another terminal and export what it prints, or \"make test-sqlite\" for the tests that need none", variable)
	}
	return url
}

// serverTimeout bounds what is done on the server around a test.
const serverTimeout = time.Minute

// onServer does something outside the test's database. It connects anew each time, so that nothing of it is left
// while the test runs; and not with the test's context, which has ended when cleanups run.
func onServer(tb testing.TB, url, what string, do func(context.Context, *sql.DB) error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), serverTimeout)
	defer cancel()
	db, err := testenv.Open(url)
	if err == nil {
		err = errors.Join(do(ctx, db), db.Close())
	}
	if err != nil {
		tb.Fatalf("%s on %s: %v", what, testenv.Redacted(url), err)
	}
}

func dropPostgres(ctx context.Context, db *sql.DB, name string) error {
	_, err := db.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "42601" {
		return err
	}
	// A syntax error: PostgreSQL 12 knows no FORCE.
	_, err = db.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name)
	return err
}

// dropMySQL drops a database. A connection that the test left in a transaction would keep it waiting, for a year by
// default, so those are ended first.
func dropMySQL(ctx context.Context, db *sql.DB, name string) error {
	connections, err := mysqlConnections(ctx, db, name)
	if err != nil {
		return err
	}
	for _, id := range connections {
		// One that has ended meanwhile is as good.
		_, _ = db.ExecContext(ctx, fmt.Sprintf("KILL %d", id))
	}
	_, err = db.ExecContext(ctx, "DROP DATABASE IF EXISTS "+name)
	return err
}

func mysqlConnections(ctx context.Context, db *sql.DB, name string) (ids []int64, err error) {
	rows, err := db.QueryContext(ctx, "SELECT id FROM information_schema.processlist WHERE db = ?", name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func withDatabase(tb testing.TB, server, name string) string {
	tb.Helper()
	url, err := testenv.WithDatabase(server, name)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	return url
}

func open(url string) (*sql.DB, error) {
	path, ok := strings.CutPrefix(url, sqliteScheme)
	if !ok {
		return testenv.Open(url)
	}
	return sql.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=synchronous(0)")
}

var (
	// process tells the names of this process from those of every other that may use the same server.
	process = strconv.FormatInt(int64(os.Getpid()), 36) + strconv.FormatInt(time.Now().UnixMilli()%36_000_000, 36)
	counter atomic.Int64
)

// maxName is the longest name that all servers take: PostgreSQL's limit; MySQL's is 64.
const maxName = 63

// databaseName returns a name that nobody else uses and that needs no quotes. It begins with the test's name, for
// whoever looks at the server.
func databaseName(test string) string {
	suffix := fmt.Sprintf("_%s_%d", process, counter.Add(1))
	name := "rt_" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(test))
	return name[:min(len(name), maxName-len(suffix))] + suffix
}
