package render

import (
	"cmp"
	"net/url"
	"slices"
)

// The longest descriptions of rules that GitHub's code scanning takes.
const sarifLongestDescription = 1024

// SARIF returns the annotations as a log of SARIF 2.1.0, the gravest first. Rules describes those that occur; a rule that is
// not among them is described by its first annotation. Paths are relative to %SRCROOT%, the root of the repository.
func SARIF(annotations []Annotation, rules []AnnotationRule) ([]byte, error) {
	sorted := byRank(annotations)
	marks := fingerprints(sorted)
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "retort", URL: "https://github.com/retort-db/retort", Rules: sarifRules(sorted, rules)}
	for i, a := range sorted {
		result := sarifResult{
			Rule: a.Rule, Level: sarifLevel[a.Severity], Message: sarifText{Text: a.words()},
			Fingerprints: map[string]string{"retort/v1": marks[i]},
		}
		result.RuleIndex = slices.IndexFunc(run.Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == a.Rule })
		if a.File != "" {
			place := sarifPlace{}
			place.Physical.Artifact.URI = (&url.URL{Path: a.File}).String()
			place.Physical.Artifact.Base = "%SRCROOT%"
			place.Physical.Region.Start = max(a.Line, 1)
			result.Locations = []sarifPlace{place}
		}
		run.Results = append(run.Results, result)
	}
	return indented(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

var sarifLevel = map[AnnotationSeverity]string{AnnotationError: "error", AnnotationWarning: "warning", AnnotationNotice: "note"}

// sarifRules describes the rules that occur, in the order of their identifiers.
func sarifRules(annotations []Annotation, known []AnnotationRule) []sarifRule {
	out := []sarifRule{}
	for _, a := range annotations {
		if slices.ContainsFunc(out, func(r sarifRule) bool { return r.ID == a.Rule }) {
			continue
		}
		rule := AnnotationRule{ID: a.Rule, Title: a.Title, Severity: a.Severity}
		if at := slices.IndexFunc(known, func(r AnnotationRule) bool { return r.ID == a.Rule }); at >= 0 {
			rule = known[at]
		}
		out = append(out, describeRule(rule))
	}
	slices.SortFunc(out, func(a, b sarifRule) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func describeRule(rule AnnotationRule) sarifRule {
	out := sarifRule{ID: rule.ID, URL: rule.URL, Short: sarifText{Text: cutText(cmp.Or(rule.Title, rule.ID), sarifLongestDescription)}}
	if rule.Text != "" {
		out.Full = &sarifText{Text: cutText(rule.Text, sarifLongestDescription)}
	}
	if rule.Help != "" {
		out.Help = &sarifHelp{Text: rule.Help, Markdown: rule.Help} // the text is required, even beside the Markdown
	}
	out.Default.Level = sarifLevel[cmp.Or(rule.Severity, AnnotationWarning)]
	return out
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	URL   string      `json:"informationUri"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string     `json:"id"`
	Short   sarifText  `json:"shortDescription"`
	Full    *sarifText `json:"fullDescription,omitempty"`
	Help    *sarifHelp `json:"help,omitempty"`
	URL     string     `json:"helpUri,omitempty"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifResult struct {
	Rule         string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifPlace      `json:"locations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifPlace struct {
	Physical struct {
		Artifact struct {
			URI  string `json:"uri"`
			Base string `json:"uriBaseId"`
		} `json:"artifactLocation"`
		Region struct {
			Start int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
}
