package versions

import (
	"testing"
	"time"

	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/introspect"
	_ "github.com/retort-db/retort/introspect/mysql"
	_ "github.com/retort-db/retort/introspect/postgres"
	_ "github.com/retort-db/retort/introspect/sqlite"
	"github.com/retort-db/retort/schema"
)

// TestLiteralsReadBack lets each server read the literals that a script would hold, and compares what it says.
func TestLiteralsReadBack(t *testing.T) {
	texts := []string{"", "plain", "it's", `back\slash`, `\' OR 1=1 --`, "two\nlines", "größe 🙂", `"quoted"`, "$tag$", "a?b"}
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			database, err := introspect.Open(t.Context(), servertest.URL(t, engine))
			if err != nil {
				t.Fatal(err)
			}
			defer database.Close()
			for _, text := range texts {
				sql, err := literal(database.Dialect, text)
				if err != nil {
					t.Fatal(err)
				}
				var got string
				if err := database.QueryRowContext(t.Context(), "SELECT "+sql).Scan(&got); err != nil || got != text {
					t.Errorf("%q was written as %s and read as %q (%v)", text, sql, got, err)
				}
			}
			var number int64
			sql, _ := literal(database.Dialect, uint16(65535))
			if err := database.QueryRowContext(t.Context(), "SELECT "+sql).Scan(&number); err != nil || number != 65535 {
				t.Errorf("%s was read as %d (%v)", sql, number, err)
			}
			var data []byte
			sql, _ = literal(database.Dialect, []byte{0, 255, '\''})
			if err := database.QueryRowContext(t.Context(), "SELECT "+sql).Scan(&data); err != nil || string(data) != "\x00\xff'" {
				t.Errorf("%s was read as %x (%v)", sql, data, err)
			}
		})
	}
}

func TestLiterals(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 30, 0, 123456000, time.FixedZone("", 3600))
	for _, c := range []struct {
		dialect schema.Dialect
		value   any
		want    string
	}{
		{schema.Postgres, nil, "NULL"},
		{schema.Postgres, true, "TRUE"},
		{schema.SQLite, true, "1"},
		{schema.MySQL, 1.5, "1.5"},
		{schema.Postgres, at, "'2026-11-22 09:30:00.123456Z'"},
		{schema.MySQL, at, "'2026-11-22 09:30:00.123456'"},
		{schema.SQLite, at, "'2026-11-22 09:30:00.123456+00:00'"},
	} {
		if got, err := literal(c.dialect, c.value); err != nil || got != c.want {
			t.Errorf("literal(%s, %v) = %s, %v; want %s", c.dialect, c.value, got, err, c.want)
		}
	}
	if _, err := literal(schema.SQLite, struct{}{}); err == nil {
		t.Error("a struct became a literal")
	}
}
