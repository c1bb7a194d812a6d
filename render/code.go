package render

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// The packages that a revision file imports.
const (
	opPath       = "github.com/retort-db/retort/op"
	schemaPath   = "github.com/retort-db/retort/schema"
	versionsPath = "github.com/retort-db/retort/versions"
)

// lineWidth is where a chain of calls is broken, in columns with tabs of four.
const lineWidth = 118

// node is an argument of a call: it can be written as Go and carried out.
type node interface {
	// code writes the node, for a line that is indented by so many columns.
	code(indent int) *jen.Statement
	// value returns what the node stands for, for a parameter of a type.
	value(want reflect.Type) reflect.Value
	// width is about how many columns the node takes on one line.
	width() int
}

// chain is a call with further calls on its result: m.DropIndex("ix", "users").Concurrently().
type chain struct {
	receiver string // "m", "t", "c", "s"; "" for a function of package op
	name     string
	args     []node
	calls    []call
	// spread puts each argument after the first on a line of its own.
	spread bool
}

// call is one link of a chain. Key tells what it sets, so that the links of several engines can be matched.
type call struct {
	key  string
	name string
	args []node
	// implied marks what the recorder adds by itself on the engine that it was written for.
	implied bool
}

// statement is a line of a function with the comment above it.
type statement struct {
	comments []string
	chain    *chain
}

// block is a function literal with one parameter.
type block struct {
	parameter string
	of        string // the parameter's type in package op, a pointer to it
	body      []statement
}

type (
	// text is a string.
	text string
	// number is an int.
	number int
	// pause is a duration.
	pause time.Duration
	// symbol is a named constant of a package.
	symbol struct {
		path, name string
		constant   any
	}
	// perEngine is a text for each engine, under the name that reads best.
	perEngine struct {
		alias string // "Types" or "PerEngine"
		texts op.PerEngine
	}
)

var dialectNames = map[schema.Dialect]string{schema.Postgres: "Postgres", schema.MySQL: "MySQL", schema.SQLite: "SQLite"}

func dialectSymbol(dialect schema.Dialect) symbol {
	return symbol{opPath, dialectNames[dialect], dialect}
}

func (c *chain) with(name string, args ...node) *chain {
	return c.keyed(name, name, args...)
}

func (c *chain) keyed(key, name string, args ...node) *chain {
	c.calls = append(c.calls, call{key: key, name: name, args: args})
	return c
}

func (c *chain) code(indent int) *jen.Statement {
	out := jen.Id(c.receiver)
	if c.receiver == "" {
		out = jen.Qual(opPath, c.name)
	} else {
		out = out.Dot(c.name)
	}
	out = out.Call(c.argumentCode(indent)...)
	column := indent + c.headWidth()
	if c.spread && len(c.args) > 1 {
		column = indent + 1
	}
	for _, link := range c.calls {
		width := 1 + len(link.name) + argumentsWidth(link.args)
		if column+width > lineWidth && column > indent+20 {
			out = out.Op(".").Line().Id(link.name)
			column = indent + 4 + width
		} else {
			out = out.Dot(link.name)
			column += width
		}
		args := make([]jen.Code, len(link.args))
		for i, arg := range link.args {
			args[i] = arg.code(indent)
		}
		out = out.Call(args...)
	}
	return out
}

func (c *chain) argumentCode(indent int) []jen.Code {
	spread := c.spread && len(c.args) > 1
	var out []jen.Code
	for i, arg := range c.args {
		if spread && i > 0 {
			out = append(out, jen.Line().Add(arg.code(indent+4)))
			continue
		}
		out = append(out, arg.code(indent))
	}
	if spread {
		out = append(out, jen.Line())
	}
	return out
}

func (c *chain) headWidth() int {
	width := len(c.receiver) + 1 + len(c.name)
	if c.receiver == "" {
		width = len("op.") + len(c.name)
	}
	return width + argumentsWidth(c.args)
}

func (c *chain) width() int {
	width := c.headWidth()
	for _, link := range c.calls {
		width += 1 + len(link.name) + argumentsWidth(link.args)
	}
	return width
}

func argumentsWidth(args []node) int {
	width := 2
	for i, arg := range args {
		if i > 0 {
			width += 2
		}
		width += arg.width()
	}
	return width
}

func (t text) code(int) *jen.Statement {
	if readsBetterRaw(string(t)) {
		return jen.Op("`" + string(t) + "`")
	}
	return jen.Lit(string(t))
}

func (t text) width() int { return min(len(strconv.Quote(string(t))), 60) }

// readsBetterRaw reports whether a text is better, and can be, written between back quotes.
func readsBetterRaw(s string) bool {
	if !strings.ContainsAny(s, "\"\\\n") {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if !strconv.CanBackquote(line) {
			return false
		}
	}
	return true
}

func (n number) code(int) *jen.Statement { return jen.Lit(int(n)) }
func (n number) width() int              { return len(strconv.Itoa(int(n))) }

// durationUnits are the units in which a duration is written, the largest first.
var durationUnits = []struct {
	unit time.Duration
	name string
}{
	{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"}, {time.Millisecond, "Millisecond"},
	{time.Microsecond, "Microsecond"}, {time.Nanosecond, "Nanosecond"},
}

func (p pause) code(int) *jen.Statement {
	d := time.Duration(p)
	for _, unit := range durationUnits {
		switch {
		case d == 0:
			return jen.Lit(0)
		case d == unit.unit:
			return jen.Qual("time", unit.name)
		case d%unit.unit == 0:
			return jen.Lit(int(d/unit.unit)).Op("*").Qual("time", unit.name)
		}
	}
	return jen.Lit(int(d))
}

func (p pause) width() int { return 20 }

func (s symbol) code(int) *jen.Statement { return jen.Qual(s.path, s.name) }
func (s symbol) width() int              { return len(s.name) + 4 }

func (p perEngine) code(int) *jen.Statement {
	var values []jen.Code
	for _, dialect := range schema.Dialects {
		if value := p.texts.On(dialect); value != "" {
			values = append(values, jen.Id(dialectNames[dialect]).Op(":").Add(text(value).code(0)))
		}
	}
	return jen.Qual(opPath, p.alias).Values(values...)
}

func (p perEngine) width() int {
	width := len("op.{}") + len(p.alias)
	for _, dialect := range schema.Dialects {
		if value := p.texts.On(dialect); value != "" {
			width += len(dialectNames[dialect]) + 4 + text(value).width()
		}
	}
	return width
}

func (b *block) code(indent int) *jen.Statement {
	if b.of != "Migration" && b.of != "Table" && len(b.body) == 1 && len(b.body[0].comments) == 0 {
		line := b.body[0].chain.code(indent)
		return jen.Func().Params(jen.Id(b.parameter).Op("*").Qual(opPath, b.of)).Op("{").Add(line).Op("}")
	}
	return jen.Func().Params(jen.Id(b.parameter).Op("*").Qual(opPath, b.of)).BlockFunc(func(g *jen.Group) {
		writeStatements(g, b.body, indent+4)
	})
}

func (b *block) width() int {
	if b.of == "Migration" || b.of == "Table" {
		return 40
	}
	width := len("func(c *op.) {  }") + len(b.of)
	for _, line := range b.body {
		width += line.chain.width()
	}
	return width
}

// writeStatements writes lines with the comments above them.
func writeStatements(g *jen.Group, body []statement, indent int) {
	for i, line := range body {
		if i > 0 && len(line.comments) > 0 {
			g.Line()
		}
		for _, comment := range line.comments {
			g.Comment(comment)
		}
		if line.chain != nil {
			g.Add(line.chain.code(indent))
		}
	}
}
