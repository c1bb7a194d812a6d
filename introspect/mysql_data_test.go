package introspect_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// TestMySQLDataSteps inserts more values than a statement takes, and fills a column along a key of two columns.
func TestMySQLDataSteps(t *testing.T) {
	db := openMySQL(t)
	name := schema.Name{Name: "da`ta"}
	table := &schema.Table{Name: name,
		Columns:    []*schema.Column{{Name: "a", Type: "int", NotNull: true}, {Name: "b", Type: "varchar(20)", NotNull: true}, {Name: "full", Type: "varchar(40)"}},
		PrimaryKey: &schema.PrimaryKey{Columns: []string{"a", "b"}}}
	const count = 40000
	rows := make([][]any, count)
	for i := range rows {
		rows[i] = []any{i / 3, strings.Repeat("x'\\", 1+i%3)}
	}
	statements, err := ddl.Compile(readMySQL(t, db).Server, nil, []op.Operation{
		&op.CreateTable{Table: table},
		&op.Insert{Table: name, Columns: []string{"a", "b"}, Rows: rows},
		&op.Backfill{Table: name, Set: []op.Assignment{{Column: "full", Expr: "concat(a, '-', b)"}}, Where: "`full` IS NULL AND a > 0", Batch: 7001},
	})
	if err != nil {
		t.Fatal(err)
	}
	handle := bun.NewDB(db.DB, mysqldialect.New())
	for _, statement := range statements {
		if statement.Run != nil {
			err = statement.Run(t.Context(), handle)
		} else {
			_, err = db.ExecContext(t.Context(), statement.SQL, statement.Args...)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var all, filled, wrong int
	row := db.QueryRowContext(t.Context(), "SELECT COUNT(*), SUM(`full` IS NOT NULL), SUM(`full` <> concat(a, '-', b) OR (a = 0) <> (`full` IS NULL)) FROM `da``ta`")
	if err := row.Scan(&all, &filled, &wrong); err != nil {
		t.Fatal(err)
	}
	if all != count || filled != count-3 || wrong != 0 {
		t.Errorf("%d rows, %d filled, %d wrong", all, filled, wrong)
	}
}

// TestMySQLDropNamespace asks before it drops a database with tables in it.
func TestMySQLDropNamespace(t *testing.T) {
	db, other := openMySQL(t), openMySQL(t)
	name := currentDatabase(t, other)
	before := schema.New(readMySQL(t, db).Server)
	before.Namespaces = []string{name}
	statements, err := ddl.Compile(before.Server, before, []op.Operation{&op.DropNamespace{Name: name}})
	if err != nil || len(statements) != 2 || statements[0].Guard == "" {
		t.Fatal(statements, err)
	}
	execMySQL(t, other, "CREATE TABLE precious (id int)")
	var table string
	if err := db.QueryRowContext(t.Context(), statements[0].SQL).Scan(&table); err != nil || table != "precious" {
		t.Errorf("the guard sees %q, %v", table, err)
	}
}

// TestMySQLSequences changes a sequence of MariaDB and reads it back.
func TestMySQLSequences(t *testing.T) {
	db := openMySQL(t)
	if flavor, _ := servertest.MySQLFlavor(t, db.DB); flavor != "mariadb" {
		return // TestMySQLUnsupported in package ddl holds what MySQL says to sequences
	}
	name := schema.Name{Name: "numbers"}
	step, most := int64(5), int64(500)
	operations := []op.Operation{
		&op.CreateSequence{Sequence: &schema.Sequence{Name: name}},
		&op.AlterSequence{Sequence: &schema.Sequence{Name: name, Increment: &step, Max: &most, Cycle: true}},
		&op.RenameSequence{From: name, To: schema.Name{Name: "digits"}},
	}
	statements, err := ddl.Compile(readMySQL(t, db).Server, nil, operations)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		execMySQL(t, db, statement.SQL)
	}
	got, ok := readMySQL(t, db).Sequences.Get(schema.Name{Name: "digits"})
	if !ok || *got.Increment != step || *got.Max != most || !got.Cycle || got.Start != nil {
		t.Errorf("%+v", got)
	}
}

// TestMySQLSequenceTypes creates sequences of every type of MariaDB 11.5 and changes them to wider and narrower ones, with
// their comments.
func TestMySQLSequenceTypes(t *testing.T) {
	db := openMySQL(t)
	state := readMySQL(t, db)
	name := schema.Name{Name: "numbers"}
	down := int64(-1)
	var steps []*schema.Sequence
	if state.Server.Flavor == schema.MariaDB {
		steps = []*schema.Sequence{{Name: name, Comment: "it's"}, {Name: name, Comment: `a\b`}, {Name: name}}
	}
	if state.Server.Flavor == schema.MariaDB && state.Server.Version.AtLeast(11, 5, 0) {
		steps = append(steps, &schema.Sequence{Name: name, Type: "int unsigned", Comment: "narrower"}, &schema.Sequence{Name: name, Type: "smallint"},
			&schema.Sequence{Name: name, Type: "tinyint unsigned"}, &schema.Sequence{Name: name, Type: "bigint unsigned"}, &schema.Sequence{Name: name},
			&schema.Sequence{Name: schema.Name{Name: "down"}, Type: "mediumint", Increment: &down},
			&schema.Sequence{Name: schema.Name{Name: "down"}, Type: "tinyint", Increment: &down})
	}
	for i, want := range steps {
		var change op.Operation = &op.AlterSequence{Sequence: want}
		if !state.Sequences.Has(want.Name) {
			change = &op.CreateSequence{Sequence: want}
		}
		statements, err := ddl.Compile(state.Server, state, []op.Operation{change})
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range statements {
			execMySQL(t, db, statement.SQL)
		}
		state = readMySQL(t, db)
		got, _ := state.Sequences.Get(want.Name)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
}
