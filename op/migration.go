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
	// places takes the place of each step, if somebody asked for them.
	places *[]*Place
}

// Record calls direction with a recorder for a dialect and returns what it recorded. Mistakes in the arguments (a column
// without a type, a foreign key without a table) are returned together. A nil direction records nothing; a panic in it is
// returned as an error.
func Record(dialect schema.Dialect, direction func(*Migration)) ([]Operation, error) {
	return record(dialect, direction, nil)
}

// RecordPlaces is [Record], and also returns where each operation is written: the line outside of this package that
// recorded it.
func RecordPlaces(dialect schema.Dialect, direction func(*Migration)) ([]Operation, []*Place, error) {
	places := []*Place{}
	operations, err := record(dialect, direction, &places)
	return operations, places, err
}

func record(dialect schema.Dialect, direction func(*Migration), places *[]*Place) (operations []Operation, err error) {
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
	direction(&Migration{dialect: dialect, list: &list, errs: &errs, places: places})
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
func (m *Migration) Do(operation Operation) {
	*m.list = append(*m.list, operation)
	if m.places != nil {
		*m.places = append(*m.places, here())
	}
}

// Batch records changes of one table as one operation: one rebuild on SQLite, one ALTER TABLE elsewhere.
func (m *Migration) Batch(table string, changes func(t *Table)) {
	m.BatchAlterTable(table, changes)
}

// BatchAlterTable records changes of one table as one operation: one rebuild on SQLite, one ALTER TABLE elsewhere.
func (m *Migration) BatchAlterTable(table string, changes func(t *Table)) {
	batch := &Batch{Table: schema.ParseName(table)}
	m.Do(batch)
	inner := &Migration{dialect: m.dialect, list: (*[]Operation)(&batch.Operations), errs: m.errs}
	if m.places != nil {
		inner.places = &(*m.places)[len(*m.places)-1].Steps
	}
	changes(&Table{name: table, batch: batch, m: inner})
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
func (m *Migration) RenameTable(from, to string) *RenameTableStep {
	rename := &RenameTable{From: schema.ParseName(from), To: schema.ParseName(to)}
	m.Do(rename)
	return &RenameTableStep{rename}
}

// RenameTableStep adds to a recorded RenameTable.
type RenameTableStep struct{ rename *RenameTable }

// Model is [Model], for the table under its new name.
func (s *RenameTableStep) Model(goType string) *RenameTableStep {
	s.rename.Model = goType
	return s
}

// CommentTable records setting the comment of a table; an empty text removes it. SQLite has no comments, and nothing is
// recorded for it.
func (m *Migration) CommentTable(table, text string) {
	if m.dialect != schema.SQLite {
		m.Do(&AlterTable{Name: schema.ParseName(table), Comment: &text})
	}
}

// AlterTable records changing attributes of a table as a whole: those whose methods are called on the returned step.
func (m *Migration) AlterTable(table string) *AlterTableStep {
	alter := &AlterTable{Name: schema.ParseName(table)}
	m.Do(alter)
	return &AlterTableStep{alter: alter, dialect: m.dialect}
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
