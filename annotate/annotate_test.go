package annotate_test

import (
	"errors"
	"go/scanner"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/annotate"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// source is the file of the tests: line numbers count.
const source = `package models

type Stamps struct {
	Created string
}

type User struct {
	bun.BaseModel
	Name string  ` + "`json:\"name\"`" + ` // kept
	A, B int
	Odd  string ` + "`loose`" + `
	Type string ` + "`bun:\"type:varchar(10),notnull\"`" + `
	Doc  string ` + "`bun:\"type:text\" ddl:\"null,comment:old\"`" + `
	Text string "bun:\"t\""
	Stamps
}

type Bare struct {
	Stamps
}
`

func origin(line int, field string) schema.Origin {
	return schema.Origin{Type: "models.User", Field: field, File: "models.go", Line: line}
}

// table returns a table of the models whose columns come from the fields of the source.
func table() *schema.Table {
	return &schema.Table{
		Name: schema.Name{Name: "users"}, Origin: origin(7, ""),
		Columns: []*schema.Column{
			{Name: "name", Type: "varchar", Origin: origin(9, "Name")},
			{Name: "a", Type: "bigint", Origin: origin(10, "A")},
			{Name: "odd", Type: "varchar", Origin: origin(11, "Odd")},
			{Name: "type", Type: "varchar(10)", Origin: origin(12, "Type")},
			{Name: "doc", Type: "text", Comment: "old", Origin: origin(13, "Doc")},
			{Name: "t", Type: "varchar", Origin: origin(14, "Text")},
			{Name: "created", Type: "varchar", Origin: origin(4, "Stamps.Created")},
			{Name: "lost", Type: "varchar"},
		},
	}
}

func bare() *schema.Table {
	return &schema.Table{
		Name: schema.Name{Name: "bares"}, Origin: origin(18, ""),
		Columns: []*schema.Column{{Name: "created", Type: "varchar", Origin: origin(4, "Stamps.Created")}},
	}
}

// run annotates with the database as it is after change, where everything in it differs that operations name.
func run(t *testing.T, dialect schema.Dialect, change func(users, bares *schema.Table), operations ...op.Operation) *annotate.Result {
	t.Helper()
	models := schema.New(schema.Server{Dialect: schema.Postgres})
	models.Tables.Add(table(), bare())
	database := models.Clone()
	change(database.Table(schema.Name{Name: "users"}), database.Table(schema.Name{Name: "bares"}))
	result, err := annotate.Annotate(annotate.Input{
		Database: database, Models: models, Differences: operations, Dialect: dialect,
		Source: func(string) ([]byte, error) { return []byte(source), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func alter(table, column string, attributes ...op.Attribute) op.Operation {
	return &op.AlterColumn{Table: schema.Name{Name: table}, Name: column, Attributes: attributes}
}

// changed returns the lines that are new.
func changed(result *annotate.Result) string {
	if len(result.Files) == 0 {
		return ""
	}
	before := strings.Split(source, "\n")
	var out []string
	for i, line := range strings.Split(string(result.Files[0].After), "\n") {
		if line != before[i] {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return strings.Join(out, "\n")
}

func TestTags(t *testing.T) {
	for name, test := range map[string]struct {
		dialect    schema.Dialect
		change     func(users, bares *schema.Table)
		operations []op.Operation
		want       string
		left       []annotate.Left
	}{
		"beside another tag, the comment stays": {
			change:     func(u, _ *schema.Table) { u.Column("name").Type = "character varying(40)" },
			operations: []op.Operation{alter("users", "name", op.TypeAttribute)},
			want:       "Name string  `json:\"name\" ddl:\"type:varchar(40)\"` // kept",
		},
		"for one engine of several": {
			dialect:    schema.Postgres,
			change:     func(u, _ *schema.Table) { u.Column("type").Type = "text" },
			operations: []op.Operation{alter("users", "type", op.TypeAttribute)},
			want:       "Type string `bun:\"type:varchar(10),notnull\" ddl:\"postgres.type:text\"`",
		},
		"a type that bun's tag states": {
			change:     func(u, _ *schema.Table) { u.Column("type").Type = "numeric(5,2)" },
			operations: []op.Operation{alter("users", "type", op.TypeAttribute)},
			want:       "Type string `bun:\"type:numeric(5,2),notnull\"`",
		},
		"a type by which bun encodes values": {
			change:     func(u, _ *schema.Table) { u.Column("type").Type = "jsonb" },
			operations: []op.Operation{alter("users", "type", op.TypeAttribute)},
			want:       "Type string `bun:\"type:varchar(10),notnull\" ddl:\"type:jsonb\"`",
		},
		"in place of what the ddl tag says": {
			change: func(u, _ *schema.Table) {
				u.Column("doc").Comment, u.Column("doc").NotNull = `a "b", c's`, true
			},
			operations: []op.Operation{alter("users", "doc", op.CommentAttribute, op.NotNullAttribute)},
			want:       "Doc  string `bun:\"type:text\" ddl:\"notnull,comment:'a \\\"b\\\", c''s'\"`",
		},
		"a tag in quotes, and a backquote": {
			change:     func(u, _ *schema.Table) { u.Column("t").Default = "'`'" },
			operations: []op.Operation{alter("users", "t", op.DefaultAttribute)},
			want:       `Text string "bun:\"t\" ddl:\"default:'` + "`" + `'\""`,
		},
		"a default with a comma": {
			change:     func(u, _ *schema.Table) { u.Column("name").Default = "'a, b'::character varying" },
			operations: []op.Operation{alter("users", "name", op.DefaultAttribute)},
			want:       "Name string  `json:\"name\" ddl:\"default:'a, b'\"` // kept",
		},
		"on the model": {
			change: func(u, _ *schema.Table) {
				u.Indexes = []*schema.Index{{Name: "ix two", Unique: true, Parts: []schema.IndexPart{{Column: "name", Desc: true}, {Expr: "lower(odd)"}}, Where: "a > 0"}}
			},
			operations: []op.Operation{&op.DropIndex{Table: schema.Name{Name: "users"}, Name: "ix two"}},
			want:       "bun.BaseModel `ddl:\"index(on:(name DESC,lower(odd)),unique,where:a > 0):'ix two'\"`",
		},
		"an embedded field of columns that agree": {
			change:     func(u, b *schema.Table) { u.Column("created").Type, b.Column("created").Type = "text", "text" },
			operations: []op.Operation{alter("users", "created", op.TypeAttribute), alter("bares", "created", op.TypeAttribute)},
			want:       "Created string `ddl:\"type:text\"`",
		},
		"an embedded field of columns that differ": {
			change:     func(u, _ *schema.Table) { u.Column("created").Type = "text" },
			operations: []op.Operation{alter("users", "created", op.TypeAttribute)},
			left: []annotate.Left{{Object: "users.created", What: "its field models.go:4 is shared with other columns, which differ",
				Way: "declare it in a DDL method: type:text"}},
		},
		"fields of one declaration": {
			change:     func(u, _ *schema.Table) { u.Column("a").Type = "integer" },
			operations: []op.Operation{alter("users", "a", op.TypeAttribute)},
			left: []annotate.Left{{Object: "users.a", What: "its field shares a declaration with others",
				Way: "declare it in a DDL method: type:integer"}},
		},
		"a tag that is none": {
			change:     func(u, _ *schema.Table) { u.Column("odd").Type = "text" },
			operations: []op.Operation{alter("users", "odd", op.TypeAttribute)},
			left: []annotate.Left{{Object: "users.odd", What: `its tag is not made of key:"value" pairs: loose`,
				Way: "declare it in a DDL method: type:text"}},
		},
		"no place": {
			change:     func(u, _ *schema.Table) { u.Column("lost").Type = "text" },
			operations: []op.Operation{alter("users", "lost", op.TypeAttribute)},
			left:       []annotate.Left{{Object: "users.lost", What: "the place of its declaration is not known", Way: "write type:text into its ddl tag"}},
		},
		"a struct without bun.BaseModel": {
			change:     func(_, b *schema.Table) { b.Comment = "x" },
			operations: []op.Operation{&op.AlterTable{Name: schema.Name{Name: "bares"}, Comment: new(string)}},
			left: []annotate.Left{{Object: "bares", What: "its struct embeds no bun.BaseModel, where it could stand",
				Way: "declare it in a DDL method: comment:x"}},
		},
		"what the models alone have": {
			change: func(u, _ *schema.Table) { u.Column("doc").Comment = "" },
			operations: []op.Operation{
				alter("users", "doc", op.CommentAttribute),
				&op.CreateIndex{Table: schema.Name{Name: "users"}, Index: &schema.Index{Name: "ix", Parts: schema.Columns("a")}},
			},
			left: []annotate.Left{
				{Object: "users", What: "create index ix on users (a)", Way: "the models are ahead of the database: retort revision --autogenerate"},
				{Object: "users.doc", What: "the model states the comment old, and the database has none", Way: "the models are ahead of the database: retort revision --autogenerate"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			result := run(t, test.dialect, test.change, test.operations...)
			if got := changed(result); got != test.want {
				t.Errorf("changed lines:\n%s\nwant:\n%s", got, test.want)
			}
			if d := cmp.Diff(test.left, result.Left); d != "" {
				t.Errorf("left (-want +got):\n%s", d)
			}
			if (len(result.Written) == 0) != (test.want == "") {
				t.Errorf("written: %+v", result.Written)
			}
		})
	}
}

func TestSourceThatDoesNotParse(t *testing.T) {
	models := schema.New(schema.Server{Dialect: schema.SQLite})
	models.Tables.Add(table())
	_, err := annotate.Annotate(annotate.Input{
		Database: models, Models: models, Differences: []op.Operation{alter("users", "name", op.NotNullAttribute)},
		Source: func(string) ([]byte, error) { return []byte("package models\ntype X struct {"), nil },
	})
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		t.Fatalf("got %v", err)
	}
}
