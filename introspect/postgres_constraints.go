package introspect

import (
	"context"
	"fmt"
	"strings"

	"github.com/retort-db/retort/schema"
)

type constraintRow struct {
	Table      int64       `json:"table"`
	Type       string      `json:"type"`
	Name       string      `json:"name"`
	Deferrable bool        `json:"deferrable"`
	Deferred   bool        `json:"deferred"`
	Valid      bool        `json:"valid"`
	Enforced   bool        `json:"enforced"`
	NoInherit  bool        `json:"no_inherit"`
	Temporal   bool        `json:"temporal"` // WITHOUT OVERLAPS or PERIOD
	Index      int64       `json:"index"`
	Columns    []string    `json:"columns"`
	Expr       *string     `json:"expr"`
	RefTable   schema.Name `json:"ref_table"`
	RefColumns []string    `json:"ref_columns"`
	SetColumns []string    `json:"set_columns"`
	OnDelete   string      `json:"on_delete"`
	OnUpdate   string      `json:"on_update"`
	Match      string      `json:"match"`
	Comment    string      `json:"comment"`
}

// Constraints that a partition or a child has only from its parent are left out: they come and go with the parent's. So
// are NOT NULL constraints (contype n, PostgreSQL 18), which pg_attribute tells, and constraint triggers.
var readConstraintsSQL = `
	SELECT k.conrelid::int8 AS "table", k.contype::text AS type, k.conname AS name, k.condeferrable AS deferrable,
		k.condeferred AS deferred, k.convalidated AS valid, {enforced} AS enforced, k.connoinherit AS no_inherit,
		{period} AS temporal, k.conindid::int8 AS index,
		(SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(k.conkey) WITH ORDINALITY u(number, n)
			JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS columns,
		CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expr,
		json_build_object('schema', rn.nspname, 'name', rc.relname) AS ref_table,
		(SELECT json_agg(a.attname ORDER BY u.n) FROM unnest(k.confkey) WITH ORDINALITY u(number, n)
			JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number) AS ref_columns,
		(SELECT json_agg(a.attname ORDER BY u.n) FROM unnest({set_columns}) WITH ORDINALITY u(number, n)
			JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS set_columns,
		k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update, k.confmatchtype::text AS match,
		` + commentOf("'pg_constraint'::regclass", "k.oid", "0") + ` AS comment
	FROM pg_constraint k
	LEFT JOIN pg_class rc ON rc.oid = k.confrelid
	LEFT JOIN pg_namespace rn ON rn.oid = rc.relnamespace
	WHERE k.conrelid IN (SELECT unnest($1::text::oid[])) AND k.contype IN ('p', 'u', 'f', 'c', 'x')
		AND k.conparentid = 0 AND (k.conislocal OR k.coninhcount = 0)
	ORDER BY k.conrelid, k.conname`

func (r *postgresReader) readConstraints(ctx context.Context) error {
	query := strings.NewReplacer(
		"{enforced}", r.since(18, "k.conenforced", "true"),
		"{period}", r.since(18, "k.conperiod", "false"),
		"{set_columns}", r.since(15, "k.confdelsetcols", "NULL::int2[]"),
	).Replace(readConstraintsSQL)
	subjects := r.subjects("table", (*catalogObject).isTable)
	return detailsOf(ctx, r, "read the constraints", query, subjects, r.addConstraint)
}

func (r *postgresReader) addConstraint(row *constraintRow) error {
	table := r.tables[row.Table]
	switch row.Type {
	case "f":
		if row.Temporal {
			r.problem(fmt.Sprintf("foreign key %s of table %s", row.Name, table.Name), "PERIOD is not supported; it is read without")
		}
		table.ForeignKeys = append(table.ForeignKeys, r.foreignKey(row))
		return nil
	case "c":
		if row.Expr == nil {
			return &vanishedError{object: "check " + row.Name}
		}
		table.Checks = append(table.Checks, &schema.Check{
			Name:      row.Name,
			Expr:      trimParens(*row.Expr),
			NoInherit: row.NoInherit,
			NotValid:  row.Enforced && !row.Valid,
			NoEnforce: !row.Enforced,
			Comment:   row.Comment,
		})
		return nil
	}

	row2, ok := r.keyIndexes[row.Index]
	if !ok {
		return &vanishedError{object: "constraint " + row.Name}
	}
	index, err := r.index(row2)
	if err != nil {
		return err
	}
	if row.Temporal {
		index.Options.Set(schema.OptionWithoutOverlaps, "")
	}
	switch row.Type {
	case "p":
		table.PrimaryKey = &schema.PrimaryKey{
			Name: row.Name, Columns: row.keyColumns(row2), Include: index.Include,
			Deferrable: row.deferrable(), Comment: row.Comment, Options: index.Options,
		}
	case "u":
		table.Uniques = append(table.Uniques, &schema.Unique{
			Name: row.Name, Columns: row.keyColumns(row2), Include: index.Include, NullsNotDistinct: index.NullsNotDistinct,
			Deferrable: row.deferrable(), Comment: row.Comment, Options: index.Options,
		})
	case "x":
		table.Exclusions = append(table.Exclusions, exclusion(row, row2, index))
	}
	return nil
}

// keyColumns returns the columns of the key; conkey lists the included ones of a key on some servers too.
func (row *constraintRow) keyColumns(index *indexRow) []string {
	if len(row.Columns) > index.Keys {
		return row.Columns[:index.Keys]
	}
	return row.Columns
}

func (row *constraintRow) deferrable() schema.Deferrable {
	switch {
	case row.Deferred:
		return schema.InitiallyDeferred
	case row.Deferrable:
		return schema.InitiallyNow
	}
	return schema.NotDeferrable
}

func (r *postgresReader) foreignKey(row *constraintRow) *schema.ForeignKey {
	actions := map[string]schema.Action{
		"a": schema.NoAction, "r": schema.Restrict, "c": schema.Cascade, "n": schema.SetNull, "d": schema.SetDefault,
	}
	key := &schema.ForeignKey{
		Name:       row.Name,
		Columns:    row.Columns,
		RefTable:   r.name(row.RefTable.Schema, row.RefTable.Name),
		RefColumns: row.RefColumns,
		OnDelete:   actions[row.OnDelete],
		OnUpdate:   actions[row.OnUpdate],
		SetColumns: row.SetColumns,
		Deferrable: row.deferrable(),
		NotValid:   row.Enforced && !row.Valid,
		NoEnforce:  !row.Enforced,
		Comment:    row.Comment,
	}
	if row.Match == "f" {
		key.Match = "FULL"
	}
	return key
}

func exclusion(row *constraintRow, from *indexRow, index *schema.Index) *schema.Exclusion {
	out := &schema.Exclusion{
		Name:       row.Name,
		Method:     from.Method,
		Include:    index.Include,
		Where:      index.Where,
		Deferrable: row.deferrable(),
		Comment:    row.Comment,
		Options:    index.Options,
	}
	for n, part := range index.Parts {
		out.Elements = append(out.Elements, schema.ExclusionElement{IndexPart: part, Operator: from.Parts[n].Operator})
	}
	return out
}
