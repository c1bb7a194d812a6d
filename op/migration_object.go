package op

import "github.com/retort-db/retort/schema"

// CreateEnum records creating an enum type (PostgreSQL).
func (m *Migration) CreateEnum(name string, values ...string) *CreateEnumStep {
	create := &CreateEnum{Enum: &schema.Enum{Name: schema.ParseName(name), Values: values}}
	m.Do(create)
	return &CreateEnumStep{create}
}

// DropEnum records dropping an enum type.
func (m *Migration) DropEnum(name string) { m.Do(&DropEnum{Name: schema.ParseName(name)}) }

// RenameEnum records renaming an enum type.
func (m *Migration) RenameEnum(from, to string) {
	m.Do(&RenameEnum{From: schema.ParseName(from), To: schema.ParseName(to)})
}

// AddEnumValue records adding a value at the end of an enum type.
func (m *Migration) AddEnumValue(enum, value string) *AddEnumValueStep {
	alter := &AlterEnum{Name: schema.ParseName(enum), Add: value}
	m.Do(alter)
	return &AddEnumValueStep{alter}
}

// AddEnumValueStep places the value.
type AddEnumValueStep struct{ alter *AlterEnum }

// Before places the value before another.
func (s *AddEnumValueStep) Before(value string) { s.alter.Before = value }

// After places the value after another.
func (s *AddEnumValueStep) After(value string) { s.alter.After = value }

// RenameEnumValue records renaming a value of an enum type.
func (m *Migration) RenameEnumValue(enum, from, to string) {
	m.Do(&AlterEnum{Name: schema.ParseName(enum), Rename: from, To: to})
}

// RemoveEnumValues records removing values. The step fails if a row holds one of them.
func (m *Migration) RemoveEnumValues(enum string, values ...string) *RemoveEnumValuesStep {
	alter := &AlterEnum{Name: schema.ParseName(enum), Remove: values}
	m.Do(alter)
	return &RemoveEnumValuesStep{alter}
}

// RemoveEnumValuesStep adds to a recorded removal.
type RemoveEnumValuesStep struct{ alter *AlterEnum }

// MaybeRenamedTo flags that the value was perhaps renamed. The runner refuses the step until that is decided.
func (s *RemoveEnumValuesStep) MaybeRenamedTo(value string) { s.alter.RenamedTo = value }

// CreateSequence records creating a sequence with its attributes.
func (m *Migration) CreateSequence(sequence schema.Sequence) {
	m.Do(&CreateSequence{Sequence: &sequence})
}

// AlterSequence records giving a sequence new attributes.
func (m *Migration) AlterSequence(sequence schema.Sequence) {
	m.Do(&AlterSequence{Sequence: &sequence})
}

// DropSequence records dropping a sequence.
func (m *Migration) DropSequence(name string) { m.Do(&DropSequence{Name: schema.ParseName(name)}) }

// RenameSequence records renaming a sequence.
func (m *Migration) RenameSequence(from, to string) {
	m.Do(&RenameSequence{From: schema.ParseName(from), To: schema.ParseName(to)})
}

// CreateDomain records creating a domain (PostgreSQL).
func (m *Migration) CreateDomain(domain schema.Domain) { m.Do(&CreateDomain{Domain: &domain}) }

// DropDomain records dropping a domain.
func (m *Migration) DropDomain(name string) { m.Do(&DropDomain{Name: schema.ParseName(name)}) }

// CreateComposite records creating a composite type (PostgreSQL).
func (m *Migration) CreateComposite(composite schema.Composite) {
	m.Do(&CreateComposite{Composite: &composite})
}

// DropComposite records dropping a composite type.
func (m *Migration) DropComposite(name string) { m.Do(&DropComposite{Name: schema.ParseName(name)}) }

// CreateView records creating a view from its query.
func (m *Migration) CreateView(name, query string) *CreateViewStep {
	create := &CreateView{View: &schema.View{Name: schema.ParseName(name), Definition: query}}
	m.Do(create)
	return &CreateViewStep{create}
}

// CreateViewStep adds to a recorded CreateView.
type CreateViewStep struct{ create *CreateView }

// OrReplace replaces a view of that name.
func (s *CreateViewStep) OrReplace() *CreateViewStep {
	s.create.Replace = true
	return s
}

// Materialized makes it a materialized view (PostgreSQL).
func (s *CreateViewStep) Materialized() *CreateViewStep {
	s.create.View.Materialized = true
	return s
}

// Columns names the view's columns.
func (s *CreateViewStep) Columns(columns ...string) *CreateViewStep {
	s.create.View.Columns = columns
	return s
}

