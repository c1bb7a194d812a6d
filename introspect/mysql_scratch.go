package introspect

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/retort-db/retort/schema"
)

const (
	// mysqlScratchWait bounds the wait for a scratch database that the user named and another run uses.
	mysqlScratchWait = 60 * time.Second
	// mysqlCleanupTime bounds the removal of scratch space, which goes on when the caller's context has ended.
	mysqlCleanupTime = 30 * time.Second
)

// scratch lends a database. The connection that do works on holds a named lock (GET_LOCK) with the database's name as
// long as it lives: a scratch database whose lock is free was left behind by a process that died, and goes.
func (e mysqlEngine) scratch(ctx context.Context, db *sql.DB, options ScratchOptions, do func(*Scratch) error) error {
	return e.withScratch(ctx, db, options, func(space *mysqlScratch) error {
		return do(&Scratch{Conn: space.conn, Server: space.server, dialect: schema.MySQL, engine: e})
	})
}

func (e mysqlEngine) withScratch(ctx context.Context, db *sql.DB, options ScratchOptions, do func(*mysqlScratch) error) (err error) {
	server, err := e.server(ctx, db)
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to %s for scratch space: %w", server, err)
	}
	space := &mysqlScratch{conn: conn, db: db, server: server, name: options.Database}
	defer func() { err = errors.Join(err, space.remove(ctx)) }()
	if err := space.open(ctx); err != nil {
		return err
	}
	return do(space)
}

// mysqlScratch is a scratch database while it is in use.
type mysqlScratch struct {
	conn   *sql.Conn
	db     *sql.DB
	server schema.Server
	// name is the database's. It was given by the user, or made here and the database with it.
	name    string
	made    bool
	emptied bool
}

func (s *mysqlScratch) open(ctx context.Context) error {
	var current sql.NullString
	var charset, collation string
	// The scratch database has to have the defaults of the database that it stands for.
	row := s.conn.QueryRowContext(ctx, "SELECT DATABASE(), @@character_set_database, @@collation_database")
	if err := row.Scan(&current, &charset, &collation); err != nil {
		return fmt.Errorf("ask for the current database: %w", err)
	}
	defaults := " CHARACTER SET " + charset + " COLLATE " + collation
	if s.name != "" {
		if strings.EqualFold(s.name, current.String) {
			return s.refused(fmt.Errorf("%s is the database in use; scratch space is emptied, name another database", s.name))
		}
		return s.take(ctx, defaults)
	}
	s.removeLeftovers(ctx)
	return s.create(ctx, defaults)
}

// take locks and empties the database that the user named.
func (s *mysqlScratch) take(ctx context.Context, defaults string) error {
	locked, err := s.lock(ctx, mysqlLockName(s.name), mysqlScratchWait)
	if err != nil {
		return err
	}
	if !locked {
		return s.refused(fmt.Errorf("another run has used database %s for %s", s.name, mysqlScratchWait))
	}
	if _, err := s.conn.ExecContext(ctx, "USE "+quoteMySQL(s.name)); err != nil {
		return s.refusedUnlessLost(ctx, err)
	}
	if _, err := s.conn.ExecContext(ctx, "ALTER DATABASE "+quoteMySQL(s.name)+defaults); err != nil {
		return s.refusedUnlessLost(ctx, err)
	}
	if err := emptyMySQL(ctx, s.conn, s.name); err != nil {
		return s.refusedUnlessLost(ctx, err)
	}
	s.emptied = true
	return nil
}

// create makes a database with a name that nobody else has, its lock first.
func (s *mysqlScratch) create(ctx context.Context, defaults string) error {
	name := newScratchName().String()
	locked, err := s.lock(ctx, name, 0)
	if err != nil {
		return err
	}
	if !locked {
		return s.refused(fmt.Errorf("the lock %s is taken", name))
	}
	s.name, s.made = name, true // from now on, since the server's answer may get lost
	if _, err := s.conn.ExecContext(ctx, "CREATE DATABASE "+quoteMySQL(name)+defaults); err != nil {
		err = s.refusedUnlessLost(ctx, fmt.Errorf(
			"create a database (GRANT ALL ON `%s%%`.* TO the role, or name a database that may be emptied in scratch_url): %w", strings.ReplaceAll(scratchPrefix, "_", `\_`), err))
		s.made = !errors.As(err, new(*NoScratchError))
		return err
	}
	if _, err := s.conn.ExecContext(ctx, "USE "+quoteMySQL(name)); err != nil {
		return s.refusedUnlessLost(ctx, err)
	}
	return nil
}

