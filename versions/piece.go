package versions

import (
	"fmt"
	"slices"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/schema"
)

// Piece is what the runner commits at once.
type Piece struct {
	// Transaction says that the statements share one transaction. Otherwise there is one statement, which commits by itself.
	Transaction bool
	// ForeignKeysOff says that SQLite's foreign keys are off around the transaction, and checked before it commits.
	ForeignKeysOff bool
	Statements     []ddl.Statement
}

// Pieces tells where the runner begins and ends transactions in the statements of one revision, which asks for a mode of its
// own or for [TransactionDefault]. The rows of the version and history tables change with the last piece.
func Pieces(dialect schema.Dialect, mode TransactionMode, statements []ddl.Statement) ([]Piece, error) {
	on, ok := engines[dialect]
	if !ok {
		return nil, fmt.Errorf("unknown dialect %q", dialect)
	}
	off := slices.ContainsFunc(statements, func(statement ddl.Statement) bool { return statement.ForeignKeysOff })
	var out []Piece
	for _, statement := range statements {
		apart := alone(on, mode, statement)
		if apart || len(out) == 0 || !out[len(out)-1].Transaction {
			out = append(out, Piece{Transaction: !apart, ForeignKeysOff: off && !apart})
		}
		last := &out[len(out)-1]
		last.Statements = append(last.Statements, statement)
	}
	return out, nil
}
