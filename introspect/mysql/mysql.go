// Package mysql lets package introspect open MySQL and MariaDB databases. It is imported for its effect: it registers
// github.com/go-sql-driver/mysql.
package mysql

import (
	"cmp"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func init() {
	introspect.Register(introspect.Driver{Dialect: schema.MySQL, Open: Open, OpenDatabase: openDatabase})
}

// connectTimeout bounds the dialling of a server when the URL does not say.
const connectTimeout = 10 * time.Second

// Open opens a pool for a database URL (mysql://user:password@host:3306/db?tls=true, mariadb://…,
// mysql://user@localhost/db?socket=/run/mysqld/mysqld.sock, mysql://user@unix(/run/mysqld/mysqld.sock)/db) or a DSN of
// the driver. It does not connect.
//
// Where the URL does not say otherwise, times are read as time.Time in UTC, the session's time zone is UTC, and a text
// may hold several statements.
func Open(rawURL string) (*sql.DB, error) {
	config, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	return open(config)
}

func openDatabase(rawURL, database string) (*sql.DB, error) {
	config, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	config.DBName = database
	return open(config)
}

func open(config *driver.Config) (*sql.DB, error) {
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// mysqlAddress is an address as the driver's DSNs have it.
var mysqlAddress = regexp.MustCompile(`^(?:tcp|tcp6|unix)?\(`)

// parse reads a URL or a DSN into the driver's configuration.
func parse(rawURL string) (*driver.Config, error) {
	scheme, rest, found := strings.Cut(rawURL, "://")
	if !found || (scheme != "mysql" && scheme != "mariadb") {
		return parseDSN(rawURL)
	}
	if host := rest[strings.LastIndex(rest, "@")+1:]; mysqlAddress.MatchString(host) {
		return parseDSN(rest)
	}
	return parseURL(rest)
}

// parseURL reads what follows mysql://. It takes the text apart itself, since people write passwords with characters
// that net/url refuses; what is percent-encoded is decoded.
func parseURL(rest string) (*driver.Config, error) {
	userinfo, hostAndPath := "", rest
	if at := strings.LastIndex(beforeQuery(rest), "@"); at >= 0 {
		userinfo, hostAndPath = rest[:at], rest[at+1:]
	}
	hostAndPath, rawQuery, _ := strings.Cut(hostAndPath, "?")
	host, path, _ := strings.Cut(hostAndPath, "/")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, fmt.Errorf("the parameters after ? are malformed: write %% as %%25, & as %%26")
	}
	socket := query.Get("socket")
	query.Del("socket")
	if err := translateSSLMode(query); err != nil {
		return nil, err
	}
	config, err := parseDSN("/?" + query.Encode())
	if err != nil {
		return nil, err
	}
	user, password, _ := strings.Cut(userinfo, ":")
	config.User, config.Passwd = unescape(user), unescape(password)
	config.DBName = unescape(path)
	config.Net, config.Addr = "tcp", withPort(host)
	if socket != "" {
		config.Net, config.Addr = "unix", socket
	}
	return config, nil
}

// beforeQuery cuts the parameters off. A question mark with an @ after it and no = in between belongs to the password.
func beforeQuery(rest string) string {
	mark := strings.LastIndex(rest, "?")
	if mark < 0 {
		return rest
	}
	if name, _, found := strings.Cut(rest[mark:], "@"); found && !strings.Contains(name, "=") {
		return rest
	}
	return rest[:mark]
}

func withPort(host string) string {
	if host == "" {
		host = "localhost"
	}
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "3306")
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// translateSSLMode turns the ssl-mode of MySQL's own clients, in the spellings of other drivers too, into the driver's tls parameter.
func translateSSLMode(query url.Values) error {
	mode := ""
	for _, name := range []string{"sslmode", "ssl_mode", "sslMode", "ssl-mode"} {
		mode = cmp.Or(query.Get(name), mode)
		query.Del(name)
	}
	for _, name := range []string{"ssl-ca", "ssl-cert", "ssl-key", "ssl_ca", "sslca"} {
		if query.Has(name) {
			return fmt.Errorf("%s is not supported: name the authority's file in the environment, SSL_CERT_FILE=ca.pem, and write tls=true", name)
		}
	}
	if mode == "" {
		return nil
	}
	tls, known := map[string]string{
		"disabled": "false", "disable": "false", "preferred": "preferred", "prefer": "preferred", "required": "skip-verify", "require": "skip-verify",
		"verify_ca": "true", "verify-ca": "true", "verify_identity": "true", "verify-full": "true",
	}[strings.ToLower(mode)]
	if !known {
		return fmt.Errorf("unknown ssl-mode %q: use disabled, preferred, required, verify_ca or verify_identity", mode)
	}
	query.Set("tls", tls)
	return nil
}

// parseDSN reads a DSN of the driver and sets what Retort needs where the DSN does not say otherwise.
func parseDSN(dsn string) (*driver.Config, error) {
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	_, rawQuery, _ := strings.Cut(dsn[strings.LastIndex(dsn, "/")+1:], "?")
	query, _ := url.ParseQuery(rawQuery)
	if !query.Has("parseTime") {
		config.ParseTime = true
	}
	if !query.Has("multiStatements") {
		config.MultiStatements = true
	}
	if !query.Has("timeout") {
		config.Timeout = connectTimeout
	}
	if !query.Has("time_zone") && !query.Has("loc") {
		if config.Params == nil {
			config.Params = map[string]string{}
		}
		config.Params["time_zone"] = "'+00:00'"
	}
	// The driver reports a lost connection as an error as well; its own line on stderr says nothing more.
	config.Logger = &driver.NopLogger{}
	return config, nil
}
