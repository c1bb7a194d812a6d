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
	"github.com/retort-db/retort/schema"
)

// mysqlPlaceholders is the number of parameters that one prepared statement takes.
const mysqlPlaceholders = 65535

// insert adds INSERT statements with bound values, as many as the limit on parameters needs.
func (c *mysqlCompiler) insert(o *op.Insert) {
	if len(o.Rows) == 0 || len(o.Columns) == 0 {
		return
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(o.Columns)), ", ") + ")"
	head := "INSERT INTO " + mysqlName(o.Table) + " (" + mysqlNames(o.Columns) + ") VALUES "
	most := max(1, mysqlPlaceholders/len(o.Columns))
	for start := 0; start < len(o.Rows); start += most {
		rows := o.Rows[start:min(start+most, len(o.Rows))]
		args := make([]any, 0, len(rows)*len(o.Columns))
		for _, values := range rows {
			args = append(args, values...)
		}
		c.push(Statement{
			SQL:  head + strings.TrimSuffix(strings.Repeat(row+", ", len(rows)), ", "),
			Args: args, Operation: o,
		})
	}
}

const mysqlBackfillSize = 1000

// backfill adds a step that updates the rows in batches along a key. Each batch commits by itself, and rows that were done
// are not selected again, so that the step can be interrupted and run again.
func (c *mysqlCompiler) backfill(o *op.Backfill) error {
	table, err := c.table(o, o.Table)
	if err != nil {
		return err
	}
	key := o.Key
	if len(key) == 0 && table.PrimaryKey != nil {
		key = table.PrimaryKey.Columns
	}
	if len(key) == 0 {
		return c.unsupported(o, "the table has no primary key to go along; name columns of a unique key in Key")
	}
	fill := mysqlBackfill{name: o.Table, table: mysqlName(o.Table), key: key, where: o.Where, batch: o.Batch, pause: o.Pause}
	var set, missing []string
	for _, assignment := range o.Set {
		set = append(set, mysqlQuote(assignment.Column)+" = "+assignment.Expr)
		missing = append(missing, mysqlQuote(assignment.Column)+" IS NULL")
	}
	fill.set = strings.Join(set, ", ")
	if fill.where == "" {
		fill.where = strings.Join(missing, " OR ")
	}
	if fill.batch <= 0 {
		fill.batch = mysqlBackfillSize
	}
	c.push(Statement{Run: fill.run, Operation: o, Describe: o.String()})
	return nil
}

// mysqlBackfill updates the rows of a table in batches.
type mysqlBackfill struct {
	table, set, where string
	name              schema.Name
	key               []string
	batch             int
	pause             time.Duration
}

func (b mysqlBackfill) run(ctx context.Context, db bun.IDB) error {
	total, err := backfillTotal(ctx, db, b.table, "("+b.where+")", "SELECT coalesce(max(table_rows), 0) FROM information_schema.tables "+
		"WHERE table_schema = coalesce(nullif(?, ''), DATABASE()) AND table_name = ?", b.name.Schema, b.name.Name)
	if err != nil {
		return fmt.Errorf("backfill of %s: %w", b.table, err)
	}
	var last []any
	done := int64(0)
	for {
		bound, err := b.boundary(ctx, db, last)
		if err != nil {
			return err
		}
		rows, err := b.update(ctx, db, last, bound)
		if err != nil {
			return err
		}
		done += rows
		op.Report(ctx, op.Progress{Done: done, Total: total})
		if bound == nil {
			return nil
		}
		last = bound
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(b.pause):
		}
	}
}

// boundary returns the key of the last row of the next batch, or nil if the rest is one batch.
func (b mysqlBackfill) boundary(ctx context.Context, db bun.IDB, last []any) ([]any, error) {
	names := mysqlNames(b.key)
	query := "SELECT " + names + " FROM " + b.table + " WHERE (" + b.where + ")"
	if last != nil {
		query += " AND " + b.row() + " > " + b.marks()
	}
	query += fmt.Sprintf(" ORDER BY %s LIMIT 1 OFFSET %d", names, b.batch-1)
	values := make([]any, len(b.key))
	targets := make([]any, len(b.key))
	for i := range values {
		targets[i] = &values[i]
	}
	err := db.QueryRowContext(ctx, query, last...).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("backfill of %s: %w", b.table, err)
	}
	for i, value := range values {
		if text, ok := value.([]byte); ok {
			values[i] = string(text)
		}
	}
	return values, nil
}

func (b mysqlBackfill) update(ctx context.Context, db bun.IDB, last, bound []any) (rows int64, err error) {
	query := "UPDATE " + b.table + " SET " + b.set + " WHERE (" + b.where + ")"
	if last != nil {
		query += " AND " + b.row() + " > " + b.marks()
	}
	if bound != nil {
		query += " AND " + b.row() + " <= " + b.marks()
	}
	result, err := db.ExecContext(ctx, query, append(append([]any{}, last...), bound...)...)
	if err == nil {
		rows, err = result.RowsAffected()
	}
	if err != nil {
		return 0, fmt.Errorf("backfill of %s: %w", b.table, err)
	}
	return rows, nil
}

func (b mysqlBackfill) row() string { return "(" + mysqlNames(b.key) + ")" }

func (b mysqlBackfill) marks() string {
	return "(" + strings.TrimSuffix(strings.Repeat("?, ", len(b.key)), ", ") + ")"
}
