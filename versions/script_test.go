package versions_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

func script(t *testing.T, db *bun.DB, set *versions.Set, span string, direction versions.Direction, options versions.Options) string {
	t.Helper()
	server, err := introspect.ServerOf(t.Context(), db.DB, engineOf(db))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := versions.Script(server, set, span, direction, &out, options); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// play runs a script on one connection as the engines' own clients do: comments are left out, and statements end with a
// semicolon at the end of a line, or with what DELIMITER says.
func play(t *testing.T, db *bun.DB, text string) {
	t.Helper()
	conn, err := db.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	delimiter, statement := ";", ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "-- ") {
			continue
		}
		if word, found := strings.CutPrefix(line, "DELIMITER "); found {
			delimiter = strings.TrimSpace(word)
			continue
		}
		statement += line
		trimmed := strings.TrimSpace(statement)
		if !strings.HasSuffix(trimmed, delimiter) || strings.Count(trimmed, "$retort$") == 1 || delimiter == ";" && endsInTrigger(trimmed) {
			continue
		}
		trimmed = strings.TrimSuffix(trimmed, delimiter)
		if _, err := conn.ExecContext(t.Context(), trimmed); err != nil {
			t.Fatalf("%s: %v\n\n%s", trimmed, err, text)
		}
		statement = ""
	}
	if strings.TrimSpace(statement) != "" {
		t.Fatalf("the script ends in the middle of %q", statement)
	}
}

// endsInTrigger reports whether a semicolon is one inside a trigger's body.
func endsInTrigger(text string) bool {
	upper := strings.ToUpper(text)
	return strings.HasPrefix(upper, "CREATE TRIGGER") && strings.Contains(upper, "BEGIN") && !strings.HasSuffix(upper, "END;")
}

