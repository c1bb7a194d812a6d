package render

import (
	"reflect"
	"slices"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

func function(name string, args ...node) *chain { return &chain{name: name, args: args} }

func texts(list []string) []node {
	out := make([]node, len(list))
	for i, item := range list {
		out[i] = text(item)
	}
	return out
}

// tableElements returns what a table is made of, as arguments of CreateTable, with a key for each by which those of
// several engines are matched. Indexes are not among them: the recorder creates them in operations of their own.
func tableElements(dialect schema.Dialect, table *schema.Table) (elements []node, keys []string) {
	add := func(key string, element *chain) {
		elements, keys = append(elements, element), append(keys, key)
	}
	for _, column := range table.Columns {
		element := columnElement(column)
		if key := table.PrimaryKey; key != nil && dialect != schema.SQLite && slices.Contains(key.Columns, column.Name) {
			element.imply("NotNull")
		}
		if column.Identity != nil && dialect == schema.Postgres {
			element.imply("NotNull")
		}
		add("column "+column.Name, element)
	}
	for _, constraint := range constraintsOf(table) {
		element := constraintElement(constraint)
		add(constraintKey(constraint), element)
	}
	if table.Comment != "" {
		add("comment", function("Comment", text(table.Comment)))
	}
	for _, option := range table.Options {
		add("option "+option.Key, function("Option", dialectSymbol(dialect), text(option.Key), text(option.Value)))
	}
	if partition := table.Partition; partition != nil {
		if partition.By != "" {
			add("partition by", function("PartitionBy", text(partition.By)))
		}
		if partition.Of != (schema.Name{}) || partition.Bound != "" {
			add("partition of", function("PartitionOf", text(partition.Of.String()), text(partition.Bound)))
		}
	}
	if len(table.Inherits) > 0 {
		parents := make([]node, len(table.Inherits))
		for i, parent := range table.Inherits {
			parents[i] = text(parent.String())
		}
		add("inherits", function("Inherits", parents...))
	}
	if table.Virtual != "" {
		add("virtual", function("Virtual", text(table.Virtual)))
	}
	for _, accepted := range table.Accepts {
		add("accepts "+accepted.Key, function("Accepts", attributeNode(op.Attribute(accepted.Key)), text(accepted.Value)))
	}
	if table.Model != "" {
		add("model", function("Model", text(table.Model)))
	}
	if table.Unmanaged {
		add("unmanaged", function("Unmanaged"))
	}
	return elements, keys
}

func (c *chain) imply(name string) {
	for i := range c.calls {
		if c.calls[i].name == name {
			c.calls[i].implied = true
		}
	}
}

// constraintsOf returns the constraints of a table as the operations that would add them.
func constraintsOf(table *schema.Table) []*op.AddConstraint {
	var out []*op.AddConstraint
	add := func(constraint op.AddConstraint) {
		constraint.Table = table.Name
		out = append(out, &constraint)
	}
	if table.PrimaryKey != nil {
		add(op.AddConstraint{PrimaryKey: table.PrimaryKey})
	}
	for _, unique := range table.Uniques {
		add(op.AddConstraint{Unique: unique})
	}
	for _, key := range table.ForeignKeys {
		add(op.AddConstraint{ForeignKey: key})
	}
	for _, check := range table.Checks {
		add(op.AddConstraint{Check: check})
	}
	for _, exclusion := range table.Exclusions {
		add(op.AddConstraint{Exclusion: exclusion})
	}
	return out
}

// constraintKey tells constraints of one table apart.
func constraintKey(constraint *op.AddConstraint) string {
	if constraint.Type() == op.PrimaryKeyConstraint {
		return string(op.PrimaryKeyConstraint)
	}
	if name := constraint.Name(); name != "" {
		return string(constraint.Type()) + " " + name
	}
	return constraint.String()
}

func columnElement(column *schema.Column) *chain {
	out := function("Column", text(column.Name), text(column.Type))
	if column.NotNull {
		out.keyed("not null", "NotNull")
	}
	identityCall(out, column.Identity)
	if column.Default != "" {
		out.keyed("default", "Default", text(column.Default))
	}
	generatedCall(out, column.Generated)
	if column.Collation != "" {
		out.with("Collate", text(column.Collation))
	}
	if column.Charset != "" {
		out.with("Charset", text(column.Charset))
	}
	if column.Comment != "" {
		out.with("Comment", text(column.Comment))
	}
	optionCalls(out, column.Options)
	for _, accepted := range column.Accepts {
		out.keyed("accepts "+accepted.Key, "Accepts", attributeNode(op.Attribute(accepted.Key)), text(accepted.Value))
	}
	if column.Field != "" {
		out.with("Field", text(column.Field))
	}
	if column.Unmanaged {
		out.with("Unmanaged")
	}
	return out
}

// attributeNode returns the constant for an attribute, so that a typing error does not compile.
func attributeNode(attribute op.Attribute) node {
	for _, known := range []struct {
		name      string
		attribute op.Attribute
	}{
		{"TypeAttribute", op.TypeAttribute}, {"NotNullAttribute", op.NotNullAttribute}, {"DefaultAttribute", op.DefaultAttribute},
		{"GeneratedAttribute", op.GeneratedAttribute}, {"IdentityAttribute", op.IdentityAttribute},
		{"CollationAttribute", op.CollationAttribute}, {"CharsetAttribute", op.CharsetAttribute},
		{"CommentAttribute", op.CommentAttribute},
	} {
		if known.attribute == attribute {
			return symbol{opPath, known.name, attribute}
		}
	}
	return text(attribute)
}

func identityCall(out *chain, identity *schema.Identity) {
	if identity == nil {
		return
	}
	plain := reflect.DeepEqual(*identity, schema.Identity{Kind: identity.Kind})
	switch {
	case plain && (identity.Kind == schema.IdentitySerial || identity.Kind == schema.IdentityAutoIncrement):
		out.keyed("identity", "AutoIncrement")
	case plain && identity.Kind == schema.IdentityByDefault:
		out.keyed("identity", "Identity")
	case plain && identity.Kind == schema.IdentityAlways:
		out.keyed("identity", "IdentityAlways")
	default:
		out.keyed("identity", "Numbering", literal{*identity})
	}
}

func generatedCall(out *chain, generated *schema.Generated) {
	switch {
	case generated == nil:
	case generated.Stored:
		out.keyed("generated", "GeneratedStored", text(generated.Expr))
	default:
		out.keyed("generated", "GeneratedVirtual", text(generated.Expr))
	}
}

func optionCalls(out *chain, options schema.Options) {
	for _, option := range options {
		out.keyed("option "+option.Key, "Option", text(option.Key), text(option.Value))
	}
}

func constraintElement(constraint *op.AddConstraint) *chain {
	switch {
	case constraint.PrimaryKey != nil:
		return primaryKeyElement(constraint.PrimaryKey)
	case constraint.Unique != nil:
		return uniqueElement(constraint.Unique)
	case constraint.ForeignKey != nil:
		return foreignKeyElement(constraint.ForeignKey)
	case constraint.Check != nil:
		return checkElement(constraint.Check)
	case constraint.Exclusion != nil:
		return excludeElement(constraint.Exclusion)
	}
	return function("Unmanaged")
}

func primaryKeyElement(key *schema.PrimaryKey) *chain {
	out := function("PrimaryKey", texts(key.Columns)...)
	if key.Parts != nil {
		out = function("PrimaryKey").with("Parts", parts(key.Parts)...)
	}
	named(out, key.Name)
	included(out, key.Include)
	deferrable(out, key.Deferrable)
	commented(out, key.Comment)
	optionCalls(out, key.Options)
	return out
}

func uniqueElement(unique *schema.Unique) *chain {
	out := function("Unique", texts(unique.Columns)...)
	if unique.Parts != nil {
		out = function("Unique").with("Parts", parts(unique.Parts)...)
	}
	named(out, unique.Name)
	included(out, unique.Include)
	if unique.NullsNotDistinct {
		out.with("NullsNotDistinct")
	}
	deferrable(out, unique.Deferrable)
	commented(out, unique.Comment)
	optionCalls(out, unique.Options)
	if unique.Unmanaged {
		out.with("Unmanaged")
	}
	return out
}

func foreignKeyElement(key *schema.ForeignKey) *chain {
	out := function("ForeignKey", texts(key.Columns)...)
	out.with("References", append([]node{text(key.RefTable.String())}, texts(key.RefColumns)...)...)
	named(out, key.Name)
	if key.OnDelete != schema.NoAction || len(key.SetColumns) > 0 {
		out.with("OnDelete", append([]node{text(key.OnDelete)}, texts(key.SetColumns)...)...)
	}
	if key.OnUpdate != schema.NoAction {
		out.with("OnUpdate", text(key.OnUpdate))
	}
	if key.Match != "" {
		out.with("Match", text(key.Match))
	}
	deferrable(out, key.Deferrable)
	if key.NotValid {
		out.with("NotValid")
	}
	if key.NoEnforce {
		out.with("NotEnforced")
	}
	commented(out, key.Comment)
	if key.Unmanaged {
		out.with("Unmanaged")
	}
	return out
}

func checkElement(check *schema.Check) *chain {
	out := function("Check", text(check.Name), text(check.Expr))
	if check.NotValid {
		out.with("NotValid")
	}
	if check.NoInherit {
		out.with("NoInherit")
	}
	if check.NoEnforce {
		out.with("NotEnforced")
	}
	commented(out, check.Comment)
	optionCalls(out, check.Options)
	if check.Unmanaged {
		out.with("Unmanaged")
	}
	return out
}

func excludeElement(exclusion *schema.Exclusion) *chain {
	out := function("Exclude", text(exclusion.Name), text(exclusion.Method))
	for _, element := range exclusion.Elements {
		out.with("With", part(element.IndexPart), text(element.Operator))
	}
	if exclusion.Where != "" {
		out.with("Where", text(exclusion.Where))
	}
	included(out, exclusion.Include)
	deferrable(out, exclusion.Deferrable)
	commented(out, exclusion.Comment)
	optionCalls(out, exclusion.Options)
	if exclusion.Unmanaged {
		out.with("Unmanaged")
	}
	return out
}

func named(out *chain, name string) {
	if name != "" {
		out.with("Named", text(name))
	}
}

func included(out *chain, columns []string) {
	if len(columns) > 0 {
		out.with("Include", texts(columns)...)
	}
}

func deferrable(out *chain, when schema.Deferrable) {
	if when != schema.NotDeferrable {
		out.with("Deferrable", deferrableSymbol(when))
	}
}

func commented(out *chain, comment string) {
	if comment != "" {
		out.with("Comment", text(comment))
	}
}

func parts(list []schema.IndexPart) []node {
	out := make([]node, len(list))
	for i, item := range list {
		out[i] = part(item)
	}
	return out
}

func part(p schema.IndexPart) *chain {
	out := function("Part", text(p.Column))
	if p.Expr != "" {
		out = function("Expr", text(p.Expr))
	}
	if p.Collation != "" {
		out.with("Collate", text(p.Collation))
	}
	if p.OpClass != "" {
		out.with("OpClass", text(p.OpClass))
	}
	if p.Length != 0 {
		out.with("Prefix", number(p.Length))
	}
	if p.Desc {
		out.with("Desc")
	}
	switch p.Nulls {
	case schema.NullsFirst:
		out.with("NullsFirst")
	case schema.NullsLast:
		out.with("NullsLast")
	}
	return out
}
