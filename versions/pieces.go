package versions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

type querier = introspect.Querier

// progress is what the history table keeps of a revision that runs in pieces, so that another run can go on: after a
// crash it is not known whether the statement that was under way took effect, and the schema tells.
type progress struct {
	// Before is what the statements were compiled from.
	Before *schema.Schema `json:"before"`
	// Done is the checksum of the statements carried out, Next that of the one under way.
	Done string `json:"done"`
	Next string `json:"next,omitempty"`
	// Found is the checksum of the schema before the statement under way, empty for one that commits with this row.
	Found string `json:"found,omitempty"`
}

// unfinished is an interrupted run of a revision.
type unfinished struct {
	Entry
	progress progress
}

// unfinished returns the interrupted run, or nil.
func (r *runner) unfinished(ctx context.Context) (*unfinished, error) {
	entries, err := r.tables.entries(ctx, r.conn.Querier, " WHERE "+r.tables.column("state")+" IS NOT NULL")
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	u := &unfinished{Entry: entries[len(entries)-1]}
	if err := json.Unmarshal([]byte(u.state), &u.progress); err != nil {
		return nil, fmt.Errorf("table %s, row %d: the state of an interrupted run cannot be read: %w", r.tables.history, u.ID, err)
	}
	return u, nil
}

// fits reports whether a run begins with the revision that was interrupted.
func (u *unfinished) fits(path []Step) error {
	if u == nil || len(path) > 0 && path[0].ID == u.Revision && path[0].Direction == u.Direction {
		return nil
	}
	return u.error("this run does not begin with it")
}

func (u *unfinished) error(reason string) error {
	return &InterruptedError{Revision: u.Revision, Direction: u.Direction, Step: u.Step, Steps: u.Statements, Reason: reason}
}

// runInPieces carries the revision out with the history row telling how far it is. It returns the number of the statement
// that failed.
func (s *stepRun) runInPieces(ctx context.Context) (failed int, err error) {
	// What came before in one transaction with the whole run ends here.
	if err := s.commit(ctx); err != nil {
		return 0, err
	}
	at, err := s.resume(ctx)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			s.rewind()
		}
	}()
	if at == 0 {
		if err := checkDecided(ctx, s.querier(), s.engine, s.recorded); err != nil {
			return 0, err
		}
	}
	if err = s.beforeRevision(ctx, s.conn.idb); err != nil {
		return 0, err
	}
	for at < len(s.statements) {
		s.kept = at
		var next int
		next, err = s.piece(ctx, at)
		if err != nil {
			if err = s.tryAgain(ctx, at, next, err); err != nil {
				return next, err
			}
			if at, err = s.afterFailure(ctx, at); err != nil {
				return next, err
			}
			continue
		}
		at, s.attempts = next, attempts{}
		event := s.event(EventStep, len(s.statements))
		event.Step, event.Elapsed = at, time.Since(s.started)
		s.options.emit(event)
	}
	if s.tx == nil {
		s.kept = at
		if err := s.begin(ctx, false); err != nil {
			return 0, err
		}
		if err := s.finish(ctx); err != nil {
			return 0, err
		}
	}
	return 0, s.commit(ctx)
}

// afterFailure returns the place to go on from when the statement at a place did not get its locks. PostgreSQL leaves an
// index behind that it could not finish.
func (s *stepRun) afterFailure(ctx context.Context, at int) (int, error) {
	index, isIndex := s.statements[at].Operation.(*op.CreateIndex)
	if !isIndex || s.engine.dialect() != schema.Postgres || !s.alone(s.statements[at]) {
		return at, nil
	}
	built, err := s.indexValid(ctx, index)
	if built {
		return at + 1, err
	}
	return at, err
}

// rewind sets the history row to how far the run has come for good, for recording a failure.
func (s *stepRun) rewind() {
	s.entry = s.committed
	if s.entry.ID == 0 || s.kept <= s.entry.Step {
		return
	}
	// A statement by itself is noted as carried out with what comes after it, which has failed.
	state, err := json.Marshal(progress{Before: s.before, Done: fingerprint(s.statements[:s.kept])})
	if err == nil {
		s.entry.Step, s.entry.state = s.kept, string(state)
	}
}

