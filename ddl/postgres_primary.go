package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
)

// valueKeywords stand for values and take no arguments but a precision.
var valueKeywords = []string{
	"true", "false", "null", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp",
	"current_user", "current_role", "session_user", "user", "current_catalog", "current_schema", "default",
}

// refusedKeywords begin what the parser does not know.
var refusedKeywords = []string{"select", "with", "exists", "distinct", "all", "any", "some", "variadic", "row", "when", "then", "else", "end", "from", "for"}

func (p *pgParser) primary() *pgNode {
	token := p.next()
	switch token.Kind {
	case sqltext.String:
		return p.stringConstant(token.Text)
	case sqltext.Number:
		return &pgNode{op: "number", text: plainNumber(token.Text)}
	case sqltext.Quoted:
		p.back()
		return p.name()
	case sqltext.Word:
		return p.word(token)
	}
	if token.Text != "(" {
		return p.fail()
	}
	nodes := p.list(")")
	switch len(nodes) {
	case 0:
		return p.fail()
	case 1:
		return nodes[0]
	}
	return &pgNode{op: "row", args: nodes}
}

func plainNumber(text string) string {
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	return strings.ToLower(text)
}

// stringConstant decodes a string. Escapes beyond the doubled quote and backslash, and the other kinds of strings, stay
// as they are written.
func (p *pgParser) stringConstant(text string) *pgNode {
	switch {
	case strings.HasPrefix(text, "'"):
		return &pgNode{op: "string", text: strings.ReplaceAll(text[1:max(1, len(text)-1)], "''", "'")}
	case strings.HasPrefix(text, "$"):
		tag := text[:strings.IndexByte(text[1:], '$')+2]
		return &pgNode{op: "string", text: strings.TrimSuffix(strings.TrimPrefix(text, tag), tag)}
	case strings.HasPrefix(text, "B'"), strings.HasPrefix(text, "b'"):
		return cast(`"bit"`, &pgNode{op: "string", text: strings.Trim(text[1:], "'")})
	case strings.HasPrefix(text, "E'"), strings.HasPrefix(text, "e'"):
		if inner, ok := unescape(text[2:max(2, len(text)-1)]); ok {
			return &pgNode{op: "string", text: inner}
		}
	}
	return &pgNode{op: "opaque", text: text}
}

func unescape(text string) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' && text[i] != '\'' {
			out.WriteByte(text[i])
			continue
		}
		i++
		if i == len(text) {
			return "", false
		}
		decoded, ok := map[byte]byte{'\'': '\'', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r'}[text[i]]
		if !ok || text[i-1] == '\'' && text[i] != '\'' {
			return "", false
		}
		out.WriteByte(decoded)
	}
	return out.String(), true
}

func (p *pgParser) word(token sqltext.Token) *pgNode {
	word := strings.ToLower(token.Text)
	switch {
	case word == "case":
		return p.caseWhen()
	case word == "cast" && p.accept("("):
		inner := p.expression(0)
		p.expect("AS")
		kind := p.typeName()
		p.expect(")")
		return cast(kind, inner)
	case word == "array" && p.accept("["):
		return &pgNode{op: "array", args: p.arrayElements()}
	case word == "extract" && p.accept("("):
		field := strings.ToLower(strings.Trim(p.next().Text, "'"))
		p.expect("FROM")
		source := p.expression(0)
		p.expect(")")
		return call("extract", []*pgNode{{op: "string", text: field}, source})
	case slices.Contains(valueKeywords, word) && !p.peek().Is("."):
		node := &pgNode{op: "keyword", text: word}
		if strings.Contains(word, "time") && p.accept("(") {
			node.args = p.list(")")
		}
		return node
	case slices.Contains(refusedKeywords, word):
		return p.fail()
	}
	p.back()
	if kind, ok := p.typedConstant(); ok {
		return cast(kind, p.stringConstant(p.next().Text))
	}
	return p.name()
}

// arrayElements parses what follows ARRAY[, in which an inner array may leave out the word.
func (p *pgParser) arrayElements() []*pgNode {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return []*pgNode{p.fail()}
	}
	var nodes []*pgNode
	if p.accept("]") {
		return nil
	}
	for !p.failed {
		if p.accept("[") {
			nodes = append(nodes, &pgNode{op: "array", args: p.arrayElements()})
		} else {
			nodes = append(nodes, p.expression(0))
		}
		if p.accept("]") {
			return nodes
		}
		p.expect(",")
	}
	return nodes
}

