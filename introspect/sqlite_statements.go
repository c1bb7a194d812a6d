package introspect

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/schema"
)

// sqliteObject is a row of sqlite_schema, see https://www.sqlite.org/schematab.html, and what its statement says.
type sqliteObject struct {
	kind  string // "table", "index", "view" or "trigger"
	name  string
	table string // that it belongs to
	sql   string // empty for the indexes that SQLite makes for keys

	// columns are those of a table by SQLite's own account: of each "1" for NOT NULL or "0", and its name, with the control
	// character 31 between two of them.
	columns string

	// What follows is made of the statement.

	err        error // why it cannot be read
	virtual    *sqliteddl.Virtual
	index      *sqliteddl.Index
	view       *sqliteddl.View
	read       *schema.Table
	unmodelled []schema.Unmodelled
	// disagrees is set if the columns of the statement are not those that SQLite has.
	disagrees bool
}

// sqliteBatch is how many objects are handed to a parser at once, and sqliteParsers how many parsers there are at most.
const sqliteBatch, sqliteParsers = 32, 4

// objects reads the objects of the database. Parsing their statements takes as long as SQLite needs to tell of them, so
// both go on at once.
func (r *sqliteReader) objects(ctx context.Context, q Querier) ([]*sqliteObject, error) {
	var objects []*sqliteObject
	var parsers sync.WaitGroup
	batches := make(chan []*sqliteObject, 2*sqliteParsers)
	for range min(max(1, runtime.GOMAXPROCS(0)-1), sqliteParsers) {
		parsers.Go(func() {
			for batch := range batches {
				for _, object := range batch {
					r.parse(object)
				}
			}
		})
	}
	handed := 0
	err := sqliteObjects(ctx, q, r.database, func(o *sqliteObject) {
		objects = append(objects, o)
		if len(objects)-handed == sqliteBatch {
			batches <- objects[handed:]
			handed = len(objects)
		}
	})
	batches <- objects[handed:]
	close(batches)
	parsers.Wait()
	return objects, err
}

// parse reads the statement of an object, as far as that can be done without knowing the others.
func (r *sqliteReader) parse(object *sqliteObject) {
	switch object.kind {
	case "table":
		if r.wanted(object.name) && !isSQLiteInternal(object.name) || sqliteddl.IsVirtual(object.sql) {
			r.parseTable(object)
		}
	case "index":
		if object.sql != "" && r.wanted(object.table) {
			object.index, object.err = sqliteddl.ParseIndex(object.sql)
		}
	case "view":
		object.view, object.err = sqliteddl.ParseView(object.sql)
	}
}

func (r *sqliteReader) parseTable(object *sqliteObject) {
	if sqliteddl.IsVirtual(object.sql) {
		if object.virtual, object.err = sqliteddl.ParseVirtual(object.sql); object.err == nil {
			object.read = &schema.Table{Name: r.name(object.name), Virtual: object.virtual.Using}
		}
		return
	}
	object.err = sqliteddl.VisitTable(object.sql, func(parsed *sqliteddl.Table) {
		if notNull, ok := notNullColumns(parsed, object.columns); ok {
			r.build(object, parsed, notNull)
		} else {
			object.disagrees = true
		}
	})
}

func (r *sqliteReader) build(object *sqliteObject, parsed *sqliteddl.Table, notNull []bool) {
	builder := &sqliteTable{name: r.name(object.name), parsed: parsed, notNull: notNull}
	object.read, object.unmodelled = builder.build(), builder.unmodelled
}

// notNullColumns tells which of the parsed columns are NOT NULL by SQLite's account of them, see [sqliteObject]. It returns
// false if that has other columns.
func notNullColumns(parsed *sqliteddl.Table, account string) ([]bool, bool) {
	out := make([]bool, len(parsed.Columns))
	for i, column := range parsed.Columns {
		if i > 0 {
			var ok bool
			if account, ok = strings.CutPrefix(account, "\x1f"); !ok {
				return nil, false
			}
		}
		if account == "" {
			return nil, false
		}
		var ok bool
		out[i] = account[0] == '1'
		if account, ok = strings.CutPrefix(account[1:], column.Name); !ok {
			return nil, false
		}
	}
	return out, account == ""
}

// settle asks SQLite for the columns of a table whose statement disagrees with its account, and says where they part.
func (r *sqliteReader) settle(ctx context.Context, q Querier, object *sqliteObject) error {
	columns, err := sqliteColumns(ctx, q, r.database, object.name)
	if err != nil {
		return err
	}
	parsed, err := sqliteddl.ParseTable(object.sql)
	if err == nil {
		err = agree(parsed, columns)
	}
	if object.err = err; err != nil {
		return nil
	}
	notNull := make([]bool, len(columns))
	for i, column := range columns {
		notNull[i] = column.notNull
	}
	r.build(object, parsed, notNull)
	return nil
}

// agree checks the parsed statement against what SQLite itself says of the table.
func agree(parsed *sqliteddl.Table, columns []sqliteColumn) error {
	if len(parsed.Columns) != len(columns) {
		return fmt.Errorf("its statement seems to have %d columns, but SQLite reports %d", len(parsed.Columns), len(columns))
	}
	for i, column := range columns {
		if parsed.Columns[i].Name != column.name {
			return fmt.Errorf("column %d of its statement seems to be %q, but SQLite reports %q", i+1, parsed.Columns[i].Name, column.name)
		}
	}
	return nil
}
