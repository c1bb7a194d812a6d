package reflect

import (
	"fmt"
	stdreflect "reflect"
	"slices"
	"strings"

	"github.com/jinzhu/inflection"
	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/schema"
)

// baseModel is what the tags of an embedded bun.BaseModel say, and its place.
type baseModel struct {
	present bool
	ddl     string
	origin  schema.Origin
}

// describe fills in the model's table: columns, primary key and unique constraints as bun's CREATE TABLE makes them. It
// reports whether the model is a table at all.
func (r *reader) describe(m *model) bool {
	r.structTags(m)
	if m.base.ddl == "-" {
		return false
	}
	m.name = r.tableName(m.bun.Name)
	if strings.Count(m.bun.Name, ".") > 1 {
		r.failAt(m.origin(r), fmt.Sprintf("the table name %q has more than two parts", m.bun.Name),
			"write table:<namespace>.<table>")
		return false
	}
	if strings.ContainsAny(m.bun.Name, "[]") {
		r.failAt(m.origin(r), fmt.Sprintf("the table name %q comes from a generic type", m.bun.Name),
			"give bun.BaseModel a table: option")
		return false
	}
	m.table = &schema.Table{Name: m.name, Origin: m.origin(r)}
	if natural := inflection.Plural(underscore(m.typ.Name())); natural != m.name.Name {
		m.table.Natural, m.table.Model = natural, m.table.Origin.Type
	}
	if len(m.bun.Fields) == 0 {
		r.note(NoColumns, Info, m.origin(r), "the struct has no columns and is not taken for a table",
			`say so with ddl:"-" on bun.BaseModel, or remove it from the models`)
		return false
	}
	m.bunFields = r.columnFields(m)
	r.collect(m)
	ok := r.describeColumns(m)
	r.describeIgnored(m)
	r.describeKeys(m)
	return ok
}

// origin is where the table is declared: its BaseModel's line if that has a tag of its own, else the type's.
func (m *model) origin(r *reader) schema.Origin { return r.typeOrigin(m.typ) }

func (r *reader) describeColumns(m *model) bool {
	count := len(m.bunFields)
	m.columns = make(map[string]*schema.Column, count)
	m.table.Columns = make([]*schema.Column, 0, count)
	m.fields = make([]fieldFacts, 0, count)
	ok := true
	for _, field := range m.bunFields {
		origin := r.fieldOrigin(m.typ, field.Index)
		if before := m.columns[field.Name]; before != nil {
			r.failAt(origin, fmt.Sprintf("the column %q is also that of %s", field.Name, before.Origin),
				"give one of the two another column name, or leave it out with bun:\"-\"")
			ok = false
			continue
		}
		m.fields = append(m.fields, fieldFacts{field: field, origin: origin, tag: parseBunTag(field.StructField.Tag.Get("bun"))})
		column := r.column(m, &m.fields[len(m.fields)-1])
		m.columns[column.Name] = column
		m.table.Columns = append(m.table.Columns, column)
	}
	return ok
}

// columnFields returns the fields that are columns: those that bun writes, and of those that it only reads (scanonly)
// the ones whose ddl tag defines the column, such as a generated one.
func (r *reader) columnFields(m *model) []*bunschema.Field {
	fields := m.bun.Fields
	if !m.readsMore() {
		return fields
	}
	for name, field := range m.bun.FieldMap {
		if field.Name == name && field.Tag.HasOption("scanonly") && definesColumn(field.StructField.Tag.Get("ddl")) {
			fields = append(fields[:len(fields):len(fields)], field)
		}
	}
	if len(fields) > len(m.bun.Fields) {
		slices.SortStableFunc(fields, func(a, b *bunschema.Field) int { return slices.Compare(a.Index, b.Index) })
	}
	return fields
}

// readsMore reports whether bun knows fields that it does not write, or fields by a second name.
func (m *model) readsMore() bool { return len(m.bun.FieldMap) > len(m.bun.Fields) }

func definesColumn(tag string) bool {
	if tag == "" {
		return false
	}
	items, _ := parseDDLTag(tag, ddlItems)
	return slices.ContainsFunc(items, func(item ddlItem) bool {
		return item.key == "generated" || item.key == "type" || item.key == "default" || item.key == "identity"
	})
}

// describeIgnored lists the scanonly columns.
func (r *reader) describeIgnored(m *model) {
	if !m.readsMore() {
		return
	}
	for name, field := range m.bun.FieldMap {
		if field.Name == name && field.Tag.HasOption("scanonly") && m.columns[name] == nil {
			m.table.IgnoredColumns = append(m.table.IgnoredColumns, name)
		}
	}
	slices.Sort(m.table.IgnoredColumns)
}

func (r *reader) describeKeys(m *model) {
	var key []string
	for _, field := range m.bun.PKs {
		if !slices.Contains(key, field.Name) {
			key = append(key, field.Name)
		}
	}
	for i := range m.fields {
		facts := &m.fields[i]
		if facts.sql.primaryKey && !slices.Contains(key, facts.field.Name) {
			key = append(key, facts.field.Name)
		}
	}
	if len(key) > 0 {
		m.table.PrimaryKey = &schema.PrimaryKey{Columns: key, Origin: m.table.Origin}
		if len(key) == 1 {
			m.table.PrimaryKey.Origin = m.columns[key[0]].Origin
		}
	}
	r.describeUniques(m)
	for i := range m.fields {
		facts := &m.fields[i]
		name := facts.field.Name
		if facts.sql.unique {
			m.addUnique(&schema.Unique{Name: facts.sql.uniqueName, Columns: []string{name}, Origin: facts.origin})
		}
		for _, check := range facts.sql.checks {
			check.Origin = facts.origin
			m.addCheck(check, name)
		}
	}
}

