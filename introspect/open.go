package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// Driver opens the URLs of one dialect. Sub-packages register theirs when they are imported.
type Driver struct {
	Dialect schema.Dialect
	// Open opens a pool for a database URL or a DSN of the driver's own. It does not connect.
	Open func(url string) (*sql.DB, error)
	// OpenDatabase opens another database than that of the URL, with the same user and parameters: one of the same server,
	// or on SQLite the file of that path. It does not connect.
	OpenDatabase func(url, database string) (*sql.DB, error)
}

var drivers = map[schema.Dialect]Driver{}

// Register makes a driver known to [Open]. It is called from init functions.
func Register(driver Driver) { drivers[driver.Dialect] = driver }

// Database is an open database with its dialect.
type Database struct {
	*sql.DB
	Dialect schema.Dialect
}

// Open opens the database of a URL as users write them (postgres://…, mysql://…, mariadb://…, sqlite:path, a path to a
// SQLite file, :memory:, or a driver's own DSN) and makes sure that it answers. Errors never contain the password.
func Open(ctx context.Context, rawURL string) (*Database, error) {
	dialect, err := DialectOf(rawURL)
	if err != nil {
		return nil, err
	}
	driver, ok := drivers[dialect]
	if !ok {
		return nil, fmt.Errorf("no driver for %s: import github.com/retort-db/retort/introspect/%s", dialect, dialect)
	}
	db, err := driver.Open(lowerScheme(rawURL))
	if err != nil {
		return nil, &OpenError{URL: MaskURL(rawURL), Cause: maskError(err, rawURL)}
	}
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		if dialect == schema.SQLite {
			err = sqliteFileError(err)
		}
		return nil, &OpenError{URL: MaskURL(rawURL), Cause: maskError(err, rawURL)}
	}
	return &Database{DB: db, Dialect: dialect}, nil
}

// OpenError says that a database could not be reached. URL is masked.
type OpenError struct {
	URL   string
	Cause error
}

// Error names the masked URL and the cause.
func (e *OpenError) Error() string { return fmt.Sprintf("cannot open %s: %v", e.URL, e.Cause) }

// Unwrap returns the driver's error.
func (e *OpenError) Unwrap() error { return e.Cause }

// DialectOf tells which dialect a database URL or DSN is for.
func DialectOf(rawURL string) (schema.Dialect, error) {
	rawURL = lowerScheme(rawURL)
	scheme, _, found := strings.Cut(rawURL, ":")
	switch {
	case rawURL == "":
		return "", fmt.Errorf("empty database URL")
	case rawURL == ":memory:", slices.Contains([]string{"sqlite", "sqlite3", "file"}, scheme) && found:
		return schema.SQLite, nil
	case slices.Contains([]string{"postgres", "postgresql", "pgx"}, scheme) && found:
		return schema.Postgres, nil
	case slices.Contains([]string{"mysql", "mariadb"}, scheme) && found:
		return schema.MySQL, nil
	case mysqlDSN.MatchString(rawURL):
		return schema.MySQL, nil
	case keywordDSN.MatchString(rawURL):
		return schema.Postgres, nil
	case sqlitePath.MatchString(rawURL):
		return schema.SQLite, nil
	case mysqlShortDSN.MatchString(rawURL):
		return schema.MySQL, nil
	}
	return "", fmt.Errorf("cannot tell the database of %q: begin it with sqlite:, postgres:// or mysql://…", MaskURL(rawURL))
}

// lowerScheme writes the scheme of a URL as the drivers know it: some take only small letters for one.
func lowerScheme(rawURL string) string {
	scheme := anyScheme.FindString(rawURL)
	return strings.ToLower(scheme) + rawURL[len(scheme):]
}

// anyScheme finds a scheme in any case. Without slashes it may be the user of a DSN.
var anyScheme = regexp.MustCompile(`^(?i)((postgres|postgresql|pgx|mysql|mariadb)://|(sqlite|sqlite3|file):)`)

