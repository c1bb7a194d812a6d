package reflect

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"fmt"
	stdreflect "reflect"
	"slices"
	"strconv"
	"strings"

	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/schema"
)

// fieldFacts is a field of bun's with what is known about its column beyond schema.Column.
type fieldFacts struct {
	field  *bunschema.Field
	tag    bunTag
	origin schema.Origin
	sql    tableSQL // what the type: and default: texts say about keys and checks
}

// tableSQL is what a column definition in SQL says about the table's constraints.
type tableSQL struct {
	primaryKey bool
	unique     bool
	uniqueName string
	checks     []*schema.Check
	references *schema.ForeignKey
}

// columnFacts is what engines decide numbering by.
type columnFacts struct {
	sqlType       string // as bun's CREATE TABLE has it
	overridden    bool   // by Options.Types
	autoincrement bool
	identity      bool
	isKey         bool // of the primary key
	onlyKey       bool // the whole primary key
}

// column turns a field into a column.
func (r *reader) column(m *model, f *fieldFacts) *schema.Column {
	field := f.field
	column := &schema.Column{Name: field.Name, NotNull: field.NotNull, Origin: f.origin}
	r.checkField(m, f)

	sqlType, overridden := r.sqlType(m, field)
	typeStated := overridden || r.statesType(field)
	parsed := r.split(f, sqlType)
	f.sql = tableSQL{parsed.primaryKey, parsed.unique, parsed.uniqueName, parsed.checks, parsed.references}
	column.Type = parsed.sqlType
	if !typeStated || column.Type == "HSTORE" {
		column.Type = strings.ToLower(column.Type)
	}
	r.numbering(m, f, column, &parsed, overridden)
	parsed.describe(column)
	isShadowed := m.bun.FieldMap[field.Name] != field // by another field of the same column, which is an error of its own
	if column.Type == "" && !isShadowed {
		r.untyped(f)
	}
	column.Implied = implied(field, column, typeStated, &parsed)
	if natural := naturalName(f); natural != column.Name {
		column.Natural, column.Field = natural, f.origin.Field
	}
	return column
}

// naturalName is the name that bun would give the column if no tag did, with the prefix of the embedding.
func naturalName(f *fieldFacts) string {
	stated := f.tag.name
	if column, found := f.tag.get("column"); found {
		stated = column
	}
	if stated == "" || !strings.HasSuffix(f.field.Name, stated) {
		return f.field.Name
	}
	return strings.TrimSuffix(f.field.Name, stated) + underscore(f.field.GoName)
}

// statesType reports whether a tag names the SQL type.
func (r *reader) statesType(field *bunschema.Field) bool {
	if value, _ := field.Tag.Option("type"); value != "" {
		return true
	}
	return r.server.Dialect == schema.Postgres && (field.Tag.HasOption("composite") || field.Tag.HasOption("hstore"))
}

// sqlType returns the type that bun's CREATE TABLE writes, and whether the project's own choice replaced it.
func (r *reader) sqlType(m *model, field *bunschema.Field) (sqlType string, overridden bool) {
	if own := m.declaredType(field.Name); own != "" {
		return own, true
	}
	if own := r.override(field); own != "" {
		return own, true
	}
	sqlType = field.CreateTableSQLType
	length := r.bun.DefaultVarcharLen()
	if length > 0 && strings.EqualFold(sqlType, field.DiscoveredSQLType) && strings.EqualFold(sqlType, "VARCHAR") {
		return strings.ToLower(sqlType) + "(" + strconv.Itoa(length) + ")", false
	}
	return sqlType, false
}

// override returns the type of [Options.Types] for a field that has none of its own, or "".
func (r *reader) override(field *bunschema.Field) string {
	if len(r.options.Types) == 0 {
		return ""
	}
	for _, option := range []string{"type", "composite", "hstore"} {
		if field.Tag.HasOption(option) {
			return ""
		}
	}
	if own := r.overrideOf(field.IndirectType); own != "" {
		return own
	}
	kind := field.IndirectType.Kind()
	if field.Tag.HasOption("array") && r.server.Dialect == schema.Postgres && (kind == stdreflect.Slice || kind == stdreflect.Array) {
		if element := r.overrideOf(field.IndirectType.Elem()); element != "" {
			return element + "[]"
		}
	}
	return ""
}

