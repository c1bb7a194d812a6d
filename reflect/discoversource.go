package reflect

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"path"
	"path/filepath"
	stdreflect "reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/retort-db/retort/internal/overlay"
)

// moduleSource is what the files of a module declare, as far as models are concerned.
type moduleSource struct {
	modulePath string
	packages   map[string]string // package name by import path
	structs    []*structInfo     // by import path and name
	byKey      map[typeKey]*structInfo
	problems   []DiscoverProblem
}

// typeKey names a Go type.
type typeKey struct{ importPath, name string }

// structInfo is a struct type, or a type defined from another one.
type structInfo struct {
	importPath, packageName, name string
	file                          string
	line                          int
	lines                         map[string]int
	generic                       bool
	fields                        []structFieldInfo
	baseModel                     *baseModelInfo
	extends                       string // the struct behind an extend or inherit option
	definedFrom                   typeKey
	imports                       []importInfo
}

type baseModelInfo struct {
	tag bunTag
	ddl string
}

type structFieldInfo struct {
	name       string
	qualifier  string // before the type's name, as written
	ref        typeKey
	embedded   bool
	pointer    bool
	direct     bool // neither slice nor map nor array
	hasBunTag  bool
	hasJSONTag bool
	tag        bunTag
	ddl        string
}

type importInfo struct{ name, path string }

func (s *structInfo) key() typeKey { return typeKey{s.importPath, s.name} }

// looksLikePayload reports whether the struct's own fields have json tags and no bun tags: a request or response that
// embeds what it has in common with a model.
func (s *structInfo) looksLikePayload() bool {
	hasJSON := false
	for _, field := range s.fields {
		if field.hasBunTag {
			return false
		}
		hasJSON = hasJSON || field.hasJSONTag && !field.embedded
	}
	return hasJSON
}

// primaryKey returns the field with the pk option, of the struct itself or of one that it embeds.
func (m *moduleSource) primaryKey(s *structInfo, depth int) string {
	if depth > maxEmbedding {
		return ""
	}
	for _, field := range s.fields {
		if !field.embedded {
			if field.tag.has("pk") {
				return field.name
			}
			continue
		}
		if inner := m.byKey[field.ref]; inner != nil {
			if found := m.primaryKey(inner, depth+1); found != "" {
				return field.name + "." + found
			}
		}
	}
	return ""
}

func (m *moduleSource) typeNames(importPath string) []string {
	var names []string
	for _, s := range m.structs {
		if s.importPath == importPath {
			names = append(names, s.name)
		}
	}
	return names
}

// parseModule parses files, several at a time.
func parseModule(ctx context.Context, root, modulePath string, files []string, options DiscoverOptions) (*moduleSource, error) {
	out := &moduleSource{modulePath: modulePath, packages: map[string]string{}, byKey: map[typeKey]*structInfo{}}
	results := make([]parsedFile, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(1, len(files))) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for ctx.Err() == nil {
				at := int(next.Add(1)) - 1
				if at >= len(files) {
					return
				}
				results[at] = parseFile(root, modulePath, files[at], options)
			}
		}()
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, result := range results {
		if result.problem != nil {
			out.problems = append(out.problems, *result.problem)
		}
		if result.packageName == "" {
			continue
		}
		out.packages[result.importPath] = result.packageName
		out.structs = append(out.structs, result.structs...)
	}
	slices.SortStableFunc(out.structs, func(a, b *structInfo) int {
		if by := strings.Compare(a.importPath, b.importPath); by != 0 {
			return by
		}
		return strings.Compare(a.name, b.name)
	})
	for _, s := range out.structs {
		out.byKey[s.key()] = s
	}
	return out, nil
}

type parsedFile struct {
	importPath, packageName string
	structs                 []*structInfo
	problem                 *DiscoverProblem
}

func parseFile(root, modulePath, file string, options DiscoverOptions) (out parsedFile) {
	content, err := overlay.Files(options.Overlay).ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		out.problem = &DiscoverProblem{File: file, Text: err.Error()}
		return out
	}
	if !matchesBuild(file, content, options.BuildTags) {
		return out
	}
	out.importPath = path.Join(modulePath, path.Dir(file))
	declarations, packageName := typeDeclarations(content)
	out.packageName = packageName
	if declarations == nil {
		return out
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, declarations, parser.SkipObjectResolution)
	if err != nil { // an unusual file: read all of it
		set = token.NewFileSet()
		parsed, err = parser.ParseFile(set, file, content, parser.SkipObjectResolution)
	}
	if err != nil {
		out.problem = syntaxProblem(file, err)
	}
	if parsed == nil || parsed.Name == nil {
		return out
	}
	out.packageName = parsed.Name.Name
	imports := importsOf(parsed)
	for _, declaration := range parsed.Decls {
		types, isGeneral := declaration.(*ast.GenDecl)
		if !isGeneral || types.Tok != token.TYPE {
			continue
		}
		for _, spec := range types.Specs {
			if s := structOfSpec(set, spec.(*ast.TypeSpec)); s != nil {
				s.importPath, s.packageName, s.file, s.imports = out.importPath, out.packageName, file, imports
				out.structs = append(out.structs, s)
			}
		}
	}
	return out
}

func syntaxProblem(file string, err error) *DiscoverProblem {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return &DiscoverProblem{File: file, Line: list[0].Pos.Line, Text: list[0].Msg}
	}
	return &DiscoverProblem{File: file, Text: err.Error()}
}

