package markdown

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/schema"
)

// sign is a change in one character. It is text, so that no colour is needed to tell.
func sign(change review.Change) string {
	switch change {
	case review.Added:
		return "+"
	case review.Dropped:
		return "-"
	}
	return "~"
}

func (w *writer) changes() {
	objects := w.report.Objects
	if len(objects) == 0 {
		return
	}
	w.line("\n| | Change | Before | After |\n|---|---|---|---|")
	rows, shown := 0, 0
	for _, o := range objects {
		lines := w.object(o)
		if rows > 0 && rows+len(lines) > w.detail.changes {
			break
		}
		if len(lines) > w.detail.changes {
			left := len(lines) - w.detail.changes
			lines = append(lines[:w.detail.changes], fmt.Sprintf("| | … and %d more changes of %s | | |", left, cell(code(o.Name))))
			w.short = true
		}
		for _, line := range lines {
			w.line("%s", line)
		}
		rows += len(lines)
		shown++
	}
	if left := len(objects) - shown; left > 0 {
		w.short = true
		w.line("| | … and %d more objects that change | | |", left)
	}
}

// object writes the rows of an object.
func (w *writer) object(o review.Object) []string {
	name := "**" + code(o.Name) + "**"
	if o.Kind != "table" {
		name = o.Kind + " " + name
	}
	about := changeWords(o.Change, o.Was)
	if o.Size != nil {
		about = append(about, sizeWords(*o.Size))
	}
	if o.Unchanged > 0 {
		about = append(about, plural(o.Unchanged, "part")+" unchanged")
	}
	if len(about) > 0 {
		name += " " + escape(strings.Join(about, ", "))
	}
	name += engines(o.Engines) + origin(o.Origin)
	before, after := w.values(o.Values)
	if o.Change == review.Changed || o.Change == review.Renamed {
		out := []string{row(sign(o.Change), name, before, after)}
		for _, p := range o.Parts {
			out = append(out, w.part(o, p))
		}
		return out
	}
	var came, went []string
	for _, p := range o.Parts {
		b, a := w.values(p.Values)
		label := strings.TrimSpace(partLabel(p))
		if a != "" {
			came = append(came, label+" "+a+engines(p.Engines))
		}
		if b != "" {
			went = append(went, label+" "+b+engines(p.Engines))
		}
	}
	return []string{row(sign(o.Change), name, w.lines(before, went), w.lines(after, came))}
}

// partLabel names a part inside of a cell.
func partLabel(p review.Part) string {
	if p.Kind == "column" {
		return code(p.Name)
	}
	return p.Kind
}

// lines puts lines into one cell, some of them if they are many.
func (w *writer) lines(first string, rest []string) string {
	most := max(w.detail.changes/10, 1)
	var out []string
	if first != "" {
		out = append(out, first)
	}
	for i, line := range rest {
		if i == most {
			w.short = true
			out = append(out, fmt.Sprintf("… and %d more", len(rest)-most))
			break
		}
		out = append(out, line)
	}
	return strings.Join(out, "<br>")
}

