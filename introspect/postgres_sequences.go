package introspect

import (
	"context"
	"math"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/schema"
)

type sequenceRow struct {
	ID        int64       `json:"id"`
	Name      schema.Name `json:"name"`
	Type      string      `json:"type"`
	Start     int64       `json:"start"`
	Increment int64       `json:"increment"`
	Min       int64       `json:"min"`
	Max       int64       `json:"max"`
	Cache     int64       `json:"cache"`
	Cycle     bool        `json:"cycle"`
	// Reference is how the server writes the sequence inside nextval('…'::regclass).
	Reference string `json:"reference"`
	// Ownership is "i" for the sequence of an identity column, "a" for one that another column owns.
	Ownership string      `json:"ownership"`
	Table     int64       `json:"table"`
	TableName schema.Name `json:"table_name"`
	Number    int         `json:"number"`
	Column    string      `json:"column"`
	Extension string      `json:"extension"`
	Comment   string      `json:"comment"`
}

// $1 lists the sequences of the namespaces, $2 the tables whose sequences are wanted wherever they are.
var readSequencesSQL = `
	SELECT s.seqrelid::int8 AS id, json_build_object('schema', n.nspname, 'name', c.relname) AS name,
		format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS min,
		s.seqmax AS max, s.seqcache AS cache, s.seqcycle AS cycle, s.seqrelid::regclass::text AS reference,
		o.deptype::text AS ownership, o.refobjid::int8 AS "table", o.refobjsubid AS number, a.attname AS column,
		json_build_object('schema', tn.nspname, 'name', t.relname) AS table_name,
		` + extensionOf("'pg_class'::regclass", "s.seqrelid") + ` AS extension,
		` + commentOf("'pg_class'::regclass", "s.seqrelid", "0") + ` AS comment
	FROM (
		SELECT unnest($1::text::oid[]) AS id
		UNION
		SELECT w.objid FROM pg_depend w
		WHERE w.refclassid = 'pg_class'::regclass AND w.refobjid IN (SELECT unnest($2::text::oid[])) AND w.refobjsubid > 0
			AND w.classid = 'pg_class'::regclass AND w.objsubid = 0 AND w.deptype IN ('a', 'i')
	) wanted
	JOIN pg_sequence s ON s.seqrelid = wanted.id
	JOIN pg_class c ON c.oid = s.seqrelid
	JOIN pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = s.seqrelid AND o.objsubid = 0
		AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')
	LEFT JOIN pg_class t ON t.oid = o.refobjid
	LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
	LEFT JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
	ORDER BY n.nspname, c.relname`

func (r *postgresReader) readSequences(ctx context.Context) error {
	sequences := r.subjects("sequence", func(o *catalogObject) bool { return o.Class == "relation" && o.Kind == "S" })
	tables := r.subjects("table", (*catalogObject).isTable)
	rows, err := rowsOrProblem[sequenceRow](ctx, r, "read the sequences", readSequencesSQL, oidList(sequences), oidList(tables))
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.addSequence(row)
	}
	return nil
}

// addSequence gives a sequence to the column that numbers itself by it, or lists it as an object of its own. So is one
// with a comment, for which a serial column has no place.
func (r *postgresReader) addSequence(row *sequenceRow) {
	column := r.columns[columnKey{row.Table, row.Number}]
	switch {
	case row.Ownership == "i" && column != nil && column.Identity != nil:
		r.fillIdentity(column, row)
	case row.Ownership == "a" && column != nil && isSerial(column, row.Reference) && row.Comment == "":
		column.Default = ""
		column.Identity = &schema.Identity{Kind: schema.IdentitySerial}
		r.fillIdentity(column, row)
	default:
		r.addFreeSequence(row)
	}
}

// isSerial reports whether the column takes its default from that sequence, as serial columns do.
func isSerial(column *schema.Column, reference string) bool {
	if column.Type != "smallint" && column.Type != "integer" && column.Type != "bigint" {
		return false
	}
	literal := "'" + strings.ReplaceAll(reference, "'", "''") + "'"
	return column.Default == "nextval("+literal+"::regclass)"
}

func (r *postgresReader) fillIdentity(column *schema.Column, row *sequenceRow) {
	numbers := sequenceNumbers(row, column.Type)
	identity := column.Identity
	identity.Start, identity.Increment, identity.Min = numbers.Start, numbers.Increment, numbers.Min
	identity.Max, identity.Cache, identity.Cycle = numbers.Max, numbers.Cache, numbers.Cycle

	usual := ddl.PostgresObjectName(row.TableName.Name, row.Column, "seq")
	if row.Name.Schema != row.TableName.Schema || row.Name.Name != usual {
		identity.Sequence = r.name(row.Name.Schema, row.Name.Name)
	}
}

func (r *postgresReader) addFreeSequence(row *sequenceRow) {
	sequence := sequenceNumbers(row, row.Type)
	sequence.Name = r.name(row.Name.Schema, row.Name.Name)
	sequence.Type = row.Type
	sequence.Comment = row.Comment
	if row.Ownership != "" {
		sequence.OwnedBy = schema.Dependency{Relation: r.name(row.TableName.Schema, row.TableName.Name), Column: row.Column}
	}
	if row.Extension != "" {
		sequence.Foreign = "extension " + row.Extension
	}
	r.out.Sequences.Add(&sequence)
}

// sequenceNumbers returns the numbers of a sequence, nil where they are what CREATE SEQUENCE chooses for that type.
func sequenceNumbers(row *sequenceRow, typ string) schema.Sequence {
	least, greatest := int64(math.MinInt64), int64(math.MaxInt64)
	switch typ {
	case "smallint":
		least, greatest = math.MinInt16, math.MaxInt16
	case "integer":
		least, greatest = math.MinInt32, math.MaxInt32
	}
	low, high := int64(1), greatest
	start := row.Min
	if row.Increment < 0 {
		low, high = least, -1
		start = row.Max
	}
	return schema.Sequence{
		Start:     unless(row.Start, start),
		Increment: unless(row.Increment, 1),
		Min:       unless(row.Min, low),
		Max:       unless(row.Max, high),
		Cache:     unless(row.Cache, 1),
		Cycle:     row.Cycle,
	}
}

func unless(number, usual int64) *int64 {
	if number == usual {
		return nil
	}
	return &number
}