func (s *mysqlScratch) lock(ctx context.Context, name string, wait time.Duration) (bool, error) {
	var got sql.NullInt64
	err := s.conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, ?)", name, int(wait.Seconds())).Scan(&got)
	if err != nil {
		return false, fmt.Errorf("lock scratch space on %s: %w", s.server, err)
	}
	return got.Int64 == 1, nil
}

// mysqlLockName returns the lock of a database that the user named. Names of locks have at most 64 characters.
func mysqlLockName(database string) string {
	name := []rune("retort_scratch:" + database)
	return string(name[:min(len(name), 64)])
}

// removeLeftovers drops the scratch databases of processes that died. That it cannot look or drop is no reason to fail.
func (s *mysqlScratch) removeLeftovers(ctx context.Context) {
	names, err := queryNames(ctx, s.conn,
		"SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE ? ESCAPE '|' ORDER BY SCHEMA_NAME",
		strings.ReplaceAll(scratchPrefix, "_", "|_")+"%")
	if err != nil {
		return
	}
	for _, name := range names {
		parsed, ours := parseScratchName(name)
		if !ours {
			continue
		}
		if locked, err := s.lock(ctx, name, 0); err != nil || !locked {
			continue
		}
		if time.Since(parsed.made) > scratchAge || !s.clustered(ctx) {
			_, _ = s.conn.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quoteMySQL(name))
		}
		_, _ = s.conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", name)
	}
}

// clustered reports whether databases of other servers are seen here, whose locks are not: in a Galera cluster, or in a group
// that replicates.
func (s *mysqlScratch) clustered(ctx context.Context) bool {
	settings, err := s.conn.QueryContext(ctx,
		"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('wsrep_cluster_address', 'group_replication_group_name') AND Value <> ''")
	if err != nil {
		return true
	}
	defer settings.Close()
	return settings.Next() || settings.Err() != nil
}

// remove drops or empties the database. It works when the caller's context has ended and when the connection is gone,
// and it gives the connection up, since its current database is another one now.
func (s *mysqlScratch) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mysqlCleanupTime)
	defer cancel()
	err := s.clear(ctx, s.conn)
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	closed := s.conn.Close()
	if err != nil {
		err = s.clear(ctx, s.db)
	}
	if err != nil {
		return fmt.Errorf("remove scratch database %s on %s: %w", s.name, s.server, err)
	}
	if errors.Is(closed, driver.ErrBadConn) || errors.Is(closed, sql.ErrConnDone) {
		closed = nil
	}
	return closed
}

func (s *mysqlScratch) clear(ctx context.Context, q Querier) error {
	switch {
	case s.made:
		_, err := q.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quoteMySQL(s.name))
		return err
	case s.emptied:
		return emptyMySQL(ctx, q, s.name)
	}
	return nil
}

func (s *mysqlScratch) refused(cause error) error {
	return &NoScratchError{Server: s.server, Cause: cause}
}

// refusedUnlessLost tells a server that says no from a connection or a context that ended.
func (s *mysqlScratch) refusedUnlessLost(ctx context.Context, err error) error {
	if !(mysqlEngine{}).refuses(ctx, err) {
		return fmt.Errorf("scratch space on %s: %w", s.server, err)
	}
	return s.refused(err)
}

// emptyMySQL drops everything in a database. Tables go in one statement, which settles foreign keys among them.
func emptyMySQL(ctx context.Context, q Querier, database string) error {
	at := quoteMySQL(database) + "."
	for _, kind := range []struct{ query, drop string }{
		{"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'VIEW'", "DROP VIEW IF EXISTS "},
		{"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')", "DROP TABLE IF EXISTS "},
		{"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'SEQUENCE'", "DROP SEQUENCE IF EXISTS "},
	} {
		names, err := queryNames(ctx, q, kind.query, database)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			continue
		}
		for i, name := range names {
			names[i] = at + quoteMySQL(name)
		}
		if _, err := q.ExecContext(ctx, kind.drop+strings.Join(names, ", ")); err != nil {
			return err
		}
	}
	for _, kind := range []struct{ query, drop string }{
		{"SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE = 'FUNCTION'", "DROP FUNCTION IF EXISTS "},
		{"SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE = 'PROCEDURE'", "DROP PROCEDURE IF EXISTS "},
		{"SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?", "DROP EVENT IF EXISTS "},
	} {
		names, err := queryNames(ctx, q, kind.query, database)
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := q.ExecContext(ctx, kind.drop+at+quoteMySQL(name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// queryNames runs a query for names.
func queryNames(ctx context.Context, q Querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
