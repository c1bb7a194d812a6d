package reflect

import (
	"fmt"
	"strings"

	"github.com/retort-db/retort/schema"
)

// A ddl tag is a list of items, separated by commas:
//
//	item  = [ dialect "." ] key [ "(" attributes ")" ] [ ":" value ]
//
// Attributes are items without attributes of their own. A value ends at the next comma outside of quotes and
// parentheses. Text values (comments, names) may stand in single or double quotes, which are taken off; SQL values keep
// theirs.
type ddlItem struct {
	dialect  schema.Dialect // "" is all
	key      string
	attrs    []ddlItem
	values   []string // the attributes of an item that lists values (enum)
	value    string
	hasValue bool
	text     string // as written, for messages
}

// attr returns the value of an attribute and whether it is there.
func (i ddlItem) attr(key string) (string, bool) {
	for _, attr := range i.attrs {
		if attr.key == key {
			return attr.value, true
		}
	}
	return "", false
}

func (i ddlItem) has(key string) bool {
	_, found := i.attr(key)
	return found
}

// TagError is a ddl tag that was not understood.
type TagError struct {
	Piece  string // the offending piece, as written
	Reason string
	WayOut string
}

// Error returns `"inedx": unknown option: did you mean index?`.
func (e *TagError) Error() string {
	text := fmt.Sprintf("ddl tag: %q: %s", e.Piece, e.Reason)
	if e.WayOut != "" {
		text += ": " + e.WayOut
	}
	return text
}

// parseDDLTag takes a ddl tag apart. Items of known keys are returned even if others are wrong.
func parseDDLTag(text string, items map[string]itemSpec) ([]ddlItem, []*TagError) {
	p := ddlParser{text: text}
	var out []ddlItem
	var errs []*TagError
	for {
		p.spaces()
		if p.pos >= len(p.text) {
			return out, errs
		}
		start := p.pos
		item, err := p.item(items)
		if err != nil {
			if strings.HasPrefix(err.WayOut, "known are") && start > 0 && endsInText(out, items) {
				last := out[len(out)-1]
				err.WayOut = fmt.Sprintf("if it belongs to the text before it, put that into quotes: %s:'%s, %s'", last.key, last.value, err.Piece)
			}
			errs = append(errs, err)
			p.pos = max(p.pos, start)
			p.pos += endOfSQL(p.text[p.pos:])
		} else {
			item.text = strings.TrimSpace(p.text[start:p.pos])
			out = append(out, item)
		}
		if p.pos < len(p.text) {
			p.pos++ // the comma
		}
	}
}

// endsInText reports whether the last item has a text for its value.
func endsInText(parsed []ddlItem, items map[string]itemSpec) bool {
	if len(parsed) == 0 {
		return false
	}
	last := parsed[len(parsed)-1]
	return last.hasValue && items[last.key].value.kind == textValue
}

type ddlParser struct {
	text string
	pos  int
}

func (p *ddlParser) spaces() {
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t' || p.text[p.pos] == '\n') {
		p.pos++
	}
}

func (p *ddlParser) word() string {
	start := p.pos
	for p.pos < len(p.text) && isKeyByte(p.text[p.pos]) {
		p.pos++
	}
	return p.text[start:p.pos]
}

func isKeyByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *ddlParser) item(items map[string]itemSpec) (ddlItem, *TagError) {
	start := p.pos
	item := ddlItem{key: p.word()}
	if item.key == "" {
		return item, &TagError{Piece: p.text[start:], Reason: "an option's name is expected"}
	}
	if p.pos < len(p.text) && p.text[p.pos] == '.' {
		dialect, err := schema.ParseDialect(item.key)
		if err != nil {
			return item, &TagError{Piece: item.key + ".", Reason: err.Error()}
		}
		p.pos++
		item.dialect, item.key = dialect, p.word()
	}
	if alias, found := typeAliases[item.key]; found && item.dialect == "" {
		item.dialect, item.key = alias, "type"
	}
	spec, known := items[item.key]
	if !known {
		return item, &TagError{Piece: item.key, Reason: "unknown option", WayOut: didYouMean(item.key, sortedKeys(items))}
	}
	if p.pos < len(p.text) && p.text[p.pos] == '(' {
		if err := p.attributes(&item, spec); err != nil {
			return item, err
		}
	}
	if err := p.itemValue(&item, spec.value); err != nil {
		return item, err
	}
	p.spaces()
	if p.pos < len(p.text) && p.text[p.pos] != ',' {
		return item, &TagError{Piece: p.text[p.pos:], Reason: "a comma is expected",
			WayOut: "put a value with commas or quotes of its own into single quotes"}
	}
	return item, nil
}

