package annotate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// edit writes the wanted items into the sources.
func (a *annotator) edit() error {
	places := a.places()
	for _, file := range slices.Sorted(maps.Keys(places)) {
		before, err := a.Source(file)
		if err != nil {
			return err
		}
		source := &source{text: before, set: token.NewFileSet()}
		if source.tree, err = parser.ParseFile(source.set, file, before, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
		for _, at := range places[file] {
			a.editPlace(source, at)
		}
		if after := source.edited(); !bytes.Equal(before, after) {
			a.result.Files = append(a.result.Files, File{Path: file, Before: before, After: after})
		}
	}
	return nil
}

func (a *annotator) editPlace(source *source, at place) {
	field, reason := source.find(at)
	if reason == "" {
		reason = a.editTag(source, field, a.wants[at])
	}
	if reason == "" {
		return
	}
	for _, w := range a.wants[at] {
		a.left(w.object(), reason, "declare it in a DDL method: "+w.item.text)
	}
}

// editTag returns why the field's tag cannot be edited, or "".
func (a *annotator) editTag(source *source, field *ast.Field, wants []want) string {
	literal := ""
	if field.Tag != nil {
		literal = field.Tag.Value
	}
	edited, err := editTag(literal, func(t *tag) error {
		for _, w := range wants {
			if err := t.put(a.Dialect, w); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err.Error()
	}
	if field.Tag != nil {
		source.replace(field.Tag.Pos(), field.Tag.End(), edited)
	} else {
		source.replace(field.Type.End(), field.Type.End(), " "+edited)
	}
	for _, w := range wants {
		text := w.item.text
		if a.Dialect != "" {
			text = string(a.Dialect) + "." + text
		}
		a.result.Written = append(a.result.Written, Written{Origin: w.origin, Object: w.object(), Item: text})
	}
	return ""
}

// source is a file with the edits to be made.
type source struct {
	text  []byte
	set   *token.FileSet
	tree  *ast.File
	edits []edit
}

type edit struct {
	from, to int
	text     string
}

func (s *source) replace(from, to token.Pos, text string) {
	s.edits = append(s.edits, edit{s.set.Position(from).Offset, s.set.Position(to).Offset, text})
}

// edited returns the text with the edits. A file that was formatted stays formatted.
func (s *source) edited() []byte {
	slices.SortFunc(s.edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, one := range s.edits {
		out.Write(s.text[at:one.from])
		out.WriteString(one.text)
		at = one.to
	}
	out.Write(s.text[at:])
	if formatted, err := format.Source(s.text); err == nil && bytes.Equal(formatted, s.text) {
		if formatted, err = format.Source(out.Bytes()); err == nil {
			return formatted
		}
	}
	return out.Bytes()
}

// find returns the field at a place, or why there is none that can take a tag.
func (s *source) find(at place) (field *ast.Field, reason string) {
	ast.Inspect(s.tree, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.TypeSpec:
			if structure, ok := node.Type.(*ast.StructType); ok && at.field == "" && s.line(node.Name) == at.line {
				field = baseModel(structure)
				reason = "its struct embeds no bun.BaseModel, where it could stand"
			}
		case *ast.Field:
			if at.field != "" && s.line(node) == at.line && names(node, at.field) {
				field = node
			}
		}
		return field == nil
	})
	switch {
	case field != nil && len(field.Names) > 1:
		return nil, "its field shares a declaration with others"
	case field != nil:
		return field, ""
	case reason != "":
		return nil, reason
	}
	return nil, fmt.Sprintf("%s:%d declares no field %s", at.file, at.line, at.field)
}

func (s *source) line(node ast.Node) int { return s.set.Position(node.Pos()).Line }

func baseModel(structure *ast.StructType) *ast.Field {
	for _, field := range structure.Fields.List {
		if selector, ok := field.Type.(*ast.SelectorExpr); ok && len(field.Names) == 0 && selector.Sel.Name == "BaseModel" {
			return field
		}
	}
	return nil
}

// names reports whether a declaration declares the field. An embedded one has the name of its type.
func names(field *ast.Field, name string) bool {
	if len(field.Names) > 0 {
		return slices.ContainsFunc(field.Names, func(ident *ast.Ident) bool { return ident.Name == name })
	}
	typ := field.Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	switch typ := typ.(type) {
	case *ast.Ident:
		return typ.Name == name
	case *ast.SelectorExpr:
		return typ.Sel.Name == name
	}
	return false
}

// editTag edits the text of a tag and returns the literal anew, in the manner in which it was written. An empty literal is a
// field without a tag.
func editTag(literal string, edit func(*tag) error) (string, error) {
	text := ""
	if literal != "" {
		var err error
		if text, err = strconv.Unquote(literal); err != nil {
			return "", fmt.Errorf("its tag %s is no string", literal)
		}
	}
	t, err := parseTag(text)
	if err != nil {
		return "", err
	}
	if err := edit(t); err != nil {
		return "", err
	}
	text = t.String()
	if strings.Contains(text, "`") || strings.HasPrefix(literal, `"`) {
		return strconv.Quote(text), nil
	}
	return "`" + text + "`", nil
}
