package introspect

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// readSequences reads MariaDB's sequences, all in one query: each is a table of one row. If one of them fails, that is a
// problem, and the others are read singly.
func (n *mysqlNamespace) readSequences() error {
	if len(n.sequences) == 0 || n.wanted != nil {
		return nil
	}
	read, err := n.sequencesOf(n.sequences)
	if err != nil && isMySQLLost(n.ctx, err) {
		return err
	}
	if err != nil {
		if read, err = n.readSequencesSingly(); err != nil {
			return err
		}
	}
	for _, sequence := range read {
		n.out.Sequences.Add(sequence)
	}
	return nil
}

func (n *mysqlNamespace) readSequencesSingly() ([]*schema.Sequence, error) {
	var out []*schema.Sequence
	for _, name := range n.sequences {
		read, err := n.sequencesOf([]string{name})
		switch {
		case err == nil:
			out = append(out, read...)
		case isMySQLLost(n.ctx, err):
			return nil, err
		case !isMySQLGone(err): // one that was dropped meanwhile is none
			n.out.Problems = append(n.out.Problems, schema.Problem{Object: "sequence " + n.name(n.database, name).String(), Reason: err.Error()})
		}
	}
	return out, nil
}

func (n *mysqlNamespace) sequencesOf(names []string) ([]*schema.Sequence, error) {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("SELECT %d, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option FROM %s.%s",
			i, quoteMySQL(n.database), quoteMySQL(name))
	}
	var out []*schema.Sequence
	err := n.each(strings.Join(parts, " UNION ALL "), nil, func(rows *sql.Rows) error {
		var at int
		var start, least, most, increment, cache int64
		var cycle bool
		if err := rows.Scan(&at, &start, &least, &most, &increment, &cache, &cycle); err != nil {
			return err
		}
		out = append(out, mysqlSequence(n.name(n.database, names[at]), start, least, most, increment, cache, cycle))
		return nil
	})
	return out, err
}

// The defaults of CREATE SEQUENCE in MariaDB for the type bigint.
const (
	sequenceMax   = 9223372036854775806
	sequenceMin   = -9223372036854775807
	sequenceCache = 1000
)

func mysqlSequence(name schema.Name, start, least, most, increment, cache int64, cycle bool) *schema.Sequence {
	sequence := &schema.Sequence{Name: name, Cycle: cycle}
	defaultMin, defaultMax := int64(1), int64(sequenceMax)
	if increment < 0 {
		defaultMin, defaultMax = sequenceMin, -1
	}
	defaultStart := least
	if increment < 0 {
		defaultStart = most
	}
	unlessDefault := func(field **int64, value, usual int64) {
		if value != usual {
			*field = &value
		}
	}
	unlessDefault(&sequence.Start, start, defaultStart)
	unlessDefault(&sequence.Increment, increment, 1)
	unlessDefault(&sequence.Min, least, defaultMin)
	unlessDefault(&sequence.Max, most, defaultMax)
	unlessDefault(&sequence.Cache, cache, sequenceCache)
	return sequence
}

func (n *mysqlNamespace) readViews() error {
	if n.wanted != nil {
		return nil
	}
	algorithm := "'UNDEFINED'"
	if n.isMariaDB() {
		algorithm = "ALGORITHM"
	}
	return n.each("SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE, "+algorithm+
		" FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME",
		[]any{n.database}, func(rows *sql.Rows) error {
			var name, check, security, algorithm string
			var definition sql.NullString
			if err := rows.Scan(&name, &definition, &check, &security, &algorithm); err != nil {
				return err
			}
			view := &schema.View{Name: n.name(n.database, name)}
			if definition.String == "" {
				n.out.Problems = append(n.out.Problems, schema.Problem{
					Object: "view " + view.Name.String(), Reason: "the role may not see its definition; grant it SHOW VIEW",
				})
				return nil
			}
			view.DependsOn = n.relationsIn(definition.String)
			view.Definition = mysqltext.Canonical(definition.String, n.database)
			if check != "NONE" {
				view.Options.Set("check_option", check)
			}
			if security != "DEFINER" {
				view.Options.Set("security", security)
			}
			if algorithm != "UNDEFINED" {
				view.Options.Set("algorithm", algorithm)
			}
			n.out.Views.Add(view)
			return nil
		})
}

