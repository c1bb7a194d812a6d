package mysqltext

import "testing"

func TestQuoteRoundTrip(t *testing.T) {
	for _, value := range []string{"", "a", "it's", `back\slash`, `\'`, "''", "nul\x00", "line\nend", "é😀", `"dq"`} {
		if got, ok := Unquote(Quote(value)); !ok || got != value {
			t.Errorf("%q became %q", value, got)
		}
	}
}

func FuzzUnquote(f *testing.F) {
	f.Add(`'a\'b'`)
	f.Fuzz(func(t *testing.T, text string) {
		value, ok := Unquote(text)
		if !ok {
			return
		}
		if again, ok := Unquote(Quote(value)); !ok || again != value {
			t.Errorf("%q became %q", value, again)
		}
	})
}

func TestUnquoteRefuses(t *testing.T) {
	for _, text := range []string{"", "'", "a", "'a", "a'", "'a'b'", `'a\'`, "x'41'"} {
		if value, ok := Unquote(text); ok {
			t.Errorf("%s is a literal with the value %q", text, value)
		}
	}
}

func TestCanonical(t *testing.T) {
	for text, want := range map[string]string{
		"_utf8mb4'it\\'s'":                    "'it''s'",
		"concat(`db`.`t`.`a`, `db`.f(1))":     "concat(`t`.`a`, `db`.f(1))",
		"`t`.`db`.`a`":                        "`t`.`db`.`a`",
		"_latin1'x'":                          "_latin1'x'",
		"`a` < -(1.5) or `a` > (`b` - (2))":   "`a` < -1.5 or `a` > (`b` - (2))",
		"x'41' and b'1'":                      "x'41' and b'1'",
		"_utf8mb4 > 1":                        "_utf8mb4 > 1",
		"nextval(`db`.`numbers`) + 1 -- 'it'": "nextval(`numbers`) + 1 -- 'it'",
	} {
		if got := Canonical(text, "db"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestUnparenthesize(t *testing.T) {
	for text, want := range map[string]string{
		"((a))": "a", "(a) + (b)": "(a) + (b)", "(a) or b": "(a) or b", "( ( ')' ) )": "')'", "()": "()", "(": "(", ")(": ")(", "((a)": "((a)",
	} {
		if got := Unparenthesize(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
