package page

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ text, other, want string }{
		{"varchar(40) NOT NULL", "varchar(80) NOT NULL", "varchar([40]) NOT NULL"},
		{"varchar(80) NOT NULL", "varchar(40)", "varchar([80])[ NOT NULL]"},
		{"varchar(40)", "", "varchar(40)"},
		{"bigint", "text", "bigint"},
		{"on users (a, b) unique", "on users (a, c, b)", "on users (a, b)[ unique]"},
		{"größe > 0", "größe >= 1", "größe > [0]"},
		{"same", "same", "same"},
		{"", "a", ""},
		{strings.Repeat("a ", 300), "a", strings.Repeat("a ", 300)},
	} {
		var got strings.Builder
		for _, part := range words(c.text, c.other) {
			if part.Changed {
				got.WriteString("[" + part.Text + "]")
				continue
			}
			got.WriteString(part.Text)
		}
		if got.String() != c.want {
			t.Errorf("%q beside %q: %q, want %q", c.text, c.other, got.String(), c.want)
		}
	}
}