// describeUniques makes the constraints of bun's unique options: first the unnamed ones, one for each column, then the
// groups by name, as bun's CREATE TABLE does.
func (r *reader) describeUniques(m *model) {
	groups := make([]string, 0, len(m.bun.Unique))
	for group := range m.bun.Unique {
		groups = append(groups, group)
	}
	slices.Sort(groups)
	for _, group := range groups {
		var columns []string
		var origin schema.Origin
		for _, field := range m.bun.Unique[group] {
			column := m.columns[field.Name]
			if column == nil {
				r.note(ScanonlyInKey, Warning, r.fieldOrigin(m.typ, field.Index),
					"unique is on a field that is no column, and is left out", "remove unique or scanonly")
				continue
			}
			if group == "" {
				m.addUnique(&schema.Unique{Columns: []string{field.Name}, Origin: column.Origin})
				continue
			}
			if len(columns) == 0 {
				origin = column.Origin
			}
			if !slices.Contains(columns, field.Name) {
				columns = append(columns, field.Name)
			}
		}
		if len(columns) > 0 {
			m.addUnique(&schema.Unique{Name: group, Columns: columns, Origin: origin})
		}
	}
}

// addUnique adds a constraint unless an unnamed one over the same columns is there.
func (m *model) addUnique(unique *schema.Unique) {
	for _, other := range m.table.Uniques {
		if unique.Name == other.Name && slices.Equal(unique.Columns, other.Columns) {
			return
		}
	}
	m.table.Uniques = append(m.table.Uniques, unique)
}

// addCheck adds a check. A column names it, if it has no name.
func (m *model) addCheck(check *schema.Check, column string) {
	if m.checkColumns == nil {
		m.checkColumns = map[*schema.Check]string{}
	}
	m.checkColumns[check] = column
	m.table.Checks = append(m.table.Checks, check)
}

// structTags reads the tags that are on no column: those of bun.BaseModel and of embedded structs.
func (r *reader) structTags(m *model) {
	for i := range m.typ.NumField() {
		field := m.typ.Field(i)
		isNamedSo := field.Name == "BaseModel" || elementOf(field.Type) == baseModelType
		if !field.Anonymous && !isNamedSo {
			continue // a column or relation
		}
		origin := r.fieldOrigin(m.typ, field.Index)
		tag := parseBunTag(field.Tag.Get("bun"))
		switch {
		case isBaseModel(field):
			m.base = baseModel{present: true, ddl: field.Tag.Get("ddl"), origin: origin}
			r.checkOptions(origin, tag, knownTableOptions)
		case isNamedSo:
			r.note(BaseModelIgnored, Warning, origin,
				"bun does not see this BaseModel, and neither its tag", "embed bun.BaseModel itself, by value and under that name")
		case field.Anonymous && field.Tag.Get("bun") != "-":
			m.extends = m.extends || tag.has("extend") || tag.has("inherit")
			r.checkEmbedded(m, field, origin, tag)
		}
	}
}

func (r *reader) checkEmbedded(m *model, field stdreflect.StructField, origin schema.Origin, tag bunTag) {
	inner, isStruct := structOf(field.Type)
	if !isStruct {
		return
	}
	if tag.has("embed") {
		r.note(EmbedIgnored, Warning, origin, "bun ignores embed: on an embedded struct: its columns get no prefix",
			"give the field a name")
	}
	if tag.has("extend") || tag.has("inherit") {
		return
	}
	for i := range inner.NumField() {
		if base := inner.Field(i); isBaseModel(base) && parseBunTag(base.Tag.Get("bun")).tableName() != "" {
			if own := m.bun.Name; own != parseBunTag(base.Tag.Get("bun")).tableName() && !hasBaseModel(m.typ) {
				r.note(BaseModelIgnored, Warning, origin,
					fmt.Sprintf("the table name of the embedded %s is not used: the table is %q", inner, own),
					"embed bun.BaseModel with a table: option in the outer struct, or add the extend option")
			}
		}
	}
}

func hasBaseModel(typ stdreflect.Type) bool {
	field, found := typ.FieldByName("BaseModel")
	return found && len(field.Index) == 1 && isBaseModel(field)
}

// tableName returns the table that a tag of bun.BaseModel names, or "".
func (t bunTag) tableName() string {
	if name, found := t.get("table"); found {
		return name
	}
	return t.name
}

// checkOptions reports the options that bun does not know. Bun itself only logs them.
func (r *reader) checkOptions(origin schema.Origin, tag bunTag, known []string) {
	for _, option := range tag.options {
		if !slices.Contains(known, option.key) {
			r.note(UnknownTagOption, Warning, origin, fmt.Sprintf("bun knows no tag option %q and ignores it", option.key),
				didYouMeanOption(option.key, known))
		}
	}
}

// didYouMeanOption suggests the bun option that was meant, or the ddl tag if that has one of the name.
func didYouMeanOption(key string, known []string) string {
	if best := suggest(key, known); best != "" {
		return "did you mean " + best + "?"
	}
	if _, isDDL := ddlItems[key]; isDDL {
		return fmt.Sprintf("Retort has that option: write it into a second tag, ddl:%q", key+":…")
	}
	return "remove it; known are " + strings.Join(known, ", ")
}
