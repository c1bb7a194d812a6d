package introspect

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/retort-db/retort/schema"
)

// scratch lends a database in memory that the driver of db opens, so that the version, the modules, functions and
// collations are those of the real one.
func (e sqlite) scratch(ctx context.Context, db *sql.DB, _ ScratchOptions, do func(*Scratch) error) error {
	server, err := e.server(ctx, db)
	if err != nil {
		return err
	}
	memory := sql.OpenDB(memoryConnector{db.Driver()})
	defer memory.Close()
	// Every connection to :memory: is a database of its own: there must be one and it must stay.
	memory.SetMaxOpenConns(1)
	conn, err := memory.Conn(ctx)
	if err != nil {
		return &NoScratchError{Server: server, Cause: err}
	}
	defer conn.Close()
	return do(&Scratch{Conn: conn, Server: server, dialect: schema.SQLite, engine: e})
}

// memoryConnector opens databases in memory with a driver.
type memoryConnector struct{ driver driver.Driver }

// Connect opens a new, empty database.
func (c memoryConnector) Connect(context.Context) (driver.Conn, error) {
	return c.driver.Open(":memory:")
}

// Driver returns the driver.
func (c memoryConnector) Driver() driver.Driver { return c.driver }

// refuses is true: a database in memory has no connection to lose.
func (sqlite) refuses(context.Context, error) bool { return true }

// tame leaves a script as it is. Its transactions are its own, in a database of its own.
func (sqlite) tame(_ context.Context, _ *Scratch, script string) (string, error) { return script, nil }