func scriptSet() *versions.Set {
	at := time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC)
	b := versions.Revision{ID: "b", Revises: versions.After("a"), Message: "it's a\nlong -- message;", Upgrade: func(m *op.Migration) {
		m.AddColumn("t_a", op.Column("at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "text"}))
		m.AddColumn("t_a", op.Column("data", op.Types{Postgres: "bytea", MySQL: "blob", SQLite: "blob"}))
		m.AddColumn("t_a", op.Column("yes", "boolean"))
		m.Insert("t_a",
			op.Row{"id": 1, "note": `it's; a \ "note" ? $1`, "at": at, "data": []byte{0, 1, 0xff}, "yes": true},
			op.Row{"id": int64(2), "note": nil, "yes": false})
		m.On(schema.Postgres, func(m *op.Migration) {
			m.Exec("UPDATE t_a SET note = $2 WHERE id = $1 AND note IS NULL", 2, "was $1 null")
		})
		m.On(schema.MySQL, func(m *op.Migration) {
			m.Exec("UPDATE t_a SET note = ? WHERE id = ? AND note IS NULL", "was $1 null", 2)
			m.CreateTrigger("tr", "t_a", "CREATE TRIGGER tr BEFORE UPDATE ON t_a FOR EACH ROW BEGIN SET NEW.id = OLD.id; SET NEW.id = OLD.id; END")
		})
		m.On(schema.SQLite, func(m *op.Migration) {
			m.Exec("UPDATE t_a SET note = ? WHERE id = ? AND note IS NULL", "was $1 null", 2)
			m.CreateTrigger("tr", "t_a", "CREATE TRIGGER tr AFTER DELETE ON t_a BEGIN SELECT 1; SELECT 2; END")
		})
		m.CreateIndex("ix_note", "t_a", "note").Concurrently()
		m.AlterColumn("t_a", "note").NotNull()
	}, Downgrade: func(m *op.Migration) {
		m.On(schema.MySQL, func(m *op.Migration) { m.DropTrigger("tr", "t_a") })
		m.On(schema.SQLite, func(m *op.Migration) { m.DropTrigger("tr", "t_a") })
		m.AlterColumn("t_a", "note").Null()
		m.DropIndex("ix_note", "t_a")
		m.DropColumn("t_a", "yes")
		m.DropColumn("t_a", "data")
		m.DropColumn("t_a", "at")
		m.Exec("DELETE FROM t_a")
	}}
	c := versions.Revision{ID: "c", Revises: versions.After("b"), Upgrade: func(m *op.Migration) {
		m.AddColumn("t_a", op.Column("w", "varchar(50)"))
		m.Backfill("t_a", "w", "note").Set("yes", "TRUE")
	}, Downgrade: func(m *op.Migration) { m.DropColumn("t_a", "w") }}
	return setOf(table("a"), b, table("x"), c, versions.Revision{ID: "m", Revises: versions.After("c", "x")})
}

// TestScriptIsARun compares what a script leaves with what a run leaves.
func TestScriptIsARun(t *testing.T) {
	for _, mode := range []versions.TransactionMode{versions.TransactionRevision, versions.TransactionAll} {
		t.Run(string(mode), func(t *testing.T) {
			onEngines(t, func(t *testing.T, played *bun.DB) {
				ran := openBun(t, string(engineOf(played)), servertest.URL(t, string(engineOf(played))))
				set, options := scriptSet(), versions.Options{Transaction: mode, ToolVersion: "it's 1"}
				same := func(step string) {
					t.Helper()
					if diff := cmp.Diff(snapshot(t, ran), snapshot(t, played)); diff != "" {
						t.Fatalf("%s (-run +script):\n%s", step, diff)
					}
					if diff := cmp.Diff(outcomes(t, ran), outcomes(t, played)); diff != "" {
						t.Fatalf("%s, history (-run +script):\n%s", step, diff)
					}
					rows, err := versions.Current(t.Context(), ran, options)
					if err != nil {
						t.Fatal(err)
					}
					wantRows(t, played, rows...)
				}
				upgrade(t, ran, set, "head", options)
				play(t, played, script(t, played, set, "head", versions.Up, options))
				same("up")
				if changed, err := versions.Verify(t.Context(), played, set, options); err != nil || len(changed) > 0 {
					t.Fatalf("changed %v, %v", changed, err)
				}
				entries, err := versions.History(t.Context(), played, options)
				if err != nil || time.Since(entries[0].Finished).Abs() > time.Hour {
					t.Fatalf("%+v, %v", entries[0], err)
				}
				downgrade(t, ran, set, "b", options)
				play(t, played, script(t, played, set, "m:b", versions.Down, options))
				same("down")
				upgrade(t, ran, set, "head", options)
				play(t, played, script(t, played, set, "b,x:head", versions.Up, options))
				same("up again")
				downgrade(t, ran, set, "base", options)
				play(t, played, script(t, played, set, "head:base", versions.Down, options))
				same("all the way down")
			})
		})
	}
}

func TestScriptErrors(t *testing.T) {
	server := schema.Server{Dialect: schema.SQLite}
	goStep := versions.Revision{ID: "b", Revises: versions.After("a"), Message: "go", Upgrade: func(m *op.Migration) {
		m.Run("do it", func(context.Context, bun.IDB) error { return nil })
	}}
	flagged := versions.Revision{ID: "c", Revises: versions.After("a"), Upgrade: func(m *op.Migration) {
		m.DropColumn("t_a", "note").MaybeRenamedTo("text")
	}}
	misfit := versions.Revision{ID: "d", Revises: versions.After("a"), Upgrade: func(m *op.Migration) { m.DropColumn("t_a", "nosuch") }}
	set := setOf(table("a"), goStep, flagged, misfit)
	cases := []struct {
		name, span string
		direction  versions.Direction
		wrong      func(error) bool
		message    string
	}{
		{"a step in Go", "b", versions.Up, is[*versions.ScriptError], "it is a Go function"},
		{"a flagged rename", "c", versions.Up, is[*versions.DecisionError], "t_a.note"},
		{"an operation that does not fit", "d", versions.Up, is[*versions.ScriptError], "no such column"},
		{"a downgrade without a beginning", "base", versions.Down, is[*versions.IdentifierError], "from:to"},
		{"no end", "a:", versions.Up, is[*versions.IdentifierError], "no end"},
		{"not along one branch", "b:c", versions.Up, is[*versions.NotAncestorError], "b is not an ancestor of c"},
		{"the wrong way", "a:b", versions.Down, is[*versions.DowngradeTargetError], "b"},
		{"what cannot be undone", "b:a", versions.Down, is[*versions.IrreversibleError], "no Downgrade"},
		{"unknown", "zz", versions.Up, is[*versions.UnknownRevisionError], "zz"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			err := versions.Script(server, set, c.span, c.direction, &out, versions.Options{})
			if err == nil || !c.wrong(err) || !strings.Contains(err.Error(), c.message) {
				t.Errorf("got %v", err)
			}
			if out.Len() > 0 {
				t.Errorf("wrote %q before it failed", out.String())
			}
		})
	}
	if err := versions.Script(schema.Server{Dialect: "oracle"}, set, "a", versions.Up, io.Discard, versions.Options{}); err == nil {
		t.Error("no error for a dialect that is not known")
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

func TestScriptText(t *testing.T) {
	set := setOf(table("a"), table("b", "a"))
	cases := []struct {
		file      string
		dialect   schema.Dialect
		mode      versions.TransactionMode
		span      string
		direction versions.Direction
	}{
		{"base.sql", schema.Postgres, "", "a", versions.Up},
		{"range.sql", schema.Postgres, "", "a:b", versions.Up},
		{"all.sql", schema.Postgres, versions.TransactionAll, "b", versions.Up},
		{"down.sql", schema.Postgres, "", "b:base", versions.Down},
		{"mysql.sql", schema.MySQL, "", "a:b", versions.Up},
		{"sqlite.sql", schema.SQLite, "", "a:b", versions.Up},
		{"nothing.sql", schema.SQLite, "", "b:b", versions.Up},
	}
	checksum := regexp.MustCompile(`'[0-9a-f]{64}'`)
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			var out bytes.Buffer
			if err := versions.Script(schema.Server{Dialect: c.dialect}, set, c.span, c.direction, &out, versions.Options{Transaction: c.mode}); err != nil {
				t.Fatal(err)
			}
			got := checksum.ReplaceAllString(out.String(), "'CHECKSUM'")
			path := filepath.Join("testdata", "script", c.file)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got, -update writes it anew):\n%s", diff)
			}
		})
	}
}
