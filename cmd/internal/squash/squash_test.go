package squash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

type step = func(m *op.Migration)

// partsOf records revisions named r1, r2 … of an upgrade and a downgrade each.
func partsOf(t *testing.T, dialect schema.Dialect, functions ...[2]step) []Part {
	t.Helper()
	var out []Part
	for i, pair := range functions {
		part := Part{ID: fmt.Sprintf("r%d", i+1)}
		for n, list := range []*[]op.Operation{&part.Upgrade, &part.Downgrade} {
			recorded, err := op.Record(dialect, pair[n])
			if err != nil {
				t.Fatal(err)
			}
			*list = recorded
		}
		out = append(out, part)
	}
	return out
}

func describe(operations []op.Operation) []string {
	out := make([]string, len(operations))
	for i, operation := range operations {
		out[i] = operation.String()
	}
	return out
}

func users(m *op.Migration) {
	m.CreateTable("users", op.Column("id", "bigint").NotNull(), op.Column("name", "text"), op.PrimaryKey("id"))
}

func TestSquash(t *testing.T) {
	drop := func(table string) step { return func(m *op.Migration) { m.DropTable(table) } }
	cases := []struct {
		name     string
		dialect  schema.Dialect
		before   step
		parts    [][2]step
		up, down []string
	}{
		{"what is made step by step is made at once", schema.Postgres, nil, [][2]step{
			{users, drop("users")},
			{func(m *op.Migration) { m.AddColumn("users", op.Column("mail", "text")) }, func(m *op.Migration) { m.DropColumn("users", "mail") }},
			{func(m *op.Migration) { m.RenameColumn("users", "mail", "email") }, func(m *op.Migration) { m.RenameColumn("users", "email", "mail") }},
			{func(m *op.Migration) { m.CreateIndex("ix_users_email", "users", "email").Concurrently() }, func(m *op.Migration) { m.DropIndex("ix_users_email", "users") }},
		}, []string{"create table users", "create index ix_users_email on users (email)"}, []string{"drop index ix_users_email on users", "drop table users"}},
		{"what comes and goes is not there", schema.SQLite, nil, [][2]step{
			{users, drop("users")},
			{func(m *op.Migration) { m.CreateTable("tmp", op.Column("id", "integer")) }, drop("tmp")},
			{drop("tmp"), func(m *op.Migration) { m.CreateTable("tmp", op.Column("id", "integer")) }},
		}, []string{"create table users"}, []string{"drop table users"}},
		{"what is used later than it is made comes first", schema.Postgres, nil, [][2]step{
			{users, drop("users")},
			{func(m *op.Migration) {
				m.CreateEnum("plan", "free", "team")
				m.AddColumn("users", op.Column("plan", "plan"))
			}, func(m *op.Migration) { m.DropColumn("users", "plan"); m.DropEnum("plan") }},
		}, []string{"create enum plan", "create table users"}, []string{"drop table users", "drop enum plan"}},
		{"tables that refer to each other", schema.Postgres, nil, [][2]step{
			{users, drop("users")},
			{func(m *op.Migration) {
				m.CreateTable("teams", op.Column("id", "bigint").NotNull(), op.Column("owner", "bigint"), op.PrimaryKey("id"),
					op.ForeignKey("owner").References("users", "id").Named("teams_owner_fkey"))
				m.AddColumn("users", op.Column("team", "bigint"))
				m.AddConstraint("users", op.ForeignKey("team").References("teams", "id").Named("users_team_fkey"))
			}, func(m *op.Migration) {
				m.DropConstraint("users", op.ForeignKeyConstraint, "users_team_fkey")
				m.DropColumn("users", "team")
				m.DropTable("teams")
			}},
		}, []string{"create table users", "create table teams", "add foreign key users_team_fkey on users (team) references teams"}, nil},
		{"data stay where they are", schema.SQLite, nil, [][2]step{
			{users, drop("users")},
			{func(m *op.Migration) { m.Insert("users", op.Row{"id": 1, "name": "a"}) }, func(m *op.Migration) { m.Exec("DELETE FROM users") }},
			{func(m *op.Migration) { m.AddColumn("users", op.Column("mail", "text")) }, func(m *op.Migration) { m.DropColumn("users", "mail") }},
			{func(m *op.Migration) { m.Backfill("users", "mail", "name || '@example.com'") }, nil},
			{func(m *op.Migration) { m.CreateTable("teams", op.Column("id", "integer")) }, drop("teams")},
			{func(m *op.Migration) { m.AddColumn("teams", op.Column("name", "text")) }, func(m *op.Migration) { m.DropColumn("teams", "name") }},
		}, []string{"create table users", "insert 1 row into users", "add column users.mail text", "backfill users: mail = name || '@example.com'", "create table teams"},
			[]string{"drop column teams.name", "drop table teams", "drop column users.mail", "execute DELETE FROM users", "drop table users"}},
		{"what was there is changed as it was written", schema.Postgres, users, [][2]step{
			{func(m *op.Migration) { m.RenameColumn("users", "name", "full_name") }, func(m *op.Migration) { m.RenameColumn("users", "full_name", "name") }},
			{func(m *op.Migration) { m.RenameTable("users", "people") }, func(m *op.Migration) { m.RenameTable("people", "users") }},
			{func(m *op.Migration) { m.AlterColumn("people", "full_name").NotNull() }, func(m *op.Migration) { m.AlterColumn("people", "full_name").Null() }},
		}, []string{"rename column users.name to full_name", "rename table users to people", "alter column people.full_name: NOT NULL"},
			[]string{"alter column people.full_name: NULL", "rename table people to users", "rename column users.full_name to name"}},
		{"what the server named keeps its name", schema.Postgres, nil, [][2]step{
			{users, drop("users")},
			{func(m *op.Migration) { m.AddColumn("users", op.Column("mail", "text")) }, func(m *op.Migration) { m.DropColumn("users", "mail") }},
			{func(m *op.Migration) { m.RenameTable("users", "people") }, func(m *op.Migration) { m.RenameTable("people", "users") }},
			{func(m *op.Migration) { m.CreateTable("teams", op.Column("id", "integer").NotNull()) }, drop("teams")},
		}, []string{"create table users", "rename table users to people", "create table teams"}, nil},
		{"what has a name of its own", schema.Postgres, nil, [][2]step{
			{func(m *op.Migration) {
				m.CreateTable("users", op.Column("id", "bigint").NotNull(), op.PrimaryKey("id").Named("pk_users"))
			}, drop("users")},
			{func(m *op.Migration) { m.RenameTable("users", "people") }, func(m *op.Migration) { m.RenameTable("people", "users") }},
		}, []string{"create table people"}, []string{"drop table people"}},
		{"on SQLite nothing is named", schema.SQLite, nil, [][2]step{
			{users, drop("users")},
			{func(m *op.Migration) { m.RenameTable("users", "people") }, func(m *op.Migration) { m.RenameTable("people", "users") }},
		}, []string{"create table people"}, []string{"drop table people"}},
		{"a column whose sequence the server named", schema.Postgres, nil, [][2]step{
			{func(m *op.Migration) { m.CreateTable("users", op.Column("id", "bigint").NotNull().Identity()) }, drop("users")},
			{func(m *op.Migration) { m.RenameColumn("users", "id", "number") }, func(m *op.Migration) { m.RenameColumn("users", "number", "id") }},
		}, []string{"create table users", "rename column users.id to number"}, nil},
		{"an object of a name that was there", schema.SQLite, users, [][2]step{
			{drop("users"), users},
			{users, drop("users")},
		}, []string{"drop table users", "create table users"}, []string{"drop table users", "create table users"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := schema.New(schema.Server{Dialect: c.dialect})
			if c.before != nil {
				operations, err := op.Record(c.dialect, c.before)
				if err != nil {
					t.Fatal(err)
				}
				if before, err = op.Replay(before, operations); err != nil {
					t.Fatal(err)
				}
			}
			parts := partsOf(t, c.dialect, c.parts...)
			result, err := Squash(before, parts, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.up, shortened(result.Upgrade)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.down, shortened(result.Downgrade)); c.down != nil && diff != "" {
				t.Error(diff)
			}
			prove(t, before, parts, result)
		})
	}
}

