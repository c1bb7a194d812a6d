package render

import (
	"fmt"
	"strings"
)

// What GitHub shows of the commands of one step: ten of each kind; it drops the rest without a word. And what it takes of
// one: https://docs.github.com/en/rest/checks/runs.
const (
	githubMostOfAKind = 10
	githubLongestName = 255
	githubLongestText = 60_000
)

// GitHubAnnotations returns the annotations as commands that a step of a GitHub workflow prints, the gravest first. They
// need no token. Where there are more of a kind than GitHub shows, the last one counts those that were left out.
func GitHubAnnotations(annotations []Annotation) string {
	var out strings.Builder
	sorted := byRank(annotations)
	for len(sorted) > 0 {
		kind := sorted[0].Severity
		count := 0
		for count < len(sorted) && sorted[count].Severity == kind {
			count++
		}
		shown := count
		if count > githubMostOfAKind {
			shown = githubMostOfAKind - 1
		}
		for _, a := range sorted[:shown] {
			out.WriteString(githubCommand(a))
		}
		if shown < count {
			out.WriteString(githubCommand(Annotation{Severity: kind, Title: "More was found",
				Text: fmt.Sprintf("%d more of this kind are not shown here, since GitHub shows %d in a step", count-shown, githubMostOfAKind)}))
		}
		sorted = sorted[count:]
	}
	return out.String()
}

var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubCommand(a Annotation) string {
	var properties []string
	add := func(name, value string) {
		if value != "" {
			properties = append(properties, name+"="+githubProperty.Replace(value))
		}
	}
	add("file", a.File)
	if a.File != "" && a.Line > 0 {
		add("line", fmt.Sprint(a.Line))
	}
	title := a.Title
	if a.Rule != "" {
		title = strings.TrimSpace(title + " (" + a.Rule + ")")
	}
	add("title", cutText(title, githubLongestName))
	text := cutText(a.Text, githubLongestText)
	if text == "" {
		text = a.Title // GitHub ignores a command without a text
	}
	return "::" + string(a.Severity) + strings.TrimRight(" "+strings.Join(properties, ","), " ") + "::" + githubText.Replace(text) + "\n"
}
