package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/schema"
)

func init() { engines[schema.SQLite] = sqlite{} }

// sqlite reads SQLite 3.35 and later.
//
// What SQLite stores of a schema is the text of its CREATE statements; the text is read by package sqliteddl, and the
// pragmas say what SQLite made of it. Where both disagree, the table is reported as a problem instead of guessed at.
//
// Option keys: strict and without_rowid on tables; on_conflict on columns (that of NOT NULL), primary keys, unique
// constraints and checks. Conflict clauses that say ABORT, the default, are left out.
type sqlite struct{}

// sqliteOldest is the oldest version that is read: the first one with ALTER TABLE … DROP COLUMN.
var sqliteOldest = schema.Version{Major: 3, Minor: 35}

func (sqlite) server(ctx context.Context, q Querier) (schema.Server, error) {
	var text string
	if err := q.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&text); err != nil {
		return schema.Server{}, sqliteFileError(err)
	}
	version, err := parseSQLiteVersion(text)
	if err != nil {
		return schema.Server{}, err
	}
	if !version.AtLeast(sqliteOldest.Major, sqliteOldest.Minor, sqliteOldest.Patch) {
		return schema.Server{}, fmt.Errorf("SQLite %s is too old: %s or later is needed", version, sqliteOldest)
	}
	return schema.Server{Dialect: schema.SQLite, Version: version}, nil
}

func parseSQLiteVersion(text string) (schema.Version, error) {
	var v schema.Version
	if n, _ := fmt.Sscanf(text, "%d.%d.%d", &v.Major, &v.Minor, &v.Patch); n < 2 {
		return v, fmt.Errorf("cannot read the SQLite version %q", text)
	}
	return v, nil
}

