// Package page writes a review as one file of HTML that needs no network and no script: readable in the dark, on paper, on a
// phone and by a screen reader. The diagram of tables is an SVG drawn here. The same report gives the same bytes.
package page

import (
	_ "embed" // the template and its style
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/schema"
)

//go:embed page.css
var style string

//go:embed page.html
var source string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"sign":       sign,
	"class":      class,
	"products":   products,
	"place":      placeWords,
	"size":       review.SizeWords,
	"script":     review.Text,
	"deploy":     func(when review.When) string { return deployWords[when] },
	"back":       func(level review.BackLevel) string { return backWords[level] },
	"changeName": changeName,
	"plural":     plural,
	"words":      words,
	"sentence":   sentence,
	"serious":    func(all []review.Finding) []review.Finding { return without(all, isRemark) },
	"remarks":    func(all []review.Finding) []review.Finding { return without(all, isSerious) },
	"level":      func(level review.Level) string { return levelWords[level] },
	"short":      func(hash string) string { return hash[:min(len(hash), 10)] },
}).Parse(source))

// Write returns the report as a page.
func Write(report *review.Report) string {
	v := view{Report: report, Style: template.CSS("\n" + style), Anchors: anchors(report)} //nolint:gosec // our own file
	if len(report.Diagram.Entities) > 0 {
		d := draw(report.Diagram, v.tables())
		v.Diagram, v.Left = template.HTML(d.SVG), d.Left //nolint:gosec // names are escaped where it is written
	}
	var out strings.Builder
	if err := page.Execute(&out, v); err != nil {
		panic(fmt.Sprintf("page: %v", err)) // the template is tested, and a strings.Builder does not fail
	}
	return out.String()
}

// view is what the template shows.
type view struct {
	*review.Report
	Style   template.CSS
	Diagram template.HTML
	Left    int
	// Anchors are those of Report.Objects, in their order.
	Anchors []string
}

// tables returns the anchors of the tables by name.
func (v view) tables() map[string]string {
	out := map[string]string{}
	for i, o := range v.Objects {
		if o.Kind == "table" {
			out[o.Name] = v.Anchors[i]
		}
	}
	return out
}

// anchors makes an anchor for each object: its kind and name, with other letters than those of an address replaced, and a
// number where that is not unique.
func anchors(report *review.Report) []string {
	seen := map[string]int{}
	var out []string
	for _, o := range report.Objects {
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '.', r == '-':
				return r
			}
			return '-'
		}, o.Kind+"-"+o.Name)
		if seen[anchor]++; seen[anchor] > 1 {
			anchor = fmt.Sprintf("%s--%d", anchor, seen[anchor])
		}
		out = append(out, anchor)
	}
	return out
}

func products(dialects []schema.Dialect) string {
	names := make([]string, len(dialects))
	for i, dialect := range dialects {
		names[i] = schema.Server{Dialect: dialect}.String()
	}
	return strings.Join(names, ", ")
}

func placeWords(p review.Place) string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return p.File
}

func plural(count int, one string) string {
	if count == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", count, one)
}

func changeName(change review.Change, was string) string {
	switch {
	case was != "":
		return "renamed from " + was
	case change == review.Added:
		return "new"
	case change == review.Replaced:
		return "dropped and made anew"
	}
	return string(change)
}

func isRemark(f review.Finding) bool  { return f.Severity == lint.Info }
func isSerious(f review.Finding) bool { return !isRemark(f) }

func without(all []review.Finding, drop func(review.Finding) bool) []review.Finding {
	return slices.DeleteFunc(slices.Clone(all), drop)
}

// sentence begins a text with a capital letter, unless it begins with a name.
func sentence(text string) string {
	first, rest, _ := strings.Cut(text, " ")
	if strings.ContainsFunc(first, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return text
	}
	return strings.TrimSpace(strings.ToUpper(first[:min(1, len(first))]) + first[min(1, len(first)):] + " " + rest)
}

var deployWords = map[review.When]string{
	review.AnyTime: "any time", review.BeforeCode: "before the new code", review.AfterCode: "after the old code",
	review.SplitUp: "to be split", review.WithStop: "breaks running code",
}

var backWords = map[review.BackLevel]string{
	review.BackWhole: "reversible", review.BackSchema: "reversible without the data", review.BackBroken: "downgrade is wrong", review.BackNone: "no way back",
}

var levelWords = map[review.Level]string{
	review.NeedsDecision: "Decision", review.Dangerous: "Danger", review.Noteworthy: "Attention", review.Harmless: "Fine", review.Nothing: "Nothing",
}
