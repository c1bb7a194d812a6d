package op

import (
	"github.com/retort-db/retort/schema"
)

// Table records changes of one table inside [Migration.BatchAlterTable]. Its methods are those of Migration without the
// table's name.
type Table struct {
	name  string
	batch *Batch
	m     *Migration
}

// Rebuild asks for a rebuild on SQLite even where its own ALTER TABLE would do.
func (t *Table) Rebuild() { t.batch.Rebuild = true }

// AddColumn is [Migration.AddColumn].
func (t *Table) AddColumn(column *ColumnElement) *AddColumnStep { return t.m.AddColumn(t.name, column) }

// DropColumn is [Migration.DropColumn].
func (t *Table) DropColumn(column string) *DropColumnStep { return t.m.DropColumn(t.name, column) }

// RenameColumn is [Migration.RenameColumn].
func (t *Table) RenameColumn(from, to string) *RenameColumnStep {
	return t.m.RenameColumn(t.name, from, to)
}

// AlterColumn is [Migration.AlterColumn].
func (t *Table) AlterColumn(column string) *AlterColumnStep { return t.m.AlterColumn(t.name, column) }

// AddConstraint is [Migration.AddConstraint].
func (t *Table) AddConstraint(constraint ConstraintElement) *AddConstraintStep {
	return t.m.AddConstraint(t.name, constraint)
}

// DropConstraint is [Migration.DropConstraint].
func (t *Table) DropConstraint(kind ConstraintType, name string) *DropConstraintStep {
	return t.m.DropConstraint(t.name, kind, name)
}

// RenameConstraint is [Migration.RenameConstraint].
func (t *Table) RenameConstraint(kind ConstraintType, from, to string) {
	t.m.RenameConstraint(t.name, kind, from, to)
}

// CreateIndex is [Migration.CreateIndex].
func (t *Table) CreateIndex(name string, columns ...string) *CreateIndexStep {
	return t.m.CreateIndex(name, t.name, columns...)
}

// DropIndex is [Migration.DropIndex].
func (t *Table) DropIndex(name string) *DropIndexStep { return t.m.DropIndex(name, t.name) }

// RenameIndex is [Migration.RenameIndex].
func (t *Table) RenameIndex(from, to string) { t.m.RenameIndex(t.name, from, to) }

// Comment is [Migration.CommentTable].
func (t *Table) Comment(text string) { t.m.CommentTable(t.name, text) }

// SetOption is [Migration.SetTableOption].
func (t *Table) SetOption(key, value string) { t.m.SetTableOption(t.name, key, value) }

// UnsetOption is [Migration.UnsetTableOption].
func (t *Table) UnsetOption(key string) { t.m.UnsetTableOption(t.name, key) }

// AddColumn records adding a column.
func (m *Migration) AddColumn(table string, column *ColumnElement) *AddColumnStep {
	add := &AddColumn{Table: schema.ParseName(table), Column: &schema.Column{Name: column.name}}
	resolved, err := column.resolve(m.dialect)
	if err != nil {
		m.fail(&EffectError{Operation: "add column to " + table, Reason: err.Error()})
	} else {
		add.Column = resolved
	}
	m.Do(add)
	return &AddColumnStep{add}
}

// AddColumnStep adds to a recorded AddColumn.
type AddColumnStep struct{ add *AddColumn }

// First places the column before all others (MySQL).
func (s *AddColumnStep) First() *AddColumnStep {
	s.add.Position = Position{First: true}
	return s
}

// After places the column after another (MySQL).
func (s *AddColumnStep) After(column string) *AddColumnStep {
	s.add.Position = Position{After: column}
	return s
}

// Online makes the statement one that other sessions can read and write the table during, where the server has a way to
// carry it out like that (MySQL and MariaDB: the clauses ALGORITHM and LOCK, with which the server refuses what would
// block). Where it has none, the statement blocks as it always does, and says so when it runs. Other engines ignore it.
func (s *AddColumnStep) Online() *AddColumnStep {
	s.add.Online = true
	return s
}

// IfNotExists leaves a column of that name alone.
func (s *AddColumnStep) IfNotExists() *AddColumnStep {
	s.add.IfNotExists = true
	return s
}

// DropColumn records dropping a column.
func (m *Migration) DropColumn(table, column string) *DropColumnStep {
	drop := &DropColumn{Table: schema.ParseName(table), Name: column}
	m.Do(drop)
	return &DropColumnStep{drop}
}

// DropColumnStep adds to a recorded DropColumn.
type DropColumnStep struct{ drop *DropColumn }

// MaybeRenamedTo flags that the column was perhaps renamed. The runner refuses the step until that is decided, unless the
// column holds nothing.
func (s *DropColumnStep) MaybeRenamedTo(column string) *DropColumnStep {
	s.drop.RenamedTo = column
	return s
}

// Online is [AddColumnStep.Online].
func (s *DropColumnStep) Online() *DropColumnStep {
	s.drop.Online = true
	return s
}

// IfExists lets the column be absent.
func (s *DropColumnStep) IfExists() *DropColumnStep {
	s.drop.IfExists = true
	return s
}

