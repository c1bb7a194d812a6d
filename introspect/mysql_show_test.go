package introspect_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// createShown creates objects of every kind that SHOW CREATE is asked for, a few of each.
func createShown(tb testing.TB, db *sql.DB, count int) {
	tb.Helper()
	for n := range count {
		for _, text := range []string{
			"CREATE TABLE t%[1]d (id int NOT NULL PRIMARY KEY, s varchar(20) DEFAULT '?', w text, FULLTEXT KEY ft (w))",
			"CREATE TABLE p%[1]d (id int NOT NULL PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2",
			"CREATE VIEW v%[1]d AS SELECT s FROM t%[1]d WHERE s <> '🎉'",
			"CREATE TRIGGER tr%[1]d BEFORE INSERT ON t%[1]d FOR EACH ROW SET NEW.s = 'it''s'",
			"CREATE FUNCTION f%[1]d(x int) RETURNS varchar(9) DETERMINISTIC RETURN '🎉'",
			"CREATE PROCEDURE pr%[1]d() SET @x = 'it''s'",
		} {
			if _, err := db.ExecContext(tb.Context(), fmt.Sprintf(text, n)); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

// TestMySQLShowsTogether counts the queries of a reading that needs SHOW CREATE of everything.
func TestMySQLShowsTogether(t *testing.T) {
	create := func(tb testing.TB, db *sql.DB, count int) { createShown(tb, db, count/2) }
	few := queriesOfReading(t, servertest.EngineMySQL, schema.MySQL, create, 4)
	many := queriesOfReading(t, servertest.EngineMySQL, schema.MySQL, create, 40)
	if len(few) != len(many) {
		t.Errorf("%d queries for 4 tables, %d for 40:\n%.9000s", len(few), len(many), strings.Join(many, "\n"))
	}
}

// TestMySQLShowsSingly reads over connections that take one statement at a time: a pool, a connection and a transaction
// read what a connection reads that takes many.
func TestMySQLShowsSingly(t *testing.T) {
	url := servertest.MySQL(t)
	db := openMySQLAt(t, url)
	createShown(t, db.DB, 7)
	want := readMySQL(t, db)
	if want.Tables.Len() != 14 || want.Views.Len() != 7 || want.Functions.Len() != 14 || len(want.Problems) > 0 {
		t.Fatalf("%d tables, %d views, %d routines are read, problems %v", want.Tables.Len(), want.Views.Len(), want.Functions.Len(), want.Problems)
	}
	single := openMySQLAt(t, withParameter(url, "multiStatements=false"))
	conn, err := single.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tx, err := single.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	narrow := openMySQLAt(t, withParameter(url, "multiStatements=false"))
	narrow.SetMaxOpenConns(1)
	for name, q := range map[string]introspect.Querier{"pool": single.DB, "connection": conn, "transaction": tx, "pool of one": narrow.DB} {
		if diff := cmp.Diff(want, readMySQL(t, q), compareSchemas); diff != "" {
			t.Errorf("a %s reads otherwise (-many +one):\n%s", name, diff)
		}
	}
}

// mysqlDropper drops things before the first SHOW CREATE of the reading that names them.
type mysqlDropper struct {
	*sql.Conn
	other   *introspect.Database
	victims map[string]string // by name: the statement that drops it
}

func (d *mysqlDropper) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	for name, statement := range d.victims {
		if strings.Contains(query, "SHOW CREATE ") && strings.Contains(query, "`"+name+"`") {
			delete(d.victims, name)
			if _, err := d.other.ExecContext(ctx, statement); err != nil {
				return nil, err
			}
		}
	}
	return d.Conn.QueryContext(ctx, query, args...)
}

// TestMySQLShowOfWhatIsGone drops objects of each kind between the catalog's list and SHOW CREATE: the others are read as
// ever.
func TestMySQLShowOfWhatIsGone(t *testing.T) {
	for _, many := range []string{"true", "false"} {
		t.Run("multiStatements="+many, func(t *testing.T) {
			url := servertest.MySQL(t)
			db := openMySQLAt(t, withParameter(url, "multiStatements="+many))
			createShown(t, db.DB, 4)
			want := readMySQL(t, db)
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			dropper := &mysqlDropper{conn, db, map[string]string{
				"p1": "DROP TABLE p1", "f2": "DROP FUNCTION f2", "pr0": "DROP PROCEDURE pr0", "v3": "DROP VIEW v3", "tr1": "DROP TRIGGER tr1",
			}}
			got := readMySQL(t, dropper)
			if len(dropper.victims) > 0 {
				t.Fatalf("%v were not asked for", dropper.victims)
			}
			want.Tables.Remove(named("p1"))
			want.Functions.Remove(named("f2"))
			want.Functions.Remove(named("pr0"))
			want.Views.Remove(named("v3"))
			want.Triggers.Remove(named("tr1"))
			if diff := cmp.Diff(want, got, compareSchemas); diff != "" {
				t.Errorf("what stays is read otherwise (-want +got):\n%s", diff)
			}
		})
	}
}
