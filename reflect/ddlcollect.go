package reflect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/schema"
)

// collect reads everything that a model declares beyond bun's tags: the ddl tags in struct order, then the DDL method.
func (r *reader) collect(m *model) {
	c := &tagCollector{
		r: r, m: m,
		declaration: schema.NewDeclaration(r.server, r.typeOrigin(m.typ)),
		indexes:     map[string]*tagIndex{},
		uniques:     map[string]*tagUnique{},
	}
	for _, field := range m.flat {
		if text := field.Tag.Get("ddl"); text != "" {
			c.field(field, text)
		}
	}
	c.finish()
	m.declared = c.declaration.Declared()
	r.callDDL(m, c.declaration)
}

// tagCollector turns ddl tags into what the model's DDL method would declare.
type tagCollector struct {
	r           *reader
	m           *model
	declaration *schema.Declaration
	indexes     map[string]*tagIndex // by explicit name: fields of one name make one index
	uniques     map[string]*tagUnique
	order       []any // *tagIndex and *tagUnique, in the order of their first mention

	origin schema.Origin // of the tag being read
	column string        // "" on the model and on relations
	prefix string
}

type orderedPart struct {
	schema.IndexPart
	order int
}

type tagIndex struct {
	*schema.DeclaredIndex
	parts []orderedPart
}

type tagUnique struct {
	*schema.Unique
	parts []orderedPart
}

func (c *tagCollector) field(field structField, text string) {
	c.origin = c.r.fieldOrigin(c.m.typ, field.Index)
	c.column, c.prefix = "", field.prefix
	if field.role == baseModelField && len(field.Index) > 1 {
		if !c.m.extends || hasBaseModel(c.m.typ) {
			return
		}
	}
	column := c.m.fieldAt(field.Index)
	if field.role == columnField && column == nil {
		c.r.note(IgnoredDeclaration, Warning, c.origin, "the ddl tag is on a field that is no column of the table",
			"move the tag, or remove it")
		return
	}
	items, errs := parseDDLTag(text, ddlItems)
	for _, err := range errs {
		c.fail(err)
	}
	for _, item := range items {
		if err := c.misplaced(item, field.role); err != nil {
			c.fail(err)
			continue
		}
		if item.dialect != "" && item.dialect != c.r.server.Dialect {
			continue
		}
		var err *TagError
		switch field.role {
		case baseModelField:
			err = c.modelItem(item)
		case relationField:
			continue // below
		default:
			c.column = column.Name
			err = c.columnItem(item)
		}
		if err != nil {
			c.fail(err)
		}
	}
	c.keyItems(field, items)
}

func (c *tagCollector) fail(err *TagError) {
	c.r.fail(&ModelError{
		Model: c.origin.Type, Field: c.origin.Field, File: c.origin.File, Line: c.origin.Line,
		Text: err.Error(), Cause: err,
	})
}

// fieldAt returns bun's field of an index path.
func (m *model) fieldAt(index []int) *bunschema.Field {
	for _, field := range m.bunFields {
		if slices.Equal(field.Index, index) {
			return field
		}
	}
	return nil
}

// misplaced says where an item belongs that stands at the wrong place.
func (c *tagCollector) misplaced(item ddlItem, role fieldRole) *TagError {
	spec := ddlItems[item.key]
	switch role {
	case baseModelField:
		if !spec.onModel {
			return &TagError{Piece: item.text, Reason: item.key + " says something about a column", WayOut: "put it on the field"}
		}
	case embeddedField:
		return &TagError{Piece: item.text, Reason: "an embedded struct is no column", WayOut: "put the tag on the struct's fields"}
	case relationField:
		if item.key != "fk" && item.key != "nofk" && !slices.Contains(keyRefinements, item.key) {
			return &TagError{Piece: item.text, Reason: item.key + " is on a relation, which is no column",
				WayOut: "put it on the field of the column; a relation takes fk, nofk, " + strings.Join(keyRefinements, ", ")}
		}
	default:
		if !spec.onField {
			return &TagError{Piece: item.text, Reason: item.key + " says something about the table",
				WayOut: "put it on bun.BaseModel"}
		}
	}
	return nil
}

// named returns an explicit name, with the prefix of the embed: options around, as bun does it for unique groups.
func (c *tagCollector) named(item ddlItem) string {
	name := item.value
	if attr, found := item.attr("name"); found {
		name = attr
	}
	if name == "" {
		return ""
	}
	return c.prefix + name
}

func (c *tagCollector) attribute(item ddlItem, key, value string) {
	declared := c.declaration.Declared()
	declared.Attributes = append(declared.Attributes, schema.DeclaredAttribute{
		Column: c.column, Key: key, Value: value, Specific: item.dialect != "", Origin: c.origin,
	})
}

