package introspect_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/retort-db/retort/ddl"
	"github.com/retort-db/retort/schema"
)

var (
	randomSchemas = flag.Int("random-schemas", 60, "how many random schemas each engine's property test reads")
	randomSeed    = flag.Uint64("random-seed", 1, "the first random schema; the next ones count up from it")
)

// randomSQL draws statements that make up a schema. What it draws need not be valid: the server refuses what is not, and
// the test goes on with the rest.
type randomSQL struct {
	*rand.Rand
	statements []string
	names      []string // not used yet
	backticks  bool     // quote names as MySQL does
	tables     []*randomTable
}

// randomTable is what later statements need to know of a table.
type randomTable struct {
	name    string
	columns []randomColumn
	key     []randomColumn // the primary key
	toast   bool           // has options of its TOAST table, which a copy without the column that needs one cannot have
}

type randomColumn struct{ name, kind string }

func newRandomSQL(seed uint64) *randomSQL {
	g := &randomSQL{Rand: rand.New(rand.NewPCG(seed, 0x5eed))}
	g.names = append(g.names, awkwardNames...)
	g.Shuffle(len(g.names), func(i, j int) { g.names[i], g.names[j] = g.names[j], g.names[i] })
	return g
}

// awkwardNames are those of tables and columns: reserved words, quotes, dots, spaces, other scripts, names that differ in
// case only, and one as long as PostgreSQL allows.
var awkwardNames = []string{
	"orders", "customers", "invoice_lines", "select", "null", "user", "table", "Mixed Case", "UPPER", "größe", "名前", "emoji 🎉", "dot.ted",
	`quo"te`, "it's", "semi;colon", "dash-ed", "100%", "a", "b", "c", "x1", "column", "default", "check", "primary", "order", "group", "$cost",
	"back`tick", "[brackets]", "tab\there", "slash/es", `back\slash`, "--comment", "/*comment*/", "trailing ", " leading", "true", "current_date",
	"a_name_that_is_exactly_as_long_as_postgres_allows_63_bytes_long", "rowid_", "created_at", "updated_at", "amount", "note", "status", "parent",
}

func (g *randomSQL) chance(oneIn int) bool { return g.IntN(oneIn) == 0 }

func (g *randomSQL) of(items ...string) string { return items[g.IntN(len(items))] }

// maybe returns the text one time in so many.
func (g *randomSQL) maybe(oneIn int, text string) string {
	if g.chance(oneIn) {
		return text
	}
	return ""
}

func (g *randomSQL) say(format string, args ...any) {
	g.statements = append(g.statements, fmt.Sprintf(format, args...))
}

// fresh returns a quoted name that nothing has yet.
func (g *randomSQL) fresh() string {
	name := g.names[0]
	g.names = g.names[1:]
	return g.quote(name)
}

func (g *randomSQL) quote(name string) string {
	if g.backticks {
		return ddl.Quote(schema.MySQL, name)
	}
	return ddl.Quote(schema.Postgres, name)
}

// part returns a quoted name for a constraint, an index or the like.
func (g *randomSQL) part(prefix string) string {
	return g.quote(fmt.Sprintf("%s %s %d", prefix, g.of("of it", `"quoted"`, "a.b", "X"), len(g.statements)*100+g.IntN(100)))
}

func (g *randomSQL) table() *randomTable { return g.tables[g.IntN(len(g.tables))] }

func (g *randomSQL) column(t *randomTable) randomColumn { return t.columns[g.IntN(len(t.columns))] }

// some returns one to three different columns.
func (g *randomSQL) some(t *randomTable) []randomColumn {
	order := g.Perm(len(t.columns))
	var out []randomColumn
	for _, i := range order[:1+g.IntN(min(3, len(order)))] {
		out = append(out, t.columns[i])
	}
	return out
}

func namesOf(columns []randomColumn) string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.name
	}
	return strings.Join(names, ", ")
}

// text returns a string literal that a careless reader gets wrong.
func (g *randomSQL) text() string {
	return g.of("'x'", "'it''s'", "''", `'"double"'`, `'back\slash'`, "'100% -- no comment'", "'/* nor this */'", "'a;b'", "'NULL'", "'größe 🎉'", "'two\nlines'", "'(('")
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
