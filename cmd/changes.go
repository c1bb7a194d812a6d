package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/review"
	"github.com/retort-db/retort/schema"
)

// change is an operation as an answer shows it.
type change struct {
	Mark   string `json:"-"` // "+", "-" or "~"
	Kind   string `json:"kind"`
	Table  string `json:"table,omitempty"`
	Text   string `json:"text"`
	Origin string `json:"origin,omitempty"` // "models.User.Phone"
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
}

// changesOf describes operations in their order. The target tells where in the models something is declared.
func changesOf(operations []op.Operation, target *schema.Schema) []change {
	out := []change{}
	for _, operation := range operations {
		if batch, ok := operation.(*op.Batch); ok {
			out = append(out, changesOf(batch.Operations, target)...)
			continue
		}
		at := review.OriginOf(operation, target)
		out = append(out, change{
			Mark: markOf(operation.Kind()), Kind: operation.Kind(), Table: subjectOf(operation), Text: operation.String(),
			Origin: at.String(), File: at.File, Line: at.Line,
		})
	}
	return out
}

func markOf(kind string) string {
	switch verb, _, _ := strings.Cut(kind, "_"); verb {
	case "create", "add":
		return "+"
	case "drop":
		return "-"
	}
	return "~"
}

func subjectOf(operation op.Operation) string {
	if name := operation.Subject(); name != (schema.Name{}) {
		return name.String()
	}
	return ""
}

// writeChanges prints changes one to a line, with the place in the models at the end.
func writeChanges(w io.Writer, style output.Style, changes []change) error {
	width := 0
	for _, c := range changes {
		if c.File != "" {
			width = max(width, len([]rune(c.Text)))
		}
	}
	width = min(width, 90)
	for _, c := range changes {
		text, place := c.Text, ""
		if c.File != "" {
			place = fmt.Sprintf("%s:%d", c.File, c.Line)
			text += strings.Repeat(" ", max(width-len([]rune(c.Text)), 0)+2)
		}
		colour := map[string]func(string) string{"+": style.Green, "-": style.Red, "~": style.Yellow}[c.Mark]
		if _, err := fmt.Fprintf(w, "  %s %s%s\n", colour(c.Mark), text, style.Dim(place)); err != nil {
			return err
		}
	}
	return nil
}

// sameChanges reports whether two lists read the same.
func sameChanges(a, b []change) bool { return slices.Equal(a, b) }
