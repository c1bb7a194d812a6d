package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/retort-db/retort/internal/servertest"
)

// TestInspectIntoPsql pipes whole projects through the real processes: "retort inspect URL" into psql, in one transaction,
// on an empty database. "retort diff" of both finds nothing, and the copy's own "retort inspect" is the same text.
func TestInspectIntoPsql(t *testing.T) {
	if !slices.Contains(servertest.Engines(), servertest.EnginePostgres) {
		t.Skip("the tests run without PostgreSQL")
	}
	version := servertest.PostgresVersion(t, servertest.OpenPostgres(t)) / 10000
	files, err := filepath.Glob("../introspect/testdata/postgres/projects/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no projects: %v", err)
	}
	for _, file := range files {
		texts, schemas, requires := projectFile(t, file)
		if version < requires {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			source, target := servertest.Postgres(t), servertest.Postgres(t)
			db := servertest.Open(t, source)
			for _, text := range texts {
				if _, err := db.ExecContext(t.Context(), text); err != nil {
					t.Fatalf("%s: %v", file, err)
				}
			}
			text := runRetort(t, 0, append([]string{"inspect", source, "--format", "sql"}, schemas...)...)
			pipeIntoPsql(t, target, text)
			if out := runRetort(t, 0, append([]string{"diff", source, target}, schemas...)...); out != "" {
				t.Errorf("retort diff:\n%s", out)
			}
			if again := runRetort(t, 0, append([]string{"inspect", target, "--format", "sql"}, schemas...)...); again != text {
				t.Error("the copy is shown as another text")
			}
		})
	}
}

// pipeIntoPsql runs a script in one transaction. Where psql is not installed, the driver does it.
func pipeIntoPsql(t *testing.T, target, script string) {
	t.Helper()
	program, arguments := servertest.Client(t, servertest.EnginePostgres, target)
	if program == "" {
		if _, err := servertest.Open(t, target).ExecContext(t.Context(), script); err != nil {
			t.Fatal(err)
		}
		return
	}
	psql := exec.CommandContext(t.Context(), program, append([]string{"-1"}, arguments...)...)
	psql.Stdin = strings.NewReader(script)
	if out, err := psql.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
}

// projectFile returns what makes the project, the flags for its schemas, and the oldest server that takes it. The header of
// the file says so.
func projectFile(t *testing.T, file string) (texts, schemas []string, requires int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "-- ")), ": ")
		switch {
		case !strings.HasPrefix(line, "-- "):
		case key == "namespaces":
			for name := range strings.SplitSeq(value, ", ") {
				schemas = append(schemas, "--schema", strings.Trim(name, `"`))
			}
		case key == "requires":
			if requires, err = strconv.Atoi(value); err != nil {
				t.Fatal(err)
			}
		case key == "extends":
			base, _, _ := projectFile(t, filepath.Join(filepath.Dir(file), value))
			texts = append(texts, base...)
		}
	}
	return append(texts, string(text)), schemas, requires
}
