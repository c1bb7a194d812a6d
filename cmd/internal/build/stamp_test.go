package build

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestHashInputs(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mod := filepath.Join(dir, "sub", "go.mod")
	hash := func() string {
		t.Helper()
		got, _, err := hashInputs(nil, []string{dir}, []string{mod})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	write("a.go", "package a // 1")
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	before := hash()
	for _, step := range []struct {
		name    string
		do      func()
		changes bool
	}{
		{"nothing", func() {}, false},
		{"a test", func() { write("a_test.go", "package a") }, false},
		{"a text", func() { write("README.md", "words") }, false},
		{"a touched file", func() {
			later := time.Now().Add(time.Hour)
			if err := os.Chtimes(filepath.Join(dir, "a.go"), later, later); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"an edit of the same size", func() { write("a.go", "package a // 2") }, true},
		{"a new file", func() { write("b.go", "package a") }, true},
		{"assembly", func() { write("c.s", "") }, true},
		{"a go.mod that was absent", func() { write("sub/go.mod", "") }, true},
	} {
		step.do()
		after := hash()
		if (after != before) != step.changes {
			t.Errorf("after %s the hash changed: %v, want %v", step.name, after != before, step.changes)
		}
		before = after
	}
	if _, _, err := hashInputs(nil, []string{filepath.Join(dir, "gone")}, nil); err == nil {
		t.Error("no error for a directory that is gone")
	}
}

func TestStampRefusesFilesThatChangedMeanwhile(t *testing.T) {
	root, cache, source := t.TempDir(), t.TempDir(), t.TempDir()
	b := &builder{program: Program{ModuleRoot: root}, dir: cache}
	for _, path := range []string{filepath.Join(source, "a.go"), b.executable()} {
		if err := os.WriteFile(path, []byte("package a"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	found := inputs{dirs: []string{source}, complete: true}
	b.stamp(found, time.Now().Add(-time.Hour))
	if b.current() {
		t.Fatal("a file that was written after the build began was trusted")
	}
	b.stamp(found, time.Now().Add(time.Hour))
	if !b.current() {
		t.Fatal("an unchanged file was not trusted")
	}
	if err := os.WriteFile(b.executable(), []byte("another process built this"), 0o755); err != nil {
		t.Fatal(err)
	}
	if b.current() {
		t.Fatal("an executable of another process was trusted")
	}
}
