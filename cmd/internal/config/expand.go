package config

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// UnsetError says that a value uses an environment variable that is not set.
type UnsetError struct {
	File     string
	Line     int
	Key      string
	Variable string
}

// Error names the place, the variable and the ways out.
func (e *UnsetError) Error() string {
	return fmt.Sprintf("%s:%d: %s uses ${%s}, which is not set: set it, write a default as ${%s:-…}, or pass --url",
		e.File, e.Line, e.Key, e.Variable, e.Variable)
}

// DatabaseURL returns the database with its variables expanded by lookup. A relative path to a SQLite file starts from the
// configuration's directory.
func (c *Config) DatabaseURL(lookup func(string) (string, bool)) (string, error) {
	return c.expanded("url", c.URL, lookup)
}

// ScratchDatabaseURL returns the scratch database in the same way, empty if none is configured.
func (c *Config) ScratchDatabaseURL(lookup func(string) (string, bool)) (string, error) {
	return c.expanded("scratch_url", c.ScratchURL, lookup)
}

func (c *Config) expanded(key string, text Text, lookup func(string) (string, bool)) (string, error) {
	value, err := c.Expanded(key, text, lookup)
	if err != nil {
		return "", err
	}
	return AbsoluteURL(value, c.Dir), nil
}

func (c *Config) displayFile() string { return display(c.File) }

// display shortens a path to one relative to the working directory where that is shorter.
func display(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if relative, err := filepath.Rel(here, path); err == nil && len(relative) < len(path) {
		return relative
	}
	return path
}

// expand replaces ${NAME} and ${NAME:-default}; "$${" is a plain "${". It returns the first variable that is neither set
// nor has a default. As in a shell, the default also serves for a variable that is empty.
func expand(text string, lookup func(string) (string, bool)) (value, missing string) {
	var out strings.Builder
	for {
		at := strings.Index(text, "${")
		if at < 0 {
			out.WriteString(text)
			return out.String(), ""
		}
		if at > 0 && text[at-1] == '$' {
			out.WriteString(text[:at-1] + "${")
			text = text[at+2:]
			continue
		}
		end := strings.Index(text[at:], "}")
		if end < 0 {
			out.WriteString(text)
			return out.String(), ""
		}
		out.WriteString(text[:at])
		name, fallback, hasFallback := strings.Cut(text[at+2:at+end], ":-")
		set, ok := lookup(name)
		switch {
		case ok && (set != "" || !hasFallback):
			out.WriteString(set)
		case hasFallback:
			out.WriteString(fallback)
		default:
			return "", name
		}
		text = text[at+end+1:]
	}
}

// AbsoluteURL makes the path of a SQLite URL absolute, starting from dir; other URLs stay as they are.
func AbsoluteURL(rawURL, dir string) string {
	prefix, path, query, isFile := splitSQLite(rawURL)
	if !isFile || filepath.IsAbs(path) {
		return rawURL
	}
	if prefix != "" {
		dir = percent.Replace(dir)
	}
	return strings.TrimSuffix(prefix, "//") + filepath.Join(dir, filepath.FromSlash(path)) + query
}

// SQLiteFile returns the path of the file that a URL names, if it is one of a SQLite database in a file.
func SQLiteFile(rawURL string) (path string, isFile bool) {
	prefix, path, _, ok := splitSQLite(rawURL)
	if decoded, err := url.PathUnescape(path); prefix != "" && err == nil {
		path = decoded
	}
	return path, ok
}

// percent writes a path as a part of a URL, which is decoded, other than a plain path.
var percent = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

// splitSQLite takes the URL of a SQLite file apart: "file:", "app.db", "?mode=ro".
func splitSQLite(rawURL string) (prefix, path, query string, isFile bool) {
	dialect, err := introspect.DialectOf(rawURL)
	if err != nil || dialect != schema.SQLite || strings.HasPrefix(rawURL, ":memory:") {
		return "", "", "", false
	}
	path, query, hasQuery := strings.Cut(rawURL, "?")
	if hasQuery {
		query = "?" + query
	}
	if scheme, rest, hasScheme := strings.Cut(path, ":"); hasScheme {
		prefix, path = scheme+":", rest
	}
	if rest, hasSlashes := strings.CutPrefix(path, "//"); hasSlashes {
		prefix, path = prefix+"//", rest
	}
	if path == "" || path == ":memory:" || strings.Contains(query, "mode=memory") {
		return "", "", "", false
	}
	return prefix, path, query, true
}
