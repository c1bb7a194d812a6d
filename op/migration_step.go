package op

import "github.com/retort-db/retort/schema"

// AlterTableStep says what changes. What it does not mention stays as it is.
type AlterTableStep struct {
	alter   *AlterTable
	dialect schema.Dialect
}

// Comment sets the comment; an empty text removes it. SQLite has none and leaves it out.
func (s *AlterTableStep) Comment(text string) *AlterTableStep {
	if s.dialect != schema.SQLite {
		s.alter.Comment = &text
	}
	return s
}

// Set sets an attribute that one engine alone knows, by its key in [schema.Options].
func (s *AlterTableStep) Set(key, value string) *AlterTableStep {
	s.alter.Set.Set(key, value)
	return s
}

// Unset removes such attributes.
func (s *AlterTableStep) Unset(keys ...string) *AlterTableStep {
	s.alter.Unset = append(s.alter.Unset, keys...)
	return s
}

// CreateExtensionStep adds to a recorded CreateExtension.
type CreateExtensionStep struct{ create *CreateExtension }

// Schema says into which schema the extension's objects go.
func (s *CreateExtensionStep) Schema(name string) *CreateExtensionStep {
	s.create.Extension.Schema = name
	return s
}

// Version asks for a version of the extension.
func (s *CreateExtensionStep) Version(version string) *CreateExtensionStep {
	s.create.Extension.Version = version
	return s
}

// CreateEnumStep adds to a recorded CreateEnum.
type CreateEnumStep struct{ create *CreateEnum }

// Comment sets the comment.
func (s *CreateEnumStep) Comment(text string) *CreateEnumStep {
	s.create.Enum.Comment = text
	return s
}

// IfNotExists leaves a type of that name alone.
func (s *CreateEnumStep) IfNotExists() *CreateEnumStep {
	s.create.IfNotExists = true
	return s
}

// CreateTriggerStep adds to a recorded CreateTrigger.
type CreateTriggerStep struct{ create *CreateTrigger }

// OrReplace says that the statement replaces a trigger of that name.
func (s *CreateTriggerStep) OrReplace() *CreateTriggerStep {
	s.create.Replace = true
	return s
}

// Enabled sets when the trigger fires, if not in the usual sessions only: "disabled", "replica" or "always" (PostgreSQL).
func (s *CreateTriggerStep) Enabled(state string) *CreateTriggerStep {
	s.create.Trigger.Enabled = state
	return s
}

// Option sets an attribute that one engine alone knows, such as [schema.OptionSQLMode].
func (s *CreateTriggerStep) Option(key, value string) *CreateTriggerStep {
	s.create.Trigger.Options.Set(key, value)
	return s
}

// Comment sets the comment.
func (s *CreateTriggerStep) Comment(text string) *CreateTriggerStep {
	s.create.Trigger.Comment = text
	return s
}

// DependsOn names the relations and functions that the trigger uses besides its table.
func (s *CreateTriggerStep) DependsOn(relations ...string) *CreateTriggerStep {
	s.create.Trigger.DependsOn = addRelations(s.create.Trigger.DependsOn, relations)
	return s
}

// DependsOnColumns names the columns of a relation that the trigger uses.
func (s *CreateTriggerStep) DependsOnColumns(relation string, columns ...string) *CreateTriggerStep {
	s.create.Trigger.DependsOn = addColumns(s.create.Trigger.DependsOn, relation, columns)
	return s
}

// CreateStatistics records creating extended statistics of a table by their whole statement (PostgreSQL).
func (m *Migration) CreateStatistics(name, table, statement string) *CreateStatisticsStep {
	create := &CreateStatistic{Statistic: &schema.Statistic{
		Name: schema.ParseName(name), Table: schema.ParseName(table), Definition: statement,
	}}
	m.Do(create)
	return &CreateStatisticsStep{create}
}

// CreateStatisticsStep adds to a recorded CreateStatistic.
type CreateStatisticsStep struct{ create *CreateStatistic }

// Comment sets the comment.
func (s *CreateStatisticsStep) Comment(text string) *CreateStatisticsStep {
	s.create.Statistic.Comment = text
	return s
}

// DropStatistics records dropping extended statistics (PostgreSQL).
func (m *Migration) DropStatistics(name string) {
	m.Do(&DropStatistic{Name: schema.ParseName(name)})
}

func addRelations(list []schema.Dependency, relations []string) []schema.Dependency {
	for _, relation := range relations {
		list = append(list, schema.Dependency{Relation: schema.ParseName(relation)})
	}
	return list
}

func addColumns(list []schema.Dependency, relation string, columns []string) []schema.Dependency {
	for _, column := range columns {
		list = append(list, schema.Dependency{Relation: schema.ParseName(relation), Column: column})
	}
	return list
}
