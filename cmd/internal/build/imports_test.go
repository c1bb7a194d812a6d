package build

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Which packages a driver is made of is asked again only after an edit that may have changed that.
func TestUnchangedInputs(t *testing.T) {
	root, source := t.TempDir(), t.TempDir()
	b := &builder{program: Program{ModuleRoot: root}, dir: t.TempDir()}
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(b.executable(), "driver")
	a := filepath.Join(source, "a.go")
	write(a, "package a\n\nimport \"fmt\"\n\nfunc f() {}\n")
	built := func() { b.stamp(inputs{dirs: []string{source}, complete: true}, time.Now().Add(time.Hour)) }
	if _, known := b.unchangedInputs(); known {
		t.Error("known before the first build")
	}
	built()
	for _, step := range []struct {
		name  string
		do    func()
		known bool
	}{
		{"nothing", func() {}, true},
		{"an edit", func() { write(a, "package a\n\nimport \"fmt\"\n\nfunc g() { fmt.Println() }\n") }, true},
		{"an edit that does not compile", func() { write(a, "package a\n\nimport \"fmt\"\n\nfunc g( {\n") }, true},
		{"a test", func() { write(filepath.Join(source, "a_test.go"), "package a") }, true},
		{"another import", func() { write(a, "package a\n\nimport \"os\"\n\nfunc g() {}\n") }, false},
		{"one more import", func() { write(a, "package a\n\nimport \"os\"\nimport \"io\"\n\nfunc g() {}\n") }, false},
		{"a build constraint", func() { write(a, "//go:build linux\n\npackage a\n\nimport \"os\"\nimport \"io\"\n\nfunc g() {}\n") }, false},
		{"a new file", func() { write(filepath.Join(source, "b.go"), "package a\n") }, false},
		{"an import that does not parse", func() { write(a, "package a\n\nimport os\n") }, false},
		{"another requirement", func() { write(filepath.Join(root, "go.mod"), "module a\n") }, false},
	} {
		step.do()
		found, known := b.unchangedInputs()
		if known != step.known || known && (!found.complete || !slices.Equal(found.dirs, []string{source})) {
			t.Errorf("after %s: %+v, %v", step.name, found, known)
		}
		built()
	}
}
