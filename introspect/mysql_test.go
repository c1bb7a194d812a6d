package introspect_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/introspect"
	_ "github.com/retort-db/retort/introspect/mysql"
	"github.com/retort-db/retort/schema"
)

// compareSchemas compares what was read; Objects has unexported fields and is compared as a list.
var compareSchemas = cmp.Options{
	cmp.Transformer("tables", func(o schema.Objects[*schema.Table]) []*schema.Table { return list(o) }),
	cmp.Transformer("views", func(o schema.Objects[*schema.View]) []*schema.View { return list(o) }),
	cmp.Transformer("sequences", func(o schema.Objects[*schema.Sequence]) []*schema.Sequence { return list(o) }),
	cmp.Transformer("functions", func(o schema.Objects[*schema.Function]) []*schema.Function { return list(o) }),
	cmp.Transformer("triggers", func(o schema.Objects[*schema.Trigger]) []*schema.Trigger { return list(o) }),
	cmp.Transformer("enums", func(o schema.Objects[*schema.Enum]) []*schema.Enum { return list(o) }),
	cmp.Transformer("domains", func(o schema.Objects[*schema.Domain]) []*schema.Domain { return list(o) }),
	cmp.Transformer("composites", func(o schema.Objects[*schema.Composite]) []*schema.Composite { return list(o) }),
	cmp.Transformer("extensions", func(o schema.Objects[*schema.Extension]) []*schema.Extension { return list(o) }),
	cmp.Transformer("statistics", func(o schema.Objects[*schema.Statistic]) []*schema.Statistic { return list(o) }),
}

func list[T schema.Object](objects schema.Objects[T]) []T {
	var out []T
	for object := range objects.All() {
		out = append(out, object)
	}
	return out
}

func openMySQL(t testing.TB) *introspect.Database {
	t.Helper()
	return openMySQLAt(t, servertest.MySQL(t))
}

func openMySQLAt(t testing.TB, url string) *introspect.Database {
	t.Helper()
	db, err := introspect.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func readMySQL(t testing.TB, db introspect.Querier) *schema.Schema {
	t.Helper()
	read, err := introspect.Read(t.Context(), db, schema.MySQL, introspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// loadMySQL runs a script of testdata/mysql, statement by statement.
func loadMySQL(t testing.TB, db *introspect.Database, file string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "mysql", file))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range splitMySQL(string(text)) {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
}

func splitMySQL(text string) []string {
	var out []string
	start := 0
	for _, token := range sqltext.Tokens(schema.MySQL, text) {
		if token.Is(";") {
			out = append(out, text[start:token.Pos])
			start = token.Pos + 1
		}
	}
	return out
}

func createMySQL(t testing.TB, db *introspect.Database, s *schema.Schema) {
	t.Helper()
	statements, err := ddl.Create(s.Server, s)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range statements {
		if _, err := conn.ExecContext(t.Context(), statement.SQL, statement.Args...); err != nil {
			t.Fatalf("%v\n%s", err, statement.SQL)
		}
	}
}

// TestMySQLRoundTrip is the promise of this package and of package ddl together: what is read, created elsewhere and
// read again is the same, and the server says so too.
func TestMySQLRoundTrip(t *testing.T) {
	for _, file := range []string{"shop.sql", "forum.sql", "ledger"} {
		t.Run(file, func(t *testing.T) {
			if file == "ledger" {
				flavor, _ := servertest.MySQLFlavor(t, servertest.OpenMySQL(t))
				file = "ledger." + flavor + ".sql"
			}
			copyMySQLScript(t, file)
		})
	}
}

// TestMySQLProjects does the same with whole projects. What only one of the servers has stands in comments that the
// other passes over: /*M! for MariaDB, /*!80013 for MySQL.
func TestMySQLProjects(t *testing.T) {
	files, err := filepath.Glob("testdata/mysql/projects/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no projects: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			read := copyMySQLScript(t, filepath.Join("projects", filepath.Base(file)))
			if read.Tables.Len() < 30 {
				t.Errorf("%d tables are read, want those of a real project", read.Tables.Len())
			}
		})
	}
}

// copyMySQLScript runs a script, creates elsewhere what is read, and compares the two. It returns what was read.
func copyMySQLScript(t *testing.T, file string) *schema.Schema {
	t.Helper()
	source := openMySQL(t)
	loadMySQL(t, source, file)
	first := readMySQL(t, source)
	if len(first.Problems) > 0 {
		t.Errorf("problems: %v", first.Problems)
	}
	target := openMySQL(t)
	createMySQL(t, target, first)
	second := readMySQL(t, target)
	second.DefaultNamespace = first.DefaultNamespace
	withoutEvents(first)
	if diff := cmp.Diff(first, second, compareSchemas); diff != "" {
		t.Errorf("the copy reads otherwise (-source +copy):\n%s", diff)
	}
	compareOracle(t, source, target, first)
	return first
}

