package reflect_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/reflect"
	_ "github.com/retort-db/retort/reflect/mysql"
	_ "github.com/retort-db/retort/reflect/postgres"
	_ "github.com/retort-db/retort/reflect/sqlite"
	"github.com/retort-db/retort/schema"
)

// read reads models and fails the test if they are at fault.
func read(t *testing.T, dialect schema.Dialect, options reflect.Options, models ...any) (*schema.Schema, []reflect.Diagnostic) {
	t.Helper()
	out, diagnostics, err := reflect.Models(dialect, options, models...)
	if err != nil {
		t.Fatalf("Models(%s): %v", dialect, err)
	}
	return out, diagnostics
}

// describe writes a schema as text, one thing in a line.
func describe(s *schema.Schema) string {
	var out strings.Builder
	for enum := range s.Enums.All() {
		fmt.Fprintf(&out, "enum %s (%s)\n", enum.Name, strings.Join(enum.Values, "|"))
	}
	for table := range s.Tables.All() {
		describeTable(&out, table)
	}
	return strings.TrimSpace(out.String())
}

func describeTable(out *strings.Builder, table *schema.Table) {
	fmt.Fprintf(out, "table %s%s%s\n", table.Name, suffix("comment", table.Comment), suffix("options", table.Options.String()))
	if table.Partition != nil {
		fmt.Fprintf(out, "  partition by %s\n", table.Partition.By)
	}
	if len(table.WasNamed) > 0 {
		fmt.Fprintf(out, "  was %s\n", strings.Join(table.WasNamed, ", "))
	}
	for _, column := range table.Columns {
		fmt.Fprintf(out, "  %s\n", describeColumn(column))
	}
	if len(table.IgnoredColumns) > 0 {
		fmt.Fprintf(out, "  ignored %s\n", strings.Join(table.IgnoredColumns, ", "))
	}
	if key := table.PrimaryKey; key != nil {
		fmt.Fprintf(out, "  primary key %s\n", named(key.Name, key.Columns))
	}
	for _, unique := range table.Uniques {
		fmt.Fprintf(out, "  unique %s%s%s\n", named(unique.Name, unique.Columns), suffix("deferrable", string(unique.Deferrable)),
			when(unique.NullsNotDistinct, " nulls not distinct"))
	}
	for _, index := range table.Indexes {
		fmt.Fprintf(out, "  %sindex %s\n", when(index.Unique, "unique "), describeIndex(index))
	}
	for _, check := range table.Checks {
		fmt.Fprintf(out, "  check %s: %s\n", check.Name, check.Expr)
	}
	for _, exclusion := range table.Exclusions {
		var elements []string
		for _, element := range exclusion.Elements {
			elements = append(elements, describePart(element.IndexPart)+" with "+element.Operator)
		}
		fmt.Fprintf(out, "  exclude %s using %s (%s)%s\n", exclusion.Name, exclusion.Method, strings.Join(elements, ", "), suffix("where", exclusion.Where))
	}
	for _, key := range table.ForeignKeys {
		fmt.Fprintf(out, "  foreign key %s -> %s (%s)%s%s%s\n", named(key.Name, key.Columns), key.RefTable, strings.Join(key.RefColumns, ", "),
			suffix("delete", string(key.OnDelete)), suffix("update", string(key.OnUpdate)), suffix("deferrable", string(key.Deferrable)))
	}
}

func describeColumn(column *schema.Column) string {
	text := strings.TrimSpace(column.Name + " " + cmp.Or(column.Type, "-"))
	text += when(column.NotNull, " not null")
	if column.Identity != nil {
		text += " " + string(column.Identity.Kind)
	}
	if column.Generated != nil {
		text += " generated " + when(column.Generated.Stored, "stored ") + "(" + column.Generated.Expr + ")"
	}
	text += suffix("default", column.Default) + suffix("collate", column.Collation) + suffix("charset", column.Charset)
	text += suffix("comment", column.Comment) + suffix("options", column.Options.String())
	text += suffix("was", strings.Join(column.WasNamed, ",")) + suffix("backfill", column.Backfill)
	return text
}

func describeIndex(index *schema.Index) string {
	parts := make([]string, len(index.Parts))
	for i, part := range index.Parts {
		parts[i] = describePart(part)
	}
	return named(index.Name, parts) + suffix("using", index.Method) + suffix("include", strings.Join(index.Include, ",")) +
		suffix("where", index.Where)
}

func describePart(part schema.IndexPart) string {
	text := part.Column
	if part.Expr != "" {
		text = "(" + part.Expr + ")"
	}
	if part.Length > 0 {
		text += fmt.Sprintf("[%d]", part.Length)
	}
	text += suffix("collate", part.Collation)
	if part.OpClass != "" {
		text += " " + part.OpClass
	}
	text += when(part.Desc, " desc")
	return text + suffix("nulls", string(part.Nulls))
}

func named(name string, columns []string) string {
	return cmp.Or(name, "-") + " (" + strings.Join(columns, ", ") + ")"
}

func suffix(word, text string) string {
	if text == "" {
		return ""
	}
	return " " + word + " " + text
}

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

// same compares texts that tests write with indentation.
func same(t *testing.T, got, want string) {
	t.Helper()
	if trimmed := dedent(want); got != trimmed {
		t.Errorf("got:\n%s\nwant:\n%s", got, trimmed)
	}
}

// dedent takes the indentation of the first line off all lines.
func dedent(text string) string {
	lines := strings.Split(strings.Trim(text, "\n\t "), "\n")
	indent := ""
	for _, line := range strings.Split(strings.TrimLeft(text, "\n"), "\n") {
		indent = line[:len(line)-len(strings.TrimLeft(line, "\t"))]
		break
	}
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, indent)
	}
	return strings.Join(lines, "\n")
}

// ids returns "id field" for each diagnostic.
func ids(diagnostics []reflect.Diagnostic) string {
	lines := make([]string, len(diagnostics))
	for i, d := range diagnostics {
		lines[i] = strings.TrimSpace(d.ID + " " + d.Field)
	}
	return strings.Join(lines, "\n")
}

func splitLines(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, line := range strings.Split(text, "\n") {
			if !yield(line) {
				return
			}
		}
	}
}

func sortBy[T any](list []T, key func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(key(a), key(b)) })
}
