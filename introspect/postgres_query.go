package introspect

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/retort-db/retort/schema"
)

// readMode says what happens when a query fails.
type readMode int

const (
	// readAll gives up; the caller tries again.
	readAll readMode = iota
	// readCarefully sets savepoints, halves the list of objects until those that fail are found, and records them as
	// problems.
	readCarefully
)

// vanishedError says that the server returned no definition for an object that its catalog lists: it was dropped since.
type vanishedError struct{ object string }

func (e *vanishedError) Error() string {
	return e.object + " has no definition: it was dropped while it was read"
}

// postgresReader fills a schema. Its maps go from object identifiers to what was made of them.
type postgresReader struct {
	session *postgresSession
	server  schema.Server
	mode    readMode
	only    []schema.Name
	out     *schema.Schema

	modelled bool // leaves out what the model has no place for

	objects    []*catalogObject
	byID       map[objectKey]*catalogObject
	tables     map[int64]*schema.Table
	views      map[int64]*schema.View
	columns    map[columnKey]*schema.Column
	keyIndexes map[int64]*indexRow // indexes that belong to a constraint
}

type columnKey struct {
	table  int64
	number int
}

// readAll reads everything in the order in which the parts need each other.
func (r *postgresReader) readAll(ctx context.Context) error {
	r.noteNamespaces()
	steps := []func(context.Context) error{r.readObjects, r.readTables, r.readColumns, r.readSequences}
	if r.only == nil {
		steps = append(steps, r.readViews)
	}
	steps = append(steps, r.readIndexes, r.readConstraints, r.readTypes)
	if r.only == nil {
		steps = append(steps, r.readExtensions, r.readFunctions, r.readTriggers, r.readStatistics)
	}
	if r.only == nil && !r.modelled {
		steps = append(steps, r.readUnmodelled)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if r.mode == readCarefully {
		r.leaveOutIncomplete()
	}
	r.sort()
	return nil
}

func (r *postgresReader) noteNamespaces() {
	for _, name := range r.session.namespaces {
		if name != r.session.home {
			r.out.Namespaces = append(r.out.Namespaces, name)
		}
	}
	for _, name := range r.session.hidden {
		r.problem("schema "+name, fmt.Sprintf(
			"the role %s has no USAGE on it, so its names are read with the schema in front; GRANT USAGE ON SCHEMA %s TO %s",
			r.session.role, quotePostgres(name), quotePostgres(r.session.role)))
	}
}

// leaveOutIncomplete takes out the tables and views of which a part could not be read, with what belongs to them: half a
// table would pass for a table that has lost the other half.
func (r *postgresReader) leaveOutIncomplete() {
	incomplete := map[string]bool{}
	for _, problem := range r.out.Problems {
		incomplete[problem.Object] = true
	}
	complete := func(name schema.Name) bool {
		return !incomplete["table "+name.String()] && !incomplete["view "+name.String()]
	}
	r.out.Tables.Filter(func(t *schema.Table) bool { return complete(t.Name) })
	r.out.Views.Filter(func(v *schema.View) bool { return complete(v.Name) })
	r.out.Triggers.Filter(func(t *schema.Trigger) bool { return complete(t.Table) })
	r.out.Statistics.Filter(func(s *schema.Statistic) bool { return complete(s.Table) })
	r.out.Sequences.Filter(func(s *schema.Sequence) bool { return complete(s.OwnedBy.Relation) })
}

func (r *postgresReader) sort() {
	r.out.Tables.Sort()
	r.out.Enums.Sort()
	r.out.Domains.Sort()
	r.out.Composites.Sort()
	r.out.Sequences.Sort()
	r.out.Views.Sort()
	r.out.Functions.Sort()
	r.out.Triggers.Sort()
	r.out.Extensions.Sort()
	r.out.Statistics.Sort()
}

func (r *postgresReader) problem(object, reason string) {
	r.out.Problems = append(r.out.Problems, schema.Problem{Object: object, Reason: reason})
}

// name makes a name of the model: the default namespace, and the one for which scratch space stands, are left out.
func (r *postgresReader) name(namespace, name string) schema.Name {
	if namespace == r.session.home || (namespace == r.session.alias && namespace != "") {
		return schema.Name{Name: name}
	}
	return schema.Name{Schema: namespace, Name: name}
}

// since returns a piece of SQL for servers of that major version or later, and another for older ones.
func (r *postgresReader) since(major int, sql, otherwise string) string {
	if r.server.Version.AtLeast(major, 0, 0) {
		return sql
	}
	return otherwise
}

// rowsOf runs a query and returns its rows.
func rowsOf[T any](ctx context.Context, r *postgresReader, what, query string, args ...any) ([]*T, error) {
	var out []*T
	err := eachRow(ctx, r, what, query, func(row *T) error {
		out = append(out, row)
		return nil
	}, args...)
	return out, err
}

// scannedRow is a row whose fields are scanned one by one, in the order of the query's columns. There are so many columns
// in a database that JSON of them takes the server and the reader a good part of the whole time.
type scannedRow interface {
	fields() []any
}

// eachRow runs a query and gives its rows to use, each a value of its own, while the server goes on with the next. Unless
// it is a [scannedRow], a row is decoded from JSON, the one form of arrays and nullable values that every driver hands
// over alike.
func eachRow[T any](ctx context.Context, r *postgresReader, what, query string, use func(*T) error, args ...any) error {
	_, isScanned := any(new(T)).(scannedRow)
	if !isScanned {
		query = "SELECT to_json(q)::text FROM (\n" + query + "\n) q"
	}
	rows, err := r.session.q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		row := new(T)
		if err := scanRow(rows, row); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if err := use(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func scanRow(rows *sql.Rows, row any) error {
	if scanned, ok := row.(scannedRow); ok {
		return rows.Scan(scanned.fields()...)
	}
	var text sql.RawBytes
	if err := rows.Scan(&text); err != nil {
		return err
	}
	if err := json.Unmarshal(text, row); err != nil {
		return fmt.Errorf("decode %q: %w", text, err)
	}
	return nil
}

// textList is an array that a [scannedRow] gets as JSON. NULL is an empty list.
type textList []string

// Scan decodes the list.
func (l *textList) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*l = nil
		return nil
	case string:
		return json.Unmarshal([]byte(value), l)
	case []byte:
		return json.Unmarshal(value, l)
	}
	return fmt.Errorf("a list comes as %T", value)
}

// subject is an object of the database whose details a query reads.
type subject struct {
	id   int64
	text string // "table sales.orders", for problems
}

// detailsOf runs a query whose $1 is the list of object identifiers that it reads, as text of type oid[]. Each row is
// given to use, which may find with a [vanishedError] that the row is incomplete.
func detailsOf[T any](ctx context.Context, r *postgresReader, what, query string, subjects []subject, use func(*T) error) error {
	if len(subjects) == 0 {
		return nil
	}
	if r.mode == readAll {
		return eachRow(ctx, r, what, query, use, oidList(subjects))
	}

	// A list of pending parts instead of recursion; its length stays logarithmic.
	pending := [][]subject{subjects}
	for len(pending) > 0 {
		part := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		rows, err := rowsWithSavepoint[T](ctx, r, what, query, oidList(part))
		if err != nil && isLost(ctx, err) {
			return err
		}
		if err != nil && len(part) == 1 {
			r.problem(part[0].text, err.Error())
			continue
		}
		if err != nil {
			pending = append(pending, part[len(part)/2:], part[:len(part)/2])
			continue
		}
		if err := useEach(r, rows, use); err != nil {
			return err
		}
	}
	return nil
}

// useEach goes on behind an object that vanished.
func useEach[T any](r *postgresReader, rows []*T, use func(*T) error) error {
	for _, row := range rows {
		err := use(row)
		var vanished *vanishedError
		if errors.As(err, &vanished) {
			r.problem(vanished.object, "dropped while it was read")
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rowsOrProblem runs a query that reads one class of objects at once. In careful mode its failure is a problem, and the
// class is missing from the result.
func rowsOrProblem[T any](ctx context.Context, r *postgresReader, what, query string, args ...any) ([]*T, error) {
	if r.mode == readAll {
		return rowsOf[T](ctx, r, what, query, args...)
	}
	rows, err := rowsWithSavepoint[T](ctx, r, what, query, args...)
	if err != nil && !isLost(ctx, err) {
		r.problem(what, err.Error())
		return nil, nil
	}
	return rows, err
}

const partSavepoint = "retort_part"

func rowsWithSavepoint[T any](ctx context.Context, r *postgresReader, what, query string, args ...any) ([]*T, error) {
	if _, err := r.session.q.ExecContext(ctx, "SAVEPOINT "+partSavepoint); err != nil {
		return nil, err
	}
	rows, err := rowsOf[T](ctx, r, what, query, args...)
	if err != nil {
		if _, undo := r.session.q.ExecContext(ctx, "ROLLBACK TO SAVEPOINT "+partSavepoint); undo != nil {
			return nil, errors.Join(err, undo)
		}
		return nil, err
	}
	if _, err := r.session.q.ExecContext(ctx, "RELEASE SAVEPOINT "+partSavepoint); err != nil {
		return nil, err
	}
	return rows, nil
}

// Comments, extensions and the like are looked up by scalar subqueries. With a join the planner, which where it has no
// statistics expects one comment in all, may compare every object with every comment.

// commentOf is the comment of an object, or of the column of that number.
func commentOf(catalog, id, part string) string {
	return fmt.Sprintf(`(SELECT d.description FROM pg_description d
		WHERE d.classoid = %s AND d.objoid = %s AND d.objsubid = %s)`, catalog, id, part)
}

// extensionOf is the name of the extension to which an object belongs.
func extensionOf(catalog, id string) string {
	return fmt.Sprintf(`(SELECT x.extname FROM pg_depend e JOIN pg_extension x ON x.oid = e.refobjid
		WHERE e.classid = %s AND e.objid = %s AND e.objsubid = 0 AND e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e')`, catalog, id)
}

func oidList(subjects []subject) string {
	ids := make([]string, len(subjects))
	for i, s := range subjects {
		ids[i] = strconv.FormatInt(s.id, 10)
	}
	return "{" + strings.Join(ids, ",") + "}"
}
