package introspect

import (
	"context"
	"strings"

	"github.com/retort-db/retort/schema"
)

type viewRow struct {
	ID         int64           `json:"id"`
	Definition *string         `json:"definition"`
	Options    []string        `json:"options"`
	Tablespace string          `json:"tablespace"`
	Method     string          `json:"method"`
	DependsOn  []dependencyRow `json:"depends_on"`
}

// dependencyRow is a relation, a column of one, or a function with its argument types.
type dependencyRow struct {
	Schema    string  `json:"schema"`
	Name      string  `json:"name"`
	Column    string  `json:"column"`
	Arguments *string `json:"arguments"`
}

func (r *postgresReader) dependencies(rows []dependencyRow) []schema.Dependency {
	var out []schema.Dependency
	for _, row := range rows {
		if row.Arguments != nil {
			row.Name += "(" + *row.Arguments + ")"
		}
		out = append(out, schema.Dependency{Relation: r.name(row.Schema, row.Name), Column: row.Column})
	}
	return out
}

// dependenciesSQL lists what an object uses, in a stable order: {catalog} and {id} say which object. A table that is
// used by its row type counts as used. {self} is the relation that the object defines, if it does.
const dependenciesSQL = `
	(SELECT json_agg(u ORDER BY u.schema, u.name, u."column", u.arguments) FROM (
		SELECT DISTINCT un.nspname::text AS schema, uc.relname::text AS name, coalesce(ua.attname::text, '') AS "column", NULL::text AS arguments
		FROM pg_depend ud
		LEFT JOIN pg_type ut ON ud.refclassid = 'pg_type'::regclass AND ut.oid = ud.refobjid
		LEFT JOIN pg_type ue ON ue.oid = ut.typelem AND ut.typlen = -1
		JOIN pg_class uc ON uc.oid = CASE WHEN ud.refclassid = 'pg_class'::regclass THEN ud.refobjid
			ELSE coalesce(nullif(ue.typrelid, 0), ut.typrelid) END
		JOIN pg_namespace un ON un.oid = uc.relnamespace
		LEFT JOIN pg_attribute ua ON ud.refclassid = 'pg_class'::regclass AND ua.attrelid = uc.oid
			AND ua.attnum = ud.refobjsubid AND ud.refobjsubid > 0
		WHERE ud.classid = '{catalog}'::regclass AND ud.objid = {id} AND ud.deptype IN ('n', 'a')
			AND uc.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND uc.oid <> {self}
		UNION ALL
		SELECT DISTINCT un.nspname::text, up.proname::text, '', oidvectortypes(up.proargtypes)
		FROM pg_depend ud
		JOIN pg_proc up ON ud.refclassid = 'pg_proc'::regclass AND up.oid = ud.refobjid
		JOIN pg_namespace un ON un.oid = up.pronamespace
		WHERE ud.classid = '{catalog}'::regclass AND ud.objid = {id} AND ud.deptype IN ('n', 'a') AND un.nspname <> 'pg_catalog'
	) u)`

func dependenciesOf(catalog, id, self string) string {
	return strings.NewReplacer("{catalog}", catalog, "{id}", id, "{self}", self).Replace(dependenciesSQL)
}

var readViewsSQL = `
	SELECT c.oid::int8 AS id, pg_get_viewdef(c.oid) AS definition, c.reloptions AS options, s.spcname AS tablespace,
		CASE WHEN c.relkind = 'm' THEN m.amname END AS method, ` + dependenciesOf("pg_rewrite", "w.oid", "c.oid") + ` AS depends_on
	FROM pg_class c
	JOIN pg_rewrite w ON w.ev_class = c.oid AND w.rulename = '_RETURN'
	LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
	LEFT JOIN pg_am m ON m.oid = c.relam
	WHERE c.oid IN (SELECT unnest($1::text::oid[]))`

func (r *postgresReader) readViews(ctx context.Context) error {
	r.views = map[int64]*schema.View{}
	subjects := r.subjects("view", (*catalogObject).isView)
	return detailsOf(ctx, r, "read the views", readViewsSQL, subjects, func(row *viewRow) error {
		object := r.byID[objectKey{"relation", row.ID}]
		view := &schema.View{
			Name:         r.name(object.Namespace, object.Name),
			Materialized: object.Kind == "m",
			Comment:      object.Comment,
			DependsOn:    r.dependencies(row.DependsOn),
			Foreign:      object.foreign(),
		}
		if row.Definition == nil || *row.Definition == "" || *row.Definition == "Not a view" {
			return &vanishedError{object: "view " + view.Name.String()}
		}
		view.Definition = strings.TrimSuffix(strings.TrimSpace(*row.Definition), ";")
		setStorage(&view.Options, row.Options)
		if row.Tablespace != "" {
			view.Options.Set(schema.OptionTablespace, row.Tablespace)
		}
		if row.Method != "" && row.Method != "heap" {
			view.Options.Set(schema.OptionAccessMethod, row.Method)
		}
		r.views[row.ID] = view
		r.out.Views.Add(view)
		return nil
	})
}
