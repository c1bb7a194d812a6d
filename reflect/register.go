package reflect

import (
	"cmp"
	"fmt"
	stdreflect "reflect"
	"slices"
	"strings"

	bunschema "github.com/uptrace/bun/schema"
)

// register lets bun read the types. Junction tables of m2m relations go first, whatever the order of the input, since bun
// looks them up among the finished ones. Bun panics on what it does not accept; each panic becomes an error and the
// others go on.
func (r *reader) register(types []stdreflect.Type) []*model {
	broken := r.brokenEmbeds(types)
	var prepared []*model
	for _, typ := range types {
		if refersTo(typ, broken) {
			continue
		}
		if m := r.prepare(typ); m != nil {
			prepared = append(prepared, m)
		}
	}
	junctions := junctionNames(prepared)
	failed := map[string]bool{} // by bun's table name
	var models []*model
	for _, wantJunctions := range []bool{true, false} {
		for _, m := range prepared {
			if junctions[m.bun.Name] != wantJunctions {
				continue
			}
			if r.finish(m, failed) {
				models = append(models, m)
			} else {
				failed[m.bun.Name] = true
			}
		}
	}
	return inOrderOf(types, models)
}

func inOrderOf(types []stdreflect.Type, models []*model) []*model {
	byType := make(map[stdreflect.Type]*model, len(models))
	for _, m := range models {
		byType[m.typ] = m
	}
	ordered := models[:0]
	for _, typ := range types {
		if m := byType[typ]; m != nil {
			ordered = append(ordered, m)
		}
	}
	return ordered
}

// prepare lets bun read the fields of a type, without its relations.
func (r *reader) prepare(typ stdreflect.Type) (m *model) {
	defer func() {
		if cause := recover(); cause != nil {
			r.panicked(typ, nil, cause)
			m = nil
		}
	}()
	return &model{typ: typ, bun: r.bun.Tables().InProgress(typ), flat: flatten(typ)}
}

// finish lets bun read the relations of a type. It reports whether bun accepted them.
func (r *reader) finish(m *model, failed map[string]bool) (ok bool) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		ok = false
		field, index := unfinishedRelation(m)
		if target, isM2M := parseBunTag(field.Tag.Get("bun")).get("m2m"); isM2M {
			if failed[target] {
				return // the junction's own error says it
			}
			if r.bun.Tables().ByName(target) == nil {
				r.failAt(r.fieldOrigin(m.typ, index),
					fmt.Sprintf("no model has the table %q of m2m:%s", target, target),
					"add the junction's struct to the models")
				return
			}
		}
		r.panicked(m.typ, index, cause)
	}()
	r.bun.Tables().Get(m.typ)
	return true
}

// panicked reports a panic of bun about a type, or about one of its fields.
func (r *reader) panicked(typ stdreflect.Type, index []int, cause any) {
	err, isError := cause.(error)
	if !isError {
		err = fmt.Errorf("%v", cause)
	}
	origin := r.typeOrigin(typ)
	if len(index) > 0 {
		origin = r.fieldOrigin(typ, index)
	}
	text := strings.TrimPrefix(err.Error(), "bun: ")
	r.fail(&ModelError{
		Model: origin.Type, Field: origin.Field, File: origin.File, Line: origin.Line,
		Text: "bun does not accept it: " + text, WayOut: wayOutOfPanic(text), Cause: err,
	})
}

// wayOutOfPanic says what to change, by what bun's message says.
func wayOutOfPanic(text string) string {
	switch {
	case strings.Contains(text, "does not have primary keys"):
		return "give the referenced struct a field with the pk option, or leave the rel option out"
	case strings.Contains(text, "to override, use"):
		return "" // the message has it
	case strings.Contains(text, "must have column"), strings.Contains(text, "must have field"):
		return "correct the join option: join:<column here>=<column there>"
	case strings.Contains(text, "unknown relation"):
		return "use rel:belongs-to, rel:has-one or rel:has-many"
	case strings.Contains(text, "requires slice"):
		return "make the field a slice, []*T"
	case strings.Contains(text, "option must be a single field"):
		return "keep one of the actions"
	case strings.Contains(text, "can't parse relation join"):
		return "write join:<column here>=<column there>"
	}
	return "correct the field's bun tag"
}