// piece carries out the statement at a place by itself, or those that share a transaction from there on. It returns the
// place after them, or the number of the statement that failed. The last transaction is left open and finished.
func (s *stepRun) piece(ctx context.Context, at int) (int, error) {
	if s.alone(s.statements[at]) {
		if err := s.noteAlone(ctx, at); err != nil {
			return at + 1, err
		}
		if err := s.exec(ctx, at, s.conn.idb); err != nil {
			return at + 1, err
		}
		return at + 1, nil
	}
	end := at
	for end < len(s.statements) && !s.alone(s.statements[end]) {
		end++
	}
	off := slices.ContainsFunc(s.statements[at:end], func(statement ddl.Statement) bool { return statement.ForeignKeysOff })
	if s.entry.ID == 0 {
		if err := s.noteAlone(ctx, at); err != nil {
			return at + 1, err
		}
	}
	if err := s.begin(ctx, off); err != nil {
		return at + 1, err
	}
	for i := at; i < end; i++ {
		if err := s.exec(ctx, i, s.tx.Tx); err != nil {
			return i + 1, err
		}
	}
	if end == len(s.statements) {
		return end, s.finish(ctx)
	}
	if err := s.note(ctx, s.querier(), end); err != nil {
		return end, err
	}
	if err := s.commit(ctx); err != nil {
		return end, err
	}
	s.committed = s.entry
	return end, nil
}

// noteAlone notes a place outside the revision's own transactions. Where the transaction is the lock it has one, so that
// of two runs only one notes.
func (s *stepRun) noteAlone(ctx context.Context, at int) error {
	if s.engine.dialect() != schema.SQLite {
		return s.note(ctx, s.conn.Querier, at)
	}
	if err := s.begin(ctx, false); err != nil {
		return err
	}
	if err := s.note(ctx, s.querier(), at); err != nil {
		return err
	}
	if err := s.commit(ctx); err != nil {
		return err
	}
	s.committed = s.entry
	return nil
}

// note writes into the history that the statements before a place are carried out and the one there comes next.
func (s *stepRun) note(ctx context.Context, q querier, at int) error {
	p := progress{Before: s.before, Done: fingerprint(s.statements[:at])}
	if at < len(s.statements) && s.alone(s.statements[at]) {
		p.Next = fingerprint(s.statements[at : at+1])
		var err error
		if p.Found, err = s.schemaSum(ctx, q, s.statements[at]); err != nil {
			return err
		}
	}
	state, err := json.Marshal(p)
	if err != nil {
		return err
	}
	s.entry.Step, s.entry.state = at, string(state)
	if s.entry.ID == 0 {
		err = s.tables.insertEntry(ctx, q, &s.entry)
	} else {
		err = s.tables.updateEntry(ctx, q, s.entry)
	}
	if err != nil {
		return err
	}
	s.interrupted = s.entry.ID
	if s.tx == nil {
		s.committed = s.entry
	}
	return nil
}

