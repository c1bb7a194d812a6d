package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

// access holds the rules about who may do what, and about checks that are turned off.
var access = []rule{{
	Rule: Rule{
		ID: "privileges", Category: Breaking, Severity: Warning,
		Title:   "who may do what changes",
		What:    "A step in SQL grants or revokes rights, changes default rights, owners or roles, or goes on as another role.",
		Why:     "A right that is missing stops the program at its next query, one too many is noticed by nobody. After SET ROLE everything that the revision makes belongs to somebody else.",
		Safe:    "Try it as the role that the program uses. Rights that differ by environment belong where roles are managed.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad: `m.On(op.Postgres, func(m *op.Migration) { m.Exec("ALTER TABLE users OWNER TO reports").NoSchemaChange() })
m.On(op.MySQL, func(m *op.Migration) { m.Exec("REVOKE INSERT ON users FROM reports").NoSchemaChange() })`,
		Good: `m.Exec("INSERT INTO users (id, name) VALUES (0, 'grant')")`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		owner := s.is("ALTER") && s.hasAll("OWNER", "TO")
		if s.is("GRANT") || s.is("REVOKE") || owner || s.is("ALTER DEFAULT PRIVILEGES") || s.is("SET ROLE") || s.is("SET SESSION AUTHORIZATION") ||
			s.is("REASSIGN OWNED") || s.is("CREATE ROLE") || s.is("ALTER ROLE") || s.is("DROP ROLE") || s.is("CREATE USER") || s.is("ALTER USER") || s.is("DROP USER") {
			r.find("", "rights change: "+s.short(), "try it as the role that the program uses")
		}
	}),
}, {
	Rule: Rule{
		ID: "broad-grant", Category: Design, Severity: Warning,
		Title:   "a right is given to everybody, or all rights to somebody",
		What:    "A step in SQL grants ALL, grants to PUBLIC, on every database, or with the right to pass it on.",
		Why:     "ALL includes TRUNCATE, TRIGGER and whatever later versions add; PUBLIC includes every role that is made later.",
		Safe:    "Name the rights and the role.",
		Engines: []Engine{onPostgres, onMySQL},
		Bad:     `m.Exec("GRANT ALL ON users TO reports").NoSchemaChange()`,
		Good:    `m.Exec("GRANT SELECT ON users TO reports").NoSchemaChange()`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		everywhere := strings.Contains(s.short(), "* . *") || strings.Contains(s.short(), "*.*")
		if s.is("GRANT") && (s.is("GRANT ALL") || s.hasAll("TO", "PUBLIC") || s.hasAll("WITH", "GRANT", "OPTION") || s.hasAll("WITH", "ADMIN", "OPTION") || everywhere) {
			r.find("", "more is granted than somebody needs: "+s.short(), "name the rights and the role")
		}
	}),
}, {
	Rule: Rule{
		ID: "row-security", Category: Breaking, Severity: Warning,
		Title:   "who may see which rows changes",
		What:    "Row security, a policy, or the replica identity of a table that was there before the revision changes.",
		Why:     "With row security on and no policy, everybody but the owner sees no rows. A restrictive policy takes rows away from all others. Another replica identity makes subscribers miss updates, or stops writes of published tables.",
		Safe:    "Create the policies in the same revision, and try it as the role that the program uses.",
		Engines: []Engine{onPostgres},
		Bad:     `m.SetTableOption("users", "row_security", "ENABLE")`,
		Good:    `m.SetTableOption("users", "with", "fillfactor=70")`,
	},
	step: func(r *run, operation op.Operation) {
		switch o := operation.(type) {
		case *op.AlterTable:
			if r.existing(o.Name) == nil {
				return
			}
			keys := slices.Clone(o.Unset)
			for _, option := range o.Set {
				keys = append(keys, option.Key)
			}
			for _, key := range keys {
				if key == schema.OptionRowSecurity || key == schema.OptionReplicaIdentity {
					r.find(o.Name.String(), fmt.Sprintf("%s of %s changes", strings.ReplaceAll(key, "_", " "), o.Name), "try it as the role that the program uses")
				}
			}
		case *op.Exec:
			for _, s := range r.statements(o) {
				if !s.is("CREATE POLICY") && !s.is("ALTER POLICY") && !s.is("DROP POLICY") {
					continue
				}
				text := "who sees which rows changes: "
				if s.has("RESTRICTIVE") {
					text = "rows that other policies show are hidden: "
				}
				r.find("", text+s.short(), "try it as the role that the program uses")
			}
		}
	},
}, {
	Rule: Rule{
		ID: "checks-off", Category: Implicit, Severity: Danger,
		Title:   "constraints or triggers are turned off",
		What:    "A step in SQL disables triggers, sets session_replication_role, foreign_key_checks or unique_checks, or ignores check constraints.",
		Why:     "Rows that break foreign keys or checks get in and stay: nothing looks at them again when the checks are back. MySQL also takes a foreign key without looking at the rows. What is not turned on again stays off, for the session or for good.",
		Safe:    "Do it in an order in which the checks hold. If it has to be, turn them on again in the same revision and look for what got in.",
		Engines: everywhere,
		Bad: `m.On(op.Postgres, func(m *op.Migration) { m.Exec("ALTER TABLE users DISABLE TRIGGER ALL").NoSchemaChange() })
m.On(op.MySQL, func(m *op.Migration) { m.Exec("SET foreign_key_checks = 0").NoSchemaChange() })
m.On(op.SQLite, func(m *op.Migration) { m.Exec("PRAGMA ignore_check_constraints = on").NoSchemaChange() })`,
		Good: `m.On(op.Postgres, func(m *op.Migration) { m.Exec("ALTER TABLE users ENABLE TRIGGER ALL").NoSchemaChange() })
m.On(op.MySQL, func(m *op.Migration) { m.Exec("SET foreign_key_checks = 1").NoSchemaChange() })`,
	},
	step: onStatement(func(r *run, _ *op.Exec, s statement) {
		off := len(s) > 0 && (s[len(s)-1].Is("off") || s[len(s)-1].Is("0") || s[len(s)-1].Text == "0" || s[len(s)-1].Is("false"))
		on := len(s) > 0 && !off
		if s.is("ALTER TABLE") && (s.hasAll("DISABLE", "TRIGGER") || s.hasAll("DISABLE", "RULE")) ||
			s.is("SET") && s.has("session_replication_role") && !s.has("DEFAULT") && !s.has("origin") ||
			s.is("SET") && (s.has("foreign_key_checks") || s.has("unique_checks") || s.has("check_constraint_checks")) && off ||
			s.is("PRAGMA") && s.has("ignore_check_constraints") && on {
			r.find("", "rows are not checked from here on: "+s.short(), "do it in an order in which the checks hold")
		}
	}),
}, {
	Rule: Rule{
		ID: "definer", Category: Design, Severity: Info,
		Title:   "a view, trigger or routine belongs to a named account",
		What:    "A definition states DEFINER.",
		Why:     "It runs with the rights of that account, and not at all on a server that does not have it: a copy of the database on another server fails at the first query.",
		Safe:    "Leave it out, and let the account that runs the revisions be the definer; or use SQL SECURITY INVOKER.",
		Engines: []Engine{onMySQL},
		Bad:     `m.CreateTrigger("touch", "users", "CREATE DEFINER = 'root'@'localhost' TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW SET NEW.score = 1")`,
		Good:    `m.CreateTrigger("touch", "users", "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW SET NEW.score = 1")`,
	},
	step: func(r *run, operation op.Operation) {
		text := ""
		switch o := operation.(type) {
		case *op.CreateTrigger:
			text = o.Trigger.Definition
		case *op.CreateFunction:
			text = o.Function.Definition
		case *op.CreateView:
			text = o.View.Definition
		case *op.Exec:
			text = o.SQL
		}
		if r.inSQL == nil && statesDefiner.MatchString(text) {
			r.find(operation.Subject().String(), "it runs with the rights of an account that other servers may not have", "leave DEFINER out")
		}
	},
}, {
	Rule: Rule{
		ID: "function-volatility", Category: Breaking, Severity: Warning,
		Title:   "a function changes its volatility",
		What:    "A function is replaced by one that is VOLATILE, STABLE or IMMUTABLE where the old one was not.",
		Why:     "An index, generated column or partition over a function that is not really immutable finds the wrong rows; a volatile one cannot use indexes, and makes a default rewrite the table.",
		Safe:    "Create a function under another name, and move what uses it.",
		Engines: []Engine{onPostgres},
		Bad: `m.CreateFunction("plain(text)", "CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT lower($1)'")
m.CreateFunction("plain(text)", "CREATE OR REPLACE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'").OrReplace()`,
		Good: `m.CreateFunction("plain(text)", "CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'")`,
	},
	step: on(func(r *run, o *op.CreateFunction) {
		old, ok := r.state.Functions.Get(o.Function.Name)
		if !ok {
			return
		}
		if before, after := r.volatility(old.Definition), r.volatility(o.Function.Definition); before != after {
			r.find(o.Function.Name.String(), fmt.Sprintf("function %s was %s and becomes %s", o.Function.Name, before, after), "create a function under another name, and move what uses it")
		}
	}),
}}

var statesDefiner = regexp.MustCompile(`(?i)\bDEFINER\s*=`)

// volatility is the volatility that a function's definition states.
func (r *run) volatility(definition string) string {
	for _, token := range r.tokens(definition) {
		for _, word := range []string{"IMMUTABLE", "STABLE", "VOLATILE"} {
			if token.Is(word) {
				return word
			}
		}
	}
	return "VOLATILE"
}
