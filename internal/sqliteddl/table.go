package sqliteddl

import (
	"slices"
	"strings"
)

// ParseTable parses a CREATE TABLE statement with a list of columns. An error is a [*SyntaxError].
func ParseTable(text string) (*Table, error) {
	return parse(text, func(s *scanner) (*Table, error) {
		table, err := s.table()
		if err != nil {
			return nil, err
		}
		table.Columns = slices.Clone(table.Columns)
		for i := range table.Columns {
			table.Columns[i].Constraints = slices.Clone(table.Columns[i].Constraints)
		}
		return table, nil
	})
}

// VisitTable parses a statement as [ParseTable] does, and hands visit a table whose columns and their constraints are valid
// only until visit returns: then their memory serves the next statement.
func VisitTable(text string, visit func(*Table)) error {
	_, err := parse(text, func(s *scanner) (*Table, error) {
		table, err := s.table()
		if err == nil {
			visit(table)
		}
		return nil, err
	})
	return err
}

func (s *scanner) table() (*Table, error) {
	s.acceptTemp()
	if err := s.expect("TABLE"); err != nil {
		return nil, err
	}
	s.accept("IF", "NOT", "EXISTS")
	name, err := s.qualified("the table's name")
	if err != nil {
		return nil, err
	}
	table := &Table{Name: name}
	if err := s.expect("("); err != nil {
		return nil, err
	}
	if err := s.body(table); err != nil {
		return nil, err
	}
	return table, s.tableOptions(table)
}

func (s *scanner) acceptTemp() {
	if !s.accept("TEMP") {
		s.accept("TEMPORARY")
	}
}

// body consumes the columns and the constraints of the table, and the closing parenthesis.
func (s *scanner) body(table *Table) error {
	if closed, err := s.columns(table); closed || err != nil {
		return err
	}
	for !s.accept(")") {
		constraint, err := s.tableConstraint()
		if err != nil {
			return err
		}
		table.Constraints = append(table.Constraints, constraint)
		s.accept(",") // SQLite does not insist on the comma between two constraints.
	}
	return nil
}

// columns consumes the columns, and reports whether the closing parenthesis came behind them. They and their constraints
// stay in the scanner's memory.
func (s *scanner) columns(table *Table) (closed bool, err error) {
	s.grownColumns, s.grownConstraints = s.grownColumns[:0], s.grownConstraints[:0]
	for !closed && !s.startsTableConstraint() {
		column, err := s.column()
		if err != nil {
			return false, err
		}
		s.grownColumns = append(s.grownColumns, column)
		if closed = s.accept(")"); !closed {
			if err := s.expect(","); err != nil {
				return false, err
			}
		}
	}
	table.Columns = s.grownColumns
	// An array that had to grow has left the first columns with constraints in the one before it.
	constraints := s.grownConstraints
	for i := range table.Columns {
		count := len(table.Columns[i].Constraints)
		table.Columns[i].Constraints = nil
		if count > 0 {
			table.Columns[i].Constraints = constraints[:count:count]
			constraints = constraints[count:]
		}
	}
	return closed, nil
}

func (s *scanner) startsTableConstraint() bool {
	switch s.word() {
	case "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN":
		return true
	}
	return false
}

func (s *scanner) tableOptions(table *Table) error {
	for !s.done() && !s.is(";") {
		switch {
		case s.accept("WITHOUT", "ROWID"):
			table.WithoutRowID = true
		case s.accept("STRICT"):
			table.Strict = true
		default:
			return s.unexpected("STRICT or WITHOUT ROWID")
		}
		s.accept(",")
	}
	return nil
}

// column consumes a column.
func (s *scanner) column() (Column, error) {
	name, err := s.name("a column's name")
	if err != nil {
		return Column{}, err
	}
	column := Column{Name: name}
	if column.Type, err = s.typeName(); err != nil {
		return column, err
	}
	from := len(s.grownConstraints)
	for !s.is(",") && !s.is(")") {
		s.grownConstraints = append(s.grownConstraints, Constraint{})
		list := s.grownConstraints[from:]
		kept, err := s.columnConstraint(&column, &list[len(list)-1], list)
		if err != nil {
			return column, err
		}
		if !kept {
			s.grownConstraints = s.grownConstraints[:from+len(list)-1]
		}
	}
	column.Constraints = s.grownConstraints[from:]
	return column, nil
}

// typeName consumes the declared type, which is any sequence of names with arguments in parentheses.
func (s *scanner) typeName() (string, error) {
	from := s.at
	for !s.endsType() {
		if _, ok := nameOf(s.peek(0)); !ok {
			break
		}
		s.at++
	}
	if s.at > from && s.is("(") {
		if err := s.skipGroup(); err != nil {
			return "", err
		}
	}
	return s.spaced(from, s.at), nil
}

// endsType reports whether the next keyword cannot be part of a type. SQLite reads GENERATED as a part of the type first.
func (s *scanner) endsType() bool {
	switch s.word() {
	case "CONSTRAINT", "DEFAULT", "NULL", "NOT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE", "AS", "DEFERRABLE":
		return true
	case "GENERATED":
		return s.is("GENERATED", "ALWAYS", "AS")
	}
	return false
}

// spaced returns the source text of some tokens with single spaces where there were blanks, and without comments.
func (s *scanner) spaced(from, to int) string {
	plain, end := true, -1
	for _, token := range s.tokens[from:to] {
		plain = plain && (end < 0 || token.Pos == end || token.Pos == end+1 && s.text[end] == ' ')
		end = token.Pos + len(token.Text)
	}
	if plain {
		return s.textOf(from, to)
	}
	var out strings.Builder
	end = -1
	for _, token := range s.tokens[from:to] {
		if end >= 0 && token.Pos > end {
			out.WriteByte(' ')
		}
		out.WriteString(token.Text)
		end = token.Pos + len(token.Text)
	}
	return out.String()
}
