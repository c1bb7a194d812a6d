// Package dag draws a graph in the terminal as version control systems do: one node a line, each above those that it
// follows, and lines between them. It computes only: the same nodes give the same picture.
package dag

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Node is one node of a picture.
type Node struct {
	ID string
	// Parents are joined by solid lines, Dependencies by dotted ones. Of what is not in the picture, parents are shown by a
	// line that breaks off, and dependencies not at all.
	Parents, Dependencies []string
	// Hollow nodes are drawn as circles, the others as discs.
	Hollow bool
	// Text stands beside the node; it may have several lines.
	Text string
}

// Glyphs are the characters that a picture is made of.
type Glyphs struct {
	disc, circle, broken         string
	vertical, horizontal         string
	dottedVertical, dottedAcross string
	// corners are by the sides that they join.
	corners map[sides]string
}

// sides are the directions in which a cell is connected.
type sides struct{ up, down, left, right bool }

// Unicode draws with lines, ASCII with what every terminal has.
var (
	Unicode = Glyphs{
		disc: "●", circle: "○", broken: "~", vertical: "│", horizontal: "─", dottedVertical: "┊", dottedAcross: "┄",
		corners: map[sides]string{
			{up: true, down: true, right: true}: "├", {up: true, down: true, left: true}: "┤",
			{down: true, left: true, right: true}: "┬", {up: true, left: true, right: true}: "┴",
			{up: true, down: true, left: true, right: true}: "┼",
			{down: true, right: true}:                       "╭", {down: true, left: true}: "╮",
			{up: true, right: true}: "╰", {up: true, left: true}: "╯",
		},
	}
	ASCII = Glyphs{disc: "*", circle: "o", broken: "~", vertical: "|", horizontal: "-", dottedVertical: ":", dottedAcross: "."}
)

// lane is a column of the picture: the line that goes down to the node which it waits for.
type lane struct {
	to     string // empty if the column is free
	dotted bool
}

type picture struct {
	glyphs Glyphs
	known  map[string]bool
	lanes  []lane
	rows   []string
	// ended is the column of the node in the last row if nothing goes on from there, or -1.
	ended int
}

// Draw returns the lines of the picture, without line ends and without spaces at their ends. Nodes must come before those
// that they follow; an edge to a node that was drawn already is left out.
func Draw(nodes []Node, glyphs Glyphs) []string {
	p := &picture{glyphs: glyphs, known: map[string]bool{}, ended: -1}
	for _, node := range nodes {
		p.known[node.ID] = true
	}
	for _, node := range nodes {
		p.draw(node)
	}
	return p.rows
}

func (p *picture) draw(node Node) {
	at := p.place(node.ID)
	if at == p.ended {
		p.rows = append(p.rows, strings.TrimRight(p.plainRow(), " ")) // or the node would seem to follow
	}
	delete(p.known, node.ID)
	before := slices.Clone(p.lanes)
	before[at] = lane{to: node.ID}
	gutters := []string{p.nodeRow(before, at, node.Hollow)}
	p.lanes[at] = lane{}
	links := p.link(at, node)
	if len(links) > 0 {
		gutters = append(gutters, p.linkRow(before, at, links))
	}
	if p.lanes[at].to == "" && len(links) == 0 && p.leavesPicture(node) {
		gutters = append(gutters, p.brokenRow(at))
	}
	for len(p.lanes) > 0 && p.lanes[len(p.lanes)-1].to == "" {
		p.lanes = p.lanes[:len(p.lanes)-1]
	}
	text := strings.Split(node.Text, "\n")
	for len(gutters) < len(text) {
		gutters = append(gutters, p.plainRow())
	}
	p.ended = -1
	if len(gutters) == 1 && (at >= len(p.lanes) || p.lanes[at].to == "") {
		p.ended = at
	}
	for i, gutter := range gutters {
		if i < len(text) && text[i] != "" {
			if missing := 2*(at+1) - utf8.RuneCountInString(gutter); missing > 0 {
				gutter += strings.Repeat(" ", missing)
			}
			gutter += text[i]
		}
		p.rows = append(p.rows, strings.TrimRight(gutter, " "))
	}
}

// place returns the column of a node: the one that waits for it, or a free one.
func (p *picture) place(id string) int {
	at := slices.IndexFunc(p.lanes, func(l lane) bool { return l.to == id })
	if at < 0 {
		at = p.free(0, nil)
	}
	return at
}