// relationsIn returns the tables and views that a definition names. The server writes them with their database.
func (n *mysqlNamespace) relationsIn(definition string) []schema.Dependency {
	tokens := sqltext.Significant(schema.MySQL, definition)
	seen := map[schema.Name]bool{}
	var out []schema.Dependency
	for i := 0; i+2 < len(tokens); i++ {
		if tokens[i].Kind != sqltext.Quoted || !tokens[i+1].Is(".") || tokens[i+2].Kind != sqltext.Quoted || !beginsRelation(tokens, i) {
			continue
		}
		database, _ := tokens[i].Ident()
		relation, _ := tokens[i+2].Ident()
		if name := n.name(database, relation); !seen[name] {
			seen[name] = true
			out = append(out, schema.Dependency{Relation: name})
		}
		i += 2
	}
	return out
}

// beginsRelation reports whether the dotted name at i is a relation in FROM and no column: it has two parts, and stands
// after a word or parenthesis of FROM and before an alias or the end of it.
func beginsRelation(tokens []sqltext.Token, i int) bool {
	if i == 0 || i+3 < len(tokens) && tokens[i+3].Is(".") {
		return false
	}
	before := tokens[i-1]
	switch {
	case before.Is("from"), before.Is("join"), before.Is("straight_join"):
		return true
	case before.Is("("):
		// from (`db`.`t` `alias` join …): a relation in parentheses has an alias or a join after it.
		return i+3 < len(tokens) && (tokens[i+3].Kind == sqltext.Quoted || tokens[i+3].Is("join") || tokens[i+3].Is("left") ||
			tokens[i+3].Is("right") || tokens[i+3].Is("straight_join") || tokens[i+3].Is("inner") || tokens[i+3].Is("cross"))
	}
	return false
}

// mysqlTrigger is a row of information_schema.TRIGGERS.
type mysqlTrigger struct{ name, table, timing, event, statement string }

func (n *mysqlNamespace) readTriggers() error {
	var triggers []mysqlTrigger
	err := n.each("SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT"+
		" FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, TRIGGER_NAME",
		[]any{n.database}, func(rows *sql.Rows) error {
			var t mysqlTrigger
			if err := rows.Scan(&t.name, &t.table, &t.timing, &t.event, &t.statement); err != nil {
				return err
			}
			if !n.skips(n.name(n.database, t.table)) {
				triggers = append(triggers, t)
			}
			return nil
		})
	if err != nil {
		return err
	}
	for _, t := range triggers {
		if err := n.restoreBody(&t.statement, "TRIGGER", t.name, triggerBody); err != nil {
			return err
		}
		n.out.Triggers.Add(&schema.Trigger{
			Name: n.name(n.database, t.name), Trigger: t.name, Table: n.name(n.database, t.table),
			Definition: fmt.Sprintf("CREATE TRIGGER %s %s %s ON %s FOR EACH ROW %s",
				quoteMySQL(t.name), t.timing, t.event, quoteMySQL(t.table), t.statement),
		})
	}
	return nil
}

// mysqlRoutine is a row of information_schema.ROUTINES.
type mysqlRoutine struct {
	name, kind, body string
	returns          sql.NullString
	deterministic    string
	access, security string
	comment          string
	definition       sql.NullString
}