// unfinishedRelation returns the relation at which bun gave up: the first, in bun's order, that it has not recorded.
func unfinishedRelation(m *model) (structField, []int) {
	for _, field := range m.relationFields() {
		if _, done := m.bun.Relations[field.Name]; !done {
			return field, field.Index
		}
	}
	return structField{}, nil
}

// relationFields returns the fields with a rel or m2m option in the order in which bun reads them: a struct's own before
// those of embedded ones. Indexes are paths from the outermost struct.
func (m *model) relationFields() []structField {
	var fields []structField
	for _, field := range m.flat {
		if field.role == relationField {
			fields = append(fields, field)
		}
	}
	slices.SortStableFunc(fields, func(a, b structField) int { return cmp.Compare(len(a.Index), len(b.Index)) })
	return fields
}

// maxEmbedding bounds the depth to which embedded structs are followed.
const maxEmbedding = 16

func structOf(typ stdreflect.Type) (stdreflect.Type, bool) {
	if typ.Kind() == stdreflect.Pointer {
		typ = typ.Elem()
	}
	return typ, typ.Kind() == stdreflect.Struct
}

var baseModelType = stdreflect.TypeFor[bunschema.BaseModel]()

// isBaseModel reports whether bun takes the field for its BaseModel: embedded, of that very type and name.
func isBaseModel(field stdreflect.StructField) bool {
	return field.Anonymous && field.Name == "BaseModel" && field.Type == baseModelType
}

// junctionNames returns the table names in m2m options.
func junctionNames(models []*model) map[string]bool {
	names := map[string]bool{}
	for _, m := range models {
		for _, field := range m.relationFields() {
			if name, found := parseBunTag(field.Tag.Get("bun")).get("m2m"); found {
				names[name] = true
			}
		}
	}
	return names
}

// brokenEmbeds reports embed: options on what is no struct. Bun panics on them while it reads any type that leads there,
// and remembers half of the type.
func (r *reader) brokenEmbeds(types []stdreflect.Type) map[stdreflect.Type]bool {
	broken := map[stdreflect.Type]bool{}
	visited := map[stdreflect.Type]bool{}
	queue := append([]stdreflect.Type(nil), types...)
	for len(queue) > 0 {
		typ := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if visited[typ] {
			continue
		}
		visited[typ] = true
		for i := range typ.NumField() {
			field := typ.Field(i)
			text := field.Tag.Get("bun")
			if text == "-" || (field.PkgPath != "" && !field.Anonymous) {
				continue
			}
			inner, isStruct := structOf(elementOf(field.Type))
			if isStruct {
				queue = append(queue, inner)
			}
			if _, direct := structOf(field.Type); direct || field.Anonymous || !strings.Contains(text, "embed") {
				continue
			}
			if parseBunTag(text).has("embed") {
				broken[typ] = true
				r.failAt(r.fieldOrigin(typ, field.Index), fmt.Sprintf("embed: is on a field of type %s", field.Type),
					"bun flattens structs only; make the field a struct or remove embed:")
			}
		}
	}
	return broken
}

// elementOf returns what a pointer, slice, array or map holds.
func elementOf(typ stdreflect.Type) stdreflect.Type {
	for range 4 {
		switch typ.Kind() {
		case stdreflect.Pointer, stdreflect.Slice, stdreflect.Array, stdreflect.Map:
			typ = typ.Elem()
		default:
			return typ
		}
	}
	return typ
}

// refersTo reports whether a type is one of some types, or has fields of one of them.
func refersTo(typ stdreflect.Type, some map[stdreflect.Type]bool) bool {
	if len(some) == 0 {
		return false
	}
	visited := map[stdreflect.Type]bool{}
	queue := []stdreflect.Type{typ}
	for len(queue) > 0 {
		typ := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if visited[typ] {
			continue
		}
		visited[typ] = true
		if some[typ] {
			return true
		}
		for i := range typ.NumField() {
			if inner, isStruct := structOf(elementOf(typ.Field(i).Type)); isStruct {
				queue = append(queue, inner)
			}
		}
	}
	return false
}
