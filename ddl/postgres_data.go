package ddl

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
)

// compileData compiles steps that change rows, and those that bring their own SQL.
func (c *postgresCompiler) compileData(operation op.Operation) error {
	switch o := operation.(type) {
	case *op.Exec:
		c.push(Statement{SQL: o.SQL, Args: o.Args, Operation: o, OutsideTransaction: o.OutsideTransaction})
	case *op.Run:
		c.push(Statement{Run: o.Do, Operation: o, Describe: o.String(), OutsideTransaction: o.OutsideTransaction})
	case *op.Insert:
		c.insert(o)
	case *op.Backfill:
		return c.backfill(o)
	case *op.Irreversible:
		return &op.IrreversibleError{Operation: "the revision", Reason: o.Reason}
	case op.Custom:
		statements, err := o.SQL(c.server)
		if err != nil {
			return fmt.Errorf("%s: %w", o, err)
		}
		for _, text := range statements {
			c.say(o, text, "")
		}
	default:
		return c.unsupported(operation, "it is no operation that Retort knows; register it in the program, or use m.Exec")
	}
	return nil
}

// postgresParameters is the greatest number of parameters of one statement (the protocol counts them in 16 bits).
const postgresParameters = 65535

func (c *postgresCompiler) insert(o *op.Insert) {
	if len(o.Rows) == 0 {
		return
	}
	head := "INSERT INTO " + postgresName(o.Table) + " (" + postgresQuoteAll(o.Columns) + ") VALUES "
	perStatement := max(1, postgresParameters/max(1, len(o.Columns)))
	for start := 0; start < len(o.Rows); start += perStatement {
		rows := o.Rows[start:min(start+perStatement, len(o.Rows))]
		var tuples []string
		var args []any
		for _, row := range rows {
			marks := make([]string, len(row))
			for i, value := range row {
				args = append(args, value)
				marks[i] = "$" + itoa(len(args))
			}
			tuples = append(tuples, "("+strings.Join(marks, ", ")+")")
		}
		c.push(Statement{SQL: head + strings.Join(tuples, ", "), Args: args, Operation: o})
	}
}

// backfillBatch is the number of rows that one batch changes unless the operation says otherwise.
const backfillBatch = 1000

// backfill changes rows in batches along a key, each batch in a transaction of its own, so that no batch holds its locks
// for long. A second run finds only the rows that are left. A table without a key is changed at once.
func (c *postgresCompiler) backfill(o *op.Backfill) error {
	table := c.state.Table(o.Table)
	if table == nil {
		return &op.EffectError{Operation: o.String(), Reason: "there is no table " + o.Table.String()}
	}
	key := o.Key
	if len(key) == 0 && table.PrimaryKey != nil {
		key = table.PrimaryKey.Columns
	}
	if len(key) == 0 {
		c.say(o, "UPDATE "+postgresName(o.Table)+" SET "+assignments(o.Set)+" WHERE "+backfillWhere(o), "")
		return nil
	}
	walk := backfillWalk{batch: o.Batch, pause: o.Pause}
	if walk.batch <= 0 {
		walk.batch = backfillBatch
	}
	for _, name := range key {
		column := table.Column(name)
		if column == nil {
			return &op.EffectError{Operation: o.String(), Reason: "there is no key column " + name}
		}
		walk.types = append(walk.types, column.Type)
	}
	walk.query = func(after string) string { return backfillQuery(o, key, after, walk.batch) }
	walk.total = func(ctx context.Context, db bun.IDB) (int64, error) {
		name := postgresName(o.Table)
		return backfillTotal(ctx, db, name, backfillWhere(o),
			"SELECT reltuples::bigint FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass("+postgresLiteral(name)+")")
	}
	c.push(Statement{Run: walk.run, Operation: o, Describe: o.String(), OutsideTransaction: true})
	return nil
}

func assignments(set []op.Assignment) string {
	parts := make([]string, len(set))
	for i, one := range set {
		parts[i] = postgresQuote(one.Column) + " = " + one.Expr
	}
	return strings.Join(parts, ", ")
}

// backfillWhere returns the condition of the rows to change: by default those in which a column is still missing.
func backfillWhere(o *op.Backfill) string {
	if o.Where != "" {
		return "(" + o.Where + ")"
	}
	parts := make([]string, len(o.Set))
	for i, one := range o.Set {
		parts[i] = postgresQuote(one.Column) + " IS NULL"
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// backfillQuery changes one batch and returns its number of rows and the last key of it as texts, or no row at the end.
func backfillQuery(o *op.Backfill, key []string, after string, batch int) string {
	table, columns := postgresName(o.Table), postgresQuoteAll(key)
	where := backfillWhere(o)
	if after != "" {
		where += " AND (" + columns + ") > " + after
	}
	texts := make([]string, len(key))
	for i, name := range key {
		texts[i] = postgresQuote(name) + "::text"
	}
	// The batch stands in a sub-select, so that the user's expressions see the columns of the table alone.
	return "WITH batch AS (SELECT " + columns + " FROM " + table + " WHERE " + where +
		" ORDER BY " + columns + " LIMIT " + itoa(batch) + " FOR UPDATE), changed AS (UPDATE " + table +
		" SET " + assignments(o.Set) + " WHERE (" + columns + ") IN (SELECT " + columns + " FROM batch)) SELECT (SELECT count(*) FROM batch), " +
		strings.Join(texts, ", ") + " FROM batch ORDER BY " + strings.Join(descending(key), ", ") + " LIMIT 1"
}

func descending(key []string) []string {
	out := make([]string, len(key))
	for i, name := range key {
		out[i] = "batch." + postgresQuote(name) + " DESC"
	}
	return out
}

type backfillWalk struct {
	query func(after string) string
	total func(ctx context.Context, db bun.IDB) (int64, error)
	types []string
	batch int
	pause time.Duration
}

func (w backfillWalk) run(ctx context.Context, db bun.IDB) error {
	total, err := w.total(ctx, db)
	if err != nil {
		return err
	}
	after, done := "", int64(0)
	for {
		last, rows, err := w.step(ctx, db, after)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		after, done = last, done+rows
		op.Report(ctx, op.Progress{Done: done, Total: total})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(w.pause):
		}
	}
}

// step changes one batch and returns its last key as a row constructor, and its number of rows. The values are constants
// in the text: bun would take question marks in the user's expressions for parameters if there were any.
func (w backfillWalk) step(ctx context.Context, db bun.IDB, after string) (last string, rows int64, err error) {
	values := make([]string, len(w.types))
	targets := []any{&rows}
	for i := range values {
		targets = append(targets, &values[i])
	}
	if err := db.QueryRowContext(ctx, w.query(after)).Scan(targets...); err != nil {
		return "", 0, err
	}
	for i, value := range values {
		values[i] = postgresLiteral(value) + "::" + w.types[i]
	}
	return "(" + strings.Join(values, ", ") + ")", rows, nil
}
