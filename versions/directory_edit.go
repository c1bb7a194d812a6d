package versions

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// Reparent returns the source of a revision file with other parents for one of its revisions. Only the literals of parents
// that go or come are touched; a file that was formatted stays so. What cannot be edited is a [*FileError] or a
// [*LiteralError].
func Reparent(path string, source []byte, id string, parents []string) ([]byte, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, source, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, &FileError{File: path, Cause: err}
	}
	e := &parentsEdit{
		fileReader: fileReader{path: path, positions: positions, name: localName(file)},
		source:     source, parents: parents,
	}
	revision, idField := e.find(file, id)
	if revision == nil {
		return nil, &FileError{File: path, Cause: fmt.Errorf("it has no revision %q", id)}
	}
	if err := e.edit(revision, idField); err != nil {
		return nil, err
	}
	edited := e.apply()
	if formatted, err := format.Source(source); err == nil && bytes.Equal(formatted, source) {
		return format.Source(edited)
	}
	return edited, nil
}

// parentsEdit changes the parents in a file's text.
type parentsEdit struct {
	fileReader
	source  []byte
	parents []string
	cuts    []cut
}

// cut replaces the bytes from start to end.
type cut struct {
	start, end int
	text       string
}

// find returns the literal of a revision and its field ID.
func (e *parentsEdit) find(file *ast.File, id string) (revision *ast.CompositeLit, idField *ast.KeyValueExpr) {
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok || !e.isOurs(literal.Type, "Revision") {
			return revision == nil
		}
		if field := fieldOf(literal, "ID"); field != nil {
			if text, ok := constant(field.Value); ok && text == id {
				revision, idField = literal, field
			}
		}
		return false
	})
	return revision, idField
}

func fieldOf(literal *ast.CompositeLit, name string) *ast.KeyValueExpr {
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
				return pair
			}
		}
	}
	return nil
}

func (e *parentsEdit) edit(revision *ast.CompositeLit, idField *ast.KeyValueExpr) error {
	field := fieldOf(revision, "Revises")
	if field == nil {
		at := e.offset(idField.End())
		text := ", Revises: " + e.after(e.parents)
		if e.line(idField.Pos()) != e.line(revision.Lbrace) {
			text = ",\n" + e.indent(idField.Pos()) + "Revises: " + e.after(e.parents)
		}
		e.cuts = append(e.cuts, cut{at, at, text})
		return nil
	}
	call, ok := field.Value.(*ast.CallExpr)
	if !ok && len(e.fileReader.parents(field.Value)) == 0 && len(e.problems) == 0 {
		e.cuts = append(e.cuts, cut{e.offset(field.Value.Pos()), e.offset(field.Value.End()), e.after(e.parents)})
		return nil
	}
	old := e.fileReader.parents(field.Value)
	if len(e.problems) > 0 {
		return e.problems[0]
	}
	e.arguments(call, old)
	return nil
}

// arguments changes those of After: what stays is left alone, new ones take the place of old ones.
func (e *parentsEdit) arguments(call *ast.CallExpr, old []string) {
	come := slices.DeleteFunc(slices.Clone(e.parents), func(id string) bool { return slices.Contains(old, id) })
	for i, argument := range call.Args {
		if slices.Contains(e.parents, old[i]) {
			continue
		}
		start, end := e.offset(argument.Pos()), e.offset(argument.End())
		if len(come) > 0 {
			e.cuts = append(e.cuts, cut{start, end, quoteLike(e.source[start:end], come[0])})
			come = come[1:]
			continue
		}
		// The comma before it goes too, or the one after the first.
		if i > 0 {
			start = e.offset(call.Args[i-1].End())
		} else if len(call.Args) > 1 {
			end = e.offset(call.Args[1].Pos())
		}
		e.cuts = append(e.cuts, cut{start, end, ""})
	}
	if len(come) == 0 {
		return
	}
	at, text := e.offset(call.Rparen), quotedList(come)
	if len(call.Args) > 0 {
		at, text = e.offset(call.Args[len(call.Args)-1].End()), ", "+text
	}
	e.cuts = append(e.cuts, cut{at, at, text})
}

// quoteLike quotes a text as a literal that it replaces is quoted.
func quoteLike(old []byte, text string) string {
	if bytes.HasPrefix(old, []byte("`")) {
		return "`" + text + "`"
	}
	return strconv.Quote(text)
}

func quotedList(ids []string) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = strconv.Quote(id)
	}
	return strings.Join(quoted, ", ")
}

func (e *parentsEdit) after(ids []string) string {
	if e.name == "." {
		return "After(" + quotedList(ids) + ")"
	}
	return e.name + ".After(" + quotedList(ids) + ")"
}

// indent returns the white space that the line of a position begins with.
func (e *parentsEdit) indent(at token.Pos) string {
	line := e.source[bytes.LastIndexByte(e.source[:e.offset(at)], '\n')+1:]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

func (e *parentsEdit) offset(at token.Pos) int { return e.positions.Position(at).Offset }
func (e *parentsEdit) line(at token.Pos) int   { return e.positions.Position(at).Line }

func (e *parentsEdit) apply() []byte {
	var out bytes.Buffer
	done := 0
	for _, c := range e.cuts {
		start := max(c.start, done) // two neighbours that both go share the comma
		out.Write(e.source[done:start])
		out.WriteString(c.text)
		done = max(c.end, start)
	}
	out.Write(e.source[done:])
	return out.Bytes()
}
