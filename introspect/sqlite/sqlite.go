// Package sqlite lets package introspect open SQLite databases. It is imported for its effect: it registers
// modernc.org/sqlite, which needs no C compiler.
package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func init() {
	introspect.Register(introspect.Driver{Dialect: schema.SQLite, Open: Open, OpenDatabase: openFile})
}

// busyTimeout is how many milliseconds a connection waits for another one's lock when the URL does not say.
const busyTimeout = "10000"

// smallestPage is the least size in bytes of a file that holds a database (https://www.sqlite.org/fileformat2.html#pages).
// SQLite takes a smaller one for an empty database, and would write over it.
const smallestPage = 512

// Open opens a pool for a database URL (sqlite:app.db, sqlite://app.db, sqlite:///srv/app.db, sqlite3:…), SQLite's own
// file:app.db?mode=ro, a plain path, or :memory:. It does not connect. A URL is percent-decoded where that makes sense;
// a plain path is taken as it is, up to a question mark.
//
// Parameters after the question mark are those of SQLite (https://www.sqlite.org/uri.html) and of the driver, such as
// _pragma=journal_mode(wal). Where they do not say otherwise, foreign keys are enforced, and a connection waits ten
// seconds for another one's lock.
//
// A file that does not exist is created by the first write, unless mode is ro or rw. A folder that does not exist, a path
// that is a folder, a file too small for a database and a missing file in those modes are a [*PathError]. A database in memory has one connection.
func Open(rawURL string) (*sql.DB, error) {
	target, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	return target.open()
}

// openFile opens another file with the parameters of a URL, except those that say which file and how.
func openFile(rawURL, path string) (*sql.DB, error) {
	target, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	target.path = path
	for _, parameter := range []string{"mode", "vfs", "immutable", "cache"} {
		target.query.Del(parameter)
	}
	return target.open()
}

func (t *target) open() (*sql.DB, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", t.dsn())
	if err != nil {
		return nil, err
	}
	if t.inMemory() {
		db.SetMaxOpenConns(1)
		db.SetConnMaxIdleTime(0)
		db.SetConnMaxLifetime(0)
	}
	return db, nil
}

// PathError says why no database can be at a path.
type PathError struct {
	Path   string
	Reason string
}

// Error names the path and the reason.
func (e *PathError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Reason) }

// target is what a URL says.
type target struct {
	path  string
	query url.Values
}

func parse(rawURL string) (*target, error) {
	path, rawQuery, _ := strings.Cut(rawURL, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, fmt.Errorf("the parameters after ? are malformed: write %% as %%25, & as %%26")
	}
	scheme, rest, found := strings.Cut(path, ":")
	scheme = strings.ToLower(scheme)
	if found && slices.Contains([]string{"sqlite", "sqlite3", "file"}, scheme) {
		rest, _, _ = strings.Cut(rest, "#")
		path = strings.TrimPrefix(rest, "//")
		if scheme == "file" {
			path = strings.TrimPrefix(path, "localhost/")
			if strings.HasPrefix(rest, "//localhost/") {
				path = "/" + path
			}
		}
		if decoded, err := url.PathUnescape(path); err == nil {
			path = decoded
		}
	}
	if path == "" && query.Get("mode") != "memory" {
		return nil, errors.New("the URL names no file: write :memory: or sqlite:path/to/file.db")
	}
	if strings.ContainsRune(path, 0) {
		return nil, errors.New("the path contains a NUL character")
	}
	return &target{path: path, query: query}, nil
}

func (t *target) inMemory() bool {
	return t.path == ":memory:" || t.query.Get("mode") == "memory"
}

// check looks for what SQLite would only call "unable to open database file".
func (t *target) check() error {
	if t.inMemory() {
		return nil
	}
	info, err := os.Stat(t.path)
	switch {
	case err == nil && info.IsDir():
		return &PathError{Path: t.path, Reason: "is a directory, not a database file"}
	case err == nil && info.Mode().IsRegular() && 0 < info.Size() && info.Size() < smallestPage && !t.query.Has("vfs"):
		return &PathError{Path: t.path, Reason: fmt.Sprintf("is not a SQLite database: its %d bytes are less than one page", info.Size())}
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return &PathError{Path: t.path, Reason: reason(err)}
	}
	folder := filepath.Dir(t.path)
	info, err = os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &PathError{Path: t.path, Reason: fmt.Sprintf("the directory %s does not exist; create it first", folder)}
	case err != nil:
		return &PathError{Path: t.path, Reason: reason(err)}
	case !info.IsDir():
		return &PathError{Path: t.path, Reason: folder + " is not a directory"}
	}
	if mode := t.query.Get("mode"); mode == "ro" || mode == "rw" {
		return &PathError{Path: t.path, Reason: "there is no such file, and mode=" + mode + " does not create one"}
	}
	return nil
}

// reason returns what the operating system says, without the path that the message has already.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// dsn returns the driver's form, a file: URI, in which SQLite heeds its own parameters.
func (t *target) dsn() string {
	query := url.Values{}
	for key, values := range t.query {
		query[key] = values
	}
	if !t.sets("busy_timeout", "_busy_timeout", "_timeout") {
		query.Set("_busy_timeout", busyTimeout)
	}
	if !t.sets("foreign_keys", "_foreign_keys", "_fk") {
		query.Set("_foreign_keys", "on")
	}
	return "file:" + escape(t.path) + "?" + query.Encode()
}

// sets reports whether the URL sets a pragma, by its own name or by one of the driver's parameters.
func (t *target) sets(pragma string, parameters ...string) bool {
	if slices.ContainsFunc(parameters, t.query.Has) {
		return true
	}
	return slices.ContainsFunc(t.query["_pragma"], func(text string) bool {
		text = strings.ToLower(strings.TrimSpace(text))
		rest, found := strings.CutPrefix(text, pragma)
		return found && (rest == "" || strings.ContainsAny(rest[:1], "=( \t"))
	})
}

// escape writes a path for a file: URI. Two slashes at its beginning would be read as the mark of a host.
func escape(path string) string {
	path = filepath.ToSlash(path)
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	if strings.HasPrefix(escaped, "//") {
		return "//" + escaped
	}
	return escaped
}
