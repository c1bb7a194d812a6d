package versions

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
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
const mysqlLock = "CONCAT('retort:', LEFT(SHA2(COALESCE(NULLIF(?, ''), DATABASE()), 256), 40))"

func (mysql) tryLock(ctx context.Context, q introspect.Querier, namespace string, _ lockScope) (bool, string, error) {
	var taken sql.NullInt64
	if err := q.QueryRowContext(ctx, "SELECT GET_LOCK("+mysqlLock+", 0)", namespace).Scan(&taken); err != nil || taken.Int64 == 1 {
		return taken.Int64 == 1, "", err
	}
	var holder sql.NullInt64
	if err := q.QueryRowContext(ctx, "SELECT IS_USED_LOCK("+mysqlLock+")", namespace).Scan(&holder); err != nil || !holder.Valid {
		return false, "", err
	}
	return false, fmt.Sprintf("connection %d", holder.Int64), nil
}

func (mysql) unlock(ctx context.Context, q introspect.Querier, namespace string) error {
	var released sql.NullInt64
	return q.QueryRowContext(ctx, "SELECT RELEASE_LOCK("+mysqlLock+")", namespace).Scan(&released)
}

func (mysql) seizeWrite(context.Context, introspect.Querier, schema.Name) error { return nil }
func (mysql) isBusy(error) bool                                                 { return false }

func (mysql) patience(context.Context, introspect.Querier, time.Duration) (time.Duration, error) {
	return 0, nil
}

// limit bounds the waiting for other sessions: for the definition of a table, and for its rows. Both count in whole
// seconds. How long a statement runs MySQL watches over for SELECT only.
func (m mysql) limit(ctx context.Context, q introspect.Querier, l limits, local bool) (before []setting, err error) {
	if l.lock <= 0 {
		return nil, nil
	}
	value := strconv.FormatInt(int64(max(1, (l.lock+time.Second-1)/time.Second)), 10)
	for _, name := range []string{"lock_wait_timeout", "innodb_lock_wait_timeout"} {
		was := setting{name: name}
		if err := q.QueryRowContext(ctx, "SELECT @@SESSION."+name).Scan(&was.value); err != nil {
			return before, err
		}
		if err := m.set(ctx, q, setting{name, value}, local); err != nil {
			return before, err
		}
		before = append(before, was)
	}
	return before, nil
}

func (mysql) set(ctx context.Context, q introspect.Querier, s setting, _ bool) error {
	_, err := q.ExecContext(ctx, "SET SESSION "+s.name+" = "+s.value)
	return err
}

func (mysql) limitsStatements() bool { return false }

// blocked knows ER_LOCK_WAIT_TIMEOUT and ER_LOCK_DEADLOCK by the text that the driver gives them.
func (mysql) blocked(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "Error 1205") || strings.Contains(err.Error(), "Error 1213"))
}

// holders names the open transactions: whose locks are whose is written down only where performance_schema is on.
func (mysql) holders(ctx context.Context, q introspect.Querier, _ []schema.Name) string {
	rows, err := q.QueryContext(ctx, "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx "+
		"WHERE trx_mysql_thread_id NOT IN (0, CONNECTION_ID()) ORDER BY trx_started LIMIT 3")
	if err != nil {
		return "" // that takes the privilege PROCESS
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id int64
		if rows.Scan(&id) != nil {
			return ""
		}
		out = append(out, strconv.FormatInt(id, 10))
	}
	if rows.Err() != nil || len(out) == 0 {
		return ""
	}
	return "perhaps the open transaction of connection " + strings.Join(out, ", ")
}

func (mysql) serverID(ctx context.Context, q introspect.Querier) (id int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&id)
	return id, err
}

func (mysql) cancel(ctx context.Context, q introspect.Querier, serverID int64) error {
	_, err := q.ExecContext(ctx, fmt.Sprintf("KILL QUERY %d", serverID))
	return err
}

// openTransaction asks for the characteristics of the next transaction, which is refused while one is open
// (ER_CANT_CHANGE_TX_CHARACTERISTICS). Those asked for are the usual ones.
func (mysql) openTransaction(ctx context.Context, q introspect.Querier) (bool, error) {
	_, err := q.ExecContext(ctx, "SET TRANSACTION READ WRITE")
	if err != nil && strings.Contains(err.Error(), "Error 1568") {
		return true, nil
	}
	return false, err
}
