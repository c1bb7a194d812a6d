package introspect

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/retort-db/retort/schema"
)

func init() { engines[schema.MySQL] = mysqlEngine{} }

// mysqlEngine reads MySQL 8.0.16 and later and MariaDB 10.6 and later from information_schema. The number of queries
// depends on the number of namespaces, not of objects. What the catalog gets wrong or lacks comes from SHOW CREATE of the
// objects that have it, all of a kind at once: see mysqlNeeds for tables, and readViews, readTriggers and readRoutines.
//
// Texts are made the same on both products and under any sql_mode of the session: string literals as under the default
// sql_mode (quotes doubled, backslashes escaped), identifiers in backquotes, no charset introducer for utf8mb4, no qualifier of the own
// database, no display width but tinyint(1) and that of zerofill, CURRENT_TIMESTAMP for its synonyms.
//
// Besides the option keys of package schema it sets, on tables, OptionCreate to the create options other than the row
// format; on columns, OptionSRID, OptionSystemVersioned ("without" for a column outside of the versioning); on checks,
// OptionColumn; on views, "security", "check_option" and "algorithm"; on primary keys, "comment"; on triggers and routines, OptionSQLMode. Engine, character set
// and collation are set where they are not InnoDB and the database's own.
type mysqlEngine struct{}

// mysqlMinimum holds the oldest versions that can be read: CHECK_CONSTRAINTS is new in MySQL 8.0.16, ignored indexes are in
// MariaDB 10.6, its oldest release that is still maintained.
var mysqlMinimum = map[schema.Flavor]schema.Version{
	"":             {Major: 8, Minor: 0, Patch: 16},
	schema.MariaDB: {Major: 10, Minor: 6},
}

func (mysqlEngine) server(ctx context.Context, q Querier) (schema.Server, error) {
	var text string
	if err := unwrapBun(q).QueryRowContext(ctx, "SELECT VERSION()").Scan(&text); err != nil {
		return schema.Server{}, fmt.Errorf("ask MySQL for its version: %w", err)
	}
	return mysqlServer(text)
}

var mysqlVersion = regexp.MustCompile(`^(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?`)

// mysqlServer reads what VERSION() returns, such as "8.0.39-0ubuntu0.22.04.1" or "10.11.14-MariaDB-log".
func mysqlServer(text string) (schema.Server, error) {
	server := schema.Server{Dialect: schema.MySQL}
	if strings.Contains(strings.ToLower(text), "mariadb") {
		server.Flavor = schema.MariaDB
	}
	numbers := mysqlVersion.FindStringSubmatch(text)
	if numbers == nil {
		return server, fmt.Errorf("cannot tell the version of a MySQL server that calls itself %q", text)
	}
	server.Version.Major, _ = strconv.Atoi(numbers[1])
	server.Version.Minor, _ = strconv.Atoi(numbers[2])
	server.Version.Patch, _ = strconv.Atoi(numbers[3])
	minimum := mysqlMinimum[server.Flavor]
	if !server.Version.AtLeast(minimum.Major, minimum.Minor, minimum.Patch) {
		return server, fmt.Errorf("%w (%s at least)", &OldServerError{Server: server, Minimum: minimum}, minimum)
	}
	return server, nil
}

func (e mysqlEngine) read(ctx context.Context, q Querier, options Options) (*schema.Schema, error) {
	q = unwrapBun(q)
	server, err := e.server(ctx, q)
	if err != nil {
		return nil, err
	}
	reader := &mysqlReader{ctx: ctx, q: q, server: server, options: options, out: schema.New(server)}
	if err := reader.read(); err != nil {
		return nil, fmt.Errorf("read %s: %w", server, err)
	}
	return reader.out, nil
}

// mysqlReader is one reading of a server.
type mysqlReader struct {
	ctx     context.Context
	q       Querier
	server  schema.Server
	options Options

	// home is the default namespace.
	home string
	// foldNames says that the server compares table names without regard to case (lower_case_table_names).
	foldNames bool

	// mode is the sql_mode that new sessions of the server have, account whom the server takes the reader for.
	mode, account string
	// singly says that the connection takes one statement at a time.
	singly bool

	// grants are the role's rights on whole databases, if the server tells them.
	grants      []mysqlGrant
	revokes     []mysqlGrant
	grantsKnown bool

	out *schema.Schema
	// wanted holds the tables of options.Tables by namespace; nil means all.
	wanted map[schema.Name]bool
}

func (r *mysqlReader) isMariaDB() bool { return r.server.Flavor == schema.MariaDB }

