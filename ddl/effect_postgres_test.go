package ddl_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// effectCase is an operation on the tables of [effectTables], after what given adds to them.
type effectCase struct {
	name  string
	given func(m *op.Migration)
	step  func(m *op.Migration)
}

// TestEffectsOnPostgres compares the effects with what the server says it does: the locks that the transaction holds
// afterwards, and its messages about rewrites, scans and index builds.
func TestEffectsOnPostgres(t *testing.T) {
	url := servertest.Postgres(t)
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	var notices []string
	config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) { notices = append(notices, notice.Message) }
	ctx := context.Background()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	server := schema.Server{Dialect: schema.Postgres, Version: postgresVersion(t, conn)}
	execAll(t, conn, "SET TimeZone = 'Europe/Berlin'", "CREATE EXTENSION citext", "SET client_min_messages = debug1")

	tables, prepare := compileEffect(t, server, schema.New(server), recordEffect(t, server.Dialect, effectTables))
	execAll(t, conn, "CREATE SCHEMA effect", "SET search_path = effect, public")
	execAll(t, conn, texts(prepare)...)

	for _, c := range postgresEffects {
		t.Run(c.name, func(t *testing.T) {
			before := tables
			if c.given != nil {
				given := recordEffect(t, server.Dialect, c.given)
				undo, err := op.Reverse(tables, given)
				if err != nil {
					t.Fatal(err)
				}
				var more, back []ddl.Statement
				before, more = compileEffect(t, server, tables, given)
				_, back = compileEffect(t, server, before, undo)
				execAll(t, conn, texts(more)...)
				defer execAll(t, conn, texts(back)...)
			}
			operations := recordEffect(t, server.Dialect, c.step)
			want := ddl.EffectOf(server, before, operations[0])
			_, statements := compileEffect(t, server, before, operations)
			if strings.Contains(statements[0].SQL, "CONCURRENTLY") {
				return // its locks are gone when it is done
			}
			names := tableNames(t, conn)
			execAll(t, conn, "BEGIN")
			defer execAll(t, conn, "ROLLBACK")
			notices = nil
			execAll(t, conn, texts(statements)...)

			got := ddl.Effect{Transactional: want.Transactional, Reason: want.Reason}
			got.Locks = heldLocks(t, conn, names)
			for _, notice := range notices {
				switch {
				case strings.Contains(notice, `on table "u`): // a new one
				case strings.HasPrefix(notice, "rewriting table"):
					got.Rewrites = true
				case strings.HasPrefix(notice, "verifying table"), strings.HasPrefix(notice, "validating foreign key"):
					got.Scans = true
				case strings.HasPrefix(notice, "building index"):
					got.Builds = true
				}
			}
			if got.Rewrites { // which includes both
				got.Scans, got.Builds = want.Scans, want.Builds
			}
			slices.SortFunc(want.Locks, func(a, b ddl.TableLock) int { return a.Table.Compare(b.Table) })
			if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
				t.Errorf("\nserver %s\nEffectOf %s\n%s", g, w, strings.Join(notices, "\n"))
			}
		})
	}
}

// tableNames returns the tables that are there, by their number in the catalog.
func tableNames(t *testing.T, conn *pgx.Conn) map[uint32]string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT oid, relname FROM pg_class WHERE relnamespace = 'effect'::regnamespace AND relkind IN ('r', 'p')`)
	if err != nil {
		t.Fatal(err)
	}
	names := map[uint32]string{}
	var oid uint32
	var name string
	if _, err := pgx.ForEachRow(rows, []any{&oid, &name}, func() error { names[oid] = name; return nil }); err != nil {
		t.Fatal(err)
	}
	return names
}

// heldLocks returns the strongest lock that the transaction holds on each table that was there before.
func heldLocks(t *testing.T, conn *pgx.Conn, names map[uint32]string) []ddl.TableLock {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	order := []string{"", "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}
	words := []string{"", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"}
	blocks := []ddl.Access{"", "", "", "", ddl.BlocksSchema, ddl.BlocksWrites, ddl.BlocksWrites, ddl.BlocksWrites, ddl.BlocksAll}
	strongest := map[string]int{}
	var oid uint32
	var mode string
	if _, err := pgx.ForEachRow(rows, []any{&oid, &mode}, func() error {
		if name, there := names[oid]; there {
			strongest[name] = max(strongest[name], slices.Index(order, mode))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var locks []ddl.TableLock
	for _, name := range slices.Sorted(maps.Keys(strongest)) {
		at := strongest[name]
		locks = append(locks, ddl.TableLock{Table: schema.Name{Name: name}, Mode: words[at], Blocks: blocks[at]})
	}
	return locks
}

func execAll(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, text := range statements {
		if _, err := conn.Exec(context.Background(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

func postgresVersion(t *testing.T, conn *pgx.Conn) schema.Version {
	t.Helper()
	var version schema.Version
	if _, err := fmt.Sscanf(conn.PgConn().ParameterStatus("server_version"), "%d.%d", &version.Major, &version.Minor); err != nil {
		t.Fatal(err)
	}
	return version
}

func texts(statements []ddl.Statement) []string {
	out := make([]string, len(statements))
	for i, statement := range statements {
		out[i] = statement.SQL
	}
	return out
}

func recordEffect(t *testing.T, dialect schema.Dialect, step func(*op.Migration)) []op.Operation {
	t.Helper()
	operations, err := op.Record(dialect, step)
	if err != nil {
		t.Fatal(err)
	}
	return operations
}

// compileEffect returns the schema after the operations, and their statements.
func compileEffect(t *testing.T, server schema.Server, before *schema.Schema, operations []op.Operation) (*schema.Schema, []ddl.Statement) {
	t.Helper()
	statements, err := ddl.Compile(server, before, operations)
	if err != nil {
		t.Fatal(err)
	}
	after, err := op.Replay(before, operations)
	if err != nil {
		t.Fatal(err)
	}
	return after, statements
}

// effectTables makes the tables that the cases are about: t, which refers to p.
func effectTables(m *op.Migration) {
	m.CreateTable("p", op.Column("id", "bigint").NotNull(), op.Column("k", "bigint"), op.PrimaryKey("id"))
	m.CreateTable("t",
		op.Column("id", "bigint").NotNull(), op.Column("a", "integer"), op.Column("b", "integer").NotNull().Default("0"),
		op.Column("v", "varchar(10)"), op.Column("n", "numeric(10,2)"), op.Column("pid", "bigint"), op.Column("txt", "text"),
		op.PrimaryKey("id"),
		op.ForeignKey("pid").References("p", "id").Named("t_pid_fkey"),
		op.Check("t_b_check", "b >= 0"))
	m.CreateIndex("t_txt", "t", "txt")
}
