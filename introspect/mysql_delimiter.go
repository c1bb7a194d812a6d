package introspect

import (
	"regexp"
	"strings"
)

// mysqlDelimiterLine is a command of MySQL's client, which the server does not know.
var mysqlDelimiterLine = regexp.MustCompile(`(?i)^[ \t]*DELIMITER[ \t]+(\S+)[^\n]*`)

// withoutDelimiters takes DELIMITER out of a script, as dumps and "retort diff --sql" write it around triggers and routines:
// what ends a statement meanwhile becomes a semicolon. The server itself knows where a body ends. Nothing else moves, so that
// lines keep their numbers.
func withoutDelimiters(script string) string {
	if !strings.Contains(strings.ToUpper(script), "DELIMITER") {
		return script
	}
	var out strings.Builder
	delimiter, lineStart := ";", true
	for at := 0; at < len(script); {
		rest := script[at:]
		if found := mysqlDelimiterLine.FindStringSubmatch(rest); lineStart && found != nil {
			delimiter = found[1]
			out.WriteString(strings.Repeat(" ", len(found[0])))
			at += len(found[0])
			continue
		}
		if delimiter != ";" && strings.HasPrefix(rest, delimiter) {
			out.WriteString(";" + strings.Repeat(" ", len(delimiter)-1))
			at += len(delimiter)
			lineStart = false
			continue
		}
		length := opaqueLength(rest)
		lineStart = rest[length-1] == '\n'
		out.WriteString(rest[:length])
		at += length
	}
	return out.String()
}

// opaqueLength is the length of the string, quoted name or comment at the text's start, or 1.
func opaqueLength(text string) int {
	until := func(end string, from int) int {
		if at := strings.Index(text[from:], end); at >= 0 {
			return from + at + len(end)
		}
		return len(text)
	}
	switch {
	case strings.HasPrefix(text, "/*"):
		return until("*/", 2)
	case text[0] == '#', strings.HasPrefix(text, "-- "), strings.HasPrefix(text, "--\n"):
		return until("\n", 0)
	case text[0] == '\'', text[0] == '"', text[0] == '`':
		for at := 1; at < len(text); at++ {
			switch {
			case text[at] == '\\' && text[0] != '`':
				at++
			case text[at] == text[0]: // a doubled one begins the next
				return at + 1
			}
		}
		return len(text)
	}
	return 1
}
