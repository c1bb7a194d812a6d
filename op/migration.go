package op

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/schema"
)

// Migration records the operations of one direction of a revision, for one engine. Its methods do not touch a database.
type Migration struct {
	dialect schema.Dialect
	list    *[]Operation
	errs    *[]error
}

// Record calls direction with a recorder for a dialect and returns what it recorded. Mistakes in the arguments (a column
// without a type, a foreign key without a table) are returned together. A nil direction records nothing; a panic in it is
// returned as an error.
func Record(dialect schema.Dialect, direction func(*Migration)) (operations []Operation, err error) {
	if direction == nil {
		return nil, nil
	}
	var list []Operation
	var errs []error
	defer func() {
		if value := recover(); value != nil {
			operations, err = nil, fmt.Errorf("recording for %s panicked: %v", dialect, value)
		}
	}()
	direction(&Migration{dialect: dialect, list: &list, errs: &errs})
	return list, errors.Join(errs...)
}

// Dialect returns the engine that is recorded for, for steps that have to look at it. [Migration.On] reads better.
func (m *Migration) Dialect() schema.Dialect { return m.dialect }

// On records steps for one engine only.
func (m *Migration) On(dialect schema.Dialect, steps func(m *Migration)) {
	if m.dialect == dialect {
		steps(m)
	}
}

// Except records steps for all engines but one.
func (m *Migration) Except(dialect schema.Dialect, steps func(m *Migration)) {
	if m.dialect != dialect {
		steps(m)
	}
}

// Do records any operation, also one of the user's own (see [Custom]).
func (m *Migration) Do(operation Operation) { *m.list = append(*m.list, operation) }

// Batch records changes of one table as one operation: one rebuild on SQLite, one ALTER TABLE elsewhere.
func (m *Migration) Batch(table string, changes func(t *Table)) {
	m.BatchAlterTable(table, changes)
}

// BatchAlterTable records changes of one table as one operation: one rebuild on SQLite, one ALTER TABLE elsewhere.
func (m *Migration) BatchAlterTable(table string, changes func(t *Table)) {
	batch := &Batch{Table: schema.ParseName(table)}
	m.Do(batch)
	changes(&Table{name: table, batch: batch, m: &Migration{dialect: m.dialect, list: (*[]Operation)(&batch.Operations), errs: m.errs}})
}

func (m *Migration) fail(err error) { *m.errs = append(*m.errs, err) }

// CreateTable records the creation of a table from its elements.
func (m *Migration) CreateTable(name string, elements ...TableElement) *CreateTableStep {
	create := &CreateTable{Table: &schema.Table{Name: schema.ParseName(name)}}
	table, err := newTable(name, m.dialect, elements)
	if err != nil {
		m.fail(err)
	} else {
		create.Table = table
	}
	m.Do(create)
	return &CreateTableStep{create}
}

// CreateTableStep adds to a recorded CreateTable.
type CreateTableStep struct{ create *CreateTable }

// IfNotExists leaves a table of that name alone.
func (s *CreateTableStep) IfNotExists() *CreateTableStep {
	s.create.IfNotExists = true
	return s
}

// DropTable records dropping a table.
func (m *Migration) DropTable(name string) *DropTableStep {
	drop := &DropTable{Name: schema.ParseName(name)}
	m.Do(drop)
	return &DropTableStep{drop}
}

// DropTableStep adds to a recorded DropTable.
type DropTableStep struct{ drop *DropTable }

// IfExists lets the table be absent.
func (s *DropTableStep) IfExists() *DropTableStep {
	s.drop.IfExists = true
	return s
}

// MaybeRenamedTo flags that the table was perhaps renamed. The runner refuses the step until that is decided.
func (s *DropTableStep) MaybeRenamedTo(table string) *DropTableStep {
	s.drop.RenamedTo = table
	return s
}

// RenameTable records renaming a table.
func (m *Migration) RenameTable(from, to string) {
	m.Do(&RenameTable{From: schema.ParseName(from), To: schema.ParseName(to)})
}

// CommentTable records setting the comment of a table; an empty text removes it.
func (m *Migration) CommentTable(table, text string) {
	m.Do(&AlterTable{Name: schema.ParseName(table), Comment: &text})
}

// AlterTable records changing attributes of a table as a whole: those whose methods are called on the returned step.
func (m *Migration) AlterTable(table string) *AlterTableStep {
	alter := &AlterTable{Name: schema.ParseName(table)}
	m.Do(alter)
	return &AlterTableStep{alter}
}

// SetTableOption records setting an attribute of a table that one engine alone knows, by its key in [schema.Options].
func (m *Migration) SetTableOption(table, key, value string) {
	m.Do(&AlterTable{Name: schema.ParseName(table), Set: schema.Options{{Key: key, Value: value}}})
}

// UnsetTableOption records removing such an attribute.
func (m *Migration) UnsetTableOption(table, key string) {
	m.Do(&AlterTable{Name: schema.ParseName(table), Unset: []string{key}})
}

