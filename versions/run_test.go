package versions_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// onEngines runs a test on every engine, each with a database of its own.
func onEngines(t *testing.T, test func(t *testing.T, db *bun.DB)) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) { test(t, openBun(t, engine, servertest.URL(t, engine))) })
	}
}

func openBun(t testing.TB, engine, url string) *bun.DB {
	t.Helper()
	return bunOf(servertest.Open(t, url), engine)
}

func bunOf(sqldb *sql.DB, engine string) *bun.DB {
	switch engine {
	case servertest.EnginePostgres:
		return bun.NewDB(sqldb, pgdialect.New())
	case servertest.EngineMySQL:
		return bun.NewDB(sqldb, mysqldialect.New())
	}
	return bun.NewDB(sqldb, sqlitedialect.New())
}

func engineOf(db *bun.DB) schema.Dialect {
	dialect, err := schema.ParseDialect(strings.ToLower(db.Dialect().Name().String()))
	if err != nil {
		panic(err)
	}
	return dialect
}

// table is a revision that creates a table.
func table(id string, parents ...string) versions.Revision {
	return versions.Revision{
		ID: id, Revises: versions.After(parents...), Message: "create " + id,
		Upgrade: func(m *op.Migration) {
			m.CreateTable("t_"+id, op.Column("id", "bigint").NotNull(), op.Column("note", "varchar(50)"), op.PrimaryKey("id"))
		},
		Downgrade: func(m *op.Migration) { m.DropTable("t_" + id) },
	}
}

func setOf(revisions ...versions.Revision) *versions.Set {
	set := &versions.Set{}
	for _, revision := range revisions {
		set.Add(revision)
	}
	return set
}

func upgrade(t testing.TB, db *bun.DB, set *versions.Set, target string, options versions.Options) {
	t.Helper()
	if err := versions.Upgrade(t.Context(), db, set, target, options); err != nil {
		t.Fatalf("upgrade %s: %v", target, err)
	}
}

func downgrade(t testing.TB, db *bun.DB, set *versions.Set, target string, options versions.Options) {
	t.Helper()
	if err := versions.Downgrade(t.Context(), db, set, target, options); err != nil {
		t.Fatalf("downgrade %s: %v", target, err)
	}
}

func wantRows(t testing.TB, db *bun.DB, want ...string) {
	t.Helper()
	rows, err := versions.Current(t.Context(), db, versions.Options{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if !slices.Equal(rows, want) {
		t.Fatalf("version table has %v, want %v", rows, want)
	}
}

// wantTables checks which tables there are besides Retort's own.
func wantTables(t testing.TB, db *bun.DB, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := userTables(t, db); !slices.Equal(got, want) {
		t.Fatalf("tables are %v, want %v", got, want)
	}
}

func userTables(t testing.TB, db *bun.DB) []string {
	t.Helper()
	query := map[schema.Dialect]string{
		schema.Postgres: "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
		schema.MySQL:    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
		schema.SQLite:   "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
	}[engineOf(db)]
	names := column(t, db, query)
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "retort_") })
}

