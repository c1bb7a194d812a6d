package reflect_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fence      = regexp.MustCompile("(?ms)^```(go|sql)\n(.*?)^```$")
	modelTypes = regexp.MustCompile(`(?m)^type (\w+) struct \{\n\tbun\.BaseModel`)
)

const docsHeader = `package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/reflect"
	_ "github.com/retort-db/retort/reflect/mysql"
	_ "github.com/retort-db/retort/reflect/postgres"
	_ "github.com/retort-db/retort/reflect/sqlite"
	"github.com/retort-db/retort/schema"
)

var (
	_ context.Context
	_ time.Time
	_ bun.BaseModel
)

// User is what the examples refer to.
type User struct {
	ID int64 "bun:\",pk,autoincrement\""
}

func main() {
	for _, dialect := range schema.Dialects {
		s, diagnostics, err := reflect.Models(dialect, reflect.Options{}, models...)
		if err != nil {
			fmt.Fprintln(os.Stderr, dialect, err)
			os.Exit(1)
		}
		for _, d := range diagnostics {
			if d.Severity == reflect.Warning {
				fmt.Fprintln(os.Stderr, dialect, d)
				os.Exit(1)
			}
		}
		statements, err := ddl.Create(s.Server, s)
		if err != nil {
			fmt.Fprintln(os.Stderr, dialect, err)
			os.Exit(1)
		}
		fmt.Println("--", dialect)
		for _, statement := range statements {
			fmt.Println(statement.SQL)
		}
	}
}
`

// The examples of docs/models.md compile, are read on all dialects without a warning, and make the SQL that is shown.
func TestDocsExamples(t *testing.T) {
	docs, err := os.ReadFile("../docs/models.md")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	var shown []string
	for _, match := range fence.FindAllStringSubmatch(string(docs), -1) {
		if match[1] == "sql" {
			shown = append(shown, match[2])
			continue
		}
		if strings.HasPrefix(match[2], "type ") { // others are pieces
			source.WriteString(match[2] + "\n")
		}
	}
	if len(shown) == 0 {
		t.Fatal("no SQL in docs/models.md")
	}
	names := modelTypes.FindAllStringSubmatch(source.String(), -1)
	if len(names) < 4 {
		t.Fatalf("only %d models in docs/models.md", len(names))
	}
	list := "var models = []any{\n\t(*User)(nil),\n"
	for _, name := range names {
		list += fmt.Sprintf("\t(*%s)(nil),\n", name[1])
	}
	made := runOverlaid(t, docsHeader+"\n"+list+"}\n\n"+source.String())
	for _, sql := range shown {
		heading, statements, _ := strings.Cut(sql, "\n")
		_, ofDialect, found := strings.Cut(made, heading+"\n")
		if !found {
			t.Fatalf("%q is no dialect", heading)
		}
		ofDialect, _, _ = strings.Cut(ofDialect, "\n-- ")
		for statement := range strings.SplitSeq(strings.TrimSpace(statements), "\n") {
			if !strings.Contains("\n"+ofDialect+"\n", "\n"+statement+"\n") {
				t.Errorf("%s: the examples do not make\n%s\nbut\n%s", heading, statement, ofDialect)
			}
		}
	}
}

// runOverlaid runs a program as if its source lay inside this module.
func runOverlaid(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	file, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	place, err := filepath.Abs("testdata/docs/main.go")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{place: file}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{file: []byte(source), overlay: text} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stderr strings.Builder
	command := exec.CommandContext(t.Context(), "go", "run", "-overlay", overlay, "./testdata/docs")
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return string(out)
}
