package autogen_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/retort-db/retort/autogen"
	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/diff"
	"github.com/retort-db/retort/internal/servertest"
	"github.com/retort-db/retort/internal/sqltext"
	"github.com/retort-db/retort/introspect"
	"github.com/retort-db/retort/op"
	"github.com/retort-db/retort/schema"
)

var update = flag.Bool("update", false, "write the plans of testdata/corpus anew")

// corpusCase is a change as real migrations make it. One archive for each engine holds them, as files of a folder:
//
//	NAME/before.sql  the schema before, with rows
//	NAME/after.sql   the schema after
//	NAME/want        the operations and, after a blank line, the findings
//	NAME/options     "rename TABLE.OLD=NEW", "backfill TABLE.COLUMN=EXPR", "server FLAVOR", "since MAJOR[.MINOR]", "column-order", "irreversible",
//	                 "refused TEXT", "stuck" (reported and not changed), "decision" (somebody has to decide, and nothing is carried out)
type corpusCase struct {
	name          string
	before, after string
	want          string
	options       []string
}

// TestCorpus carries every change out on the engine: from the schema before, with its rows, to the schema after, as
// another database of the same server has it, and back.
func TestCorpus(t *testing.T) {
	for _, engine := range servertest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", "corpus", engine+".txtar")
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			grounds := &corpusGrounds{t: t, engine: engine}
			for _, c := range corpusCases(archive) {
				t.Run(c.name, func(t *testing.T) {
					from, to := grounds.open(t)
					if plan, ran := c.run(t, from, to); ran {
						got[c.name] = plan
					}
				})
			}
			if *update {
				writeCorpus(t, file, archive, got)
			}
		})
	}
}

func corpusCases(archive *txtar.Archive) []*corpusCase {
	var cases []*corpusCase
	for _, file := range archive.Files {
		name, part := path.Split(file.Name)
		name = strings.TrimSuffix(name, "/")
		if len(cases) == 0 || cases[len(cases)-1].name != name {
			cases = append(cases, &corpusCase{name: name})
		}
		c := cases[len(cases)-1]
		switch part {
		case "before.sql":
			c.before = string(file.Data)
		case "after.sql":
			c.after = string(file.Data)
		case "want":
			c.want = string(file.Data)
		case "options":
			c.options = strings.Split(strings.TrimSpace(string(file.Data)), "\n")
		}
	}
	return cases
}

