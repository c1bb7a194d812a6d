package page_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/reviewtest"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/review/page"
	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func build(t testing.TB, in review.Input) *review.Report {
	t.Helper()
	report, err := review.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal([]byte(got), want) {
		t.Errorf("%s (rewrite with -update):\n%s", path, cmp.Diff(string(want), got))
	}
}

func TestBranch(t *testing.T) {
	golden(t, "branch.html", page.Write(build(t, reviewtest.Branch(t))))
}

// pages are reports of every size and kind, by name.
func pages(t testing.TB) map[string]string {
	t.Helper()
	one := reviewtest.Input(t, reviewtest.Shop, []schema.Dialect{schema.Postgres}, reviewtest.Revision{ID: "r1", Message: "add phones",
		Up: func(m *op.Migration) { m.AddColumn("customers", op.Column("phone", "varchar(32)")) }, Down: func(m *op.Migration) { m.DropColumn("customers", "phone") }})
	troubled := build(t, reviewtest.Branch(t))
	troubled.Troubles = append(troubled.Troubles, review.Trouble{ID: "several-heads", Severity: lint.Danger, Text: "there would be several heads", Way: "retort rebase", Place: review.Place{File: "a.go", Line: 3}})
	remark := troubled.Findings[0]
	remark.Severity, remark.Object = lint.Info, ""
	troubled.Findings, troubled.Allowed = append(troubled.Findings, remark), append(troubled.Allowed, remark)
	return map[string]string{
		"nothing":  page.Write(build(t, review.Input{Base: review.Base{Name: "main", Commit: "9f1c2ab04d1e"}, Engines: []review.Engine{{Server: schema.Server{Dialect: schema.SQLite}}}})),
		"one":      page.Write(build(t, one)),
		"branch":   page.Write(troubled),
		"sixty":    page.Write(build(t, reviewtest.Wide(t, 60))),
		"hundreds": page.Write(build(t, reviewtest.Wide(t, 300))),
		"hostile":  page.Write(build(t, hostile(t))),
	}
}

var hostileNames = []string{"a|b", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</style></svg>", "ein Tisch", "訂單", "x'y", "javascript:alert(1)", "{{.}}", "a.b.c", strings.Repeat("long_", 40)}

func hostile(t testing.TB) review.Input {
	t.Helper()
	in := reviewtest.Input(t, func(m *op.Migration) {}, []schema.Dialect{schema.Postgres}, reviewtest.Revision{ID: "r1", Message: strings.Join(hostileNames, " "), Up: func(m *op.Migration) {
		for i, name := range hostileNames {
			quoted := fmt.Sprintf(`"%s"`, strings.ReplaceAll(name, `"`, `""`))
			elements := []op.TableElement{op.Column("id", "bigint").NotNull(), op.Column(name, "varchar(20)").Comment(name), op.PrimaryKey("id")}
			if i > 0 {
				elements = append(elements, op.ForeignKey("id").References(fmt.Sprintf(`"%s"`, strings.ReplaceAll(hostileNames[i-1], `"`, `""`)), "id"))
			}
			m.CreateTable(quoted, elements...)
		}
	}})
	in.Base.Name = hostileNames[1]
	in.Uncommitted = hostileNames
	return in
}

var (
	idPattern      = regexp.MustCompile(` id="([^"]*)"`)
	hrefPattern    = regexp.MustCompile(` href="([^"]*)"`)
	labelPattern   = regexp.MustCompile(` (?:aria-labelledby|for)="([^"]*)"`)
	outsidePattern = regexp.MustCompile(`(?i)<(script|link rel="stylesheet|img|iframe|object|embed|form)\b|\bon[a-z]+=|url\(|@import|src=`)
)

// Every anchor is there once, and nothing comes from elsewhere.
func TestLinksAndNothingFromElsewhere(t *testing.T) {
	for name, text := range pages(t) {
		ids := map[string]bool{}
		for _, match := range idPattern.FindAllStringSubmatch(text, -1) {
			if ids[match[1]] {
				t.Errorf("%s: two elements have the id %s", name, match[1])
			}
			ids[match[1]] = true
		}
		for _, match := range hrefPattern.FindAllStringSubmatch(text, -1) {
			if target, inside := strings.CutPrefix(match[1], "#"); !(inside && ids[target]) && match[1] != "data:," {
				t.Errorf("%s: the link to %s leads nowhere, or elsewhere", name, match[1])
			}
		}
		for _, match := range labelPattern.FindAllStringSubmatch(text, -1) {
			for _, id := range strings.Fields(match[1]) {
				if !ids[id] {
					t.Errorf("%s: there is no element %s that labels", name, id)
				}
			}
		}
		plain := strings.NewReplacer("onerror=alert(1)", "", "src=x", "").Replace(text) // as text it is harmless
		if found := outsidePattern.FindString(plain); found != "" {
			t.Errorf("%s: the page has %s", name, found)
		}
		if strings.Contains(text, "<img src=x") || strings.Contains(text, "<script>") {
			t.Errorf("%s: a name has become an element", name)
		}
	}
}

func TestSize(t *testing.T) {
	if got := len(pages(t)["sixty"]); got > 300_000 {
		t.Errorf("the page of sixty tables has %d bytes", got)
	}
}

func BenchmarkWrite(b *testing.B) {
	report := build(b, reviewtest.Wide(b, 60))
	for b.Loop() {
		page.Write(report)
	}
}
