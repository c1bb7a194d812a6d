package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

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
	case strings.Contains(text, "unable to open database file"):
		// Looking at the file here would not do: closing it takes away the locks of all connections of the program.
		return &SQLiteFileError{Reason: "the database file cannot be opened; see who may read it and its folder", Cause: err}
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

// sqliteObjects reads sqlite_schema, by the name that it had before SQLite 3.33 and still has, in order of creation. With
// each table comes what SQLite knows of its columns: a row for each of them would cost more than all the rest.
//
// Virtual tables have no columns here. SQLite would load their modules for that, and fail all others if the program lacks
// one.
func sqliteObjects(ctx context.Context, q Querier, database string, add func(*sqliteObject)) error {
	query := `SELECT m.type, m.name, m.tbl_name, coalesce(m.sql, ''), CASE WHEN m.type = 'table' AND m.rootpage > 0 THEN (
			SELECT group_concat(x."notnull" || x.name, char(31)) FROM pragma_table_xinfo(m.name, ?1) AS x) ELSE '' END
		FROM ` + quoteSQLite(database) + `.sqlite_master AS m ORDER BY m.rowid`
	return sqliteRows(ctx, q, query, []any{database}, func(rows *sql.Rows) error {
		o := new(sqliteObject)
		var columns sql.NullString
		err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql, &columns)
		o.columns = columns.String
		add(o)
		return err
	})
}

// sqliteColumn is a row of PRAGMA table_xinfo.
type sqliteColumn struct {
	name    string
	notNull bool
}

// sqliteColumns reads the columns of one table.
func sqliteColumns(ctx context.Context, q Querier, database, table string) ([]sqliteColumn, error) {
	var out []sqliteColumn
	err := sqliteRows(ctx, q, `SELECT name, "notnull" FROM pragma_table_xinfo(?1, ?2) ORDER BY cid`, []any{table, database}, func(rows *sql.Rows) error {
		var c sqliteColumn
		err := rows.Scan(&c.name, &c.notNull)
		out = append(out, c)
		return err
	})
	return out, err
}

func quoteSQLite(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// foldSQLite folds a name as SQLite does, which knows no case but that of ASCII: "Ä" and "ä" are two names.
func foldSQLite(name string) string {
	for i := range len(name) {
		if foldByte(name[i]) != name[i] {
			folded := []byte(name)
			for j := i; j < len(folded); j++ {
				folded[j] = foldByte(folded[j])
			}
			return string(folded)
		}
	}
	return name
}

// sameSQLite reports whether two names are one to SQLite.
func sameSQLite(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && foldByte(a[i]) != foldByte(b[i]) {
			return false
		}
	}
	return true
}

func foldByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