// fingerprint returns the checksum of statements.
func fingerprint(statements []ddl.Statement) string {
	hash := sha256.New()
	for _, statement := range statements {
		fmt.Fprintf(hash, "%q %q %q\n", statement.SQL, statement.Describe, fmt.Sprint(statement.Args...))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// schemaSum returns the checksum of what a statement may change in the schema; empty for one that changes only rows.
func (s *stepRun) schemaSum(ctx context.Context, q querier, statement ddl.Statement) (string, error) {
	if isData(statement) || statement.Operation == nil {
		return "", nil
	}
	if _, backfill := statement.Operation.(*op.Backfill); backfill {
		return "", nil // can always be run again
	}
	operations := []op.Operation{statement.Operation}
	options := introspect.Options{Namespaces: needsOf(s.engine.dialect(), operations).namespaces}
	everything := false
	for _, operation := range flat(operations) {
		everything = everything || standsAlone(operation) || isOpaque(operation) || operation.Subject() == schema.Name{}
		options.Tables = append(options.Tables, tablesOfOperation(operation)...)
	}
	if everything {
		options.Tables = nil
	}
	read, err := introspect.Read(ctx, q, s.engine.dialect(), options)
	if err != nil {
		return "", fmt.Errorf("read the schema before step: %w", err)
	}
	if everything {
		// Other runs' tables, and this one's own, are not the statement's.
		read.Tables.Filter(func(t *schema.Table) bool { return t.Name != s.tables.version && t.Name != s.tables.history })
	}
	data, err := json.Marshal(read)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// resume returns the place to go on from: 0 if nothing was interrupted.
func (s *stepRun) resume(ctx context.Context) (int, error) {
	u := s.unfinished
	if u == nil {
		return 0, nil
	}
	if u.Step > len(s.statements) || fingerprint(s.statements[:u.Step]) != u.progress.Done {
		return 0, u.error("the steps that were carried out have changed since")
	}
	at := u.Step
	if at < len(s.statements) && u.progress.Found != "" {
		took, err := s.tookEffect(ctx, s.statements[at])
		if err != nil {
			return 0, err
		}
		if took && fingerprint(s.statements[at:at+1]) != u.progress.Next {
			return 0, u.error(fmt.Sprintf("step %d, which had taken effect, has changed since", at+1))
		}
		if took {
			at++
		}
	}
	s.kept = at
	event := s.event(EventResume, len(s.statements))
	event.Step = at
	event.Text = fmt.Sprintf("going on after step %d of %d of an earlier run", at, len(s.statements))
	s.options.emit(event)
	// The new run takes over from the old one, in one transaction, so that there is always exactly one to go on from.
	if err := s.begin(ctx, false); err != nil {
		return 0, err
	}
	old := u.Entry
	old.state = ""
	if old.Outcome == OutcomeRunning {
		old.Outcome, old.Error = OutcomeFailed, "the process ended before the revision did"
	}
	if err := s.tables.updateEntry(ctx, s.querier(), old); err != nil {
		return 0, err
	}
	if err := s.note(ctx, s.querier(), at); err != nil {
		return 0, err
	}
	if err := s.commit(ctx); err != nil {
		return 0, err
	}
	s.committed = s.entry
	return at, nil
}

// tookEffect reports whether the statement that was under way when a run was interrupted has changed the schema.
func (s *stepRun) tookEffect(ctx context.Context, statement ddl.Statement) (bool, error) {
	if s.engine.dialect() == schema.Postgres {
		switch o := statement.Operation.(type) {
		case *op.CreateIndex:
			return s.indexValid(ctx, o)
		case *op.DropIndex:
			// DROP INDEX CONCURRENTLY leaves an index that is invalid behind when it is interrupted, and drops that then.
			found, err := s.hasIndex(ctx, schema.Name{Schema: o.Table.Schema, Name: o.Name})
			return !found, err
		}
	}
	now, err := s.schemaSum(ctx, s.conn.Querier, statement)
	return now != s.unfinished.progress.Found, err
}

// indexValid reports whether PostgreSQL has finished building an index. One that it has not is dropped: CREATE INDEX
// CONCURRENTLY leaves it behind when it is interrupted.
func (s *stepRun) indexValid(ctx context.Context, index *op.CreateIndex) (bool, error) {
	name := ddl.QuoteName(schema.Postgres, schema.Name{Schema: index.Table.Schema, Name: index.Index.Name})
	valid := false
	found, err := s.hasIndex(ctx, schema.Name{Schema: index.Table.Schema, Name: index.Index.Name})
	if err != nil || !found {
		return false, err
	}
	if valid, err = exists(ctx, s.conn.Querier, "SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1) AND indisvalid", name); err != nil || valid {
		return valid, err
	}
	restore, err := s.limit(ctx, s.conn.Querier, limits{lock: noLimit, statement: noLimit})
	if err != nil {
		return false, err
	}
	defer restore()
	_, err = s.conn.ExecContext(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+name)
	return false, err
}

// hasIndex reports whether PostgreSQL has an index, valid or not.
func (s *stepRun) hasIndex(ctx context.Context, name schema.Name) (bool, error) {
	return exists(ctx, s.conn.Querier, "SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1)", ddl.QuoteName(schema.Postgres, name))
}
