package versions

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// mysql locks by GET_LOCK, which ends with the connection. Every DDL statement commits, so the runner records each step.
type mysql struct{}

func (mysql) dialect() schema.Dialect { return schema.MySQL }
func (mysql) transactional() bool     { return false }
func (mysql) mark(int) string         { return "?" }
func (mysql) now() string             { return "UTC_TIMESTAMP(6)" }

// types compare names byte by byte: the usual collations of MySQL take "a1" and "A1" for the same.
func (mysql) types() columnTypes {
	return columnTypes{
		id: "bigint AUTO_INCREMENT", name: "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", text: "varchar(64)",
		time: "datetime(6)", integer: "bigint", document: "longtext", suffix: " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
	}
}

func (mysql) tableExists(ctx context.Context, q introspect.Querier, name schema.Name) (bool, error) {
	if name.Schema == "" {
		return exists(ctx, q, "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?", name.Name)
	}
	return exists(ctx, q, "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?", name.Schema, name.Name)
}

// mysqlLock is the lock's name. Names are the server's, so the database is part of it; they end after 64 bytes.
const mysqlLock = "CONCAT('retort:', LEFT(SHA2(DATABASE(), 256), 40))"

func (mysql) tryLock(ctx context.Context, q introspect.Querier) (bool, string, error) {
	var taken sql.NullInt64
	if err := q.QueryRowContext(ctx, "SELECT GET_LOCK("+mysqlLock+", 0)").Scan(&taken); err != nil || taken.Int64 == 1 {
		return taken.Int64 == 1, "", err
	}
	var holder sql.NullInt64
	if err := q.QueryRowContext(ctx, "SELECT IS_USED_LOCK("+mysqlLock+")").Scan(&holder); err != nil || !holder.Valid {
		return false, "", err
	}
	return false, fmt.Sprintf("connection %d", holder.Int64), nil
}

func (mysql) unlock(ctx context.Context, q introspect.Querier) error {
	var released sql.NullInt64
	return q.QueryRowContext(ctx, "SELECT RELEASE_LOCK("+mysqlLock+")").Scan(&released)
}

func (mysql) seizeWrite(context.Context, introspect.Querier, schema.Name) error { return nil }
func (mysql) isBusy(error) bool                                                 { return false }

func (mysql) patience(context.Context, introspect.Querier, time.Duration) (time.Duration, error) {
	return 0, nil
}
