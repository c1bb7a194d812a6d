package introspect_test

import (
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
)

// TestPostgresLibraryGone reads a database with an extension whose library is not on the server any more: a default and a
// check that only it can write are problems of their tables, and everything else is read.
func TestPostgresLibraryGone(t *testing.T) {
	address := servertest.Postgres(t)
	execPostgres(t, servertest.Open(t, address), `
		CREATE EXTENSION hstore;
		CREATE TABLE fine (a integer DEFAULT 1, h hstore);
		CREATE TABLE broken (a serial, h hstore DEFAULT 'a=>1');
		CREATE TABLE half (a integer, h hstore CONSTRAINT not_that CHECK (h <> 'a=>1'));
		CREATE TABLE also_fine (a text DEFAULT 'x' CHECK (a <> ''));
		UPDATE pg_proc SET probin = '$libdir/gone' WHERE probin = '$libdir/hstore'`)
	s := readPostgres(t, servertest.Open(t, address), introspect.Options{})
	if len(s.Problems) != 2 || s.Problems[0].Object != "table broken" || !strings.Contains(s.Problems[0].Reason, "gone") || s.Problems[1].Object != "table half" {
		t.Errorf("problems: %v, want those of the tables broken and half", s.Problems)
	}
	if s.Table(named("broken")) != nil || s.Table(named("half")) != nil || s.Sequences.Len() > 0 {
		t.Error("a part of what could not be read whole is there")
	}
	for _, table := range []string{"fine", "also_fine"} {
		if got := s.Table(named(table)); got == nil || got.Columns[0].Default == "" {
			t.Errorf("table %s: %+v", table, got)
		}
	}
	if _, found := s.Extensions.Get(named("hstore")); !found {
		t.Error("the extension is missing")
	}
}
