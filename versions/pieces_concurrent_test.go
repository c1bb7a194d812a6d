package versions_test

import (
	"context"
	"testing"
	"time"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// TestInterruptedDropOfAnIndex cancels DROP INDEX CONCURRENTLY while it waits for a transaction that is older, which
// leaves the index behind, not valid. The next run has to drop it, and not take its other state for done.
func TestInterruptedDropOfAnIndex(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t))
	a := versions.Revision{ID: "a", Upgrade: func(m *op.Migration) {
		m.CreateTable("t_a", op.Column("id", "bigint").NotNull(), op.Column("note", "text"), op.PrimaryKey("id"))
		m.CreateIndex("ix_note", "t_a", "note")
	}}
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.DropIndex("ix_note", "t_a").Concurrently()
	}}
	set := setOf(a, b)
	upgrade(t, db, set, "a", versions.Options{})
	reader, err := db.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Rollback()
	if _, err := reader.ExecContext(t.Context(), "SELECT FROM t_a"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for ctx.Err() == nil {
			var invalid bool
			query := "SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('ix_note') AND NOT indisvalid)"
			if err := db.DB.QueryRowContext(ctx, query).Scan(&invalid); err != nil || invalid {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if err := versions.Upgrade(ctx, db, set, "head", versions.Options{}); err == nil {
		t.Fatal("the drop did not wait")
	}
	if got := column(t, db, "SELECT indisvalid::text FROM pg_index WHERE indexrelid = to_regclass('ix_note')"); len(got) != 1 || got[0] != "false" {
		t.Fatalf("the index was left behind as %v", got)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	upgrade(t, db, set, "head", versions.Options{})
	if got := column(t, db, "SELECT 'there' FROM pg_index WHERE indexrelid = to_regclass('ix_note')"); len(got) != 0 {
		t.Error("the index is still there")
	}
	wantRows(t, db, "b")
}

// TestValidationHasATransactionOfItsOwn looks from another session, during the validation of a check, at whether the
// check is there already: only then is the lock of its addition gone.
func TestValidationHasATransactionOfItsOwn(t *testing.T) {
	db := openBun(t, servertest.EnginePostgres, servertest.Postgres(t))
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.AddConstraint("t_a", op.Check("ck_id", "id > 0").NotValid())
		m.ValidateConstraint("t_a", op.CheckConstraint, "ck_id")
	}}
	set := setOf(table("a"), b)
	seen := false
	upgrade(t, db, set, "head", versions.Options{Events: func(e versions.Event) {
		if e.Kind == versions.EventStatement && e.Revision == "b" && e.Step == 2 {
			seen = len(column(t, db, "SELECT conname FROM pg_constraint WHERE conname = 'ck_id' AND NOT convalidated")) == 1
		}
	}})
	if !seen {
		t.Error("the check is added in the transaction that validates it")
	}
}
