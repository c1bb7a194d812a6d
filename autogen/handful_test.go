package autogen_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// created collects the statements that create tables.
type created []string

func (c *created) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if strings.HasPrefix(data.SQL, "CREATE TABLE") {
		*c = append(*c, data.SQL)
	}
	return ctx
}

func (c *created) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestOneChangeInManyTables has one of 10,000 tables changed: scratch space holds that one and its neighbours, to settle its
// spelling and to prove the plan, and nothing else.
func TestOneChangeInManyTables(t *testing.T) {
	const tables = 10_000
	config, err := pgx.ParseConfig(servertest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	var statements created
	config.Tracer = &statements
	db := stdlib.OpenDB(*config)
	defer db.Close()
	server, err := introspect.ServerOf(t.Context(), db, schema.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	current := schema.New(server)
	current.DefaultNamespace = "public"
	for n := range tables {
		table := &schema.Table{
			Name: schema.Name{Name: fmt.Sprintf("t%d", n)},
			Columns: []*schema.Column{
				{Name: "id", Type: "bigint", NotNull: true}, {Name: "up", Type: "bigint"},
				{Name: "note", Type: "character varying(40)", Default: "'x'::character varying"},
			},
			PrimaryKey: &schema.PrimaryKey{Name: fmt.Sprintf("t%d_pkey", n), Columns: []string{"id"}},
		}
		if n > 0 {
			table.ForeignKeys = []*schema.ForeignKey{{
				Name: fmt.Sprintf("t%d_up", n), Columns: []string{"up"}, RefTable: schema.Name{Name: fmt.Sprintf("t%d", n-1)}, RefColumns: []string{"id"},
			}}
		}
		current.Tables.Add(table)
	}
	target := current.Clone()
	for table := range target.Tables.All() { // as a model says it
		table.Column("note").Type, table.Column("note").Default = "varchar(40)", "'x'"
	}
	target.Table(schema.Name{Name: "t500"}).Column("note").Default = "lower('Y')"

	result, err := autogen.Run(t.Context(), autogen.Input{
		Current: current, Target: target, Database: &introspect.Database{DB: db, Dialect: schema.Postgres},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Plan.Operations) != 1 || result.Plan.Operations[0].(*op.AlterColumn).Table.Name != "t500" {
		t.Fatalf("plan:\n%s", lines(result.Plan.Operations))
	}
	if result.Proof == nil || !result.Proof.Holds() {
		t.Errorf("proof: %v", result.Proof)
	}
	// The definition of t500 is read back, and the proof has t499, t500 and t501.
	if len(statements) != 4 {
		t.Errorf("%d tables were created in scratch space:\n%s", len(statements), strings.Join(statements, "\n"))
	}
}
