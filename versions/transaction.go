package versions

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// transaction is an open transaction of a run.
type transaction struct {
	bun.Tx
	// restore undoes what was set on the connection around it.
	restore func(ctx context.Context) error
	// violations are SQLite's, from before the transaction changed anything, if foreign keys are off in it.
	violations []ForeignKeyViolation
	unchecked  bool // foreign keys are off
}

// begin opens a transaction unless one is open. On SQLite it is the only one that writes from here on, and foreign keys
// are off in it if that is asked for.
func (r *runner) begin(ctx context.Context, foreignKeysOff bool) error {
	if r.tx != nil {
		return nil
	}
	tx := &transaction{restore: func(context.Context) error { return nil }}
	if r.engine.dialect() == schema.SQLite && foreignKeysOff {
		if err := tx.foreignKeysOff(ctx, r.conn.Querier); err != nil {
			return err
		}
	}
	err := r.patiently(ctx, func() (err error) {
		// Without the context's end: database/sql would roll back behind our back, and what is set on the connection around the
		// transaction could not be restored. Each statement has the context, and the end of one rolls back here.
		if tx.Tx, err = r.conn.begin(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		err = r.lockTransaction(ctx, tx)
		if err == nil && r.options.DryRun {
			err = r.tables.ensure(ctx, tx.Tx.Tx) // and back, with all the rest
		}
		if err == nil {
			err = r.engine.seizeWrite(ctx, tx.Tx.Tx, r.tables.version)
		}
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return nil
	})
	if err == nil && tx.unchecked {
		if tx.violations, err = violations(ctx, tx.Tx.Tx); err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}
	if err != nil {
		return errors.Join(err, r.restore(ctx, tx))
	}
	r.tx = tx
	if r.lockedByTransaction() && r.position != nil {
		return r.checkUnmoved(ctx)
	}
	return nil
}

// checkUnmoved returns errMoved if another run has changed the version table since this one looked, or has begun a
// revision in pieces.
func (r *runner) checkUnmoved(ctx context.Context) error {
	rows, err := r.tables.rowsOf(ctx, r.querier())
	if err != nil {
		return errors.Join(err, r.rollback(ctx))
	}
	expected := r.position.Rows()
	for _, implied := range r.position.implied {
		expected = append(expected, r.graph.nodes[implied].ID)
	}
	slices.Sort(expected)
	interrupted, err := r.tables.interrupted(ctx, r.querier())
	if err != nil {
		return errors.Join(err, r.rollback(ctx))
	}
	// A row that is there twice did not move; changing it is an error that says so.
	if slices.Equal(slices.Compact(rows), slices.Compact(expected)) && interrupted == r.interrupted {
		return nil
	}
	r.knowledge.forget()
	return errors.Join(errMoved, r.rollback(ctx))
}

// commit ends the open transaction, if there is one, and tells what is done by that.
func (r *runner) commit(ctx context.Context) error {
	if r.tx == nil {
		return nil
	}
	tx := r.tx
	if tx.unchecked {
		after, err := violations(ctx, tx.Tx.Tx)
		if err == nil {
			err = newViolations(tx.violations, after)
		}
		if err != nil {
			return errors.Join(err, r.rollback(ctx))
		}
	}
	if err := ctx.Err(); err != nil {
		return errors.Join(err, r.rollback(ctx))
	}
	r.tx = nil
	// Readers may be in the way of SQLite's commit; database/sql gives only one chance.
	before, err := r.engine.patience(ctx, tx.Tx.Tx, r.commitTimeout())
	if err == nil {
		err = tx.Commit()
	} else {
		_ = tx.Rollback()
	}
	cleanup, cancel := cleanupContext(ctx)
	defer cancel()
	_, restoring := r.engine.patience(cleanup, r.conn.Querier, before)
	if err != nil || restoring != nil {
		// What could not be committed may still be open on the connection.
		r.conn.discard()
	}
	if err != nil {
		r.pending = nil
		return fmt.Errorf("commit: %w", err)
	}
	for _, event := range r.pending {
		r.options.emit(event)
	}
	r.pending, r.attempts = nil, attempts{}
	return r.restore(ctx, tx)
}

// commitTimeout is how long a commit waits for readers, at least.
func (r *runner) commitTimeout() time.Duration { return max(r.options.wait(), 10*time.Second) }

// rollback drops the open transaction, if there is one.
func (r *runner) rollback(ctx context.Context) error {
	if r.tx == nil {
		return nil
	}
	tx := r.tx
	r.tx, r.pending = nil, nil
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		// A lost connection has rolled it back already; on any other it may still be open.
		r.conn.discard()
		return nil
	}
	_ = r.restore(ctx, tx) // what fails takes the connection with it
	return nil
}

