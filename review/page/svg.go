package page

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/retort-db/retort/review"
)

const (
	// advance is the width of a character of the diagram's font, 12 pixels high. Monospaced fonts have 0.55 to 0.61.
	advance    = 7.35
	rowHeight  = 20
	headHeight = 28
	padding    = 12
	// mostEntities is how many tables a diagram shows; more help nobody.
	mostEntities = 100
	mostName     = 36
	mostType     = 44
)

// drawing is a diagram as SVG.
type drawing struct {
	SVG           string
	Width, Height int
	Left          int // tables that are left out
}

// entity is a table of the diagram with what is written in it.
type entity struct {
	review.Entity
	*box
	rows []row
}

// row is a line of a table: a column, or how many are left out.
type row struct {
	change           review.Change
	sign, keys, name string
	right            string // the type, or what changes
	title            string // everything, for who points at it
}

// draw lays a diagram out and writes it. The anchors are those of the tables on the page, by name.
func draw(d review.Diagram, anchors map[string]string) drawing {
	entities, left := choose(d)
	index := map[string]int{}
	boxes := make([]*box, len(entities))
	for i, e := range entities {
		index[e.Name], boxes[i] = i, e.box
	}
	var links []link
	var edges []review.Edge
	for _, edge := range d.Edges {
		from, okFrom := index[edge.From]
		to, okTo := index[edge.To]
		if okFrom && okTo {
			links, edges = append(links, link{from, to}), append(edges, edge)
		}
	}
	width, height := layout(boxes, links)
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="diagram" viewBox="0 0 %d %d" width="%d" height="%d" role="group" aria-labelledby="diagram-title diagram-about" xmlns="http://www.w3.org/2000/svg">`+"\n", width, height, width, height)
	fmt.Fprintf(&out, `<title id="diagram-title">Diagram of the tables that change</title>`+"\n")
	fmt.Fprintf(&out, `<desc id="diagram-about">%s</desc>`+"\n", html.EscapeString(describe(entities, edges)))
	out.WriteString(`<g class="edges">` + "\n")
	for i, edge := range edges {
		drawEdge(&out, edge, entities[links[i].from], entities[links[i].to], spread(links, i))
	}
	out.WriteString("</g>\n")
	for _, e := range entities {
		drawEntity(&out, e, anchors[e.Name])
	}
	out.WriteString("</svg>")
	return drawing{SVG: out.String(), Width: width, Height: height, Left: left}
}

// choose takes the tables to show: those that change first, if they are too many.
func choose(d review.Diagram) (entities []*entity, left int) {
	all := slices.Clone(d.Entities)
	if len(all) > mostEntities {
		slices.SortStableFunc(all, func(a, b review.Entity) int { return neighbour(a) - neighbour(b) })
		left = len(all) - mostEntities
		all = all[:mostEntities]
	}
	for _, e := range all {
		entities = append(entities, newEntity(e))
	}
	return entities, left
}

func neighbour(e review.Entity) int {
	if e.Change == review.Kept {
		return 1
	}
	return 0
}

func newEntity(of review.Entity) *entity {
	e := &entity{Entity: of}
	for _, field := range of.Fields {
		e.rows = append(e.rows, fieldRow(field))
	}
	if of.More > 0 {
		e.rows = append(e.rows, row{name: fmt.Sprintf("… %d more, unchanged", of.More)})
	}
	widest := columns(e.label()) + 1
	for _, r := range e.rows {
		widest = max(widest, 2+len(r.keys)+1+columns(r.name)+2+columns(r.right))
	}
	e.box = &box{name: of.Name, width: int(float64(widest)*advance) + 2*padding, height: headHeight + len(e.rows)*rowHeight}
	if len(e.rows) > 0 {
		e.height += 8
	}
	return e
}

// label is the name with the sign before it.
func (e *entity) label() string {
	label := cut(e.Name, mostName)
	if e.Was != "" {
		label = cut(e.Was, mostName/2) + " → " + label
	}
	if e.Change == review.Kept {
		return label
	}
	return sign(e.Change) + " " + label
}

// sign is a change in one character.
func sign(change review.Change) string {
	switch change {
	case review.Added:
		return "+"
	case review.Dropped:
		return "−"
	case review.Kept:
		return ""
	}
	return "~"
}

func fieldRow(f review.Field) row {
	r := row{change: f.Change, sign: sign(f.Change), keys: strings.Join(f.Keys, " "), name: cut(f.Name, mostName), right: cut(f.Type, mostType)}
	r.title = f.Name + " " + f.Type
	switch f.Change {
	case review.Added:
		r.title = "added: " + f.Name + " " + f.After
	case review.Dropped:
		r.title = "dropped: " + f.Name + " " + f.Before
	case review.Renamed:
		r.name = cut(f.Was, mostName/2) + " → " + cut(f.Name, mostName/2)
		r.title = "renamed: " + f.Was + " to " + f.Name
	}
	if f.Before != f.After && f.Before != "" && f.After != "" {
		before, after := shortened(f.Before, f.After)
		r.right = cut(before, mostType/2) + " → " + cut(after, mostType/2)
		r.title += ", from " + f.Before + " to " + f.After
	}
	return r
}

// shortened leaves out the words that two definitions have in common at their beginnings and ends.
func shortened(before, after string) (string, string) {
	a, b := strings.Fields(before), strings.Fields(after)
	for len(a) > 1 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 1 && len(b) > 1 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return strings.Join(a, " "), strings.Join(b, " ")
}

// describe says in words what the diagram shows.
func describe(entities []*entity, edges []review.Edge) string {
	var parts []string
	for _, e := range entities {
		if e.Change == review.Kept {
			continue
		}
		text := e.Name + " is " + string(e.Change)
		if e.Was != "" {
			text = e.Was + " is renamed to " + e.Name
		}
		parts = append(parts, text)
	}
	for _, edge := range edges {
		if edge.Change == review.Kept {
			continue
		}
		parts = append(parts, fmt.Sprintf("the foreign key from %s (%s) to %s is %s", edge.From, strings.Join(edge.Columns, ", "), edge.To, edge.Change))
	}
	const most = 40
	if len(parts) > most {
		parts = append(parts[:most], fmt.Sprintf("and %d more", len(parts)-most))
	}
	return strings.Join(parts, "; ") + ". The section on changes says the same in tables."
}

func class(change review.Change) string {
	switch change {
	case review.Kept:
		return "kept"
	case review.Renamed, review.Replaced:
		return "changed"
	}
	return string(change)
}

func drawEntity(out *strings.Builder, e *entity, anchor string) {
	name := e.Name + ", beside them"
	if e.Change != review.Kept {
		name = e.Name + ", " + string(e.Change)
	}
	tag, end := fmt.Sprintf(`<g class="entity %s">`, class(e.Change)), "</g>"
	if anchor != "" {
		tag, end = fmt.Sprintf(`<a class="entity %s" href="#%s" aria-label="%s">`, class(e.Change), html.EscapeString(anchor), html.EscapeString(name)), "</a>"
	}
	out.WriteString(tag + "\n")
	fmt.Fprintf(out, "<title>%s</title>\n", html.EscapeString(name))
	fmt.Fprintf(out, `<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="7"/>`+"\n", e.x, e.y, e.width, e.height)
	bottom := headHeight
	if len(e.rows) == 0 {
		fmt.Fprintf(out, `<rect class="head" x="%d" y="%d" width="%d" height="%d" rx="7"/>`+"\n", e.x, e.y, e.width, bottom)
	} else {
		fmt.Fprintf(out, `<path class="head" d="M%d %dv-%da7 7 0 0 1 7-7h%da7 7 0 0 1 7 7v%dz"/>`+"\n", e.x, e.y+bottom, bottom-7, e.width-14, bottom-7)
	}
	fmt.Fprintf(out, `<text class="name" x="%d" y="%d">%s</text>`+"\n", e.x+padding, e.y+19, html.EscapeString(e.label()))
	for i, r := range e.rows {
		drawRow(out, e, i, r)
	}
	out.WriteString(end + "\n")
}

func drawRow(out *strings.Builder, e *entity, i int, r row) {
	y := e.rowMiddle(i)
	kind := class(r.change)
	if r.right == "" {
		kind = "more"
	}
	fmt.Fprintf(out, `<g class="row %s">`, kind)
	if r.title != "" {
		fmt.Fprintf(out, "<title>%s</title>", html.EscapeString(r.title))
	}
	if r.change != review.Kept {
		fmt.Fprintf(out, `<rect class="mark" x="%d" y="%d" width="%d" height="%d"/>`, e.x+1, y-rowHeight/2, e.width-2, rowHeight)
		fmt.Fprintf(out, `<text class="sign" x="%d" y="%d">%s</text>`, e.x+padding-4, y+4, r.sign)
	}
	x := float64(e.x + padding + 10)
	if r.keys != "" {
		fmt.Fprintf(out, `<text class="key" x="%.1f" y="%d">%s</text>`, x, y+4, r.keys)
		x += float64(len(r.keys)+1) * advance * 0.84
	}
	fmt.Fprintf(out, `<text class="field" x="%.1f" y="%d">%s</text>`, x, y+4, html.EscapeString(r.name))
	if r.right != "" {
		fmt.Fprintf(out, `<text class="type" x="%d" y="%d">%s</text>`, e.x+e.width-padding, y+4, html.EscapeString(r.right))
	}
	out.WriteString("</g>\n")
}

func (e *entity) rowMiddle(i int) int { return e.y + headHeight + 4 + i*rowHeight + rowHeight/2 }

// port is the height at which a line leaves or reaches a table: that of the column, or of the head.
func (e *entity) port(column string) int {
	for i, field := range e.Fields {
		if field.Name == column {
			return e.rowMiddle(i)
		}
	}
	return e.y + headHeight/2
}

// spread tells lines that end at one table apart by a few pixels.
func spread(links []link, at int) int {
	before := 0
	for _, l := range links[:at] {
		if l.to == links[at].to {
			before++
		}
	}
	return (before%5 - 2) * 4
}

// drawEdge draws a foreign key: from the column of the table that refers to the head of the other, with a crow's foot where
// there are many rows and a bar, or a circle for none, where there is one.
func drawEdge(out *strings.Builder, edge review.Edge, from, to *entity, shift int) {
	x1, y1 := from.x, from.port(edge.Columns[0])
	x2, y2 := to.x+to.width, to.y+headHeight/2+shift
	start, end := -1, 1 // the directions in which the line leaves its ends
	if x2 > x1-24 {     // not left of it: around the right side, or for a table itself around its corner
		x1, start = from.x+from.width, 1
	}
	bend := max(abs(x1-x2)/2, 36)
	fmt.Fprintf(out, `<g class="edge %s"><title>%s</title>`, class(edge.Change), html.EscapeString(edgeTitle(edge)))
	fmt.Fprintf(out, `<path d="M%d %dC%d %d %d %d %d %d"/>`, x1, y1, x1+start*bend, y1, x2+end*bend, y2, x2, y2)
	if edge.One {
		fmt.Fprintf(out, `<path d="M%d %dv10"/>`, x1+start*8, y1-5)
	} else {
		fmt.Fprintf(out, `<path d="M%d %dL%d %dL%d %d"/>`, x1, y1-5, x1+start*10, y1, x1, y1+5)
	}
	if edge.Optional {
		fmt.Fprintf(out, `<circle cx="%d" cy="%d" r="3.5"/>`, x2+end*7, y2)
	} else {
		fmt.Fprintf(out, `<path d="M%d %dv8"/>`, x2+end*6, y2-4)
	}
	out.WriteString("</g>\n")
}

func edgeTitle(edge review.Edge) string {
	text := fmt.Sprintf("%s (%s) refers to %s", edge.From, strings.Join(edge.Columns, ", "), edge.To)
	if edge.Change != review.Kept {
		text = string(edge.Change) + ": " + text
	}
	return text
}

func abs(n int) int { return max(n, -n) }
