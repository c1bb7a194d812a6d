package cookbook_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/examples/cookbook"
	"github.com/retort-db/retort/internal/servertest"
	_ "github.com/retort-db/retort/introspect/mysql"
	_ "github.com/retort-db/retort/introspect/postgres"
	_ "github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/verify"
	"github.com/retort-db/retort/versions"
)

var update = flag.Bool("update", false, "write the revisions into docs/cookbook.md")

var dialects = map[string]func() bunschema.Dialect{
	servertest.EnginePostgres: func() bunschema.Dialect { return pgdialect.New() },
	servertest.EngineMySQL:    func() bunschema.Dialect { return mysqldialect.New() },
	servertest.EngineSQLite:   func() bunschema.Dialect { return sqlitedialect.New() },
}

// TestRecipesRun runs every recipe up, down and up again.
func TestRecipesRun(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			report, err := verify.Scratch(t.Context(), servertest.URL(t, engine), dialects[engine](), cookbook.Revisions, verify.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !report.Holds() || len(report.Revisions) != len(cookbook.Revisions.All()) || len(report.Unproved) > 0 {
				t.Errorf("%s\n%+v", report, *report)
			}
		})
	}
}

// TestRecipesKeepRows runs them with rows in the tables, from before the first recipe that moves data.
func TestRecipesKeepRows(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			db := bun.NewDB(servertest.Open(t, servertest.URL(t, engine)), dialects[engine]())
			to := func(target string) error {
				return versions.Upgrade(t.Context(), db, cookbook.Revisions, target, versions.Options{})
			}
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			must(to("phones"))
			for _, row := range []string{
				"INSERT INTO customers (fullname, email) VALUES ('Ada', 'ada@example.com'), ('Bo', NULL)",
				"INSERT INTO orders (customer_id, total, state) SELECT min(id), NULL, 'paid' FROM customers",
			} {
				_, err := db.ExecContext(t.Context(), row)
				must(err)
			}
			// The likely rename is refused now that the column holds something.
			var undecided *versions.DecisionError
			if err := to("names"); !errors.As(err, &undecided) {
				t.Fatalf("a likely rename with names in the column: %v", err)
			}
			_, err := db.ExecContext(t.Context(), "UPDATE customers SET fullname = ''")
			must(err)
			must(versions.Stamp(t.Context(), db, cookbook.Revisions, []string{"names"}, versions.StampOptions{}, versions.Options{}))
			_, err = db.ExecContext(t.Context(), "ALTER TABLE customers RENAME COLUMN fullname TO full_name")
			must(err)
			must(to("head"))
			var got string
			must(db.NewRaw("SELECT p.label FROM customers c JOIN plans p ON p.name = c.plan WHERE c.email IS NOT NULL").Scan(t.Context(), &got))
			var state string
			must(db.NewRaw("SELECT state FROM orders WHERE total = 0").Scan(t.Context(), &state))
			if got != "firm, up to 500" || state != "settled" {
				t.Errorf("plan %q, state %q", got, state)
			}
		})
	}
}

// TestCustomOperationRefuses shows that an engine without an answer is named when the plan is compiled.
func TestCustomOperationRefuses(t *testing.T) {
	server := schema.Server{Dialect: schema.Postgres}
	_, err := ddl.Compile(server, schema.New(server), []op.Operation{cookbook.CreateTouchTrigger{Table: "t", Key: "id", Column: "at"}})
	var unsupported *ddl.UnsupportedError
	if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "PostgreSQL cannot keep t.at up to date") {
		t.Error(err)
	}
}

var recipe = regexp.MustCompile("(?s)<!-- file: (\\w+\\.go) -->\n```go\n.*?```\n")

// TestDocumentShowsTheRecipes compares docs/cookbook.md with the files.
func TestDocumentShowsTheRecipes(t *testing.T) {
	const path = "../../docs/cookbook.md"
	shown, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	want := recipe.ReplaceAllFunc(shown, func(match []byte) []byte {
		name := string(recipe.FindSubmatch(match)[1])
		found[name] = true
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := bytes.Cut(source, []byte("\n)\n\n")) // what the imports are is plain
		return fmt.Appendf(nil, "<!-- file: %s -->\n```go\n%s```\n", name, body)
	})
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := file.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != "revisions.go" && !found[name] {
			t.Errorf("%s does not show %s", path, name)
		}
	}
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(shown), string(want)); d != "" {
		t.Errorf("%s does not show the files; run with -update (-document +files):\n%s", path, d)
	}
}
