package introspect_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// kitchenSinks are the schemas of testdata/postgres, with the oldest server that takes them.
var kitchenSinks = []struct {
	file       string
	since      int
	namespaces []string
}{
	{file: "shop.sql", since: 12},
	{file: "ledger.sql", since: 12, namespaces: []string{"books", "Ext Space"}},
	{file: "forum.sql", since: 12, namespaces: []string{"audit"}},
	{file: "recent14.sql", since: 14},
	{file: "recent15.sql", since: 15},
	{file: "recent18.sql", since: 18},
}

// TestPostgresRoundTrip reads a database, creates what was read in an empty one, and reads that: both must be equal. Where
// pg_dump is of the server's version, its dumps of both must be equal too.
func TestPostgresRoundTrip(t *testing.T) {
	version := servertest.PostgresVersion(t, servertest.OpenPostgres(t)) / 10000
	for _, sink := range kitchenSinks {
		if version < sink.since {
			continue
		}
		t.Run(strings.TrimSuffix(sink.file, ".sql"), func(t *testing.T) {
			sourceURL := servertest.Postgres(t)
			source := servertest.Open(t, sourceURL)
			loadPostgres(t, source, sink.file)
			options := introspect.Options{Namespaces: sink.namespaces}
			want := readPostgres(t, source, options)
			for _, problem := range want.Problems {
				t.Errorf("problem with %s: %s", problem.Object, problem.Reason)
			}

			copyURL := servertest.Postgres(t)
			target := servertest.Open(t, copyURL)
			statements, err := ddl.Create(want.Server, want)
			if err != nil {
				t.Fatal(err)
			}
			runPostgres(t, target, statements)
			got := readPostgres(t, target, options)
			if diff := cmp.Diff(tree(t, want), tree(t, got)); diff != "" {
				t.Errorf("the copy differs (-source +copy):\n%s", diff)
			}
			comparePgDumps(t, source, sourceURL, copyURL)
		})
	}
}

// runPostgres runs statements in one transaction.
func runPostgres(tb testing.TB, db *sql.DB, statements []ddl.Statement) {
	tb.Helper()
	tx, err := db.BeginTx(tb.Context(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer tx.Rollback()
	for _, statement := range statements {
		if _, err := tx.ExecContext(tb.Context(), statement.SQL, statement.Args...); err != nil {
			tb.Fatalf("%v\n%s", err, statement.SQL)
		}
	}
	if err := tx.Commit(); err != nil {
		tb.Fatal(err)
	}
}

// tree returns a schema in a form whose differences read well.
func tree(tb testing.TB, s *schema.Schema) any {
	tb.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		tb.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		tb.Fatal(err)
	}
	return out
}

// comparePgDumps compares the schema dumps of two databases, statement by statement: their order follows the order of
// creation within one kind. It takes the pg_dump of the server's version, or that of RETORT_TEST_PG_DUMP, which must not be
// older than the server.
func comparePgDumps(t *testing.T, db *sql.DB, sourceURL, copyURL string) {
	t.Helper()
	tool := os.Getenv("RETORT_TEST_PG_DUMP")
	if tool == "" {
		tool = filepath.Join("/usr/lib/postgresql", strings.Split(serverVersion(t, db), ".")[0], "bin", "pg_dump")
	}
	if _, err := os.Stat(tool); err != nil {
		t.Logf("no pg_dump of this version; the dumps are not compared")
		return
	}
	source, target := pgDump(t, tool, sourceURL), pgDump(t, tool, copyURL)
	if diff := cmp.Diff(source, target); diff != "" {
		t.Errorf("pg_dump differs (-source +copy):\n%s", diff)
	}
}

func serverVersion(tb testing.TB, db *sql.DB) string {
	tb.Helper()
	var version string
	if err := db.QueryRowContext(tb.Context(), "SHOW server_version").Scan(&version); err != nil {
		tb.Fatal(err)
	}
	return version
}

var dumpHeader = regexp.MustCompile(`(?m)^-- Name: .*$`)

func pgDump(t *testing.T, tool, url string) map[string]int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool, "--schema-only", "--no-owner", url).Output()
	if err != nil {
		t.Fatal(err)
	}
	statements := map[string]int{}
	for _, part := range dumpHeader.Split(givenNames.ReplaceAllString(dumpKey.ReplaceAllString(string(out), ""), "NOT NULL"), -1)[1:] {
		part = storageParameters.ReplaceAllStringFunc(part, func(list string) string {
			parameters := strings.Split(strings.TrimSuffix(strings.TrimPrefix(list, "WITH ("), ")"), ", ")
			slices.Sort(parameters)
			return "WITH (" + strings.Join(parameters, ", ") + ")"
		})
		statements[strings.TrimSpace(part)]++
	}
	return statements
}

var (
	// dumpKey is a random word that protects a dump from being read as psql commands.
	dumpKey = regexp.MustCompile(`(?m)^\\(un)?restrict .*$`)
	// givenNames are those that the server gave to NOT NULL constraints of a table that had another name, or of its parent.
	givenNames = regexp.MustCompile(`CONSTRAINT ("([^"]|"")*_not_null\d*"|\w+_not_null\d*) NOT NULL`)
	// storageParameters stand in a dump in the order in which they were set, which means nothing.
	storageParameters = regexp.MustCompile(`WITH \([a-z_.]+='[^()]*'\)`)
)
