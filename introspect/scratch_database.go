package introspect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/retort-db/retort/schema"
)

// cleanupTime bounds the removal of a scratch database, which goes on when the caller's context has ended.
const cleanupTime = 30 * time.Second

// WithScratchDatabase calls do with an empty database of its own on the server of a URL, and removes it afterwards,
// whatever do returns. Unlike the space of [WithScratch] it is a real one: transactions commit in it, several connections
// see it, and what names its namespaces finds them. On PostgreSQL and MySQL it is created and dropped on the server, with
// the encoding and collation of the URL's database; on SQLite it is a file in a temporary folder, and the URL's own file
// is not touched.
//
// [ScratchOptions.Database] names a database that is emptied and used instead (MySQL). A server that refuses makes a
// [*NoScratchError]; do is not called then.
func WithScratchDatabase(ctx context.Context, rawURL string, options ScratchOptions, do func(*Database) error) error {
	dialect, err := DialectOf(rawURL)
	if err != nil {
		return err
	}
	if dialect == schema.SQLite {
		return withScratchFile(ctx, rawURL, do)
	}
	server, err := Open(ctx, rawURL)
	if err != nil {
		return err
	}
	defer server.Close()
	within := func(name string) error {
		database, err := openOther(ctx, dialect, rawURL, name)
		if err != nil {
			return err
		}
		return errors.Join(do(database), database.Close())
	}
	if dialect == schema.Postgres {
		return withPostgresDatabase(ctx, server.DB, within)
	}
	return mysqlEngine{}.withScratch(ctx, server.DB, options, func(space *mysqlScratch) error { return within(space.name) })
}

// openOther opens another database of a URL's server.
func openOther(ctx context.Context, dialect schema.Dialect, rawURL, name string) (*Database, error) {
	driver, ok := drivers[dialect]
	if !ok {
		return nil, fmt.Errorf("no driver for %s: import github.com/retort-db/retort/introspect/%s", dialect, dialect)
	}
	if driver.OpenDatabase == nil {
		return nil, fmt.Errorf("the driver for %s cannot open another database than that of the URL", dialect)
	}
	db, err := driver.OpenDatabase(lowerScheme(rawURL), name)
	if err == nil {
		if err = db.PingContext(ctx); err != nil {
			db.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the scratch database %s: %w", name, maskError(err, rawURL))
	}
	return &Database{DB: db, Dialect: dialect}, nil
}

func withScratchFile(ctx context.Context, rawURL string, do func(*Database) error) (err error) {
	folder, err := os.MkdirTemp("", "retort-scratch-")
	if err != nil {
		return &NoScratchError{Server: schema.Server{Dialect: schema.SQLite}, Cause: err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	database, err := openOther(ctx, schema.SQLite, rawURL, filepath.Join(folder, "scratch.db"))
	if err != nil {
		return err
	}
	return errors.Join(do(database), database.Close())
}

// postgresScratchLock is the first half of the keys of the advisory locks that scratch databases are known by while they are
// in use; the second is the unique part of the name.
const postgresScratchLock = 0x5e707

// withPostgresDatabase creates a database and drops it. As long as it is in use a connection to the URL's database holds a
// lock for it, which every database of the server can see.
func withPostgresDatabase(ctx context.Context, db *sql.DB, do func(name string) error) (err error) {
	server, err := postgresEngine{}.server(ctx, db)
	if err != nil {
		return err
	}
	keeper, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to %s for a scratch database: %w", server, err)
	}
	defer keeper.Close()
	var encoding, collate, ctype string
	row := keeper.QueryRowContext(ctx, `
		SELECT pg_catalog.pg_encoding_to_char(encoding), COALESCE(datcollate, 'C'), COALESCE(datctype, 'C')
		FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`)
	if err := row.Scan(&encoding, &collate, &ctype); err != nil {
		return fmt.Errorf("ask for the encoding of the database: %w", err)
	}
	dropPostgresLeftovers(ctx, keeper)
	name := newScratchName()
	const lock = "SELECT pg_catalog.pg_advisory_lock($1::int4, ($2::int8)::bit(32)::int4)"
	if _, err := keeper.ExecContext(ctx, lock, postgresScratchLock, int64(name.unique)); err != nil {
		return fmt.Errorf("lock a scratch database on %s: %w", server, err)
	}
	create := "CREATE DATABASE " + quotePostgres(name.String()) + " TEMPLATE template0 ENCODING " + quoteText(encoding) +
		" LC_COLLATE " + quoteText(collate) + " LC_CTYPE " + quoteText(ctype)
	// What cannot be known is whether a database came of a request whose answer got lost. To drop none does no harm.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		_, _ = keeper.ExecContext(ctx, "SELECT pg_catalog.pg_advisory_unlock($1::int4, ($2::int8)::bit(32)::int4)", postgresScratchLock, int64(name.unique))
		drop := "DROP DATABASE IF EXISTS " + quotePostgres(name.String())
		if server.Version.AtLeast(13, 0, 0) {
			drop += " WITH (FORCE)" // a lost connection may linger
		}
		if _, dropping := db.ExecContext(ctx, drop); dropping != nil && !errors.As(err, new(*NoScratchError)) {
			err = errors.Join(err, fmt.Errorf("drop the scratch database %s: %w", name, dropping))
		}
	}()
	if _, err := keeper.ExecContext(ctx, create); err != nil {
		if isLost(ctx, err) || !(postgresEngine{}).refuses(ctx, err) {
			return fmt.Errorf("create a scratch database on %s: %w", server, err)
		}
		return &NoScratchError{Server: server, Cause: fmt.Errorf("create a database (the role needs CREATEDB, on a server that is no standby): %w", err)}
	}
	return do(name.String())
}

// dropPostgresLeftovers drops the scratch databases that nobody holds the lock of and nobody is connected to. That it cannot
// look or drop is no reason to fail.
func dropPostgresLeftovers(ctx context.Context, q Querier) {
	names, err := queryNames(ctx, q, `
		SELECT datname FROM pg_catalog.pg_database d
		WHERE pg_catalog.starts_with(datname::text, $1) AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)
		ORDER BY datname`, scratchPrefix)
	if err != nil {
		return
	}
	for _, text := range names {
		name, ours := parseScratchName(text)
		if !ours {
			continue
		}
		var locked bool
		row := q.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
				WHERE locktype = 'advisory' AND classid::int8 = $1 AND objid::int8 = $2 AND objsubid = 2)`, postgresScratchLock, int64(name.unique))
		if err := row.Scan(&locked); err == nil && !locked {
			_, _ = q.ExecContext(ctx, "DROP DATABASE IF EXISTS "+quotePostgres(text))
		}
	}
}

// quoteText writes a text as a literal of PostgreSQL.
func quoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
