package introspect

import (
	"context"
	"strings"

	"github.com/retort-db/retort/schema"
)

type extensionRow struct {
	Name    string `json:"name"`
	Schema  string `json:"schema"`
	Version string `json:"version"`
}

// readExtensions lists the extensions, but for PL/pgSQL, which every database has from the start.
func (r *postgresReader) readExtensions(ctx context.Context) error {
	rows, err := rowsOrProblem[extensionRow](ctx, r, "read the extensions", `
		SELECT x.extname AS name, n.nspname AS schema, x.extversion AS version
		FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
		WHERE x.extname <> 'plpgsql'
		ORDER BY x.extname`)
	if err != nil {
		return err
	}
	for _, row := range rows {
		namespace := r.name(row.Schema, row.Name).Schema
		r.out.Extensions.Add(&schema.Extension{Name: row.Name, Schema: namespace, Version: row.Version})
	}
	return nil
}

type unmodelledRow struct {
	Kind  string   `json:"kind"`
	Count int      `json:"count"`
	Names []string `json:"names"`
}

// unmodelledNames is how many objects of one kind are named; of more, only the number is told.
const unmodelledNames = 20

// firstNormalOID is the lowest identifier of an object that initdb did not make (access/transam.h).
const firstNormalOID = "16384"

// What extensions brought is not counted, nor what belongs to a counted object (the casts of a range type). Identifiers of
// subscriptions and user mappings are hidden from most roles. Of a table that is partitioned, the parts' indexes and triggers
// follow its own; what they have otherwise is counted. There may be millions of large objects, so they are not named.
var readUnmodelledSQL = `
	WITH spaces AS (
		SELECT oid, nspname FROM pg_namespace WHERE nspname::text IN (SELECT json_array_elements_text($1::text::json))
	), relations AS (
		SELECT c.* FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
	), found (kind, name, catalog, id) AS (
		SELECT 'schema', n.nspname::text, 'pg_namespace'::regclass, n.oid FROM pg_namespace n
			WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.oid NOT IN (SELECT oid FROM spaces)
		UNION ALL SELECT 'policy', p.polname || ' on ' || c.relname, 'pg_policy'::regclass, p.oid
			FROM pg_policy p JOIN relations c ON c.oid = p.polrelid
		UNION ALL SELECT 'rule', w.rulename || ' on ' || c.relname, 'pg_rewrite'::regclass, w.oid
			FROM pg_rewrite w JOIN relations c ON c.oid = w.ev_class WHERE w.rulename <> '_RETURN'
		UNION ALL SELECT 'foreign table', c.relname::text, 'pg_class'::regclass, c.oid FROM relations c WHERE c.relkind = 'f'
		UNION ALL SELECT 'typed table', c.relname::text, 'pg_class'::regclass, c.oid FROM relations c WHERE c.reloftype <> 0
		UNION ALL SELECT CASE c.relkind WHEN 'c' THEN 'column comment of composite type' ELSE 'column comment of view' END,
			c.relname || '.' || a.attname, CASE c.relkind WHEN 'c' THEN 'pg_type'::regclass ELSE 'pg_class'::regclass END,
			CASE c.relkind WHEN 'c' THEN c.reltype ELSE c.oid END
			FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
			WHERE c.relkind IN ('v', 'm', 'c') AND ` + commentOf("'pg_class'::regclass", "c.oid", "a.attnum") + ` IS NOT NULL
		UNION ALL SELECT 'comment of identity sequence', c.relname::text, NULL, NULL FROM relations c
			JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.objsubid = 0 AND o.deptype = 'i'
			WHERE c.relkind = 'S' AND ` + commentOf("'pg_class'::regclass", "c.oid", "0") + ` IS NOT NULL
		UNION ALL SELECT 'column default of view', c.relname || '.' || a.attname, 'pg_class'::regclass, c.oid
			FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.atthasdef WHERE c.relkind = 'v'
		UNION ALL SELECT 'column setting of materialized view', c.relname || '.' || a.attname, 'pg_class'::regclass, c.oid
			FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 JOIN pg_type y ON y.oid = a.atttypid
			WHERE c.relkind = 'm' AND (coalesce(a.attstattarget, -1) >= 0 OR a.attoptions IS NOT NULL OR a.attstorage <> y.typstorage)
		UNION ALL SELECT 'clustering of materialized view', c.relname::text, 'pg_class'::regclass, c.oid
			FROM relations c JOIN pg_index i ON i.indrelid = c.oid AND i.indisclustered WHERE c.relkind = 'm'
		UNION ALL SELECT 'unlogged sequence', c.relname::text, 'pg_class'::regclass, c.oid
			FROM relations c WHERE c.relkind = 'S' AND c.relpersistence = 'u' AND NOT EXISTS (
				SELECT FROM pg_depend o JOIN pg_class oc ON oc.oid = o.refobjid WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid
				AND o.objsubid = 0 AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i') AND oc.relpersistence = 'u')
		UNION ALL SELECT 'own setting of index of partition', c.relname::text, 'pg_class'::regclass, c.oid
			FROM relations c JOIN pg_inherits h ON h.inhrelid = c.oid JOIN pg_class parent ON parent.oid = h.inhparent
			WHERE c.relkind IN ('i', 'I') AND c.relispartition AND (c.reltablespace <> parent.reltablespace
				OR c.reloptions IS DISTINCT FROM parent.reloptions OR ` + commentOf("'pg_class'::regclass", "c.oid", "0") + ` IS NOT NULL)
		UNION ALL SELECT 'switched off foreign key', k.conname || ' on ' || c.relname, 'pg_constraint'::regclass, k.oid
			FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
			WHERE k.contype = 'f' AND EXISTS (
				SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgisinternal AND t.tgenabled <> 'O')
		UNION ALL SELECT 'statistics target of statistics', e.stxname::text, 'pg_statistic_ext'::regclass, e.oid
			FROM pg_statistic_ext e JOIN spaces s ON s.oid = e.stxnamespace WHERE {statistics_target}
		UNION ALL SELECT 'column statistics of index', c.relname || '.' || a.attname, 'pg_class'::regclass, c.oid
			FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND coalesce(a.attstattarget, -1) >= 0
			WHERE c.relkind IN ('i', 'I')
		UNION ALL SELECT 'grant', c.relname::text, 'pg_class'::regclass, c.oid FROM relations c
			WHERE c.relacl IS NOT NULL OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)
		UNION ALL SELECT 'grant', p.proname::text, 'pg_proc'::regclass, p.oid
			FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace WHERE p.proacl IS NOT NULL
		UNION ALL SELECT 'grant', 'type ' || t.typname, 'pg_type'::regclass, t.oid
			FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace WHERE t.typacl IS NOT NULL
		UNION ALL SELECT 'grant', 'database', NULL, NULL FROM pg_database b WHERE b.datname = current_database() AND b.datacl IS NOT NULL
		UNION ALL SELECT 'setting of database', split_part(x.setting, '=', 1) || coalesce(' of ' || o.rolname, ''), NULL, NULL
			FROM pg_db_role_setting b JOIN pg_database d ON d.oid = b.setdatabase LEFT JOIN pg_roles o ON o.oid = b.setrole
			CROSS JOIN unnest(b.setconfig) x (setting) WHERE d.datname = current_database()
		UNION ALL SELECT 'grant', 'schema ' || n.nspname, 'pg_namespace'::regclass, n.oid
			FROM pg_namespace n JOIN spaces s ON s.oid = n.oid
			LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid
			WHERE n.nspacl IS DISTINCT FROM i.initprivs
		UNION ALL SELECT 'comment of schema', s.nspname::text, 'pg_namespace'::regclass, s.oid
			FROM spaces s JOIN pg_description d ON d.classoid = 'pg_namespace'::regclass AND d.objoid = s.oid
			WHERE (s.nspname, d.description) <> ('public', 'standard public schema')
		UNION ALL SELECT 'default privileges', coalesce(s.nspname::text, 'all schemas'), 'pg_default_acl'::regclass, a.oid
			FROM pg_default_acl a LEFT JOIN spaces s ON s.oid = a.defaclnamespace
			WHERE a.defaclnamespace = 0 OR s.oid IS NOT NULL
		UNION ALL SELECT CASE t.typtype WHEN 'b' THEN 'base type' ELSE 'range type' END, t.typname::text, 'pg_type'::regclass, t.oid
			FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
			WHERE t.typtype = 'r' OR (t.typtype = 'b' AND t.typelem = 0)
		UNION ALL SELECT 'collation', c.collname::text, 'pg_collation'::regclass, c.oid
			FROM pg_collation c JOIN spaces s ON s.oid = c.collnamespace
		UNION ALL SELECT 'operator', o.oprname || ' (' || format_type(o.oprleft, NULL) || ', ' || format_type(o.oprright, NULL) || ')',
			'pg_operator'::regclass, o.oid FROM pg_operator o JOIN spaces s ON s.oid = o.oprnamespace
		UNION ALL SELECT 'operator class', o.opcname::text, 'pg_opclass'::regclass, o.oid
			FROM pg_opclass o JOIN spaces s ON s.oid = o.opcnamespace
		UNION ALL SELECT 'operator family', o.opfname::text, 'pg_opfamily'::regclass, o.oid
			FROM pg_opfamily o JOIN spaces s ON s.oid = o.opfnamespace
		UNION ALL SELECT 'conversion', c.conname::text, 'pg_conversion'::regclass, c.oid
			FROM pg_conversion c JOIN spaces s ON s.oid = c.connamespace
		UNION ALL SELECT 'text search configuration', c.cfgname::text, 'pg_ts_config'::regclass, c.oid
			FROM pg_ts_config c JOIN spaces s ON s.oid = c.cfgnamespace
		UNION ALL SELECT 'text search dictionary', d.dictname::text, 'pg_ts_dict'::regclass, d.oid
			FROM pg_ts_dict d JOIN spaces s ON s.oid = d.dictnamespace
		UNION ALL SELECT 'text search parser', p.prsname::text, 'pg_ts_parser'::regclass, p.oid
			FROM pg_ts_parser p JOIN spaces s ON s.oid = p.prsnamespace
		UNION ALL SELECT 'text search template', t.tmplname::text, 'pg_ts_template'::regclass, t.oid
			FROM pg_ts_template t JOIN spaces s ON s.oid = t.tmplnamespace
		UNION ALL SELECT 'cast', format_type(c.castsource, NULL) || ' as ' || format_type(c.casttarget, NULL), 'pg_cast'::regclass, c.oid
			FROM pg_cast c WHERE c.oid >= ` + firstNormalOID + `
		UNION ALL SELECT 'language', l.lanname::text, 'pg_language'::regclass, l.oid
			FROM pg_language l WHERE l.oid >= ` + firstNormalOID + `
		UNION ALL SELECT 'access method', m.amname::text, 'pg_am'::regclass, m.oid
			FROM pg_am m WHERE m.oid >= ` + firstNormalOID + `
		UNION ALL SELECT 'transform', format_type(t.trftype, NULL), 'pg_transform'::regclass, t.oid FROM pg_transform t
		UNION ALL SELECT 'event trigger', e.evtname::text, 'pg_event_trigger'::regclass, e.oid FROM pg_event_trigger e
		UNION ALL SELECT 'publication', p.pubname::text, 'pg_publication'::regclass, p.oid FROM pg_publication p
		UNION ALL SELECT 'foreign-data wrapper', f.fdwname::text, 'pg_foreign_data_wrapper'::regclass, f.oid
			FROM pg_foreign_data_wrapper f
		UNION ALL SELECT 'foreign server', f.srvname::text, 'pg_foreign_server'::regclass, f.oid FROM pg_foreign_server f
		UNION ALL SELECT 'user mapping', m.usename || ' for ' || m.srvname, NULL, NULL FROM pg_user_mappings m
		UNION ALL SELECT 'subscription', s.subname::text, NULL, NULL FROM pg_subscription s
			WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
		UNION ALL SELECT 'security label', l.objname, NULL, NULL FROM pg_seclabels l JOIN spaces s ON s.oid = l.objnamespace{newer}
		UNION ALL SELECT 'dependency on extension', x.extname || ' of ' || pg_describe_object(e.classid, e.objid, 0), NULL, NULL
			FROM pg_extension x JOIN pg_depend e ON e.refclassid = 'pg_extension'::regclass AND e.refobjid = x.oid AND e.deptype = 'x'
	)
	SELECT f.kind, count(*) AS count,
		CASE WHEN count(*) <= $2 THEN json_agg(f.name ORDER BY f.name) END AS names
	FROM found f
	WHERE f.id IS NULL OR NOT EXISTS (
		SELECT FROM pg_depend e WHERE e.classid = f.catalog AND e.objid = f.id AND e.deptype IN ('e', 'i'))
	GROUP BY f.kind
	UNION ALL SELECT 'large object', count(*), NULL FROM pg_largeobject_metadata HAVING count(*) > 0
	ORDER BY 1`

