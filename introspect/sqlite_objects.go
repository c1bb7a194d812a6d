package introspect

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// readIndexes reads the indexes that belong to no key: SQLite keeps no statement for the others.
func (r *sqliteReader) readIndexes(objects []*sqliteObject) {
	for _, object := range objects {
		if object.kind != "index" || object.index == nil && object.err == nil {
			continue
		}
		table := r.out.Table(r.relations[foldSQLite(object.table)])
		if table == nil {
			continue // The table is a problem, and named as one.
		}
		if object.err != nil {
			r.problem("index", object.name, object.err)
			continue
		}
		index := &schema.Index{Name: object.name, Unique: object.index.Unique, Where: object.index.Where}
		find := columnFinder(table)
		for _, part := range object.index.Parts {
			index.Parts = append(index.Parts, sqlitePart(part, find))
		}
		table.Indexes = append(table.Indexes, index)
	}
}

func columnFinder(table *schema.Table) func(string) (string, string, bool) {
	return func(name string) (string, string, bool) {
		for _, column := range table.Columns {
			if sameSQLite(column.Name, name) {
				return column.Name, column.Collation, true
			}
		}
		return name, "", false
	}
}

// resolveForeignKeys spells the referenced tables and columns as their own statements do.
func (r *sqliteReader) resolveForeignKeys() {
	for table := range r.out.Tables.All() {
		if table.Name.Schema != r.namespace {
			continue
		}
		for _, key := range table.ForeignKeys {
			name, ok := r.relations[foldSQLite(key.RefTable.Name)]
			if !ok {
				continue // SQLite lets a key refer to a table that does not exist yet.
			}
			key.RefTable = name
			target := r.out.Table(name)
			if target == nil {
				continue
			}
			find := columnFinder(target)
			for i, column := range key.RefColumns {
				key.RefColumns[i], _, _ = find(column)
			}
		}
	}
}

func (r *sqliteReader) readViews(objects []*sqliteObject) {
	for _, object := range objects {
		if object.kind != "view" {
			continue
		}
		if object.err != nil {
			r.problem("view", object.name, object.err)
			continue
		}
		r.out.Views.Add(&schema.View{
			Name:       r.name(object.name),
			Definition: object.sql,
			Columns:    object.view.Columns,
			DependsOn:  r.dependencies(object.view.Query, r.name(object.name)),
		})
	}
}

func (r *sqliteReader) readTriggers(objects []*sqliteObject) {
	for _, object := range objects {
		if object.kind != "trigger" || !r.wanted(object.table) {
			continue
		}
		if object.sql == "" {
			r.problem("trigger", object.name, errors.New("SQLite keeps no statement for it"))
			continue
		}
		table, ok := r.relations[foldSQLite(object.table)]
		if !ok {
			table = r.name(object.table)
		}
		r.out.Triggers.Add(&schema.Trigger{
			Name:       r.name(object.name),
			Trigger:    object.name,
			Table:      table,
			Definition: object.sql,
			DependsOn:  r.dependencies(object.sql, r.name(object.name)),
		})
	}
}

// dependencies finds the tables, views and columns that a statement mentions. It goes by the identifiers alone: a column
// counts for every mentioned table that has one of that name.
func (r *sqliteReader) dependencies(text string, self schema.Name) []schema.Dependency {
	mentioned := map[string]bool{}
	for _, token := range sqltext.Significant(schema.SQLite, text) {
		if ident, ok := token.Ident(); ok && !sqliteReserved[strings.ToUpper(token.Text)] {
			mentioned[foldSQLite(ident)] = true
		}
	}
	var out []schema.Dependency
	for folded := range mentioned {
		name, ok := r.relations[folded]
		if !ok || name == self {
			continue
		}
		out = append(out, schema.Dependency{Relation: name})
		table := r.out.Table(name)
		if table == nil {
			continue
		}
		for _, column := range table.Columns {
			if mentioned[foldSQLite(column.Name)] {
				out = append(out, schema.Dependency{Relation: name, Column: column.Name})
			}
		}
	}
	slices.SortFunc(out, func(a, b schema.Dependency) int {
		if c := a.Relation.Compare(b.Relation); c != 0 {
			return c
		}
		return strings.Compare(a.Column, b.Column)
	})
	return out
}

// sqliteReserved are the words that name nothing unless they are quoted: the keywords for which SQLite's grammar has no
// fallback to an identifier, see https://www.sqlite.org/lang_keywords.html.
var sqliteReserved = wordSet(`ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT
	DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTO IS ISNULL JOIN LIMIT NOT
	NOTNULL NULL ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE UPDATE USING VALUES
	WHEN WHERE`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// shadowTables maps the names of shadow tables, in lower case, to the virtual table that keeps its data in them.
func (r *sqliteReader) shadowTables(ctx context.Context, q Querier, objects []*sqliteObject) (map[string]string, error) {
	virtual := map[string]*sqliteddl.Virtual{} // by folded name
	for _, object := range objects {
		if object.virtual != nil {
			virtual[foldSQLite(object.name)] = object.virtual
		}
	}
	if len(virtual) == 0 {
		return nil, nil
	}
	known := map[string]bool{}
	if r.out.Server.Version.AtLeast(3, 37, 0) {
		names, err := sqliteStrings(ctx, q, "SELECT lower(name) FROM pragma_table_list WHERE schema = ?1 AND type = 'shadow'", r.database)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			known[name] = true
		}
	}
	shadows := map[string]string{}
	for _, object := range objects {
		if object.kind != "table" {
			continue
		}
		at := strings.LastIndexByte(object.name, '_')
		if at < 0 {
			continue
		}
		// A shadow table is named <virtual table>_<suffix>, see https://www.sqlite.org/vtab.html#xshadowname.
		owner, suffix := virtual[foldSQLite(object.name[:at])], foldSQLite(object.name[at+1:])
		if owner != nil && (known[foldSQLite(object.name)] || isShadow(owner.Module, suffix)) {
			shadows[foldSQLite(object.name)] = owner.Name
		}
	}
	return shadows, nil
}

// isShadow knows the shadow tables of SQLite's own modules, for a program without the module and for SQLite before 3.37.
func isShadow(module, suffix string) bool {
	suffixes := map[string][]string{
		"fts3":      {"content", "segments", "segdir", "stat"},
		"fts4":      {"content", "segments", "segdir", "docsize", "stat"},
		"fts5":      {"data", "idx", "content", "docsize", "config"},
		"rtree":     {"node", "parent", "rowid"},
		"rtree_i32": {"node", "parent", "rowid"},
		"geopoly":   {"node", "parent", "rowid"},
	}
	return slices.Contains(suffixes[foldSQLite(module)], suffix)
}
