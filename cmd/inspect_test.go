package cmd_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
)

// TestInspectIntoSQLite pipes what retort inspect prints of whole projects into sqlite3: retort diff finds no difference
// between the two files, and the copy is printed as the original is.
func TestInspectIntoSQLite(t *testing.T) {
	root := filepath.Join("..", "introspect", "testdata")
	files, err := filepath.Glob(filepath.Join(root, "sqlite", "projects", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no projects: %v", err)
	}
	for _, file := range append(files, filepath.Join(root, "sqlite_kitchen_sink.sql")) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source, copied := filepath.Join(t.TempDir(), "source.db"), filepath.Join(t.TempDir(), "copy.db")
			fillSQLite(t, source, string(text))
			printed := runRetort(t, 0, "inspect", "sqlite:"+source)
			if program, arguments := servertest.Client(t, servertest.EngineSQLite, "sqlite:"+copied); program == "" {
				fillSQLite(t, copied, printed)
			} else {
				shell := exec.CommandContext(t.Context(), program, arguments...)
				shell.Stdin = strings.NewReader(printed)
				if out, err := shell.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", program, err, out)
				}
			}
			if out := runRetort(t, 0, "diff", "sqlite:"+source, "sqlite:"+copied); out != "" {
				t.Errorf("the copy differs:\n%s", out)
			}
			if again := runRetort(t, 0, "inspect", "sqlite:"+copied); again != printed {
				t.Errorf("the copy is printed otherwise:\n%s\nand the original:\n%s", again, printed)
			}
			for _, format := range []string{"json", "go", "mermaid"} {
				first, second := runRetort(t, 0, "inspect", "--format", format, "sqlite:"+source), runRetort(t, 0, "inspect", "--format", format, "sqlite:"+copied)
				if first != second || first == "" {
					t.Errorf("--format %s of the copy and of the original differ:\n%s\n%s", format, first, second)
				}
			}
		})
	}
}

// fillSQLite runs statements on a file.
func fillSQLite(t *testing.T, file, statements string) {
	t.Helper()
	database, err := introspect.Open(t.Context(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if _, err := database.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

// runRetort runs the binary in an empty folder and returns what it prints.
func runRetort(t *testing.T, code int, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), filepath.Join(toolDir, "bin", "retort"), arguments...)
	command.Dir = t.TempDir()
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || command.ProcessState.ExitCode() != code {
		t.Fatalf("retort %s: %v\n%s%s", strings.Join(arguments, " "), err, out, stderr.String())
	}
	return string(out)
}
