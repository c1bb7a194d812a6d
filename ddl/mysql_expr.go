package ddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// equalExpressions compares expressions by their structure: the server writes parentheses around every operation (MySQL)
// or around none that it can do without (MariaDB), quotes names, lowers words and renames functions.
func (mysqlEngine) equalExpressions(_ schema.Server, a, b string) Verdict {
	x, okX := structure(a)
	y, okY := structure(b)
	if okX && okY && x == y {
		return Equal
	}
	if words(a) == words(b) {
		return Equal
	}
	return Unknown
}

// words returns an expression with everything written in one way but its parentheses.
func words(text string) string {
	var out []string
	for _, token := range exprTokens(mysqltext.Unparenthesize(text)) {
		out = append(out, token.text)
	}
	return strings.Join(out, " ")
}

// exprToken is a token of an expression in canonical form.
type exprToken struct {
	text string
	// name says that the token is a quoted identifier and no keyword.
	name bool
}

// mysqlFunctionWords maps synonyms to the words that the servers write. What they write differently from each other is not
// needed here: both texts are of one server.
var mysqlFunctionWords = map[string]string{
	"character_length": "char_length", "octet_length": "length", "lcase": "lower", "ucase": "upper", "substr": "substring", "mid": "substring",
	"mod": "%", "day": "dayofmonth", "&&": "and", "!=": "<>", "pow": "power", "ceil": "ceiling", "rlike": "regexp",
	"curdate": "current_date", "curtime": "current_time", "now": "current_timestamp", "localtime": "current_timestamp",
	"localtimestamp": "current_timestamp",
}

func exprTokens(text string) []exprToken {
	raw := sqltext.Significant(schema.MySQL, mysqltext.Canonical(text, ""))
	var out []exprToken
	end := -1
	for _, token := range raw {
		name, isName := token.Ident()
		switch {
		case token.Kind == sqltext.Quoted && isName:
			out = append(out, exprToken{Quote(schema.MySQL, strings.ToLower(name)), true})
		case token.Kind == sqltext.Word:
			out = append(out, exprToken{text: strings.ToLower(token.Text)})
		case token.Kind == sqltext.Punct && len(out) > 0 && token.Pos == end && isOperatorPair(out[len(out)-1].text, token.Text):
			out[len(out)-1].text += token.Text
		default:
			out = append(out, exprToken{text: token.Text})
		}
		end = token.Pos + len(token.Text)
	}
	for i := range out {
		if word, known := mysqlFunctionWords[out[i].text]; known && !out[i].name {
			out[i].text = word
		}
	}
	return markNames(out)
}

// markNames writes bare words that stand for columns as quoted names, so that both spellings are equal: every word that
// is no keyword of expressions and no function.
func markNames(tokens []exprToken) []exprToken {
	for i, token := range tokens {
		if token.name || !isBareWord(token.text) || slices.Contains(mysqlExprWords, token.text) {
			continue
		}
		if i+1 < len(tokens) && tokens[i+1].text == "(" {
			continue
		}
		tokens[i] = exprToken{"`" + token.text + "`", true}
	}
	return tokens
}

func isBareWord(text string) bool {
	c := text[0]
	return c == '_' || c >= 'a' && c <= 'z' || c >= 0x80
}

// mysqlExprWords are the words that are no column names in an expression unless they are quoted.
var mysqlExprWords = []string{
	"and", "or", "xor", "not", "is", "null", "true", "false", "unknown", "between", "in", "like", "escape", "regexp", "div", "case", "when", "then",
	"else", "end", "interval", "as", "using", "collate", "binary", "cast", "convert", "distinct", "current_timestamp", "current_date",
	"current_time", "char", "signed", "unsigned", "decimal", "date", "time", "datetime", "timestamp", "json", "array", "charset", "character", "set",
	"year", "month", "day", "hour", "minute", "second", "microsecond", "week", "quarter", "from", "for", "both", "leading", "trailing", "sounds",
	"member", "of", "double", "float", "real", "nchar", "dayofmonth",
}

func isOperatorPair(left, right string) bool {
	switch left + right {
	case "<>", "<=", ">=", "!=", "<<", ">>", "&&", "<=>", "->", "->>":
		return true
	}
	return false
}

// structure returns an expression with parentheses around every operation, and whether all of it was understood.
func structure(text string) (string, bool) {
	p := &exprParser{tokens: exprTokens(text)}
	out := p.expression(0)
	return out, !p.failed && p.at == len(p.tokens)
}

// exprParser reads an expression by the precedence of operators ("Operator Precedence" in the manual).
type exprParser struct {
	tokens []exprToken
	at     int
	depth  int
	failed bool
}

// exprDepth bounds how deep expressions nest; what nests deeper is not understood.
const exprDepth = 200

var exprPrecedence = map[string]int{
	"or": 1, "xor": 2, "and": 3, // not: 4
	"=": 6, "<=>": 6, ">=": 6, ">": 6, "<=": 6, "<": 6, "<>": 6, "is": 6, "like": 6, "regexp": 6, "in": 6, "between": 6, "not": 6,
	"|": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "div": 11, "%": 11, "^": 12, "collate": 14, "->": 15, "->>": 15,
}

func (p *exprParser) peek() string {
	if p.at < len(p.tokens) && !p.tokens[p.at].name {
		return p.tokens[p.at].text
	}
	return ""
}

func (p *exprParser) take() string {
	if p.at >= len(p.tokens) {
		p.failed = true
		return ""
	}
	p.at++
	return p.tokens[p.at-1].text
}

