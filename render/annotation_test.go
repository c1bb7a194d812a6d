package render_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/render"
)

// annotations holds what the platforms escape differently.
var annotations = []render.Annotation{
	{Rule: "sql-preview", Severity: render.AnnotationNotice, File: "migrations/a b/2026 100%.go", Line: 3, Title: "The comment is old", Text: "it shows \"<old>\" SQL"},
	{Rule: "missing-revision", Severity: render.AnnotationError, File: "models/user.go", Line: 15, Title: "A change has no revision",
		Text: "users.phone: column phone varchar(32), 100% new\r\nRun: retort revision --autogenerate"},
	{Rule: "several-heads", Severity: render.AnnotationWarning, File: "retort.yaml", Title: "Several heads", Text: "ab12, cd34::x"},
	{Rule: "missing-revision", Severity: render.AnnotationError, File: "models/user.go", Line: 16, Title: "A change has no revision", Text: "users.zip"},
	{Rule: "no-place", Title: "Something without a place"},
	{Rule: "missing-revision", Severity: render.AnnotationError, File: "models/user.go", Line: 99, Title: "A change has no revision", Text: "users.zip"},
}

var annotationRules = []render.AnnotationRule{
	{ID: "missing-revision", Title: "The models have a change that no revision makes.", Text: "The database would lack it.",
		Help: "Run `retort revision --autogenerate`.", URL: "https://example.org/missing-revision", Severity: render.AnnotationError},
	{ID: "not-found", Title: "A rule that nothing was found for."},
}

func TestAnnotations(t *testing.T) {
	before := slices.Clone(annotations)
	golden(t, "annotations.github.golden", []byte(render.GitHubAnnotations(annotations)))
	sarif, err := render.SARIF(annotations, annotationRules)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "annotations.sarif.golden", sarif)
	gitlab, err := render.GitLabCodeQuality(annotations)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "annotations.gitlab.golden", gitlab)
	if diff := cmp.Diff(before, annotations); diff != "" {
		t.Errorf("the annotations were changed:\n%s", diff)
	}
}

