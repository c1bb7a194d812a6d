// Package sqlsteps reads statements of SQL as operations, as far as operations can say what they do: enough to know which
// tables a statement locks, copies, renames or empties. It is no parser of SQL. What it does not know it leaves unread, and
// what it reads only in part (the columns of CREATE TABLE) it leaves out.
package sqlsteps

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// Statement is one statement of a text.
type Statement struct {
	// Tokens are its tokens, without spaces and comments.
	Tokens []sqltext.Token
	// Operations is what it does. The table of a [op.DropIndex] or [op.RenameIndex] is the zero name where the statement does
	// not name it. A new table has no columns: only its name is read.
	Operations []op.Operation
}

// Read splits text at the semicolons between its statements and reads each of them. A DO block of PostgreSQL is followed by
// the statements that it holds, and by those that it executes as plain text.
func Read(dialect schema.Dialect, text string) []Statement {
	var out []Statement
	for _, tokens := range split(sqltext.Significant(dialect, text)) {
		r := &reader{dialect: dialect, text: text, tokens: tokens}
		out = append(out, Statement{Tokens: tokens, Operations: r.statement()})
		if tokens[0].Is("DO") && dialect == schema.Postgres {
			out = append(out, block(tokens)...)
		}
	}
	return out
}

// split cuts tokens at semicolons, but not at those within the body of a routine or trigger. Statements without tokens are
// left out.
func split(tokens []sqltext.Token) [][]sqltext.Token {
	var out [][]sqltext.Token
	start, depth := 0, 0
	for i, token := range tokens {
		switch {
		case !definesRoutine(tokens[start:i]):
		case token.Is("BEGIN"), token.Is("CASE") && !(i > 0 && tokens[i-1].Is("END")):
			depth++
		case token.Is("END") && depth > 0 && !closesOther(tokens[i+1:]):
			depth--
		}
		if depth == 0 && token.Text == ";" {
			if i > start {
				out = append(out, tokens[start:i])
			}
			start, depth = i+1, 0
		}
	}
	if start < len(tokens) {
		out = append(out, tokens[start:])
	}
	return out
}

// definesRoutine reports whether tokens begin a statement whose body may hold statements.
func definesRoutine(tokens []sqltext.Token) bool {
	if len(tokens) == 0 || !tokens[0].Is("CREATE") {
		return false
	}
	for _, token := range tokens[:min(len(tokens), 12)] {
		for _, word := range []string{"TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"} {
			if token.Is(word) {
				return true
			}
		}
	}
	return false
}

// closesOther reports whether the tokens after END make it the end of an IF or a loop, which open without a word that
// counts.
func closesOther(after []sqltext.Token) bool {
	if len(after) == 0 {
		return false
	}
	for _, word := range []string{"IF", "LOOP", "WHILE", "REPEAT", "FOR"} {
		if after[0].Is(word) {
			return true
		}
	}
	return false
}

// reader goes through the tokens of one statement.
type reader struct {
	dialect schema.Dialect
	text    string
	tokens  []sqltext.Token
	at      int
}

func (r *reader) statement() []op.Operation {
	switch {
	case r.accept("ALTER", "TABLE"):
		return r.alterTable()
	case r.accept("ALTER", "TYPE"):
		return r.alterType()
	case r.accept("CREATE"):
		return r.create()
	case r.accept("DROP"):
		return r.drop()
	case r.accept("RENAME", "TABLE"), r.accept("RENAME", "TABLES"):
		return r.renameTables()
	}
	return nil
}

// accept takes the words if they come next.
func (r *reader) accept(words ...string) bool {
	for i, word := range words {
		if r.at+i >= len(r.tokens) || !r.tokens[r.at+i].Is(word) {
			return false
		}
	}
	r.at += len(words)
	return true
}

// acceptAny takes one of the words if it comes next.
func (r *reader) acceptAny(words ...string) bool {
	for _, word := range words {
		if r.accept(word) {
			return true
		}
	}
	return false
}

func (r *reader) ended() bool { return r.at >= len(r.tokens) }

func (r *reader) next() sqltext.Token {
	if r.ended() {
		return sqltext.Token{}
	}
	return r.tokens[r.at]
}

// identifier takes a name, folded as the server folds it, or returns "".
func (r *reader) identifier() string {
	token := r.next()
	name, ok := token.Ident()
	if !ok {
		return ""
	}
	r.at++
	if r.dialect == schema.Postgres && token.Kind == sqltext.Word {
		return strings.ToLower(name)
	}
	return name
}

// name takes a name with or without its schema.
func (r *reader) name() schema.Name {
	first := r.identifier()
	if first == "" || !r.accept(".") {
		return schema.Name{Name: first}
	}
	return schema.Name{Schema: first, Name: r.identifier()}
}

// columns takes a list of names in parentheses. What is no plain name ends it, and the whole list with it.
func (r *reader) columns() []string {
	inner := r.parentheses()
	if inner == nil {
		return nil
	}
	var out []string
	for _, part := range inner.commas() {
		name := part.identifier()
		part.parentheses() // the length of a prefix
		part.acceptAny("ASC", "DESC")
		if name == "" || !part.ended() {
			return nil
		}
		out = append(out, name)
	}
	return out
}

// parentheses takes what stands in parentheses, or returns nil.
func (r *reader) parentheses() *reader {
	if !r.next().Is("(") {
		return nil
	}
	end := r.closing()
	inner := &reader{dialect: r.dialect, text: r.text, tokens: r.tokens[r.at+1 : end]}
	r.at = min(end+1, len(r.tokens))
	return inner
}

// closing is the place of the parenthesis that closes the one at hand.
func (r *reader) closing() int {
	depth := 0
	for i := r.at; i < len(r.tokens); i++ {
		switch {
		case r.tokens[i].Is("("):
			depth++
		case r.tokens[i].Is(")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(r.tokens)
}

// commas splits the rest at the commas that stand in no parentheses.
func (r *reader) commas() []*reader {
	var out []*reader
	for !r.ended() {
		start := r.at
		r.skip(func() bool { return r.next().Is(",") })
		out = append(out, &reader{dialect: r.dialect, text: r.text, tokens: r.tokens[start:r.at]})
		r.accept(",")
	}
	return out
}

// skip goes on to the first token outside of parentheses at which end is true, or to the end.
func (r *reader) skip(end func() bool) {
	for !r.ended() && !end() {
		if r.next().Is("(") {
			r.parentheses()
			continue
		}
		r.at++
	}
}

// until takes the text up to the first token outside of parentheses at which end is true.
func (r *reader) until(end func() bool) string {
	start := r.at
	r.skip(end)
	return r.source(start, r.at)
}

// rest takes the text up to the end.
func (r *reader) rest() string {
	start := r.at
	r.at = len(r.tokens)
	return r.source(start, r.at)
}

func (r *reader) source(from, to int) string {
	if from >= to {
		return ""
	}
	last := r.tokens[to-1]
	return r.text[r.tokens[from].Pos : last.Pos+len(last.Text)]
}

// literal takes a string, or returns "".
func (r *reader) literal() string {
	token := r.next()
	if token.Kind != sqltext.String || len(token.Text) < 2 || token.Text[0] != '\'' {
		return ""
	}
	r.at++
	return strings.ReplaceAll(token.Text[1:len(token.Text)-1], "''", "'")
}
