package reflect

import (
	"fmt"
	stdreflect "reflect"

	"github.com/retort-db/retort/schema"
)

// Declarer is a model that declares what bun's tags have no words for.
type Declarer interface {
	DDL(t *schema.Declaration)
}

var declarerType = stdreflect.TypeFor[Declarer]()

// callDDL calls the model's DDL method. As always in Go, a method of the model hides those of embedded structs. If the
// model has none because several embedded structs have one, each of them is called: nothing is lost to the ambiguity.
func (r *reader) callDDL(m *model, declaration *schema.Declaration) {
	value := newWithEmbedded(m.typ)
	declarers := []Declarer(nil)
	if declarer, ok := value.Interface().(Declarer); ok {
		declarers = append(declarers, declarer)
	} else {
		declarers = embeddedDeclarers(value.Elem(), 0)
	}
	for _, declarer := range declarers {
		r.callOne(m, declarer, declaration)
	}
	r.relativeOrigins(m.declared)
}

func (r *reader) callOne(m *model, declarer Declarer, declaration *schema.Declaration) {
	defer func() {
		if cause := recover(); cause != nil {
			origin := r.typeOrigin(m.typ)
			err, _ := cause.(error)
			r.fail(&ModelError{
				Model: origin.Type, Field: "DDL", File: origin.File, Line: origin.Line,
				Text:   fmt.Sprintf("the DDL method panics: %v", cause),
				WayOut: "it is called on a zero value and may use nothing of it",
				Cause:  err,
			})
		}
	}()
	declarer.DDL(declaration)
}

// newWithEmbedded returns a pointer to a zero value whose embedded pointers to structs are set, so that promoted methods
// can be called.
func newWithEmbedded(typ stdreflect.Type) stdreflect.Value {
	value := stdreflect.New(typ)
	fillEmbedded(value.Elem(), 0)
	return value
}

func fillEmbedded(value stdreflect.Value, depth int) {
	if depth > maxEmbedding {
		return
	}
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if !field.Anonymous {
			continue
		}
		inner := value.Field(i)
		if inner.Kind() == stdreflect.Pointer && inner.Type().Elem().Kind() == stdreflect.Struct && inner.CanSet() {
			inner.Set(stdreflect.New(inner.Type().Elem()))
			inner = inner.Elem()
		}
		if inner.Kind() == stdreflect.Struct {
			fillEmbedded(inner, depth+1)
		}
	}
}

// embeddedDeclarers returns the embedded structs that have a DDL method, the outermost of each branch.
func embeddedDeclarers(value stdreflect.Value, depth int) []Declarer {
	if depth > maxEmbedding {
		return nil
	}
	var out []Declarer
	for i := range value.NumField() {
		field := value.Type().Field(i)
		inner := value.Field(i)
		if !field.Anonymous || field.PkgPath != "" || field.Tag.Get("bun") == "-" {
			continue
		}
		if inner.Kind() == stdreflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() != stdreflect.Struct {
			continue
		}
		if stdreflect.PointerTo(inner.Type()).Implements(declarerType) && inner.CanAddr() {
			out = append(out, inner.Addr().Interface().(Declarer))
			continue
		}
		out = append(out, embeddedDeclarers(inner, depth+1)...)
	}
	return out
}

// relativeOrigins makes the file names of what a DDL method declared relative to the module.
func (r *reader) relativeOrigins(declared *schema.Declared) {
	shorten := func(origin *schema.Origin) {
		if origin.File != "" && origin.Field == "" {
			origin.File = r.relative(origin.File)
		}
	}
	for i := range declared.Attributes {
		shorten(&declared.Attributes[i].Origin)
	}
	for _, index := range declared.Indexes {
		shorten(&index.Origin)
	}
	for _, unique := range declared.Uniques {
		shorten(&unique.Origin)
	}
	for _, key := range declared.PrimaryKeys {
		shorten(&key.Origin)
	}
	for _, check := range declared.Checks {
		shorten(&check.Origin)
	}
	for _, key := range declared.ForeignKeys {
		shorten(&key.Origin)
	}
	for _, exclusion := range declared.Exclusions {
		shorten(&exclusion.Origin)
	}
	for _, enum := range declared.Enums {
		shorten(&enum.Origin)
	}
}