func (e sqlite) read(ctx context.Context, q Querier, options Options) (*schema.Schema, error) {
	if db, ok := q.(*sql.DB); ok {
		// One transaction, so that all queries see the same schema. Without one the queries run as they are.
		if tx, err := db.BeginTx(ctx, nil); err == nil {
			defer tx.Rollback()
			q = tx
		}
	}
	server, err := e.server(ctx, q)
	if err != nil {
		return nil, err
	}
	out := schema.New(server)
	out.DefaultNamespace = options.DefaultNamespace
	if out.DefaultNamespace == "" {
		out.DefaultNamespace = "main"
	}
	attached, err := sqliteAttached(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, namespace := range append([]string{out.DefaultNamespace}, options.Namespaces...) {
		if !slices.ContainsFunc(attached, func(name string) bool { return sameSQLite(name, namespace) }) {
			return nil, fmt.Errorf("no database is attached as %q: attached are %s", namespace, strings.Join(attached, ", "))
		}
		if namespace != out.DefaultNamespace && !slices.Contains(out.Namespaces, namespace) {
			out.Namespaces = append(out.Namespaces, namespace)
		}
	}
	for _, namespace := range append([]string{""}, out.Namespaces...) {
		reader := &sqliteReader{out: out, namespace: namespace, database: namespace, options: options}
		if namespace == "" {
			reader.database = out.DefaultNamespace
		}
		if err := reader.read(ctx, q); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sqliteReader reads one attached database.
type sqliteReader struct {
	out       *schema.Schema
	namespace string // as names carry it: "" for the default one
	database  string // as SQL needs it
	options   Options

	// relations maps the names of tables and views in lower case to their names as they are spelled.
	relations map[string]schema.Name
	// statements holds the statements of the tables that are wanted, by name.
	statements map[string]sqliteStatement
}

// sqliteStatement is a CREATE TABLE statement, parsed, or why it is not.
type sqliteStatement struct {
	table *sqliteddl.Table
	err   error
}

func (r *sqliteReader) read(ctx context.Context, q Querier) error {
	objects, err := sqliteObjects(ctx, q, r.database)
	if err != nil {
		return err
	}
	parsed := r.parseTables(objects)
	columns, err := sqliteColumns(ctx, q, r.database)
	r.statements = <-parsed
	if err != nil {
		return err
	}
	shadows, err := r.shadowTables(ctx, q, objects)
	if err != nil {
		return err
	}
	r.relations = map[string]schema.Name{}
	for _, object := range objects {
		if object.kind == "table" || object.kind == "view" {
			r.relations[foldSQLite(object.name)] = r.name(object.name)
		}
	}
	r.readTables(objects, columns, shadows)
	r.readIndexes(objects)
	r.resolveForeignKeys()
	if r.options.Tables == nil {
		r.readViews(objects)
	}
	r.readTriggers(objects)
	return nil
}

// parseTables parses the statements of tables, which takes as long as SQLite needs for the pragmas: both go on at once.
func (r *sqliteReader) parseTables(objects []sqliteObject) <-chan map[string]sqliteStatement {
	done := make(chan map[string]sqliteStatement, 1)
	go func() {
		out := make(map[string]sqliteStatement, len(objects))
		for _, object := range objects {
			if object.kind == "table" && r.wanted(object.name) && !isSQLiteInternal(object.name) && !sqliteddl.IsVirtual(object.sql) {
				table, err := sqliteddl.ParseTable(object.sql)
				out[object.name] = sqliteStatement{table, err}
			}
		}
		done <- out
	}()
	return done
}

func (r *sqliteReader) name(name string) schema.Name {
	return schema.Name{Schema: r.namespace, Name: name}
}

// wanted reports whether the options ask for the table.
func (r *sqliteReader) wanted(table string) bool {
	return r.options.Tables == nil || slices.ContainsFunc(r.options.Tables, func(name schema.Name) bool {
		return name.Schema == r.namespace && sameSQLite(name.Name, table)
	})
}

func (r *sqliteReader) problem(kind, name string, err error) {
	object := kind + " " + r.name(name).String()
	r.out.Problems = append(r.out.Problems, schema.Problem{Object: object, Reason: err.Error()})
}

func (r *sqliteReader) readTables(objects []sqliteObject, columns map[string][]sqliteColumn, shadows map[string]string) {
	statistics := 0
	for _, object := range objects {
		if object.kind != "table" || !r.wanted(object.name) {
			continue
		}
		if isSQLiteInternal(object.name) {
			if strings.HasPrefix(foldSQLite(object.name), "sqlite_stat") {
				statistics++
			}
			continue
		}
		table, err := r.table(object, columns[object.name])
		if err != nil {
			r.problem("table", object.name, err)
			continue
		}
		if owner, ok := shadows[foldSQLite(object.name)]; ok {
			table.Foreign = "shadow table of " + owner
		}
		r.out.Tables.Add(table)
	}
	if statistics > 0 {
		r.unmodelled(schema.Unmodelled{Kind: "statistics table of ANALYZE", Count: statistics})
	}
}

func (r *sqliteReader) unmodelled(what schema.Unmodelled) {
	r.out.Unmodelled = append(r.out.Unmodelled, what)
}

// table makes one table of its statement.
func (r *sqliteReader) table(object sqliteObject, columns []sqliteColumn) (*schema.Table, error) {
	if sqliteddl.IsVirtual(object.sql) {
		virtual, err := sqliteddl.ParseVirtual(object.sql)
		if err != nil {
			return nil, err
		}
		return &schema.Table{Name: r.name(object.name), Virtual: virtual.Using}, nil
	}
	parsed := r.statements[object.name]
	if parsed.err != nil {
		return nil, parsed.err
	}
	if err := agree(parsed.table, columns); err != nil {
		return nil, err
	}
	builder := &sqliteTable{name: r.name(object.name), parsed: parsed.table, columns: columns}
	table := builder.build()
	for _, lost := range builder.unmodelled {
		lost.Name = table.Name.String() + "." + lost.Name
		r.unmodelled(lost)
	}
	return table, nil
}

// agree checks the parsed statement against what SQLite itself says of the table.
func agree(parsed *sqliteddl.Table, columns []sqliteColumn) error {
	if len(parsed.Columns) != len(columns) {
		return fmt.Errorf("its statement seems to have %d columns, but SQLite reports %d", len(parsed.Columns), len(columns))
	}
	for i, column := range columns {
		if column.name == "" {
			return fmt.Errorf("its column %d has an empty name, which is not supported: rename it", i+1)
		}
		if parsed.Columns[i].Name != column.name {
			return fmt.Errorf("column %d of its statement seems to be %q, but SQLite reports %q", i+1, parsed.Columns[i].Name, column.name)
		}
	}
	return nil
}

func isSQLiteInternal(name string) bool {
	return len(name) >= 7 && sameSQLite(name[:7], "sqlite_")
}