func row(cells ...string) string {
	for i := range cells {
		cells[i] = cell(cells[i])
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

func changeWords(change review.Change, was string) []string {
	switch {
	case was != "":
		return []string{"renamed from " + was}
	case change == review.Added:
		return []string{"new"}
	case change == review.Dropped:
		return []string{"dropped"}
	case change == review.Replaced:
		return []string{"dropped and made anew"}
	}
	return nil
}

func (w *writer) part(o review.Object, p review.Part) string {
	name := p.Kind
	if p.Name != "" {
		name += " " + code(o.Name+"."+p.Name)
	}
	if words := changeWords(p.Change, p.Was); len(words) > 0 && p.Change != review.Added && p.Change != review.Dropped {
		name += " " + escape(words[0])
	}
	if p.Note != "" {
		name += " (" + escape(p.Note) + ")"
	}
	before, after := w.values(p.Values)
	return row(sign(p.Change), name+engines(p.Engines)+origin(p.Origin), before, after)
}

func origin(p review.Place) string {
	if p.File == "" {
		return ""
	}
	return "<br>" + place(p)
}

// values writes the definitions before and after, those of single engines below each other.
func (w *writer) values(values []review.Value) (before, after string) {
	var olds, news []string
	for _, v := range values {
		if v.Before != "" {
			olds = append(olds, code(w.cut(v.Before))+engines(v.Engines))
		}
		if v.After != "" {
			news = append(news, code(w.cut(v.After))+engines(v.Engines))
		}
	}
	return strings.Join(olds, "<br>"), strings.Join(news, "<br>")
}

// sizeWords is "48,210 rows, 9.0 MB".
func sizeWords(size lint.Size) string { return review.SizeWords(size) }

func (w *writer) revisions() {
	all := w.report.Revisions
	if len(all) == 0 {
		return
	}
	w.line("\n#### Revisions\n")
	for i, r := range all {
		if i == w.detail.revisions {
			w.more(len(all)-i, "more revisions")
			return
		}
		w.revision(r)
	}
}

func (w *writer) revision(r review.Revision) {
	title := "<code>" + tag(r.ID) + "</code>"
	if r.Message != "" {
		title += " " + tag(w.cut(r.Message))
	}
	marks := []string{plural(len(r.Steps), "step"), deployWords(r.Deploy.When), backWords(r.Back.Level)}
	if r.Uncommitted {
		marks = append(marks, "not committed")
	}
	w.line("<details><summary>%s · %s</summary>\n", title, strings.Join(marks, " · "))
	w.line("- File: %s", place(r.Place))
	w.line("- Deploy: %s.", escape(r.Deploy.Text))
	for _, group := range []struct {
		name  string
		steps []string
	}{{"Before the new code", r.Deploy.Before}, {"After the old code", r.Deploy.After}, {"Breaks running code", r.Deploy.Breaks}} {
		if r.Deploy.When == review.SplitUp || r.Deploy.When == review.WithStop {
			if len(group.steps) > 0 && w.detail.steps {
				w.line("  - %s: %s", group.name, w.someSteps(group.steps))
			}
		}
	}
	w.line("- Way back: %s.", escape(w.cut(r.Back.Text)))
	if len(r.Back.Discarded) > 0 {
		w.line("  - It takes away, with what was written since: %s", w.names(r.Back.Discarded))
	}
	if w.detail.steps {
		w.line("")
		for i, step := range r.Steps {
			if i == w.detail.changes/4+1 {
				w.short = true
				w.line("%d. … and %d more steps", i+1, len(r.Steps)-i)
				break
			}
			w.line("%d. %s%s%s", i+1, escape(w.cut(step.Text)), engines(step.Engines), at(step.Place))
		}
	} else if len(r.Steps) > 0 {
		w.short = true
	}
	w.scripts(r)
	w.line("\n</details>")
}

func (w *writer) someSteps(steps []string) string {
	const most = 4
	var out []string
	for i, step := range steps {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(steps)-most))
			break
		}
		out = append(out, escape(w.cut(step)))
	}
	return strings.Join(out, "; ")
}

func (w *writer) scripts(r review.Revision) {
	for i, script := range r.Scripts {
		if script.Problem != "" {
			w.line("\n%s: %s", script.Product, escape(w.cut(script.Problem)))
			continue
		}
		if len(script.Upgrade) == 0 {
			continue
		}
		if !w.detail.sql || i > 0 && !w.detail.allEngines {
			w.short = true
			continue
		}
		w.line("\n%s\n\n%s", script.Product, strings.TrimRight(w.sql(script.Dialect, script.Upgrade), "\n"))
		if len(script.Downgrade) == 0 {
			continue
		}
		if !w.detail.down {
			w.short = true
			continue
		}
		w.line("\n%s, downgrade\n\n%s", script.Product, strings.TrimRight(w.sql(script.Dialect, script.Downgrade), "\n"))
	}
}

// sql writes a script, some lines of it if it is long.
func (w *writer) sql(dialect schema.Dialect, blocks []review.Block) string {
	lines := strings.Split(strings.TrimRight(review.Text(dialect, blocks), "\n"), "\n")
	if left := len(lines) - w.detail.lines; left > 0 {
		w.short = true
		lines = append(lines[:w.detail.lines], fmt.Sprintf("-- … and %d more lines", left))
	}
	return fenced("sql", strings.Join(lines, "\n"))
}

func deployWords(when review.When) string {
	return map[review.When]string{
		review.AnyTime: "any time", review.BeforeCode: "before the new code", review.AfterCode: "after the old code",
		review.SplitUp: "to be split", review.WithStop: "breaks running code",
	}[when]
}

func backWords(level review.BackLevel) string {
	return map[review.BackLevel]string{
		review.BackWhole: "reversible", review.BackSchema: "reversible without the data", review.BackBroken: "downgrade is wrong", review.BackNone: "no way back",
	}[level]
}
