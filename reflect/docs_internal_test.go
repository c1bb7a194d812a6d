package reflect

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// docs/models.md names every option of bun and every call of the DDL method.
func TestDocsNameOptionsAndCalls(t *testing.T) {
	content, err := os.ReadFile("../docs/models.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := string(content)
	mention := func(kind, word string) {
		for _, end := range []string{"`", ":", "(", ")", ","} {
			for _, begin := range []string{"`", ",", "(", "."} {
				if strings.Contains(docs, begin+word+end) {
					return
				}
			}
		}
		t.Errorf("docs/models.md does not mention the %s %s", kind, word)
	}
	for _, option := range append(append([]string(nil), knownFieldOptions...), knownTableOptions...) {
		mention("option of bun", option)
	}
	for _, method := range declarationMethods(t) {
		mention("call", method)
	}
}

// declarationMethods returns the exported methods of the types that a DDL method talks to.
func declarationMethods(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../schema/declaration*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: %v", files, err)
	}
	var methods []string
	for _, name := range files {
		for _, declaration := range parseSource(t, name).Decls {
			function, isFunction := declaration.(*ast.FuncDecl)
			if !isFunction || function.Recv == nil || !function.Name.IsExported() {
				continue
			}
			pointer, isPointer := function.Recv.List[0].Type.(*ast.StarExpr)
			if !isPointer || !strings.HasSuffix(pointer.X.(*ast.Ident).Name, "Declaration") {
				continue
			}
			switch function.Name.Name {
			case "At", "Declared": // of Retort's own
				continue
			}
			methods = append(methods, function.Name.Name)
		}
	}
	return methods
}

func parseSource(t *testing.T, name string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