// restore undoes what was set on the connection around a transaction that has ended. A connection on which that is not
// possible is thrown away.
func (r *runner) restore(ctx context.Context, tx *transaction) error {
	ctx, cancel := cleanupContext(ctx)
	defer cancel()
	err := tx.restore(ctx)
	if err != nil {
		r.conn.discard()
	}
	return err
}

// foreignKeysOff turns SQLite's foreign keys off, which has no effect once a transaction is open. Rebuilding a table also
// sets legacy_alter_table, which a rollback leaves as it is.
func (t *transaction) foreignKeysOff(ctx context.Context, q introspect.Querier) error {
	before := map[string]bool{}
	for _, name := range []string{"foreign_keys", "legacy_alter_table"} {
		var on bool
		if err := q.QueryRowContext(ctx, "PRAGMA "+name).Scan(&on); err != nil {
			return err
		}
		before[name] = on
	}
	t.unchecked = true
	t.restore = func(ctx context.Context) error {
		return errors.Join(setPragma(ctx, q, "foreign_keys", before["foreign_keys"]),
			setPragma(ctx, q, "legacy_alter_table", before["legacy_alter_table"]))
	}
	return setPragma(ctx, q, "foreign_keys", false)
}

// setPragma switches a setting of SQLite's, and makes sure of it: what it cannot switch it passes over in silence.
func setPragma(ctx context.Context, q introspect.Querier, name string, want bool) error {
	var on bool
	if err := q.QueryRowContext(ctx, "PRAGMA "+name).Scan(&on); err != nil || on == want {
		return err
	}
	value := map[bool]string{true: "ON", false: "OFF"}[want]
	if _, err := q.ExecContext(ctx, "PRAGMA "+name+" = "+value); err != nil {
		return err
	}
	if err := q.QueryRowContext(ctx, "PRAGMA "+name).Scan(&on); err != nil {
		return err
	}
	if on != want {
		return fmt.Errorf("PRAGMA %s cannot be switched %s here: a transaction is open on the connection; switch it before that begins, or run on the *bun.DB", name, strings.ToLower(value))
	}
	return nil
}

// violations counts the rows that refer to nothing, by table and parent.
func violations(ctx context.Context, q introspect.Querier) ([]ForeignKeyViolation, error) {
	rows, err := q.QueryContext(ctx, `SELECT "table", "parent", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2`)
	if err != nil {
		return nil, fmt.Errorf("check foreign keys: %w", err)
	}
	defer rows.Close()
	var out []ForeignKeyViolation
	for rows.Next() {
		var v ForeignKeyViolation
		if err := rows.Scan(&v.Table, &v.Parent, &v.Rows); err != nil {
			return nil, fmt.Errorf("check foreign keys: %w", err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// newViolations returns a *ForeignKeyError for those that were not there before.
func newViolations(before, after []ForeignKeyViolation) error {
	var fresh []ForeignKeyViolation
	for _, v := range after {
		for _, old := range before {
			if strings.EqualFold(old.Table, v.Table) && strings.EqualFold(old.Parent, v.Parent) {
				v.Rows -= old.Rows
			}
		}
		if v.Rows > 0 {
			fresh = append(fresh, v)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return &ForeignKeyError{Violations: fresh}
}

// guard runs a question that must have no answer.
func guard(ctx context.Context, q introspect.Querier, s ddl.Statement) (err error) {
	rows, err := q.QueryContext(ctx, s.SQL, s.Args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return rows.Err()
	}
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	targets := make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return err
	}
	text := s.Guard
	if len(values) > 0 {
		if raw, ok := values[0].([]byte); ok {
			values[0] = string(raw)
		}
		text = strings.ReplaceAll(text, "%v", fmt.Sprint(values[0]))
	}
	return &GuardError{Text: text}
}
