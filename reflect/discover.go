package reflect

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/retort-db/retort/internal/overlay"
)

// DiscoverOptions says where models are looked for. The zero value looks through the module of the working directory.
type DiscoverOptions struct {
	// Dir is a directory of the module; the module's root is found from there. Empty is the working directory.
	Dir string
	// Models, if not empty, says where the models are: packages by directory ("./internal/models", "./internal/...") or
	// by import path, and single types ("./pkg/x.User"). Single types are always taken.
	Models []string
	// Exclude lists directories, relative to the module's root, whose structs are no models: "internal/api", "examples/...".
	Exclude []string
	// BuildTags are those that the user builds with.
	BuildTags []string
	// Overlay maps absolute paths to the content that stands for what is on disk, nil for files that are to be taken for
	// absent.
	Overlay map[string][]byte
}

// Discovery is what [Discover] found.
type Discovery struct {
	ModulePath string
	Dir        string // the module's root
	// Candidates are the structs that are models and those that look like one, by import path and name.
	Candidates []Candidate
	// Positions says where all structs of the module and their fields are declared, for [Options.Positions].
	Positions Positions
	// Problems are files that could not be read or parsed. What they declare may be missing.
	Problems []DiscoverProblem
}

// Taken returns the candidates that are models.
func (d *Discovery) Taken() []Candidate {
	return slices.DeleteFunc(slices.Clone(d.Candidates), func(c Candidate) bool { return !c.Taken })
}

// Candidate is a struct that is a model, or is not but looks like one.
type Candidate struct {
	ImportPath  string         `json:"import_path"`
	PackageName string         `json:"package"`
	TypeName    string         `json:"type"`
	File        string         `json:"file,omitempty"` // relative to the module's root
	Line        int            `json:"line,omitempty"`
	Taken       bool           `json:"taken"`
	Reason      string         `json:"reason"`
	Fields      map[string]int `json:"-"` // line by field name
}

// DiscoverProblem is a file that could not be read or parsed.
type DiscoverProblem struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
}

// Discover finds the models of a Go module by parsing its files, without compiling them. It reads the packages that the
// go command would, under the same build constraints: not those of nested modules, vendor, testdata, and directories that
// begin with a dot or an underscore, and no test files.
//
// A struct is a model if it embeds bun.BaseModel, has a field with the pk option (of its own or embedded), is the
// junction table of an m2m: option, or the target of a rel: option. Among these are left out: structs that extend another
// model, structs that only serve to be embedded, generic and unexported ones, and those of migrations, mocks and package
// main. Each comes with the reason.
func Discover(ctx context.Context, options DiscoverOptions) (*Discovery, error) {
	root, modulePath, err := findModule(options.Dir)
	if err != nil {
		return nil, err
	}
	out := &Discovery{ModulePath: modulePath, Dir: root, Positions: Positions{}}
	files, err := moduleFiles(root, options.Overlay)
	if err != nil {
		return nil, err
	}
	source, err := parseModule(ctx, root, modulePath, files, options)
	if err != nil {
		return nil, err
	}
	out.Problems = source.problems
	want, err := parseModelList(root, modulePath, options.Models, source)
	if err != nil {
		return nil, err
	}
	source.resolve()
	judge := newJudge(source, want, options.Exclude)
	for _, s := range source.structs {
		out.Positions[s.importPath+"."+s.name] = Position{File: s.file, Line: s.line, Fields: s.lines}
		if candidate, worthShowing := judge.candidate(s); worthShowing {
			out.Candidates = append(out.Candidates, candidate)
		}
	}
	out.Candidates = append(out.Candidates, want.foreign...)
	slices.SortFunc(out.Candidates, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.ImportPath, b.ImportPath), cmp.Compare(a.TypeName, b.TypeName))
	})
	return out, nil
}

// findModule returns the root and the path of the module that a directory belongs to.
func findModule(dir string) (root, modulePath string, err error) {
	if dir == "" {
		dir = "."
	}
	root, err = filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	for start := root; ; root = filepath.Dir(root) {
		content, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			modulePath = modfile.ModulePath(content)
			if modulePath == "" {
				return "", "", fmt.Errorf("%s has no module line", filepath.Join(root, "go.mod"))
			}
			return root, modulePath, nil
		}
		if !os.IsNotExist(err) {
			return "", "", err
		}
		if filepath.Dir(root) == root {
			return "", "", fmt.Errorf("no go.mod in %s or above: run it inside a Go module", start)
		}
	}
}

