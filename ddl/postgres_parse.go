package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// parsePostgres parses an expression of checks, defaults, indexes and generated columns by the precedence of operators
// (https://www.postgresql.org/docs/current/sql-syntax-lexical.html, table 4.2). It reports false for what it does not know,
// such as sub-selects, window functions and the special arguments of some functions: then nothing can be said.
func parsePostgres(text string) (*pgNode, bool) {
	all := joinOperators(sqltext.Significant(schema.Postgres, text))
	p := &pgParser{all: all, tokens: all}
	node := p.expression(0)
	return node, !p.failed && len(p.tokens) == 0 && node != nil
}

// maxDepth limits how deeply expressions nest, and so the parser's recursion.
const maxDepth = 100

// maxSteps limits the number of operators, and so the depth of a tree that leans to the left: a || b || c ….
const maxSteps = 2000

type pgParser struct {
	all    []sqltext.Token
	tokens []sqltext.Token // what is left of all
	depth  int
	steps  int
	failed bool
}

const operatorSigns = "+-*/<>=~!@#%^&|`?"

// joinOperators joins adjacent signs into operators. One of several signs does not end in + or - unless it contains one
// of the signs that SQL itself does not use.
func joinOperators(tokens []sqltext.Token) []sqltext.Token {
	var out []sqltext.Token
	for i := 0; i < len(tokens); i++ {
		token := tokens[i]
		if !isSign(token) {
			out = append(out, token)
			continue
		}
		end := i + 1
		for end < len(tokens) && isSign(tokens[end]) && tokens[end].Pos == tokens[end-1].Pos+len(tokens[end-1].Text) {
			end++
		}
		for end > i+1 && strings.ContainsAny(tokens[end-1].Text, "+-") && !containsSpecial(tokens[i:end-1]) {
			end--
		}
		var text strings.Builder
		for _, part := range tokens[i:end] {
			text.WriteString(part.Text)
		}
		out = append(out, sqltext.Token{Kind: sqltext.Punct, Text: text.String(), Pos: token.Pos})
		i = end - 1
	}
	return out
}

func isSign(token sqltext.Token) bool {
	return token.Kind == sqltext.Punct && token.Text != "" && strings.Trim(token.Text, operatorSigns) == ""
}

func containsSpecial(tokens []sqltext.Token) bool {
	return slices.ContainsFunc(tokens, func(token sqltext.Token) bool { return strings.ContainsAny(token.Text, "~!@#%^&|`?") })
}

func (p *pgParser) peek() sqltext.Token {
	if len(p.tokens) == 0 {
		return sqltext.Token{Kind: sqltext.Space}
	}
	return p.tokens[0]
}

func (p *pgParser) next() sqltext.Token {
	token := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return token
}

// back puts the last token back.
func (p *pgParser) back() { p.tokens = p.all[len(p.all)-len(p.tokens)-1:] }

// accept takes the words if they come next, all of them or none.
func (p *pgParser) accept(words ...string) bool {
	if len(p.tokens) < len(words) {
		return false
	}
	for i, word := range words {
		if !p.tokens[i].Is(word) {
			return false
		}
	}
	p.tokens = p.tokens[len(words):]
	return true
}

func (p *pgParser) expect(word string) {
	if !p.accept(word) {
		p.failed = true
	}
}

func (p *pgParser) fail() *pgNode {
	p.failed = true
	return &pgNode{op: "opaque"}
}

// The binding powers, from loose to tight.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindIs
	bindCompare
	bindIn
	bindOther
	bindAdd
	bindMultiply
	bindPower
	bindAt
	bindCollate
	bindSign
	bindSubscript
	bindCast
)

// expression parses what binds tighter than the given power.
func (p *pgParser) expression(power int) *pgNode {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return p.fail()
	}
	left := p.prefix()
	for !p.failed {
		if p.steps++; p.steps > maxSteps {
			return p.fail()
		}
		next, ok := p.infix(left, power)
		if !ok {
			return left
		}
		left = next
	}
	return left
}

func (p *pgParser) prefix() *pgNode {
	switch {
	case p.accept("NOT"):
		return not(p.expression(bindNot))
	case p.accept("-"):
		return negative(p.expression(bindSign))
	case p.accept("+"):
		return p.expression(bindSign)
	case isSign(p.peek()):
		operator := p.next().Text
		return &pgNode{op: "unary", text: operator, args: []*pgNode{p.expression(bindOther)}}
	}
	return p.primary()
}

