package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/retort-db/retort/cmd/internal/build"
	"github.com/retort-db/retort/cmd/internal/protocol"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/versions"
)

// problem is something that check found besides the differences of a comparison.
type problem struct {
	Rule     string                    `json:"rule"`
	Severity render.AnnotationSeverity `json:"severity"`
	File     string                    `json:"file,omitempty"` // as the user names it
	Line     int                       `json:"line,omitempty"`
	Text     string                    `json:"text"`
	Way      string                    `json:"way,omitempty"` // out of it
}

// place returns "file:line: ", as far as it is known.
func (p problem) place() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File + ": "
	}
	return fmt.Sprintf("%s:%d: ", p.File, p.Line)
}

// String returns the problem in one line.
func (p problem) String() string {
	if p.Way == "" {
		return p.place() + p.Text
	}
	return p.place() + p.Text + ": " + p.Way
}

// The rules of check. docs/ci.md describes them.
const (
	ruleMissingRevision   = "missing-revision"
	ruleChangedByHand     = "changed-by-hand"
	ruleModelsAndDatabase = "models-and-database"
	ruleSeveralHeads      = "several-heads"
	ruleDuplicate         = "duplicate-revision"
	ruleDuplicateLabel    = "duplicate-label"
	ruleMissingParent     = "missing-parent"
	ruleCycle             = "cycle"
	ruleInvalidID         = "invalid-id"
	ruleLeftOut           = "left-out"
	ruleUnreadable        = "unreadable"
	ruleUndecided         = "undecided-rename"
	ruleUnknownEffect     = "unknown-effect"
	ruleEdited            = "edited-revision"
	rulePending           = "pending-revisions"
	ruleUnknownRevision   = "unknown-revision"
	ruleNotStaged         = "not-staged"
	ruleFailed            = "not-checked"
)

// checkRules describe them for platforms that show rules.
var checkRules = []render.AnnotationRule{
	{ID: ruleMissingRevision, Title: "The models have a change that no revision makes.", Help: "Write it with `retort revision --autogenerate`.", Severity: render.AnnotationError},
	{ID: ruleChangedByHand, Title: "The database is not what its revisions make.", Help: "Undo the change in the database, or put it into the models and a revision.", Severity: render.AnnotationError},
	{ID: ruleFormerNameDone, Title: "A former name in a tag has served its time.", Help: "Take was: out of the tag.", Severity: render.AnnotationNotice},
	{ID: ruleFormerNameUnknown, Title: "A former name in a tag names nothing.", Help: "Correct was: in the tag, or take it out.", Severity: render.AnnotationWarning},
	{ID: ruleModelsAndDatabase, Title: "The database is not what the models declare.", Severity: render.AnnotationNotice},
	{ID: ruleSeveralHeads, Title: "The history has several heads that nothing tells apart.", Help: "Join them with `retort merge heads`, or put one on top of the other.", Severity: render.AnnotationError},
	{ID: ruleDuplicate, Title: "Several revisions have one identifier.", Help: "Give one of them another identifier.", Severity: render.AnnotationError},
	{ID: ruleDuplicateLabel, Title: "A label is used twice.", Severity: render.AnnotationError},
	{ID: ruleMissingParent, Title: "A revision follows one that is not there.", Severity: render.AnnotationError},
	{ID: ruleCycle, Title: "Revisions come before themselves.", Severity: render.AnnotationError},
	{ID: ruleInvalidID, Title: "An identifier or label cannot be used.", Severity: render.AnnotationError},
	{ID: ruleLeftOut, Title: "Go leaves a revision file out of the program.", Help: "Rename the file, or remove its build constraint.", Severity: render.AnnotationError},
	{ID: ruleUnreadable, Title: "A revision file cannot be read without compiling it.", Severity: render.AnnotationError},
	{ID: ruleUndecided, Title: "A likely rename is not decided.", Help: "Decide with `retort resolve`.", Severity: render.AnnotationError},
	{ID: ruleUnknownEffect, Title: "The effect of a step on the schema is not known.", Help: "Say what it does with `.Changes(…)`, or `.NoSchemaChange()`.", Severity: render.AnnotationError},
	{ID: ruleEdited, Title: "A revision was edited after it was applied.", Help: "Restore it, and put the change into a revision of its own.", Severity: render.AnnotationError},
	{ID: rulePending, Title: "The database lacks revisions.", Help: "Apply them with `retort upgrade heads`.", Severity: render.AnnotationError},
	{ID: ruleUnknownRevision, Title: "The database is at a revision that no file has.", Severity: render.AnnotationError},
	{ID: ruleNotStaged, Title: "A file is not part of the commit.", Help: "Add it with `git add`.", Severity: render.AnnotationWarning},
	{ID: ruleFailed, Title: "Something could not be checked.", Severity: render.AnnotationError},
}

