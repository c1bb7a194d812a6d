package databases_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/databases"
	"github.com/retort-db/retort/internal/servertest"
	_ "github.com/retort-db/retort/introspect/sqlite" // opens SQLite
	"github.com/retort-db/retort/schema"
)

func source(t *testing.T, base, yaml string) databases.Source {
	t.Helper()
	parsed, err := config.Parse(filepath.Join(t.TempDir(), "retort.yaml"), []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return databases.Source{Config: parsed, Lookup: func(name string) (string, bool) { return "secret", name == "PASSWORD" }, Base: func() (string, error) { return base, nil }}
}

func TestList(t *testing.T) {
	const list = "databases:\n  - one\n  - name: two\n    schema: Odd, name\n  - mysql://me:${PASSWORD}@host/three\n"
	for base, want := range map[string][]databases.Database{
		"postgres://me:pw@host/app?sslmode=disable": {
			{Name: "one", URL: "postgres://me:pw@host/app?search_path=%22one%22&sslmode=disable", Dialect: schema.Postgres, Namespace: "one"},
			{Name: "two", URL: "postgres://me:pw@host/app?search_path=%22Odd%2C+name%22&sslmode=disable", Dialect: schema.Postgres, Namespace: "Odd, name"},
			{Name: "three", URL: "mysql://me:secret@host/three", Dialect: schema.MySQL},
		},
		"postgres://host/app?search_path=public": {
			{Name: "one", URL: "postgres://host/app?search_path=%22one%22%2Cpublic", Dialect: schema.Postgres, Namespace: "one"},
			{Name: "two", URL: "postgres://host/app?search_path=%22Odd%2C+name%22%2Cpublic", Dialect: schema.Postgres, Namespace: "Odd, name"},
			{Name: "three", URL: "mysql://me:secret@host/three", Dialect: schema.MySQL},
		},
		"host=/run/postgresql dbname=app": {
			{Name: "one", URL: `host=/run/postgresql dbname=app search_path='"one"'`, Dialect: schema.Postgres, Namespace: "one"},
			{Name: "two", URL: `host=/run/postgresql dbname=app search_path='"Odd, name"'`, Dialect: schema.Postgres, Namespace: "Odd, name"},
			{Name: "three", URL: "mysql://me:secret@host/three", Dialect: schema.MySQL},
		},
		"me:pw@tcp(host:3306)/app?parseTime=true": {
			{Name: "one", URL: "me:pw@tcp(host:3306)/one?parseTime=true", Dialect: schema.MySQL},
			{Name: "two", URL: "me:pw@tcp(host:3306)/Odd%2C%20name?parseTime=true", Dialect: schema.MySQL},
			{Name: "three", URL: "mysql://me:secret@host/three", Dialect: schema.MySQL},
		},
		"mysql://me:pw@host/app?tls=true": {
			{Name: "one", URL: "mysql://me:pw@host/one?tls=true", Dialect: schema.MySQL},
			{Name: "two", URL: "mysql://me:pw@host/Odd,%20name?tls=true", Dialect: schema.MySQL},
			{Name: "three", URL: "mysql://me:secret@host/three", Dialect: schema.MySQL},
		},
	} {
		got, err := source(t, base, list).All(t.Context())
		if err != nil {
			t.Errorf("%s: %v", base, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", base, diff)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, test := range []struct{ yaml, want string }{
		{"databases: [one]", `"one" is no URL, and SQLite has no schemas`},
		{"databases: [a/x.db, b/x.db]", "two of them are called x"},
		{"databases: ['oracle://host/db']", "cannot tell the database"},
		{"databases: [\"postgres://${NOBODY}/x\"]", "uses ${NOBODY}, which is not set"},
		{"databases: {command: 'false'}", "databases: false: exit status 1"},
		{"databases: {command: 'true'}", "lists none"},
		{"databases: {query: 'SELECT 1, 2, 3'}", "returns 3 columns"},
		{"databases: {query: 'SELECT nothing'}", "databases: query: "},
	} {
		_, err := source(t, "sqlite::memory:", test.yaml).All(t.Context())
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.yaml, err, test.want)
		}
	}
	var unset *config.UnsetError
	if _, err := source(t, "", "databases: [\"postgres://${NOBODY}/x\"]").All(t.Context()); !errors.As(err, &unset) || unset.Line != 1 {
		t.Errorf("got %v", err)
	}
}

func TestQuery(t *testing.T) {
	got, err := source(t, servertest.SQLite(t), "databases: {query: \"SELECT 'eu', 'sqlite:/data/a.db' UNION ALL SELECT 'us', 'b.db'\"}").All(t.Context())
	if err != nil || len(got) != 2 || got[0].Name != "eu" || got[1].Name != "us" || !filepath.IsAbs(got[1].URL) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCommand(t *testing.T) {
	s := source(t, "postgres://host/app", "databases: {command: [cat, list]}")
	if err := os.WriteFile(filepath.Join(s.Config.Dir, "list"), []byte("# tenants\n\nnorth\n  South\tmysql://host/south  \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := s.All(t.Context())
	want := []databases.Database{
		{Name: "north", URL: "postgres://host/app?search_path=%22north%22", Dialect: schema.Postgres, Namespace: "north"},
		{Name: "South", URL: "mysql://host/south", Dialect: schema.MySQL},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
