package introspect

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"
)

// postgresSession is one connection with a snapshot and a known search_path.
type postgresSession struct {
	q Querier
	// home is the default namespace. Names of it, and of alias, are written without a schema.
	home  string
	alias string
	// namespaces are those to be read, home first. Those that do not exist are left out.
	namespaces []string
	// hidden are the read namespaces on which the role lacks USAGE: the server writes their names with the schema.
	hidden []string
	role   string

	end func(context.Context)
}

func (s *postgresSession) close(ctx context.Context) { s.end(ctx) }

// unwrapBun returns the database/sql handle inside a handle of bun: bun's own methods format arguments on the client
// and know no $1.
func unwrapBun(q Querier) Querier {
	switch handle := q.(type) {
	case *bun.DB:
		return handle.DB
	case bun.Conn:
		return handle.Conn
	case *bun.Conn:
		return handle.Conn
	case bun.Tx:
		return handle.Tx
	case *bun.Tx:
		return handle.Tx
	}
	return q
}

type beginner interface {
	BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error)
}

const readSavepoint = "retort_read"

func openPostgresSession(ctx context.Context, q Querier, options Options) (*postgresSession, error) {
	s := &postgresSession{q: unwrapBun(q)}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	if err := s.locate(ctx, q, options); err != nil {
		s.end(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

// begin makes the session transactional. A pool gets a transaction of its own. A single connection may already be in one
// that its user began by hand; a savepoint succeeds just then, and undoes the setting of search_path at the end.
func (s *postgresSession) begin(ctx context.Context) error {
	pool, isPool := s.q.(*sql.DB)
	if isPool {
		return s.beginOwn(ctx, pool)
	}
	_, err := s.q.ExecContext(ctx, "SAVEPOINT "+readSavepoint)
	if err == nil {
		s.end = func(ctx context.Context) {
			// An error here means that the transaction is gone, and the setting with it.
			_, _ = s.q.ExecContext(ctx, "ROLLBACK TO SAVEPOINT "+readSavepoint)
			_, _ = s.q.ExecContext(ctx, "RELEASE SAVEPOINT "+readSavepoint)
		}
		return nil
	}
	if conn, ok := s.q.(beginner); ok && ctx.Err() == nil {
		return s.beginOwn(ctx, conn)
	}
	return fmt.Errorf("set a savepoint: %w", err)
}

func (s *postgresSession) beginOwn(ctx context.Context, conn beginner) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	s.q = tx
	s.end = func(context.Context) { _ = tx.Rollback() }
	if _, err := tx.ExecContext(ctx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("begin a read-only transaction: %w", err)
	}
	return nil
}

// fixedSettings sets, until the end of the transaction or the savepoint, what decides how the server writes definitions.
// Constants of dates, times and intervals in defaults and partition bounds follow the session's style and time zone. To
// compile the queries would take longer than to run them.
const fixedSettings = `
	SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('quote_all_identifiers', 'off', true),
		pg_catalog.set_config('standard_conforming_strings', 'on', true), pg_catalog.set_config('datestyle', 'ISO, YMD', true),
		pg_catalog.set_config('intervalstyle', 'postgres', true), pg_catalog.set_config('timezone', 'UTC', true),
		pg_catalog.set_config('extra_float_digits', '1', true), pg_catalog.set_config('bytea_output', 'hex', true),
		pg_catalog.set_config('jit', 'off', true)`

// locate finds the default namespace and points search_path to it. pg_temp is named last, since the server would search
// it first otherwise and a temporary table would hide one of the same name.
func (s *postgresSession) locate(ctx context.Context, q Querier, options Options) error {
	home := options.DefaultNamespace
	if home == "" {
		var current sql.NullString
		if err := s.q.QueryRowContext(ctx, "SELECT pg_catalog.current_schema()").Scan(&current); err != nil {
			return fmt.Errorf("ask for the default namespace: %w", err)
		}
		home = current.String
	}
	if home == "" {
		home = "public" // no schema of search_path exists; nothing of it will be found, but the others can be read
	}
	s.home = home
	if scratch, ok := q.(*postgresScratch); ok && scratch.name == home {
		s.alias = scratch.home
	}

	path := []string{quotePostgres(home), "pg_temp"}
	if s.alias != "" {
		path = slices.Insert(path, 1, quotePostgres(s.alias))
	}
	if _, err := s.q.ExecContext(ctx, fixedSettings, strings.Join(path, ", ")); err != nil {
		return fmt.Errorf("set search_path to %s: %w", home, err)
	}
	return s.findNamespaces(ctx, append([]string{home}, options.Namespaces...))
}

func (s *postgresSession) findNamespaces(ctx context.Context, names []string) error {
	wanted, err := json.Marshal(names)
	if err != nil {
		return err
	}
	rows, err := s.q.QueryContext(ctx, `
		SELECT n.nspname::text, has_schema_privilege(n.oid, 'USAGE'), current_user::text
		FROM pg_namespace n
		WHERE n.nspname::text IN (SELECT json_array_elements_text($1::text::json))
		ORDER BY n.nspname`, string(wanted))
	if err != nil {
		return fmt.Errorf("look up the namespaces: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var usable bool
		if err := rows.Scan(&name, &usable, &s.role); err != nil {
			return fmt.Errorf("look up the namespaces: %w", err)
		}
		s.namespaces = append(s.namespaces, name)
		if !usable {
			s.hidden = append(s.hidden, name)
		}
	}
	return rows.Err()
}

// isLost reports whether an error leaves nothing to be tried again: the connection is gone or the caller gave up.
func isLost(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone)
}

func quotePostgres(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