// CreateNamespace records creating a schema (PostgreSQL) or a database (MySQL) unless it is there.
func (m *Migration) CreateNamespace(name string) {
	m.Do(&CreateNamespace{Name: name, IfNotExists: true})
}

// DropNamespace records dropping a schema or a database.
func (m *Migration) DropNamespace(name string) { m.Do(&DropNamespace{Name: name}) }

// CreateExtension records installing an extension unless it is there (PostgreSQL).
func (m *Migration) CreateExtension(name string) *CreateExtensionStep {
	create := &CreateExtension{Extension: &schema.Extension{Name: name}, IfNotExists: true}
	m.Do(create)
	return &CreateExtensionStep{create}
}

// DropExtension records removing an extension (PostgreSQL).
func (m *Migration) DropExtension(name string) { m.Do(&DropExtension{Name: schema.Name{Name: name}}) }

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

// Exec records SQL that runs as it is given. Arguments are bound, in the parameter style of the engine's driver.
func (m *Migration) Exec(sql string, args ...any) *ExecStep {
	exec := &Exec{SQL: sql, Args: args}
	m.Do(exec)
	return &ExecStep{exec}
}

// ExecStep adds to a recorded Exec.
type ExecStep struct{ exec *Exec }

// Changes says what the statement does to the schema, so that the replay of the revisions stays true.
func (s *ExecStep) Changes(effect func(*schema.Schema) error) *ExecStep {
	s.exec.Effect, s.exec.Known = effect, true
	return s
}

// NoSchemaChange says that the statement changes nothing in the schema.
func (s *ExecStep) NoSchemaChange() *ExecStep {
	s.exec.Known = true
	return s
}

// OutsideTransaction runs the statement in a step of its own.
func (s *ExecStep) OutsideTransaction() *ExecStep {
	s.exec.OutsideTransaction = true
	return s
}

// Row is a row to insert, by column.
type Row map[string]any

// Insert records inserting rows. Columns are those of all rows, in the order of their names; a column that a row lacks
// gets NULL.
func (m *Migration) Insert(table string, rows ...Row) {
	seen := map[string]bool{}
	insert := &Insert{Table: schema.ParseName(table)}
	for _, row := range rows {
		for column := range row {
			if !seen[column] {
				seen[column] = true
				insert.Columns = append(insert.Columns, column)
			}
		}
	}
	sort.Strings(insert.Columns)
	for _, row := range rows {
		values := make([]any, len(insert.Columns))
		for i, column := range insert.Columns {
			values[i] = row[column]
		}
		insert.Rows = append(insert.Rows, values)
	}
	m.Do(insert)
}

// Run records a step in Go. It receives the revision's transaction, where the engine has one.
func (m *Migration) Run(label string, do func(ctx context.Context, db bun.IDB) error) *RunStep {
	run := &Run{Label: label, Do: do}
	if do == nil {
		m.fail(fmt.Errorf("run %q has no function", label))
	}
	m.Do(run)
	return &RunStep{run}
}

// RunStep adds to a recorded Run.
type RunStep struct{ run *Run }

// Changes says what the function does to the schema.
func (s *RunStep) Changes(effect func(*schema.Schema) error) *RunStep {
	s.run.Effect, s.run.Known = effect, true
	return s
}

// NoSchemaChange says that the function changes nothing in the schema.
func (s *RunStep) NoSchemaChange() *RunStep {
	s.run.Known = true
	return s
}

// OutsideTransaction gives the function the database itself.
func (s *RunStep) OutsideTransaction() *RunStep {
	s.run.OutsideTransaction = true
	return s
}

// Backfill records setting a column of the rows in which it is NULL, in batches.
func (m *Migration) Backfill(table, column, expr string) *BackfillStep {
	backfill := &Backfill{Table: schema.ParseName(table), Set: []Assignment{{Column: column, Expr: expr}}}
	m.Do(backfill)
	return &BackfillStep{backfill}
}

// BackfillStep adds to a recorded Backfill.
type BackfillStep struct{ backfill *Backfill }

// Set sets a further column.
func (s *BackfillStep) Set(column, expr string) *BackfillStep {
	s.backfill.Set = append(s.backfill.Set, Assignment{Column: column, Expr: expr})
	return s
}

// Where says which rows are still to do.
func (s *BackfillStep) Where(condition string) *BackfillStep {
	s.backfill.Where = condition
	return s
}

// Key orders the batches by other columns than the primary key.
func (s *BackfillStep) Key(columns ...string) *BackfillStep {
	s.backfill.Key = columns
	return s
}

// Batches sets the number of rows of a batch and the pause between two.
func (s *BackfillStep) Batches(rows int, pause time.Duration) *BackfillStep {
	s.backfill.Batch, s.backfill.Pause = rows, pause
	return s
}

// Irreversible records that the direction cannot be run.
func (m *Migration) Irreversible(reason string) { m.Do(&Irreversible{Reason: reason}) }
