package introspect

import (
	"context"
	"slices"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// tame blanks out the script's own transaction, and the lines that pg_dump writes for psql alone.
func (postgresEngine) tame(_ context.Context, _ *Scratch, script string) (string, error) {
	script, err := withoutMetaCommands(script)
	if err != nil {
		return "", err
	}
	tame := []byte(script)
	for _, statement := range scriptStatements(schema.Postgres, script) {
		switch first, second := statement.word(0), statement.word(1); {
		case first == "PREPARE" && second == "TRANSACTION",
			first == "ABORT",
			first == "ROLLBACK" && !slices.Contains([]string{"TO", "WORK", "TRANSACTION"}, second),
			first == "ROLLBACK" && second != "TO" && statement.word(2) != "TO":
			return "", statement.refused(script, "it would take back what the script has made")
		case first == "BEGIN", first == "START" && second == "TRANSACTION", first == "COMMIT" && second != "PREPARED", first == "END":
			blank(tame[statement.start:statement.end])
		}
	}
	return string(tame), nil
}

// withoutMetaCommands blanks out \restrict and \unrestrict, which pg_dump writes around a script since 2025 and which a server
// does not know. Another command of psql, or rows for COPY, is a [*ScriptError].
func withoutMetaCommands(script string) (string, error) {
	for _, statement := range scriptStatements(schema.Postgres, script) {
		stdin := func(token sqltext.Token) bool { return token.Is("STDIN") }
		if statement.word(0) == "COPY" && slices.ContainsFunc(statement.tokens, stdin) {
			return "", statement.refused(script, "rows are no part of a schema (pg_dump --schema-only leaves them out)")
		}
	}
	out := []byte(script)
	skipped := 0 // up to here the line of a command goes
	for _, token := range sqltext.Tokens(schema.Postgres, script) {
		if token.Pos < skipped || !strings.HasPrefix(token.Text, `\`) || !beginsLine(script, token.Pos) {
			continue
		}
		line, _, _ := strings.Cut(script[token.Pos:], "\n")
		command, _, _ := strings.Cut(line, " ")
		if command = strings.TrimSpace(command); command != `\restrict` && command != `\unrestrict` {
			return "", &ScriptError{Line: strings.Count(script[:token.Pos], "\n") + 1, Statement: command, Reason: "it is a command of psql"}
		}
		skipped = token.Pos + len(line)
		blank(out[token.Pos:skipped])
	}
	return string(out), nil
}

func beginsLine(text string, at int) bool {
	before := strings.TrimRight(text[:at], " \t")
	return before == "" || before[len(before)-1] == '\n'
}

// NamesNamespaces reports whether a script says itself in which namespaces its objects are, as those of pg_dump do: a scratch
// schema does not catch such objects, a database of its own does ([WithScratchDatabase]). Only PostgreSQL has such scripts;
// what names another database of MySQL is refused.
func NamesNamespaces(dialect schema.Dialect, script string) bool {
	if dialect != schema.Postgres {
		return false
	}
	return slices.ContainsFunc(scriptStatements(dialect, script), func(s scriptStatement) bool {
		switch s.word(0) {
		case "SET":
			return s.word(1) == "SEARCH_PATH"
		case "SELECT":
			return slices.ContainsFunc(s.tokens, func(t sqltext.Token) bool { return t.Text == "'search_path'" })
		case "CREATE", "ALTER":
			return s.word(1) == "SCHEMA" || namesNamespace(s.tokens)
		}
		return false
	})
}

// namesNamespace reports whether the object of a CREATE or ALTER has a name with a dot. The name is the first thing that is
// no word of the command itself; the name of an index is never qualified, and its table comes later.
func namesNamespace(tokens []sqltext.Token) bool {
	for n := 1; n+1 < len(tokens); n++ {
		switch token := tokens[n]; {
		case tokens[n+1].Is("."):
			return true
		case token.Is("("), token.Is("AS"), token.Is("BEGIN"):
			return false
		}
	}
	return false
}
