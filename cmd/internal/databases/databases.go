// Package databases finds the databases that a project has, where it has several of the same schema: one for each region,
// customer or test, or a schema for each tenant of one database.
package databases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/retort-db/retort/cmd/internal/config"
	"github.com/retort-db/retort/cmd/internal/suggest"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// Database is one of several.
type Database struct {
	Name    string
	URL     string
	Dialect schema.Dialect
	// Namespace is the schema that it is, on PostgreSQL; empty if it is a database of its own.
	Namespace string
}

// Source is where the databases are looked up.
type Source struct {
	Config *config.Config
	Lookup func(string) (string, bool)
	// Base returns the URL of the project's database, which names of schemas and databases belong to.
	Base func() (string, error)
}

// UnknownError says that no database has a name.
type UnknownError struct {
	Name  string
	Names []string
}

// Error names those that there are.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("there is no database %q%s", e.Name, suggest.Sentence(e.Name, e.Names))
}

// Find returns the database of a name.
func Find(all []Database, name string) (Database, error) {
	var names []string
	for _, one := range all {
		if one.Name == name {
			return one, nil
		}
		names = append(names, one.Name)
	}
	return Database{}, &UnknownError{Name: name, Names: names}
}

// All returns the databases in the order of the configuration, of the query's rows or of the command's lines. Their names
// are unique.
func (s Source) All(ctx context.Context) ([]Database, error) {
	var listed [][2]string // name, where
	var err error
	switch configured := s.Config.Databases; {
	case configured.Query != "":
		listed, err = s.query(ctx, configured.Query)
	case configured.Command != nil:
		listed, err = s.command(ctx, configured.Command)
	default:
		for _, one := range configured.List {
			where, err := s.Config.Expanded("databases", one.Where, s.Lookup)
			if err != nil {
				return nil, err
			}
			listed = append(listed, [2]string{one.Name, where})
		}
	}
	if err != nil {
		return nil, err
	}
	if len(listed) == 0 {
		return nil, errors.New("databases: the query or command lists none")
	}
	return s.resolve(listed)
}

// query runs on the project's database.
func (s Source) query(ctx context.Context, query string) (listed [][2]string, err error) {
	base, err := s.Base()
	if err != nil {
		return nil, err
	}
	database, err := introspect.Open(ctx, base)
	if err != nil {
		return nil, err
	}
	defer database.Close()
	rows, err := database.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("databases: query: %w", err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	if len(columns) > 2 {
		return nil, fmt.Errorf("databases: the query returns %d columns; it should return a URL or the name of a schema, or a name and one of these", len(columns))
	}
	for rows.Next() {
		var one [2]string
		targets := []any{&one[1]}
		if len(columns) == 2 {
			targets = []any{&one[0], &one[1]}
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, fmt.Errorf("databases: query: %w", err)
		}
		listed = append(listed, one)
	}
	return listed, rows.Err()
}

// command reads the lines that a command prints, started in the configuration's directory.
func (s Source) command(ctx context.Context, words []string) (listed [][2]string, err error) {
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Dir = s.Config.Dir
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("databases: %s: %w\n%s", words[0], err, strings.TrimSpace(stderr.String()))
	}
	for line := range strings.Lines(stdout.String()) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, where, two := strings.Cut(line, "\t")
		if !two {
			name, where = "", line
		}
		listed = append(listed, [2]string{strings.TrimSpace(name), strings.TrimSpace(where)})
	}
	return listed, nil
}

func (s Source) resolve(listed [][2]string) ([]Database, error) {
	out := make([]Database, 0, len(listed))
	seen := map[string]bool{}
	for _, one := range listed {
		database, err := s.at(one[1])
		if err != nil {
			return nil, err
		}
		if database.Name = one[0]; database.Name == "" {
			database.Name = s.nameOf(one[1], database)
		}
		if seen[database.Name] {
			return nil, fmt.Errorf("databases: two of them are called %s: give them names", database.Name)
		}
		seen[database.Name] = true
		out = append(out, database)
	}
	return out, nil
}

// at returns the database that a URL or a name means.
func (s Source) at(where string) (Database, error) {
	if dialect, err := introspect.DialectOf(where); err == nil {
		return Database{URL: config.AbsoluteURL(where, s.Config.Dir), Dialect: dialect}, nil
	}
	if strings.Contains(where, "://") {
		_, err := introspect.DialectOf(where)
		return Database{}, err
	}
	base, err := s.Base()
	if err != nil {
		return Database{}, fmt.Errorf("databases: %s is the name of a schema on the project's database: %w", where, err)
	}
	dialect, err := introspect.DialectOf(base)
	if err != nil {
		return Database{}, err
	}
	switch dialect {
	case schema.Postgres:
		address, err := withSearchPath(base, where)
		return Database{URL: address, Dialect: dialect, Namespace: where}, err
	case schema.MySQL:
		address, err := withDatabase(base, where)
		return Database{URL: address, Dialect: dialect}, err
	}
	return Database{}, fmt.Errorf("databases: %q is no URL, and SQLite has no schemas: write sqlite:%s.db", where, where)
}

// nameOf names a database that nobody has named.
func (s Source) nameOf(where string, database Database) string {
	if _, err := introspect.DialectOf(where); err != nil {
		return where
	}
	if file, isFile := config.SQLiteFile(database.URL); isFile {
		return strings.TrimSuffix(path.Base(file), path.Ext(file))
	}
	if u, err := url.Parse(where); err == nil && len(u.Path) > 1 {
		return strings.TrimPrefix(u.Path, "/")
	}
	return introspect.MaskURL(where)
}

// withSearchPath returns the URL of a PostgreSQL database with a schema in front of its search path.
func withSearchPath(base, namespace string) (string, error) {
	quoted := ddl.Quote(schema.Postgres, namespace)
	u, err := url.Parse(base)
	if err != nil || u.Scheme == "" {
		// Keywords and values; the last of two counts.
		escaped := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(quoted)
		return base + " search_path='" + escaped + "'", nil
	}
	query := u.Query()
	if rest := query.Get("search_path"); rest != "" {
		quoted += "," + rest
	}
	query.Set("search_path", quoted)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// withDatabase returns the URL or DSN of another database on a MySQL server.
func withDatabase(base, name string) (string, error) {
	if u, err := url.Parse(base); err == nil && slices.Contains([]string{"mysql", "mariadb"}, u.Scheme) && u.Opaque == "" {
		u.Path, u.RawPath = "/"+name, ""
		return u.String(), nil
	}
	address, query, hasQuery := strings.Cut(base, "?")
	slash := strings.LastIndex(address, "/")
	if slash < 0 {
		return "", fmt.Errorf("databases: cannot tell where %s names its database", introspect.MaskURL(base))
	}
	address = address[:slash+1] + url.PathEscape(name)
	if hasQuery {
		address += "?" + query
	}
	return address, nil
}
