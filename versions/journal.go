package versions

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// Outcome says how a run of a revision ended.
type Outcome string

// The outcomes.
const (
	// OutcomeRunning is that of a run which is under way, or whose process died.
	OutcomeRunning Outcome = "running"
	OutcomeDone    Outcome = "done"
	OutcomeFailed  Outcome = "failed"
)

// Entry is a row of the history table: one run of one revision.
type Entry struct {
	ID         int64         `json:"id"`
	Revision   string        `json:"revision"`
	Direction  Direction     `json:"direction"`
	Started    time.Time     `json:"started"`
	Finished   time.Time     `json:"finished,omitzero"`
	Duration   time.Duration `json:"duration"`   // in nanoseconds, recorded to the millisecond
	Statements int           `json:"statements"` // of the revision
	// Step is how many statements were carried out and kept.
	Step        int     `json:"step"`
	Checksum    string  `json:"checksum"` // see [Checksum]
	ToolVersion string  `json:"tool_version,omitempty"`
	Outcome     Outcome `json:"outcome"`
	Error       string  `json:"error,omitempty"`

	state string // of a revision that is not finished, for going on; see progress
}

var entryColumns = []string{
	"revision", "direction", "started_at", "finished_at", "duration_ms", "statements", "step", "checksum", "tool_version", "outcome", "error", "state",
}

// maxErrorText is how many bytes of an error are recorded.
const maxErrorText = 4000

func (t tables) entryValues(e Entry) []any {
	var finished, duration, message, state any
	if !e.Finished.IsZero() {
		finished, duration = t.timestamp(e.Finished), e.Duration.Milliseconds()
	}
	if e.Error != "" {
		// Servers refuse halves of letters and NUL.
		message = strings.ReplaceAll(strings.ToValidUTF8(e.Error[:min(len(e.Error), maxErrorText)], ""), "\x00", "")
	}
	if e.state != "" {
		state = e.state
	}
	return []any{
		e.Revision, string(e.Direction), t.timestamp(e.Started), finished, duration, e.Statements, e.Step, e.Checksum, e.ToolVersion,
		string(e.Outcome), message, state,
	}
}

// insertEntry writes a new row and sets its ID.
func (t tables) insertEntry(ctx context.Context, q introspect.Querier, e *Entry) error {
	text := "INSERT INTO " + t.quoted(t.history) + " (" + t.columns(entryColumns) + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	args := t.entryValues(*e)
	if t.engine.dialect() == schema.MySQL {
		result, err := q.ExecContext(ctx, text, args...)
		if err != nil {
			return fmt.Errorf("write table %s: %w", t.history, err)
		}
		e.ID, err = result.LastInsertId()
		return err
	}
	if err := q.QueryRowContext(ctx, t.marked(text+" RETURNING "+t.column("id")), args...).Scan(&e.ID); err != nil {
		return fmt.Errorf("write table %s: %w", t.history, err)
	}
	return nil
}

// updateEntry writes how far a run has come.
func (t tables) updateEntry(ctx context.Context, q introspect.Querier, e Entry) error {
	values := t.entryValues(e)
	text := "UPDATE " + t.quoted(t.history) + " SET "
	var args []any
	for i, name := range entryColumns {
		switch name {
		case "finished_at", "duration_ms", "step", "outcome", "error", "state":
			if len(args) > 0 {
				text += ", "
			}
			text += t.column(name) + " = ?"
			args = append(args, values[i])
		}
	}
	_, err := t.exec(ctx, q, statement{text + " WHERE " + t.column("id") + " = ?", append(args, e.ID)})
	if err != nil {
		return fmt.Errorf("write table %s: %w", t.history, err)
	}
	return nil
}

// forget takes the state of unfinished runs away: nothing will go on from them.
func (t tables) forget(ctx context.Context, q introspect.Querier) error {
	_, err := q.ExecContext(ctx, "UPDATE "+t.quoted(t.history)+" SET "+t.column("state")+" = NULL WHERE "+t.column("state")+" IS NOT NULL")
	if err != nil {
		return fmt.Errorf("write table %s: %w", t.history, err)
	}
	return nil
}

// interrupted returns the row of the history, which is there, from which a run has to go on; 0 is none.
func (t tables) interrupted(ctx context.Context, q introspect.Querier) (int64, error) {
	var id sql.NullInt64
	err := q.QueryRowContext(ctx, "SELECT max("+t.column("id")+") FROM "+t.quoted(t.history)+" WHERE "+t.column("state")+" IS NOT NULL").Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("read table %s: %w", t.history, err)
	}
	return id.Int64, nil
}

