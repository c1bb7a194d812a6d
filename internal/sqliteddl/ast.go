// Package sqliteddl parses the CREATE statements that SQLite stores in sqlite_schema.sql.
//
// SQLite keeps the text of every object as it was written, and its pragmas hide much of it: names of constraints,
// checks, collations, conflict clauses, deferrable keys, the text of generated columns and of index expressions. This
// package reads the statements by SQLite's own grammar (https://www.sqlite.org/syntaxdiagrams.html), with every way of
// quoting and all the liberties that the real parser takes, such as constraints without commas between them. It accepts
// whatever SQLite accepts; it is no validator, and accepts some text that SQLite would refuse.
//
// Expressions are not parsed: they are kept as they were written, without the parentheses and comments around them.
package sqliteddl

// Table is a CREATE TABLE statement.
type Table struct {
	Name         string
	Columns      []Column
	Constraints  []Constraint // of the table; those of a column are with the column
	Strict       bool
	WithoutRowID bool
}

// Column is a column definition.
type Column struct {
	Name string
	// Type is the declared type with single spaces and without comments; "" if there is none.
	Type        string
	Constraints []Constraint
}

// Kind is the sort of a [Constraint].
type Kind int

// The kinds of constraints.
const (
	NotNull    Kind = iota
	Null            // the word NULL, which says nothing
	Default         // of a column
	Collate         // of a column
	Generated       // of a column
	PrimaryKey      // of a column or of the table
	Unique          // of a column or of the table
	Check           // of a column or of the table
	ForeignKey      // of a column or of the table
	Named           // a name that no constraint follows, which SQLite accepts
)

// Constraint is a constraint of a column or of the table. Which fields are set depends on the kind.
type Constraint struct {
	Kind Kind
	Name string // after CONSTRAINT; "" if there is none

	// Expr is the text of a CHECK, of a DEFAULT or of a generated column, without parentheses around it.
	Expr string
	// Collation is the name after COLLATE.
	Collation string
	// Stored tells a STORED generated column from a VIRTUAL one.
	Stored bool

	// Parts are the columns of a key of the table. It is empty for the key of a column.
	Parts []Part
	// Desc is the order of a PRIMARY KEY of a column.
	Desc          bool
	AutoIncrement bool
	// OnConflict is "ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE" or "".
	OnConflict string

	// References is set for a foreign key.
	References *References
}

// References is the REFERENCES clause of a foreign key.
type References struct {
	Table   string
	Columns []string // empty if the primary key is meant
	// OnDelete and OnUpdate are "SET NULL", "SET DEFAULT", "CASCADE", "RESTRICT", "NO ACTION" or "".
	OnDelete, OnUpdate string
	Match              string // in upper case; "" if there is none
	// Deferrable is set for DEFERRABLE; InitiallyDeferred for INITIALLY DEFERRED, which has no effect alone.
	Deferrable, InitiallyDeferred bool
}

// Part is an indexed column or expression. Exactly one of Column and Expr is set.
type Part struct {
	Column    string
	Expr      string // no parentheses around it
	Collation string // of a column; that of an expression is part of its text
	Desc      bool
}

// Index is a CREATE INDEX statement.
type Index struct {
	Name   string
	Table  string
	Unique bool
	Parts  []Part
	Where  string
}

// Virtual is a CREATE VIRTUAL TABLE statement.
type Virtual struct {
	Name   string
	Module string
	// Using is the text after USING, as it was written.
	Using string
}

// View is a CREATE VIEW statement.
type View struct {
	Name    string
	Columns []string
	Query   string // the text after AS
}

// Trigger is a CREATE TRIGGER statement.
type Trigger struct {
	Name  string
	Table string // or view
	// Timing is "BEFORE", "AFTER" or "INSTEAD OF"; "BEFORE" is also what no word means.
	Timing string
	// Event is "INSERT", "UPDATE" or "DELETE".
	Event string
	// Columns are those of UPDATE OF.
	Columns []string
}
