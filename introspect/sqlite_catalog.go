package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// sqliteObject is a row of sqlite_schema, see https://www.sqlite.org/schematab.html.
type sqliteObject struct {
	kind  string // "table", "index", "view" or "trigger"
	name  string
	table string // that it belongs to
	sql   string // empty for the indexes that SQLite makes for keys
}

// sqliteColumn is a row of PRAGMA table_xinfo.
type sqliteColumn struct {
	name    string
	notNull bool
}

// SQLiteFileError says that a file cannot be read as a SQLite database: it is something else, encrypted or damaged.
type SQLiteFileError struct {
	Reason string // what is wrong and what to do
	Cause  error
}

// Error gives the reason and SQLite's own message.
func (e *SQLiteFileError) Error() string { return fmt.Sprintf("%s: %v", e.Reason, e.Cause) }

// Unwrap returns the driver's error.
func (e *SQLiteFileError) Unwrap() error { return e.Cause }

// SQLiteBusyError says that another connection kept the file locked for longer than this one waits.
type SQLiteBusyError struct {
	Cause error
}

// Error says what to do and gives SQLite's own message.
func (e *SQLiteBusyError) Error() string {
	return fmt.Sprintf("another connection holds the database file: end its transaction, or wait longer with ?_pragma=busy_timeout(milliseconds): %v", e.Cause)
}

// Unwrap returns the driver's error.
func (e *SQLiteBusyError) Unwrap() error { return e.Cause }

// sqliteFileError recognises by SQLite's messages, which all drivers pass on, that the file is no usable database, or is
// one that somebody else is using.
func sqliteFileError(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "file is not a database"), strings.Contains(text, "file is encrypted"):
		return &SQLiteFileError{Reason: "the file is not a SQLite database, or it is encrypted", Cause: err}
	case strings.Contains(text, "malformed database schema"):
		return &SQLiteFileError{Reason: "SQLite refuses the schema that the file holds; look for the named object with the sqlite3 shell and PRAGMA writable_schema", Cause: err}
	case strings.Contains(text, "disk image is malformed"):
		return &SQLiteFileError{Reason: "the database file is damaged; restore it, or try .recover of the sqlite3 shell", Cause: err}
	case strings.Contains(text, "database is locked"), strings.Contains(text, "database table is locked"):
		return &SQLiteBusyError{Cause: err}
	case strings.Contains(text, "unsupported file format"):
		return &SQLiteFileError{Reason: "the database file was written by a newer SQLite", Cause: err}
	}
	return err
}

func sqliteAttached(ctx context.Context, q Querier) ([]string, error) {
	return sqliteStrings(ctx, q, "SELECT name FROM pragma_database_list ORDER BY seq")
}

func sqliteStrings(ctx context.Context, q Querier, query string, args ...any) ([]string, error) {
	var out []string
	err := sqliteRows(ctx, q, query, args, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		out = append(out, text)
		return err
	})
	return out, err
}

// sqliteRows runs a query and hands each row to scan.
func sqliteRows(ctx context.Context, q Querier, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read the schema: %w", sqliteFileError(err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("read the schema: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the schema: %w", sqliteFileError(err))
	}
	return nil
}

// sqliteObjects reads sqlite_schema, by the name that it had before SQLite 3.33 and still has, in order of creation.
func sqliteObjects(ctx context.Context, q Querier, database string) ([]sqliteObject, error) {
	query := "SELECT type, name, tbl_name, coalesce(sql, '') FROM " + quoteSQLite(database) + ".sqlite_master ORDER BY rowid"
	var out []sqliteObject
	err := sqliteRows(ctx, q, query, nil, func(rows *sql.Rows) error {
		var o sqliteObject
		err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql)
		out = append(out, o)
		return err
	})
	return out, err
}

// sqliteColumns reads the columns of all tables but virtual ones, by table. A virtual table would have its module loaded
// and fail all others if the program lacks it.
func sqliteColumns(ctx context.Context, q Querier, database string) (map[string][]sqliteColumn, error) {
	query := `SELECT m.name, x.name, x."notnull" FROM ` + quoteSQLite(database) + `.sqlite_master AS m, pragma_table_xinfo(m.name, ?1) AS x
		WHERE m.type = 'table' AND m.rootpage > 0 ORDER BY m.rowid, x.cid`
	out := map[string][]sqliteColumn{}
	err := sqliteRows(ctx, q, query, []any{database}, func(rows *sql.Rows) error {
		var table string
		var c sqliteColumn
		err := rows.Scan(&table, &c.name, &c.notNull)
		out[table] = append(out[table], c)
		return err
	})
	return out, err
}

func quoteSQLite(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// foldSQLite folds a name as SQLite does, which knows no case but that of ASCII: "Ä" and "ä" are two names.
func foldSQLite(name string) string {
	return strings.Map(func(char rune) rune {
		if 'A' <= char && char <= 'Z' {
			return char + 'a' - 'A'
		}
		return char
	}, name)
}

// sameSQLite reports whether two names are one to SQLite.
func sameSQLite(a, b string) bool { return foldSQLite(a) == foldSQLite(b) }
