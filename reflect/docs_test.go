package reflect

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// docs/models.md names every item of the ddl tag and every diagnostic, and its tags are right.
func TestDocs(t *testing.T) {
	content, err := os.ReadFile("../docs/models.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for key, spec := range ddlItems {
		if !strings.Contains(text, "`"+key) {
			t.Errorf("the item %s is not in docs/models.md", key)
		}
		for attr := range spec.attrs {
			if !strings.Contains(text, attr) {
				t.Errorf("the attribute %s of %s is not in docs/models.md", attr, key)
			}
		}
	}
	for _, id := range diagnosticIDs(t) {
		if !strings.Contains(text, "| `"+id+"` |") {
			t.Errorf("the diagnostic %s is not in docs/models.md", id)
		}
	}
	tags := regexp.MustCompile(`ddl:"((?:[^"\\]|\\.)*)"`).FindAllStringSubmatch(text, -1)
	if len(tags) < 8 {
		t.Errorf("only %d ddl tags in docs/models.md", len(tags))
	}
	for _, tag := range tags {
		if tag[1] == "…" {
			continue
		}
		if _, errs := parseDDLTag(tag[1], ddlItems); len(errs) > 0 {
			t.Errorf("%s: %v", tag[0], errs[0])
		}
	}
}

// diagnosticIDs reads the constants of diagnostic.go.
func diagnosticIDs(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "diagnostic.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, isValue := node.(*ast.ValueSpec)
		if !isValue || len(spec.Values) != 1 || spec.Type != nil {
			return true
		}
		if literal, isLiteral := spec.Values[0].(*ast.BasicLit); isLiteral {
			id, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		return true
	})
	if len(ids) < 20 {
		t.Fatalf("only %d diagnostics found", len(ids))
	}
	return ids
}
