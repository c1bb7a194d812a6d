package autogen_test

import (
	"context"
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Raw SQL and operations in turn: each finds what the other made. Rows are not needed, and what is about rows is left out.
func TestReplay(t *testing.T) {
	record := func(dialect schema.Dialect) []op.Operation {
		operations, err := op.Record(dialect, func(m *op.Migration) {
			m.CreateTable("owners", op.Column("id", "integer").NotNull(), op.PrimaryKey("id"))
			m.CreateIndex("ix_owners_id", "owners", "id").Concurrently()
			m.Insert("owners", op.Row{"id": 1})
			m.Exec("INSERT INTO nowhere VALUES (1)")
			m.Exec("CREATE TABLE pets (id integer NOT NULL PRIMARY KEY, owner_id integer REFERENCES owners (id))")
			m.AddColumn("pets", op.Column("name", "varchar(20)"))
			m.Run("in Go", func(context.Context, bun.IDB) error { return errors.New("it ran") })
			m.Exec("CREATE INDEX ix_pets_name ON pets (name)").Changes(func(*schema.Schema) error { return nil })
			m.DropIndex("ix_pets_name", "pets")
		})
		if err != nil {
			t.Fatal(err)
		}
		return operations
	}
	for _, engine := range servertest.Engines() {
		dialect := schema.Dialect(engine)
		t.Run(engine, func(t *testing.T) {
			database, err := introspect.Open(t.Context(), servertest.URL(t, engine))
			if err != nil {
				t.Fatal(err)
			}
			defer database.Close()
			read, err := autogen.Replay(t.Context(), database, introspect.ScratchOptions{}, record(dialect))
			if err != nil {
				t.Fatal(err)
			}
			pets := read.Table(schema.Name{Name: "pets"})
			if pets == nil || pets.Column("name") == nil || pets.Index("ix_pets_name") != nil {
				t.Errorf("pets: %+v", pets)
			}
			if owners := read.Table(schema.Name{Name: "owners"}); owners == nil || owners.Index("ix_owners_id") == nil {
				t.Errorf("owners: %+v", owners)
			}
			if left := tables(t, database); left != 0 {
				t.Errorf("%d tables are left on the server", left)
			}
		})
	}
}

func tables(t *testing.T, database *introspect.Database) int {
	t.Helper()
	read, err := introspect.Read(t.Context(), database, database.Dialect, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return read.Tables.Len()
}

func TestReplayNamesWhatTheServerRefuses(t *testing.T) {
	database, err := introspect.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	for sql, statement := range map[string]string{"CREATE TABLES x": "CREATE TABLES x", "CREATE VIEW v AS SELECT 1 AS x": ""} {
		operations, err := op.Record(schema.SQLite, func(m *op.Migration) {
			m.Exec(sql)
			m.DropColumn("nowhere", "x")
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = autogen.Replay(t.Context(), database, introspect.ScratchOptions{}, operations)
		var refused *autogen.ReplayError
		if !errors.As(err, &refused) || refused.Statement != statement || refused.Server.Dialect != schema.SQLite {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
