package squash

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
)

// Leftovers names what a revision file declares besides its revisions, which would go with the file: functions, variables,
// further statements of init.
func Leftovers(path string, source []byte) ([]string, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Name.Name != "init" || d.Recv != nil {
				out = append(out, "func "+d.Name.Name)
				continue
			}
			for _, statement := range d.Body.List {
				if !addsRevision(statement) {
					out = append(out, fmt.Sprintf("the statement in line %d", positions.Position(statement.Pos()).Line))
				}
			}
		case *ast.GenDecl:
			out = append(out, declared(d)...)
		}
	}
	return out, nil
}

// addsRevision reports whether a statement is a call of Add with a literal.
func addsRevision(statement ast.Stmt) bool {
	expression, ok := statement.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := expression.X.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	_, literal := call.Args[0].(*ast.CompositeLit)
	return ok && selector.Sel.Name == "Add" && literal
}

func declared(general *ast.GenDecl) []string {
	var out []string
	for _, spec := range general.Specs {
		switch s := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range s.Names {
				out = append(out, general.Tok.String()+" "+name.Name)
			}
		case *ast.TypeSpec:
			out = append(out, "type "+s.Name.Name)
		}
	}
	return out
}