func (r *reader) overrideOf(typ stdreflect.Type) string {
	if typ.Name() == "" {
		return ""
	}
	name := typ.Name()
	if typ.PkgPath() != "" {
		name = typ.PkgPath() + "." + name
	}
	return r.options.Types[name][r.server.Dialect]
}

// split takes the texts of type: and default: apart.
func (r *reader) split(f *fieldFacts, sqlType string) columnSQL {
	out, err := splitColumnSQL(r.server.Dialect, sqlType)
	if err != nil {
		r.note(TypeNotUnderstood, Warning, f.origin, fmt.Sprintf("in type %q, %v; the whole text is taken for the type", sqlType, err),
			"keep the type alone in type: and put the rest into a ddl tag")
		out = columnSQL{sqlType: sqlType}
	}
	if f.field.SQLDefault == "" {
		return out
	}
	if !strings.Contains(f.field.SQLDefault, " ") && out.def == "" { // no clause can follow
		out.def = f.field.SQLDefault
		return out
	}
	ofDefault, err := splitColumnSQL(r.server.Dialect, "DEFAULT "+f.field.SQLDefault)
	if err != nil || ofDefault.sqlType != "" {
		ofDefault = columnSQL{def: f.field.SQLDefault}
	}
	if out.def != "" && out.def != ofDefault.def {
		r.failAt(f.origin, fmt.Sprintf("type: says DEFAULT %s, default: says %s", out.def, ofDefault.def), "keep one of the two")
	}
	return mergeSQL(out, ofDefault)
}

// mergeSQL adds what stood behind a default to what stood behind the type.
func mergeSQL(a, b columnSQL) columnSQL {
	a.def = b.def
	a.notNull = a.notNull || b.notNull
	a.unique = a.unique || b.unique
	a.autoNumber = a.autoNumber || b.autoNumber
	a.invisible = a.invisible || b.invisible
	a.checks = append(a.checks, b.checks...)
	for _, text := range []struct{ to, from *string }{
		{&a.collation, &b.collation}, {&a.charset, &b.charset}, {&a.comment, &b.comment}, {&a.onUpdate, &b.onUpdate},
	} {
		if *text.to == "" {
			*text.to = *text.from
		}
	}
	if a.references == nil {
		a.references = b.references
	}
	return a
}

// numbering sets the column's identity, and reports tags that have no effect.
func (r *reader) numbering(m *model, f *fieldFacts, column *schema.Column, parsed *columnSQL, overridden bool) {
	found := r.engine.numbering(&columnFacts{
		sqlType: parsed.sqlType, overridden: overridden, autoincrement: f.field.AutoIncrement, identity: f.field.Identity,
		isKey: f.field.IsPK, onlyKey: f.field.IsPK && len(m.bun.PKs) == 1,
	})
	column.Identity = found.identity
	column.NotNull = column.NotNull || found.notNull
	if found.sqlType != "" {
		column.Type = found.sqlType
	}
	if found.ineffective != "" {
		r.note(found.diagnostic, Warning, f.origin, found.ineffective, found.wayOut)
	}
	if parsed.identity != nil {
		column.Identity, column.NotNull = parsed.identity, true
	}
	if parsed.autoNumber {
		column.Identity = &schema.Identity{Kind: schema.IdentityAutoIncrement}
		column.NotNull = true
	}
}

// describe puts what stands behind a type into the column.
func (sql *columnSQL) describe(column *schema.Column) {
	column.NotNull = column.NotNull || sql.notNull
	column.Collation, column.Charset, column.Comment = sql.collation, sql.charset, sql.comment
	column.Generated = sql.generated
	if sql.generated == nil && column.Identity == nil {
		column.Default = sql.def
	}
	if sql.onUpdate != "" {
		column.Options.Set(schema.OptionOnUpdate, sql.onUpdate)
	}
	if sql.invisible {
		column.Options.Set(schema.OptionInvisible, "")
	}
}

