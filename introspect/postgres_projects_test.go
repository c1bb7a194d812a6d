package introspect_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
)

// project is a schema of the size and kind that real projects have. Its file's header says what the test needs to know:
//
//	-- namespaces: a, "B c"   the schemas besides the default one
//	-- requires: 15           the oldest server that takes it
//	-- extends: shop.sql      the file that runs before it
type project struct {
	name       string
	files      []string
	namespaces []string
	requires   int
}

func postgresProjects(tb testing.TB) []project {
	tb.Helper()
	files, err := filepath.Glob("testdata/postgres/projects/*.sql")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no projects: %v", err)
	}
	var out []project
	for _, file := range files {
		p := project{name: strings.TrimSuffix(filepath.Base(file), ".sql"), requires: 12}
		for line := range strings.Lines(readFile(tb, file)) {
			key, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "-- "), ": ")
			switch {
			case !strings.HasPrefix(line, "-- "):
			case key == "namespaces":
				for name := range strings.SplitSeq(value, ", ") {
					p.namespaces = append(p.namespaces, strings.Trim(name, `"`))
				}
			case key == "requires":
				if p.requires, err = strconv.Atoi(value); err != nil {
					tb.Fatalf("%s: %v", file, err)
				}
			case key == "extends":
				p.files = append(p.files, filepath.Join(filepath.Dir(file), value))
			}
		}
		p.files = append(p.files, file)
		out = append(out, p)
	}
	return out
}

func readFile(tb testing.TB, file string) string {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// TestPostgresProjects reads whole projects, creates what was read in an empty database and reads that: both must be
// equal, and so must the dumps of both where pg_dump is of the server's version.
func TestPostgresProjects(t *testing.T) {
	version := servertest.PostgresVersion(t, servertest.OpenPostgres(t)) / 10000
	for _, p := range postgresProjects(t) {
		if version < p.requires {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			sourceURL := servertest.Postgres(t)
			source := servertest.Open(t, sourceURL)
			for _, file := range p.files {
				if _, err := source.ExecContext(t.Context(), readFile(t, file)); err != nil {
					t.Fatalf("%s: %v", file, err)
				}
			}
			options := introspect.Options{Namespaces: p.namespaces}
			want := readPostgres(t, source, options)
			for _, problem := range want.Problems {
				t.Errorf("problem with %s: %s", problem.Object, problem.Reason)
			}
			for _, lost := range want.Unmodelled {
				t.Errorf("not modelled: %s %s", lost.Kind, lost.Name)
			}
			if want.Tables.Len() < 30 {
				t.Errorf("%d tables are read, want those of a real project", want.Tables.Len())
			}

			copyURL := servertest.Postgres(t)
			target := servertest.Open(t, copyURL)
			statements, err := ddl.Create(want.Server, want)
			if err != nil {
				t.Fatal(err)
			}
			runPostgres(t, target, statements)
			got := readPostgres(t, target, options)
			if diff := cmp.Diff(tree(t, want), tree(t, got)); diff != "" {
				t.Errorf("the copy differs (-source +copy):\n%s", diff)
			}
			comparePgDumps(t, source, sourceURL, copyURL)
		})
	}
}
