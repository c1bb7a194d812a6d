package versions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// Upgrade applies the revisions that are missing to reach a target (see [Graph.UpgradePath]). A target that has been
// reached is no error, and then nothing is written.
//
// Only one run works on a database at a time: others wait, as long as [Options] says, and then go on from where the first
// has brought it; else they return a [*LockError]. All operations are recorded before the first runs, so that an
// [*IrreversibleError] or [*DecisionError] leaves the database as it was. On PostgreSQL and SQLite a revision that fails
// leaves nothing behind, except where one of its statements cannot run in a transaction; there, and on MySQL, the history
// table has the step reached, and the next run goes on from it. The error of a failing revision is a [*StepError].
//
// The database is a *bun.DB, of which one connection is used, or a bun.Conn. The connection of a pool that has only one is
// shared with the steps in Go, so that a database in memory serves. On a bun.Tx everything happens in the caller's
// transaction, each revision in a savepoint, and the caller commits it; what cannot run in a transaction, which is every
// change of a schema on MySQL, is then a [*TransactionError].
func Upgrade(ctx context.Context, db bun.IDB, set *Set, target string, options Options) error {
	return run(ctx, db, set, func(g *Graph, rows []string) ([]Step, error) { return g.UpgradePath(rows, target) }, options)
}

// Downgrade reverts the revisions above a target (see [Graph.DowngradePath]), as Upgrade applies them.
func Downgrade(ctx context.Context, db bun.IDB, set *Set, target string, options Options) error {
	return run(ctx, db, set, func(g *Graph, rows []string) ([]Step, error) { return g.DowngradePath(rows, target) }, options)
}

// runner is one run over one connection. The lock lives on that connection too, so that a run cannot go on without it.
type runner struct {
	conn      *session
	engine    engine
	server    schema.Server
	tables    tables
	options   Options
	graph     *Graph
	revisions map[string]Revision

	position  *Position
	knowledge *knowledge
	tx        *transaction // open, or nil
	// interrupted is the row of the history with the state of a revision in pieces, this run's own or the one that it goes
	// on from; 0 is none. Where no lock lasts longer than a transaction, another row means that another run came between.
	interrupted int64
	// pending are the events of revisions that are carried out and not committed yet.
	pending []Event
	// serverID is what the server knows the connection by, for cancelling what it does; 0 if that cannot be told.
	serverID int64
	attempts attempts
	hooks    []Hooks
	begun    []Step // what the hooks before the run were told; nil if there was nothing to do yet
	// pooled is set where every transaction may run in another session of the server.
	pooled bool
}

// planner finds the steps of a run from the rows of the version table.
type planner func(g *Graph, rows []string) ([]Step, error)

func run(ctx context.Context, db bun.IDB, set *Set, planned planner, options Options) (err error) {
	defer func() { err = explainPooler(err) }()
	graph, err := set.Graph()
	if err != nil {
		return err
	}
	r, err := newRunner(ctx, db, options)
	if err != nil {
		return err
	}
	defer r.close(&err)
	r.graph, r.revisions, r.hooks = graph, revisionsOf(set), set.Hooks()
	plan := func(rows []string) ([]Step, error) { return planned(graph, rows) }
	// Looking needs no lock: most runs find that there is nothing to do.
	if nothing, err := r.nothingToDo(ctx, plan); err != nil || nothing {
		return err
	}
	if options.DryRun && !r.engine.transactional() {
		return r.runSteps(ctx, plan)
	}
	unlock, err := r.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock(&err)
	if !r.pooled {
		if r.serverID, err = r.engine.serverID(ctx, r.conn.Querier); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
	}
	restore, err := r.limit(ctx, r.conn.Querier, limits{lock: options.LockTimeout, statement: options.StatementTimeout})
	if err != nil {
		return err
	}
	defer restore()
	defer func() { err = r.afterRun(ctx, err) }()
	for {
		err := r.runSteps(ctx, plan)
		if !errors.Is(err, errMoved) {
			return err
		}
		// Another run got in between two revisions, which SQLite allows: plan anew from where it went.
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// errMoved says that the version table is not as it was when the run was planned.
var errMoved = errors.New("the version table has changed during the run")

func newRunner(ctx context.Context, db bun.IDB, options Options) (*runner, error) {
	engine, err := engineOf(db)
	if err != nil {
		return nil, err
	}
	conn, err := openSession(ctx, db)
	if err != nil {
		return nil, err
	}
	server, err := introspect.ServerOf(ctx, conn.Querier, engine.dialect())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect: %w", err), conn.close())
	}
	return &runner{
		conn: conn, engine: engine, server: server, tables: tablesOf(engine, options), options: options,
		knowledge: newKnowledge(server),
	}, nil
}

// cleanupTimeout bounds what is done after a run was cancelled or has failed.
const cleanupTimeout = 5 * time.Second

func cleanupContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
}

func (r *runner) close(err *error) {
	// Only the panic of an event's receiver leaves a transaction open, and closing would wait for its end.
	if open := r.rollback(context.Background()); open != nil && *err == nil {
		*err = open
	}
	if closing := r.conn.close(); closing != nil && *err == nil {
		*err = closing
	}
}

// querier returns what statements run on: the open transaction, or the connection.
func (r *runner) querier() introspect.Querier {
	if r.tx != nil {
		return r.tx.Tx.Tx
	}
	return r.conn.Querier
}

