package retorttest_test

import (
	"testing"

	"github.com/retort-db/retort/retorttest"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// A program has these in packages of its own.
var migrations = struct{ Revisions *versions.Set }{Revisions: set(versions.Revision{ID: "1975ea83b712", Upgrade: users})}

func ExampleNoDrift() {
	// In a file that ends in _test.go; the name has to begin with "Test".
	_ = func(t *testing.T) {
		retorttest.NoDrift(t, []any{(*user)(nil)}, migrations.Revisions, schema.Postgres, schema.SQLite)
	}
}
