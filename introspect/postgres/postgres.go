// Package postgres opens PostgreSQL databases through jackc/pgx. Importing it makes their URLs known to package
// introspect.
package postgres

import (
	"database/sql"
	"errors"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func init() {
	introspect.Register(introspect.Driver{Dialect: schema.Postgres, Open: Open, OpenDatabase: openDatabase})
}

// Open opens a pool for a database URL (postgres://, postgresql:// or pgx://, all the same) or a DSN of keywords and
// values such as "host=/run/postgresql dbname=shop". What it leaves out comes from the usual places: PGHOST and the like,
// ~/.pgpass, the service file (https://www.postgresql.org/docs/current/libpq-connect.html). It does not connect. The
// error of a URL that cannot be read is a [*URLError], which never contains a password.
func Open(url string) (*sql.DB, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	return stdlib.OpenDB(*config), nil
}

func openDatabase(url, database string) (*sql.DB, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	config.Database = database
	return stdlib.OpenDB(*config), nil
}

func parse(url string) (*pgx.ConnConfig, error) {
	if rest, ok := cutScheme(url, "pgx"); ok {
		url = "postgres://" + rest
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, &URLError{URL: introspect.MaskURL(url), Reason: reason(err)}
	}
	return config, nil
}

func cutScheme(url, scheme string) (string, bool) {
	before, rest, found := strings.Cut(url, "://")
	return rest, found && strings.EqualFold(before, scheme)
}

// URLError says that a database URL cannot be read. It has no cause to unwrap: the causes repeat the URL.
type URLError struct {
	URL    string // masked
	Reason string
}

// Error names the masked URL, the reason and the way out of the usual one.
func (e *URLError) Error() string {
	return "cannot read the database URL " + e.URL + ": " + e.Reason +
		` (special characters in a user name or password must be written as %40 for "@", %23 for "#", %25 for "%" and so on)`
}

var quotedText = regexp.MustCompile("`[^`]*`|\"[^\"]*\"|'[^']*'")

// reason returns the innermost message of a parse error, which may quote parts of the URL and so parts of the password:
// whatever it quotes is left out.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	text := err.Error()
	if at := strings.LastIndex(text, ": "); at >= 0 && strings.Contains(text, "://") {
		text = text[at+2:]
	}
	return quotedText.ReplaceAllString(text, introspect.Mask)
}
