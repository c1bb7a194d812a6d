package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/output"
	"github.com/retort-db/retort/op"
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
		at := originOf(operation, target)
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

// originOf tells where in the models the object of an operation is declared, as far as it is there.
func originOf(operation op.Operation, target *schema.Schema) schema.Origin {
	switch o := operation.(type) {
	case *op.CreateTable:
		return o.Table.Origin
	case *op.AddColumn:
		return o.Column.Origin
	case *op.AlterColumn:
		return columnOrigin(target, o.Table, o.Name)
	case *op.RenameColumn:
		return columnOrigin(target, o.Table, o.To)
	case *op.RenameTable:
		return tableOrigin(target, o.To)
	case *op.CreateIndex:
		return o.Index.Origin
	case *op.AddConstraint:
		return constraintOrigin(o)
	}
	return tableOrigin(target, operation.Subject())
}

func constraintOrigin(o *op.AddConstraint) schema.Origin {
	switch {
	case o.PrimaryKey != nil:
		return o.PrimaryKey.Origin
	case o.Unique != nil:
		return o.Unique.Origin
	case o.ForeignKey != nil:
		return o.ForeignKey.Origin
	case o.Check != nil:
		return o.Check.Origin
	case o.Exclusion != nil:
		return o.Exclusion.Origin
	}
	return schema.Origin{}
}

func tableOrigin(target *schema.Schema, name schema.Name) schema.Origin {
	if target == nil {
		return schema.Origin{}
	}
	if table := target.Table(name); table != nil {
		return table.Origin
	}
	return schema.Origin{}
}

func columnOrigin(target *schema.Schema, table schema.Name, column string) schema.Origin {
	if target == nil {
		return schema.Origin{}
	}
	if found := target.Table(table); found != nil {
		for _, c := range found.Columns {
			if c.Name == column {
				return c.Origin
			}
		}
	}
	return schema.Origin{}
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
