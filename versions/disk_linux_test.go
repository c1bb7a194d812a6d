package versions_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// filling is a revision that needs about a megabyte and uses steps of each kind.
func filling() versions.Revision {
	return versions.Revision{ID: "b", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.Insert("t_a", op.Row{"id": 1, "note": "first"})
		m.AddColumn("t_a", op.Column("body", "blob"))
		m.Run("fill", func(ctx context.Context, db bun.IDB) error {
			_, err := db.ExecContext(ctx, "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 17) INSERT INTO t_a SELECT i, 'more', zeroblob(65536) FROM n")
			return err
		})
	}}
}

// TestDiskFull lets the disk run full in the middle of a revision: nothing of it stays, and it runs once there is room. The
// disk is a small file system in memory where this process may mount one; elsewhere SQLite is told that its file may not
// grow, which it reports in the same way.
func TestDiskFull(t *testing.T) {
	set := setOf(table("a"), filling())
	t.Run("file system", func(t *testing.T) {
		dir := t.TempDir()
		err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=400k")
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
			t.Skip("this process may not mount a file system; the other test does without")
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Error(err)
			}
		})
		fills(t, "sqlite:"+filepath.Join(dir, "test.db"), set, nil, func(*bun.DB) {
			if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=40m"); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("file", func(t *testing.T) {
		fills(t, servertest.SQLite(t), set,
			func(db *bun.DB) {
				db.DB.SetMaxOpenConns(1)
				execute(t, db, "PRAGMA max_page_count = 100")
			},
			func(db *bun.DB) { execute(t, db, "PRAGMA max_page_count = 100000") })
	})
}

func fills(t *testing.T, url string, set *versions.Set, limit, makeRoom func(*bun.DB)) {
	t.Helper()
	db := openBun(t, servertest.EngineSQLite, url)
	if limit != nil {
		limit(db)
	}
	upgrade(t, db, set, "a", versions.Options{})
	before := snapshot(t, db)
	var e *versions.StepError
	err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{})
	if !errors.As(err, &e) || e.Step != 3 && e.Step != 0 || !strings.Contains(err.Error(), "full") || !strings.Contains(err.Error(), "nothing of the revision was kept") {
		t.Fatalf("got %v", err)
	}
	if after := snapshot(t, db); after != before {
		t.Errorf("something stays:\n%s\nbefore:\n%s", after, before)
	}
	wantRows(t, db, "a")
	if got := column(t, db, "PRAGMA integrity_check"); !slices.Equal(got, []string{"ok"}) {
		t.Errorf("integrity check: %v", got)
	}
	makeRoom(db)
	upgrade(t, db, set, "head", versions.Options{Wait: -1})
	wantRows(t, db, "b")
	if got := column(t, db, "SELECT count(*) || ' ' || count(body) FROM t_a"); !slices.Equal(got, []string{"17 16"}) {
		t.Errorf("rows %v", got)
	}
}
