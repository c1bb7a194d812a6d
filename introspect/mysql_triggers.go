package introspect

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// mysqlTrigger is a row of information_schema.TRIGGERS.
type mysqlTrigger struct {
	*schema.Trigger
	head, body string
	shown      *mysqlShown // of a body of which the catalog may not know all
}

func (n *mysqlNamespace) readTriggers() error {
	var triggers []mysqlTrigger
	var shown []*mysqlShown
	var before [3]string // table, timing and event of the last trigger
	err := n.each("SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT, SQL_MODE, DEFINER"+
		" FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY CAST(EVENT_OBJECT_TABLE AS BINARY), ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, TRIGGER_NAME",
		[]any{n.database}, func(rows *sql.Rows) error {
			var name, table, timing, event, body, mode, definer string
			if err := rows.Scan(&name, &table, &timing, &event, &body, &mode, &definer); err != nil {
				return err
			}
			if n.skips(n.name(n.database, table)) {
				return nil
			}
			n.noteDefiner(definer)
			t := mysqlTrigger{Trigger: &schema.Trigger{Name: n.name(n.database, name), Trigger: name, Table: n.name(n.database, table)}, body: body}
			t.head = fmt.Sprintf("CREATE TRIGGER %s %s %s ON %s FOR EACH ROW ", quoteMySQL(name), timing, event, quoteMySQL(table))
			if moment := [3]string{table, timing, event}; moment == before {
				t.head += "FOLLOWS " + quoteMySQL(triggers[len(triggers)-1].Trigger.Trigger) + " "
			} else {
				before = moment
			}
			n.setMode(&t.Options, mode)
			// The catalog takes escapes out of literals (MySQL: 'it''s' is 'it's'), or their character sets (MariaDB).
			if strings.ContainsAny(body, "'\"`\\?") {
				t.shown = &mysqlShown{kind: "TRIGGER", name: name}
				shown = append(shown, t.shown)
			}
			triggers = append(triggers, t)
			return nil
		})
	if err != nil {
		return err
	}
	if err := n.show(shown); err != nil {
		return err
	}
	for _, t := range triggers {
		if t.shown != nil && t.shown.err != nil && isMySQLGoneTrigger(t.shown.err) {
			continue // dropped meanwhile
		}
		if t.shown != nil {
			t.body = n.shownBody(t)
		}
		t.Definition = t.head + t.body
		n.out.Triggers.Add(t.Trigger)
	}
	return nil
}

// shownBody returns the body as the trigger's definition has it.
func (n *mysqlNamespace) shownBody(t mysqlTrigger) string {
	reason := "its definition could not be understood"
	if t.shown.err != nil {
		reason = t.shown.err.Error()
	} else if body := triggerBody(t.shown.statement); body != "" {
		return body
	}
	n.objectProblem("trigger", t.Trigger.Trigger, reason+": the body is as the catalog has it")
	return t.body
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
