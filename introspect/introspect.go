// Package introspect reads a live database into a [schema.Schema], and lends scratch space on a server.
//
// It works over database/sql, so a user's own *bun.DB or *sql.DB serves, whatever its driver. It imports no driver
// itself: the sub-packages introspect/postgres, introspect/mysql and introspect/sqlite each import one, and opening a
// URL works for the engines whose sub-package the program imports.
package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/retort-db/retort/schema"
)

// Querier is what reading needs of a connection. *sql.DB, *sql.Conn, *sql.Tx and bun's handles have it.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Options narrows what is read. The zero value reads the default namespace completely.
type Options struct {
	// Namespaces are read besides the default one: schemas on PostgreSQL, databases on MySQL, attached databases on SQLite.
	Namespaces []string
	// DefaultNamespace is used instead of the connection's own: the first of search_path, the current database, "main".
	DefaultNamespace string
	// Tables, if not nil, limits the reading to these tables and what belongs to them. Views, functions and other
	// free-standing objects are left out then, except the types that the tables use.
	Tables []schema.Name

	// modelled leaves [schema.Schema.Unmodelled] empty.
	modelled bool
}

// Read reads the database behind q. What can be read is read: an object that fails is recorded in
// [schema.Schema.Problems] and the rest is returned. The error is for what makes the whole reading impossible: a lost
// connection, a server that is too old, a file that is no database.
func Read(ctx context.Context, q Querier, dialect schema.Dialect, options Options) (*schema.Schema, error) {
	engine, ok := engines[dialect]
	if !ok {
		return nil, fmt.Errorf("introspect: unknown dialect %q", dialect)
	}
	return engine.read(ctx, q, options)
}

// ServerOf asks which product and version is behind q.
func ServerOf(ctx context.Context, q Querier, dialect schema.Dialect) (schema.Server, error) {
	engine, ok := engines[dialect]
	if !ok {
		return schema.Server{}, fmt.Errorf("introspect: unknown dialect %q", dialect)
	}
	return engine.server(ctx, q)
}

// Scratch is an empty namespace on the same server in which DDL can be tried. Statements run through Conn write names
// of the default namespace unqualified.
type Scratch struct {
	Conn    Querier
	Server  schema.Server
	options Options
	dialect schema.Dialect
	engine  engine
}

// Refused reports whether an error of a statement in scratch space is the server's word about that statement. It is not if
// the connection was lost, the server went down or has no room left, or the context ended: then nothing is known.
func (s *Scratch) Refused(ctx context.Context, err error) bool {
	return err != nil && !isLost(ctx, err) && s.engine.refuses(ctx, err)
}

// Read reads the scratch namespace as if it were the default one. The schemas beside it are those of the database that lends
// the space, and are not named as unmodelled.
func (s *Scratch) Read(ctx context.Context) (*schema.Schema, error) {
	read, err := Read(ctx, s.Conn, s.dialect, s.options)
	if err != nil {
		return nil, err
	}
	read.Unmodelled = slices.DeleteFunc(read.Unmodelled, func(u schema.Unmodelled) bool { return u.Kind == "schema" })
	return read, nil
}

// ReadModelled reads like Read what the model has a place for, and does not look for what else there is. To look costs
// PostgreSQL as much as half of the rest.
func (s *Scratch) ReadModelled(ctx context.Context) (*schema.Schema, error) {
	options := s.options
	options.modelled = true
	return Read(ctx, s.Conn, s.dialect, options)
}

// ScratchOptions says where scratch space may be taken from. The zero value takes it from the server of db.
type ScratchOptions struct {
	// Database is an existing database that may be emptied and used (MySQL, for roles that may not create databases).
	Database string
}

// NoScratchError says that the server grants no scratch space.
type NoScratchError struct {
	Server schema.Server
	Cause  error
}

// Error names the server, the cause and the right that is missing.
func (e *NoScratchError) Error() string {
	return fmt.Sprintf("no scratch space on %s: %v", e.Server, e.Cause)
}

// Unwrap returns the server's error.
func (e *NoScratchError) Unwrap() error { return e.Cause }

// WithScratch calls do with scratch space on the server of db and removes the space afterwards, whatever do returns. On
// PostgreSQL it is a new schema inside a transaction that is rolled back; on MySQL a database that is created and
// dropped; on SQLite a database in memory. A server that refuses makes a [*NoScratchError]; do is not called then.
func WithScratch(ctx context.Context, db *sql.DB, dialect schema.Dialect, options ScratchOptions, do func(*Scratch) error) error {
	engine, ok := engines[dialect]
	if !ok {
		return fmt.Errorf("introspect: unknown dialect %q", dialect)
	}
	return engine.scratch(ctx, db, options, do)
}

// engine is what each database implements, in a file of its own.
type engine interface {
	server(ctx context.Context, q Querier) (schema.Server, error)
	read(ctx context.Context, q Querier, options Options) (*schema.Schema, error)
	scratch(ctx context.Context, db *sql.DB, options ScratchOptions, do func(*Scratch) error) error
	sizes(ctx context.Context, q Querier, options Options) ([]Size, error)
	// refuses tells the server's word about a statement from its failure, and from that of the connection.
	refuses(ctx context.Context, err error) bool
	// tame returns a script without what ends a scratch space that is a transaction, or a [*ScriptError].
	tame(ctx context.Context, scratch *Scratch, script string) (string, error)
}

// engines holds each database's engine; the engine's file adds it.
var engines = map[schema.Dialect]engine{}
