// Package verify tries a history of revisions out: on an empty database it applies each revision, reverts it, and applies
// it again, and compares what the server has after every move.
//
// The command "retort verify" does this for a project. A program does it in a test of its own:
//
//	report, err := verify.Scratch(ctx, url, pgdialect.New(), migrations.Revisions, verify.Options{})
package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// Options says what to verify. The zero value verifies all revisions.
type Options struct {
	// Revisions are those to verify, each a revision identifier or a range "from:to" (see [versions.Graph.Resolve] and
	// [versions.Graph.Range]). What comes before them is applied only. None, or "all", means all.
	Revisions []string
	// Namespaces are read besides the default one and those that the revisions name.
	Namespaces []string
	// Run is how the revisions are run.
	Run versions.Options
	// Scratch says where [Scratch] may take its database from.
	Scratch introspect.ScratchOptions
	// Done, if set, is called after each revision.
	Done func(Outcome)
}

// Report is what came out on one server.
type Report struct {
	Server schema.Server `json:"server"`
	// Revisions has one outcome for each verified revision, in the order in which they ran.
	Revisions []Outcome `json:"revisions"`
	// Stopped says why the revisions after the last outcome were not tried; "" if all were.
	Stopped string `json:"stopped,omitempty"`
	// Account lists where the database, once everything is applied, is not as the operations of the revisions say. It is
	// empty unless all revisions were verified.
	Account []string `json:"account,omitempty"`
	// Unproved says in sentences what was left out, and why.
	Unproved []string      `json:"unproved,omitempty"`
	Elapsed  time.Duration `json:"elapsed"` // in nanoseconds
}

// Outcome is what came out for one revision. Up, Down and Again are sentences about what does not hold: an error of the
// server, or a difference.
type Outcome struct {
	ID         string `json:"id"`
	Message    string `json:"message,omitempty"`
	File       string `json:"file,omitempty"`
	Line       int    `json:"line,omitempty"`
	Statements int    `json:"statements"` // of the upgrade
	// Up is why the upgrade failed.
	Up []string `json:"up,omitempty"`
	// Down is why the downgrade failed, or what it leaves different from before the upgrade.
	Down []string `json:"down,omitempty"`
	// Again is why the second upgrade failed, or what it leaves different from the first.
	Again []string `json:"again,omitempty"`
	// NoDowngrade says why there is no way back; nothing is wrong with that.
	NoDowngrade string        `json:"no_downgrade,omitempty"`
	Elapsed     time.Duration `json:"elapsed"` // in nanoseconds
}

// Holds reports whether the revision went up, down and up again as it should, or up if there is no way back.
func (o Outcome) Holds() bool { return len(o.Up)+len(o.Down)+len(o.Again) == 0 }

// Holds reports whether every revision does, and the database is as the revisions say.
func (r *Report) Holds() bool {
	return r.Stopped == "" && len(r.Account) == 0 && !slices.ContainsFunc(r.Revisions, func(o Outcome) bool { return !o.Holds() })
}

// String says in a sentence what came out.
func (r *Report) String() string {
	count := fmt.Sprintf("%d revisions", len(r.Revisions))
	if len(r.Revisions) == 1 {
		count = "1 revision"
	}
	if r.Holds() {
		return fmt.Sprintf("%s on %s: up, down and up again as they should", count, r.Server)
	}
	failed := 0
	for _, outcome := range r.Revisions {
		if !outcome.Holds() {
			failed++
		}
	}
	text := fmt.Sprintf("%s on %s: %d not as they should", count, r.Server, failed)
	if len(r.Account) > 0 {
		text += ", and the database is not as the revisions say"
	}
	return text
}

// NotEmptyError says that a database to verify on holds something.
type NotEmptyError struct{ Found string }

// Error names what was found and the way out.
func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("revisions are verified on an empty database, and this one has %s", e.Found)
}

// OutsideError says that a revision names a database of its own, which scratch space does not cover: running it would
// change the real one.
type OutsideError struct {
	Server    schema.Server
	Revision  string
	Operation string
}

// Error names the revision and the operation.
func (e *OutsideError) Error() string {
	return fmt.Sprintf("revision %s cannot be verified on %s: %s names a database, and would change that one instead of the scratch database",
		e.Revision, e.Server, e.Operation)
}

