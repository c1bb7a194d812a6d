package render_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// resolveCase is a revision with flags, the decisions, and what the file records after them.
type resolveCase struct {
	name      string
	engines   []render.EnginePlan
	decisions []render.Decision
	up        func(*op.Migration)
}

func (c resolveCase) source(t *testing.T) []byte {
	t.Helper()
	source, err := render.Revision(render.RevisionFile{ID: c.name, Message: "decide", Engines: c.engines})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func (c resolveCase) want() (map[schema.Dialect]op.List, error) {
	out := map[schema.Dialect]op.List{}
	for _, engine := range c.engines {
		operations, err := op.Record(engine.Dialect, c.up)
		if err != nil {
			return nil, err
		}
		out[engine.Dialect] = operations
	}
	return out, nil
}

func resolveCases(t *testing.T) []resolveCase {
	t.Helper()
	columns := plan(t, schema.Postgres, nil, func(m *op.Migration) {
		m.DropIndex("ix_users_fullname", "users")
		m.DropColumn("users", "fullname").MaybeRenamedTo("full_name")
		m.AddColumn("users", op.Column("full_name", "varchar(255)").NotNull().Default("''").Collate("C"))
		m.AddColumn("users", op.Column("nick", "text"))
		m.DropColumn("users", "legacy").MaybeRenamedTo("nick")
		m.CreateIndex("ix_users_full_name", "users", "full_name")
	}, func(m *op.Migration) {
		m.DropIndex("ix_users_full_name", "users")
		m.AddColumn("users", op.Column("legacy", "text"))
		m.DropColumn("users", "nick")
		m.DropColumn("users", "full_name")
		m.AddColumn("users", op.Column("fullname", "text").Comment("all of it"))
		m.CreateIndex("ix_users_fullname", "users", "fullname")
	})
	tables := plan(t, schema.Postgres, nil, func(m *op.Migration) {
		m.DropTable("accounts").MaybeRenamedTo("users")
		m.CreateTable("users", op.Column("id", "bigint").NotNull().AutoIncrement(), op.Column("mail", "varchar(200)").NotNull(), op.Column("age", "int"),
			op.PrimaryKey("id").Named("users_pkey"), op.Unique("mail").Named("users_mail_key"), op.Check("users_age_check", "age > 0"))
		m.CreateIndex("ix_users_age", "users", "age").Where("age > 0")
		m.CreateIndex("ix_users_mail", "users", "mail")
	}, func(m *op.Migration) {
		m.DropTable("users")
		m.CreateTable("accounts", op.Column("id", "bigint").NotNull().AutoIncrement(), op.Column("mail", "text"), op.Column("old", "int"), op.Column("age", "text"),
			op.PrimaryKey("id").Named("accounts_pkey"), op.Unique("old").Named("accounts_old_key"))
		m.CreateIndex("ix_accounts_age", "accounts", "age").Where("age > 0")
		m.CreateIndex("ix_accounts_old", "accounts", "old")
	})
	enums := plan(t, schema.Postgres, nil, func(m *op.Migration) {
		m.RemoveEnumValues("state", "done").MaybeRenamedTo("closed")
		m.AddEnumValue("state", "closed").After("open")
	}, func(m *op.Migration) {
		m.RemoveEnumValues("state", "closed")
		m.AddEnumValue("state", "done").After("open")
	})
	batched := func(dialect schema.Dialect, sqlType string) render.EnginePlan {
		return plan(t, dialect, nil, func(m *op.Migration) {
			m.BatchAlterTable("users", func(t *op.Table) {
				t.DropColumn("fullname").MaybeRenamedTo("full_name")
				t.AddColumn(op.Column("full_name", sqlType))
				t.DropColumn("age")
			})
		}, func(m *op.Migration) {
			m.BatchAlterTable("users", func(t *op.Table) {
				t.AddColumn(op.Column("age", "int"))
				t.DropColumn("full_name")
				t.AddColumn(op.Column("fullname", "text"))
			})
		})
	}
	perEngine := func(dialect schema.Dialect, sqlType string) render.EnginePlan {
		return plan(t, dialect, nil, func(m *op.Migration) {
			if dialect == schema.MySQL {
				m.Exec("SELECT 1")
			}
			m.DropColumn("users", "fullname").MaybeRenamedTo("full_name")
			m.AddColumn("users", op.Column("full_name", sqlType))
		}, func(m *op.Migration) {
			m.DropColumn("users", "full_name")
			m.AddColumn("users", op.Column("fullname", "text"))
		})
	}
	return []resolveCase{
		{"resolve_column", []render.EnginePlan{columns}, []render.Decision{{"users.fullname", "full_name"}, {"users.legacy", ""}}, func(m *op.Migration) {
			m.DropIndex("ix_users_fullname", "users")
			m.RenameColumn("users", "fullname", "full_name")
			m.AlterColumn("users", "full_name").Type("varchar(255)").NotNull().Default("''").Collate("C").Comment("")
			m.AddColumn("users", op.Column("nick", "text"))
			m.DropColumn("users", "legacy")
			m.CreateIndex("ix_users_full_name", "users", "full_name")
		}},
		{"resolve_second", []render.EnginePlan{columns}, []render.Decision{{"users.legacy", "nick"}, {"users.fullname", ""}}, func(m *op.Migration) {
			m.DropIndex("ix_users_fullname", "users")
			m.DropColumn("users", "fullname")
			m.AddColumn("users", op.Column("full_name", "varchar(255)").NotNull().Default("''").Collate("C"))
			m.RenameColumn("users", "legacy", "nick")
			m.CreateIndex("ix_users_full_name", "users", "full_name")
		}},
		{"resolve_table", []render.EnginePlan{tables}, []render.Decision{{"accounts", "users"}}, func(m *op.Migration) {
			m.RenameTable("accounts", "users")
			m.DropIndex("ix_accounts_old", "users")
			m.RenameConstraint("users", op.PrimaryKeyConstraint, "accounts_pkey", "users_pkey")
			m.DropConstraint("users", op.UniqueConstraint, "accounts_old_key")
			m.DropColumn("users", "old")
			m.AlterColumn("users", "mail").Type("varchar(200)").NotNull()
			m.AlterColumn("users", "age").Type("int")
			m.AddConstraint("users", op.Unique("mail").Named("users_mail_key"))
			m.AddConstraint("users", op.Check("users_age_check", "age > 0"))
			m.RenameIndex("users", "ix_accounts_age", "ix_users_age")
			m.CreateIndex("ix_users_mail", "users", "mail")
		}},
		{"resolve_enum", []render.EnginePlan{enums}, []render.Decision{{"state.done", "closed"}}, func(m *op.Migration) {
			m.RenameEnumValue("state", "done", "closed")
		}},
		{"resolve_batch", []render.EnginePlan{batched(schema.Postgres, "varchar(9)"), batched(schema.SQLite, "text")}, []render.Decision{{"users.fullname", "full_name"}},
			func(m *op.Migration) {
				m.BatchAlterTable("users", func(t *op.Table) {
					t.RenameColumn("fullname", "full_name")
					t.AlterColumn("full_name").Types(op.Types{Postgres: "varchar(9)", SQLite: "text"})
					t.DropColumn("age")
				})
			}},
		{"resolve_engines", []render.EnginePlan{perEngine(schema.Postgres, "text"), perEngine(schema.MySQL, "varchar(9)")}, []render.Decision{{"users.fullname", "full_name"}},
			func(m *op.Migration) {
				m.On(op.MySQL, func(m *op.Migration) { m.Exec("SELECT 1") })
				m.RenameColumn("users", "fullname", "full_name")
				m.AlterColumn("users", "full_name").Types(op.Types{Postgres: "text", MySQL: "varchar(9)"})
			}},
	}
}

func TestResolve(t *testing.T) {
	for _, c := range resolveCases(t) {
		t.Run(c.name, func(t *testing.T) {
			source := c.source(t)
			flags, err := render.Flags(source)
			if err != nil || len(flags) < len(c.decisions) {
				t.Fatalf("Flags = %v, %v", flags, err)
			}
			for _, flag := range flags {
				line := strings.Split(string(source), "\n")[flag.Line-1]
				if !strings.Contains(line, "MaybeRenamedTo(\""+flag.To+"\")") {
					t.Errorf("%s is said to be in line %d: %s", flag, flag.Line, line)
				}
			}
			resolved, err := render.Resolve(source, c.decisions)
			if err != nil {
				t.Fatal(err)
			}
			checkGo(t, resolved)
			golden(t, filepath.Join("resolve", c.name+".go.golden"), resolved)
			if left, err := render.Flags(resolved); err != nil || len(left) != len(flags)-len(c.decisions) {
				t.Errorf("after the decisions Flags = %v, %v", left, err)
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	source := resolveCases(t)[0].source(t)
	cases := []struct {
		name     string
		source   string
		decision render.Decision
		want     string
	}{
		{"unknown", string(source), render.Decision{Object: "users.phone"}, "users.phone: no step of the file is flagged for it; the file has to decide: users.fullname=full_name, users.legacy=nick"},
		{"other target", string(source), render.Decision{Object: "users.fullname", To: "surname"}, "no step beside the drop of fullname in the upgrade creates surname"},
		{"edited downgrade", strings.Replace(string(source), `m.DropColumn("users", "full_name")`, "", 1), render.Decision{Object: "users.fullname", To: "full_name"}, "edit the file by hand"},
		{"specific", strings.Replace(string(source), `"varchar(255)")`, `"varchar(255)").On(op.MySQL, func(c *op.ColumnElement) { c.Charset("x") })`, 1),
			render.Decision{Object: "users.fullname", To: "full_name"}, "cannot be carried over"},
		{"nothing", "package a\n", render.Decision{Object: "users.fullname"}, "the file has nothing to decide"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := render.Resolve([]byte(c.source), []render.Decision{c.decision})
			var undecidable *render.UndecidableError
			if !errors.As(err, &undecidable) || undecidable.Decision != c.decision || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := render.Resolve([]byte("package"), []render.Decision{{Object: "a"}}); err == nil {
		t.Error("broken Go was accepted")
	}
}

func TestResolveKeepsWhatPeopleWrote(t *testing.T) {
	source := resolveCases(t)[0].source(t)
	edited := strings.Replace(string(source), "\t\t\tm.AddColumn(\"users\", op.Column(\"nick\"", "\t\t\t// nick names are free text\n\t\t\tm.AddColumn(\"users\", op.Column(\"nick\"", 1)
	resolved, err := render.Resolve([]byte(edited), []render.Decision{{Object: "users.fullname"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(edited, "\n") {
		about := strings.Contains(line, "fullname") || strings.Contains(line, "RENAME") || strings.TrimSpace(line) == "//" || strings.TrimSpace(line) == ""
		if !about && !strings.Contains(string(resolved), line) {
			t.Errorf("lost: %s", line)
		}
	}
}

func TestParseRename(t *testing.T) {
	got, err := render.ParseRename("users.fullname=full_name")
	if err != nil || got != (render.Decision{Object: "users.fullname", To: "full_name"}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "users", "=b", "a="} {
		if _, err := render.ParseRename(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

// TestResolvedTableIsTheSame replays a table's rename and what it stands for: both have to end in the same schema.
func TestResolvedTableIsTheSame(t *testing.T) {
	c := resolveCases(t)[2]
	dropped := c.engines[0]
	before, err := op.Replay(schema.New(schema.Server{Dialect: schema.Postgres}), dropped.Downgrade[1:])
	if err != nil {
		t.Fatal(err)
	}
	want, err := op.Replay(before, dropped.Upgrade)
	if err != nil {
		t.Fatal(err)
	}
	renamed, err := op.Record(schema.Postgres, c.up)
	if err != nil {
		t.Fatal(err)
	}
	got, err := op.Replay(before, renamed)
	if err != nil {
		t.Fatal(err)
	}
	id := got.Table(schema.Name{Name: "users"}).Column("id")
	id.Identity.Sequence = schema.Name{} // a renamed table keeps its sequence's name
	sorted := cmpopts.SortSlices(func(a, b *schema.Index) bool { return a.Name < b.Name })
	if diff := cmp.Diff(want.Table(schema.Name{Name: "users"}), got.Table(schema.Name{Name: "users"}), sorted); diff != "" {
		t.Errorf("the rename ends in another schema (-drop and create +rename):\n%s", diff)
	}
}
