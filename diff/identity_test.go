package diff_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// fields gives the columns of a model the Go fields that they come from: "full_name Name name" is the column full_name of
// the field Name, which bun would call name.
func fields(s *schema.Schema, table string, origins ...string) *schema.Schema {
	t := s.Table(schema.Name{Name: table})
	t.Origin.Type = "models.User"
	for _, origin := range origins {
		words := strings.Fields(origin)
		column := t.Column(words[0])
		column.Origin = schema.Origin{Type: "models.User", Field: words[1]}
		if len(words) > 2 {
			column.Natural, column.Field = words[2], words[1]
		}
	}
	return s
}

func TestSameFieldOtherColumn(t *testing.T) {
	text := func(name string) *op.ColumnElement { return op.Column(name, "text") }
	for name, test := range map[string]struct {
		from    func(*op.Migration)
		to      func(*op.Migration)
		fields  []string
		owned   func(*op.Migration) // nil: everything counts
		options diff.Options
		want    string
	}{
		"the column followed from the field": {
			from: users(text("name"), text("zip")), to: users(text("label"), text("zip")), fields: []string{"label Name name"},
			want: "rename column users.name to label",
		},
		"names and places differ, and other columns come and go": {
			from: users(text("a"), text("zip"), text("b")), to: users(text("zip"), text("c"), text("d")),
			fields: []string{"c B b", "d A a"},
			want:   "rename column users.a to d\nrename column users.b to c",
		},
		"the revision recorded the field": {
			from: users(text("label").Field("Name")), to: users(text("name")), fields: []string{"name Name"},
			want: "rename column users.label to name",
		},
		"the revisions of a database recorded it": {
			from: users(text("label")), to: users(text("name")), fields: []string{"name Name"}, owned: users(text("label").Field("Name")),
			want: "rename column users.label to name",
		},
		"the recorded field is another one": {
			from: users(text("name").Field("Old")), to: users(text("label")), fields: []string{"label Name name"},
			want: "drop column users.name\nadd column users.label text", // a question
		},
		"the type changes as well": {
			from: users(op.Column("count", "integer")), to: users(op.Column("hits", "bigint")), fields: []string{"hits Count count"},
			want: "rename column users.count to hits\nalter column users.hits: type bigint",
		},
		"no value could survive": {
			from: users(op.Column("made", "uuid")), to: users(op.Column("date", "timestamptz")), fields: []string{"date Made made"},
			want: "add column users.date timestamptz\ndrop column users.made",
		},
		"said to be none": {
			from: users(text("name")), to: users(text("label")), fields: []string{"label Name name"},
			options: diff.Options{Intents: []diff.Intent{{Table: "users", To: "label", Never: true}}},
			want:    "add column users.label text\ndrop column users.name",
		},
		"not sought": {
			from: users(text("name")), to: users(text("label")), fields: []string{"label Name name"},
			options: diff.Options{Renames: diff.NeverRename},
			want:    "add column users.label text\ndrop column users.name",
		},
		"nobody's column": {
			from: users(text("name")), to: users(text("label")), fields: []string{"label Name name"}, owned: users(),
			want: "add column users.label text",
		},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := build(t, schema.Postgres, test.from), fields(build(t, schema.Postgres, test.to), "users", test.fields...)
			if test.owned != nil {
				test.options.Owned = build(t, schema.Postgres, test.owned)
			}
			plan, err := diff.Diff(from, to, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, operationLines(plan.Operations)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			for _, operation := range plan.Operations {
				rename, ok := operation.(*op.RenameColumn)
				if !ok {
					continue
				}
				if want := to.Table(rename.Table).Column(rename.To).Field; rename.Field != want {
					t.Errorf("%s records the field %q, want %q", rename, rename.Field, want)
				}
			}
		})
	}
}

func TestSameModelOtherTable(t *testing.T) {
	table := func(name string, elements ...op.TableElement) func(*op.Migration) {
		return func(m *op.Migration) {
			m.CreateTable(name, append([]op.TableElement{op.Column("id", "bigint"), op.Column("email", "text"), op.PrimaryKey("id").Named("pk")}, elements...)...)
		}
	}
	for name, test := range map[string]struct {
		from, to func(*op.Migration)
		natural  string
		want     string
	}{
		"the table followed from the type": {
			from: table("users", op.Column("a", "text"), op.Column("b", "text")), to: table("people"), natural: "users",
			want: "rename table users to people\ndrop column people.a\ndrop column people.b",
		},
		"the revision recorded the type": {
			from: table("people", op.Model("models.User")), to: table("users", op.Column("x", "text"), op.Column("y", "text")),
			want: "rename table people to users\nadd column users.x text\nadd column users.y text",
		},
		"the recorded type is another one": {
			from: table("users", op.Model("models.Old"), op.Column("a", "text"), op.Column("b", "text"), op.Column("c", "text")), to: table("people"), natural: "users",
			want: "create table people\ndrop table users",
		},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := build(t, schema.Postgres, test.from), build(t, schema.Postgres, test.to)
			for table := range to.Tables.All() {
				table.Origin.Type, table.Natural = "models.User", test.natural
			}
			plan, err := diff.Diff(from, to, diff.Options{Renames: diff.AcceptRenames})
			if err != nil {
				t.Fatal(err)
			}
			if got := operationLines(plan.Operations); !sameLines(got, test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func operationLines(operations []op.Operation) string {
	out := make([]string, len(operations))
	for i, operation := range operations {
		out[i] = operation.String()
	}
	return strings.Join(out, "\n")
}

func sameLines(a, b string) bool {
	return cmp.Equal(strings.Fields(a), strings.Fields(b))
}
