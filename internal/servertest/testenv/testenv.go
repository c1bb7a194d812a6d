// Package testenv is what the testservers command and package servertest agree on: the names of the engines, the
// environment variables that carry the servers' URLs, and how such a URL is opened.
package testenv

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// The engines that tests run on. MariaDB is served under the name of MySQL.
const (
	Postgres = "postgres"
	MySQL    = "mysql"
	SQLite   = "sqlite"
)

// EnginesVar is the environment variable that limits the tests to some engines: a comma-separated list such as
// "sqlite" or "postgres,sqlite".
const EnginesVar = "RETORT_TEST_ENGINES"

// URLVar returns the environment variable that holds the URL of an engine's server, such as
// RETORT_TEST_POSTGRES_URL. SQLite needs no server and has none.
func URLVar(engine string) string {
	return "RETORT_TEST_" + strings.ToUpper(engine) + "_URL"
}

// Engines returns the engines that the tests are to run on: those of [EnginesVar], or all of them.
func Engines() ([]string, error) {
	all := []string{Postgres, MySQL, SQLite}
	list := os.Getenv(EnginesVar)
	if list == "" {
		return all, nil
	}
	var wanted []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("%s names an unknown engine %q: use a comma-separated list of %s",
				EnginesVar, name, strings.Join(all, ", "))
		}
		wanted = append(wanted, name)
	}
	return wanted, nil
}

// Open returns a handle for the server and database of a postgres:// or mysql:// URL. It does not connect.
func Open(rawURL string) (*sql.DB, error) {
	scheme, _, _ := strings.Cut(rawURL, "://")
	switch scheme {
	case "postgres", "postgresql":
		config, err := pgx.ParseConfig(rawURL)
		if err != nil {
			return nil, err
		}
		return stdlib.OpenDB(*config), nil
	case "mysql", "mariadb":
		config, err := MySQLConfig(rawURL)
		if err != nil {
			return nil, err
		}
		connector, err := mysql.NewConnector(config)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(connector), nil
	}
	return nil, fmt.Errorf("cannot open %q: use a URL that begins with postgres:// or mysql://", rawURL)
}

// MySQLConfig turns a URL such as mysql://user:password@127.0.0.1:3306/name?charset=utf8mb4 into a configuration of
// go-sql-driver. The query may hold any parameter of the driver's own DSN. Unless it says otherwise, times are parsed
// and several statements in one query are refused.
func MySQLConfig(rawURL string) (*mysql.Config, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	query := u.Query()
	if !query.Has("parseTime") {
		query.Set("parseTime", "true")
	}
	config, err := mysql.ParseDSN("/?" + query.Encode())
	if err != nil {
		return nil, fmt.Errorf("parameters of the MySQL URL: %w", err)
	}
	port := u.Port()
	if port == "" {
		port = "3306"
	}
	config.Net = "tcp"
	config.Addr = net.JoinHostPort(u.Hostname(), port)
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.DBName = strings.TrimPrefix(u.Path, "/")
	config.Logger = &mysql.NopLogger{}
	return config, nil
}

// WithDatabase returns the URL of another database on the same server.
func WithDatabase(rawURL, name string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	u.RawPath = ""
	return u.String(), nil
}

// Redacted returns a URL without its password, for messages.
func Redacted(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "(a malformed URL)"
	}
	return u.Redacted()
}

// Wait connects to the server of a URL, again and again, until it answers or the context ends. The error of a wait
// in vain is the server's last one.
func Wait(ctx context.Context, rawURL string) error {
	db, err := Open(rawURL)
	if err != nil {
		return err
	}
	defer db.Close()
	var last error
	for {
		err := ping(ctx, db)
		if err == nil {
			return nil
		}
		if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return last
		case <-time.After(25 * time.Millisecond):
		}
	}
}

func ping(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return db.PingContext(ctx)
}
