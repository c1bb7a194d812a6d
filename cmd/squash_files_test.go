package cmd

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/versions"
)

// TestSquashThatFails: whatever goes wrong, the old files are there again and nothing else is.
func TestSquashThatFails(t *testing.T) {
	const revision = "package m\n\nimport \"github.com/retort-db/retort/versions\"\n\nfunc init() { Revisions.Add(versions.Revision{ID: \"ID\"}) }\n"
	for name, c := range map[string]struct{ source, path, says string }{
		"the new file is no Go":           {"package m\n\nimport \"github.com/retort-db/retort/versions\"\n\nfunc init( {{{ Revisions.Add(", "new.go", "cannot read"},
		"the new file cannot be written":  {revision, "a.go/new.go", "not a directory"},
		"there is no module to build":     {strings.ReplaceAll(revision, "ID\"", "b\", Replaces: []string{\"a\"}"), "new.go", "so everything is left as it was"},
		"it takes the name of an old one": {strings.ReplaceAll(revision, "ID\"", "b\", Replaces: []string{\"a\"}"), "b.go", "so everything is left as it was"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"a.go": strings.ReplaceAll(revision, "\"ID\"", "\"a\""), "b.go": strings.ReplaceAll(revision, "\"ID\"", "\"b\""), "m.go": "package m\n"}
			for file, content := range files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			i := &invocation{
				program: &program{Environment: Environment{Stderr: io.Discard, Lookup: func(string) (string, bool) { return "", false }}},
				config:  &config.Config{Dir: dir, Migrations: []string{"."}},
				ctx:     t.Context(),
			}
			s := &squashing{
				plan:  &versions.Squash{Members: []string{"a", "b"}, Into: versions.Meta{ID: "b"}},
				files: []string{filepath.Join(dir, "a.go"), filepath.Join(dir, "b.go")}, path: filepath.Join(dir, c.path), built: &project{},
			}
			err := i.replaceFiles(s, []byte(c.source))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != len(files) {
				t.Errorf("left are %v, %v", entries, err)
			}
			for file, content := range files {
				if got, err := os.ReadFile(filepath.Join(dir, file)); err != nil || string(got) != content {
					t.Errorf("%s: %s, %v", file, got, err)
				}
			}
		})
	}
}
