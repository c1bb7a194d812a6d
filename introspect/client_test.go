package introspect_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	_ "github.com/retort-db/retort/introspect/postgres"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// TestProjectsByTheEnginesClient pipes what is read, as SQL, into psql, mariadb or mysql, and sqlite3: what they create is
// read as the same. A client that is not installed is replaced by the driver.
func TestProjectsByTheEnginesClient(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			for _, name := range []string{"shop", "forum", "ledger", "identity"} {
				t.Run(name, func(t *testing.T) { pipeProject(t, engine, name) })
			}
		})
	}
}

func pipeProject(t *testing.T, engine, name string) {
	t.Helper()
	source, copied := servertest.URL(t, engine), servertest.URL(t, engine)
	program, arguments := servertest.Client(t, engine, copied)
	if engine == servertest.EnginePostgres {
		arguments = append([]string{"-1"}, arguments...) // in one transaction
	}
	dialect, options := schema.Dialect(engine), introspect.Options{}
	db, target := openMySQLAt(t, source), openMySQLAt(t, copied)
	switch engine {
	case servertest.EngineMySQL:
		loadMySQL(t, db, filepath.Join("projects", name+".sql"))
	case servertest.EnginePostgres:
		for _, p := range postgresProjects(t) {
			if p.name == name {
				options.Namespaces = p.namespaces
			}
		}
		fallthrough
	default:
		if _, err := db.ExecContext(t.Context(), readFile(t, filepath.Join("testdata", engine, "projects", name+".sql"))); err != nil {
			t.Fatal(err)
		}
	}
	read := func(q introspect.Querier) *schema.Schema {
		s, err := introspect.Read(t.Context(), q, dialect, options)
		if err != nil {
			t.Fatal(err)
		}
		s.DefaultNamespace, s.Unmodelled = "", nil
		return s
	}
	want := read(db)
	statements, err := ddl.Create(want.Server, want)
	if err != nil {
		t.Fatal(err)
	}
	if program == "" {
		for _, statement := range statements {
			if _, err := target.ExecContext(t.Context(), statement.SQL, statement.Args...); err != nil {
				t.Fatalf("%v\n%s", err, statement.SQL)
			}
		}
	} else {
		command := exec.CommandContext(t.Context(), program, arguments...)
		command.Stdin = strings.NewReader(render.SQL(dialect, statements))
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
	}
	if diff := cmp.Diff(tree(t, want), tree(t, read(target))); diff != "" {
		t.Errorf("the copy differs (-source +copy):\n%s", diff)
	}
}