// shortened leaves out what is not the point: "create table users (4 columns)" is "create table users".
func shortened(operations []op.Operation) []string {
	out := describe(operations)
	for i, text := range out {
		if _, ok := operations[i].(*op.CreateTable); ok {
			out[i] = strings.Join(strings.Fields(text)[:3], " ")
		}
		if _, ok := operations[i].(*op.CreateEnum); ok {
			out[i] = strings.Join(strings.Fields(text)[:3], " ")
		}
	}
	return out
}

// prove replays the result and the parts, up and down.
func prove(t *testing.T, before *schema.Schema, parts []Part, result *Result) {
	t.Helper()
	want := before
	for _, part := range parts {
		var err error
		if want, err = op.Replay(want, part.Upgrade); err != nil {
			t.Fatal(err)
		}
	}
	got, err := op.Replay(before, result.Upgrade)
	if err != nil || !Equal(got, want) {
		t.Fatalf("%v: the upgrade makes something else: %s", err, strings.Join(describe(result.Upgrade), "; "))
	}
	if !Equal(result.After, want) {
		t.Error("it says that it makes something else")
	}
	if result.Irreversible != "" || len(result.Notes) > 0 {
		return
	}
	back, err := op.Replay(got, result.Downgrade)
	if err != nil || !Equal(back, before) {
		t.Fatalf("%v: the downgrade leaves something else: %s", err, strings.Join(describe(result.Downgrade), "; "))
	}
}

func TestNoWayBack(t *testing.T) {
	parts := partsOf(t, schema.SQLite, [2]step{users, func(m *op.Migration) { m.DropTable("users") }},
		[2]step{func(m *op.Migration) { m.AddColumn("users", op.Column("mail", "text")) }, func(m *op.Migration) { m.Irreversible("nobody has them") }})
	result, err := Squash(schema.New(schema.Server{Dialect: schema.SQLite}), parts, nil)
	if err != nil || result.Irreversible != "nobody has them (revision r2)" || len(result.Downgrade) > 0 {
		t.Errorf("got %+v, %v", result, err)
	}
}