// columnItem applies an item on the field of a column.
func (c *tagCollector) columnItem(item ddlItem) *TagError {
	column := c.declaration.At(c.origin).Column(c.column)
	switch item.key {
	case "comment":
		c.attribute(item, schema.AttributeComment, item.value)
	case "was":
		column.Was(item.value)
	case "collate":
		c.attribute(item, schema.AttributeCollation, item.value)
	case "charset":
		c.attribute(item, schema.AttributeCharset, item.value)
	case "type":
		c.attribute(item, schema.AttributeType, item.value)
	case "default":
		c.attribute(item, schema.AttributeDefault, item.value)
	case "notnull", "null":
		c.attribute(item, schema.AttributeNotNull, strconv.FormatBool(item.key == "notnull"))
	case "backfill":
		c.attribute(item, schema.AttributeBackfill, item.value)
	case "generated":
		key := schema.AttributeGeneratedStored
		if item.has("virtual") {
			key = schema.AttributeGeneratedVirtual
		}
		c.attribute(item, key, item.value)
	case "enum":
		if len(item.values) == 0 {
			return &TagError{Piece: item.text, Reason: "the values are missing", WayOut: "write enum(draft,sent):invoice_state"}
		}
		column.Enum(item.value, item.values...)
	case "identity":
		return c.identity(item)
	case "check":
		c.check(item, column.Check)
	case "index":
		return c.index(item)
	case "unique":
		return c.unique(item)
	case "pk":
		c.primaryKey(item)
	default:
		if key, isOption := columnOptionKeys[item.key]; isOption {
			c.attribute(item, schema.AttributeOption+key, item.value)
		}
	}
	return nil
}

func (c *tagCollector) identity(item ddlItem) *TagError {
	identity := &schema.Identity{Kind: schema.IdentityByDefault, Cycle: item.has("cycle")}
	if item.has("always") {
		identity.Kind = schema.IdentityAlways
	}
	for _, number := range []struct {
		key string
		to  **int64
	}{
		{"start", &identity.Start}, {"increment", &identity.Increment}, {"min", &identity.Min}, {"max", &identity.Max},
		{"cache", &identity.Cache},
	} {
		text, found := item.attr(number.key)
		if !found {
			continue
		}
		value, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return &TagError{Piece: number.key + ":" + text, Reason: "a number is expected"}
		}
		*number.to = &value
	}
	declared := c.declaration.Declared()
	declared.Attributes = append(declared.Attributes, schema.DeclaredAttribute{
		Column: c.column, Key: schema.AttributeIdentity, Value: string(identity.Kind), Identity: identity,
		Specific: item.dialect != "", Origin: c.origin,
	})
	return nil
}

func (c *tagCollector) check(item ddlItem, declare func(name, expr string) *schema.ColumnDeclaration) {
	name, _ := item.attr("name")
	if name != "" {
		name = c.prefix + name
	}
	declare(name, item.value)
	checks := c.declaration.Declared().Checks
	refineCheck(checks[len(checks)-1].Check, item)
}

func refineCheck(check *schema.Check, item ddlItem) {
	check.NoInherit, check.NotValid, check.NoEnforce = item.has("no_inherit"), item.has("not_valid"), item.has("not_enforced")
	check.Comment, _ = item.attr("comment")
}

func (c *tagCollector) primaryKey(item ddlItem) {
	key := &schema.PrimaryKey{Name: item.value, Deferrable: deferrable(item), Origin: c.origin}
	if on, found := item.attr("on"); found {
		key.Columns = identList(on)
	}
	if include, found := item.attr("include"); found {
		key.Include = identList(include)
	}
	declared := c.declaration.Declared()
	declared.PrimaryKeys = append(declared.PrimaryKeys, key)
}

func deferrable(item ddlItem) schema.Deferrable {
	switch {
	case item.has("deferred"):
		return schema.InitiallyDeferred
	case item.has("deferrable"):
		return schema.InitiallyNow
	}
	return schema.NotDeferrable
}

func identList(text string) []string {
	names := splitList(text)
	for i, name := range names {
		names[i] = unquoteSQL(name)
	}
	return names
}

// index adds an index, or a part to the one of the same name.
func (c *tagCollector) index(item ddlItem) *TagError {
	name := c.named(item)
	index := c.indexes[name]
	if index == nil || name == "" {
		index = &tagIndex{DeclaredIndex: &schema.DeclaredIndex{Index: &schema.Index{Name: name, Origin: c.origin}}}
		c.indexes[name] = index
		c.order = append(c.order, index)
	}
	if err := c.refineIndex(index, item); err != nil {
		return err
	}
	if on, found := item.attr("on"); found {
		index.DeclaredIndex.Parts = splitList(on)
		return nil
	}
	if c.column == "" {
		return &TagError{Piece: item.text, Reason: "the columns are missing", WayOut: "write index(on:(a,b)):" + cmp.Or(name, "ix_name")}
	}
	part, err := c.part(item)
	if err != nil {
		return err
	}
	index.parts = append(index.parts, part)
	return nil
}

