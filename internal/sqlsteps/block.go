package sqlsteps

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// block reads the statements in the body of a DO block. What belongs to the procedural language is left out: a statement is
// looked for at the begin, behind a semicolon and behind the words that open a branch.
func block(do []sqltext.Token) []Statement {
	body := ""
	for _, token := range do {
		if token.Kind == sqltext.String {
			body = unquoted(token.Text)
		}
	}
	var out []Statement
	tokens := sqltext.Significant(schema.Postgres, body)
	start := 0
	for i := 0; i <= len(tokens); i++ {
		if i < len(tokens) && tokens[i].Text != ";" && !opensBranch(tokens[i]) {
			continue
		}
		if piece := tokens[start:min(i, len(tokens))]; len(piece) > 0 && isSQL(piece[0]) {
			out = append(out, readPiece(body, piece)...)
		}
		start = i + 1
	}
	return out
}

// readPiece reads one statement of a body. EXECUTE with a plain text is what the text says.
func readPiece(body string, tokens []sqltext.Token) []Statement {
	if tokens[0].Is("EXECUTE") && len(tokens) == 2 && tokens[1].Kind == sqltext.String {
		return Read(schema.Postgres, unquoted(tokens[1].Text))
	}
	r := &reader{dialect: schema.Postgres, text: body, tokens: tokens}
	return []Statement{{Tokens: tokens, Operations: r.statement()}}
}

func opensBranch(token sqltext.Token) bool {
	return token.Is("BEGIN") || token.Is("THEN") || token.Is("ELSE") || token.Is("LOOP")
}

// isSQL reports whether a token begins a statement that does something to tables or rows, or EXECUTE.
func isSQL(token sqltext.Token) bool {
	for _, word := range []string{"ALTER", "CREATE", "DROP", "TRUNCATE", "DELETE", "UPDATE", "INSERT", "MERGE", "WITH", "LOCK", "GRANT", "REVOKE", "REFRESH", "REINDEX", "CLUSTER", "SET", "EXECUTE"} {
		if token.Is(word) {
			return true
		}
	}
	return false
}

// unquoted is the text of a string, dollar-quoted or not.
func unquoted(text string) string {
	if strings.HasPrefix(text, "$") {
		if end := strings.IndexByte(text[1:], '$'); end >= 0 {
			tag := text[:end+2]
			return strings.TrimSuffix(strings.TrimPrefix(text, tag), tag)
		}
	}
	if open := strings.IndexByte(text, '\''); open >= 0 {
		return strings.ReplaceAll(strings.TrimSuffix(text[open+1:], "'"), "''", "'")
	}
	return text
}
