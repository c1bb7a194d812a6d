package versions_test

import (
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// inParts are three revisions, and inOne what they are squashed into.
func inParts() *versions.Set {
	set := &versions.Set{}
	set.Add(versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "integer").NotNull(), op.PrimaryKey("id"))
	}, Downgrade: func(m *op.Migration) { m.DropTable("users") }})
	set.Add(versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.AddColumn("users", op.Column("name", "text"))
	}, Downgrade: func(m *op.Migration) { m.DropColumn("users", "name") }})
	set.Add(versions.Revision{ID: "c", Revises: versions.After("b"), Upgrade: func(m *op.Migration) {
		m.AddColumn("users", op.Column("mail", "text"))
	}, Downgrade: func(m *op.Migration) { m.DropColumn("users", "mail") }})
	return set
}

func inOne(columns ...op.TableElement) *versions.Set {
	set := &versions.Set{}
	set.Add(versions.Revision{ID: "c", Replaces: []string{"a", "b"}, Upgrade: func(m *op.Migration) {
		m.CreateTable("users", append([]op.TableElement{
			op.Column("id", "integer").NotNull(), op.Column("name", "text"), op.Column("mail", "text"), op.PrimaryKey("id"),
		}, columns...)...)
	}, Downgrade: func(m *op.Migration) { m.DropTable("users") }})
	return set
}

// TestSquashedRevisions runs what was squashed on databases that have none, all or a part of it.
func TestSquashedRevisions(t *testing.T) {
	ctx := t.Context()
	t.Run("none of it", func(t *testing.T) {
		db := openBun(t, servertest.EngineSQLite, servertest.SQLite(t))
		upgrade(t, db, inOne(), "head", versions.Options{})
		wantTables(t, db, "users")
		changed, err := versions.Verify(ctx, db, inOne(op.Column("more", "text")), versions.Options{})
		if err != nil || len(changed) != 1 || changed[0].Revision != "c" {
			t.Errorf("a later change of it: got %v, %v", changed, err)
		}
		downgrade(t, db, inOne(), "base", versions.Options{})
		wantTables(t, db)
	})
	t.Run("all of it", func(t *testing.T) {
		db := openBun(t, servertest.EngineSQLite, servertest.SQLite(t))
		upgrade(t, db, inParts(), "head", versions.Options{})
		upgrade(t, db, inOne(), "head", versions.Options{})
		if changed, err := versions.Verify(ctx, db, inOne(), versions.Options{}); err != nil || len(changed) > 0 {
			t.Errorf("it was applied in parts: got %v, %v", changed, err)
		}
		downgrade(t, db, inOne(), "base", versions.Options{})
		wantTables(t, db)
		upgrade(t, db, inOne(), "head", versions.Options{})
		wantTables(t, db, "users")
	})
	t.Run("a part of it", func(t *testing.T) {
		db := openBun(t, servertest.EngineSQLite, servertest.SQLite(t))
		upgrade(t, db, inParts(), "b", versions.Options{})
		err := versions.Upgrade(ctx, db, inOne(), "head", versions.Options{})
		wantError(t, err, &versions.SquashedError{Revision: "b", Into: "c", Table: "retort_version"}, (&versions.SquashedError{Revision: "b", Into: "c", Table: "retort_version"}).Error())
		upgrade(t, db, inParts(), "head", versions.Options{})
		upgrade(t, db, inOne(), "head", versions.Options{})
	})
}
