package introspect_test

import (
	"context"
	"database/sql"
	"runtime"
	"testing"

	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/schema"
)

// recorder notes the queries that a reading makes, so that a benchmark can run them without the reader.
type recorder struct {
	introspect.Querier
	queries []recordedQuery
}

type recordedQuery struct {
	text string
	args []any
}

func (r *recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.queries = append(r.queries, recordedQuery{query, args})
	return r.Querier.QueryContext(ctx, query, args...)
}

func (r *recorder) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	r.queries = append(r.queries, recordedQuery{query, args})
	return r.Querier.ExecContext(ctx, query, args...)
}

func (r *recorder) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	r.queries = append(r.queries, recordedQuery{query, args})
	return r.Querier.QueryRowContext(ctx, query, args...)
}

// benchmarkReading measures the reader, and the same queries through the bare driver, whose rows are thrown away. The
// quotient of both is what the reader costs.
func benchmarkReading(b *testing.B, db *sql.DB, dialect schema.Dialect, tables int) {
	read := func(q introspect.Querier) *schema.Schema {
		s, err := introspect.Read(b.Context(), q, dialect, introspect.Options{})
		if err != nil || s.Tables.Len() != tables || len(s.Problems) > 0 {
			b.Fatal(err, s)
		}
		return s
	}
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		var kept *schema.Schema
		before := heap()
		for b.Loop() {
			kept = read(db)
		}
		b.ReportMetric(float64(int64(heap())-int64(before))/float64(tables), "kept-B/table")
		runtime.KeepAlive(kept)
	})
	b.Run("bare", func(b *testing.B) {
		tx, err := db.BeginTx(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		defer tx.Rollback()
		notes := &recorder{Querier: tx}
		read(notes)
		for b.Loop() {
			for _, query := range notes.queries {
				discard(b, tx, query)
			}
		}
	})
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func discard(b *testing.B, tx *sql.Tx, query recordedQuery) {
	rows, err := tx.QueryContext(b.Context(), query.text, query.args...)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
}