func (r *mysqlReader) read() error {
	var current sql.NullString
	var caseMode int
	var sqlMode string
	facts := r.q.QueryRowContext(r.ctx, "SELECT DATABASE(), @@lower_case_table_names, @@SESSION.sql_mode, @@GLOBAL.sql_mode, CURRENT_USER()")
	if err := facts.Scan(&current, &caseMode, &sqlMode, &r.mode, &r.account); err != nil {
		return fmt.Errorf("ask for the current database: %w", err)
	}
	if !r.isMariaDB() && (strings.Contains(sqlMode, "ANSI") || strings.Contains(sqlMode, "NO_BACKSLASH_ESCAPES")) {
		restore, err := r.leaveMode(sqlMode)
		if err != nil {
			return err
		}
		defer restore()
	}
	r.foldNames = caseMode != 0
	r.home = r.options.DefaultNamespace
	if r.home == "" {
		r.home = current.String
	}
	if r.home == "" {
		return fmt.Errorf("no database is selected: name one in the URL, mysql://host/database")
	}
	r.out.DefaultNamespace = r.home
	if r.options.Tables != nil {
		r.wanted = make(map[schema.Name]bool, len(r.options.Tables))
		for _, name := range r.options.Tables {
			r.wanted[r.wantedKey(name)] = true
		}
	}
	if err := r.readGrants(); err != nil {
		return fmt.Errorf("ask for the role's rights: %w", err)
	}
	if err := r.readNamespace(r.home); err != nil {
		return err
	}
	for _, namespace := range r.options.Namespaces {
		if namespace == r.home {
			continue
		}
		r.out.Namespaces = append(r.out.Namespaces, namespace)
		if err := r.readNamespace(namespace); err != nil {
			return err
		}
	}
	return nil
}

// readNamespace reads one database.
func (r *mysqlReader) readNamespace(database string) error {
	n := &mysqlNamespace{mysqlReader: r, database: database, tables: map[string]*mysqlTable{}, unreadable: map[*mysqlTable]string{}, definers: map[string]int{}}
	for _, step := range []struct {
		what string
		read func() error
	}{
		{"the database", n.readDefaults},
		{"tables", n.readTables},
		{"columns", n.readColumns},
		{"indexes", n.readIndexes},
		{"constraints", n.readConstraints},
		{"foreign keys", n.readForeignKeys},
		{"checks", n.readChecks},
		{"definitions", n.readDefinitions},
		{"sequences", n.readSequences},
		{"views", n.readViews},
		{"triggers", n.readTriggers},
		{"routines", n.readRoutines},
		{"other objects", n.readOthers},
		{"tables that are left", n.readLeftTables},
	} {
		if err := step.read(); err != nil {
			return fmt.Errorf("%s of %s: %w", step.what, database, err)
		}
	}
	n.finish()
	return nil
}

// name returns the name of an object of a database: without a namespace in the default one.
func (r *mysqlReader) name(database, name string) schema.Name {
	if database == r.home || r.foldNames && strings.EqualFold(database, r.home) {
		return schema.Name{Name: name}
	}
	return schema.Name{Schema: database, Name: name}
}

func (r *mysqlReader) wantedKey(name schema.Name) schema.Name {
	if name.Schema == r.home {
		name.Schema = ""
	}
	if r.foldNames {
		name = schema.Name{Schema: strings.ToLower(name.Schema), Name: strings.ToLower(name.Name)}
	}
	return name
}

// skips reports whether a table is outside of what was asked for.
func (r *mysqlReader) skips(name schema.Name) bool {
	return r.wanted != nil && !r.wanted[r.wantedKey(name)]
}

// leaveMode switches the session to the default sql_mode for what concerns quoting, and returns what switches it back.
// MySQL's SHOW CREATE TABLE quotes as the session's mode says, leaves options out under ANSI, and under
// NO_BACKSLASH_ESCAPES fails for tables with a quote in an expression.
func (r *mysqlReader) leaveMode(mode string) (restore func(), err error) {
	end := func() {}
	if db, ok := r.q.(*sql.DB); ok {
		conn, err := db.Conn(r.ctx)
		if err != nil {
			return nil, err
		}
		r.q, end = conn, func() { conn.Close() }
	}
	if _, err := r.q.ExecContext(r.ctx, "SET SESSION sql_mode = ''"); err != nil {
		end()
		return nil, err
	}
	return func() {
		// Names of modes hold nothing to escape. If this fails the connection is lost, and its mode with it.
		_, _ = r.q.ExecContext(context.WithoutCancel(r.ctx), "SET SESSION sql_mode = '"+mode+"'")
		end()
	}, nil
}

// underDefaultMode makes MariaDB run a query under the default sql_mode for what concerns quoting, so that it writes
// backquotes whatever the session's mode is. MySQL has no such words; see leaveMode.
func (r *mysqlReader) underDefaultMode(query string) string {
	if r.isMariaDB() {
		return "SET STATEMENT sql_mode='' FOR " + query
	}
	return query
}

// mysqlByTable orders by table. The catalog's own collation may take names for the same that differ in case or accents.
const mysqlByTable = " ORDER BY CAST(TABLE_NAME AS BINARY)"

// each runs a query and calls scan for every row.
func (r *mysqlReader) each(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := r.q.QueryContext(r.ctx, r.underDefaultMode(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