var (
	mysqlDSN   = regexp.MustCompile(`^([^/]*@)?(tcp|tcp6|unix)\([^)]*\)/`)
	sqlitePath = regexp.MustCompile(`^[^?]*\.(db|sqlite|sqlite3)(\?|$)`)
	// mysqlShortDSN is a DSN of the driver that leaves out the protocol or the address: user:password@/db, user@(host:3306)/db.
	mysqlShortDSN = regexp.MustCompile(`^[^:@/\s]+(:.*)?@(tcp|tcp6|unix)?(\([^)]*\))?/`)
	keywordDSN    = regexp.MustCompile(`(^|\s)(host|dbname|user|service)\s*=`)
)

// Mask is what stands instead of a password in everything that Retort prints.
const Mask = "***"

var (
	dsnPassword      = regexp.MustCompile(`^([^:@/]*):(.*)@((?:tcp|tcp6|unix)\()`)
	shortDSNPassword = regexp.MustCompile(`^([^:@/]*):(.*)@(\(|/|(?:tcp|tcp6|unix)/)`)
	urlScheme        = regexp.MustCompile(`^(?i)(?:mysql|mariadb|postgres|postgresql|pgx|sqlite|sqlite3|file)://`)
	keywordPassword  = regexp.MustCompile(`(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)`)
)

// MaskURL replaces the password in a database URL or DSN by [Mask].
func MaskURL(rawURL string) string {
	if u, err := url.Parse(rawURL); err == nil && u.Scheme != "" && u.Host != "" {
		if _, has := u.User.Password(); has {
			masked := *u
			masked.User = nil
			query := maskQuery(u.RawQuery)
			masked.RawQuery = ""
			text := strings.Replace(masked.String(), "://", "://"+url.User(u.User.Username()).String()+":"+Mask+"@", 1)
			if query != "" {
				text += "?" + query
			}
			return text
		}
		u.RawQuery = maskQuery(u.RawQuery)
		return u.String()
	}
	masked := dsnPassword.ReplaceAllString(rawURL, "${1}:"+Mask+"@${3}")
	if !urlScheme.MatchString(rawURL) && masked == rawURL {
		masked = shortDSNPassword.ReplaceAllString(masked, "${1}:"+Mask+"@${3}")
	}
	masked = keywordPassword.ReplaceAllString(masked, "${1}"+Mask)
	if strings.Contains(masked, "://") && strings.Contains(masked, "@") && masked == rawURL {
		// A URL that does not parse, such as one with a raw "%" or "#" in its password.
		scheme, rest, _ := strings.Cut(rawURL, "://")
		at := strings.LastIndex(rest, "@")
		user, _, _ := strings.Cut(rest[:at], ":")
		return scheme + "://" + user + ":" + Mask + rest[at:]
	}
	return masked
}

var queryPassword = regexp.MustCompile(`(?i)((?:^|&)(?:password|sslpassword)=)[^&]*`)

func maskQuery(query string) string { return queryPassword.ReplaceAllString(query, "${1}"+Mask) }

// maskError takes the password out of a driver's message, where some repeat the DSN.
func maskError(err error, rawURL string) error {
	text := err.Error()
	masked := strings.ReplaceAll(text, rawURL, MaskURL(rawURL))
	for _, password := range passwords(rawURL) {
		masked = strings.ReplaceAll(masked, password, Mask)
	}
	if masked == text {
		return err
	}
	return &maskedError{text: masked, cause: err}
}

func passwords(rawURL string) []string {
	var found []string
	if u, err := url.Parse(rawURL); err == nil {
		if password, has := u.User.Password(); has && len(password) > 2 {
			found = append(found, password, url.QueryEscape(password))
		}
	}
	if m := dsnPassword.FindStringSubmatch(rawURL); m != nil && len(m[2]) > 2 {
		found = append(found, m[2])
	}
	if m := shortDSNPassword.FindStringSubmatch(rawURL); m != nil && len(m[2]) > 2 && !urlScheme.MatchString(rawURL) {
		found = append(found, m[2])
	}
	if m := keywordPassword.FindStringSubmatch(rawURL); m != nil && len(m[2]) > 2 {
		found = append(found, strings.Trim(m[2], "'"))
	}
	return found
}

type maskedError struct {
	text  string
	cause error
}

func (e *maskedError) Error() string { return e.text }
func (e *maskedError) Unwrap() error { return e.cause }
