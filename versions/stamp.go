package versions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// StampOptions says how to stamp.
type StampOptions struct {
	// Purge removes all rows first, also those that no revision has.
	Purge bool
}

// Stamp sets the rows of the version table without running anything; see [Graph.StampRows]. It is also how to say that a
// revision which was interrupted has been brought in order by hand: nothing will go on from it.
func Stamp(ctx context.Context, db bun.IDB, set *Set, targets []string, stamp StampOptions, options Options) (err error) {
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
	r.graph = graph
	unlock, err := r.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock(&err)
	for {
		err := r.stamp(ctx, targets, stamp)
		if !errors.Is(err, errMoved) || ctx.Err() != nil {
			return err
		}
	}
}

func (r *runner) stamp(ctx context.Context, targets []string, stamp StampOptions) error {
	old, err := r.tables.rows(ctx, r.conn.Querier)
	if err != nil {
		return err
	}
	known := old
	if stamp.Purge {
		known = nil
	}
	if r.position, err = r.graph.At(known); err != nil {
		return r.inTable(err)
	}
	rows, err := r.graph.StampRows(known, targets...)
	if err != nil {
		return err
	}
	if r.options.DryRun {
		return nil
	}
	if err := r.ensureTables(ctx); err != nil {
		return err
	}
	// A stamp also ends what was interrupted.
	if r.interrupted, err = r.tables.interrupted(ctx, r.conn.Querier); err != nil {
		return err
	}
	start := time.Now()
	if stamp.Purge {
		r.position = nil // rows that no revision has cannot be looked after
	}
	if err := r.begin(ctx, false); err != nil {
		return err
	}
	if stamp.Purge {
		if old, err = r.tables.rowsOf(ctx, r.querier()); err != nil {
			return errors.Join(err, r.rollback(ctx))
		}
	}
	change := rowDifference(slices.Compact(old), rows)
	write := change
	if stamp.Purge {
		if _, err := r.querier().ExecContext(ctx, "DELETE FROM "+r.tables.quoted(r.tables.version)); err != nil {
			return errors.Join(fmt.Errorf("write table %s: %w", r.tables.version, err), r.rollback(ctx))
		}
		write = RowChange{Insert: rows}
	}
	if err := r.tables.apply(ctx, r.querier(), write); err != nil {
		return errors.Join(err, r.rollback(ctx))
	}
	if err := r.recordStamp(ctx, start, change, old, rows); err != nil {
		return errors.Join(err, r.rollback(ctx))
	}
	return r.commit(ctx)
}

// recordStamp writes the history of a stamp.
func (r *runner) recordStamp(ctx context.Context, start time.Time, change RowChange, old, rows []string) error {
	if err := r.tables.forget(ctx, r.querier()); err != nil {
		return err
	}
	for _, id := range stampedBy(change) {
		now := time.Now()
		entry := Entry{
			Revision: id, Direction: Stamped, Started: start, Finished: now, Duration: now.Sub(start), Outcome: OutcomeDone,
			ToolVersion: r.options.ToolVersion,
		}
		if err := r.tables.insertEntry(ctx, r.querier(), &entry); err != nil {
			return err
		}
		r.pending = append(r.pending, Event{Kind: EventDone, Revision: id, Direction: Stamped, From: old, To: rows})
	}
	return nil
}

// stampedBy returns what the history table names for a change of rows.
func stampedBy(change RowChange) []string {
	stamped := change.Insert
	if change.Update != nil {
		stamped = append([]string{change.Update.To}, stamped...)
	}
	if len(stamped) == 0 && len(change.Delete) > 0 {
		stamped = []string{"base"}
	}
	return stamped
}

// Ensure creates the version and history tables where they are missing, and does nothing else.
func Ensure(ctx context.Context, db bun.IDB, options Options) (err error) {
	defer func() { err = explainPooler(err) }()
	r, err := newRunner(ctx, db, options)
	if err != nil {
		return err
	}
	defer r.close(&err)
	unlock, err := r.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock(&err)
	return r.ensureTables(ctx)
}