// RenameColumn records renaming a column.
func (m *Migration) RenameColumn(table, from, to string) *RenameColumnStep {
	rename := &RenameColumn{Table: schema.ParseName(table), From: from, To: to}
	m.Do(rename)
	return &RenameColumnStep{rename}
}

// RenameColumnStep adds to a recorded RenameColumn.
type RenameColumnStep struct{ rename *RenameColumn }

// Field is [ColumnElement.Field], for the column under its new name.
func (s *RenameColumnStep) Field(path string) *RenameColumnStep {
	s.rename.Field = path
	return s
}

// AlterColumn records changing attributes of a column: those whose methods are called on the returned step.
func (m *Migration) AlterColumn(table, column string) *AlterColumnStep {
	alter := &AlterColumn{Table: schema.ParseName(table), Name: column}
	m.Do(alter)
	return &AlterColumnStep{alter: alter, dialect: m.dialect}
}

// AlterColumnStep says what changes. What it does not mention stays as it is.
type AlterColumnStep struct {
	alter   *AlterColumn
	dialect schema.Dialect
}

func (s *AlterColumnStep) changes(attribute Attribute) *schema.Column {
	if !s.alter.Changes(attribute) {
		s.alter.Attributes = append(s.alter.Attributes, attribute)
	}
	return &s.alter.To
}

// Type changes the type.
func (s *AlterColumnStep) Type(sqlType string) *AlterColumnStep {
	s.changes(TypeAttribute).Type = sqlType
	return s
}

// Types changes the type, with a text for each engine. An engine whose text is empty keeps its type.
func (s *AlterColumnStep) Types(types Types) *AlterColumnStep {
	if sqlType := types.On(s.dialect); sqlType != "" {
		return s.Type(sqlType)
	}
	return s
}

// Using converts the values on a change of type: an SQL expression over the old columns.
func (s *AlterColumnStep) Using(expr string) *AlterColumnStep {
	s.alter.Using = expr
	return s
}

// NotNull forbids NULL.
func (s *AlterColumnStep) NotNull() *AlterColumnStep {
	s.changes(NotNullAttribute).NotNull = true
	return s
}

// Null allows NULL.
func (s *AlterColumnStep) Null() *AlterColumnStep {
	s.changes(NotNullAttribute).NotNull = false
	return s
}

// Default sets the default, an SQL expression.
func (s *AlterColumnStep) Default(expr string) *AlterColumnStep {
	s.changes(DefaultAttribute).Default = expr
	return s
}

// Defaults sets the default, with a text for each engine; an empty text removes it there.
func (s *AlterColumnStep) Defaults(exprs PerEngine) *AlterColumnStep {
	return s.Default(exprs.On(s.dialect))
}

// NoDefault removes the default.
func (s *AlterColumnStep) NoDefault() *AlterColumnStep { return s.Default("") }

// GeneratedStored gives the column a new expression, stored.
func (s *AlterColumnStep) GeneratedStored(expr string) *AlterColumnStep {
	s.changes(GeneratedAttribute).Generated = &schema.Generated{Expr: expr, Stored: true}
	return s
}

// GeneratedVirtual gives the column a new expression, computed on reading.
func (s *AlterColumnStep) GeneratedVirtual(expr string) *AlterColumnStep {
	s.changes(GeneratedAttribute).Generated = &schema.Generated{Expr: expr}
	return s
}

// NotGenerated makes a generated column a plain one that keeps its values.
func (s *AlterColumnStep) NotGenerated() *AlterColumnStep {
	s.changes(GeneratedAttribute).Generated = nil
	return s
}

// AutoIncrement makes the column number itself, see [ColumnElement.AutoIncrement].
func (s *AlterColumnStep) AutoIncrement() *AlterColumnStep {
	kind := schema.IdentityAutoIncrement
	if s.dialect == schema.Postgres {
		kind = schema.IdentitySerial
	}
	s.changes(IdentityAttribute).Identity = &schema.Identity{Kind: kind}
	return s
}

// Numbering makes the column number itself with all options.
func (s *AlterColumnStep) Numbering(identity schema.Identity) *AlterColumnStep {
	s.changes(IdentityAttribute).Identity = numbering(s.dialect, identity)
	return s
}

// Identity makes the column number itself, see [ColumnElement.Identity].
func (s *AlterColumnStep) Identity() *AlterColumnStep {
	return s.Numbering(schema.Identity{Kind: schema.IdentityByDefault})
}

// NoIdentity makes it a plain column.
func (s *AlterColumnStep) NoIdentity() *AlterColumnStep {
	s.changes(IdentityAttribute).Identity = nil
	return s
}

// Collate sets the collation.
func (s *AlterColumnStep) Collate(collation string) *AlterColumnStep {
	s.changes(CollationAttribute).Collation = collation
	return s
}

// Charset sets the character set (MySQL).
func (s *AlterColumnStep) Charset(charset string) *AlterColumnStep {
	s.changes(CharsetAttribute).Charset = charset
	return s
}

