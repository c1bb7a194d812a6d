package introspect_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// loadPostgres runs a file of testdata/postgres.
func loadPostgres(tb testing.TB, db *sql.DB, file string) {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "postgres", file))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := db.ExecContext(tb.Context(), string(text)); err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
}

func execPostgres(tb testing.TB, db *sql.DB, statements ...string) {
	tb.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(tb.Context(), statement); err != nil {
			tb.Fatalf("%v\n%s", err, statement)
		}
	}
}

func readPostgres(tb testing.TB, q introspect.Querier, options introspect.Options) *schema.Schema {
	tb.Helper()
	s, err := introspect.Read(tb.Context(), q, schema.Postgres, options)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// TestPostgresReadAttributes looks at what a round trip alone would not show: that attributes are where they belong.
func TestPostgresReadAttributes(t *testing.T) {
	db := servertest.OpenPostgres(t)
	loadPostgres(t, db, "shop.sql")
	s := readPostgres(t, db, introspect.Options{})

	products := s.Table(named("products"))
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"serial", products.Column("stock"), &schema.Column{Name: "stock", Type: "smallint", NotNull: true, Identity: &schema.Identity{Kind: schema.IdentitySerial}}},
		{"generated", products.Column("total").Generated, &schema.Generated{Expr: "price * ((1)::numeric + 0.2)", Stored: true}},
		{"column options", products.Column("sku").Options, schema.Options{{Key: "with", Value: "n_distinct=-0.5"}}},
		{"storage", products.Column("description").Options.Value(schema.OptionStorage), "EXTERNAL"},
		{"primary key", products.PrimaryKey, &schema.PrimaryKey{Name: "products_pk", Columns: []string{"id"}, Include: []string{"sku"}, Options: schema.Options{{Key: "with", Value: "fillfactor=80"}}}},
		{"foreign key", products.ForeignKey("products_category_fk"), &schema.ForeignKey{
			Name: "products_category_fk", Columns: []string{"category_id"}, RefTable: named("categories"), RefColumns: []string{"id"},
			OnDelete: schema.Restrict, OnUpdate: schema.SetDefault, Match: "FULL", Deferrable: schema.InitiallyNow, NotValid: true, Comment: "the shelf",
		}},
		{"table options", products.Options, schema.Options{{Key: "cluster_on", Value: "products_price_idx"}, {Key: "with", Value: "autovacuum_enabled=false, fillfactor=90, toast.autovacuum_enabled=false"}}},
		{"index", products.Index("products_price_idx"), &schema.Index{Name: "products_price_idx", Include: []string{"sku", "stock"}, Parts: []schema.IndexPart{
			{Column: "price", Desc: true}, {Column: "title", Collation: "C", Nulls: schema.NullsFirst}, {Column: "id", Desc: true, Nulls: schema.NullsLast},
		}}},
		{"expressions", products.Index("products_live").Parts, []schema.IndexPart{{Expr: "lower(title)"}, {Expr: "price + (1)::numeric"}, {Column: "category_id"}}},
		{"predicate", products.Index("products_live").Where, "(deleted_at IS NULL) AND (price > (10)::numeric)"},
		{"operator class", products.Index("products_title_trgm").Parts[0].OpClass, "gin_trgm_ops"},
		{"no index of a constraint", products.Index("products_sku"), (*schema.Index)(nil)},
		{"partition", s.Table(named("orders_rest")).Partition, &schema.Partition{Of: named("orders"), Bound: "DEFAULT"}},
		{"no index of the parent", len(s.Table(named("orders_rest")).Indexes), 0},
		{"check", s.Table(named("customers")).Check("name is short"), &schema.Check{Name: "name is short", Expr: "length((name)::text) < 100", NoInherit: true}},
		{"enum", first(s.Enums.Get(named("Size"))), &schema.Enum{Name: named("Size"), Values: []string{"S", "M", "L", ""}}},
		{"function of an extension", first(s.Functions.Get(named("similarity(text, text)"))).Foreign, "extension pg_trgm"},
		{"view", first(s.Views.Get(named("a_first_by_name"))).DependsOn, []schema.Dependency{
			{Relation: named("cheap_products"), Column: "id"}, {Relation: named("cheap_products"), Column: "title"},
		}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

func first[T any](value T, _ bool) T { return value }

func TestPostgresReadsSomeTables(t *testing.T) {
	db := servertest.OpenPostgres(t)
	loadPostgres(t, db, "ledger.sql")
	options := introspect.Options{Namespaces: []string{"books"}}
	full := readPostgres(t, db, options)
	options.Tables = []schema.Name{{Schema: "books", Name: "accounts"}, {Name: "null"}, {Name: "nobody"}}
	part := readPostgres(t, db, options)

	want := schema.New(full.Server)
	want.DefaultNamespace, want.Namespaces = full.DefaultNamespace, full.Namespaces
	want.Tables.Add(full.Table(named("null")), full.Table(schema.Name{Schema: "books", Name: "accounts"}))
	want.Enums.Add(first(full.Enums.Get(named("currency"))))
	want.Domains.Add(first(full.Domains.Get(schema.Name{Schema: "books", Name: "amount"})))
	want.Composites.Add(first(full.Composites.Get(schema.Name{Schema: "books", Name: "money_amount"})))
	if diff := cmp.Diff(tree(t, want), tree(t, part)); diff != "" {
		t.Errorf("not the same as in the full reading (-full +part):\n%s", diff)
	}
}

// TestPostgresReadIgnoresSettings reads through connections whose settings and handles differ: the result must not.
func TestPostgresReadIgnoresSettings(t *testing.T) {
	address := servertest.Postgres(t)
	db := servertest.Open(t, address)
	loadPostgres(t, db, "ledger.sql")
	execPostgres(t, db, "CREATE SCHEMA hidden; CREATE TABLE hidden.owners (x integer); CREATE TYPE hidden.currency AS ENUM ('no')",
		"CREATE TABLE constants (a date DEFAULT '2020-02-01', b timestamptz DEFAULT '2020-01-01 00:00+02', c interval DEFAULT '1 day 2 hours', d float8 DEFAULT 0.1234567890123456, e bytea DEFAULT '\\x00ff') PARTITION BY RANGE (b)",
		"CREATE TABLE constants_1 PARTITION OF constants FOR VALUES FROM ('2020-01-01 00:00+02') TO ('2021-01-01 00:00+02')")
	options := introspect.Options{Namespaces: []string{"books", "absent"}, DefaultNamespace: "public"}
	want := tree(t, readPostgres(t, db, options))
	check := func(how string, q introspect.Querier) {
		t.Helper()
		if diff := cmp.Diff(want, tree(t, readPostgres(t, q, options))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", how, diff)
		}
	}

	one := servertest.Open(t, address)
	one.SetMaxOpenConns(1)
	execPostgres(t, one, "SET search_path = hidden, books, pg_catalog, public; SET standard_conforming_strings = off; SET quote_all_identifiers = on",
		"SET DateStyle = 'German, DMY'; SET IntervalStyle = 'sql_standard'; SET TimeZone = 'Asia/Tokyo'; SET extra_float_digits = -5",
		"CREATE TEMPORARY TABLE owners (y integer)")
	check("another search_path and a temporary table", one)
	var path string
	if err := one.QueryRow("SHOW search_path").Scan(&path); err != nil || path != "hidden, books, pg_catalog, public" {
		t.Errorf("search_path is %q (%v) after reading", path, err)
	}

	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	check("a connection", conn)
	if _, err := conn.ExecContext(t.Context(), "BEGIN; SET LOCAL search_path = books; CREATE TABLE uncommitted (a integer)"); err != nil {
		t.Fatal(err)
	}
	if s := readPostgres(t, conn, introspect.Options{}); s.Table(named("uncommitted")) == nil || s.DefaultNamespace != "books" {
		t.Error("a table of the transaction that its user began by hand is not seen")
	}
	if err := conn.QueryRowContext(t.Context(), "SHOW search_path").Scan(&path); err != nil || path != "books" {
		t.Errorf("search_path is %q (%v) after reading in a transaction", path, err)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}

	bunDB := bun.NewDB(db, pgdialect.New())
	check("bun's database", bunDB)
	tx, err := bunDB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}()
	check("bun's transaction", tx)
	bunConn, err := bunDB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer bunConn.Close()
	check("bun's connection", bunConn)
}

// TestPostgresReadWithoutRights reads as a role that may connect and nothing else: pg_catalog tells it all the same.
func TestPostgresReadWithoutRights(t *testing.T) {
	address := servertest.Postgres(t)
	db := servertest.Open(t, address)
	loadPostgres(t, db, "forum.sql")
	role := "retort_nobody_" + strings.ToLower(strings.Trim(filepath.Base(mustURL(t, address).Path), "/"))
	role = role[:min(len(role), 60)]
	execPostgres(t, db, "CREATE ROLE "+role+" LOGIN PASSWORD 'nothing'")
	t.Cleanup(func() {
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), "DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	options := introspect.Options{Namespaces: []string{"audit"}}
	want := readPostgres(t, db, options)

	limited := mustURL(t, address)
	limited.User = url.UserPassword(role, "nothing")
	nobody := servertest.Open(t, limited.String())
	got := readPostgres(t, nobody, options)
	if diff := cmp.Diff(want.Tables.Len(), got.Tables.Len()); diff != "" {
		t.Errorf("tables:\n%s", diff)
	}
	if len(got.Problems) != 1 || got.Problems[0].Object != "schema audit" || !strings.Contains(got.Problems[0].Reason, "GRANT USAGE") {
		t.Errorf("problems: %v, want one that asks for USAGE on schema audit", got.Problems)
	}
	got.Problems = nil
	if diff := cmp.Diff(tree(t, want), tree(t, got)); diff != "" {
		t.Errorf("the role reads something else (-superuser +role):\n%s", diff)
	}

	err := introspect.WithScratch(t.Context(), nobody, schema.Postgres, introspect.ScratchOptions{}, func(*introspect.Scratch) error {
		t.Error("a role without CREATE got scratch space")
		return nil
	})
	var none *introspect.NoScratchError
	if !errors.As(err, &none) || !strings.Contains(err.Error(), "needs CREATE on database") {
		t.Errorf("scratch: %v, want a NoScratchError that names the right", err)
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestPostgresReadWhileDropped reads while tables, views and functions come and go. Nothing of that may be an error.
func TestPostgresReadWhileDropped(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execPostgres(t, db, "CREATE TABLE stays (a integer)")
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for worker := range 3 {
		group.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				name := fmt.Sprintf("w%d", worker)
				_, err := db.ExecContext(ctx, fmt.Sprintf(`CREATE TABLE %[1]s (a serial PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''), c integer GENERATED ALWAYS AS (1) STORED);
					CREATE INDEX ON %[1]s (lower(b)) WHERE a > 0; CREATE VIEW %[1]s_v AS SELECT * FROM %[1]s;
					CREATE FUNCTION %[1]s_f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
					CREATE TRIGGER r BEFORE INSERT ON %[1]s EXECUTE FUNCTION %[1]s_f(); CREATE TYPE %[1]s_e AS ENUM ('a')`, name))
				if err == nil {
					_, err = db.ExecContext(ctx, fmt.Sprintf("DROP TABLE %[1]s CASCADE; DROP FUNCTION %[1]s_f; DROP TYPE %[1]s_e", name))
				}
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 40 {
		s, err := introspect.Read(t.Context(), db, schema.Postgres, introspect.Options{})
		if err != nil {
			t.Errorf("reading: %v", err)
			break
		}
		if s.Table(named("stays")) == nil {
			t.Error("the table that stays is missing")
		}
	}
	cancel()
	group.Wait()
}

// TestPostgresUnreadable breaks one function in the catalog: it becomes a problem, and the rest is read.
func TestPostgresUnreadable(t *testing.T) {
	db := servertest.OpenPostgres(t)
	var statements []string
	for n := range 10 {
		statements = append(statements, fmt.Sprintf("CREATE FUNCTION f%d() RETURNS integer LANGUAGE sql AS 'SELECT 1'", n))
	}
	execPostgres(t, db, append(statements, "CREATE TABLE t (a integer)",
		"UPDATE pg_proc SET prolang = 99999 WHERE proname = 'f7'")...)
	s := readPostgres(t, db, introspect.Options{})
	if len(s.Problems) != 1 || s.Problems[0].Object != "function f7" || !strings.Contains(s.Problems[0].Reason, "99999") {
		t.Errorf("problems: %v, want the one of function f7", s.Problems)
	}
	if s.Functions.Len() != 9 || s.Table(named("t")) == nil {
		t.Errorf("%d functions and %d tables are read, want 9 and 1", s.Functions.Len(), s.Tables.Len())
	}
}

func TestPostgresInvalidIndex(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execPostgres(t, db, "CREATE TABLE t (a integer)", "INSERT INTO t VALUES (1), (1)")
	if _, err := db.ExecContext(t.Context(), "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"); err == nil {
		t.Fatal("a unique index on equal values was created")
	}
	if index := readPostgres(t, db, introspect.Options{}).Table(named("t")).Index("i"); index == nil || !index.Invalid {
		t.Errorf("index: %+v, want an invalid one", index)
	}
}

func TestPostgresScratch(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execPostgres(t, db, "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (a text)")
	failure := errors.New("failure of the caller")
	err := introspect.WithScratch(t.Context(), db, schema.Postgres, introspect.ScratchOptions{}, func(s *introspect.Scratch) error {
		execScratch(t, s, "CREATE TABLE t (a mood DEFAULT 'ok', b mood[])")
		got := readScratch(t, s).Table(named("t"))
		want := &schema.Table{Name: named("t"), Columns: []*schema.Column{{Name: "a", Type: "mood", Default: "'ok'::mood"}, {Name: "b", Type: "mood[]"}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("the error of the caller became %v", err)
	}
	s := readPostgres(t, db, introspect.Options{})
	if len(s.Unmodelled) != 0 || s.Table(named("t")).Column("b") != nil {
		t.Errorf("scratch space left something behind: %v", s.Unmodelled)
	}
	readOnly := servertest.OpenPostgres(t)
	readOnly.SetMaxOpenConns(1)
	execPostgres(t, readOnly, "SET default_transaction_read_only = on")
	err = introspect.WithScratch(t.Context(), readOnly, schema.Postgres, introspect.ScratchOptions{}, func(*introspect.Scratch) error { return nil })
	var none *introspect.NoScratchError
	if !errors.As(err, &none) {
		t.Errorf("read-only server: %v, want a NoScratchError", err)
	}
}

func TestPostgresCancelled(t *testing.T) {
	db := servertest.OpenPostgres(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := introspect.Read(ctx, db, schema.Postgres, introspect.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled reading: %v", err)
	}
}

// TestPostgresBackfill walks over a key in batches; a question mark in the expression is an operator, not a parameter.
func TestPostgresBackfill(t *testing.T) {
	db := servertest.OpenPostgres(t)
	execPostgres(t, db, "CREATE TABLE t (a integer, b text, has boolean, PRIMARY KEY (a, b))",
		"INSERT INTO t SELECT n / 7, 'it''s ' || n, CASE WHEN n % 10 = 0 THEN false END FROM generate_series(1, 100) n")
	before := readPostgres(t, db, introspect.Options{})
	fill := &op.Backfill{Table: named("t"), Set: []op.Assignment{{Column: "has", Expr: "jsonb_build_object(b, 1) ? b"}}, Batch: 7}
	statements, err := ddl.Compile(before.Server, before, []op.Operation{fill})
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) != 1 || statements[0].Run == nil || !statements[0].OutsideTransaction {
		t.Fatalf("statements: %+v, want one step in Go outside a transaction", statements)
	}
	if err := statements[0].Run(t.Context(), bun.NewDB(db, pgdialect.New())); err != nil {
		t.Fatal(err)
	}
	var filled, kept int
	if err := db.QueryRow("SELECT count(*) FILTER (WHERE has), count(*) FILTER (WHERE NOT has) FROM t").Scan(&filled, &kept); err != nil || filled != 90 || kept != 10 {
		t.Errorf("%d rows are filled and %d kept (%v), want 90 and 10", filled, kept, err)
	}
}
