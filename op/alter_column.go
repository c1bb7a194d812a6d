package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// Attribute names one attribute of a column that [AlterColumn] can change.
type Attribute string

// The attributes of a column. An engine's own option is "option:" and its key, see [OptionAttribute].
const (
	TypeAttribute      Attribute = "type" // with charset and collation kept as they are
	NotNullAttribute   Attribute = "not_null"
	DefaultAttribute   Attribute = "default"
	GeneratedAttribute Attribute = "generated"
	IdentityAttribute  Attribute = "identity"
	CollationAttribute Attribute = "collation"
	CharsetAttribute   Attribute = "charset"
	CommentAttribute   Attribute = "comment"
)

// OptionAttribute returns the attribute for a key of [schema.Column.Options].
func OptionAttribute(key string) Attribute { return Attribute("option:" + key) }

// OptionKey returns the option's key, and whether the attribute is an option.
func (a Attribute) OptionKey() (string, bool) { return strings.CutPrefix(string(a), "option:") }

// AlterColumn changes attributes of a column.
type AlterColumn struct {
	Table schema.Name `json:"table"`
	Name  string      `json:"name"`
	// Attributes lists what changes. The new values are in To, where all else is meaningless.
	Attributes []Attribute   `json:"attributes"`
	To         schema.Column `json:"to"`
	// Using converts the values on a change of type: PostgreSQL's USING, and the expression that a SQLite rebuild copies.
	Using string `json:"using,omitempty"`
	// Position moves the column (MySQL).
	Position Position `json:"position,omitzero"`
	// Online changes it without blocking other sessions where the server can (MySQL); see [AddColumnStep.Online].
	Online bool `json:"online,omitempty"`
}

// Kind returns "alter_column".
func (o *AlterColumn) Kind() string { return "alter_column" }

// Subject returns the table's name.
func (o *AlterColumn) Subject() schema.Name { return o.Table }

// Changes reports whether the attribute is among those that change.
func (o *AlterColumn) Changes(attribute Attribute) bool {
	return slices.Contains(o.Attributes, attribute)
}

// String returns "alter column TABLE.NAME: …" with the new values.
func (o *AlterColumn) String() string {
	var parts []string
	for _, attribute := range o.Attributes {
		parts = append(parts, DescribeAttribute(&o.To, attribute))
	}
	if o.Position != (Position{}) {
		parts = append(parts, "position")
	}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	return fmt.Sprintf("alter column %s.%s: %s", o.Table, o.Name, strings.Join(parts, ", "))
}

// DescribeAttribute says in a few words what value an attribute of a column has: "NOT NULL", "default 0", "no default".
func DescribeAttribute(column *schema.Column, attribute Attribute) string {
	describe := func(what, value string) string {
		if value == "" {
			return "no " + what
		}
		return what + " " + value
	}
	switch attribute {
	case TypeAttribute:
		return describe("type", column.Type)
	case NotNullAttribute:
		if column.NotNull {
			return "NOT NULL"
		}
		return "NULL"
	case DefaultAttribute:
		return describe("default", column.Default)
	case GeneratedAttribute:
		if column.Generated == nil {
			return "not generated"
		}
		return "generated as " + column.Generated.Expr
	case IdentityAttribute:
		if column.Identity == nil {
			return "no identity"
		}
		return "identity " + string(column.Identity.Kind)
	case CollationAttribute:
		return describe("collation", column.Collation)
	case CharsetAttribute:
		return describe("charset", column.Charset)
	case CommentAttribute:
		return describe("comment", column.Comment)
	}
	if key, ok := attribute.OptionKey(); ok {
		value, has := column.Options.Get(key)
		if !has {
			return "no " + key
		}
		return strings.TrimSpace(key + " " + value)
	}
	return string(attribute)
}

// CopyAttribute sets one attribute of to as it is in from.
func CopyAttribute(to, from *schema.Column, attribute Attribute) {
	switch attribute {
	case TypeAttribute:
		to.Type = from.Type
	case NotNullAttribute:
		to.NotNull = from.NotNull
	case DefaultAttribute:
		to.Default = from.Default
	case GeneratedAttribute:
		to.Generated = from.Clone().Generated
	case IdentityAttribute:
		to.Identity = from.Identity.Clone()
	case CollationAttribute:
		to.Collation = from.Collation
	case CharsetAttribute:
		to.Charset = from.Charset
	case CommentAttribute:
		to.Comment = from.Comment
	}
	if key, ok := attribute.OptionKey(); ok {
		if value, has := from.Options.Get(key); has {
			to.Options.Set(key, value)
		} else {
			to.Options.Delete(key)
		}
	}
}

// Apply sets the attributes, and moves the column if the operation places it.
func (o *AlterColumn) Apply(s *schema.Schema) error {
	table, err := tableFor(o, s, o.Table)
	if err != nil {
		return err
	}
	at := columnIndex(table, o.Name)
	if at < 0 {
		return misfit(o, "there is no such column")
	}
	column := table.Columns[at]
	for _, attribute := range o.Attributes {
		CopyAttribute(column, &o.To, attribute)
	}
	if o.becomesRowID(s, column) {
		column.Type = "INTEGER"
	}
	if o.Position == (Position{}) {
		return nil
	}
	table.Columns = slices.Delete(table.Columns, at, at+1)
	to := 0
	if !o.Position.First {
		before := columnIndex(table, o.Position.After)
		if before < 0 {
			return misfit(o, "there is no column %s to place it after", o.Position.After)
		}
		to = before + 1
	}
	table.Columns = slices.Insert(table.Columns, to, column)
	return nil
}

// becomesRowID reports whether the column gets another type because it numbers itself from now on: SQLite knows
// AUTOINCREMENT for INTEGER only.
func (o *AlterColumn) becomesRowID(s *schema.Schema, column *schema.Column) bool {
	return s.Server.Dialect == schema.SQLite && o.Changes(IdentityAttribute) && o.To.Identity != nil && !strings.EqualFold(column.Type, "integer")
}

// Reverse sets the attributes back to what they were. A conversion by Using is not reversed: the reverse carries none.
func (o *AlterColumn) Reverse(before *schema.Schema) ([]Operation, error) {
	table, err := tableFor(o, before, o.Table)
	if err != nil {
		return nil, err
	}
	column := table.Column(o.Name)
	if column == nil {
		return nil, misfit(o, "there is no such column")
	}
	undo := &AlterColumn{Table: o.Table, Name: o.Name, Attributes: slices.Clone(o.Attributes), Online: o.Online}
	for _, attribute := range o.Attributes {
		CopyAttribute(&undo.To, column, attribute)
	}
	if o.becomesRowID(before, column) && !o.Changes(TypeAttribute) {
		undo.Attributes = append(undo.Attributes, TypeAttribute)
		undo.To.Type = column.Type
	}
	if o.Position != (Position{}) {
		undo.Position = Position{First: true}
		if at := columnIndex(table, o.Name); at > 0 {
			undo.Position = Position{After: table.Columns[at-1].Name}
		}
	}
	return []Operation{undo}, nil
}
