package sqliteddl

// ParseIndex parses a CREATE INDEX statement. An error is a [*SyntaxError].
func ParseIndex(text string) (*Index, error) { return parse(text, (*scanner).index) }

func (s *scanner) index() (*Index, error) {
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
		index.Where = s.trimmed(s.at, s.end())
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
	for {
		switch word := s.word(); {
		case s.done(), s.at == from && (word == "," || word == ")"):
			return Part{}, s.unexpected("a column or an expression")
		case s.at > from && (word == "," || word == ")" || word == "AUTOINCREMENT"):
			return s.makePart(from, s.at), nil
		case word == "(":
			if err := s.skipGroup(); err != nil {
				return Part{}, err
			}
		default:
			s.at++
		}
	}
}

// makePart reads "column-or-expression [COLLATE name] [ASC | DESC] [NULLS FIRST | LAST]" from its end.
func (s *scanner) makePart(from, to int) Part {
	var part Part
	if to-from > 2 && s.words[to-2] == "NULLS" {
		to -= 2 // SQLite refuses it in an index, but parses it.
	}
	if last := s.words[to-1]; to-from > 1 && (last == "DESC" || last == "ASC") {
		part.Desc = last == "DESC"
		to--
	}
	if to-from > 2 && s.words[to-2] == "COLLATE" {
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
	part.Expr = s.trimmed(from, to)
	return part
}

// columnIn returns the column that some tokens name, if they are nothing but a name, in parentheses or not.
func (s *scanner) columnIn(from, to int) (string, bool) {
	for to-from > 2 && s.words[from] == "(" && s.words[to-1] == ")" {
		from++
		to--
	}
	if to-from != 1 {
		return "", false
	}
	return nameOf(s.tokens[from])
}
