// Package markdown writes a review as Markdown, for the comment on a pull request. It keeps below the size that the
// platforms take, by leaving out whole pieces and saying how much is missing. The same report gives the same bytes.
package markdown

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/schema"
)

// Limit is the size in bytes that a report keeps below if nothing else is said. GitHub takes 65,536 characters in a comment.
const Limit = 60_000

// Marker is the first line of every report, by which a comment of an earlier run can be found.
const Marker = "<!-- retort:review -->"

// Options steer the writing. The zero value is for a comment on GitHub.
type Options struct {
	// Limit is the greatest size in bytes; 0 is [Limit].
	Limit int
}

// detail says how much is shown.
type detail struct {
	down, diagram, allEngines, sql, steps bool
	changes, findings, revisions, lines   int // at most so many
	words                                 int // of one cell, in characters
}

// details are tried in this order until the report is small enough.
var details = []detail{
	{down: true, diagram: true, allEngines: true, sql: true, steps: true, changes: 300, findings: 100, revisions: 100, lines: 80, words: 600},
	{diagram: true, allEngines: true, sql: true, steps: true, changes: 300, findings: 100, revisions: 100, lines: 40, words: 400},
	{allEngines: true, sql: true, steps: true, changes: 200, findings: 100, revisions: 60, lines: 40, words: 300},
	{sql: true, steps: true, changes: 200, findings: 100, revisions: 60, lines: 40, words: 300},
	{steps: true, changes: 120, findings: 60, revisions: 40, words: 200},
	{changes: 100, findings: 40, revisions: 40, words: 160},
	{changes: 40, findings: 20, revisions: 20, words: 120},
	{changes: 12, findings: 8, revisions: 8, words: 80},
	{changes: 3, findings: 2, revisions: 1, words: 40},
}

// Write returns the report as Markdown.
func Write(report *review.Report, options Options) string {
	limit := options.Limit
	if limit <= 0 {
		limit = Limit
	}
	text := ""
	for _, d := range details {
		w := &writer{report: report, detail: d}
		text = w.write()
		if len(text) <= limit {
			break
		}
	}
	return text
}

type writer struct {
	strings.Builder
	report *review.Report
	detail detail
	// short is set if something was left out.
	short bool
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) write() string {
	r := w.report
	w.line("%s\n### %s\n", Marker, escape(r.Verdict.Title))
	if r.Verdict.Level == review.Nothing && len(r.Troubles) == 0 {
		w.line("%s", w.base())
		return w.String()
	}
	w.line("**%s**\n", escape(r.Verdict.Text))
	w.line("%s", w.base())
	w.troubles()
	w.changes()
	w.findings()
	w.assumptions()
	w.revisions()
	w.diagram()
	if w.short {
		w.line("\nThis report was shortened to fit a comment. The whole one: `retort review --format html -o review.html`.")
	}
	return w.String()
}

func (w *writer) base() string {
	r := w.report
	var words []string
	if r.Base.Name != "" {
		text := "Compared with " + code(r.Base.Name)
		if len(r.Base.Commit) > 10 {
			text += " (" + r.Base.Commit[:10] + ")"
		}
		words = append(words, text)
	}
	words = append(words, "for "+products(r.Engines))
	if r.Sizes != "" {
		words = append(words, "sizes from "+escape(r.Sizes))
	} else {
		words = append(words, "sizes unknown")
	}
	text := strings.Join(words, ", ") + "."
	if count := len(r.Uncommitted); count > 0 {
		text += fmt.Sprintf(" Includes %s that %s not committed: %s.", plural(count, "file"), map[bool]string{true: "is", false: "are"}[count == 1], w.names(r.Uncommitted))
	}
	return text
}

// names lists names as code, some of them if they are many.
func (w *writer) names(names []string) string {
	const most = 5
	var out []string
	for i, name := range names {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		out = append(out, code(name))
	}
	return strings.Join(out, ", ")
}

func products(dialects []schema.Dialect) string {
	names := make([]string, len(dialects))
	for i, dialect := range dialects {
		names[i] = schema.Server{Dialect: dialect}.String()
	}
	return strings.Join(names, ", ")
}

func plural(count int, one string) string {
	if count == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", count, one)
}

