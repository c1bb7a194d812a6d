package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// recorder is the program that records the rendered revisions and prints the operations.
const recorder = `package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/migrate"
	_ "modernc.org/sqlite"

	migrationsOfBun "example.com/roundtrip/bun_sqlite"
	"example.com/roundtrip/migrations"

	_ "example.com/roundtrip/bun_mysql"
	_ "example.com/roundtrip/bun_postgres"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func main() {
	out := map[string]map[schema.Dialect]op.List{}
	for _, revision := range migrations.Revisions.All() {
		out[revision.ID] = map[schema.Dialect]op.List{}
		for _, dialect := range schema.Dialects {
			operations, err := op.Record(dialect, revision.Upgrade)
			if err == nil { // a sample of one engine need not fit the others
				out[revision.ID][dialect] = operations
			}
		}
	}
	must(json.NewEncoder(os.Stdout).Encode(out))
	must(runBun())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// runBun carries the migration for bun out with bun's own migrator, and back.
func runBun() error {
	ctx := context.Background()
	connection, err := sql.Open("sqlite", "file::memory:?cache=shared")
	must(err)
	db := bun.NewDB(connection, sqlitedialect.New())
	_, err = db.ExecContext(ctx, "CREATE TABLE parents (id integer PRIMARY KEY); CREATE TABLE children (parent integer REFERENCES parents (id)); INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1)")
	must(err)
	migrator := migrate.NewMigrator(db, migrationsOfBun.Migrations)
	must(migrator.Init(ctx))
	if _, err := migrator.Migrate(ctx); err != nil {
		return err
	}
	var columns, children int
	must(db.NewRaw("SELECT (SELECT count(*) FROM pragma_table_info('parents')), (SELECT count(*) FROM children)").Scan(ctx, &columns, &children))
	if columns != 2 || children != 1 {
		return fmt.Errorf("after the migration there are %d columns and %d children", columns, children)
	}
	if _, err := migrator.Rollback(ctx); err != nil {
		return err
	}
	must(db.NewRaw("SELECT (SELECT count(*) FROM pragma_table_info('parents'))").Scan(ctx, &columns))
	if columns != 1 {
		return fmt.Errorf("after the rollback there are %d columns", columns)
	}
	return nil
}
`

// TestRoundTrip renders every operation with every attribute, compiles the files and compares what they record.
func TestRoundTrip(t *testing.T) {
	dir := newModule(t)
	want := map[string]map[schema.Dialect]op.List{}
	write := func(id string, engines []render.EnginePlan) {
		source, err := render.Revision(render.RevisionFile{ID: id, Message: id, Engines: engines})
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		checkGo(t, source)
		writeFile(t, filepath.Join(dir, "migrations", id+".go"), source)
		golden(t, filepath.Join("operations", id+".go.golden"), source)
		want[id] = map[schema.Dialect]op.List{}
		for _, engine := range engines {
			want[id][engine.Dialect] = engine.Upgrade
		}
	}
	for _, s := range samples() {
		write(s.name, []render.EnginePlan{{Dialect: s.dialect, Upgrade: s.operations}})
		if source, err := os.ReadFile(filepath.Join(dir, "migrations", s.name+".go")); err != nil {
			t.Fatal(err)
		} else if !s.rough && bytes.Contains(source, []byte("m.Do(")) {
			t.Errorf("%s: an operation is not written by the recorder's own call:\n%s", s.name, source)
		}
	}
	write("engines_table", []render.EnginePlan{
		{Dialect: schema.Postgres, Upgrade: tableSamples()}, {Dialect: schema.MySQL, Upgrade: mysqlSamples()},
		{Dialect: schema.SQLite, Upgrade: sqliteSamples()},
	})
	write("engines_other", []render.EnginePlan{
		{Dialect: schema.SQLite, Upgrade: indexSamples()}, {Dialect: schema.Postgres, Upgrade: columnSamples()},
		{Dialect: schema.MySQL, Upgrade: append(columnSamples(), indexSamples()...)},
	})

	for _, c := range resolveCases(t) {
		source, err := render.Resolve(c.source(t), c.decisions)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		writeFile(t, filepath.Join(dir, "migrations", c.name+".go"), source)
		if want[c.name], err = c.want(); err != nil {
			t.Fatal(err)
		}
	}

	for name, file := range bunFiles() {
		source, err := render.Bun(file)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, "bun_"+name, "20261122183005_add_a.go"), source)
		writeFile(t, filepath.Join(dir, "bun_"+name, "migrations.go"), []byte("package migrations\n\nimport \"github.com/uptrace/bun/migrate\"\n\nvar Migrations = migrate.NewMigrations()\n"))
	}

	got := recordModule(t, dir)
	for id, engines := range want {
		for dialect, operations := range engines {
			if diff := cmp.Diff(declaredJSON(t, operations), declaredJSON(t, got[id][dialect])); diff != "" {
				t.Errorf("%s on %s: the file records other operations (-rendered +recorded):\n%s", id, dialect, diff)
			}
		}
	}
}