func (p *exprParser) accept(text string) bool {
	if p.peek() != text {
		return false
	}
	p.at++
	return true
}

func (p *exprParser) expect(text string) {
	if !p.accept(text) {
		p.failed = true
	}
}

// expression reads operations that bind at least as tight as least.
func (p *exprParser) expression(least int) string {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > exprDepth {
		p.failed = true
	}
	if p.failed {
		return ""
	}
	left := p.unary()
	for !p.failed {
		operator := p.peek()
		precedence, known := exprPrecedence[operator]
		if !known || precedence < least {
			break
		}
		p.at++
		negated := operator == "not"
		if negated {
			operator = p.take()
			p.failed = p.failed || !slices.Contains([]string{"in", "like", "between", "regexp"}, operator)
		}
		left = operation(operator, left, p.rightSide(operator, precedence))
		if negated {
			left = negation(left)
		}
	}
	return left
}

// operation writes a binary operation. A chain of AND or OR is one operation, however it is nested.
func operation(operator, left, right string) string {
	if operator == "and" || operator == "or" {
		left, right = unchain(operator, left), unchain(operator, right)
	}
	return "(" + operator + " " + left + " " + right + ")"
}

// negation writes NOT before an operation. That of a comparison is the opposite comparison, as the servers write it.
func negation(text string) string {
	for _, pair := range [][2]string{{"(= ", "(<> "}, {"(<> ", "(= "}, {"(< ", "(>= "}, {"(>= ", "(< "}, {"(> ", "(<= "}, {"(<= ", "(> "}} {
		if rest, found := strings.CutPrefix(text, pair[0]); found {
			return pair[1] + rest
		}
	}
	return "(not " + text + ")"
}

func unchain(operator, text string) string {
	inner, found := strings.CutPrefix(text, "("+operator+" ")
	if !found {
		return text
	}
	return inner[:len(inner)-1]
}

// rightSide reads what follows a binary operator.
func (p *exprParser) rightSide(operator string, precedence int) string {
	switch operator {
	case "is":
		text := ""
		if p.accept("not") {
			text = "not "
		}
		return text + p.take()
	case "between":
		low := p.expression(7)
		p.expect("and")
		return low + " " + p.expression(7)
	case "in":
		p.expect("(")
		return "[" + p.list() + "]"
	case "like":
		pattern := p.expression(7)
		if p.accept("escape") {
			return pattern + " escape " + p.expression(7)
		}
		return pattern
	}
	return p.expression(precedence + 1)
}

// unary reads an operand with the operators before it.
func (p *exprParser) unary() string {
	switch {
	case p.accept("not"):
		return negation(p.expression(5))
	case p.accept("!"):
		return negation(p.expression(13))
	case p.accept("-"):
		operand := p.expression(13)
		return "-" + operand
	case p.accept("+"):
		return p.expression(13)
	case p.accept("~"), p.accept("binary"):
		word := p.tokens[p.at-1].text
		return "(" + word + " " + p.expression(13) + ")"
	case p.accept("("):
		inner := p.expression(0)
		p.expect(")")
		return inner
	case p.accept("case"):
		return p.caseExpression()
	case p.accept("interval"):
		return "(interval " + p.expression(0) + " " + p.take() + ")"
	}
	return p.operand()
}

// operand reads a literal, a name or a call.
func (p *exprParser) operand() string {
	if p.at >= len(p.tokens) || slices.Contains([]string{")", ",", "and", "or", "then", "end"}, p.peek()) {
		p.failed = true
		return ""
	}
	text := p.take()
	for p.accept(".") {
		text += "." + p.take()
	}
	if (text == "date" || text == "time" || text == "timestamp") && p.at < len(p.tokens) && strings.HasPrefix(p.peek(), "'") {
		return text + p.take()
	}
	if !p.accept("(") {
		if text == "current_timestamp" || text == "current_date" || text == "current_time" {
			return text + "[]"
		}
		return text
	}
	return text + "[" + p.list() + "]"
}

// list reads the arguments of a call and the closing parenthesis. Words between arguments, as in cast(a as char), are
// kept as they are.
func (p *exprParser) list() string {
	var out []string
	for !p.failed && !p.accept(")") {
		switch {
		case p.accept(","):
			out = append(out, ",")
		case p.accept("as"), p.accept("using"):
			out = append(out, p.tokens[p.at-1].text)
			out = append(out, p.rawUntilClose()...)
		case p.accept("distinct"), p.accept("from"), p.accept("for"), p.accept("*"):
			out = append(out, p.tokens[p.at-1].text)
		default:
			out = append(out, p.expression(0))
		}
	}
	return strings.Join(out, " ")
}

// rawUntilClose reads the words of a type up to the parenthesis that closes the call, which it leaves.
func (p *exprParser) rawUntilClose() []string {
	var out []string
	depth := 0
	for p.at < len(p.tokens) {
		text := p.tokens[p.at].text
		switch text {
		case "(":
			depth++
		case ")":
			if depth == 0 {
				return out
			}
			depth--
		}
		out = append(out, text)
		p.at++
	}
	p.failed = true
	return out
}

func (p *exprParser) caseExpression() string {
	out := []string{"case"}
	if p.peek() != "when" {
		out = append(out, p.expression(0))
	}
	for !p.failed && p.accept("when") {
		condition := p.expression(0)
		p.expect("then")
		out = append(out, "when", condition, p.expression(0))
	}
	if p.accept("else") {
		out = append(out, "else", p.expression(0))
	}
	p.expect("end")
	return "(" + strings.Join(out, " ") + ")"
}
