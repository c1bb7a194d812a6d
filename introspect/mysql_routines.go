package introspect

import (
	"database/sql"
	"strings"

	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// mysqlRoutine is a row of information_schema.ROUTINES.
type mysqlRoutine struct {
	*schema.Function
	language, mode, definer string
	isSeen                  bool // by the role: its definition
}

// readRoutines reads functions and procedures by what SHOW CREATE says of them: the catalog has types without their
// character set, and bodies with characters missing.
func (n *mysqlNamespace) readRoutines() error {
	if n.wanted != nil {
		return nil
	}
	var routines []mysqlRoutine
	err := n.each("SELECT ROUTINE_NAME, lower(ROUTINE_TYPE), ROUTINE_BODY, SQL_MODE, DEFINER, ROUTINE_DEFINITION IS NOT NULL"+
		" FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? ORDER BY ROUTINE_TYPE, CAST(ROUTINE_NAME AS BINARY)",
		[]any{n.database}, func(rows *sql.Rows) error {
			r := mysqlRoutine{Function: &schema.Function{}}
			if err := rows.Scan(&r.Name.Name, &r.Kind, &r.language, &r.mode, &r.definer, &r.isSeen); err != nil {
				return err
			}
			routines = append(routines, r)
			return nil
		})
	if err != nil {
		return err
	}
	var shown []*mysqlShown
	read := routines[:0]
	isTaken := map[string]bool{}
	for _, r := range routines {
		name := r.Name.Name
		switch {
		case r.Kind != "function" && r.Kind != "procedure" || r.language != "SQL" || isTaken[name]:
			// Packages, routines in other languages, and a procedure that has a function's name.
			n.out.Unmodelled = append(n.out.Unmodelled, schema.Unmodelled{Kind: r.Kind, Name: n.name(n.database, name).String()})
			continue
		case !r.isSeen:
			n.objectProblem(r.Kind, name, "the role may not see its definition; "+n.wayToSeeRoutines())
		default:
			read = append(read, r)
			shown = append(shown, &mysqlShown{kind: strings.ToUpper(r.Kind), name: name})
		}
		isTaken[name] = true
	}
	if err := n.show(shown); err != nil {
		return err
	}
	for i, r := range read {
		n.addRoutine(r, shown[i])
	}
	return nil
}

func (n *mysqlNamespace) addRoutine(r mysqlRoutine, shown *mysqlShown) {
	name := r.Name.Name
	statement, isRoutine := routineStatement(shown.statement, shown.kind, name)
	switch {
	case shown.err != nil && isMySQLGoneRoutine(shown.err): // one that was dropped meanwhile is none
		return
	case shown.err != nil:
		n.objectProblem(r.Kind, name, shown.err.Error())
		return
	case !isRoutine:
		n.objectProblem(r.Kind, name, "its definition could not be understood")
		return
	}
	n.noteDefiner(r.definer)
	r.Name, r.Definition = n.name(n.database, name), statement
	n.setMode(&r.Options, r.mode)
	n.out.Functions.Add(r.Function)
}

// wayToSeeRoutines says which right shows the definitions of routines.
func (n *mysqlNamespace) wayToSeeRoutines() string {
	if n.isMariaDB() {
		return "grant it SHOW CREATE ROUTINE (MariaDB 11.3) or SELECT on mysql.proc"
	}
	return "grant it SHOW_ROUTINE"
}

// routineStatement returns what SHOW CREATE says of a routine without the account that defines it. The name is quoted in
// the way of the routine's own sql_mode there.
func routineStatement(statement, kind, name string) (text string, isRoutine bool) {
	tokens := sqltext.Significant(schema.MySQL, statement)
	for i, token := range tokens {
		if !token.Is(kind) || i+2 >= len(tokens) {
			continue
		}
		if tokens[i-1].Is("AGGREGATE") {
			kind = "AGGREGATE " + kind
		}
		return "CREATE " + kind + " " + quoteMySQL(name) + statement[tokens[i+2].Pos:], true
	}
	return "", false
}

// setMode notes the sql_mode under which a trigger's or routine's body is read and run, unless it is the server's own.
func (n *mysqlNamespace) setMode(options *schema.Options, mode string) {
	if mode != n.mode {
		options.Set(schema.OptionSQLMode, mode)
	}
}