func column(t testing.TB, db *bun.DB, query string) []string {
	t.Helper()
	rows, err := db.DB.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		out = append(out, text.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// outcomes returns the history as "upgrade a done 1/1".
func outcomes(t testing.TB, db *bun.DB) []string {
	t.Helper()
	entries, err := versions.History(t.Context(), db, versions.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%s %s %s %d/%d", e.Direction, e.Revision, e.Outcome, e.Step, e.Statements))
	}
	return out
}

func wantOutcomes(t testing.TB, db *bun.DB, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, outcomes(t, db)); diff != "" {
		t.Fatalf("history (-want +got):\n%s", diff)
	}
}

func TestUpgradeAndDowngrade(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), table("b", "a"), table("c", "b"))
		rows, err := versions.Current(t.Context(), db, versions.Options{})
		if err != nil || len(rows) != 0 {
			t.Fatalf("current: %v, %v", rows, err)
		}
		if got := column(t, db, "SELECT count(*) FROM "+map[schema.Dialect]string{
			schema.Postgres: "pg_tables WHERE tablename LIKE 'retort%'", schema.SQLite: "sqlite_master",
			schema.MySQL: "information_schema.tables WHERE table_schema = DATABASE()",
		}[engineOf(db)]); got[0] != "0" {
			t.Fatalf("reading has created tables: %v", got)
		}
		upgrade(t, db, set, "b", versions.Options{ToolVersion: "1.2.3"})
		wantRows(t, db, "b")
		wantTables(t, db, "t_a", "t_b")
		upgrade(t, db, set, "+1", versions.Options{})
		wantRows(t, db, "c")
		upgrade(t, db, set, "head", versions.Options{})
		upgrade(t, db, set, "a", versions.Options{})
		wantRows(t, db, "c")
		downgrade(t, db, set, "-2", versions.Options{})
		wantRows(t, db, "a")
		wantTables(t, db, "t_a")
		downgrade(t, db, set, "base", versions.Options{})
		wantRows(t, db)
		wantTables(t, db)
		upgrade(t, db, set, "heads", versions.Options{})
		wantTables(t, db, "t_a", "t_b", "t_c")
		wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b done 1/1", "upgrade c done 1/1", "downgrade c done 1/1",
			"downgrade b done 1/1", "downgrade a done 1/1", "upgrade a done 1/1", "upgrade b done 1/1", "upgrade c done 1/1")
		entries, err := versions.History(t.Context(), db, versions.Options{})
		if err != nil {
			t.Fatal(err)
		}
		first := entries[0]
		if len(first.Checksum) != 64 || first.ToolVersion != "1.2.3" || time.Since(first.Started).Abs() > 5*time.Minute ||
			first.Finished.Before(first.Started) || first.Error != "" {
			t.Errorf("entry %+v", first)
		}
	})
}

func TestMergeRows(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		merge := versions.Revision{ID: "m", Revises: versions.After("b1", "b2", "b3")}
		dependent := table("d", "x")
		dependent.DependsOn = []string{"m"}
		set := setOf(table("a"), table("b1", "a"), table("b2", "a"), table("b3", "a"), merge, table("x"), dependent)
		upgrade(t, db, set, "b1,b2,b3", versions.Options{})
		wantRows(t, db, "b1", "b2", "b3")
		upgrade(t, db, set, "m", versions.Options{})
		wantRows(t, db, "m")
		upgrade(t, db, set, "heads", versions.Options{})
		wantRows(t, db, "d")
		downgrade(t, db, set, "d@base", versions.Options{})
		wantRows(t, db, "m")
		downgrade(t, db, set, "-1", versions.Options{})
		wantRows(t, db, "b1", "b2", "b3")
		downgrade(t, db, set, "a", versions.Options{})
		wantRows(t, db, "a")
		wantTables(t, db, "t_a")
	})
}

// failing is a revision whose second statement fails after two that succeed.
func failing(id string, parents ...string) versions.Revision {
	r := table(id, parents...)
	create := r.Upgrade
	r.Upgrade = func(m *op.Migration) {
		create(m)
		m.Insert("t_"+id, op.Row{"id": 1, "note": "kept?"})
		m.Exec("INSERT INTO no_such_table VALUES (1)")
	}
	return r
}

func TestFailingRevision(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), failing("b", "a"), table("c", "b"))
		err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{})
		var e *versions.StepError
		if !errors.As(err, &e) || e.Revision != "b" || e.Step != 3 || e.Steps != 3 || !strings.Contains(err.Error(), "no_such_table") {
			t.Fatalf("got %v", err)
		}
		wantRows(t, db, "a")
		if engineOf(db) == schema.MySQL {
			wantTables(t, db, "t_a", "t_b")
			wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b failed 1/3")
			if e.Kept != 1 || !strings.Contains(err.Error(), "run again") {
				t.Errorf("kept %d: %v", e.Kept, err)
			}
		} else {
			wantTables(t, db, "t_a")
			wantOutcomes(t, db, "upgrade a done 1/1", "upgrade b failed 0/3")
			if e.Kept != 0 || !strings.Contains(err.Error(), "nothing of the revision was kept") {
				t.Errorf("kept %d: %v", e.Kept, err)
			}
		}
		// The author corrects the statement that failed.
		mended := failing("b", "a")
		mended.Upgrade = func(m *op.Migration) {
			table("b").Upgrade(m)
			m.Insert("t_b", op.Row{"id": 1, "note": "kept?"})
			m.Exec("INSERT INTO t_b VALUES (2, 'mended')")
		}
		upgrade(t, db, setOf(table("a"), mended, table("c", "b")), "head", versions.Options{})
		wantRows(t, db, "c")
		wantTables(t, db, "t_a", "t_b", "t_c")
		if got := column(t, db, "SELECT note FROM t_b"); !slices.Equal(got, []string{"kept?", "mended"}) {
			t.Errorf("rows %v", got)
		}
	})
}

