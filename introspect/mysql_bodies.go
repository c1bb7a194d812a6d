package introspect

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// restoreBody replaces the body of a trigger or routine by what its definition says. MySQL's catalog takes the escapes out
// of the body's literals: 'it”s' is 'it's' there.
func (n *mysqlNamespace) restoreBody(body *string, kind, name string, find func(statement string) string) error {
	if n.isMariaDB() || !strings.ContainsAny(*body, "'\"`\\") {
		return nil
	}
	statement, err := n.showCreateOf(kind, name)
	for again := 0; err != nil && isMySQLDeadlock(err) && again < 3; again++ {
		statement, err = n.showCreateOf(kind, name)
	}
	if err != nil && isMySQLLost(n.ctx, err) {
		return err
	}
	reason := "its definition could not be understood"
	if err != nil {
		reason = err.Error()
	} else if found := find(statement); found != "" {
		*body = found
		return nil
	}
	n.out.Problems = append(n.out.Problems, schema.Problem{
		Object: strings.ToLower(kind) + " " + n.name(n.database, name).String(), Reason: reason + ": the body is as the catalog has it",
	})
	return nil
}

// showCreateOf returns the definition of a trigger or routine; its third column under every version.
func (n *mysqlNamespace) showCreateOf(kind, name string) (string, error) {
	rows, err := n.q.QueryContext(n.ctx, n.underDefaultMode("SHOW CREATE "+kind+" "+quoteMySQL(n.database)+"."+quoteMySQL(name)))
	if err != nil {
		return "", fmt.Errorf("definition of %s %s: %w", strings.ToLower(kind), name, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	fields := make([]sql.NullString, len(columns))
	targets := make([]any, len(columns))
	for i := range fields {
		targets[i] = &fields[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return "", err
		}
	}
	if len(fields) < 3 {
		return "", nil
	}
	return fields[2].String, rows.Err()
}

// triggerBody returns what follows FOR EACH ROW, and the order after it, in a CREATE TRIGGER statement.
func triggerBody(statement string) string {
	tokens := sqltext.Significant(schema.MySQL, statement)
	for i := 0; i+3 < len(tokens); i++ {
		if !tokens[i].Is("FOR") || !tokens[i+1].Is("EACH") || !tokens[i+2].Is("ROW") {
			continue
		}
		if at := i + 3; (tokens[at].Is("FOLLOWS") || tokens[at].Is("PRECEDES")) && at+2 < len(tokens) {
			return statement[tokens[at+2].Pos:]
		}
		return statement[tokens[i+3].Pos:]
	}
	return ""
}

// routineBody returns what follows the head of a routine in SHOW CREATE, where MySQL writes each characteristic into a
// line of its own that begins with four spaces.
func routineBody(statement string) string {
	depth := 0
	for _, token := range sqltext.Significant(schema.MySQL, statement) {
		switch {
		case token.Is("("):
			depth++
		case token.Is(")"):
			depth--
			if depth == 0 {
				return afterCharacteristics(statement[token.Pos+1:])
			}
		}
	}
	return ""
}

func afterCharacteristics(rest string) string {
	for {
		_, next, found := strings.Cut(rest, "\n")
		if !found {
			return ""
		}
		if !strings.HasPrefix(next, "    ") {
			return next
		}
		rest = next
	}
}
