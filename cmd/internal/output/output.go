// Package output prints answers: text on the terminal, JSON for programs.
package output

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// Format is the form of an answer.
type Format string

// The formats.
const (
	Text Format = "text"
	JSON Format = "json"
)

// Version is the version of the JSON form of every answer. It grows when a field is removed or changes its meaning.
const Version = 1

// Answer is the envelope of every answer in JSON.
type Answer struct {
	Version int    `json:"version"`
	Command string `json:"command"`
	Result  any    `json:"result,omitempty"`
	Error   *Error `json:"error,omitempty"`
}

// Error is a failure in JSON.
type Error struct {
	Code    string `json:"code"`
	Summary string `json:"summary"`
	Details any    `json:"details,omitempty"`
}

// WriteJSON writes an answer, indented, with a final line end.
func WriteJSON(w io.Writer, answer Answer) error {
	answer.Version = Version
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answer)
}

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	file, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// Width returns how many characters a line of a terminal has, 80 if it does not say.
func Width(stream any) int {
	if file, ok := stream.(interface{ Fd() uintptr }); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

// Style colours text, or leaves it as it is. The zero value leaves it.
type Style struct{ colour bool }

// StyleFor decides whether a stream is coloured: mode is always, never or auto. With auto it is a terminal that is not
// dumb, unless NO_COLOR is set (https://no-color.org).
func StyleFor(stream any, mode string, lookup func(string) (string, bool)) Style {
	switch mode {
	case "always":
		return Style{colour: true}
	case "never":
		return Style{}
	}
	value := func(name string) string { v, _ := lookup(name); return v }
	if value("NO_COLOR") != "" || value("TERM") == "dumb" {
		return Style{}
	}
	if value("CLICOLOR_FORCE") != "" && value("CLICOLOR_FORCE") != "0" {
		return Style{colour: true}
	}
	return Style{colour: IsTerminal(stream)}
}

// Bold sets text off. As with the colours, it never carries meaning alone.
func (s Style) Bold(text string) string { return s.wrap("1", text) }

// Red marks what is lost or failed.
func (s Style) Red(text string) string { return s.wrap("31", text) }

// Green marks what is added or done.
func (s Style) Green(text string) string { return s.wrap("32", text) }

// Yellow marks what changes, and identifiers.
func (s Style) Yellow(text string) string { return s.wrap("33", text) }

// Dim marks what matters less.
func (s Style) Dim(text string) string { return s.wrap("2", text) }

func (s Style) wrap(code, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Columns writes rows of cells, aligned, two spaces between the columns and none at the end of a line.
func Columns(w io.Writer, indent string, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	for _, row := range rows {
		var line strings.Builder
		line.WriteString(indent)
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
