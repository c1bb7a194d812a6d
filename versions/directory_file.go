package versions

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/retort-db/retort/internal/overlay"
)

// importPath is what a revision file imports, and the name it has there unless the file says otherwise.
const (
	importPath  = "github.com/retort-db/retort/versions"
	packageName = "versions"
	registry    = "Revisions"
)

type fileResult struct {
	metas    []Meta
	problems []error
}

func readFile(laid overlay.Files, path string) fileResult {
	source, err := laid.ReadFile(path)
	if err != nil {
		return fileResult{problems: []error{&FileError{File: path, Cause: err}}}
	}
	return parseFile(path, source)
}

// parseFile reads the revisions of one file. Broken code does no harm unless it hides a revision.
func parseFile(path string, source []byte) fileResult {
	if !bytes.Contains(source, []byte(importPath)) {
		return fileResult{}
	}
	mode := parser.SkipObjectResolution
	if bytes.Contains(source, []byte("//go:build")) {
		mode |= parser.ParseComments
	}
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, source, mode)
	if file == nil {
		return fileResult{problems: []error{&FileError{File: path, Cause: err}}}
	}
	r := &fileReader{path: path, positions: positions, name: localName(file)}
	if r.name == "" || r.name == "_" {
		return fileResult{}
	}
	r.inTest = strings.HasSuffix(path, "_test.go")
	r.read(file)
	if len(r.metas) == 0 && len(r.problems) == 0 && err != nil && bytes.Contains(source, []byte(registry+".Add(")) {
		r.problems = append(r.problems, &FileError{File: path, Cause: err})
	}
	if reason, way := leftOut(path, file); reason != "" {
		for _, meta := range r.metas {
			r.problems = append(r.problems, &LeftOutError{File: path, Revision: meta.ID, Reason: reason, Way: way})
		}
		if r.inTest {
			r.metas = nil // never part of the program
		}
	}
	return fileResult{metas: r.metas, problems: r.problems}
}

// localName returns the name by which a file knows this package, "." for a dot import, "" for none.
func localName(file *ast.File) string {
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || path != importPath {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return packageName
	}
	return ""
}

// fileReader collects the revisions of one file.
type fileReader struct {
	path      string
	positions *token.FileSet
	name      string
	inTest    bool
	metas     []Meta
	problems  []error
}

func (r *fileReader) read(file *ast.File) {
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Body == nil || r.inTest && (function.Name.Name != "init" || function.Recv != nil) {
			continue
		}
		for _, statement := range function.Body.List {
			expression, ok := statement.(*ast.ExprStmt)
			if !ok {
				continue
			}
			if call, ok := expression.X.(*ast.CallExpr); ok {
				r.call(call)
			}
		}
	}
}

// call looks whether a call adds a revision.
func (r *fileReader) call(call *ast.CallExpr) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Add" || len(call.Args) != 1 {
		return
	}
	literal, ok := call.Args[0].(*ast.CompositeLit)
	if !ok || !r.isOurs(literal.Type, "Revision") {
		if last(selector.X) == registry {
			r.problems = append(r.problems, r.literalError(call.Args[0], "", "versions.Revision{…} inside the call of Add"))
		}
		return
	}
	// Where Set.Add was called from is where its closing line's statement begins for the compiler: the call.
	meta := Meta{File: r.path, Line: r.positions.Position(call.Pos()).Line}
	before := len(r.problems)
	for _, element := range literal.Elts {
		r.field(element, &meta)
	}
	if meta.ID == "" && len(r.problems) == before {
		r.problems = append(r.problems, r.literalError(literal, "ID", `a string, such as ID: "1975ea83b712"`))
	}
	if meta.ID != "" {
		r.metas = append(r.metas, meta)
	}
}

// field reads one field of the literal, if it is one of those that have to be literals.
func (r *fileReader) field(element ast.Expr, meta *Meta) {
	pair, ok := element.(*ast.KeyValueExpr)
	if !ok {
		r.problems = append(r.problems, r.literalError(element, "", "fields with their names, such as ID: \"1975ea83b712\""))
		return
	}
	key, ok := pair.Key.(*ast.Ident)
	if !ok {
		return
	}
	switch key.Name {
	case "ID":
		meta.ID = r.text(pair.Value, key.Name)
	case "Message":
		meta.Message = r.text(pair.Value, key.Name)
	case "Created":
		meta.Created = r.text(pair.Value, key.Name)
	case "Labels":
		meta.Labels = r.texts(pair.Value, key.Name)
	case "Replaces":
		meta.Replaces = r.texts(pair.Value, key.Name)
	case "DependsOn":
		meta.DependsOn = r.texts(pair.Value, key.Name)
	case "Revises":
		meta.Revises = r.parents(pair.Value)
	}
}