// withoutEvents takes out what the model only counts.
func withoutEvents(s *schema.Schema) { s.Unmodelled = nil }

// compareOracle compares what the server itself says of the tables.
func compareOracle(t *testing.T, source, target *introspect.Database, s *schema.Schema) {
	t.Helper()
	for table := range s.Tables.All() {
		want, got := showCreate(t, source, table.Name), showCreate(t, target, table.Name)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("SHOW CREATE TABLE %s (-source +copy):\n%s", table.Name, diff)
		}
	}
	if diff := cmp.Diff(showOthers(t, source, s), showOthers(t, target, s)); diff != "" {
		t.Errorf("SHOW CREATE of the other objects (-source +copy):\n%s", diff)
	}
}

// showOthers returns what SHOW CREATE says of views, sequences, triggers and routines, with their sql_mode, by kind and name.
func showOthers(t *testing.T, db introspect.Querier, s *schema.Schema) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	show := func(kind string, name schema.Name) {
		out[kind+" "+name.Name] = showCreateOf(t, db, kind, name)
	}
	for view := range s.Views.All() {
		show("VIEW", view.Name)
	}
	for sequence := range s.Sequences.All() {
		show("SEQUENCE", sequence.Name)
	}
	for trigger := range s.Triggers.All() {
		show("TRIGGER", trigger.Name)
	}
	for routine := range s.Functions.All() {
		show(strings.ToUpper(routine.Kind), routine.Name)
	}
	return out
}

var (
	oracleCreated = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ][\d:.]+Z?$`) // when a trigger was
	oracleDefiner = regexp.MustCompile(`^(CREATE .*?)DEFINER=\S+ `)      // who creates
	// MySQL keeps of a trigger's head what was written, where the copy has it as the catalog does.
	oracleHead = regexp.MustCompile(`(?is)^CREATE DEFINER=\S+ TRIGGER .*? FOR EACH ROW (?:FOLLOWS \S+ )?`)
)

// showCreateOf returns all that SHOW CREATE says of an object that is no table.
func showCreateOf(t *testing.T, db introspect.Querier, kind string, name schema.Name) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SHOW CREATE "+kind+" "+ddl.QuoteName(schema.MySQL, name))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	fields, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range fields {
		targets[i] = &fields[i]
	}
	var out []string
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		for _, field := range fields {
			if !oracleCreated.MatchString(field.String) {
				out = append(out, oracleDefiner.ReplaceAllString(oracleHead.ReplaceAllString(oracleDB.ReplaceAllString(field.String, ""), ""), ""))
			}
		}
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		t.Fatalf("SHOW CREATE %s %s: %v, %d fields", kind, name, err, len(out))
	}
	return out
}

var (
	oracleNoise   = regexp.MustCompile(` AUTO_INCREMENT=\d+| ON (DELETE|UPDATE) (RESTRICT|NO ACTION)| USING BTREE`)
	oracleNegated = regexp.MustCompile(`-\(([0-9.]+)\)`)
	// MySQL remembers that a column states the collation that it has anyway.
	oracleCharset = regexp.MustCompile(` CHARACTER SET \w+( COLLATE)`)
	oracleDB      = regexp.MustCompile("`(rt|retort_scratch)_[a-z0-9_]+`\\.")
)

// showCreate returns the definition as the server writes it, as sorted lines: the order of keys tells only in which order
// they were made, and RESTRICT, NO ACTION and BTREE are the default.
func showCreate(t *testing.T, db introspect.Querier, name schema.Name) []string {
	t.Helper()
	var table, text string
	row := db.QueryRowContext(t.Context(), "SHOW CREATE TABLE "+ddl.QuoteName(schema.MySQL, name))
	if err := row.Scan(&table, &text); err != nil {
		t.Fatal(err)
	}
	text = oracleDB.ReplaceAllString(oracleNoise.ReplaceAllString(text, ""), "")
	text = oracleNegated.ReplaceAllString(text, "-$1")
	text = oracleCharset.ReplaceAllString(text, "$1")
	var own string
	query := "SELECT TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = coalesce(nullif(?, ''), DATABASE()) AND TABLE_NAME = ?"
	if err := db.QueryRowContext(t.Context(), query, name.Schema, name.Name).Scan(&own); err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(text, " COLLATE "+own, "")
	var keys, rest []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(strings.TrimSpace(line), ",")
		if strings.Contains(line, "KEY `") || strings.HasPrefix(line, "CONSTRAINT") {
			keys = append(keys, line)
			continue
		}
		rest = append(rest, line)
	}
	slices.Sort(keys)
	return append(rest, keys...)
}
