package sqliteddl

import (
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// IsCreate reports whether a text is a CREATE statement.
func IsCreate(text string) bool { return newScanner(text).is("CREATE") }

// Qualify puts the name of a database before the name of the object that a CREATE VIEW or CREATE TRIGGER statement
// creates. An empty database changes nothing.
func Qualify(text, database string) string {
	s := newScanner(text)
	if database == "" || !s.toName() {
		return text
	}
	at := s.peek(0).Pos
	return text[:at] + quote(database) + "." + text[at:]
}

// IfNotExists puts IF NOT EXISTS into a CREATE VIEW or CREATE TRIGGER statement that has it not.
func IfNotExists(text string) string {
	s := newScanner(text)
	if !s.toName() || (s.at > 0 && s.words[s.at-1] == "EXISTS") {
		return text
	}
	at := s.peek(0).Pos
	return text[:at] + "IF NOT EXISTS " + text[at:]
}

// toName moves to the name of the object that is created.
func (s *scanner) toName() bool {
	if !s.accept("CREATE") {
		return false
	}
	s.acceptTemp()
	if !s.accept("VIEW") && !s.accept("TRIGGER") {
		return false
	}
	s.accept("IF", "NOT", "EXISTS")
	return !s.done()
}

// RenameTable renames a table in the statement of a view or trigger. It goes by the places where only a table can stand,
// which SQLite knows better; a statement that is left wrong does not compile.
func RenameTable(text, from, to string) string {
	tokens := sqltext.Tokens(schema.SQLite, text)
	return rewrite(tokens, from, to, func(before, after sqltext.Token) bool {
		if after.Is(".") {
			return !before.Is(".")
		}
		for _, word := range []string{"ON", "FROM", "JOIN", "INTO", "UPDATE", "TABLE", "IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK", ","} {
			if before.Is(word) {
				return true
			}
		}
		return false
	})
}

// RenameColumn renames a column of a table in the statement of a view or trigger that mentions the table: where it stands
// bare, and behind NEW, OLD or the table's name. Behind an alias it stays, and the statement does not compile.
func RenameColumn(text, table, from, to string) string {
	tokens := sqltext.Tokens(schema.SQLite, text)
	mentioned := false
	for _, token := range tokens {
		ident, ok := token.Ident()
		mentioned = mentioned || ok && strings.EqualFold(ident, table)
	}
	if !mentioned {
		return text
	}
	var qualifier string
	return rewriteWith(tokens, from, to, func(before []sqltext.Token, after sqltext.Token) bool {
		if after.Is("(") || after.Is(".") {
			return false
		}
		if len(before) == 0 || !before[len(before)-1].Is(".") {
			return len(before) > 0 && !before[len(before)-1].Is("TRIGGER") && !before[len(before)-1].Is("VIEW")
		}
		if len(before) > 1 {
			qualifier, _ = before[len(before)-2].Ident()
		}
		return strings.EqualFold(qualifier, "new") || strings.EqualFold(qualifier, "old") || strings.EqualFold(qualifier, table)
	})
}

func rewrite(tokens []sqltext.Token, from, to string, where func(before, after sqltext.Token) bool) string {
	return rewriteWith(tokens, from, to, func(before []sqltext.Token, after sqltext.Token) bool {
		if len(before) == 0 {
			return false
		}
		return where(before[len(before)-1], after)
	})
}

// rewriteWith replaces an identifier wherever where agrees. It is given the significant tokens before, at most two of them,
// and the one after.
func rewriteWith(tokens []sqltext.Token, from, to string, where func(before []sqltext.Token, after sqltext.Token) bool) string {
	var out strings.Builder
	var before []sqltext.Token
	for i, token := range tokens {
		ident, ok := token.Ident()
		if ok && strings.EqualFold(ident, from) && where(before, following(tokens[i+1:])) {
			out.WriteString(quote(to))
		} else {
			out.WriteString(token.Text)
		}
		if !token.Blank() {
			before = append(before[max(0, len(before)-1):], token)
		}
	}
	return out.String()
}

func following(tokens []sqltext.Token) sqltext.Token {
	for _, token := range tokens {
		if !token.Blank() {
			return token
		}
	}
	return sqltext.Token{}
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