// typeAliases are the spellings of a type for one dialect that need no dot.
var typeAliases = map[string]schema.Dialect{
	"pgtype": schema.Postgres, "mysqltype": schema.MySQL, "sqlitetype": schema.SQLite,
}

func (p *ddlParser) attributes(item *ddlItem, spec itemSpec) *TagError {
	size := endOfParenthesis(p.text[p.pos:])
	if size == 0 {
		return &TagError{Piece: p.text[p.pos:], Reason: "the parenthesis is not closed"}
	}
	inner := p.text[p.pos+1 : p.pos+size-1]
	p.pos += size
	if spec.listsValues {
		for _, value := range splitList(inner) {
			item.values = append(item.values, unquoteSQL(value))
		}
		return nil
	}
	if spec.attrs == nil {
		return &TagError{Piece: item.key + "(" + inner + ")", Reason: "this option takes no attributes"}
	}
	attrs, errs := parseDDLTag(inner, spec.attrs)
	if len(errs) > 0 {
		return errs[0]
	}
	item.attrs = attrs
	return nil
}

func (p *ddlParser) itemValue(item *ddlItem, kind valueKind) *TagError {
	if p.pos >= len(p.text) || p.text[p.pos] != ':' {
		if kind.required {
			return &TagError{Piece: item.key, Reason: "a value is expected", WayOut: "write " + item.key + ":" + kind.example}
		}
		return nil
	}
	p.pos++
	if kind.kind == noValue {
		return &TagError{Piece: p.text[p.pos-1:], Reason: item.key + " takes no value"}
	}
	item.hasValue = true
	value, err := p.value(kind)
	if err != nil {
		return err
	}
	if value == "" && kind.required {
		return &TagError{Piece: item.key + ":", Reason: "the value is empty", WayOut: "write " + item.key + ":" + kind.example}
	}
	item.value = value
	return nil
}

func (p *ddlParser) value(kind valueKind) (string, *TagError) {
	p.spaces()
	rest := p.text[p.pos:]
	if kind.kind == sqlValue {
		size := endOfSQL(rest)
		p.pos += size
		if !balanced(rest[:size]) {
			return "", &TagError{Piece: rest[:size], Reason: "a quote or parenthesis is not closed"}
		}
		return strings.TrimSpace(rest[:size]), nil
	}
	if rest == "" || rest[0] != '\'' && rest[0] != '"' {
		size := strings.IndexByte(rest, ',')
		if size < 0 {
			size = len(rest)
		}
		if kind.kind == listValue || strings.HasPrefix(rest, "(") {
			size = endOfSQL(rest)
		}
		p.pos += size
		return strings.TrimSpace(rest[:size]), nil
	}
	size := endOfQuote(rest)
	if size == 0 {
		return "", &TagError{Piece: rest, Reason: "the quote is not closed"}
	}
	p.pos += size
	return unquoteSQL(rest[:size]), nil
}

// endOfQuote returns the length of the quoted text at the start, or 0 if it is not closed. A doubled quote is one.
func endOfQuote(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != text[0] {
			continue
		}
		if i+1 < len(text) && text[i+1] == text[0] {
			i++
			continue
		}
		return i + 1
	}
	return 0
}

// endOfSQL returns the length of the text up to the first comma outside of quotes and parentheses.
func endOfSQL(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"', '`':
			size := endOfQuote(text[i:])
			if size == 0 {
				return len(text)
			}
			i += size - 1
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth <= 0 {
				return i
			}
		}
	}
	return len(text)
}

// endOfParenthesis returns the length of the parenthesis at the start, or 0 if it is not closed.
func endOfParenthesis(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"', '`':
			if size := endOfQuote(text[i:]); size > 0 {
				i += size - 1
			}
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

func balanced(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"', '`':
			size := endOfQuote(text[i:])
			if size == 0 {
				return false
			}
			i += size - 1
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// splitList splits "a, b(1, 2)" at the commas outside of quotes and parentheses. One pair of parentheses around all of it
// is taken off.
func splitList(text string) []string {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "(") && endOfParenthesis(text) == len(text) {
		text = text[1 : len(text)-1]
	}
	var out []string
	for rest := text; ; {
		size := endOfSQL(rest)
		if piece := strings.TrimSpace(rest[:size]); piece != "" {
			out = append(out, piece)
		}
		if size >= len(rest) {
			return out
		}
		rest = rest[size+1:]
	}
}
