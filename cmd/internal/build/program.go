// Package build makes the program that runs the user's code: a small main that imports the model packages, the revisions
// and package cmd/driver. It is built inside the user's module, so that the module's own versions, build tags and internal
// packages apply, and nothing is written to the user's tree: the sources exist only in an overlay of "go build".
package build

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/overlay"
	"github.com/retort-db/retort/schema"
)

// Program says what a driver is made of.
type Program struct {
	// ModuleRoot is the directory of the module's go.mod, ModulePath its path.
	ModuleRoot string
	ModulePath string
	// Dir is where "go build" runs, so that compiler messages name files as the user sees them. Empty means ModuleRoot.
	Dir string

	Models     []Model
	Migrations []Migrations
	Dialects   []schema.Dialect
	Tags       []string
	// Overlay holds files of the user's by their path, as they are to be built instead of what is on disk.
	Overlay overlay.Files
}

// Model is a struct type of the module.
type Model struct {
	ImportPath string
	Type       string
}

// Migrations is a package of revision files.
type Migrations struct {
	ImportPath string
	Registry   string // the variable that holds the revisions: "Revisions"
}

// Retort is the module path of Retort itself.
const Retort = "github.com/retort-db/retort"

// sourceDir is the directory of the generated packages. Its leading dot keeps "./..." from finding it.
const sourceDir = ".retort-driver"

// sources are generated files by their path relative to the module's root.
type sources struct {
	files map[string]string
	// target is the import path of the main package.
	target string
}

// generate writes the driver's sources. A package that is internal to a part of the module is reached through a bridge, a
// package generated inside that part.
func (p Program) generate() sources {
	generated := sources{files: map[string]string{}, target: path.Join(p.ModulePath, sourceDir)}
	bridges := map[string]*file{}
	main := newFile("main")
	// reach returns the file in which a package can be imported.
	reach := func(importPath string) *file {
		root := internalRoot(importPath)
		if visible(generated.target, root) {
			return main
		}
		if bridges[root] == nil {
			bridges[root] = newFile("bridge")
		}
		return bridges[root]
	}
	for _, model := range p.Models {
		target := reach(model.ImportPath)
		value := target.use(model.ImportPath) + "." + model.Type
		target.models = append(target.models, fmt.Sprintf("{Value: (*%s)(nil), ImportPath: %q, TypeName: %q}", value, model.ImportPath, model.Type))
	}
	for _, migrations := range p.Migrations {
		target := reach(migrations.ImportPath)
		target.revisions = append(target.revisions, target.use(migrations.ImportPath)+"."+migrations.Registry)
	}
	for _, root := range slices.Sorted(maps.Keys(bridges)) {
		bridgePath := path.Join(root, sourceDir)
		alias := main.use(bridgePath)
		main.models = append(main.models, alias+".Models...")
		main.revisions = append(main.revisions, alias+".Revisions...")
		generated.files[path.Join(p.relative(bridgePath), "bridge.go")] = bridges[root].bridge()
	}
	for _, dialect := range p.Dialects {
		// What is asked about models needs no database, and linking the drivers is a good part of a build.
		if len(p.Models) == 0 {
			main.blank(Retort + "/introspect/" + string(dialect))
		}
		main.blank(Retort + "/reflect/" + string(dialect))
	}
	generated.files[path.Join(sourceDir, "main.go")] = main.main()
	return generated
}

// relative returns the directory of a package of the module, relative to the module's root.
func (p Program) relative(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, p.ModulePath), "/")
}

// internalRoot returns the import path of the tree that may import a package: what stands before its last "internal". It
// is empty if everybody may.
func internalRoot(importPath string) string {
	parts := strings.Split(importPath, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] == "internal" {
			return strings.Join(parts[:i], "/")
		}
	}
	return ""
}

func visible(from, root string) bool {
	return root == "" || from == root || strings.HasPrefix(from, root+"/")
}

// file is one generated source file.
type file struct {
	name      string
	aliases   map[string]string
	imports   []string
	models    []string
	revisions []string
}

func newFile(name string) *file {
	return &file{name: name, aliases: map[string]string{}}
}

// use imports a package and returns its name in the file.
func (f *file) use(importPath string) string {
	if alias, known := f.aliases[importPath]; known {
		return alias
	}
	alias := fmt.Sprintf("p%d_retort", len(f.aliases))
	f.aliases[importPath] = alias
	f.imports = append(f.imports, fmt.Sprintf("%s %q", alias, importPath))
	return alias
}

func (f *file) blank(importPath string) {
	f.imports = append(f.imports, fmt.Sprintf("_ %q", importPath))
}

func (f *file) header(imports ...string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "package %s\n\nimport (\n", f.name)
	for _, line := range append(imports, f.imports...) {
		fmt.Fprintf(&out, "\t%s\n", line)
	}
	out.WriteString(")\n\n")
	return out.String()
}

const (
	driverImport   = `driver_retort "` + Retort + `/cmd/driver"`
	versionsImport = `versions_retort "` + Retort + `/versions"`
)

func (f *file) bridge() string {
	return f.header(driverImport, versionsImport) +
		"var Models = []driver_retort.Model{\n\t" + joined(f.models) + "}\n\n" +
		"var Revisions = []*versions_retort.Set{\n\t" + joined(f.revisions) + "}\n"
}

func joined(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return strings.Join(values, ",\n\t") + ",\n"
}

// main writes the main package. Lists of bridges are spread, single values are put into lists of their own.
func (f *file) main() string {
	var out strings.Builder
	out.WriteString(f.header(driverImport))
	out.WriteString("func main() {\n\tvar config driver_retort.Config\n")
	for _, model := range f.models {
		fmt.Fprintf(&out, "\tconfig.Models = append(config.Models, %s)\n", spread("driver_retort.Model", model))
	}
	for _, revisions := range f.revisions {
		fmt.Fprintf(&out, "\tconfig.Revisions = append(config.Revisions, %s)\n", revisions)
	}
	out.WriteString("\tdriver_retort.Main(config)\n}\n")
	return out.String()
}

func spread(typeName, value string) string {
	if strings.HasSuffix(value, "...") {
		return value
	}
	return typeName + value
}
