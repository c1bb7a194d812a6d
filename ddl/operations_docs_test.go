package ddl_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// operationChapters are the parts of docs/operations.md.
var operationChapters = []struct {
	title string
	cases []operationCase
}{
	{"Tables", tableCases}, {"Columns", columnCases}, {"Attributes of columns", alterCases}, {"Constraints", constraintCases},
	{"Indexes", indexCases}, {"Several changes of a table", batchCases}, {"Types and sequences", typeCases},
	{"Schemas, extensions, views and routines", objectCases}, {"Data", dataCases},
}

const operationsHead = `# Operations

What the operations of a revision are on each engine: the SQL, whether it can be rolled back with the rest of the revision, what is
locked meanwhile, and what grows with the table. The code is that of the tests, the SQL is what it compiles to, and the locks and costs are those
that [the rules](rules.md) go by; they were measured, and the tests measure them again. The engines are the newest of their kind. This page is
generated: ` + "`go test ./ddl -run Operations -update`" + ` writes it.

The tables of the examples are ` + "`users` (`id`, `name`, `email`, `age`; unique `email`, a check on `age`, an index on `name`) and `orders` (`id`, `user_id`, `total`, `note`)" + `.

- A **rebuild** on SQLite makes the table anew in one transaction: a new table, the rows copied and counted, the old one dropped, the new one renamed,
  its indexes and triggers made again, views left as they are; foreign keys are off around it and checked before it commits. Changes of one table that follow
  each other share one rebuild.
- MySQL and MariaDB commit every statement of DDL. A revision that stops in the middle is gone on with where it stopped.
- Locks that block nobody's reads or writes still have to wait for, and be waited for by, other changes of the schema. A lock of
  PostgreSQL is kept until the transaction ends.

`

// TestOperationsDocument compares docs/operations.md with the cases.
func TestOperationsDocument(t *testing.T) {
	sources := stepSources(t)
	var overview, chapters strings.Builder
	overview.WriteString("## At a glance\n\nWhat others cannot do meanwhile, and what grows with the table.\n\n| Operation |")
	for _, s := range operationServers {
		fmt.Fprintf(&overview, " %s |", s.name)
	}
	overview.WriteString("\n|---|---|---|---|---|\n")
	for _, chapter := range operationChapters {
		fmt.Fprintf(&chapters, "## %s\n\n", chapter.title)
		for _, c := range chapter.cases {
			if c.quiet {
				continue
			}
			fmt.Fprintf(&overview, "| [%s](#%s) |", c.name, strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(c.name, ",", "")), " ", "-"))
			fmt.Fprintf(&chapters, "### %s\n\n```go\n%s\n```\n\n| | SQL | In a transaction | Locks | Cost |\n|---|---|---|---|---|\n", c.name, sources[c.name])
			for _, s := range operationServers {
				row := c.row(c.compile(t, s.server), s.server)
				fmt.Fprintf(&overview, " %s |", row.glance)
				fmt.Fprintf(&chapters, "| %s | %s | %s | %s | %s |\n", s.name, row.sql, row.transactional, row.locks, row.cost)
			}
			overview.WriteString("\n")
			chapters.WriteString("\n")
		}
	}
	document := operationsHead + overview.String() + "\n" + strings.TrimRight(chapters.String(), "\n") + "\n"
	const path = "../docs/operations.md"
	if *update {
		if err := os.WriteFile(path, []byte(document), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	shown, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(shown), document); d != "" {
		t.Errorf("%s; look at the difference, then run with -update (-file +now):\n%s", path, d)
	}
}

// documentRow is what the document says of a case on a server.
type documentRow struct{ sql, transactional, locks, cost, glance string }

