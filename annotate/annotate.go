// Package annotate writes what a database has into the struct tags of the models: what the models leave open, or say
// otherwise. It edits the text of tags and nothing else, so that comments, order and layout of the code stay.
//
// New words go into the tag "ddl", never into "bun": bun reads and writes values by what its own tag says (a default makes
// it leave zero values out, a type of json makes it encode), and an annotation must not change what a program does. The one
// exception is a type that the bun tag states already: two types on one field would be a riddle.
package annotate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Input is what tags are worked out from.
type Input struct {
	// Database is the truth, Models what the tags say now, with origins.
	Database, Models *schema.Schema
	// Differences lead from the database to the models, everything counted and nothing taken for a rename.
	Differences []op.Operation
	// Dialect is put before each item, so that it counts for one engine only. It is empty for a project of one engine.
	Dialect schema.Dialect
	// Source returns the content of a file by its path in [schema.Origin].
	Source func(file string) ([]byte, error)
}

// Result is what to write, and what cannot be written.
type Result struct {
	Files   []File
	Written []Written
	Left    []Left
}

// File is a source file that changes.
type File struct {
	Path          string // as in [schema.Origin]
	Before, After []byte
}

// Written is one item that went into a tag.
type Written struct {
	Origin schema.Origin // the field, with its line before the change
	Object string        // "users.email"
	Item   string        // "type:citext"
}

// Left is a difference that no tag expresses.
type Left struct {
	Object string // "users.legacy_code"
	What   string // "the column has no field"
	Way    string // what to do about it
}

// Annotate works out the edits. The error is one of reading or parsing a source file.
func Annotate(in Input) (*Result, error) {
	a := &annotator{Input: in, wants: map[place][]want{}, owners: map[place][]owner{}, result: &Result{}}
	a.findOwners()
	for _, operation := range in.Differences {
		a.express(operation)
	}
	for _, wants := range a.wants {
		slices.SortStableFunc(wants, func(x, y want) int { return cmp.Compare(x.item.rank(), y.item.rank()) })
	}
	a.settleShared()
	if err := a.edit(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(a.result.Left, func(x, y Left) int { return cmp.Compare(x.Object, y.Object) })
	return a.result, nil
}

type annotator struct {
	Input
	wants  map[place][]want
	owners map[place][]owner
	result *Result
}

// place is a field in a source file. A table's place is that of its type, with no field.
type place struct {
	file  string
	line  int
	field string
}

func placeOf(origin schema.Origin) place {
	field := origin.Field
	if at := strings.LastIndexByte(field, '.'); at >= 0 {
		field = field[at+1:]
	}
	return place{file: origin.File, line: origin.Line, field: field}
}

// owner is a column that a field describes. A field of an embedded struct describes several.
type owner struct{ table, column string }

// want is an item for a field.
type want struct {
	owner
	item   item
	origin schema.Origin
	// replaces is the type that the model states now, for an item that is a type.
	replaces string
}

func (w want) object() string {
	if w.column == "" {
		return w.table
	}
	return w.table + "." + w.column
}

func (a *annotator) findOwners() {
	for table := range a.Models.Tables.All() {
		for _, column := range table.Columns {
			at := placeOf(column.Origin)
			a.owners[at] = append(a.owners[at], owner{table.Name.String(), column.Name})
		}
	}
}

func (a *annotator) left(object, what, way string) {
	a.result.Left = append(a.result.Left, Left{Object: object, What: what, Way: way})
}

// onColumn wants an item on the field of a column.
func (a *annotator) onColumn(table *schema.Table, column *schema.Column, one item) {
	a.want(column.Origin, want{owner: owner{table.Name.String(), column.Name}, item: one, origin: column.Origin, replaces: column.Type})
}

// onTable wants an item on the bun.BaseModel of a table's struct.
func (a *annotator) onTable(table *schema.Table, one item) {
	a.want(table.Origin, want{owner: owner{table: table.Name.String()}, item: one, origin: table.Origin})
}

func (a *annotator) want(origin schema.Origin, w want) {
	if origin.File == "" || origin.Line == 0 {
		a.left(w.object(), "the place of its declaration is not known", "write "+w.item.text+" into its ddl tag")
		return
	}
	at := placeOf(origin)
	a.wants[at] = append(a.wants[at], w)
}

// settleShared gives up on fields of embedded structs of which the columns differ from table to table.
func (a *annotator) settleShared() {
	for at, wants := range a.wants {
		owners := a.owners[at]
		if at.field == "" || len(owners) < 2 {
			continue
		}
		byOwner := map[owner][]string{}
		for _, w := range wants {
			byOwner[w.owner] = append(byOwner[w.owner], w.item.text)
		}
		first := byOwner[owners[0]]
		agree := !slices.ContainsFunc(wants, func(w want) bool { return w.item.named }) &&
			!slices.ContainsFunc(owners, func(o owner) bool { return !slices.Equal(byOwner[o], first) })
		if agree {
			a.wants[at] = slices.DeleteFunc(wants, func(w want) bool { return w.owner != owners[0] })
			continue
		}
		delete(a.wants, at)
		for _, w := range wants {
			a.left(w.object(), fmt.Sprintf("its field %s:%d is shared with other columns, which differ", at.file, at.line),
				"declare it in a DDL method: "+w.item.text)
		}
	}
}

// places returns the fields to edit by file, in the order of the source.
func (a *annotator) places() map[string][]place {
	out := map[string][]place{}
	for at := range a.wants {
		out[at.file] = append(out[at.file], at)
	}
	for _, list := range out {
		slices.SortFunc(list, func(x, y place) int { return cmp.Or(cmp.Compare(x.line, y.line), cmp.Compare(x.field, y.field)) })
	}
	return out
}
