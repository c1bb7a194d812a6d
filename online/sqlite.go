package online

import "github.com/retort-db/retort/op"

// sqlite has nothing to rewrite: a writer locks the whole database whatever it does, and readers see the old state until
// it commits (in WAL mode) or wait for the commit.
type sqlite struct {
	*rewriter
	told bool
}

func (s *sqlite) operation(operation op.Operation) {
	if !s.told {
		s.told = true
		s.note(Note{ID: NothingToDo, Text: "SQLite has one writer at a time, and no statement that lets others write meanwhile: the operations stay as they are"})
	}
	if s.options.Shared {
		operation = marked(operation)
	}
	s.emit(operation)
}