func (r *fileReader) text(value ast.Expr, field string) string {
	text, ok := constant(value)
	if !ok {
		r.problems = append(r.problems, r.literalError(value, field, "a string"))
	}
	return text
}

// constant returns the value of a string literal, or of several joined by +.
func constant(value ast.Expr) (string, bool) {
	var parts []string
	for {
		switch v := value.(type) {
		case *ast.ParenExpr:
			value = v.X
			continue
		case *ast.BinaryExpr:
			right, ok := v.Y.(*ast.BasicLit)
			if !ok || v.Op != token.ADD {
				return "", false
			}
			text, ok := constant(right)
			if !ok {
				return "", false
			}
			parts = append(parts, text)
			value = v.X
			continue
		case *ast.BasicLit:
			text, err := strconv.Unquote(v.Value)
			if v.Kind != token.STRING || err != nil {
				return "", false
			}
			for i := len(parts) - 1; i >= 0; i-- {
				text += parts[i]
			}
			return text, true
		}
		return "", false
	}
}

func (r *fileReader) texts(value ast.Expr, field string) []string {
	if isNil(value) {
		return nil
	}
	literal, ok := value.(*ast.CompositeLit)
	if array, isArray := typeOf(literal).(*ast.ArrayType); !ok || !isArray || last(array.Elt) != "string" {
		r.problems = append(r.problems, r.literalError(value, field, `[]string{"…"}`))
		return nil
	}
	return r.list(literal.Elts, field)
}

func (r *fileReader) parents(value ast.Expr) []string {
	if call, ok := value.(*ast.CallExpr); ok && r.isOurs(call.Fun, "After") && call.Ellipsis == token.NoPos {
		return r.list(call.Args, "Revises")
	}
	if literal, ok := value.(*ast.CompositeLit); ok && r.isOurs(literal.Type, "Parents") && len(literal.Elts) == 0 {
		return nil
	}
	r.problems = append(r.problems, r.literalError(value, "Revises", `versions.After("…")`))
	return nil
}

func (r *fileReader) list(values []ast.Expr, field string) []string {
	var out []string
	for _, value := range values {
		if text := r.text(value, field); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// isOurs reports whether an expression names something of this package.
func (r *fileReader) isOurs(expression ast.Expr, name string) bool {
	if r.name == "." {
		ident, ok := expression.(*ast.Ident)
		return ok && ident.Name == name
	}
	selector, ok := expression.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	qualifier, ok := selector.X.(*ast.Ident)
	return ok && qualifier.Name == r.name
}

func (r *fileReader) literalError(at ast.Node, field, want string) error {
	return &LiteralError{File: r.path, Line: r.positions.Position(at.Pos()).Line, Field: field, Want: want}
}

// last returns the last identifier of a dotted expression.
func last(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func typeOf(literal *ast.CompositeLit) ast.Expr {
	if literal == nil {
		return nil
	}
	return literal.Type
}

func isNil(expression ast.Expr) bool {
	ident, ok := expression.(*ast.Ident)
	return ok && ident.Name == "nil"
}

// leftOut returns why Go leaves a file out of some builds, and what to do.
func leftOut(path string, file *ast.File) (reason, way string) {
	name := strings.TrimSuffix(filepath.Base(path), ".go")
	const rename = "rename the file"
	switch {
	case strings.HasSuffix(name, "_test"):
		return "files that end in _test.go are compiled for tests only", rename
	case strings.HasPrefix(name, "_"):
		return "files that begin with an underscore are ignored by Go", rename
	}
	if word := platformWord(name); word != "" {
		return "files that end in _" + word + ".go are compiled for that platform only", rename
	}
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, comment := range group.List {
			if constraint.IsGoBuild(comment.Text) {
				return "it has a build constraint (" + comment.Text + ")", "remove the line"
			}
		}
	}
	return "", ""
}

// platformWord returns the word at the end of a file's name that Go takes for an operating system or an architecture. The
// part before the first underscore does not count (go/build, func goodOSArchFile).
func platformWord(name string) string {
	_, rest, found := strings.Cut(name, "_")
	if !found {
		return ""
	}
	words := strings.Split(rest, "_")
	word := words[len(words)-1]
	if platforms[word] {
		return word
	}
	return ""
}

// platforms are the GOOS and GOARCH words of internal/syslist, past, present and reserved.
var platforms = wordSet(`aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1
	windows zos 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc
	ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`)

func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields(words) {
		out[word] = true
	}
	return out
}
