package ddl_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var bunDialects = map[schema.Dialect]func() bunschema.Dialect{
	schema.Postgres: func() bunschema.Dialect { return pgdialect.New() },
	schema.MySQL:    func() bunschema.Dialect { return mysqldialect.New() },
	schema.SQLite:   func() bunschema.Dialect { return sqlitedialect.New() },
}

// TestOperationsOnServers carries every case out on every engine, with rows in the tables: afterwards the server has what
// Apply says that it has, and after the reverse what it had before.
func TestOperationsOnServers(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			dialect, err := schema.ParseDialect(engine)
			if err != nil {
				t.Fatal(err)
			}
			db := servertest.Open(t, servertest.URL(t, engine))
			db.SetMaxOpenConns(2) // one for the trial, one for scratch space
			trial := &trial{t: t, ctx: t.Context(), db: bun.NewDB(db, bunDialects[dialect]()), dialect: dialect}
			if trial.server, err = introspect.ServerOf(t.Context(), db, dialect); err != nil {
				t.Fatal(err)
			}
			trial.perform(schema.New(trial.server), recordEffect(t, dialect, operationTables))
			for _, c := range operationCases() {
				if _, untried := c.untried[dialect]; !untried {
					trial.t = t
					trial.run(c)
				}
			}
		})
	}
}

// trial is the database on which cases are carried out one after the other; each leaves it as it was.
type trial struct {
	t       *testing.T
	ctx     context.Context
	db      *bun.DB
	dialect schema.Dialect
	server  schema.Server
	start   *schema.Schema // with the tables of all cases
	log     []string
}

func (r *trial) run(c operationCase) {
	r.log = []string{c.name}
	for _, sql := range []string{
		"DELETE FROM orders", "DELETE FROM users",
		"INSERT INTO users (id, name, email, age) VALUES (1, 'Ada', 'a@example.com', 36), (2, 'Bo', NULL, NULL)",
		"INSERT INTO orders (id, user_id, total, note) VALUES (1, 1, 12.50, 'first'), (2, 1, 0, '?')",
	} {
		r.exec(sql)
	}
	if r.start == nil {
		r.start = r.read()
	}
	before := r.start
	if c.given != nil {
		given := recordEffect(r.t, r.dialect, c.given)
		if _, err := ddl.Compile(r.server, r.start, given); err != nil {
			return // the golden file has the error
		}
		r.perform(r.start, given)
		before = r.read()
	}
	operations := recordEffect(r.t, r.dialect, c.step)
	if _, err := ddl.Compile(r.server, before, operations); err == nil {
		r.perform(before, operations)
		after := r.read()
		r.sameAsApplied(before, operations, after)
		undo, err := op.Reverse(before, operations)
		r.must(err)
		r.perform(after, undo)
		restored := r.read()
		r.same("the reverse", restored, before)
		before = restored
	}
	if c.given != nil {
		undo, err := op.Reverse(r.start, recordEffect(r.t, r.dialect, c.given))
		r.must(err)
		r.perform(before, undo)
		before = r.read()
		r.same("everything", before, r.start)
	}
	r.start = before
}

func (r *trial) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("%s\n%v", strings.Join(r.log, "\n"), err)
	}
}

func (r *trial) read() *schema.Schema {
	r.t.Helper()
	options := introspect.Options{}
	if r.dialect == schema.Postgres {
		options.Namespaces = []string{"sales"}
	}
	read, err := introspect.Read(r.ctx, r.db.DB, r.dialect, options)
	r.must(err)
	if len(read.Problems) > 0 {
		r.t.Fatalf("problems: %v", read.Problems)
	}
	return read
}

func (r *trial) exec(sql string) {
	r.t.Helper()
	_, err := r.db.DB.ExecContext(r.ctx, sql)
	r.must(err)
}

// perform carries operations out on one connection.
func (r *trial) perform(before *schema.Schema, operations []op.Operation) {
	r.t.Helper()
	statements, err := ddl.Compile(r.server, before, operations)
	r.must(err)
	conn, err := r.db.Conn(r.ctx)
	r.must(err)
	defer func() { r.must(conn.Close()) }()
	off := slices.ContainsFunc(statements, func(s ddl.Statement) bool { return s.ForeignKeysOff })
	if off {
		_, err := conn.Conn.ExecContext(r.ctx, "PRAGMA foreign_keys=OFF")
		r.must(err)
	}
	for _, statement := range statements {
		r.log = append(r.log, statement.SQL)
		switch {
		case statement.Run != nil:
			r.must(statement.Run(r.ctx, conn))
		case statement.Guard != "":
			var found any
			if err := conn.Conn.QueryRowContext(r.ctx, statement.SQL, statement.Args...).Scan(&found); err == nil {
				r.must(fmt.Errorf(strings.ReplaceAll(statement.Guard, "%v", "%[1]v"), found))
			}
		default:
			_, err := conn.Conn.ExecContext(r.ctx, statement.SQL, statement.Args...)
			r.must(err)
		}
	}
	if off {
		_, err := conn.Conn.ExecContext(r.ctx, "PRAGMA foreign_keys=ON")
		r.must(err)
	}
}

// sameAsApplied compares the server's catalog with what the operations say that they do. Views, functions and triggers are
// compared by their names: servers write their texts in ways of their own.
func (r *trial) sameAsApplied(before *schema.Schema, operations []op.Operation, after *schema.Schema) {
	r.t.Helper()
	applied, err := op.Replay(before, operations)
	r.must(err)
	if got, want := standaloneNames(after), standaloneNames(applied); got != want {
		r.t.Errorf("%s: the server has %s, Apply says %s", r.log[0], got, want)
	}
	after = after.Clone()
	for _, s := range []*schema.Schema{applied, after} {
		s.Views, s.Functions, s.Triggers, s.Statistics = schema.Objects[*schema.View]{}, schema.Objects[*schema.Function]{}, schema.Objects[*schema.Trigger]{}, schema.Objects[*schema.Statistic]{}
	}
	result, err := autogen.Run(r.ctx, autogen.Input{
		Current: after, Target: applied, NoProof: true, Diff: diff.Options{Renames: diff.NeverRename},
		Database: &introspect.Database{DB: r.db.DB, Dialect: r.dialect},
	})
	r.must(err)
	if result.Unconfirmed != "" {
		r.t.Errorf("%s: unconfirmed: %s", r.log[0], result.Unconfirmed)
	}
	r.nothingToDo("Apply", result.Plan)
}

func standaloneNames(s *schema.Schema) string {
	var out []string
	for view := range s.Views.All() {
		out = append(out, "view "+view.Name.String())
	}
	for function := range s.Functions.All() {
		if function.Foreign == "" {
			out = append(out, "function "+function.Name.String())
		}
	}
	for trigger := range s.Triggers.All() {
		out = append(out, "trigger "+trigger.Name.String())
	}
	for statistic := range s.Statistics.All() {
		out = append(out, "statistics "+statistic.Name.String())
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (r *trial) same(what string, current, target *schema.Schema) {
	r.t.Helper()
	plan, err := diff.Diff(current, target, diff.Options{Equality: autogen.Static(r.server), Renames: diff.NeverRename})
	r.must(err)
	r.nothingToDo(what, plan)
}

func (r *trial) nothingToDo(what string, plan *diff.Plan) {
	r.t.Helper()
	if plan.Empty() {
		return
	}
	var left []string
	for _, operation := range plan.Operations {
		left = append(left, operation.String())
	}
	r.t.Fatalf("after %s there is still to do:\n%s\n\n%s", what, strings.Join(left, "\n"), strings.Join(r.log, "\n"))
}
