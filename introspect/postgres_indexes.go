package introspect

import (
	"context"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

type indexRow struct {
	ID               int64          `json:"id"`
	Table            int64          `json:"table"`
	Name             string         `json:"name"`
	Method           string         `json:"method"`
	Unique           bool           `json:"unique"`
	Valid            bool           `json:"valid"`
	NullsNotDistinct bool           `json:"nulls_not_distinct"`
	Clustered        bool           `json:"clustered"`
	Replica          bool           `json:"replica"`
	OfConstraint     bool           `json:"of_constraint"`
	Attached         bool           `json:"attached"`
	Keys             int            `json:"keys"`
	HasPredicate     bool           `json:"has_predicate"`
	Predicate        *string        `json:"predicate"`
	Options          []string       `json:"options"`
	Tablespace       string         `json:"tablespace"`
	Comment          string         `json:"comment"`
	Definition       *string        `json:"definition"`
	Parts            []indexPartRow `json:"parts"`
}

type indexPartRow struct {
	Column          string   `json:"column"`
	Expr            *string  `json:"expr"`
	Bits            int      `json:"bits"`
	Collation       string   `json:"collation"`
	CollationIn     string   `json:"collation_in"`
	ColumnCollation bool     `json:"column_collation"` // the collation is that of the column
	OpClass         string   `json:"opclass"`
	OpClassIn       string   `json:"opclass_in"`
	DefaultClass    bool     `json:"default_class"`
	Parameters      []string `json:"parameters"`
	Operator        string   `json:"operator"` // of an exclusion constraint
}

// The bits of pg_index.indoption.
const (
	indexDesc       = 1
	indexNullsFirst = 2
)

// An operator class counts as the default one if it is marked so for the type of the column, or marked so for a type
// that the column's type is taken as, and no other is marked for that type itself. The whole definition tells whether an
// expression has a collation of its own: the catalog only knows the one that results.
var readIndexesSQL = `
	SELECT i.indexrelid::int8 AS id, i.indrelid::int8 AS "table", c.relname AS name, m.amname AS method,
		i.indisunique AS unique, i.indisvalid AND i.indisready AS valid, {nulls_not_distinct} AS nulls_not_distinct,
		i.indisclustered AS clustered, i.indisreplident AS replica, k.oid IS NOT NULL AS of_constraint,
		c.relispartition AS attached, i.indnkeyatts AS keys,
		i.indpred IS NOT NULL AS has_predicate, pg_get_expr(i.indpred, i.indrelid) AS predicate,
		c.reloptions AS options, s.spcname AS tablespace, ` + commentOf("'pg_class'::regclass", "i.indexrelid", "0") + ` AS comment,
		CASE WHEN i.indexprs IS NOT NULL THEN pg_get_indexdef(i.indexrelid) ELSE '' END AS definition,
		(SELECT json_agg(json_build_object(
				'column', a.attname,
				'expr', CASE WHEN i.indkey[n] = 0 THEN pg_get_indexdef(i.indexrelid, n + 1, false) END,
				'bits', coalesce(i.indoption[n], 0),
				'collation', co.collname, 'collation_in', cn.nspname,
				'column_collation', i.indcollation[n] = a.attcollation,
				'opclass', oc.opcname, 'opclass_in', ocn.nspname,
				'default_class', oc.opcdefault AND (oc.opcintype = a.atttypid OR NOT EXISTS (
					SELECT FROM pg_opclass o WHERE o.opcmethod = oc.opcmethod AND o.opcdefault AND o.opcintype = a.atttypid)),
				'parameters', ia.attoptions,
				'operator', CASE WHEN pg_operator_is_visible(op.oid) THEN op.oprname::text
					ELSE 'OPERATOR(' || quote_ident(opn.nspname) || '.' || op.oprname || ')' END
			) ORDER BY n)
			FROM generate_series(0, i.indnatts - 1) n
			JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = n + 1
			LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n] AND i.indkey[n] <> 0
			LEFT JOIN pg_collation co ON co.oid = i.indcollation[n] AND n < i.indnkeyatts
			LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
			LEFT JOIN pg_opclass oc ON oc.oid = i.indclass[n] AND n < i.indnkeyatts
			LEFT JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace
			LEFT JOIN pg_operator op ON op.oid = k.conexclop[n + 1]
			LEFT JOIN pg_namespace opn ON opn.oid = op.oprnamespace
		) AS parts
	FROM pg_index i
	JOIN pg_class c ON c.oid = i.indexrelid
	JOIN pg_am m ON m.oid = c.relam
	LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
	LEFT JOIN pg_constraint k ON k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
	WHERE i.indrelid IN (SELECT unnest($1::text::oid[]))
	ORDER BY i.indrelid, c.relname`

// readIndexes reads the indexes of tables and materialized views. Those of constraints are kept for readConstraints.
func (r *postgresReader) readIndexes(ctx context.Context) error {
	r.keyIndexes = map[int64]*indexRow{}
	query := strings.ReplaceAll(readIndexesSQL, "{nulls_not_distinct}", r.since(15, "i.indnullsnotdistinct", "false"))
	subjects := r.subjects("table", func(o *catalogObject) bool { return o.isTable() || o.Kind == "m" })
	return detailsOf(ctx, r, "read the indexes", query, subjects, func(row *indexRow) error {
		if view := r.views[row.Table]; view != nil {
			index, err := r.index(row)
			if err == nil {
				view.Indexes = append(view.Indexes, index)
			}
			return err
		}
		table := r.tables[row.Table]
		if row.Replica {
			table.Options.Set(schema.OptionReplicaIdentity, "USING INDEX "+quotePostgres(row.Name))
		}
		if row.Clustered {
			table.Options.Set(schema.OptionClusterOn, row.Name)
		}
		if row.Attached {
			return nil // follows the index of the partitioned table
		}
		if row.OfConstraint {
			r.keyIndexes[row.ID] = row
			return nil
		}
		index, err := r.index(row)
		if err != nil {
			return err
		}
		table.Indexes = append(table.Indexes, index)
		return nil
	})
}

func (r *postgresReader) index(row *indexRow) (*schema.Index, error) {
	if row.Definition == nil || row.HasPredicate && row.Predicate == nil {
		return nil, &vanishedError{object: "index " + row.Name}
	}
	index := &schema.Index{
		Name:             row.Name,
		Unique:           row.Unique,
		NullsNotDistinct: row.NullsNotDistinct,
		Comment:          row.Comment,
		Invalid:          !row.Valid,
		Options:          indexOptions(row),
	}
	if row.Method != "btree" {
		index.Method = row.Method
	}
	if row.HasPredicate {
		index.Where = trimParens(*row.Predicate)
	}
	for n := range row.Parts {
		if n >= row.Keys {
			index.Include = append(index.Include, row.Parts[n].Column)
			continue
		}
		part, err := r.indexPart(row, &row.Parts[n])
		if err != nil {
			return nil, err
		}
		index.Parts = append(index.Parts, part)
	}
	return index, nil
}

func indexOptions(row *indexRow) schema.Options {
	var options schema.Options
	setStorage(&options, row.Options)
	if row.Tablespace != "" {
		options.Set(schema.OptionTablespace, row.Tablespace)
	}
	return options
}

func (r *postgresReader) indexPart(row *indexRow, from *indexPartRow) (schema.IndexPart, error) {
	part := schema.IndexPart{Column: from.Column, Desc: from.Bits&indexDesc != 0}
	collated := !from.ColumnCollation
	if from.Column == "" {
		if from.Expr == nil || *from.Expr == "" {
			return part, &vanishedError{object: "index " + row.Name}
		}
		part.Expr = trimParens(*from.Expr)
		collated = strings.Contains(*row.Definition, *from.Expr+" COLLATE ")
	}
	if collated {
		part.Collation = r.collation(from.CollationIn, from.Collation)
	}
	from.Parameters = slices.DeleteFunc(from.Parameters, isServerParameter)
	if !from.DefaultClass || len(from.Parameters) > 0 {
		part.OpClass = r.opClass(from)
	}
	nullsFirst := from.Bits&indexNullsFirst != 0
	switch {
	case nullsFirst && !part.Desc:
		part.Nulls = schema.NullsFirst
	case !nullsFirst && part.Desc:
		part.Nulls = schema.NullsLast
	}
	return part, nil
}

// opClass returns an operator class as package ddl writes it into SQL: with its schema only if the server needs it, and
// with its parameters.
func (r *postgresReader) opClass(from *indexPartRow) string {
	text := identifier(from.OpClass)
	if from.OpClassIn != "pg_catalog" && r.name(from.OpClassIn, from.OpClass).Schema != "" {
		text = identifier(from.OpClassIn) + "." + text
	}
	if len(from.Parameters) > 0 {
		text += "(" + strings.Join(from.Parameters, ", ") + ")"
	}
	return text
}
