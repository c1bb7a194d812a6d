package introspect

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/retort-db/retort/schema"
)

// catalogObject is an object as the catalog lists it, before its details are read.
type catalogObject struct {
	Class     string `json:"class"` // "relation", "type", "function" or "statistics"
	ID        int64  `json:"id"`
	Kind      string `json:"kind"` // relkind, typtype or prokind
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Extension string `json:"extension"`
	Comment   string `json:"comment"`
}

// objectKey identifies a listed object: identifiers are unique within one catalog only.
type objectKey struct {
	class string
	id    int64
}

func (o *catalogObject) foreign() string {
	if o.Extension == "" {
		return ""
	}
	return "extension " + o.Extension
}

func (o *catalogObject) isTable() bool {
	return o.Class == "relation" && (o.Kind == "r" || o.Kind == "p")
}

func (o *catalogObject) isView() bool {
	return o.Class == "relation" && (o.Kind == "v" || o.Kind == "m")
}

// listEverything lists the objects of the namespaces. The row types of tables and the array types that come with every
// type are left out, as are the parts of partitioned tables' statistics.
var listEverything = `
	WITH spaces AS (
		SELECT oid, nspname FROM pg_namespace WHERE nspname::text IN (SELECT json_array_elements_text($1::text::json))
	), listed AS (
		SELECT 'relation' AS class, 'pg_class'::regclass AS catalog, c.oid, c.relkind::text AS kind, c.relnamespace AS space, c.relname AS name
		FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
		UNION ALL
		SELECT 'type', 'pg_type'::regclass, t.oid, t.typtype::text, t.typnamespace, t.typname
		FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
		LEFT JOIN pg_class c ON c.oid = t.typrelid
		WHERE t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c')
		UNION ALL
		SELECT 'function', 'pg_proc'::regclass, p.oid, p.prokind::text, p.pronamespace, p.proname
		FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
		UNION ALL
		SELECT 'statistics', 'pg_statistic_ext'::regclass, e.oid, '', e.stxnamespace, e.stxname
		FROM pg_statistic_ext e JOIN spaces s ON s.oid = e.stxnamespace
	)` + describeListed

// listTables lists the named tables, the sequences of their columns and the types of the namespaces that they use: those
// of columns, and what these are made of.
var listTables = `
	WITH RECURSIVE spaces AS (
		SELECT oid, nspname FROM pg_namespace WHERE nspname::text IN (SELECT json_array_elements_text($1::text::json))
	), wanted AS (
		SELECT c.oid, c.relkind::text AS kind, c.relnamespace AS space, c.relname AS name
		FROM json_array_elements($2::text::json) w
		JOIN spaces s ON s.nspname::text = w->>'schema'
		JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = (w->>'name')::name
		WHERE c.relkind IN ('r', 'p')
	), used AS (
		SELECT a.atttypid AS oid FROM wanted w JOIN pg_attribute a ON a.attrelid = w.oid
		WHERE a.attnum > 0 AND NOT a.attisdropped
		UNION
		SELECT part.oid FROM used u JOIN pg_type t ON t.oid = u.oid CROSS JOIN LATERAL (
			SELECT t.typelem AS oid WHERE t.typelem <> 0
			UNION ALL SELECT t.typbasetype WHERE t.typbasetype <> 0
			UNION ALL SELECT a.atttypid FROM pg_attribute a
				WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
		) part
	), listed AS (
		SELECT 'relation' AS class, 'pg_class'::regclass AS catalog, w.* FROM wanted w
		UNION ALL
		SELECT 'type', 'pg_type'::regclass, t.oid, t.typtype::text, t.typnamespace, t.typname
		FROM used u JOIN pg_type t ON t.oid = u.oid JOIN spaces s ON s.oid = t.typnamespace
		LEFT JOIN pg_class c ON c.oid = t.typrelid
		WHERE t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c')
	)` + describeListed

var describeListed = `
	SELECT l.class, l.oid::int8 AS id, l.kind, n.nspname AS namespace, l.name,
		` + extensionOf("l.catalog", "l.oid") + ` AS extension,
		` + commentOf("l.catalog", "l.oid", "0") + ` AS comment
	FROM listed l
	JOIN pg_namespace n ON n.oid = l.space
	ORDER BY n.nspname, l.name, l.oid`

// readObjects lists what there is to read.
func (r *postgresReader) readObjects(ctx context.Context) error {
	var err error
	r.objects, err = r.listObjects(ctx)
	if err != nil {
		return err
	}
	r.byID = make(map[objectKey]*catalogObject, len(r.objects))
	for _, object := range r.objects {
		r.byID[objectKey{object.Class, object.ID}] = object
	}
	return nil
}

func (r *postgresReader) listObjects(ctx context.Context) ([]*catalogObject, error) {
	namespaces := r.namespaceList()
	if r.only == nil {
		return rowsOf[catalogObject](ctx, r, "list the objects", listEverything, namespaces)
	}
	wanted := make([]schema.Name, len(r.only))
	for i, name := range r.only {
		wanted[i] = name
		if name.Schema == "" {
			wanted[i].Schema = r.session.home
		}
	}
	tables, err := json.Marshal(wanted)
	if err != nil {
		return nil, err
	}
	return rowsOf[catalogObject](ctx, r, "list the tables", listTables, namespaces, string(tables))
}

// namespaceList returns the namespaces to be read as a JSON array.
func (r *postgresReader) namespaceList() string {
	list, err := json.Marshal(r.session.namespaces)
	if err != nil || r.session.namespaces == nil {
		return "[]"
	}
	return string(list)
}

// subjects returns the listed objects that are wanted, with their kind's name for messages; what is read of views as it is
// of tables has the views' own.
func (r *postgresReader) subjects(kind string, want func(*catalogObject) bool) []subject {
	var out []subject
	for _, object := range r.objects {
		if want(object) {
			kindOfIt := kind
			if object.isView() {
				kindOfIt = "view"
			}
			out = append(out, subject{id: object.ID, text: fmt.Sprintf("%s %s", kindOfIt, r.name(object.Namespace, object.Name))})
		}
	}
	return out
}
