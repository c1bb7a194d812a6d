package render

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// Flag is a step of a revision file that waits for a decision: a drop that may have been a rename.
type Flag struct {
	Kind     string // "table", "column" or "enum value"
	Table    string // the table of a column, the type of an enum value
	From, To string
	Line     int // of the step
	// NeedsValue says that the new column is NOT NULL and has no default: if the drop is confirmed, rows that exist have no
	// value for it.
	NeedsValue bool
}

// String returns the flag as the command line takes it: "users.fullname=full_name".
func (f Flag) String() string { return f.Object() + "=" + f.To }

// Object returns what is dropped: "users.fullname", or "accounts" for a table.
func (f Flag) Object() string {
	if f.Kind == "table" {
		return f.From
	}
	return f.Table + "." + f.From
}

// Flags lists the steps of a revision file that wait for a decision, in their order.
func Flags(source []byte) ([]Flag, error) {
	file, err := parseRevision(source)
	if err != nil {
		return nil, err
	}
	var flags []Flag
	for _, flagged := range file.flagged() {
		flags = append(flags, flagged.flag)
	}
	return flags, nil
}

// revisionSource is a parsed revision file.
type revisionSource struct {
	source []byte
	set    *token.FileSet
	file   *ast.File
	// directions holds the functions of the fields Upgrade and Downgrade.
	directions map[string]*ast.FuncLit
}

func parseRevision(source []byte) (*revisionSource, error) {
	out := &revisionSource{source: source, set: token.NewFileSet(), directions: map[string]*ast.FuncLit{}}
	file, err := parser.ParseFile(out.set, "", source, parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("the revision file cannot be read: %w", err)
	}
	out.file = file
	ast.Inspect(file, func(n ast.Node) bool {
		field, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, isName := field.Key.(*ast.Ident)
		function, isFunction := field.Value.(*ast.FuncLit)
		if isName && isFunction && (key.Name == "Upgrade" || key.Name == "Downgrade") {
			out.directions[key.Name] = function
		}
		return true
	})
	return out, nil
}

func (r *revisionSource) offset(pos token.Pos) int { return r.set.Position(pos).Offset }
func (r *revisionSource) line(pos token.Pos) int   { return r.set.Position(pos).Line }
func (r *revisionSource) text(n ast.Node) string {
	return string(r.source[r.offset(n.Pos()):r.offset(n.End())])
}

// recorded is a statement of a revision file that records one operation: a call on the recorder, with what follows it.
type recorded struct {
	statement *ast.ExprStmt
	links     []link // the recorder's call first
	// batch is the table of the BatchAlterTable around the statement, if there is one.
	batch string
	// receiver is the recorder's name: "m", or "t" in a batch.
	receiver string
	// scope tells statements of different blocks apart.
	scope *ast.BlockStmt
}

// link is one call of a chain.
type link struct {
	name string
	call *ast.CallExpr
}

// chainOf takes a chain of calls apart, the first call first, and returns what it starts on: an identifier's name.
func chainOf(expr ast.Expr) (on string, links []link) {
	for {
		call, ok := expr.(*ast.CallExpr)
		if !ok {
			break
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return "", nil
		}
		links = append([]link{{selector.Sel.Name, call}}, links...)
		expr = selector.X
	}
	if name, ok := expr.(*ast.Ident); ok {
		return name.Name, links
	}
	return "", nil
}

// recordedIn lists the statements of a direction, with those inside On, Except and batches in their place.
func (r *revisionSource) recordedIn(direction string) []recorded {
	function := r.directions[direction]
	if function == nil {
		return nil
	}
	type scope struct {
		block *ast.BlockStmt
		batch string
	}
	var out []recorded
	pending := []scope{{block: function.Body}}
	for len(pending) > 0 {
		at := pending[0]
		pending = pending[1:]
		for _, statement := range at.block.List {
			expression, ok := statement.(*ast.ExprStmt)
			if !ok {
				continue
			}
			on, links := chainOf(expression.X)
			if len(links) == 0 {
				continue
			}
			out = append(out, recorded{statement: expression, links: links, batch: at.batch, receiver: on, scope: at.block})
			for _, arg := range links[0].call.Args {
				inner, ok := arg.(*ast.FuncLit)
				if !ok {
					continue
				}
				batch := at.batch
				if name := links[0].name; name == "BatchAlterTable" || name == "Batch" {
					batch = literalText(links[0].call.Args[0])
				}
				pending = append(pending, scope{inner.Body, batch})
			}
		}
	}
	return out
}

// literalText returns the value of a string literal, or "".
func literalText(expr ast.Expr) string {
	basic, ok := expr.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return ""
	}
	value, _ := strconv.Unquote(basic.Value)
	return value
}

// names returns the texts that a recorder's call begins with; in a batch the table comes first all the same.
func (s recorded) names() []string {
	var out []string
	if s.batch != "" {
		out = append(out, s.batch)
	}
	for _, arg := range s.links[0].call.Args {
		text := literalText(arg)
		if _, ok := arg.(*ast.BasicLit); !ok {
			break
		}
		out = append(out, text)
	}
	return out
}

// is reports whether the statement records by a method, with names that begin like these.
func (s recorded) is(method string, names ...string) bool {
	if s.links[0].name != method {
		return false
	}
	own := s.names()
	if len(own) < len(names) {
		return false
	}
	for i, name := range names {
		if own[i] != name {
			return false
		}
	}
	return true
}

// flaggedStep is a statement with a flag.
type flaggedStep struct {
	recorded
	flag Flag
	mark link // the call of MaybeRenamedTo
}

func (r *revisionSource) flagged() []flaggedStep {
	var out []flaggedStep
	for _, direction := range []string{"Upgrade", "Downgrade"} {
		steps := r.recordedIn(direction)
		for _, step := range steps {
			for _, mark := range step.links[1:] {
				if mark.name != "MaybeRenamedTo" || len(mark.call.Args) != 1 {
					continue
				}
				if flag, ok := flagOfStep(step, literalText(mark.call.Args[0])); ok {
					flag.Line = r.line(step.statement.Pos())
					flag.NeedsValue = flag.Kind == "column" && slices.ContainsFunc(steps, func(s recorded) bool {
						return s.scope == step.scope && createsNamed(s, flag, flag.To) && needsValue(s.element())
					})
					out = append(out, flaggedStep{step, flag, mark})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b flaggedStep) int { return cmp.Compare(a.flag.Line, b.flag.Line) })
	return out
}

// needsValue reports whether a column is written as NOT NULL without anything that gives existing rows a value.
func needsValue(column ast.Expr) bool {
	notNull := false
	_, links := chainOf(column)
	for _, link := range links {
		switch link.name {
		case "NotNull":
			notNull = true
		case "Default", "Defaults", "AutoIncrement", "Identity", "Numbering", "IdentityAlways", "GeneratedStored", "GeneratedVirtual":
			return false
		}
	}
	return notNull
}

func flagOfStep(step recorded, to string) (Flag, bool) {
	names := step.names()
	switch {
	case step.links[0].name == "DropTable" && len(names) == 1:
		return Flag{Kind: "table", From: names[0], To: to}, true
	case step.links[0].name == "DropColumn" && len(names) == 2:
		return Flag{Kind: "column", Table: names[0], From: names[1], To: to}, true
	case step.links[0].name == "RemoveEnumValues" && len(names) == 2:
		return Flag{Kind: "enum value", Table: names[0], From: names[1], To: to}, true
	}
	return Flag{}, false
}
