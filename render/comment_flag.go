package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// upgradeComments returns the lines above a step that is flagged as a likely rename.
func upgradeComments(plan EnginePlan, at int) []string {
	operation := plan.Upgrade[at]
	kind, table, from, to := flagOf(operation)
	if kind == "" {
		return nil
	}
	note := RenameNote{Kind: kind, Table: table, From: from, To: to}
	certainty, text := "LIKELY", note.subject()
	for _, known := range plan.Renames {
		if known.matches(note) {
			text = known.String()
			if known.Certainty == "possible" {
				certainty = "POSSIBLE"
			}
		}
	}
	lines := []string{"// " + certainty + " RENAME " + printable(text) + "."}
	lines = append(lines, prose("As written, "+lossOf(note)+withoutValue(plan, note)+". To keep them, replace "+pairWords(plan.Upgrade, at, note)+" by:")...)
	for _, replacement := range replacementLines(plan, note) {
		lines = append(lines, "//	"+replacement)
	}
	return lines
}

func lossOf(note RenameNote) string {
	switch note.Kind {
	case "table":
		return "the rows of " + printable(note.From) + " are lost"
	case "enum value":
		return "rows that hold the value " + printable(note.From) + " make the step fail"
	}
	return "the values in " + printable(note.Table.String()+"."+note.From) + " are lost"
}

// withoutValue says that existing rows have no value for the new column, where they would need one.
func withoutValue(plan EnginePlan, note RenameNote) string {
	for _, operation := range flatten(plan.Upgrade) {
		add, ok := operation.(*op.AddColumn)
		if !ok || !creates(add, note) {
			continue
		}
		column := add.Column
		if column.NotNull && column.Default == "" && column.Generated == nil && column.Identity == nil {
			return ", and existing rows have none for " + printable(note.To) + ", which is NOT NULL"
		}
	}
	return ""
}

// pairWords says which lines the rename replaces.
func pairWords(operations []op.Operation, at int, note RenameNote) string {
	if at+1 < len(operations) && creates(operations[at+1], note) {
		return "both lines"
	}
	return "this line and the one that creates " + printable(note.To)
}

// creates reports whether an operation creates what a flagged object was perhaps renamed to.
func creates(operation op.Operation, note RenameNote) bool {
	switch o := operation.(type) {
	case *op.CreateTable:
		return note.Kind == "table" && o.Table.Name.String() == note.To
	case *op.AddColumn:
		return note.Kind == "column" && o.Table == note.Table && o.Column.Name == note.To
	case *op.AlterEnum:
		return note.Kind == "enum value" && o.Name == note.Table && o.Add == note.To
	}
	return false
}

// flagOf returns the kind, place and names of a flag, or an empty kind.
func flagOf(operation op.Operation) (kind string, table schema.Name, from, to string) {
	switch o := operation.(type) {
	case *op.DropTable:
		if o.RenamedTo != "" {
			return "table", schema.Name{}, o.Name.String(), o.RenamedTo
		}
	case *op.DropColumn:
		if o.RenamedTo != "" {
			return "column", o.Table, o.Name, o.RenamedTo
		}
	case *op.AlterEnum:
		if o.RenamedTo != "" && len(o.Remove) > 0 {
			return "enum value", o.Name, strings.Join(o.Remove, ", "), o.RenamedTo
		}
	}
	return "", schema.Name{}, "", ""
}

// replacementLines returns the calls that a rename consists of.
func replacementLines(plan EnginePlan, note RenameNote) []string {
	switch note.Kind {
	case "table":
		return []string{fmt.Sprintf("m.RenameTable(%q, %q)", note.From, note.To)}
	case "enum value":
		return []string{fmt.Sprintf("m.RenameEnumValue(%q, %q, %q)", note.Table.String(), note.From, note.To)}
	}
	rename := &op.RenameColumn{Table: note.Table, From: note.From, To: note.To, Field: fieldAfterRename(plan, note)}
	lines := []string{columnCall(rename).code(0).GoString()}
	if alter := alterationAfterRename(plan, note); alter != nil {
		lines = append(lines, alter.code(0).GoString())
	}
	return lines
}

// fieldAfterRename returns what the new column records of its field.
func fieldAfterRename(plan EnginePlan, note RenameNote) string {
	for _, operation := range flatten(plan.Upgrade) {
		if add, ok := operation.(*op.AddColumn); ok && creates(add, note) {
			return add.Column.Field
		}
	}
	return ""
}

// alterationAfterRename returns what has to change besides the name, or nil.
func alterationAfterRename(plan EnginePlan, note RenameNote) *chain {
	if plan.Before == nil {
		return nil
	}
	table := plan.Before.Table(note.Table)
	if table == nil || table.Column(note.From) == nil {
		return nil
	}
	for _, operation := range flatten(plan.Upgrade) {
		add, ok := operation.(*op.AddColumn)
		if !ok || !creates(add, note) {
			continue
		}
		alter := &op.AlterColumn{Table: note.Table, Name: note.To, To: *add.Column}
		alter.Attributes = differing(table.Column(note.From), add.Column)
		if len(alter.Attributes) > 0 {
			return alterColumn(alter)
		}
	}
	return nil
}

// differing returns the attributes in which two columns differ, as they are written.
func differing(from, to *schema.Column) []op.Attribute {
	attributes := []op.Attribute{op.TypeAttribute, op.CharsetAttribute, op.CollationAttribute, op.NotNullAttribute,
		op.DefaultAttribute, op.GeneratedAttribute, op.IdentityAttribute, op.CommentAttribute}
	for _, options := range []schema.Options{from.Options, to.Options} {
		for _, option := range options {
			if attribute := op.OptionAttribute(option.Key); !slices.Contains(attributes, attribute) {
				attributes = append(attributes, attribute)
			}
		}
	}
	return slices.DeleteFunc(attributes, func(attribute op.Attribute) bool {
		return op.DescribeAttribute(from, attribute) == op.DescribeAttribute(to, attribute)
	})
}
