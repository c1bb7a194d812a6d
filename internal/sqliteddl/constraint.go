package sqliteddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
)

// columnConstraint consumes one constraint of a column into c, the last of the column's list. It returns false for a clause
// that changed an earlier constraint: SQLite lets the deferral of a foreign key stand anywhere after it.
func (s *scanner) columnConstraint(column *Column, c *Constraint, list []Constraint) (kept bool, err error) {
	name, named, err := s.constraintName()
	if err != nil {
		return false, err
	}
	c.Name = name
	switch s.word() {
	case "NOT":
		if s.is("NOT", "DEFERRABLE") {
			return false, s.deferral(lastReferences(list))
		}
		if !s.accept("NOT", "NULL") {
			return false, s.unexpectedConstraint(column)
		}
		c.Kind = NotNull
		c.OnConflict, err = s.onConflict()
	case "NULL":
		s.at++
		c.Kind = Null
		c.OnConflict, err = s.onConflict()
	case "DEFAULT":
		s.at++
		c.Kind = Default
		c.Expr, err = s.defaultValue()
	case "COLLATE":
		s.at++
		c.Kind = Collate
		c.Collation, err = s.name("a collation")
	case "GENERATED", "AS":
		err = s.generated(c)
	case "PRIMARY":
		s.at++
		err = s.columnPrimaryKey(c)
	case "UNIQUE":
		s.at++
		c.Kind = Unique
		c.OnConflict, err = s.onConflict()
	case "CHECK":
		s.at++
		err = s.check(c)
	case "REFERENCES":
		s.at++
		c.Kind = ForeignKey
		c.References, err = s.references()
	case "DEFERRABLE":
		return false, s.deferral(lastReferences(list))
	default:
		if !named {
			return false, s.unexpectedConstraint(column)
		}
		c.Kind = Named
	}
	return true, err
}

func (s *scanner) unexpectedConstraint(column *Column) error {
	return s.unexpected("a constraint of column " + column.Name)
}

func lastReferences(list []Constraint) *References {
	for _, c := range slices.Backward(list) {
		if c.References != nil {
			return c.References
		}
	}
	return &References{} // SQLite ignores the clause then.
}

// constraintName consumes CONSTRAINT name, as often as it stands there; the last name counts.
func (s *scanner) constraintName() (name string, named bool, err error) {
	for s.accept("CONSTRAINT") {
		if name, err = s.name("a constraint's name"); err != nil {
			return "", false, err
		}
		named = true
	}
	return name, named, nil
}

func (s *scanner) columnPrimaryKey(c *Constraint) (err error) {
	c.Kind = PrimaryKey
	if err := s.expect("KEY"); err != nil {
		return err
	}
	c.Desc = s.order()
	if c.OnConflict, err = s.onConflict(); err != nil {
		return err
	}
	c.AutoIncrement = s.accept("AUTOINCREMENT")
	return nil
}

// order consumes ASC or DESC, and reports whether it was DESC.
func (s *scanner) order() bool {
	if s.accept("DESC") {
		return true
	}
	s.accept("ASC")
	return false
}

func (s *scanner) onConflict() (string, error) {
	if !s.accept("ON", "CONFLICT") {
		return "", nil
	}
	action, err := s.name("a conflict action")
	return strings.ToUpper(action), err
}

// defaultValue consumes what follows DEFAULT: an expression in parentheses, or one literal or name with a sign.
func (s *scanner) defaultValue() (string, error) {
	if s.is("(") {
		return s.parenthesised("the default")
	}
	from := s.at
	if !s.accept("+") {
		s.accept("-")
	}
	if s.done() || s.peek(0).Kind == sqltext.Punct {
		return "", s.unexpected("a default")
	}
	s.at++
	return s.textOf(from, s.at), nil
}

func (s *scanner) generated(c *Constraint) (err error) {
	c.Kind = Generated
	if s.accept("GENERATED") {
		if err := s.expect("ALWAYS"); err != nil {
			return err
		}
	}
	if err := s.expect("AS"); err != nil {
		return err
	}
	c.Expr, err = s.parenthesised("the expression")
	if !s.accept("VIRTUAL") {
		c.Stored = s.accept("STORED")
	}
	return err
}

