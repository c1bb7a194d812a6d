package reflect

import (
	"fmt"
	"maps"
	stdreflect "reflect"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// apply puts what the model declares into its table: attributes, then keys, indexes, checks and the rest.
func (r *reader) apply(m *model) {
	r.applyAttributes(m)
	r.applyEnums(m)
	r.applyPrimaryKey(m)
	r.applyUniques(m)
	if r.engine.mergesEqualKeys() {
		r.mergeEqualKeys(m)
	}
	r.applyIndexes(m)
	r.applyChecks(m)
	r.applyExclusions(m)
}

// declaredType returns the SQL type that the model declares for a column, or "".
func (m *model) declaredType(column string) string {
	sqlType := ""
	for _, attribute := range m.declared.Attributes {
		if attribute.Column == column && attribute.Key == schema.AttributeType && (attribute.Specific || sqlType == "") {
			sqlType = attribute.Value
		}
	}
	return sqlType
}

// attributeKey identifies an attribute; what is said for one dialect is apart from what is said for all.
type attributeKey struct {
	column, key string
	specific    bool
}

// applyAttributes applies the attributes of columns and of the table. What is said for this dialect goes before what is
// said for all; two that say different things at the same level are an error.
func (r *reader) applyAttributes(m *model) {
	said := map[attributeKey]schema.DeclaredAttribute{}
	var order []schema.DeclaredAttribute
	for _, attribute := range m.declared.Attributes {
		if attribute.Key == schema.AttributeWas {
			order = append(order, attribute)
			continue
		}
		key := attributeKey{attribute.Column, attribute.Key, attribute.Specific}
		if before, found := said[key]; found {
			if before.Value != attribute.Value || !stdreflect.DeepEqual(before.Identity, attribute.Identity) {
				r.failAt(attribute.Origin, fmt.Sprintf("%s is said twice: %q here, %q at %s",
					describeKey(attribute), attribute.Value, before.Value, place(before.Origin)), "keep one of the two")
			}
			continue
		}
		said[key] = attribute
		order = append(order, attribute)
	}
	for _, attribute := range order {
		if !attribute.Specific {
			if _, found := said[attributeKey{attribute.Column, attribute.Key, true}]; found {
				continue
			}
		}
		if attribute.Column == "" {
			r.applyToTable(m, attribute)
			continue
		}
		if strings.HasPrefix(attribute.Column, "\x00") {
			continue // about a relation
		}
		column := m.columns[attribute.Column]
		if column == nil {
			r.unknownColumn(m, attribute.Origin, attribute.Column)
			continue
		}
		r.applyToColumn(m, column, attribute)
	}
}

func describeKey(attribute schema.DeclaredAttribute) string {
	key := strings.ReplaceAll(strings.TrimPrefix(attribute.Key, schema.AttributeOption), "_", " ")
	if attribute.Column == "" {
		return "the " + key + " of the table"
	}
	return "the " + key + " of column " + attribute.Column
}

func (r *reader) unknownColumn(m *model, origin schema.Origin, name string) {
	names := slices.Sorted(maps.Keys(m.columns))
	r.failAt(origin, fmt.Sprintf("the table %s has no column %q", m.name, name), didYouMean(name, names))
}

func (r *reader) applyToTable(m *model, attribute schema.DeclaredAttribute) {
	table := m.table
	switch attribute.Key {
	case schema.AttributeComment:
		if r.server.Dialect != schema.SQLite {
			table.Comment = attribute.Value
		}
	case schema.AttributeWas:
		table.WasNamed = append(table.WasNamed, attribute.Value)
	case schema.AttributePartitionBy:
		if r.server.Dialect == schema.SQLite {
			r.note(IgnoredDeclaration, Info, attribute.Origin, "SQLite has no partitions", "write postgres.partition_by")
			return
		}
		table.Partition = &schema.Partition{By: attribute.Value}
	default:
		key, isOption := strings.CutPrefix(attribute.Key, schema.AttributeOption)
		if isOption && optionDialect(tableOptionDialects, key, r.server.Dialect, attribute.Specific) {
			table.Options.Set(key, attribute.Value)
		}
	}
}

// tableOptionDialects and columnOptionDialects say which dialect an option belongs to: on the others it is left out, so
// that one model serves several databases.
var tableOptionDialects = map[string]schema.Dialect{
	schema.OptionEngine: schema.MySQL, schema.OptionCharset: schema.MySQL, schema.OptionCollation: schema.MySQL,
	schema.OptionRowFormat: schema.MySQL, schema.OptionSystemVersioned: schema.MySQL,
	schema.OptionStrict: schema.SQLite, schema.OptionWithoutRowID: schema.SQLite,
	schema.OptionUnlogged: schema.Postgres, schema.OptionTablespace: schema.Postgres,
	schema.OptionAccessMethod: schema.Postgres, schema.OptionWith: schema.Postgres,
}

var columnOptionDialects = map[string]schema.Dialect{
	schema.OptionOnUpdate: schema.MySQL, schema.OptionInvisible: schema.MySQL,
	schema.OptionStorage: schema.Postgres, schema.OptionCompression: schema.Postgres, schema.OptionStatistics: schema.Postgres,
	schema.OptionOnConflict: schema.SQLite,
}

func optionDialect(owners map[string]schema.Dialect, key string, dialect schema.Dialect, specific bool) bool {
	owner, known := owners[key]
	return specific || !known || owner == dialect
}

func (r *reader) applyToColumn(m *model, column *schema.Column, attribute schema.DeclaredAttribute) {
	value := attribute.Value
	state := func(key string) {
		column.Implied = slices.DeleteFunc(column.Implied, func(k string) bool { return k == key })
	}
	switch attribute.Key {
	case schema.AttributeType:
		state(schema.AttributeType) // read by sqlType
		r.conflictsWithTag(m, attribute, "type")
	case schema.AttributeDefault:
		r.conflictsWithTag(m, attribute, "default")
		column.Default = value
		state(schema.AttributeDefault)
	case schema.AttributeNotNull:
		column.NotNull = value == "true"
		state(schema.AttributeNotNull)
	case schema.AttributeCollation:
		r.setText(&column.Collation, attribute)
	case schema.AttributeCharset:
		if r.server.Dialect == schema.MySQL {
			r.setText(&column.Charset, attribute)
		}
	case schema.AttributeComment:
		if r.server.Dialect != schema.SQLite {
			r.setText(&column.Comment, attribute)
		}
	case schema.AttributeGeneratedStored, schema.AttributeGeneratedVirtual:
		r.generate(column, attribute)
		state(schema.AttributeDefault)
	case schema.AttributeIdentity:
		r.identify(m, column, attribute)
		state(schema.AttributeDefault)
	case schema.AttributeWas:
		column.WasNamed = append(column.WasNamed, value)
	case schema.AttributeBackfill:
		column.Backfill = value
	default:
		key, isOption := strings.CutPrefix(attribute.Key, schema.AttributeOption)
		if isOption && optionDialect(columnOptionDialects, key, r.server.Dialect, attribute.Specific) {
			column.Options.Set(key, value)
		}
	}
}

// setText sets what the bun tag may have said already, inside type:.
func (r *reader) setText(target *string, attribute schema.DeclaredAttribute) {
	if *target != "" && *target != attribute.Value {
		r.failAt(attribute.Origin, fmt.Sprintf("%s is %q here and %q in the bun tag", describeKey(attribute), attribute.Value, *target),
			"keep one of the two")
		return
	}
	*target = attribute.Value
}

// conflictsWithTag reports a declaration for all dialects that contradicts the bun tag. One for a single dialect is meant
// to.
func (r *reader) conflictsWithTag(m *model, attribute schema.DeclaredAttribute, option string) {
	if attribute.Specific {
		return
	}
	for i := range m.fields {
		facts := &m.fields[i]
		if facts.field.Name != attribute.Column {
			continue
		}
		if value, found := facts.field.Tag.Option(option); found && value != "" && value != attribute.Value {
			r.failAt(attribute.Origin, fmt.Sprintf("%s is %q here and %q in the bun tag", describeKey(attribute), attribute.Value, value),
				"keep one of the two, or say for which database this one is: postgres."+option+":…")
		}
	}
}

func (r *reader) generate(column *schema.Column, attribute schema.DeclaredAttribute) {
	generated := &schema.Generated{Expr: withoutParentheses(attribute.Value), Stored: attribute.Key == schema.AttributeGeneratedStored}
	if before := column.Generated; before != nil && *before != *generated {
		r.failAt(attribute.Origin, fmt.Sprintf("column %s is generated as %q here and as %q elsewhere", column.Name, generated.Expr, before.Expr),
			"keep one of the two")
		return
	}
	column.Generated, column.Default = generated, ""
}

func (r *reader) identify(m *model, column *schema.Column, attribute schema.DeclaredAttribute) {
	identity := attribute.Identity.Clone()
	if r.server.Dialect != schema.Postgres {
		if identity.Kind == schema.IdentityAlways || identity.Kind == schema.IdentityByDefault {
			if column.Identity == nil {
				r.note(IdentityIgnored, Warning, attribute.Origin, "identity columns exist on PostgreSQL only",
					"add autoincrement to the bun tag for the other databases")
			}
			return
		}
	}
	column.Identity, column.NotNull, column.Default = identity, true, ""
}

func (r *reader) applyEnums(m *model) {
	for _, declared := range m.declared.Enums {
		if repeated := firstRepeated(declared.Values); repeated != "" {
			r.failAt(declared.Origin, fmt.Sprintf("the value %q is in the enum twice", repeated), "remove one")
			continue
		}
		if declared.Column == "" {
			if r.server.Dialect == schema.Postgres {
				enum := declared.Enum.Clone()
				enum.Name = r.inDefault(enum.Name)
				r.addEnum(enum)
			}
			continue
		}
		column := m.columns[declared.Column]
		if column == nil {
			r.unknownColumn(m, declared.Origin, declared.Column)
			continue
		}
		r.engine.enum(r, m, column, declared)
		column.Implied = slices.DeleteFunc(column.Implied, func(key string) bool { return key == schema.AttributeType })
	}
}

func firstRepeated(values []string) string {
	for i, value := range values {
		if slices.Contains(values[:i], value) {
			return value
		}
	}
	return ""
}

// addEnum adds an enum type. Several models may declare the same one.
func (r *reader) addEnum(enum *schema.Enum) {
	before, found := r.out.Enums.Get(enum.Name)
	if !found {
		r.out.Enums.Add(enum)
		return
	}
	if !slices.Equal(before.Values, enum.Values) {
		r.failAt(enum.Origin, fmt.Sprintf("the enum %s has the values (%s) here and (%s) at %s", enum.Name,
			strings.Join(enum.Values, ", "), strings.Join(before.Values, ", "), place(before.Origin)),
			"declare the same values, or give one of the enums another name")
	}
}
