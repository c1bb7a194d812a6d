package ddl

import (
	"strings"
	"testing"
)

// The names were taken from a server.
func TestPostgresObjectName(t *testing.T) {
	a, b := strings.Repeat("a", 63), strings.Repeat("b", 63)
	for _, c := range []struct{ table, columns, label, want string }{
		{"users", "id", "seq", "users_id_seq"},
		{"users", "", "pkey", "users_pkey"},
		{"users", "a_b", "key", "users_a_b_key"},
		{a, "id", "seq", strings.Repeat("a", 56) + "_id_seq"},
		{a, b, "seq", strings.Repeat("a", 29) + "_" + strings.Repeat("b", 29) + "_seq"},
		{a, "", "pkey", strings.Repeat("a", 58) + "_pkey"},
		{strings.Repeat("ä", 31), "id", "seq", strings.Repeat("ä", 28) + "_id_seq"},
	} {
		got := PostgresObjectName(c.table, c.columns, c.label)
		if got != c.want || len(got) > postgresNameLimit {
			t.Errorf("%s, %s, %s: %s (%d bytes), want %s", c.table, c.columns, c.label, got, len(got), c.want)
		}
	}
}
