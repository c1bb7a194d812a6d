package versions

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// statement is SQL with ? for its arguments, whatever the engine's own marks are.
type statement struct {
	text string
	args []any
}

// tables are the two tables that Retort keeps, on one engine.
type tables struct {
	engine           engine
	version, history schema.Name
}

func tablesOf(engine engine, options Options) tables {
	return tables{engine: engine, version: options.versionTable(), history: options.historyTable()}
}

func (t tables) quoted(name schema.Name) string { return ddl.QuoteName(t.engine.dialect(), name) }
func (t tables) column(name string) string      { return ddl.Quote(t.engine.dialect(), name) }

func (t tables) columns(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = t.column(name)
	}
	return strings.Join(quoted, ", ")
}

// createVersion returns the statement that creates the version table.
func (t tables) createVersion() string {
	types := t.engine.types()
	return "CREATE TABLE IF NOT EXISTS " + t.quoted(t.version) + " (" + t.column("version_num") + " " + types.name + " NOT NULL, CONSTRAINT " +
		t.column(t.version.Name+"_pkey") + " PRIMARY KEY (" + t.column("version_num") + "))" + types.suffix
}

// createHistory returns the statement that creates the history table.
func (t tables) createHistory() string {
	types := t.engine.types()
	columns := []string{
		"id", types.id, "revision", types.name + " NOT NULL", "direction", types.text + " NOT NULL",
		"started_at", types.time + " NOT NULL", "finished_at", types.time, "duration_ms", types.integer,
		"statements", types.integer + " NOT NULL", "step", types.integer + " NOT NULL", "checksum", types.text,
		"tool_version", types.text, "outcome", types.text + " NOT NULL", "error", types.document, "state", types.document,
	}
	var parts []string
	for i := 0; i < len(columns); i += 2 {
		parts = append(parts, t.column(columns[i])+" "+columns[i+1])
	}
	if !strings.Contains(types.id, "PRIMARY KEY") {
		parts = append(parts, "CONSTRAINT "+t.column(t.history.Name+"_pkey")+" PRIMARY KEY ("+t.column("id")+")")
	}
	return "CREATE TABLE IF NOT EXISTS " + t.quoted(t.history) + " (" + strings.Join(parts, ", ") + ")" + types.suffix
}

// ensure creates the tables that are missing.
func (t tables) ensure(ctx context.Context, q introspect.Querier) error {
	for _, table := range []struct {
		name   schema.Name
		create string
	}{{t.version, t.createVersion()}, {t.history, t.createHistory()}} {
		there, err := t.engine.tableExists(ctx, q, table.name)
		if err != nil {
			return fmt.Errorf("look for table %s: %w", table.name, err)
		}
		if there {
			continue
		}
		if _, err := q.ExecContext(ctx, table.create); err != nil {
			return fmt.Errorf("create table %s: %w", table.name, err)
		}
	}
	return nil
}

// rows returns the version table's rows, sorted; none if there is no such table.
func (t tables) rows(ctx context.Context, q introspect.Querier) ([]string, error) {
	there, err := t.engine.tableExists(ctx, q, t.version)
	if err != nil || !there {
		return nil, err
	}
	return t.rowsOf(ctx, q)
}

// rowsOf returns the rows of the version table, which is there.
func (t tables) rowsOf(ctx context.Context, q introspect.Querier) (ids []string, err error) {
	rows, err := q.QueryContext(ctx, "SELECT "+t.column("version_num")+" FROM "+t.quoted(t.version))
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", t.version, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read table %s: %w", t.version, err)
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, rows.Err()
}

// change returns the statements of a change of the version table. Each has to match one row.
func (t tables) change(change RowChange) []statement {
	table, column := t.quoted(t.version), t.column("version_num")
	var out []statement
	for _, id := range change.Delete {
		out = append(out, statement{"DELETE FROM " + table + " WHERE " + column + " = ?", []any{id}})
	}
	if u := change.Update; u != nil {
		out = append(out, statement{"UPDATE " + table + " SET " + column + " = ? WHERE " + column + " = ?", []any{u.To, u.From}})
	}
	for _, id := range change.Insert {
		out = append(out, statement{"INSERT INTO " + table + " (" + column + ") VALUES (?)", []any{id}})
	}
	return out
}

// apply carries a change of the version table out.
func (t tables) apply(ctx context.Context, q introspect.Querier, change RowChange) error {
	for _, s := range t.change(change) {
		result, err := t.exec(ctx, q, s)
		if err != nil {
			return fmt.Errorf("write table %s: %w", t.version, err)
		}
		if found, err := result.RowsAffected(); err == nil && found != 1 {
			return &RowError{Table: t.version.String(), Row: fmt.Sprint(s.args[len(s.args)-1]), Found: found}
		}
	}
	return nil
}

// RowError says that the version table does not have a row, or has it several times: something else has written it.
type RowError struct {
	Table string
	Row   string
	Found int64
}

// Error names the table, the row and how often it was found.
func (e *RowError) Error() string {
	return fmt.Sprintf("table %s should have one row %q and has %d: something else than retort has written to it; see what is there, and set it with \"retort stamp --purge REVISION\"", e.Table, e.Row, e.Found)
}

func (t tables) exec(ctx context.Context, q introspect.Querier, s statement) (sql.Result, error) {
	return q.ExecContext(ctx, t.marked(s.text), s.args...)
}

// marked replaces ? by the engine's marks. The texts are this package's own, without ? in strings.
func (t tables) marked(text string) string {
	if t.engine.mark(1) == "?" {
		return text
	}
	var out strings.Builder
	n := 0
	for part := range strings.SplitSeq(text, "?") {
		if n > 0 {
			out.WriteString(t.engine.mark(n))
		}
		out.WriteString(part)
		n++
	}
	return out.String()
}

// timestamp writes a time as the history table has it.
func (t tables) timestamp(at time.Time) string {
	if t.engine.dialect() == schema.MySQL {
		return at.UTC().Format("2006-01-02 15:04:05.000000")
	}
	return at.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
}
