package reflect_test

import (
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

type fitted struct {
	bun.BaseModel `bun:"table:fitted" ddl:"pk(deferrable):pk_fitted"`
	ID            int64 `bun:",pk" ddl:"check(not_enforced,no_inherit,comment:'why'):id > 0"`
	ParentID      int64 `ddl:"references(on_delete:set null,set:(parent_id),match:full,deferred,not_valid,not_enforced,comment:'why'):fitted(id)"`
}

// Every database gets what it has of a constraint, and what is left out is named.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		options reflect.Options
		dialect schema.Dialect
		key     schema.ForeignKey
		check   schema.Check
		notes   int
	}{
		{dialect: schema.Postgres, notes: 0,
			key: schema.ForeignKey{Match: "FULL", Deferrable: schema.InitiallyDeferred, NotValid: true, NoEnforce: true,
				Comment: "why", SetColumns: []string{"parent_id"}},
			check: schema.Check{NoEnforce: true, NoInherit: true, Comment: "why"}},
		{dialect: schema.MySQL, notes: 5, check: schema.Check{NoEnforce: true}},
		{dialect: schema.MySQL, options: reflect.Options{Flavor: schema.MariaDB}, notes: 6},
		{dialect: schema.SQLite, notes: 5, key: schema.ForeignKey{Deferrable: schema.InitiallyDeferred}},
	} {
		s, diagnostics := read(t, c.dialect, c.options, (*fitted)(nil))
		table := s.Table(schema.Name{Name: "fitted"})
		key, check := table.ForeignKeys[0], table.Checks[0]
		if key.Match != c.key.Match || key.Deferrable != c.key.Deferrable || key.NotValid != c.key.NotValid ||
			key.NoEnforce != c.key.NoEnforce || key.Comment != c.key.Comment || len(key.SetColumns) != len(c.key.SetColumns) {
			t.Errorf("%s: foreign key %+v", c.dialect, key)
		}
		if check.NoEnforce != c.check.NoEnforce || check.NoInherit != c.check.NoInherit || check.Comment != c.check.Comment {
			t.Errorf("%s: check %+v", c.dialect, check)
		}
		if deferrable := table.PrimaryKey.Deferrable != ""; deferrable != (c.dialect == schema.Postgres) {
			t.Errorf("%s: the primary key is deferrable: %t", c.dialect, deferrable)
		}
		if len(diagnostics) != c.notes {
			t.Errorf("%s: %d diagnostics, want %d: %v", c.dialect, len(diagnostics), c.notes, diagnostics)
		}
		for _, d := range diagnostics {
			if d.ID != reflect.IgnoredDeclaration || d.Severity != reflect.Info {
				t.Errorf("%s: %s", c.dialect, d)
			}
		}
	}
}
