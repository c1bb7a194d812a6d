// Package registry finds, in a directory of revision files, the package and the variable that the revisions are added to.
package registry

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/overlay"
)

// Registry is the variable that holds a directory's revisions.
type Registry struct {
	// Package is the name of the package; the directory's if there are no files.
	Package string
	// Variable is its name, "Revisions" if there is none yet.
	Variable string
	// Declared is set if there is such a variable, Files if there is any Go file at all.
	Declared, Files bool
	// Bun is the variable that holds migrations of bun's own migrator, "" if there is none.
	Bun string
}

// AmbiguousError says that a package has several registries.
type AmbiguousError struct {
	Dir       string
	Variables []string
}

// Error names the variables.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%s has several variables of type *versions.Set (%s): keep one", e.Dir, strings.Join(e.Variables, ", "))
}

// Find looks for the registry in a directory. Files that do not parse are passed over: the compiler reports them better.
func Find(dir string) (Registry, error) { return FindIn(nil, dir) }

// FindIn is Find in a tree in which files are replaced.
func FindIn(files overlay.Files, dir string) (Registry, error) {
	found := Registry{Package: packageName(filepath.Base(dir)), Variable: "Revisions"}
	entries, err := files.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	var variables []string
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			continue
		}
		source, err := files.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return found, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), source, parser.SkipObjectResolution)
		if file == nil || err != nil {
			continue
		}
		found.Files = true
		found.Package = file.Name.Name
		variables = append(variables, sets(file)...)
		if bun := bunMigrations(file); len(bun) > 0 && found.Bun == "" {
			found.Bun = bun[0]
		}
	}
	slices.Sort(variables)
	if len(variables) > 1 {
		return found, &AmbiguousError{Dir: dir, Variables: variables}
	}
	if len(variables) == 1 {
		found.Variable, found.Declared = variables[0], true
	}
	return found, nil
}

// sets returns the names of a file's package variables that hold a new versions.Set.
func sets(file *ast.File) []string { return variables(file, isSet) }

// bunMigrations returns those that hold the migrations of bun's migrator.
func bunMigrations(file *ast.File) []string { return variables(file, isMigrations) }

// variables returns the names of a file's package variables whose type or value is of a form.
func variables(file *ast.File, is func(ast.Expr) bool) []string {
	var out []string
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.VAR {
			continue
		}
		for _, spec := range general.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, name := range value.Names {
				if is(value.Type) || i < len(value.Values) && is(value.Values[i]) {
					out = append(out, name.Name)
				}
			}
		}
	}
	return out
}

// isSet recognises *versions.Set, &versions.Set{} and new(versions.Set).
func isSet(expression ast.Expr) bool {
	switch e := expression.(type) {
	case *ast.StarExpr:
		return isSet(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.AND && isSet(e.X)
	case *ast.CompositeLit:
		return isSet(e.Type)
	case *ast.CallExpr:
		function, ok := e.Fun.(*ast.Ident)
		return ok && function.Name == "new" && len(e.Args) == 1 && isSet(e.Args[0])
	case *ast.SelectorExpr:
		qualifier, ok := e.X.(*ast.Ident)
		return ok && qualifier.Name == "versions" && e.Sel.Name == "Set"
	}
	return false
}

// isMigrations recognises migrate.NewMigrations(…), *migrate.Migrations and &migrate.Migrations{}.
func isMigrations(expression ast.Expr) bool {
	switch e := expression.(type) {
	case *ast.StarExpr:
		return isMigrations(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.AND && isMigrations(e.X)
	case *ast.CompositeLit:
		return isMigrations(e.Type)
	case *ast.CallExpr:
		return isMigrations(e.Fun)
	case *ast.SelectorExpr:
		qualifier, ok := e.X.(*ast.Ident)
		return ok && qualifier.Name == "migrate" && (e.Sel.Name == "Migrations" || e.Sel.Name == "NewMigrations")
	}
	return false
}

// packageName makes a package name of a directory's name.
func packageName(dir string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(dir) {
		if r >= 'a' && r <= 'z' || r == '_' || r >= '0' && r <= '9' && out.Len() > 0 {
			out.WriteRune(r)
		}
	}
	if out.Len() == 0 || token.IsKeyword(out.String()) {
		return "migrations"
	}
	return out.String()
}

// BunSource is the file that declares the migrations of bun's migrator in a new directory.
func (r Registry) BunSource() string {
	return "// Package " + r.Package + " holds the migrations of the database, one in each file.\npackage " + r.Package +
		"\n\nimport \"github.com/uptrace/bun/migrate\"\n\n// Migrations are all of them: each file registers its own.\nvar Migrations = migrate.NewMigrations()\n"
}

// Source is the file that declares the registry of a new directory.
func (r Registry) Source(upgrade bool) string {
	text := "// Package " + r.Package + " holds the revisions of the database, one in each file.\npackage " + r.Package + "\n\n"
	if upgrade {
		text += `import (
	"context"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/versions"
)
`
	} else {
		text += "import \"github.com/retort-db/retort/versions\"\n"
	}
	text += "\n// " + r.Variable + " are all of them: each file adds its own.\nvar " + r.Variable + " = &versions.Set{}\n"
	if upgrade {
		text += `
// Upgrade brings the database to the newest revision. Any number of processes may call it at once.
func Upgrade(ctx context.Context, db *bun.DB) error {
	return versions.Upgrade(ctx, db, ` + r.Variable + `, "head", versions.Options{})
}
`
	}
	return text
}
