package lint_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/schema"
)

var namesOfKinds = "`" + strings.Join(lint.NameKinds, "`, `") + "`"

var rulesIntroduction = `# Rules

` + "`retort lint`" + ` reads what revisions do, with the schema before each step in hand, and says what a reviewer should know: what
is lost, what others wait for, what breaks while it is deployed. It needs no database. This page is written from the rules
themselves; each bad example is reported and each good one is not, on every engine named, by a test.

What a statement locks, copies and scans is measured: on PostgreSQL 12, 15 and 18 by the locks that the transaction holds and
the server's own reports, on MySQL 9.7 and MariaDB 10.11 and 11.8 by asking for the cheapest ` + "`ALGORITHM`" + ` and ` + "`LOCK`" + ` that the server
accepts. Tables that the revision itself creates do not count: nobody waits for them, and they have no rows.

Steps in SQL are read statement by statement, DO blocks of PostgreSQL included: an ALTER TABLE, CREATE, DROP or RENAME in one is judged
by the same rules as the operation of that name. Of Go functions nothing is known.

Where a safe form exists, ` + "`retort revision --autogenerate --online`" + ` writes it by itself.

## Severities

| Severity | Meaning |
|---|---|
| danger | data are lost, or others stand still for as long as the table is large |
| warning | it may fail, or others are held up for a moment |
| info | good to know |

If the sizes of tables are known (` + "`--stats`" + `), findings about locks, copies and scans of tables with up to 10,000 rows are info.

## Allowing a finding

A comment on the line of the step, above it, or above the whole revision allows one rule there, with a reason:

` + "```go" + `
//retort:allow drop-column copied to archived_phones in 41c2, nobody reads it
m.DropColumn("users", "phone")
` + "```" + `

A directive without a reason, with an unknown rule, or that allows nothing any more is reported itself.

## A project's own rules

` + "`retort.yaml`" + ` says what a project does without, weighs otherwise, or asks for:

` + "```yaml" + `
lint:
  fail_on: [destructive, lock]
  ignore: [enum-order, wide-index]
  rules:
    prefer-text: info            # an optional rule is on once it has a severity
    drop-default: danger
    change-default: off          # as under ignore
    drop-column:
      severity: warning
      except: [migrations/legacy, "2019*.go"]   # the end of a file's path, or of a directory above it
  types: {deny: [money]}         # or allow: what is not listed is then forbidden
  charsets: {allow: [utf8mb4]}
  engines: {allow: [InnoDB]}
  names:                         # regular expressions, see https://pkg.go.dev/regexp/syntax
    index: ^(ix|uq)_
` + "```" + `

The kinds of names are ` + namesOfKinds + `. An entry of ` + "`types`" + ` without arguments stands for a type with any.
Optional rules are marked in the list below. Rules themselves cannot be added.

## Failing

` + "`--fail-on`" + ` (of ` + "`lint`" + ` and ` + "`upgrade`" + `, or ` + "`fail_on`" + ` in the configuration) lists severities, categories and rules. A severity stands for
itself and what is worse; a category for its findings that are warnings or dangers; a rule for all of its findings. If one is
left, the exit code is 4; ` + "`upgrade`" + ` has then changed nothing.
`

// TestRulesDocument keeps docs/rules.md up to date.
func TestRulesDocument(t *testing.T) {
	var out bytes.Buffer
	out.WriteString(rulesIntroduction)
	rules := lint.Rules()
	out.WriteString("\n## All rules\n\n| Rule | Category | Severity | |\n|---|---|---|---|\n")
	for _, rule := range rules {
		optional := ""
		if rule.Optional {
			optional = ", optional"
		}
		fmt.Fprintf(&out, "| [%s](#%s) | %s | %s%s | %s |\n", rule.ID, rule.ID, rule.Category, rule.Severity, optional, rule.Title)
	}
	out.WriteString("\nThe examples are steps of a revision, on these tables of revisions before it:\n\n```go\n" + exampleSource(t) + "```\n")
	for _, category := range lint.Categories {
		fmt.Fprintf(&out, "\n## %s%s\n", strings.ToUpper(string(category[0])), category[1:])
		for _, rule := range rules {
			if rule.Category != category {
				continue
			}
			fmt.Fprintf(&out, "\n### %s\n\n%s · %s\n\n%s\n\n**Why:** %s\n\n**Safe:** %s\n\n", rule.ID, rule.Severity, enginesText(rule.Engines), rule.What, rule.Why, rule.Safe)
			fmt.Fprintf(&out, "```go\n// reported\n%s\n```\n\n```go\n// not reported\n%s\n```\n", rule.Bad, rule.Good)
		}
	}
	golden(t, "../docs/rules.md", out.Bytes())
}

func enginesText(engines []lint.Engine) string {
	var names []string
	for _, engine := range engines {
		name := schema.Server{Dialect: engine.Dialect, Flavor: engine.Flavor}.String()
		if engine.Dialect == schema.MySQL && engine.Flavor == "" && engine.Versions == "" {
			name = "MySQL and MariaDB"
		}
		if engine.Versions != "" {
			name += " (" + engine.Versions + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// exampleSource returns the body of exampleTables.
func exampleSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("example_tables_test.go")
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "example_tables_test.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	body := file.Scope.Lookup("exampleTables").Decl.(*ast.FuncDecl).Body
	text := source[files.Position(body.Lbrace).Offset+1 : files.Position(body.Rbrace).Offset]
	formatted, err := format.Source(bytes.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(formatted)) + "\n"
}