// nothingToDo reports whether the target is reached and no run has been interrupted.
func (r *runner) nothingToDo(ctx context.Context, plan func([]string) ([]Step, error)) (bool, error) {
	rows, err := r.tables.rows(ctx, r.conn.Querier)
	if err != nil {
		return false, err
	}
	path, err := plan(rows)
	if err != nil {
		return false, r.inTable(err)
	}
	if len(path) > 0 {
		return false, nil
	}
	unfinished, err := r.unfinished(ctx)
	if err != nil || unfinished != nil {
		// Another run may be in the middle of it, so the lock tells first.
		return false, err
	}
	return true, nil
}

// inTable names the version table in the error of a row that no revision has.
func (r *runner) inTable(err error) error {
	var unknown *UnknownRevisionError
	if errors.As(err, &unknown) && unknown.Table != "" {
		unknown.Table = r.tables.version.String()
	}
	var squashed *SquashedError
	if errors.As(err, &squashed) && squashed.Table != "" {
		squashed.Table = r.tables.version.String()
	}
	return err
}

// runSteps plans from the version table as it is and carries the steps out.
func (r *runner) runSteps(ctx context.Context, plan func([]string) ([]Step, error)) error {
	rows, err := r.tables.rows(ctx, r.conn.Querier)
	if err != nil {
		return err
	}
	path, err := plan(rows)
	if err != nil {
		return r.inTable(err)
	}
	if r.position, err = r.graph.At(rows); err != nil {
		return r.inTable(err)
	}
	unfinished, err := r.unfinished(ctx)
	if err != nil {
		return err
	}
	if err := unfinished.fits(path); err != nil {
		return err
	}
	if r.interrupted = 0; unfinished != nil {
		r.interrupted = unfinished.ID
	}
	steps, err := record(r.engine.dialect(), r.revisions, path)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if err := checkDecided(ctx, r.conn.Querier, r.engine, step); err != nil {
			return err
		}
	}
	if err := r.warnChanged(ctx); err != nil {
		return err
	}
	r.options.emit(Event{Kind: EventPlan, Steps: len(steps)})
	if len(steps) == 0 {
		return nil
	}
	if r.options.DryRun {
		return r.dryRun(ctx, steps, unfinished)
	}
	if err := r.ensureTables(ctx); err != nil {
		return err
	}
	if err := r.beforeRun(ctx, steps); err != nil {
		return err
	}
	return r.carryOut(ctx, steps, unfinished)
}

func (r *runner) warnChanged(ctx context.Context) error {
	changed, err := r.tables.changed(ctx, r.conn.Querier, r.position, r.revisions)
	if err != nil {
		return err
	}
	for _, c := range changed {
		r.options.emit(Event{Kind: EventWarning, Revision: c.Revision, Text: c.String()})
	}
	return nil
}

// ensureTables creates the version and history tables, waiting where the engine has no other lock.
func (r *runner) ensureTables(ctx context.Context) error {
	if r.conn.inTransaction() && !r.engine.transactional() {
		return r.checkTables(ctx)
	}
	if r.pooled {
		position := r.position
		r.position = nil // there may be no table yet to compare it with
		defer func() { r.position = position }()
		if err := r.begin(ctx, false); err != nil {
			return err
		}
		if err := r.tables.ensure(ctx, r.querier()); err != nil {
			return errors.Join(err, r.rollback(ctx))
		}
		return r.commit(ctx)
	}
	return r.patiently(ctx, func() error { return r.tables.ensure(ctx, r.conn.Querier) })
}

// carryOut runs the steps, each committed by itself or all together.
func (r *runner) carryOut(ctx context.Context, steps []recorded, unfinished *unfinished) error {
	keepOff := r.options.Transaction == TransactionAll && r.foreignKeysMatter(ctx, steps)
	for i, step := range steps {
		s := &stepRun{runner: r, recorded: step, foreignKeysOff: keepOff, shared: r.tx != nil}
		if i == 0 {
			s.unfinished = unfinished
		}
		if err := s.run(ctx); err != nil {
			return err
		}
	}
	return r.commit(ctx)
}

// foreignKeysMatter reports whether one of the revisions needs foreign keys off on SQLite, which only works before the
// transaction that holds them all. Revisions are compiled as if those before them had run.
func (r *runner) foreignKeysMatter(ctx context.Context, steps []recorded) bool {
	if r.engine.dialect() != schema.SQLite {
		return false
	}
	k := newKnowledge(r.server)
	for _, step := range steps {
		if err := k.learn(ctx, r.conn.Querier, step.operations); err != nil {
			return true
		}
		statements, err := k.compile(ctx, r.conn.Querier, r.server, step.operations)
		if err != nil || slices.ContainsFunc(statements, func(s ddl.Statement) bool { return s.ForeignKeysOff }) {
			return true
		}
		k.follow(step.operations)
	}
	return false
}

// event returns an event of this step.
func (r recorded) event(kind EventKind, steps int) Event {
	e := Event{Kind: kind, Revision: r.ID, Message: r.revision.Message, Direction: r.Direction, Steps: steps, From: r.revision.Revises.IDs(), To: []string{r.ID}}
	if r.Direction == Down {
		e.From, e.To = e.To, e.From
	}
	return e
}

// describe says what a statement is for.
func describe(s ddl.Statement) string {
	if s.Describe != "" || s.Operation == nil {
		return s.Describe
	}
	return s.Operation.String()
}
