package versions

import (
	"context"
	"fmt"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// recorded is a step of a run with the operations that it consists of.
type recorded struct {
	Step
	revision   Revision
	operations []op.Operation
	checksum   string
}

// record records the operations of all steps, so that what cannot run is found before anything does.
func record(dialect schema.Dialect, revisions map[string]Revision, path []Step) ([]recorded, error) {
	out := make([]recorded, len(path))
	for i, step := range path {
		revision := revisions[step.ID]
		operations, err := revision.Operations(dialect, step.Direction)
		if err != nil {
			return nil, err
		}
		for _, operation := range flat(operations) {
			if irreversible, ok := operation.(*op.Irreversible); ok {
				return nil, &IrreversibleError{Revision: step.ID, Place: revision.Meta().place(), Reason: irreversible.Reason}
			}
		}
		checksum, err := Checksum(operations)
		if err != nil {
			return nil, &RecordError{Revision: step.ID, Place: revision.Meta().place(), Direction: step.Direction, Cause: err}
		}
		out[i] = recorded{Step: step, revision: revision, operations: operations, checksum: checksum}
	}
	return out, nil
}

// undecided returns the flagged renames among operations.
func undecided(operations []op.Operation) []Undecided {
	var out []Undecided
	for _, operation := range flat(operations) {
		switch o := operation.(type) {
		case *op.DropColumn:
			if o.RenamedTo != "" {
				out = append(out, Undecided{Kind: "column", Table: o.Table, From: o.Name, To: o.RenamedTo})
			}
		case *op.DropTable:
			if o.RenamedTo != "" {
				out = append(out, Undecided{Kind: "table", Table: o.Name, From: o.Name.Name, To: o.RenamedTo})
			}
		case *op.AlterEnum:
			if o.RenamedTo != "" {
				out = append(out, Undecided{Kind: "enum value", Table: o.Name, From: strings.Join(o.Remove, ", "), To: o.RenamedTo})
			}
		}
	}
	return out
}

// checkDecided returns a *DecisionError if a step drops what was perhaps renamed and what holds something.
func checkDecided(ctx context.Context, q introspect.Querier, engine engine, step recorded) error {
	var open []Undecided
	for _, u := range undecided(step.operations) {
		empty, err := holdsNothing(ctx, q, engine, u)
		if err != nil {
			return fmt.Errorf("revision %s: look whether %s holds anything: %w", step.ID, u.Table, err)
		}
		if !empty {
			open = append(open, u)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return &DecisionError{Revision: step.ID, Place: step.revision.Meta().place(), Undecided: open}
}

// holdsNothing reports whether nothing is lost with the object. A table that is not there yet holds nothing so far; it is
// looked at again when its turn comes.
func holdsNothing(ctx context.Context, q introspect.Querier, engine engine, u Undecided) (bool, error) {
	if u.Kind == "enum value" {
		return enumValueUnused(ctx, q, engine, u)
	}
	there, err := engine.tableExists(ctx, q, u.Table)
	if err != nil || !there {
		return err == nil, err
	}
	query := "SELECT 1 FROM " + ddl.QuoteName(engine.dialect(), u.Table)
	if u.Kind == "column" {
		read, err := introspect.Read(ctx, q, engine.dialect(), introspect.Options{Tables: []schema.Name{u.Table}, Namespaces: namespacesOf(u.Table)})
		if err != nil {
			return false, err
		}
		if table := read.Table(u.Table); table == nil || table.Column(u.From) == nil {
			return true, nil
		}
		query += " WHERE " + ddl.Quote(engine.dialect(), u.From) + " IS NOT NULL"
	}
	found, err := exists(ctx, q, query+" LIMIT 1")
	return !found, err
}

func namespacesOf(name schema.Name) []string {
	if name.Schema == "" {
		return nil
	}
	return []string{name.Schema}
}

// enumValueUnused looks through all columns of the type. It reads the catalog rather than the schema's model, which has
// arrays and domains of the type only as text; what it cannot look into counts as used.
func enumValueUnused(ctx context.Context, q introspect.Querier, engine engine, u Undecided) (unused bool, err error) {
	if engine.dialect() != schema.Postgres {
		return true, nil
	}
	queries, err := columnsOfEnum(ctx, q, u.Table)
	if err != nil {
		return false, err
	}
	for _, value := range strings.Split(u.From, ", ") {
		for _, query := range queries {
			if used, err := exists(ctx, q, query, value); err != nil || used {
				return false, err
			}
		}
	}
	return true, nil
}

// columnsOfEnum returns, for each column of a type, the query that looks for a value in it.
func columnsOfEnum(ctx context.Context, q introspect.Querier, enum schema.Name) (queries []string, err error) {
	rows, err := q.QueryContext(ctx, "SELECT a.attrelid::regclass::text, quote_ident(a.attname) FROM pg_catalog.pg_attribute a "+
		"JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "+
		"JOIN pg_catalog.pg_type e ON e.oid = t.oid OR e.oid = t.typelem OR e.oid = t.typbasetype "+
		"WHERE c.relkind IN ('r', 'p', 'm') AND NOT a.attisdropped AND e.oid = pg_catalog.to_regtype($1)",
		ddl.QuoteName(schema.Postgres, enum))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		queries = append(queries, "SELECT 1 FROM "+table+" WHERE "+column+"::text LIKE '%' || $1 || '%' LIMIT 1")
	}
	return queries, rows.Err()
}