func (c operationCase) row(result compiled, server schema.Server) documentRow {
	var unsupported *ddl.UnsupportedError
	switch {
	case errors.As(result.err, &unsupported):
		return documentRow{sql: "not possible: " + cell(unsupported.Reason), glance: "not possible"}
	case result.err != nil:
		return documentRow{sql: "not possible: " + cell(result.err.Error()), glance: "not possible"}
	case len(result.operations) == 0, len(result.statements) == 0:
		return documentRow{sql: "nothing to do", glance: "–"}
	}
	var locks, cost []string
	transactional, blocks := true, ddl.BlocksNothing
	state := result.before
	for _, operation := range result.operations {
		effect := ddl.EffectOf(server, state, operation)
		transactional = transactional && effect.Transactional
		if blocks.Less(effect.Blocks()) {
			blocks = effect.Blocks()
		}
		if effect.Algorithm != "" {
			locks = appendNew(locks, effect.Algorithm)
		}
		for _, lock := range effect.Locks {
			locks = appendNew(locks, lockInWords(lock))
		}
		for _, one := range costs(effect) {
			cost = appendNew(cost, one)
		}
		if next, err := op.Replay(state, []op.Operation{operation}); err == nil {
			state = next
		}
	}
	row := documentRow{sql: sqlCell(result.statements), transactional: "no", locks: strings.Join(locks, "<br>"), cost: strings.Join(cost, ", ")}
	if transactional {
		row.transactional = "yes"
	}
	var glance []string
	if blocks != ddl.BlocksNothing {
		glance = append(glance, string(blocks))
	}
	switch result.operations[0].(type) {
	case *op.Exec, *op.Run, *op.Insert, *op.Backfill:
		row.glance = "what it does"
	default:
		if row.glance = strings.Join(append(glance, cost...), "; "); row.glance == "" {
			row.glance = "nothing"
		}
	}
	return row
}

func lockInWords(lock ddl.TableLock) string {
	text := lock.Mode
	if lock.Table != (schema.Name{}) {
		text += " on `" + lock.Table.String() + "`"
	}
	if lock.Blocks != ddl.BlocksNothing {
		text += ": blocks " + string(lock.Blocks)
	}
	return text
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// sqlCell writes statements in a cell of a table. A rebuild of SQLite's is told in a word.
func sqlCell(statements []ddl.Statement) string {
	var parts []string
	rebuilt := slices.ContainsFunc(statements, func(s ddl.Statement) bool { return strings.HasPrefix(s.Describe, "rebuild ") })
	for _, statement := range statements {
		if table, found := strings.CutPrefix(statement.Describe, "rebuild "); found {
			table, _, _ = strings.Cut(table, ":")
			parts = append(parts, cell(fmt.Sprintf("rebuild of `%s` (%d statements)", strings.TrimPrefix(table, "of "), len(statements))))
		}
		switch {
		case rebuilt:
		case statement.Run != nil:
			parts = append(parts, "Go")
		case statement.Guard != "":
			parts = append(parts, "fails if there are rows: "+code(statement.SQL))
		default:
			parts = append(parts, code(statement.SQL))
		}
	}
	return strings.Join(parts, "<br>")
}

func code(sql string) string {
	text := strings.Join(strings.Fields(sql), " ")
	if strings.Contains(text, "`") {
		return "`` " + cell(text) + " ``"
	}
	return "`" + cell(text) + "`"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// stepSources returns the source of every case's step, by the name of the case.
func stepSources(t *testing.T) map[string]string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "operations_cases_test.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		literal, ok := node.(*ast.CompositeLit)
		if !ok {
			return true
		}
		var name, source string
		for _, element := range literal.Elts {
			pair, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			switch key, _ := pair.Key.(*ast.Ident); {
			case key == nil:
			case key.Name == "name":
				if text, ok := pair.Value.(*ast.BasicLit); ok {
					name, _ = strconv.Unquote(text.Value)
				}
			case key.Name == "step":
				if function, ok := pair.Value.(*ast.FuncLit); ok {
					source = bodySource(t, files, function)
				}
			}
		}
		if name != "" {
			out[name] = source
		}
		return true
	})
	return out
}

func bodySource(t *testing.T, files *token.FileSet, function *ast.FuncLit) string {
	t.Helper()
	var out bytes.Buffer
	if err := format.Node(&out, files, function.Body); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(out.String(), "{"), "}"), "\n")
	var body []string
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			body = append(body, strings.TrimPrefix(strings.TrimRight(line, " "), "\t"))
		}
	}
	return strings.Join(body, "\n")
}
