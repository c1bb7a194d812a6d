package ddl_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files of the operations and docs/operations.md")

// operationServers are the servers that the golden files and the documentation tell of, each the newest of its kind.
var operationServers = []struct {
	name   string
	server schema.Server
}{
	{"PostgreSQL", schema.Server{Dialect: schema.Postgres}},
	{"MySQL", schema.Server{Dialect: schema.MySQL}},
	{"MariaDB", schema.Server{Dialect: schema.MySQL, Flavor: schema.MariaDB}},
	{"SQLite", schema.Server{Dialect: schema.SQLite}},
}

// compiled is what a case is on one server.
type compiled struct {
	before     *schema.Schema
	operations []op.Operation
	statements []ddl.Statement
	err        error
}

func (c operationCase) compile(t *testing.T, server schema.Server) compiled {
	t.Helper()
	before, _ := compileEffect(t, server, schema.New(server), recordEffect(t, server.Dialect, operationTables))
	if c.given != nil {
		given := recordEffect(t, server.Dialect, c.given)
		if _, err := ddl.Compile(server, before, given); err != nil {
			return compiled{before: before, operations: recordEffect(t, server.Dialect, c.step), err: err}
		}
		before, _ = compileEffect(t, server, before, given)
	}
	out := compiled{before: before, operations: recordEffect(t, server.Dialect, c.step)}
	out.statements, out.err = ddl.Compile(server, before, out.operations)
	return out
}

// TestOperations compares the SQL of every operation on every engine with the golden files, one for each kind.
func TestOperations(t *testing.T) {
	goldens := map[string]*bytes.Buffer{}
	for _, c := range operationCases() {
		kind := ""
		var text bytes.Buffer
		for _, s := range operationServers {
			result := c.compile(t, s.server)
			if len(result.operations) > 0 && kind == "" {
				kind = result.operations[0].Kind()
			}
			fmt.Fprintf(&text, "-- %s\n", s.name)
			text.WriteString(result.text(s.server))
		}
		if goldens[kind] == nil {
			goldens[kind] = &bytes.Buffer{}
		}
		fmt.Fprintf(goldens[kind], "---- %s ----\n\n%s\n", c.name, text.String())
	}
	for kind, text := range goldens {
		file := filepath.Join("testdata", "operations", kind+".sql")
		if *update {
			if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), text.String()); d != "" {
			t.Errorf("%s; look at the difference, then run with -update (-file +now):\n%s", file, d)
		}
	}
	files, err := filepath.Glob("testdata/operations/*.sql")
	if err != nil || len(files) != len(goldens) {
		t.Errorf("%d files for %d kinds, %v", len(files), len(goldens), err)
	}
}

func (c compiled) text(server schema.Server) string {
	if c.err != nil {
		return "-- " + c.err.Error() + "\n"
	}
	if len(c.operations) == 0 {
		return "-- (not used here)\n"
	}
	if len(c.statements) == 0 {
		return "-- (nothing to do)\n"
	}
	var out strings.Builder
	state := c.before
	for _, operation := range c.operations {
		effect := ddl.EffectOf(server, state, operation)
		fmt.Fprintf(&out, "-- %s: %s\n", operation, effectInWords(effect))
		if next, err := op.Replay(state, []op.Operation{operation}); err == nil {
			state = next
		}
	}
	foreignKeysOff := false
	for _, statement := range c.statements {
		if statement.ForeignKeysOff && !foreignKeysOff {
			foreignKeysOff = true
			out.WriteString("-- with foreign_keys off around the transaction, and checked before it commits:\n")
		}
		if statement.OutsideTransaction {
			out.WriteString("-- outside of a transaction:\n")
		}
		if statement.Guard != "" {
			fmt.Fprintf(&out, "-- must find no row: %s\n", statement.Guard)
		}
		if statement.Run != nil {
			out.WriteString("-- Go\n")
			continue
		}
		out.WriteString(statement.SQL + ";\n")
		if len(statement.Args) > 0 {
			fmt.Fprintf(&out, "-- arguments: %v\n", statement.Args)
		}
	}
	return out.String()
}

// effectInWords says what a step costs.
func effectInWords(e ddl.Effect) string {
	var words []string
	if e.Algorithm != "" {
		words = append(words, e.Algorithm)
	}
	for _, lock := range e.Locks {
		text := lock.Mode
		if lock.Table != (schema.Name{}) {
			text += " on " + lock.Table.String()
		}
		if lock.Blocks != ddl.BlocksNothing {
			text += " (blocks " + string(lock.Blocks) + ")"
		}
		words = append(words, text)
	}
	words = append(words, costs(e)...)
	if !e.Transactional {
		words = append(words, "not transactional")
	}
	if len(words) == 0 {
		return "no lock"
	}
	return strings.Join(words, ", ")
}

// costs names what grows with the table.
func costs(e ddl.Effect) []string {
	var out []string
	for _, cost := range []struct {
		is   bool
		name string
	}{{e.Rewrites, "copies the table"}, {e.Builds, "builds an index"}, {e.Scans && !e.Rewrites && !e.Builds, "reads every row"}} {
		if cost.is {
			out = append(out, cost.name)
		}
	}
	return out
}

// notInOperations are the fields that no SQL depends on: facts about models and catalogs, Go functions, and what elements
// of other cases have in common with them.
var notInOperations = map[string]bool{
	"Exec.Effect": true, "Run.Effect": true, "RenameColumn.Field": true, "RenameTable.Model": true,
}

// TestOperationsAreComplete fails for an operation, or a field of one, that no case has: whoever adds one adds a case.
func TestOperationsAreComplete(t *testing.T) {
	all, seen, kinds := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var note func(operation op.Operation)
	note = func(operation op.Operation) {
		kinds[operation.Kind()] = true
		value := reflect.ValueOf(operation).Elem()
		for i := range value.NumField() {
			name := value.Type().Name() + "." + value.Type().Field(i).Name
			all[name] = true
			seen[name] = seen[name] || !value.Field(i).IsZero()
		}
		if batch, ok := operation.(*op.Batch); ok {
			for _, inner := range batch.Operations {
				note(inner)
			}
		}
	}
	for _, c := range operationCases() {
		for _, dialect := range schema.Dialects {
			for _, operation := range recordEffect(t, dialect, c.step) {
				note(operation)
			}
		}
	}
	for _, kind := range op.Kinds() {
		if !kinds[kind] {
			t.Errorf("no case has the operation %s", kind)
		}
	}
	for field := range all {
		if !seen[field] && !notInOperations[field] {
			t.Errorf("no case sets %s", field)
		}
	}
	names := map[string]bool{}
	for _, c := range operationCases() {
		if names[c.name] {
			t.Errorf("two cases are named %q", c.name)
		}
		names[c.name] = true
	}
}
