package introspect_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// TestPostgresEqualOnServer tries the pairs that package ddl compares without a server: a pair that it calls equal must be
// read back alike. Where the server says equal and ddl does not, nothing is wrong: it is only undecided.
func TestPostgresEqualOnServer(t *testing.T) {
	data, err := os.ReadFile("../ddl/testdata/postgres_equal.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Kind, Type, A, B string
		Equal            bool
		Rewritten        bool // the server writes what it reads of itself in another way, once
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	db := servertest.OpenPostgres(t)
	if servertest.PostgresVersion(t, db) < 130000 {
		execPostgres(t, db, "CREATE EXTENSION pgcrypto") // gen_random_uuid is built in later
	}
	for n, c := range cases {
		if !c.Equal {
			continue
		}
		table := fmt.Sprintf("t%d", n)
		columns := "a boolean, b boolean, i integer, n numeric, d double precision, big bigint, t text, v varchar(20), j jsonb, ts timestamptz"
		switch c.Kind {
		case "type":
			columns = "x " + c.A + ", y " + c.B
		case "default":
			columns = "x " + c.Type + defaultClause(c.A) + ", y " + c.Type + defaultClause(c.B)
		case "check":
			columns += ", CONSTRAINT x CHECK (" + c.A + "), CONSTRAINT y CHECK (" + c.B + ")"
		}
		execPostgres(t, db, "CREATE TABLE "+table+" ("+columns+")")
		read := readPostgres(t, db, introspect.Options{Tables: []schema.Name{{Name: table}}}).Table(schema.Name{Name: table})
		x, y := read.Column("x"), read.Column("y")
		switch c.Kind {
		case "type":
			if x.Type != y.Type {
				t.Errorf("%s and %s are called equal, but read back as %s and %s", c.A, c.B, x.Type, y.Type)
			}
		case "default":
			if x.Default != y.Default && !sameValue(t, db, c.Type, c.A, c.B) {
				t.Errorf("%s: %s and %s are called equal, but read back as %s and %s", c.Type, c.A, c.B, x.Default, y.Default)
			}
			server := schema.Server{Dialect: schema.Postgres}
			if ddl.EqualDefaults(server, c.Type, c.A, x.Default) != ddl.Equal {
				t.Logf("undecided: default %s, read back as %s", c.A, x.Default)
			}
		case "check":
			if a, b := read.Check("x").Expr, read.Check("y").Expr; a != b && !c.Rewritten {
				t.Errorf("%s and %s are called equal, but read back as %s and %s", c.A, c.B, a, b)
			}
		}
	}
}

func defaultClause(text string) string {
	if text == "" {
		return ""
	}
	return " DEFAULT " + text
}

// sameValue asks the server whether two defaults give a column the same value, digit by digit.
func sameValue(t *testing.T, db querier, kind, a, b string) bool {
	t.Helper()
	if a == "" {
		a = "NULL"
	}
	if b == "" {
		b = "NULL"
	}
	var same bool
	query := fmt.Sprintf("SELECT (%s)::%s::text IS NOT DISTINCT FROM (%s)::%s::text", a, kind, b, kind)
	if err := db.QueryRowContext(t.Context(), query).Scan(&same); err != nil {
		t.Fatal(err)
	}
	return same
}

type querier = introspect.Querier
