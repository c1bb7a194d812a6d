package verify_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/internal/servertest"
	_ "github.com/retort-db/retort/introspect/mysql"
	_ "github.com/retort-db/retort/introspect/postgres"
	_ "github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/verify"
	"github.com/retort-db/retort/versions"
)

var dialects = map[string]func() bunschema.Dialect{
	servertest.EnginePostgres: func() bunschema.Dialect { return pgdialect.New() },
	servertest.EngineMySQL:    func() bunschema.Dialect { return mysqldialect.New() },
	servertest.EngineSQLite:   func() bunschema.Dialect { return sqlitedialect.New() },
}

func onEngines(t *testing.T, test func(t *testing.T, engine, url string)) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) { test(t, engine, servertest.URL(t, engine)) })
	}
}

func setOf(revisions ...versions.Revision) *versions.Set {
	set := &versions.Set{}
	for _, revision := range revisions {
		revision.File, revision.Line = revision.ID+".go", 1
		set.Add(revision)
	}
	return set
}

func revision(id, after string, up, down func(m *op.Migration)) versions.Revision {
	return versions.Revision{ID: id, Revises: versions.After(strings.Fields(after)...), Message: "make " + id, Upgrade: up, Downgrade: down}
}

func users(m *op.Migration) {
	m.CreateTable("users", op.Column("id", "bigint").NotNull(), op.Column("name", "varchar(50)"), op.PrimaryKey("id"))
}

func noUsers(m *op.Migration) { m.DropTable("users") }

func column(name string) (up, down func(m *op.Migration)) {
	return func(m *op.Migration) { m.AddColumn("users", op.Column(name, "varchar(20)")) },
		func(m *op.Migration) { m.DropColumn("users", name) }
}

// history has a fork, a merge, steps of every kind, and a revision without a way back.
func history() *versions.Set {
	mail, noMail := column("mail")
	return setOf(
		revision("a", "", users, noUsers),
		revision("b", "a", mail, noMail),
		revision("c", "a", func(m *op.Migration) {
			m.Insert("users", op.Row{"id": 1, "name": nil}, op.Row{"id": 2, "name": "x"})
			m.Run("name them", func(ctx context.Context, db bun.IDB) error {
				_, err := db.ExecContext(ctx, "UPDATE users SET name = 'who' WHERE id = 1")
				return err
			})
			m.CreateIndex("ix_users_name", "users", "name").Concurrently()
			m.On(op.Postgres, func(m *op.Migration) {
				m.CreateNamespace("sales")
				m.CreateEnum("sales.state", "new", "old")
				m.CreateTable("sales.orders", op.Column("id", "bigint").NotNull(), op.Column("state", "sales.state"), op.PrimaryKey("id"))
				m.AddEnumValue("sales.state", "older")
			})
		}, func(m *op.Migration) {
			m.On(op.Postgres, func(m *op.Migration) {
				m.DropTable("sales.orders")
				m.DropEnum("sales.state")
				m.DropNamespace("sales")
			})
			m.DropIndex("ix_users_name", "users")
			m.Exec("DELETE FROM users")
		}),
		versions.Revision{ID: "m", Revises: versions.After("b", "c"), Message: "join"},
		revision("n", "m", func(m *op.Migration) {
			m.Backfill("users", "mail", "'nobody'")
			m.AlterColumn("users", "mail").NotNull()
			m.AddConstraint("users", op.Check("ck_users_mail", "mail <> ''"))
		}, func(m *op.Migration) {
			m.DropConstraint("users", op.CheckConstraint, "ck_users_mail")
			m.AlterColumn("users", "mail").Null()
		}),
		revision("z", "n", func(m *op.Migration) { m.DropColumn("users", "name") }, versions.Irreversible("names are gone")),
	)
}

// sketch is what a report says, without times.
func sketch(report *verify.Report) string {
	var out strings.Builder
	for _, o := range report.Revisions {
		fmt.Fprintf(&out, "%s", o.ID)
		for _, part := range []struct {
			name string
			list []string
		}{{"up", o.Up}, {"down", o.Down}, {"again", o.Again}} {
			for _, text := range part.list {
				fmt.Fprintf(&out, " | %s: %s", part.name, strings.ReplaceAll(text, "\n", " "))
			}
		}
		if o.NoDowngrade != "" {
			fmt.Fprintf(&out, " | no way back: %s", o.NoDowngrade)
		}
		out.WriteString("\n")
	}
	for _, text := range report.Account {
		fmt.Fprintf(&out, "account: %s\n", text)
	}
	for _, text := range report.Unproved {
		fmt.Fprintf(&out, "unproved: %s\n", text)
	}
	if report.Stopped != "" {
		fmt.Fprintf(&out, "stopped: %s\n", report.Stopped)
	}
	return out.String()
}

