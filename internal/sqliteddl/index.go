package sqliteddl

import (
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// ParseIndex parses a CREATE INDEX statement. An error is a [*SyntaxError].
func ParseIndex(text string) (*Index, error) {
	s := newScanner(text)
	if err := s.checkTokens(); err != nil {
		return nil, err
	}
	if err := s.expect("CREATE"); err != nil {
		return nil, err
	}
	index := &Index{Unique: s.accept("UNIQUE")}
	if err := s.expect("INDEX"); err != nil {
		return nil, err
	}
	s.accept("IF", "NOT", "EXISTS")
	var err error
	if index.Name, err = s.qualified("the index' name"); err != nil {
		return nil, err
	}
	if err := s.expect("ON"); err != nil {
		return nil, err
	}
	if index.Table, err = s.name("the table's name"); err != nil {
		return nil, err
	}
	if err := s.expect("("); err != nil {
		return nil, err
	}
	if index.Parts, err = s.parts(); err != nil {
		return nil, err
	}
	if err := s.expect(")"); err != nil {
		return nil, err
	}
	if s.accept("WHERE") {
		index.Where = TrimParens(s.rest())
		return index, nil
	}
	if !s.done() && !s.is(";") {
		return nil, s.unexpected("WHERE")
	}
	return index, nil
}

// parts consumes the indexed columns and expressions up to the closing parenthesis.
func (s *scanner) parts() ([]Part, error) {
	var parts []Part
	for {
		part, err := s.part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
		if !s.accept(",") {
			return parts, nil
		}
	}
}

func (s *scanner) part() (Part, error) {
	from := s.at
	for !s.isOne(",", ")", "AUTOINCREMENT") || s.at == from {
		switch {
		case s.done(), s.isOne(",", ")"):
			return Part{}, s.unexpected("a column or an expression")
		case s.is("("):
			if err := s.skipGroup(); err != nil {
				return Part{}, err
			}
		default:
			s.at++
		}
	}
	return s.makePart(from, s.at), nil
}

// makePart reads "column-or-expression [COLLATE name] [ASC | DESC] [NULLS FIRST | LAST]" from its end.
func (s *scanner) makePart(from, to int) Part {
	var part Part
	if to-from > 2 && s.tokens[to-2].Is("NULLS") {
		to -= 2 // SQLite refuses it in an index, but parses it.
	}
	if last := s.tokens[to-1]; to-from > 1 && (last.Is("DESC") || last.Is("ASC")) {
		part.Desc = last.Is("DESC")
		to--
	}
	if to-from > 2 && s.tokens[to-2].Is("COLLATE") {
		if column, ok := s.columnIn(from, to-2); ok {
			part.Column = column
			part.Collation, _ = nameOf(s.tokens[to-1])
			return part
		}
	}
	if column, ok := s.columnIn(from, to); ok {
		part.Column = column
		return part
	}
	part.Expr = TrimParens(s.textOf(from, to))
	return part
}

// columnIn returns the column that some tokens name, if they are nothing but a name, in parentheses or not.
func (s *scanner) columnIn(from, to int) (string, bool) {
	for to-from > 2 && s.tokens[from].Is("(") && s.tokens[to-1].Is(")") {
		from++
		to--
	}
	if to-from != 1 {
		return "", false
	}
	return nameOf(s.tokens[from])
}

// TrimParens takes off the spaces, comments and superfluous pairs of parentheses around an expression.
func TrimParens(expr string) string {
	tokens := sqltext.Significant(schema.SQLite, expr)
	closes := matching(tokens)
	from, to := 0, len(tokens)
	for to-from > 2 && tokens[from].Is("(") && closes[from] == to-1 {
		from++
		to--
	}
	if from >= to {
		return ""
	}
	last := tokens[to-1]
	return expr[tokens[from].Pos : last.Pos+len(last.Text)]
}

// matching maps each opening parenthesis to its closing one.
func matching(tokens []sqltext.Token) map[int]int {
	var open []int
	closes := map[int]int{}
	for i, token := range tokens {
		switch {
		case token.Is("("):
			open = append(open, i)
		case token.Is(")") && len(open) > 0:
			closes[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return closes
}
