package reflect

import (
	stdreflect "reflect"
	"slices"
	"strings"
)

// structField is a field of a model as bun flattens it: Index is the path from the outermost struct.
type structField struct {
	stdreflect.StructField
	prefix string // of embed: options around it
	role   fieldRole
}

type fieldRole int

const (
	columnField fieldRole = iota
	relationField
	baseModelField
	embeddedField
)

// flatten returns the fields that bun looks at, in struct order. Embedded structs are listed themselves and then their
// fields.
func flatten(typ stdreflect.Type) []structField {
	fields := make([]structField, 0, typ.NumField())
	walkInto(typ, nil, "", func(field structField) { fields = append(fields, field) })
	return fields
}

func walkInto(typ stdreflect.Type, path []int, prefix string, visit func(structField)) {
	if len(path) > maxEmbedding {
		return
	}
	for i := range typ.NumField() {
		field := typ.Field(i)
		bunText := field.Tag.Get("bun")
		if bunText == "-" || field.PkgPath != "" && !field.Anonymous {
			continue
		}
		field.Index = slices.Concat(path, []int{i})
		found := structField{StructField: field, prefix: prefix}
		if isBaseModel(field) {
			found.role = baseModelField
			visit(found)
			continue
		}
		inner, isStruct := structOf(field.Type)
		if field.Anonymous && !isStruct {
			continue
		}
		var tag bunTag
		if mayHaveRole(bunText) {
			tag = parseBunTag(bunText)
		}
		embed, isEmbed := tag.get("embed")
		switch {
		case field.Anonymous:
			found.role = embeddedField
			visit(found)
			walkInto(inner, field.Index, prefix, visit)
		case isEmbed && isStruct:
			found.role = embeddedField
			visit(found)
			walkInto(inner, field.Index, prefix+embed, visit)
		case tag.has("rel") || tag.has("m2m"):
			found.role = relationField
			visit(found)
		default:
			visit(found)
		}
	}
}

// mayHaveRole reports whether a tag may make its field something else than a column, so that it has to be parsed.
func mayHaveRole(tag string) bool {
	return strings.Contains(tag, "embed") || strings.Contains(tag, "rel") || strings.Contains(tag, "m2m")
}
