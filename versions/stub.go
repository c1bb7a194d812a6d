package versions

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var errStub = errors.New("not implemented yet")

// Operations records one direction of the revision for a dialect.
func (r Revision) Operations(dialect schema.Dialect, direction Direction) ([]op.Operation, error) {
	return nil, errStub
}

// Opaque is a step whose effect on the schema is not known.
type Opaque struct {
	Revision  string `json:"revision"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Operation string `json:"operation"` // described
}

// Replay returns the schema that the revisions make: those at the given identifiers and everything before them. None
// means all heads.
func Replay(set *Set, dialect schema.Dialect, upTo []string) (*schema.Schema, []Opaque, error) {
	return nil, nil, errStub
}

// Upgrade applies what is missing to reach the target.
func Upgrade(ctx context.Context, db *bun.DB, set *Set, target string, options Options) error {
	return errStub
}

// Downgrade reverts what is above the target.
func Downgrade(ctx context.Context, db *bun.DB, set *Set, target string, options Options) error {
	return errStub
}

// StampOptions says how to stamp.
type StampOptions struct {
	// Purge removes all rows first, also those that no revision has.
	Purge bool
}

// Stamp writes the version table without running anything.
func Stamp(ctx context.Context, db *bun.DB, set *Set, targets []string, stamp StampOptions, options Options) error {
	return errStub
}

// Ensure creates the version and history tables where they are missing.
func Ensure(ctx context.Context, db *bun.DB, options Options) error { return errStub }

// Current returns the rows of the version table, sorted. It does not write; without a version table there are none.
func Current(ctx context.Context, db *bun.DB, options Options) ([]string, error) {
	return nil, errStub
}

// Run is a row of the history table.
type Run struct {
	ID          int64         `json:"id"`
	Revision    string        `json:"revision"`
	Direction   Direction     `json:"direction"`
	Started     time.Time     `json:"started"`
	Finished    time.Time     `json:"finished,omitzero"`
	Duration    time.Duration `json:"duration"` // nanoseconds
	Statements  int           `json:"statements"`
	Step        int           `json:"step"`
	Checksum    string        `json:"checksum"`
	ToolVersion string        `json:"tool_version,omitempty"`
	Outcome     Outcome       `json:"outcome"`
	Error       string        `json:"error,omitempty"`
}

// Outcome says how a run of a revision ended.
type Outcome string

// History returns the rows of the history table, oldest first. It does not write.
func History(ctx context.Context, db *bun.DB, options Options) ([]Run, error) { return nil, errStub }

// Changed is an applied revision whose operations are not those that were run.
type Changed struct {
	Revision string `json:"revision"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Applied  string `json:"applied"` // checksum of what was run
	Now      string `json:"now"`
}

// Verify returns the applied revisions whose operations have changed since. It does not write.
func Verify(ctx context.Context, db *bun.DB, set *Set, options Options) ([]Changed, error) {
	return nil, errStub
}

// Script writes the statements of a range of revisions instead of running them. The range is "target" or "from:to";
// without "from" an upgrade starts from an empty database, and a downgrade needs it.
func Script(server schema.Server, set *Set, span string, direction Direction, w io.Writer, options Options) error {
	return errStub
}
