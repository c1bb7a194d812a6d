package sqliteddl

import (
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
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
