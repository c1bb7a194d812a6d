package ddl

import (
	"fmt"
	"unicode/utf8"

	"github.com/retort-db/retort/schema"
)

// postgresNameLimit is the longest identifier in bytes (NAMEDATALEN - 1). The server cuts longer ones with a mere notice.
const postgresNameLimit = 63

// LongNameError says that a name is longer than the engine keeps.
type LongNameError struct {
	Server schema.Server
	Kind   string // "table", "index" …
	Name   string
	Limit  int // in bytes on PostgreSQL
}

// Error names the object, its length and the limit.
func (e *LongNameError) Error() string {
	return fmt.Sprintf("the name of %s %q has %d bytes; %s keeps only %d: choose a shorter one",
		e.Kind, e.Name, len(e.Name), e.Server, e.Limit)
}

// PostgresObjectName returns the name that PostgreSQL gives to what a table or column brings with it: "_key", "_fkey",
// "_check" constraints, "_idx" indexes, "_seq" sequences. The parts are joined by underscores; where the result would be
// too long, the longer of the two parts is cut, never within a character (makeObjectName in commands/indexcmds.c). The
// second part may be empty. Columns of a key are joined by underscores by the caller. The server appends a number where
// the name is taken already, which this function cannot know.
func PostgresObjectName(table, columns, label string) string {
	rest := postgresNameLimit
	if columns != "" {
		rest--
	}
	if label != "" {
		rest -= len(label) + 1
	}
	tableSize, columnsSize := len(table), len(columns)
	for tableSize+columnsSize > rest {
		if tableSize > columnsSize {
			tableSize--
		} else {
			columnsSize--
		}
	}
	name := cutUTF8(table, tableSize)
	if columns != "" {
		name += "_" + cutUTF8(columns, columnsSize)
	}
	if label != "" {
		name += "_" + label
	}
	return name
}

// cutUTF8 returns at most size bytes of text and no half character.
func cutUTF8(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}