func TestTransactionAll(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		if engineOf(db) == schema.MySQL {
			return // DDL commits there, whatever the mode
		}
		options := versions.Options{Transaction: versions.TransactionAll}
		var done []string
		options.Events = func(e versions.Event) {
			if e.Kind == versions.EventDone {
				done = append(done, e.Revision)
			}
		}
		err := versions.Upgrade(t.Context(), db, setOf(table("a"), table("b", "a"), failing("c", "b")), "head", options)
		if err == nil {
			t.Fatal("no error")
		}
		wantRows(t, db)
		wantTables(t, db)
		if len(done) != 0 {
			t.Errorf("told that %v are done", done)
		}
		upgrade(t, db, setOf(table("a"), table("b", "a")), "head", options)
		wantRows(t, db, "b")
		wantTables(t, db, "t_a", "t_b")
		if !slices.Equal(done, []string{"a", "b"}) {
			t.Errorf("told that %v are done", done)
		}
	})
}

func TestSecondRunWritesNothing(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"))
		upgrade(t, db, set, "head", versions.Options{})
		before := outcomes(t, db)
		var events []versions.Event
		upgrade(t, db, set, "head", versions.Options{Events: func(e versions.Event) { events = append(events, e) }})
		if len(events) != 0 || !slices.Equal(before, outcomes(t, db)) {
			t.Errorf("events %+v, history %v", events, outcomes(t, db))
		}
	})
}

func TestStamp(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), table("b", "a"), table("c", "b"), table("x"))
		stamp := func(purge bool, targets ...string) error {
			return versions.Stamp(t.Context(), db, set, targets, versions.StampOptions{Purge: purge}, versions.Options{})
		}
		if err := stamp(false, "c"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "c")
		wantTables(t, db)
		if err := stamp(false, "x"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "c", "x")
		if err := stamp(false, "b"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "b", "x")
		var overlap *versions.OverlapError
		if err := stamp(false, "a", "c"); !errors.As(err, &overlap) {
			t.Fatalf("got %v", err)
		}
		if _, err := db.DB.ExecContext(t.Context(), "UPDATE retort_version SET version_num = 'zzzz' WHERE version_num = 'b'"); err != nil {
			t.Fatal(err)
		}
		var unknown *versions.UnknownRevisionError
		for name, err := range map[string]error{
			"upgrade": versions.Upgrade(t.Context(), db, set, "head", versions.Options{}),
			"stamp":   stamp(false, "heads"),
		} {
			if !errors.As(err, &unknown) || unknown.Identifier != "zzzz" || !strings.Contains(err.Error(), "stamp --purge") || !strings.Contains(err.Error(), "retort_version") {
				t.Fatalf("%s: got %v", name, err)
			}
		}
		if err := stamp(true, "a"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "a")
		if err := stamp(false, "base"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db)
	})
}

func TestEnsure(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		for range 2 {
			if err := versions.Ensure(t.Context(), db, versions.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		wantRows(t, db)
		wantOutcomes(t, db)
	})
}

func TestTableNames(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		options := versions.Options{VersionTable: schema.Name{Name: "Odd name"}, HistoryTable: schema.Name{Name: `a "quoted" one`}}
		if engineOf(db) == schema.Postgres {
			if _, err := db.DB.ExecContext(t.Context(), `CREATE SCHEMA "Ops"`); err != nil {
				t.Fatal(err)
			}
			options.VersionTable.Schema = "Ops"
		}
		set := setOf(table("a"), table("b", "a"))
		upgrade(t, db, set, "head", options)
		rows, err := versions.Current(t.Context(), db, options)
		if err != nil || !slices.Equal(rows, []string{"b"}) {
			t.Fatalf("rows %v, %v", rows, err)
		}
		entries, err := versions.History(t.Context(), db, options)
		if err != nil || len(entries) != 2 {
			t.Fatalf("entries %v, %v", entries, err)
		}
		downgrade(t, db, set, "base", options)
		wantRows(t, db) // none in the usual table, which is not there
	})
}