// newModule writes a module like a user's, which uses this checkout.
func newModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, requirements, _ := strings.Cut(string(mod), "\n")
	writeFile(t, filepath.Join(dir, "go.mod"), []byte("module example.com/roundtrip\n"+requirements+
		"\nrequire github.com/retort-db/retort v0.0.0\n\nreplace github.com/retort-db/retort => "+root+"\n"))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "go.sum"), sum)
	writeFile(t, filepath.Join(dir, "main.go"), []byte(recorder))
	source := render.MigrationsPackage("migrations")
	checkGo(t, source)
	writeFile(t, filepath.Join(dir, "migrations", "revisions.go"), source)
	return dir
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func recordModule(t *testing.T, dir string) map[string]map[schema.Dialect]op.List {
	t.Helper()
	command := exec.Command("go", "run", ".")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	data, err := command.Output()
	if err != nil {
		t.Fatalf("the rendered files do not compile: %v\n%s", err, stderr.String())
	}
	var out map[string]map[schema.Dialect]op.List
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// declaredJSON returns operations as JSON, without what an alteration does not set.
func declaredJSON(t *testing.T, operations op.List) string {
	t.Helper()
	var out op.List
	for _, operation := range operations {
		out = append(out, withoutMeaningless(operation))
	}
	data, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func withoutMeaningless(operation op.Operation) op.Operation {
	switch o := operation.(type) {
	case *op.AlterColumn:
		copied := *o
		copied.To = schema.Column{}
		for _, attribute := range o.Attributes {
			op.CopyAttribute(&copied.To, &o.To, attribute)
		}
		return &copied
	case *op.DropFunction:
		if o.Routine == "function" {
			copied := *o
			copied.Routine = ""
			return &copied
		}
	}
	return operation
}

// notWritten are the fields that a revision does not hold: facts about models and catalogs, and Go functions.
var notWritten = map[string]bool{
	"Table.Foreign": true, "Table.Natural": true, "Column.Natural": true, "Table.WasNamed": true, "Table.IgnoredColumns": true, "Column.WasNamed": true, "Column.Implied": true,
	"Column.Backfill": true, "Enum.Foreign": true, "Enum.WasNamed": true, "Domain.Foreign": true, "Composite.Foreign": true,
	"Sequence.Foreign": true, "View.Foreign": true, "Function.Foreign": true, "Index.Invalid": true, "Index.Implicit": true,
	"Exec.Effect": true,
}

// TestSamplesAreComplete checks that each operation and each field of the types that they hold is in a sample, so that a
// new one cannot be forgotten.
func TestSamplesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	all := map[string]bool{}
	kinds := map[string]bool{}
	for _, s := range samples() {
		for _, operation := range s.operations {
			kinds[operation.Kind()] = true
			collect(reflect.ValueOf(operation), seen, all)
		}
	}
	for field := range all {
		name := field[strings.Index(field, ".")+1:]
		if !seen[field] && !notWritten[field] && !strings.HasPrefix(field, "Origin.") && name != "Origin" && name != "NameImplied" {
			t.Errorf("no sample has a value for %s", field)
		}
	}
	var list op.List
	for _, kind := range operationKinds(t) {
		if err := json.Unmarshal(fmt.Appendf(nil, `[{"kind":%q,"op":{}}]`, kind), &list); err != nil {
			t.Fatal(err)
		}
		if _, unknown := list[0].(*op.Unknown); !unknown && !kinds[kind] && kind != "run" {
			t.Errorf("no sample has an operation %s", kind)
		}
	}
}

// operationKinds reads the kinds from the source of package op, where each is the text that a Kind method returns.
func operationKinds(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../op/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(string(source), ") Kind() string { return \"") {
			if kind, _, ok := strings.Cut(part, "\" }"); ok && !strings.ContainsAny(kind, " \n") {
				kinds = append(kinds, kind)
			}
		}
	}
	if len(kinds) < 40 {
		t.Fatalf("found only %d kinds of operations: %v", len(kinds), kinds)
	}
	return kinds
}

// collect notes the fields of a value and of what it holds, and those that are set.
func collect(v reflect.Value, seen, all map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), seen, all)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), seen, all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			name := v.Type().Name() + "." + field.Name
			all[name] = true
			if !v.Field(i).IsZero() {
				seen[name] = true
			}
			collect(v.Field(i), seen, all)
		}
	}
}
