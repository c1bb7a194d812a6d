package introspect

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/retort-db/retort/schema"
)

func init() { engines[schema.Postgres] = postgresEngine{} }

// postgresEngine reads PostgreSQL 12 and later from pg_catalog alone: information_schema hides what the role has no
// rights on, and an object that is hidden would look like one that is missing.
//
// The number of queries does not depend on the number of objects. They run in one read-only transaction with one
// snapshot and with search_path set to the default namespace, so that the server writes names of that namespace bare
// and all others with their schema, whatever the role's own search_path is.
//
// Besides the option keys of package schema, it sets on columns OptionWith (n_distinct …), and on tables, constraints
// and indexes OptionWith and OptionTablespace. Storage parameters are sorted by name.
type postgresEngine struct{}

// postgresMinimum is the oldest server that can be read: attgenerated and table access methods are new in it.
var postgresMinimum = schema.Version{Major: 12}

// OldServerError says that a server is older than Retort supports.
type OldServerError struct {
	Server  schema.Server
	Minimum schema.Version
}

// Error names the server and the oldest version that works.
func (e *OldServerError) Error() string {
	product := schema.Server{Dialect: e.Server.Dialect, Flavor: e.Server.Flavor}
	return fmt.Sprintf("%s is too old: %s %d or later is needed; upgrade the server", e.Server, product, e.Minimum.Major)
}

func (postgresEngine) server(ctx context.Context, q Querier) (schema.Server, error) {
	var number int
	row := unwrapBun(q).QueryRowContext(ctx, "SELECT pg_catalog.current_setting('server_version_num')::int4")
	if err := row.Scan(&number); err != nil {
		return schema.Server{}, fmt.Errorf("ask PostgreSQL for its version: %w", err)
	}
	return postgresServer(number)
}

// postgresServer reads server_version_num, such as 150018. Before version 10 its middle digits were part of the major
// version (90624); such a server is refused like every one before the minimum.
func postgresServer(number int) (schema.Server, error) {
	server := schema.Server{
		Dialect: schema.Postgres,
		Version: schema.Version{Major: number / 10000, Minor: number % 10000},
	}
	if number < 100000 {
		server.Version = schema.Version{Major: number / 10000, Minor: number / 100 % 100, Patch: number % 100}
	}
	if !server.Version.AtLeast(postgresMinimum.Major, 0, 0) {
		return server, &OldServerError{Server: server, Minimum: postgresMinimum}
	}
	return server, nil
}

func (e postgresEngine) read(ctx context.Context, q Querier, options Options) (*schema.Schema, error) {
	server, err := e.server(ctx, q)
	if err != nil {
		return nil, err
	}
	// An object that is dropped while it is read makes the server's own functions fail. Such a reading is repeated with
	// a new snapshot; what fails then too fails for another reason, and the third reading finds out for which object.
	var out *schema.Schema
	for _, mode := range []readMode{readAll, readAll, readCarefully} {
		out, err = readPostgres(ctx, q, server, options, mode)
		if err == nil || isLost(ctx, err) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", server, err)
	}
	return out, nil
}

func readPostgres(ctx context.Context, q Querier, server schema.Server, options Options, mode readMode) (*schema.Schema, error) {
	session, err := openPostgresSession(ctx, q, options)
	if err != nil {
		return nil, err
	}
	defer session.close(context.WithoutCancel(ctx))

	r := &postgresReader{
		session: session,
		server:  server,
		mode:    mode,
		only:    options.Tables,

		modelled: options.modelled,
		out:      schema.New(server),
	}
	r.out.DefaultNamespace = session.home
	return r.out, r.readAll(ctx)
}

// scratch space is one transaction with a schema of its own, which the rollback removes.
func (e postgresEngine) scratch(ctx context.Context, db *sql.DB, _ ScratchOptions, do func(*Scratch) error) error {
	server, err := e.server(ctx, db)
	if err != nil {
		return err
	}
	space, err := openPostgresScratch(ctx, db)
	if err != nil {
		if isLost(ctx, err) || !e.refuses(ctx, err) {
			return fmt.Errorf("scratch space on %s: %w", server, err)
		}
		return &NoScratchError{Server: server, Cause: err}
	}
	defer space.Rollback()

	return do(&Scratch{
		Conn:    space,
		Server:  server,
		dialect: schema.Postgres,
		engine:  e,
		options: Options{DefaultNamespace: space.name},
	})
}
