package autogen_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/internal/randschema"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	_ "github.com/retort-db/retort/introspect/mysql"
	_ "github.com/retort-db/retort/introspect/postgres"
	_ "github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/online"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// PairsVar names the number of random pairs for each engine; "make pairs" sets it to 1,000.
const PairsVar = "RETORT_TEST_PAIRS"

var (
	pairs = flag.Int("pairs", pairsWanted(), "random pairs of schemas for each engine")
	seed  = flag.Uint64("seed", 1, "seed of the first pair")
)

// pairsWanted is what the environment asks for, or as many as a run of all tests has time for.
func pairsWanted() int {
	if n, err := strconv.Atoi(os.Getenv(PairsVar)); err == nil {
		return n
	}
	return 40
}

// TestRandomPairs brings a real database with rows from one random schema to another and back. The plan has to reach the
// target and its reverse the start, as introspection sees them, and no row may get lost on the way. A pair of which the
// rows do not fit both sides, or that needs a decision, does not count.
func TestRandomPairs(t *testing.T) { randomPairs(t, *pairs, nil) }

// TestRandomPairsOnline does the same by operations that let others go on, which have to reach the same.
func TestRandomPairsOnline(t *testing.T) {
	randomPairs(t, (*pairs+3)/4, func(current *schema.Schema, plan *diff.Plan) (err error) {
		plan.Operations, plan.Reverse, _, err = online.Both(current.Server, current, plan.Operations, plan.Reverse, online.Options{})
		return err
	})
}

// TestRandomPairsInPhases takes the plans apart for a deployment in the middle, and writes both parts online.
func TestRandomPairsInPhases(t *testing.T) {
	randomPairs(t, (*pairs+3)/4, func(current *schema.Schema, plan *diff.Plan) error {
		parts, err := online.Split(current, plan.Operations, nil)
		if err != nil {
			return err
		}
		middle, err := op.Replay(current, parts.Expand)
		if err != nil {
			return err
		}
		plan.Operations, plan.Reverse = nil, nil
		for _, part := range []struct {
			before     *schema.Schema
			operations []op.Operation
		}{{current, parts.Expand}, {middle, parts.Contract}} {
			undo, why, err := diff.Reverse(part.before, part.operations)
			if err != nil || why != "" {
				return fmt.Errorf("no way back: %s: %w", why, err)
			}
			up, down, _, err := online.Both(current.Server, part.before, part.operations, undo, online.Options{})
			if err != nil {
				return err
			}
			plan.Operations = append(plan.Operations, up...)
			plan.Reverse = append(down, plan.Reverse...)
		}
		return nil
	})
}

// lanes is how many databases of a server take pairs side by side.
const lanes = 2

// pairsOfADatabase is after how many a lane takes a fresh database: the catalog of one that has seen a thousand schemas
// is slow to read.
const pairsOfADatabase = 200

func randomPairs(t *testing.T, pairs int, rewrite func(*schema.Schema, *diff.Plan) error) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			run := &pairsRun{engine: engine, rewrite: rewrite, wanted: int64(pairs)}
			run.next.Store(*seed)
			t.Run("pairs", func(t *testing.T) {
				for lane := range lanes {
					t.Run(strconv.Itoa(lane), func(t *testing.T) {
						t.Parallel()
						for run.some(t) {
						}
					})
				}
			})
			t.Logf("%s: %d pairs there and back, seeds %d to %d", engine, run.done.Load(), *seed, run.next.Load()-1)
		})
	}
}

// pairsRun is what the lanes of an engine share.
type pairsRun struct {
	engine  string
	rewrite func(*schema.Schema, *diff.Plan) error
	wanted  int64
	done    atomic.Int64
	next    atomic.Uint64 // seed
}

