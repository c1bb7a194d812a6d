package ddl

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/retort-db/retort/schema"
)

// equalCase is a pair of spellings of testdata/postgres_equal.json. The tests of package introspect try the pairs on a
// server: what is called equal must be read back alike.
type equalCase struct {
	Kind  string `json:"kind"` // "type", "default" or "check"
	Type  string `json:"type"` // of a default's column
	A     string `json:"a"`
	B     string `json:"b"`
	Equal bool   `json:"equal"`
}

func readEqualCases(tb testing.TB) []equalCase {
	tb.Helper()
	data, err := os.ReadFile("testdata/postgres_equal.json")
	if err != nil {
		tb.Fatal(err)
	}
	var cases []equalCase
	if err := json.Unmarshal(data, &cases); err != nil {
		tb.Fatal(err)
	}
	return cases
}

func (c equalCase) verdict(a, b string) Verdict {
	server := schema.Server{Dialect: schema.Postgres}
	switch c.Kind {
	case "type":
		return EqualTypes(server, a, b)
	case "default":
		return EqualDefaults(server, c.Type, a, b)
	}
	return EqualExpressions(server, a, b)
}

func TestPostgresEqual(t *testing.T) {
	for _, c := range readEqualCases(t) {
		want := Unknown
		if c.Equal {
			want = Equal
		}
		if got := c.verdict(c.A, c.B); got != want {
			t.Errorf("%s %s: %s and %s: %v, want %v", c.Kind, c.Type, c.A, c.B, got, want)
		}
		if got := c.verdict(c.B, c.A); got != want {
			t.Errorf("%s %s: %s and %s the other way round: %v, want %v", c.Kind, c.Type, c.A, c.B, got, want)
		}
	}
}

func TestPostgresEqualGivesUp(t *testing.T) {
	deep := strings.Repeat("(", 100000) + "1" + strings.Repeat(")", 100000)
	long := "a" + strings.Repeat(" || a", 100000)
	for _, text := range []string{deep, long, "(SELECT 1)", "sum(a) OVER (PARTITION BY b)", "a BETWEEN SYMMETRIC 1 AND 2", "(", "'", "E'\\x41'", "a +", ""} {
		server := schema.Server{Dialect: schema.Postgres}
		if got := EqualExpressions(server, text, text+" "); got != Unknown && text != "'" && text != "E'\\x41'" {
			t.Errorf("%.40s: %v, want Unknown", text, got)
		}
	}
}

func FuzzPostgresEqual(f *testing.F) {
	for _, c := range readEqualCases(f) {
		f.Add(c.A)
		f.Add(c.B)
	}
	f.Fuzz(func(t *testing.T, text string) {
		server := schema.Server{Dialect: schema.Postgres}
		EqualTypes(server, text, text+" ")
		EqualDefaults(server, "text", text, text+" ")
		EqualExpressions(server, text, "("+text+")")
		postgresType(text)
	})
}
