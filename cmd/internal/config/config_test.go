package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

func TestParseMistakes(t *testing.T) {
	tests := []struct {
		name, source string
		want         []string
	}{
		{"unknown key", "url: sqlite:a.db\nmigartions: db\n", []string{`retort.yaml:2: unknown key "migartions"; did you mean migrations?`}},
		{"unknown key, nothing near", "colour: blue\n", []string{`retort.yaml:1: unknown key "colour"; use one of ` + strings.Join(Keys(), ", ")}},
		{"key given twice", "url: sqlite:a.db\nurl: sqlite:b.db\n", []string{"retort.yaml:2: url is given twice, first on line 1"}},
		{"no value", "models:\n", []string{"retort.yaml:1: models has no value"}},
		{"mapping for a text", "url:\n  host: x\n", []string{"retort.yaml:2: url must be one value, not a mapping"}},
		{"no URL", "url: localhost\n", []string{`retort.yaml:1: url: cannot tell the database of "localhost": begin it with sqlite:, postgres:// or mysql://…`}},
		{"open brace", "url: postgres://${HOST/db\n", []string{"retort.yaml:1: url has ${ without a closing }"}},
		{"word", "renames: aks\n", []string{`retort.yaml:1: renames cannot be "aks"; did you mean ask?`}},
		{"dialect", "dialects: [postgres, oracle]\n", []string{`retort.yaml:1: dialects: unknown dialect "oracle"; use one of postgres, mysql, sqlite`}},
		{"dialect twice", "dialects: [postgres, pg]\n", []string{"retort.yaml:1: dialects: postgres is given twice"}},
		{"pattern", "exclude: ['[a']\n", []string{`retort.yaml:1: exclude: "[a" is no pattern: syntax error in pattern`}},
		{"duration", "lock_timeout: soon\n", []string{`retort.yaml:1: lock_timeout: "soon" is no duration; write it as 30s or 5m`}},
		{"Go type", "types:\n  Decimal: numeric\n", []string{`retort.yaml:2: types: "Decimal" is no Go type; write it with its import path, as in github.com/google/uuid.UUID`}},
		{"template", "file_template: '{revision}_{slug}'\n", []string{`retort.yaml:1: file_template "{revision}_{slug}": unknown placeholder {revision}; there are {day} {hour} {id} {minute} {month} {second} {slug} {unix} {year}`}},
		{"template without identity", "file_template: '{year}'\n", []string{`retort.yaml:1: file_template "{year}" gives every revision the same name; add {id} or {slug}`}},
		{"two mistakes", "x: 1\nrenames: never\nforeign_keys: some\n", []string{
			`retort.yaml:1: unknown key "x"; use one of ` + strings.Join(Keys(), ", "),
			`retort.yaml:3: foreign_keys cannot be "some"; did you mean none?`,
		}},
		{"lint", "lint:\n  ignore: [drop-colum]\n  fail_on: danger, locks\n  fail: x\n", []string{
			`retort.yaml:2: lint: ignore: unknown rule "drop-colum"; did you mean drop-column?`,
			`retort.yaml:3: lint: fail_on: "locks" is no severity (danger, warning, info), no category (destructive, lock, rewrite, scan, breaking, failing, irreversible, implicit, naming, design) and no rule`,
			`retort.yaml:4: lint: unknown key "fail"; did you mean fail_on?`,
		}},
		{"lint rules", "lint:\n  rules:\n    drop-tabel: info\n    wide-index: loud\n    drop-column: {severity: off, exceptt: [a]}\n    drop-table: {except: ['[a']}\n  types: [money]\n  charsets: {only: [x]}\n  names: {indx: ^a, index: '('}\n", []string{
			`retort.yaml:3: lint: rules: unknown rule "drop-tabel"; did you mean drop-table?`,
			`retort.yaml:4: lint: rules: wide-index cannot be "loud"; use one of danger, warning, info, off`,
			`retort.yaml:5: lint: rules: drop-column: unknown key "exceptt"; did you mean except?`,
			`retort.yaml:6: lint: rules: drop-table: except: "[a" is no pattern of files`,
			`retort.yaml:7: lint: types must hold allow or deny, such as "deny: [money]"`,
			`retort.yaml:8: lint: charsets: unknown key "only"; use one of allow, deny`,
			"retort.yaml:9: lint: names: unknown kind \"indx\"; did you mean index?",
			"retort.yaml:9: lint: names: index: error parsing regexp: missing closing ): `(`",
		}},
		{"no YAML", "url: [\n", []string{"retort.yaml:1: did not find expected node content"}},
		{"no mapping", "- a\n", []string{`retort.yaml:1: the file must be a list of keys and values, such as "url: sqlite:app.db"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("retort.yaml", []byte(test.source))
			var mistakes Errors
			if !errors.As(err, &mistakes) {
				t.Fatalf("got %v, want Errors", err)
			}
			var got []string
			for _, mistake := range mistakes {
				got = append(got, mistake.Error())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParse(t *testing.T) {
	source := `
url: ${DATABASE_URL:-postgres://localhost/app}
models: [./models/..., ./billing.Invoice]
migrations: db/migrations
dialects: [pg, mariadb]
schemas: audit
foreign_keys: declared
types:
  github.com/shopspring/decimal.Decimal: numeric
  github.com/google/uuid.UUID: {postgres: uuid, mysql: binary(16)}
naming: {index: "idx_{table}_{columns}"}
renames: ask
online: true
exclude: [legacy_*]
wait: 30s
lock_timeout: 2s
statement_timeout: 1m
file_template: "{year}{month}{day}_{id}_{slug}"
hooks:
  - gofumpt -w {file}
  - [sh, -c, "echo two words"]
build_tags: [pro]
`
	got, err := Parse("/srv/app/retort.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	want := Default("/srv/app")
	want.File = "/srv/app/retort.yaml"
	want.URL = Text{Value: "${DATABASE_URL:-postgres://localhost/app}", Line: 2}
	want.Models = []string{"./models/...", "./billing.Invoice"}
	want.Migrations = []string{"db/migrations"}
	want.Dialects = []schema.Dialect{schema.Postgres, schema.MySQL}
	want.Schemas = []string{"audit"}
	want.ForeignKeys = reflect.ForeignKeysDeclared
	want.Types = map[string]reflect.Types{
		"github.com/shopspring/decimal.Decimal": {schema.Postgres: "numeric", schema.MySQL: "numeric", schema.SQLite: "numeric"},
		"github.com/google/uuid.UUID":           {schema.Postgres: "uuid", schema.MySQL: "binary(16)"},
	}
	want.Naming = reflect.Naming{Index: "idx_{table}_{columns}"}
	want.Renames = RenamesAsk
	want.Online = true
	want.Exclude = []string{"legacy_*"}
	want.Wait, want.LockTimeout, want.StatementTimeout = 30*time.Second, 2*time.Second, time.Minute
	want.FileTemplate = "{year}{month}{day}_{id}_{slug}"
	want.Hooks = []Hook{
		{Name: "gofumpt -w {file}", Command: []string{"gofumpt", "-w", "{file}"}, Line: 20},
		{Name: "sh -c echo two words", Command: []string{"sh", "-c", "echo two words"}, Line: 21},
	}
	want.BuildTags = []string{"pro"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyFile(t *testing.T) {
	for _, source := range []string{"", "# nothing yet\n", "---\n"} {
		got, err := Parse("/srv/app/retort.yaml", []byte(source))
		if err != nil {
			t.Fatalf("%q: %v", source, err)
		}
		want := Default("/srv/app")
		want.File = "/srv/app/retort.yaml"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", source, diff)
		}
	}
}

func TestExpand(t *testing.T) {
	lookup := func(name string) (string, bool) {
		value, ok := map[string]string{"A": "1", "EMPTY": ""}[name]
		return value, ok
	}
	for _, test := range []struct{ text, want, missing string }{
		{"x${A}y${A}", "x1y1", ""},
		{"${NONE:-d}", "d", ""},
		{"${EMPTY:-d}", "d", ""},
		{"${EMPTY}", "", ""},
		{"${NONE}", "", "NONE"},
		{"$${A}", "${A}", ""},
		{"p$ss}w", "p$ss}w", ""},
	} {
		got, missing := expand(test.text, lookup)
		if got != test.want || missing != test.missing {
			t.Errorf("expand(%q) = %q, %q, want %q, %q", test.text, got, missing, test.want, test.missing)
		}
	}
}

func TestUnsetVariable(t *testing.T) {
	config, err := Parse("/srv/app/retort.yaml", []byte("models: ./models\nurl: ${DATABASE_URL}\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.DatabaseURL(func(string) (string, bool) { return "", false })
	var unset *UnsetError
	if !errors.As(err, &unset) || unset.Variable != "DATABASE_URL" || unset.Line != 2 {
		t.Fatalf("got %v", err)
	}
}

func TestAbsoluteURL(t *testing.T) {
	for url, want := range map[string]string{
		"sqlite:app.db":              "sqlite:/srv/app.db",
		"sqlite://data/app.db":       "sqlite:/srv/data/app.db",
		"sqlite:///var/app.db":       "sqlite:///var/app.db",
		"app.db":                     "/srv/app.db",
		"file:app.db?mode=ro":        "file:/srv/app.db?mode=ro",
		":memory:":                   ":memory:",
		"file:x?mode=memory":         "file:x?mode=memory",
		"postgres://localhost/app":   "postgres://localhost/app",
		"root@tcp(localhost:3306)/a": "root@tcp(localhost:3306)/a",
	} {
		if got := AbsoluteURL(url, "/srv"); got != want {
			t.Errorf("AbsoluteURL(%q) = %q, want %q", url, got, want)
		}
	}
}

func TestAbsoluteURLInAnOddDirectory(t *testing.T) {
	if got, want := AbsoluteURL("sqlite:a%20b.db", "/srv/100%"), "sqlite:/srv/100%25/a%20b.db"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := AbsoluteURL("a.db", "/srv/100%"), "/srv/100%/a.db"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSQLiteFile(t *testing.T) {
	for url, want := range map[string]string{
		"sqlite:/srv/100%25/a%20b.db": "/srv/100%/a b.db", "/srv/100%.db": "/srv/100%.db", "file:/a.db?mode=ro": "/a.db",
		":memory:": "", "postgres://localhost/x": "", "file:x?mode=memory": "",
	} {
		got, ok := SQLiteFile(url)
		if got != want || ok != (want != "") {
			t.Errorf("SQLiteFile(%q) = %q, %v, want %q", url, got, ok, want)
		}
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	write := func(path string) string {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	outer := write("retort.yaml")
	write("module/go.mod")
	inner := write("module/retort.yaml")
	nested := write("module/sub/retort.yaml")
	write("module/other/deep/x.go")
	write("bare/go.mod")
	write("bare/sub/x.go")
	for dir, want := range map[string]string{
		"": outer, "module": inner, "module/sub": nested, "module/other/deep": inner,
		"bare/sub": "", // a file above the module's root is not ours
	} {
		got, _, err := Find(filepath.Join(root, dir))
		if err != nil || got != want {
			t.Errorf("Find(%q) = %q, %v, want %q", dir, got, err, want)
		}
	}
}
