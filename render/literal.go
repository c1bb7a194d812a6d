package render

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// literal is a Go value that is written out as a composite literal.
type literal struct{ of any }

func (l literal) value(want reflect.Type) reflect.Value {
	if l.of == nil {
		return reflect.Zero(want)
	}
	return reflect.ValueOf(l.of)
}

func (l literal) width() int { return min(len(fmt.Sprintf("%v", l.of)), 80) }

func (l literal) code(int) *jen.Statement {
	if l.of == nil {
		return jen.Nil()
	}
	return literalCode(reflect.ValueOf(l.of), true)
}

// constants are the names of package schema's constants that stand in literals.
var constants = map[any]string{
	schema.IdentityByDefault: "IdentityByDefault", schema.IdentityAlways: "IdentityAlways", schema.IdentitySerial: "IdentitySerial",
	schema.IdentityAutoIncrement: "IdentityAutoIncrement", schema.InitiallyDeferred: "InitiallyDeferred", schema.InitiallyNow: "InitiallyNow",
	schema.Restrict: "Restrict", schema.Cascade: "Cascade", schema.SetNull: "SetNull", schema.SetDefault: "SetDefault",
	schema.NullsFirst: "NullsFirst", schema.NullsLast: "NullsLast",
}

// checkLiteral returns why a value of the user's cannot be written as Go source, or nil.
func checkLiteral(value any) error {
	switch value.(type) {
	case nil, string, bool, []byte, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return nil
	}
	return fmt.Errorf("a value of type %T has no literal", value)
}

// literalCode writes a value. Where the type is not given by the place, typed writes it.
func literalCode(v reflect.Value, typed bool) *jen.Statement {
	switch v.Kind() {
	case reflect.Pointer:
		return pointerCode(v)
	case reflect.Interface:
		if v.IsNil() {
			return jen.Nil()
		}
		return literalCode(v.Elem(), true)
	case reflect.Slice:
		return sliceCode(v, typed)
	case reflect.Struct:
		return structCode(v, typed)
	case reflect.String:
		if constant, ok := constants[v.Interface()]; ok {
			return jen.Qual(schemaPath, constant)
		}
		return text(v.String()).code(0)
	}
	return basicCode(v, typed)
}

func pointerCode(v reflect.Value) *jen.Statement {
	if v.IsNil() {
		return jen.Nil()
	}
	if v.Elem().Kind() == reflect.Struct {
		return jen.Op("&").Add(structCode(v.Elem(), true))
	}
	return jen.New(literalCode(v.Elem(), true))
}

func basicCode(v reflect.Value, typed bool) *jen.Statement {
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		return pause(v.Int()).code(0)
	case v.CanInt():
		number := jen.Op(strconv.FormatInt(v.Int(), 10))
		if typed && v.Kind() != reflect.Int {
			return jen.Id(v.Kind().String()).Call(number)
		}
		return number
	case v.CanFloat() && v.Kind() == reflect.Float64, v.Kind() == reflect.Bool, typed:
		return jen.Lit(v.Interface())
	}
	return jen.Lit(v.Interface())
}

func sliceCode(v reflect.Value, typed bool) *jen.Statement {
	if v.IsNil() {
		return jen.Nil()
	}
	if v.Type() == reflect.TypeFor[[]byte]() {
		return jen.Index().Byte().Call(jen.Lit(string(v.Bytes())))
	}
	element := v.Type().Elem()
	var values []jen.Code
	broad := v.Len() > 1 && (element.Kind() == reflect.Pointer || element == reflect.TypeFor[op.Operation]())
	for i := range v.Len() {
		var item *jen.Statement
		switch item = literalCode(v.Index(i), element.Kind() == reflect.Interface); {
		case element.Kind() == reflect.Struct:
			item = structCode(v.Index(i), false)
		case element.Kind() == reflect.Pointer && element.Elem().Kind() == reflect.Struct:
			item = structCode(v.Index(i).Elem(), false)
		}
		if broad {
			item = jen.Line().Add(item)
		}
		values = append(values, item)
	}
	if broad {
		values = append(values, jen.Line())
	}
	if !typed {
		return jen.Values(values...)
	}
	return typeCode(v.Type()).Values(values...)
}

// literalWidth is from which width on a struct is written with one field on a line.
const literalWidth = 100

func structCode(v reflect.Value, typed bool) *jen.Statement {
	var fields []*jen.Statement
	width := 0
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if value := v.Field(i); field.IsExported() && !value.IsZero() {
			code := jen.Id(field.Name).Op(":").Add(fieldCode(value))
			fields = append(fields, code)
			width += len(code.GoString())
		}
	}
	broad := width > literalWidth && len(fields) > 1
	var values []jen.Code
	for _, field := range fields {
		if broad {
			field = jen.Line().Add(field)
		}
		values = append(values, field)
	}
	if broad {
		values = append(values, jen.Line())
	}
	if !typed {
		return jen.Values(values...)
	}
	return typeCode(v.Type()).Values(values...)
}

// fieldCode writes the value of a struct's field: structs and slices need their type there, basic values do not.
func fieldCode(v reflect.Value) *jen.Statement {
	switch v.Kind() {
	case reflect.Slice, reflect.Struct, reflect.Pointer, reflect.Interface:
		return literalCode(v, true)
	}
	return literalCode(v, false)
}

func typeCode(t reflect.Type) *jen.Statement {
	switch {
	case t.Name() != "" && t.PkgPath() != "":
		return jen.Qual(t.PkgPath(), t.Name())
	case t.Kind() == reflect.Slice:
		return jen.Index().Add(typeCode(t.Elem()))
	case t.Kind() == reflect.Pointer:
		return jen.Op("*").Add(typeCode(t.Elem()))
	case t.Kind() == reflect.Interface:
		return jen.Any()
	}
	return jen.Id(t.String())
}

// rowNode is an op.Row literal: its columns in the order of their names.
type rowNode struct {
	columns []string
	values  []any
}

func (r rowNode) value(reflect.Type) reflect.Value {
	row := op.Row{}
	for i, column := range r.columns {
		row[column] = r.values[i]
	}
	return reflect.ValueOf(row)
}

func (r rowNode) width() int { return 80 }

func (r rowNode) code(indent int) *jen.Statement {
	var values []jen.Code
	for i, column := range r.columns {
		values = append(values, jen.Lit(column).Op(":").Add(literal{r.values[i]}.code(indent)))
	}
	return jen.Qual(opPath, "Row").Values(values...)
}

// deferrableSymbol returns the constant for a time of checking.
func deferrableSymbol(when schema.Deferrable) node {
	if constant, ok := constants[when]; ok {
		return symbol{schemaPath, constant, when}
	}
	return text(when)
}

// declaredLiteral is the literal of the object behind a pointer, without the facts about models.
func declaredLiteral(pointer any) literal {
	return literal{copyDeclared(reflect.ValueOf(pointer).Elem()).Interface()}
}
