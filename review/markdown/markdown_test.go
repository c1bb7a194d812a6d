package markdown_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/internal/reviewtest"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/review/markdown"
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
	golden(t, "branch.md", markdown.Write(build(t, reviewtest.Branch(t)), markdown.Options{}))
}

func TestNothing(t *testing.T) {
	got := markdown.Write(build(t, review.Input{Base: review.Base{Name: "main", Commit: "9f1c2ab04d1e"}, Engines: []review.Engine{{Server: schema.Server{Dialect: schema.SQLite}}}}), markdown.Options{})
	if want := markdown.Marker + "\n### No schema changes\n\nCompared with `main` (9f1c2ab04d), for SQLite, sizes unknown.\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever the limit, the report is whole Markdown: every block and every element that begins ends, and it says that it is
// not everything.
func TestLimits(t *testing.T) {
	wide := build(t, reviewtest.Wide(t, 300))
	for _, report := range []*review.Report{wide, build(t, reviewtest.Branch(t))} {
		whole := markdown.Write(report, markdown.Options{Limit: 1 << 30})
		for _, limit := range []int{2_500, 5_000, 10_000, 20_000, 40_000, 65_536} {
			got := markdown.Write(report, markdown.Options{Limit: limit})
			if len(got) > limit {
				t.Errorf("limit %d: %d bytes", limit, len(got))
			}
			checkWhole(t, got)
			if len(got) < len(whole) && !strings.Contains(got, "This report was shortened") {
				t.Errorf("limit %d: it does not say that it was shortened", limit)
			}
			if !strings.Contains(got, "\n### ") {
				t.Errorf("limit %d: no heading", limit)
			}
		}
	}
	if got := markdown.Write(wide, markdown.Options{}); len(got) > 65_536 || len(got) < 10_000 {
		t.Errorf("%d bytes", len(got))
	}
}

func checkWhole(t *testing.T, text string) {
	t.Helper()
	fence, open := "", 0
	for n, line := range strings.Split(text, "\n") {
		if ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]; len(ticks) >= 3 && fence == "" && !strings.Contains(line[len(ticks):], "`") {
			fence = ticks
			continue
		} else if fence != "" {
			if line == fence {
				fence = ""
			}
			continue
		}
		line = withoutCode(line)
		open += strings.Count(line, "<details>") - strings.Count(line, "</details>")
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|") {
			t.Errorf("line %d: the row does not end: %s", n+1, line)
		}
	}
	if fence != "" || open != 0 {
		t.Errorf("a block of code is open (%q), or %d elements are", fence, open)
	}
}

// Names are anything that a database takes. None of it may become Markdown, HTML, a mention or a link.
func TestHostileNames(t *testing.T) {
	names := []string{"a|b", "`tick`", "```", "<script>alert(1)</script>", "@everyone", "#1", "**bold**", "new\nline", "![x](http://evil.example/x.png)", `back\slash|`, "<!-- -->", "</details>", `q"uote%`}
	report := build(t, reviewtest.Input(t, func(m *op.Migration) {}, []schema.Dialect{schema.Postgres}, reviewtest.Revision{ID: "r1", Message: strings.Join(names, " "), Up: func(m *op.Migration) {
		for i, name := range names {
			m.CreateTable(fmt.Sprintf(`"%s"`, strings.ReplaceAll(name, `"`, `""`)), op.Column(name, "varchar(20)").Default("'```|<b>'").Comment(name), op.Column(fmt.Sprint(i), "int"))
		}
	}}))
	for i := range names {
		report.Troubles = append(report.Troubles, review.Trouble{ID: "x", Severity: lint.Warning, Text: names[i], Way: names[i], Place: review.Place{File: names[i]}})
	}
	got := markdown.Write(report, markdown.Options{})
	checkWhole(t, got)
	golden(t, "hostile.md", got)
	outside := ""
	fence := ""
	for line := range strings.Lines(got) {
		line = strings.TrimRight(line, "\n")
		switch {
		case fence == "" && strings.HasPrefix(line, "```") && !strings.Contains(strings.TrimLeft(line, "`"), "`"):
			fence = line[:len(line)-len(strings.TrimLeft(line, "`"))]
		case fence != "" && line == fence:
			fence = ""
		case fence == "":
			outside += withoutCode(line) + "\n"
		}
	}
	for _, bad := range []string{"<script", "@everyone", "![x](", "<b>", "http://", "<!-- -->"} {
		if strings.Contains(outside, bad) {
			t.Errorf("%s stands outside of code", bad)
		}
	}
}

// withoutCode takes the spans of code out of a line.
func withoutCode(line string) string {
	out := ""
	for {
		at := strings.Index(line, "`")
		if at < 0 {
			return out + line
		}
		if at > 0 && line[at-1] == '\\' {
			out, line = out+line[:at+1], line[at+1:]
			continue
		}
		out, line = out+line[:at], line[at:]
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		end := strings.Index(line[len(ticks):], ticks)
		if end < 0 {
			return out + line
		}
		line = line[2*len(ticks)+end:]
	}
}

// The example of docs/review.md is the head of the report of [reviewtest.Branch].
func TestDocumentation(t *testing.T) {
	const path, begin, end = "../../docs/review.md", "<!-- example -->\n", "<!-- /example -->"
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(markdown.Write(build(t, reviewtest.Branch(t)), markdown.Options{}), "\n#### Revisions")
	want := "````markdown\n" + strings.TrimPrefix(head, markdown.Marker+"\n") + "````\n"
	before, rest, _ := strings.Cut(string(content), begin)
	got, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatalf("%s has no example", path)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if got != want {
		t.Errorf("%s (rewrite with -update):\n%s", path, cmp.Diff(want, got))
	}
}
