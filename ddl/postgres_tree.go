package ddl

import (
	"slices"
	"strconv"
	"strings"
)

// pgNode is a node of an expression. The op is one of "column", "string", "number", "keyword", "opaque", "call", "cast",
// "array", "row", "case", "not", "and", "or", "is", "any", "all", "subscript", "collate", or a sign: "binary", "unary".
type pgNode struct {
	op   string
	text string // name, value, operator or type
	args []*pgNode
}

func (n *pgNode) isKeyword(word string) bool { return n.op == "keyword" && n.text == word }

// String returns a form in which equal trees are equal texts.
func (n *pgNode) String() string {
	var out strings.Builder
	n.write(&out)
	return out.String()
}

// write goes as deep as the parser let the tree become.
func (n *pgNode) write(out *strings.Builder) {
	out.WriteByte('(')
	out.WriteString(n.op)
	out.WriteByte(' ')
	out.WriteString(strconv.Quote(n.text))
	for _, arg := range n.args {
		out.WriteByte(' ')
		arg.write(out)
	}
	out.WriteByte(')')
}

// comparisons are the operators whose result does not depend on which type of number a constant has, and beside which the
// server casts varchar to text.
var comparisons = []string{"=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*", "||"}

// pathOperators take a text on the right, which a constant is by itself.
var pathOperators = []string{"->", "->>", "?"}

func binary(operator string, a, b *pgNode) *pgNode {
	if operator == "!=" {
		operator = "<>"
	}
	if slices.Contains(comparisons, operator) {
		a, b = besideText(a, b), besideText(b, a)
		a, b = withoutConstantCast(a), withoutConstantCast(b)
	}
	if slices.Contains(pathOperators, operator) {
		b = withoutConstantCast(b)
	}
	if operator != "||" && slices.Contains(comparisons, operator) {
		a, b = withoutNumberCast(a), withoutNumberCast(b)
	}
	return &pgNode{op: "binary", text: operator, args: []*pgNode{a, b}}
}

func isTextCast(node *pgNode) bool {
	return node.op == "cast" && (node.text == "text" || node.text == "character varying" || node.text == "bpchar")
}

// isTextConstant reports whether the node is a string with one cast to text or several.
func isTextConstant(node *pgNode) bool {
	if !isTextCast(node) {
		return false
	}
	for isTextCast(node) {
		node = node.args[0]
	}
	return node.op == "string"
}

// besideText takes a cast to text off what stands beside a constant with such a cast: the server's way to compare varchar.
func besideText(node, other *pgNode) *pgNode {
	if isTextCast(node) && node.text == "text" && !isTextConstant(node) && isTextConstant(other) {
		return node.args[0]
	}
	return node
}

func withoutConstantCast(node *pgNode) *pgNode {
	for isTextConstant(node) {
		node = node.args[0]
	}
	return node
}

// withoutNumberCast takes the casts off a number: (0)::numeric, '5'::bigint.
func withoutNumberCast(node *pgNode) *pgNode {
	if node.op != "cast" || !isNumberPostgres(node.text) || node.text != bareType(node.text) || node.text == "real" {
		return node
	}
	inner := withoutNumberCast(node.args[0])
	switch {
	case inner.op == "number":
		return inner
	case inner.op == "string" && isNumberText(inner.text) && isIntegerPostgres(node.text):
		return &pgNode{op: "number", text: inner.text}
	}
	return node
}

// cast applies a cast. A negative constant is stored as '-1'::integer, which is the number itself.
func cast(kind string, inner *pgNode) *pgNode {
	if inner.op == "string" && isNumberText(inner.text) {
		isWhole := !strings.Contains(inner.text, ".")
		if kind == "integer" && isWhole && len(inner.text) < 10 || kind == "numeric" && strings.HasPrefix(inner.text, "-") && !isWhole {
			return &pgNode{op: "number", text: inner.text}
		}
	}
	return &pgNode{op: "cast", text: kind, args: []*pgNode{inner}}
}

func negative(inner *pgNode) *pgNode {
	if inner.op == "number" && !strings.HasPrefix(inner.text, "-") {
		return &pgNode{op: "number", text: "-" + inner.text}
	}
	return &pgNode{op: "unary", text: "-", args: []*pgNode{inner}}
}

// chain makes an AND or OR, taking the operands of an inner one of the same kind into itself.
func chain(op string, a, b *pgNode) *pgNode {
	node := &pgNode{op: op}
	for _, part := range []*pgNode{a, b} {
		if part.op == op {
			node.args = append(node.args, part.args...)
		} else {
			node.args = append(node.args, part)
		}
	}
	return node
}

func not(inner *pgNode) *pgNode { return &pgNode{op: "not", args: []*pgNode{inner}} }

// listed is x operator ANY (array), or ALL, with the elements as further arguments. IN (…) is = ANY (ARRAY[…]), NOT IN
// (…) is <> ALL (ARRAY[…]), and a list of one element a plain comparison.
func listed(op, operator string, x *pgNode, elements []*pgNode, isText bool) *pgNode {
	if operator == "!=" {
		operator = "<>"
	}
	if len(elements) == 1 {
		return binary(operator, x, elements[0])
	}
	allText := true
	plain := make([]*pgNode, len(elements))
	for i, element := range elements {
		allText = allText && isTextConstant(element)
		plain[i] = withoutNumberCast(withoutConstantCast(element))
	}
	if isTextCast(x) && x.text == "text" && x.args[0].op != "string" && (isText || allText) {
		x = x.args[0]
	}
	return &pgNode{op: op, text: operator, args: append([]*pgNode{x}, plain...)}
}

// quantified is listed for an array expression; what is no ARRAY[…] stays as it is.
func quantified(op, operator string, x, array *pgNode) *pgNode {
	isText := false
	inner := array
	for inner.op == "cast" && (inner.text == "text[]" || inner.text == "character varying[]") {
		isText = true
		inner = inner.args[0]
	}
	if inner.op == "array" {
		return listed(op, operator, x, inner.args, isText)
	}
	return &pgNode{op: op + " of", text: operator, args: []*pgNode{x, array}}
}

// textFunctions take text and nothing that a varchar column would be but text, so that a cast of an argument to text is
// the server's.
var textFunctions = []string{
	"lower", "upper", "length", "char_length", "btrim", "ltrim", "rtrim", "md5", "left", "right", "initcap", "reverse",
}

func call(name string, args []*pgNode) *pgNode {
	for i, arg := range args {
		switch {
		case isTextConstant(arg) && arg.text == "text":
			args[i] = arg.args[0]
		case slices.Contains(textFunctions, name) && isTextCast(arg) && arg.text == "text":
			args[i] = arg.args[0]
		case name == "nextval" && arg.op == "cast" && arg.text == "regclass" && arg.args[0].op == "string":
			args[i] = arg.args[0]
		}
	}
	return &pgNode{op: "call", text: name, args: args}
}
