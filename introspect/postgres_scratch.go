package introspect

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
)

// scratchPrefix begins the names of all scratch schemas.
const scratchPrefix = "retort_scratch_"

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
	var unique [8]byte
	if _, err := rand.Read(unique[:]); err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	space := &postgresScratch{Tx: tx, name: scratchPrefix + hex.EncodeToString(unique[:])}
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
