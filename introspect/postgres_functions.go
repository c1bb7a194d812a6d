package introspect

import (
	"context"
	"fmt"
	"strings"

	"github.com/retort-db/retort/schema"
)

type functionRow struct {
	ID         int64           `json:"id"`
	Arguments  string          `json:"arguments"` // types of the input arguments, which identify the function
	Qualified  string          `json:"qualified"` // the name as the definition has it
	Definition *string         `json:"definition"`
	Aggregate  *aggregateRow   `json:"aggregate"`
	DependsOn  []dependencyRow `json:"depends_on"`
}

// aggregateRow is a row of pg_aggregate: the server has no function that writes CREATE AGGREGATE.
type aggregateRow struct {
	Arguments string   `json:"arguments"` // with ORDER BY for ordered-set aggregates
	Parts     []string `json:"parts"`
}

var readFunctionsSQL = `
	SELECT p.oid::int8 AS id, oidvectortypes(p.proargtypes) AS arguments,
		quote_ident(n.nspname) || '.' || quote_ident(p.proname) AS qualified,
		CASE WHEN x.objid IS NULL AND p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition,
		CASE WHEN x.objid IS NULL AND p.prokind = 'a' THEN json_build_object(
			'arguments', pg_get_function_arguments(p.oid),
			'parts', (SELECT json_agg(word || CASE value WHEN '' THEN '' ELSE ' = ' || value END ORDER BY place) FROM (VALUES
				(1, 'SFUNC', g.aggtransfn::regproc::text),
				(2, 'STYPE', format_type(g.aggtranstype, NULL)),
				(3, 'SSPACE', nullif(g.aggtransspace, 0)::text),
				(4, 'FINALFUNC', nullif(g.aggfinalfn::oid, 0)::regproc::text),
				(5, 'FINALFUNC_EXTRA', CASE WHEN g.aggfinalextra THEN '' END),
				(6, 'FINALFUNC_MODIFY', CASE WHEN g.aggfinalfn::oid <> 0 THEN CASE g.aggfinalmodify
					WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END),
				(7, 'COMBINEFUNC', nullif(g.aggcombinefn::oid, 0)::regproc::text),
				(8, 'SERIALFUNC', nullif(g.aggserialfn::oid, 0)::regproc::text),
				(9, 'DESERIALFUNC', nullif(g.aggdeserialfn::oid, 0)::regproc::text),
				(10, 'INITCOND', quote_literal(g.agginitval)),
				(11, 'MSFUNC', nullif(g.aggmtransfn::oid, 0)::regproc::text),
				(12, 'MINVFUNC', nullif(g.aggminvtransfn::oid, 0)::regproc::text),
				(13, 'MSTYPE', format_type(nullif(g.aggmtranstype, 0), NULL)),
				(14, 'MSSPACE', nullif(g.aggmtransspace, 0)::text),
				(15, 'MFINALFUNC', nullif(g.aggmfinalfn::oid, 0)::regproc::text),
				(16, 'MFINALFUNC_EXTRA', CASE WHEN g.aggmfinalextra THEN '' END),
				(17, 'MFINALFUNC_MODIFY', CASE WHEN g.aggmfinalfn::oid <> 0 THEN CASE g.aggmfinalmodify
					WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END),
				(18, 'MINITCOND', quote_literal(g.aggminitval)),
				(19, 'SORTOP', 'OPERATOR(' || quote_ident(sn.nspname) || '.' || so.oprname || ')'),
				(20, 'PARALLEL', CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END),
				(21, 'HYPOTHETICAL', CASE WHEN g.aggkind = 'h' THEN '' END)
			) v(place, word, value) WHERE value IS NOT NULL) ) END AS aggregate,
		CASE WHEN x.objid IS NULL THEN ` + dependenciesOf("pg_proc", "p.oid", "0::oid") + ` END AS depends_on
	FROM pg_proc p
	JOIN pg_namespace n ON n.oid = p.pronamespace
	LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid
	LEFT JOIN pg_operator so ON so.oid = g.aggsortop
	LEFT JOIN pg_namespace sn ON sn.oid = so.oprnamespace
	LEFT JOIN pg_depend x ON x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype = 'e'
	WHERE p.oid IN (SELECT unnest($1::text::oid[]))`

// readFunctions reads functions, procedures and aggregates. Those of extensions are listed without their definitions,
// with which nobody can do anything.
func (r *postgresReader) readFunctions(ctx context.Context) error {
	subjects := r.subjects("function", func(o *catalogObject) bool { return o.Class == "function" })
	return detailsOf(ctx, r, "read the functions", readFunctionsSQL, subjects, func(row *functionRow) error {
		object := r.byID[objectKey{"function", row.ID}]
		function := &schema.Function{
			Name:      r.name(object.Namespace, object.Name+"("+row.Arguments+")"),
			Kind:      map[string]string{"p": "procedure", "a": "aggregate"}[object.Kind],
			Comment:   object.Comment,
			DependsOn: r.dependencies(row.DependsOn),
			Foreign:   object.foreign(),
		}
		if function.Kind == "" {
			function.Kind = "function"
		}
		name := row.Qualified
		if function.Name.Schema == "" {
			name = identifierOf(row.Qualified)
		}
		switch {
		case function.Foreign != "":
		case row.Aggregate != nil:
			function.Definition = fmt.Sprintf("CREATE AGGREGATE %s(%s) (\n    %s\n)",
				name, row.Aggregate.Arguments, strings.Join(row.Aggregate.Parts, ",\n    "))
		case row.Definition == nil:
			return &vanishedError{object: "function " + function.Name.String()}
		default:
			function.Definition = strings.TrimSpace(strings.Replace(*row.Definition, " "+row.Qualified+"(", " "+name+"(", 1))
		}
		r.out.Functions.Add(function)
		return nil
	})
}

