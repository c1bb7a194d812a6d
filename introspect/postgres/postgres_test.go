package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/introspect/postgres"
	"github.com/retort-db/retort/schema"
)

func TestOpen(t *testing.T) {
	address := servertest.Postgres(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	keywords := "host=" + u.Hostname() + " port=" + u.Port() + " user=" + u.User.Username() + " dbname=" + strings.TrimPrefix(u.Path, "/") + " sslmode=disable"
	if password, has := u.User.Password(); has {
		keywords += " password='" + password + "'"
	}
	_, rest, _ := strings.Cut(address, "://")
	for _, dsn := range []string{"postgres://" + rest, "postgresql://" + rest, "pgx://" + rest, keywords} {
		db, err := introspect.Open(t.Context(), dsn)
		if err != nil {
			t.Errorf("%s: %v", introspect.MaskURL(dsn), err)
			continue
		}
		server, err := introspect.ServerOf(t.Context(), db.DB, db.Dialect)
		if err != nil || db.Dialect != schema.Postgres || !server.Version.AtLeast(12, 0, 0) {
			t.Errorf("%s: %s (%v)", introspect.MaskURL(dsn), server, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestOpenKeepsSecrets gives URLs that cannot be read or reached: no error may hold the password, nor a part of it.
func TestOpenKeepsSecrets(t *testing.T) {
	const secret = "hunter2"
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, dsn := range []string{
		"postgres://me:" + secret + "@127.0.0.1:1/db?sslmode=disable",
		"postgres://me:" + secret + "%zz@127.0.0.1/db",
		"postgres://me:" + secret + "#rest@127.0.0.1/db",
		"postgres://me:a/" + secret + "@127.0.0.1/db",
		"postgres://me:" + secret + " x@127.0.0.1:1/db",
		"postgres://me:" + secret + "@127.0.0.1:notaport/db",
		"postgres://me:" + secret + "@127.0.0.1:1/db?sslmode=what",
		"pgx://me:" + secret + "@[::1/db",
		"postgres://127.0.0.1:1/db?sslmode=disable&password=" + secret,
		"host=127.0.0.1 port=1 user=me password=" + secret,
		"host=127.0.0.1 port=x user=me password='" + secret + "'",
		"host=127.0.0.1 password=" + secret + " sslmode=what",
		"host=127.0.0.1 password='" + secret,
	} {
		_, err := introspect.Open(ctx, dsn)
		if err == nil {
			t.Errorf("%s was opened", introspect.MaskURL(dsn))
			continue
		}
		outermost := true
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			var urlError *postgres.URLError
			isShown := outermost || errors.As(cause, &urlError)
			outermost = false
			if isShown && strings.Contains(cause.Error(), secret) {
				t.Errorf("the error shows the password: %v", strings.ReplaceAll(cause.Error(), secret, "<PASSWORD>"))
			}
		}
	}
}

func TestOpenErrors(t *testing.T) {
	_, err := postgres.Open("postgres://me@127.0.0.1:notaport/db")
	var urlError *postgres.URLError
	if !errors.As(err, &urlError) || !strings.Contains(err.Error(), "port") {
		t.Errorf("bad port: %v, want a URLError that names the port", err)
	}
}