func scratch(t *testing.T, engine, url string, set *versions.Set, options verify.Options) *verify.Report {
	t.Helper()
	report, err := verify.Scratch(t.Context(), url, dialects[engine](), set, options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestWholeHistory(t *testing.T) {
	onEngines(t, func(t *testing.T, engine, url string) {
		var seen []string
		report := scratch(t, engine, url, history(), verify.Options{Done: func(o verify.Outcome) { seen = append(seen, o.ID) }})
		want := "a\nb\nc\nm\nn\nz | no way back: names are gone\n"
		if diff := cmp.Diff(want, sketch(report)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !report.Holds() || strings.Join(seen, "") != "abcmnz" || report.Elapsed <= 0 || report.Revisions[0].Elapsed <= 0 || report.Revisions[0].Statements == 0 {
			t.Errorf("%+v, told %v", report, seen)
		}
		// The database of the URL was not touched.
		db := servertest.Open(t, url)
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE users (id bigint)"); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatDoesNotHold(t *testing.T) {
	mail, noMail := column("mail")
	nothing := func(*op.Migration) {}
	cases := []struct {
		name    string
		set     *versions.Set
		options verify.Options
		// want is a part of each line of the sketch. Lines of one engine only begin with its name and a colon.
		want []string
	}{
		{"the downgrade forgets a column", setOf(revision("a", "", func(m *op.Migration) { users(m); mail(m) }, noUsers),
			revision("b", "a", func(m *op.Migration) {
				m.AddColumn("users", op.Column("x", "integer"))
				m.CreateIndex("ix_x", "users", "mail")
			}, func(m *op.Migration) { m.DropColumn("users", "x") })), verify.Options{},
			[]string{"a", "b | down: still to do: drop index ix_x on users | again: upgrade of revision b (make b) failed", "stopped: what comes after revision b"}},
		{"the downgrade fails", setOf(revision("a", "", users, noUsers), revision("b", "a", mail, func(m *op.Migration) { m.DropColumn("users", "male") }),
			revision("c", "b", func(m *op.Migration) { m.CreateIndex("ix", "users", "mail") }, func(m *op.Migration) { m.DropIndex("ix", "users") })), verify.Options{},
			[]string{"a", "b | down: downgrade of revision b (make b) failed: drop column users.male: there is no such column", "mysql:stopped: what comes after revision b", "postgres:c", "sqlite:c"}},
		{"the upgrade fails", setOf(revision("a", "", users, noUsers), revision("b", "a", func(m *op.Migration) { m.Exec("UPDATE nobody SET x = 1") }, nothing),
			revision("c", "b", mail, noMail)), verify.Options{},
			[]string{"a", "b | up: upgrade of revision b (make b) failed at step 1 of 1, execute UPDATE nobody", "stopped: what comes after revision b was not tried"}},
		{"rows stay behind", setOf(revision("a", "", users, noUsers), revision("b", "a", func(m *op.Migration) { m.Insert("users", op.Row{"id": 1}) }, nothing)), verify.Options{},
			[]string{"a", "b | again: upgrade of revision b (make b) failed", "stopped: what comes after revision b"}},
		{"the second upgrade makes something else", setOf(revision("a", "", users, noUsers), revision("b", "a", func(m *op.Migration) {
			m.Exec("INSERT INTO users (id) SELECT count(*) FROM users")
			m.Run("look", func(ctx context.Context, db bun.IDB) error {
				var count int
				if err := db.NewRaw("SELECT count(*) FROM users").Scan(ctx, &count); err != nil || count < 2 {
					return err
				}
				_, err := db.ExecContext(ctx, "CREATE TABLE surprise (id integer)")
				return err
			})
		}, nothing)), verify.Options{}, []string{"a", "b | again: still to do: drop table surprise", "account: still to do: drop table surprise"}},
		{"a step that says the wrong thing", setOf(revision("a", "", users, noUsers), revision("b", "a", func(m *op.Migration) {
			m.Exec("CREATE INDEX ix_name ON users (name)").NoSchemaChange()
		}, func(m *op.Migration) { m.DropIndex("ix_name", "users") })), verify.Options{}, []string{"a", "b", "account: still to do: drop index ix_name on users"}},
		{"an opaque step", setOf(revision("a", "", users, noUsers), revision("b", "a", func(m *op.Migration) { m.Exec("CREATE INDEX ix_name ON users (name)") },
			func(m *op.Migration) { m.DropIndex("ix_name", "users").IfExists() })), verify.Options{}, []string{"a", "b", "unproved: revision b: the effect of"}},
		{"some revisions", history(), verify.Options{Revisions: []string{"b", "m:n"}}, []string{"b", "m", "n"}},
		{"what comes before fails", setOf(revision("a", "", func(m *op.Migration) { m.DropTable("nobody") }, users), revision("b", "a", mail, noMail)),
			verify.Options{Revisions: []string{"b"}}, []string{"stopped: revision a, which comes before, cannot be applied"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, engine, url string) {
				report := scratch(t, engine, url, c.set, c.options)
				lines := strings.Split(strings.TrimSpace(sketch(report)), "\n")
				var want []string
				for _, text := range c.want {
					if on, rest, found := strings.Cut(text, ":"); !found || dialects[on] == nil {
						want = append(want, text)
					} else if on == engine {
						want = append(want, rest)
					}
				}
				if len(lines) != len(want) {
					t.Fatalf("got %d lines, want %q:\n%s", len(lines), want, sketch(report))
				}
				for i, line := range lines {
					if !strings.HasPrefix(line, want[i]) {
						t.Errorf("got %q, want %q", line, want[i])
					}
				}
				if report.Holds() != (c.name == "some revisions" || c.name == "an opaque step") {
					t.Errorf("holds: %v", report.Holds())
				}
			})
		})
	}
}

func TestRefusals(t *testing.T) {
	onEngines(t, func(t *testing.T, engine, url string) {
		db := bun.NewDB(servertest.Open(t, url), dialects[engine]())
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE here (id integer)"); err != nil {
			t.Fatal(err)
		}
		var full *verify.NotEmptyError
		if _, err := verify.Run(t.Context(), db, history(), verify.Options{}); !errors.As(err, &full) || !strings.Contains(err.Error(), "a table here") {
			t.Errorf("a database with a table: %v", err)
		}
		var unknown *versions.UnknownRevisionError
		if _, err := verify.Scratch(t.Context(), url, dialects[engine](), history(), verify.Options{Revisions: []string{"q"}}); !errors.As(err, &unknown) {
			t.Errorf("an unknown revision: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		options := verify.Options{Done: func(verify.Outcome) { cancel() }}
		if _, err := verify.Scratch(ctx, url, dialects[engine](), history(), options); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if engine == servertest.EnginePostgres {
			return
		}
		outside := setOf(revision("a", "", func(m *op.Migration) { m.DropTable("other.users") }, nil))
		var refused *verify.OutsideError
		if _, err := verify.Scratch(t.Context(), url, dialects[engine](), outside, verify.Options{}); !errors.As(err, &refused) {
			t.Errorf("another database: %v", err)
		}
	})
}

// TestNothingIsLeftBehind looks for scratch databases after runs that ended well and badly.
func TestNothingIsLeftBehind(t *testing.T) {
	onEngines(t, func(t *testing.T, engine, url string) {
		query := map[string]string{
			servertest.EnginePostgres: "SELECT count(*) FROM pg_database WHERE datname LIKE 'retort_scratch_%'",
			servertest.EngineMySQL:    "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'retort_scratch_%'",
		}[engine]
		if query == "" {
			t.Setenv("TMPDIR", t.TempDir())
		}
		scratch(t, engine, url, history(), verify.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		_, _ = verify.Scratch(ctx, url, dialects[engine](), history(), verify.Options{Done: func(verify.Outcome) { cancel() }})
		if query == "" {
			return
		}
		var count int
		if err := servertest.Open(t, url).QueryRowContext(t.Context(), query).Scan(&count); err != nil || count > 0 {
			t.Errorf("%d scratch databases are left, %v", count, err)
		}
	})
}
