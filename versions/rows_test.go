package versions_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// meddling is a revision whose step runs SQL on the version table, as something else than Retort might.
func meddling(id, sql string, parents ...string) versions.Revision {
	return versions.Revision{
		ID: id, Revises: versions.After(parents...),
		Upgrade: func(m *op.Migration) {
			m.Run("meddle", func(ctx context.Context, db bun.IDB) error {
				_, err := db.ExecContext(ctx, sql)
				return err
			})
		},
		Downgrade: func(m *op.Migration) {},
	}
}

// TestRowsThatSomebodyElseWrote: each change of the version table has to find the row that it changes.
func TestRowsThatSomebodyElseWrote(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		for _, c := range []struct {
			name, sql string
			want      versions.RowError
		}{
			{"it is gone", "DELETE FROM retort_version", versions.RowError{Table: "retort_version", Row: "a", Found: 0}},
			{"it is another", "UPDATE retort_version SET version_num = 'x'", versions.RowError{Table: "retort_version", Row: "a", Found: 0}},
		} {
			t.Run(c.name, func(t *testing.T) {
				err := versions.Stamp(t.Context(), db, setOf(table("a")), []string{"a"}, versions.StampOptions{Purge: true}, versions.Options{})
				if err != nil {
					t.Fatal(err)
				}
				err = versions.Upgrade(t.Context(), db, setOf(table("a"), meddling("b", c.sql, "a")), "head", versions.Options{})
				var row *versions.RowError
				if !errors.As(err, &row) || *row != c.want {
					t.Errorf("got %v", err)
				}
			})
		}
	})
}

// TestRowsThatAreThereTwice: a version table without a key may hold a row twice. That is told, not repaired in silence.
func TestRowsThatAreThereTwice(t *testing.T) {
	onEngines(t, func(t *testing.T, db *bun.DB) {
		set := setOf(table("a"), table("b", "a"))
		for _, sql := range []string{"CREATE TABLE retort_version (version_num varchar(255) NOT NULL)", "INSERT INTO retort_version VALUES ('a'), ('a')"} {
			if _, err := db.ExecContext(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		err := versions.Upgrade(t.Context(), db, set, "head", versions.Options{})
		var row *versions.RowError
		if !errors.As(err, &row) || row.Found != 2 || !strings.Contains(err.Error(), `table retort_version should have one row "a" and has 2: something else than retort has written to it`) {
			t.Errorf("upgrade: got %v", err)
		}
		if rows, err := versions.Current(t.Context(), db, versions.Options{}); err != nil || len(rows) != 2 {
			t.Errorf("current: got %v, %v", rows, err)
		}
		if err := versions.Stamp(t.Context(), db, set, []string{"b"}, versions.StampOptions{}, versions.Options{}); !errors.As(err, &row) {
			t.Errorf("stamp: got %v", err)
		}
		if err := versions.Stamp(t.Context(), db, set, []string{"a"}, versions.StampOptions{Purge: true}, versions.Options{}); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, "a")
	})
}
