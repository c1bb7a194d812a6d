package markdown

import (
	"fmt"
	"strings"
	"unicode"
)

// escape writes a text so that Markdown shows it as it is, without links, mentions or tags.
func escape(text string) string {
	var out strings.Builder
	for _, r := range flat(text) {
		switch r {
		case '\\', '`', '*', '_', '{', '}', '[', ']', '#', '|', '~', '!':
			out.WriteByte('\\')
			out.WriteRune(r)
		case '<':
			out.WriteString("&lt;")
		case '>':
			out.WriteString("&gt;")
		case '&':
			out.WriteString("&amp;")
		case '@': // a mention would write to somebody
			out.WriteString("&#64;")
		default:
			out.WriteRune(r)
		}
	}
	// Without its colon an address is no link.
	return strings.ReplaceAll(out.String(), "://", "&#58;//")
}

// flat puts a text on one line.
func flat(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// code writes a text as code, in as many backquotes as it needs.
func code(text string) string {
	text = flat(text)
	if text == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// cell makes code fit into a table: a bar ends a cell even inside code, unless there is a backslash before it.
func cell(text string) string {
	var out strings.Builder
	slashes := 0
	for _, r := range text {
		if r == '|' && slashes%2 == 0 {
			out.WriteByte('\\')
		}
		slashes = map[bool]int{true: slashes + 1, false: 0}[r == '\\']
		out.WriteRune(r)
	}
	return out.String()
}

// tag writes a text inside an HTML element, such as a summary. Most readers take no Markdown there; none finds any.
func tag(text string) string {
	var out strings.Builder
	for _, r := range flat(text) {
		if strings.ContainsRune("\\`*_{}[]<>#|~!&@:\"", r) {
			fmt.Fprintf(&out, "&#%d;", r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// fenced writes a block of code whose fence is longer than any in it.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
