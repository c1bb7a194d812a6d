package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/retort-db/retort/op"
)

// How much a comment holds.
const (
	commentWidth = 110 // columns of a line of prose
	tableRows    = 15  // lines of the list of changes
	changeWidth  = 70  // columns of the words about a change
	mostNames    = 5   // objects that share a remark; the rest is counted
	mostNotes    = 24  // paragraphs about what to know or decide
)

// comment returns the lines above init: what changes and where it comes from, what there is to decide, and what the
// downgrade cannot bring back.
func (f *RevisionFile) comment(up *direction) []string {
	lines := prose(sentence(f.Message))
	for _, remark := range f.Remarks {
		lines = append(append(lines, "//"), prose(printable(remark))...)
	}
	changes := up.changes(f.Engines)
	if rows := changeTable(changes); len(rows) > 0 {
		lines = append(append(lines, "//"), rows...)
	}
	for _, paragraph := range append(f.noteParagraphs(), f.lossParagraph()...) {
		lines = append(append(lines, "//"), prose(paragraph)...)
	}
	return lines
}

// sentence makes a message the first sentence of a comment.
func sentence(message string) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(message), "\n")
	first = printable(first)
	if first == "" {
		return "An unnamed revision."
	}
	start, size := utf8.DecodeRuneInString(first)
	if !unicode.IsLetter(start) || strings.HasPrefix(first, "Code generated") {
		first = "Revision: " + first // or gofmt would make a list of it, and tools would skip the file
	} else {
		first = string(unicode.ToUpper(start)) + first[size:]
	}
	if !strings.ContainsRune(".!?:…", []rune(first)[len([]rune(first))-1]) {
		first += "."
	}
	if rest = printable(rest); rest != "" {
		return first + " " + rest
	}
	return first
}

// printable returns a text on one line, without what cannot stand in a comment.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// straight keeps gofmt from making curly quotes of two of SQL's.
var straight = strings.NewReplacer("''", `""`, "``", `""`)

// prose breaks a text into lines of a comment.
func prose(text string) []string {
	text = straight.Replace(text)
	var lines []string
	line := "//"
	for _, word := range strings.Fields(text) {
		if line != "//" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > commentWidth && !startsList(word) {
			lines = append(lines, line)
			line = "//"
		}
		line += " " + word
	}
	return append(lines, line)
}

// startsList reports whether a line that begins with the word could be taken for a list, a heading or a directive.
func startsList(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return !unicode.IsLetter(first) && first != '"' && first != '(' || word == "Code"
}

// marksGenerated reports whether a comment line makes tools take the file for generated.
func marksGenerated(line string) bool {
	return strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "//")), "Code generated")
}

// headerLines returns the header as comment lines.
func headerLines(header string) []string {
	header = strings.TrimSpace(header)
	if header == "" {
		return nil
	}
	var out []string
	inside := false // a block comment is left as it is
	for line := range strings.SplitSeq(header, "\n") {
		line = strings.TrimRight(line, " \t\r")
		switch {
		case inside, strings.HasPrefix(line, "/*"):
			inside = !strings.Contains(line, "*/")
		case !strings.HasPrefix(line, "//"):
			line = strings.TrimRight("// "+line, " ")
		}
		out = append(out, line)
	}
	return out
}

// changeTable returns the list of changes: object, change and origin, in columns.
func changeTable(changes []change) []string {
	var rest string
	if len(changes) > tableRows {
		rest = fmt.Sprintf("//	and %d more changes", len(changes)-tableRows+1)
		changes = changes[:tableRows-1]
	}
	objects, words := 0, 0
	for _, c := range changes {
		objects = max(objects, utf8.RuneCountInString(c.shownObject()))
		words = max(words, utf8.RuneCountInString(c.shownWords()))
	}
	var out []string
	for _, c := range changes {
		line := fmt.Sprintf("//	%-*s  %-*s  %s", objects, c.shownObject(), words, c.shownWords(), c.Origin)
		out = append(out, strings.TrimRight(line, " "))
	}
	if rest != "" {
		out = append(out, rest)
	}
	return out
}

func (c change) shownObject() string {
	if shown := printable(c.Object); shown != "" && !startsList(shown) {
		return shown
	}
	return fmt.Sprintf("%q", c.Object)
}

func (c change) shownWords() string {
	words := printable(c.Words)
	if len(c.only) > 0 {
		words += " (" + strings.Join(c.only, ", ") + ")"
	}
	return truncate(words, changeWidth)
}

// truncate shortens a text to a width, in characters.
func truncate(text string, width int) string {
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return text
}

