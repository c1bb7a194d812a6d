package reflect_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retort-db/retort/reflect"
)

// module writes a txtar archive into a folder.
func module(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func discover(t *testing.T, options reflect.DiscoverOptions) *reflect.Discovery {
	t.Helper()
	found, err := reflect.Discover(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func candidates(found *reflect.Discovery) string {
	var lines []string
	for _, c := range found.Candidates {
		mark := "-"
		if c.Taken {
			mark = "+"
		}
		lines = append(lines, fmt.Sprintf("%s %s.%s %s:%d %s", mark, strings.TrimPrefix(strings.TrimPrefix(c.ImportPath, found.ModulePath), "/"),
			c.TypeName, c.File, c.Line, c.Reason))
	}
	return strings.Join(lines, "\n")
}

func TestDiscover(t *testing.T) {
	archive, err := os.ReadFile("testdata/discover.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := module(t, string(archive))
	same(t, candidates(discover(t, reflect.DiscoverOptions{Dir: filepath.Join(dir, "models"), BuildTags: []string{"special"}, Exclude: []string{"api/..."}})), `
		- api.Excluded api/api.go:5 excluded by api/...
		- cmd/tool.InMain cmd/tool/main.go:5 in package main, which cannot be imported
		+ dotted.Dotted dotted/dot.go:5 embeds bun.BaseModel
		+ headers.Allow headers/headers.go:8 has the primary key field Header.ID
		- headers.Header headers/headers.go:3 only serves to be embedded, by Allow
		- migrations/v1.Frozen migrations/v1/v1.go:5 in migrations, which hold frozen copies of models
		+ models.Aliased models/imports.go:10 embeds bun.BaseModel
		+ models.Author models/models.go:12 embeds bun.BaseModel
		- models.Base models/models.go:44 only serves to be embedded, by User
		+ models.Book models/models.go:18 embeds bun.BaseModel
		+ models.BookTag models/models.go:30 junction table of Book.Tags
		- models.Copy models/models.go:76 defined from Author, which has the same table
		- models.Embedded models/models.go:35 only part of a table, embedded by Book.Place
		- models.Extended models/models.go:59 extends Author, which describes the table
		- models.Generic models/models.go:63 generic: a type without parameters has to be made of it
		- models.Identifiable models/models.go:85 only serves to be embedded, by Response
		+ models.OnLinux models/os_linux.go:5 embeds bun.BaseModel
		- models.Reader models/models.go:68 says ddl:"-"
		- models.Response models/models.go:89 has json tags and no bun tags, unlike the models of its package, and its primary key is only embedded
		+ models.Special models/tagged.go:7 embeds bun.BaseModel
		+ models.Tag models/models.go:25 target of the relation Book.Tags
		+ models.User models/models.go:49 has the primary key field Base.ID
		- models.Value models/models.go:39 has bun tags, but neither bun.BaseModel nor a pk field, and no relation leads to it
		- models.unexported models/models.go:72 unexported, so that no other package can refer to it`)
}

func TestDiscoverLists(t *testing.T) {
	archive, err := os.ReadFile("testdata/discover.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := module(t, string(archive))
	cases := []struct {
		models []string
		want   string
	}{
		{[]string{"./headers"}, `
			+ headers.Allow headers/headers.go:8 has the primary key field Header.ID
			- headers.Header headers/headers.go:3 only serves to be embedded, by Allow`},
		{[]string{"./migrations/..."}, "+ migrations/v1.Frozen migrations/v1/v1.go:5 embeds bun.BaseModel"},
		{[]string{"example.com/shop/migrations/v1"}, "+ migrations/v1.Frozen migrations/v1/v1.go:5 embeds bun.BaseModel"},
		{[]string{"./models.Extended", "./headers.Header"}, `
			+ headers.Header headers/headers.go:3 listed in the configuration
			+ models.Extended models/models.go:59 listed in the configuration`},
		{[]string{"github.com/acme/go-shared/v2.User"}, "+ github.com/acme/go-shared/v2.User :0 listed; of another module"},
	}
	for _, c := range cases {
		found := discover(t, reflect.DiscoverOptions{Dir: dir, Models: c.models})
		same(t, candidates(found), c.want)
	}
	found := discover(t, reflect.DiscoverOptions{Dir: dir, Models: []string{"github.com/acme/go-shared/v2.User"}})
	if name := found.Candidates[0].PackageName; name != "shared" {
		t.Errorf("package name %q, want shared", name)
	}
	for _, c := range []struct{ entry, want string }{
		{"./model", `models: "./model" is no package of the module example.com/shop: did you mean example.com/shop/models?`},
		{"./models.Authr", `models: "./models.Authr" there is no such struct: did you mean Author?`},
		{"./models.unexported", `models: "./models.unexported" unexported, so that no other package can refer to it`},
		{"./models.Generic", `models: "./models.Generic" generic: a type without parameters has to be made of it`},
		{"./nothing/...", `models: "./nothing/..." matches no package of the module`},
		{"github.com/acme/shared", `models: "github.com/acme/shared" is a package of another module: name its types: github.com/acme/shared.User`},
	} {
		_, err := reflect.Discover(t.Context(), reflect.DiscoverOptions{Dir: dir, Models: []string{c.entry}})
		var list *reflect.ModelListError
		if !errors.As(err, &list) || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.entry, err, c.want)
		}
	}
}

func TestDiscoverPositions(t *testing.T) {
	archive, err := os.ReadFile("testdata/discover.txtar")
	if err != nil {
		t.Fatal(err)
	}
	found := discover(t, reflect.DiscoverOptions{Dir: module(t, string(archive))})
	got := found.Positions["example.com/shop/models.Book"]
	if got.File != "models/models.go" || got.Line != 18 || fmt.Sprint(got.Fields) != "map[AuthorID:21 BaseModel:19 ID:20 Other:21 Place:23 Tags:22]" {
		t.Errorf("Book: %+v", got)
	}
	if _, found := found.Positions["example.com/shop/models.Embedded"]; !found {
		t.Error("no position of a struct that is no model")
	}
}

func TestDiscoverProblems(t *testing.T) {
	dir := module(t, `
-- go.mod --
module example.com/broken
-- a.go --
package broken

import "github.com/uptrace/bun"

type Good struct{ bun.BaseModel }

type Bad struct {
	bun.BaseModel
	ID int64 bun
-- b.go --
package broken

import "github.com/uptrace/bun"

type Other struct{ bun.BaseModel }
`)
	found := discover(t, reflect.DiscoverOptions{Dir: dir})
	if len(found.Problems) != 1 || found.Problems[0].File != "a.go" || found.Problems[0].Line != 9 {
		t.Errorf("problems %+v", found.Problems)
	}
	if got := candidates(found); !strings.Contains(got, "+ .Good a.go:5") && !strings.Contains(got, "Good") || !strings.Contains(got, "Other") {
		t.Errorf("candidates:\n%s", got)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reflect.Discover(cancelled, reflect.DiscoverOptions{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := reflect.Discover(t.Context(), reflect.DiscoverOptions{Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "no go.mod") {
		t.Errorf("no module: %v", err)
	}
}

// A program of 2,000 files of some 10 kB each is looked through.
func BenchmarkDiscover(b *testing.B) {
	dir := b.TempDir()
	var body strings.Builder
	for i := range 150 {
		fmt.Fprintf(&body, "// work%d does something useful.\nfunc work%d(n int) string {\n\tif n > %d {\n\t\treturn \"}\"\n\t}\n\treturn `{`\n}\n\n", i, i, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/large\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	for i := range 2000 {
		pkg := fmt.Sprintf("p%d", i/20)
		if err := os.MkdirAll(filepath.Join(dir, pkg), 0o755); err != nil {
			b.Fatal(err)
		}
		text := fmt.Sprintf("package %s\n\nimport \"github.com/uptrace/bun\"\n\ntype Model%d struct {\n\tbun.BaseModel\n\tID int64 `bun:\",pk\"`\n\tName string\n}\n\n%s", pkg, i, body.String())
		if err := os.WriteFile(filepath.Join(dir, pkg, fmt.Sprintf("f%d.go", i)), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		found, err := reflect.Discover(b.Context(), reflect.DiscoverOptions{Dir: dir})
		if err != nil || len(found.Taken()) != 2000 {
			b.Fatalf("%d models, %v", len(found.Taken()), err)
		}
	}
}

func TestDiscoverOverlaid(t *testing.T) {
	dir := module(t, `
-- go.mod --
module example.com/app
-- models/a.go --
package models

type A struct { ID int `+"`bun:\",pk\"`"+` }
-- models/hidden.go --
package models

type Hidden struct { ID int `+"`bun:\",pk\"`"+` }
-- nested/go.mod --
module example.com/nested
`)
	model := func(pkg, name string) []byte {
		return []byte("package " + pkg + "\n\ntype " + name + " struct { ID int `bun:\",pk\"` }\n")
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	found := discover(t, reflect.DiscoverOptions{Dir: dir, Overlay: map[string][]byte{
		at("models/a.go"): model("models", "Changed"), at("models/hidden.go"): nil, at("more/b.go"): model("more", "B"),
		at("more/b_test.go"): model("more", "InTest"), at("vendor/v/v.go"): model("v", "Vendored"), at("nested/n.go"): model("n", "Nested"),
		at("deep/.hidden/x.go"): model("x", "Dotted"),
	}})
	same(t, candidates(found), `
		+ models.Changed models/a.go:3 has the primary key field ID
		+ more.B more/b.go:3 has the primary key field ID`)
}
