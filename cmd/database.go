package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/cmd/internal/config"
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
	return i.openReading(url)
}

// openReading opens a database to read from it. SQLite would create a file that is not there; such a database is empty all
// the same.
func (i *invocation) openReading(url string) (*introspect.Database, error) {
	if path, isFile := config.SQLiteFile(url); isFile && !strings.Contains(url, "mode=") {
		_, err := os.Stat(path)
		_, folderErr := os.Stat(filepath.Dir(path))
		if errors.Is(err, fs.ErrNotExist) && folderErr == nil {
			i.note("%s does not exist yet: taken for an empty database", shown(path))
			url = ":memory:"
		}
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

// WrongEngineError says that the database is of an engine that revisions are not written for.
type WrongEngineError struct {
	URL      string // masked
	Dialect  schema.Dialect
	Dialects []schema.Dialect // the configured ones
}

// Error names both and the way out.
func (e *WrongEngineError) Error() string {
	return fmt.Sprintf("%s is a database of %s, and revisions are written for %s: add %s to dialects in retort.yaml, or name another database with --url",
		e.URL, e.Dialect, joinDialects(e.Dialects), e.Dialect)
}

// target returns the URL of the database that a command works on, and its dialect, which must be one of the configured.
func (i *invocation) target() (string, schema.Dialect, error) {
	url, err := i.databaseURL()
	if err != nil {
		return "", "", err
	}
	dialect, err := introspect.DialectOf(url)
	if err != nil {
		return "", "", err
	}
	if len(i.config.Dialects) > 0 && !slices.Contains(i.config.Dialects, dialect) {
		return "", "", &WrongEngineError{URL: introspect.MaskURL(url), Dialect: dialect, Dialects: i.config.Dialects}
	}
	return url, dialect, nil
}

// openTarget opens that database.
func (i *invocation) openTarget() (*introspect.Database, error) {
	url, _, err := i.target()
	if err != nil {
		return nil, err
	}
	return i.openReading(url)
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
	version := schema.ParseName(i.config.VersionTable)
	// An error comes back where the URL is asked for.
	if chosen, err := i.chosenDatabase(); err == nil && chosen != nil && version.Schema == "" {
		version.Schema = chosen.Namespace
	}
	return versions.Options{
		VersionTable: version,
		HistoryTable: schema.ParseName(i.config.HistoryTable),
		Wait:         i.config.Wait,
		LockTimeout:  i.config.LockTimeout, StatementTimeout: i.config.StatementTimeout,
		ToolVersion: toolVersion(),
	}
}
