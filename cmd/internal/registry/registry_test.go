package registry

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  Registry
	}{
		{"no directory", nil, Registry{Package: "db", Variable: "Revisions"}},
		{"no registry", map[string]string{"a.go": "package steps"}, Registry{Package: "steps", Variable: "Revisions", Files: true}},
		{"literal", map[string]string{"a.go": "package steps\nvar All = &versions.Set{}"}, Registry{Package: "steps", Variable: "All", Declared: true, Files: true}},
		{"new", map[string]string{"a.go": "package steps\nvar All = new(versions.Set)"}, Registry{Package: "steps", Variable: "All", Declared: true, Files: true}},
		{"declared", map[string]string{"a.go": "package steps\nvar (\n\tn = 1\n\tAll *versions.Set\n)"}, Registry{Package: "steps", Variable: "All", Declared: true, Files: true}},
		{"bun's", map[string]string{"a.go": "package steps\nvar All = migrate.NewMigrations()"}, Registry{Package: "steps", Variable: "Revisions", Files: true, Bun: "All"}},
		{"bun's, declared", map[string]string{"a.go": "package steps\nvar All *migrate.Migrations"}, Registry{Package: "steps", Variable: "Revisions", Files: true, Bun: "All"}},
		{"beside a file that does not parse", map[string]string{"a.go": "package steps\nvar All = &versions.Set{}", "b.go": "package steps\nfunc {"}, Registry{Package: "steps", Variable: "All", Declared: true, Files: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "d-b")
			write(t, dir, test.files)
			got, err := Find(dir)
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestFindSeveral(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.go": "package m\nvar A = &versions.Set{}", "b.go": "package m\nvar B = &versions.Set{}"})
	_, err := Find(dir)
	var ambiguous *AmbiguousError
	if !errors.As(err, &ambiguous) || len(ambiguous.Variables) != 2 {
		t.Fatalf("got %v", err)
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
