package introspect

import (
	"context"

	"github.com/retort-db/retort/schema"
)

type typeRow struct {
	ID          int64            `json:"id"`
	Kind        string           `json:"kind"`
	Base        string           `json:"base"`
	NotNull     bool             `json:"not_null"`
	Default     string           `json:"default"`
	Collation   string           `json:"collation"`
	CollationIn string           `json:"collation_in"`
	Values      []string         `json:"values"`
	Checks      []domainCheckRow `json:"checks"`
	Fields      []fieldRow       `json:"fields"`
}

type domainCheckRow struct {
	Name    string `json:"name"`
	Expr    string `json:"expr"`
	Valid   bool   `json:"valid"`
	Comment string `json:"comment"`
}

type fieldRow struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Collation   string `json:"collation"`
	CollationIn string `json:"collation_in"`
}

var readTypesSQL = `
	SELECT t.oid::int8 AS id, t.typtype::text AS kind,
		CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
		t.typnotnull AS not_null, pg_get_expr(t.typdefaultbin, 0) AS default,
		co.collname AS collation, cn.nspname AS collation_in,
		(SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS values,
		(SELECT json_agg(json_build_object('name', k.conname, 'expr', pg_get_expr(k.conbin, 0), 'valid', k.convalidated,
				'comment', ` + commentOf("'pg_constraint'::regclass", "k.oid", "0") + `) ORDER BY k.conname)
			FROM pg_constraint k
			WHERE k.contypid = t.oid AND k.contype = 'c') AS checks,
		(SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
				'collation', ac.collname, 'collation_in', an.nspname) ORDER BY a.attnum)
			FROM pg_attribute a
			JOIN pg_type f ON f.oid = a.atttypid
			LEFT JOIN pg_collation ac ON ac.oid = a.attcollation AND a.attcollation <> f.typcollation
			LEFT JOIN pg_namespace an ON an.oid = ac.collnamespace
			WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS fields
	FROM pg_type t
	LEFT JOIN pg_type b ON b.oid = t.typbasetype
	LEFT JOIN pg_collation co ON t.typtype = 'd' AND co.oid = t.typcollation AND t.typcollation <> b.typcollation
	LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
	WHERE t.oid IN (SELECT unnest($1::text::oid[]))
	ORDER BY t.typname`

func (r *postgresReader) readTypes(ctx context.Context) error {
	subjects := r.subjects("type", func(o *catalogObject) bool { return o.Class == "type" })
	return detailsOf(ctx, r, "read the types", readTypesSQL, subjects, func(row *typeRow) error {
		object := r.byID[objectKey{"type", row.ID}]
		name := r.name(object.Namespace, object.Name)
		switch row.Kind {
		case "e":
			r.out.Enums.Add(&schema.Enum{Name: name, Values: row.Values, Comment: object.Comment, Foreign: object.foreign()})
		case "d":
			r.out.Domains.Add(r.domain(row, name, object))
		case "c":
			r.out.Composites.Add(r.composite(row, name, object))
		}
		return nil
	})
}

func (r *postgresReader) domain(row *typeRow, name schema.Name, object *catalogObject) *schema.Domain {
	domain := &schema.Domain{
		Name:      name,
		Type:      row.Base,
		NotNull:   row.NotNull,
		Default:   row.Default,
		Collation: r.collation(row.CollationIn, row.Collation),
		Comment:   object.Comment,
		Foreign:   object.foreign(),
	}
	for _, check := range row.Checks {
		domain.Checks = append(domain.Checks, &schema.Check{
			Name: check.Name, Expr: trimParens(check.Expr), NotValid: !check.Valid, Comment: check.Comment,
		})
	}
	return domain
}

func (r *postgresReader) composite(row *typeRow, name schema.Name, object *catalogObject) *schema.Composite {
	composite := &schema.Composite{Name: name, Comment: object.Comment, Foreign: object.foreign()}
	for _, field := range row.Fields {
		composite.Fields = append(composite.Fields, schema.CompositeField{
			Name: field.Name, Type: field.Type, Collation: r.collation(field.CollationIn, field.Collation),
		})
	}
	return composite
}