// historyProblems takes apart what is wrong with the revision files and their graph.
func historyProblems(err error) []problem {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []problem
		for _, one := range joined.Unwrap() {
			out = append(out, historyProblems(one)...)
		}
		return out
	}
	found := problem{Severity: render.AnnotationError, Rule: ruleUnreadable, Text: err.Error()}
	at := func(rule string, places ...string) []problem {
		found.Rule = rule
		return found.at(places)
	}
	var leftOut *versions.LeftOutError
	var literal *versions.LiteralError
	var file *versions.FileError
	var duplicate *versions.DuplicateError
	var label *versions.DuplicateLabelError
	var missing *versions.MissingRevisionError
	var cycle *versions.CycleError
	var invalid *versions.InvalidIDError
	switch {
	case errors.As(err, &leftOut):
		found.Rule, found.File, found.Way = ruleLeftOut, leftOut.File, leftOut.Way
		found.Text = fmt.Sprintf("revision %s would be left out of the program: %s", leftOut.Revision, leftOut.Reason)
	case errors.As(err, &literal):
		found.File, found.Line = literal.File, literal.Line
		found.Text = strings.TrimPrefix(found.Text, fmt.Sprintf("%s:%d: ", literal.File, literal.Line))
	case errors.As(err, &file):
		found.File = file.File
		found.Text = "it cannot be read: " + strings.TrimPrefix(file.Cause.Error(), file.File+":")
	case errors.As(err, &duplicate):
		return at(ruleDuplicate, duplicate.Places...)
	case errors.As(err, &label):
		return at(ruleDuplicateLabel, label.Places...)
	case errors.As(err, &missing):
		return at(ruleMissingParent, missing.Place)
	case errors.As(err, &cycle):
		return at(ruleCycle, cycle.Places...)
	case errors.As(err, &invalid):
		return at(ruleInvalidID, invalid.Place)
	}
	return []problem{found}
}

// at puts a problem at the last of several places. The text names the others.
func (p problem) at(places []string) []problem {
	if len(places) > 0 {
		p.File, p.Line = splitPlace(places[len(places)-1])
	}
	return []problem{p}
}

// splitPlace takes "file:line" apart.
func splitPlace(place string) (file string, line int) {
	before, after, found := cutLast(place, ":")
	line, err := strconv.Atoi(after)
	if !found || err != nil {
		return place, 0
	}
	return before, line
}

// failureProblems says where something failed that kept check from comparing, as far as the error tells.
func failureProblems(err error) []problem {
	if err == nil {
		return nil
	}
	var compile *build.CompileError
	var remote *protocol.Error
	var out []problem
	switch {
	case errors.As(err, &compile):
		for line := range strings.Lines(compile.Output) {
			if match := compilerLine.FindStringSubmatch(strings.TrimRight(line, "\r\n")); match != nil {
				number, _ := strconv.Atoi(match[2])
				out = append(out, problem{Rule: ruleFailed, Severity: render.AnnotationError, File: match[1], Line: number, Text: match[3]})
			}
		}
	case errors.As(err, &remote):
		for _, model := range remote.Models {
			out = append(out, problem{Rule: ruleFailed, Severity: render.AnnotationError, File: model.File, Line: model.Line,
				Text: strings.TrimSpace(model.Model + "." + model.Field + ": " + model.Text), Way: model.WayOut})
		}
	}
	if out == nil {
		out = []problem{{Rule: ruleFailed, Severity: render.AnnotationError, Text: err.Error()}}
	}
	return out
}

// compilerLine is how Go's compiler names a place: "models/user.go:12:3: text".
var compilerLine = regexp.MustCompile(`^([^\s:]+\.go):(\d+)(?::\d+)?: (.*)$`)

// undecidedProblems are the likely renames that wait for a decision in revision files.
func (i *invocation) undecidedProblems(metas []versions.Meta) ([]problem, error) {
	files, err := i.flagged(metas)
	if err != nil {
		return nil, err
	}
	var out []problem
	for _, file := range files {
		for _, flag := range file.flags {
			out = append(out, problem{
				Rule: ruleUndecided, Severity: render.AnnotationError, File: shown(file.revision.File), Line: flag.Line,
				Text: fmt.Sprintf("revision %s: %s is dropped, or was it renamed to %s?", file.revision.ID, flag.Object(), flag.To),
				Way:  fmt.Sprintf("decide with retort resolve --rename %s or --drop %s", flag, flag.Object()),
			})
		}
	}
	return out, nil
}

// forkProblems are the heads that upgrade would have to choose from.
func (h *history) forkProblems() []problem {
	var out []problem
	for _, heads := range h.graph.Forks() {
		names := make([]string, len(heads))
		for n, meta := range h.get(heads) {
			names[n] = meta.ID
			if meta.Message != "" {
				names[n] += " (" + meta.Message + ")"
			}
		}
		newest := slices.MaxFunc(h.get(heads), func(a, b versions.Meta) int { return cmp.Compare(a.Created, b.Created) })
		out = append(out, problem{
			Rule: ruleSeveralHeads, Severity: render.AnnotationError, File: shown(newest.File), Line: newest.Line,
			Text: fmt.Sprintf("there are %d heads, and no label tells them apart: %s", len(heads), strings.Join(names, ", ")),
			Way:  "join them with retort merge heads -m \"…\", or let one revise the other",
		})
	}
	return out
}

// annotations turns problems into remarks for a code platform.
func annotations(problems []problem, root string) []render.Annotation {
	out := make([]render.Annotation, len(problems))
	for n, p := range problems {
		title := p.Rule
		if at := slices.IndexFunc(checkRules, func(r render.AnnotationRule) bool { return r.ID == p.Rule }); at >= 0 {
			title = strings.TrimSuffix(checkRules[at].Title, ".")
		}
		text := p.Text
		if p.Way != "" {
			text += "\n" + p.Way
		}
		out[n] = render.Annotation{Rule: p.Rule, Severity: p.Severity, File: inRepository(p.File, root), Line: p.Line, Title: title, Text: text,
			Fingerprint: strings.Join([]string{p.Rule, inRepository(p.File, root), p.Text}, "\x00")}
	}
	return out
}

// inRepository names a file as seen from the root of the repository, as code platforms want it.
func inRepository(file, root string) string {
	if file == "" {
		return ""
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	relative, err := filepath.Rel(root, absolute)
	if err != nil || strings.HasPrefix(relative, "..") {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(relative)
}

// repositoryRoot is the next directory upwards with a .git, or dir itself.
func repositoryRoot(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}