// readUnmodelled names what the schema has no place for, so that nobody takes its absence for a fact.
func (r *postgresReader) readUnmodelled(ctx context.Context) error {
	newer := r.since(13, `
		UNION ALL SELECT 'trigger of partition that is enabled otherwise', t.tgname || ' on ' || c.relname, 'pg_trigger'::regclass, t.oid
			FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid JOIN pg_trigger parent ON parent.oid = t.tgparentid
			WHERE t.tgenabled <> parent.tgenabled AND NOT EXISTS (
				SELECT FROM pg_constraint k WHERE k.oid = t.tgconstraint AND k.contype <> 't')`, "")
	newer += r.since(14, `
		UNION ALL SELECT 'partition that is being detached', c.relname::text, 'pg_class'::regclass, c.oid
			FROM relations c JOIN pg_inherits h ON h.inhrelid = c.oid WHERE h.inhdetachpending`, "")
	// Names such as t_a_not_null are the server's, though after a renaming or LIKE they are those of another table.
	newer += r.since(18, `
		UNION ALL SELECT 'not-null constraint that is not valid or not inherited', k.conname || ' on ' || c.relname,
			'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
			WHERE k.contype = 'n' AND (k.connoinherit OR NOT k.convalidated)
		UNION ALL SELECT 'name or comment of not-null constraint', k.conname || ' on ' || c.relname, 'pg_constraint'::regclass, k.oid
			FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
			WHERE k.contype = 'n' AND k.conislocal AND (k.conname !~ '_not_null[0-9]*$' OR `+commentOf("'pg_constraint'::regclass", "k.oid", "0")+` IS NOT NULL)`, "")
	query := strings.NewReplacer(
		"{newer}", newer,
		"{statistics_target}", r.since(13, "coalesce(e.stxstattarget, -1) >= 0", "false"),
	).Replace(readUnmodelledSQL)
	rows, err := rowsOrProblem[unmodelledRow](ctx, r, "count what is not modelled", query, r.namespaceList(), unmodelledNames)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Names == nil {
			r.out.Unmodelled = append(r.out.Unmodelled, schema.Unmodelled{Kind: row.Kind, Count: row.Count})
		}
		for _, name := range row.Names {
			r.out.Unmodelled = append(r.out.Unmodelled, schema.Unmodelled{Kind: row.Kind, Name: name})
		}
	}
	return nil
}
