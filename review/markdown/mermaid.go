package markdown

import (
	"strings"

	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/review"
)

// Mermaid refuses longer texts (maxTextSize, 50,000) and more edges (maxEdges, 500); what it draws of so much is no help.
const (
	mostEntities = 40
	mostEdges    = 120
	mostText     = 40_000
)

func (w *writer) diagram() {
	d := w.report.Diagram
	if len(d.Entities) == 0 {
		return
	}
	if !w.detail.diagram {
		w.short = true
		return
	}
	text, left := diagram(d)
	if text == "" {
		w.short = true
		return
	}
	w.line("\n<details><summary>Diagram of the changed tables and those beside them</summary>\n\n%s", strings.TrimRight(fenced("mermaid", text), "\n"))
	if left > 0 {
		w.short = true
		w.line("\n%s left out.", plural(left, "table"))
	}
	w.line("\n</details>")
}

// diagram writes the diagram in Mermaid's language, without the neighbours if it gets too large, and the number of tables
// that are left out. Changes are marked by words, since styles in entity diagrams are younger than what some platforms run.
func diagram(d review.Diagram) (text string, left int) {
	var changed, all []review.Entity
	for _, e := range d.Entities {
		if e.Change != review.Kept {
			changed = append(changed, e)
		}
	}
	all = d.Entities
	if len(all) > mostEntities || len(d.Edges) > mostEdges {
		all = changed[:min(len(changed), mostEntities)]
	}
	for ; len(all) > 0; all = all[:len(all)/2] {
		text = entities(all, d.Edges)
		if len(text) <= mostText {
			return text, len(d.Entities) - len(all)
		}
	}
	return "", len(d.Entities)
}

func entities(all []review.Entity, edges []review.Edge) string {
	var out strings.Builder
	out.WriteString("erDiagram\n")
	names := map[string]string{}
	for _, e := range all {
		label := e.Name
		switch {
		case e.Was != "":
			label += " (was " + e.Was + ")"
		case e.Change != review.Kept:
			label += " (" + map[review.Change]string{review.Added: "new", review.Dropped: "dropped", review.Changed: "changed", review.Replaced: "made anew"}[e.Change] + ")"
		}
		names[e.Name] = render.MermaidEntity(label)
		if len(e.Fields) == 0 {
			out.WriteString("    " + names[e.Name] + "\n")
			continue
		}
		out.WriteString("    " + names[e.Name] + " {\n")
		for _, field := range e.Fields {
			out.WriteString("        " + fieldLine(field) + "\n")
		}
		out.WriteString("    }\n")
	}
	count := 0
	for _, edge := range edges {
		from, to := names[edge.From], names[edge.To]
		if from == "" || to == "" || count == mostEdges {
			continue
		}
		count++
		ends := [2]string{"||", "o{"}
		if edge.Optional {
			ends[0] = "|o"
		}
		if edge.One {
			ends[1] = "o|"
		}
		label := strings.Join(edge.Columns, ", ")
		line := "--"
		switch edge.Change {
		case review.Added:
			label += " (new)"
		case review.Dropped:
			label += " (dropped)"
			line = ".."
		}
		out.WriteString("    " + to + " " + ends[0] + line + ends[1] + " " + from + " : " + render.MermaidText(label) + "\n")
	}
	return out.String()
}

func fieldLine(f review.Field) string {
	text := render.MermaidWord(f.Type) + " " + render.MermaidWord(f.Name)
	if len(f.Keys) > 0 {
		text += " " + strings.Join(f.Keys, ", ")
	}
	var remarks []string
	if render.MermaidWord(f.Name) != f.Name {
		remarks = append(remarks, f.Name)
	}
	switch f.Change {
	case review.Added:
		remarks = append(remarks, "new: "+f.After)
	case review.Dropped:
		remarks = append(remarks, "dropped")
	case review.Renamed:
		remarks = append(remarks, "was "+f.Was)
		if f.Before != f.After {
			remarks = append(remarks, f.Before+" → "+f.After)
		}
	case review.Changed, review.Replaced:
		remarks = append(remarks, f.Before+" → "+f.After)
	}
	if len(remarks) > 0 {
		text += " " + render.MermaidText(strings.Join(remarks, "; "))
	}
	return text
}
