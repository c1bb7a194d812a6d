package cmd

import (
	"github.com/uptrace/bun"

	"github.com/retort-db/retort/introspect"
	_ "github.com/retort-db/retort/introspect/mysql"    // opens MySQL and MariaDB
	_ "github.com/retort-db/retort/introspect/postgres" // opens PostgreSQL
	_ "github.com/retort-db/retort/introspect/sqlite"   // opens SQLite
	"github.com/retort-db/retort/reflect"
	_ "github.com/retort-db/retort/reflect/mysql"    // bun's dialect
	_ "github.com/retort-db/retort/reflect/postgres" // bun's dialect
	_ "github.com/retort-db/retort/reflect/sqlite"   // bun's dialect
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// open opens the configured database and makes sure that it answers.
func (i *invocation) open() (*introspect.Database, error) {
	url, err := i.databaseURL()
	if err != nil {
		return nil, err
	}
	return introspect.Open(i.ctx, url)
}

// rows returns the rows of the version table.
func (i *invocation) rows(database *introspect.Database) ([]string, error) {
	dialect, err := reflect.BunDialect(database.Dialect)
	if err != nil {
		return nil, err
	}
	return versions.Current(i.ctx, bun.NewDB(database.DB, dialect), i.versionsOptions())
}

// dialects are those that revisions are written for: the configured ones, or that of the URL.
func (i *invocation) dialects() ([]schema.Dialect, error) {
	if len(i.config.Dialects) > 0 {
		return i.config.Dialects, nil
	}
	url, err := i.databaseURL()
	if err != nil {
		return nil, err
	}
	dialect, err := introspect.DialectOf(url)
	if err != nil {
		return nil, err
	}
	return []schema.Dialect{dialect}, nil
}

func (i *invocation) versionsOptions() versions.Options {
	return versions.Options{
		VersionTable: schema.ParseName(i.config.VersionTable),
		HistoryTable: schema.ParseName(i.config.HistoryTable),
		LockTimeout:  i.config.LockTimeout,
		ToolVersion:  toolVersion(),
	}
}