func (n *mysqlNamespace) readRoutines() error {
	if n.wanted != nil {
		return nil
	}
	var routines []mysqlRoutine
	err := n.each("SELECT ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_BODY, DTD_IDENTIFIER, IS_DETERMINISTIC, SQL_DATA_ACCESS, SECURITY_TYPE, ROUTINE_COMMENT, ROUTINE_DEFINITION"+
		" FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? ORDER BY ROUTINE_TYPE, ROUTINE_NAME",
		[]any{n.database}, func(rows *sql.Rows) error {
			var r mysqlRoutine
			if err := rows.Scan(&r.name, &r.kind, &r.body, &r.returns, &r.deterministic, &r.access, &r.security, &r.comment, &r.definition); err != nil {
				return err
			}
			routines = append(routines, r)
			return nil
		})
	if err != nil || len(routines) == 0 {
		return err
	}
	parameters, err := n.readParameters()
	if err != nil {
		return err
	}
	for _, routine := range routines {
		if kind := routine.kind; routine.definition.Valid && (kind == "FUNCTION" || kind == "PROCEDURE") {
			if err := n.restoreBody(&routine.definition.String, kind, routine.name, routineBody); err != nil {
				return err
			}
		}
		n.addRoutine(&routine, parameters[[2]string{routine.kind, routine.name}])
	}
	return nil
}

func (n *mysqlNamespace) readParameters() (map[[2]string][]string, error) {
	parameters := map[[2]string][]string{}
	err := n.each("SELECT ROUTINE_TYPE, SPECIFIC_NAME, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER FROM information_schema.PARAMETERS"+
		" WHERE SPECIFIC_SCHEMA = ? AND ORDINAL_POSITION > 0 ORDER BY SPECIFIC_NAME, ORDINAL_POSITION",
		[]any{n.database}, func(rows *sql.Rows) error {
			var kind, routine string
			var mode, name, typ sql.NullString
			if err := rows.Scan(&kind, &routine, &mode, &name, &typ); err != nil {
				return err
			}
			text := quoteMySQL(name.String) + " " + typ.String
			if kind == "PROCEDURE" {
				text = mode.String + " " + text
			}
			parameters[[2]string{kind, routine}] = append(parameters[[2]string{kind, routine}], text)
			return nil
		})
	return parameters, err
}

func (n *mysqlNamespace) addRoutine(r *mysqlRoutine, parameters []string) {
	name := n.name(n.database, r.name)
	kind := strings.ToLower(r.kind)
	if kind != "function" && kind != "procedure" || r.body != "SQL" || n.out.Functions.Has(name) {
		// Packages, routines in other languages, and a procedure that has a function's name.
		n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: kind, Name: name.String()})
		return
	}
	if !r.definition.Valid {
		n.out.Problems = append(n.out.Problems, schema.Problem{
			Object: kind + " " + name.String(), Reason: "the role may not see its definition; grant it SHOW_ROUTINE or EXECUTE as its definer",
		})
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "CREATE %s %s(%s)", r.kind, quoteMySQL(r.name), strings.Join(parameters, ", "))
	if r.kind == "FUNCTION" {
		text.WriteString(" RETURNS " + r.returns.String)
	}
	if r.deterministic == "YES" {
		text.WriteString(" DETERMINISTIC")
	}
	if r.access != "CONTAINS SQL" {
		text.WriteString(" " + r.access)
	}
	if r.security != "DEFINER" {
		text.WriteString(" SQL SECURITY " + r.security)
	}
	if r.comment != "" {
		text.WriteString(" COMMENT " + mysqltext.Quote(r.comment))
	}
	text.WriteString(" " + r.definition.String)
	n.out.Functions.Add(&schema.Function{Name: name, Kind: kind, Definition: text.String()})
}

func (n *mysqlNamespace) readEvents() error {
	if n.wanted != nil {
		return nil
	}
	var count int
	err := n.each("SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?", []any{n.database}, func(rows *sql.Rows) error {
		return rows.Scan(&count)
	})
	if count > 0 {
		n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: "event", Count: count})
	}
	return err
}