// Run verifies revisions on an empty database. It leaves behind what the revisions make. Steps in Go run for real, as does
// SQL that names what lies outside of the database, such as roles.
//
// What does not hold is in the report; the error is for what makes verifying impossible.
func Run(ctx context.Context, db *bun.DB, set *versions.Set, options Options) (*Report, error) {
	began := time.Now()
	v := &verification{db: db, set: set, options: options, report: &Report{}}
	if err := v.prepare(ctx); err != nil {
		return nil, err
	}
	if err := v.walk(ctx); err != nil {
		return nil, err
	}
	if err := v.compareAccount(ctx); err != nil {
		return nil, err
	}
	v.report.Elapsed = time.Since(began)
	return v.report, nil
}

// verification is one Run.
type verification struct {
	db      *bun.DB
	set     *versions.Set
	options Options
	report  *Report

	dialect   schema.Dialect
	graph     *versions.Graph
	revisions map[string]versions.Revision
	chosen    map[string]bool
	state     *schema.Schema // the last reading, of the database as it is
}

func (v *verification) prepare(ctx context.Context) error {
	var err error
	if v.graph, err = v.set.Graph(); err != nil {
		return err
	}
	if v.dialect, err = schema.ParseDialect(v.db.Dialect().Name().String()); err != nil {
		return err
	}
	if v.report.Server, err = introspect.ServerOf(ctx, v.db.DB, v.dialect); err != nil {
		return err
	}
	v.revisions = map[string]versions.Revision{}
	for _, revision := range v.set.All() {
		v.revisions[revision.ID] = revision
	}
	if err := v.choose(); err != nil {
		return err
	}
	if err := v.survey(); err != nil {
		return err
	}
	if v.state, err = v.read(ctx); err != nil {
		return err
	}
	if found := something(v.state); found != "" {
		return &NotEmptyError{Found: found}
	}
	// With the version tables in every reading they are no difference.
	if err := versions.Ensure(ctx, v.db, v.options.Run); err != nil {
		return err
	}
	v.state, err = v.read(ctx)
	return err
}

// choose finds the revisions to verify.
func (v *verification) choose() error {
	v.chosen = map[string]bool{}
	identifiers := v.options.Revisions
	if len(identifiers) == 0 || slices.Contains(identifiers, "all") {
		identifiers = []string{":"}
	}
	for _, identifier := range identifiers {
		ids, err := v.resolve(identifier)
		if err != nil {
			return err
		}
		for _, id := range ids {
			v.chosen[id] = true
		}
	}
	return nil
}

func (v *verification) resolve(identifier string) ([]string, error) {
	if !slices.Contains([]byte(identifier), ':') {
		return v.graph.Resolve(identifier, nil)
	}
	if identifier == ":" {
		identifier = ""
	}
	metas, err := v.graph.Range(identifier, nil)
	ids := make([]string, len(metas))
	for i, meta := range metas {
		ids[i] = meta.ID
	}
	return ids, err
}