func TestNoAnnotations(t *testing.T) {
	if got := render.GitHubAnnotations(nil); got != "" {
		t.Errorf("GitHub: %q", got)
	}
	gitlab, err := render.GitLabCodeQuality(nil)
	if err != nil || strings.TrimSpace(string(gitlab)) != "[]" {
		t.Errorf("GitLab: %q, %v", gitlab, err)
	}
	sarif, err := render.SARIF(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkSARIF(t, sarif)
	// An upload without results is how GitHub learns that they were solved.
	if !strings.Contains(string(sarif), `"results": []`) || !strings.Contains(string(sarif), `"rules": []`) {
		t.Errorf("SARIF: %s", sarif)
	}
}

func TestGitHubShowsTenOfAKind(t *testing.T) {
	many := func(n int) string {
		var list []render.Annotation
		for i := range n {
			list = append(list, render.Annotation{Rule: "r", Severity: render.AnnotationNotice, Title: "t", Text: fmt.Sprintf("number %d", i)})
		}
		list = append(list, render.Annotation{Rule: "r", Severity: render.AnnotationError, Text: "grave"})
		return render.GitHubAnnotations(list)
	}
	for count, want := range map[int]string{
		1: "number 0\n", 10: "number 9\n",
		11: "2 more of this kind are not shown here, since GitHub shows 10 in a step\n",
		99: "90 more of this kind are not shown here, since GitHub shows 10 in a step\n",
	} {
		got := many(count)
		if !strings.HasPrefix(got, "::error title=(r)::grave\n") || !strings.HasSuffix(got, want) {
			t.Errorf("%d notices:\n%s", count, got)
		}
		if lines := strings.Count(got, "::notice "); lines != min(count, 10) {
			t.Errorf("%d notices: %d are printed", count, lines)
		}
	}
}

func TestFingerprintsOutliveEdits(t *testing.T) {
	marks := func(list ...render.Annotation) []string {
		t.Helper()
		data, err := render.GitLabCodeQuality(list)
		if err != nil {
			t.Fatal(err)
		}
		var issues []struct{ Fingerprint string }
		if err := json.Unmarshal(data, &issues); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, issue := range issues {
			out = append(out, issue.Fingerprint)
		}
		return out
	}
	a := render.Annotation{Rule: "r", File: "f.go", Line: 1, Title: "t", Text: "x"}
	moved, other, worded := a, a, a
	moved.Line = 80
	other.Text = "y"
	worded.Fingerprint = "r f.go x"
	if marks(a)[0] != marks(moved)[0] {
		t.Error("a line further down changes the fingerprint")
	}
	if marks(a)[0] == marks(other)[0] {
		t.Error("another text has the same fingerprint")
	}
	again := worded
	again.Text, again.Title = "in other words", "and another title"
	if marks(worded)[0] != marks(again)[0] {
		t.Error("other words change a fingerprint that was given")
	}
	if both := marks(a, moved); both[0] == both[1] {
		t.Error("two annotations share a fingerprint, so that GitLab would show one of them")
	}
}

func TestSARIFHoldsWhatItsSchemaRequires(t *testing.T) {
	data, err := render.SARIF(annotations, annotationRules)
	if err != nil {
		t.Fatal(err)
	}
	checkSARIF(t, data)
	long := strings.Repeat("ä", 5000)
	data, err = render.SARIF([]render.Annotation{{Rule: "r", Title: long}}, []render.AnnotationRule{{ID: "r", Title: long, Text: long}})
	if err != nil {
		t.Fatal(err)
	}
	checkSARIF(t, data)
}

// sarifRequired are the required properties of the SARIF 2.1.0 schema for the objects that are written, and those that
// GitHub's code scanning requires besides.
var sarifRequired = map[string][]string{
	"":                             {"version", "$schema", "runs"},
	".runs":                        {"tool", "results"},
	".runs.tool":                   {"driver"},
	".runs.tool.driver":            {"name", "rules"},
	".runs.tool.driver.rules":      {"id", "shortDescription"},
	".runs.tool.driver.rules.help": {"text"},
	".runs.results":                {"message", "ruleId", "level", "partialFingerprints"},
	".runs.results.message":        {"text"},
	".runs.results.locations":      {"physicalLocation"},
	".runs.tool.driver.rules.shortDescription":                  {"text"},
	".runs.tool.driver.rules.fullDescription":                   {"text"},
	".runs.tool.driver.rules.defaultConfiguration":              {"level"},
	".runs.results.locations.physicalLocation":                  {"artifactLocation", "region"},
	".runs.results.locations.physicalLocation.region":           {"startLine"},
	".runs.results.locations.physicalLocation.artifactLocation": {"uri"},
}

func checkSARIF(t *testing.T, data []byte) {
	t.Helper()
	var log any
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case []any:
			for _, element := range v {
				walk(path, element)
			}
		case map[string]any:
			for _, name := range sarifRequired[path] {
				if v[name] == nil || v[name] == "" {
					t.Errorf("%s lacks %s: %v", path, name, v)
				}
			}
			for name, inner := range v {
				walk(path+"."+name, inner)
			}
		case string:
			if strings.HasSuffix(path, ".level") && !slices.Contains([]string{"none", "note", "warning", "error"}, v) {
				t.Errorf("%s is %q", path, v)
			}
			if strings.HasSuffix(path, "Description.text") && len([]rune(v)) > 1024 {
				t.Errorf("%s has %d characters, GitHub takes 1024", path, len([]rune(v)))
			}
		case float64:
			if strings.HasSuffix(path, ".startLine") && v < 1 {
				t.Errorf("%s is %v", path, v)
			}
		}
	}
	walk("", log)
}
