package postgres

import (
	"testing"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

func TestParse(t *testing.T) {
	for _, name := range []string{"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGOPTIONS", "PGSERVICE"} {
		t.Setenv(name, "")
	}
	for _, c := range []struct {
		url, user, password, host string
		port                      uint16
		database, searchPath, tls string
	}{
		{"postgres://me@h/shop?sslmode=disable", "me", "", "h", 5432, "shop", "", "none"},
		{"postgresql://me:pw@h:5433/shop?sslmode=require", "me", "pw", "h", 5433, "shop", "", "unverified"},
		{"pgx://me:p%40w%2F@[::1]:5433/shop?sslmode=verify-full", "me", "p@w/", "::1", 5433, "shop", "", "verified"},
		{"postgres://me@/shop?host=/run/postgresql", "me", "", "/run/postgresql", 5432, "shop", "", "none"},
		{"postgres://me@%2Frun%2Fpostgresql:5433/shop", "me", "", "/run/postgresql", 5433, "shop", "", "none"},
		{"host=/run/postgresql user=me dbname=shop", "me", "", "/run/postgresql", 5432, "shop", "", "none"},
		{"user=me password='p w' host=h port=5433 dbname=shop sslmode=require", "me", "p w", "h", 5433, "shop", "", "unverified"},
		{"postgres://me@h/shop?sslmode=disable&search_path=app,public", "me", "", "h", 5432, "shop", "app,public", "none"},
		{"host=h user=me dbname=shop sslmode=disable search_path=app", "me", "", "h", 5432, "shop", "app", "none"},
	} {
		config, err := parse(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if dialect, err := introspect.DialectOf(c.url); err != nil || dialect != schema.Postgres {
			t.Errorf("%s is taken for %q (%v)", c.url, dialect, err)
		}
		tls := "none"
		if config.TLSConfig != nil {
			tls = map[bool]string{true: "unverified", false: "verified"}[config.TLSConfig.InsecureSkipVerify]
		}
		if config.User != c.user || config.Password != c.password || config.Host != c.host || config.Port != c.port || config.Database != c.database ||
			config.RuntimeParams["search_path"] != c.searchPath || tls != c.tls {
			t.Errorf("%s: got %q %q %s %d %q, search_path %q, TLS %s", c.url, config.User, config.Password, config.Host, config.Port, config.Database,
				config.RuntimeParams["search_path"], tls)
		}
	}
}