// matchesBuild applies build constraints, in the name and in the file.
func matchesBuild(file string, content []byte, buildTags []string) bool {
	if !bytes.Contains(content, []byte("build ")) && !strings.Contains(path.Base(file), "_") && !bytes.Contains(content, []byte(`"C"`)) {
		return true
	}
	buildContext := build.Default
	buildContext.BuildTags = buildTags
	buildContext.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	matches, err := buildContext.MatchFile(path.Dir(file), path.Base(file))
	return err != nil || matches // a broken header is the parser's to report
}

func importsOf(file *ast.File) []importInfo {
	imports := make([]importInfo, 0, len(file.Imports))
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports = append(imports, importInfo{name, importPath})
	}
	return imports
}

// structOfSpec reads a type declaration: a struct, or a type defined from another.
func structOfSpec(set *token.FileSet, spec *ast.TypeSpec) *structInfo {
	s := &structInfo{name: spec.Name.Name, line: set.Position(spec.Pos()).Line, generic: spec.TypeParams != nil}
	switch typ := spec.Type.(type) {
	case *ast.StructType:
		s.lines = make(map[string]int, len(typ.Fields.List))
		for _, field := range typ.Fields.List {
			s.addField(set, field)
		}
		return s
	case *ast.Ident, *ast.SelectorExpr:
		if spec.Assign.IsValid() {
			return nil // an alias is the same type
		}
		qualifier, name := typeNameOf(spec.Type)
		s.definedFrom = typeKey{qualifier, name} // resolved later
		return s
	}
	return nil
}

func (s *structInfo) addField(set *token.FileSet, field *ast.Field) {
	info := structFieldInfo{embedded: len(field.Names) == 0}
	expr := field.Type
	info.direct = true
	for {
		switch typ := expr.(type) {
		case *ast.StarExpr:
			info.pointer = true
			expr = typ.X
			continue
		case *ast.ArrayType:
			info.direct = false
			expr = typ.Elt
			continue
		case *ast.MapType:
			info.direct = false
			expr = typ.Value
			continue
		case *ast.IndexExpr:
			expr = typ.X
			continue
		case *ast.IndexListExpr:
			expr = typ.X
			continue
		}
		break
	}
	info.qualifier, info.ref.name = typeNameOf(expr)
	if field.Tag != nil {
		if text, err := strconv.Unquote(field.Tag.Value); err == nil {
			tag := stdreflect.StructTag(text)
			bunText, found := tag.Lookup("bun")
			if bunText == "-" {
				info.ref = typeKey{}
			} else {
				info.hasBunTag, info.tag = found, parseBunTag(bunText)
			}
			_, info.hasJSONTag = tag.Lookup("json")
			info.ddl = tag.Get("ddl")
		}
	}
	if info.embedded {
		info.name = info.ref.name
		s.lines[info.name] = set.Position(field.Pos()).Line
		s.fields = append(s.fields, info)
		return
	}
	for _, name := range field.Names {
		info.name = name.Name
		s.lines[name.Name] = set.Position(name.Pos()).Line
		s.fields = append(s.fields, info)
	}
}

// typeNameOf returns a type's name with the package name before it.
func typeNameOf(expr ast.Expr) (qualifier, name string) {
	switch typ := expr.(type) {
	case *ast.Ident:
		return "", typ.Name
	case *ast.SelectorExpr:
		if pkg, isIdent := typ.X.(*ast.Ident); isIdent {
			return pkg.Name, typ.Sel.Name
		}
	}
	return "", ""
}

// resolve finds out which types the names in fields mean, now that all packages are known.
func (m *moduleSource) resolve() {
	for _, s := range m.structs {
		if s.definedFrom.name != "" {
			s.definedFrom.importPath = m.importedAs(s, s.definedFrom.importPath)
		}
		kept := s.fields[:0]
		for _, field := range s.fields {
			if field.ref.name != "" {
				field.ref.importPath = m.importedAs(s, field.qualifier)
			}
			if m.isBaseModel(s, field) {
				s.baseModel = &baseModelInfo{field.tag, field.ddl}
				continue
			}
			if field.embedded && (field.tag.has("extend") || field.tag.has("inherit")) {
				s.extends = field.name
			}
			kept = append(kept, field)
		}
		s.fields = kept
	}
}

const bunPath = "github.com/uptrace/bun"

func (m *moduleSource) isBaseModel(s *structInfo, field structFieldInfo) bool {
	if !field.embedded || field.pointer || field.name != "BaseModel" {
		return false
	}
	if field.ref.importPath == bunPath || field.ref.importPath == bunPath+"/schema" {
		return true
	}
	isDotImported := slices.ContainsFunc(s.imports, func(i importInfo) bool { return i.name == "." && i.path == bunPath })
	return field.qualifier == "" && isDotImported && m.byKey[typeKey{s.importPath, "BaseModel"}] == nil
}

// importedAs returns the import path behind a package name in a struct's file.
func (m *moduleSource) importedAs(s *structInfo, qualifier string) string {
	if qualifier == "" {
		return s.importPath
	}
	for _, imported := range s.imports {
		name := imported.name
		if name == "" {
			name = m.packages[imported.path]
		}
		if name == "" {
			name = guessPackageName(imported.path)
		}
		if name == qualifier {
			return imported.path
		}
	}
	return qualifier
}

// guessPackageName returns the usual package name of an import path.
func guessPackageName(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" && strings.Contains(importPath, "/") {
		base = path.Base(path.Dir(importPath))
	}
	base, _, _ = strings.Cut(base, ".v") // gopkg.in/x.v1
	base = strings.TrimPrefix(base, "go-")
	return strings.ReplaceAll(base, "-", "_")
}
