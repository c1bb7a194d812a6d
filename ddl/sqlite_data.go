package ddl

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/internal/sqliteddl"
	"github.com/retort-db/retort/op"
)

// sqliteParameters bounds the bound values of one statement: SQLite before 3.32 took 999.
const sqliteParameters = 999

// data compiles the steps that work on rows.
func (c *sqliteCompiler) data(operation op.Operation) ([]Statement, error) {
	switch o := operation.(type) {
	case *op.Exec:
		return []Statement{{SQL: o.SQL, Args: o.Args, OutsideTransaction: o.OutsideTransaction}}, nil
	case *op.Run:
		return []Statement{{Run: o.Do, Describe: o.String(), OutsideTransaction: o.OutsideTransaction}}, nil
	case *op.Insert:
		return c.insert(o)
	case *op.Backfill:
		return c.backfill(o)
	case *op.Irreversible:
		return nil, &op.IrreversibleError{Operation: "the revision", Reason: o.Reason}
	case op.Custom:
		texts, err := o.SQL(c.server)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o, err)
		}
		return sqliteSQL(texts...), nil
	}
	return nil, c.unsupported(operation, "it is no data step")
}

// insert writes as many rows into one statement as its parameters allow.
func (c *sqliteCompiler) insert(o *op.Insert) ([]Statement, error) {
	if len(o.Columns) == 0 || len(o.Columns) > sqliteParameters {
		return nil, &op.EffectError{Operation: o.String(), Reason: fmt.Sprintf("it names %d columns", len(o.Columns))}
	}
	perStatement := sqliteParameters / len(o.Columns)
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(o.Columns)), ", ") + ")"
	var statements []Statement
	for at := 0; at < len(o.Rows); at += perStatement {
		rows := o.Rows[at:min(at+perStatement, len(o.Rows))]
		var args []any
		for i, values := range rows {
			if len(values) != len(o.Columns) {
				return nil, &op.EffectError{Operation: o.String(), Reason: fmt.Sprintf("row %d has %d values for %d columns", at+i+1, len(values), len(o.Columns))}
			}
			args = append(args, values...)
		}
		values := strings.TrimSuffix(strings.Repeat(row+", ", len(rows)), ", ")
		statements = append(statements, Statement{
			SQL:  "INSERT INTO " + sqliteName(o.Table) + " (" + sqliteQuoteAll(o.Columns) + ") VALUES " + values,
			Args: args,
		})
	}
	return statements, nil
}

// backfill is one UPDATE: SQLite lets one connection write at a time whatever the size of a batch, and so the step stays
// in the revision's transaction.
func (c *sqliteCompiler) backfill(o *op.Backfill) ([]Statement, error) {
	if len(o.Set) == 0 {
		return nil, &op.EffectError{Operation: o.String(), Reason: "it sets no column"}
	}
	var set, missing []string
	for _, assignment := range o.Set {
		set = append(set, sqliteQuote(assignment.Column)+" = "+sqliteParens(assignment.Expr))
		missing = append(missing, sqliteQuote(assignment.Column)+" IS NULL")
	}
	where := strings.Join(missing, " OR ")
	if o.Where != "" {
		where = sqliteddl.TrimParens(o.Where)
	}
	return sqliteSQL("UPDATE " + sqliteName(o.Table) + " SET " + strings.Join(set, ", ") + " WHERE " + where), nil
}
