package sqltext

import (
	"slices"
	"strings"
	"testing"

	"github.com/retort-db/retort/schema"
)

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		dialect schema.Dialect
		text    string
		want    string // significant tokens as kind:text, joined by a space
	}{
		{schema.SQLite, `"a""b" [c]]d] `, `quoted:"a""b" quoted:[c] punct:] word:d punct:]`},
		{schema.SQLite, "`a``b` 'it''s'", "quoted:`a``b` string:'it''s'"},
		{schema.SQLite, "a-- x'y\nb/* ' */c", "word:a word:b word:c"},
		{schema.SQLite, "/*/ still */x", "word:x"},
		{schema.SQLite, "x'00' X'fF' e'a' n'b'", "string:x'00' string:X'fF' word:e string:'a' word:n string:'b'"},
		{schema.SQLite, "?1 ?12 :a @b $c", "param:?1 param:?12 param::a param:@b param:$c"},
		{schema.SQLite, "a||b=='x'", "word:a punct:|| word:b punct:= punct:= string:'x'"},
		{schema.SQLite, "1.5e-3 .5 0xFF 1_000 5-3", "number:1.5e-3 number:.5 number:0xFF number:1_000 number:5 punct:- number:3"},
		{schema.SQLite, "größe$1 名前", "word:größe$1 word:名前"},
		{schema.SQLite, "'open", "string:'open"},
		{schema.SQLite, `a\'b'`, `word:a punct:\ string:'b'`},
		{schema.Postgres, "$tag$ it's $x$ $tag$ $1", "string:$tag$ it's $x$ $tag$ param:$1"},
		{schema.Postgres, `E'a\'b' U&'x' a::int`, `string:E'a\'b' string:U&'x' word:a punct::: word:int`},
		{schema.Postgres, "/* a /* b */ c */ d", "word:d"},
		{schema.MySQL, "# x\n\"str\" `id` 'a\\'b'", "string:\"str\" quoted:`id` string:'a\\'b'"},
	} {
		t.Run(c.text, func(t *testing.T) {
			var got []string
			for _, token := range Significant(c.dialect, c.text) {
				got = append(got, kindNames[token.Kind]+":"+token.Text)
			}
			if joined := strings.Join(got, " "); joined != c.want {
				t.Errorf("got  %s\nwant %s", joined, c.want)
			}
		})
	}
}

var kindNames = []string{"space", "comment", "word", "quoted", "string", "number", "param", "punct"}

func TestIdent(t *testing.T) {
	for text, want := range map[string]string{
		`"a""b"`: `a"b`,
		"`a``b`": "a`b",
		"[a b]":  "a b",
		"plain":  "plain",
	} {
		got, ok := Tokens(schema.SQLite, text)[0].Ident()
		if !ok || got != want {
			t.Errorf("Ident of %s is %q, %v; want %q", text, got, ok, want)
		}
	}
	if _, ok := Tokens(schema.SQLite, "'a'")[0].Ident(); ok {
		t.Error("a string is no identifier")
	}
}

func TestRenameIdent(t *testing.T) {
	for _, c := range []struct{ expr, from, to, want string }{
		{"price > 0", "price", "cost", "cost > 0"},
		{"PRICE > 0 AND 'price' <> x", "price", "cost", "cost > 0 AND 'price' <> x"},
		{"price(price)", "price", "cost", "price(cost)"},
		{"price.x + t.price", "price", "cost", "price.x + t.cost"},
		{"[price] + `price`", "price", "a b", `"a b" + "a b"`},
		{"price -- price\n+ 1", "price", "two words", "\"two words\" -- price\n+ 1"},
	} {
		if got := RenameIdent(schema.SQLite, c.expr, c.from, c.to); got != c.want {
			t.Errorf("renamed %q in %q: got %q, want %q", c.from, c.expr, got, c.want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, seed := range []string{"", "'", `"a`, "/*", "--", "$a$", "e'\\", "1e", "[", "\xff\xfe", "a\x00b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, dialect := range schema.Dialects {
			tokens := Tokens(dialect, text)
			var all strings.Builder
			for _, token := range tokens {
				if token.Text == "" || token.Pos != all.Len() {
					t.Fatalf("%s: token %q at %d, expected position %d", dialect, token.Text, token.Pos, all.Len())
				}
				all.WriteString(token.Text)
				token.Ident()
			}
			if all.String() != text {
				t.Fatalf("%s: tokens of %q make up %q", dialect, text, all.String())
			}
			blank := slices.ContainsFunc(Significant(dialect, text), Token.Blank)
			if blank {
				t.Fatalf("%s: blank token among the significant ones of %q", dialect, text)
			}
			RenameIdent(dialect, text, "a", "b")
		}
	})
}
