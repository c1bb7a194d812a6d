package lint

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// The directive, and the rule of findings about directives themselves.
const (
	allowDirective = "//retort:allow"
	AllowRule      = "allow-directive"
)

// Allowance is a comment "//retort:allow RULE reason" in a revision file: findings of the rule in its lines are not
// reported.
type Allowance struct {
	File   string
	Line   int
	Rule   string
	Reason string
	// From and To are the lines for which it is meant: those of the statement that it stands in, behind or above, or of what
	// else begins below it, such as a revision's function or the whole revision.
	From, To int

	used bool
}

// Place is a line of a file.
type Place struct {
	File string
	Line int
}

// Allowances are the directives of revision files. Findings of several engines go through the same ones, so that a directive
// that one of them needs is not called unused. Nil is none.
type Allowances struct{ list []*Allowance }

// Read adds the directives of a file. The source must be Go.
func (a *Allowances) Read(file string, source []byte) error {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	line := func(pos token.Pos) int { return files.Position(pos).Line }
	for _, group := range parsed.Comments {
		for _, comment := range group.List {
			text, ok := strings.CutPrefix(comment.Text, allowDirective)
			if !ok || text != "" && text[0] != ' ' && text[0] != '\t' {
				continue
			}
			rule, reason, _ := strings.Cut(strings.TrimSpace(text), " ")
			one := &Allowance{File: file, Line: line(comment.Pos()), Rule: rule, Reason: strings.TrimSpace(reason)}
			one.From, one.To = scope(parsed, line, one.Line, line(group.End()))
			a.list = append(a.list, one)
		}
	}
	return nil
}

// scope returns the lines that a comment is about: of the smallest node that has code on the comment's line, or else of the
// largest that begins on the line below the comment's group. Above the package clause it is the whole file.
func scope(file *ast.File, line func(token.Pos) int, at, groupEnd int) (from, to int) {
	if groupEnd < line(file.Package) {
		return 1, line(file.FileEnd)
	}
	behind, below := [2]int{}, [2]int{}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node.(type) {
		case nil, *ast.File, *ast.Comment, *ast.CommentGroup, *ast.BlockStmt, *ast.FieldList:
			return true
		case ast.Stmt, ast.Decl, *ast.KeyValueExpr:
		default:
			return true
		}
		first, last := line(node.Pos()), line(node.End())
		if function, ok := node.(*ast.FuncDecl); ok {
			first = line(function.Type.Pos())
		}
		if last == at || first == at {
			behind = [2]int{first, last}
		}
		if first == groupEnd+1 && below == [2]int{} {
			below = [2]int{first, last}
		}
		return true
	})
	if behind != [2]int{} {
		return behind[0], behind[1]
	}
	if below != [2]int{} {
		return below[0], below[1]
	}
	return at, at
}

// Filter returns the findings that no directive allows, and those that one does. The place of a finding is its step's, or
// that of the revision for findings about it as a whole.
func (a *Allowances) Filter(findings []Finding, placeOf func(Finding) Place) (kept, allowed []Finding) {
	if a == nil {
		return findings, nil
	}
	for _, finding := range findings {
		place := placeOf(finding)
		covers := false
		for _, one := range a.list {
			if one.Rule == finding.Rule && one.File == place.File && one.From <= place.Line && place.Line <= one.To {
				one.used, covers = true, true
			}
		}
		if covers {
			allowed = append(allowed, finding)
		} else {
			kept = append(kept, finding)
		}
	}
	return kept, allowed
}

// AllowanceProblem is a directive that is wrong, or of no use.
type AllowanceProblem struct {
	Place
	Finding
}

// Problems returns what is wrong with the directives: an unknown rule, no reason, nothing that is allowed any more. Call it
// after the findings of all engines were filtered. Rules that the project leaves out are not missed.
func (a *Allowances) Problems(project Project) []AllowanceProblem {
	if a == nil {
		return nil
	}
	var out []AllowanceProblem
	add := func(one *Allowance, text, way string) {
		out = append(out, AllowanceProblem{
			Place:   Place{File: one.File, Line: one.Line},
			Finding: Finding{Rule: AllowRule, Category: Implicit, Severity: Warning, Operation: -1, Object: one.Rule, Text: text, Way: way},
		})
	}
	for _, one := range a.list {
		switch {
		case one.Rule == "":
			add(one, "the directive names no rule", "write "+allowDirective+" RULE reason")
		case !slices.ContainsFunc(rules, func(r rule) bool { return r.ID == one.Rule }):
			add(one, fmt.Sprintf("there is no rule %s", one.Rule), "see docs/rules.md for the rules")
		case one.Reason == "":
			add(one, fmt.Sprintf("the directive says no reason why %s is allowed", one.Rule), "write the reason behind the rule")
		case !one.used && project.wants(ruleOf(one.Rule), one.File):
			add(one, fmt.Sprintf("nothing here is reported by %s any more", one.Rule), "take the directive out")
		}
	}
	slices.SortStableFunc(out, func(a, b AllowanceProblem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return out
}

func ruleOf(id string) Rule {
	at := slices.IndexFunc(rules, func(r rule) bool { return r.ID == id })
	return rules[at].Rule
}
