package annotate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/reflect"
	"github.com/retort-db/retort/schema"
)

// tag is a struct tag: key:"value" pairs, with what stands between them.
type tag struct {
	pairs []pair
	rest  string // behind the last pair
}

type pair struct {
	space string // before the key
	key   string
	value string
}

func (t *tag) String() string {
	var out strings.Builder
	for _, p := range t.pairs {
		out.WriteString(p.space + p.key + ":" + strconv.Quote(p.value))
	}
	return out.String() + t.rest
}

// parseTag reads a tag as package reflect does, and refuses one that it would stop at.
func parseTag(text string) (*tag, error) {
	t := &tag{}
	for rest := text; ; {
		trimmed := strings.TrimLeft(rest, " ")
		if trimmed == "" {
			t.rest = rest
			return t, nil
		}
		key, value, ok := strings.Cut(trimmed, ":")
		if !ok || key == "" || strings.ContainsAny(key, " \"") {
			return nil, fmt.Errorf("its tag is not made of key:\"value\" pairs: %s", text)
		}
		quoted, err := strconv.QuotedPrefix(value)
		if err != nil {
			return nil, fmt.Errorf("its tag is not made of key:\"value\" pairs: %s", text)
		}
		unquoted, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("its tag is not made of key:\"value\" pairs: %s", text)
		}
		t.pairs = append(t.pairs, pair{rest[:len(rest)-len(trimmed)], key, unquoted})
		rest = value[len(quoted):]
	}
}

func (t *tag) find(key string) *pair {
	at := slices.IndexFunc(t.pairs, func(p pair) bool { return p.key == key })
	if at < 0 {
		return nil
	}
	return &t.pairs[at]
}

// put sets one item for a dialect, in place of one that says the same thing.
func (t *tag) put(dialect schema.Dialect, w want) error {
	if w.item.key == "type" && dialect == "" && t.putBunType(w) {
		return nil
	}
	ddl := t.find("ddl")
	if ddl == nil {
		ddl = t.insertDDL()
	}
	items, err := reflect.TagItems(ddl.value)
	if err != nil {
		return err
	}
	text := w.item.text
	if dialect != "" {
		text = string(dialect) + "." + text
	}
	var out []string
	placed := false
	for _, other := range items {
		switch {
		case other.Dialect != dialect || !says(w.item, other.Key):
			out = append(out, other.Text)
		case !placed:
			placed = true
			out = append(out, text)
		}
	}
	if !placed {
		out = append(out, text)
	}
	value := strings.Join(out, ",")
	if _, err := reflect.TagItems(value); err != nil {
		return fmt.Errorf("a ddl tag has no spelling for %s", w.item.text)
	}
	ddl.value = value
	return nil
}

// says reports whether an item of a key is about the same thing.
func says(one item, key string) bool {
	if one.named && one.key != "on_delete" && one.key != "on_update" {
		return false
	}
	if one.key == "null" || one.key == "notnull" {
		return key == "null" || key == "notnull"
	}
	return one.key == key
}

// insertDDL adds an empty ddl pair, behind the bun one if there is one.
func (t *tag) insertDDL() *pair {
	at := len(t.pairs)
	if bun := slices.IndexFunc(t.pairs, func(p pair) bool { return p.key == "bun" }); bun >= 0 {
		at = bun + 1
	}
	space := " "
	if at == 0 {
		space = ""
	}
	t.pairs = slices.Insert(t.pairs, at, pair{space: space, key: "ddl"})
	return &t.pairs[at]
}

// putBunType replaces the type that a bun tag states, if bun treats values of both types alike.
func (t *tag) putBunType(w want) bool {
	bun := t.find("bun")
	value, _ := strings.CutPrefix(w.item.text, "type:")
	if bun == nil || strings.Contains(bun.value, `"`) || strings.ContainsAny(value, `"`) || t.statesType() {
		return false
	}
	pieces := splitBun(bun.value)
	at := slices.IndexFunc(pieces, func(piece string) bool { return strings.HasPrefix(piece, "type:") })
	if at < 0 || !plain(pieces[at][len("type:"):]) || !plain(value) || slices.ContainsFunc(splitBun(value)[1:], func(string) bool { return true }) {
		return false
	}
	pieces[at] = "type:" + value
	bun.value = strings.Join(pieces, ",")
	return true
}

// statesType reports whether the ddl tag has a type already, which goes before bun's.
func (t *tag) statesType() bool {
	ddl := t.find("ddl")
	if ddl == nil {
		return false
	}
	items, err := reflect.TagItems(ddl.value)
	return err != nil || slices.ContainsFunc(items, func(i reflect.TagItem) bool { return i.Key == "type" || i.Key == "enum" })
}

// splitBun splits a bun tag at the commas outside of parentheses.
func splitBun(text string) []string {
	var out []string
	depth, start := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, text[start:i])
				start = i + 1
			}
		}
	}
	return append(out, text[start:])
}

// plain reports whether bun reads and writes values of a type by the Go type alone.
func plain(sqlType string) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(sqlType)), "(")
	word, _, _ = strings.Cut(word, " ")
	return !slices.Contains([]string{"json", "jsonb", "bytea", "hstore", "blob", "binary", "varbinary"}, word) && !strings.Contains(sqlType, "[")
}
