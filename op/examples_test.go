package op_test

import (
	"errors"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const modulePath = "github.com/retort-db/retort"

// ownPackages imports this module's packages from source. What comes from elsewhere stays unknown to the type checker,
// which goes on without it: only names of this package are asked for.
type ownPackages struct {
	files *token.FileSet
	known map[string]*types.Package
}

func (p *ownPackages) Import(path string) (*types.Package, error) {
	if known := p.known[path]; known != nil {
		return known, nil
	}
	inside, own := strings.CutPrefix(path, modulePath+"/")
	if !own {
		return nil, errors.New("not of this module")
	}
	parsed, err := p.parse(filepath.Join("..", filepath.FromSlash(inside)), func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
	if err != nil {
		return nil, err
	}
	p.known[path] = p.check(path, parsed, nil)
	return p.known[path], nil
}

func (p *ownPackages) parse(dir string, wanted func(name string) bool) ([]*ast.File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var parsed []*ast.File
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || !wanted(entry.Name()) {
			continue
		}
		file, err := parser.ParseFile(p.files, filepath.Join(dir, entry.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	return parsed, nil
}

func (p *ownPackages) check(path string, parsed []*ast.File, info *types.Info) *types.Package {
	config := types.Config{Importer: p, Error: func(error) {}} // the compiler has seen all of it; what is left is not of this module
	checked, _ := config.Check(path, p.files, parsed, info)
	return checked
}

// usedInExamples returns what the example files use of this package: the names that they write, and the types of the values
// that they handle.
func usedInExamples(t *testing.T, packages *ownPackages) (names map[types.Object]bool, handled map[*types.TypeName]bool) {
	t.Helper()
	examples, err := packages.parse(".", func(name string) bool { return strings.HasSuffix(name, "_example_test.go") })
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	packages.check(modulePath+"/op_test", examples, info)
	names, handled = map[types.Object]bool{}, map[*types.TypeName]bool{}
	for _, object := range info.Uses {
		if function, ok := object.(*types.Func); ok {
			object = function.Origin()
		}
		names[object] = true
	}
	for _, value := range info.Types {
		of := value.Type
		if pointer, ok := of.(*types.Pointer); ok {
			of = pointer.Elem()
		}
		if named, ok := of.(*types.Named); ok {
			handled[named.Obj()] = true
		}
	}
	return names, handled
}

// The examples are the package's manual: what is exported and in none of them is not explained.
func TestEveryNameHasAnExample(t *testing.T) {
	packages := &ownPackages{files: token.NewFileSet(), known: map[string]*types.Package{}}
	vocabulary, err := packages.Import(modulePath + "/op")
	if err != nil {
		t.Fatal(err)
	}
	names, handled := usedInExamples(t, packages)
	operation := vocabulary.Scope().Lookup("Operation").Type().Underlying().(*types.Interface)
	for method := range operation.Methods() {
		if !names[method] && method.Name() != "String" { // fmt calls that one
			t.Errorf("no example calls Operation.%s", method.Name())
		}
	}
	seen := 0
	for _, name := range vocabulary.Scope().Names() {
		object := vocabulary.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		seen++
		typeName, isType := object.(*types.TypeName)
		if !isType {
			if !names[object] {
				t.Errorf("no example uses op.%s", name)
			}
			continue
		}
		if !names[object] && !handled[typeName] {
			t.Errorf("no example has a value of the type op.%s", name)
		}
		named, ok := typeName.Type().(*types.Named)
		if !ok || typeName.IsAlias() {
			continue
		}
		isOperation := types.Implements(types.NewPointer(named), operation)
		for method := range named.Methods() {
			if !method.Exported() || names[method] || isOperation && hasMethod(operation, method.Name()) {
				continue
			}
			switch method.Name() {
			case "Error", "MarshalJSON", "UnmarshalJSON": // called by fmt and encoding/json
				continue
			}
			t.Errorf("no example calls op.%s.%s", name, method.Name())
		}
	}
	if seen < 100 {
		t.Errorf("only %d exported names were found", seen)
	}
}

// An example without output is compiled and not run.
func TestEveryExampleRuns(t *testing.T) {
	packages := &ownPackages{files: token.NewFileSet()}
	files, err := packages.parse(".", func(name string) bool { return strings.HasSuffix(name, "_example_test.go") })
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range doc.Examples(files...) {
		if example.Output == "" {
			t.Errorf("Example%s shows no output", example.Name)
		}
	}
}

func hasMethod(of *types.Interface, name string) bool {
	for method := range of.Methods() {
		if method.Name() == name {
			return true
		}
	}
	return false
}

func TestEveryNameHasAComment(t *testing.T) {
	packages := &ownPackages{files: token.NewFileSet()}
	source, err := packages.parse(".", func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range source {
		for _, declaration := range file.Decls {
			switch declaration := declaration.(type) {
			case *ast.FuncDecl:
				if declaration.Name.IsExported() && receiverIsExported(declaration) && declaration.Doc.Text() == "" {
					t.Errorf("%s: %s has no comment", packages.files.Position(declaration.Pos()), declaration.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range declaration.Specs {
					named, ok := spec.(*ast.TypeSpec)
					if ok && named.Name.IsExported() && named.Doc.Text() == "" && declaration.Doc.Text() == "" {
						t.Errorf("%s: %s has no comment", packages.files.Position(named.Pos()), named.Name.Name)
					}
					values, ok := spec.(*ast.ValueSpec)
					if ok && values.Names[0].IsExported() && values.Doc.Text() == "" && declaration.Doc.Text() == "" {
						t.Errorf("%s: %s has no comment", packages.files.Position(values.Pos()), values.Names[0].Name)
					}
				}
			}
		}
	}
}

func receiverIsExported(function *ast.FuncDecl) bool {
	if function.Recv == nil {
		return true
	}
	of := function.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	name, ok := of.(*ast.Ident)
	return ok && name.IsExported()
}