// moduleFiles lists the Go files of the module's packages, relative to its root with slashes, test files left out.
func moduleFiles(root string, laid overlay.Files) ([]string, error) {
	var files []string
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name == root {
				return nil
			}
			if isSkipped(base) {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
				return filepath.SkipDir // another module
			}
			return nil
		}
		if !isSource(base) {
			return nil
		}
		if _, replaced := laid[name]; replaced {
			return nil // added below if it is there
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		files = append(files, filepath.ToSlash(relative))
		return nil
	})
	if err != nil || len(laid) == 0 {
		return files, err
	}
	for _, path := range laid.Below(root) {
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		folders := strings.Split(filepath.ToSlash(filepath.Dir(relative)), "/")
		if isSource(filepath.Base(path)) && !slices.ContainsFunc(folders, isSkipped) && !inNestedModule(root, path) {
			files = append(files, filepath.ToSlash(relative))
		}
	}
	slices.SortFunc(files, compareWalked)
	return files, nil
}

// isSource reports whether a file of a package may declare models.
func isSource(base string) bool {
	return strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go") && base[0] != '.' && base[0] != '_'
}

// isSkipped reports whether the go command passes a folder over.
func isSkipped(base string) bool {
	return base == "vendor" || base == "testdata" || base == "node_modules" || base != "." && (base[0] == '.' || base[0] == '_')
}

// inNestedModule reports whether a folder between the module's root and a file belongs to another module.
func inNestedModule(root, path string) bool {
	for dir := filepath.Dir(path); len(dir) > len(root); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return true
		}
	}
	return false
}

// compareWalked is the order in which a tree is walked: folder by folder, by name.
func compareWalked(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

// modelList is what DiscoverOptions.Models asks for. An empty list asks for everything.
type modelList struct {
	all      bool
	packages map[string]bool // by import path
	types    map[typeKey]bool
	foreign  []Candidate // types of other modules
}

// parseModelList understands the entries of a configuration's list of models.
func parseModelList(root, modulePath string, entries []string, source *moduleSource) (*modelList, error) {
	want := &modelList{all: len(entries) == 0, packages: map[string]bool{}, types: map[typeKey]bool{}}
	for _, entry := range entries {
		importPath, inModule := importPathOf(modulePath, entry)
		if prefix, isPattern := strings.CutSuffix(importPath, "/..."); isPattern {
			found := false
			for known := range source.packages {
				if known == prefix || strings.HasPrefix(known, prefix+"/") {
					want.packages[known], found = true, true
				}
			}
			if !found {
				return nil, &ModelListError{Entry: entry, Reason: "matches no package of the module"}
			}
			continue
		}
		if source.packages[importPath] != "" {
			want.packages[importPath] = true
			continue
		}
		pkg, typeName := splitType(importPath)
		switch {
		case typeName == "" && !inModule:
			return nil, &ModelListError{Entry: entry, Reason: "is a package of another module", WayOut: "name its types: " + entry + ".User"}
		case typeName == "":
			return nil, &ModelListError{Entry: entry, Reason: "is no package of the module " + modulePath,
				WayOut: didYouMean(importPath, sortedPackages(source))}
		case !inModule:
			want.foreign = append(want.foreign, Candidate{
				ImportPath: pkg, PackageName: guessPackageName(pkg), TypeName: typeName, Taken: true,
				Reason: "listed; of another module",
			})
			continue
		}
		key := typeKey{pkg, typeName}
		if s := source.byKey[key]; s == nil {
			return nil, &ModelListError{Entry: entry, Reason: "there is no such struct", WayOut: didYouMean(typeName, source.typeNames(pkg))}
		} else if reason := unusable(s); reason != "" {
			return nil, &ModelListError{Entry: entry, Reason: reason}
		}
		want.types[key] = true
	}
	return want, nil
}

// ModelListError is an entry of the list of models that means nothing.
type ModelListError struct {
	Entry, Reason, WayOut string
}

// Error names the entry, what is wrong with it, and what may be meant.
func (e *ModelListError) Error() string {
	text := fmt.Sprintf("models: %q %s", e.Entry, e.Reason)
	if e.WayOut != "" {
		text += ": " + e.WayOut
	}
	return text
}

// importPathOf makes an import path of an entry; what begins with a dot is relative to the module's root.
func importPathOf(modulePath, entry string) (importPath string, inModule bool) {
	entry = filepath.ToSlash(entry)
	if entry == "." || strings.HasPrefix(entry, "./") || strings.HasPrefix(entry, ".\\") {
		return path.Join(modulePath, entry), true
	}
	return entry, entry == modulePath || strings.HasPrefix(entry, modulePath+"/") || strings.HasPrefix(entry, modulePath+".")
}

// splitType splits "import/path.Type".
func splitType(text string) (importPath, typeName string) {
	dot := strings.LastIndexByte(text, '.')
	if dot < strings.LastIndexByte(text, '/') || dot < 0 || dot+1 == len(text) || strings.Trim(text[dot+1:], "0123456789") == "" {
		return text, ""
	}
	return text[:dot], text[dot+1:]
}

func sortedPackages(source *moduleSource) []string {
	names := make([]string, 0, len(source.packages))
	for name := range source.packages {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