func (w *writer) troubles() {
	for i, t := range w.report.Troubles {
		if i == 0 {
			w.line("")
		}
		if i == w.detail.findings {
			w.more(len(w.report.Troubles)-i, "more of this kind")
			return
		}
		text := fmt.Sprintf("- **%s**: %s", word(t.Severity), escape(w.cut(t.Text)))
		if t.Way != "" {
			text += ". _" + escape(w.cut(t.Way)) + "_"
		}
		w.line("%s%s", text, at(t.Place))
	}
}

// more says how much is left out.
func (w *writer) more(count int, what string) {
	w.short = true
	w.line("- … and %d %s", count, what)
}

func word(severity lint.Severity) string {
	text := string(severity)
	return strings.ToUpper(text[:1]) + text[1:]
}

// at writes a place at the end of a line.
func at(p review.Place) string {
	if p.File == "" {
		return ""
	}
	return " (" + place(p) + ")"
}

func place(p review.Place) string {
	text := p.File
	if p.Line > 0 {
		text += fmt.Sprintf(":%d", p.Line)
	}
	return code(text)
}

// cut shortens a text to what a cell may hold.
func (w *writer) cut(text string) string {
	runes := []rune(text)
	if len(runes) <= w.detail.words {
		return text
	}
	w.short = true
	return string(runes[:w.detail.words-1]) + "…"
}

func (w *writer) findings() {
	all := w.report.Findings
	defer w.allowed()
	if len(all) == 0 {
		if len(w.report.Revisions) > 0 {
			w.line("\nNo hazards were found.")
		}
		return
	}
	w.line("\n#### Hazards")
	remarks := slices.IndexFunc(all, func(f review.Finding) bool { return f.Severity == lint.Info }) // worst first
	if remarks < 0 {
		remarks = len(all)
	}
	if remarks > 0 {
		w.line("")
		w.findingRows(all[:remarks])
	}
	if further := all[remarks:]; len(further) > 0 {
		w.line("\n<details><summary>%s</summary>\n", plural(len(further), "further remark"))
		w.findingRows(further)
		w.line("\n</details>")
	}
}

// allowed lists what directives in the revisions allow.
func (w *writer) allowed() {
	if all := w.report.Allowed; len(all) > 0 {
		var names []string
		for _, f := range all {
			names = append(names, strings.TrimSpace(f.Rule+" "+f.Object))
		}
		w.line("\nAllowed by directives: %s.", w.names(names))
	}
}

func (w *writer) findingRows(all []review.Finding) {
	w.line("| | Where | What | Safer |\n|---|---|---|---|")
	for i, f := range all {
		if i == w.detail.findings {
			w.short = true
			w.line("| | | … and %d more | |", len(all)-i)
			break
		}
		what := escape(w.cut(f.Text)) + engines(f.Engines)
		if f.Lock != "" {
			what += " Lock: " + escape(f.Lock) + "."
		}
		where := place(f.Place)
		if f.Object != "" {
			where = code(w.cut(f.Object)) + "<br>" + where
		}
		w.line("| **%s** %s | %s | %s | %s |", word(f.Severity), cell(code(f.Rule)), cell(where), cell(what), cell(escape(w.cut(f.Way))))
	}
}

// engines says which engines something is about, if not all.
func engines(dialects []schema.Dialect) string {
	if len(dialects) == 0 {
		return ""
	}
	return " (" + products(dialects) + ")"
}

func (w *writer) assumptions() {
	all := w.report.Assumptions
	if len(all) == 0 {
		return
	}
	w.line("\n#### Assumptions\n")
	for i, a := range all {
		if i == w.detail.findings {
			w.more(len(all)-i, "more assumptions")
			return
		}
		text := "- "
		if a.Kind == review.UndecidedRename {
			text += "**Decide**: "
		}
		text += escape(w.cut(a.Text))
		if a.Score > 0 {
			text += fmt.Sprintf(" (%.2f: %s)", a.Score, escape(w.cut(strings.Join(a.Reasons, ", "))))
		}
		text += engines(a.Engines)
		if a.Kind == review.UndecidedRename {
			text += fmt.Sprintf(". %s or %s", code("retort resolve --rename "+a.Object+"="+newName(a)), code("retort resolve --drop "+a.Object))
		}
		w.line("%s%s", text, at(a.Place))
	}
}

// newName is the new name as retort resolve takes it: without the table.
func newName(a review.Assumption) string {
	table, _, isPart := cutLast(a.Object, ".")
	if name, ok := strings.CutPrefix(a.To, table+"."); ok && isPart {
		return name
	}
	return a.To
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
