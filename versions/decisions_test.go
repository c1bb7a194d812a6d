package versions_test

import (
	"fmt"
	"testing"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func TestDecisions(t *testing.T) {
	set := &versions.Set{}
	add := func(id string, revises versions.Parents, upgrade func(*op.Migration)) {
		set.Add(versions.Revision{ID: id, Revises: revises, Upgrade: upgrade, Downgrade: func(*op.Migration) {}})
	}
	add("cccc", versions.After("bbbb"), func(m *op.Migration) { m.DropTable("gone").MaybeRenamedTo("here") })
	add("aaaa", versions.After(), func(m *op.Migration) { m.DropTable("plainly") })
	add("bbbb", versions.After("aaaa"), func(m *op.Migration) {
		m.BatchAlterTable("users", func(t *op.Table) { t.DropColumn("fullname").MaybeRenamedTo("full_name") })
		m.On(op.MySQL, func(m *op.Migration) { m.DropColumn("users", "x").MaybeRenamedTo("y") })
	})
	for dialect, want := range map[schema.Dialect]string{
		schema.SQLite: "[bbbb [column users.fullname (dropped, or renamed to full_name?)] cccc [table gone (dropped, or renamed to here?)]]",
		schema.MySQL:  "[bbbb [column users.fullname (dropped, or renamed to full_name?) column users.x (dropped, or renamed to y?)] cccc [table gone (dropped, or renamed to here?)]]",
	} {
		found, err := versions.Decisions(set, dialect)
		if err != nil {
			t.Fatal(err)
		}
		var got []any
		for _, one := range found {
			got = append(got, one.Revision, one.Undecided)
		}
		if text := fmt.Sprint(got); text != want {
			t.Errorf("%s: got %s, want %s", dialect, text, want)
		}
	}
}
