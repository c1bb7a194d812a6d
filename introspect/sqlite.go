package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

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
		if err := newSQLiteReader(out, namespace, options).read(ctx, q); err != nil {
			return nil, err
		}
	}
	return out, sqliteTemporary(ctx, q, attached, out)
}

// sqliteTemporary names the views and triggers that the connection has for itself: they belong to no database, but SQLite
// heeds them when a table is altered. The list of databases has "temp" only once the connection has made something in it.
func sqliteTemporary(ctx context.Context, q Querier, attached []string, out *schema.Schema) error {
	if !slices.Contains(attached, "temp") || out.DefaultNamespace == "temp" || slices.Contains(out.Namespaces, "temp") {
		return nil
	}
	for _, kind := range []string{"view", "trigger"} {
		names, err := sqliteStrings(ctx, q, "SELECT name FROM temp.sqlite_master WHERE type = ?1 ORDER BY rowid", kind)
		if err != nil {
			return err
		}
		for _, name := range names {
			out.Unmodelled = append(out.Unmodelled, schema.Unmodelled{Kind: schema.TemporaryObject + " " + kind, Name: name})
		}
	}
	return nil
}

// sqliteReader reads one attached database.
type sqliteReader struct {
	out       *schema.Schema
	namespace string // as names carry it: "" for the default one
	database  string // as SQL needs it

	// only holds the names of the tables that are wanted, folded; nil if all are.
	only map[string]bool
	// relations maps the names of tables and views, folded, to their names as they are spelled.
	relations map[string]schema.Name
}

func newSQLiteReader(out *schema.Schema, namespace string, options Options) *sqliteReader {
	r := &sqliteReader{out: out, namespace: namespace, database: namespace, relations: map[string]schema.Name{}}
	if namespace == "" {
		r.database = out.DefaultNamespace
	}
	if options.Tables != nil {
		r.only = map[string]bool{}
		for _, name := range options.Tables {
			if name.Schema == namespace {
				r.only[foldSQLite(name.Name)] = true
			}
		}
	}
	return r
}

func (r *sqliteReader) read(ctx context.Context, q Querier) error {
	objects, err := r.objects(ctx, q)
	if err != nil {
		return err
	}
	shadows, err := r.shadowTables(ctx, q, objects)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if object.kind == "table" || object.kind == "view" {
			r.relations[foldSQLite(object.name)] = r.name(object.name)
		}
	}
	if err := r.readTables(ctx, q, objects, shadows); err != nil {
		return err
	}
	r.readIndexes(objects)
	r.resolveForeignKeys()
	if r.only == nil {
		r.readViews(objects)
	}
	r.readTriggers(objects)
	return nil
}

func (r *sqliteReader) name(name string) schema.Name {
	return schema.Name{Schema: r.namespace, Name: name}
}

// wanted reports whether the options ask for the table.
func (r *sqliteReader) wanted(table string) bool { return r.only == nil || r.only[foldSQLite(table)] }

func (r *sqliteReader) problem(kind, name string, err error) {
	object := kind + " " + r.name(name).String()
	r.out.Problems = append(r.out.Problems, schema.Problem{Object: object, Reason: err.Error()})
}

func (r *sqliteReader) readTables(ctx context.Context, q Querier, objects []*sqliteObject, shadows map[string]string) error {
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
		if object.disagrees {
			if err := r.settle(ctx, q, object); err != nil {
				return err
			}
		}
		if object.err != nil {
			r.problem("table", object.name, object.err)
			continue
		}
		table := object.read
		for _, lost := range object.unmodelled {
			lost.Name = table.Name.String() + "." + lost.Name
			r.unmodelled(lost)
		}
		if owner, ok := shadows[foldSQLite(object.name)]; ok {
			table.Foreign = "shadow table of " + owner
		}
		r.out.Tables.Add(table)
	}
	if statistics > 0 {
		r.unmodelled(schema.Unmodelled{Kind: "statistics table of ANALYZE", Count: statistics})
	}
	return nil
}

func (r *sqliteReader) unmodelled(what schema.Unmodelled) {
	r.out.Unmodelled = append(r.out.Unmodelled, what)
}

func isSQLiteInternal(name string) bool {
	return len(name) >= 7 && sameSQLite(name[:7], "sqlite_")
}
