package introspect_test

import (
	"testing"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func TestNamesNamespaces(t *testing.T) {
	for script, want := range map[string]bool{
		"CREATE TABLE public.a (id int)":                                          true,
		`CREATE TABLE IF NOT EXISTS "a b"."c" (id int)`:                           true,
		"CREATE UNIQUE INDEX a_id ON public.a USING btree (id)":                   true,
		"ALTER TABLE ONLY s.a ADD b int":                                          true,
		"SET search_path = ''":                                                    true,
		"SELECT pg_catalog.set_config('search_path', '', false);":                 true,
		"CREATE SCHEMA s":                                                         true,
		"CREATE TABLE a (id int DEFAULT pg_catalog.random())":                     false,
		"CREATE VIEW v AS SELECT a.id FROM a":                                     false,
		"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a.id FROM a'":    false,
		"INSERT INTO a SELECT b.id FROM b; SET statement_timeout = 0; SELECT 1":   false,
		"-- public.a\nCREATE TYPE mood AS ENUM ('a.b'); COMMENT ON TABLE a IS ''": false,
	} {
		if got := introspect.NamesNamespaces(schema.Postgres, script); got != want {
			t.Errorf("%s: got %t", script, got)
		}
	}
	if introspect.NamesNamespaces(schema.MySQL, "CREATE TABLE a.b (id int)") {
		t.Error("MySQL has no such scripts")
	}
}