// noteParagraphs returns what a reviewer has to know or decide. What several objects or engines have in common is said
// once. Flagged renames are left out: they stand above their lines.
func (f *RevisionFile) noteParagraphs() []string {
	type group struct {
		note              Note
		objects, dialects []string
	}
	var groups []*group
	byText := map[Note]*group{}
	for _, plan := range f.Engines {
		for _, note := range plan.Notes {
			if strings.HasSuffix(note.ID, "-rename") {
				continue
			}
			key := note
			key.Object = ""
			if byText[key] == nil {
				byText[key] = &group{note: key}
				groups = append(groups, byText[key])
			}
			common := byText[key]
			common.objects = appendNew(common.objects, note.Object)
			common.dialects = appendNew(common.dialects, string(plan.Dialect))
		}
	}
	var out []string
	for _, common := range groups {
		common.note.Object = enumerate(shorten(common.objects, "%d more"))
		where := ""
		if len(common.dialects) < len(f.Engines) {
			where = " (" + strings.Join(common.dialects, ", ") + ")"
		}
		out = append(out, common.note.paragraph(where))
	}
	if more := len(out) - mostNotes; more > 0 {
		// What is to be decided or looked at comes first: only what is good to know is left to review.
		slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(urgency(a), urgency(b)) })
		kept := mostNotes
		for kept < len(out) && urgency(out[kept]) < 2 {
			kept++
		}
		if more = len(out) - kept; more > 0 {
			out = append(out[:kept], fmt.Sprintf("Note: %d more; \"retort lint\" and \"retort review\" list what they are about.", more))
		}
	}
	return out
}

// urgency orders paragraphs: decisions, what to review, notes.
func urgency(paragraph string) int {
	return slices.IndexFunc([]string{"DECIDE", "REVIEW", ""}, func(prefix string) bool { return strings.HasPrefix(paragraph, prefix) })
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// shorten keeps the first names of a long list and counts the others, in words with a %d.
func shorten(names []string, others string) []string {
	if more := len(names) - mostNames; more > 1 {
		return append(slices.Clone(names[:mostNames]), fmt.Sprintf(others, more))
	}
	return names
}

// paragraph returns the note in words; where names the engines that it holds for.
func (n Note) paragraph(where string) string {
	out := printable(n.Text)
	if object := printable(n.Object); object != "" && !strings.Contains(out, object) {
		out = object + ": " + out
	}
	if way := printable(n.Way); way != "" {
		out = strings.TrimRight(out, ".;") + "; " + way
	}
	prefix := "REVIEW"
	switch n.Severity {
	case "decision":
		prefix = "DECIDE"
	case "info":
		prefix = "Note"
	}
	if !strings.ContainsAny(out[max(0, len(out)-1):], ".!?") {
		out += "."
	}
	return prefix + where + ": " + out
}

// lossParagraph says what the downgrade cannot bring back.
func (f *RevisionFile) lossParagraph() []string {
	if reason, all := f.irreversible(); all {
		return []string{"There is no way back: " + strings.TrimSuffix(printable(reason), ".") + "."}
	}
	var lost, paragraphs []string
	for _, plan := range f.Engines {
		if reason := printable(plan.Irreversible); reason != "" {
			paragraphs = append(paragraphs, fmt.Sprintf("There is no way back on %s: %s.", plan.Dialect, strings.TrimSuffix(reason, ".")))
			continue
		}
		for _, operation := range flatten(plan.Upgrade) {
			if what := losesData(operation); what != "" && !slices.Contains(lost, what) && !fills(plan.Downgrade, operation) {
				lost = append(lost, what)
			}
		}
	}
	if len(lost) == 0 {
		return paragraphs
	}
	return append(paragraphs, lossSentence+enumerate(shorten(lost, "%d more"))+".")
}

// fills reports whether the operations give a dropped column values again.
func fills(operations []op.Operation, dropped op.Operation) bool {
	drop, ok := dropped.(*op.DropColumn)
	return ok && slices.ContainsFunc(operations, func(operation op.Operation) bool {
		fill, ok := operation.(*op.Backfill)
		return ok && fill.Table == drop.Table && slices.ContainsFunc(fill.Set, func(set op.Assignment) bool { return set.Column == drop.Name })
	})
}

func losesData(operation op.Operation) string {
	switch o := operation.(type) {
	case *op.DropTable:
		return "table " + printable(o.Name.String())
	case *op.DropColumn:
		return printable(o.Table.String() + "." + o.Name)
	}
	return ""
}

// enumerate joins words as prose does: "a, b and c".
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// flatten returns the operations with those inside batches in their place.
func flatten(operations []op.Operation) []op.Operation {
	var out []op.Operation
	for _, operation := range operations {
		if batch, ok := operation.(*op.Batch); ok {
			out = append(out, batch.Operations...)
			continue
		}
		out = append(out, operation)
	}
	return out
}
