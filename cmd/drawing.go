package cmd

import (
	"io"
	"strings"

	"github.com/retort-db/retort/cmd/internal/dag"
	"github.com/retort-db/retort/versions"
)

// draw answers with a picture of revisions; in JSON their parents say the same.
func (i *invocation) draw(h *history, metas []versions.Meta) error {
	entries := h.entries(metas)
	var position *versions.Position
	if h.known {
		var err error
		if position, err = h.graph.At(h.current); err != nil {
			return i.inTable(err)
		}
	}
	return i.answer(map[string]any{"revisions": entries}, func(w io.Writer) error {
		style := i.style(w)
		nodes := make([]dag.Node, len(entries))
		for n, e := range entries {
			nodes[n] = dag.Node{
				ID: e.ID, Parents: e.Revises, Dependencies: h.graph.Dependencies(e.ID),
				Hollow: position != nil && !position.Applied(e.ID),
				Text:   e.short(style) + messageSuffix(firstLine(e.Message), style),
			}
			if i.Bool("verbose") {
				nodes[n].Text = e.block(style)
			}
		}
		if len(nodes) == 0 {
			return nil
		}
		_, err := io.WriteString(w, strings.Join(dag.Draw(nodes, i.glyphs()), "\n")+"\n")
		return err
	})
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// glyphs are those that the terminal's locale can show.
func (p *program) glyphs() dag.Glyphs {
	for _, variable := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		locale, _ := p.Lookup(variable)
		if locale == "" {
			continue
		}
		locale = strings.ToLower(locale)
		if strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8") {
			return dag.Unicode
		}
		return dag.ASCII
	}
	return dag.ASCII
}
