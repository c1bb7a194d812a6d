package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// AnnotationSeverity says how much an annotation matters.
type AnnotationSeverity string

// The severities, the gravest first. Every platform has words of its own for them.
const (
	AnnotationError   AnnotationSeverity = "error"
	AnnotationWarning AnnotationSeverity = "warning"
	AnnotationNotice  AnnotationSeverity = "notice"
)

var annotationRank = map[AnnotationSeverity]int{AnnotationError: 0, AnnotationWarning: 1, AnnotationNotice: 2}

// Annotation is a remark on one place of the repository, in the terms that code platforms share.
// [GitHubAnnotations], [SARIF] and [GitLabCodeQuality] write lists of them.
type Annotation struct {
	// Rule is the stable identifier of what was looked for, "missing-revision".
	Rule     string
	Severity AnnotationSeverity // empty is a warning
	// File is relative to the root of the repository, with slashes. Without it, platforms have no place to show the remark.
	File string
	// Line counts from 1; 0 is the file as a whole.
	Line int
	// Title says in a few words what kind of thing was found, Text what exactly, and what to do about it.
	Title, Text string
	// Fingerprint is what stays the same when the lines around the place change. Any text will do, since its hash is written.
	// Empty stands for the rule, the file, the title and the text.
	Fingerprint string
}

// AnnotationRule describes a rule once for all its annotations.
type AnnotationRule struct {
	ID       string
	Title    string             // one sentence
	Text     string             // why it matters
	Help     string             // Markdown: what to do, good and bad examples
	URL      string             // where the rule is documented
	Severity AnnotationSeverity // of most of its annotations; empty is a warning
}

// byRank returns the annotations with the gravest first and otherwise as they were. An empty severity is filled in.
func byRank(annotations []Annotation) []Annotation {
	out := slices.Clone(annotations)
	for i := range out {
		out[i].Severity = cmp.Or(out[i].Severity, AnnotationWarning)
		out[i].Line = max(out[i].Line, 0)
	}
	slices.SortStableFunc(out, func(a, b Annotation) int {
		return cmp.Compare(annotationRank[a.Severity], annotationRank[b.Severity])
	})
	return out
}

// fingerprints returns one for each annotation. Equal annotations get different ones: platforms show one remark for each.
func fingerprints(annotations []Annotation) []string {
	seen := map[string]int{}
	out := make([]string, len(annotations))
	for i, a := range annotations {
		identity := a.Fingerprint
		if identity == "" {
			identity = strings.Join([]string{a.Rule, a.File, a.Title, a.Text}, "\x00")
		}
		if seen[identity]++; seen[identity] > 1 {
			identity = fmt.Sprintf("%s\x00%d", identity, seen[identity])
		}
		sum := sha256.Sum256([]byte(identity))
		out[i] = hex.EncodeToString(sum[:])
	}
	return out
}

// words joins title and text for platforms that have one field for both.
func (a Annotation) words() string {
	if a.Title == "" || a.Text == "" {
		return a.Title + a.Text
	}
	return a.Title + ": " + a.Text
}

// cutText cuts a text after a number of characters.
func cutText(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
