package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
)

// answerLint prints what was found, in the form that was asked for.
func (i *invocation) answerLint(result *lintResult) error {
	var out []byte
	var err error
	switch i.format {
	case formatSARIF:
		out, err = render.SARIF(i.lintAnnotations(result), lintRules())
	case formatGitLab:
		out, err = render.GitLabCodeQuality(i.lintAnnotations(result))
	case formatGitHub:
		out = []byte(render.GitHubAnnotations(i.lintAnnotations(result)))
	default:
		return i.answer(result, func(w io.Writer) error {
			return i.writeLint(w, result.Findings, len(result.Revisions), len(result.Allowed))
		})
	}
	if err == nil {
		_, err = i.Stdout.Write(out)
	}
	return err
}

func (i *invocation) writeLint(w io.Writer, findings []linted, revisions, allowed int) error {
	if err := i.writeFindings(w, findings); err != nil {
		return err
	}
	text := "nothing to report"
	if len(findings) > 0 {
		var parts []string
		for _, severity := range lint.Severities {
			count := 0
			for _, one := range findings {
				if one.Severity == severity {
					count++
				}
			}
			if count > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", count, severity))
			}
		}
		text = plural(len(findings), "finding") + " (" + strings.Join(parts, ", ") + ")"
	}
	text += " in " + plural(revisions, "revision")
	if allowed > 0 {
		text += fmt.Sprintf(", %d allowed", allowed)
	}
	i.note("%s", text)
	return nil
}

// writeFindings writes each finding with its place, its rule and the way out.
func (i *invocation) writeFindings(w io.Writer, findings []linted) error {
	style := i.style(w)
	several := severalEngines(findings)
	for _, one := range findings {
		mark := style.Yellow(string(one.Severity))
		if one.Severity == lint.Danger {
			mark = style.Red(string(one.Severity))
		}
		engines := ""
		if several && len(one.Engines) > 0 {
			engines = ", " + joinDialects(one.Engines)
		}
		place := ""
		if one.File != "" {
			place = fmt.Sprintf("%s:%d: ", one.File, one.Line)
		}
		lines := []string{fmt.Sprintf("%s%s: %s (%s%s)", place, mark, one.Text, one.Rule, engines)}
		if one.Way != "" {
			lines = append(lines, "    "+one.Way)
		}
		if one.Check != "" {
			lines = append(lines, "    query: "+one.Check)
		}
		if _, err := fmt.Fprintln(w, strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	return nil
}

func severalEngines(findings []linted) bool {
	var seen []schema.Dialect
	for _, one := range findings {
		for _, dialect := range one.Engines {
			if !slices.Contains(seen, dialect) {
				seen = append(seen, dialect)
			}
		}
	}
	return len(seen) > 1
}

func (i *invocation) lintAnnotations(result *lintResult) []render.Annotation {
	root := repositoryRoot(i.config.Dir)
	titles := map[string]string{}
	for _, rule := range lint.Rules() {
		titles[rule.ID] = rule.Title
	}
	out := make([]render.Annotation, len(result.Findings))
	for n, one := range result.Findings {
		text := one.Text
		if severalEngines(result.Findings) && len(one.Engines) > 0 {
			text += " (" + joinDialects(one.Engines) + ")"
		}
		if one.Way != "" {
			text += ". " + strings.ToUpper(one.Way[:1]) + one.Way[1:] + "."
		}
		out[n] = render.Annotation{
			Rule: one.Rule, Severity: annotationSeverity(one.Severity), File: inRepository(one.File, root), Line: one.Line, Title: titles[one.Rule], Text: text,
			Fingerprint: strings.Join([]string{one.Rule, one.Revision, one.Object, one.Text}, "\x00"),
		}
	}
	return out
}

func annotationSeverity(severity lint.Severity) render.AnnotationSeverity {
	switch severity {
	case lint.Danger:
		return render.AnnotationError
	case lint.Warning:
		return render.AnnotationWarning
	}
	return render.AnnotationNotice
}

// lintRules describe the rules for platforms that show them.
func lintRules() []render.AnnotationRule {
	out := []render.AnnotationRule{{ID: lint.AllowRule, Title: "A directive is wrong, or of no use.", Severity: render.AnnotationWarning}}
	for _, rule := range lint.Rules() {
		out = append(out, render.AnnotationRule{
			ID: rule.ID, Title: strings.ToUpper(rule.Title[:1]) + rule.Title[1:] + ".", Text: rule.What + " " + rule.Why,
			Help: fmt.Sprintf("%s\n\nReported:\n\n```go\n%s\n```\n\nNot reported:\n\n```go\n%s\n```\n", rule.Safe, rule.Bad, rule.Good), Severity: annotationSeverity(rule.Severity),
		})
	}
	return out
}