func (s *scanner) check(c *Constraint) (err error) {
	c.Kind = Check
	if c.Expr, err = s.parenthesised("the condition"); err != nil {
		return err
	}
	c.OnConflict, err = s.onConflict()
	return err
}

func (s *scanner) tableConstraint() (Constraint, error) {
	name, named, err := s.constraintName()
	if err != nil {
		return Constraint{}, err
	}
	c := Constraint{Name: name}
	switch {
	case s.accept("PRIMARY"):
		c.Kind = PrimaryKey
		if err := s.expect("KEY"); err != nil {
			return c, err
		}
		err = s.key(&c)
	case s.accept("UNIQUE"):
		c.Kind = Unique
		err = s.key(&c)
	case s.accept("CHECK"):
		err = s.check(&c)
	case s.accept("FOREIGN"):
		err = s.foreignKey(&c)
	case named:
		c.Kind = Named
	default:
		err = s.unexpected("a constraint of the table")
	}
	return c, err
}

func (s *scanner) key(c *Constraint) (err error) {
	if err := s.expect("("); err != nil {
		return err
	}
	if c.Parts, err = s.parts(); err != nil {
		return err
	}
	c.AutoIncrement = s.accept("AUTOINCREMENT")
	if err := s.expect(")"); err != nil {
		return err
	}
	c.OnConflict, err = s.onConflict()
	return err
}

func (s *scanner) foreignKey(c *Constraint) (err error) {
	c.Kind = ForeignKey
	if err := s.expect("KEY"); err != nil {
		return err
	}
	columns, err := s.columnList()
	if err != nil {
		return err
	}
	for _, column := range columns {
		c.Parts = append(c.Parts, Part{Column: column})
	}
	if err := s.expect("REFERENCES"); err != nil {
		return err
	}
	c.References, err = s.references()
	if err != nil {
		return err
	}
	return s.deferral(c.References)
}

// columnList consumes names in parentheses. SQLite accepts a collation and an order with each, without any meaning.
func (s *scanner) columnList() ([]string, error) {
	if err := s.expect("("); err != nil {
		return nil, err
	}
	var columns []string
	for {
		column, err := s.name("a column")
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
		if s.accept("COLLATE") {
			if _, err := s.name("a collation"); err != nil {
				return nil, err
			}
		}
		s.order()
		if !s.accept(",") {
			return columns, s.expect(")")
		}
	}
}

func (s *scanner) references() (*References, error) {
	table, err := s.name("the referenced table")
	if err != nil {
		return nil, err
	}
	r := &References{Table: table}
	if s.is("(") {
		if r.Columns, err = s.columnList(); err != nil {
			return nil, err
		}
	}
	for {
		switch {
		case s.accept("ON", "DELETE"):
			r.OnDelete, err = s.action()
		case s.accept("ON", "UPDATE"):
			r.OnUpdate, err = s.action()
		case s.accept("ON", "INSERT"): // accepted and ignored by SQLite
			_, err = s.action()
		case s.accept("MATCH"):
			r.Match, err = s.name("MATCH's kind")
			r.Match = strings.ToUpper(r.Match)
		default:
			return r, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (s *scanner) action() (string, error) {
	for _, words := range [][]string{{"SET", "NULL"}, {"SET", "DEFAULT"}, {"CASCADE"}, {"RESTRICT"}, {"NO", "ACTION"}} {
		if s.accept(words...) {
			return strings.Join(words, " "), nil
		}
	}
	return "", s.unexpected("a foreign key action")
}

func (s *scanner) deferral(r *References) error {
	switch {
	case s.accept("NOT", "DEFERRABLE"):
		r.Deferrable = false
	case s.accept("DEFERRABLE"):
		r.Deferrable = true
	default:
		return nil
	}
	r.InitiallyDeferred = false
	if !s.accept("INITIALLY") {
		return nil
	}
	if s.accept("DEFERRED") {
		r.InitiallyDeferred = true
		return nil
	}
	return s.expect("IMMEDIATE")
}
