package introspect_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// loadPostgres runs a file of testdata/postgres.
func loadPostgres(tb testing.TB, db *sql.DB, file string) {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "postgres", file))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := db.ExecContext(tb.Context(), string(text)); err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
}

func execPostgres(tb testing.TB, db *sql.DB, statements ...string) {
	tb.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(tb.Context(), statement); err != nil {
			tb.Fatalf("%v\n%s", err, statement)
		}
	}
}

func readPostgres(tb testing.TB, q introspect.Querier, options introspect.Options) *schema.Schema {
	tb.Helper()
	s, err := introspect.Read(tb.Context(), q, schema.Postgres, options)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

var _ = context.Background

func TestDump(t *testing.T) {
	db := servertest.OpenPostgres(t)
	loadPostgres(t, db, os.Getenv("F"))
	s := readPostgres(t, db, introspect.Options{Namespaces: []string{"books"}})
	for _, p := range s.Problems {
		t.Log(p)
	}
	out, _ := json.MarshalIndent(s, "", " ")
	os.WriteFile("/tmp/dump.json", out, 0o644)
}
