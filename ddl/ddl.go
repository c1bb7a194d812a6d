// Package ddl writes operations and schema objects as SQL of one engine, and decides without a server whether two
// spellings of a type, a default or an expression certainly mean the same. It knows what statements cost the database
// while they run, their locks, scans and copies, see [EffectOf]. It is pure text: it opens no connection.
package ddl

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Statement is one step of a compiled plan. Exactly one of SQL and Run is set.
type Statement struct {
	// SQL is one statement without a closing semicolon, in the parameter style of the engine's driver.
	SQL  string
	Args []any
	// Run is a step in Go, from [op.Run] or [op.Backfill].
	Run func(ctx context.Context, db bun.IDB) error

	// Operation is what the statement was compiled from.
	Operation op.Operation
	// Describe says what the statement does where SQL alone would not tell; it becomes a comment in scripts.
	Describe string

	// OutsideTransaction marks what the engine refuses inside a transaction (CREATE INDEX CONCURRENTLY), or what is of use
	// only after the steps before it are committed (VALIDATE CONSTRAINT): a step of its own.
	OutsideTransaction bool
	// Guard, if set, makes SQL a question: it must return no row. A row ends the run with this message, in which %v stands
	// for the row's first column.
	Guard string
	// ForeignKeysOff asks that SQLite's foreign_keys be off around the transaction that holds the statement, and that
	// PRAGMA foreign_key_check finds nothing before it commits.
	ForeignKeysOff bool
}

// UnsupportedError says that an engine has no way to carry out an operation.
type UnsupportedError struct {
	Server    schema.Server
	Operation string // described
	Reason    string // what the engine lacks, and the way out
}

// Error names the engine, the operation and the reason.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s cannot %s: %s", e.Server, e.Operation, e.Reason)
}

// Compile returns the statements that carry out the operations on a server, in order. The schema before the operations is
// needed where an engine restates what does not change (MySQL's MODIFY, SQLite's rebuild); it is not changed. What the
// engine cannot do is an *[UnsupportedError], what does not fit the schema an *[op.EffectError].
func Compile(server schema.Server, before *schema.Schema, operations []op.Operation) ([]Statement, error) {
	engine, err := engineOf(server.Dialect)
	if err != nil {
		return nil, err
	}
	state := before.Clone()
	if state == nil {
		state = schema.New(server)
	}
	state.Server = server
	return engine.compile(server, state, operations)
}

// Create returns the statements that create everything in a schema in an empty database, in dependency order.
func Create(server schema.Server, s *schema.Schema) ([]Statement, error) {
	return Compile(server, schema.New(server), CreateOperations(s))
}

// Quote quotes an identifier by the rules of a dialect.
func Quote(dialect schema.Dialect, identifier string) string {
	if dialect == schema.MySQL {
		return "`" + strings.ReplaceAll(identifier, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
}

// QuoteName quotes a name with its namespace, if it has one.
func QuoteName(dialect schema.Dialect, name schema.Name) string {
	if name.Schema == "" {
		return Quote(dialect, name.Name)
	}
	return Quote(dialect, name.Schema) + "." + Quote(dialect, name.Name)
}

// Verdict is the answer of a comparison without a server.
type Verdict int

// The verdicts. There is no "different": only a server knows that two spellings it has never seen are not the same.
const (
	Unknown Verdict = iota
	Equal
)

// EqualTypes tells whether two column types are certainly the same on a server.
func EqualTypes(server schema.Server, a, b string) Verdict {
	if a == b {
		return Equal
	}
	engine, err := engineOf(server.Dialect)
	if err != nil {
		return Unknown
	}
	return engine.equalTypes(server, a, b)
}

// EqualDefaults tells whether two defaults of a column of the given type are certainly the same on a server.
func EqualDefaults(server schema.Server, columnType, a, b string) Verdict {
	if a == b {
		return Equal
	}
	engine, err := engineOf(server.Dialect)
	if err != nil {
		return Unknown
	}
	return engine.equalDefaults(server, columnType, a, b)
}

// EqualExpressions tells whether two expressions (of checks, indexes, generated columns) are certainly the same on a
// server.
func EqualExpressions(server schema.Server, a, b string) Verdict {
	if a == b {
		return Equal
	}
	engine, err := engineOf(server.Dialect)
	if err != nil {
		return Unknown
	}
	return engine.equalExpressions(server, a, b)
}

// engine is what each database implements, in files of its own.
type engine interface {
	// compile may change before, to follow the operations' effects.
	compile(server schema.Server, before *schema.Schema, operations []op.Operation) ([]Statement, error)
	equalTypes(server schema.Server, a, b string) Verdict
	equalDefaults(server schema.Server, columnType, a, b string) Verdict
	equalExpressions(server schema.Server, a, b string) Verdict
}

// engines holds each database's engine; the engine's file adds it.
var engines = map[schema.Dialect]engine{}

func engineOf(dialect schema.Dialect) (engine, error) {
	if engine, ok := engines[dialect]; ok {
		return engine, nil
	}
	return nil, fmt.Errorf("ddl: unknown dialect %q", dialect)
}
