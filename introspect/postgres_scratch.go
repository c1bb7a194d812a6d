package introspect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// scratchLockTimeout limits how long a statement in scratch space may wait. Nothing in it is meant to touch a live table;
// where a definition does all the same (a foreign key to a table that was not made in scratch space), live traffic must
// not queue up behind it.
const scratchLockTimeout = "3s"

// postgresScratch is the transaction that holds a scratch schema.
type postgresScratch struct {
	*sql.Tx
	name string // the scratch schema
	home string // the default namespace for which it stands
}

// openPostgresScratch makes a scratch schema, first on a search_path that keeps its former entries, so that types,
// functions and extensions of the database resolve while tables of the scratch schema win.
func openPostgresScratch(ctx context.Context, db *sql.DB) (*postgresScratch, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	space := &postgresScratch{Tx: tx, name: newScratchName().String()}
	if err := space.enter(ctx); err != nil {
		_ = tx.Rollback()
		return nil, err
	}
	return space, nil
}

func (s *postgresScratch) enter(ctx context.Context) error {
	var home sql.NullString
	var path, database string
	err := s.QueryRowContext(ctx, `
		SELECT pg_catalog.current_schema(), pg_catalog.current_setting('search_path'), pg_catalog.current_database()`).
		Scan(&home, &path, &database)
	if err != nil {
		return fmt.Errorf("ask for search_path: %w", err)
	}
	s.home = home.String
	if _, err := s.ExecContext(ctx, "CREATE SCHEMA "+quotePostgres(s.name)); err != nil {
		return fmt.Errorf("create a schema (the role needs CREATE on database %q, on a server that is no standby): %w", database, err)
	}
	newPath := quotePostgres(s.name)
	if path != "" {
		newPath += ", " + path
	}
	if _, err := s.ExecContext(ctx, `
		SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('lock_timeout', $2, true)`,
		newPath, scratchLockTimeout); err != nil {
		return fmt.Errorf("set search_path: %w", err)
	}
	return nil
}

// SQLState returns the SQLSTATE of an error of any driver of PostgreSQL, or "": pgx and lib/pq have a method for it, bun's own
// driver has the fields of the protocol.
func SQLState(err error) string {
	var stated interface{ SQLState() string }
	if errors.As(err, &stated) {
		return stated.SQLState()
	}
	var fielded interface{ Field(k byte) string }
	if errors.As(err, &fielded) {
		return fielded.Field('C')
	}
	return ""
}

// refuses leaves out the classes of lost connections, missing room, interventions by people and timeouts, failures of the
// system and internal errors (https://www.postgresql.org/docs/current/errcodes-appendix.html). What has no SQLSTATE does not
// come from the server.
func (postgresEngine) refuses(_ context.Context, err error) bool {
	state := SQLState(err)
	return len(state) == 5 && !slices.Contains([]string{"08", "53", "57", "58", "XX"}, state[:2])
}
