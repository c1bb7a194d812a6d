package reflect

import (
	"path/filepath"
	stdreflect "reflect"
	"strings"

	"github.com/retort-db/retort/schema"
)

// originOfType is where a struct type is declared.
type originOfType struct {
	name     string // "models.User"
	position Position
}

func (r *reader) originOfType(typ stdreflect.Type) originOfType {
	if origin, known := r.origins[typ]; known {
		return origin
	}
	name, _, _ := strings.Cut(typ.Name(), "[")
	origin := originOfType{name: typ.String(), position: r.options.Positions[typ.PkgPath()+"."+name]}
	if typ.Name() == "" {
		origin.name = "struct"
	}
	r.origins[typ] = origin
	return origin
}

// typeOrigin returns the place of a model's type.
func (r *reader) typeOrigin(typ stdreflect.Type) schema.Origin {
	at := r.originOfType(typ)
	return schema.Origin{Type: at.name, File: at.position.File, Line: at.position.Line}
}

// fieldOrigin returns the place of a field by its index path. The place is where the field itself is declared, in an
// embedded struct if need be; if that is not known, where the embedding starts.
func (r *reader) fieldOrigin(typ stdreflect.Type, index []int) schema.Origin {
	origin := r.typeOrigin(typ)
	var path []string
	for _, i := range index {
		if typ.Kind() == stdreflect.Pointer {
			typ = typ.Elem()
		}
		field := typ.Field(i)
		path = append(path, field.Name)
		at := r.originOfType(typ).position
		if line := at.Fields[field.Name]; line != 0 {
			origin.File, origin.Line = at.File, line
		}
		typ = field.Type
	}
	origin.Field = strings.Join(path, ".")
	return origin
}

// relative makes a file name that the Go runtime gave relative to the module's root.
func (r *reader) relative(file string) string {
	if r.options.Dir != "" {
		if inside, err := filepath.Rel(r.options.Dir, file); err == nil && !strings.HasPrefix(inside, "..") {
			return filepath.ToSlash(inside)
		}
	}
	if r.options.ModulePath != "" {
		if inside, found := strings.CutPrefix(file, r.options.ModulePath+"/"); found { // built with -trimpath
			return inside
		}
	}
	return filepath.Base(file)
}