// refineIndex sets what is said about the index as a whole. Two fields may not say different things.
func (c *tagCollector) refineIndex(index *tagIndex, item ddlItem) *TagError {
	for _, attr := range []struct {
		key string
		to  *string
	}{{"using", &index.Method}, {"where", &index.Where}, {"comment", &index.Comment}} {
		value, found := item.attr(attr.key)
		if !found {
			continue
		}
		if *attr.to != "" && *attr.to != value {
			return &TagError{
				Piece:  attr.key + ":" + value,
				Reason: fmt.Sprintf("the index %s already has %s:%s", index.Name, attr.key, *attr.to),
				WayOut: "say it on one field",
			}
		}
		*attr.to = value
	}
	index.Unique = index.Unique || item.has("unique")
	index.NullsNotDistinct = index.NullsNotDistinct || item.has("nulls_not_distinct")
	if include, found := item.attr("include"); found {
		index.Include = append(index.Include, identList(include)...)
	}
	for _, option := range []string{"with", "parser", "invisible"} {
		if value, found := item.attr(option); found {
			index.Options.Set(option, value)
		}
	}
	return nil
}

func (c *tagCollector) part(item ddlItem) (orderedPart, *TagError) {
	part := orderedPart{IndexPart: schema.IndexPart{Column: c.column, Desc: item.has("desc")}}
	if expr, found := item.attr("expr"); found {
		part.Column, part.Expr = "", expr
	}
	part.OpClass, _ = item.attr("opclass")
	part.Collation, _ = item.attr("collate")
	if nulls, found := item.attr("nulls"); found {
		part.Nulls = schema.NullsOrder(strings.ToUpper(nulls))
		if part.Nulls != schema.NullsFirst && part.Nulls != schema.NullsLast {
			return part, &TagError{Piece: "nulls:" + nulls, Reason: "unknown order", WayOut: "use first or last"}
		}
	}
	for _, attr := range []struct {
		key string
		to  *int
	}{{"length", &part.Length}, {"order", &part.order}} {
		text, found := item.attr(attr.key)
		if !found {
			continue
		}
		number, err := strconv.Atoi(text)
		if err != nil || number < 0 {
			return part, &TagError{Piece: attr.key + ":" + text, Reason: "a number is expected"}
		}
		*attr.to = number
	}
	return part, nil
}

// unique adds a unique constraint, or a column to the one of the same name.
func (c *tagCollector) unique(item ddlItem) *TagError {
	name := c.named(item)
	unique := c.uniques[name]
	if unique == nil || name == "" {
		unique = &tagUnique{Unique: &schema.Unique{Name: name, Origin: c.origin}}
		c.uniques[name] = unique
		c.order = append(c.order, unique)
	}
	unique.NullsNotDistinct = unique.NullsNotDistinct || item.has("nulls_not_distinct")
	unique.Deferrable = cmp.Or(deferrable(item), unique.Deferrable)
	if comment, found := item.attr("comment"); found {
		unique.Comment = comment
	}
	if conflict, found := item.attr("on_conflict"); found {
		unique.Options.Set(schema.OptionOnConflict, strings.ToUpper(conflict))
	}
	if include, found := item.attr("include"); found {
		unique.Include = append(unique.Include, identList(include)...)
	}
	if on, found := item.attr("on"); found {
		unique.Columns = identList(on)
		return nil
	}
	if c.column == "" {
		return &TagError{Piece: item.text, Reason: "the columns are missing", WayOut: "write unique(on:(a,b)):" + cmp.Or(name, "name")}
	}
	part, err := c.part(item)
	if err != nil {
		return err
	}
	unique.parts = append(unique.parts, part)
	return nil
}

// finish puts the parts of indexes and constraints into their order.
func (c *tagCollector) finish() {
	declared := c.declaration.Declared()
	byOrder := func(a, b orderedPart) int { return cmp.Compare(a.order, b.order) }
	for _, object := range c.order {
		switch object := object.(type) {
		case *tagIndex:
			if len(object.parts) == 0 && len(object.DeclaredIndex.Parts) == 0 {
				continue // its tag is an error of its own
			}
			slices.SortStableFunc(object.parts, byOrder)
			for _, part := range object.parts {
				object.Index.Parts = append(object.Index.Parts, part.IndexPart)
			}
			declared.Indexes = append(declared.Indexes, object.DeclaredIndex)
		case *tagUnique:
			if len(object.parts) == 0 && len(object.Columns) == 0 {
				continue
			}
			slices.SortStableFunc(object.parts, byOrder)
			for _, part := range object.parts {
				object.Columns = append(object.Columns, part.Column)
			}
			declared.Uniques = append(declared.Uniques, object.Unique)
		}
	}
}
