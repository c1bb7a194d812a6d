package op_test

import (
	"encoding/json"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func projects(m *op.Migration) {
	m.CreateTable("projects",
		op.Column("id", "bigint").NotNull().AutoIncrement(),
		op.Column("name", "varchar(100)").NotNull(),
		op.Column("owner_id", "bigint"),
		op.Column("created_at", op.Types{Postgres: "timestamptz", MySQL: "datetime(6)", SQLite: "timestamp"}).NotNull().
			Defaults(op.PerEngine{Postgres: "now()", MySQL: "CURRENT_TIMESTAMP(6)", SQLite: "CURRENT_TIMESTAMP"}),
		op.PrimaryKey("id"),
		op.ForeignKey("owner_id").References("users", "id").OnDelete("CASCADE"),
		op.Check("ck_name", "length(name) > 0"),
	)
	m.CreateIndex("ix_projects_owner_id", "projects", "owner_id").Where("owner_id IS NOT NULL")
	m.AddColumn("projects", op.Column("note", "text"))
	m.RenameColumn("projects", "name", "title")
	m.AlterColumn("projects", "note").NotNull().Default("''")
	m.DropColumn("projects", "owner_id")
}

func TestReplayAndReverse(t *testing.T) {
	for _, dialect := range schema.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			operations, err := op.Record(dialect, projects)
			if err != nil {
				t.Fatal(err)
			}
			before := schema.New(schema.Server{Dialect: dialect})
			before.Tables.Add(&schema.Table{Name: schema.Name{Name: "users"}, Columns: []*schema.Column{{Name: "id", Type: "bigint", NotNull: true}}})
			after, err := op.Replay(before, operations)
			if err != nil {
				t.Fatal(err)
			}
			table := after.Table(schema.Name{Name: "projects"})
			if table == nil || table.Column("title") == nil || table.Column("owner_id") != nil {
				t.Fatalf("replay gave %+v", table)
			}
			if got := table.Checks[0].Expr; got != "length(title) > 0" {
				t.Errorf("check after the rename: %q", got)
			}
			reverse, err := op.Reverse(before, operations)
			if err != nil {
				t.Fatal(err)
			}
			restored, err := op.Replay(after, reverse)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(marshal(t, before), marshal(t, restored)); diff != "" {
				t.Errorf("reverse does not restore (-before +after):\n%s", diff)
			}
		})
	}
}

func TestListJSON(t *testing.T) {
	operations, err := op.Record(schema.Postgres, projects)
	if err != nil {
		t.Fatal(err)
	}
	data := marshal(t, op.List(operations))
	var back op.List
	if err := json.Unmarshal([]byte(data), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(data, marshal(t, back)); diff != "" {
		t.Errorf("list changed on its way through JSON:\n%s", diff)
	}
}

func TestRecordReportsAllMistakes(t *testing.T) {
	_, err := op.Record(schema.MySQL, func(m *op.Migration) {
		m.CreateTable("a", op.Column("x", op.Types{Postgres: "uuid"}))
		m.CreateTable("b", op.ForeignKey("x"))
	})
	if err == nil {
		t.Fatal("no error")
	}
	want := "table a: column x has no type for mysql\ntable b: foreign key (x) refers to no table: add .References(table, columns…)"
	if err.Error() != want {
		t.Errorf("got %q\nwant %q", err, want)
	}
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	data, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPlaces(t *testing.T) {
	_, file, line, _ := runtime.Caller(0)
	operations, places, err := op.RecordPlaces(op.SQLite, func(m *op.Migration) {
		m.DropTable("a")
		m.BatchAlterTable("b", func(t *op.Table) {
			t.DropColumn("x")
			m.DropTable("c") // beside the batch, from within it
			t.AlterColumn("y").
				NotNull()
		})
		m.On(op.SQLite, func(m *op.Migration) {
			m.Exec("SELECT 1")
		})
	})
	if err != nil || len(operations) != len(places) {
		t.Fatalf("%d operations, %d places, %v", len(operations), len(places), err)
	}
	var lines []int
	for _, place := range places {
		lines = append(lines, place.Line-line)
		for _, step := range place.Steps {
			lines = append(lines, step.Line-line)
		}
		if place.File != file {
			t.Errorf("file %s", place.File)
		}
	}
	if want := []int{2, 3, 4, 6, 5, 10}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v", lines, want)
	}
	same, err := op.Record(op.SQLite, func(m *op.Migration) { m.DropTable("a") })
	if err != nil || len(same) != 1 {
		t.Errorf("%v, %v", same, err)
	}
}
