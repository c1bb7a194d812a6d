package introspect

import (
	"database/sql"
	"strings"

	"github.com/retort-db/retort/internal/mysqltext"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/schema"
)

// readViews reads the views, and of those of which the catalog may not know all, the definition.
func (n *mysqlNamespace) readViews() error {
	if n.wanted != nil {
		return nil
	}
	algorithm := "'UNDEFINED'"
	if n.isMariaDB() {
		algorithm = "ALGORITHM"
	}
	var views []*schema.View
	var shown []*mysqlShown
	err := n.each("SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE, DEFINER, "+algorithm+
		" FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?"+mysqlByTable,
		[]any{n.database}, func(rows *sql.Rows) error {
			var name, check, security, definer, algorithm string
			var definition sql.NullString
			if err := rows.Scan(&name, &definition, &check, &security, &definer, &algorithm); err != nil {
				return err
			}
			view := &schema.View{Name: n.name(n.database, name)}
			if definition.String == "" {
				n.objectProblem("view", name, "the role may not see its definition; grant it SHOW VIEW")
				return nil
			}
			n.noteDefiner(definer)
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
			views = append(views, view)
			if !n.isMariaDB() || strings.ContainsAny(definition.String, "'?") {
				shown = append(shown, &mysqlShown{kind: "VIEW", name: name})
			}
			return nil
		})
	if err != nil {
		return err
	}
	if err := n.show(shown); err != nil {
		return err
	}
	definitions := map[string]*mysqlShown{}
	for _, definition := range shown {
		definitions[definition.name] = definition
	}
	for _, view := range views {
		definition := definitions[view.Name.Name]
		if definition != nil && definition.err != nil && isMySQLGone(definition.err) {
			continue // dropped meanwhile
		}
		if definition != nil {
			n.applyViewDefinition(view, definition)
		}
		n.out.Views.Add(view)
	}
	return nil
}

// applyViewDefinition takes from a view's definition what the catalog loses: MySQL's algorithm and names of columns, and of
// literals the character set and what utf8mb3 lacks.
func (n *mysqlNamespace) applyViewDefinition(view *schema.View, shown *mysqlShown) {
	reason := "its definition could not be understood"
	if shown.err != nil {
		reason = shown.err.Error()
	} else if parsed, isView := parseView(shown.statement); isView {
		view.Columns = parsed.columns
		query := parsed.query
		if check, has := view.Options.Get("check_option"); has {
			query = strings.TrimSuffix(query, " WITH "+check+" CHECK OPTION")
		}
		view.Definition = mysqltext.Canonical(query, n.database)
		if parsed.algorithm != "UNDEFINED" {
			view.Options.Set("algorithm", parsed.algorithm)
		}
		return
	}
	n.objectProblem("view", view.Name.Name, reason+": it is as the catalog has it")
}

// mysqlView is what SHOW CREATE VIEW says.
type mysqlView struct {
	algorithm string
	columns   []string
	query     string // with the check option
}

// parseView takes apart CREATE ALGORITHM=MERGE DEFINER=… SQL SECURITY … VIEW `name` (`column`, …) AS query.
func parseView(statement string) (view mysqlView, isView bool) {
	tokens := sqltext.Significant(schema.MySQL, statement)
	at := 0
	for ; at < len(tokens) && !tokens[at].Is("VIEW"); at++ {
		if tokens[at].Is("ALGORITHM") && at+2 < len(tokens) {
			view.algorithm = strings.ToUpper(tokens[at+2].Text)
		}
	}
	for at++; at < len(tokens) && !tokens[at].Is("AS"); at++ {
		if at > 0 && (tokens[at-1].Is("(") || tokens[at-1].Is(",")) {
			column, _ := tokens[at].Ident()
			view.columns = append(view.columns, column)
		}
	}
	if at+1 >= len(tokens) {
		return mysqlView{}, false
	}
	view.query = statement[tokens[at+1].Pos:]
	return view, true
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
