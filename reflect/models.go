package reflect

import (
	"fmt"
	stdreflect "reflect"
	"slices"

	bunschema "github.com/uptrace/bun/schema"

	"github.com/retort-db/retort/schema"
)

// Models reads bun models into the schema that they describe on one dialect. Models are pointers to structs, as
// bun's RegisterModel takes them, or reflect.Type values of structs, in any order.
//
// The diagnostics name what is legal but probably not meant. The error, if the models are at fault, is a [ModelErrors]
// that names every bad model at once; the schema is nil then. Models that make no table at all are a [NoTablesError].
func Models(dialect schema.Dialect, options Options, models ...any) (*schema.Schema, []Diagnostic, error) {
	engine, known := engines[dialect]
	if !known {
		return nil, nil, fmt.Errorf("unknown dialect %q: use postgres, mysql or sqlite", dialect)
	}
	construct, linked := constructors[dialect]
	if !linked {
		return nil, nil, &NoDialectError{dialect}
	}
	r := &reader{
		server:  schema.Server{Dialect: dialect, Flavor: options.Flavor, Version: options.Version},
		options: options,
		engine:  engine,
		bun:     construct(),
		origins: map[stdreflect.Type]originOfType{},
		seen:    map[string]bool{},
	}
	if r.options.DefaultNamespace == "" {
		r.options.DefaultNamespace = engine.defaultNamespace()
	}
	out := r.read(models)
	slices.SortStableFunc(r.diagnostics, compareDiagnostics)
	if len(r.errors) > 0 {
		slices.SortStableFunc(r.errors, compareErrors)
		return nil, r.diagnostics, r.errors
	}
	if out.Tables.Len() == 0 {
		return nil, r.diagnostics, &NoTablesError{Models: len(r.types)}
	}
	return out, r.diagnostics, nil
}

// reader is one run of Models.
type reader struct {
	server  schema.Server
	options Options
	engine  engine
	bun     bunschema.Dialect
	db      *recordingDB // made when the first hook needs it

	types       map[stdreflect.Type]bool // of the models
	origins     map[stdreflect.Type]originOfType
	out         *schema.Schema
	diagnostics []Diagnostic
	errors      ModelErrors
	seen        map[string]bool // errors and diagnostics that were reported, to say each once
}

// model is one Go type on its way to a table.
type model struct {
	typ      stdreflect.Type
	bun      *bunschema.Table
	base     baseModel
	name     schema.Name
	extends  bool
	table    *schema.Table
	columns  map[string]*schema.Column
	fields   []fieldFacts
	declared *schema.Declared
	members  []*model // the models of the same table, this one first

	flat         []structField            // all fields, embedded ones included
	bunFields    []*bunschema.Field       // the fields that are columns, in struct order
	checkColumns map[*schema.Check]string // the columns that unnamed checks are named after
	foreign      []*foreignKey
}

func (m *model) typeName() string { return m.typ.String() }

func (r *reader) read(values []any) *schema.Schema {
	r.out = schema.New(r.server)
	r.out.DefaultNamespace = r.options.DefaultNamespace

	models := r.register(r.modelTypes(values))
	kept := models[:0]
	for _, m := range models {
		if r.describe(m) {
			kept = append(kept, m)
		}
	}
	tables := r.group(kept)
	for _, m := range tables {
		r.out.Tables.Add(m.table)
	}
	for _, m := range tables {
		r.apply(m)
	}
	for _, m := range tables {
		r.hooks(m)
		r.foreignKeys(m)
		r.fit(m)
	}
	r.checkTargets(tables)
	r.nameAll(tables)
	r.out.Tables.Sort()
	r.out.Enums.Sort()
	r.listNamespaces()
	return r.out
}

// modelTypes returns the struct types behind what the caller passed, each once.
func (r *reader) modelTypes(values []any) []stdreflect.Type {
	r.types = make(map[stdreflect.Type]bool, len(values))
	types := make([]stdreflect.Type, 0, len(values))
	for i, value := range values {
		typ, isType := value.(stdreflect.Type)
		if !isType {
			typ = stdreflect.TypeOf(value)
		}
		for typ != nil && typ.Kind() == stdreflect.Pointer {
			typ = typ.Elem()
		}
		if typ == nil || typ.Kind() != stdreflect.Struct {
			r.fail(&ModelError{
				Model:  fmt.Sprintf("model %d", i+1),
				Text:   fmt.Sprintf("%T is no struct", value),
				WayOut: "pass pointers to structs, such as (*User)(nil)",
			})
			continue
		}
		if !r.types[typ] {
			r.types[typ] = true
			types = append(types, typ)
		}
	}
	return types
}

// listNamespaces fills in the namespaces that the models use besides the default one.
func (r *reader) listNamespaces() {
	for table := range r.out.Tables.All() {
		if name := table.Name.Schema; name != "" && !slices.Contains(r.out.Namespaces, name) {
			r.out.Namespaces = append(r.out.Namespaces, name)
		}
	}
	slices.Sort(r.out.Namespaces)
}

func (r *reader) fail(err *ModelError) {
	if key := "error " + err.Error(); !r.seen[key] {
		r.seen[key] = true
		r.errors = append(r.errors, err)
	}
}

// failAt reports an error at a declared place.
func (r *reader) failAt(origin schema.Origin, text, wayOut string) {
	r.fail(&ModelError{Model: origin.Type, Field: origin.Field, File: origin.File, Line: origin.Line, Text: text, WayOut: wayOut})
}

// note reports a diagnostic at a declared place.
func (r *reader) note(id string, severity Severity, origin schema.Origin, text, wayOut string) {
	d := Diagnostic{
		ID: id, Severity: severity, Model: origin.Type, Field: origin.Field, File: origin.File, Line: origin.Line,
		Text: text, WayOut: wayOut,
	}
	if key := "note " + d.ID + " " + d.String(); !r.seen[key] {
		r.seen[key] = true
		r.diagnostics = append(r.diagnostics, d)
	}
}

// tableName makes a name of bun's, which puts the namespace before the first dot.
func (r *reader) tableName(bunName string) schema.Name {
	return r.inDefault(schema.ParseName(bunName))
}

// inDefault leaves the default namespace out of a name.
func (r *reader) inDefault(name schema.Name) schema.Name {
	if name.Schema == r.options.DefaultNamespace {
		name.Schema = ""
	}
	return name
}
