package versions

import (
	"io"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// ScriptStamp writes the SQL that [Stamp] would run. Each target may have the row to start from before it, "from:target";
// without any the database has no rows and no tables for them yet. Two different beginnings are an [*IdentifierError].
func ScriptStamp(server schema.Server, set *Set, targets []string, w io.Writer, options Options) error {
	s, err := newScript(server, set, options)
	if err != nil {
		return err
	}
	from, targets, err := s.stampEnds(targets)
	if err != nil {
		return err
	}
	rows, err := s.graph.StampRows(from, targets...)
	if err != nil {
		return err
	}
	s.preamble()
	if len(from) == 0 {
		s.createTables()
	}
	slices.Sort(from)
	slices.Sort(rows)
	change := rowDifference(from, rows)
	s.comment("stamp " + strings.Join(targets, ", "))
	s.begin(false)
	for _, statement := range s.tables.change(change) {
		if err := s.bound(statement.text, statement.args...); err != nil {
			return err
		}
	}
	for _, id := range stampedBy(change) {
		if err := s.history(recorded{Step: Step{ID: id, Direction: Stamped}}, 0); err != nil {
			return err
		}
	}
	s.commit()
	_, err = w.Write(s.out.Bytes())
	return err
}

// ScriptEnsure writes the SQL that [Ensure] would run.
func ScriptEnsure(server schema.Server, w io.Writer, options Options) error {
	s, err := newScript(server, &Set{}, options)
	if err != nil {
		return err
	}
	s.preamble()
	s.createTables()
	_, err = w.Write(s.out.Bytes())
	return err
}

func (s *script) createTables() {
	s.comment("tables that say which revisions are applied")
	s.statement(s.tables.createVersion())
	s.statement(s.tables.createHistory())
}

// stampEnds takes the rows to start from and the targets apart.
func (s *script) stampEnds(targets []string) (from, to []string, err error) {
	begins := ""
	for _, text := range targets {
		start, target, isRange := strings.Cut(text, ":")
		if !isRange {
			to = append(to, text)
			continue
		}
		if begins != "" && begins != start {
			return nil, nil, &IdentifierError{Identifier: text, Reason: "a script starts from one place, and another target starts from " + begins}
		}
		begins, to = start, append(to, target)
	}
	if begins == "" || begins == "base" {
		return nil, to, nil
	}
	for _, text := range strings.Split(begins, ",") {
		rows, err := s.graph.Resolve(text, nil)
		if err != nil {
			return nil, nil, err
		}
		from = append(from, rows...)
	}
	return from, to, nil
}
