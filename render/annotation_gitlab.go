package render

import (
	"encoding/json"
	"strings"
)

// GitLabCodeQuality returns the annotations as a report for GitLab's merge requests, the gravest first
// (https://docs.gitlab.com/ci/testing/code_quality). Without annotations it is an empty list, which GitLab needs to tell
// what was solved. GitLab takes remarks with a file only; one without gets the directory of the project.
func GitLabCodeQuality(annotations []Annotation) ([]byte, error) {
	sorted := byRank(annotations)
	marks := fingerprints(sorted)
	out := make([]gitlabIssue, len(sorted))
	for i, a := range sorted {
		issue := gitlabIssue{
			Description: inOneLine(a.words()),
			Check:       a.Rule, Fingerprint: marks[i], Severity: gitlabSeverity[a.Severity],
		}
		issue.Location.Path = a.File
		if a.File == "" {
			issue.Location.Path = "."
		}
		issue.Location.Lines.Begin = max(a.Line, 1)
		out[i] = issue
	}
	return indented(out)
}

var gitlabSeverity = map[AnnotationSeverity]string{AnnotationError: "critical", AnnotationWarning: "major", AnnotationNotice: "info"}

type gitlabIssue struct {
	Description string `json:"description"`
	Check       string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// inOneLine joins the lines of a text, since GitLab shows one.
func inOneLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

// indented is a value in JSON for files that people open too.
func indented(value any) ([]byte, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return []byte(out.String()), nil
}
