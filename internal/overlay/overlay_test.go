package overlay_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/overlay"
)

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	write := func(path, text string) string {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	kept := write(filepath.Join(dir, "kept.go"), "kept")
	changed := write(filepath.Join(dir, "changed.go"), "on disk")
	hidden := write(filepath.Join(dir, "hidden.go"), "hidden")
	added, gone := filepath.Join(dir, "added.go"), filepath.Join(dir, "gone", "a.go")
	empty := write(filepath.Join(dir, "empty.go"), "not empty")
	files := overlay.Files{
		changed: []byte("replaced"), hidden: nil, added: []byte("added"), gone: []byte("gone"), empty: {},
	}
	t.Chdir(dir)
	for path, want := range map[string]string{kept: "kept", "kept.go": "kept", "changed.go": "replaced", changed: "replaced", added: "added", gone: "gone", empty: ""} {
		if got, err := files.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	if _, err := files.ReadFile(hidden); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("hidden.go: %v", err)
	}
	names := func(files overlay.Files, dir string) string {
		t.Helper()
		entries, err := files.ReadDir(dir)
		if err != nil {
			return err.Error()
		}
		var out []string
		for _, entry := range entries {
			out = append(out, entry.Name())
		}
		return strings.Join(out, " ")
	}
	if got := names(files, "."); got != "added.go changed.go empty.go kept.go" {
		t.Errorf("the directory holds %s", got)
	}
	if got := names(nil, dir); got != "changed.go empty.go hidden.go kept.go" {
		t.Errorf("without an overlay it holds %s", got)
	}
	if got := names(files, "gone"); got != "a.go" {
		t.Errorf("the directory that is not on disk holds %s", got)
	}
	if got := names(files, "nowhere"); !strings.Contains(got, "no such file") {
		t.Errorf("a directory that is nowhere: %s", got)
	}
	if got := strings.Join(files.Below(dir), " "); got != strings.Join([]string{added, changed, empty, gone}, " ") {
		t.Errorf("below are %s", got)
	}
}
