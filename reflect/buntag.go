package reflect

import (
	"strings"
)

// bunTag is a bun:"…" tag as bun reads it: the first item is a name if it has no colon; a double quote anywhere in a
// value makes bun keep the quoted part only; parentheses protect commas; single quotes mean nothing.
type bunTag struct {
	name    string
	options []bunOption
}

type bunOption struct {
	key, value string
	// cut is what bun dropped of the value because a double quote stood inside it.
	cut string
}

func (t bunTag) has(key string) bool {
	_, found := t.get(key)
	return found
}

// get returns the last value of the option, as bun does.
func (t bunTag) get(key string) (string, bool) {
	for i := len(t.options) - 1; i >= 0; i-- {
		if t.options[i].key == key {
			return t.options[i].value, true
		}
	}
	return "", false
}

func parseBunTag(text string) bunTag {
	p := bunTagParser{text: text}
	if text != "" {
		p.tag.options = make([]bunOption, 0, strings.Count(text, ",")+1)
	}
	for first := true; p.pos < len(text); first = false {
		p.item(first)
		if p.pos < len(text) && text[p.pos] == ',' {
			p.pos++
		}
	}
	return p.tag
}

type bunTagParser struct {
	text string
	pos  int
	tag  bunTag
}

// item reads a flag, a name or a key with a value. It stops at the comma or behind it: a comma that follows at once is
// skipped by the caller, as in bun.
func (p *bunTagParser) item(first bool) {
	start := p.pos
	key, value, hasValue := "", "", false
	cut := ""
	switch end := strings.IndexAny(p.text[start:], `,:"`); {
	case end < 0:
		key, p.pos = p.text[start:], len(p.text)
	case p.text[start+end] == '"':
		p.pos = start + end + 1
		key = p.quoted()
	default:
		key, p.pos = p.text[start:start+end], start+end+1
		if p.text[start+end] == ':' {
			hasValue = true
			value, cut = p.value()
		}
	}
	switch {
	case first && !hasValue:
		p.tag.name = key
	case key != "":
		p.tag.options = append(p.tag.options, bunOption{key, value, cut})
	}
}

func (p *bunTagParser) value() (value, cut string) {
	start := p.pos
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		p.pos++
		switch c {
		case '"':
			before := p.text[start : p.pos-1]
			return p.quoted(), before
		case ',':
			return p.text[start : p.pos-1], ""
		case '(':
			p.parentheses()
		}
	}
	return p.text[start:], ""
}

func (p *bunTagParser) parentheses() {
	depth := 1
	for p.pos < len(p.text) && depth > 0 {
		c := p.text[p.pos]
		p.pos++
		switch c {
		case '"':
			p.quoted()
		case '(':
			depth++
		case ')':
			depth--
		}
	}
}

// quoted reads to the closing quote. If a backslash stands before the first quote, backslashes protect the next character,
// else they are ordinary. What is not closed is lost. All as in bun.
func (p *bunTagParser) quoted() string {
	rest := p.text[p.pos:]
	if end := strings.IndexByte(rest, '"'); end >= 0 && p.text[p.pos+end-1] != '\\' {
		p.pos += end + 1
		return rest[:end]
	}
	var out strings.Builder
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		p.pos++
		if c == '"' {
			return out.String()
		}
		if c == '\\' {
			c = 0
			if p.pos < len(p.text) {
				c = p.text[p.pos]
				p.pos++
			}
		}
		out.WriteByte(c)
	}
	return ""
}

// knownFieldOptions are the options that some version of bun from 1.2.9 on knows on a field.
var knownFieldOptions = []string{
	"alt", "array", "autoincrement", "column", "composite", "default", "embed", "extend", "hstore", "identity", "inherit",
	"join", "join_on", "json_use_number", "m2m", "msgpack", "multirange", "notnull", "nullzero", "on_delete", "on_update",
	"pk", "polymorphic", "rel", "scanonly", "skipupdate", "soft_delete", "type", "unique",
}

// knownTableOptions are the options that bun knows on bun.BaseModel.
var knownTableOptions = []string{"alias", "select", "table"}
