package versions

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// sqlite has one writer at a time: a transaction that writes is the lock. It ends with each revision, so the runner looks
// in every transaction whether the version table is as it expects.
type sqlite struct{}

func (sqlite) dialect() schema.Dialect { return schema.SQLite }
func (sqlite) transactional() bool     { return true }
func (sqlite) mark(int) string         { return "?" }
func (sqlite) now() string             { return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" }

func (sqlite) types() columnTypes {
	return columnTypes{
		id: "integer PRIMARY KEY AUTOINCREMENT", name: "varchar(255)", text: "varchar(64)", time: "text", integer: "integer", document: "text",
	}
}

func (sqlite) tableExists(ctx context.Context, q introspect.Querier, name schema.Name) (bool, error) {
	from := "sqlite_master"
	if name.Schema != "" {
		from = ddl.Quote(schema.SQLite, name.Schema) + ".sqlite_master"
	}
	return exists(ctx, q, "SELECT 1 FROM "+from+" WHERE type = 'table' AND lower(name) = lower(?)", name.Name)
}

func (sqlite) tryLock(context.Context, introspect.Querier, string, lockScope) (bool, string, error) {
	return true, "", nil
}
func (sqlite) unlock(context.Context, introspect.Querier, string) error { return nil }

// seizeWrite does what BEGIN IMMEDIATE does, in a transaction that database/sql began: the first statement writes, so the
// write lock is taken before anything was read, and what is read afterwards stays true. It changes no row.
func (sqlite) seizeWrite(ctx context.Context, q introspect.Querier, versionTable schema.Name) error {
	_, err := q.ExecContext(ctx, "DELETE FROM "+ddl.QuoteName(schema.SQLite, versionTable)+" WHERE 0")
	return err
}

// isBusy knows SQLITE_BUSY and SQLITE_LOCKED by their text, which drivers pass on: their error types differ.
func (sqlite) isBusy(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	return strings.Contains(text, "database is locked") || strings.Contains(text, "database table is locked") || strings.Contains(text, "SQLITE_BUSY")
}

// patience sets PRAGMA busy_timeout. While SQLite waits by itself, nobody is told, and a cancelled run waits on.
func (sqlite) patience(ctx context.Context, q introspect.Querier, wait time.Duration) (time.Duration, error) {
	var before int64
	if err := q.QueryRowContext(ctx, "PRAGMA busy_timeout").Scan(&before); err != nil {
		return 0, err
	}
	_, err := q.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", wait.Milliseconds()))
	return time.Duration(before) * time.Millisecond, err
}

func (sqlite) limit(context.Context, introspect.Querier, limits, bool) ([]setting, error) {
	return nil, nil
}
func (sqlite) set(context.Context, introspect.Querier, setting, bool) error { return nil }
func (sqlite) limitsStatements() bool                                       { return false }
func (sqlite) blocked(error) bool                                           { return false }

func (sqlite) holders(context.Context, introspect.Querier, []schema.Name) string { return "" }
func (sqlite) serverID(context.Context, introspect.Querier) (int64, error)       { return 0, nil }
func (sqlite) cancel(context.Context, introspect.Querier, int64) error           { return nil }

// openTransaction begins one, which takes no lock yet and is refused while another is open.
func (sqlite) openTransaction(ctx context.Context, q introspect.Querier) (bool, error) {
	_, err := q.ExecContext(ctx, "BEGIN")
	if err != nil && strings.Contains(err.Error(), "within a transaction") {
		return true, nil
	}
	if err == nil {
		_, err = q.ExecContext(ctx, "ROLLBACK")
	}
	return false, err
}
