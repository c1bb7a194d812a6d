package versions_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/versions"
)

// clientSet has what a script has to get right: values of all kinds, quotes, tables that SQLite rebuilds and MySQL
// restates, statements outside transactions, a fork, a merge and a dependency.
func clientSet() *versions.Set {
	a := versions.Revision{ID: "a", Message: "users; and\ntheir notes", Upgrade: func(m *op.Migration) {
		m.CreateTable("users", op.Column("id", "integer").NotNull(), op.Column("name", "varchar(60)").NotNull(),
			op.Column("score", "double precision"), op.Column("active", "boolean").NotNull().Default("true"),
			op.Column("seen", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}), op.PrimaryKey("id"))
		m.CreateTable("notes", op.Column("id", "integer").NotNull(), op.Column("user_id", "integer"), op.Column("body", "varchar(200)"),
			op.PrimaryKey("id"), op.ForeignKey("user_id").References("users", "id").OnDelete("CASCADE"))
		at := time.Date(2026, 2, 3, 4, 5, 6, 789000000, time.UTC)
		m.Insert("users", op.Row{"id": 1, "name": `O'Brien \ "x"; -- no comment`, "score": 1.5, "active": true, "seen": at},
			op.Row{"id": 2, "name": "$1 ? :b é\n\ttwo", "score": nil, "active": false, "seen": nil})
		m.Insert("notes", op.Row{"id": 1, "user_id": 1, "body": "first"}, op.Row{"id": 2, "user_id": 2, "body": nil})
	}, Downgrade: func(m *op.Migration) {
		m.DropTable("notes")
		m.DropTable("users")
	}}
	b1 := versions.Revision{ID: "b1", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.AlterColumn("users", "name").Type("varchar(80)")
		m.AddColumn("users", op.Column("rank", "integer"))
		m.Backfill("users", "rank", "id * 10")
		m.AlterColumn("users", "rank").NotNull()
	}, Downgrade: func(m *op.Migration) {
		m.DropColumn("users", "rank")
		m.AlterColumn("users", "name").Type("varchar(60)")
	}}
	b2 := versions.Revision{ID: "b2", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.CreateIndex("ix_notes_body", "notes", "body").Concurrently()
		m.Exec("UPDATE notes SET body = 'it''s; done' WHERE body IS NULL")
	}, Downgrade: func(m *op.Migration) { m.DropIndex("ix_notes_body", "notes").Concurrently() }}
	x := table("x")
	x.DependsOn = []string{"m"}
	last := versions.Revision{ID: "y", Revises: versions.After("x"), Upgrade: func(m *op.Migration) {
		m.RenameColumn("notes", "body", "text")
		m.RenameTable("t_x", "t_z")
	}, Downgrade: func(m *op.Migration) {
		m.RenameTable("t_z", "t_x")
		m.RenameColumn("notes", "text", "body")
	}}
	return setOf(a, b1, b2, versions.Revision{ID: "m", Revises: versions.After("b1", "b2")}, x, last)
}

// TestScriptByTheEnginesClient runs revisions on one database, and their script on another by what people run scripts
// with: psql, mariadb or mysql, sqlite3. Catalogs, rows, versions and checksums are equal, up and down. A client that is
// not installed is replaced by the driver.
func TestScriptByTheEnginesClient(t *testing.T) {
	spans := []struct {
		direction    versions.Direction
		span, target string
	}{
		{versions.Up, "a", "a"}, {versions.Up, "a:b1", "b1"}, {versions.Up, "b1:heads", "heads"}, {versions.Down, "y:x@base", "x@base"},
		{versions.Down, "m:b2", "b2"}, {versions.Up, "b1,b2:heads", "heads"}, {versions.Down, "y:base", "base"},
	}
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			options, set := versions.Options{}, clientSet()
			here, address := servertest.URL(t, engine), servertest.URL(t, engine)
			ran, scripted := openBun(t, engine, here), openBun(t, engine, address)
			program, arguments := servertest.Client(t, engine, address)
			for _, s := range spans {
				text := script(t, scripted, set, s.span, s.direction, options)
				if program == "" {
					play(t, scripted, text)
				} else {
					runByClient(t, program, arguments, text)
				}
				if s.direction == versions.Up {
					upgrade(t, ran, set, s.target, options)
				} else {
					downgrade(t, ran, set, s.target, options)
				}
				if diff := cmp.Diff(whole(t, engine, here), whole(t, engine, address)); diff != "" {
					t.Fatalf("%s %s (-run +script):\n%s\n%s", s.direction, s.span, diff, text)
				}
			}
		})
	}
}

// runByClient runs a script by the engine's client.
func runByClient(t *testing.T, program string, arguments []string, text string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, arguments...)
	command.Stdin = strings.NewReader(text)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", program, err, out, text)
	}
}

// whole returns the schema, all rows, the version rows and what the history says of each revision. It has connections of
// its own: on others the server keeps plans of queries whose tables have changed.
func whole(t *testing.T, engine, address string) string {
	t.Helper()
	db := openBun(t, engine, address)
	defer db.DB.Close()
	read, err := introspect.Read(t.Context(), db.DB, engineOf(db), introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for table := range read.Tables.All() {
		data, err := json.MarshalIndent(table, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n", data)
		if table.Name.Name == versions.DefaultHistoryTable {
			continue
		}
		for _, c := range table.Columns {
			fmt.Fprintf(&out, "%s %q\n", c.Name, column(t, db, "SELECT "+ddl.Quote(engineOf(db), c.Name)+" FROM "+ddl.QuoteName(engineOf(db), table.Name)))
		}
	}
	entries, err := versions.History(t.Context(), db, versions.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Started.IsZero() || e.Finished.Before(e.Started) || time.Since(e.Finished).Abs() > 5*time.Minute {
			t.Errorf("times of %s: %v, %v", e.Revision, e.Started, e.Finished)
		}
		fmt.Fprintf(&out, "%s %s %s %d/%d %s %s\n", e.Direction, e.Revision, e.Outcome, e.Step, e.Statements, e.Checksum, e.Error)
	}
	return out.String()
}