// entries reads rows of the history table, oldest first, none if there is no such table. The condition is SQL of this
// package's own.
func (t tables) entries(ctx context.Context, q introspect.Querier, condition string) (out []Entry, err error) {
	there, err := t.engine.tableExists(ctx, q, t.history)
	if err != nil || !there {
		return nil, err
	}
	query := "SELECT " + t.column("id") + ", " + t.columns(entryColumns) + " FROM " + t.quoted(t.history) + condition + " ORDER BY " + t.column("id")
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", t.history, err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var started, finished any
		var duration sql.NullInt64
		var checksum, tool, message, state sql.NullString
		if err := rows.Scan(&e.ID, &e.Revision, &e.Direction, &started, &finished, &duration, &e.Statements, &e.Step, &checksum, &tool,
			&e.Outcome, &message, &state); err != nil {
			return nil, fmt.Errorf("read table %s: %w", t.history, err)
		}
		e.Started, e.Finished = parseTime(started), parseTime(finished)
		e.Duration = time.Duration(duration.Int64) * time.Millisecond
		e.Checksum, e.ToolVersion, e.Error, e.state = checksum.String, tool.String, message.String, state.String
		out = append(out, e)
	}
	return out, rows.Err()
}

// parseTime reads a timestamp in the form of any driver.
func parseTime(value any) time.Time {
	var text string
	switch v := value.(type) {
	case time.Time:
		return v.UTC()
	case []byte:
		text = string(v)
	case string:
		text = v
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999", "2006-01-02 15:04:05.999999Z07", "2006-01-02 15:04:05.999999-07"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// History returns the rows of the history table, oldest first. It does not write; without a history table there are none.
func History(ctx context.Context, db bun.IDB, options Options) ([]Entry, error) {
	engine, err := engineOf(db)
	if err != nil {
		return nil, err
	}
	q, err := querierOf(db)
	if err != nil {
		return nil, err
	}
	return tablesOf(engine, options).entries(ctx, q, "")
}

// Current returns the rows of the version table, sorted. It does not write; without a version table there are none. See
// [Graph.CurrentHeads] for what they imply.
func Current(ctx context.Context, db bun.IDB, options Options) ([]string, error) {
	engine, err := engineOf(db)
	if err != nil {
		return nil, err
	}
	q, err := querierOf(db)
	if err != nil {
		return nil, err
	}
	return tablesOf(engine, options).rows(ctx, q)
}

// Changed is an applied revision whose operations are not those that were run.
type Changed struct {
	Revision string `json:"revision"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Applied  string `json:"applied"` // checksum of what was run
	Now      string `json:"now"`     // checksum of what the revision records now
}

// String says what that means.
func (c Changed) String() string {
	return fmt.Sprintf("revision %s has changed since it was applied: other databases get something else than this one", c.Revision)
}

// Verify returns the applied revisions whose operations have changed since they were run on this database, in the order
// of the graph. It does not write.
func Verify(ctx context.Context, db bun.IDB, set *Set, options Options) ([]Changed, error) {
	engine, err := engineOf(db)
	if err != nil {
		return nil, err
	}
	graph, err := set.Graph()
	if err != nil {
		return nil, err
	}
	q, err := querierOf(db)
	if err != nil {
		return nil, err
	}
	t := tablesOf(engine, options)
	rows, err := t.rows(ctx, q)
	if err != nil {
		return nil, err
	}
	position, err := graph.At(rows)
	if err != nil {
		return nil, err
	}
	return t.changed(ctx, q, position, revisionsOf(set))
}

func (t tables) changed(ctx context.Context, q introspect.Querier, position *Position, revisions map[string]Revision) ([]Changed, error) {
	entries, err := t.entries(ctx, q, " WHERE "+t.column("outcome")+" = 'done'")
	if err != nil {
		return nil, err
	}
	latest, up := map[string]string{}, map[string]bool{}
	for _, entry := range entries {
		if up[entry.Revision] = entry.Direction != Down; !up[entry.Revision] {
			continue
		}
		latest[entry.Revision] = entry.Checksum // a stamped revision has none: nobody knows what made the schema
	}
	var out []Changed
	for i, applied := range position.applied {
		id := position.graph.nodes[i].ID
		if !applied || latest[id] == "" {
			continue
		}
		revision := revisions[id]
		if slices.ContainsFunc(revision.Replaces, func(part string) bool { return up[part] }) {
			continue // it was applied in the parts that it had then
		}
		operations, err := revision.Operations(t.engine.dialect(), Up)
		if err != nil {
			return nil, err
		}
		now, err := Checksum(operations)
		if err != nil {
			return nil, err
		}
		if now != latest[id] {
			out = append(out, Changed{Revision: id, File: revision.File, Line: revision.Line, Applied: latest[id], Now: now})
		}
	}
	return out, nil
}
