package render

import (
	"bytes"
	"fmt"
	"go/format"
	"go/token"
	"slices"
	"strings"
)

// Decision says what a flagged step of a revision file is.
type Decision struct {
	// Object is what the step drops: "users.fullname", or "accounts" for a table.
	Object string
	// To is the new name if the object is renamed. Empty confirms the drop.
	To string
}

// ParseRename reads a decision to rename as the command line takes it: "users.fullname=full_name", "accounts=users".
func ParseRename(text string) (Decision, error) {
	object, to, ok := strings.Cut(text, "=")
	if !ok || object == "" || to == "" {
		return Decision{}, fmt.Errorf("%q is no rename: write table.old=new, or old=new for a table", text)
	}
	return Decision{Object: object, To: to}, nil
}

// UndecidableError says that a decision does not fit a revision file.
type UndecidableError struct {
	Decision Decision
	Reason   string
	Flags    []Flag // those that the file has
}

// Error names the object, the reason and what the file has to decide.
func (e *UndecidableError) Error() string {
	text := fmt.Sprintf("%s: %s", e.Decision.Object, e.Reason)
	if len(e.Flags) == 0 {
		return text + "; the file has nothing to decide"
	}
	flags := make([]string, len(e.Flags))
	for i, flag := range e.Flags {
		flags[i] = flag.String()
	}
	return text + "; the file has to decide: " + strings.Join(flags, ", ")
}

// Resolve carries decisions out in the source of a revision file. A confirmed drop loses its flag. A rename takes the place
// of the drop and the creation, and of their mirror in the downgrade; where the definitions differ, alterations follow it.
// The comments about the flag go. Everything else stays as it is. What cannot be edited safely is an *[UndecidableError],
// and then nothing is changed.
func Resolve(source []byte, decisions []Decision) ([]byte, error) {
	for _, decision := range decisions {
		edited, err := resolveOne(source, decision)
		if err != nil {
			return nil, err
		}
		source = edited
	}
	return source, nil
}

func resolveOne(source []byte, decision Decision) ([]byte, error) {
	file, err := parseRevision(source)
	if err != nil {
		return nil, err
	}
	var steps []flaggedStep
	var flags []Flag
	for _, step := range file.flagged() {
		flags = append(flags, step.flag)
		if step.flag.Object() == decision.Object {
			steps = append(steps, step)
		}
	}
	edit := &sourceEdit{revisionSource: file}
	refuse := func(reason string) error {
		return &UndecidableError{Decision: decision, Reason: reason, Flags: flags}
	}
	if len(steps) == 0 {
		return nil, refuse("no step of the file is flagged for it")
	}
	if decision.To == "" {
		for _, step := range steps {
			edit.confirmDrop(step)
		}
	} else if reason := edit.rename(steps[0].flag, decision.To); reason != "" {
		return nil, refuse(reason)
	}
	edit.correctComment(steps[0].flag, decision.To)
	return edit.apply()
}

// sourceEdit gathers changes of a file's text.
type sourceEdit struct {
	*revisionSource
	changes []textChange
}

// textChange replaces the bytes from start to end.
type textChange struct {
	start, end int
	text       string
}

func (e *sourceEdit) replace(start, end int, text string) {
	e.changes = append(e.changes, textChange{start, end, text})
}

// apply returns the changed source. A file that was formatted stays formatted.
func (e *sourceEdit) apply() ([]byte, error) {
	slices.SortFunc(e.changes, func(a, b textChange) int { return a.start - b.start })
	var out bytes.Buffer
	at := 0
	for _, change := range e.changes {
		if change.start < at {
			continue // the same lines are already gone
		}
		out.Write(e.source[at:change.start])
		out.WriteString(change.text)
		at = change.end
	}
	out.Write(e.source[at:])
	formatted, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the edited file would not be Go: %w", err)
	}
	if before, err := format.Source(e.source); err == nil && bytes.Equal(before, e.source) {
		return formatted, nil
	}
	return out.Bytes(), nil
}

// confirmDrop takes the flag off a step.
func (e *sourceEdit) confirmDrop(step flaggedStep) {
	e.dropFlagComment(step.recorded)
	before := step.links[slices.IndexFunc(step.links, func(l link) bool { return l.call == step.mark.call })-1]
	e.replace(e.offset(before.call.End()), e.offset(step.mark.call.End()), "")
}

// dropFlagComment removes the comment above a step that is about its flag, with the empty line that set it off.
func (e *sourceEdit) dropFlagComment(step recorded) {
	line := e.line(step.statement.Pos())
	for _, group := range e.file.Comments {
		if e.line(group.End()) != line-1 {
			continue
		}
		for i, comment := range group.List {
			if !strings.Contains(comment.Text, " RENAME ") {
				continue
			}
			start := e.lineStart(comment.Pos())
			if i == 0 {
				start = e.withoutEmptyLine(start)
			}
			e.replace(start, e.lineStart(step.statement.Pos()), "")
			return
		}
	}
}

// lineStart returns the offset of the beginning of a line.
func (e *sourceEdit) lineStart(pos token.Pos) int {
	return bytes.LastIndexByte(e.source[:e.offset(pos)], '\n') + 1
}

// withoutEmptyLine returns the start of the empty line before an offset, or the offset.
func (e *sourceEdit) withoutEmptyLine(start int) int {
	before := e.source[:start]
	if bytes.HasSuffix(before, []byte("\n\n")) {
		return start - 1
	}
	return start
}

// removeStep removes a statement with its line.
func (e *sourceEdit) removeStep(step recorded) {
	e.dropFlagComment(step)
	e.replaceLines(step, nil)
}

// replaceLines puts other statements in the place of one.
func (e *sourceEdit) replaceLines(step recorded, statements []string) {
	start, end := e.offset(step.statement.Pos()), e.offset(step.statement.End())
	if len(statements) == 0 {
		start = e.lineStart(step.statement.Pos())
		if next := bytes.IndexByte(e.source[end:], '\n'); next >= 0 && len(bytes.TrimSpace(e.source[end:end+next])) == 0 {
			end += next + 1
		}
	}
	e.replace(start, end, strings.Join(statements, "\n"))
}