// identifierOf takes the schema off a name that quote_ident wrote.
func identifierOf(qualified string) string {
	if !strings.HasPrefix(qualified, `"`) {
		_, name, _ := strings.Cut(qualified, ".")
		return name
	}
	for i := 1; i < len(qualified); i++ {
		if qualified[i] != '"' {
			continue
		}
		if i+1 < len(qualified) && qualified[i+1] == '"' {
			i++
			continue
		}
		return strings.TrimPrefix(qualified[i+1:], ".")
	}
	return qualified
}

type triggerRow struct {
	Table      int64           `json:"table"`
	Name       string          `json:"name"`
	Definition *string         `json:"definition"`
	Enabled    string          `json:"enabled"`
	Comment    string          `json:"comment"`
	DependsOn  []dependencyRow `json:"depends_on"`
}

// Triggers that a partition has from its parent are left out. Before version 13 they were marked as internal. The
// "pretty" form of the definition is the one that leaves out the schema where the search_path makes it needless.
var readTriggersSQL = `
	SELECT t.tgrelid::int8 AS "table", t.tgname AS name, pg_get_triggerdef(t.oid, true) AS definition,
		t.tgenabled::text AS enabled, ` + commentOf("'pg_trigger'::regclass", "t.oid", "0") + ` AS comment,
		` + dependenciesOf("pg_trigger", "t.oid", "t.tgrelid") + ` AS depends_on
	FROM pg_trigger t
	WHERE t.tgrelid IN (SELECT unnest($1::text::oid[])) AND NOT t.tgisinternal AND {not_inherited}
	ORDER BY t.tgrelid, t.tgname`

func (r *postgresReader) readTriggers(ctx context.Context) error {
	query := strings.ReplaceAll(readTriggersSQL, "{not_inherited}", r.since(13, "t.tgparentid = 0", "true"))
	subjects := r.subjects("table", func(o *catalogObject) bool { return o.isTable() || o.isView() })
	return detailsOf(ctx, r, "read the triggers", query, subjects, func(row *triggerRow) error {
		object := r.byID[objectKey{"relation", row.Table}]
		table := r.name(object.Namespace, object.Name)
		if row.Definition == nil {
			return &vanishedError{object: "trigger " + row.Name}
		}
		r.out.Triggers.Add(&schema.Trigger{
			Name:       schema.Name{Schema: table.Schema, Name: table.Name + "/" + row.Name},
			Trigger:    row.Name,
			Table:      table,
			Definition: *row.Definition,
			Enabled:    map[string]string{"D": "disabled", "R": "replica", "A": "always"}[row.Enabled],
			Comment:    row.Comment,
			DependsOn:  r.dependencies(row.DependsOn),
		})
		return nil
	})
}

type statisticRow struct {
	ID         int64       `json:"id"`
	Table      schema.Name `json:"table"`
	Qualified  string      `json:"qualified"`
	Definition *string     `json:"definition"`
}

const readStatisticsSQL = `
	SELECT e.oid::int8 AS id, json_build_object('schema', n.nspname, 'name', c.relname) AS "table",
		quote_ident(en.nspname) || '.' || quote_ident(e.stxname) AS qualified, pg_get_statisticsobjdef(e.oid) AS definition
	FROM pg_statistic_ext e
	JOIN pg_class c ON c.oid = e.stxrelid
	JOIN pg_namespace n ON n.oid = c.relnamespace
	JOIN pg_namespace en ON en.oid = e.stxnamespace
	WHERE e.oid IN (SELECT unnest($1::text::oid[]))`

func (r *postgresReader) readStatistics(ctx context.Context) error {
	subjects := r.subjects("statistics", func(o *catalogObject) bool { return o.Class == "statistics" })
	return detailsOf(ctx, r, "read the statistics objects", readStatisticsSQL, subjects, func(row *statisticRow) error {
		object := r.byID[objectKey{"statistics", row.ID}]
		name := r.name(object.Namespace, object.Name)
		if row.Definition == nil {
			return &vanishedError{object: "statistics " + name.String()}
		}
		definition := *row.Definition
		if name.Schema == "" {
			definition = strings.Replace(definition, " "+row.Qualified+" ", " "+identifierOf(row.Qualified)+" ", 1)
		}
		r.out.Statistics.Add(&schema.Statistic{
			Name: name, Table: r.name(row.Table.Schema, row.Table.Name), Definition: definition, Comment: object.Comment,
		})
		return nil
	})
}
