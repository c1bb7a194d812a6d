package autogen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/schema"
)

func TestAsRecorded(t *testing.T) {
	agreed := schema.Column{Name: "score", Type: "numeric(10, 2)"}
	agreed.Accepts.Set("type", "numeric(10,2)")
	tables := func(columns ...schema.Column) *schema.Schema {
		s := schema.New(schema.Server{Dialect: schema.Postgres})
		table := &schema.Table{Name: schema.Name{Name: "users"}}
		for _, column := range columns {
			table.Columns = append(table.Columns, &column)
		}
		s.Tables.Add(table)
		return s
	}
	current := tables(
		schema.Column{Name: "name", Type: "character varying(80)", Default: "''::character varying", NotNull: true},
		schema.Column{Name: "born", Type: "timestamp with time zone"},
		schema.Column{Name: "size", Type: "bigint", Default: "2"},
		schema.Column{Name: "score", Type: "numeric(10,2)"},
		schema.Column{Name: "by_hand", Type: "character varying"},
	)
	recorded := tables(
		schema.Column{Name: "name", Type: "varchar(80)", Default: "''", Field: "FullName"},
		schema.Column{Name: "born", Type: "timestamptz"},
		schema.Column{Name: "size", Type: "integer", Default: "1"},
		agreed,
	)
	want := tables(
		schema.Column{Name: "name", Type: "varchar(80)", Default: "''", NotNull: true, Field: "FullName"},
		schema.Column{Name: "born", Type: "timestamptz"},
		schema.Column{Name: "size", Type: "bigint", Default: "2"},
		schema.Column{Name: "score", Type: "numeric(10,2)"},
		schema.Column{Name: "by_hand", Type: "character varying"},
	)
	before := current.Clone()
	if d := cmp.Diff(columnsOf(want), columnsOf(autogen.AsRecorded(current, recorded))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(columnsOf(before), columnsOf(current)); d != "" {
		t.Errorf("the schema that was given has changed (-before +after):\n%s", d)
	}
	if autogen.AsRecorded(nil, recorded) != nil || autogen.AsRecorded(current, nil) != current {
		t.Error("without one of the two, the current schema comes back as it is")
	}
}

func columnsOf(s *schema.Schema) []*schema.Column { return s.Table(schema.Name{Name: "users"}).Columns }