// some carries out pairs in one fresh database, and reports whether more are wanted.
func (r *pairsRun) some(t *testing.T) (more bool) {
	t.Run("database", func(t *testing.T) {
		database, err := introspect.Open(t.Context(), settled(servertest.URL(t, r.engine), r.engine))
		if err != nil {
			t.Fatal(err)
		}
		defer database.Close()
		server, err := introspect.ServerOf(t.Context(), database, database.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		for range pairsOfADatabase {
			if r.done.Load() >= r.wanted {
				return
			}
			journey := &journey{t: t, ctx: t.Context(), database: database, server: server, seed: r.next.Add(1) - 1, rewrite: r.rewrite}
			if !journey.run() {
				continue
			}
			if done := r.done.Add(1); done%1000 == 0 {
				t.Logf("%d pairs on %s, seeds %d to %d", done, server, *seed, r.next.Load()-1)
			}
		}
		more = true
	})
	return more && !t.Failed()
}

// settled lets PostgreSQL keep the plans of the catalog queries: to work them out takes longer than to read these schemas.
func settled(url, engine string) string {
	if engine == servertest.EnginePostgres {
		url += "&plan_cache_mode=force_generic_plan"
	}
	return url
}

// queries counts those of all journeys.
var queries atomic.Uint64

// journey is one pair of schemas on one database.
type journey struct {
	t        *testing.T
	ctx      context.Context
	database *introspect.Database
	url      string // for the engine's own client
	server   schema.Server
	seed     uint64
	rewrite  func(current *schema.Schema, plan *diff.Plan) error // or nil
	log      []string
}

// run reports whether the pair was carried out.
func (j *journey) run() bool {
	random := rand.New(rand.NewPCG(j.seed, 7))
	a := randschema.Generate(random, j.server)
	b := randschema.Generate(random, j.server)
	if !randschema.Fits(a, b) {
		return false
	}
	j.clear()
	statements, err := ddl.Create(j.server, a)
	j.must(err)
	j.execute(statements)
	j.fill(a, b)

	start := j.read()
	if start.Tables.Len() != a.Tables.Len() {
		j.fail("%d tables where %d were created: dropping all left some", start.Tables.Len(), a.Tables.Len())
	}
	values := j.values(a, b)
	there := j.plan(start, b)
	if len(there.Plan.Decisions()) > 0 {
		return false // an unknown cast: somebody has to say what becomes of the values
	}
	j.perform(start, there.Plan.Operations)
	reached := j.read()
	if rest := j.plan(reached, b); !rest.Plan.Empty() {
		j.fail("after the upgrade there is still to do:\n%s", lines(rest.Plan.Operations))
	}
	j.sameValues("the upgrade", values, j.values(a, b))
	if there.Plan.Reverse == nil {
		j.fail("no reverse: %s", there.Plan.Irreversible)
	}
	j.perform(reached, there.Plan.Reverse)
	back, err := diff.Diff(j.read(), start, diff.Options{Equality: autogen.Static(j.server), Renames: diff.NeverRename})
	j.must(err)
	if !back.Empty() {
		j.fail("after the downgrade there is still to do:\n%s", lines(back.Operations))
	}
	j.sameValues("the downgrade", values, j.values(a, b))
	return true
}

func (j *journey) plan(from, to *schema.Schema) *autogen.Result {
	input := autogen.Input{Current: from, Target: to, Database: j.database, Diff: diff.Options{Renames: diff.NeverRename}}
	if j.rewrite != nil {
		input.Rewrite = func(plan *diff.Plan) error { return j.rewrite(from, plan) }
	}
	result, err := autogen.Run(j.ctx, input)
	j.must(err)
	if result.Unconfirmed != "" {
		j.fail("unconfirmed: %s", result.Unconfirmed)
	}
	if result.Proof != nil && !result.Proof.Holds() && len(result.Plan.Decisions()) == 0 {
		j.fail("%s\n%s\n%s\nplan:\n%s", result.Proof, strings.Join(result.Proof.Upgrade, "\n"), strings.Join(result.Proof.Downgrade, "\n"), lines(result.Plan.Operations))
	}
	return result
}

func (j *journey) perform(before *schema.Schema, operations []op.Operation) {
	statements, err := ddl.Compile(j.server, before, operations)
	j.must(err)
	j.execute(statements)
}

// execute runs statements on one connection, with SQLite's foreign keys off where the plan asks for it.
func (j *journey) execute(statements []ddl.Statement) {
	conn, err := j.database.Conn(j.ctx)
	j.must(err)
	defer conn.Close()
	for _, statement := range statements {
		j.log = append(j.log, statement.SQL)
		if statement.Run != nil {
			j.must(statement.Run(j.ctx, bun.NewDB(j.database.DB, dialects[j.server.Dialect])))
			continue
		}
		if statement.Guard != "" {
			j.guard(conn, statement)
			continue
		}
		if statement.ForeignKeysOff {
			_, err := conn.ExecContext(j.ctx, "PRAGMA foreign_keys=OFF")
			j.must(err)
		}
		if _, err := conn.ExecContext(j.ctx, statement.SQL, statement.Args...); err != nil {
			j.fail("%v", err)
		}
	}
	if j.server.Dialect == schema.SQLite {
		_, err := conn.ExecContext(j.ctx, "PRAGMA foreign_keys=ON")
		j.must(err)
	}
}

// guard fails if a row stands in the way of a statement.
func (j *journey) guard(conn *sql.Conn, statement ddl.Statement) {
	rows, err := conn.QueryContext(j.ctx, statement.SQL, statement.Args...)
	j.must(err)
	defer rows.Close()
	if rows.Next() {
		j.fail("guard: %s", statement.Guard)
	}
	j.must(rows.Err())
}

// dialects lends bun to steps that run as Go code.
var dialects = map[schema.Dialect]bunschema.Dialect{
	schema.Postgres: pgdialect.New(), schema.MySQL: mysqldialect.New(), schema.SQLite: sqlitedialect.New(),
}

func (j *journey) read() *schema.Schema {
	s, err := introspect.Read(j.ctx, j.database, j.database.Dialect, introspect.Options{})
	j.must(err)
	if len(s.Problems) > 0 {
		j.fail("problems: %v", s.Problems)
	}
	return s
}

// clear empties the database by a plan to the empty schema, which is a test of its own.
func (j *journey) clear() {
	current := j.read()
	plan, err := diff.Diff(current, schema.New(j.server), diff.Options{})
	j.must(err)
	j.perform(current, plan.Operations)
	j.log = nil
}

func (j *journey) fill(a, b *schema.Schema) {
	for table := range a.Tables.All() {
		var columns []string
		for _, column := range table.Columns {
			if column.Generated == nil {
				columns = append(columns, ddl.Quote(j.server.Dialect, column.Name))
			}
		}
		for n := range randschema.Rows {
			sql := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", ddl.QuoteName(j.server.Dialect, table.Name), strings.Join(columns, ", "), strings.Join(randschema.Values(table, a, b, n), ", "))
			j.log = append(j.log, sql)
			_, err := j.database.ExecContext(j.ctx, sql)
			j.must(err)
		}
	}
}

// values returns the rows of each table that both schemas have, in the columns that both have with one type.
func (j *journey) values(a, b *schema.Schema) map[string][]string {
	out := map[string][]string{}
	for table := range a.Tables.All() {
		other := b.Table(table.Name)
		if other == nil {
			continue
		}
		var columns []string
		for _, column := range table.Columns {
			if same := other.Column(column.Name); same != nil && same.Type == column.Type && column.Generated == nil && same.Generated == nil {
				columns = append(columns, ddl.Quote(j.server.Dialect, column.Name))
			}
		}
		query := fmt.Sprintf("SELECT %s FROM %s ORDER BY 1", strings.Join(columns, ", "), ddl.QuoteName(j.server.Dialect, table.Name))
		out[table.Name.String()+" "+strings.Join(columns, " ")] = j.query(query, len(columns))
	}
	return out
}

// query returns the rows of a query as text. Its text is never twice the same, since the driver keeps plans, and the types
// in them change.
func (j *journey) query(query string, columns int) []string {
	query += fmt.Sprintf(" -- %d", queries.Add(1))
	rows, err := j.database.QueryContext(j.ctx, query)
	j.must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		values, places := make([]sql.NullString, columns), make([]any, columns)
		for i := range values {
			places[i] = &values[i]
		}
		j.must(rows.Scan(places...))
		out = append(out, fmt.Sprint(values))
	}
	j.must(rows.Err())
	return out
}

// sameValues checks that no row and no value got lost. A column that became a reference or an enum on the way back from
// one that was dropped holds nothing on either side.
func (j *journey) sameValues(after string, want, got map[string][]string) {
	j.t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		j.fail("rows after %s (-before +after):\n%s", after, d)
	}
}

func (j *journey) must(err error) {
	if err != nil {
		j.t.Helper()
		j.fail("%v", err)
	}
}

func (j *journey) fail(format string, args ...any) {
	j.t.Helper()
	j.t.Fatalf("seed %d: %s\nstatements:\n%s", j.seed, fmt.Sprintf(format, args...), strings.Join(j.log, ";\n"))
}

func lines(operations []op.Operation) string {
	out := make([]string, len(operations))
	for i, operation := range operations {
		out[i] = operation.String()
	}
	return strings.Join(out, "\n")
}
