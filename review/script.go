package review

import (
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/lint"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/render"
	"github.com/retort-db/retort/schema"
	"github.com/retort-db/retort/versions"
)

// scriptOf writes a revision as SQL of one engine. What the engine cannot do is a trouble; a downgrade that cannot be
// written is none here, since the way back is looked at by itself.
func scriptOf(e *engine, at int, source Source) (Script, []Trouble) {
	recorded := e.Revisions[at]
	script := Script{Dialect: e.Server.Dialect, Product: schema.Server{Dialect: e.Server.Dialect, Flavor: e.Server.Flavor}.String(), Upgrade: []Block{}}
	upgrade, err := blocks(e.Server, recorded.Transaction, e.states[at], recorded.Upgrade)
	if err != nil {
		script.Problem = err.Error()
		return script, []Trouble{{
			ID: "no-sql", Severity: lint.Danger, Text: "revision " + source.ID + " cannot be written for " + script.Product + ": " + err.Error(),
			Way: "write that step for this engine by hand, inside m.On", Place: Place{File: source.File, Line: source.Line},
		}}
	}
	script.Upgrade = upgrade
	if recorded.Irreversible == "" {
		script.Downgrade, _ = blocks(e.Server, recorded.Transaction, e.states[at+1], recorded.Downgrade)
	}
	return script, nil
}

func blocks(server schema.Server, mode versions.TransactionMode, before *schema.Schema, operations []op.Operation) ([]Block, error) {
	statements, err := ddl.Compile(server, before, operations)
	if err != nil {
		return nil, err
	}
	pieces, err := versions.Pieces(server.Dialect, mode, statements)
	if err != nil {
		return nil, err
	}
	out := []Block{}
	for _, piece := range pieces {
		block := Block{Transaction: piece.Transaction, ForeignKeysOff: piece.ForeignKeysOff}
		for _, statement := range piece.Statements {
			// The border says that already.
			statement.ForeignKeysOff, statement.OutsideTransaction = false, false
			block.Statements = append(block.Statements, strings.TrimRight(render.SQL(server.Dialect, []ddl.Statement{statement}), "\n"))
		}
		out = append(out, block)
	}
	return out, nil
}

// Text writes blocks as one script, with the borders of the transactions.
func Text(dialect schema.Dialect, blocks []Block) string {
	var out strings.Builder
	line := func(text string) { out.WriteString(text + "\n") }
	for i, block := range blocks {
		if i > 0 {
			line("")
		}
		switch {
		case !block.Transaction:
			if dialect != schema.MySQL {
				line("-- outside a transaction:")
			} else if i == 0 || blocks[i-1].Transaction {
				line("-- each statement commits by itself:")
			}
		case block.ForeignKeysOff:
			line("PRAGMA foreign_keys = OFF;")
			line("BEGIN IMMEDIATE;")
		default:
			line(map[schema.Dialect]string{schema.Postgres: "BEGIN;", schema.MySQL: "START TRANSACTION;", schema.SQLite: "BEGIN IMMEDIATE;"}[dialect])
		}
		for _, statement := range block.Statements {
			line(statement)
		}
		switch {
		case block.ForeignKeysOff:
			line("PRAGMA foreign_key_check; -- must find nothing")
			line("COMMIT;")
			line("PRAGMA foreign_keys = ON;")
		case block.Transaction:
			line("COMMIT;")
		}
	}
	return out.String()
}
