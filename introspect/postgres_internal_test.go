package introspect

import (
	"errors"
	"testing"
)

func TestPostgresServer(t *testing.T) {
	for _, c := range []struct {
		number int
		want   string
		isOld  bool
	}{
		{150018, "PostgreSQL 15.18", false},
		{120000, "PostgreSQL 12.0", false},
		{110022, "PostgreSQL 11.22.0", true},
		{90624, "PostgreSQL 9.6.24", true},
	} {
		server, err := postgresServer(c.number)
		var old *OldServerError
		if server.String() != c.want || errors.As(err, &old) != c.isOld {
			t.Errorf("%d: %s, %v; want %s, too old %v", c.number, server, err, c.want, c.isOld)
		}
	}
}

func TestTrimParens(t *testing.T) {
	for text, want := range map[string]string{
		"(a > 0)":               "a > 0",
		"((a > 0))":             "a > 0",
		"(a > 0) AND (b > 0)":   "(a > 0) AND (b > 0)",
		"((a > 0) AND (b > 0))": "(a > 0) AND (b > 0)",
		"(a = ')')":             "a = ')'",
		`("a)" > 0)`:            `"a)" > 0`,
		"f(a)":                  "f(a)",
		"":                      "",
		"(":                     "(",
	} {
		if got := trimParens(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