// infix continues an expression with the operator that comes next, if it binds tighter than power.
func (p *pgParser) infix(left *pgNode, power int) (*pgNode, bool) {
	token := p.peek()
	switch {
	case token.Is("OR") && power < bindOr:
		p.next()
		return chain("or", left, p.expression(bindOr)), true
	case token.Is("AND") && power < bindAnd:
		p.next()
		return chain("and", left, p.expression(bindAnd)), true
	case token.Is("::") && power < bindCast:
		p.next()
		return cast(p.typeName(), left), true
	case token.Is("[") && power < bindSubscript:
		p.next()
		index := p.expression(0)
		p.expect("]")
		return &pgNode{op: "subscript", args: []*pgNode{left, index}}, true
	case token.Is("COLLATE") && power < bindCollate:
		p.next()
		return &pgNode{op: "collate", text: p.path(), args: []*pgNode{left}}, true
	case token.Is("AT") && power < bindAt:
		if !p.accept("AT", "TIME", "ZONE") {
			return p.fail(), true
		}
		return call("timezone", []*pgNode{p.expression(bindAt), left}), true
	case power < bindIs && (token.Is("IS") || token.Is("ISNULL") || token.Is("NOTNULL")):
		return p.is(left), true
	case power < bindIn && token.Kind == sqltext.Word:
		return p.wordOperator(left)
	case isSign(token):
		return p.operator(left, power)
	}
	return nil, false
}

func (p *pgParser) operator(left *pgNode, power int) (*pgNode, bool) {
	sign := p.peek().Text
	own := bindOther
	switch sign {
	case "=", "<>", "!=", "<", ">", "<=", ">=":
		own = bindCompare
	case "+", "-":
		own = bindAdd
	case "*", "/", "%":
		own = bindMultiply
	case "^":
		own = bindPower
	}
	if power >= own {
		return nil, false
	}
	p.next()
	if op := p.quantifier(); op != "" {
		array := p.expression(0)
		p.expect(")")
		return quantified(op, sign, left, array), true
	}
	return binary(sign, left, p.expression(own)), true
}

// quantifier takes ANY ( or ALL ( if it comes next.
func (p *pgParser) quantifier() string {
	switch {
	case p.accept("ANY", "("), p.accept("SOME", "("):
		return "any"
	case p.accept("ALL", "("):
		return "all"
	}
	return ""
}

func (p *pgParser) is(left *pgNode) *pgNode {
	switch {
	case p.accept("ISNULL"):
		return &pgNode{op: "is", text: "null", args: []*pgNode{left}}
	case p.accept("NOTNULL"):
		return &pgNode{op: "is", text: "not null", args: []*pgNode{left}}
	case p.accept("IS", "DISTINCT", "FROM"):
		return binary("is distinct from", left, p.expression(bindIs))
	case p.accept("IS", "NOT", "DISTINCT", "FROM"):
		return not(binary("is distinct from", left, p.expression(bindIs)))
	}
	p.expect("IS")
	text := ""
	if p.accept("NOT") {
		text = "not "
	}
	for _, word := range []string{"null", "true", "false", "unknown"} {
		if p.accept(word) {
			return &pgNode{op: "is", text: text + word, args: []*pgNode{left}}
		}
	}
	return p.fail()
}

// wordOperator parses IN, BETWEEN, LIKE and ILIKE, with or without NOT.
func (p *pgParser) wordOperator(left *pgNode) (*pgNode, bool) {
	isNot := p.peek().Is("NOT")
	word := p.peek()
	if isNot {
		if len(p.tokens) < 2 {
			return nil, false
		}
		word = p.tokens[1]
	}
	known := slices.ContainsFunc([]string{"IN", "BETWEEN", "LIKE", "ILIKE"}, word.Is)
	if !known {
		return nil, false
	}
	if isNot {
		p.next()
	}
	p.next()
	switch {
	case word.Is("IN"):
		p.expect("(")
		elements := p.list(")")
		if isNot {
			return listed("all", "<>", left, elements, false), true
		}
		return listed("any", "=", left, elements, false), true
	case word.Is("BETWEEN"):
		if p.peek().Is("SYMMETRIC") {
			return p.fail(), true
		}
		low := p.expression(bindIn)
		p.expect("AND")
		high := p.expression(bindIn)
		if isNot {
			return chain("or", binary("<", left, low), binary(">", left, high)), true
		}
		return chain("and", binary(">=", left, low), binary("<=", left, high)), true
	}
	operator := "~~"
	if word.Is("ILIKE") {
		operator = "~~*"
	}
	if isNot {
		operator = "!" + operator
	}
	return binary(operator, left, p.expression(bindIn)), true
}

// list parses expressions up to the closing sign, which it takes.
func (p *pgParser) list(end string) []*pgNode {
	var nodes []*pgNode
	if p.accept(end) {
		return nil
	}
	for !p.failed {
		nodes = append(nodes, p.expression(0))
		if p.accept(end) {
			return nodes
		}
		p.expect(",")
	}
	return nodes
}
