package introspect

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// ScriptError says that a script would reach outside of scratch space.
type ScriptError struct {
	Line      int // of the statement's first word, from 1
	Statement string
	Reason    string
}

// Error names the line, the statement and the reason.
func (e *ScriptError) Error() string {
	return fmt.Sprintf("line %d: %s: %s; take it out", e.Line, e.Statement, e.Reason)
}

// ExecScript runs a text of several statements, such as a file of SQL, in the scratch space. Where that is a transaction, the
// script's own BEGIN and COMMIT are left out: with them the rest would run outside, and what came before would stay. What
// else leads out of the space (another database, ROLLBACK) is a [*ScriptError], before anything has run.
func (s *Scratch) ExecScript(ctx context.Context, text string) error {
	tame, err := s.engine.tame(ctx, s, text)
	if err != nil {
		return err
	}
	if len(sqltext.Significant(s.dialect, tame)) == 0 {
		return nil
	}
	_, err = s.Conn.ExecContext(ctx, tame)
	return err
}

// ExecScript runs a text of several statements in the database, on a connection of its own: what it sets for its session ends
// with it. The script is checked as [Scratch.ExecScript] does.
func (d *Database) ExecScript(ctx context.Context, text string) error {
	conn, err := d.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer func() {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // closes it instead of giving it back
	}()
	server, err := ServerOf(ctx, conn, d.Dialect)
	if err != nil {
		return err
	}
	scratch := &Scratch{Conn: conn, Server: server, dialect: d.Dialect, engine: engines[d.Dialect]}
	return scratch.ExecScript(ctx, text)
}

// scriptStatement is the words of a statement of a script, and where it stands.
type scriptStatement struct {
	tokens     []sqltext.Token
	start, end int // in the script; the end is behind the semicolon
}

// word returns the nth word in capitals, "" if there is none.
func (s *scriptStatement) word(n int) string {
	if n >= len(s.tokens) || s.tokens[n].Kind != sqltext.Word {
		return ""
	}
	return strings.ToUpper(s.tokens[n].Text)
}

func (s *scriptStatement) refused(text, reason string) *ScriptError {
	words := make([]string, 0, 3)
	for n := range min(len(s.tokens), 3) {
		words = append(words, s.tokens[n].Text)
	}
	return &ScriptError{Line: strings.Count(text[:s.start], "\n") + 1, Statement: strings.Join(words, " "), Reason: reason}
}

// scriptStatements takes a script apart. Semicolons inside of BEGIN ATOMIC … END end nothing.
func scriptStatements(dialect schema.Dialect, text string) []scriptStatement {
	var out []scriptStatement
	var one scriptStatement
	depth := 0 // of BEGIN ATOMIC, and of CASE within
	for _, token := range sqltext.Tokens(dialect, text) {
		if token.Blank() {
			continue
		}
		if len(one.tokens) == 0 {
			one.start = token.Pos
		}
		one.end = token.Pos + len(token.Text)
		switch {
		case token.Is(";") && depth == 0:
			if len(one.tokens) > 0 {
				out = append(out, one)
			}
			one = scriptStatement{}
			continue
		case token.Kind == sqltext.Word && strings.EqualFold(token.Text, "ATOMIC") && one.word(len(one.tokens)-1) == "BEGIN",
			depth > 0 && token.Kind == sqltext.Word && strings.EqualFold(token.Text, "CASE"):
			depth++
		case depth > 0 && token.Kind == sqltext.Word && strings.EqualFold(token.Text, "END"):
			depth--
		}
		one.tokens = append(one.tokens, token)
	}
	if len(one.tokens) > 0 {
		out = append(out, one)
	}
	return out
}

func blank(text []byte) {
	for i := range text {
		text[i] = ' '
	}
}