// Option sets an attribute that one engine alone knows.
func (s *CreateViewStep) Option(key, value string) *CreateViewStep {
	s.create.View.Options.Set(key, value)
	return s
}

// Comment sets the comment.
func (s *CreateViewStep) Comment(text string) *CreateViewStep {
	s.create.View.Comment = text
	return s
}

// DependsOn names the tables and views that the query uses, so that operations on them are ordered around the view.
func (s *CreateViewStep) DependsOn(relations ...string) *CreateViewStep {
	s.create.View.DependsOn = addRelations(s.create.View.DependsOn, relations)
	return s
}

// DependsOnColumns names the columns of a relation that the query uses.
func (s *CreateViewStep) DependsOnColumns(relation string, columns ...string) *CreateViewStep {
	s.create.View.DependsOn = addColumns(s.create.View.DependsOn, relation, columns)
	return s
}

// DropView records dropping a view.
func (m *Migration) DropView(name string) *DropViewStep {
	drop := &DropView{Name: schema.ParseName(name)}
	m.Do(drop)
	return &DropViewStep{drop}
}

// DropViewStep adds to a recorded DropView.
type DropViewStep struct{ drop *DropView }

// Materialized says that it is a materialized view (PostgreSQL).
func (s *DropViewStep) Materialized() { s.drop.Materialized = true }

// CreateFunction records creating a function or procedure by its whole statement. The name has the argument types on
// PostgreSQL: "area(integer, integer)".
func (m *Migration) CreateFunction(name, statement string) *CreateFunctionStep {
	create := &CreateFunction{Function: &schema.Function{Name: schema.ParseName(name), Kind: "function", Definition: statement}}
	m.Do(create)
	return &CreateFunctionStep{create}
}

// CreateFunctionStep adds to a recorded CreateFunction.
type CreateFunctionStep struct{ create *CreateFunction }

// OrReplace says that the statement replaces a function of that name.
func (s *CreateFunctionStep) OrReplace() *CreateFunctionStep {
	s.create.Replace = true
	return s
}

// Procedure says that it is a procedure.
func (s *CreateFunctionStep) Procedure() *CreateFunctionStep {
	s.create.Function.Kind = "procedure"
	return s
}

// Aggregate says that it is an aggregate (PostgreSQL).
func (s *CreateFunctionStep) Aggregate() *CreateFunctionStep {
	s.create.Function.Kind = "aggregate"
	return s
}

// Option sets an attribute that one engine alone knows, such as [schema.OptionSQLMode].
func (s *CreateFunctionStep) Option(key, value string) *CreateFunctionStep {
	s.create.Function.Options.Set(key, value)
	return s
}

// Comment sets the comment.
func (s *CreateFunctionStep) Comment(text string) *CreateFunctionStep {
	s.create.Function.Comment = text
	return s
}

// DependsOn names the relations and functions that the body uses, so that operations on them are ordered around it.
func (s *CreateFunctionStep) DependsOn(relations ...string) *CreateFunctionStep {
	s.create.Function.DependsOn = addRelations(s.create.Function.DependsOn, relations)
	return s
}

// DependsOnColumns names the columns of a relation that the body uses.
func (s *CreateFunctionStep) DependsOnColumns(relation string, columns ...string) *CreateFunctionStep {
	s.create.Function.DependsOn = addColumns(s.create.Function.DependsOn, relation, columns)
	return s
}

// DropFunction records dropping a function.
func (m *Migration) DropFunction(name string) { m.Do(&DropFunction{Name: schema.ParseName(name)}) }

// DropProcedure records dropping a procedure.
func (m *Migration) DropProcedure(name string) {
	m.Do(&DropFunction{Name: schema.ParseName(name), Routine: "procedure"})
}

// CreateTrigger records creating a trigger of a table by its whole statement.
func (m *Migration) CreateTrigger(name, table, statement string) *CreateTriggerStep {
	create := &CreateTrigger{Trigger: &schema.Trigger{
		Name: triggerName(m.dialect, name, table), Trigger: name, Table: schema.ParseName(table), Definition: statement,
	}}
	m.Do(create)
	return &CreateTriggerStep{create}
}

// DropTrigger records dropping a trigger of a table.
func (m *Migration) DropTrigger(name, table string) {
	m.Do(&DropTrigger{Name: triggerName(m.dialect, name, table), Trigger: name, Table: schema.ParseName(table)})
}

func triggerName(dialect schema.Dialect, name, table string) schema.Name {
	on := schema.ParseName(table)
	if dialect == schema.Postgres {
		return schema.Name{Schema: on.Schema, Name: on.Name + "/" + name}
	}
	return schema.Name{Schema: on.Schema, Name: name}
}