// free returns the first free column from an index on that is not taken, and makes one if there is none.
func (p *picture) free(from int, taken []lane) int {
	for i := from; i < len(p.lanes); i++ {
		if p.lanes[i].to == "" && (i >= len(taken) || taken[i].to == "") {
			return i
		}
	}
	p.lanes = append(p.lanes, lane{})
	return len(p.lanes) - 1
}

// link is a line from the column of a node to another column.
type link struct {
	to     int
	dotted bool
}

// link gives each edge of a node a column and returns those that lead to another one.
func (p *picture) link(at int, node Node) []link {
	before := slices.Clone(p.lanes)
	var links []link
	seen := map[string]bool{}
	edge := func(id string, dotted bool) {
		if !p.known[id] || seen[id] {
			return
		}
		seen[id] = true
		own := p.lanes[at].to == ""
		to := slices.IndexFunc(p.lanes, func(l lane) bool { return l.to == id })
		switch {
		case to < 0 && own:
			p.lanes[at] = lane{id, dotted}
			return
		case to < 0:
			to = p.free(at+1, before)
			p.lanes[to] = lane{id, dotted}
		case own && to > at:
			// The line that comes from the right ends here, which keeps the picture narrow.
			p.lanes[at] = lane{id, dotted && p.lanes[to].dotted}
			p.lanes[to] = lane{}
		default:
			p.lanes[to].dotted = dotted && p.lanes[to].dotted
		}
		links = append(links, link{to, dotted})
	}
	for _, id := range node.Parents {
		edge(id, false)
	}
	for _, id := range node.Dependencies {
		edge(id, true)
	}
	return links
}

func (p *picture) leavesPicture(node Node) bool {
	return len(node.Parents) > 0 && !slices.ContainsFunc(node.Parents, func(id string) bool { return p.known[id] })
}

func (p *picture) line(l lane) string {
	switch {
	case l.to == "":
		return " "
	case l.dotted:
		return p.glyphs.dottedVertical
	}
	return p.glyphs.vertical
}

func (p *picture) nodeRow(lanes []lane, at int, hollow bool) string {
	var out strings.Builder
	for i, l := range lanes {
		switch {
		case i != at:
			out.WriteString(p.line(l))
		case hollow:
			out.WriteString(p.glyphs.circle)
		default:
			out.WriteString(p.glyphs.disc)
		}
		out.WriteString(" ")
	}
	return out.String()
}

func (p *picture) plainRow() string {
	var out strings.Builder
	for _, l := range p.lanes {
		out.WriteString(p.line(l) + " ")
	}
	return out.String()
}

func (p *picture) brokenRow(at int) string {
	var out strings.Builder
	for i, l := range p.lanes {
		if i == at {
			out.WriteString(p.glyphs.broken + " ")
			continue
		}
		out.WriteString(p.line(l) + " ")
	}
	return out.String()
}

// linkRow draws the lines from a node to other columns. Where one only crosses another column, that one goes through.
func (p *picture) linkRow(before []lane, at int, links []link) string {
	var out strings.Builder
	for i, after := range p.lanes {
		was := lane{}
		if i < len(before) {
			was = before[i]
		}
		left, _ := across(i-1, at, links)
		right, dotted := across(i, at, links)
		joined := i == at || slices.ContainsFunc(links, func(l link) bool { return l.to == i })
		switch {
		case joined:
			out.WriteString(p.corner(sides{was.to != "", after.to != "", left, right}))
		case after.to == "" && left:
			_, dotted := across(i-1, at, links)
			out.WriteString(p.stroke(dotted))
		default:
			out.WriteString(p.line(after))
		}
		if right {
			out.WriteString(p.stroke(dotted))
		} else {
			out.WriteString(" ")
		}
	}
	return out.String()
}

// across reports whether a line passes between a column and the next, and whether all that do are dotted.
func across(column, at int, links []link) (passes, dotted bool) {
	dotted = true
	for _, l := range links {
		if min(at, l.to) <= column && column < max(at, l.to) {
			passes, dotted = true, dotted && l.dotted
		}
	}
	return passes, dotted
}

func (p *picture) stroke(dotted bool) string {
	if dotted {
		return p.glyphs.dottedAcross
	}
	return p.glyphs.horizontal
}

func (p *picture) corner(s sides) string {
	if glyph, ok := p.glyphs.corners[s]; ok {
		return glyph
	}
	return "+"
}
