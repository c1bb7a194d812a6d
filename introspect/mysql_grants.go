package introspect

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"

	"github.com/retort-db/retort/schema"
)

// mysqlGrant is what the role may do on whole databases.
type mysqlGrant struct {
	privileges []string
	// database is "*" or a pattern as of LIKE, as GRANT takes it.
	database string
}

// mysqlGrantOfDatabases matches the lines of SHOW GRANTS that are about whole databases.
var mysqlGrantOfDatabases = regexp.MustCompile("^GRANT (.+) ON (\\*|`(?:[^`]|``)+`)\\.\\* TO ")

// mysqlRevokeOfDatabase matches the lines of SHOW GRANTS that take rights on all databases back for one (partial_revokes).
var mysqlRevokeOfDatabase = regexp.MustCompile("^REVOKE (.+) ON `((?:[^`]|``)+)`\\.\\* FROM ")

// readGrants reads the rights of the role and of its active roles. A server that does not tell, such as one that runs
// without grants, leaves them unknown.
func (r *mysqlReader) readGrants() error {
	err := r.each("SHOW GRANTS", nil, func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if found := mysqlRevokeOfDatabase.FindStringSubmatch(line); found != nil {
			r.revokes = append(r.revokes, mysqlGrant{privileges: strings.Split(found[1], ", "), database: strings.ReplaceAll(found[2], "``", "`")})
		}
		if found := mysqlGrantOfDatabases.FindStringSubmatch(line); found != nil {
			database := strings.ReplaceAll(strings.Trim(found[2], "`"), "``", "`")
			r.grants = append(r.grants, mysqlGrant{privileges: strings.Split(found[1], ", "), database: database})
		}
		return nil
	})
	if err != nil && isMySQLLost(r.ctx, err) {
		return err
	}
	r.grantsKnown = err == nil
	return nil
}

// mysqlTablePrivileges are those that make the catalog show the tables of a database to a role that has one on all of it.
var mysqlTablePrivileges = []string{
	"ALL PRIVILEGES", "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER", "TRIGGER",
	"CREATE VIEW", "SHOW VIEW", "DELETE HISTORY",
}

// mayOnAll reports whether the role has one of the privileges on all of the database.
func (n *mysqlNamespace) mayOnAll(privileges ...string) bool {
	isRevoked := func(privilege string) bool {
		return slices.ContainsFunc(n.revokes, func(revoke mysqlGrant) bool {
			return revoke.database == n.database && slices.Contains(revoke.privileges, privilege)
		})
	}
	return slices.ContainsFunc(n.grants, func(grant mysqlGrant) bool {
		isGlobal := grant.database == "*"
		return (isGlobal || likeMySQL(grant.database, n.database)) && slices.ContainsFunc(grant.privileges, func(has string) bool {
			return slices.Contains(privileges, has) && !(isGlobal && isRevoked(has))
		})
	})
}

// likeMySQL reports whether the name is the pattern, or matches it by _ and % where no backslash stands before them.
func likeMySQL(pattern, name string) bool {
	if pattern == name {
		return true
	}
	var text strings.Builder
	escaped := false
	for _, char := range pattern {
		switch {
		case escaped:
			text.WriteString(regexp.QuoteMeta(string(char)))
			escaped = false
		case char == '\\':
			escaped = true
		case char == '_':
			text.WriteString(".")
		case char == '%':
			text.WriteString(".*")
		default:
			text.WriteString(regexp.QuoteMeta(string(char)))
		}
	}
	expr, err := regexp.Compile("(?is)^" + text.String() + "$")
	return err == nil && expr.MatchString(name)
}

// reportHiddenTables says that the catalog does not show the role all of the database: without a right on the database as a
// whole it lists only what the role has a right on, and nothing tells of the rest, not even that there is one.
func (n *mysqlNamespace) reportHiddenTables() {
	if !n.grantsKnown || n.wanted != nil || n.mayOnAll(mysqlTablePrivileges...) {
		return
	}
	n.out.Problems = append(n.out.Problems, schema.Problem{
		Object: "database " + n.database,
		Reason: "the role has rights on single objects at most: others are hidden from it, names and all; grant it SELECT, REFERENCES and SHOW VIEW on the whole database",
	})
}

// mysqlHidden is what the catalog hides as a whole from roles without one of the privileges on the database, or on single
// objects of it.
var mysqlHidden = []struct {
	object     string
	privileges []string
	right      string // what to grant
}{
	{"triggers", []string{"ALL PRIVILEGES", "TRIGGER"}, "TRIGGER"},
	{"routines", []string{"ALL PRIVILEGES", "EXECUTE", "CREATE ROUTINE", "ALTER ROUTINE", "SHOW_ROUTINE", "SHOW CREATE ROUTINE"}, "EXECUTE"},
	{"events", []string{"ALL PRIVILEGES", "EVENT"}, "EVENT"},
}

// reportHiddenKinds says of which kinds of objects the role may not see all.
func (n *mysqlNamespace) reportHiddenKinds() {
	if !n.grantsKnown || n.wanted != nil {
		return
	}
	var objects, rights []string
	for _, hidden := range mysqlHidden {
		if !n.mayOnAll(hidden.privileges...) {
			objects = append(objects, hidden.object)
			rights = append(rights, hidden.right)
		}
	}
	if len(objects) > 0 {
		n.out.Problems = append(n.out.Problems, schema.Problem{
			Object: strings.Join(objects, ", ") + " of database " + n.database,
			Reason: "the server hides them from the role, and whether there are any; grant it " + strings.Join(rights, ", ") + " on the whole database",
		})
	}
}

// mysqlErrorNumber finds the server's error number (https://dev.mysql.com/doc/mysql-errors/en/) in the messages of the drivers.
var mysqlErrorNumber = regexp.MustCompile(`\bError (\d{4})\b`)

// isMySQLLost reports whether an error is about the connection, or about the statement's end before its time, and not about
// the object that was asked for. What the server does not say itself is about the connection.
func isMySQLLost(ctx context.Context, err error) bool {
	if isLost(ctx, err) {
		return true
	}
	found := mysqlErrorNumber.FindStringSubmatch(err.Error())
	// Shutdown, interrupted, killed, MariaDB's and MySQL's time limits.
	return found == nil || slices.Contains([]string{"1053", "1317", "1927", "1969", "3024"}, found[1])
}

// isMySQLGone reports whether an error says that there is no such table.
func isMySQLGone(err error) bool { return isMySQLError(err, "1146") }

// isMySQLGoneRoutine reports whether an error says that there is no such function or procedure.
func isMySQLGoneRoutine(err error) bool { return isMySQLError(err, "1305") }

// isMySQLGoneTrigger reports whether an error says that there is no such trigger.
func isMySQLGoneTrigger(err error) bool { return isMySQLError(err, "1360") }

// isMySQLDeadlock reports whether the server gave up a statement for another's: MySQL does so with a reader of its
// dictionary while others create and drop.
func isMySQLDeadlock(err error) bool { return isMySQLError(err, "1213") }

// isMySQLSyntax reports whether the server could not read a statement. So it says of the second statement of a text that may
// hold only one.
func isMySQLSyntax(err error) bool { return isMySQLError(err, "1064") }

func isMySQLError(err error, number string) bool {
	found := mysqlErrorNumber.FindStringSubmatch(err.Error())
	return found != nil && found[1] == number
}