// typedConstant takes the type of a constant such as date '2020-01-01', if one comes next.
func (p *pgParser) typedConstant() (string, bool) {
	saved, failed := p.tokens, p.failed
	kind := p.typeName()
	next := p.peek()
	if !p.failed && next.Kind == sqltext.String && strings.HasPrefix(next.Text, "'") && isKnownPostgres(kind) {
		// interval '1' day says more after the string.
		follows := sqltext.Token{}
		if len(p.tokens) > 1 {
			follows = p.tokens[1]
		}
		if kind != "interval" || !slices.Contains(intervalFields, strings.ToLower(follows.Text)) {
			return kind, true
		}
	}
	p.tokens, p.failed = saved, failed
	return "", false
}

var intervalFields = []string{"year", "month", "day", "hour", "minute", "second"}

// name parses a column or a function, with what stands in front of dots.
func (p *pgParser) name() *pgNode {
	path := p.path()
	if !p.accept("(") {
		return &pgNode{op: "column", text: path}
	}
	path = strings.TrimPrefix(path, "pg_catalog.")
	if p.accept("*", ")") {
		return &pgNode{op: "call", text: path, args: []*pgNode{{op: "opaque", text: "*"}}}
	}
	return call(path, p.list(")"))
}

// path parses a name with dots: bare words in lower case, quoted names in quotes unless a bare word would mean the same.
func (p *pgParser) path() string {
	var parts []string
	for {
		token := p.next()
		name, ok := token.Ident()
		if !ok {
			p.failed = true
			return ""
		}
		if token.Kind == sqltext.Word {
			name = strings.ToLower(name)
		}
		if !isPlainIdent(name) {
			name = postgresQuote(name)
		}
		parts = append(parts, name)
		if !p.accept(".") {
			return strings.Join(parts, ".")
		}
	}
}

// typeName parses the name of a type after :: or AS and returns its canonical spelling.
func (p *pgParser) typeName() string {
	start := p.tokens
	if p.peek().Kind != sqltext.Word && p.peek().Kind != sqltext.Quoted {
		p.failed = true
		return ""
	}
	first := p.next()
	for p.accept(".") {
		p.next()
	}
	for _, words := range [][]string{{"double", "precision"}, {"character", "varying"}, {"char", "varying"}, {"bit", "varying"}} {
		if first.Is(words[0]) {
			p.accept(words[1])
		}
	}
	if first.Is("interval") {
		for slices.Contains(intervalFields, strings.ToLower(p.peek().Text)) || p.peek().Is("to") {
			p.next()
		}
	}
	if p.accept("(") {
		for !p.accept(")") {
			if len(p.tokens) == 0 {
				p.failed = true
				return ""
			}
			p.next()
		}
	}
	if first.Is("timestamp") || first.Is("time") {
		_ = p.accept("with", "time", "zone") || p.accept("without", "time", "zone")
	}
	for p.accept("[") {
		if p.peek().Kind == sqltext.Number {
			p.next()
		}
		p.expect("]")
	}
	var text strings.Builder
	for _, token := range start[:len(start)-len(p.tokens)] {
		text.WriteString(token.Text)
		text.WriteByte(' ')
	}
	return postgresType(text.String())
}

// caseWhen parses CASE. A missing ELSE is ELSE NULL, which the server writes with a cast.
func (p *pgParser) caseWhen() *pgNode {
	node := &pgNode{op: "case"}
	if !p.peek().Is("WHEN") {
		node.text = "of"
		node.args = append(node.args, p.expression(0))
	}
	for p.accept("WHEN") {
		node.args = append(node.args, p.expression(0))
		p.expect("THEN")
		node.args = append(node.args, withoutConstantCast(p.expression(0)))
	}
	if p.accept("ELSE") {
		otherwise := p.expression(0)
		isNull := otherwise.isKeyword("null") || otherwise.op == "cast" && otherwise.args[0].isKeyword("null")
		if !isNull {
			node.args = append(node.args, withoutConstantCast(otherwise))
		}
	}
	p.expect("END")
	return node
}