// Comment sets the comment; an empty text removes it. SQLite has none and leaves it out.
func (s *AlterColumnStep) Comment(text string) *AlterColumnStep {
	if s.dialect != schema.SQLite {
		s.changes(CommentAttribute).Comment = text
	}
	return s
}

// Option sets an attribute that one engine alone knows.
func (s *AlterColumnStep) Option(key, value string) *AlterColumnStep {
	s.changes(OptionAttribute(key)).Options.Set(key, value)
	return s
}

// NoOption removes such an attribute.
func (s *AlterColumnStep) NoOption(key string) *AlterColumnStep {
	s.changes(OptionAttribute(key)).Options.Delete(key)
	return s
}

// On changes further attributes on one engine only.
func (s *AlterColumnStep) On(dialect schema.Dialect, change func(s *AlterColumnStep)) *AlterColumnStep {
	if s.dialect == dialect {
		change(s)
	}
	return s
}

// Online is [AddColumnStep.Online].
func (s *AlterColumnStep) Online() *AlterColumnStep {
	s.alter.Online = true
	return s
}

// First moves the column before all others (MySQL).
func (s *AlterColumnStep) First() *AlterColumnStep {
	s.alter.Position = Position{First: true}
	return s
}

// After moves the column after another (MySQL).
func (s *AlterColumnStep) After(column string) *AlterColumnStep {
	s.alter.Position = Position{After: column}
	return s
}

// AddConstraint records adding a constraint: PrimaryKey, Unique, ForeignKey, Check or Exclude.
func (m *Migration) AddConstraint(table string, constraint ConstraintElement) *AddConstraintStep {
	switch element := constraint.(type) {
	case *CheckElement:
		element.resolve(m.dialect)
	case *PrimaryKeyElement:
		constraint = element.resolve(m.dialect)
	}
	add, err := constraint.constraint(schema.ParseName(table))
	if err != nil {
		m.fail(&EffectError{Operation: "add constraint to " + table, Reason: err.Error()})
		add = &AddConstraint{Table: schema.ParseName(table), Check: &schema.Check{}}
	}
	m.Do(add)
	return &AddConstraintStep{add}
}

// AddConstraintStep adds to a recorded AddConstraint.
type AddConstraintStep struct{ add *AddConstraint }

// UsingIndex makes an existing unique index the constraint (PostgreSQL).
func (s *AddConstraintStep) UsingIndex(index string) *AddConstraintStep {
	s.add.UsingIndex = index
	return s
}

// Online is [AddColumnStep.Online].
func (s *AddConstraintStep) Online() *AddConstraintStep {
	s.add.Online = true
	return s
}

// DropConstraint records dropping a constraint. A primary key needs no name.
func (m *Migration) DropConstraint(table string, kind ConstraintType, name string) *DropConstraintStep {
	drop := &DropConstraint{Table: schema.ParseName(table), Type: kind, Name: name}
	m.Do(drop)
	return &DropConstraintStep{drop: drop, dialect: m.dialect}
}

// DropConstraintStep adds to a recorded DropConstraint.
type DropConstraintStep struct {
	drop    *DropConstraint
	dialect schema.Dialect
}

// IfExists lets the constraint be absent.
func (s *DropConstraintStep) IfExists() *DropConstraintStep {
	s.drop.IfExists = true
	return s
}

// Like tells by its definition which unnamed constraint is meant (SQLite).
func (s *DropConstraintStep) Like(definition ConstraintElement) *DropConstraintStep {
	if check, ok := definition.(*CheckElement); ok {
		check.resolve(s.dialect)
	}
	if add, err := definition.constraint(s.drop.Table); err == nil {
		s.drop.Definition = add
	}
	return s
}

// RenameConstraint records renaming a constraint.
func (m *Migration) RenameConstraint(table string, kind ConstraintType, from, to string) {
	m.Do(&RenameConstraint{Table: schema.ParseName(table), Type: kind, From: from, To: to})
}

// ValidateConstraint records validating a foreign key or check that was added NOT VALID (PostgreSQL), in a transaction of
// its own.
func (m *Migration) ValidateConstraint(table string, kind ConstraintType, name string) {
	m.Do(&ValidateConstraint{Table: schema.ParseName(table), Type: kind, Name: name})
}

// CreateIndex records creating an index over plain columns. [CreateIndexStep.Parts] gives a key of another kind.
func (m *Migration) CreateIndex(name, table string, columns ...string) *CreateIndexStep {
	create := &CreateIndex{Table: schema.ParseName(table), Index: &schema.Index{Name: name, Parts: schema.Columns(columns...)}}
	m.Do(create)
	return &CreateIndexStep{create: create, dialect: m.dialect}
}

// DropIndex records dropping an index.
func (m *Migration) DropIndex(name, table string) *DropIndexStep {
	drop := &DropIndex{Table: schema.ParseName(table), Name: name}
	m.Do(drop)
	return &DropIndexStep{drop}
}

// RenameIndex records renaming an index.
func (m *Migration) RenameIndex(table, from, to string) {
	m.Do(&RenameIndex{Table: schema.ParseName(table), From: from, To: to})
}
