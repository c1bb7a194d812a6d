package render

import (
	"reflect"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// modelFacts are the fields of schema objects that tell how a model or a catalog was read. They are no part of what an
// operation does, and a revision does not hold them.
var modelFacts = map[string]bool{
	"Origin": true, "Natural": true, "Foreign": true, "WasNamed": true, "IgnoredColumns": true, "Implied": true, "Backfill": true,
	"NameImplied": true, "Invalid": true, "Implicit": true,
}

var schemaPackage = reflect.TypeFor[schema.Table]().PkgPath()

// declare returns a copy of an operation with only what a revision declares.
func declare(operation op.Operation) op.Operation {
	copied := copyDeclared(reflect.ValueOf(operation)).Interface().(op.Operation)
	switch o := copied.(type) {
	case *op.AlterColumn:
		var to schema.Column
		for _, attribute := range o.Attributes {
			op.CopyAttribute(&to, &o.To, attribute)
		}
		o.To = to
	case *op.Batch:
		for i, inner := range o.Operations {
			o.Operations[i] = declare(inner)
		}
	case *op.DropFunction:
		if o.Routine == "function" {
			o.Routine = ""
		}
	}
	return copied
}

// copyDeclared copies a value deeply and leaves out the facts about models. Operations are a few levels deep, so the
// recursion is too.
func copyDeclared(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(copyDeclared(v.Elem()))
		return out
	case reflect.Interface:
		if v.IsNil() || v.Elem().Kind() != reflect.Pointer {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(copyDeclared(v.Elem()))
		return out
	case reflect.Slice:
		if v.Len() == 0 {
			return reflect.Zero(v.Type())
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(copyDeclared(v.Index(i)))
		}
		return out
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case !field.IsExported():
			case modelFacts[field.Name] && v.Type().PkgPath() == schemaPackage:
				out.Field(i).SetZero()
			default:
				out.Field(i).Set(copyDeclared(v.Field(i)))
			}
		}
		return out
	}
	return v
}
