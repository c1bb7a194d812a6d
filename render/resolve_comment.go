package render

import (
	"fmt"
	"go/ast"
	"strings"
)

// correctComment makes the comment above init say what was decided: without a new name, that the object is dropped.
func (e *sourceEdit) correctComment(flag Flag, to string) {
	group := e.initComment()
	if group == nil {
		return
	}
	var lines []string
	for _, comment := range group.List {
		lines = append(lines, strings.Split(comment.Text, "\n")...)
	}
	question := ", or renamed to " + flag.To + "?"
	for i, line := range lines {
		object := rowObject(line)
		if object != flag.Object() && object != flag.Table || !strings.Contains(line, question) {
			continue
		}
		words := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(line, "//\t"), object))
		now := strings.Replace(words, question, "", 1)
		switch {
		case to != "" && flag.Kind == "enum value":
			now = fmt.Sprintf("value %q renamed to %q", flag.From, to)
		case to != "":
			now = flag.Kind + " renamed to " + to
		}
		lines[i] = strings.TrimRight(strings.Replace(line, words, now, 1), " ")
	}
	if to != "" {
		lines = withoutRow(lines, flag, to)
		lines = withoutLoss(lines, flag)
	}
	e.replace(e.offset(group.Pos()), e.offset(group.End()), strings.Join(lines, "\n"))
}

// initComment returns the comment above the function init, or nil.
func (e *sourceEdit) initComment() *ast.CommentGroup {
	for _, declaration := range e.file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Name.Name == "init" && e.directionsIn(function) {
			return function.Doc
		}
	}
	return nil
}

// directionsIn reports whether a function holds the revision.
func (e *sourceEdit) directionsIn(function *ast.FuncDecl) bool {
	upgrade := e.revisionSource.directions["Upgrade"]
	return upgrade != nil && function.Pos() < upgrade.Pos() && upgrade.End() <= function.End()
}

// rowObject returns the object of a line of the list of changes, or "".
func rowObject(line string) string {
	row, ok := strings.CutPrefix(line, "//\t")
	if !ok {
		return ""
	}
	object, _, _ := strings.Cut(row, "  ")
	return object
}

// withoutRow takes the creation of what is now renamed out of the list of changes.
func withoutRow(lines []string, flag Flag, to string) []string {
	object, words := Flag{Kind: flag.Kind, Table: flag.Table, From: to}.Object(), "  new "
	if flag.Kind == "enum value" {
		object, words = flag.Table, fmt.Sprintf("add value %q", to)
	}
	for i, line := range lines {
		if rowObject(line) == object && strings.Contains(line, words) {
			return append(lines[:i:i], lines[i+1:]...)
		}
	}
	return lines
}

// lossSentence begins the sentence about what the downgrade cannot bring back.
const lossSentence = "The downgrade does not bring back the data of "

// withoutLoss takes an object out of the sentence about lost data, or the sentence out of the comment if it was the only
// one.
func withoutLoss(lines []string, flag Flag) []string {
	start := -1
	for i, line := range lines {
		if strings.HasPrefix(line, "// "+lossSentence) {
			start = i
		}
	}
	if start < 0 {
		return lines
	}
	end := start
	var sentence []string
	for end < len(lines) && lines[end] != "//" {
		sentence = append(sentence, strings.TrimPrefix(lines[end], "// "))
		end++
	}
	gone := flag.Object()
	if flag.Kind == "table" {
		gone = "table " + gone
	}
	list := strings.TrimSuffix(strings.TrimPrefix(strings.Join(sentence, " "), lossSentence), ".")
	var kept []string
	for item := range strings.SplitSeq(strings.ReplaceAll(list, " and ", ", "), ", ") {
		if item != gone {
			kept = append(kept, item)
		}
	}
	if len(kept) > 0 {
		return append(append(lines[:start:start], prose(lossSentence+enumerate(kept)+".")...), lines[end:]...)
	}
	if start > 0 && lines[start-1] == "//" {
		start--
	}
	return append(lines[:start:start], lines[end:]...)
}