// survey looks at all operations before anything runs: for namespaces to read, and for what cannot be tried.
func (v *verification) survey() error {
	for _, meta := range v.graph.All() {
		for _, direction := range []versions.Direction{versions.Up, versions.Down} {
			operations, err := v.revisions[meta.ID].Operations(v.dialect, direction)
			if err != nil {
				return err
			}
			for _, operation := range operations {
				if err := v.surveyOne(meta, operation, direction); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (v *verification) surveyOne(meta versions.Meta, operation op.Operation, direction versions.Direction) error {
	namespace := operation.Subject().Schema
	switch o := operation.(type) {
	case *op.CreateNamespace:
		namespace = o.Name
	case *op.DropNamespace:
		namespace = o.Name
	}
	if namespace != "" && v.dialect != schema.Postgres {
		return &OutsideError{Server: v.report.Server, Revision: meta.ID, Operation: operation.String()}
	}
	if namespace != "" && !slices.Contains(v.options.Namespaces, namespace) {
		v.options.Namespaces = append(slices.Clone(v.options.Namespaces), namespace)
	}
	if exec, ok := operation.(*op.Exec); ok && exec.Opaque() && direction == versions.Up {
		v.unproved("revision %s: the effect of %q on the schema is not known, so the database cannot be compared with what the revisions say; add .Changes(…) or .NoSchemaChange()",
			meta.ID, operation)
	}
	return nil
}

func (v *verification) unproved(format string, args ...any) {
	v.report.Unproved = append(v.report.Unproved, fmt.Sprintf(format, args...))
}

// walk goes through the history until everything that was chosen is verified.
func (v *verification) walk(ctx context.Context) error {
	needed := v.needed()
	for _, meta := range v.graph.All() {
		if !needed[meta.ID] {
			continue
		}
		if !v.chosen[meta.ID] {
			if err := v.pass(ctx, meta); err != nil {
				return err
			}
		} else if err := v.verify(ctx, meta); err != nil {
			return err
		}
		if v.report.Stopped != "" {
			return nil
		}
	}
	return nil
}

// needed returns the chosen revisions and what comes before them.
func (v *verification) needed() map[string]bool {
	needed := map[string]bool{}
	all := v.graph.All()
	slices.Reverse(all)
	for _, meta := range all {
		if v.chosen[meta.ID] || needed[meta.ID] {
			needed[meta.ID] = true
			for _, before := range slices.Concat(meta.Revises, v.graph.Dependencies(meta.ID)) {
				needed[before] = true
			}
		}
	}
	return needed
}

// pass applies a revision that is only in the way.
func (v *verification) pass(ctx context.Context, meta versions.Meta) error {
	err := versions.ApplyOne(ctx, v.db, v.set, meta.ID, v.options.Run)
	if err != nil && ctx.Err() == nil {
		v.report.Stopped = fmt.Sprintf("revision %s, which comes before, cannot be applied: %v", meta.ID, err)
		return nil
	}
	if err == nil {
		v.state = nil
	}
	return err
}

// verify applies a revision, reverts it and applies it again.
func (v *verification) verify(ctx context.Context, meta versions.Meta) error {
	began := time.Now()
	outcome := Outcome{ID: meta.ID, Message: meta.Message, File: meta.File, Line: meta.Line}
	err := v.move(ctx, &outcome)
	if err != nil && ctx.Err() != nil {
		return err
	}
	if err != nil && outcome.Holds() {
		return err // not a matter of the revision
	}
	outcome.Elapsed = time.Since(began)
	v.report.Revisions = append(v.report.Revisions, outcome)
	if v.options.Done != nil {
		v.options.Done(outcome)
	}
	if err != nil {
		v.report.Stopped = fmt.Sprintf("what comes after revision %s was not tried", meta.ID)
	}
	return nil
}

// move makes the three moves. An error that ends the walk is returned besides what the outcome says.
func (v *verification) move(ctx context.Context, outcome *Outcome) error {
	before := v.state
	if before == nil {
		var err error
		if before, err = v.read(ctx); err != nil {
			return err
		}
	}
	options := v.options.Run
	options.Events = func(event versions.Event) {
		if event.Kind == versions.EventDone {
			outcome.Statements = event.Steps
		}
		if v.options.Run.Events != nil {
			v.options.Run.Events(event)
		}
	}
	if err := versions.ApplyOne(ctx, v.db, v.set, outcome.ID, options); err != nil {
		outcome.Up = []string{err.Error()}
		return err
	}
	after, err := v.read(ctx)
	if err != nil {
		return err
	}
	v.state = after
	var irreversible *versions.IrreversibleError
	err = versions.RevertOne(ctx, v.db, v.set, outcome.ID, v.options.Run)
	if errors.As(err, &irreversible) {
		outcome.NoDowngrade = irreversible.Reason
		return nil
	}
	if err != nil {
		outcome.Down = []string{err.Error()}
		return v.unlessIntact(ctx, after, err)
	}
	restored, err := v.read(ctx)
	if err != nil {
		return err
	}
	if outcome.Down, err = v.differences(restored, before); err != nil {
		return err
	}
	if err := versions.ApplyOne(ctx, v.db, v.set, outcome.ID, v.options.Run); err != nil {
		outcome.Again = []string{err.Error()}
		return err
	}
	if v.state, err = v.read(ctx); err != nil {
		return err
	}
	outcome.Again, err = v.differences(v.state, after)
	return err
}

// unlessIntact returns the error of a failed downgrade, or nil if the database is as it was before, so that the walk can go
// on.
func (v *verification) unlessIntact(ctx context.Context, after *schema.Schema, cause error) error {
	if ctx.Err() != nil || v.dialect == schema.MySQL {
		return cause // on MySQL a part of it may be committed
	}
	now, err := v.read(ctx)
	if err != nil {
		return cause
	}
	if left, err := v.differences(now, after); err != nil || len(left) > 0 {
		return cause
	}
	return nil
}

func (v *verification) read(ctx context.Context) (*schema.Schema, error) {
	return introspect.Read(ctx, v.db.DB, v.dialect, introspect.Options{Namespaces: v.options.Namespaces})
}

// something names an object of a schema, or returns "" if there is none.
func something(s *schema.Schema) string {
	for table := range s.Tables.All() {
		return "a table " + table.Name.String()
	}
	for view := range s.Views.All() {
		return "a view " + view.Name.String()
	}
	for enum := range s.Enums.All() {
		return "a type " + enum.Name.String()
	}
	for sequence := range s.Sequences.All() {
		return "a sequence " + sequence.Name.String()
	}
	return ""
}