func writeCorpus(t *testing.T, file string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	out := &txtar.Archive{Comment: archive.Comment}
	for _, part := range archive.Files {
		name, base := path.Split(part.Name)
		plan, ran := got[strings.TrimSuffix(name, "/")]
		if base == "want" && ran {
			continue
		}
		out.Files = append(out.Files, part)
		if base == "after.sql" && ran {
			out.Files = append(out.Files, txtar.File{Name: name + "want", Data: []byte(plan)})
		}
	}
	if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run returns the plan in words. A case for other servers is not run.
func (c *corpusCase) run(t *testing.T, from, to opened) (plan string, ran bool) {
	server, err := introspect.ServerOf(t.Context(), from, from.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	options, fits := c.diffOptions(t, server)
	if !fits {
		return "", false
	}
	loadCorpus(t, from, c.before)
	loadCorpus(t, to, c.after)
	j := &journey{t: t, ctx: t.Context(), database: from.Database, url: from.url, server: server}
	start, target := j.read(), (&journey{t: t, ctx: t.Context(), database: to.Database, server: server}).read()
	counts := j.count(start, target)

	result, err := autogen.Run(t.Context(), autogen.Input{Current: start, Target: target, Database: from.Database, Diff: options})
	j.must(err)
	got := describePlan(result.Plan)
	if d := cmp.Diff(c.want, got); d != "" && !*update {
		t.Errorf("plan (-want +got):\n%s", d)
	}
	if slices.Contains(c.options, "stuck") {
		if len(result.Plan.Findings) == 0 {
			t.Error("a change that cannot be made has to be reported")
		}
		return got, true
	}
	if undecided := len(result.Plan.Decisions()) > 0; slices.Contains(c.options, "decision") {
		if !undecided {
			t.Error("somebody has to decide about it")
		}
		return got, true
	}
	if at := slices.IndexFunc(c.options, func(o string) bool { return strings.HasPrefix(o, "refused ") }); at >= 0 {
		c.mustRefuse(t, j, result, strings.TrimPrefix(c.options[at], "refused "))
		return got, true
	}
	if result.Proof != nil && !result.Proof.Holds() {
		t.Errorf("%s\n%s\n%s", result.Proof, strings.Join(result.Proof.Upgrade, "\n"), strings.Join(result.Proof.Downgrade, "\n"))
	}
	j.perform(start, result.Plan.Operations)
	j.equal("the upgrade", j.read(), target)
	j.sameCounts("the upgrade", counts)
	if result.Plan.Reverse == nil {
		if !slices.Contains(c.options, "irreversible") {
			t.Errorf("no way back: %s", result.Plan.Irreversible)
		}
		return got, true
	}
	j.perform(target, result.Plan.Reverse)
	j.equal("the downgrade", j.read(), start)
	j.sameCounts("the downgrade", counts)
	if j.client(start, result.Plan.Operations) {
		j.equal("the script", j.read(), target)
		j.sameCounts("the script", counts)
	}
	return got, true
}

// mustRefuse checks that a plan that cannot work is refused with the text, in the plan's proof, and not carried out in part.
func (c *corpusCase) mustRefuse(t *testing.T, j *journey, result *autogen.Result, text string) {
	t.Helper()
	if result.Proof == nil {
		t.Fatal("no proof")
	}
	outcome := strings.Join(append(result.Proof.Upgrade, result.Proof.Skipped), "\n")
	if !strings.Contains(outcome, text) {
		t.Errorf("the proof does not say %q:\n%s", text, outcome)
	}
}

func (c *corpusCase) diffOptions(t *testing.T, server schema.Server) (options diff.Options, fits bool) {
	t.Helper()
	for _, line := range c.options {
		word, rest, _ := strings.Cut(line, " ")
		left, right, _ := strings.Cut(rest, "=")
		switch word {
		case "rename":
			table, from, column := strings.Cut(left, ".")
			if !column {
				table, from = "", left
			}
			options.Intents = append(options.Intents, diff.Intent{Table: table, From: from, To: right})
		case "backfill":
			if options.Backfill == nil {
				options.Backfill = map[string]string{}
			}
			options.Backfill[left] = right
		case "server":
			if (server.Flavor == schema.MariaDB) != (rest == "mariadb") {
				return options, false
			}
		case "since":
			major, minor, _ := strings.Cut(rest, ".")
			x, _ := strconv.Atoi(major)
			y, _ := strconv.Atoi(minor)
			if !server.Version.AtLeast(x, y, 0) {
				return options, false
			}
		case "before":
			x, err := strconv.Atoi(rest)
			if err != nil {
				t.Fatal(err)
			}
			if server.Version.AtLeast(x, 0, 0) {
				return options, false
			}
		case "column-order":
			options.ColumnOrder = true
		case "irreversible", "refused", "stuck", "decision":
		default:
			t.Fatalf("unknown option %q", line)
		}
	}
	return options, true
}

func describePlan(plan *diff.Plan) string {
	var out strings.Builder
	for _, operation := range plan.Operations {
		fmt.Fprintln(&out, operation)
		if alter, ok := operation.(*op.AlterColumn); ok && alter.Using != "" {
			fmt.Fprintf(&out, "    using %s\n", alter.Using)
		}
	}
	for i, finding := range plan.Findings {
		if i == 0 {
			fmt.Fprintln(&out)
		}
		fmt.Fprintf(&out, "%s %s %s\n", finding.Severity, finding.ID, finding.Object)
	}
	return out.String()
}

// corpusGrounds are the two databases of a case. On PostgreSQL all cases share them, emptied in between: in a new database the
// first query of each connection fills the caches of the catalog, which costs more than the rest of the case.
type corpusGrounds struct {
	t        *testing.T
	engine   string
	from, to opened
}

func (g *corpusGrounds) open(t *testing.T) (from, to opened) {
	t.Helper()
	if g.engine != servertest.EnginePostgres {
		return openCorpus(t, g.engine), openCorpus(t, g.engine)
	}
	if g.from.Database == nil {
		g.from, g.to = openCorpus(g.t, g.engine), openCorpus(g.t, g.engine)
	}
	for _, database := range []opened{g.from, g.to} {
		emptyPostgres(t, database)
	}
	return g.from, g.to
}

func emptyPostgres(t *testing.T, database opened) {
	t.Helper()
	var namespaces string
	err := database.QueryRowContext(t.Context(), `SELECT string_agg(quote_ident(nspname), ', ') FROM pg_namespace
		WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'`).Scan(&namespaces)
	if err != nil {
		t.Fatal(err)
	}
	loadCorpus(t, database, "DROP SCHEMA "+namespaces+" CASCADE; CREATE SCHEMA public")
}

// opened is a database with its URL.
type opened struct {
	*introspect.Database
	url string
}

func openCorpus(t *testing.T, engine string) opened {
	t.Helper()
	url := servertest.URL(t, engine)
	database, err := introspect.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { database.Close() })
	return opened{database, url}
}

// loadCorpus runs a script. MySQL's driver takes one statement at a time.
func loadCorpus(t *testing.T, database opened, script string) {
	t.Helper()
	statements := []string{script}
	if database.Dialect == schema.MySQL {
		statements = nil
		start := 0
		for _, token := range sqltext.Tokens(schema.MySQL, script) {
			if token.Is(";") {
				statements = append(statements, script[start:token.Pos])
				start = token.Pos + 1
			}
		}
		statements = append(statements, script[start:])
	}
	for _, statement := range statements {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := database.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
}

// equal checks that what was read is the same as the schema, attribute by attribute.
func (j *journey) equal(after string, got, want *schema.Schema) {
	j.t.Helper()
	rest, err := diff.Diff(got, want, diff.Options{Equality: autogen.Static(j.server), Renames: diff.NeverRename})
	j.must(err)
	if !rest.Empty() {
		j.fail("after %s there is still to do:\n%s", after, lines(rest.Operations))
	}
	// The differ may be blind to what it was not told to compare, so that the bare descriptions are compared too.
	if d := cmp.Diff(plain(want), plain(got)); d != "" {
		j.fail("after %s (-want +got):\n%s", after, d)
	}
}

// spelling takes away what two texts of the same meaning may differ in: the casts that PostgreSQL notes, SQLite's quotes.
var spelling = strings.NewReplacer("::character varying", "", "::text", "", `\"`, "")

// plain returns what a schema says as sorted lines, without the order of columns, which only MySQL can change, and without
// what holds no meaning of its own.
func plain(s *schema.Schema) []string {
	var out []string
	add := func(object string, value any) {
		data, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		out = append(out, object+" "+spelling.Replace(string(data)))
	}
	s = s.Clone()
	for table := range s.Tables.All() {
		name := table.Name.String()
		for _, part := range table.Columns {
			if part.Identity != nil {
				part.Identity.Sequence = schema.Name{}
			}
			add(name, part)
		}
		for _, part := range table.Uniques {
			add(name, part)
		}
		for _, part := range table.Checks {
			add(name, part)
		}
		for _, part := range table.ForeignKeys {
			add(name, part)
		}
		for _, part := range table.Indexes {
			add(name, part)
		}
		for _, part := range table.Exclusions {
			add(name, part)
		}
		table.Columns, table.Uniques, table.Checks, table.ForeignKeys, table.Indexes, table.Exclusions = nil, nil, nil, nil, nil, nil
		add("table", table)
	}
	for enum := range s.Enums.All() {
		add("enum", enum)
	}
	for domain := range s.Domains.All() {
		add("domain", domain)
	}
	for composite := range s.Composites.All() {
		add("composite", composite)
	}
	for sequence := range s.Sequences.All() {
		add("sequence", sequence)
	}
	for view := range s.Views.All() {
		add("view", view)
	}
	for function := range s.Functions.All() {
		add("function", function)
	}
	for trigger := range s.Triggers.All() {
		add("trigger", trigger)
	}
	for statistic := range s.Statistics.All() {
		add("statistic", statistic)
	}
	slices.Sort(out)
	return out
}

// count returns the number of rows of each table of the first schema that the second one has too.
func (j *journey) count(a, b *schema.Schema) map[string]int {
	out := map[string]int{}
	for table := range a.Tables.All() {
		if b.Tables.Has(table.Name) {
			var n int
			j.must(j.database.QueryRowContext(j.ctx, "SELECT count(*) FROM "+ddl.QuoteName(j.server.Dialect, table.Name)).Scan(&n))
			out[ddl.QuoteName(j.server.Dialect, table.Name)] = n
		}
	}
	return out
}

func (j *journey) sameCounts(after string, want map[string]int) {
	j.t.Helper()
	for table, rows := range want {
		var n int
		j.must(j.database.QueryRowContext(j.ctx, "SELECT count(*) FROM "+table).Scan(&n))
		if n != rows {
			j.fail("after %s %s has %d rows instead of %d", after, table, n, rows)
		}
	}
}
