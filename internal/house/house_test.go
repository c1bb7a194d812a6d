package house_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/retort-db/retort/"

// mayImport lists, for each package of the house, the other packages of the module that it may import. A package that is
// not listed may import nothing of the module but what its parent may.
var mayImport = map[string][]string{
	"schema":              nil,
	"internal/overlay":    nil,
	"internal/sqltext":    {"schema"},
	"internal/sqliteddl":  {"schema", "internal/sqltext"},
	"internal/mysqltext":  {"schema", "internal/sqltext"},
	"internal/sqlsteps":   {"op", "schema", "internal/sqltext"},
	"op":                  {"schema", "internal/sqltext", "internal/sqliteddl"},
	"ddl":                 {"op", "schema", "internal/sqltext", "internal/sqliteddl", "internal/mysqltext"},
	"reflect":             {"schema", "internal/overlay", "internal/sqltext"},
	"introspect":          {"schema", "ddl", "internal/sqltext", "internal/sqliteddl", "internal/mysqltext"},
	"introspect/postgres": {"introspect", "schema"},
	"introspect/mysql":    {"introspect", "schema"},
	"introspect/sqlite":   {"introspect", "schema"},
	"diff":                {"schema", "op", "internal/sqltext"},
	"annotate":            {"schema", "op", "reflect", "internal/sqltext"},
	"online":              {"op", "ddl", "schema", "internal/sqltext"},
	"autogen":             {"schema", "op", "ddl", "introspect", "diff"},
	"lint":                {"op", "schema", "ddl", "internal/sqlsteps", "internal/sqltext"},
	"review":              {"schema", "op", "ddl", "diff", "lint", "render", "versions"},
	"review/page":         {"review", "lint", "schema"},
	"review/markdown":     {"review", "lint", "render", "schema"},
	"render":              {"op", "schema", "ddl"},
	"retorttest":          {"autogen", "diff", "introspect", "op", "reflect", "render", "schema", "versions"},
	"versions":            {"op", "ddl", "schema", "introspect", "internal/overlay", "internal/sqltext"},
	"verify":              {"op", "ddl", "schema", "introspect", "diff", "autogen", "versions"},
}

// linked are the packages that a user's binary links. They import bun and the standard library only.
var linked = []string{"schema", "op", "ddl", "introspect", "versions", "verify"}

// pure are the packages that only compute: no files, no network, no clock.
var pure = []string{"internal/sqlsteps", "schema", "op", "annotate", "ddl", "diff", "lint", "online", "render", "review", "review/markdown", "review/page"}

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func TestArrows(t *testing.T) {
	for _, pkg := range list(t, "./...") {
		name, inside := strings.CutPrefix(pkg.ImportPath, module)
		allowed, ruled := mayImport[name]
		if !inside || !ruled {
			continue
		}
		for _, imported := range pkg.Imports {
			other, ours := strings.CutPrefix(imported, module)
			if ours && !slices.Contains(allowed, other) {
				t.Errorf("%s may not import %s", name, other)
			}
		}
	}
	for name := range mayImport {
		if !slices.ContainsFunc(list(t, "./..."), func(p listed) bool { return p.ImportPath == module+name }) {
			t.Errorf("the rules name %s, which does not exist", name)
		}
	}
}

func TestLinkedPackagesImportBunAndStandardLibraryOnly(t *testing.T) {
	allowed := []string{module, "github.com/uptrace/bun/", "github.com/uptrace/bun"}
	// What bun and its dialects bring along.
	brought := map[string]bool{}
	dialects := "github.com/uptrace/bun/dialect/"
	for _, pkg := range list(t, "-deps", "github.com/uptrace/bun", dialects+"pgdialect", dialects+"mysqldialect", dialects+"sqlitedialect") {
		brought[pkg.ImportPath] = true
	}
	for _, name := range linked {
		for _, pkg := range list(t, "-deps", "./../../"+name) {
			if pkg.Standard || brought[pkg.ImportPath] || slices.ContainsFunc(allowed, func(prefix string) bool { return strings.HasPrefix(pkg.ImportPath, prefix) }) {
				continue
			}
			t.Errorf("%s links %s", name, pkg.ImportPath)
		}
	}
}

func TestPurePackagesDoNoInputOrOutput(t *testing.T) {
	forbidden := []string{"os", "net", "net/http", "os/exec", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil"}
	for _, pkg := range list(t, "./...") {
		name, _ := strings.CutPrefix(pkg.ImportPath, module)
		if !slices.Contains(pure, name) {
			continue
		}
		for _, imported := range pkg.Imports {
			if slices.Contains(forbidden, imported) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// list runs go list in the module's root.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Standard"}, args...)...)
	command.Dir = "."
	if slices.Contains(args, "./...") {
		command.Dir = "../.."
	}
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.String())
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var pkg listed
		if err := decoder.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		all = append(all, pkg)
	}
	return all
}