// implied names what no tag states.
func implied(field *bunschema.Field, column *schema.Column, typeStated bool, sql *columnSQL) []string {
	var names []string
	if !typeStated {
		names = append(names, schema.AttributeType)
	}
	if !field.NotNull && !column.NotNull && !sql.null {
		names = append(names, schema.AttributeNotNull)
	}
	if field.SQLDefault == "" && sql.def == "" && column.Identity == nil && column.Generated == nil {
		names = append(names, schema.AttributeDefault)
	}
	return names
}

// untyped reports a field for which bun has no SQL type.
func (r *reader) untyped(f *fieldFacts) {
	typ := f.field.StructField.Type
	text := fmt.Sprintf("bun has no SQL type for %s", typ)
	wayOut := "add a type: option, or leave the field out with bun:\"-\""
	if r.server.Dialect != schema.SQLite {
		r.failAt(f.origin, text+": the column would have none", wayOut)
		return
	}
	r.note(NoSQLType, Warning, f.origin, text+": the column has none", wayOut)
}

// checkField reports what is probably a slip in a field's tag or type.
func (r *reader) checkField(m *model, f *fieldFacts) {
	r.checkOptions(f.origin, f.tag, knownFieldOptions)
	if f.tag.name == f.field.Name && slices.Contains(knownFieldOptions, f.tag.name) {
		r.note(OptionAsName, Warning, f.origin, fmt.Sprintf("bun takes %q for the column's name", f.tag.name),
			fmt.Sprintf("write bun:\",%s\" for the option, or column:%s if the name is meant", f.tag.name, f.tag.name))
	}
	for _, option := range f.tag.options {
		if option.cut != "" {
			r.note(QuoteInTag, Warning, f.origin,
				fmt.Sprintf("a double quote inside %s: makes bun keep only %q and drop %q", option.key, option.value, option.cut),
				"quote the whole value, or put the piece with the quote into a ddl tag")
		}
	}
	if f.field.Tag.HasOption("type") || m.declaredType(f.field.Name) != "" || r.override(f.field) != "" {
		return
	}
	r.checkGoType(f)
}

var (
	valuerType        = stdreflect.TypeFor[driver.Valuer]()
	textMarshalerType = stdreflect.TypeFor[encoding.TextMarshaler]()
	nullStringType    = stdreflect.TypeFor[sql.NullString]()
)

func (r *reader) checkGoType(f *fieldFacts) {
	typ := f.field.IndirectType
	for _, option := range []string{"array", "hstore", "composite", "msgpack", "json_use_number"} {
		if f.field.Tag.HasOption(option) {
			return
		}
	}
	if element, isStruct := structOf(elementOf(typ)); isStruct && r.types[element] {
		r.note(RelationWithoutRel, Warning, f.origin,
			fmt.Sprintf("without a rel: option the model %s becomes a column of type %s", element, strings.ToLower(f.field.CreateTableSQLType)),
			"add rel:belongs-to, rel:has-one, rel:has-many or m2m:, or type: if it is a document, or bun:\"-\"")
		return
	}
	switch typ.Kind() {
	case stdreflect.Array:
		if typ.Len() == 16 && typ.Elem().Kind() == stdreflect.Uint8 && r.server.Dialect == schema.Postgres &&
			strings.EqualFold(f.field.CreateTableSQLType, "BYTEA") {
			r.note(UUIDAsBytes, Warning, f.origin, fmt.Sprintf("%s becomes bytea", typ), "add type:uuid")
		}
	case stdreflect.Struct:
		created := f.field.CreateTableSQLType
		if typ == nullStringType || !strings.EqualFold(created, "JSONB") && !strings.EqualFold(created, "VARCHAR") {
			return
		}
		if implements(typ, valuerType) || implements(typ, textMarshalerType) {
			r.note(ValuerAsJSON, Warning, f.origin,
				fmt.Sprintf("bun does not ask how %s is stored and makes it %s", typ, strings.ToLower(created)),
				"add a type: option, or set the type for all such fields in the configuration")
		}
	}
}

func implements(typ, iface stdreflect.Type) bool {
	return typ.Implements(iface) || stdreflect.PointerTo(typ).Implements(iface)
}