func TestDowngradesThatDoNotLeadBack(t *testing.T) {
	run := func(context.Context, bun.IDB) error { return nil }
	parts := partsOf(t, schema.SQLite, [2]step{users, nil}, [2]step{func(m *op.Migration) { m.Run("fill", run) }, nil})
	result, err := Squash(schema.New(schema.Server{Dialect: schema.SQLite}), parts, nil)
	if err != nil || len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "do not lead back") {
		t.Errorf("got %+v, %v", result, err)
	}
	parts = partsOf(t, schema.SQLite, [2]step{users, func(m *op.Migration) { m.DropTable("people") }}, [2]step{func(m *op.Migration) { m.Run("fill", run) }, nil})
	result, err = Squash(schema.New(schema.Server{Dialect: schema.SQLite}), parts, nil)
	if err != nil || len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "do not fit together") {
		t.Errorf("got %+v, %v", result, err)
	}
}

func TestPartsThatDoNotFit(t *testing.T) {
	parts := partsOf(t, schema.SQLite, [2]step{users, nil}, [2]step{users, nil})
	_, err := Squash(schema.New(schema.Server{Dialect: schema.SQLite}), parts, nil)
	var misfit *ReplayError
	var effect *op.EffectError
	if !errors.As(err, &misfit) || misfit.Revision != "r2" || !errors.As(err, &effect) {
		t.Errorf("got %v", err)
	}
}

// TestRandomParts squashes what chance wrote, with and without tables that were there before.
func TestRandomParts(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	shorter := 0
	for range 300 {
		dialect := schema.Dialects[random.IntN(len(schema.Dialects))]
		before := schema.New(schema.Server{Dialect: dialect})
		if random.IntN(2) == 0 {
			before = after(t, before, randomOperations(random, dialect, before, 4))
		}
		state := before
		var parts []Part
		for i := range 1 + random.IntN(5) {
			up := randomOperations(random, dialect, state, 1+random.IntN(4))
			down, err := op.Reverse(state, up)
			if err != nil {
				down = []op.Operation{&op.Irreversible{Reason: err.Error()}}
			}
			parts = append(parts, Part{ID: fmt.Sprintf("r%d", i), Upgrade: up, Downgrade: down})
			state = after(t, state, up)
		}
		result, err := Squash(before, parts, nil)
		if err != nil {
			t.Fatal(err)
		}
		prove(t, before, parts, result)
		if len(result.Upgrade) > result.Before {
			t.Fatalf("%d operations became %d", result.Before, len(result.Upgrade))
		}
		if len(result.Upgrade) < result.Before {
			shorter++
		}
	}
	if shorter < 100 {
		t.Errorf("only %d of 300 became shorter", shorter)
	}
}

func after(t *testing.T, state *schema.Schema, operations []op.Operation) *schema.Schema {
	t.Helper()
	reached, err := op.Replay(state, operations)
	if err != nil {
		t.Fatal(err)
	}
	return reached
}

// randomOperations returns operations that fit a schema.
func randomOperations(random *rand.Rand, dialect schema.Dialect, state *schema.Schema, count int) []op.Operation {
	var out []op.Operation
	for tries := 0; len(out) < count && tries < 100; tries++ {
		table, other := fmt.Sprintf("t%d", random.IntN(4)), fmt.Sprintf("t%d", random.IntN(4))
		column := fmt.Sprintf("c%d", random.IntN(4))
		choices := []step{
			func(m *op.Migration) { m.CreateTable(table, op.Column("id", "integer").NotNull(), op.PrimaryKey("id")) },
			func(m *op.Migration) { m.CreateTable(table, op.Column("id", "integer").NotNull(), op.PrimaryKey("id")) },
			func(m *op.Migration) { m.DropTable(table) },
			func(m *op.Migration) { m.RenameTable(table, other) },
			func(m *op.Migration) { m.AddColumn(table, op.Column(column, "text")) },
			func(m *op.Migration) { m.AddColumn(table, op.Column(column, "integer").NotNull().Default("0")) },
			func(m *op.Migration) { m.DropColumn(table, column) },
			func(m *op.Migration) { m.RenameColumn(table, column, column+"x") },
			func(m *op.Migration) { m.AlterColumn(table, column).NotNull() },
			func(m *op.Migration) { m.CreateIndex("ix_"+table+"_"+column, table, column) },
			func(m *op.Migration) { m.Insert(table, op.Row{"id": 1}) },
			func(m *op.Migration) {
				m.AddConstraint(table, op.ForeignKey(column).References(other, "id").Named("fk_"+table+"_"+column))
			},
		}
		recorded, err := op.Record(dialect, choices[random.IntN(len(choices))])
		if err != nil || len(recorded) == 0 {
			continue
		}
		if reached, err := op.Replay(state, slices.Concat(out, recorded)); err == nil && reached != nil {
			out = append(out, recorded...)
		}
	}
	return out
}
